//! Ratings as staff meet them (article 36): a department's once they are locked, what supervision checks and decides, whom
//! to call back, what a caller says, the tablets in the halls.
//!
//! Invariant: what is shown of whom rated without a name is a month, a grade, tags and a text that names nobody.

use lotus_domain::Slug;
use lotus_domain::access::{Deed, Place, Role};
use lotus_domain::case::{Actor, CaseNumber};
use lotus_domain::district::Division;
use lotus_domain::form::FieldError;
use lotus_domain::mark::Mark;
use lotus_domain::notice::{Contact, Recipient};
use lotus_domain::rating::{Channel, Grade, Rated, Rater, Rating, Standing, screened};
use lotus_domain::text::Text;
use lotus_store::{Called, Device, StoreError};

use crate::asker::{Asker, Denied};
use crate::case::{CaseError, Wanted};
use crate::rating::{RateError, RatingWish, Taken, Way, not_now, refused};
use crate::start::Platform;
use crate::token::to_hex;

/// Ratings on one page.
const MOST: u32 = 100;
/// Shortest and longest reason, in characters.
const REASON: std::ops::RangeInclusive<usize> = 4..=500;

/// A rating as staff read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRating {
    /// Its id.
    pub id: String,
    /// `2026-03`
    pub month: String,
    /// The department.
    pub department: String,
    /// The item's name.
    pub item: Option<Text>,
    /// How content.
    pub grade: Grade,
    /// Which tags, by id.
    pub tags: Vec<String>,
    /// Which way it came.
    pub channel: Channel,
    /// What was written.
    pub text: String,
    /// Who rated, where they gave their name.
    pub name: Option<String>,
    /// Where they are called back.
    pub telephone: Option<String>,
    /// The case that was rated, where they gave their name.
    pub case: Option<CaseNumber>,
    /// Whether it counts.
    pub standing: Standing,
    /// Why it does not.
    pub why: Option<String>,
    /// The case by which it is put right.
    pub rectification: Option<CaseNumber>,
    /// Where that is.
    pub rectified: Option<Text>,
}

/// What supervision has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checks {
    /// Ratings that came too many from one place.
    pub held: Vec<SeenRating>,
    /// Texts that may name somebody, with what they would be published as.
    pub texts: Vec<SeenRating>,
    /// Ratings that are said to be misjudged, with why.
    pub appeals: Vec<(SeenRating, String)>,
}

fn wrong(field: &str, zh: &str, en: &str) -> RateError {
    RateError::Invalid(vec![FieldError { field: field.to_owned(), message: Text::new(zh, en) }])
}

fn reason(text: &str) -> Result<String, RateError> {
    let reason: String = text.trim().chars().filter(|c| !c.is_control() || *c == '\n').collect();
    if REASON.contains(&reason.chars().count()) {
        return Ok(reason);
    }
    Err(wrong("reason", "请写明理由，4 至 500 个字。", "Please say why, in 4 to 500 characters."))
}

impl From<CaseError> for RateError {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::NotFound => Denied::NotFound.into(),
            CaseError::Unavailable => Denied::Unavailable.into(),
            CaseError::Held(refusal) => Self::Refused(refusal),
            CaseError::Changed { .. } | CaseError::NotPossible(_) | CaseError::Advised(_) => refused(
                "整改办件已有新的进展。",
                "The rectification has moved meanwhile.",
                Some(("请刷新页面查看。", "Please look at the page again.")),
            ),
        }
    }
}

impl Platform {
    fn rating_seen(&self, division: &Division, rating: Rating) -> SeenRating {
        let known: Vec<&str> = rating.body.known.iter().map(String::as_str).collect();
        let text = if rating.named { rating.body.text.clone() } else { screened(&rating.body.text, &known).text };
        let kind = self.city().kind(lotus_domain::rating::RECTIFICATION);
        let state = |id: String| {
            let known = kind.as_ref().and_then(|kind| kind.state(&id)).map(|state| state.title.clone());
            known.unwrap_or_else(|| Text::zh(id))
        };
        let named = rating.named;
        SeenRating {
            item: rating.item.as_deref().and_then(|code| self.item(division, code)).map(|item| item.item.name.clone()),
            name: rating.body.rater.name.clone().filter(|_| named),
            telephone: rating.body.rater.telephone.clone().filter(|_| named),
            case: rating.of.case().filter(|_| named).cloned(),
            rectified: rating.rectified.map(state),
            id: rating.id,
            month: rating.month,
            department: rating.department,
            grade: rating.grade,
            tags: rating.tags,
            channel: rating.channel,
            text,
            standing: rating.standing,
            why: rating.body.why,
            rectification: rating.rectification,
        }
    }

    /// A department's ratings once they are locked, newest first; a district's for those who see all of it.
    pub async fn ratings_of(&self, asker: &Asker, division: &Division) -> Result<Vec<SeenRating>, Denied> {
        let departments = self.allow_within(asker, Deed::SeeRatings, division, "ratings").await?;
        let mut ratings = Vec::new();
        match &departments {
            None => ratings = self.store().rating_list_department(division, None, MOST).await?,
            Some(departments) => {
                for department in departments {
                    ratings.extend(self.store().rating_list_department(division, Some(department), MOST).await?);
                }
            }
        }
        ratings.sort_by_key(|rating| std::cmp::Reverse(rating.made));
        ratings.truncate(MOST as usize);
        self.note(asker, division, "ratings-read", "ratings", &ratings.len().to_string()).await;
        Ok(ratings.into_iter().map(|rating| self.rating_seen(division, rating)).collect())
    }

    /// What supervision has to look at in a district.
    pub async fn rating_checks(&self, asker: &Asker, division: &Division) -> Result<Checks, Denied> {
        self.allow_within(asker, Deed::CheckRatings, division, "rating-checks").await?;
        let seen = |rating: Rating| self.rating_seen(division, rating);
        let held = self.store().rating_list_held(division, MOST).await?.into_iter().map(seen).collect();
        let texts = self.store().rating_list_texts(division, MOST).await?;
        let texts = texts.into_iter().map(|rating| {
            let known: Vec<&str> =
                rating.body.known.iter().map(String::as_str).chain(rating.body.rater.known()).collect();
            let text = screened(&rating.body.text, &known).text;
            SeenRating { text, name: None, telephone: None, case: None, ..self.rating_seen(division, rating.clone()) }
        });
        let texts = texts.collect();
        let mut appeals = Vec::new();
        for rating in self.store().rating_list_rectified(division, "appealed", None, MOST).await? {
            let Some(number) = rating.rectification.clone() else { continue };
            let file = self.store().case_recent(division, &number, crate::case::RECENT).await?;
            let said = file.and_then(|file| {
                let appeal = file.events.into_iter().rev().find(|event| event.happening.action == "appeal");
                appeal.and_then(|event| event.happening.reason).map(|reason| reason.zh)
            });
            appeals.push((self.rating_seen(division, rating), said.unwrap_or_default()));
        }
        self.note(asker, division, "rating-checks-read", "rating-checks", "done").await;
        Ok(Checks { held, texts, appeals })
    }

    /// Lets a rating that was held count, or puts it away, with the reason.
    pub async fn rating_check(
        &self,
        asker: &Asker,
        division: &Division,
        id: &str,
        counts: bool,
        why: &str,
    ) -> Result<(), RateError> {
        self.allow_within(asker, Deed::CheckRatings, division, "rating-checks").await?;
        let rating = self.store().rating_get(division, id).await?.ok_or(Denied::NotFound)?;
        let mut rating = Rating { locked: true, ..rating };
        if counts {
            rating.standing = Standing::Counted;
        } else {
            rating.standing = Standing::Discarded;
            rating.body.why = Some(reason(why)?);
        }
        let new = self.rectification_of(division, &rating).await?;
        let opened = new.as_ref().map(|new| new.case.number.clone());
        if let Some(number) = &opened {
            self.transition_marked(division, number, 1).await?;
        }
        if self.store().rating_check(division.clone(), rating.clone(), new).await? && counts {
            self.rating_locked(division, &rating, opened.as_ref()).await;
        }
        self.note(asker, division, "rating-checked", id, rating.standing.name()).await;
        Ok(())
    }

    /// Publishes a text that was held, as it is given and screened once more, or keeps it inside.
    pub async fn rating_text_check(
        &self,
        asker: &Asker,
        division: &Division,
        id: &str,
        text: Option<&str>,
    ) -> Result<(), RateError> {
        self.allow_within(asker, Deed::CheckRatings, division, "rating-checks").await?;
        let rating = self.store().rating_get(division, id).await?.ok_or(Denied::NotFound)?;
        let known: Vec<&str> = rating.body.known.iter().map(String::as_str).chain(rating.body.rater.known()).collect();
        let text: Option<String> = text.map(|text| {
            let kept: String = text.trim().chars().take(lotus_domain::rating::LONGEST).collect();
            screened(&kept, &known).text
        });
        let text = text.filter(|text| !text.is_empty());
        let outcome = if text.is_some() { "published" } else { "withheld" };
        self.store().rating_text_decide(division.clone(), id.to_owned(), text).await?;
        self.note(asker, division, "rating-text-checked", id, outcome).await;
        Ok(())
    }

    /// Makes a step of a rectification as somebody who is not of its department.
    async fn rectification_step(
        &self,
        asker: &Asker,
        division: &Division,
        number: &CaseNumber,
        (deed, action): (Deed, &str),
        why: &str,
    ) -> Result<(), RateError> {
        let found = self.rectification(division, number).await?;
        let Some((file, _)) = found else {
            self.allow_within(asker, deed, division, number.as_str()).await?;
            return Err(Denied::NotFound.into());
        };
        let department = file.case.subject.department().to_owned();
        let place = Place { division, department: Some(&department) };
        self.allow(asker, deed, place, number.as_str()).await?;
        if self.is_kept_out(asker, &file.case).await? {
            self.note(asker, division, "refused", number.as_str(), "it is about them").await;
            return Err(Denied::Forbidden.into());
        }
        let by = file.case.definition.transition(action).map(|step| step.by.clone()).unwrap_or_default();
        let parties = self.roles_for(asker, deed, place).into_iter().filter_map(Role::party);
        let party = parties.into_iter().find(|party| by.contains(party)).ok_or(Denied::Forbidden)?;
        let why = reason(why)?;
        let revision = file.case.revision;
        let view = self.view(file, &[party])?;
        let actor = Actor { role: party, account: asker.name() };
        let wanted = Wanted { actor, revision, action, reason: Some(&why), overrules: true };
        self.act(view, wanted, &[party]).await?;
        Ok(())
    }

    /// Decides whether a rating is misjudged; then it does not count any more, and the reason is kept.
    pub async fn rating_appeal_decide(
        &self,
        asker: &Asker,
        division: &Division,
        number: &CaseNumber,
        misjudged: bool,
        why: &str,
    ) -> Result<(), RateError> {
        let action = if misjudged { "uphold-appeal" } else { "dismiss-appeal" };
        self.rectification_step(asker, division, number, (Deed::CheckRatings, action), why).await?;
        self.note(asker, division, "rating-appeal-decided", number.as_str(), action).await;
        Ok(())
    }

    /// Whom to call back, with their numbers; that they were read is on record.
    pub async fn call_backs(&self, asker: &Asker, division: &Division) -> Result<Vec<SeenRating>, Denied> {
        let departments = self.allow_within(asker, Deed::CallBackRaters, division, "call-backs").await?;
        let mut ratings = Vec::new();
        match &departments {
            None => ratings = self.store().rating_list_rectified(division, "fed-back", None, MOST).await?,
            Some(departments) => {
                for one in departments {
                    ratings.extend(self.store().rating_list_rectified(division, "fed-back", Some(one), MOST).await?);
                }
            }
        }
        let name = asker.name().unwrap_or_default();
        ratings.retain(|rating| rating.named && !rating.rated.contains(&name));
        self.note(asker, division, "call-backs-read", "ratings", &ratings.len().to_string()).await;
        Ok(ratings.into_iter().map(|rating| self.rating_seen(division, rating)).collect())
    }

    /// Notes what whoever rated says when they are called back: content, or to be put right further.
    pub async fn called_back(
        &self,
        asker: &Asker,
        division: &Division,
        number: &CaseNumber,
        content: bool,
        words: &str,
    ) -> Result<(), RateError> {
        let action = if content { "call-back" } else { "again" };
        self.rectification_step(asker, division, number, (Deed::CallBackRaters, action), words).await?;
        self.note(asker, division, "rater-called-back", number.as_str(), action).await;
        Ok(())
    }

    /// Writes down how somebody on the telephone rates their case: they say its number, and its secret or the telephone
    /// number that they gave with it.
    pub async fn rating_record(
        &self,
        asker: &Asker,
        division: &Division,
        (number, proof): (&str, &str),
        wish: &RatingWish,
    ) -> Result<Taken, RateError> {
        self.allow_within(asker, Deed::RecordRatings, division, "record-ratings").await?;
        let not_theirs = || {
            wrong(
                "proof",
                "编号与查询码或登记电话不符，请向来电人核对。",
                "Number and secret, or telephone, don't belong together: please ask again.",
            )
        };
        let number =
            CaseNumber::parse(number).map_err(|_| wrong("number", "办件编号不正确。", "This is no case number."))?;
        let file =
            self.case_of(&number).await?.filter(|file| file.case.division == *division).ok_or_else(not_theirs)?;
        let by_secret = file.case.secret.same(&lotus_domain::case::FollowSecret::parse(proof).hash());
        let called = Mark::telephone(proof);
        let own = match (&file.case.account, self.city_division()) {
            (Some(account), Some(city)) => {
                let account = self.store().account_get(&city, account).await?;
                account.and_then(|account| account.profile.telephone).and_then(|number| Mark::telephone(&number))
            }
            _ => None,
        };
        let by_telephone = called
            .as_ref()
            .is_some_and(|called| own.as_ref() == Some(called) || Mark::of(&file.case.application).contains(called));
        if !by_secret && !by_telephone {
            return Err(not_theirs());
        }
        let target = self.target_of_case(division, &number, None).await?.ok_or_else(not_now)?;
        let way = Way {
            channel: Channel::Telephone,
            client: format!("recorder/{}", asker.name().unwrap_or_default()),
            rater: None,
            who: Rater { account: None, name: None, telephone: called.map(|called| called.value().to_owned()) },
            recorded_by: asker.name(),
            at_once: true,
        };
        let taken = self.rate(asker, target, way, wish).await?;
        self.note(asker, division, "rating-recorded", number.as_str(), "telephone").await;
        Ok(taken)
    }

    /// Whether the asker writes down in a district what callers say.
    pub async fn rating_record_open(&self, asker: &Asker, division: &Division) -> Result<(), Denied> {
        self.allow_within(asker, Deed::RecordRatings, division, "record-ratings").await.map(|_| ())
    }

    /// Keeps that somebody called a department, and asks them by a short message how it was.
    pub async fn rating_call(
        &self,
        asker: &Asker,
        division: &Division,
        department: &str,
        telephone: &str,
    ) -> Result<String, RateError> {
        self.allow_within(asker, Deed::RecordRatings, division, "record-ratings").await?;
        let from = Mark::telephone(telephone)
            .ok_or_else(|| wrong("telephone", "电话号码不正确。", "This is no telephone number."))?;
        let known = self.departments(division).into_iter().any(|one| one.zh == department);
        if !known {
            return Err(wrong("department", "请从列表中选择部门。", "Please choose a department from the list."));
        }
        let call = Called {
            id: to_hex(&rand::random::<[u8; 6]>()),
            department: department.to_owned(),
            by: asker.name().unwrap_or_default(),
            at: self.now(),
        };
        self.store().rating_call_put(division.clone(), call.clone(), from.clone()).await?;
        let contact = Contact { telephone: Some(from.value().to_owned()), email: None };
        let title = Text::new("电话咨询", "Telephone call");
        let (of, key) = (Rated::Call(call.id.clone()), format!("rate/call/{}", call.id));
        let notice = self.rating_notice(division, &of, &title, &call.id, key, Recipient::Contact(contact));
        self.store().notice_put(division.clone(), notice.into_iter().collect()).await?;
        self.note(asker, division, "call-kept", &call.id, "done").await;
        Ok(call.id)
    }

    /// A district's tablets, newest first.
    pub async fn rating_devices(&self, asker: &Asker, division: &Division) -> Result<Vec<Device>, Denied> {
        self.allow_within(asker, Deed::IssueRatingDevices, division, "rating-devices").await?;
        Ok(self.store().rating_device_list(division, MOST).await?)
    }

    /// Hands out the code of a tablet at a counter: it is shown once.
    pub async fn rating_device_issue(
        &self,
        asker: &Asker,
        division: &Division,
        counter: &Slug,
        is_terminal: bool,
    ) -> Result<String, RateError> {
        self.allow_within(asker, Deed::IssueRatingDevices, division, "rating-devices").await?;
        let halls = self.store().halls_get(division).await?.map(|halls| halls.counters).unwrap_or_default();
        if !halls.iter().any(|one| one.id == *counter) {
            return Err(Denied::NotFound.into());
        }
        let code = format!("{division}-{}", to_hex(&rand::random::<[u8; 16]>()));
        let device = Device {
            id: Device::id(is_terminal, &to_hex(&rand::random::<[u8; 6]>())),
            counter: counter.clone(),
            issued: self.now(),
            issued_by: asker.name().unwrap_or_default(),
            ended: None,
        };
        let id = device.id.clone();
        self.store().rating_device_put(division.clone(), device, Self::device_hash(&code)).await?;
        self.note(asker, division, "rating-device-issued", &id, counter.as_str()).await;
        Ok(code)
    }

    /// Takes a tablet out of use.
    pub async fn rating_device_end(&self, asker: &Asker, division: &Division, id: &str) -> Result<(), RateError> {
        self.allow_within(asker, Deed::IssueRatingDevices, division, "rating-devices").await?;
        if !self.store().rating_device_end(division.clone(), id.to_owned(), self.now()).await? {
            return Err(Denied::NotFound.into());
        }
        self.note(asker, division, "rating-device-ended", id, "done").await;
        Ok(())
    }
}

/// Ratings that a demonstration or a system before this one brings along.
impl Platform {
    /// Takes them over: locked, and counted; how many are new.
    pub async fn ratings_import(&self, division: &Division, ratings: Vec<Rating>) -> Result<u64, StoreError> {
        self.store().rating_import(division.clone(), ratings).await
    }
}
