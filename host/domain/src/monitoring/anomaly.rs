//! What is out of the ordinary: every watched indicator of every item and department against its own past, with the share of
//! false alarms held down, and each find said in one sentence.
//!
//! Invariant: too few cases, too short a past or too small a difference never make a find, however unlikely they look.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::indicator::{Better, Formula, Indicator, indicator, indicators};
use super::month::Month;
use super::season::{Baseline, Point, discoveries, expected};
use super::tally::{Tally, measure, number};
use crate::Slug;
use crate::text::Text;

/// Cases that a judged period has at least, where a share or a mean is judged.
const LEAST_CASES: i64 = 10;
/// And that a period of the past has.
const LEAST_PAST: i64 = 5;
/// What a count that is judged comes to at least.
const LEAST_COUNT: i64 = 5;
/// Cases after which it can be said that an indicator has come back.
const LEAST_BACK: i64 = 5;
/// A period with fewer working days, as around the Spring Festival, is neither judged nor a measure.
const LEAST_DAYS: i64 = 3;
/// Of all that is said, this share may be chance.
const FALSE_SHARE: f64 = 0.01;

/// How long the periods of a series are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grain {
    /// Calendar months.
    Month,
    /// Weeks from Monday.
    Week,
    /// Working days.
    Day,
}

impl Grain {
    /// For columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
        }
    }

    /// Periods of the past without which nothing is said.
    const fn least_past(self) -> usize {
        match self {
            Self::Month => 4,
            Self::Week => 8,
            Self::Day => 20,
        }
    }

    fn season(self, start: Date) -> i8 {
        match self {
            Self::Month => start.month(),
            // Weeks of a year that is no whole number of them have no season of their own.
            Self::Week => 0,
            Self::Day => start.weekday().to_monday_one_offset(),
        }
    }
}

/// What a series is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Matter {
    /// The item's key.
    pub item: String,
    /// The department, by its Chinese name.
    pub department: String,
}

/// Everything of a district in periods of one length, oldest first; the last is the one to be judged.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// How long they are.
    pub grain: Grain,
    /// The first day of each, and its working days by the calendar.
    pub periods: Vec<(Date, i64)>,
    /// What was counted in each.
    pub tallies: BTreeMap<Matter, Vec<Tally>>,
}

/// Where the time went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slowed {
    /// The state's id.
    pub state: String,
    /// Working days there before, on average.
    pub before: f64,
    /// And in the period.
    pub now: f64,
}

/// A find.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unusual {
    /// By which indicator.
    pub indicator: Slug,
    /// What it belongs to: one matter, however many indicators show it.
    pub family: Slug,
    /// In periods of which length.
    pub grain: Grain,
    /// The period's first day.
    pub start: Date,
    /// Of what.
    pub matter: Matter,
    /// What it was.
    pub value: f64,
    /// What is usual there then.
    pub usual: f64,
    /// How far values usually lie from it.
    pub spread: f64,
    /// Working days of the period.
    pub days: i64,
    /// Periods of the past that it stands on.
    pub periods: usize,
    /// Cases that the value stands on.
    pub volume: i64,
    /// How unlikely it is by chance.
    pub chance: f64,
    /// Where the time went.
    pub slowed: Option<Slowed>,
    /// What is charted: value by period, the last is the find.
    #[serde(default)]
    pub course: Vec<(Date, Option<f64>)>,
}

/// The names that a find is told with.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// The district.
    pub district: &'a Text,
    /// The item.
    pub item: &'a Text,
    /// The state in which the time went.
    pub state: Option<&'a Text>,
}

/// A value, as it is compared: counts by the working day.
fn compared(indicator: &Indicator, tally: &Tally, days: i64) -> Option<f64> {
    match indicator.formula {
        Formula::Count { .. } => (days > 0).then(|| number(indicator.volume(tally)) / number(days)),
        _ => indicator.value(tally),
    }
}

fn error(indicator: &Indicator, tally: &Tally, days: i64) -> f64 {
    match indicator.formula {
        Formula::Count { .. } => indicator.error(tally) / number(days.max(1)),
        _ => indicator.error(tally),
    }
}

fn point(history: &History, indicator: &Indicator, at: usize, tally: &Tally, least: i64) -> Option<Point> {
    let (start, days) = *history.periods.get(at)?;
    let short = history.grain != Grain::Day && days < LEAST_DAYS;
    let is_count = matches!(indicator.formula, Formula::Count { .. });
    if short || days == 0 || (!is_count && indicator.volume(tally) < least) {
        return None;
    }
    // Where less is worse, the series is turned over: what is judged is always whether it is too high.
    let sign = if indicator.better == Better::Higher { -1.0 } else { 1.0 };
    let value = sign * compared(indicator, tally, days)?;
    Some(Point { value, error: error(indicator, tally, days), season: history.grain.season(start) })
}

/// The judged point of a series with its baseline, where there is enough of both.
fn judged(history: &History, indicator: &Indicator, tallies: &[Tally]) -> Option<(Point, Baseline)> {
    let last = history.periods.len().checked_sub(1)?;
    let now = tallies.get(last)?;
    let enough = if matches!(indicator.formula, Formula::Count { .. }) { LEAST_COUNT } else { LEAST_CASES };
    if indicator.volume(now) < enough {
        return None;
    }
    let judged = point(history, indicator, last, now, enough)?;
    let past: Vec<Point> = tallies
        .iter()
        .enumerate()
        .take(last)
        .filter_map(|(at, tally)| point(history, indicator, at, tally, LEAST_PAST))
        .collect();
    if past.len() < history.grain.least_past() {
        return None;
    }
    let base = expected(&past, judged.season)?;
    // A past in which there was nothing to count says only that it has just begun.
    let is_new = matches!(indicator.formula, Formula::Count { .. }) && past.iter().all(|point| point.value == 0.0);
    (!is_new).then_some((judged, base))
}

/// Where most of the additional time went.
fn slowed(tallies: &[Tally]) -> Option<Slowed> {
    let (now, past) = tallies.split_last()?;
    let mut before = Tally::default();
    for tally in past {
        before.merge(tally);
    }
    let mean = |tally: &Tally, state: &str| {
        let left = tally.get(&format!("{}{state}", measure::LEFT));
        (left > 0).then(|| number(tally.get(&format!("{}{state}", measure::STAY))) / number(left))
    };
    let states = now.iter().filter_map(|(name, _)| name.strip_prefix(measure::STAY));
    let slowed = states.filter_map(|state| {
        let (before, now) = (mean(&before, state).unwrap_or(0.0), mean(now, state)?);
        Some(Slowed { state: state.to_owned(), before, now })
    });
    slowed.filter(|one| one.now - one.before >= 0.5).max_by(|a, b| (a.now - a.before).total_cmp(&(b.now - b.before)))
}

/// Whether a difference is worth a word.
fn matters(indicator: &Indicator, value: f64, usual: f64, days: i64) -> bool {
    let Some(watch) = &indicator.watch else { return false };
    let per_day = if matches!(indicator.formula, Formula::Count { .. }) { number(days.max(1)) } else { 1.0 };
    // Where less is worse, both are below nought and a ratio says nothing.
    let by_ratio = usual <= 0.0 || value >= usual * watch.ratio;
    (value - usual) * per_day >= watch.least && by_ratio
}

/// What is out of the ordinary in the last period, the least likely first; of one family and matter one find.
pub fn unusual(history: &History) -> Vec<Unusual> {
    let Some((start, days)) = history.periods.last().copied() else { return Vec::new() };
    let mut tried = Vec::new();
    for indicator in indicators().iter().filter(|indicator| indicator.watch.is_some()) {
        for (matter, tallies) in &history.tallies {
            if let Some((point, base)) = judged(history, indicator, tallies) {
                tried.push((indicator, matter, tallies, point, base, base.chance_of(point)));
            }
        }
    }
    let chances: Vec<f64> = tried.iter().map(|(.., chance)| *chance).collect();
    let found = discoveries(&chances, FALSE_SHARE);
    let mut finds: Vec<Unusual> = Vec::new();
    for ((indicator, matter, tallies, point, base, chance), _) in
        tried.into_iter().zip(found).filter(|((indicator, _, _, point, base, _), found)| {
            *found && matters(indicator, point.value, base.usual, days)
        })
    {
        let Some(watch) = &indicator.watch else { continue };
        let sign = if indicator.better == Better::Higher { -1.0 } else { 1.0 };
        let whole = if matches!(indicator.formula, Formula::Count { .. }) { number(days) } else { 1.0 };
        let course = history.periods.iter().zip(tallies).map(|((start, _), tally)| (*start, indicator.value(tally)));
        finds.push(Unusual {
            indicator: indicator.id.clone(),
            family: watch.family.clone(),
            grain: history.grain,
            start,
            matter: matter.clone(),
            value: sign * point.value * whole,
            usual: sign * base.usual * whole,
            spread: base.spread * whole,
            days,
            periods: base.periods,
            volume: tallies.last().map_or(0, |tally| indicator.volume(tally)),
            chance,
            slowed: (watch.family.as_str() == "time").then(|| slowed(tallies)).flatten(),
            course: course.collect(),
        });
    }
    finds.sort_by(|a, b| a.chance.total_cmp(&b.chance));
    let mut seen = Vec::new();
    finds.retain(|find| {
        let key = (find.family.clone(), find.matter.clone());
        let is_new = !seen.contains(&key);
        seen.push(key);
        is_new
    });
    finds
}

/// Whether an indicator is back to what is usual, by what was counted since; none while there is too little.
pub fn has_come_back(find: &Unusual, since: &Tally, days: i64) -> Option<(bool, f64)> {
    let indicator = indicator(find.indicator.as_str())?;
    let watch = indicator.watch.as_ref()?;
    let is_count = matches!(indicator.formula, Formula::Count { .. });
    if days < LEAST_DAYS || (!is_count && indicator.volume(since) < LEAST_BACK) {
        return None;
    }
    let value = match indicator.value(since)? {
        // As many as there would be in as many working days.
        count if is_count => count * number(find.days) / number(days),
        value => value,
    };
    let worse = if indicator.better == Better::Higher { find.usual - value } else { value - find.usual };
    Some((worse <= (2.0 * find.spread).max(watch.least / 2.0), value))
}

impl Unusual {
    /// The period, in words.
    fn period(&self) -> Text {
        let day = |day: Date| format!("{}年{}月{}日", day.year(), day.month(), day.day());
        match self.grain {
            Grain::Month => Text::new(Month::of(self.start).zh(), Month::of(self.start).to_string()),
            Grain::Week => Text::new(format!("{}起的一周", day(self.start)), format!("the week of {}", self.start)),
            Grain::Day => Text::new(day(self.start), self.start.to_string()),
        }
    }

    /// The find in one sentence: what, where, how much, what is usual, and where it comes from.
    pub fn sentence(&self, named: Named<'_>) -> Text {
        let Some(indicator) = indicator(self.indicator.as_str()) else { return Text::zh(self.indicator.to_string()) };
        let (value, usual) = (indicator.unit.written(self.value), indicator.unit.written(self.usual));
        let english = |text: &Text| text.en.clone().unwrap_or_else(|| text.zh.clone());
        let period = self.period();
        let (zh, en) = match (&self.slowed, named.state) {
            (Some(slowed), Some(state)) => (
                format!(
                    "，主要慢在{}的“{}”环节（由平均 {:.1} 个工作日增至 {:.1} 个工作日）",
                    self.matter.department, state.zh, slowed.before, slowed.now
                ),
                format!(
                    ", most of it in the step “{}” of {} (from {:.1} to {:.1} working days on average)",
                    english(state),
                    self.matter.department,
                    slowed.before,
                    slowed.now
                ),
            ),
            _ => (
                format!("，责任部门为{}", self.matter.department),
                format!(", the department being {}", self.matter.department),
            ),
        };
        Text::new(
            format!(
                "{}{}{}{} {}，往常 {}{zh}。",
                named.district.zh, named.item.zh, period.zh, indicator.title.zh, value.zh, usual.zh
            ),
            format!(
                "{} in {}, {}: {} {}, usually {}{en}.",
                english(named.item),
                english(named.district),
                english(&period),
                english(&indicator.title).to_lowercase(),
                english(&value),
                english(&usual)
            ),
        )
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "small numbers of a test's own")]
mod tests {
    use super::*;
    use crate::monitoring::bucket_of;
    use jiff::civil::date;

    /// Numbers that look random and are the same every time.
    struct Drawn(u64);

    impl Drawn {
        fn next(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            f64::from(u32::try_from(self.0 >> 33).unwrap()) / f64::from(1_u32 << 31)
        }
    }

    /// A month of so many cases that take about so many days, of which some are asked to correct and some refused.
    fn month(drawn: &mut Drawn, cases: i64, days: f64) -> Tally {
        let mut tally = Tally::default();
        for _ in 0..cases {
            let used = (days * (0.3 + drawn.next() + 0.4 * drawn.next())).round() as i64;
            tally.add(measure::RECEIVED, 1);
            tally.add(measure::DECIDED, 1);
            tally.add(measure::TIMED, 1);
            tally.add(measure::USED, used);
            tally.add(measure::USED_SQUARES, used * used);
            tally.add(measure::OVERDUE, i64::from(drawn.next() < 0.03));
            tally.add(measure::CORRECTED, i64::from(drawn.next() < 0.15));
            tally.add(measure::REFUSED, i64::from(drawn.next() < 0.05));
            tally.add(measure::WITHDRAWN, i64::from(drawn.next() < 0.04));
            tally.add("stay-review", used);
            tally.add("left-review", 1);
            tally.add(&bucket_of(used), 1);
        }
        tally.add(measure::GRIEVANCES, (drawn.next() * 4.0) as i64);
        tally
    }

    fn city(seed: u64, matters: usize, months: i32) -> History {
        let mut drawn = Drawn(seed);
        let first = Month::of(date(2024, 1, 1));
        let periods = (0..months).map(|at| (first.plus(at).first(), if at % 12 == 1 { 15 } else { 21 })).collect();
        let tallies = (0..matters).map(|at| {
            let usual = 2.0 + drawn.next() * 10.0;
            let volume = 10.0 + drawn.next() * 60.0;
            let all = (0..months)
                .map(|_| {
                    let cases = (volume * (0.7 + 0.6 * drawn.next())) as i64;
                    month(&mut drawn, cases, usual)
                })
                .collect();
            (Matter { item: format!("XC{at:05}"), department: "市场监督管理局".to_owned() }, all)
        });
        History { grain: Grain::Month, periods, tallies: tallies.collect() }
    }

    #[test]
    fn steady_cities_give_no_alarm() {
        let mut alarms = 0;
        for seed in 0..40 {
            for months in [6, 14, 26] {
                alarms += unusual(&city(seed, 60, months)).len();
            }
        }
        // 120 months of 60 matters by six indicators: some 40,000 series.
        assert!(alarms <= 2, "{alarms}");
    }

    #[test]
    fn a_planted_slow_down_is_found_located_and_said_in_one_sentence() {
        let mut history = city(7, 60, 14);
        let planted = history.tallies.keys().nth(31).unwrap().clone();
        let series = history.tallies.get_mut(&planted).unwrap();
        for tally in series.iter_mut() {
            *tally = month(&mut Drawn(1), 30, 4.0);
        }
        *series.last_mut().unwrap() = month(&mut Drawn(2), 30, 9.0);
        let finds = unusual(&history);
        assert_eq!(finds.len(), 1, "{finds:?}");
        let find = &finds[0];
        assert_eq!((&find.matter, find.indicator.as_str()), (&planted, "used-mean"));
        assert_eq!(find.slowed.as_ref().unwrap().state, "review");
        let (district, item, state) = (Text::new("禹州市", "Yuzhou"), Text::zh("食品经营许可"), Text::zh("审查"));
        let said = find.sentence(Named { district: &district, item: &item, state: Some(&state) });
        assert!(said.zh.starts_with("禹州市食品经营许可2025年2月平均用时 "), "{}", said.zh);
        assert!(said.zh.contains("往常") && said.zh.contains("“审查”环节") && said.zh.matches('。').count() == 1);
        assert!(said.en.unwrap().ends_with('.'));
    }

    #[test]
    fn few_cases_are_never_enough() {
        let mut history = city(9, 20, 14);
        let planted = history.tallies.keys().next().unwrap().clone();
        *history.tallies.get_mut(&planted).unwrap().last_mut().unwrap() = month(&mut Drawn(2), 9, 60.0);
        assert!(unusual(&history).is_empty());
    }

    #[test]
    fn fewer_working_days_do_not_make_complaints_rarer_nor_more_of_them_usual() {
        let mut drawn = Drawn(3);
        let first = Month::of(date(2025, 1, 1));
        let days = [18, 15, 21, 22, 20, 21, 23, 21, 22, 17, 20, 23, 20, 9];
        let periods = days.iter().enumerate().map(|(at, days)| (first.plus(at as i32).first(), *days)).collect();
        let mut tallies: Vec<Tally> = days
            .iter()
            .map(|days| {
                let mut tally = month(&mut drawn, 30, 4.0);
                let due = days - tally.get(measure::GRIEVANCES);
                tally.add(measure::GRIEVANCES, due);
                tally
            })
            .collect();
        let matter = Matter { item: "X".to_owned(), department: "局".to_owned() };
        let history = |tallies: &[Tally], periods: &Vec<_>| History {
            grain: Grain::Month,
            periods: Clone::clone(periods),
            tallies: [(matter.clone(), tallies.to_vec())].into(),
        };
        assert!(unusual(&history(&tallies, &periods)).is_empty(), "one a working day, as ever");
        tallies.last_mut().unwrap().add(measure::GRIEVANCES, 21);
        let finds = unusual(&history(&tallies, &periods));
        assert_eq!(
            finds[0].indicator.as_str(),
            "grievances",
            "thirty in nine working days is not what thirty in a month are"
        );
    }

    #[test]
    fn it_has_come_back_when_enough_cases_say_so() {
        let mut history = city(7, 3, 14);
        let planted = history.tallies.keys().next().unwrap().clone();
        let series = history.tallies.get_mut(&planted).unwrap();
        for tally in &mut *series {
            *tally = month(&mut Drawn(1), 30, 4.0);
        }
        *series.last_mut().unwrap() = month(&mut Drawn(2), 30, 12.0);
        let find = unusual(&history).remove(0);
        assert_eq!(has_come_back(&find, &month(&mut Drawn(3), 3, 4.0), 20), None);
        assert!(has_come_back(&find, &month(&mut Drawn(3), 30, 4.0), 20).unwrap().0);
        assert!(!has_come_back(&find, &month(&mut Drawn(3), 30, 11.0), 20).unwrap().0);
    }
}
