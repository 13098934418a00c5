//! Who asks, and whether they may: every use case that is not public begins here.
//!
//! Invariant: a denial tells nobody what is there. Whoever has no role in a district is told that there is nothing; who
//! has one, that it is not theirs to do. Every denial of somebody who is signed in stands in the audit chain.

use std::collections::BTreeSet;

use lotus_domain::access::{Access, Deed, Place, Reach, Role};
use lotus_domain::account::{Account, ApiToken, Mandate, Session};
use lotus_domain::audit::Done;
use lotus_domain::district::Division;
use lotus_store::StoreError;

use crate::start::Platform;

/// Somebody who asks something, and from where.
#[derive(Debug, Clone, PartialEq)]
pub struct Asker {
    /// Who it is.
    pub who: Who,
    /// The client's address.
    pub client: Option<String>,
}

/// Who somebody is.
#[derive(Debug, Clone, PartialEq)]
pub enum Who {
    /// Not signed in.
    Nobody,
    /// A person with a session.
    Person(Box<Person>),
    /// A machine with a token.
    Machine(Box<Machine>),
}

/// A person who is signed in.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Their account.
    pub account: Account,
    /// Their session.
    pub session: Session,
    /// What they may do: staff roles count only where the second factor was given.
    pub access: Access,
    /// The enterprise that they act for now.
    pub acting_for: Option<Mandate>,
    /// They hold staff roles that wait for their second factor.
    pub waits_for_second_factor: bool,
}

/// A program with a token.
#[derive(Debug, Clone, PartialEq)]
pub struct Machine {
    /// Its token.
    pub token: ApiToken,
    /// What whoever made the token may do now: a token never does more.
    pub access: Access,
}

impl Machine {
    /// Whether the token was made for this, there.
    fn is_for(&self, deed: Deed, division: &Division) -> bool {
        let reaches = self.token.division == *division || self.token.division == self.access.city;
        reaches && self.token.deeds.contains(&deed)
    }
}

/// Why something is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Nobody is signed in.
    #[error("please sign in")]
    SignIn,
    /// A second factor is wanted first.
    #[error("please give your second factor")]
    SecondFactor,
    /// There is nothing here for whoever asks.
    #[error("there is no such thing")]
    NotFound,
    /// It is not theirs to do.
    #[error("this is not yours to do")]
    Forbidden,
    /// The database is away.
    #[error("the database is away")]
    Unavailable,
}

impl From<StoreError> for Denied {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the database is away");
        Self::Unavailable
    }
}

impl Asker {
    /// Somebody who is not signed in.
    pub fn nobody(client: Option<String>) -> Self {
        Self { who: Who::Nobody, client }
    }

    /// The person, where it is one.
    pub fn person(&self) -> Option<&Person> {
        match &self.who {
            Who::Person(person) => Some(person),
            Who::Nobody | Who::Machine(_) => None,
        }
    }

    /// How the audit chain and a case's history name them.
    pub fn name(&self) -> Option<String> {
        match &self.who {
            Who::Nobody => None,
            Who::Person(person) => Some(person.account.id.to_string()),
            Who::Machine(machine) => Some(format!("token/{}", machine.token.label)),
        }
    }
}

impl Platform {
    /// Whether this may be done there now, without a word in the audit chain: for what a page offers.
    pub fn may(&self, asker: &Asker, deed: Deed, place: Place<'_>) -> bool {
        match &asker.who {
            Who::Nobody => false,
            Who::Person(person) => person.access.may(deed, place, self.now()),
            Who::Machine(machine) => {
                machine.is_for(deed, place.division) && machine.access.may(deed, place, self.now())
            }
        }
    }

    /// Lets this be done there, or says why not, which the audit chain keeps.
    pub async fn allow(&self, asker: &Asker, deed: Deed, place: Place<'_>, subject: &str) -> Result<(), Denied> {
        if self.may(asker, deed, place) {
            return Ok(());
        }
        let denied = match &asker.who {
            Who::Nobody => return Err(Denied::SignIn),
            Who::Person(person) if person.waits_for_second_factor => return Err(Denied::SecondFactor),
            Who::Person(person) if self.has_role_in(person, place.division) => Denied::Forbidden,
            Who::Machine(machine) if machine.token.division == *place.division => Denied::Forbidden,
            Who::Person(_) | Who::Machine(_) => Denied::NotFound,
        };
        self.note(asker, place.division, "refused", &format!("{} {subject}", deed.name()), &denied.to_string()).await;
        Err(denied)
    }

    /// Whether somebody has any staff role that reaches a district.
    fn has_role_in(&self, person: &Person, division: &Division) -> bool {
        let now = self.now();
        person.access.held.iter().any(|held| {
            let reaches = match held.role.reach() {
                Reach::Own => false,
                Reach::Department | Reach::District => held.division == *division,
                Reach::City => held.division == person.access.city || held.division == *division,
            };
            reaches && held.until.is_none_or(|until| now < until)
        })
    }

    /// The roles by which somebody may do this there now.
    pub(crate) fn roles_for(&self, asker: &Asker, deed: Deed, place: Place<'_>) -> Vec<Role> {
        match &asker.who {
            Who::Nobody => Vec::new(),
            Who::Person(person) => person.access.roles_for(deed, place, self.now()).collect(),
            Who::Machine(machine) if !machine.is_for(deed, place.division) => Vec::new(),
            Who::Machine(machine) => machine.access.roles_for(deed, place, self.now()).collect(),
        }
    }

    /// Whether this may be done in some department of a district now, without a word in the audit chain.
    pub fn may_within(&self, asker: &Asker, deed: Deed, division: &Division) -> bool {
        self.departments_for(asker, deed, division).is_none_or(|departments| !departments.is_empty())
    }

    /// The departments of a district in which the asker may do this; none is the whole district.
    pub(crate) fn departments_for(&self, asker: &Asker, deed: Deed, division: &Division) -> Option<BTreeSet<String>> {
        match &asker.who {
            Who::Nobody => Some(BTreeSet::new()),
            Who::Person(person) => person.access.departments(deed, division, self.now()),
            Who::Machine(machine) if !machine.is_for(deed, division) => Some(BTreeSet::new()),
            Who::Machine(machine) => machine.access.departments(deed, division, self.now()),
        }
    }

    /// Lets this be done in a district, in the departments that are answered; none is the whole district.
    pub(crate) async fn allow_within(
        &self,
        asker: &Asker,
        deed: Deed,
        division: &Division,
        subject: &str,
    ) -> Result<Option<BTreeSet<String>>, Denied> {
        let departments = self.departments_for(asker, deed, division);
        let department = departments.as_ref().and_then(|departments| departments.first().map(String::as_str));
        self.allow(asker, deed, Place { division, department }, subject).await?;
        Ok(departments)
    }

    /// Writes into the audit chain. Where the chain can't be written, the log says so loudly; what was done stands.
    pub(crate) async fn note(&self, asker: &Asker, division: &Division, action: &str, subject: &str, outcome: &str) {
        let done = Done {
            at: self.now(),
            actor: asker.name(),
            action: action.to_owned(),
            subject: subject.to_owned(),
            outcome: outcome.to_owned(),
            client: asker.client.clone(),
        };
        if let Err(error) = self.store().audit_append(division.clone(), done).await {
            tracing::error!(%error, %division, action, subject, outcome, "the audit chain can't be written");
        }
    }

    /// The city's own division, where people sign in.
    pub(crate) fn city_division(&self) -> Option<Division> {
        let city = self.city();
        city.districts.iter().find(|district| district.is_city).map(|district| district.division.clone())
    }
}
