//! Milestones of a case that its applicant is told (article 28), in the words of approved templates.

use std::sync::LazyLock;

use lotus_domain::case::{Case, Event};
use lotus_domain::form;
use lotus_domain::kind::{Meaning, Role, Transition};
use lotus_domain::mark::Mark;
use lotus_domain::notice::{Contact, Notice, NoticeKey, Recipient, Templates, Value};
use lotus_domain::text::Text;

use crate::start::Platform;

/// The wordings that the platform comes with; its own test reads them whole.
static TEMPLATES: LazyLock<Option<Templates>> = LazyLock::new(|| Templates::shipped().ok());

/// How an applicant without an account is reached: by what they gave.
fn contact(case: &Case) -> Option<Contact> {
    let texts = case.application.values.iter().filter_map(|given| match &given.value {
        form::Value::Text(text) => Some(text),
        _ => None,
    });
    let contact = Contact {
        telephone: texts
            .clone()
            .find(|text| Mark::telephone(text).is_some_and(|mark| mark.value().len() == 11))
            .cloned(),
        email: texts.clone().find_map(|text| lotus_domain::notice::email(text)),
    };
    (contact != Contact::default()).then_some(contact)
}

impl Platform {
    /// What the applicant is told of the last event of a case; nothing of what they did themselves but the first.
    pub(crate) fn milestones(&self, case: &Case, step: Option<&Transition>, event: &Event) -> Vec<Notice> {
        let template = match (step, step.and_then(|step| step.means)) {
            (None, _) => "case-submitted",
            (Some(step), _) if event.happening.actor.role == Role::Applicant || step.to.is_none() => return Vec::new(),
            (Some(_), Some(Meaning::CorrectionAsked)) => "case-correction",
            (Some(_), Some(Meaning::Granted | Meaning::Refused | Meaning::NotAccepted)) => "case-decided",
            (Some(_), _) => "case-moved",
        };
        let to = case.account.clone().map(Recipient::Account).or_else(|| contact(case).map(Recipient::Contact));
        let (Some(to), Some(templates)) = (to, TEMPLATES.as_ref()) else { return Vec::new() };
        let state = case.at().map_or_else(|| Text::zh(case.state.clone()), |state| state.title.clone());
        let all = [
            ("title", Value::Text(case.subject.title().clone())),
            ("number", Value::plain(case.number.as_str())),
            ("state", Value::Text(state)),
        ];
        let values = if matches!(template, "case-moved" | "case-decided") { &all[..] } else { &all[..2] };
        let key = NoticeKey::parse(format!("case/{}/{}", case.number, event.sequence));
        let zone = self.zone_of_time();
        let made =
            key.and_then(|key| templates.notice(template, values, &case.division, key, to, event.happening.at, zone));
        match made {
            Ok(notice) => vec![notice.about(&case.number)],
            Err(error) => {
                tracing::error!(%error, number = %case.number, template, "a milestone can't be told");
                Vec::new()
            }
        }
    }
}
