//! Exact numbers: what conditions and amounts are computed with. A share of 2.9999999 % is not 3 %, and a third of a sum
//! is a third of it until it is paid.
//!
//! Invariant: a fraction in lowest terms with a positive denominator. Nothing is rounded on the way; what no longer fits
//! 128 bits is no number, and whoever asks is told so.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::law::Fen;

/// Digits that a number written in decimals may have before its point.
const WHOLE_DIGITS: usize = 15;
/// And after it.
const DECIMALS: usize = 6;

/// An exact number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number {
    above: i128,
    below: i128,
}

/// A text that is no decimal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number with at most 15 digits before its point and 6 after it")]
pub struct NotANumber;

fn gcd(a: u128, b: u128) -> u128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Number {
    /// Nothing.
    pub const ZERO: Self = Self { above: 0, below: 1 };

    /// A whole number.
    pub const fn whole(value: i64) -> Self {
        Self { above: value as i128, below: 1 }
    }

    /// So many yuan.
    pub fn of_fen(fen: Fen) -> Self {
        Self::ratio(i128::from(fen.0), 100).unwrap_or(Self::ZERO)
    }

    fn ratio(above: i128, below: i128) -> Option<Self> {
        if below == 0 || above == i128::MIN || below == i128::MIN {
            return None;
        }
        if below == 1 {
            return Some(Self { above, below });
        }
        let common = i128::try_from(gcd(above.unsigned_abs(), below.unsigned_abs())).ok()?;
        let sign = below.signum();
        Some(Self { above: sign * above / common, below: sign * below / common })
    }

    /// Parses digits with at most one point, separators `_` and `,` between digits forgiven, `-` before it.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        let plain: String = text.trim().chars().filter(|c| !matches!(c, '_' | ',' | '，')).collect();
        let (negative, digits) = plain.strip_prefix('-').map_or((false, plain.as_str()), |rest| (true, rest));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
        let numeric = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let significant = whole.trim_start_matches('0').len();
        if !numeric(whole) || !numeric(decimals) || significant > WHOLE_DIGITS || decimals.len() > DECIMALS {
            return Err(NotANumber);
        }
        let above: i128 = format!("{whole}{decimals:0<DECIMALS$}").parse().map_err(|_| NotANumber)?;
        Self::ratio(if negative { -above } else { above }, 1_000_000).ok_or(NotANumber)
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.above == 0
    }

    /// Their sum.
    pub fn plus(self, other: Self) -> Option<Self> {
        if self.below == other.below {
            return Self::ratio(self.above.checked_add(other.above)?, self.below);
        }
        let above = self.above.checked_mul(other.below)?.checked_add(other.above.checked_mul(self.below)?)?;
        Self::ratio(above, self.below.checked_mul(other.below)?)
    }

    /// It with the other sign.
    pub const fn negative(self) -> Self {
        Self { above: -self.above, below: self.below }
    }

    /// Their difference.
    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(other.negative())
    }

    /// Their product.
    pub fn times(self, other: Self) -> Option<Self> {
        Self::ratio(self.above.checked_mul(other.above)?, self.below.checked_mul(other.below)?)
    }

    /// Their quotient; none where the other is nothing.
    pub fn over(self, other: Self) -> Option<Self> {
        Self::ratio(self.above.checked_mul(other.below)?, self.below.checked_mul(other.above)?)
    }

    /// Whole fen of so many yuan, what is less than a fen dropped; none where it doesn't fit.
    pub fn to_fen(self) -> Option<Fen> {
        let fen = self.above.checked_mul(100)?.div_euclid(self.below);
        i64::try_from(fen).ok().map(Fen)
    }

    /// The whole part and what is left, as fractions of the denominator.
    const fn split(above: i128, below: i128) -> (i128, i128) {
        (above.div_euclid(below), above.rem_euclid(below))
    }

    /// Compares without a product that could be too large: by whole parts, then by the reciprocals of what is left.
    fn compared(self, other: Self) -> Ordering {
        let (mut one, mut two) = ((self.above, self.below), (other.above, other.below));
        let mut turned = false;
        loop {
            let ((whole, rest), (other_whole, other_rest)) = (Self::split(one.0, one.1), Self::split(two.0, two.1));
            let order = whole.cmp(&other_whole).then_with(|| match (rest, other_rest) {
                (0, 0) => Ordering::Equal,
                (0, _) => Ordering::Less,
                (_, 0) => Ordering::Greater,
                _ => Ordering::Equal,
            });
            let order = if turned { order.reverse() } else { order };
            if order != Ordering::Equal || rest == 0 || other_rest == 0 {
                return order;
            }
            (one, two) = ((one.1, rest), (two.1, other_rest));
            turned = !turned;
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.below == other.below {
            return self.above.cmp(&other.above);
        }
        match (self.above.checked_mul(other.below), other.above.checked_mul(self.below)) {
            (Some(one), Some(two)) => one.cmp(&two),
            _ => self.compared(*other),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl std::fmt::Display for Number {
    /// Decimals without trailing zeros; at most six of them, the rest dropped.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (above, below) = (self.above.unsigned_abs(), self.below.unsigned_abs());
        let whole = above.checked_div(below).unwrap_or_default();
        let mut rest = above.checked_rem(below).unwrap_or_default();
        let mut decimals = String::new();
        for _ in 0..DECIMALS {
            rest = rest.saturating_mul(10);
            decimals.push(char::from_digit(u32::try_from(rest / below).unwrap_or(9).min(9), 10).unwrap_or('0'));
            rest %= below;
        }
        let decimals = decimals.trim_end_matches('0');
        let sign = if self.above < 0 { "-" } else { "" };
        if decimals.is_empty() { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{decimals}") }
    }
}

impl Serialize for Number {
    /// As decimal text; what has more than six decimals loses the rest. Facts never have.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn a_third_is_a_third_until_it_is_paid() {
        let third = number("100").over(number("3")).unwrap();
        assert_eq!(third.times(number("3")), Some(number("100")));
        assert_eq!(third.to_fen(), Some(Fen(3333)));
        assert_eq!(third.to_string(), "33.333333");
        assert_eq!(number("1").over(Number::ZERO), None);
        assert!(number("2.9999999999999".get(..8).unwrap()) < number("3"));
    }

    #[test]
    fn decimals_are_read_and_written() {
        for (text, shown) in [("2_000_000", "2000000"), ("-0.50", "-0.5"), ("5.5", "5.5"), ("007", "7")] {
            assert_eq!(number(text).to_string(), shown);
        }
        for wrong in ["", ".", "1.", "1.2.3", "1e3", "1234567890123456", "0.1234567", "--1", "一"] {
            assert_eq!(Number::parse(wrong), Err(NotANumber), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn order_agrees_however_large(a in any::<i64>(), b in 1..i64::MAX, c in any::<i64>(), d in 1..i64::MAX) {
            let (one, two) = (Number::whole(a).over(Number::whole(b)), Number::whole(c).over(Number::whole(d)));
            if let (Some(one), Some(two)) = (one, two) {
                prop_assert_eq!(one.cmp(&two), one.compared(two));
                prop_assert_eq!(one.cmp(&two), two.cmp(&one).reverse());
            }
        }

        #[test]
        fn arithmetic_never_panics_and_undoes_itself(a in any::<i64>(), b in any::<i64>()) {
            let (a, b) = (Number::whole(a), Number::whole(b));
            prop_assert_eq!(a.plus(b).and_then(|sum| sum.minus(b)), Some(a));
            if let Some(product) = a.times(b).filter(|_| !b.is_zero()) {
                prop_assert_eq!(product.over(b), Some(a));
            }
        }
    }
}
