//! Taking a worklist away as a file: for those who may, so many rows at most, personal data masked, with a watermark.
//!
//! Invariant: an export is in the audit chain before it leaves the house; where the chain can't be written, nothing
//! leaves (article 40(2): data used for other purposes, or leaked).

use std::collections::BTreeMap;

use jiff::Timestamp;
use lotus_domain::access::Deed;
use lotus_domain::account::AccountId;
use lotus_domain::audit::Done;
use lotus_domain::case::Case;
use lotus_domain::district::Division;
use lotus_domain::mark::{Mark, MarkKind};
use lotus_domain::text::Text;

use crate::asker::{Asker, Denied};
use crate::start::Platform;

/// Most rows of one export.
pub const MOST_EXPORTED: usize = 5_000;
/// Rows that are read at a time.
const PAGE: u32 = 500;
/// Shortest and longest purpose, in characters.
const PURPOSE: std::ops::RangeInclusive<usize> = 2..=200;

/// A case as a file has it: no word of what people gave but what is masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Its number.
    pub number: String,
    /// What it is about.
    pub service: Text,
    /// Who must answer.
    pub department: Text,
    /// Where it is.
    pub state: Text,
    /// When it was submitted.
    pub submitted: Timestamp,
    /// The last day of the promise.
    pub due: Option<jiff::civil::Date>,
    /// Working days until then; none while its clock does not run.
    pub left: Option<i32>,
    /// The applicant's name, masked, where they were signed in.
    pub name: Option<String>,
    /// A telephone number that was given, masked.
    pub telephone: Option<String>,
    /// An identity number that was given, masked.
    pub identity_number: Option<String>,
}

/// A worklist that leaves the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Its place in the division's audit chain: what a file that is found somewhere is traced by.
    pub entry: u64,
    /// Who took it: the account or token.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What for.
    pub purpose: String,
    /// By due day.
    pub rows: Vec<Exported>,
    /// These are all that there are.
    pub is_whole: bool,
}

/// Why nothing is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// Not theirs.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// What it is for was not said.
    #[error("an export needs its purpose, in 2 to 200 characters")]
    Purpose,
}

impl Platform {
    /// Whether the asker may export a district's worklist.
    pub async fn worklist_export_open(&self, asker: &Asker, division: &Division) -> Result<(), Denied> {
        self.allow_within(asker, Deed::ExportCases, division, "export").await.map(|_| ())
    }

    /// A district's open cases that are the asker's to export, by their due day.
    pub async fn worklist_export(
        &self,
        asker: &Asker,
        division: &Division,
        purpose: &str,
    ) -> Result<Export, ExportError> {
        let departments = self.allow_within(asker, Deed::ExportCases, division, "export").await?;
        let purpose: String = purpose.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if !PURPOSE.contains(&purpose.chars().count()) {
            return Err(ExportError::Purpose);
        }
        let departments: Vec<Option<String>> = match departments {
            Some(departments) => departments.into_iter().map(Some).collect(),
            None => vec![None],
        };
        let mut cases = Vec::new();
        for department in &departments {
            cases.extend(self.open_cases(division, department.as_deref()).await?);
        }
        cases.sort_by_cached_key(|case| (case.due().is_none(), case.due(), case.number.clone()));
        let is_whole = cases.len() <= MOST_EXPORTED;
        cases.truncate(MOST_EXPORTED);
        let mut names = BTreeMap::new();
        let mut rows = Vec::new();
        for case in cases {
            let name = match &case.account {
                Some(account) => self.masked_name(account, &mut names).await?,
                None => None,
            };
            rows.push(self.exported(case, name));
        }
        let (at, by) = (self.now(), asker.name().ok_or(Denied::SignIn)?);
        let done = Done {
            at,
            actor: Some(by.clone()),
            action: "worklist-exported".to_owned(),
            subject: purpose.clone(),
            outcome: format!("{} rows", rows.len()),
            client: asker.client.clone(),
        };
        let entry = self.store().audit_append(division.clone(), done).await.map_err(Denied::from)?;
        Ok(Export { entry, by, at, purpose, rows, is_whole })
    }

    /// Open cases of a department, or of all, one more than an export may have at most.
    async fn open_cases(&self, division: &Division, department: Option<&str>) -> Result<Vec<Case>, Denied> {
        let mut cases: Vec<Case> = Vec::new();
        while cases.len() <= MOST_EXPORTED {
            let after = cases.last().map(|case| case.number.clone());
            let page = self.store().case_list_worklist(division, department, after.as_ref(), PAGE).await?;
            let is_last = page.len() < PAGE as usize;
            cases.extend(page);
            if is_last {
                break;
            }
        }
        Ok(cases)
    }

    async fn masked_name(
        &self,
        account: &AccountId,
        names: &mut BTreeMap<AccountId, Option<String>>,
    ) -> Result<Option<String>, Denied> {
        if let Some(known) = names.get(account) {
            return Ok(known.clone());
        }
        let city = self.city_division().ok_or(Denied::Unavailable)?;
        let name = self.store().account_get(&city, account).await?.map(|known| known.profile.masked_name());
        names.insert(account.clone(), name.clone());
        Ok(name)
    }

    fn exported(&self, case: Case, name: Option<String>) -> Exported {
        let marks = Mark::of(&case.application);
        let first = |kind| marks.iter().find(|mark| mark.kind() == kind).map(Mark::masked);
        let state = case.definition.state(&case.state).map(|state| state.title.clone());
        Exported {
            service: case.subject.title().clone(),
            department: case.subject.answers().clone(),
            state: state.unwrap_or_else(|| Text::zh(&case.state)),
            submitted: case.submitted,
            due: case.due(),
            left: self.days_left(&case),
            name,
            telephone: first(MarkKind::Telephone),
            identity_number: first(MarkKind::IdentityNumber),
            number: case.number.to_string(),
        }
    }
}
