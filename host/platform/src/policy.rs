//! Policies 惠企利民政策 (article 30): published lists, and those who write them.
//!
//! Invariant: what is published has passed the language's checker and the policy's own; a version never changes after.

use std::collections::BTreeMap;
use std::sync::Arc;

use lotus_domain::Slug;
use lotus_domain::access::{Deed, Place};
use lotus_domain::district::Division;
use lotus_domain::policy::{Edition, Names, Of, Policy, PolicyError, Position, Run, Tally, Withdrawal};
use lotus_store::StoreError;

use crate::asker::{Asker, Denied};
use crate::start::Platform;

/// Versions that a history shows at a time.
pub const HISTORY: u32 = 20;
/// Characters of the reason of a withdrawal at most.
const LONGEST_REASON: usize = 500;

/// Why a policy is not published or withdrawn.
#[derive(Debug, thiserror::Error)]
pub enum PublishPolicyError {
    /// It isn't theirs to do, or can't be done now.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Something is wrong with it.
    #[error(transparent)]
    Wrong(#[from] PolicyError),
    /// Somebody else published a version meanwhile; the newest.
    #[error("version {0} was published meanwhile")]
    Conflict(u32),
    /// A withdrawal without a reason, or with one over 500 characters.
    #[error("a reason of 1 to 500 characters is needed")]
    Reason,
}

impl From<StoreError> for PublishPolicyError {
    fn from(error: StoreError) -> Self {
        Self::Denied(error.into())
    }
}

impl Platform {
    /// What districts are called, for conditions in words.
    pub fn policy_names(&self) -> Names {
        let named = |district: &Arc<lotus_domain::district::District>| {
            (district.division.as_str().to_owned(), district.name.clone())
        };
        Names { districts: self.city().districts.iter().map(named).collect::<BTreeMap<_, _>>() }
    }

    /// The policies that hold in a district today: its own, then the city's, each by id.
    pub fn policies(&self, division: &Division) -> Vec<Arc<Edition>> {
        self.city().policies(division).cloned().collect()
    }

    /// A district's own policies that hold today.
    pub fn policies_of(&self, division: &Division) -> Vec<Arc<Edition>> {
        self.city().tenant(division).map(|tenant| tenant.policies.clone()).unwrap_or_default()
    }

    /// The policy of this id that holds in a district today: its own, else the city's.
    pub fn policy(&self, division: &Division, id: &str) -> Option<Arc<Edition>> {
        self.policies(division).into_iter().find(|edition| edition.policy.id.as_str() == id)
    }

    /// One version of a district's policy, whatever became of it since: what a claim keeps to.
    pub async fn policy_get(
        &self,
        division: &Division,
        id: &Slug,
        version: u32,
    ) -> Result<Option<Edition>, StoreError> {
        self.store().policy_get(division, id, version).await
    }

    /// The versions of a district's own policy, the newest first, before one.
    pub async fn policy_history(
        &self,
        division: &Division,
        id: &Slug,
        before: Option<u32>,
    ) -> Result<Vec<Edition>, StoreError> {
        self.store().policy_history(division, id, before, HISTORY).await
    }

    /// Whether somebody may edit policies of a district at all.
    pub async fn policy_desk(&self, asker: &Asker, division: &Division) -> Result<(), Denied> {
        if self.may_within(asker, Deed::EditPolicies, division) {
            return Ok(());
        }
        self.allow(asker, Deed::EditPolicies, Place { division, department: None }, "policies").await
    }

    /// Whether they may edit this department's.
    pub fn may_edit_policy(&self, asker: &Asker, division: &Division, department: &str) -> bool {
        self.may(asker, Deed::EditPolicies, Place { division, department: Some(department) })
    }

    /// Publishes the next version of a policy after the one that its editor saw; its number. Everybody is matched with it
    /// in the background.
    pub async fn policy_publish(
        &self,
        asker: &Asker,
        mut policy: Policy,
        seen: Option<u32>,
    ) -> Result<u32, PublishPolicyError> {
        let division = policy.division.clone();
        let place = Place { division: &division, department: Some(&policy.department.zh) };
        self.allow(asker, Deed::EditPolicies, place, policy.id.as_str()).await?;
        let newest = self.store().policy_history(&division, &policy.id, None, 1).await?;
        if let Some(newest) = newest.first() {
            // What was another department's is not taken from it.
            let place = Place { division: &division, department: Some(&newest.policy.department.zh) };
            self.allow(asker, Deed::EditPolicies, place, policy.id.as_str()).await?;
        }
        let there = newest.first().map(|edition| edition.policy.version);
        if there != seen {
            return Err(PublishPolicyError::Conflict(there.unwrap_or(0)));
        }
        policy.version = there.map_or(1, |version| version.saturating_add(1));
        policy.check()?;
        let (version, id) = (policy.version, policy.id.clone());
        let by = asker.person().map(|person| person.account.id.clone());
        let edition = Edition { policy, published: self.now(), by, withdrawn: None };
        let refused = self.store().policy_publish(division.clone(), vec![edition.clone()]).await?;
        if !refused.is_empty() {
            return Err(PublishPolicyError::Conflict(version));
        }
        self.note(asker, &division, "policy-published", &format!("{id} {version}"), "done").await;
        self.policy_runs_begin(&[edition]).await?;
        self.reload().await?;
        Ok(version)
    }

    /// Withdraws a policy: nobody is matched from then on, and claims that run keep their version.
    pub async fn policy_withdraw(
        &self,
        asker: &Asker,
        division: &Division,
        id: &Slug,
        reason: &str,
    ) -> Result<(), PublishPolicyError> {
        let newest = self.store().policy_history(division, id, None, 1).await?;
        let department = newest.first().map(|edition| edition.policy.department.zh.clone());
        let place = Place { division, department: department.as_deref() };
        self.allow(asker, Deed::EditPolicies, place, id.as_str()).await?;
        if newest.is_empty() {
            return Err(Denied::NotFound.into());
        }
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
            return Err(PublishPolicyError::Reason);
        }
        let by = asker.person().map(|person| person.account.id.clone()).ok_or(Denied::SignIn)?;
        let withdrawal = Withdrawal { at: self.now(), by, reason: reason.to_owned() };
        self.store().policy_withdraw(division.clone(), id.clone(), withdrawal).await?;
        self.note(asker, division, "policy-withdrawn", id.as_str(), "done").await;
        self.reload().await?;
        Ok(())
    }

    /// Keeps the city's own data: versions that are not there yet; how many policies were taken.
    pub async fn policy_seed(&self, policies: Vec<Policy>) -> Result<usize, PublishPolicyError> {
        let mut of: BTreeMap<Division, Vec<Edition>> = BTreeMap::new();
        let now = self.now();
        for policy in policies {
            policy.check()?;
            let edition = Edition { policy, published: now, by: None, withdrawn: None };
            of.entry(edition.policy.division.clone()).or_default().push(edition);
        }
        let mut taken = 0;
        for (division, editions) in of {
            let there = self.store().policy_list(&division, self.today()).await?;
            let known = |edition: &Edition| there.iter().any(|one| one.policy.id == edition.policy.id);
            let new: Vec<Edition> = editions.into_iter().filter(|edition| !known(edition)).collect();
            taken += new.len();
            self.store().policy_publish(division, new.clone()).await?;
            self.policy_runs_begin(&new).await?;
        }
        self.reload().await?;
        Ok(taken)
    }

    /// Begins to hold versions against everybody whom they may serve.
    pub(crate) async fn policy_runs_begin(&self, editions: &[Edition]) -> Result<(), StoreError> {
        let mut runs: BTreeMap<Division, Vec<Run>> = BTreeMap::new();
        let mut totals: BTreeMap<(Division, Of), u64> = BTreeMap::new();
        let now = self.now();
        for edition in editions {
            let policy = &edition.policy;
            let places = self.policy_places(&policy.division);
            let mut total = 0;
            for place in &places {
                for of in Of::ALL.into_iter().filter(|of| of.served_by(policy)) {
                    let key = (place.clone(), of);
                    if !totals.contains_key(&key) {
                        totals.insert(key.clone(), self.store().fact_file_count(place, of).await?);
                    }
                    total += totals.get(&key).copied().unwrap_or_default();
                }
            }
            let position = places.into_iter().next().and_then(|place| {
                let of = Of::ALL.into_iter().find(|of| of.served_by(policy))?;
                Some(Position { place, of, after: String::new() })
            });
            runs.entry(policy.division.clone()).or_default().push(Run {
                division: policy.division.clone(),
                policy: policy.id.clone(),
                version: policy.version,
                position,
                total,
                tally: Tally::default(),
                begun: now,
                moved: now,
            });
        }
        for (division, runs) in runs {
            self.store().policy_run_begin(division, runs).await?;
        }
        Ok(())
    }

    /// In which districts' files a district's policies look for people: its own; for the city's in all.
    pub(crate) fn policy_places(&self, division: &Division) -> Vec<Division> {
        if self.city_division().as_ref() == Some(division) {
            return self.districts().iter().map(|district| district.division.clone()).collect();
        }
        vec![division.clone()]
    }
}
