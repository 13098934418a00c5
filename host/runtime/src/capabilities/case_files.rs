//! `case-files`: the plugin's own cases in its district. Whose a case is, the platform knows; that it is asked at all, and
//! which of the applicant's values come back, is decided here.

use lotus_domain::case::CaseNumber;
use lotus_domain::form::FieldValue;
use lotus_domain::hook::{CaseCover, CaseEntry};
use lotus_domain::package::Capability;
use lotus_domain::text::Text;
use serde::{Deserialize, Serialize};

use crate::ports::CaseFileError;
use crate::sandbox::Sandbox;

/// Longest remark, in characters.
const LONGEST_REMARK: usize = 2_000;

/// Why a case file is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum CaseFileDenial {
    Denied,
    NotFound,
    Conflict(u64),
    Invalid(String),
    Unavailable,
}

impl From<CaseFileError> for CaseFileDenial {
    fn from(error: CaseFileError) -> Self {
        match error {
            CaseFileError::NotFound => Self::NotFound,
            CaseFileError::Conflict(revision) => Self::Conflict(revision),
            CaseFileError::Unavailable => Self::Unavailable,
        }
    }
}

type Filed<T> = wasmtime::Result<Result<T, CaseFileDenial>>;

impl Sandbox {
    /// The grant, and whether the number is one. What is no number is nobody's case.
    fn case_checked(&self, number: &str) -> Result<CaseNumber, CaseFileDenial> {
        if !self.allows(Capability::CaseFiles) {
            return Err(CaseFileDenial::Denied);
        }
        CaseNumber::parse(number).map_err(|_| CaseFileDenial::NotFound)
    }

    pub(crate) async fn case_get(&mut self, number: &str) -> Filed<CaseCover> {
        const FUNCTION: &str = "case-files.get";
        if let Some(answer) = self.recall(Capability::CaseFiles, FUNCTION, &number)? {
            return Ok(answer);
        }
        let answer = match self.case_checked(number) {
            Ok(case) => self.ports.case_get(&self.caller, &case).await.map_err(CaseFileDenial::from),
            Err(denial) => Err(denial),
        };
        self.note(Capability::CaseFiles, FUNCTION, &number, &answer)?;
        Ok(answer)
    }

    pub(crate) async fn case_fields(&mut self, number: &str) -> Filed<Vec<FieldValue>> {
        const FUNCTION: &str = "case-files.fields";
        if let Some(answer) = self.recall(Capability::CaseFiles, FUNCTION, &number)? {
            return Ok(answer);
        }
        let answer = match (self.case_checked(number), self.grant.case_fields()) {
            (Ok(case), Some(granted)) => {
                let read = self.ports.case_fields(&self.caller, &case, granted).await;
                // Whatever a port gives, only what is granted goes on.
                read.map(|fields| fields.into_iter().filter(|field| granted.contains_key(&field.name)).collect())
                    .map_err(CaseFileDenial::from)
            }
            (Err(denial), _) => Err(denial),
            (Ok(_), None) => Err(CaseFileDenial::Denied),
        };
        self.note(Capability::CaseFiles, FUNCTION, &number, &answer)?;
        Ok(answer)
    }

    pub(crate) async fn case_history(&mut self, number: &str) -> Filed<Vec<CaseEntry>> {
        const FUNCTION: &str = "case-files.history";
        if let Some(answer) = self.recall(Capability::CaseFiles, FUNCTION, &number)? {
            return Ok(answer);
        }
        let answer = match self.case_checked(number) {
            Ok(case) => self.ports.case_history(&self.caller, &case).await.map_err(CaseFileDenial::from),
            Err(denial) => Err(denial),
        };
        self.note(Capability::CaseFiles, FUNCTION, &number, &answer)?;
        Ok(answer)
    }

    pub(crate) async fn case_due(&mut self, after: Option<&str>, limit: u32) -> Filed<Vec<CaseCover>> {
        const FUNCTION: &str = "case-files.due";
        let request = (after, limit);
        if let Some(answer) = self.recall(Capability::CaseFiles, FUNCTION, &request)? {
            return Ok(answer);
        }
        let answer = match after.map(|after| self.case_checked(after)).transpose() {
            _ if !self.allows(Capability::CaseFiles) => Err(CaseFileDenial::Denied),
            _ if !(1..=100).contains(&limit) => Err(CaseFileDenial::Invalid("a limit is 1 to 100".to_owned())),
            Ok(after) => {
                let found = self.ports.case_due(&self.caller, after.as_ref(), limit).await;
                found.map(|all| all.into_iter().take(limit as usize).collect()).map_err(CaseFileDenial::from)
            }
            Err(denial) => Err(denial),
        };
        self.note(Capability::CaseFiles, FUNCTION, &request, &answer)?;
        Ok(answer)
    }

    pub(crate) async fn case_note(&mut self, number: &str, revision: u64, remark: Text) -> Filed<u64> {
        const FUNCTION: &str = "case-files.note";
        let request = (number, revision, &remark);
        if let Some(answer) = self.recall(Capability::CaseFiles, FUNCTION, &request)? {
            return Ok(answer);
        }
        let answer = match self.case_checked(number) {
            Ok(_) if remark.zh.trim().is_empty() || remark.longest() > LONGEST_REMARK => {
                Err(CaseFileDenial::Invalid("a remark has 1 to 2,000 characters".to_owned()))
            }
            // The transition that is being decided would find another revision than whoever makes it saw.
            Ok(case) if self.deciding.as_deref() == Some(case.as_str()) => {
                Err(CaseFileDenial::Invalid("a case takes no note while its transition is being decided".to_owned()))
            }
            Ok(case) => {
                self.ports.case_note(&self.caller, &case, revision, &remark).await.map_err(CaseFileDenial::from)
            }
            Err(denial) => Err(denial),
        };
        self.note(Capability::CaseFiles, FUNCTION, &request, &answer)?;
        Ok(answer)
    }
}
