//! Who may do what with one case: by a role where the case is, or because it is in their hands.
//!
//! Invariant: a case is shown and moved through [`Platform::allow_case`] and [`Platform::parties_to`] alone. Whom an
//! application's applicant gave a mandate reads it while the mandate holds, and never moves it.

use lotus_domain::access::{Deed, Hand, Place, Role};
use lotus_domain::assistance::holds;
use lotus_domain::case::Case;
use lotus_domain::kind;

use crate::asker::{Asker, Denied};
use crate::start::Platform;

/// Where a case is.
fn place(case: &Case) -> Place<'_> {
    Place { division: &case.division, department: Some(case.subject.department()) }
}

impl Platform {
    /// How a case is in the asker's hands, if it is.
    async fn hand(&self, asker: &Asker, case: &Case) -> Result<Option<Hand>, Denied> {
        let Some(person) = asker.person() else { return Ok(None) };
        let own = Some(&person.account.id);
        if case.assigned.as_ref() == own {
            return Ok(Some(Hand::Assigned));
        }
        // Nobody who has nothing to win by it makes us look.
        let may = person.access.roles_in_hand(Deed::SeeCase, Hand::Helping, place(case), self.now()).next().is_some();
        if !may {
            return Ok(None);
        }
        let beside = self.store().case_list_parts(&case.division, &case.number).await?;
        let helps = beside.iter().any(|part| part.assigned.as_ref() == own && holds(part));
        Ok(helps.then_some(Hand::Helping))
    }

    /// The roles by which the asker may do this with a case.
    async fn roles_with(&self, asker: &Asker, deed: Deed, case: &Case) -> Result<Vec<Role>, Denied> {
        let place = place(case);
        if deed == Deed::MoveCase && self.is_kept_out(asker, case).await? {
            return Ok(Vec::new());
        }
        let mut roles = self.roles_for(asker, deed, place);
        if let (Some(person), Some(hand)) = (asker.person(), self.hand(asker, case).await?) {
            roles.extend(person.access.roles_in_hand(deed, hand, place, self.now()));
        }
        Ok(roles)
    }

    /// Whether a case is the asker's to see, without a word in the audit chain.
    pub(crate) async fn sees_case(&self, asker: &Asker, case: &Case) -> Result<bool, Denied> {
        Ok(!self.roles_with(asker, Deed::SeeCase, case).await?.is_empty())
    }

    /// Lets this be done with a case, or says why not, which the audit chain keeps.
    pub(crate) async fn allow_case(&self, asker: &Asker, deed: Deed, case: &Case) -> Result<(), Denied> {
        if deed == Deed::MoveCase && self.is_kept_out(asker, case).await? {
            self.note(asker, &case.division, "refused", case.number.as_str(), "it is about them").await;
            return Err(Denied::Forbidden);
        }
        if self.roles_with(asker, deed, case).await?.is_empty() {
            return self.allow(asker, deed, place(case), case.number.as_str()).await;
        }
        Ok(())
    }

    /// As which parties to a case the asker may move it.
    pub(crate) async fn parties_to(&self, asker: &Asker, case: &Case) -> Result<Vec<kind::Role>, Denied> {
        let roles = self.roles_with(asker, Deed::MoveCase, case).await?;
        Ok(roles.into_iter().filter_map(Role::party).collect())
    }
}
