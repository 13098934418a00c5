//! The five papers 文书 of assistance (article 26), printed from the case's history: a paper says what was so when it was
//! given, whatever happened since.

use lotus_domain::assistance::{self, KIND, PaperKind};
use lotus_domain::case::{Case, Event};
use lotus_domain::clock::Deadline;
use lotus_domain::form::Value;
use lotus_domain::kind::Role;
use lotus_paper::{Ending, Help, Office, Paper, Says};

use lotus_store::StoreError;

use crate::asker::Denied;
use crate::assistance::ABOUT;
use crate::case::CaseView;
use crate::fee::PayError;
use crate::start::Platform;

impl Platform {
    /// The whole history of a case of assistance; nothing of another's, which has no such papers.
    async fn help_events(&self, case: &Case) -> Result<Vec<Event>, StoreError> {
        if case.definition.id.as_str() != KIND {
            return Ok(Vec::new());
        }
        let file = self.store().case_get(&case.division, &case.number).await?;
        Ok(file.map(|file| file.events).unwrap_or_default())
    }

    /// The papers of a case, each with the place of its event, for whoever was shown the case.
    pub async fn help_papers(&self, view: &CaseView) -> Result<Vec<(PaperKind, u32)>, Denied> {
        let events = self.help_events(&view.case).await?;
        Ok(assistance::papers(&view.case, &events))
    }

    /// A paper of a case of assistance as PDF, for whoever was shown the case.
    pub async fn help_paper(&self, view: &CaseView, kind: &str, sequence: u32) -> Result<Vec<u8>, PayError> {
        let events = self.help_events(&view.case).await?;
        let papers = assistance::papers(&view.case, &events);
        let given = papers.into_iter().find(|(known, at)| known.name() == kind && *at == sequence);
        let (kind, _) = given.ok_or(PayError::NotFound)?;
        let event = events.iter().find(|event| event.sequence == sequence).ok_or(PayError::NotFound)?;
        let paper = self.help_paper_of(view, kind, event).await?;
        self.print(paper).await
    }

    async fn help_paper_of(&self, view: &CaseView, kind: PaperKind, event: &Event) -> Result<Paper, PayError> {
        let (case, district) = (&view.case, &view.district);
        let given = |name: &str| {
            case.application.values.iter().find(|given| given.name == name).and_then(|given| match &given.value {
                Value::Text(text) => Some(text.clone()),
                _ => None,
            })
        };
        let helper = self.name_of(case.assigned.as_ref()).await?.unwrap_or_else(|| "窗口工作人员".to_owned());
        let scope = assistance::scope(&case.application);
        let reason = event.happening.reason.as_ref().map(|reason| reason.zh.clone());
        let help = match kind {
            PaperKind::Acceptance => Help::Accepted { helper, scope },
            PaperKind::Mandate => Help::Mandate { helper, scope, until: self.help_until(view, event)? },
            PaperKind::Renewal => Help::Renewed { helper, scope, until: self.help_until(view, event)? },
            PaperKind::Suspension => Help::Suspended {
                reason: reason.unwrap_or_default(),
                resumes: "申请人提出续办，并确认续期委托".to_owned(),
            },
            PaperKind::Ending => {
                let by = match event.happening.actor.role {
                    Role::System => "委托期限届满，帮办代办终结",
                    Role::Applicant => "申请人收回委托，帮办代办终结",
                    _ => "帮办代办终结",
                };
                let outcome = reason.map_or_else(|| by.to_owned(), |reason| format!("{by}：{reason}"));
                Help::Ended(Ending { helper, outcome })
            }
        };
        Ok(Paper {
            number: format!(
                "{}-{:03}-{}",
                case.number,
                event.sequence,
                1 + PaperKind::ALL.iter().position(|one| *one == kind).unwrap_or_default()
            ),
            office: Office {
                name: format!("{}{}", district.name.zh, case.subject.department()),
                address: district.hall.address.zh.clone(),
                telephone: district.hall.telephone.clone(),
                supervision: district.hall.supervision.clone(),
            },
            to: given("organisation").or_else(|| given("name")).unwrap_or_default(),
            day: event.happening.at.to_zoned_datetime(self.zone_of_time().clone()).date(),
            case: Some(case.number.clone()),
            matter: {
                let title = case.subject.title().zh.as_str();
                title.strip_prefix(ABOUT).unwrap_or(title).to_owned()
            },
            says: Says::Assistance(help),
            proof: None,
        })
    }

    /// The last day of the mandate that an event gave.
    fn help_until(&self, view: &CaseView, event: &Event) -> Result<jiff::civil::Date, PayError> {
        let case = &view.case;
        let city = self.city();
        let office = city.office(self.zone_of_time()).ok_or(PayError::Unavailable)?;
        let at = event.happening.at;
        let means = case.definition.transition(&event.happening.action).and_then(|step| step.means);
        let own = assistance::given_until(case, office, means, at);
        let limit = case.definition.state(&event.happening.to).and_then(|state| state.limit.as_ref());
        let most = limit.and_then(|limit| Deadline::new(office, at, limit.within).ok()).map(|deadline| deadline.day());
        own.into_iter().chain(most).min().ok_or(PayError::NotFound)
    }
}
