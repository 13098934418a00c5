//! Tallies 计数: named sums that add up over items, departments, districts and months, with a histogram of the time used.
//!
//! Invariant: adding is all that is ever done to one, so that the order and the place in which it is done do not matter.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What is counted, by name: they stand in rows and never change.
pub mod measure {
    /// Applications that came in.
    pub const RECEIVED: &str = "received";
    /// Of which through the portal.
    pub const ONLINE: &str = "online";
    /// 受理
    pub const ACCEPTED: &str = "accepted";
    /// 逾期视为受理: nobody said anything in time.
    pub const DEEMED: &str = "deemed-accepted";
    /// 补正告知: notices that asked for corrections.
    pub const CORRECTIONS: &str = "corrections";
    /// Cases that were asked at least once.
    pub const CORRECTED: &str = "corrected";
    /// 不予受理
    pub const NOT_ACCEPTED: &str = "not-accepted";
    /// Decided, either way.
    pub const DECIDED: &str = "decided";
    /// 准予
    pub const GRANTED: &str = "granted";
    /// 不予
    pub const REFUSED: &str = "refused";
    /// Decided after what was promised.
    pub const OVERDUE: &str = "overdue";
    /// Decided with a clock that had begun: those whose time is known.
    pub const TIMED: &str = "timed";
    /// Working days used, summed.
    pub const USED: &str = "used-days";
    /// Their squares, summed.
    pub const USED_SQUARES: &str = "used-squares";
    /// Working days promised, summed.
    pub const PROMISED: &str = "promised-days";
    /// 撤回
    pub const WITHDRAWN: &str = "withdrawn";
    /// Complaints and urgent grievances (article 38).
    pub const GRIEVANCES: &str = "grievances";
    /// Of which somebody was not satisfied with the answer.
    pub const UNSATISFIED: &str = "unsatisfied";
    /// Bookings at counters.
    pub const BOOKINGS: &str = "bookings";
    /// Of which nobody came.
    pub const MISSED: &str = "bookings-missed";
    /// Ratings 好差评 (article 36).
    pub const RATED: &str = "rated";
    /// Of which 非常满意, 满意 or 基本满意.
    pub const RATED_WELL: &str = "rated-well";
    /// The grades, 1 to 5, summed.
    pub const GRADES: &str = "grades";
    /// Guides in force.
    pub const ITEMS: &str = "items";
    /// Guides without a fault.
    pub const SOUND: &str = "items-sound";
    /// Guides in which something is missing.
    pub const MISSING: &str = "items-missing";
    /// Guides that contradict themselves.
    pub const CONTRADICTORY: &str = "items-contradictory";
    /// Guides that are out of date.
    pub const STALE: &str = "items-stale";
    /// Guides that promise a longer time than the law gives.
    pub const BEYOND_LAW: &str = "items-beyond-law";
    /// Visits that guides make people pay, summed.
    pub const VISITS: &str = "visits";
    /// Guides of what is done online from beginning to end.
    pub const WHOLLY_ONLINE: &str = "items-wholly-online";
    /// Materials that are asked for.
    pub const MATERIALS: &str = "materials";
    /// Of which an organ issued, so that it could be shared instead of asked for.
    pub const SHAREABLE: &str = "materials-shareable";
    /// Materials that were attached to cases.
    pub const ATTACHED: &str = "attached";
    /// Of which were in the applicant's drawer already: not handed in twice.
    pub const REUSED: &str = "reused";
    /// Materials handed in anew though one of the same name lay in the drawer.
    pub const ASKED_TWICE: &str = "asked-twice";
    /// Days spent in a state, summed: the state's id follows.
    pub const STAY: &str = "stay-";
    /// How often a state was left: its id follows.
    pub const LEFT: &str = "left-";
    /// Times used, by bucket: two digits follow.
    pub const BUCKET: &str = "used-";
}

/// The highest number of working days of each bucket; what is longer is in one more.
const BUCKETS: [i64; 20] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 60, 90, 180];

/// The name of the bucket that so many working days fall into.
pub fn bucket_of(days: i64) -> String {
    let at = BUCKETS.iter().position(|highest| days <= *highest).unwrap_or(BUCKETS.len());
    format!("{}{at:02}", measure::BUCKET)
}

/// Named sums.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tally(BTreeMap<String, i64>);

impl Tally {
    /// Adds to one of its sums.
    pub fn add(&mut self, measure: &str, by: i64) {
        if by == 0 {
            return;
        }
        match self.0.get_mut(measure) {
            Some(sum) => *sum = sum.saturating_add(by),
            None => _ = self.0.insert(measure.to_owned(), by),
        }
    }

    /// A sum; nought where nothing was added.
    pub fn get(&self, measure: &str) -> i64 {
        self.0.get(measure).copied().unwrap_or(0)
    }

    /// Adds another whole.
    pub fn merge(&mut self, other: &Self) {
        for (measure, by) in &other.0 {
            self.add(measure, *by);
        }
    }

    /// Nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(|sum| *sum == 0)
    }

    /// Its sums by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, i64)> {
        self.0.iter().map(|(measure, sum)| (measure.as_str(), *sum))
    }

    /// The working days within which this share of what was decided was decided, by the histogram: 0.5 is the median. Inside
    /// a bucket it lies as if all were spread evenly. None where nothing was timed.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let counts: Vec<i64> =
            (0..=BUCKETS.len()).map(|at| self.get(&format!("{}{at:02}", measure::BUCKET)).max(0)).collect();
        let all: i64 = counts.iter().sum();
        if all == 0 {
            return None;
        }
        let wanted = number(all) * share.clamp(0.0, 1.0);
        let mut below = 0;
        for (at, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            if number(below + count) >= wanted {
                let high = BUCKETS.get(at).or(BUCKETS.last()).copied().unwrap_or(0);
                let low =
                    at.checked_sub(1).and_then(|before| BUCKETS.get(before)).map_or(0, |before| before + 1).min(high);
                let within = ((wanted - number(below)) / number(*count)).clamp(0.0, 1.0);
                return Some(number(low) + number((high - low).max(0)) * within);
            }
            below += count;
        }
        BUCKETS.last().map(|last| number(*last))
    }
}

/// Sums are far below what a float holds exactly.
#[expect(clippy::cast_precision_loss, reason = "counts of a city stay below 2^53")]
pub(crate) const fn number(count: i64) -> f64 {
    count as f64
}

/// One thing that was counted, in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The day on which it happened, in the city's zone.
    pub day: Date,
    /// About which item: an implementation code, `service:…`, `kind:…`, or empty where it is about none.
    pub item: String,
    /// The department, by its Chinese name.
    pub department: String,
    /// What.
    pub measure: String,
    /// How much.
    pub by: i64,
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small numbers of a test's own")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(days: &[i64]) -> Tally {
        let mut tally = Tally::default();
        for day in days {
            tally.add(&bucket_of(*day), 1);
        }
        tally
    }

    #[test]
    fn the_median_and_the_slowest_tenth_are_read_from_the_histogram() {
        assert_eq!(of(&[]).quantile(0.5), None);
        assert_eq!(of(&[1, 2, 3, 4, 5]).quantile(0.5), Some(3.0));
        assert_eq!(of(&[4; 40]).quantile(0.9), Some(4.0));
        let long = of(&[1000]).quantile(0.5).unwrap();
        assert!((long - 180.0).abs() < 1e-9, "the last bucket has no end: at least so much");
    }

    proptest! {
        #[test]
        fn the_order_in_which_tallies_are_added_does_not_matter(days in proptest::collection::vec(0_i64..200, 1..60), cut in 0_usize..60) {
            let cut = cut.min(days.len());
            let mut one = of(&days[..cut]);
            one.merge(&of(&days[cut..]));
            let mut other = of(&days[cut..]);
            other.merge(&of(&days[..cut]));
            prop_assert_eq!(&one, &other);
            prop_assert_eq!(&one, &of(&days));
        }

        #[test]
        fn a_quantile_is_no_further_from_the_true_one_than_its_bucket_is_wide(mut days in proptest::collection::vec(0_i64..11, 1..200), share in 0.05_f64..1.0) {
            let tally = of(&days);
            days.sort_unstable();
            let at = ((number(i64::try_from(days.len()).unwrap()) * share).ceil() as usize).clamp(1, days.len()) - 1;
            prop_assert!((tally.quantile(share).unwrap() - number(days[at])).abs() < 1.0 + 1e-9);
        }
    }
}
