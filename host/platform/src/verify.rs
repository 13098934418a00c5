//! Verifying everything that is chained: each case's events against each other and against the case, the cards' evidence
//! against the events, each division's audit chain against its own count.
//!
//! It walks two lists beside each other, cases and events, page by page, and looks again, by itself, at a case that did
//! not fit: while hosts serve, one that moves on between two pages looks broken and isn't.
//!
//! Invariant: memory does not grow with the number of cases nor with the length of a history; nothing is written.

use std::collections::VecDeque;

use lotus_domain::audit::{Broken, Entry};
use lotus_domain::case::{BrokenHistory, CaseNumber};
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use lotus_domain::history::Walk;
use lotus_store::{CaseHead, EventRow, Store, StoreError};

/// Rows of one page.
const PAGE: u32 = 1_000;
/// How often a case that moves on while it is looked at is looked at again.
const AGAIN: usize = 20;

/// What is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Something in a case's history.
    #[error("case {number}: {what}")]
    History {
        /// Which case.
        number: String,
        /// What.
        what: BrokenHistory,
    },
    /// A case's number, or an event's place, is none.
    #[error("case {number}: {what}")]
    Unreadable {
        /// As it is stored.
        number: String,
        /// Why it can't be read.
        what: String,
    },
    /// Events without their case.
    #[error("case {number} is not there, but {events} of its events are")]
    NoCase {
        /// Which case.
        number: String,
        /// How many.
        events: u64,
    },
    /// A card stands on an event that is not there or is another now.
    #[error("case {number}: the card “{level} {ground}” stands on event {event}, which is not what it was")]
    Evidence {
        /// Which case.
        number: CaseNumber,
        /// The card's level.
        level: &'static str,
        /// Its ground.
        ground: &'static str,
        /// The event's place.
        event: u32,
    },
    /// Something in the audit chain.
    #[error("audit chain: {0}")]
    Audit(#[from] Broken),
    /// Entries are missing at the end of the audit chain, or stand behind it.
    #[error("audit chain: {added} entries were added, but the last is {last}")]
    AuditEnd {
        /// As counted when they were added.
        added: u64,
        /// The last there is.
        last: u64,
    },
}

/// What was looked at in a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Cases.
    pub cases: u64,
    /// Their events.
    pub events: u64,
    /// Cards of supervision.
    pub cards: u64,
    /// Entries of the audit chain.
    pub entries: u64,
    /// The hash of its last entry: kept elsewhere, it shows later whether the chain was written anew.
    pub head: Hash,
    /// What is broken.
    pub flaws: u64,
}

/// Verifies a division; each flaw is told as it is found.
pub async fn verify_division(
    store: &Store,
    division: &Division,
    mut tell: impl FnMut(&Flaw) + Send,
) -> Result<Verified, StoreError> {
    let head = Hash::NONE;
    let mut verified = Verified { cases: 0, events: 0, cards: 0, entries: 0, head, flaws: 0 };
    let mut flaws = 0;
    let mut told = |flaw: &Flaw| {
        flaws += 1;
        tell(flaw);
    };
    histories(store, division, &mut verified, &mut told).await?;
    cards(store, division, &mut verified, &mut told).await?;
    audit(store, division, &mut verified, &mut told).await?;
    verified.flaws = flaws;
    Ok(verified)
}

/// Cases in their order, page by page.
struct Heads<'a> {
    store: &'a Store,
    division: &'a Division,
    page: VecDeque<CaseHead>,
    after: String,
    done: bool,
}

impl Heads<'_> {
    async fn next(&mut self) -> Result<Option<CaseHead>, StoreError> {
        if self.page.is_empty() && !self.done {
            self.page = self.store.case_head_page(self.division, &self.after, PAGE).await?.into();
            self.done = self.page.is_empty();
            self.after = self.page.back().map_or_else(String::new, |last| last.number.clone());
        }
        Ok(self.page.pop_front())
    }
}

/// Events in the order of their cases and places, page by page.
struct Events<'a> {
    store: &'a Store,
    division: &'a Division,
    page: VecDeque<EventRow>,
    after: (String, i64),
    done: bool,
}

impl<'a> Events<'a> {
    /// From a case's first event on.
    const fn from(store: &'a Store, division: &'a Division, number: String) -> Self {
        Self { store, division, page: VecDeque::new(), after: (number, i64::MIN), done: false }
    }

    async fn peek(&mut self) -> Result<Option<&EventRow>, StoreError> {
        if self.page.is_empty() && !self.done {
            let (number, sequence) = &self.after;
            self.page = self.store.event_page(self.division, number, *sequence, PAGE).await?.into();
            self.done = self.page.is_empty();
            if let Some(last) = self.page.back() {
                self.after = (last.number.clone(), last.sequence);
            }
        }
        Ok(self.page.front())
    }

    /// The next event, where it is of this case.
    async fn next_of(&mut self, number: &str) -> Result<Option<EventRow>, StoreError> {
        let is_its = self.peek().await?.is_some_and(|row| row.number == number);
        Ok(if is_its { self.page.pop_front() } else { None })
    }
}

async fn histories(
    store: &Store,
    division: &Division,
    verified: &mut Verified,
    told: &mut (impl FnMut(&Flaw) + Send),
) -> Result<(), StoreError> {
    let mut heads = Heads { store, division, page: VecDeque::new(), after: String::new(), done: false };
    let mut events = Events::from(store, division, String::new());
    loop {
        let head = heads.next().await?;
        // What stands before the next case is of a case that is not there, or was opened since.
        while let Some(before) = events.peek().await?.map(|row| row.number.clone()) {
            if head.as_ref().is_some_and(|head| before >= head.number) {
                break;
            }
            let mut count = 0;
            while events.next_of(&before).await?.is_some() {
                count += 1;
            }
            verified.events += count;
            if let Some(opened) = store.case_head(division, &before).await? {
                verified.cases += 1;
                look_again(store, division, opened, told).await?;
            } else {
                told(&Flaw::NoCase { number: before, events: count });
            }
        }
        let Some(head) = head else { return Ok(()) };
        verified.cases += 1;
        let (count, is_whole) = walk(&head, &mut events).await?;
        verified.events += count;
        if !is_whole.is_empty() {
            look_again(store, division, head, told).await?;
        }
    }
}

/// Walks along a case's events; how many there are, and what is wrong.
async fn walk(head: &CaseHead, events: &mut Events<'_>) -> Result<(u64, Vec<Flaw>), StoreError> {
    let name = head.number.as_str();
    let unreadable =
        |what: &dyn std::fmt::Display| Flaw::Unreadable { number: name.to_owned(), what: what.to_string() };
    let mut count = 0;
    let mut flaws = Vec::new();
    let parsed = CaseNumber::parse(name).ok().filter(|number| number.as_str() == name);
    let Some(number) = parsed else {
        while events.next_of(name).await?.is_some() {
            count += 1;
        }
        return Ok((count, vec![unreadable(&"this is no case number")]));
    };
    let mut walk = Walk::new(&number);
    while let Some(row) = events.next_of(name).await? {
        count += 1;
        let broken = match (&row.event, u32::try_from(row.sequence)) {
            (Ok(event), _) => walk.step(event),
            (Err(_), Ok(sequence)) => walk.unreadable(sequence, row.hash),
            (Err(why), Err(_)) => {
                flaws.push(unreadable(&format_args!("an event at place {}: {why}", row.sequence)));
                continue;
            }
        };
        flaws.extend(broken.into_iter().map(|what| Flaw::History { number: name.to_owned(), what }));
    }
    match u32::try_from(head.revision) {
        Ok(revision) => {
            let broken = walk.end(revision, &head.state).into_iter();
            flaws.extend(broken.map(|what| Flaw::History { number: name.to_owned(), what }));
        }
        Err(_) => flaws.push(unreadable(&format_args!("{} is no number of events", head.revision))),
    }
    Ok((count, flaws))
}

/// Looks at one case by itself until it stood still meanwhile; says what is wrong then.
async fn look_again(
    store: &Store,
    division: &Division,
    mut head: CaseHead,
    told: &mut (impl FnMut(&Flaw) + Send),
) -> Result<(), StoreError> {
    // What a key that is new since seals could not be read and is not broken.
    store.keys_refresh().await?;
    for turn in 1..=AGAIN {
        if let Some(now) = store.case_head(division, &head.number).await? {
            head = now;
        }
        let mut events = Events::from(store, division, head.number.clone());
        let (_, flaws) = walk(&head, &mut events).await?;
        let after = store.case_head(division, &head.number).await?;
        if flaws.is_empty() || after.as_ref() == Some(&head) || turn == AGAIN {
            flaws.iter().for_each(&mut *told);
            return Ok(());
        }
    }
    Ok(())
}

async fn cards(
    store: &Store,
    division: &Division,
    verified: &mut Verified,
    told: &mut (impl FnMut(&Flaw) + Send),
) -> Result<(), StoreError> {
    let mut last = None;
    loop {
        let page = store.card_page(division, last.as_ref(), PAGE).await?;
        for card in &page {
            verified.cards += 1;
            for evidence in &card.evidence {
                if store.event_hash(division, &card.number, evidence.event).await? != Some(evidence.hash) {
                    told(&Flaw::Evidence {
                        number: card.number.clone(),
                        level: card.level.name(),
                        ground: card.ground.name(),
                        event: evidence.event,
                    });
                }
            }
        }
        last = page.into_iter().next_back();
        if last.is_none() {
            return Ok(());
        }
    }
}

async fn audit(
    store: &Store,
    division: &Division,
    verified: &mut Verified,
    told: &mut (impl FnMut(&Flaw) + Send),
) -> Result<(), StoreError> {
    // Counted first: what is added meanwhile stands behind it.
    let added = store.audit_count(division).await?;
    let mut before: Option<Entry> = None;
    loop {
        let after = before.as_ref().map_or(0, |last| last.sequence);
        let entries = store.audit_list(division, after, PAGE).await?;
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            verified.entries += 1;
            if let Err(broken) = entry.follows(division, before.as_ref()) {
                told(&Flaw::Audit(broken));
            }
            before = Some(entry);
        }
    }
    let last = before.as_ref().map_or(0, |last| last.sequence);
    verified.head = before.map_or(Hash::NONE, |last| last.hash);
    // More than were counted first are fine as long as they were counted since.
    if last < added || last > store.audit_count(division).await? {
        told(&Flaw::AuditEnd { added, last });
    }
    Ok(())
}
