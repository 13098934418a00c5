//! Milestones of a case that its applicant is told (article 28), in the words of approved templates.

use std::sync::LazyLock;

use lotus_domain::case::{Case, Event};
use lotus_domain::chain::Hash;
use lotus_domain::form;
use lotus_domain::kind::{Meaning, Role, Transition};
use lotus_domain::mark::Mark;
use lotus_domain::notice::{Contact, Notice, NoticeKey, Recipient, Templates, Value};
use lotus_domain::text::Text;

use crate::start::Platform;

/// The wordings that the platform comes with; its own test reads them whole.
static TEMPLATES: LazyLock<Option<Templates>> = LazyLock::new(|| Templates::shipped().ok());

/// How an applicant without an account is reached: by what they gave.
pub(crate) fn contact(case: &Case) -> Option<Contact> {
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

/// Whom what becomes of a case is told.
pub(crate) fn told(case: &Case) -> Option<Recipient> {
    case.account.clone().map(Recipient::Account).or_else(|| contact(case).map(Recipient::Contact))
}

impl Platform {
    /// What the applicant is told of the last event of a case; nothing of what they did themselves but the first.
    pub(crate) fn milestones(&self, case: &Case, step: Option<&Transition>, event: &Event) -> Vec<Notice> {
        told(case).map_or_else(Vec::new, |to| self.milestones_to(case, step, event, to))
    }

    /// The same, to somebody of whom the case itself knows nothing.
    pub(crate) fn milestones_to(
        &self,
        case: &Case,
        step: Option<&Transition>,
        event: &Event,
        to: Recipient,
    ) -> Vec<Notice> {
        let key = format!("case/{}/{}", case.number, event.sequence);
        let told = self.milestone(case, step, event, to, key);
        told.map(|notice| notice.about(&case.number)).into_iter().collect()
    }

    /// The same, to a complainant: whose it is can't be told from where the notice is kept.
    pub(crate) fn veiled(&self, case: &Case, step: Option<&Transition>, event: &Event, to: Recipient) -> Vec<Notice> {
        let name = Hash::of(format!("lotus veiled notice\0{}\0{}", case.number, event.hash).as_bytes()).to_string();
        let key = format!("veiled/{name}");
        self.milestone(case, step, event, to, key).into_iter().collect()
    }

    fn milestone(
        &self,
        case: &Case,
        step: Option<&Transition>,
        event: &Event,
        to: Recipient,
        key: String,
    ) -> Option<Notice> {
        let template = match (step, step.and_then(|step| step.means)) {
            (None, _) => "case-submitted",
            (Some(step), _) if event.happening.actor.role == Role::Applicant || step.to.is_none() => return None,
            (Some(_), Some(Meaning::CorrectionAsked)) => "case-correction",
            (Some(_), Some(Meaning::Granted | Meaning::Refused | Meaning::NotAccepted)) => "case-decided",
            (Some(_), _) => "case-moved",
        };
        let templates = TEMPLATES.as_ref()?;
        let state = case.at().map_or_else(|| Text::zh(case.state.clone()), |state| state.title.clone());
        let all = [
            ("title", Value::Text(case.subject.title().clone())),
            ("number", Value::plain(case.number.as_str())),
            ("state", Value::Text(state)),
        ];
        let values = if matches!(template, "case-moved" | "case-decided") { &all[..] } else { &all[..2] };
        let key = NoticeKey::parse(key);
        let zone = self.zone_of_time();
        let made =
            key.and_then(|key| templates.notice(template, values, &case.division, key, to, event.happening.at, zone));
        let number = &case.number;
        made.inspect_err(|error| tracing::error!(%error, %number, template, "a milestone can't be told")).ok()
    }
}
