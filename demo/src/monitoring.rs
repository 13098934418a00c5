//! A year of counters for a demonstration's charts: what monitoring would have counted of some of the districts' items, had
//! they been at work. Marked as a demonstration's wherever they are shown.
//!
//! Invariant: the same day gives the same numbers. One item of one district became slow in the last month, so that there is
//! something to find.

use std::collections::BTreeMap;

use jiff::civil::Date;
use lotus_domain::catalog::{DistrictItem, Handling};
use lotus_domain::district::Division;
use lotus_domain::law::TimeUnit;
use lotus_domain::monitoring::{Matter, Month, Tally, bucket_of, measure};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::City;

/// Whole months before the running one.
const MONTHS: i32 = 13;
/// Items of each district.
const ITEMS: usize = 6;
/// What became slow: the basic code of an item, in a district.
const SLOW: (&str, &str) = ("411081", "XC01003");
/// What is looked at first, for the rest the order of the catalogue.
const COMMON: [&str; 3] = ["XC01003", "XC01001", "XC01011"];

/// Months of a district, each with what was counted of its items.
pub type Months = BTreeMap<Month, BTreeMap<Matter, Tally>>;

/// By how much a month is busier than others: less is done around the Spring Festival.
const fn busy(month: i8) -> f64 {
    match month {
        1 | 2 => 0.7,
        3 | 9 => 1.2,
        _ => 1.0,
    }
}

/// The months before this day of each district.
pub fn monitoring(city: &City, today: Date) -> BTreeMap<Division, Months> {
    let running = Month::of(today);
    let mut all = BTreeMap::new();
    for (at, district) in (0_u64..).zip(&city.districts) {
        let mut items: Vec<&DistrictItem> =
            city.items.iter().filter(|item| item.division == district.division).collect();
        items.sort_by_key(|item| COMMON.iter().position(|code| *code == item.item.basic_code).unwrap_or(COMMON.len()));
        items.truncate(ITEMS);
        let mut random = StdRng::seed_from_u64(20_260_000 + at);
        let mut months = Months::new();
        for item in items {
            let usual = f64::from(random.random_range(14..60_u32));
            for back in (1..=MONTHS).rev() {
                let month = running.plus(-back);
                let slow = back == 1 && (district.division.as_str(), item.item.basic_code.as_str()) == SLOW;
                let cases = usual * busy(month.number()) * random.random_range(0.85..1.15);
                let matter = Matter { item: item.item.code.clone(), department: item.item.department.zh.clone() };
                let tally = counted(&mut random, item, whole(cases).max(10), slow);
                months.entry(month).or_default().insert(matter, tally);
            }
        }
        if !months.is_empty() {
            all.insert(district.division.clone(), months);
        }
    }
    all
}

#[expect(clippy::cast_possible_truncation, reason = "numbers of days and of cases")]
fn whole(number: f64) -> i64 {
    number.round() as i64
}

fn counted(random: &mut StdRng, item: &DistrictItem, cases: i64, slow: bool) -> Tally {
    let item = &item.item;
    let promised = match item.promised.unit {
        TimeUnit::WorkingDay => i64::from(item.promised.amount),
        _ => 5,
    };
    let on_the_spot = item.handling == Handling::OnTheSpot || promised == 0;
    let mut tally = Tally::default();
    let mut chance = |share: f64| i64::from(random.random_bool(share));
    let (online, corrected, withdrawn, refused, well) =
        (chance(0.5), chance(0.5), chance(0.5), chance(0.5), chance(0.5));
    // A little is different in each month.
    let lean = |one: i64| if one == 1 { 0.03 } else { 0.0 };
    for _ in 0..cases {
        let chance = |random: &mut StdRng, share: f64| i64::from(random.random_bool(share));
        tally.add(measure::RECEIVED, 1);
        tally.add(measure::ONLINE, chance(random, 0.66 + lean(online)));
        let asked = chance(random, 0.12 + lean(corrected));
        tally.add(measure::CORRECTIONS, asked);
        tally.add(measure::CORRECTED, asked);
        if chance(random, 0.02 + lean(withdrawn)) == 1 {
            tally.add(measure::WITHDRAWN, 1);
            continue;
        }
        let share = random.random_range(0.25..0.95) * if slow { 2.6 } else { 1.0 };
        #[expect(clippy::cast_precision_loss, reason = "a few working days")]
        let used = if on_the_spot { 0 } else { whole(promised as f64 * share).max(1) };
        let no = chance(random, 0.03 + lean(refused));
        for (what, by) in [
            (measure::ACCEPTED, 1),
            (measure::DECIDED, 1),
            (measure::TIMED, 1),
            (measure::GRANTED, 1 - no),
            (measure::REFUSED, no),
            (measure::OVERDUE, i64::from(used > promised)),
            (measure::USED, used),
            (measure::USED_SQUARES, used * used),
            (measure::PROMISED, promised),
            ("left-accepted", 1),
            ("left-review", 1),
            ("stay-review", used),
        ] {
            tally.add(what, by);
        }
        tally.add(&bucket_of(used), 1);
        if chance(random, 0.35) == 1 {
            let grade = if chance(random, 0.93 + lean(well)) == 1 { random.random_range(3..=5) } else { 2 };
            tally.add(measure::RATED, 1);
            tally.add(measure::RATED_WELL, i64::from(grade >= 3));
            tally.add(measure::GRADES, grade);
        }
    }
    tally.add(measure::GRIEVANCES, i64::from(random.random_range(0..3_u32)));
    tally
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_same_day_gives_the_same_year_and_one_thing_to_find() {
        let city = crate::city().unwrap();
        let made = monitoring(&city, date(2026, 11, 25));
        assert_eq!(made, monitoring(&city, date(2026, 11, 25)));
        let yuzhou = &made[&Division::parse("411081").unwrap()];
        assert_eq!(yuzhou.len(), 13);
        let mean = |month: &str| {
            let of = &yuzhou[&Month::parse(month).unwrap()];
            let (_, tally) = of.iter().find(|(matter, _)| matter.item == "XC01003-411081").unwrap();
            tally.get(measure::USED) * 10 / tally.get(measure::TIMED)
        };
        assert!(mean("2026-10") > 2 * mean("2026-09"), "{} {}", mean("2026-10"), mean("2026-09"));
        let rows: usize = made
            .values()
            .flat_map(|months| months.values())
            .flat_map(|of| of.values())
            .map(|tally| tally.iter().count())
            .sum();
        assert!(rows < 25_000, "{rows} rows are more than a start can bear");
    }
}
