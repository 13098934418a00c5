//! Roles: who holds which, given and taken by those whose they are to give.

use lotus_domain::access::{Deed, GrantError, Held, Place, Role};
use lotus_domain::account::AccountId;
use lotus_domain::district::Division;

use crate::asker::{Asker, Denied};
use crate::start::Platform;

/// Somebody who holds a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Which account.
    pub account: AccountId,
    /// Its name, masked.
    pub name: String,
    /// The role.
    pub held: Held,
}

/// Why a role is not given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    /// Not theirs to do.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The rules forbid it.
    #[error(transparent)]
    Rule(#[from] GrantError),
    /// There is no such account.
    #[error("there is no such account; people have one once they have signed in")]
    NoAccount,
}

impl Platform {
    /// Who holds which role in a district.
    pub async fn roles(&self, asker: &Asker, division: &Division) -> Result<Vec<Holder>, Denied> {
        self.allow(asker, Deed::SeeRoles, Place { division, department: None }, "roles").await?;
        let city = self.city_division().ok_or(Denied::Unavailable)?;
        let mut holders = Vec::new();
        for (account, held) in self.store().role_list(division).await? {
            let known = self.store().account_get(&city, &account).await?;
            let name = known.map(|known| known.profile.masked_name()).unwrap_or_default();
            holders.push(Holder { account, name, held });
        }
        Ok(holders)
    }

    /// Gives a role, for a time or until it is taken.
    pub async fn role_give(&self, asker: &Asker, account: &AccountId, held: Held) -> Result<(), RoleError> {
        let place = Place { division: &held.division, department: held.department.as_deref() };
        let subject = format!("{account} {}", held.role.name());
        self.allow(asker, Deed::ChangeRoles, place, &subject).await?;
        let giver = asker.person().ok_or(Denied::Forbidden)?;
        let city = giver.access.city.clone();
        if self.store().account_get(&city, account).await.map_err(Denied::from)?.is_none() {
            return Err(RoleError::NoAccount);
        }
        let theirs = self.store().role_list_account(account).await.map_err(Denied::from)?;
        if let Err(error) = giver.access.may_give(&held, &theirs, self.now()) {
            self.note(asker, &held.division, "refused", &format!("change-roles {subject}"), &error.to_string()).await;
            return Err(error.into());
        }
        let (division, by) = (held.division.clone(), asker.name().unwrap_or_default());
        self.store().role_give(division.clone(), account.clone(), held, by, self.now()).await.map_err(Denied::from)?;
        self.note(asker, &division, "role-given", &subject, "done").await;
        Ok(())
    }

    /// Takes a role; whether it was held.
    pub async fn role_take(
        &self,
        asker: &Asker,
        division: &Division,
        account: &AccountId,
        role: Role,
        department: Option<&str>,
    ) -> Result<bool, RoleError> {
        let place = Place { division, department };
        let subject = format!("{account} {}", role.name());
        self.allow(asker, Deed::ChangeRoles, place, &subject).await?;
        let gives = self.roles_for(asker, Deed::ChangeRoles, place).iter().any(|own| own.gives().contains(&role));
        if !gives {
            self.note(asker, division, "refused", &format!("change-roles {subject}"), "not theirs to take").await;
            return Err(GrantError::NotYours.into());
        }
        let department = department.map(ToOwned::to_owned);
        let taken = self.store().role_take(division.clone(), account.clone(), role, department).await;
        let taken = taken.map_err(Denied::from)?;
        self.note(asker, division, "role-taken", &subject, if taken { "done" } else { "was not held" }).await;
        Ok(taken)
    }
}
