//! The table: what was measured, what it must be at least, what it is to become, what it is.

use std::fmt;
use std::time::Duration;

/// What a measure is held against.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    /// As the design writes it.
    pub(crate) words: (&'static str, &'static str),
    /// At least, and the aim; in the measure's own unit.
    pub(crate) numbers: (f64, f64),
    /// Whether more is better.
    pub(crate) more: bool,
}

struct Row {
    what: String,
    at_least: &'static str,
    aim: &'static str,
    is: String,
    verdict: &'static str,
}

/// Rows, in the order in which they were measured.
pub(crate) struct Table(Vec<Row>);

impl Table {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// A measure that the design bounds.
    pub(crate) fn held(&mut self, what: &str, bounds: Bounds, number: f64, is: String) {
        let (least, aim) = bounds.numbers;
        let reaches = |bound: f64| if bounds.more { number >= bound } else { number <= bound };
        let verdict = match (reaches(least), reaches(aim)) {
            (_, true) => "aim",
            (true, false) => "at least",
            (false, false) => "**short**",
        };
        let (at_least, aim) = bounds.words;
        self.0.push(Row { what: what.to_owned(), at_least, aim, is, verdict });
    }

    /// A measure beside them, for comparison.
    pub(crate) fn beside(&mut self, what: &str, is: String) {
        self.0.push(Row { what: what.to_owned(), at_least: "", aim: "", is, verdict: "" });
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | at least | aim | is | reaches |")?;
        writeln!(f, "|---|---|---|---|---|")?;
        for Row { what, at_least, aim, is, verdict } in &self.0 {
            writeln!(f, "| {what} | {at_least} | {aim} | {is} | {verdict} |")?;
        }
        Ok(())
    }
}

/// The middle of these.
pub(crate) fn median(numbers: &[f64]) -> f64 {
    percentile(numbers, 0.5)
}

/// The number below which this share of them lies.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
pub(crate) fn percentile(numbers: &[f64], share: f64) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

/// Microseconds.
pub(crate) fn micros(took: Duration) -> f64 {
    took.as_secs_f64() * 1e6
}
