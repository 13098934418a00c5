//! Money in whole fen, shown in yuan.

/// An amount in fen as people read it in yuan: `50,000` or `1,234.50`.
pub fn yuan(fen: i64) -> String {
    let (whole, rest) = (fen.unsigned_abs() / 100, fen.unsigned_abs() % 100);
    let digits = whole.to_string();
    let mut shown = String::from(if fen < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    if rest > 0 {
        shown.extend(['.', digit(rest / 10), digit(rest % 10)]);
    }
    shown
}

/// The digit 0 to 9.
fn digit(number: u64) -> char {
    char::from(b'0' + u8::try_from(number % 10).unwrap_or(0))
}

/// So many hundredths of a percent (1 % = 100) of an amount, rounded down to whole fen; never overflows.
pub fn percent_of(fen: i64, hundredths: i64) -> i64 {
    let product = i128::from(fen) * i128::from(hundredths) / 10_000;
    i64::try_from(product).unwrap_or(if product < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fen_are_shown_as_yuan() {
        assert_eq!(yuan(5_000_000), "50,000");
        assert_eq!(yuan(123_450), "1,234.50");
        assert_eq!(yuan(-7), "-0.07");
    }

    #[test]
    fn a_share_is_rounded_down_and_never_overflows() {
        assert_eq!(percent_of(500_000_000, 800), 40_000_000);
        assert_eq!(percent_of(199, 5_000), 99);
        assert_eq!(percent_of(i64::MAX, 20_000), i64::MAX);
    }
}
