//! Who meets which policy: what is known of an applicant, what they say of themselves, and each policy held against it
//! (article 30).
//!
//! Invariant: only the applicant, and whoever acts for the enterprise, sees facts of theirs here. What they declare is
//! marked as theirs wherever it is shown, and a register's word stands before it.

use jiff::Timestamp;
use lotus_domain::Slug;
use lotus_domain::applicant::IdentityNumber;
use lotus_domain::catalog::Served;
use lotus_domain::district::Division;
use lotus_domain::licence::Holder;
use lotus_domain::policy::{
    Edition, Fact, FactFile, FactName, FactValue, Facts, Match, Matched, NotThatFact, Of, Verdict,
};
use lotus_domain::text::Text;
use lotus_store::StoreError;

use crate::Visit;
use crate::asker::{Asker, Denied, Person};
use crate::start::Platform;

/// Why a fact is not taken.
#[derive(Debug, thiserror::Error)]
pub enum DeclareError {
    /// Nobody is signed in, or the database is away.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Only a register says this, or it is no fact of such an applicant.
    #[error("this fact is said by its register alone")]
    NotYours,
    /// Not a value of this fact.
    #[error(transparent)]
    Wrong(#[from] NotThatFact),
}

/// What is known of whoever asks, and what that gives them.
#[derive(Debug, Clone)]
pub struct MyPolicies {
    /// The enterprise that they act for; none is themselves.
    pub enterprise: Option<String>,
    /// What is known.
    pub facts: Facts,
    /// Every policy that serves such applicants: those that are met first, then those where one condition is missing, then
    /// those where something isn't known, then the rest.
    pub matches: Vec<Match>,
}

/// Who a signed-in person is as an applicant.
pub(crate) fn holder(person: &Person) -> Option<Holder> {
    match &person.acting_for {
        Some(mandate) => Some(Holder::Enterprise(mandate.credit_code.clone())),
        None => person.account.profile.identity_number.clone().map(Holder::Person),
    }
}

fn served(holder: &Holder) -> Served {
    match holder {
        Holder::Person(_) => Served::NaturalPerson,
        Holder::Enterprise(_) => Served::Enterprise,
    }
}

/// Whether a policy is for such applicants; organisations of every kind are asked together.
fn serves(edition: &Edition, of: Of) -> bool {
    of.served_by(&edition.policy)
}

/// How a match is ordered: the better first, then by money.
fn rank(found: &Match) -> (u8, std::cmp::Reverse<i64>) {
    let place = match found.verdict {
        Verdict::Met => 0,
        _ if found.is_near_miss() => 1,
        Verdict::Unknown => 2,
        Verdict::NotMet => 3,
    };
    (place, std::cmp::Reverse(found.amount.map_or(0, |fen| fen.0)))
}

impl Platform {
    /// What is known of an applicant in a district: what it has on file, what the city has, the licences that hold, and
    /// what an identity number says. In the city's own portal, what every district has.
    pub async fn facts_known(&self, division: &Division, holder: &Holder) -> Result<Facts, StoreError> {
        let mut places = self.policy_places(division);
        if let Some(city) = self.city_division().filter(|city| !places.contains(city)) {
            places.push(city);
        }
        let mut facts = self.facts_by_themselves(holder).await?;
        for place in places {
            if let Some(file) = self.store().fact_file_get(&place, holder).await? {
                facts = facts.and(file.facts);
            }
        }
        Ok(facts)
    }

    /// What follows from the identity number and from licences, without anybody saying it.
    async fn facts_by_themselves(&self, holder: &Holder) -> Result<Facts, StoreError> {
        let mut facts = Facts::default();
        let now = self.now();
        let mut learn = |name: &str, value: FactValue, source: Text| {
            if let Ok(name) = FactName::parse(name) {
                let fact = Fact { value, source, as_of: now, declared: false };
                // A kind of licence that no policy speaks of is no word of the vocabulary.
                let _ = facts.learn(name, fact);
            }
        };
        match holder {
            Holder::Person(number) => {
                if let Some(day) = IdentityNumber::parse(number).ok().and_then(|number| number.birthday()) {
                    learn("person.birth-date", FactValue::Date(day), Text::new("身份证号码", "Identity number"));
                }
            }
            Holder::Enterprise(_) => {
                let Ok(licences) = FactName::parse("enterprise.licences") else { return Ok(facts) };
                let known = &licences.kind().options;
                let today = self.today();
                let mut held = std::collections::BTreeSet::new();
                for district in self.districts() {
                    for licence in self.store().licence_list_holder(&district.division, holder).await? {
                        if licence.left(today) >= 0 && known.iter().any(|one| one.name == licence.kind.as_str()) {
                            held.insert(licence.kind.to_string());
                        }
                    }
                }
                if !held.is_empty() {
                    learn("enterprise.licences", FactValue::Words(held), licences.kind().source.clone());
                }
            }
        }
        Ok(facts)
    }

    /// Every policy of a district and of the city held against what is known of whoever asks, and what plugins of the
    /// district add.
    pub async fn my_policies(&self, visit: &Visit, asker: &Asker) -> Result<MyPolicies, Denied> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let enterprise = person.acting_for.as_ref().map(|mandate| mandate.enterprise.clone());
        let Some(holder) = holder(person) else {
            return Ok(MyPolicies { enterprise, facts: Facts::default(), matches: Vec::new() });
        };
        let facts = self.facts_known(&visit.division, &holder).await?;
        let mut matches = self.policies_matched(&visit.division, served(&holder), &facts);
        matches.extend(self.plugin_policies(visit, asker).await);
        matches.sort_by_key(rank);
        Ok(MyPolicies { enterprise, facts, matches })
    }

    /// The same of facts alone, without plugins: every policy that serves such an applicant and can still be had.
    pub fn policies_matched(&self, division: &Division, kind: Served, facts: &Facts) -> Vec<Match> {
        let (today, names) = (self.today(), self.policy_names());
        let of = if kind == Served::NaturalPerson { Of::Person } else { Of::Enterprise };
        let serving = self.policies(division).into_iter().filter(|edition| serves(edition, of));
        let open = serving.filter(|edition| !edition.policy.is_over(today));
        open.map(|edition| edition.policy.matched(facts, today, &names)).collect()
    }

    /// What whoever asks says of themselves, in a district. What they meet by it is found at once.
    pub async fn fact_declare(
        &self,
        asker: &Asker,
        division: &Division,
        name: FactName,
        typed: &[String],
    ) -> Result<(), DeclareError> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let holder = holder(person).ok_or(DeclareError::NotYours)?;
        self.district(division).ok_or(Denied::NotFound)?;
        let kind = name.kind();
        if !kind.declarable || kind.served() != served(&holder) {
            return Err(DeclareError::NotYours);
        }
        let value = FactValue::read(name, typed)?;
        let source = match holder {
            Holder::Person(_) => Text::new("本人填报", "Own declaration"),
            Holder::Enterprise(_) => Text::new("企业填报", "The enterprise's declaration"),
        };
        let now = self.now();
        // A register's word is not overwritten by one's own.
        let known = self.store().fact_file_get(division, &holder).await.map_err(Denied::from)?;
        if known.is_some_and(|file| file.facts.get(name).is_some_and(|fact| !fact.declared)) {
            return Err(DeclareError::NotYours);
        }
        let fact = Fact { value, source, as_of: now, declared: true };
        let learnt = self.store().fact_file_learn(division.clone(), holder, vec![(name, fact)], now).await;
        self.file_matched(&learnt.map_err(Denied::from)?).await.map_err(Denied::from)?;
        self.note(asker, division, "fact-declared", name.as_str(), "done").await;
        Ok(())
    }

    /// Takes back what whoever asks said of themselves.
    pub async fn fact_forget(&self, asker: &Asker, division: &Division, name: FactName) -> Result<(), Denied> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let holder = holder(person).ok_or(Denied::NotFound)?;
        self.district(division).ok_or(Denied::NotFound)?;
        let left = self.store().fact_file_forget(division.clone(), holder, name, self.now()).await?;
        if let Some(file) = left {
            self.file_matched(&file).await?;
            self.note(asker, division, "fact-taken-back", name.as_str(), "done").await;
        }
        Ok(())
    }

    /// Keeps what registers know of applicants in a district, beside what is known already, and finds what they meet.
    pub async fn facts_keep(&self, division: &Division, known: Vec<(Holder, Facts)>) -> Result<(), StoreError> {
        for (holder, facts) in known {
            let learnt: Vec<(FactName, Fact)> = facts.iter().map(|(name, fact)| (name, fact.clone())).collect();
            let file = self.store().fact_file_learn(division.clone(), holder, learnt, self.now()).await?;
            self.file_matched(&file).await?;
        }
        Ok(())
    }

    /// Finds again what holders of licences meet, by the licences that they have now.
    pub(crate) async fn licences_matched(&self, division: &Division, holders: &[Holder]) -> Result<(), StoreError> {
        let Ok(name) = FactName::parse("enterprise.licences") else { return Ok(()) };
        let mut seen = std::collections::BTreeSet::new();
        for holder in holders.iter().filter(|holder| matches!(holder, Holder::Enterprise(_))) {
            if !seen.insert(holder.name()) {
                continue;
            }
            let known = self.facts_by_themselves(holder).await?;
            if let Some(fact) = known.get(name) {
                let mut facts = Facts::default();
                let _ = facts.learn(name, fact.clone());
                self.facts_keep(division, vec![(holder.clone(), facts)]).await?;
            }
        }
        Ok(())
    }

    /// Notes what a file meets of its district's and the city's policies, in place of what it met before.
    pub(crate) async fn file_matched(&self, file: &FactFile) -> Result<(), StoreError> {
        let mut givers = vec![file.place.clone()];
        if let Some(city) = self.city_division().filter(|city| *city != file.place) {
            givers.push(city);
        }
        let facts = self.facts_by_themselves(&file.holder).await?.and(file.facts.clone());
        for giver in givers {
            let met = self.met_of(&self.policies_of(&giver), file, &facts, self.now());
            let place = file.place.clone();
            self.store().policy_match_set(giver, place, file.id.clone(), met).await?;
        }
        Ok(())
    }

    fn met_of(
        &self,
        editions: &[std::sync::Arc<Edition>],
        file: &FactFile,
        facts: &Facts,
        now: Timestamp,
    ) -> Vec<(Slug, Matched)> {
        let (today, of) = (self.today(), file.of());
        let serving = editions.iter().filter(|edition| serves(edition, of) && !edition.policy.is_over(today));
        let met = serving.filter(|edition| edition.policy.verdict(facts, today) == Verdict::Met);
        met.map(|edition| {
            let policy = &edition.policy;
            let matched = Matched {
                place: file.place.clone(),
                file: file.id.clone(),
                of,
                version: policy.version,
                amount: policy.amount_for(facts, today),
                found: now,
            };
            (policy.id.clone(), matched)
        })
        .collect()
    }
}
