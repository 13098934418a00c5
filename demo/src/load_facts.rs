//! What registers know of a whole city: 200,000 persons and 40,000 enterprises, as the load's generator makes them.
//!
//! Plausible, no real ones; the same seed gives the same city. Of everybody only some things are known, as in life.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use lotus_domain::district::Division;
use lotus_domain::law::Fen;
use lotus_domain::licence::Holder;
use lotus_domain::policy::{Fact, FactName, FactValue, Facts, Number};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// Districts with how many of a hundred live and work there.
const DISTRICTS: [(&str, u32); 9] = [
    ("411002", 15),
    ("411003", 16),
    ("411024", 13),
    ("411025", 14),
    ("411081", 24),
    ("411082", 12),
    ("411071", 2),
    ("411072", 2),
    ("411073", 2),
];
/// Industries with how many of a hundred enterprises are of them.
const INDUSTRIES: [(&str, u32); 10] = [
    ("F52", 34),
    ("F51", 16),
    ("C307", 6),
    ("C411", 5),
    ("C33", 8),
    ("C35", 5),
    ("A01", 8),
    ("H62", 8),
    ("I65", 5),
    ("L72", 5),
];

/// Makes files, one after another.
#[derive(Debug)]
pub struct FactLoad {
    random: StdRng,
    as_of: Timestamp,
    made: u64,
}

impl FactLoad {
    /// As registers know it at a moment.
    pub fn new(as_of: Timestamp) -> Self {
        Self { random: StdRng::seed_from_u64(20_260_130), as_of, made: 0 }
    }

    fn one_of(&mut self, of: &[(&'static str, u32)]) -> &'static str {
        let mut at = self.random.random_range(0..100_u32);
        for (name, share) in of {
            if at < *share {
                return name;
            }
            at -= share;
        }
        of.first().map_or("", |(name, _)| name)
    }

    fn word(&mut self, of: &[&str]) -> String {
        let at = self.random.random_range(0..of.len().max(1));
        of.get(at).map(|word| (*word).to_owned()).unwrap_or_default()
    }

    /// True so many times in a hundred.
    fn chance(&mut self, hundredths: u32) -> bool {
        self.random.random_range(0..100_u32) < hundredths
    }

    /// An amount in fen; many small ones, few large: each power of ten is as likely as the next.
    fn money(&mut self, least: u32, most: u32) -> Fen {
        let power = self.random.random_range(least..most);
        Fen(self.random.random_range(1..10_i64) * 10_i64.saturating_pow(power))
    }

    fn learn(&self, facts: &mut Facts, name: &str, value: FactValue) {
        let Ok(name) = FactName::parse(name) else { return };
        let fact = Fact { value, source: name.kind().source.clone(), as_of: self.as_of, declared: false };
        // The generator only makes values of the vocabulary; a test counts what is learnt.
        let _ = facts.learn(name, fact);
    }

    fn day(&mut self, from: i16, to: i16) -> Date {
        date(self.random.random_range(from..=to), self.random.random_range(1..=12), self.random.random_range(1..=28))
    }

    fn identity_number(&mut self, division: &str) -> String {
        let (born, sequence) = (self.day(1930, 2018), self.made % 1000);
        let body = format!("{division}{:04}{:02}{:02}{sequence:03}", born.year(), born.month(), born.day());
        // Weights are 2^(18 - i) mod 11 (GB 11643-1999).
        let mut weight = 1;
        let mut sum = 0;
        for digit in body.bytes().rev() {
            weight = weight * 2 % 11;
            sum += u32::from(digit - b'0') * weight;
        }
        let check = (12 - sum % 11) % 11;
        let check = if check == 10 { "X".to_owned() } else { check.to_string() };
        body + &check
    }

    /// The next person.
    pub fn person(&mut self) -> Option<(Division, Holder, Facts)> {
        self.made += 1;
        let division = self.one_of(&DISTRICTS);
        let number = self.identity_number("411000");
        let mut facts = Facts::default();
        self.learn(&mut facts, "person.residence", FactValue::Word(division.to_owned()));
        let education = self.word(&["school", "school", "school", "college", "bachelor", "master"]);
        self.learn(&mut facts, "person.education", FactValue::Word(education));
        let employment = self.word(&["employed", "employed", "flexible", "self-employed", "unemployed", "retired"]);
        self.learn(&mut facts, "person.employment", FactValue::Word(employment));
        let months = FactValue::Number(Number::whole(self.random.random_range(0..240)));
        self.learn(&mut facts, "person.insured-months", months);
        if self.chance(20) {
            let mu = FactValue::Number(Number::whole(self.random.random_range(1..120)));
            self.learn(&mut facts, "person.grain-area", mu);
        }
        if self.chance(3) {
            let degree = self.word(&["one", "two", "three", "four"]);
            self.learn(&mut facts, "person.disability", FactValue::Word(degree));
        }
        if self.chance(70) {
            let low = self.chance(4);
            self.learn(&mut facts, "person.low-income", FactValue::YesNo(low));
        }
        Some((Division::parse(division).ok()?, Holder::Person(number), facts))
    }

    /// The next enterprise.
    pub fn enterprise(&mut self) -> Option<(Division, Holder, Facts)> {
        self.made += 1;
        let division = self.one_of(&DISTRICTS);
        let code = format!("91{division}LOAD{:06}", self.made);
        let mut facts = Facts::default();
        self.learn(&mut facts, "enterprise.registered", FactValue::Word(division.to_owned()));
        let industry = self.one_of(&INDUSTRIES);
        self.learn(&mut facts, "enterprise.industry", FactValue::Word(industry.to_owned()));
        let founded = self.day(1995, 2025);
        self.learn(&mut facts, "enterprise.founded", FactValue::Date(founded));
        let size = self.word(&["micro", "micro", "micro", "small", "small", "medium"]);
        self.learn(&mut facts, "enterprise.size", FactValue::Word(size));
        let sales = self.money(6, 11);
        self.learn(&mut facts, "enterprise.sales", FactValue::Money(sales));
        let growth = self.random.random_range(70..140_i64);
        self.learn(&mut facts, "enterprise.sales-before", FactValue::Money(Fen(sales.0 / growth * 100)));
        let dishonest = self.chance(1);
        self.learn(&mut facts, "enterprise.dishonest", FactValue::YesNo(dishonest));
        let people = self.random.random_range(1..200);
        self.learn(&mut facts, "enterprise.employees", FactValue::Number(Number::whole(people)));
        if self.chance(80) {
            let rate = Number::whole(self.random.random_range(0..12)).over(Number::whole(100));
            self.learn(&mut facts, "enterprise.lay-off-rate", FactValue::Number(rate.unwrap_or(Number::ZERO)));
            let paid = FactValue::Money(Fen(people * 42_000));
            self.learn(&mut facts, "enterprise.unemployment-insurance", paid);
        }
        if self.chance(6) {
            let titles = ["high-tech", "tech-sme", "specialised-new", "green-factory", "master-studio"];
            let title: BTreeSet<String> = [self.word(&titles)].into();
            self.learn(&mut facts, "enterprise.titles", FactValue::Words(title));
        }
        Some((Division::parse(division).ok()?, Holder::Enterprise(code), facts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lotus_domain::applicant::IdentityNumber;

    #[test]
    fn everybody_is_somebody_of_whom_something_is_known() {
        let mut load = FactLoad::new(Timestamp::UNIX_EPOCH);
        let mut holders = BTreeSet::new();
        for _ in 0..500 {
            let (_, holder, facts) = load.person().unwrap();
            let Holder::Person(number) = &holder else { panic!("a person") };
            assert!(IdentityNumber::parse(number).unwrap().birthday().is_some(), "{number}");
            assert!(facts.len() >= 4);
            holders.insert(holder.name());
            let (division, holder, facts) = load.enterprise().unwrap();
            assert!(facts.len() >= 8 && holder.name().len() <= 40 && division.as_str().len() == 6);
            holders.insert(holder.name());
        }
        assert!(holders.len() > 990, "{}", holders.len());
    }
}
