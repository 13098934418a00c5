//! Who a complainant is, for those who may know it; escalation; and the answers that everybody reads (article 38).

use lotus_domain::access::{Deed, Place, Role};
use lotus_domain::case::{Actor, Case, CaseNumber};
use lotus_domain::district::Division;
use lotus_domain::form::{FieldError, Value};
use lotus_domain::grievance::{
    Complainant, Curious, Grievance, LONGEST, ORGAN, PublicAnswer, masked, may_know, screened,
};
use lotus_domain::law::Refusal;
use lotus_domain::text::Text;
use lotus_store::CaseFile;

use crate::asker::{Asker, Denied};
use crate::case::{CaseView, Wanted};
use crate::grievance::GrievanceError;
use crate::start::Platform;

/// Shortest and longest reason for asking who somebody is, in characters.
const REASON: std::ops::RangeInclusive<usize> = 4..=200;
/// Public answers on one page.
const MOST_ANSWERS: u32 = 100;
/// Escalated cases on one page.
const MOST_ESCALATED: u32 = 200;

/// A grievance as its page for staff shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct GrievancePanel {
    /// The case.
    pub case: Case,
    /// How it came in, and how they want to be known; the complainant is not in it.
    pub said: Grievance,
    /// Whoever looks may ask who it was.
    pub asks: bool,
    /// It can be made public with its answer.
    pub publishes: bool,
    /// The question, as it would be published.
    pub question: String,
    /// The answer, as it was given.
    pub answer: String,
}

fn wrong(field: &str, zh: &str, en: &str) -> GrievanceError {
    GrievanceError::Invalid(vec![FieldError { field: field.to_owned(), message: Text::new(zh, en) }])
}

/// What was said, as the case has it: masked.
fn text_of(case: &Case) -> String {
    let of = case.application.values.iter().find(|given| given.name == "text");
    of.map_or_else(String::new, |given| match &given.value {
        Value::Text(text) => text.clone(),
        other => other.typed(),
    })
}

/// The answer that a case was given last.
fn answer_of(file: &CaseFile) -> Option<String> {
    let given =
        file.events.iter().rev().find(|event| event.happening.to == "answered" && event.happening.reason.is_some());
    given.and_then(|event| event.happening.reason.as_ref()).map(|reason| reason.zh.clone())
}

impl Platform {
    /// A grievance's case with what stands beside it; the same answer for what is not there and what is another's.
    async fn grievance_file_of(&self, number: &CaseNumber) -> Result<(CaseFile, Grievance), GrievanceError> {
        let file = self.case_of(number).await?.ok_or(Denied::NotFound)?;
        let said = self.store().grievance_get(&file.case.division, number).await?.ok_or(Denied::NotFound)?;
        Ok((file, said))
    }

    /// As what the asker may ask who it was; none where they may not.
    async fn curious(&self, asker: &Asker, file: &CaseFile, said: &Grievance) -> Result<Option<Curious>, Denied> {
        let case = &file.case;
        let district = Place { division: &case.division, department: None };
        let roles = self.roles_for(asker, Deed::RevealComplainant, district);
        let mut may = Vec::new();
        if roles.contains(&Role::GrievanceDesk) {
            may.push(Curious::Desk);
        }
        // The organ asks about what was brought before it.
        if roles.contains(&Role::SupervisoryOrgan) && file.events.iter().any(|event| event.happening.to == "escalated")
        {
            may.push(Curious::Organ);
        }
        if !self.parties_to(asker, case).await?.is_empty() {
            may.push(Curious::Department);
        }
        Ok(may.into_iter().find(|curious| may_know(said.sort, said.identity, *curious)))
    }

    /// What a grievance's page for staff shows: for those who see the case, and the desk.
    pub async fn grievance_panel(&self, asker: &Asker, number: &CaseNumber) -> Result<GrievancePanel, GrievanceError> {
        let (file, said) = self.grievance_file_of(number).await?;
        let curious = self.curious(asker, &file, &said).await?;
        if curious.is_none() {
            self.allow_case(asker, Deed::SeeCase, &file.case).await?;
        }
        self.note(asker, &file.case.division, "grievance-seen", number.as_str(), "done").await;
        let case = &file.case;
        let place = Place { division: &case.division, department: Some(case.subject.department()) };
        let answer = answer_of(&file);
        let publishes = said.consent && answer.is_some() && self.may(asker, Deed::PublishAnswers, place);
        let known = said.complainant.known();
        let question = screened(&text_of(case));
        let answer = answer.map_or_else(String::new, |answer| masked(&answer, &known));
        let asks = curious.is_some();
        // Nobody's name goes to a page that only shows how it came in.
        let complainant = Complainant {
            account: None,
            name: None,
            telephone: None,
            identity_number: None,
            text: String::new(),
            recorded_by: None,
        };
        Ok(GrievancePanel {
            said: Grievance { complainant, ..said },
            asks,
            publishes,
            question,
            answer,
            case: file.case,
        })
    }

    /// Who it was, for those who may know, with a reason that stands in the audit chain before they know it.
    pub async fn complainant_reveal(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        reason: &str,
    ) -> Result<Complainant, GrievanceError> {
        let (file, said) = self.grievance_file_of(number).await?;
        let case = &file.case;
        let Some(curious) = self.curious(asker, &file, &said).await? else {
            let place = Place { division: &case.division, department: Some(case.subject.department()) };
            self.allow(asker, Deed::RevealComplainant, place, number.as_str()).await?;
            return Err(Denied::Forbidden.into());
        };
        let reason: String = reason.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if !REASON.contains(&reason.chars().count()) {
            return Err(wrong("reason", "请写明理由，4 至 200 个字。", "Please say why, in 4 to 200 characters."));
        }
        let outcome = format!("{curious:?}: {reason}").to_lowercase();
        self.audit_first(asker, &case.division, "complainant-revealed", number.as_str(), &outcome).await?;
        Ok(said.complainant)
    }

    /// Writes into the audit chain, or does not go on.
    async fn audit_first(
        &self,
        asker: &Asker,
        division: &Division,
        action: &str,
        subject: &str,
        outcome: &str,
    ) -> Result<(), Denied> {
        let done = lotus_domain::audit::Done {
            at: self.now(),
            actor: asker.name(),
            action: action.to_owned(),
            subject: subject.to_owned(),
            outcome: outcome.to_owned(),
            client: asker.client.clone(),
        };
        self.store().audit_append(division.clone(), done).await?;
        Ok(())
    }

    /// Hands a grievance to the supervisory organ: by the head of the department that has it, or by supervision.
    pub async fn grievance_escalate(
        &self,
        asker: &Asker,
        division: &Division,
        number: &CaseNumber,
        reason: &str,
    ) -> Result<(), GrievanceError> {
        let file = self.case_of(number).await?;
        let own = Self::own_department(asker, division);
        let place = Place { division, department: own.as_deref() };
        self.allow(asker, Deed::EscalateGrievances, place, number.as_str()).await?;
        let file = file.filter(|file| file.case.division == *division && file.case.definition.protects_applicant);
        let file = file.ok_or(Denied::NotFound)?;
        let place = Place { division, department: Some(file.case.subject.department()) };
        self.allow(asker, Deed::EscalateGrievances, place, number.as_str()).await?;
        let party = self.roles_for(asker, Deed::EscalateGrievances, place).into_iter().find_map(Role::party);
        let party = party.ok_or(Denied::Forbidden)?;
        let actor = Actor { role: party, account: asker.name() };
        let revision = file.case.revision;
        let view = self.view(file, &[party])?;
        let wanted = Wanted { actor, revision, action: "escalate", reason: Some(reason), overrules: true };
        self.act(view, wanted, &[party]).await?;
        self.note(asker, division, "grievance-escalated", number.as_str(), "done").await;
        Ok(())
    }

    /// Makes a question public with its answer, where whoever asked agreed: without what names anybody.
    pub async fn answer_publish(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        question: &str,
        answer: &str,
    ) -> Result<(), GrievanceError> {
        let (file, said) = self.grievance_file_of(number).await?;
        let case = &file.case;
        let place = Place { division: &case.division, department: Some(case.subject.department()) };
        self.allow(asker, Deed::PublishAnswers, place, number.as_str()).await?;
        if !said.consent || answer_of(&file).is_none() {
            return Err(GrievanceError::Refused(Refusal {
                reason: Text::new(
                    "诉求人没有同意公开，或者还没有答复。",
                    "Whoever asked did not agree, or it is not answered yet.",
                ),
                basis: None,
                next_step: None,
            }));
        }
        let fits = |text: &str| (5..=LONGEST).contains(&text.trim().chars().count());
        if !fits(question) {
            return Err(wrong("question", "问题应为 5 至 2000 个字。", "A question has 5 to 2,000 characters."));
        }
        if !fits(answer) {
            return Err(wrong("answer", "答复应为 5 至 2000 个字。", "An answer has 5 to 2,000 characters."));
        }
        let known = said.complainant.known();
        let topic = case.application.values.iter().find(|given| given.name == "topic");
        let public = PublicAnswer {
            number: number.clone(),
            topic: topic.map_or_else(String::new, |given| given.value.typed()),
            question: screened(&masked(question.trim(), &known)),
            answer: masked(answer.trim(), &known),
            department: case.subject.department().to_owned(),
            published: self.now(),
        };
        self.store().public_answer_put(case.division.clone(), public).await?;
        self.note(asker, &case.division, "answer-published", number.as_str(), "done").await;
        Ok(())
    }

    /// What was escalated in a district: in the organ's sight alone, and each look is on record.
    pub async fn escalated(&self, asker: &Asker, division: &Division) -> Result<Vec<Case>, Denied> {
        self.allow(asker, Deed::SeeEscalated, Place { division, department: None }, "escalated").await?;
        let cases = self.store().case_list_worklist(division, Some(ORGAN), None, MOST_ESCALATED).await?;
        self.note(asker, division, "escalated-listed", "escalated", &cases.len().to_string()).await;
        Ok(cases)
    }

    /// A district's public answers, newest first.
    pub async fn public_answers(&self, division: &Division) -> Result<Vec<PublicAnswer>, Denied> {
        Ok(self.store().public_answer_list(division, MOST_ANSWERS).await?)
    }

    /// Whether a case that has just moved is still the asker's to see.
    pub async fn still_sees(&self, asker: &Asker, view: &CaseView) -> bool {
        let parties = self.sees_case(asker, &view.case).await;
        parties.unwrap_or(false)
    }
}
