//! Home visits 上门服务 (article 27): orders of those who can't come, and the round of a day.

use jiff::civil::Date;
use lotus_domain::access::{Deed, Place};
use lotus_domain::appointment::Halls;
use lotus_domain::district::Division;
use lotus_domain::form::FieldError;
use lotus_domain::text::Text;
use lotus_domain::visit::{Point, Visit, VisitBody, VisitReason, VisitState, round};

use crate::appointment::BookError;
use crate::asker::{Asker, Denied};
use crate::start::Platform;
use crate::token::to_hex;

/// Orders of a person that are shown, in each district.
const MOST: u32 = 20;
/// Days ahead for which a visit can be ordered.
const AHEAD: i32 = 30;

/// What an order is made of, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct VisitWish {
    /// The day.
    pub day: String,
    /// Which township, by its Chinese name.
    pub township: String,
    /// The rest of the address.
    pub address: String,
    /// Why.
    pub reason: String,
    /// In words.
    pub words: String,
    /// What it is about.
    pub matter: String,
    /// Whom to call.
    pub telephone: String,
}

/// Why an order is not taken.
#[derive(Debug, Clone, PartialEq)]
pub enum VisitError {
    /// Not for whoever asks.
    Denied(Denied),
    /// Wrong values, each beside its field.
    Invalid(Vec<FieldError>),
}

impl From<Denied> for VisitError {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

/// The round of a day, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct DayRound {
    /// Where it starts and ends.
    pub start: Text,
    /// Visits in the order of the way.
    pub visits: Vec<Visit>,
    /// Those whose township is not known, to be fitted in by hand.
    pub unplaced: Vec<Visit>,
    /// Kilometres as the crow flies, out and back.
    pub kilometres: f64,
}

impl DayRound {
    /// Whether something was ordered that is not planned yet.
    pub fn has_ordered(&self) -> bool {
        self.visits.iter().chain(&self.unplaced).any(|visit| visit.state == VisitState::Ordered)
    }
}

impl Platform {
    /// Orders a visit.
    pub async fn visit_order(&self, asker: &Asker, division: &Division, wish: VisitWish) -> Result<Visit, VisitError> {
        let account = asker.person().ok_or(Denied::SignIn)?.account.id.clone();
        let halls = self.halls(division).await?.ok_or(Denied::NotFound)?;
        let (day, body) = self.read_wish(&halls, wish).map_err(VisitError::Invalid)?;
        let visit = Visit {
            id: to_hex(&rand::random::<[u8; 6]>()),
            account,
            day,
            state: VisitState::Ordered,
            body,
            made: self.now(),
            case: None,
        };
        let answers = self.visit_case(division, asker, &halls, &visit).map_err(Denied::from)?;
        let number = answers.case.number.clone();
        self.transition_marked(division, &number, 1).await.map_err(Denied::from)?;
        self.store().visit_put(division.clone(), visit.clone(), Some(answers)).await.map_err(Denied::from)?;
        self.transition_told(division, &number, 1);
        self.note(asker, division, "visit-ordered", &visit.id, "done").await;
        Ok(Visit { case: Some(number), ..visit })
    }

    fn read_wish(&self, halls: &Halls, wish: VisitWish) -> Result<(Date, VisitBody), Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, zh: &str, en: &str| {
            errors.push(FieldError { field: field.to_owned(), message: Text::new(zh, en) });
        };
        let today = self.today();
        let last = today.saturating_add(jiff::Span::new().days(AHEAD));
        let city = self.city();
        let works =
            |day: &Date| city.calendar.as_ref().is_some_and(|calendar| calendar.is_working_day(*day).unwrap_or(false));
        let day = wish.day.parse::<Date>().ok().filter(|day| *day > today && *day <= last).filter(works);
        if day.is_none() {
            wrong("day", "请选择今后 30 天内的一个工作日。", "Please choose a working day of the next 30 days.");
        }
        if !halls.townships.iter().any(|township| township.name.zh == wish.township) {
            wrong("township", "请选择所在乡镇（街道）。", "Please choose the township.");
        }
        let length = |text: &str| text.trim().chars().count();
        if !(4..=200).contains(&length(&wish.address)) {
            wrong("address", "请填写 4 至 200 个字的详细地址。", "Please give the address in 4 to 200 characters.");
        }
        let reason = VisitReason::parse(&wish.reason);
        if reason.is_none() {
            wrong("reason", "请选择不能到场的原因。", "Please choose why the person can't come.");
        }
        if reason == Some(VisitReason::Other) && !(2..=500).contains(&length(&wish.words)) {
            wrong("words", "请说明原因。", "Please say why.");
        }
        if !(2..=100).contains(&length(&wish.matter)) {
            wrong("matter", "请填写要办的事项。", "Please say what it is about.");
        }
        let digits = wish.telephone.bytes().filter(u8::is_ascii_digit).count();
        if !(7..=15).contains(&digits) || length(&wish.telephone) > 30 {
            wrong("telephone", "请填写联系电话。", "Please give a telephone number.");
        }
        let clean = |text: String| text.trim().replace('\0', "").chars().take(500).collect::<String>();
        match (day, reason) {
            (Some(day), Some(reason)) if errors.is_empty() => {
                let body = VisitBody {
                    township: wish.township,
                    address: clean(wish.address),
                    reason,
                    words: clean(wish.words),
                    matter: clean(wish.matter),
                    telephone: clean(wish.telephone),
                };
                Ok((day, body))
            }
            _ => Err(errors),
        }
    }

    /// The asker's orders in every district, the latest first.
    pub async fn my_visits(&self, asker: &Asker) -> Result<Vec<(Division, Visit)>, Denied> {
        let account = &asker.person().ok_or(Denied::SignIn)?.account.id;
        let mut all = Vec::new();
        for district in self.districts() {
            let found = self.store().visit_list_account(&district.division, account, MOST).await?;
            all.extend(found.into_iter().map(|visit| (district.division.clone(), visit)));
        }
        all.sort_by_key(|(_, visit)| std::cmp::Reverse(visit.day));
        Ok(all)
    }

    /// Cancels one of the asker's open orders.
    pub async fn visit_cancel(&self, asker: &Asker, division: &Division, id: &str) -> Result<(), BookError> {
        let account = asker.person().ok_or(Denied::SignIn)?.account.id.clone();
        let to = VisitState::Cancelled;
        if !self.store().visit_move(division.clone(), id.to_owned(), Some(account), to).await? {
            return Err(BookError::NotFound);
        }
        self.answer_for(asker, division, id).await;
        self.note(asker, division, "visit-cancelled", id, "done").await;
        Ok(())
    }

    /// The round of a day, for those who go: addresses are read, and that is on record.
    pub async fn visit_round(&self, asker: &Asker, division: &Division, day: Date) -> Result<DayRound, Denied> {
        self.allow_within(asker, Deed::RunCounters, division, "visits").await?;
        let halls = self.halls(division).await?.ok_or(Denied::NotFound)?;
        let all = self.store().visit_list_day(division, day).await?;
        self.note(asker, division, "visits-read", &day.to_string(), &all.len().to_string()).await;
        let township = |visit: &Visit| halls.townships.iter().find(|township| township.name.zh == visit.body.township);
        let (placed, unplaced): (Vec<Visit>, Vec<Visit>) = all.into_iter().partition(|visit| township(visit).is_some());
        let points: Vec<Point> = placed.iter().filter_map(township).map(Point::from).collect();
        let way = round(Point::from(&halls.start), &points);
        let visits = way.order.iter().filter_map(|index| placed.get(*index).cloned()).collect();
        Ok(DayRound { start: halls.start.name, visits, unplaced, kilometres: way.kilometres })
    }

    /// Takes what was ordered for a day into its round; how many orders.
    pub async fn visit_plan(&self, asker: &Asker, division: &Division, day: Date) -> Result<usize, Denied> {
        self.allow_within(asker, Deed::RunCounters, division, "visits").await?;
        let planned = self.store().visit_plan(division.clone(), day).await?;
        for id in &planned {
            self.answer_for(asker, division, id).await;
        }
        self.note(asker, division, "visits-planned", &day.to_string(), &planned.len().to_string()).await;
        Ok(planned.len())
    }

    /// Somebody was there.
    pub async fn visit_done(&self, asker: &Asker, division: &Division, id: &str) -> Result<(), BookError> {
        self.allow_within(asker, Deed::RunCounters, division, "visits").await?;
        if !self.store().visit_move(division.clone(), id.to_owned(), None, VisitState::Done).await? {
            return Err(BookError::NotFound);
        }
        self.answer_for(asker, division, id).await;
        self.note(asker, division, "visit-done", id, "done").await;
        Ok(())
    }

    /// Whether the asker runs counters in a district, for what a page offers.
    pub fn runs_counters(&self, asker: &Asker, division: &Division) -> bool {
        self.may(asker, Deed::RunCounters, Place { division, department: None })
    }
}
