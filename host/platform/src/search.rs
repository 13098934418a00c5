//! Finding cases again: by number, identity number, telephone, name or credit code, in one's own district and departments.
//!
//! Invariant: what is another's is not found, just as what is not there. Each search stands in the audit chain by what
//! was looked for (a name, a telephone), never by its value.

use lotus_domain::access::Deed;
use lotus_domain::case::{Case, CaseNumber};
use lotus_domain::district::Division;
use lotus_domain::grievance::ORGAN;
use lotus_domain::mark::{Mark, Term};
use lotus_store::StoreError;

use crate::asker::{Asker, Denied};
use crate::start::Platform;

/// Most cases that one search finds: whoever needs more asks for less.
pub const MOST_FOUND: u32 = 50;

/// Why nothing is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// Not theirs.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// What was typed can be neither a number nor a name.
    #[error("cases are found by case number, identity number, telephone, name or credit code")]
    Term,
}

impl Platform {
    /// Marks a case that is about to be opened by the enterprise for which the asker acts. Before it, so that no opened
    /// case is without; marks of a case that then isn't opened find nothing.
    pub(crate) async fn mark_enterprise(
        &self,
        division: &Division,
        number: &CaseNumber,
        asker: &Asker,
    ) -> Result<(), StoreError> {
        let Some(mandate) = asker.person().and_then(|person| person.acting_for.as_ref()) else { return Ok(()) };
        let marks = [Mark::credit_code(&mandate.credit_code), Mark::name(&mandate.enterprise)];
        let marks = marks.into_iter().flatten().collect();
        self.store().case_mark_add(division.clone(), number.clone(), marks).await
    }

    /// Whether the asker may look for cases in a district.
    pub async fn case_search_open(&self, asker: &Asker, division: &Division) -> Result<(), Denied> {
        self.allow_within(asker, Deed::SearchCases, division, "search").await.map(|_| ())
    }

    /// The newest cases of a district that are the asker's to see and that this finds, newest first.
    pub async fn case_search(&self, asker: &Asker, division: &Division, text: &str) -> Result<Vec<Case>, SearchError> {
        let departments = self.allow_within(asker, Deed::SearchCases, division, "search").await?;
        let term = Term::parse(text).ok_or(SearchError::Term)?;
        let cases = match &term {
            Term::Number(number) => {
                let file = self.store().case_recent(division, number, 1).await.map_err(Denied::from)?;
                let own = |case: &Case| match &departments {
                    Some(departments) => departments.contains(case.subject.department()),
                    // What is escalated is the organ's to find.
                    None => case.subject.department() != ORGAN,
                };
                file.map(|file| file.case).filter(own).into_iter().collect()
            }
            Term::Marks(marks) => {
                let city = self.city_division().ok_or(Denied::Unavailable)?;
                let store = self.store();
                let accounts = store.account_list_marked(&city, marks).await.map_err(Denied::from)?;
                let found = store.case_list_marked(division, marks, &accounts, departments.as_ref(), MOST_FOUND).await;
                found.map_err(Denied::from)?
            }
        };
        self.note(asker, division, "cases-searched", term.kind(), &format!("{} found", cases.len())).await;
        Ok(cases)
    }
}
