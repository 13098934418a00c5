//! Who saw what: each fact about a person that a plugin reads stands in the audit chain with its purpose before the plugin
//! has it (articles 39 and 40).

use jiff::Timestamp;
use lotus_domain::applicant::{Applicant, ApplicantView, Fact, NotShown};
use lotus_domain::audit::Done;
use lotus_domain::catalog::Served;
use lotus_domain::declared::Purpose;
use lotus_runtime::{ApplicantError, Caller};
use lotus_store::StoreError;

use crate::ports::Sources;
use crate::start::whole_milliseconds;

fn away(error: &StoreError) -> ApplicantError {
    tracing::warn!(%error, "a disclosure can't be recorded, so nothing is disclosed");
    ApplicantError::Unavailable
}

fn not_shown(why: NotShown) -> ApplicantError {
    match why {
        NotShown::NoConsent | NotShown::NoPurpose => ApplicantError::NoConsent,
    }
}

impl Sources {
    /// Puts a read of something about a person on record.
    pub(crate) async fn disclose(&self, caller: &Caller, subject: String, purpose: &Purpose) -> Result<(), StoreError> {
        let basis = purpose.basis.as_ref().map(|basis| {
            let article = basis.article.as_deref().unwrap_or_default();
            format!("（{}{article}）", basis.title)
        });
        let done = Done {
            at: whole_milliseconds(Timestamp::now()),
            actor: Some(format!("plugin/{}", caller.plugin)),
            action: "disclosed".to_owned(),
            subject,
            outcome: format!("{}{}", purpose.purpose.zh, basis.unwrap_or_default()),
            client: None,
        };
        self.store.audit_append(caller.division.clone(), done).await.map(|_| ())
    }

    pub(crate) async fn disclose_kind(
        &self,
        caller: &Caller,
        applicant: &Applicant,
        purpose: &Purpose,
    ) -> Result<Served, ApplicantError> {
        let view = ApplicantView::new(applicant, purpose).map_err(not_shown)?;
        let subject = format!("account/{} kind", applicant.account());
        self.disclose(caller, subject, view.purpose()).await.map_err(|error| away(&error))?;
        Ok(view.kind())
    }

    pub(crate) async fn disclose_fact(
        &self,
        caller: &Caller,
        applicant: &Applicant,
        name: &str,
        purpose: &Purpose,
    ) -> Result<Option<Fact>, ApplicantError> {
        let view = ApplicantView::new(applicant, purpose).map_err(not_shown)?;
        let Some(fact) = view.get(name).map_err(not_shown)? else { return Ok(None) };
        let subject = format!("account/{} {name}", applicant.account());
        self.disclose(caller, subject, view.purpose()).await.map_err(|error| away(&error))?;
        Ok(Some(fact.clone()))
    }
}
