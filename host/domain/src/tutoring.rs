//! Online tutoring 在线辅导 (article 27): a helper and an applicant look at the same draft; the helper points and says.
//!
//! Invariant: a session lets a helper read and say. Nothing in it writes a draft or submits one; a helper sees no identity
//! number whole.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::applicant::IdentityNumber;
use crate::chain::Hash;
use crate::form::FieldKind;
use crate::material::Holder;

/// How long a session lasts at most.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(2);
/// Most characters that are said at once.
pub const MOST_SAID: usize = 500;
/// Crockford's base 32: what is read over the telephone arrives.
const BASE_32: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What the applicant reads to the helper: 6 characters of base 32. Only its hash is stored; it is good for one helper.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

impl Code {
    /// Makes a code from its lowest 30 bits.
    pub fn new(bits: u32) -> Self {
        let letter = |at: u32| {
            let index = usize::try_from(bits >> (5 * at) & 31).unwrap_or_default();
            BASE_32.get(index).map(|b| char::from(*b))
        };
        Self((0..6).rev().filter_map(letter).collect())
    }

    /// Reads a code as people type it; what is none matches nothing.
    pub fn parse(text: &str) -> Self {
        let typed = text.chars().filter(char::is_ascii_alphanumeric).map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        });
        Self(typed.take(16).collect())
    }

    /// As it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is stored of it.
    pub fn hash(&self) -> Hash {
        Hash::of(format!("lotus tutoring\0{}", self.0).as_bytes())
    }
}

/// Who takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
    /// Whose draft it is.
    Applicant,
    /// Who helps.
    Helper,
}

impl Party {
    /// For columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applicant => "applicant",
            Self::Helper => "helper",
        }
    }

    /// The party of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Applicant, Self::Helper].into_iter().find(|party| party.name() == name)
    }
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: String,
    /// The hash of its code.
    pub code: Hash,
    /// Whose draft.
    pub holder: Holder,
    /// Which form, as drafts name it: `items/XC01003-411081`.
    pub subject: String,
    /// When it began.
    pub started: Timestamp,
    /// When it ends by itself.
    pub ends: Timestamp,
    /// Who joined.
    pub helper: Option<AccountId>,
    /// When it was ended.
    pub ended: Option<Timestamp>,
}

impl Session {
    /// Whether it goes on.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.ended.is_none() && now < self.ends
    }

    /// The item whose form it is about.
    pub fn item(&self) -> Option<&str> {
        self.subject.strip_prefix("items/")
    }
}

/// Something that was said, or a field that was pointed at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// From 1.
    pub sequence: u32,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Party,
    /// About which field.
    pub field: Option<String>,
    /// What was said; empty is a finger on the field.
    pub words: String,
}

/// What a helper sees of what was typed: identity numbers are masked, wherever they stand and however far they got.
pub fn shown(kind: &FieldKind, typed: &str) -> String {
    if *kind == FieldKind::IdentityNumber {
        let known = IdentityNumber::parse(typed).map(|number| number.masked());
        return known.unwrap_or_else(|_| "*".repeat(typed.chars().count()));
    }
    let mut shown = String::with_capacity(typed.len());
    let mut run = String::new();
    for c in typed.chars().chain(['\0']) {
        if c.is_ascii_digit() || (matches!(c, 'x' | 'X') && run.len() == 17) {
            run.push(c);
            continue;
        }
        // The old numbers of 15 digits name people too.
        let names = matches!(run.len(), 15 | 17 | 18);
        shown.push_str(&if names { "*".repeat(run.len()) } else { std::mem::take(&mut run) });
        run.clear();
        if c != '\0' {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = Code::new(0x3fff_ffff);
        assert_eq!(code.as_str(), "ZZZZZZ");
        assert_eq!(Code::parse(" zzz-zzz "), code);
        assert_eq!(Code::parse("o1l"), Code::parse("011"));
        assert_ne!(Code::new(1).hash(), Code::new(2).hash());
    }

    #[test]
    fn a_helper_sees_no_identity_number_whole() {
        let area = FieldKind::Area { min: 0, max: 100 };
        assert_eq!(shown(&FieldKind::IdentityNumber, "11010519491231002X"), "110105**********2X");
        assert_eq!(shown(&FieldKind::IdentityNumber, "1101051949"), "**********", "half a number is one on its way");
        assert_eq!(shown(&area, "我的号码是11010519491231002X，谢谢"), "我的号码是******************，谢谢");
        assert_eq!(shown(&area, "电话13900000001，面积120平方米"), "电话13900000001，面积120平方米");
        assert_eq!(shown(&area, ""), "");
    }

    #[test]
    fn a_session_ends_when_it_is_ended_or_after_two_hours() {
        let started = Timestamp::from_second(1_772_000_000).unwrap();
        let session = Session {
            id: "s".into(),
            code: Hash::NONE,
            holder: Holder::Browser(Hash::NONE),
            subject: "items/A".into(),
            started,
            ends: started + LONGEST,
            helper: None,
            ended: None,
        };
        assert!(session.is_open(started + SignedDuration::from_mins(119)));
        assert!(!session.is_open(started + LONGEST));
        assert!(!Session { ended: Some(started), ..session }.is_open(started));
    }

    proptest! {
        #[test]
        fn nothing_that_is_an_identity_number_is_left(before in "[^0-9]{0,6}", digits in "[1-9][0-9]{16}[0-9Xx]", after in "[^0-9xX\0]{0,6}") {
            let area = FieldKind::Area { min: 0, max: 100 };
            let seen = shown(&area, &format!("{before}{digits}{after}"));
            prop_assert!(!seen.contains(&digits[6..14]));
        }
    }
}
