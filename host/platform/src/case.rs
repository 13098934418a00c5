//! Cases as their applicants follow them, and what an applicant may do.

use std::sync::Arc;

use lotus_domain::Slug;
use lotus_domain::case::{Actor, Case, CaseNumber, Event, FollowSecret, Happening, Subject, TransitionError};
use lotus_domain::district::{District, Division};
use lotus_domain::kind::{Clock, Role, Transition};
use lotus_domain::law::Refusal;
use lotus_domain::package::Digest;
use lotus_domain::record::CallRecord;
use lotus_domain::service::Advice;
use lotus_domain::text::{Language, Text};
use lotus_runtime::{Answer, Ask, Outcome};
use lotus_store::{CaseFile, StoreError};

use crate::Visit;
use crate::plugin::Active;
use crate::start::Platform;

/// A case as one of its parties sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseView {
    /// It.
    pub case: Case,
    /// Whose it is.
    pub district: Arc<District>,
    /// Its history.
    pub events: Vec<Event>,
    /// What whoever looks may do from here.
    pub actions: Vec<Transition>,
    /// Working days until the due day, negative where it is over; none while the clock does not run.
    pub left: Option<i32>,
}

/// Why a case is not shown or does not move.
#[derive(Debug, Clone, PartialEq)]
pub enum CaseError {
    /// There is no such case, or the secret is not its own: both look the same.
    NotFound,
    /// Somebody else acted in between; this is how it stands now.
    Changed {
        /// The case now.
        now: Box<CaseView>,
    },
    /// The definition does not let it.
    NotPossible(TransitionError),
    /// The district's plugin holds it, with its reason.
    Held(Refusal),
    /// The database is away, or the plugin that must be asked.
    Unavailable,
}

impl From<StoreError> for CaseError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a case can't be read or written");
        Self::Unavailable
    }
}

impl Platform {
    /// A case, for whoever holds its secret.
    pub async fn case_follow(&self, number: &CaseNumber, secret: &FollowSecret) -> Result<CaseView, CaseError> {
        let file = self.case_of(number).await?.ok_or(CaseError::NotFound)?;
        if !file.case.secret.same(&secret.hash()) {
            return Err(CaseError::NotFound);
        }
        self.view(file, &[Role::Applicant])
    }

    /// Finds a case by its number, which begins with the first six digits of its division.
    pub(crate) async fn case_of(&self, number: &CaseNumber) -> Result<Option<CaseFile>, StoreError> {
        let prefix = number.as_str().get(..6).unwrap_or_default();
        for district in self.districts().iter().filter(|d| d.division.as_str().starts_with(prefix)) {
            if let Some(file) = self.store().case_get(&district.division, number).await? {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }

    /// A case as these parties to it see it.
    pub(crate) fn view(&self, file: CaseFile, parties: &[Role]) -> Result<CaseView, CaseError> {
        let CaseFile { case, events } = file;
        let district = self.district(&case.division).ok_or(CaseError::NotFound)?;
        let actions = case
            .definition
            .transitions
            .iter()
            .filter(|step| step.from.as_str() == case.state && parties.contains(&step.by))
            .cloned()
            .collect();
        let left = self.days_left(&case);
        Ok(CaseView { case, district, events, actions, left })
    }

    /// Working days until a case's due day, negative where it is over; none while its clock does not run.
    pub fn days_left(&self, case: &Case) -> Option<i32> {
        let due = case.due.filter(|_| clock(case) == Clock::Running)?;
        let city = self.city();
        city.calendar.as_ref().and_then(|calendar| calendar.count_working_days(self.today(), due).ok())
    }

    /// Moves a case on as its applicant wants, if it still is where the applicant saw it.
    pub async fn case_act(
        &self,
        number: &CaseNumber,
        secret: &FollowSecret,
        revision: u32,
        action: &str,
        reason: Option<&str>,
    ) -> Result<CaseView, CaseError> {
        let view = self.case_follow(number, secret).await?;
        let actor = Actor { role: Role::Applicant, account: None };
        self.act(view, actor, revision, action, reason, &[Role::Applicant]).await
    }

    /// Moves a case on, if it still is where whoever acts saw it.
    pub(crate) async fn act(
        &self,
        view: CaseView,
        actor: Actor,
        revision: u32,
        action: &str,
        reason: Option<&str>,
        parties: &[Role],
    ) -> Result<CaseView, CaseError> {
        if view.case.revision != revision {
            return Err(CaseError::Changed { now: Box::new(view) });
        }
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
        let happening = view.case.happening(action, actor, self.now(), reason.map(Text::zh), None);
        let happening = happening.map_err(CaseError::NotPossible)?;
        let (happening, record) = self.advised(&view.case, happening, reason).await?;
        let number = view.case.number.clone();
        let event = Event::seal(&number, view.events.last(), happening);
        let moved = self.moved(&view.case, &view.events, &event);
        let done = self.store().case_append(moved.division.clone(), moved, event, record).await?;
        let file = self.case_of(&number).await?.ok_or(CaseError::NotFound)?;
        let now = self.view(file, parties)?;
        if done { Ok(now) } else { Err(CaseError::Changed { now: Box::new(now) }) }
    }

    /// Asks the case's own version of its plugin, where the definition says so.
    async fn advised(
        &self,
        case: &Case,
        happening: Happening,
        reason: Option<&str>,
    ) -> Result<(Happening, Option<CallRecord>), CaseError> {
        let asks = case.definition.transition(&happening.action).is_some_and(|step| step.asks_plugin);
        let Subject::Service { service, package, .. } = &case.subject;
        let slug = |id: &str| Slug::parse(id).map_err(|_| CaseError::Unavailable);
        if !asks {
            return Ok((happening, None));
        }
        let active = self.plugin_of(&case.division, package).await.ok_or(CaseError::Unavailable)?;
        let ask = Ask::Advance {
            case: case.number.clone(),
            service: slug(service)?,
            state: slug(&case.state)?,
            transition: slug(&happening.action)?,
            values: case.application.values.clone(),
            reason: reason.map(ToOwned::to_owned),
        };
        let visit = Visit { division: case.division.clone(), language: Language::Zh };
        let (outcome, record) = active.decide(self, &visit, &ask, Some(&case.number)).await;
        let advice = outcome.pick(|answer| match answer {
            Answer::Advised(advice) => Some(advice),
            _ => None,
        });
        match advice {
            Outcome::Answer(Advice::Proceed) => Ok((happening, record)),
            Outcome::Answer(Advice::ProceedWith(words)) => Ok((Happening { remark: Some(words), ..happening }, record)),
            Outcome::Answer(Advice::Hold(refusal)) | Outcome::Refused(refusal) => Err(CaseError::Held(refusal)),
            Outcome::NotFound | Outcome::Unavailable(_) | Outcome::Failed(_) => Err(CaseError::Unavailable),
        }
    }

    /// The version of a plugin that a case began with, in its district: the active one, or the older one made ready again.
    async fn plugin_of(&self, division: &Division, package: &str) -> Option<Arc<Active>> {
        let digest = Digest::parse(package)?;
        let city = self.city();
        let plugins = &city.tenant(division)?.plugins;
        if let Some(active) = plugins.iter().find(|active| active.activation.package == digest) {
            return Some(Arc::clone(active));
        }
        let ready = self.package_ready(&digest).await.ok()?;
        let newer = plugins.iter().find(|active| active.id() == ready.manifest.id)?;
        let activation = lotus_domain::activation::Activation { package: digest, ..newer.activation.clone() };
        Some(Arc::new(Active::load(self, activation).await))
    }

    /// The case after an event. Working days that passed while the clock was paused are given back.
    fn moved(&self, case: &Case, events: &[Event], event: &Event) -> Case {
        let mut moved = case.clone();
        event.happening.to.clone_into(&mut moved.state);
        moved.revision = event.sequence;
        if clock(case) == Clock::Paused && clock(&moved) == Clock::Running {
            let since = events.last().map_or(case.submitted, |last| last.happening.at);
            let city = self.city();
            let paused = city.calendar.as_ref().and_then(|calendar| {
                let days = calendar.count_working_days(self.date_of(since), self.date_of(event.happening.at)).ok()?;
                calendar.add_working_days(case.due?, days).ok()
            });
            moved.due = paused.map_or(case.due, |counted| Some(counted.day));
        }
        moved
    }
}

/// What the clock does where the case is.
fn clock(case: &Case) -> Clock {
    case.definition.state(&case.state).map_or(Clock::Stopped, |state| state.clock)
}
