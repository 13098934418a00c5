//! Cases 办件: everything the city owes an answer to. A case is its history; its state is the fold of its events.
//!
//! Invariant: each event holds the hash of the one before it, so an altered, removed, inserted or reordered event is
//! found by [`History::verify`].

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::account::AccountId;
use crate::calendar::CalendarError;
use crate::chain::{Hash, Link};
use crate::clock::{Clocks, Office};
use crate::district::Division;
use crate::form::FieldValue;
use crate::kind::{Clock, Definition, NumberCode, Role, State, Transition};
use crate::law::LegalBasis;
use crate::text::Text;

pub use crate::history::{BrokenHistory, History};

/// Crockford's base 32: no I, L, O, U, so that a number read over the telephone arrives.
const BASE_32: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What is drawn for a case: 8 characters of its number come from 40 bits of randomness.
const RANDOM_CHARACTERS: usize = 8;

fn base_32(bits: u64, characters: usize) -> String {
    (0..characters)
        .rev()
        .filter_map(|at| {
            let index = usize::try_from(bits >> (5 * at) & 31).ok()?;
            BASE_32.get(index).map(|b| char::from(*b))
        })
        .collect()
}

/// Twelve characters of base 32 from the lowest 60 bits, in three parts.
pub(crate) fn shown_base_32(bits: u64) -> String {
    FollowSecret::new(bits).shown()
}

/// Reads base 32 as people write it: small letters, O for 0, I and L for 1, spaces and hyphens between.
pub(crate) fn forgiving(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

/// Case number 办件编号: division 6, date 8, kind 2, random base 32 of 8, check character: 25 characters. There is no
/// sequence in it, so that registration never waits for another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct CaseNumber(String);

/// A text that is no case number.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("this is no case number: 25 characters, the last of which checks the others")]
pub struct NotACaseNumber;

impl CaseNumber {
    /// Makes a number; `random` gives its lowest 40 bits.
    pub fn new(division: &Division, day: Date, kind: NumberCode, random: u64) -> Self {
        let division: String = division.as_str().chars().take(6).collect();
        let kind = kind.as_str();
        let random = base_32(random, RANDOM_CHARACTERS);
        let body = format!("{division}{:04}{:02}{:02}{kind}{random}", day.year(), day.month(), day.day());
        let check = Self::check(&body);
        Self(format!("{body}{check}"))
    }

    /// ISO 7064 MOD 37,36 over the characters that a number has.
    fn check(body: &str) -> char {
        const ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let value = |b: u8| ALPHABET.iter().position(|a| *a == b).unwrap_or(0);
        let mut product = 36;
        for b in body.bytes() {
            let sum = match (product + value(b)) % 36 {
                0 => 36,
                sum => sum,
            };
            product = sum * 2 % 37;
        }
        ALPHABET.get((37 - product) % 36).map_or('0', |b| char::from(*b))
    }

    /// Parses a number as people type it.
    pub fn parse(text: &str) -> Result<Self, NotACaseNumber> {
        let compact: String =
            text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
        let (Some(body), Some(check)) = (compact.get(..24), compact.get(24..)) else { return Err(NotACaseNumber) };
        if !compact.bytes().all(|b| b.is_ascii_alphanumeric()) || check != Self::check(body).to_string() {
            return Err(NotACaseNumber);
        }
        Ok(Self(compact))
    }

    /// The number's characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What lets its holder follow a case without an account: 12 characters of base 32, shown as `XXXX-XXXX-XXXX`.
/// Only its hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct FollowSecret(String);

impl std::fmt::Debug for FollowSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FollowSecret(…)")
    }
}

impl FollowSecret {
    /// Makes a secret from its lowest 60 bits.
    pub fn new(bits: u64) -> Self {
        Self(base_32(bits, 12))
    }

    /// Reads a secret as people type it; what is none matches nothing.
    pub fn parse(text: &str) -> Self {
        Self(forgiving(text).chars().take(64).collect())
    }

    /// As it is printed.
    pub fn shown(&self) -> String {
        let part = |range: std::ops::Range<usize>| self.0.get(range).unwrap_or_default().to_owned();
        format!("{}-{}-{}", part(0..4), part(4..8), part(8..12))
    }

    /// What is stored of it.
    pub fn hash(&self) -> Hash {
        let mut sha = Sha256::new();
        sha.update(b"lotus case secret\0");
        sha.update(self.0.as_bytes());
        Hash(sha.finalize().into())
    }
}

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// As what.
    pub role: Role,
    /// Under which account; none for an applicant without one and for the platform itself.
    pub account: Option<String>,
}

/// One event of a case, before it has its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happening {
    /// When; whole milliseconds.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// The transition, or `submit` for the first.
    pub action: String,
    /// Out of which state; none for the first.
    pub from: Option<String>,
    /// Into which state.
    pub to: String,
    /// Why.
    pub reason: Option<Text>,
    /// On what basis.
    pub basis: Option<LegalBasis>,
    /// Words for the applicant's timeline, e.g. what the district's plugin said; markdown.
    pub remark: Option<Text>,
}

/// One event in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// From 1.
    pub sequence: u32,
    /// What happened.
    pub happening: Happening,
    /// The hash of the event before, [`Hash::NONE`] for the first.
    pub previous: Hash,
    /// Over the case's number and all of the above.
    pub hash: Hash,
}

impl Event {
    /// Gives a happening its place after the event `after`.
    pub fn seal(number: &CaseNumber, after: Option<&Event>, happening: Happening) -> Self {
        let sequence = after.map_or(1, |event| event.sequence + 1);
        let previous = after.map_or(Hash::NONE, |event| event.hash);
        let hash = Self::digest(number, sequence, previous, &happening);
        Self { sequence, happening, previous, hash }
    }

    /// Whether it is what was sealed, as an event of this case at its place.
    pub fn is_sealed(&self, number: &CaseNumber) -> bool {
        Self::digest(number, self.sequence, self.previous, &self.happening) == self.hash
    }

    pub(crate) fn digest(number: &CaseNumber, sequence: u32, previous: Hash, happening: &Happening) -> Hash {
        let text = |link: Link, text: &Option<Text>| {
            link.optional(text.as_ref().map(|text| text.zh.as_str()))
                .optional(text.as_ref().and_then(|text| text.en.as_deref()))
        };
        let link = Link::of("lotus case event 1")
            .part(number.as_str().as_bytes())
            .part(&sequence.to_be_bytes())
            .part(&previous.0)
            .part(&happening.at.as_millisecond().to_be_bytes())
            .part(happening.actor.role.name().as_bytes())
            .optional(happening.actor.account.as_deref())
            .part(happening.action.as_bytes())
            .optional(happening.from.as_deref())
            .part(happening.to.as_bytes())
            .optional(happening.basis.as_ref().map(|basis| basis.title.as_str()))
            .optional(happening.basis.as_ref().and_then(|basis| basis.article.as_deref()));
        text(text(link, &happening.reason), &happening.remark).hash()
    }
}

/// What a case is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "subject")]
pub enum Subject {
    /// A district's service; the case stays on the package it began with.
    Service {
        /// The service's id.
        service: String,
        /// Its name when the case began.
        title: Text,
        /// The department that answers.
        department: Text,
        /// Digest of the package, as hexadecimal.
        package: String,
    },
    /// An item 事项; the case stays on the version of the implementation list that it began with.
    Item {
        /// Implementation code 实施编码.
        code: String,
        /// Version of the list.
        version: u32,
        /// Its name when the case began.
        title: Text,
        /// The department that answers.
        department: Text,
        /// The departments that take part in a joint case 一件事, in their order.
        #[serde(default)]
        joint: Vec<Text>,
    },
    /// Anything else the city owes an answer to, by a definition of its own: assistance, a visit, a joint case's part.
    Matter {
        /// What it is about, in a few words.
        title: Text,
        /// The department that answers.
        department: Text,
        /// The item that it is about.
        #[serde(default)]
        item: Option<String>,
    },
}

impl Subject {
    /// The department that answers, by its Chinese name.
    pub fn department(&self) -> &str {
        &self.answers().zh
    }

    /// The department that answers.
    pub const fn answers(&self) -> &Text {
        match self {
            Self::Service { department, .. } | Self::Item { department, .. } | Self::Matter { department, .. } => {
                department
            }
        }
    }

    /// The same, in the hands of another department.
    #[must_use]
    pub fn of_department(&self, to: Text) -> Self {
        let mut same = self.clone();
        let (Self::Service { department, .. } | Self::Item { department, .. } | Self::Matter { department, .. }) =
            &mut same;
        *department = to;
        same
    }

    /// What it is called.
    pub const fn title(&self) -> &Text {
        match self {
            Self::Service { title, .. } | Self::Item { title, .. } | Self::Matter { title, .. } => title,
        }
    }

    /// The item that it is about, by implementation code.
    pub fn item(&self) -> Option<&str> {
        match self {
            Self::Item { code, .. } => Some(code),
            Self::Matter { item, .. } => item.as_deref(),
            Self::Service { .. } => None,
        }
    }

    /// The departments that take part beside the one that answers.
    pub fn joint(&self) -> &[Text] {
        match self {
            Self::Item { joint, .. } => joint,
            Self::Service { .. } | Self::Matter { .. } => &[],
        }
    }
}

/// What the applicant gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// The values, typed.
    pub values: Vec<FieldValue>,
    /// Each field's label when the case began, by name and in order: what the values mean a year later.
    pub labels: Vec<(String, Text)>,
    /// What the options that were chosen were called then: field, option, label.
    #[serde(default)]
    pub options: Vec<(String, String, Text)>,
}

/// A case with its current state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Whose it is.
    pub division: Division,
    /// Its number.
    pub number: CaseNumber,
    /// One line on the worklist.
    pub title: Text,
    /// What the applicant was told beside the number.
    pub message: Option<Text>,
    /// What it is about.
    pub subject: Subject,
    /// How it runs, as it was when it began.
    pub definition: Definition,
    /// What the applicant gave.
    pub application: Application,
    /// The current state's id: the fold of the events.
    pub state: String,
    /// Events so far.
    pub revision: u32,
    /// When it was submitted.
    pub submitted: Timestamp,
    /// Its clocks.
    pub clocks: Clocks,
    /// 0 is usual; up to 9 moves it up every worklist (article 26).
    pub priority: u8,
    /// The case that this one belongs to: the whole of a part, the application that assistance is for.
    pub parent: Option<CaseNumber>,
    /// The account of whoever it is assigned to.
    pub assigned: Option<AccountId>,
    /// What the secret that follows it hashes to.
    pub secret: Hash,
    /// Whose it is, where the applicant was signed in.
    pub account: Option<AccountId>,
}

/// Why an event can't follow.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum TransitionError {
    /// The definition has no such transition from here.
    #[error("“{action}” is not possible in the state “{state}”")]
    NotPossible {
        /// What was wanted.
        action: String,
        /// Where the case is.
        state: String,
    },
    /// Somebody else's to make.
    #[error("“{action}” is for another to make: {}", by.iter().map(|by| by.name()).collect::<Vec<_>>().join(", "))]
    NotYours {
        /// What was wanted.
        action: String,
        /// Whose it is.
        by: Vec<Role>,
    },
    /// A reason is needed.
    #[error("“{0}” needs a reason")]
    NeedsReason(String),
}

impl Case {
    /// The state it is in, as its definition has it.
    pub fn at(&self) -> Option<&State> {
        self.definition.state(&self.state)
    }

    /// What its promise's clock does now.
    pub fn clock(&self) -> Clock {
        self.at().map_or(Clock::Stopped, |state| state.clock)
    }

    /// Whether somebody in the city still has something to do. A state that is not known any more hides no case.
    pub fn is_open(&self) -> bool {
        self.at().is_none_or(State::is_open)
    }

    /// The last day of what counts now; of the promise, where nothing does.
    pub fn due(&self) -> Option<Date> {
        let deadline = self.clocks.due().or(self.clocks.promised);
        deadline.map(|deadline| deadline.day())
    }

    /// The case after an event.
    pub fn after(&self, office: Office<'_>, event: &Event) -> Result<Self, CalendarError> {
        let happening = &event.happening;
        let step = self.definition.transition(&happening.action);
        let clocks = match self.definition.state(&happening.to) {
            Some(into) => {
                let clocks = self.clocks.after(office, &self.definition, step, into, happening.at)?;
                match crate::assistance::limit_until(self, office, step, into, happening.at) {
                    Some(day) => clocks.step_until(office, happening.at, day)?,
                    None => clocks,
                }
            }
            None => self.clocks.clone(),
        };
        Ok(Self { state: happening.to.clone(), revision: event.sequence, clocks, ..self.clone() })
    }

    /// The transitions that one of these parties may make from here.
    pub fn steps_for(&self, parties: &[Role]) -> Vec<Transition> {
        let may = |step: &&Transition| step.by.iter().any(|by| parties.contains(by));
        self.definition.steps(&self.state).filter(may).cloned().collect()
    }

    /// What would happen if this actor made this transition now.
    pub fn happening(
        &self,
        action: &str,
        actor: Actor,
        at: Timestamp,
        reason: Option<Text>,
        basis: Option<LegalBasis>,
    ) -> Result<Happening, TransitionError> {
        let transition = self
            .definition
            .transition(action)
            .filter(|transition| transition.leaves(&self.state))
            .ok_or_else(|| TransitionError::NotPossible { action: action.to_owned(), state: self.state.clone() })?;
        if !transition.by.contains(&actor.role) {
            return Err(TransitionError::NotYours { action: action.to_owned(), by: transition.by.clone() });
        }
        if transition.needs_reason && reason.as_ref().is_none_or(|reason| reason.zh.trim().is_empty()) {
            return Err(TransitionError::NeedsReason(action.to_owned()));
        }
        Ok(Happening {
            at,
            actor,
            action: action.to_owned(),
            from: Some(self.state.clone()),
            to: transition.target(&self.state).to_owned(),
            reason,
            basis: basis.or_else(|| transition.basis.clone()),
            remark: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(random: u64) -> CaseNumber {
        let division = Division::parse("411081").unwrap();
        CaseNumber::new(&division, jiff::civil::date(2026, 3, 1), NumberCode::SERVICE, random)
    }

    fn history() -> History {
        let mut events: Vec<Event> = Vec::new();
        let states = [(None, "submitted"), (Some("submitted"), "in-hand"), (Some("in-hand"), "answered")];
        for (from, to) in states {
            let happening = Happening {
                at: Timestamp::from_millisecond(1_772_000_000_000).unwrap(),
                actor: Actor { role: Role::Handler, account: None },
                action: to.to_owned(),
                from: from.map(ToOwned::to_owned),
                to: to.to_owned(),
                reason: Some(Text::zh("材料齐全")),
                basis: None,
                remark: None,
            };
            let event = Event::seal(&number(7), events.last(), happening);
            events.push(event);
        }
        History(events)
    }

    #[test]
    fn a_whole_history_folds_to_its_last_state() {
        assert_eq!(history().verify(&number(7)), Ok("answered"));
    }

    #[test]
    fn an_altered_removed_inserted_or_reordered_event_is_found_and_named() {
        let mut altered = history();
        altered.0[1].happening.reason = Some(Text::zh("材料不齐"));
        assert_eq!(altered.verify(&number(7)), Err(BrokenHistory::Altered(2)));
        let mut removed = history();
        removed.0.remove(1);
        assert_eq!(removed.verify(&number(7)), Err(BrokenHistory::Sequence { at: 3, expected: 2 }));
        let mut reordered = history();
        reordered.0.swap(1, 2);
        assert!(reordered.verify(&number(7)).is_err());
        let mut inserted = history();
        let copy = inserted.0[1].clone();
        inserted.0.insert(1, copy);
        assert!(inserted.verify(&number(7)).is_err());
        assert!(history().verify(&number(8)).is_err(), "another case's events are not this one's");
    }

    #[test]
    fn a_secret_survives_the_telephone() {
        let secret = FollowSecret::new(0x0123_4567_89ab_cdef);
        let typed = secret.shown().to_lowercase().replace('0', "o").replace('1', "l").replace('-', " ");
        assert!(FollowSecret::parse(&typed).hash().same(&secret.hash()));
    }

    proptest! {
        #[test]
        fn one_mistyped_character_is_noticed(random: u64, at in 0_usize..24, other in 0_usize..32) {
            let number = number(random);
            prop_assert_eq!(number.as_str().len(), 25);
            prop_assert_eq!(CaseNumber::parse(&number.as_str().to_lowercase()), Ok(number.clone()));
            let mut bytes = number.as_str().as_bytes().to_vec();
            let changed = BASE_32[other];
            prop_assume!(bytes[at] != changed);
            bytes[at] = changed;
            prop_assert_eq!(CaseNumber::parse(std::str::from_utf8(&bytes).unwrap()), Err(NotACaseNumber));
        }
    }
}
