//! Verifying what happened: a walk along a case's events that finds and names whatever was altered, removed, inserted or
//! reordered, and goes on behind it.
//!
//! Invariant: a walk keeps the last two links alone, so that a history of any length is verified in the same memory.

use crate::case::{CaseNumber, Event};
use crate::chain::Hash;

/// How far from its place an event is looked for that was moved.
const FAR: u32 = 64;

/// A case's events, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History(pub Vec<Event>);

/// Where a history is broken.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum BrokenHistory {
    /// There is no first event.
    #[error("the history is empty")]
    Empty,
    /// An event is missing, doubled or out of order.
    #[error("event {at} stands where event {expected} should")]
    Sequence {
        /// Which stands there.
        at: u32,
        /// Which should.
        expected: u32,
    },
    /// An event does not hold the hash of the one before.
    #[error("event {0} does not follow from the event before it")]
    Chain(u32),
    /// An event's content is not what was hashed.
    #[error("event {0} was altered")]
    Altered(u32),
    /// An event stands where another stood when it was sealed.
    #[error("event {at} was moved: it was sealed as event {sealed}")]
    Moved {
        /// Where it stands.
        at: u32,
        /// Where it stood.
        sealed: u32,
    },
    /// An event was put between two that follow from each other.
    #[error("event {0} was inserted")]
    Inserted(u32),
    /// An event starts from a state that the case was not in.
    #[error("event {0} starts from a state that the case was not in")]
    Fold(u32),
    /// Events are missing at the end.
    #[error("event {} is missing at the end", .from.to_string() + &if from == to { String::new() } else { format!(" to {to}") })]
    Missing {
        /// From this one.
        from: u32,
        /// To this one.
        to: u32,
    },
    /// Events stand behind the last that the case knows.
    #[error("event {0} was inserted at the end: the case does not know it")]
    Beyond(u32),
    /// The case says that it is in another state.
    #[error("the case says that it is in the state “{says}”, but its events fold to “{folds}”")]
    State {
        /// What it says.
        says: String,
        /// What is so.
        folds: String,
    },
}

impl History {
    /// Verifies the chain and folds it; returns the state that the case is in.
    pub fn verify(&self, number: &CaseNumber) -> Result<&str, BrokenHistory> {
        let mut walk = Walk::new(number);
        for event in &self.0 {
            if let Some(first) = walk.step(event).into_iter().next() {
                return Err(first);
            }
        }
        self.0.last().map(|last| last.happening.to.as_str()).ok_or(BrokenHistory::Empty)
    }
}

/// What a walk remembers of an event.
#[derive(Debug)]
struct Link {
    sequence: u32,
    /// None where it could not be read.
    hash: Option<Hash>,
    /// None where nothing can be said of it.
    state: Option<String>,
}

/// A walk along the events of one case.
#[derive(Debug)]
pub struct Walk<'a> {
    number: &'a CaseNumber,
    last: Option<Link>,
    before_last: Option<Hash>,
}

impl<'a> Walk<'a> {
    /// Before the first event.
    pub const fn new(number: &'a CaseNumber) -> Self {
        Self { number, last: None, before_last: None }
    }

    /// How many events there were, as the last one counts.
    pub fn length(&self) -> u32 {
        self.last.as_ref().map_or(0, |last| last.sequence)
    }

    /// The next event; what is wrong with it. The walk goes on behind it whatever that is.
    pub fn step(&mut self, event: &Event) -> Vec<BrokenHistory> {
        let mut broken = Vec::new();
        let sequence = event.sequence;
        let follows = self.placed(sequence, &mut broken);
        let is_sealed = |at: u32| Event::digest(self.number, at, event.previous, &event.happening) == event.hash;
        let is_own = is_sealed(sequence);
        if !is_own {
            let near = sequence.saturating_sub(FAR).max(1)..=sequence.saturating_add(FAR);
            broken.push(match near.into_iter().find(|at| is_sealed(*at)) {
                Some(sealed) => BrokenHistory::Moved { at: sequence, sealed },
                None => BrokenHistory::Altered(sequence),
            });
        }
        let before = self.last.as_ref().map_or(Some(Hash::NONE), |last| last.hash);
        let is_linked = before.is_none_or(|before| before == event.previous);
        if follows && !is_linked {
            if self.length() > 0 && self.before_last == Some(event.previous) {
                broken.push(BrokenHistory::Inserted(self.length()));
            } else if is_own {
                broken.push(BrokenHistory::Chain(sequence));
            }
        }
        let from = event.happening.from.as_deref();
        let is_folded = match &self.last {
            None => from.is_none(),
            Some(last) => last.state.is_none() || last.state.as_deref() == from,
        };
        if follows && is_own && is_linked && !is_folded {
            broken.push(BrokenHistory::Fold(sequence));
        }
        self.take(Link { sequence, hash: Some(event.hash), state: Some(event.happening.to.clone()) });
        broken
    }

    /// An event that can't be read any more, with its hash where that can.
    pub fn unreadable(&mut self, sequence: u32, hash: Option<Hash>) -> Vec<BrokenHistory> {
        let mut broken = Vec::new();
        self.placed(sequence, &mut broken);
        broken.push(BrokenHistory::Altered(sequence));
        self.take(Link { sequence, hash, state: None });
        broken
    }

    /// Whether an event stands at the next place.
    fn placed(&self, sequence: u32, broken: &mut Vec<BrokenHistory>) -> bool {
        let expected = self.length().saturating_add(1);
        if sequence != expected {
            broken.push(BrokenHistory::Sequence { at: sequence, expected });
        }
        sequence == expected
    }

    fn take(&mut self, link: Link) {
        let before = self.last.replace(link);
        self.before_last = before.map_or(Some(Hash::NONE), |before| before.hash);
    }

    /// The end: what the case says of itself against what its events say.
    pub fn end(self, revision: u32, state: &str) -> Vec<BrokenHistory> {
        let length = self.length();
        let Some(last) = self.last else { return vec![BrokenHistory::Empty] };
        if length < revision {
            return vec![BrokenHistory::Missing { from: length + 1, to: revision }];
        }
        if length > revision {
            return vec![BrokenHistory::Beyond(revision + 1)];
        }
        match last.state {
            Some(folds) if folds != state => vec![BrokenHistory::State { says: state.to_owned(), folds }],
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Actor, Happening};
    use crate::district::Division;
    use crate::kind::{NumberCode, Role};
    use jiff::Timestamp;

    fn number() -> CaseNumber {
        let division = Division::parse("411081").unwrap();
        CaseNumber::new(&division, jiff::civil::date(2026, 3, 1), NumberCode::SERVICE, 7)
    }

    fn happening(from: Option<&str>, to: &str) -> Happening {
        Happening {
            at: Timestamp::from_millisecond(1_772_000_000_000).unwrap(),
            actor: Actor { role: Role::Handler, account: None },
            action: to.to_owned(),
            from: from.map(ToOwned::to_owned),
            to: to.to_owned(),
            reason: None,
            basis: None,
            remark: None,
        }
    }

    fn events() -> Vec<Event> {
        let mut events: Vec<Event> = Vec::new();
        for (from, to) in [(None, "a"), (Some("a"), "b"), (Some("b"), "c"), (Some("c"), "d"), (Some("d"), "e")] {
            events.push(Event::seal(&number(), events.last(), happening(from, to)));
        }
        events
    }

    fn walked(events: &[Event]) -> Vec<BrokenHistory> {
        let number = number();
        let mut walk = Walk::new(&number);
        let mut broken: Vec<BrokenHistory> = events.iter().flat_map(|event| walk.step(event)).collect();
        broken.extend(walk.end(5, "e"));
        broken
    }

    fn numbered(mut events: Vec<Event>) -> Vec<Event> {
        (1..).zip(&mut events).for_each(|(sequence, event)| event.sequence = sequence);
        events
    }

    #[test]
    fn each_of_several_faults_is_named_and_nothing_else() {
        assert_eq!(walked(&events()), []);
        let mut altered = events();
        altered[1].happening.to = "x".to_owned();
        altered[4].happening.action = "x".to_owned();
        // What followed from the altered one no longer fits it.
        assert_eq!(walked(&altered), [BrokenHistory::Altered(2), BrokenHistory::Fold(3), BrokenHistory::Altered(5)]);
        let mut removed = events();
        removed.remove(1);
        assert_eq!(walked(&removed), [BrokenHistory::Sequence { at: 3, expected: 2 }]);
        assert_eq!(walked(&events()[..3]), [BrokenHistory::Missing { from: 4, to: 5 }]);
    }

    #[test]
    fn what_was_moved_or_inserted_is_named_though_the_numbers_were_put_right() {
        let mut swapped = events();
        swapped.swap(1, 2);
        let found = walked(&numbered(swapped));
        assert!(found.contains(&BrokenHistory::Moved { at: 2, sealed: 3 }), "{found:?}");
        assert!(found.contains(&BrokenHistory::Moved { at: 3, sealed: 2 }), "{found:?}");
        let mut inserted = events();
        inserted.insert(2, Event::seal(&number(), inserted.get(1), happening(Some("b"), "b")));
        let found = walked(&numbered(inserted));
        assert!(found.contains(&BrokenHistory::Inserted(3)), "{found:?}");
        assert!(found.contains(&BrokenHistory::Moved { at: 4, sealed: 3 }), "{found:?}");
        let mut longer = events();
        longer.push(Event::seal(&number(), longer.last(), happening(Some("e"), "e")));
        assert_eq!(walked(&longer), [BrokenHistory::Beyond(6)]);
    }
}
