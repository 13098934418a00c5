//! The ways to rate without an account (article 36): a signed link behind a QR code, a tablet at a counter, a short message.
//!
//! Invariant: a link, a code and a tablet each lead to one thing that was really done; none of them says whose it was.

use jiff::Timestamp;
use lotus_domain::Slug;
use lotus_domain::appointment::{Booking, BookingState};
use lotus_domain::case::CaseNumber;
use lotus_domain::chain::Hash;
use lotus_domain::district::{District, Division};
use lotus_domain::mark::Mark;
use lotus_domain::notice::Recipient;
use lotus_domain::rating::{Channel, Rated, Rater};
use lotus_domain::text::Text;
use lotus_store::{Device, Served, StoreError};
use serde::Deserialize;

use crate::asker::{Asker, Denied};
use crate::notice::ReceiptsProblem;
use crate::rating::{Given, RateError, RatingWish, Taken, Target, Way, client, not_now};
use crate::start::Platform;
use crate::token::{from_hex, to_hex};

/// How long a link leads somewhere, in days.
const LINK_DAYS: i64 = 30;
/// Cases, visits and calls of a number that a short message may be about, in each district.
const MOST: u32 = 20;
/// Short messages of one request.
const MOST_REPLIES: usize = 100;

/// What a link leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkPanel {
    /// In which district.
    pub division: Division,
    /// What it was.
    pub title: Text,
    /// Who did it.
    pub department: Text,
    /// What was given, where it is rated already.
    pub given: Option<Given>,
}

/// A tablet at its counter.
#[derive(Debug, Clone, PartialEq)]
pub struct Kiosk {
    /// Whose hall.
    pub district: std::sync::Arc<District>,
    /// The counter.
    pub counter: Text,
    /// Who was served last and has not rated: the visit, and the number on their slip.
    pub visit: Option<(String, Option<u32>)>,
}

/// A short message as the gateway hands it on.
#[derive(Debug, Clone, Deserialize)]
struct Reply {
    from: String,
    text: String,
}

#[derive(Deserialize)]
struct Replies {
    replies: Vec<Reply>,
}

/// Code and grade of a short message: `483920 5`, or the grade alone.
fn read(text: &str) -> Option<(Option<String>, String)> {
    let narrow: String = text
        .chars()
        .map(|c| match c {
            '０'..='９' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            other => other,
        })
        .collect();
    let numbers: Vec<&str> = narrow.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    match numbers.as_slice() {
        [grade] => Some((None, (*grade).to_owned())),
        [code, grade] => Some((Some((*code).to_owned()), (*grade).to_owned())),
        _ => None,
    }
}

impl Platform {
    /// The link by which something is rated once, to be shown as a QR code.
    pub(crate) fn rating_link(&self, division: &Division, of: &Rated) -> String {
        let ends = self.now().as_second() / 60 + LINK_DAYS * 24 * 60;
        let body = format!("{division}.{}.{ends:x}", of.key().replace('/', "_"));
        let signature = self.inner.key.sign("rating link", body.as_bytes());
        format!("{body}.{}", to_hex(signature.split_at(16).0))
    }

    /// What a link is for, if it is ours and still holds.
    fn rating_link_read(&self, link: &str) -> Option<(Division, Rated)> {
        let (body, signature) = link.rsplit_once('.').filter(|_| link.len() < 200)?;
        let expected = self.inner.key.sign("rating link", body.as_bytes());
        let given = from_hex(signature).filter(|given| given.len() == 16)?;
        let differs = given.iter().zip(expected).fold(0, |differs, (a, b)| differs | (a ^ b));
        let mut parts = body.split('.');
        let (division, key, ends) = (parts.next()?, parts.next()?, parts.next()?);
        let ends = i64::from_str_radix(ends, 16).ok()?;
        if differs != 0 || self.now().as_second() / 60 > ends {
            return None;
        }
        Some((Division::parse(division).ok()?, Rated::parse(&key.replace('_', "/"))?))
    }

    /// The six digits by which a short message says what it is about.
    pub(crate) fn rating_code(&self, division: &Division, of: &Rated) -> String {
        let signed = self.inner.key.sign("rating code", format!("{division}/{}", of.key()).as_bytes());
        let number = signed.iter().take(6).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        format!("{:06}", number % 1_000_000)
    }

    /// A visit, a call or a case as what is rated.
    pub(crate) async fn target(&self, division: &Division, of: &Rated) -> Result<Option<Target>, StoreError> {
        match of {
            Rated::Case(number, step) => self.target_of_case(division, number, step.as_deref()).await,
            Rated::Visit(id) => {
                let Some(served) = self.store().visit_served_get(division, id).await? else { return Ok(None) };
                self.target_of_visit(division, &served).await
            }
            Rated::Call(id) => {
                let Some(call) = self.store().rating_call_get(division, id).await? else { return Ok(None) };
                let known = self.departments(division);
                let department = known.into_iter().find(|one| one.zh == call.department);
                Ok(Some(Target {
                    division: division.clone(),
                    of: of.clone(),
                    title: Text::new("电话咨询", "Telephone call"),
                    department: department.unwrap_or_else(|| Text::zh(call.department.clone())),
                    item: None,
                    rated: vec![call.by],
                    known: Vec::new(),
                    protects: false,
                    ended: call.at,
                }))
            }
        }
    }

    async fn target_of_visit(&self, division: &Division, served: &Served) -> Result<Option<Target>, StoreError> {
        let halls = self.store().halls_get(division).await?.map(|halls| halls.counters).unwrap_or_default();
        let Some(counter) = halls.into_iter().find(|counter| counter.id == served.counter) else { return Ok(None) };
        let mut known = Vec::new();
        if let (Some(account), Some(city)) = (&served.account, self.city_division())
            && let Some(account) = self.store().account_get(&city, account).await?
        {
            known.extend(std::iter::once(account.profile.name).chain(account.profile.telephone));
        }
        Ok(Some(Target {
            division: division.clone(),
            of: Rated::Visit(served.visit.clone()),
            title: counter.title,
            department: counter.department,
            item: None,
            rated: vec![served.by.clone()],
            known,
            protects: false,
            ended: served.at,
        }))
    }

    /// What a link leads to; nothing where it is none of ours or too old.
    pub async fn rating_link_open(&self, link: &str) -> Result<LinkPanel, RateError> {
        let (division, of) = self.rating_link_read(link).ok_or(Denied::NotFound)?;
        let target = self.target(&division, &of).await?.ok_or_else(not_now)?;
        let before = self.store().rating_of(&division, &of).await?;
        let given = match before {
            Some(before) => Some(self.given(&division, &before, None, &[]).await?),
            None => None,
        };
        Ok(LinkPanel { division, title: target.title, department: target.department, given })
    }

    /// Rates what a link leads to; it is locked at once.
    pub async fn rate_by_link(&self, asker: &Asker, link: &str, wish: &RatingWish) -> Result<Taken, RateError> {
        let (division, of) = self.rating_link_read(link).ok_or(Denied::NotFound)?;
        let target = self.target(&division, &of).await?.ok_or_else(not_now)?;
        let way = Way {
            channel: Channel::QrCode,
            client: client(asker),
            rater: None,
            who: Rater::default(),
            recorded_by: None,
            at_once: true,
        };
        self.rate(asker, target, way, wish).await
    }

    /// Keeps who called whom to a counter, and asks whoever had booked how it was.
    pub(crate) async fn visit_was_served(
        &self,
        asker: &Asker,
        division: &Division,
        called: &Booking,
    ) -> Result<(), StoreError> {
        let by = asker.name().unwrap_or_default();
        let (visit, counter) = (called.id.clone(), called.counter.clone());
        self.store().visit_served_put(division.clone(), visit, counter, by, self.now()).await?;
        let Some(account) = called.account.clone() else { return Ok(()) };
        let of = Rated::Visit(called.id.clone());
        let title = Text::new("窗口服务", "Service at the counter");
        let key = format!("rate/visit/{}", called.id);
        let to = Recipient::Account(account);
        let notice = self.rating_notice(division, &of, &title, &called.id, key, to);
        self.store().notice_put(division.clone(), notice.into_iter().collect()).await?;
        Ok(())
    }

    /// The tablet of a code, which begins with its division.
    async fn rating_device(&self, code: &str) -> Result<(Division, Device), RateError> {
        let (division, _) = code.trim().split_once('-').filter(|_| code.len() < 100).ok_or(Denied::NotFound)?;
        let division = Division::parse(division).map_err(|_| Denied::NotFound)?;
        let device = self.store().rating_device_of(&division, &Self::device_hash(code.trim())).await?;
        Ok((division, device.ok_or(Denied::NotFound)?))
    }

    pub(crate) fn device_hash(code: &str) -> Hash {
        Hash::of(format!("lotus rating device\0{code}").as_bytes())
    }

    /// Who was served at a counter last today, where they have not rated.
    async fn just_served(&self, division: &Division, counter: &Slug) -> Result<Option<Served>, StoreError> {
        let since = self.zone_of_time().to_timestamp(self.today().at(0, 0, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH);
        let Some(served) = self.store().visit_served_last(division, counter, since).await? else { return Ok(None) };
        let before = self.store().rating_of(division, &Rated::Visit(served.visit.clone())).await?;
        Ok(before.is_none().then_some(served))
    }

    /// What a tablet shows.
    pub async fn kiosk(&self, code: &str) -> Result<Kiosk, RateError> {
        let (division, device) = self.rating_device(code).await?;
        let district = self.district(&division).ok_or(Denied::NotFound)?;
        let halls = self.store().halls_get(&division).await?.map(|halls| halls.counters).unwrap_or_default();
        let counter = halls.into_iter().find(|counter| counter.id == device.counter).ok_or(Denied::NotFound)?;
        let served = self.just_served(&division, &device.counter).await?;
        Ok(Kiosk { district, counter: counter.title, visit: served.map(|served| (served.visit, served.number)) })
    }

    /// Rates the visit that was just served at a tablet's counter, and no other.
    pub async fn rate_at_kiosk(&self, code: &str, visit: &str, wish: &RatingWish) -> Result<Taken, RateError> {
        let (division, device) = self.rating_device(code).await?;
        let served = self.just_served(&division, &device.counter).await?;
        let served = served.filter(|served| served.visit == visit).ok_or_else(not_now)?;
        let target = self.target_of_visit(&division, &served).await?.ok_or_else(not_now)?;
        let way = Way {
            channel: if device.is_terminal() { Channel::HallTerminal } else { Channel::HallTablet },
            client: format!("device/{}", device.id),
            rater: None,
            who: Rater::default(),
            recorded_by: None,
            at_once: true,
        };
        self.rate(&Asker::nobody(None), target, way, wish).await
    }

    /// Takes the short messages that people answer with, as the gateway signs them; how many were ratings.
    pub async fn rating_replies(&self, signature: &str, timestamp: &str, body: &[u8]) -> Result<u64, ReceiptsProblem> {
        use lotus_channel::ReceiptsError::{NotGenuine, Unreadable};
        let secrets = &self.inner.notices.config.receipts;
        let now = self.now().as_second();
        if !secrets.iter().any(|secret| secret.verifies(signature, timestamp, "", body, now)) {
            return Err(NotGenuine.into());
        }
        let Replies { replies } = serde_json::from_slice(body).map_err(|_| Unreadable)?;
        if replies.len() > MOST_REPLIES {
            return Err(Unreadable.into());
        }
        let mut taken = 0;
        for reply in replies {
            taken += u64::from(self.rating_reply(&reply).await?);
        }
        Ok(taken)
    }

    async fn rating_reply(&self, reply: &Reply) -> Result<bool, StoreError> {
        let (Some(from), Some((code, grade))) = (Mark::telephone(&reply.from), read(&reply.text)) else {
            return Ok(false);
        };
        let mut about = Vec::new();
        for district in self.districts() {
            for of in self.rateable_of(&district.division, &from).await? {
                let is_it = code.as_ref().is_none_or(|code| *code == self.rating_code(&district.division, &of));
                if is_it && self.store().rating_of(&district.division, &of).await?.is_none() {
                    about.push((district.division.clone(), of));
                }
            }
        }
        // Without a code there must be one thing alone that it can be about.
        let [(division, of)] = about.as_slice() else { return Ok(false) };
        let Some(target) = self.target(division, of).await? else { return Ok(false) };
        let way = Way {
            channel: Channel::Sms,
            client: format!("sms/{}", from.value()),
            rater: None,
            who: Rater::default(),
            recorded_by: None,
            at_once: true,
        };
        let wish = RatingWish { grade, ..RatingWish::default() };
        match self.rate(&Asker::nobody(None), target, way, &wish).await {
            Ok(_) => Ok(true),
            Err(RateError::Denied(Denied::Unavailable)) => Err(StoreError::Unavailable("to be sent again".to_owned())),
            Err(_) => Ok(false),
        }
    }

    /// What somebody with this number may rate.
    async fn rateable_of(&self, division: &Division, from: &Mark) -> Result<Vec<Rated>, StoreError> {
        let marks = [from.clone()];
        let accounts = match self.city_division() {
            Some(city) => self.store().account_list_marked(&city, &marks).await?,
            None => Vec::new(),
        };
        let cases = self.store().case_list_marked(division, &marks, &accounts, None, MOST).await?;
        let over = cases.into_iter().filter(|case| case.definition.rated && !case.is_open());
        let mut all: Vec<Rated> = over.map(|case| Rated::Case(case.number, None)).collect();
        for account in accounts.iter().take(5) {
            let bookings = self.store().booking_list_account(division, account, MOST).await?;
            let served = bookings.into_iter().filter(|booking| booking.state == BookingState::Called);
            all.extend(served.map(|booking| Rated::Visit(booking.id)));
        }
        let calls = self.store().rating_call_list(division, from, self.days_ago(LINK_DAYS), MOST).await?;
        all.extend(calls.into_iter().map(|call| Rated::Call(call.id)));
        Ok(all)
    }

    /// The link of a case, for the staff who see it, and of a visit, for those who run its counter.
    pub async fn rating_link_for(
        &self,
        asker: &Asker,
        division: &Division,
        case: Option<&CaseNumber>,
        visit: Option<&str>,
    ) -> Result<(String, Text), RateError> {
        use lotus_domain::access::Deed;
        let of = match (case, visit) {
            (Some(number), _) => {
                let file = self.case_of(number).await?.filter(|file| file.case.division == *division);
                self.allow_case(asker, Deed::SeeCase, &file.ok_or(Denied::NotFound)?.case).await?;
                Rated::Case(number.clone(), None)
            }
            (None, Some(visit)) => {
                self.allow_within(asker, Deed::RunCounters, division, "rating-link").await?;
                Rated::Visit(visit.to_owned())
            }
            (None, None) => return Err(Denied::NotFound.into()),
        };
        let target = self.target(division, &of).await?.ok_or_else(not_now)?;
        Ok((self.rating_link(division, &of), target.title))
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_short_message_is_a_code_and_a_grade_or_a_grade_alone() {
        let of = |text: &str| read(text).map(|(code, grade)| (code.unwrap_or_default(), grade));
        assert_eq!(of("483920 5"), Some(("483920".to_owned(), "5".to_owned())));
        assert_eq!(of("４８３９２０，５。"), Some(("483920".to_owned(), "5".to_owned())));
        assert_eq!(of(" 1 "), Some((String::new(), "1".to_owned())));
        assert_eq!(of("满意"), None);
        assert_eq!(of("1 2 3"), None);
    }
}
