//! Applicants: the codes that name people and organisations, with their check digits; who applies in a call, and what
//! is known of them.
//!
//! Invariant: nothing of an [`Applicant`] is read but through an [`ApplicantView`], which can't be made without a purpose.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::{Account, AccountId, Mandate, MandateKind};
use crate::catalog::Served;
use crate::declared::Purpose;
use crate::form::Value;

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

    /// The birthday in it.
    pub fn birthday(&self) -> Option<jiff::civil::Date> {
        birth_date(&self.0)
    }

    /// With all but the division and the last two characters hidden.
    pub fn masked(&self) -> String {
        let (head, tail) = (self.0.get(..6).unwrap_or_default(), self.0.get(16..).unwrap_or_default());
        format!("{head}**********{tail}")
    }
}

/// One fact, where it comes from and as of when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Name in the vocabulary of facts, e.g. `enterprise.credit-code`.
    pub name: String,
    /// It.
    pub value: Value,
    /// Who says so.
    pub source: String,
    /// As of when.
    pub as_of: Timestamp,
}

/// Sensitive facts 敏感个人信息: they need the person's separate consent (Personal Information Protection Law, article 29).
const SENSITIVE: [&str; 9] = [
    "person.identity-number",
    "person.birth-date",
    "person.youngest-born",
    "person.disability",
    "person.care-needed",
    "person.income",
    "person.low-income",
    "person.special-hardship",
    "person.orphan",
];

/// Who applies in a call, alone or for an enterprise.
#[derive(Clone, PartialEq, Eq)]
pub struct Applicant {
    account: AccountId,
    kind: Served,
    facts: Vec<Fact>,
    consents: BTreeSet<String>,
}

impl std::fmt::Debug for Applicant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Applicant({}, {:?})", self.account, self.kind)
    }
}

impl Applicant {
    /// A person who is signed in, acting for an enterprise where a mandate is given; what their provider says of them.
    pub fn of(account: &Account, acting_for: Option<&Mandate>) -> Self {
        let profile = &account.profile;
        let as_of = account.created;
        let fact = |name: &str, value| Fact { name: name.to_owned(), value, source: account.provider.clone(), as_of };
        let mut facts = vec![fact("person.name", Value::Text(profile.name.clone()))];
        facts.extend(profile.telephone.clone().map(|number| fact("person.telephone", Value::Text(number))));
        if let Some(number) = &profile.identity_number {
            facts.push(fact("person.identity-number", Value::Text(number.clone())));
            facts.extend(birth_date(number).map(|day| fact("person.birth-date", Value::Date(day))));
        }
        if let Some(mandate) = acting_for {
            let right = match mandate.kind {
                MandateKind::LegalRepresentative => "legal-representative",
                MandateKind::Agent => "agent",
            };
            facts.extend([
                fact("enterprise.name", Value::Text(mandate.enterprise.clone())),
                fact("enterprise.credit-code", Value::Text(mandate.credit_code.clone())),
                fact("enterprise.mandate", Value::Options(vec![right.to_owned()])),
            ]);
        }
        let kind = if acting_for.is_some() { Served::Enterprise } else { Served::NaturalPerson };
        Self { account: account.id.clone(), kind, facts, consents: BTreeSet::new() }
    }

    /// With what a register knows besides; it replaces what was said under the same name.
    #[must_use]
    pub fn knowing(mut self, fact: Fact) -> Self {
        self.facts.retain(|known| known.name != fact.name);
        self.facts.push(fact);
        self
    }

    /// With the person's separate consent to a sensitive fact being read.
    #[must_use]
    pub fn consenting(mut self, fact: impl Into<String>) -> Self {
        self.consents.insert(fact.into());
        self
    }

    /// Whether it is this enterprise that applies: tells nothing but what whoever asks knows already.
    pub fn is_enterprise(&self, credit_code: &str) -> bool {
        let is = |fact: &Fact| matches!(&fact.value, Value::Text(code) if code == credit_code);
        self.facts.iter().any(|fact| fact.name == "enterprise.credit-code" && is(fact))
    }

    /// Whose it is, for the disclosure record.
    pub const fn account(&self) -> &AccountId {
        &self.account
    }
}

fn birth_date(number: &str) -> Option<jiff::civil::Date> {
    let part = |range: std::ops::Range<usize>| number.get(range)?.parse().ok();
    let month = i8::try_from(part(10..12)?).ok()?;
    jiff::civil::Date::new(part(6..10)?, month, i8::try_from(part(12..14)?).ok()?).ok()
}

/// Why there is no view of an applicant, or a fact is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotShown {
    /// A purpose of no words.
    #[error("nobody's facts are read without a purpose")]
    NoPurpose,
    /// The person has not consented to this sensitive fact being read.
    #[error("the person has not consented")]
    NoConsent,
}

/// An applicant as somebody sees who has a purpose.
#[derive(Debug, Clone, Copy)]
pub struct ApplicantView<'a> {
    applicant: &'a Applicant,
    purpose: &'a Purpose,
}

impl<'a> ApplicantView<'a> {
    /// Looks at an applicant for a purpose.
    pub fn new(applicant: &'a Applicant, purpose: &'a Purpose) -> Result<Self, NotShown> {
        if purpose.purpose.zh.trim().is_empty() {
            return Err(NotShown::NoPurpose);
        }
        Ok(Self { applicant, purpose })
    }

    /// What it is looked at for.
    pub const fn purpose(&self) -> &'a Purpose {
        self.purpose
    }

    /// What kind of applicant it is.
    pub const fn kind(&self) -> Served {
        self.applicant.kind
    }

    /// The named fact; none where nobody knows it.
    pub fn get(&self, name: &str) -> Result<Option<&'a Fact>, NotShown> {
        if SENSITIVE.contains(&name) && !self.applicant.consents.contains(name) {
            return Err(NotShown::NoConsent);
        }
        Ok(self.applicant.facts.iter().find(|fact| fact.name == name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Profile;
    use crate::text::Text;

    fn applicant() -> Applicant {
        let profile =
            Profile { name: "李莲花".into(), identity_number: Some("11010519491231002X".into()), telephone: None };
        let created = Timestamp::from_second(1_772_000_000).unwrap();
        let account = Account { id: AccountId("a".into()), provider: "省统一认证".into(), profile, created };
        Applicant::of(&account, None)
    }

    #[test]
    fn nobody_is_looked_at_without_a_purpose() {
        let (applicant, none) = (applicant(), Purpose { purpose: Text::zh("  "), basis: None });
        assert_eq!(ApplicantView::new(&applicant, &none).unwrap_err(), NotShown::NoPurpose);
        assert!(!format!("{applicant:?}").contains("莲花"));
    }

    #[test]
    fn a_sensitive_fact_needs_its_own_consent() {
        let purpose = Purpose { purpose: Text::zh("核对年龄"), basis: None };
        let person = applicant();
        let view = ApplicantView::new(&person, &purpose).unwrap();
        assert_eq!(view.get("person.birth-date"), Err(NotShown::NoConsent));
        assert_eq!(view.get("person.name").unwrap().unwrap().value, Value::Text("李莲花".into()));
        assert_eq!(view.get("enterprise.name"), Ok(None));
        let person = applicant().consenting("person.birth-date");
        let view = ApplicantView::new(&person, &purpose).unwrap();
        assert_eq!(view.get("person.birth-date").unwrap().unwrap().value, Value::Date(jiff::civil::date(1949, 12, 31)));
        assert_eq!(view.get("person.identity-number"), Err(NotShown::NoConsent), "each for itself");
    }

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
