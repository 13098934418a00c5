//! What is usual: robustly, and for the season. Medians and median deviations, so that one bad month does not become the
//! measure of the next; the same month or weekday as a factor where there is enough of it.
//!
//! Invariant: what is usual is said of the past alone; the point that is judged is no part of it.

/// One period of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The value.
    pub value: f64,
    /// The standard error that its number of cases leaves.
    pub error: f64,
    /// Which season it is of: the month of the year, or the weekday.
    pub season: i8,
}

/// What is usual.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Baseline {
    /// The usual value for this season.
    pub usual: f64,
    /// How far values lie from it, robustly: comparable to a standard deviation.
    pub spread: f64,
    /// Periods that it stands on.
    pub periods: usize,
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let high = values.get(middle)?;
    if values.len() % 2 == 1 {
        return Some(*high);
    }
    values.get(middle.checked_sub(1)?).map(|low| f64::midpoint(*low, *high))
}

/// What a median absolute deviation is multiplied by to compare with a standard deviation.
const NORMAL: f64 = 1.4826;
/// A season's factor is taken from this many years or days on; with fewer it counts by its share.
const WHOLE: f64 = 2.0;

/// By how much a season differs from the rest of the past: 1 where nothing is known. Drawn towards 1 where it stands on little.
fn factor(past: &[Point], season: i8, all: f64) -> f64 {
    let same: Vec<f64> = past.iter().filter(|point| point.season == season).map(|point| point.value).collect();
    let seasons = {
        let mut seasons: Vec<i8> = past.iter().map(|point| point.season).collect();
        seasons.sort_unstable();
        seasons.dedup();
        seasons.len()
    };
    if same.is_empty() || seasons < 2 || past.len() < 12 || all <= 0.0 {
        return 1.0;
    }
    let years = f64::from(u32::try_from(same.len()).unwrap_or(u32::MAX));
    let weight = years / (years + WHOLE);
    let ratio = median(same).unwrap_or(all) / all;
    ratio.clamp(0.5, 2.0).powf(weight)
}

/// What is usual in this season after this past, oldest first; none after fewer than four periods.
pub fn expected(past: &[Point], season: i8) -> Option<Baseline> {
    if past.len() < 4 {
        return None;
    }
    let all = median(past.iter().map(|point| point.value).collect())?;
    let level: Vec<f64> = past.iter().map(|point| point.value / factor(past, point.season, all)).collect();
    let centre = median(level.clone())?;
    let deviation = NORMAL * median(level.iter().map(|value| (value - centre).abs()).collect())?;
    // What few cases leave open is in every point of the past too: never less than that.
    let error = median(past.iter().map(|point| point.error).collect())?;
    let periods = past.len();
    let of_centre = 1.0 + 1.0 / f64::from(u32::try_from(periods).unwrap_or(u32::MAX));
    let spread = (deviation.max(error).powi(2) * of_centre).sqrt();
    Some(Baseline { usual: centre * factor(past, season, all), spread, periods })
}

impl Baseline {
    /// How unlikely it is that a point is so much higher by chance: 0 to 1. A past of few periods makes everything likelier.
    pub fn chance_of(&self, point: Point) -> f64 {
        let own = (point.error.powi(2) - self.spread.powi(2)).max(0.0);
        let spread = (self.spread.powi(2) + own).sqrt().max(1e-9);
        let t = (point.value - self.usual) / spread;
        let freedom = f64::from(u32::try_from(self.periods.max(2) - 1).unwrap_or(u32::MAX));
        tail(as_normal(t, freedom))
    }
}

/// Student's t as a normal deviate (Wallace 1959): right to three digits.
fn as_normal(t: f64, freedom: f64) -> f64 {
    let size = (freedom * (t * t / freedom).ln_1p()).sqrt() * (8.0 * freedom + 1.0) / (8.0 * freedom + 3.0);
    size.copysign(t)
}

/// The share of a normal distribution above a deviate, with a relative error below 1.2e-7.
fn tail(z: f64) -> f64 {
    let x = z / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.5 * x.abs());
    let terms = [
        -1.265_512_23,
        1.000_023_68,
        0.374_091_96,
        0.096_784_18,
        -0.186_288_06,
        0.278_868_07,
        -1.135_203_98,
        1.488_515_87,
        -0.822_152_23,
        0.170_872_77,
    ];
    let polynomial = terms.iter().rev().fold(0.0, |sum, term| sum * t + term);
    let complement = t * (-x * x + polynomial).exp();
    if x >= 0.0 { complement / 2.0 } else { 1.0 - complement / 2.0 }
}

/// Which of these chances are discoveries when at most this share of all that are said may be false (Benjamini and
/// Hochberg 1995).
pub(super) fn discoveries(chances: &[f64], false_share: f64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..chances.len()).collect();
    let of = |at: usize| chances.get(at).copied().unwrap_or(1.0);
    order.sort_by(|a, b| of(*a).total_cmp(&of(*b)));
    let count = f64::from(u32::try_from(chances.len()).unwrap_or(u32::MAX));
    let within = |(rank, at): (usize, &usize)| {
        let rank = f64::from(u32::try_from(rank + 1).unwrap_or(u32::MAX));
        of(*at) <= false_share * rank / count
    };
    let last = order.iter().enumerate().filter(|entry| within(*entry)).map(|(rank, _)| rank).next_back();
    let mut found = vec![false; chances.len()];
    for at in order.iter().take(last.map_or(0, |last| last + 1)) {
        if let Some(found) = found.get_mut(*at) {
            *found = true;
        }
    }
    found
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "small numbers of a test's own")]
mod tests {
    use super::*;

    fn points(values: &[f64]) -> Vec<Point> {
        let point = |(at, value): (usize, &f64)| Point { value: *value, error: 0.2, season: (at % 12) as i8 + 1 };
        values.iter().enumerate().map(point).collect()
    }

    #[test]
    fn one_bad_month_of_the_past_does_not_become_the_measure() {
        let base = expected(&points(&[4.0, 4.2, 3.9, 40.0, 4.1, 4.0]), 7).unwrap();
        assert!((3.9..4.3).contains(&base.usual) && base.spread < 0.5, "{base:?}");
        assert!(base.chance_of(Point { value: 9.2, error: 0.3, season: 7 }) < 1e-3);
        assert!(base.chance_of(Point { value: 4.2, error: 0.3, season: 7 }) > 0.2);
    }

    #[test]
    fn a_month_that_is_slow_every_year_is_not_unusual() {
        let years: Vec<f64> =
            (0..36).map(|at| if at % 12 == 1 { 8.0 } else { 4.0 + f64::from(at % 3) * 0.1 }).collect();
        let base = expected(&points(&years), 2).unwrap();
        assert!(base.usual > 5.5, "{base:?}");
        let plain = expected(&points(&years), 6).unwrap();
        assert!(plain.usual < 4.5, "{plain:?}");
    }

    #[test]
    fn the_normal_tail_and_students_are_what_tables_say() {
        assert!((tail(1.959_964) - 0.025).abs() < 1e-6);
        assert!((tail(-1.0) - 0.841_344_7).abs() < 1e-6);
        // t with 5 degrees: 2.5 per cent above 2.571.
        assert!((tail(as_normal(2.571, 5.0)) - 0.025).abs() < 1e-3);
    }

    #[test]
    fn of_many_chances_only_those_that_hold_together_are_discoveries() {
        assert_eq!(discoveries(&[0.001, 0.9, 0.004, 0.2], 0.05), [true, false, true, false]);
        let uniform: Vec<f64> = (1..=1000).map(|n| f64::from(n) / 1000.0).collect();
        assert!(discoveries(&uniform, 0.01).iter().all(|found| !found), "chance alone discovers nothing");
    }
}
