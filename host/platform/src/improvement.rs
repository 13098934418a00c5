//! Improvement cases 监测改进 (article 34): what is out of the ordinary is found, opens one case, and is followed until the
//! indicator has come back.
//!
//! Invariant: of one matter one case is open, whoever looks and however often; the database decides.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use lotus_domain::access::{Deed, Place};
use lotus_domain::case::{Actor, Application, Case, Event, Happening, Subject};
use lotus_domain::district::Division;
use lotus_domain::form::{FieldValue, Value};
use lotus_domain::kind::Role;
use lotus_domain::monitoring::{
    Grain, History, IMPROVEMENT, Month, Named, Tally, Unusual, has_come_back, indicator, unusual,
};
use lotus_domain::text::Text;
use lotus_store::{Anomaly, NewCase, Slice, StoreError};

use crate::asker::{Asker, Denied};
use crate::case::{CaseError, Wanted};
use crate::opening::Beginning;
use crate::start::Platform;
use crate::token::{FormToken, to_hex};
use crate::worklist::WorkError;

/// Months of the past that a month is held against.
const MONTHS: i32 = 24;
/// Weeks.
const WEEKS: i64 = 27;
/// Working days.
const DAYS: usize = 60;
/// Finds that are shown and followed at a time.
const MOST: u32 = 500;
/// Days for which an ended find is still shown.
const SHOWN: i64 = 180;

/// A find with its case, as far as the officer sees it.
#[derive(Debug, Clone)]
pub struct Tracked {
    /// The find.
    pub anomaly: Anomaly,
    /// Where the case is.
    pub state: Text,
    /// Somebody in the city still has something to do.
    pub is_open: bool,
    /// It has ended.
    pub is_ended: bool,
    /// The last day of what counts now.
    pub due: Option<Date>,
    /// What the department said, or the platform.
    pub said: Option<Text>,
    /// How often it moved so far: what a step must name.
    pub revision: u32,
}

impl Platform {
    /// Working days from a day to another, both included.
    fn working_days(&self, from: Date, to: Date) -> i64 {
        let city = self.city();
        let (Some(calendar), Ok(before)) = (city.calendar.as_ref(), from.yesterday()) else { return 0 };
        calendar.count_working_days(before, to).map_or(0, |days| i64::from(days).max(0))
    }

    /// Looks for what is out of the ordinary in the last whole month, week and working day, and opens a case for each.
    pub(crate) async fn anomalies_sought(&self, division: &Division) -> Result<(), StoreError> {
        let mut finds = Vec::new();
        for history in [self.by_month(division).await?, self.by_week(division).await?, self.by_day(division).await?] {
            finds.extend(history.as_ref().map(unusual).unwrap_or_default());
        }
        if finds.is_empty() {
            return Ok(());
        }
        let open = self.store().anomaly_list(division, self.now(), Date::MAX, MOST).await?;
        let mut open: BTreeSet<_> = open.into_iter().map(|known| (known.find.family, known.find.matter)).collect();
        for find in finds {
            if open.insert((find.family.clone(), find.matter.clone())) {
                self.improvement_open(division, find).await?;
            }
        }
        Ok(())
    }

    /// The months up to the last whole one.
    async fn by_month(&self, division: &Division) -> Result<Option<History>, StoreError> {
        let last = Month::of(self.today()).plus(-1);
        let slice = Slice::Months(last.plus(-MONTHS), last);
        let series = self.store().tally_list_series(division, &slice).await?;
        let first = series.values().flat_map(BTreeMap::keys).min().and_then(|first| Month::parse(first).ok());
        let Some(first) = first else { return Ok(None) };
        let months: Vec<Month> =
            (0..=MONTHS).map(|at| last.plus(at - MONTHS)).filter(|month| *month >= first).collect();
        let periods = months.iter().map(|month| (month.first(), self.working_days(month.first(), month.last())));
        let aligned = |of: BTreeMap<String, Tally>| {
            months.iter().map(|month| of.get(&month.to_string()).cloned().unwrap_or_default()).collect()
        };
        let tallies = series.into_iter().map(|(matter, of)| (matter, aligned(of))).collect();
        Ok(Some(History { grain: Grain::Month, periods: periods.collect(), tallies }))
    }

    /// The weeks up to the last whole one.
    async fn by_week(&self, division: &Division) -> Result<Option<History>, StoreError> {
        let today = self.today();
        let monday = today.saturating_sub(jiff::Span::new().days(today.weekday().to_monday_zero_offset()));
        let starts: Vec<Date> =
            (1..=WEEKS).rev().map(|back| monday.saturating_sub(jiff::Span::new().days(7 * back))).collect();
        let ends = |start: Date| start.saturating_add(jiff::Span::new().days(6));
        let periods: Vec<(Date, Date)> = starts.iter().map(|start| (*start, ends(*start))).collect();
        self.by_days(division, Grain::Week, &periods).await
    }

    /// The working days up to the last one.
    async fn by_day(&self, division: &Division) -> Result<Option<History>, StoreError> {
        let mut day = self.today();
        let mut days = Vec::new();
        for _ in 0..DAYS * 2 {
            day = day.yesterday().unwrap_or(day);
            if self.working_days(day, day) > 0 {
                days.push((day, day));
            }
        }
        days.truncate(DAYS);
        days.reverse();
        self.by_days(division, Grain::Day, &days).await
    }

    async fn by_days(
        &self,
        division: &Division,
        grain: Grain,
        periods: &[(Date, Date)],
    ) -> Result<Option<History>, StoreError> {
        let (Some((from, _)), Some((_, to))) = (periods.first(), periods.last()) else { return Ok(None) };
        let series = self.store().tally_list_series(division, &Slice::Days(*from, *to)).await?;
        if series.is_empty() {
            return Ok(None);
        }
        let summed = |of: &BTreeMap<String, Tally>, (from, to): (Date, Date)| {
            let mut sum = Tally::default();
            of.range(from.to_string()..=to.to_string()).for_each(|(_, tally)| sum.merge(tally));
            sum
        };
        let aligned = |of: BTreeMap<String, Tally>| periods.iter().map(|period| summed(&of, *period)).collect();
        Ok(Some(History {
            grain,
            periods: periods.iter().map(|(from, to)| (*from, self.working_days(*from, *to))).collect(),
            tallies: series.into_iter().map(|(matter, of)| (matter, aligned(of))).collect(),
        }))
    }

    /// What a find says.
    fn said_of(&self, division: &Division, find: &Unusual) -> Text {
        let city = self.city();
        let district = city.district(division).map_or_else(|| Text::zh(division.to_string()), |one| one.name.clone());
        let item = self.item_name(division, &find.matter.item);
        let kinds = if find.matter.item.starts_with("service:") {
            ["service", "application"]
        } else {
            ["application", "service"]
        };
        let state = find.slowed.as_ref().and_then(|slowed| {
            kinds.iter().find_map(|kind| Some(city.kind(kind)?.state(&slowed.state)?.title.clone()))
        });
        find.sentence(Named { district: &district, item: &item, state: state.as_ref() })
    }

    async fn improvement_open(&self, division: &Division, find: Unusual) -> Result<(), StoreError> {
        let sentence = self.said_of(division, &find);
        let new = self.improvement_case(division, &find, &sentence)?;
        let number = new.case.number.clone();
        let id = to_hex(&rand::random::<[u8; 8]>());
        let anomaly =
            Anomaly { id, found: self.now(), ended: None, number: number.clone(), find, sentence: sentence.clone() };
        self.transition_marked(division, &number, 1).await?;
        if self.store().anomaly_open(division.clone(), anomaly, new).await? {
            self.transition_told(division, &number, 1);
            tracing::info!(%division, %number, sentence = sentence.zh, "an improvement case is opened");
        }
        Ok(())
    }

    fn improvement_case(&self, division: &Division, find: &Unusual, sentence: &Text) -> Result<NewCase, StoreError> {
        let missing = || StoreError::Unavailable("there is no kind of case for improvements".to_owned());
        let definition = self.city().kind(IMPROVEMENT).ok_or_else(missing)?;
        let indicator = indicator(find.indicator.as_str()).ok_or_else(missing)?;
        let item = self.item_name(division, &find.matter.item);
        let values = [
            ("finding", Text::new("监测发现", "What was found"), sentence.zh.clone()),
            ("indicator", Text::new("指标", "Indicator"), indicator.title.zh.clone()),
            ("value", Text::new("本期", "In the period"), indicator.unit.written(find.value).zh),
            ("usual", Text::new("往常", "Usually"), indicator.unit.written(find.usual).zh),
            ("volume", Text::new("所依据件数", "Cases that it stands on"), find.volume.to_string()),
        ];
        let mut application = Application { values: Vec::new(), labels: Vec::new(), options: Vec::new() };
        for (name, label, value) in values {
            application.labels.push((name.to_owned(), label));
            application.values.push(FieldValue { name: name.to_owned(), value: Value::Text(value) });
        }
        let title = Text::zh(format!("{}：{}{}异常", definition.title.zh, item.zh, indicator.title.zh));
        let beginning = Beginning {
            number: self.new_number(division, &definition),
            subject: Subject::Matter {
                title: definition.title.clone(),
                department: self.department_name(division, &find.matter.department),
                item: Some(find.matter.item.clone()).filter(|item| self.item(division, item).is_some()),
            },
            title,
            message: Some(sentence.clone()),
            application,
            record: None,
            parent: None,
            assigned: None,
            priority: 0,
            definition,
        };
        let token = FormToken::issue(&self.inner.key, self.now());
        let NewCase { case, first, token, record, .. } =
            self.new_case(division, &Asker::nobody(None), &token, beginning)?;
        // Nobody applied: the platform opened it.
        let happening = Happening {
            actor: Actor { role: Role::System, account: None },
            action: "open".to_owned(),
            remark: Some(sentence.clone()),
            ..first.happening
        };
        let first = Event::seal(&case.number, None, happening);
        Ok(NewCase { case, first, token, record, notices: Vec::new() })
    }

    /// Follows what was found: where its department has answered, the indicator decides; where its case has ended, it has.
    pub(crate) async fn improvements_followed(&self, division: &Division) -> Result<(), StoreError> {
        for anomaly in self.store().anomaly_list(division, self.now(), Date::MAX, MOST).await? {
            let Some(file) = self.store().case_recent(division, &anomaly.number, 1).await? else { continue };
            if file.case.at().is_some_and(|state| state.is_final) {
                self.store().anomaly_end(division.clone(), anomaly.id, self.today()).await?;
                continue;
            }
            let Some(answered) = file.events.last().filter(|_| file.case.state == "answered") else { continue };
            let from = self.date_of(answered.happening.at).tomorrow().unwrap_or(Date::MAX);
            let to = self.today().yesterday().unwrap_or(Date::MIN);
            let Some((back, said)) = self.judged_since(division, &anomaly.find, from, to).await? else { continue };
            let action = if back { "verify" } else { "relapse" };
            match self.made_by_monitoring(file.case, action, &said).await {
                Ok(()) if back => {
                    self.store().anomaly_end(division.clone(), anomaly.id, self.today()).await?;
                }
                Ok(()) => {}
                Err(error) => tracing::warn!(?error, number = %anomaly.number, "an improvement is followed later"),
            }
        }
        Ok(())
    }

    /// Whether an indicator has come back between two days, with the words; none while there is too little to say so.
    async fn judged_since(
        &self,
        division: &Division,
        find: &Unusual,
        from: Date,
        to: Date,
    ) -> Result<Option<(bool, String)>, StoreError> {
        // A month is not judged by a few days: what came in since was begun under the old way.
        let least = if find.grain == Grain::Month { 10 } else { 5 };
        let days = self.working_days(from, to);
        if from > to || days < least {
            return Ok(None);
        }
        let mut series = self.store().tally_list_series(division, &Slice::Days(from, to)).await?;
        let mut since = Tally::default();
        series.remove(&find.matter).unwrap_or_default().values().for_each(|tally| since.merge(tally));
        let (Some((back, value)), Some(indicator)) =
            (has_come_back(find, &since, days), indicator(find.indicator.as_str()))
        else {
            return Ok(None);
        };
        let (value, usual) = (indicator.unit.written(value).zh, indicator.unit.written(find.usual).zh);
        let ends = if back { "已恢复正常" } else { "仍未恢复" };
        let said = format!("{from}至{to}{}为{value}，往常为{usual}，{ends}。", indicator.title.zh);
        Ok(Some((back, said)))
    }

    async fn made_by_monitoring(&self, case: Case, action: &str, said: &str) -> Result<(), CaseError> {
        let Some(file) = self.case_of(&case.number).await? else { return Ok(()) };
        let actor = Actor { role: Role::System, account: None };
        let wanted = Wanted { actor, revision: case.revision, action, reason: Some(said), overrules: true };
        let view = self.view(file, &[Role::System])?;
        match self.act(view, wanted, &[Role::System]).await {
            // Somebody acted in between: the next turn looks again.
            Ok(_) | Err(CaseError::Changed { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// A division's finds with their cases, newest first; a department's where the asker sees only that.
    pub async fn improvements(&self, asker: &Asker, division: &Division) -> Result<Vec<Tracked>, Denied> {
        let own = Self::own_department(asker, division);
        let department = own.as_deref();
        self.allow(asker, Deed::SeeClocks, Place { division, department }, "monitoring").await?;
        let mut tracked = self.improvements_of(division).await?;
        tracked.retain(|one| department.is_none_or(|own| one.anomaly.find.matter.department == own));
        Ok(tracked)
    }

    pub(crate) async fn improvements_of(&self, division: &Division) -> Result<Vec<Tracked>, StoreError> {
        let since = self.now().checked_sub(jiff::SignedDuration::from_hours(24 * SHOWN)).unwrap_or(self.now());
        let mut tracked = Vec::new();
        for anomaly in self.store().anomaly_list(division, since, self.date_of(since), MOST).await? {
            let Some(file) = self.store().case_recent(division, &anomaly.number, 1).await? else { continue };
            let case = &file.case;
            let state = case.at().map_or_else(|| Text::zh(case.state.clone()), |state| state.title.clone());
            tracked.push(Tracked {
                state,
                is_open: case.is_open(),
                is_ended: case.at().is_some_and(|state| state.is_final),
                due: case.clocks.due().map(|deadline| deadline.day()),
                said: file.events.last().and_then(|event| event.happening.reason.clone()),
                revision: case.revision,
                anomaly,
            });
        }
        Ok(tracked)
    }

    /// Whether the asker ends finds by their word, for what a page offers.
    pub fn ends_improvements(&self, asker: &Asker, division: &Division) -> bool {
        self.may(asker, Deed::CloseCard, Place { division, department: None })
    }

    /// The officer ends a find that is nothing to improve, or says that it has come back, or that it has not.
    pub async fn improvement_decide(
        &self,
        asker: &Asker,
        division: &Division,
        (id, revision): (&str, u32),
        action: &str,
        words: &str,
    ) -> Result<(), WorkError> {
        self.allow(asker, Deed::CloseCard, Place { division, department: None }, id).await?;
        if !["verify", "relapse", "dismiss"].contains(&action) {
            return Err(Denied::NotFound.into());
        }
        let anomaly = self.store().anomaly_get(division, id).await.map_err(Denied::from)?.ok_or(Denied::NotFound)?;
        let file = self.case_of(&anomaly.number).await.map_err(CaseError::from)?.ok_or(Denied::NotFound)?;
        let actor = Actor { role: Role::Supervision, account: asker.name() };
        let words: String = words.trim().chars().take(1000).collect();
        let wanted = Wanted { actor, revision, action, reason: Some(&words), overrules: true };
        let view = self.view(file, &[Role::Supervision])?;
        let moved = self.act(view, wanted, &[Role::Supervision]).await?;
        if moved.case.at().is_some_and(|state| state.is_final) {
            self.store().anomaly_end(division.clone(), id.to_owned(), self.today()).await.map_err(Denied::from)?;
        }
        self.note(asker, division, "improvement-decided", &format!("{} {action}", anomaly.number), "done").await;
        Ok(())
    }
}

/// Whether a find belongs into a month's bulletin: found or ended in it, or open all through it.
pub(crate) fn is_of(tracked: &Tracked, month: Month) -> bool {
    let (found, ended) = (Month::of(tracked.anomaly.find.start), tracked.anomaly.ended.map(Month::of));
    found == month || ended == Some(month) || (found < month && ended.is_none_or(|ended| ended > month))
}
