//! The staff's side of cases: what is due, one case whole, and moving it on.

use std::cmp::Reverse;

use lotus_domain::access::{Deed, Place};
use lotus_domain::case::{Actor, Case, CaseNumber};
use lotus_domain::district::Division;
use lotus_domain::grievance::ORGAN;
use lotus_domain::kind;
use lotus_domain::text::Text;

use crate::asker::{Asker, Denied, Who};
use crate::case::{CaseError, CaseView, Wanted};
use crate::start::Platform;

/// A case as whoever watches the clocks sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clocked {
    /// Its number.
    pub number: CaseNumber,
    /// What it is about.
    pub service: Text,
    /// Who must answer.
    pub department: Text,
    /// Where it is.
    pub state: Text,
    /// The last day of the promise.
    pub due: Option<jiff::civil::Date>,
    /// Working days until then; none while its clock does not run.
    pub left: Option<i32>,
}

/// Why a member of staff does not see or move a case.
#[derive(Debug, Clone, PartialEq)]
pub enum WorkError {
    /// Not theirs.
    Denied(Denied),
    /// The case does not move.
    Case(CaseError),
}

impl From<Denied> for WorkError {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<CaseError> for WorkError {
    fn from(error: CaseError) -> Self {
        Self::Case(error)
    }
}

impl Platform {
    /// A district's open cases that are the asker's to see, by their due day, after a case.
    pub async fn worklist(
        &self,
        asker: &Asker,
        division: &Division,
        after: Option<&CaseNumber>,
        limit: u32,
    ) -> Result<Vec<Case>, Denied> {
        let Some(departments) = self.departments_for(asker, Deed::SeeWorklist, division) else {
            return Ok(self.store().case_list_worklist(division, None, after, limit).await?);
        };
        let Some(first) = departments.first() else {
            self.allow(asker, Deed::SeeWorklist, Place { division, department: None }, "worklist").await?;
            return Ok(Vec::new());
        };
        if departments.contains(ORGAN) {
            // Each look at what was escalated is on record.
            self.note(asker, division, "escalated-listed", "worklist", "done").await;
        }
        let mut cases = self.store().case_list_worklist(division, Some(first), after, limit).await?;
        for department in departments.iter().skip(1) {
            cases.extend(self.store().case_list_worklist(division, Some(department), after, limit).await?);
        }
        cases.sort_by_cached_key(|case| {
            let due = case.clocks.due().map(|deadline| deadline.at());
            (Reverse(case.priority), due.is_none(), due, case.number.clone())
        });
        cases.truncate(limit as usize);
        Ok(cases)
    }

    /// How a district's open cases stand against their clocks, by their due day: no word of what people gave.
    pub async fn clocks(&self, asker: &Asker, division: &Division, limit: u32) -> Result<Vec<Clocked>, Denied> {
        let own = Self::own_department(asker, division);
        let department = own.as_deref();
        self.allow(asker, Deed::SeeClocks, Place { division, department }, "clocks").await?;
        let cases = self.store().case_list_worklist(division, department, None, limit).await?;
        let clocked = |case: Case| {
            let state = case.at().map(|state| state.title.clone());
            Clocked {
                left: self.days_left(&case),
                due: case.due(),
                service: case.subject.title().clone(),
                department: case.subject.answers().clone(),
                state: state.unwrap_or_else(|| Text::zh(case.state.clone())),
                number: case.number,
            }
        };
        Ok(cases.into_iter().map(clocked).collect())
    }

    /// The department by which the asker has a role in a district, where it is one alone.
    pub(crate) fn own_department(asker: &Asker, division: &Division) -> Option<String> {
        let held = asker.person().map(|person| person.access.held.as_slice()).unwrap_or_default();
        held.iter().find(|held| held.division == *division).and_then(|held| held.department.clone())
    }

    /// One case whole, for the staff whose it is. Another district's is not found.
    pub async fn case_see(&self, asker: &Asker, number: &CaseNumber) -> Result<CaseView, WorkError> {
        let file = self.case_of(number).await.map_err(CaseError::from)?;
        let Some(file) = file else {
            // The same answer as for another district's case, whether it is there or not.
            return Err(match asker.who {
                Who::Nobody => Denied::SignIn.into(),
                _ => Denied::NotFound.into(),
            });
        };
        self.allow_case(asker, Deed::SeeCase, &file.case).await?;
        let parties = self.parties_to(asker, &file.case).await?;
        let division = file.case.division.clone();
        let view = self.view(file, &parties)?;
        self.note(asker, &division, "case-seen", number.as_str(), "done").await;
        Ok(view)
    }

    /// Moves a case on as a member of staff, if it still is where they saw it; though the district's plugins advise
    /// against it where they overrule those.
    pub async fn case_move(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        revision: u32,
        action: &str,
        reason: Option<&str>,
        overrules: bool,
    ) -> Result<CaseView, WorkError> {
        self.case_move_to(asker, number, (revision, action), reason, overrules, None).await
    }

    /// The same, with the department that it is handed over to or that is asked to take part, by its Chinese name.
    pub async fn case_move_to(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        (revision, action): (u32, &str),
        reason: Option<&str>,
        overrules: bool,
        to: Option<&str>,
    ) -> Result<CaseView, WorkError> {
        let view = self.case_see(asker, number).await?;
        self.allow_case(asker, Deed::MoveCase, &view.case).await?;
        let Some(step) = view.case.definition.transition(action) else {
            let state = view.case.state.clone();
            let wanted = lotus_domain::case::TransitionError::NotPossible { action: action.to_owned(), state };
            return Err(CaseError::NotPossible(wanted).into());
        };
        let parties = self.parties_to(asker, &view.case).await?;
        // A step that is another's is refused by the definition, under the first of the asker's own parties.
        let party = parties.iter().find(|party| step.by.contains(party)).or(parties.first()).copied();
        let actor = Actor { role: party.ok_or(Denied::Forbidden)?, account: asker.name() };
        let wanted = Wanted { actor, revision, action, reason, overrules };
        let division = view.case.division.clone();
        let known = self.departments(&division);
        let to = to.map(|to| known.into_iter().find(|one| one.zh == to).unwrap_or_else(|| Text::zh(to)));
        let moved = self.act_to(view, wanted, &parties, to).await;
        if overrules && moved.is_ok() {
            self.note(asker, &division, "advice-overruled", &format!("{number} {action}"), "done").await;
        }
        Ok(moved?)
    }

    /// The asker's own cases in every district, newest first.
    pub async fn my_cases(&self, asker: &Asker, limit: u32) -> Result<Vec<Case>, Denied> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let mut cases = Vec::new();
        for district in self.districts() {
            let (division, own) = (&district.division, &person.account.id);
            cases.extend(self.store().case_list_account(division, own, limit).await?);
            // Whose a grievance is stands beside it, not in it.
            cases.extend(self.store().grievance_list_owner(division, own, limit).await?);
        }
        cases.sort_by_key(|case| Reverse(case.submitted));
        cases.truncate(limit as usize);
        Ok(cases)
    }

    /// One of the asker's own cases, without its secret.
    pub async fn my_case(&self, asker: &Asker, number: &CaseNumber) -> Result<CaseView, CaseError> {
        let person = asker.person().ok_or(CaseError::NotFound)?;
        let file = self.case_of(number).await?.ok_or(CaseError::NotFound)?;
        let is_own = file.case.account.as_ref() == Some(&person.account.id);
        if !is_own && !self.is_complainant(asker, &file.case).await? {
            return Err(CaseError::NotFound);
        }
        self.view(file, &[kind::Role::Applicant])
    }

    /// Moves one of the asker's own cases on.
    pub async fn my_case_act(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        revision: u32,
        action: &str,
        reason: Option<&str>,
    ) -> Result<CaseView, CaseError> {
        let view = self.my_case(asker, number).await?;
        let account = asker.name().filter(|_| !view.case.definition.protects_applicant);
        let actor = Actor { role: kind::Role::Applicant, account };
        let wanted = Wanted { actor, revision, action, reason, overrules: false };
        self.act(view, wanted, &[kind::Role::Applicant]).await
    }
}
