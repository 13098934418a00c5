//! Online tutoring 在线辅导 (article 27): the applicant opens the draft to one helper by a code; both see what is saved and
//! what is said; the helper points and says.
//!
//! Invariant: whatever a helper does here ends in a remark. There is no use case by which a helper writes a draft, and
//! each look that shows a draft to a helper begins with the session: open, and theirs.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use lotus_domain::access::Deed;
use lotus_domain::catalog::DistrictItem;
use lotus_domain::district::Division;
use lotus_domain::form::{Field, FieldKind, Form};
use lotus_domain::item_form::Known;
use lotus_domain::material::Holder;
use lotus_domain::text::Text;
use lotus_domain::tutoring::{Code, LONGEST, MOST_SAID, Party, Remark, Session, shown};
use lotus_store::StoreError;

use crate::asker::{Asker, Denied};
use crate::start::Platform;
use crate::token::to_hex;

/// Codes that are tried for one session: that so many are taken at once does not happen.
const TRIES: u32 = 5;
/// Most remarks of a session.
const MOST_REMARKS: usize = 300;
/// Sessions that are closed at a time.
const TURN: u32 = 100;

/// Why a session does not begin, or a remark is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TutorError {
    /// Not theirs.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No open session has this code, or another helper has it.
    #[error("no open session has this code")]
    NoSession,
    /// It has ended.
    #[error("the session has ended")]
    Over,
    /// Nothing to take: an unknown field and no words, or too much.
    #[error("a remark is about a field of the form, or has words, and no more than {MOST_SAID} characters")]
    NoRemark,
}

impl From<StoreError> for TutorError {
    fn from(error: StoreError) -> Self {
        Self::Denied(error.into())
    }
}

/// A field as a helper sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Its name.
    pub name: String,
    /// What stands above it.
    pub label: Text,
    /// What was typed or chosen, in words, identity numbers masked.
    pub values: Vec<Text>,
}

/// A session as one of its parties sees it. Two that are the same show the same page.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// It.
    pub session: Session,
    /// The item whose form it is.
    pub item: Arc<DistrictItem>,
    /// Its fields; with what was saved, for the helper alone.
    pub fields: Vec<Look>,
    /// When the draft was saved last.
    pub saved: Option<Timestamp>,
    /// What was said, in order.
    pub remarks: Vec<Remark>,
    /// Who helps.
    pub helper: Option<String>,
    /// It goes on.
    pub is_open: bool,
}

impl Platform {
    /// Opens the draft of an item's form to a helper: the code to read to them. One that is open already is ended first,
    /// since its code is not known any more.
    pub async fn tutoring_begin(
        &self,
        asker: &Asker,
        division: &Division,
        item: &DistrictItem,
        holder: Holder,
    ) -> Result<Code, TutorError> {
        let subject = format!("items/{}", item.item.code);
        if let Some(before) = self.store().tutoring_of(division, &holder, &subject).await? {
            self.tutoring_over(asker, division, before.id, "begun-anew").await?;
        }
        for _ in 0..TRIES {
            let (id, code) = (to_hex(&rand::random::<[u8; 16]>()), Code::new(rand::random()));
            let started = self.now();
            let session = Session {
                id: id.clone(),
                code: code.hash(),
                holder: holder.clone(),
                subject: subject.clone(),
                started,
                ends: started.checked_add(LONGEST).unwrap_or(started),
                helper: None,
                ended: None,
            };
            if self.store().tutoring_begin(division.clone(), session).await? {
                self.note(asker, division, "tutoring-begun", &id, &subject).await;
                return Ok(code);
            }
        }
        Err(Denied::Unavailable.into())
    }

    async fn tutoring_over(&self, asker: &Asker, division: &Division, id: String, why: &str) -> Result<(), StoreError> {
        if self.store().tutoring_end(division.clone(), id.clone(), self.now()).await? {
            self.note(asker, division, "tutoring-ended", &id, why).await;
        }
        Ok(())
    }

    /// The applicant's session about an item, open or over; none where there never was one.
    pub async fn tutoring_mine(
        &self,
        division: &Division,
        item: &Arc<DistrictItem>,
        holder: &Holder,
    ) -> Result<Option<Heard>, TutorError> {
        let subject = format!("items/{}", item.item.code);
        match self.store().tutoring_of(division, holder, &subject).await? {
            Some(session) => {
                Ok(Some(self.tutoring_heard(division, session, Arc::clone(item), Party::Applicant).await?))
            }
            None => Ok(None),
        }
    }

    async fn tutoring_heard(
        &self,
        division: &Division,
        session: Session,
        item: Arc<DistrictItem>,
        party: Party,
    ) -> Result<Heard, TutorError> {
        let is_open = session.is_open(self.now());
        let form = item.item.form(Known::default());
        // The applicant has the form itself; a helper sees what is saved of it, and only while the session goes on.
        let draft = match party {
            Party::Helper if is_open => self.store().draft_get(division, &session.holder, &session.subject).await?,
            _ => None,
        };
        let fields = looks(&form, draft.as_ref().map(|draft| &draft.body.typed));
        let remarks = self.store().tutoring_said(division, &session.id).await?;
        let helper = self.name_of(session.helper.as_ref()).await?;
        Ok(Heard { fields, saved: draft.map(|draft| draft.saved), remarks, helper, is_open, item, session })
    }

    /// Lets a helper of the district into the session of a code.
    pub async fn tutoring_join(&self, asker: &Asker, division: &Division, code: &Code) -> Result<String, TutorError> {
        self.allow_within(asker, Deed::Help, division, "tutoring").await?;
        let helper = asker.person().ok_or(Denied::SignIn)?.account.id.clone();
        let joined = self.store().tutoring_join(division.clone(), code.hash(), helper, self.now()).await?;
        let outcome = joined.as_ref().map_or("no such code", |session| session.id.as_str());
        self.note(asker, division, "tutoring-joined", "tutoring", outcome).await;
        joined.map(|session| session.id).ok_or(TutorError::NoSession)
    }

    /// An open session that is the asking helper's own.
    async fn tutoring_own(&self, asker: &Asker, division: &Division, id: &str) -> Result<Session, TutorError> {
        self.allow_within(asker, Deed::Help, division, "tutoring").await?;
        let account = &asker.person().ok_or(Denied::SignIn)?.account.id;
        let session = self.store().tutoring_get(division, id).await?;
        let session = session.filter(|session| session.helper.as_ref() == Some(account));
        let session = session.ok_or(Denied::NotFound)?;
        if session.is_open(self.now()) { Ok(session) } else { Err(TutorError::Over) }
    }

    /// What a helper sees of their session; that they looked stands in the audit chain where it is their own page.
    pub async fn tutoring_seen(
        &self,
        asker: &Asker,
        division: &Division,
        id: &str,
        is_page: bool,
    ) -> Result<Heard, TutorError> {
        let session = self.tutoring_own(asker, division, id).await?;
        let item = session.item().and_then(|code| self.item(division, code)).ok_or(Denied::NotFound)?;
        if is_page {
            self.note(asker, division, "tutoring-seen", id, &session.subject).await;
        }
        self.tutoring_heard(division, session, item, Party::Helper).await
    }

    /// Says something in the helper's session, or points at a field.
    pub async fn tutoring_point(
        &self,
        asker: &Asker,
        division: &Division,
        id: &str,
        field: &str,
        words: &str,
    ) -> Result<(), TutorError> {
        let heard = self.tutoring_seen(asker, division, id, false).await?;
        self.tutoring_said(asker, division, &heard, Party::Helper, field, words).await
    }

    /// Answers as the applicant.
    pub async fn tutoring_answer(
        &self,
        asker: &Asker,
        division: &Division,
        heard: &Heard,
        field: &str,
        words: &str,
    ) -> Result<(), TutorError> {
        self.tutoring_said(asker, division, heard, Party::Applicant, field, words).await
    }

    async fn tutoring_said(
        &self,
        asker: &Asker,
        division: &Division,
        heard: &Heard,
        by: Party,
        field: &str,
        words: &str,
    ) -> Result<(), TutorError> {
        let words = words.trim();
        let known: BTreeSet<&str> = heard.fields.iter().map(|field| field.name.as_str()).collect();
        let about = known.contains(field).then(|| field.to_owned());
        let fits = words.chars().count() <= MOST_SAID && heard.remarks.len() < MOST_REMARKS;
        // A finger on a field says enough; whoever answers has words.
        if !fits || (words.is_empty() && (about.is_none() || by == Party::Applicant)) {
            return Err(TutorError::NoRemark);
        }
        let id = heard.session.id.clone();
        let remark = Remark { sequence: 0, at: self.now(), by, field: about, words: words.to_owned() };
        if !self.store().tutoring_say(division.clone(), id.clone(), remark).await? {
            return Err(TutorError::Over);
        }
        self.note(asker, division, "tutoring-said", &id, by.name()).await;
        Ok(())
    }

    /// Ends the applicant's session.
    pub async fn tutoring_end(&self, asker: &Asker, division: &Division, heard: &Heard) -> Result<(), TutorError> {
        Ok(self.tutoring_over(asker, division, heard.session.id.clone(), "by the applicant").await?)
    }

    /// Ends the session about a form that was submitted or thrown away.
    pub(crate) async fn tutoring_end_with(
        &self,
        asker: &Asker,
        division: &Division,
        holder: &Holder,
        subject: &str,
    ) -> Result<(), StoreError> {
        match self.store().tutoring_of(division, holder, subject).await? {
            Some(session) => self.tutoring_over(asker, division, session.id, "with its draft").await,
            None => Ok(()),
        }
    }

    /// Writes down the end of sessions that ran out, and removes what is older than drafts are kept.
    pub(crate) async fn tutoring_sweep(&self, division: &Division, before: Timestamp) -> Result<(), StoreError> {
        for session in self.store().tutoring_list_over(division, self.now(), TURN).await? {
            if self.store().tutoring_end(division.clone(), session.id.clone(), session.ends).await? {
                self.note(&Asker::nobody(None), division, "tutoring-ended", &session.id, "two hours").await;
            }
        }
        self.store().tutoring_sweep(division.clone(), before).await?;
        Ok(())
    }
}

fn looks(form: &Form, typed: Option<&lotus_domain::form::Typed>) -> Vec<Look> {
    let values = |field: &Field| {
        let given = typed.and_then(|typed| typed.get(field.name.as_str())).map(Vec::as_slice).unwrap_or_default();
        given.iter().filter(|value| !value.trim().is_empty()).map(|value| look(&field.kind, value)).collect()
    };
    let of = |field: &Field| Look { name: field.name.to_string(), label: field.label.clone(), values: values(field) };
    form.fields().map(of).collect()
}

fn look(kind: &FieldKind, value: &str) -> Text {
    match kind {
        FieldKind::ChooseOne(choices) | FieldKind::ChooseMany(choices) => {
            let chosen = choices.iter().find(|choice| choice.value == value);
            chosen.map_or_else(|| Text::zh(shown(kind, value)), |choice| choice.label.clone())
        }
        FieldKind::Confirm => Text::new("已勾选", "Ticked"),
        _ => Text::zh(shown(kind, value)),
    }
}
