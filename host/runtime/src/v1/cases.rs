//! Generation 1's capabilities about cases and people: each converts, asks `capabilities`, converts back.

use lotus_domain::hook::{Message, Recipient};

use super::bindings::lotus::plugin::{applicants, case_files, notify, types};
use super::{from_guest, to_guest};
use crate::capabilities::{ApplicantDenial, CaseFileDenial, NotifyDenial};
use crate::sandbox::Sandbox;

type Trapping<T> = wasmtime::Result<T>;

impl From<CaseFileDenial> for case_files::CaseError {
    fn from(denial: CaseFileDenial) -> Self {
        match denial {
            CaseFileDenial::Denied => Self::Denied,
            CaseFileDenial::NotFound => Self::NotFound,
            CaseFileDenial::Conflict(revision) => Self::Conflict(revision),
            CaseFileDenial::Invalid(problem) => Self::Invalid(problem),
            CaseFileDenial::Unavailable => Self::Unavailable,
        }
    }
}

impl case_files::Host for Sandbox {
    async fn get(&mut self, number: String) -> Trapping<Result<case_files::CaseFile, case_files::CaseError>> {
        Ok(self.case_get(&number).await?.map(to_guest::case_cover).map_err(Into::into))
    }

    async fn fields(&mut self, number: String) -> Trapping<Result<Vec<types::FieldValue>, case_files::CaseError>> {
        Ok(self.case_fields(&number).await?.map(|fields| to_guest::fields(&fields)).map_err(Into::into))
    }

    async fn history(&mut self, number: String) -> Trapping<Result<Vec<case_files::CaseEvent>, case_files::CaseError>> {
        let history = self.case_history(&number).await?;
        Ok(history.map(|all| all.into_iter().map(to_guest::case_entry).collect()).map_err(Into::into))
    }

    async fn due(
        &mut self,
        after: Option<String>,
        limit: u32,
    ) -> Trapping<Result<Vec<case_files::CaseFile>, case_files::CaseError>> {
        let found = self.case_due(after.as_deref(), limit).await?;
        Ok(found.map(|all| all.into_iter().map(to_guest::case_cover).collect()).map_err(Into::into))
    }

    async fn note(
        &mut self,
        number: String,
        revision: u64,
        remark: types::Text,
    ) -> Trapping<Result<u64, case_files::CaseError>> {
        Ok(self.case_note(&number, revision, from_guest::raw(remark)).await?.map_err(Into::into))
    }
}

impl From<ApplicantDenial> for applicants::ApplicantError {
    fn from(denial: ApplicantDenial) -> Self {
        match denial {
            ApplicantDenial::Denied => Self::Denied,
            ApplicantDenial::Nobody => Self::Nobody,
            ApplicantDenial::Unavailable => Self::Unavailable,
        }
    }
}

impl applicants::Host for Sandbox {
    async fn kind(&mut self) -> Trapping<Result<types::Served, applicants::ApplicantError>> {
        Ok(self.applicant_kind().await?.map(to_guest::served).map_err(Into::into))
    }

    async fn get(&mut self, name: String) -> Trapping<Result<Option<applicants::Fact>, applicants::ApplicantError>> {
        Ok(self.applicant_get(&name).await?.map(|fact| fact.map(to_guest::fact)).map_err(Into::into))
    }
}

impl From<NotifyDenial> for notify::NotifyError {
    fn from(denial: NotifyDenial) -> Self {
        match denial {
            NotifyDenial::Denied => Self::Denied,
            NotifyDenial::OverQuota { limit, used } => Self::OverQuota(notify::Quota { limit, used }),
            NotifyDenial::NotFound => Self::NotFound,
            NotifyDenial::OptedOut => Self::OptedOut,
            NotifyDenial::Invalid(problem) => Self::Invalid(problem),
            NotifyDenial::Unavailable => Self::Unavailable,
        }
    }
}

impl notify::Host for Sandbox {
    async fn send(&mut self, message: notify::Message) -> Trapping<Result<(), notify::NotifyError>> {
        let message = Message {
            case: message.case_number,
            to: match message.to {
                notify::Recipient::Applicant => Recipient::Applicant,
                notify::Recipient::Handler => Recipient::Handler,
            },
            template: message.template,
            values: message.values.into_iter().map(|(place, value)| (place, from_guest::raw(value))).collect(),
            key: message.idempotency_key,
        };
        Ok(self.notify_send(message).await?.map_err(Into::into))
    }
}
