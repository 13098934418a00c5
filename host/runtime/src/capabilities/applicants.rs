//! `applicants`: facts about the applicant of the call, only those that the manifest declares, each for its purpose.

use lotus_domain::applicant::Fact;
use lotus_domain::catalog::Served;
use lotus_domain::package::Capability;
use serde::{Deserialize, Serialize};

use crate::ports::ApplicantError;
use crate::sandbox::Sandbox;

/// Why there is no fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ApplicantDenial {
    Denied,
    Nobody,
    Unavailable,
}

impl From<ApplicantError> for ApplicantDenial {
    fn from(error: ApplicantError) -> Self {
        match error {
            ApplicantError::NoConsent => Self::Denied,
            ApplicantError::Unavailable => Self::Unavailable,
        }
    }
}

type Known<T> = wasmtime::Result<Result<T, ApplicantDenial>>;

impl Sandbox {
    pub(crate) async fn applicant_kind(&mut self) -> Known<Served> {
        const FUNCTION: &str = "applicants.kind";
        if let Some(answer) = self.recall(Capability::Applicants, FUNCTION, &())? {
            return Ok(answer);
        }
        let purpose = self.grant.applicant.as_ref().filter(|_| self.allows(Capability::Applicants));
        let answer = match (purpose, &self.applicant) {
            (None, _) => Err(ApplicantDenial::Denied),
            (Some(_), None) => Err(ApplicantDenial::Nobody),
            (Some(purpose), Some(applicant)) => {
                let kind = self.ports.applicant_kind(&self.caller, applicant, purpose).await;
                kind.map_err(ApplicantDenial::from)
            }
        };
        self.note(Capability::Applicants, FUNCTION, &(), &answer)?;
        Ok(answer)
    }

    pub(crate) async fn applicant_get(&mut self, name: &str) -> Known<Option<Fact>> {
        const FUNCTION: &str = "applicants.get";
        if let Some(answer) = self.recall(Capability::Applicants, FUNCTION, &name)? {
            return Ok(answer);
        }
        // Denied first: whether somebody is signed in is nothing for a plugin that may not ask.
        let answer = match (self.grant.fact(name), &self.applicant) {
            (None, _) => Err(ApplicantDenial::Denied),
            (Some(_), None) => Err(ApplicantDenial::Nobody),
            (Some(purpose), Some(applicant)) => {
                let fact = self.ports.applicant_get(&self.caller, applicant, name, purpose).await;
                fact.map_err(ApplicantDenial::from)
            }
        };
        self.note(Capability::Applicants, FUNCTION, &name, &answer)?;
        Ok(answer)
    }
}
