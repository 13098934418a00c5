//! The draw 摇号 by which an intermediary is selected: committed to, then revealed; anybody can compute it again.
#![doc = ""]
#![doc = include_str!("draw.md")]

use serde::{Deserialize, Serialize};

use crate::chain::Hash;

/// The longest contribution, in characters.
pub const LONGEST_CONTRIBUTION: usize = 64;
/// What stands for none.
const NONE: &str = "-";

/// A secret seed: 32 bytes as hexadecimal. It does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Seed(String);

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seed(…)")
    }
}

impl Seed {
    /// Of these random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Hash(bytes).to_string())
    }

    /// As it was kept.
    pub fn parse(text: &str) -> Option<Self> {
        Hash::parse(text).map(|bytes| Self(bytes.to_string()))
    }

    /// As it is revealed.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Which draw: a selection's number and a round of it, from 1.
#[derive(Debug, Clone, Copy)]
pub struct Draw<'a> {
    /// The selection's number.
    pub id: &'a str,
    /// The round.
    pub round: u32,
}

/// Somebody who may be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrant {
    /// Credit code.
    pub code: String,
    /// What they contributed; empty where nothing.
    pub contribution: String,
}

/// One number of a draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// From 0.
    pub counter: u64,
    /// The first 16 hexadecimal digits of its hash.
    pub number: String,
    /// Among how many.
    pub among: u64,
    /// Which place was drawn; none where the number was thrown away.
    pub index: Option<u64>,
    /// Who.
    pub drawn: Option<String>,
}

/// A draw with every number that it went through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// The key.
    pub key: String,
    /// Every number.
    pub turns: Vec<Turn>,
    /// Who was drawn, in order.
    pub winners: Vec<String>,
}

/// Whether a text can be contributed; none at all can.
pub fn is_contribution(text: &str) -> bool {
    text.len() <= LONGEST_CONTRIBUTION && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn said(contribution: &str) -> &str {
    if contribution.is_empty() { NONE } else { contribution }
}

impl Draw<'_> {
    /// What is published before anybody signs up.
    pub fn commitment(&self, seed: &Seed) -> Hash {
        Hash::of(format!("lotus-draw-1 commit\n{} {}\n{}\n", self.id, self.round, seed.0).as_bytes())
    }

    /// Puts entrants into their order.
    pub fn canonical(mut entrants: Vec<Entrant>) -> Vec<Entrant> {
        entrants.sort_by(|a, b| a.code.cmp(&b.code));
        entrants.dedup_by(|a, b| a.code == b.code);
        entrants
    }

    /// The list as it is hashed: for whoever puts it into `sha256sum`.
    pub fn list(&self, owner: &str, entrants: &[Entrant]) -> String {
        let mut list = format!("lotus-draw-1 list\n{} {}\nowner {}\n", self.id, self.round, said(owner));
        for one in entrants {
            list.extend([one.code.as_str(), " ", said(&one.contribution), "\n"]);
        }
        list
    }

    /// Draws so many of the entrants, who stand in their order.
    pub fn draw(&self, seed: &Seed, list: &Hash, entrants: &[Entrant], places: usize) -> Drawn {
        let key = Hash::of(format!("lotus-draw-1 key\n{} {}\n{}\n{list}\n", self.id, self.round, seed.0).as_bytes())
            .to_string();
        let mut left: Vec<&Entrant> = entrants.iter().collect();
        let (mut turns, mut winners) = (Vec::new(), Vec::new());
        let mut counter = 0;
        while winners.len() < places && !left.is_empty() {
            let hash = Hash::of(format!("lotus-draw-1 number\n{key}\n{counter}\n").as_bytes()).to_string();
            let number = hash.get(..16).unwrap_or_default().to_owned();
            let among = left.len() as u64;
            let index = unbiased(u64::from_str_radix(&number, 16).unwrap_or_default(), among);
            let place = index.and_then(|index| usize::try_from(index).ok()).filter(|place| *place < left.len());
            let drawn = place.map(|place| left.remove(place).code.clone());
            winners.extend(drawn.clone());
            turns.push(Turn { counter, number, among, index, drawn });
            counter += 1;
        }
        Drawn { key, turns, winners }
    }
}

/// A remainder that comes as often as every other, or none.
fn unbiased(number: u64, among: u64) -> Option<u64> {
    let all = 1_u128 << 64;
    let n = u128::from(among.max(1));
    (u128::from(number) < all - all % n).then(|| number % among.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn entrants(count: usize) -> Vec<Entrant> {
        let one = |n| Entrant { code: format!("91411081MA{n:08}"), contribution: String::new() };
        Draw::canonical((0..count).map(one).collect())
    }

    #[test]
    fn a_draw_is_what_the_description_says_line_by_line() {
        let draw = Draw { id: "411081202603034300000000X", round: 1 };
        let seed = Seed::new([7; 32]);
        let entrants = entrants(3);
        let list = draw.list("abc", &entrants);
        assert_eq!(
            list,
            "lotus-draw-1 list\n411081202603034300000000X 1\nowner abc\n91411081MA00000000 -\n91411081MA00000001 -\n91411081MA00000002 -\n"
        );
        let hash = Hash::of(list.as_bytes());
        let drawn = draw.draw(&seed, &hash, &entrants, 2);
        assert_eq!(drawn.winners.len(), 2);
        assert_ne!(drawn.winners[0], drawn.winners[1]);
        assert_eq!(draw.draw(&seed, &hash, &entrants, 2), drawn, "the same again");
        let other = Draw { round: 2, ..draw };
        assert_ne!(other.commitment(&seed), draw.commitment(&seed));
        assert_ne!(other.draw(&seed, &hash, &entrants, 2).key, drawn.key);
        assert_eq!(draw.draw(&seed, &hash, &entrants, 9).winners.len(), 3, "no more than there are");
    }

    #[test]
    fn everybody_is_drawn_about_as_often_first() {
        let entrants = entrants(7);
        let mut first: BTreeMap<String, u32> = BTreeMap::new();
        for n in 0..7_000_u32 {
            let id = n.to_string();
            let draw = Draw { id: &id, round: 1 };
            let list = Hash::of(draw.list("", &entrants).as_bytes());
            let drawn = draw.draw(&Seed::new([1; 32]), &list, &entrants, 1);
            *first.entry(drawn.winners[0].clone()).or_default() += 1;
        }
        assert!(first.values().all(|times| (870..1130).contains(times)), "{first:?}");
    }

    #[test]
    fn a_number_that_would_favour_a_remainder_is_thrown_away() {
        assert_eq!(unbiased(u64::MAX, 3), None, "2^64 leaves one over");
        assert_eq!(unbiased(u64::MAX - 1, 3), Some(2));
        assert_eq!(unbiased(u64::MAX, 2), Some(1));
        assert!(!is_contribution("a b") && !is_contribution(&"a".repeat(65)) && is_contribution(""));
    }
}
