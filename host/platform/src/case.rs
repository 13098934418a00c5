//! Cases as their applicants follow them, and what an applicant may do.

use std::sync::Arc;

use lotus_domain::Slug;
use lotus_domain::case::{Actor, Case, CaseNumber, Event, FollowSecret, Happening, Subject, TransitionError};
use lotus_domain::chain::Hash;
use lotus_domain::clock::Clocks;
use lotus_domain::district::{District, Division};
use lotus_domain::fee::DueState;
use lotus_domain::grievance;
use lotus_domain::hook::TransitionMade;
use lotus_domain::kind::{Definition, HandsOver, Need, Role, Transition};
use lotus_domain::law::Refusal;
use lotus_domain::package::Digest;
use lotus_domain::record::CallRecord;
use lotus_domain::service::Advice;
use lotus_domain::text::{Language, Text};
use lotus_runtime::{Answer, Ask, Outcome};
use lotus_store::{CaseFile, NewCase, Step, StoreError};

use crate::Visit;
use crate::claim::Brought;
use crate::hooks::Held;
use crate::milestone::told;
use crate::observing::subject;
use crate::plugin::Active;
use crate::start::Platform;
use crate::supervision;

/// Events that are loaded with a case: what a page shows at a time, and more than a step needs.
pub(crate) const RECENT: u32 = 50;

/// A case as one of its parties sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseView {
    /// It.
    pub case: Case,
    /// Whose it is.
    pub district: Arc<District>,
    /// Of its history the first event and the newest, in order; those between are [`Platform::case_earlier`]'s.
    pub events: Vec<Event>,
    /// It is seen by staff, who may read what plugins remarked.
    pub(crate) for_staff: bool,
    /// What whoever looks may do from here.
    pub actions: Vec<Transition>,
    /// Working days until the due day, negative where it is over; none while the clock does not run.
    pub left: Option<i32>,
}

/// What somebody wants of a case.
#[derive(Debug, Clone)]
pub(crate) struct Wanted<'a> {
    /// Who, as which party.
    pub(crate) actor: Actor,
    /// Where they saw it.
    pub(crate) revision: u32,
    /// The transition.
    pub(crate) action: &'a str,
    /// Why.
    pub(crate) reason: Option<&'a str>,
    /// Though a plugin of the district advises against it.
    pub(crate) overrules: bool,
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
    /// The district's plugins advise against it; a member of staff may overrule them.
    Advised(Vec<Held>),
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

    /// The events of a case that is seen before one of them, in order, as many as a page shows.
    pub async fn case_earlier(&self, view: &CaseView, before: u32) -> Result<Vec<Event>, CaseError> {
        let (division, number) = (&view.case.division, &view.case.number);
        let before = before.min(view.case.revision.saturating_add(1));
        let events = self.store().event_list_before(division, number, before, RECENT).await?;
        let parties: &[Role] = if view.for_staff { &[] } else { &[Role::Applicant] };
        Ok(crate::case_files::for_parties(events, parties))
    }

    /// Finds a case by its number, which begins with the first six digits of its division.
    pub(crate) async fn case_of(&self, number: &CaseNumber) -> Result<Option<CaseFile>, StoreError> {
        let prefix = number.as_str().get(..6).unwrap_or_default();
        for district in self.districts().iter().filter(|d| d.division.as_str().starts_with(prefix)) {
            if let Some(file) = self.store().case_recent(&district.division, number, RECENT).await? {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }

    /// A case as these parties to it see it.
    pub(crate) fn view(&self, file: CaseFile, parties: &[Role]) -> Result<CaseView, CaseError> {
        let CaseFile { case, events } = file;
        let events = crate::case_files::for_parties(events, parties);
        let district = self.district(&case.division).ok_or(CaseError::NotFound)?;
        let actions = case.steps_for(parties);
        let left = self.days_left(&case);
        let for_staff = !parties.contains(&Role::Applicant);
        Ok(CaseView { case, district, events, for_staff, actions, left })
    }

    /// Working days until what is due next, negative where it is over; none while nothing is.
    pub fn days_left(&self, case: &Case) -> Option<i32> {
        let due = case.clocks.due()?.day();
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
        let wanted = Wanted { actor, revision, action, reason, overrules: false };
        self.act(view, wanted, &[Role::Applicant]).await
    }

    /// Moves a case on, if it still is where whoever acts saw it.
    pub(crate) async fn act(
        &self,
        view: CaseView,
        wanted: Wanted<'_>,
        parties: &[Role],
    ) -> Result<CaseView, CaseError> {
        self.act_to(view, wanted, parties, None).await
    }

    /// The same, with the department that it is handed over to, or that is asked to take part.
    pub(crate) async fn act_to(
        &self,
        view: CaseView,
        wanted: Wanted<'_>,
        parties: &[Role],
        to: Option<Text>,
    ) -> Result<CaseView, CaseError> {
        self.act_with(view, wanted, parties, to, None).await
    }

    /// The same, with what a claim becomes by it and the call that decided so (article 30).
    pub(crate) async fn act_with(
        &self,
        view: CaseView,
        wanted: Wanted<'_>,
        parties: &[Role],
        to: Option<Text>,
        brought: Option<Brought>,
    ) -> Result<CaseView, CaseError> {
        // All that a step holds while it waits lies in a place of its own: many kinds of page make steps.
        Box::pin(self.acted(view, wanted, parties, to, brought)).await
    }

    async fn acted(
        &self,
        view: CaseView,
        wanted: Wanted<'_>,
        parties: &[Role],
        to: Option<Text>,
        brought: Option<Brought>,
    ) -> Result<CaseView, CaseError> {
        let Wanted { actor, revision, action, reason, overrules } = wanted;
        if view.case.revision != revision {
            return Err(CaseError::Changed { now: Box::new(view) });
        }
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
        let happening = view.case.happening(action, actor, self.now(), reason.map(Text::zh), None);
        let mut happening = happening.map_err(CaseError::NotPossible)?;
        let step = view.case.definition.transition(action).cloned();
        let mut to = to;
        if let Some(step) = &step {
            self.needs(&view.case, step).await?;
            to = self.handed_to(&view.case, step, to)?;
            if let Some(most) = step.at_most {
                self.not_too_often(&view.case, step, most).await?;
            }
            if let Some(to) = &to {
                happening.reason = Some(said_to(to, happening.reason.as_ref()));
            }
        }
        // Advice is for the staff, who may overrule it.
        if !matches!(happening.actor.role, Role::System | Role::Applicant) && !overrules {
            let held = self.advise_case(&view.case.division, &intended(&view.case, &happening), None).await;
            if !held.is_empty() {
                return Err(CaseError::Advised(held));
            }
        }
        let brought = self.claim_follows(&view.case, &happening, brought).await?;
        let (happening, record) = self.advised(&view.case, happening, reason).await?;
        let number = view.case.number.clone();
        let event = Event::seal(&number, view.events.last(), happening);
        let step = self.step(&view, step.as_ref(), event, record, to).await?;
        let step = match brought {
            Some(Brought { claim, record, mut notices }) => {
                notices.extend(step.notices);
                Step { claim: Some(claim), record: record.or(step.record), notices, ..step }
            }
            None => step,
        };
        let sequence = step.event.sequence;
        self.transition_marked(&view.case.division, &number, sequence).await?;
        let done = self.store().case_append(view.case.division.clone(), step).await?;
        if done {
            self.transition_told(&view.case.division, &number, sequence);
        }
        let file = self.case_of(&number).await?.ok_or(CaseError::NotFound)?;
        if done {
            self.row_follows(&file.case).await;
            self.list_follows(&file.case).await;
        }
        let now = self.view(file, parties)?;
        if done { Ok(now) } else { Err(CaseError::Changed { now: Box::new(now) }) }
    }

    /// An event with all that it brings about.
    pub(crate) async fn step(
        &self,
        view: &CaseView,
        transition: Option<&Transition>,
        event: Event,
        record: Option<CallRecord>,
        to: Option<Text>,
    ) -> Result<Step, CaseError> {
        let case = &view.case;
        let mut moved = {
            let city = self.city();
            let office = city.office(self.zone_of_time()).ok_or(CaseError::Unavailable)?;
            case.after(office, &event).map_err(|_| CaseError::Unavailable)?
        };
        let joint = match (transition, to) {
            (Some(step), Some(to)) if step.hands_over.is_some() => {
                moved.subject = moved.subject.of_department(to);
                // Whoever it was assigned to is another department's.
                moved.assigned = None;
                Vec::new()
            }
            (_, to) => to.into_iter().collect(),
        };
        let events: Vec<Event> = view.events.iter().chain([&event]).cloned().collect();
        let mut cards = supervision::seen(case, &view.events, event.happening.at);
        cards.extend(supervision::wrong(case, transition, &events));
        let opens = match transition {
            Some(step) if step.opens_parts => self.parts_of(&moved, &event, &joint)?,
            _ => Vec::new(),
        };
        let mut also =
            if moved.at().is_some_and(|state| state.is_final) { self.ended_parts(&moved).await? } else { Vec::new() };
        also.extend(self.first_once_accepted(&moved, transition, &event.happening.actor).await?);
        let veiled = moved.definition.protects_applicant;
        let to = if veiled { self.complainant_told(&moved).await? } else { told(&moved) };
        let mut notices = match &to {
            Some(to) if veiled => self.veiled(&moved, transition, &event, to.clone()),
            Some(to) => self.milestones_to(&moved, transition, &event, to.clone()),
            None => Vec::new(),
        };
        // Whoever was served is asked how it was; who ended it themselves is not.
        let is_over = case.is_open() && !moved.is_open() && event.happening.actor.role != Role::Applicant;
        if let Some(to) = to.filter(|_| is_over && moved.definition.rated) {
            notices.extend(self.rating_asked(&moved, to, veiled));
        }
        Ok(Step { cards, notices, opens, also, record, ..Step::new(moved, event) })
    }

    /// What must hold before a step.
    async fn needs(&self, case: &Case, step: &Transition) -> Result<(), CaseError> {
        for need in &step.needs {
            match need {
                Need::PartsAnswered => {
                    let parts = self.store().case_list_parts(&case.division, &case.number).await?;
                    let open: Vec<&Case> = parts.iter().filter(|part| is_part(part) && part.is_open()).collect();
                    if let Some(first) = open.first() {
                        return Err(CaseError::Held(Refusal {
                            reason: Text::new(
                                format!("还有{}个联办部门未办结，首先是“{}”。", open.len(), first.subject.department()),
                                format!(
                                    "{} departments have not answered yet, first of all {}.",
                                    open.len(),
                                    first.subject.department()
                                ),
                            ),
                            basis: None,
                            next_step: Some(Text::new("请先催办联办部门。", "Ask them first.")),
                        }));
                    }
                }
                Need::Overdue => {
                    let late = case.clocks.promised.is_some_and(|deadline| self.now() >= deadline.at());
                    if !late {
                        return Err(CaseError::Held(Refusal {
                            reason: Text::new("承诺时限还没有到。", "The promised time is not over yet."),
                            basis: None,
                            next_step: Some(Text::new(
                                "逾期仍未答复时可以提请监督机关督办。",
                                "Once it is, the supervisory organ can be asked.",
                            )),
                        }));
                    }
                }
                Need::NobodyToCall => {
                    if told(case).is_some() {
                        return Err(CaseError::Held(Refusal {
                            reason: Text::new("评价人留有联系方式。", "Whoever it is about can be reached."),
                            basis: None,
                            next_step: Some(Text::new("请先回访，再公开。", "Please call back first.")),
                        }));
                    }
                }
                Need::FeesPaid => {
                    let fees = self.store().fee_list_case(&case.division, &case.number).await?;
                    if fees.iter().any(|fee| fee.state == DueState::Due) {
                        return Err(CaseError::Held(Refusal {
                            reason: Text::new("还有费用未缴清。", "A fee is not paid yet."),
                            basis: None,
                            next_step: Some(Text::new(
                                "请先收费，或由申请人在线缴费。",
                                "Take it, or let the applicant pay online.",
                            )),
                        }));
                    }
                }
            }
        }
        Ok(())
    }

    /// To which department a step makes the case another's, or asks for its part; none where it does neither.
    fn handed_to(&self, case: &Case, step: &Transition, to: Option<Text>) -> Result<Option<Text>, CaseError> {
        // Who takes part in an item is the item's to say; where it names nobody, nobody does.
        let of_item = matches!(case.subject, Subject::Item { .. });
        let chooses = step.opens_parts && !of_item && case.subject.joint().is_empty();
        let own = case.subject.department();
        match step.hands_over {
            Some(HandsOver::Organ) => Ok(Some(grievance::department(grievance::ORGAN))),
            None if !chooses => Ok(None),
            Some(HandsOver::Chosen) | None => {
                let known = self.departments(&case.division);
                let chosen = to.filter(|to| to.zh != own && known.iter().any(|one| one.zh == to.zh));
                chosen.map(Some).ok_or_else(|| {
                    CaseError::Held(Refusal {
                        reason: Text::new("请选择另一个部门。", "Please choose another department."),
                        basis: None,
                        next_step: None,
                    })
                })
            }
        }
    }

    /// Whether a step that can be made so often was not made so often before.
    async fn not_too_often(&self, case: &Case, step: &Transition, most: u32) -> Result<(), CaseError> {
        let file = self.store().case_get(&case.division, &case.number).await?.ok_or(CaseError::NotFound)?;
        let made = file.events.iter().filter(|event| event.happening.action == step.id.as_str()).count();
        if made < most as usize {
            return Ok(());
        }
        Err(CaseError::Held(Refusal {
            reason: Text::new(
                format!("“{}”最多{most}次，已经用完。", step.title.zh),
                format!("“{}” can be made {most} times at most.", step.title.en.as_deref().unwrap_or(&step.title.zh)),
            ),
            basis: None,
            next_step: Some(Text::new("请办理、答复，或提级。", "Please answer it, or escalate.")),
        }))
    }

    /// The parts of a joint case 一件事: one case for each department that takes part, with the whole's materials.
    fn parts_of(&self, whole: &Case, event: &Event, chosen: &[Text]) -> Result<Vec<NewCase>, CaseError> {
        let at = event.happening.at;
        let city = self.city();
        let office = city.office(self.zone_of_time()).ok_or(CaseError::Unavailable)?;
        let definition = city.kind("part").ok_or(CaseError::Unavailable)?;
        let definition =
            Definition { promised: whole.definition.promised, statutory: whole.definition.statutory, ..definition };
        let named = whole.subject.joint();
        let joint = if named.is_empty() { chosen } else { named };
        joint
            .iter()
            .map(|department| {
                let number = CaseNumber::new(&whole.division, office.day(at), definition.code, rand::random());
                let subject = Subject::Matter {
                    title: whole.subject.title().clone(),
                    department: department.clone(),
                    item: whole.subject.item().map(ToOwned::to_owned),
                };
                let clocks = Clocks::begin(office, &definition, at).map_err(|_| CaseError::Unavailable)?;
                let first = Event::seal(
                    &number,
                    None,
                    Happening {
                        at,
                        actor: Actor { role: Role::System, account: None },
                        action: "open".to_owned(),
                        from: None,
                        to: definition.initial.to_string(),
                        reason: None,
                        basis: definition.basis.clone(),
                        remark: None,
                    },
                );
                let case = Case {
                    title: whole.title.clone(),
                    message: None,
                    subject,
                    state: definition.initial.to_string(),
                    definition: definition.clone(),
                    revision: 1,
                    submitted: at,
                    clocks,
                    parent: Some(whole.number.clone()),
                    assigned: None,
                    number: number.clone(),
                    // Nobody follows a part: the applicant follows the whole.
                    secret: FollowSecret::new(rand::random()).hash(),
                    account: None,
                    ..whole.clone()
                };
                let token = Hash::of(number.as_str().as_bytes());
                Ok(NewCase { case, first, token, record: None, notices: Vec::new() })
            })
            .collect()
    }

    /// The steps that end what is open of a joint case whose whole has ended.
    async fn ended_parts(&self, whole: &Case) -> Result<Vec<Step>, CaseError> {
        let mut steps = Vec::new();
        for part in self.store().case_list_parts(&whole.division, &whole.number).await? {
            if !is_part(&part) || !part.is_open() {
                continue;
            }
            let Some(file) = self.store().case_recent(&part.division, &part.number, 1).await? else { continue };
            let actor = Actor { role: Role::System, account: None };
            let happening =
                file.case.happening("end", actor, self.now(), None, None).map_err(CaseError::NotPossible)?;
            let event = Event::seal(&part.number, file.events.last(), happening);
            let city = self.city();
            let office = city.office(self.zone_of_time()).ok_or(CaseError::Unavailable)?;
            let moved = file.case.after(office, &event).map_err(|_| CaseError::Unavailable)?;
            steps.push(Step::new(moved, event));
        }
        Ok(steps)
    }

    /// Asks the case's own version of its plugin, where the definition says so.
    async fn advised(
        &self,
        case: &Case,
        happening: Happening,
        reason: Option<&str>,
    ) -> Result<(Happening, Option<CallRecord>), CaseError> {
        let asks = case.definition.transition(&happening.action).is_some_and(|step| step.asks_plugin);
        let Subject::Service { service, package, .. } = &case.subject else { return Ok((happening, None)) };
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
        let (outcome, record) = active.decide_for(self, &visit, &ask, Some(&case.number), None).await;
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
    pub(crate) async fn plugin_of(&self, division: &Division, package: &str) -> Option<Arc<Active>> {
        let digest = Digest::parse(package)?;
        let city = self.city();
        let plugins = &city.tenant(division)?.plugins;
        if let Some(active) = plugins.iter().find(|active| active.activation.package == digest) {
            return Some(Arc::clone(active));
        }
        let ready = self.package_ready(&digest, &self.city().trust).await.ok()?;
        let newer = plugins.iter().find(|active| active.id() == ready.manifest.id)?;
        let activation = lotus_domain::activation::Activation { package: digest, ..newer.activation.clone() };
        Some(Arc::new(Active::load(self, activation, &self.city().trust).await))
    }
}

/// A transition that somebody wants to make, as plugins are asked about it.
fn intended(case: &Case, happening: &Happening) -> TransitionMade {
    TransitionMade {
        case: case.number.to_string(),
        subject: subject(case),
        transition: happening.action.clone(),
        from: happening.from.clone().unwrap_or_default(),
        to: happening.to.clone(),
    }
}

/// A reason that says first where the case went, or who was asked.
fn said_to(to: &Text, reason: Option<&Text>) -> Text {
    let said =
        |to: &str, reason: Option<&str>| reason.map_or_else(|| format!("→ {to}"), |why| format!("→ {to}：{why}"));
    Text::zh(said(&to.zh, reason.map(|reason| reason.zh.as_str())))
}

/// Whether a case is a part of the one that it belongs to, and not merely beside it.
fn is_part(case: &Case) -> bool {
    case.definition.id.as_str() == "part"
}
