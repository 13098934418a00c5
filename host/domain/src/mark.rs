//! Marks 检索标记: by what a case is found again: an identity number, a telephone number, a credit code, a name.
//!
//! A mark is what was written, brought into one form, so that the same number written otherwise is the same mark. Marks
//! are personal data: the store keeps a keyed hash of each and never the mark itself.

use std::collections::BTreeSet;

use crate::applicant::{CreditCode, IdentityNumber};
use crate::case::{Application, CaseNumber};
use crate::form::Value;

/// What a mark is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MarkKind {
    /// 公民身份号码
    IdentityNumber,
    /// Telephone.
    Telephone,
    /// 统一社会信用代码
    CreditCode,
    /// The name of a person, an enterprise or a work.
    Name,
}

impl MarkKind {
    /// For indexes and the audit chain.
    pub const fn name(self) -> &'static str {
        match self {
            Self::IdentityNumber => "identity-number",
            Self::Telephone => "telephone",
            Self::CreditCode => "credit-code",
            Self::Name => "name",
        }
    }
}

/// A mark: its kind and what was written, in one form. Sensitive.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    kind: MarkKind,
    value: String,
}

impl std::fmt::Debug for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mark({})", self.kind.name())
    }
}

/// Most marks of one case: bounds what a form of a hundred fields costs.
const MOST: usize = 24;
/// Longest name, in characters.
const LONGEST_NAME: usize = 60;

impl Mark {
    /// What it is of.
    pub const fn kind(&self) -> MarkKind {
        self.kind
    }

    /// What was written, in one form.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// A telephone number: its digits, without the country's prefix; none where it is none.
    pub fn telephone(text: &str) -> Option<Self> {
        let text = text.trim();
        let shape = text.bytes().all(|b| b.is_ascii_digit() || b" +-()".contains(&b));
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let own = match digits.strip_prefix("86") {
            Some(rest) if rest.len() == 11 && rest.starts_with('1') => rest.to_owned(),
            _ => digits,
        };
        (shape && (7..=15).contains(&own.len())).then_some(Self { kind: MarkKind::Telephone, value: own })
    }

    /// An identity number; none where its check digit does not fit.
    pub fn identity_number(text: &str) -> Option<Self> {
        let number = IdentityNumber::parse(text).ok()?;
        Some(Self { kind: MarkKind::IdentityNumber, value: number.as_str().to_owned() })
    }

    /// A unified social credit code; none where its check character does not fit.
    pub fn credit_code(text: &str) -> Option<Self> {
        let code = CreditCode::parse(text).ok()?;
        Some(Self { kind: MarkKind::CreditCode, value: code.as_str().to_owned() })
    }

    /// A name: 2 to 60 characters on one line with a letter among them, without its spaces, in small letters.
    pub fn name(text: &str) -> Option<Self> {
        let value: String = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
        let fits = (2..=LONGEST_NAME).contains(&value.chars().count());
        let one_line = !text.trim().contains(['\n', '\r']);
        (fits && one_line && value.chars().any(char::is_alphabetic)).then_some(Self { kind: MarkKind::Name, value })
    }

    /// Every mark that a text may be, the most exact first.
    pub fn all(text: &str) -> Vec<Self> {
        let codes = [Self::identity_number(text), Self::credit_code(text)];
        let codes: Vec<Self> = codes.into_iter().flatten().collect();
        if codes.is_empty() { [Self::telephone(text), Self::name(text)].into_iter().flatten().collect() } else { codes }
    }

    /// The marks of what an applicant gave: values are known by their form, since a case keeps no field's kind.
    pub fn of(application: &Application) -> BTreeSet<Self> {
        let texts = application.values.iter().filter_map(|given| match &given.value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let marks: Vec<Self> = texts.flat_map(Self::all).collect();
        // Numbers first: where there are too many, names are left out.
        let (names, numbers): (Vec<_>, Vec<_>) = marks.into_iter().partition(|mark| mark.kind == MarkKind::Name);
        numbers.into_iter().chain(names).take(MOST).collect()
    }

    /// The value with its middle hidden, as lists show it: 138****0000, 411081**********14, 莲*****.
    pub fn masked(&self) -> String {
        let characters: Vec<char> = self.value.chars().collect();
        let (head, tail) = match self.kind {
            MarkKind::IdentityNumber => (6, 2),
            MarkKind::Telephone => (3, if characters.len() > 8 { 4 } else { 2 }),
            MarkKind::CreditCode => (characters.len(), 0),
            MarkKind::Name => (1, 0),
        };
        let hidden = |at: usize| at >= head && at + tail < characters.len();
        characters.iter().enumerate().map(|(at, character)| if hidden(at) { '*' } else { *character }).collect()
    }
}

/// What somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// A case, by its number.
    Number(CaseNumber),
    /// Cases, by any of these marks.
    Marks(Vec<Mark>),
}

impl Term {
    /// Reads what somebody typed; none where it can be nothing that cases are found by.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(number) = CaseNumber::parse(text) {
            return Some(Self::Number(number));
        }
        let marks = Mark::all(text);
        (!marks.is_empty()).then_some(Self::Marks(marks))
    }

    /// What it is, for the audit chain: never what was typed.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Number(_) => "case-number",
            Self::Marks(marks) => marks.first().map_or("nothing", |mark| mark.kind.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::FieldValue;
    use proptest::prelude::*;

    fn kinds(text: &str) -> Vec<MarkKind> {
        Mark::all(text).iter().map(Mark::kind).collect()
    }

    #[test]
    fn the_same_number_written_otherwise_is_the_same_mark() {
        let one = Mark::telephone("13800000000");
        for other in ["+86 138 0000 0000", "138-0000-0000", " 8613800000000 "] {
            assert_eq!(Mark::telephone(other), one, "{other}");
        }
        assert_eq!(Mark::identity_number("11010519491231002x"), Mark::identity_number(" 11010519491231002X"));
        assert_eq!(Mark::name("莲城 钧瓷 Studio"), Mark::name("莲城钧瓷studio"));
    }

    #[test]
    fn a_text_is_known_by_its_form() {
        assert_eq!(kinds("11010519491231002X"), [MarkKind::IdentityNumber]);
        assert_eq!(kinds("91350100M000100Y43"), [MarkKind::CreditCode]);
        assert_eq!(kinds("0374-8000000"), [MarkKind::Telephone]);
        assert_eq!(kinds("李莲花"), [MarkKind::Name]);
        for nothing in ["", "李", "12", "第一行\n第二行", "……"] {
            assert_eq!(kinds(nothing), [], "{nothing}");
        }
    }

    #[test]
    fn a_case_has_the_marks_of_what_was_typed_and_not_of_what_was_chosen() {
        let text = |name: &str, text: &str| FieldValue { name: name.into(), value: Value::Text(text.into()) };
        let options = FieldValue { name: "level".into(), value: Value::Options(vec!["provincial".into()]) };
        let values = vec![text("contact", "李莲花"), text("telephone", "13800000000"), options];
        let marks = Mark::of(&Application { values, labels: Vec::new(), options: Vec::new() });
        let kinds: Vec<MarkKind> = marks.iter().map(Mark::kind).collect();
        assert_eq!(kinds, [MarkKind::Telephone, MarkKind::Name]);
    }

    #[test]
    fn lists_show_no_mark_whole_but_a_credit_code_which_is_public() {
        assert_eq!(Mark::telephone("13800000000").unwrap().masked(), "138****0000");
        assert_eq!(Mark::identity_number("11010519491231002x").unwrap().masked(), "110105**********2X");
        assert_eq!(Mark::name("李莲花").unwrap().masked(), "李**");
        assert_eq!(Mark::credit_code("91350100M000100Y43").unwrap().masked(), "91350100M000100Y43");
        assert!(!format!("{:?}", Mark::name("李莲花")).contains("莲花"));
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd_to_be_looked_for(text in "\\PC{0,80}") {
            let _ = Term::parse(&text).map(|term| term.kind());
            prop_assert!(Mark::all(&text).len() <= 2);
        }
    }
}
