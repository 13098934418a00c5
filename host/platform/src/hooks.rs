//! What the case engine asks plugins, whatever the case's kind: advice before a transition, a look after it, reminders,
//! offers of help.
//!
//! Invariant: a plugin that fails holds nobody up. It may hold a transition with a reason, which staff may overrule; it may
//! add offers and reminders; it can't lengthen a promise, because nothing that it answers here holds one.

use std::sync::Arc;

use futures::future::join_all;
use lotus_domain::Slug;
use lotus_domain::account::{AccountId, Mandate};
use lotus_domain::applicant::Applicant;
use lotus_domain::case::CaseNumber;
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use lotus_domain::hook::{HelpOffer, Reminder, Tick, TransitionMade};
use lotus_domain::law::Refusal;
use lotus_domain::package::ExtensionPoint;
use lotus_domain::service::Advice;
use lotus_domain::text::{Language, Text};
use lotus_runtime::{Answer, Ask, Outcome};
use lotus_store::StoreError;

use crate::Visit;
use crate::asker::Asker;
use crate::plugin::Active;
use crate::start::Platform;

/// A plugin's no to a transition: a member of staff reads it and may overrule it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The plugin's name.
    pub plugin: Text,
    /// Why.
    pub refusal: Refusal,
}

/// Help that a plugin offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginOffer {
    /// The plugin's id.
    pub plugin: String,
    /// What it offers.
    pub offer: HelpOffer,
}

/// A reminder in its approved words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminding {
    /// The plugin's id.
    pub plugin: String,
    /// When, under which key.
    pub reminder: Reminder,
    /// Its headline.
    pub title: Text,
    /// What it says.
    pub body: Text,
}

/// What is to be said at a case's state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reminded {
    /// In the order of the plugins.
    pub reminders: Vec<Reminding>,
    /// The ids of those that could not say, and have to be asked again.
    pub again: Vec<String>,
}

fn visit(division: &Division) -> Visit {
    Visit { division: division.clone(), language: Language::Zh }
}

impl Reminding {
    /// What makes it one in its district's outbox.
    pub fn outbox_key(&self) -> String {
        outbox_key(&self.plugin, &self.reminder.key)
    }
}

/// A plugin's own key, which may hold any characters, as the outbox takes it.
pub(crate) fn outbox_key(plugin: &str, key: &str) -> String {
    let hash = Hash::of(format!("{plugin}\0{key}").as_bytes()).to_string();
    format!("plugin/{plugin}/{hash:.32}")
}

impl Active {
    /// Its name.
    pub(crate) fn title(&self) -> Text {
        self.package.as_ref().map_or_else(|_| Text::zh(self.id()), |ready| ready.manifest.title.clone())
    }

    /// A reminder in the words that its grant has for it.
    pub(crate) fn worded(&self, reminder: Reminder) -> Option<Reminding> {
        let template = self.activation.grant.template(&reminder.template)?;
        Some(Reminding {
            plugin: self.id().to_owned(),
            title: template.title.clone(),
            body: template.filled(&reminder.values),
            reminder,
        })
    }

    fn home(&self) -> Visit {
        visit(&self.activation.division)
    }

    /// Whether it holds a transition; one that can't answer holds nothing.
    pub(crate) async fn advise_case(
        &self,
        platform: &Platform,
        intended: &TransitionMade,
        applicant: Option<&Arc<Applicant>>,
    ) -> Option<Refusal> {
        let ask = Ask::Advise(intended.clone());
        let case = CaseNumber::parse(&intended.case).ok();
        let (outcome, record) = self.decide_for(platform, &self.home(), &ask, case.as_ref(), applicant).await;
        match outcome {
            Outcome::Answer(Answer::Advised(Advice::Hold(refusal))) | Outcome::Refused(refusal) => {
                // It decided something: why, its record tells.
                if let Some(record) = record {
                    platform.inner.recorder.keep(record);
                }
                Some(refusal)
            }
            Outcome::Answer(_) | Outcome::NotFound | Outcome::Unavailable(_) | Outcome::Failed(_) => None,
        }
    }

    /// Tells it of a transition; whether it has seen it. One that has not is to be told again.
    pub(crate) async fn observe_case(
        &self,
        platform: &Platform,
        made: &TransitionMade,
        applicant: Option<&Arc<Applicant>>,
    ) -> bool {
        let ask = Ask::Observe(made.clone());
        matches!(self.call_for(platform, &self.home(), &ask, applicant).await, Outcome::Answer(Answer::Observed))
    }

    /// What is to be said now that a case has come to a state; none where it could not say, so that it is asked again.
    pub(crate) async fn reminders_for_case(
        &self,
        platform: &Platform,
        case: &CaseNumber,
        state: &Slug,
        applicant: Option<&Arc<Applicant>>,
    ) -> Option<Vec<Reminder>> {
        let ask = Ask::RemindersForCase { case: case.clone(), state: state.clone() };
        match self.call_for(platform, &self.home(), &ask, applicant).await {
            Outcome::Answer(Answer::Reminders(reminders)) => Some(reminders),
            Outcome::Refused(_) | Outcome::NotFound => Some(Vec::new()),
            Outcome::Answer(_) | Outcome::Unavailable(_) | Outcome::Failed(_) => None,
        }
    }

    /// The help that it offers for an item; nothing where it can't say, since the host's own offers stand anyway.
    pub(crate) async fn assistance_offers(
        &self,
        platform: &Platform,
        visit: &Visit,
        item: &str,
        applicant: Option<&Arc<Applicant>>,
    ) -> Vec<HelpOffer> {
        let ask = Ask::Offers { item: item.to_owned() };
        match self.call_for(platform, visit, &ask, applicant).await {
            Outcome::Answer(Answer::Offers(offers)) => offers,
            _ => Vec::new(),
        }
    }

    /// Runs one of its timers.
    pub(crate) async fn timer_run(&self, platform: &Platform, tick: Tick) -> Outcome<Answer> {
        self.call_for(platform, &self.home(), &Ask::RunTimer(tick), None).await
    }
}

impl Platform {
    /// The plugins of a district that really answer this.
    pub(crate) fn answering(&self, division: &Division, point: ExtensionPoint) -> Vec<Arc<Active>> {
        let city = self.city();
        let plugins = city.tenant(division).map(|tenant| tenant.plugins.as_slice()).unwrap_or_default();
        plugins.iter().filter(|active| active.package.is_ok() && active.answers(point)).cloned().collect()
    }

    /// Who applies, as plugins may come to know them: whoever is signed in, for the enterprise that they act for.
    pub fn applicant(&self, asker: &Asker) -> Option<Arc<Applicant>> {
        let person = asker.person()?;
        Some(Arc::new(Applicant::of(&person.account, person.acting_for.as_ref())))
    }

    /// The same for a case's own account, where nobody is signed in.
    pub async fn applicant_of(
        &self,
        account: Option<&AccountId>,
        acting_for: Option<&Mandate>,
    ) -> Result<Option<Arc<Applicant>>, StoreError> {
        let (Some(account), Some(city)) = (account, self.city_division()) else { return Ok(None) };
        let account = self.store().account_get(&city, account).await?;
        Ok(account.map(|account| Arc::new(Applicant::of(&account, acting_for))))
    }

    /// Asks the district's plugins before a transition, all at once; those that hold it, with their reasons.
    pub async fn advise_case(
        &self,
        division: &Division,
        intended: &TransitionMade,
        applicant: Option<&Arc<Applicant>>,
    ) -> Vec<Held> {
        let plugins = self.answering(division, ExtensionPoint::CaseHooks);
        let said = plugins.iter().map(|active| async {
            let refusal = active.advise_case(self, intended, applicant).await?;
            Some(Held { plugin: active.title(), refusal })
        });
        join_all(said).await.into_iter().flatten().collect()
    }

    /// Tells the district's plugins of a transition; the ids of those that have to be told again.
    pub async fn observe_case(
        &self,
        division: &Division,
        made: &TransitionMade,
        applicant: Option<&Arc<Applicant>>,
    ) -> Vec<String> {
        let plugins = self.answering(division, ExtensionPoint::CaseHooks);
        let seen = plugins.iter().map(|active| async {
            let seen = active.observe_case(self, made, applicant).await;
            (!seen).then(|| active.id().to_owned())
        });
        join_all(seen).await.into_iter().flatten().collect()
    }

    /// What the district's plugins want to be said now that a case has come to a state. Whoever puts these into the outbox
    /// takes [`Reminding::outbox_key`], so that asking twice tells nobody twice.
    pub async fn reminders_for_case(
        &self,
        division: &Division,
        case: &CaseNumber,
        state: &Slug,
        applicant: Option<&Arc<Applicant>>,
    ) -> Reminded {
        let plugins = self.answering(division, ExtensionPoint::Reminders);
        let asked = plugins
            .iter()
            .map(|active| async move { (active, active.reminders_for_case(self, case, state, applicant).await) });
        let mut reminded = Reminded::default();
        for (active, said) in join_all(asked).await {
            match said {
                Some(said) => {
                    reminded.reminders.extend(said.into_iter().filter_map(|reminder| active.worded(reminder)));
                }
                None => reminded.again.push(active.id().to_owned()),
            }
        }
        reminded
    }

    /// What the district's plugins offer for an item, in the order of the plugins.
    pub async fn assistance_offers(
        &self,
        visit: &Visit,
        item: &str,
        applicant: Option<&Arc<Applicant>>,
    ) -> Vec<PluginOffer> {
        let plugins = self.answering(&visit.division, ExtensionPoint::Assistance);
        let offers = plugins.iter().map(|active| async {
            let offers = active.assistance_offers(self, visit, item, applicant).await;
            offers.into_iter().map(|offer| PluginOffer { plugin: active.id().to_owned(), offer }).collect::<Vec<_>>()
        });
        join_all(offers).await.into_iter().flatten().collect()
    }
}
