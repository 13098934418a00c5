//! Assistance 帮办代办 (article 26): what is offered, asking for it, whose turn it is, and what comes first.
//!
//! Invariant: the applicant asks, gives the mandate and stays the submitter; what a helper may do is what the mandate's own
//! case lets them. A plugin's offers stand beside the regulation's, never in their place.

use std::sync::Arc;

use jiff::civil::Date;
use lotus_domain::access::{Deed, Role as Held};
use lotus_domain::account::AccountId;
use lotus_domain::assistance::{self, CARE_PRIORITY, Facts, KIND, Offer, PRIORITISED};
use lotus_domain::case::{Actor, Case, CaseNumber, Event, Happening, Subject};
use lotus_domain::catalog::{DistrictItem, Item};
use lotus_domain::district::Division;
use lotus_domain::form::{FieldError, Form, Typed, Value};
use lotus_domain::item_form::Known;
use lotus_domain::kind::{Meaning, Role, Transition};
use lotus_domain::text::Text;
use lotus_store::{CaseFile, Opened, Step, StoreError};

use crate::Visit;
use crate::asker::{Asker, Denied};
use crate::case::{CaseError, CaseView};
use crate::opening::Beginning;
use crate::plugin::NotServed;
use crate::service::{Receipt, application, unavailable};
use crate::start::Platform;
use crate::token::FormToken;
use crate::worklist::WorkError;

/// How the name of a case of assistance begins that is about something.
pub(crate) const ABOUT: &str = "帮办代办：";
/// Cases of a helper that are shown.
const MOST: u32 = 200;
/// How often it is tried again that an application moved while help for it was opened.
const TRIES: u32 = 3;

/// What help is asked for.
#[derive(Debug, Clone, Copy)]
pub enum HelpFor<'a> {
    /// Something that is not begun: an item, or anything.
    Item(Option<&'a Arc<DistrictItem>>),
    /// An application.
    Application(&'a CaseView),
}

impl<'a> HelpFor<'a> {
    fn application(self) -> Option<&'a Case> {
        match self {
            Self::Application(view) => Some(&view.case),
            Self::Item(_) => None,
        }
    }
}

/// What became of asking for help.
#[derive(Debug, Clone)]
pub enum HelpAsked {
    /// A case was opened.
    Opened(Receipt),
    /// This application has open assistance already.
    There(CaseNumber),
    /// Wrong values, each beside its field.
    Invalid(Vec<FieldError>),
    /// The form lay open too long.
    StaleToken,
}

/// Assistance as the application's page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Helping {
    /// Its number.
    pub number: CaseNumber,
    /// Where it is.
    pub state: Text,
    /// Who helps; none while nobody is there.
    pub helper: Option<String>,
    /// The mandate's last day, while it holds.
    pub until: Option<Date>,
}

impl Platform {
    /// The item that a case is about, as its district publishes it now.
    pub fn item_of(&self, case: &Case) -> Option<Arc<DistrictItem>> {
        self.item(&case.division, case.subject.item()?)
    }

    /// What is offered to whoever asks: by the regulation, then by the district's plugins.
    pub async fn help_offers(
        &self,
        visit: &Visit,
        item: Option<&Item>,
        asker: &Asker,
        application: Option<&Case>,
    ) -> Vec<Offer> {
        let number = asker.person().and_then(|person| person.account.profile.identity_number.as_deref());
        let facts = application.map_or_else(|| Facts::of_number(number), |case| Facts::of(&case.application.values));
        let own = assistance::offers(&facts, item, self.today());
        let Some(item) = item else { return own };
        let applicant = self.applicant(asker);
        let added = self.assistance_offers(visit, &item.code, applicant.as_ref()).await;
        assistance::with_added(own, added.into_iter().map(|added| (added.plugin, added.offer)))
    }

    /// The form in which assistance is asked for.
    pub fn help_form(&self, asker: &Asker, application: Option<&Case>) -> Result<Form, NotServed> {
        let definition = self.city().kind(KIND).ok_or(NotServed::Unavailable)?;
        let person = asker.person();
        let known = Known {
            profile: person.map(|person| &person.account.profile),
            acting_for: person.and_then(|person| person.acting_for.as_ref()),
        };
        // For an application it is its applicant who is helped, whoever is signed in.
        let given = |name: &str| {
            application?.application.values.iter().find(|given| given.name == name).map(|given| given.value.typed())
        };
        let mut form = assistance::form(known, given("identity-number").as_deref(), &definition, self.today());
        for field in form.sections.iter_mut().flat_map(|section| &mut section.fields) {
            if let Some(text) = given(field.name.as_str()).filter(|_| field.name.as_str() != "details") {
                field.initial = Some(Value::Text(text));
            }
        }
        Ok(form)
    }

    /// The accounts of those who help in a district now.
    async fn helpers(&self, division: &Division) -> Result<Vec<AccountId>, StoreError> {
        let now = self.now();
        let held = self.store().role_list(division).await?;
        let helps = held
            .into_iter()
            .filter(|(_, held)| held.role == Held::Helper && held.until.is_none_or(|until| now < until));
        let mut helpers: Vec<AccountId> = helps.map(|(account, _)| account).collect();
        helpers.dedup();
        Ok(helpers)
    }

    /// Asks for assistance and gives the mandate. However often the same form is sent, it is one case.
    pub async fn help_ask(
        &self,
        division: &Division,
        what: HelpFor<'_>,
        token: &FormToken,
        typed: &Typed,
        asker: &Asker,
    ) -> Result<HelpAsked, NotServed> {
        let form = self.help_form(asker, what.application())?;
        let turn = self.inner.in_flight.of(token.hash());
        let _turn = turn.lock().await;
        if let Some(receipt) = self.receipt_again(division, token).await.map_err(|error| unavailable(&error))? {
            return Ok(HelpAsked::Opened(receipt));
        }
        if !token.holds(&self.inner.key, self.now()) {
            return Ok(HelpAsked::StaleToken);
        }
        let values = match form.read(typed) {
            Ok(values) => values,
            Err(errors) => return Ok(HelpAsked::Invalid(errors)),
        };
        let definition = self.city().kind(KIND).ok_or(NotServed::Unavailable)?;
        let given = |name: &str| values.iter().find(|given| given.name == name).map(|given| given.value.typed());
        let who = given("organisation").or_else(|| given("name")).unwrap_or_default();
        let (code, about) = match what {
            HelpFor::Item(item) => {
                let item = item.map(|item| &item.item);
                (item.map(|item| item.code.clone()), item.map(|item| item.name.clone()))
            }
            HelpFor::Application(view) => {
                (view.case.subject.item().map(ToOwned::to_owned), Some(view.case.subject.title().clone()))
            }
        };
        let title = about.map_or_else(
            || Text::new("帮办代办", "Assistance"),
            |about| {
                let en = about.en.as_deref().unwrap_or(&about.zh);
                Text::new(format!("{ABOUT}{}", about.zh), format!("Assistance: {en}"))
            },
        );
        let beginning = Beginning {
            number: self.new_number(division, &definition),
            title: Text::zh(format!("{}：{who}", title.zh)),
            subject: Subject::Matter {
                title,
                department: Text::new("政务服务中心", "Government service centre"),
                item: code,
            },
            message: Some(Text::new(
                "帮办员会与您联系；帮办代办免费，您可以随时收回委托，申请仍由您本人提交。",
                "A helper will call you. It is free; you can take the mandate back at any time, and you stay the one who submits.",
            )),
            application: application(values, Some(&form)),
            record: None,
            parent: what.application().map(|case| case.number.clone()),
            assigned: None,
            priority: 0,
            definition,
        };
        let helpers = self.helpers(division).await.map_err(|error| unavailable(&error))?;
        let begun = self.begin_helped(division, asker, token, beginning, helpers).await;
        begun.map_err(|error| unavailable(&error))
    }

    async fn begin_helped(
        &self,
        division: &Division,
        asker: &Asker,
        token: &FormToken,
        beginning: Beginning,
        helpers: Vec<AccountId>,
    ) -> Result<HelpAsked, StoreError> {
        let prepared = self.prepare(division, asker, token, beginning).await?;
        let new = prepared.new.clone();
        let mut tries = 0;
        let opened = loop {
            let beside = match &new.case.parent {
                Some(parent) => self.first_at_once(division, parent).await?,
                None => None,
            };
            match self.store().assistance_open(division.clone(), new.clone(), helpers.clone(), beside).await {
                Err(StoreError::Unavailable(why)) if tries < TRIES => {
                    tracing::debug!(why, "help is opened once more");
                    tries += 1;
                }
                opened => break opened?,
            }
        };
        match opened {
            Opened::Before(number) if self.store().case_find(division, &token.hash()).await?.is_none() => {
                Ok(HelpAsked::There(number))
            }
            opened => Ok(HelpAsked::Opened(self.begun(division, token, prepared, opened).await?)),
        }
    }

    /// What puts an application first as soon as help is asked for: its applicant's own identity number says why.
    async fn first_at_once(&self, division: &Division, number: &CaseNumber) -> Result<Option<Step>, StoreError> {
        let Some(file) = self.store().case_get(division, number).await? else { return Ok(None) };
        if !Facts::of(&file.case.application.values).is_elderly(self.today()) {
            return Ok(None);
        }
        let actor = Actor { role: Role::System, account: None };
        Ok(self.raised(file, CARE_PRIORITY, actor, care_reason()))
    }

    /// The step that gives an open application another rank; none where it has that, or more.
    fn raised(&self, file: CaseFile, priority: u8, actor: Actor, reason: Text) -> Option<Step> {
        let CaseFile { case, events } = file;
        (case.is_open() && case.priority < priority).then(|| self.ranked(case, &events, priority, actor, reason))
    }

    fn ranked(&self, case: Case, events: &[Event], priority: u8, actor: Actor, reason: Text) -> Step {
        let happening = Happening {
            at: self.now(),
            actor,
            action: PRIORITISED.to_owned(),
            from: Some(case.state.clone()),
            to: case.state.clone(),
            reason: Some(reason),
            basis: None,
            remark: None,
        };
        let event = Event::seal(&case.number, events.last(), happening);
        Step::new(Case { priority, revision: event.sequence, ..case }, event)
    }

    /// What else happens when a helper accepts a mandate: whoever said that they are to be cared for has shown it now, and
    /// their application comes first.
    pub(crate) async fn first_once_accepted(
        &self,
        case: &Case,
        step: Option<&Transition>,
        by: &Actor,
    ) -> Result<Option<Step>, StoreError> {
        let accepted = step.is_some_and(|step| step.means == Some(Meaning::Accepted));
        let (true, true, Some(parent)) = (accepted, case.definition.id.as_str() == KIND, &case.parent) else {
            return Ok(None);
        };
        if Facts::of(&case.application.values).cares(self.today()).is_empty() {
            return Ok(None);
        }
        let Some(file) = self.store().case_get(&case.division, parent).await? else { return Ok(None) };
        Ok(self.raised(file, CARE_PRIORITY, by.clone(), care_reason()))
    }

    /// Says how an application ranks on every worklist, as whoever answers for it.
    pub async fn priority_set(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        priority: u8,
        reason: &str,
    ) -> Result<(), WorkError> {
        let view = self.case_see(asker, number).await?;
        self.allow_case(asker, Deed::SetPriority, &view.case).await?;
        let reason = reason.trim();
        if reason.is_empty() {
            let needs = lotus_domain::case::TransitionError::NeedsReason(PRIORITISED.to_owned());
            return Err(CaseError::NotPossible(needs).into());
        }
        let priority = priority.min(9);
        let division = view.case.division.clone();
        let reason = Text::zh(reason.chars().take(500).collect::<String>());
        let actor = Actor { role: Role::DepartmentHead, account: asker.name() };
        // Only the newest event may be followed, so the whole history is read again.
        let file = self.store().case_get(&division, number).await.map_err(CaseError::from)?;
        let file = file.ok_or(CaseError::NotFound)?;
        let step = self.ranked(file.case, &file.events, priority, actor, reason);
        let done = self.store().case_append(division.clone(), step).await.map_err(CaseError::from)?;
        let outcome = if done { priority.to_string() } else { "changed in between".to_owned() };
        self.note(asker, &division, "priority-set", number.as_str(), &outcome).await;
        if done {
            Ok(())
        } else {
            Err(CaseError::Changed { now: Box::new(self.case_see(asker, number).await?) }.into())
        }
    }

    /// Whether the asker says how a case ranks, for what its page offers.
    pub fn may_rank(&self, asker: &Asker, case: &Case) -> bool {
        let place =
            lotus_domain::access::Place { division: &case.division, department: Some(case.subject.department()) };
        self.may(asker, Deed::SetPriority, place)
    }

    /// The name of an account's person.
    pub(crate) async fn name_of(&self, account: Option<&AccountId>) -> Result<Option<String>, StoreError> {
        let (Some(account), Some(city)) = (account, self.city_division()) else { return Ok(None) };
        Ok(self.store().account_get(&city, account).await?.map(|account| account.profile.name))
    }

    /// The assistance of an application, for whoever may see it, the newest last.
    pub async fn helps_of(&self, case: &Case) -> Result<Vec<Helping>, Denied> {
        let mut helps = Vec::new();
        for part in self.store().case_list_parts(&case.division, &case.number).await? {
            if part.definition.id.as_str() != KIND {
                continue;
            }
            let state = part.at().map_or_else(|| Text::zh(part.state.clone()), |state| state.title.clone());
            let until = part.clocks.step.as_ref().filter(|_| assistance::holds(&part)).map(|step| step.deadline.day());
            let helper = self.name_of(part.assigned.as_ref()).await?;
            helps.push(Helping { number: part.number, state, helper, until });
        }
        Ok(helps)
    }

    /// The open cases of a district that are assigned to the asker, what comes first first.
    pub async fn help_assigned(&self, asker: &Asker, division: &Division) -> Result<Vec<Case>, Denied> {
        self.allow_within(asker, Deed::Help, division, "helper").await?;
        let Some(person) = asker.person() else { return Ok(Vec::new()) };
        // What waited for a helper waits no longer.
        self.help_assign(division).await?;
        Ok(self.store().case_list_assigned(division, &person.account.id, MOST).await?)
    }
}

impl Platform {
    /// Gives what nobody has, or whoever has it helps no more, to whose turn it is.
    pub(crate) async fn help_assign(&self, division: &Division) -> Result<(), StoreError> {
        let helpers = self.helpers(division).await?;
        let Some(definition) = self.city().kind(KIND).filter(|_| !helpers.is_empty()) else { return Ok(()) };
        for (number, helper) in self.store().assistance_assign(division.clone(), definition.code, helpers).await? {
            let nobody = Asker::nobody(None);
            self.note(&nobody, division, "helper-assigned", number.as_str(), &helper.to_string()).await;
        }
        Ok(())
    }
}

/// Why an application comes first.
fn care_reason() -> Text {
    Text::new(
        "老年人、残疾人、孕妇、军人优先办理（《许昌市政务服务条例》第二十六条）。",
        "The elderly, disabled, pregnant and soldiers come first (article 26 of the city's regulation).",
    )
}
