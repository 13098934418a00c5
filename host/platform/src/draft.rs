//! Drafts 草稿: saved while one types, found again on one's own page and on the form, gone once submitted.
//!
//! A draft belongs to an account, or, for somebody who is not signed in, to a random secret in their browser. A form that
//! was shown to somebody who was signed in carries a *claim*: signed, it says whose draft it is, so that a session that
//! ended meanwhile costs nothing of what was typed, and nobody else's page shows it.

use jiff::Timestamp;
use lotus_domain::account::AccountId;
use lotus_domain::case::CaseNumber;
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use lotus_domain::draft::{Draft, DraftBody};
use lotus_domain::form::Typed;
use lotus_domain::material::{Holder, MaterialId};
use lotus_domain::setting::{Dated, Setting, value_on};
use lotus_domain::text::Text;
use lotus_store::StoreError;

use crate::asker::{Asker, Denied};
use crate::start::Platform;
use crate::token::to_hex;

/// How long a claim holds: as long as a form may lie open.
const CLAIM_MILLISECONDS: i64 = 24 * 60 * 60 * 1000;

/// What a browser without an account is known by, for its drafts alone. Only its hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct BrowserSecret(String);

impl std::fmt::Debug for BrowserSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BrowserSecret(…)")
    }
}

impl BrowserSecret {
    /// A new one.
    pub fn random() -> Self {
        Self(to_hex(&rand::random::<[u8; 32]>()))
    }

    /// As a cookie brings it.
    pub fn parse(text: &str) -> Option<Self> {
        let shape = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        shape.then(|| Self(text.to_owned()))
    }

    /// As a cookie takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self) -> Hash {
        Hash::of(format!("lotus browser\0{}", self.0).as_bytes())
    }
}

impl Platform {
    /// A setting of the city's as it is today.
    pub async fn setting(&self, setting: Setting) -> Result<i64, StoreError> {
        let Some(city) = self.city_division() else { return Ok(setting.default()) };
        Ok(value_on(&self.store().setting_list(&city).await?, setting, self.today()))
    }

    /// Changes a setting from a day on.
    pub async fn setting_put(&self, dated: Dated) -> Result<(), StoreError> {
        match self.city_division() {
            Some(city) => {
                self.store().setting_put(city, dated).await?;
                self.reload().await
            }
            None => Err(StoreError::Unavailable("there is no city yet".to_owned())),
        }
    }

    /// Saves what was typed into a form; an empty form is no draft.
    pub async fn draft_save(
        &self,
        division: &Division,
        holder: Holder,
        subject: &str,
        title: Option<Text>,
        typed: Typed,
    ) -> Result<(), Denied> {
        let before = self.store().draft_get(division, &holder, subject).await?;
        let materials = before.map(|draft| draft.body.materials).unwrap_or_default();
        let body = DraftBody { materials, ..DraftBody::of(title, typed) };
        self.draft_keep(division, holder, subject, body).await
    }

    async fn draft_keep(
        &self,
        division: &Division,
        holder: Holder,
        subject: &str,
        body: DraftBody,
    ) -> Result<(), Denied> {
        if body.is_empty() {
            self.store().draft_remove(division.clone(), holder, subject.to_owned()).await?;
            return Ok(());
        }
        let draft = Draft { holder, subject: subject.to_owned(), body, saved: self.now() };
        Ok(self.store().draft_put(division.clone(), draft).await?)
    }

    /// Puts a material with a draft, or takes it away again.
    pub async fn draft_material(
        &self,
        division: &Division,
        holder: Holder,
        subject: &str,
        title: Option<Text>,
        id: &MaterialId,
        is_with_it: bool,
    ) -> Result<(), Denied> {
        let drawer = self.drawer_of(&holder, division);
        let before = self.store().draft_get(division, &holder, subject).await?;
        let mut body = before.map(|draft| draft.body).unwrap_or_default();
        body.title = body.title.or(title);
        body.materials.retain(|(_, known)| known != id);
        if is_with_it {
            body.materials.push((drawer, id.clone()));
        }
        self.draft_keep(division, holder, subject, body).await
    }

    /// The draft of a form: one's own, else the browser's.
    pub async fn draft(
        &self,
        division: &Division,
        asker: &Asker,
        browser: Option<&BrowserSecret>,
        subject: &str,
    ) -> Result<Option<Draft>, Denied> {
        for holder in holders(asker, browser) {
            if let Some(draft) = self.store().draft_get(division, &holder, subject).await? {
                return Ok(Some(draft));
            }
        }
        Ok(None)
    }

    /// All drafts of whoever asks, newest first, with their districts.
    pub async fn my_drafts(
        &self,
        asker: &Asker,
        browser: Option<&BrowserSecret>,
    ) -> Result<Vec<(Division, Draft)>, Denied> {
        let mut drafts = Vec::new();
        for district in self.districts() {
            for holder in holders(asker, browser) {
                let found = self.store().draft_list(&district.division, &holder).await?;
                drafts.extend(found.into_iter().map(|draft| (district.division.clone(), draft)));
            }
        }
        drafts.sort_by_key(|(_, draft)| std::cmp::Reverse(draft.saved));
        Ok(drafts)
    }

    /// Throws a form's drafts away.
    pub async fn draft_discard(
        &self,
        division: &Division,
        asker: &Asker,
        browser: Option<&BrowserSecret>,
        subject: &str,
    ) -> Result<(), Denied> {
        for holder in holders(asker, browser) {
            self.tutoring_end_with(asker, division, &holder, subject).await?;
            self.store().draft_remove(division.clone(), holder, subject.to_owned()).await?;
        }
        Ok(())
    }

    /// A form was submitted: what belongs with it goes to the case where one was opened, and the draft is gone.
    pub async fn draft_submitted(
        &self,
        division: &Division,
        asker: &Asker,
        browser: Option<&BrowserSecret>,
        subject: &str,
        case: Option<&CaseNumber>,
    ) -> Result<(), Denied> {
        let materials = self.draft(division, asker, browser, subject).await?.map(|draft| draft.body.materials);
        for (drawer, id) in materials.unwrap_or_default() {
            if let Some(number) = case {
                self.material_attach(division, number, &drawer, &id, asker.name()).await?;
            }
        }
        self.draft_discard(division, asker, browser, subject).await
    }

    /// What a form that is shown to somebody who is signed in carries.
    pub fn draft_claim(&self, asker: &Asker) -> Option<String> {
        let account = &asker.person()?.account.id;
        Some(self.claim(account, self.now().as_millisecond()))
    }

    fn claim(&self, account: &AccountId, at: i64) -> String {
        let signature = self.inner.key.sign("draft", format!("{account}\0{at}").as_bytes());
        format!("{account}.{at}.{}", to_hex(&signature))
    }

    /// Whose form this was, where the claim is ours and not too old.
    pub fn draft_claimed(&self, claim: &str) -> Option<Holder> {
        let mut parts = claim.splitn(3, '.');
        let (account, at) = (AccountId(parts.next()?.to_owned()), parts.next()?.parse().ok()?);
        let same = Hash::of(self.claim(&account, at).as_bytes()).same(&Hash::of(claim.as_bytes()));
        let age = self.now().as_millisecond().saturating_sub(at);
        (same && (0..=CLAIM_MILLISECONDS).contains(&age)).then_some(Holder::Account(account))
    }

    /// The moment so many days ago.
    pub(crate) fn days_ago(&self, days: i64) -> Timestamp {
        let now = self.now();
        let before = now.as_millisecond().saturating_sub(days.saturating_mul(24 * 60 * 60 * 1000));
        Timestamp::from_millisecond(before).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// Whose drafts whoever asks sees: their own first, then their browser's.
fn holders(asker: &Asker, browser: Option<&BrowserSecret>) -> Vec<Holder> {
    let own = asker.person().map(|person| Holder::Account(person.account.id.clone()));
    own.into_iter().chain(browser.map(|secret| Holder::Browser(secret.hash()))).collect()
}
