//! Signing in and out: accounts, sessions, and the enterprise that one acts for.

use lotus_domain::access::{Access, Deed, Held, Place, Role};
use lotus_domain::account::{Account, AccountId, LONGEST, Mandate, Profile, Session};
use lotus_domain::audit::Done;
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use lotus_domain::text::Text;

use crate::asker::{Asker, Denied, Person, Who};
use crate::start::Platform;
use crate::token::to_hex;

/// A session is noted as used at most this often, in milliseconds: reading must not write every time.
const SEEN_GRAIN: i64 = 60_000;
/// Longest name of a browser that is kept.
const AGENT: usize = 200;

/// What stands in a cookie: 32 random bytes. Only its hash is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionSecret(String);

impl std::fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionSecret(…)")
    }
}

impl SessionSecret {
    pub(crate) fn random() -> Self {
        Self(to_hex(&rand::random::<[u8; 32]>()))
    }

    /// As a cookie brings it; what is none is nobody's.
    pub fn parse(text: &str) -> Option<Self> {
        let shape = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        shape.then(|| Self(text.to_owned()))
    }

    /// As a cookie takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What tells one session from another without being its secret: for counting.
    pub fn key(&self) -> [u8; 32] {
        self.hash().0
    }

    pub(crate) fn hash(&self) -> Hash {
        Hash::of(format!("lotus session\0{}", self.0).as_bytes())
    }
}

/// Somebody whom a provider has just vouched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    /// Which provider.
    pub provider: String,
    /// What the provider calls them.
    pub subject: String,
    /// Who they are.
    pub profile: Profile,
    /// For whom they may act.
    pub mandates: Vec<Mandate>,
    /// The provider has seen a second factor.
    pub strong: bool,
}

/// An account that anybody may choose, in a demonstration.
#[derive(Debug, Clone)]
pub struct ReadyAccount {
    /// Who it is.
    pub vouched: Vouched,
    /// What it shows.
    pub note: Text,
    /// The roles that it holds.
    pub roles: Vec<Held>,
}

impl Platform {
    /// The accounts that anybody may choose; none outside a demonstration.
    pub fn ready_accounts(&self) -> &[ReadyAccount] {
        &self.inner.ready_accounts
    }

    /// Begins a session with a ready account.
    pub async fn sign_in_ready(
        &self,
        subject: &str,
        before: Option<&SessionSecret>,
        agent: &str,
        client: Option<String>,
    ) -> Result<SessionSecret, Denied> {
        let ready = self.inner.ready_accounts.iter().find(|ready| ready.vouched.subject == subject);
        let ready = ready.ok_or(Denied::NotFound)?;
        let secret = self.sign_in(ready.vouched.clone(), before, agent, client).await?;
        let city = self.city_division().ok_or(Denied::Unavailable)?;
        let session = self.store().session_get(&city, &secret.hash()).await?.ok_or(Denied::Unavailable)?;
        let theirs = self.store().role_list_account(&session.account).await?;
        for held in ready.roles.iter().filter(|held| !theirs.contains(held)) {
            let (division, by) = (held.division.clone(), "demonstration".to_owned());
            self.store().role_give(division, session.account.clone(), held.clone(), by, self.now()).await?;
        }
        Ok(secret)
    }

    /// Begins a session for somebody whom a provider vouched for, in place of the one before.
    pub async fn sign_in(
        &self,
        vouched: Vouched,
        before: Option<&SessionSecret>,
        agent: &str,
        client: Option<String>,
    ) -> Result<SessionSecret, Denied> {
        let city = self.city_division().ok_or(Denied::Unavailable)?;
        let now = self.now();
        let new = Account {
            id: AccountId(to_hex(&rand::random::<[u8; 8]>())),
            provider: vouched.provider.clone(),
            profile: vouched.profile,
            created: now,
        };
        let account = self.store().account_put(city.clone(), new, vouched.subject.clone()).await?;
        self.store().mandate_put(city.clone(), account.clone(), vouched.mandates).await?;
        self.first_administrator(&city, &account, &vouched.provider, &vouched.subject).await?;
        let secret = self.session_begin(&city, &account, vouched.strong, before, agent).await?;
        let done = Done {
            at: now,
            actor: Some(account.0),
            action: "sign-in".to_owned(),
            subject: vouched.provider,
            outcome: if vouched.strong { "with a second factor" } else { "done" }.to_owned(),
            client,
        };
        self.store().audit_append(city, done).await?;
        Ok(secret)
    }

    async fn session_begin(
        &self,
        city: &Division,
        account: &AccountId,
        strong: bool,
        before: Option<&SessionSecret>,
        agent: &str,
    ) -> Result<SessionSecret, Denied> {
        let (now, secret) = (self.now(), SessionSecret::random());
        let ends = jiff::Timestamp::from_millisecond(now.as_millisecond() + LONGEST).unwrap_or(now);
        let session = Session {
            id: secret.hash(),
            account: account.clone(),
            created: now,
            seen: now,
            ends,
            strong,
            acting_for: None,
            agent: agent.chars().take(AGENT).collect(),
        };
        self.store().session_begin(city.clone(), session, before.map(SessionSecret::hash)).await?;
        Ok(secret)
    }

    /// The first security administrator comes from the configuration: without one nobody could give a role.
    async fn first_administrator(
        &self,
        city: &Division,
        account: &AccountId,
        provider: &str,
        subject: &str,
    ) -> Result<(), Denied> {
        let first = self.inner.first_administrator.as_ref();
        if first.is_none_or(|(by, who)| by != provider || who != subject) {
            return Ok(());
        }
        let roles = self.store().role_list(city).await?;
        if roles.iter().any(|(_, held)| held.role == Role::SecurityAdministrator) {
            return Ok(());
        }
        let held = Held { role: Role::SecurityAdministrator, division: city.clone(), department: None, until: None };
        self.store().role_give(city.clone(), account.clone(), held, "configuration".to_owned(), self.now()).await?;
        let asker = Asker::nobody(None);
        self.note(&asker, city, "role-given", &format!("{account} security-administrator"), "by the configuration")
            .await;
        Ok(())
    }

    /// Whoever holds this secret, with all that they may do now.
    pub async fn asker(&self, secret: Option<&SessionSecret>, client: Option<String>) -> Result<Asker, Denied> {
        let Some((secret, city)) = secret.zip(self.city_division()) else { return Ok(Asker::nobody(client)) };
        let now = self.now();
        let Some(mut session) = self.store().session_get(&city, &secret.hash()).await? else {
            return Ok(Asker::nobody(client));
        };
        if !session.holds(now) {
            self.store().session_end(city, session.id).await?;
            return Ok(Asker::nobody(client));
        }
        if now.as_millisecond() - session.seen.as_millisecond() > SEEN_GRAIN {
            self.store().session_seen(city.clone(), session.id, now).await?;
            session.seen = now;
        }
        let Some(account) = self.store().account_get(&city, &session.account).await? else {
            return Ok(Asker::nobody(client));
        };
        let staff = self.store().role_list_account(&account.id).await?;
        let waits_for_second_factor = !staff.is_empty() && !session.strong;
        let mandates = self.store().mandate_list(&city, &account.id).await?;
        let acting_for = session
            .acting_for
            .as_ref()
            .and_then(|code| mandates.into_iter().find(|mandate| mandate.credit_code == *code && mandate.holds(now)));
        let own = |role| Held { role, division: city.clone(), department: None, until: None };
        let mut held = vec![own(Role::Citizen)];
        held.extend(acting_for.is_some().then(|| own(Role::EnterpriseAgent)));
        held.extend(staff.into_iter().filter(|_| session.strong));
        let access = Access { held, city };
        let person = Person { account, session, access, acting_for, waits_for_second_factor };
        Ok(Asker { who: Who::Person(Box::new(person)), client })
    }

    /// Ends the asker's own session.
    pub async fn sign_out(&self, asker: &Asker) -> Result<(), Denied> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let city = person.access.city.clone();
        self.store().session_end(city.clone(), person.session.id).await?;
        self.note(asker, &city, "sign-out", &person.account.id.to_string(), "done").await;
        Ok(())
    }

    /// The asker's own sessions, the last used first.
    pub async fn sessions(&self, asker: &Asker) -> Result<Vec<Session>, Denied> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        Ok(self.store().session_list(&person.access.city, &person.account.id).await?)
    }

    /// Ends one of the asker's own sessions, named by its public id.
    pub async fn session_end(&self, asker: &Asker, id: &str) -> Result<(), Denied> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let city = person.access.city.clone();
        let sessions = self.store().session_list(&city, &person.account.id).await?;
        let session = sessions.iter().find(|session| session_name(session) == id).ok_or(Denied::NotFound)?;
        self.store().session_end(city.clone(), session.id).await?;
        self.note(asker, &city, "session-ended", id, "done").await;
        Ok(())
    }

    /// Ends every session of an account, as whoever looks after security may; how many there were.
    pub async fn sessions_end_of(
        &self,
        asker: &Asker,
        division: &Division,
        account: &AccountId,
    ) -> Result<u64, Denied> {
        self.allow(asker, Deed::EndSessions, Place { division, department: None }, &account.0).await?;
        let city = self.city_division().ok_or(Denied::Unavailable)?;
        let ended = self.store().session_end_all(city.clone(), account.clone()).await?;
        self.note(asker, &city, "sessions-ended", &account.0, &ended.to_string()).await;
        Ok(ended)
    }

    /// The mandates by which the asker may act now.
    pub async fn mandates(&self, asker: &Asker) -> Result<Vec<Mandate>, Denied> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let mandates = self.store().mandate_list(&person.access.city, &person.account.id).await?;
        let now = self.now();
        Ok(mandates.into_iter().filter(|mandate| mandate.holds(now)).collect())
    }

    /// Acts for an enterprise from now on, or for oneself again.
    pub async fn act_for(&self, asker: &Asker, credit_code: Option<&str>) -> Result<(), Denied> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let city = person.access.city.clone();
        if let Some(code) = credit_code {
            let known = self.mandates(asker).await?.iter().any(|mandate| mandate.credit_code == code);
            if !known {
                self.note(asker, &city, "refused", "act-for", "no such mandate").await;
                return Err(Denied::NotFound);
            }
        }
        self.store().session_act_for(city.clone(), person.session.id, credit_code.map(ToOwned::to_owned)).await?;
        self.note(asker, &city, "act-for", credit_code.unwrap_or("oneself"), "done").await;
        Ok(())
    }

    /// A new secret for the asker's session, now that the second factor was given.
    pub(crate) async fn session_strengthen(
        &self,
        person: &Person,
        before: &SessionSecret,
    ) -> Result<SessionSecret, Denied> {
        let agent = &person.session.agent;
        self.session_begin(&person.access.city, &person.account.id, true, Some(before), agent).await
    }
}

/// What a session is called on its owner's page: the beginning of its hash, which tells nothing of its secret.
pub fn session_name(session: &Session) -> String {
    session.id.to_string().chars().take(16).collect()
}
