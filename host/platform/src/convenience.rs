//! The cases that answer for bookings and home visits (article 27), so that both have clock, timeline, supervision and
//! notices like everything else that the city owes an answer to.
//!
//! Invariant: a booking or an order begins with its case, in one transaction. What becomes of it is counted in the
//! transaction that changes it, and its case moves right after; where something stops in between, the next turn of the job
//! that looks for missed bookings moves it. A step that is made at the case's own page is followed by the row.

use jiff::civil::Date;
use lotus_domain::appointment::{Booking, Counter, Halls};
use lotus_domain::case::{Actor, Application, Case, Subject};
use lotus_domain::district::Division;
use lotus_domain::form::{FieldValue, Value};
use lotus_domain::kind::{Definition, Role};
use lotus_domain::law::{Period, TimeUnit};
use lotus_domain::text::Text;
use lotus_domain::visit::Visit;
use lotus_store::{Answered, CaseFile, NewCase, StoreError};

use crate::asker::Asker;
use crate::case::{CaseError, Wanted};
use crate::opening::Beginning;
use crate::start::Platform;
use crate::token::FormToken;

/// Cases that one turn brings up to date in each district.
const TURN: u32 = 500;
/// The kinds whose rows follow their cases.
const KINDS: [&str; 2] = ["appointment", "home-visit"];

/// Values with what they are called.
fn given(values: Vec<(&str, Text, Value)>) -> Application {
    let mut application = Application { values: Vec::new(), labels: Vec::new(), options: Vec::new() };
    for (name, label, value) in values {
        application.labels.push((name.to_owned(), label));
        application.values.push(FieldValue { name: name.to_owned(), value });
    }
    application
}

/// As which party the platform writes down a step that was made at a counter or on the way.
fn party(step: &str) -> Role {
    match step {
        "cancel" | "withdraw" => Role::Applicant,
        "miss" => Role::System,
        _ => Role::Clerk,
    }
}

impl Platform {
    fn convenience_case(
        &self,
        division: &Division,
        asker: &Asker,
        (definition, department): (Definition, Text),
        (title, matter): (String, &str),
        application: Application,
    ) -> Result<NewCase, StoreError> {
        let beginning = Beginning {
            number: self.new_number(division, &definition),
            subject: Subject::Matter { title: definition.title.clone(), department, item: None },
            title: Text::zh(format!("{}：{matter}（{title}）", definition.title.zh)),
            message: None,
            application,
            record: None,
            parent: None,
            assigned: None,
            priority: 0,
            definition,
        };
        let token = FormToken::issue(&self.inner.key, self.now());
        self.new_case(division, asker, &token, beginning)
    }

    fn kind(&self, id: &str) -> Result<Definition, StoreError> {
        self.city().kind(id).ok_or_else(|| StoreError::Unavailable(format!("there is no kind of case “{id}”")))
    }

    /// The case of a booking that is to be made.
    pub(crate) fn booking_case(
        &self,
        division: &Division,
        asker: &Asker,
        counter: &Counter,
        booking: &Booking,
    ) -> Result<NewCase, StoreError> {
        let time = format!("{:02}:{:02}", booking.from.hour(), booking.from.minute());
        let title = format!("{}，{} {time}", counter.title.zh, booking.day);
        let application = given(vec![
            ("matter", Text::new("事项", "Matter"), Value::Text(booking.matter.clone())),
            ("counter", Text::new("窗口", "Counter"), Value::Text(counter.title.zh.clone())),
            ("day", Text::new("日期", "Day"), Value::Date(booking.day)),
            ("time", Text::new("时间", "Time"), Value::Text(time)),
        ]);
        let how = (self.kind("appointment")?, counter.department.clone());
        self.convenience_case(division, asker, how, (title, &booking.matter), application)
    }

    /// The case of a home visit that is ordered: its promise is the day for which the order is taken.
    pub(crate) fn visit_case(
        &self,
        division: &Division,
        asker: &Asker,
        halls: &Halls,
        visit: &Visit,
    ) -> Result<NewCase, StoreError> {
        let kind = self.kind("home-visit")?;
        let promised = self.until(visit.day).unwrap_or(kind.promised);
        let department =
            halls.counters.first().map_or_else(|| halls.start.name.clone(), |first| first.department.clone());
        let body = &visit.body;
        let title = format!("{}，{}", body.township, visit.day);
        // Address and telephone stay with the order: the round shows them to whoever goes, and that is on record.
        let application = given(vec![
            ("matter", Text::new("事项", "Matter"), Value::Text(body.matter.clone())),
            ("reason", Text::new("不能到场的原因", "Why they can't come"), Value::Text(body.reason.title().zh)),
            ("township", Text::new("乡镇（街道）", "Township"), Value::Text(body.township.clone())),
            ("day", Text::new("日期", "Day"), Value::Date(visit.day)),
        ]);
        let how = (Definition { promised, ..kind }, department);
        self.convenience_case(division, asker, how, (title, &body.matter), application)
    }

    /// From today until a working day.
    fn until(&self, day: Date) -> Option<Period> {
        let city = self.city();
        let days = city.calendar.as_ref()?.count_working_days(self.today(), day).ok()?;
        let amount = u32::try_from(days).ok().filter(|days| *days > 0)?;
        Some(Period { amount, unit: TimeUnit::WorkingDay })
    }

    /// Moves the case of a booking or an order to where the row is. What can't be done now is done at the job's turn.
    pub(crate) async fn answer_for(&self, asker: &Asker, division: &Division, id: &str) {
        match self.store().convenience_get(division, id).await {
            Ok(Some(answered)) if answered.told < answered.changes => {
                self.settle(division, answered, asker.name()).await;
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, %division, id, "its case is moved later"),
        }
    }

    /// Brings every case that lags behind its booking or order up to date; how many.
    pub async fn convenience_settle(&self) -> Result<u64, StoreError> {
        let mut settled = 0;
        for district in self.districts() {
            for answered in self.store().convenience_list_behind(&district.division, TURN).await? {
                settled += u64::from(self.settle(&district.division, answered, None).await);
            }
        }
        Ok(settled)
    }

    /// Whether the case is where the row is now.
    async fn settle(&self, division: &Division, answered: Answered, account: Option<String>) -> bool {
        match self.follow_row(division, &answered, account).await {
            // A city whose own definition has no such step: said once, not every minute.
            Err(CaseError::NotPossible(error)) => {
                tracing::error!(%error, %division, number = %answered.number, "a case can't follow what it answers for");
            }
            Err(error) => {
                tracing::warn!(?error, %division, number = %answered.number, "a case is moved later");
                return false;
            }
            Ok(()) => {}
        }
        let told = self.store().convenience_told(division.clone(), answered.number, answered.changes).await;
        told.inspect_err(|error| tracing::warn!(%error, "a case is looked at once more")).is_ok()
    }

    async fn follow_row(
        &self,
        division: &Division,
        answered: &Answered,
        account: Option<String>,
    ) -> Result<(), CaseError> {
        // Two steps at most, and once more for each where somebody acts in between.
        for _ in 0..4 {
            let file = self.store().case_get(division, &answered.number).await?;
            let Some(CaseFile { case, events }) = file else { return Ok(()) };
            let Some(step) = answered.became.step_from(&case.state) else { return Ok(()) };
            let role = party(step);
            let account = account.clone().filter(|_| role != Role::System);
            let revision = case.revision;
            let view = self.view(CaseFile { case, events }, &[role])?;
            // It has happened already: nobody's advice changes that.
            let actor = Actor { role, account };
            let wanted = Wanted { actor, revision, action: step, reason: None, overrules: true };
            match self.act(view, wanted, &[role]).await {
                Ok(_) | Err(CaseError::Changed { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// After a step of a case: the booking or order that it answers for follows.
    pub(crate) async fn row_follows(&self, case: &Case) {
        if !KINDS.contains(&case.definition.id.as_str()) {
            return;
        }
        let (division, number, state) = (case.division.clone(), case.number.clone(), case.state.clone());
        if let Err(error) = self.store().convenience_follow(division, number, state).await {
            tracing::error!(%error, number = %case.number, "a booking or an order does not follow its case");
        }
    }
}
