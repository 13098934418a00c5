//! Applicants: the codes that name people and organisations, with their check digits.

/// A code that fails its standard's shape or check digit.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CodeError {
    /// Not 18 characters of the standard's alphabet.
    #[error("a code of 18 characters is needed")]
    Shape,
    /// The last character does not fit the others: most likely a typing error.
    #[error("the check character does not fit: most likely a typing error")]
    CheckDigit,
}

/// Unified social credit code 统一社会信用代码 (GB 32100-2015), 18 characters, upper case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditCode(String);

const CREDIT_ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

impl CreditCode {
    /// Parses a code, small letters and surrounding space forgiven.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let code = text.trim().to_ascii_uppercase();
        let values = code
            .bytes()
            .map(|b| CREDIT_ALPHABET.iter().position(|a| *a == b).ok_or(CodeError::Shape))
            .collect::<Result<Vec<usize>, _>>()?;
        let [body @ .., check] = values.as_slice() else { return Err(CodeError::Shape) };
        if body.len() != 17 {
            return Err(CodeError::Shape);
        }
        // Weights are 3^(i-1) mod 31 (GB 32100-2015, 5.2).
        let mut weight = 1;
        let mut sum = 0;
        for value in body {
            sum += value * weight;
            weight = weight * 3 % 31;
        }
        if (31 - sum % 31) % 31 == *check { Ok(Self(code)) } else { Err(CodeError::CheckDigit) }
    }

    /// The code's characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Identity number 公民身份号码 (GB 11643-1999), 18 characters. Sensitive: shown masked.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityNumber(String);

impl std::fmt::Debug for IdentityNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IdentityNumber({})", self.masked())
    }
}

impl IdentityNumber {
    /// Parses a number, a small `x` and surrounding space forgiven; the birthday in it must be a date.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let number = text.trim().to_ascii_uppercase();
        if number.len() != 18 || !number.is_ascii() {
            return Err(CodeError::Shape);
        }
        let (body, check) = number.split_at(17);
        let part = |range: std::ops::Range<usize>| body.get(range).and_then(|digits| digits.parse::<i16>().ok());
        let birthday = part(6..10).zip(part(10..12)).zip(part(12..14));
        let is_date = birthday.is_some_and(|((year, month), day)| {
            let (month, day) = (i8::try_from(month), i8::try_from(day));
            month.is_ok_and(|month| day.is_ok_and(|day| jiff::civil::Date::new(year, month, day).is_ok()))
        });
        if !body.bytes().all(|b| b.is_ascii_digit()) || !is_date {
            return Err(CodeError::Shape);
        }
        // ISO 7064 MOD 11-2: weight of the digit at i from the right (check digit is 1) is 2^(i-1) mod 11.
        let sum: u32 = body.bytes().zip((1..=17).rev()).map(|(b, i)| u32::from(b - b'0') * (2_u32.pow(i) % 11)).sum();
        let expected = match (12 - sum % 11) % 11 {
            10 => "X".to_owned(),
            digit => digit.to_string(),
        };
        if check == expected { Ok(Self(number)) } else { Err(CodeError::CheckDigit) }
    }

    /// The number's characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// With all but the division and the last two characters hidden.
    pub fn masked(&self) -> String {
        let (head, tail) = (self.0.get(..6).unwrap_or_default(), self.0.get(16..).unwrap_or_default());
        format!("{head}**********{tail}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credit_code_with_two_digits_swapped_is_noticed() {
        assert!(CreditCode::parse("91350100M000100Y43").is_ok(), "the example of the standard");
        assert_eq!(CreditCode::parse("91350100M00010Y043"), Err(CodeError::CheckDigit));
        assert_eq!(CreditCode::parse("9135"), Err(CodeError::Shape));
        assert_eq!(CreditCode::parse("91350100M000100I43"), Err(CodeError::Shape), "the alphabet has no I");
    }

    #[test]
    fn an_identity_number_is_checked_and_never_shown_whole() {
        let number = IdentityNumber::parse("11010519491231002x").unwrap();
        assert_eq!(number.masked(), "110105**********2X");
        assert!(!format!("{number:?}").contains("19491231"));
        assert_eq!(IdentityNumber::parse("110105194912310021"), Err(CodeError::CheckDigit));
        assert_eq!(IdentityNumber::parse("110105194913310025"), Err(CodeError::Shape), "no month 13");
    }
}
