//! Amounts in capital numerals 大写金额, as receipts write them so that nobody adds a stroke.
//!
//! After the rules for filling in bills and settlement vouchers 《正确填写票据和结算凭证的基本规定》.

use lotus_domain::law::Fen;

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
/// Within a group of four digits, from the right.
const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
/// Of groups of four digits, from the right: enough for every amount that an `i64` of fen holds.
const GROUPS: [&str; 5] = ["", "万", "亿", "兆", "京"];

fn digit(of: u64) -> char {
    usize::try_from(of % 10).ok().and_then(|at| DIGITS.get(at)).copied().unwrap_or('零')
}

/// Whole yuan, without the unit; empty for none.
fn whole(yuan: u64) -> String {
    let mut written = String::new();
    let mut owed_zero = false;
    for (at, unit) in GROUPS.iter().enumerate().rev() {
        let group = yuan / 10_u64.pow(u32::try_from(at * 4).unwrap_or(0)) % 10_000;
        for (place, name) in PLACES.iter().enumerate().rev() {
            let figure = group / 10_u64.pow(u32::try_from(place).unwrap_or(0)) % 10;
            if figure == 0 {
                owed_zero = true;
                continue;
            }
            if owed_zero && !written.is_empty() {
                written.push('零');
            }
            owed_zero = false;
            written.push(digit(figure));
            written.push_str(name);
        }
        if group > 0 {
            written.push_str(unit);
        }
    }
    written
}

/// An amount in capital numerals, e.g. `壹仟零贰拾元伍角整`.
pub fn capital(amount: Fen) -> String {
    let fen = amount.0.unsigned_abs();
    let (yuan, jiao, fen) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut written = String::new();
    if amount.0 < 0 {
        written.push('负');
    }
    if yuan > 0 || (jiao == 0 && fen == 0) {
        let whole = whole(yuan);
        written.push_str(if whole.is_empty() { "零" } else { &whole });
        written.push('元');
    }
    if jiao > 0 {
        written.push(digit(jiao));
        written.push('角');
    } else if yuan > 0 && fen > 0 {
        written.push('零');
    }
    if fen > 0 {
        written.push(digit(fen));
        written.push('分');
    } else {
        written.push('整');
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_the_rules_for_vouchers_write_them() {
        for (fen, written) in [
            (0, "零元整"),
            (2_000, "贰拾元整"),
            (8_050, "捌拾元伍角整"),
            (140_950, "壹仟肆佰零玖元伍角整"),
            (600_714, "陆仟零柒元壹角肆分"),
            (168_032, "壹仟陆佰捌拾元叁角贰分"),
            (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
            (10_700_053, "壹拾万零柒仟元伍角叁分"),
            (10_000_000_100, "壹亿零壹元整"),
            (-500, "负伍元整"),
            (7, "柒分"),
        ] {
            assert_eq!(capital(Fen(fen)), written, "{fen}");
        }
    }
}
