//! Giving a rating 好差评 (article 36): of one's own case or a step of it, over whatever channel.
//!
//! Invariant: everything that is rated comes through [`Platform::rate`], which rates once, screens the text, and lets what
//! is locked at once begin its rectification in the same transaction. Nobody rates what they did themselves.

use jiff::Timestamp;
use lotus_domain::case::{Case, CaseNumber, Event};
use lotus_domain::district::Division;
use lotus_domain::form::{FieldError, Value};
use lotus_domain::kind::{Meaning, Role};
use lotus_domain::law::Refusal;
use lotus_domain::mark::Mark;
use lotus_domain::rating::{
    Body, Channel, Grade, LONGEST, MOST_TAGS, Rated, Rater, Rating, Screening, Standing, month, screened, tags_of,
};
use lotus_domain::setting::Setting;
use lotus_domain::text::Text;
use lotus_store::{NewRating, Rate, StoreError};

use crate::asker::{Asker, Denied};
use crate::case::CaseView;
use crate::start::Platform;
use crate::token::to_hex;

/// What a rating is made of, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RatingWish {
    /// Its number, 1 to 5.
    pub grade: String,
    /// Which step of a case, by its action; empty is the whole.
    pub step: String,
    /// Which tags, by id.
    pub tags: Vec<String>,
    /// In words.
    pub text: String,
    /// Whoever rates wants to be known, and called back.
    pub named: bool,
    /// Their name, where no account says it.
    pub name: String,
    /// Where they are called back.
    pub telephone: String,
}

/// What was given, as whoever rated sees it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Which step; none is the whole.
    pub step: Option<Text>,
    /// How content.
    pub grade: Grade,
    /// Which tags, by id.
    pub tags: Vec<String>,
    /// What was written, where it is the reader's own.
    pub text: Option<String>,
    /// When.
    pub made: Timestamp,
    /// Until when it can be corrected; none where it is locked.
    pub until: Option<Timestamp>,
    /// It waits for a look before it counts.
    pub held: bool,
    /// Where its rectification is.
    pub rectified: Option<Text>,
    /// What was put right.
    pub outcome: Option<String>,
}

/// Something that can be rated, as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatingPanel {
    /// What it is.
    pub title: Text,
    /// Whose it is.
    pub department: Text,
    /// The whole can be rated now, or what was given corrected.
    pub open: bool,
    /// Its steps that can be rated now, by action.
    pub steps: Vec<(String, Text)>,
    /// What was given.
    pub given: Vec<Given>,
    /// The rater may not be known: of a grievance.
    pub protects: bool,
}

/// What became of a rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is taken.
    New,
    /// It is taken, and waits for a look before it counts.
    Held,
    /// It says something else now.
    Corrected,
}

/// Why something is not rated.
#[derive(Debug, Clone, PartialEq)]
pub enum RateError {
    /// Not for whoever asks.
    Denied(Denied),
    /// Wrong values, each beside its field.
    Invalid(Vec<FieldError>),
    /// It was rated before: with this.
    Before(Box<Given>),
    /// Too many from one place.
    TooMany,
    /// A reasoned no.
    Refused(Refusal),
}

impl From<Denied> for RateError {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<StoreError> for RateError {
    fn from(error: StoreError) -> Self {
        Self::Denied(error.into())
    }
}

/// What is rated, with all that a rating of it needs.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) division: Division,
    pub(crate) of: Rated,
    pub(crate) title: Text,
    pub(crate) department: Text,
    pub(crate) item: Option<String>,
    /// The accounts of those who are rated.
    pub(crate) rated: Vec<String>,
    /// What names people in it.
    pub(crate) known: Vec<String>,
    /// Whose it is may not be known.
    pub(crate) protects: bool,
    /// When it was over.
    pub(crate) ended: Timestamp,
}

/// Which way a rating comes.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub(crate) channel: Channel,
    /// Where from: ratings are counted by it.
    pub(crate) client: String,
    /// What lets it be corrected.
    pub(crate) rater: Option<String>,
    /// Who it is, where they want to be known.
    pub(crate) who: Rater,
    pub(crate) recorded_by: Option<String>,
    /// It is locked at once.
    pub(crate) at_once: bool,
}

pub(crate) fn refused(zh: &str, en: &str, next: Option<(&str, &str)>) -> RateError {
    RateError::Refused(Refusal {
        reason: Text::new(zh, en),
        basis: None,
        next_step: next.map(|(zh, en)| Text::new(zh, en)),
    })
}

fn clean(text: &str, most: usize) -> String {
    let kept = text.trim().chars().filter(|character| !character.is_control() || *character == '\n');
    kept.take(most).collect()
}

/// The accounts of staff who acted in a case.
fn staff(events: &[Event]) -> Vec<String> {
    let acted = events.iter().map(|event| &event.happening.actor);
    let mut staff: Vec<String> = acted
        .filter(|actor| !matches!(actor.role, Role::Applicant | Role::System))
        .filter_map(|actor| actor.account.clone())
        .collect();
    staff.sort_unstable();
    staff.dedup();
    staff
}

/// What can be rated of a step: what the city did for the applicant, not what they did themselves.
fn is_step(case: &Case, event: &Event) -> bool {
    let means = case.definition.transition(&event.happening.action).and_then(|step| step.means);
    let is_theirs = !matches!(event.happening.actor.role, Role::Applicant | Role::System);
    let counts = matches!(
        means,
        Some(Meaning::Accepted | Meaning::NotAccepted | Meaning::Granted | Meaning::Refused | Meaning::Delivered)
    );
    is_theirs && counts
}

impl Platform {
    /// A case, or a step of it, as what is rated; none where it can't be rated now.
    pub(crate) async fn target_of_case(
        &self,
        division: &Division,
        number: &CaseNumber,
        step: Option<&str>,
    ) -> Result<Option<Target>, StoreError> {
        let Some(file) = self.store().case_get(division, number).await? else { return Ok(None) };
        let (case, events) = (file.case, file.events);
        if !case.definition.rated {
            return Ok(None);
        }
        let ended = match step {
            None if case.is_open() => None,
            None => events.iter().rev().find(|event| event.happening.from.is_some()).map(|event| event.happening.at),
            Some(step) => {
                let made = events.iter().rev().find(|event| event.happening.action == step && is_step(&case, event));
                made.map(|event| event.happening.at)
            }
        };
        let Some(ended) = ended else { return Ok(None) };
        let mut known: Vec<String> = case
            .application
            .values
            .iter()
            .filter_map(|given| match &given.value {
                Value::Text(text) if (2..=60).contains(&text.chars().count()) => Some(text.clone()),
                _ => None,
            })
            .collect();
        if let (Some(account), Some(city)) = (&case.account, self.city_division())
            && let Some(account) = self.store().account_get(&city, account).await?
        {
            let profile = account.profile;
            known.extend([Some(profile.name), profile.telephone, profile.identity_number].into_iter().flatten());
        }
        if case.definition.protects_applicant
            && let Some(said) = self.store().grievance_get(division, number).await?
        {
            known.extend(said.complainant.known().into_iter().map(ToOwned::to_owned));
        }
        Ok(Some(Target {
            division: division.clone(),
            of: Rated::Case(number.clone(), step.map(ToOwned::to_owned)),
            title: case.subject.title().clone(),
            department: case.subject.answers().clone(),
            item: case.subject.item().map(ToOwned::to_owned),
            rated: staff(&events),
            known,
            protects: case.definition.protects_applicant,
            ended,
        }))
    }

    /// As whom somebody rates a case: by their account where it is theirs, else by the secret that they hold.
    async fn rater_of(&self, asker: &Asker, case: &Case) -> Result<String, StoreError> {
        let account = asker.person().map(|person| &person.account.id);
        let is_theirs = case.account.is_some() && case.account.as_ref() == account;
        Ok(match account {
            Some(account) if is_theirs || self.is_complainant(asker, case).await? => account.0.clone(),
            _ => format!("secret/{}", case.number),
        })
    }

    /// What the rating of a case that is seen by its applicant is like.
    pub async fn rating_panel(&self, asker: &Asker, view: &CaseView) -> Result<RatingPanel, RateError> {
        let case = &view.case;
        if view.for_staff {
            return Err(Denied::Forbidden.into());
        }
        let rater = self.rater_of(asker, case).await?;
        let mut steps: Vec<(String, Text)> = Vec::new();
        for event in view.events.iter().filter(|event| case.definition.rated && is_step(case, event)) {
            let action = &event.happening.action;
            let title = case.definition.transition(action).map(|step| step.title.clone());
            if !steps.iter().any(|(known, _)| known == action) {
                steps.extend(title.map(|title| (action.clone(), title)));
            }
        }
        let of = |step: Option<&str>| Rated::Case(case.number.clone(), step.map(ToOwned::to_owned));
        let all: Vec<Rated> = std::iter::once(of(None)).chain(steps.iter().map(|(step, _)| of(Some(step)))).collect();
        let ratings = self.store().rating_list_of(&case.division, &all).await?;
        let now = self.now();
        let closed =
            |of: &Rated| ratings.iter().any(|rating| rating.of == *of && (rating.locked || rating.locks <= now));
        let over = !case.is_open() && case.definition.rated;
        let open = over && !closed(&of(None));
        let mut given = Vec::new();
        for rating in &ratings {
            given.push(self.given(&case.division, rating, Some(&rater), &steps).await?);
        }
        steps.retain(|(step, _)| !closed(&of(Some(step))));
        Ok(RatingPanel {
            title: case.subject.title().clone(),
            department: case.subject.answers().clone(),
            open,
            steps,
            given,
            protects: case.definition.protects_applicant,
        })
    }

    /// A rating as whoever looks may see it: the words are the rater's own.
    pub(crate) async fn given(
        &self,
        division: &Division,
        rating: &Rating,
        rater: Option<&str>,
        steps: &[(String, Text)],
    ) -> Result<Given, StoreError> {
        let own = match rater {
            Some(rater) => self.store().rating_is_of(division, &rating.id, rater).await?,
            None => false,
        };
        let kind = self.city().kind(lotus_domain::rating::RECTIFICATION);
        let state = |id: &String| {
            let state = kind.as_ref().and_then(|kind| kind.state(id));
            state.map_or_else(|| Text::zh(id.clone()), |state| state.title.clone())
        };
        let step = match &rating.of {
            Rated::Case(_, Some(step)) => {
                let title = steps.iter().find(|(known, _)| known == step).map(|(_, title)| title.clone());
                Some(title.unwrap_or_else(|| Text::zh(step.clone())))
            }
            _ => None,
        };
        Ok(Given {
            step,
            grade: rating.grade,
            tags: rating.tags.clone(),
            text: Some(rating.body.text.clone()).filter(|text| own && !text.is_empty()),
            made: rating.made,
            until: Some(rating.locks).filter(|locks| own && !rating.locked && self.now() < *locks),
            held: rating.standing == Standing::Held,
            rectified: rating.rectified.as_ref().filter(|_| own).map(state),
            outcome: rating.outcome.clone(),
        })
    }

    /// Rates one's own case, or a step of it: of a case that its applicant sees.
    pub async fn rate_case(
        &self,
        asker: &Asker,
        view: &CaseView,
        channel: Channel,
        wish: &RatingWish,
    ) -> Result<Taken, RateError> {
        let case = &view.case;
        if view.for_staff {
            return Err(Denied::Forbidden.into());
        }
        let step = Some(wish.step.trim()).filter(|step| !step.is_empty());
        let target = self.target_of_case(&case.division, &case.number, step).await?.ok_or_else(not_now)?;
        let rater = self.rater_of(asker, case).await?;
        let account = asker.person().filter(|person| person.account.id.0 == rater).map(|person| &person.account);
        let way = Way {
            channel,
            client: client(asker),
            who: Rater {
                account: account.map(|account| account.id.clone()),
                name: account.map(|account| account.profile.name.clone()),
                telephone: account.and_then(|account| account.profile.telephone.clone()),
            },
            rater: Some(rater),
            recorded_by: None,
            at_once: false,
        };
        self.rate(asker, target, way, wish).await
    }

    /// Rates: the one way by which everything is rated.
    pub(crate) async fn rate(
        &self,
        asker: &Asker,
        target: Target,
        way: Way,
        wish: &RatingWish,
    ) -> Result<Taken, RateError> {
        let now = self.now();
        let rates_self = asker.name().is_some_and(|name| target.rated.contains(&name));
        let records_self = way.recorded_by.as_ref().is_some_and(|by| target.rated.contains(by));
        if rates_self || records_self {
            return Err(refused(
                "不能评价本人提供的服务。",
                "Nobody rates what they did themselves.",
                Some((
                    "请由服务对象评价，或由其他工作人员记录。",
                    "Whoever was served rates; a colleague writes it down.",
                )),
            ));
        }
        let days = self.setting(Setting::RatingDays).await?;
        if target.ended < self.days_ago(days) {
            return Err(refused(
                &format!("办结已超过{days}天，不能再评价。"),
                &format!("It was over more than {days} days ago and can't be rated any more."),
                Some(("可以通过诉求渠道反映。", "You can still file a grievance.")),
            ));
        }
        let (grade, body, tags) = read(&target, &way, wish)?;
        let minutes = if way.at_once { 0 } else { self.setting(Setting::RatingCorrectionMinutes).await? };
        let locks = now.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap_or(now);
        let known: Vec<&str> = body.known.iter().map(String::as_str).chain(body.rater.known()).collect();
        let (screening, public_text) = published_text(&body.text, &known);
        let rating = Rating {
            id: to_hex(&rand::random::<[u8; 8]>()),
            of: target.of.clone(),
            department: target.department.zh.clone(),
            item: target.item.clone(),
            month: month(self.today()),
            grade,
            tags,
            channel: way.channel,
            named: body.rater.is_named(),
            made: now,
            locks,
            locked: locks <= now,
            standing: Standing::Counted,
            rated: target.rated.clone(),
            body,
            screening,
            public_text,
            rectification: None,
            rectified: None,
            outcome: None,
        };
        let rectification = if rating.locked { self.rectification_of(&target.division, &rating).await? } else { None };
        let opened = rectification.as_ref().map(|new| new.case.number.clone());
        let new = NewRating {
            rating: rating.clone(),
            client: way.client,
            rater: way.rater.clone(),
            since: now.checked_sub(jiff::SignedDuration::from_hours(1)).unwrap_or(now),
            held_from: self.most_of(Setting::RatingsHeldFrom).await?,
            most: self.most_of(Setting::RatingsMost).await?,
            rectification,
        };
        if let Some(number) = &opened {
            self.transition_marked(&target.division, number, 1).await?;
        }
        match self.store().rating_put(target.division.clone(), new).await? {
            Rate::New(standing) => {
                if standing == Standing::Counted && rating.locked {
                    self.rating_locked(&target.division, &rating, opened.as_ref()).await;
                }
                Ok(if standing == Standing::Held { Taken::Held } else { Taken::New })
            }
            Rate::Corrected => Ok(Taken::Corrected),
            Rate::TooMany => Err(RateError::TooMany),
            Rate::Before(before) => {
                let given = self.given(&target.division, &before, way.rater.as_deref(), &[]).await?;
                Err(RateError::Before(Box::new(given)))
            }
        }
    }

    async fn most_of(&self, setting: Setting) -> Result<u64, StoreError> {
        Ok(u64::try_from(self.setting(setting).await?).unwrap_or(0))
    }
}

/// Where a request came from.
pub(crate) fn client(asker: &Asker) -> String {
    asker.client.clone().unwrap_or_else(|| "unknown".to_owned())
}

pub(crate) fn not_now() -> RateError {
    refused(
        "这项服务现在不能评价。",
        "This can't be rated now.",
        Some(("办结后就可以评价。", "It can be rated once it is over.")),
    )
}

/// A text as everybody may read it, and what became of it on the way.
pub(crate) fn published_text(text: &str, known: &[&str]) -> (Screening, Option<String>) {
    if text.is_empty() {
        return (Screening::Empty, None);
    }
    let screened = screened(text, known);
    match (screened.waits(), screened.found.is_empty()) {
        (true, _) => (Screening::Held, None),
        (false, true) => (Screening::Clean, Some(screened.text)),
        (false, false) => (Screening::Masked, Some(screened.text)),
    }
}

/// Reads what was typed.
fn read(target: &Target, way: &Way, wish: &RatingWish) -> Result<(Grade, Body, Vec<String>), RateError> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, zh: &str, en: &str| {
        errors.push(FieldError { field: field.to_owned(), message: Text::new(zh, en) });
    };
    let grade = Grade::parse(&wish.grade);
    if grade.is_none() {
        wrong("grade", "请选择满意程度。", "Please choose how content you are.");
    }
    let text = clean(&wish.text, LONGEST + 1);
    if text.chars().count() > LONGEST {
        wrong("text", "最多 500 个字。", "At most 500 characters.");
    }
    let mut tags: Vec<String> =
        wish.tags.iter().map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
    tags.sort_unstable();
    tags.dedup();
    let of_grade: Vec<&str> = grade.map_or_else(Vec::new, |grade| tags_of(grade).map(|tag| tag.id.as_str()).collect());
    // A page without a script shows the tags of every grade: those of another grade are left out.
    tags.retain(|tag| of_grade.contains(&tag.as_str()));
    tags.truncate(MOST_TAGS);
    let mut rater = Rater::default();
    if wish.named && !target.protects {
        let typed = |text: &str| Some(clean(text, 60)).filter(|text| !text.is_empty());
        rater = Rater {
            account: way.who.account.clone(),
            name: typed(&wish.name).or_else(|| way.who.name.clone()),
            telephone: typed(&wish.telephone).or_else(|| way.who.telephone.clone()),
        };
        if rater.telephone.as_ref().is_some_and(|telephone| Mark::telephone(telephone).is_none()) {
            wrong("telephone", "电话号码不正确。", "This is no telephone number.");
        } else if !rater.is_named() {
            wrong(
                "telephone",
                "实名评价请留下电话以便回访，或选择匿名。",
                "Leave a telephone number to be called back, or rate without a name.",
            );
        }
    }
    match grade {
        Some(grade) if errors.is_empty() => {
            let body = Body {
                text,
                rater,
                recorded_by: way.recorded_by.clone(),
                known: target.known.iter().take(40).cloned().collect(),
                why: None,
            };
            Ok((grade, body, tags))
        }
        _ => Err(RateError::Invalid(errors)),
    }
}
