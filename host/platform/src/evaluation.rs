//! Evaluations by outside bodies 第三方评估 (article 35): drawn up, drawn, asked, closed, reported; what is found is put right
//! as cases.
//!
//! Invariant: an outside body sees published names, districts and answers, never a case or whose it was. The link that
//! somebody is asked with is made from the city's key, so that it is kept nowhere but as a hash.

use std::collections::BTreeMap;

use lotus_domain::access::{Deed, Place};
use lotus_domain::audit::Done;
use lotus_domain::case::{Actor, Application, Case, CaseNumber, Subject};
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use lotus_domain::evaluation::{
    Answers, Evaluation, Finding, MOST_SAMPLED, Named, Outcome, Plan, Question, RECTIFICATION, Stage, draw, outcomes,
    population_file, questionnaire, read_answers,
};
use lotus_domain::form::{FieldError, FieldValue, Value};
use lotus_domain::kind::{self, shipped_names};
use lotus_domain::law::Refusal;
use lotus_domain::notice::{NoticeKey, Recipient, Value as Said};
use lotus_domain::text::Text;
use lotus_store::{Sampled, StoreError};

use crate::asker::{Asker, Denied};
use crate::case::Wanted;
use crate::grievance::GrievanceError;
use crate::milestone::contact;
use crate::opening::Beginning;
use crate::start::Platform;
use crate::token::{FormToken, from_hex, to_hex};

/// Evaluations that are listed.
const MOST: u32 = 100;
/// Cases that are read at a time.
const PAGE: u32 = 500;
/// Cases of a population, at most.
const MOST_POPULATION: usize = 200_000;
/// Answers below which nothing is said of a share: few people can be told apart.
const LEAST_ANSWERS: u64 = 3;

/// A plan as it was typed.
#[derive(Debug, Clone, Default)]
pub struct PlanWish {
    /// Its name.
    pub title: String,
    /// The outside body.
    pub body: String,
    /// Districts, by code.
    pub districts: Vec<String>,
    /// Kinds of case, by id.
    pub kinds: Vec<String>,
    /// One item alone, by code.
    pub item: String,
    /// From this day.
    pub from: String,
    /// To this day.
    pub to: String,
    /// How many are asked.
    pub size: String,
    /// The questionnaire, a question a line.
    pub questions: String,
}

/// A finding as it was typed.
#[derive(Debug, Clone, Default)]
pub struct FindingWish {
    /// The district, by code.
    pub division: String,
    /// The department, by its Chinese name.
    pub department: String,
    /// What was found.
    pub words: String,
}

/// How an evaluation stands.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationView {
    /// It.
    pub evaluation: Evaluation,
    /// The hash of its seed: public from the beginning.
    pub commitment: String,
    /// How many were drawn, asked, and answered, by district.
    pub strata: BTreeMap<String, (u64, u64, u64)>,
    /// What came of each question.
    pub outcomes: Vec<Outcome>,
    /// Each answer under its published name, for who may see them.
    pub answers: Vec<(Named, Answers)>,
    /// The cases of what was found, by number.
    pub cases: Vec<Case>,
    /// Whoever looks runs it.
    pub runs: bool,
}

impl EvaluationView {
    /// Drawn, asked, answered.
    pub fn totals(&self) -> (u64, u64, u64) {
        self.strata.values().fold((0, 0, 0), |(a, b, c), (x, y, z)| (a + x, b + y, c + z))
    }
}

/// What a link shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Invitation {
    /// The questions.
    Asks {
        /// The evaluation's name.
        title: String,
        /// The body that asks.
        body: String,
        /// What is asked.
        questions: Vec<Question>,
    },
    /// It was answered, or the evaluation is closed.
    Over,
}

fn refused(zh: &str, en: &str) -> GrievanceError {
    GrievanceError::Refused(Refusal { reason: Text::new(zh, en), basis: None, next_step: None })
}

fn clean(text: &str, most: usize) -> String {
    text.trim().chars().filter(|c| !c.is_control() || *c == '\n').take(most).collect()
}

impl Platform {
    fn seat(&self) -> Result<Division, Denied> {
        self.city_division().ok_or(Denied::Unavailable)
    }

    async fn allow_running(&self, asker: &Asker, subject: &str) -> Result<Division, Denied> {
        let city = self.seat()?;
        self.allow(asker, Deed::RunEvaluations, Place { division: &city, department: None }, subject).await?;
        Ok(city)
    }

    /// Whether the asker runs evaluations.
    pub fn runs_evaluations(&self, asker: &Asker) -> bool {
        let city = self.city_division();
        city.is_some_and(|city| self.may(asker, Deed::RunEvaluations, Place { division: &city, department: None }))
    }

    fn sees_evaluation(&self, asker: &Asker, city: &Division, evaluation: &Evaluation) -> bool {
        let place = Place { division: city, department: Some(&evaluation.plan.body) };
        self.runs_evaluations(asker) || self.may(asker, Deed::SeeEvaluations, place)
    }

    /// The evaluations that are the asker's to see, newest first.
    pub async fn evaluations(&self, asker: &Asker) -> Result<Vec<Evaluation>, Denied> {
        let city = self.seat()?;
        if !self.runs_evaluations(asker) && !self.may_within(asker, Deed::SeeEvaluations, &city) {
            self.allow(asker, Deed::SeeEvaluations, Place { division: &city, department: None }, "evaluations").await?;
        }
        let mut all = self.store().evaluation_list(&city, MOST).await?;
        all.retain(|evaluation| self.sees_evaluation(asker, &city, evaluation));
        Ok(all)
    }

    /// Draws up an evaluation; its seed's hash is public from now on.
    pub async fn evaluation_plan(&self, asker: &Asker, wish: &PlanWish) -> Result<Evaluation, GrievanceError> {
        let city = self.allow_running(asker, "evaluation").await?;
        let plan = self.plan_read(wish).map_err(GrievanceError::Invalid)?;
        let evaluation = Evaluation {
            id: to_hex(&rand::random::<[u8; 6]>()),
            plan,
            stage: Stage::Planned,
            seed: to_hex(&rand::random::<[u8; 32]>()),
            population: BTreeMap::new(),
            snapshot: None,
            findings: Vec::new(),
            made: self.now(),
            drawn: None,
        };
        self.store().evaluation_put(city.clone(), evaluation.clone()).await?;
        self.note(asker, &city, "evaluation-planned", &evaluation.id, &evaluation.commitment()).await;
        Ok(evaluation)
    }

    fn plan_read(&self, wish: &PlanWish) -> Result<Plan, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, zh: String, en: &str| {
            errors.push(FieldError { field: field.to_owned(), message: Text::new(zh, en) });
        };
        let fits = |text: &str, range: std::ops::RangeInclusive<usize>| range.contains(&text.trim().chars().count());
        if !fits(&wish.title, 2..=40) {
            wrong("title", "名称应为 2 至 40 个字。".to_owned(), "A name has 2 to 40 characters.");
        }
        if !fits(&wish.body, 2..=40) {
            wrong("body", "请填写评估机构，2 至 40 个字。".to_owned(), "Please name the body in 2 to 40 characters.");
        }
        let known = self.districts();
        let is_here = |code: &&String| known.iter().any(|district| district.division.as_str() == code.as_str());
        let districts: Vec<Division> =
            wish.districts.iter().filter(is_here).filter_map(|code| Division::parse(code).ok()).collect();
        if districts.is_empty() || districts.len() != wish.districts.len() {
            wrong("districts", "请选择区县。".to_owned(), "Please choose districts.");
        }
        let kinds: Vec<String> =
            wish.kinds.iter().filter(|id| shipped_names().any(|known| known == id.as_str())).cloned().collect();
        if kinds.is_empty() || kinds.len() != wish.kinds.len() {
            wrong("kinds", "请选择办件类型。".to_owned(), "Please choose kinds of case.");
        }
        let (from, to) = (wish.from.parse().ok(), wish.to.parse().ok());
        let period = match (from, to) {
            (Some(from), Some(to)) if from <= to => Some((from, to)),
            _ => None,
        };
        if period.is_none() {
            wrong("from", "请填写起止日期。".to_owned(), "Please give the first and the last day.");
        }
        let size = wish.size.trim().parse::<u32>().ok().filter(|size| (1..=MOST_SAMPLED).contains(size));
        if size.is_none() {
            wrong("size", format!("样本数应为 1 至 {MOST_SAMPLED}。"), "A sample has 1 to 5,000.");
        }
        let questions = questionnaire(&wish.questions);
        if let Err(error) = &questions {
            wrong("questions", format!("第{}行：{}。", error.line, error.problem), "The questionnaire can't be read.");
        }
        match (period, size, questions) {
            (Some((from, to)), Some(size), Ok(questions)) if errors.is_empty() => Ok(Plan {
                title: clean(&wish.title, 40),
                body: clean(&wish.body, 40),
                districts,
                kinds,
                item: Some(clean(&wish.item, 36)).filter(|item| !item.is_empty()),
                from,
                to,
                size,
                questions,
            }),
            _ => Err(errors),
        }
    }

    /// The cases that an evaluation can ask about: over or answered, submitted in its time, of whom somebody can be asked.
    async fn population(&self, evaluation: &Evaluation) -> Result<Vec<(Named, CaseNumber)>, StoreError> {
        let plan = &evaluation.plan;
        let zone = self.zone_of_time().clone();
        let start = |day: jiff::civil::Date| zone.to_timestamp(day.at(0, 0, 0, 0));
        let last = plan.to.tomorrow().unwrap_or(plan.to);
        let (Ok(from), Ok(to)) = (start(plan.from), start(last)) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for division in &plan.districts {
            let mut after: Option<CaseNumber> = None;
            loop {
                let page = self.store().case_list_ended(division, (from, to), after.as_ref(), PAGE).await?;
                after = page.last().map(|case| case.number.clone());
                let is_last = page.len() < PAGE as usize;
                for case in page {
                    let is_of = plan.kinds.iter().any(|kind| kind == case.definition.id.as_str())
                        && plan.item.as_deref().is_none_or(|item| case.subject.item() == Some(item));
                    // Whose identity is protected is not asked in anybody's name.
                    let is_reached = case.account.is_some() || contact(&case).is_some();
                    if is_of && is_reached && !case.definition.protects_applicant && found.len() < MOST_POPULATION {
                        let name = evaluation.name_of(&case.number);
                        found.push((Named { stratum: division.to_string(), name }, case.number));
                    }
                }
                if is_last {
                    break;
                }
            }
        }
        Ok(found)
    }

    /// The secret of somebody's link: from the city's key, so that it need not be kept.
    fn link_secret(&self, evaluation: &str, name: &str) -> String {
        let signed = self.inner.key.sign("evaluation", format!("{evaluation}\0{name}").as_bytes());
        to_hex(signed.split_at(16).0)
    }

    fn link_hash(secret: &str) -> Hash {
        Hash::of(format!("lotus evaluation link\0{secret}").as_bytes())
    }

    /// Draws the sample, once: the population is frozen, the seed becomes public, and people are asked.
    pub async fn evaluation_draw(&self, asker: &Asker, id: &str, base: &str) -> Result<(), GrievanceError> {
        let city = self.allow_running(asker, "evaluation").await?;
        let evaluation = self.store().evaluation_get(&city, id).await?.ok_or(Denied::NotFound)?;
        if evaluation.stage == Stage::Planned {
            let population = self.population(&evaluation).await?;
            if population.is_empty() {
                return Err(refused(
                    "没有符合条件的办结件，无法抽样。",
                    "No ended case fits: there is nobody to draw.",
                ));
            }
            let names: Vec<Named> = population.iter().map(|(one, _)| one.clone()).collect();
            let sample = draw(&evaluation.seed, &names, evaluation.plan.size);
            let numbers: BTreeMap<&str, &CaseNumber> =
                population.iter().map(|(one, number)| (one.name.as_str(), number)).collect();
            let sample: Vec<(Named, CaseNumber, Hash)> = sample
                .into_iter()
                .filter_map(|one| {
                    let number = (*numbers.get(one.name.as_str())?).clone();
                    let hash = Self::link_hash(&self.link_secret(id, &one.name));
                    Some((one, number, hash))
                })
                .collect();
            let mut counts: BTreeMap<String, u64> = BTreeMap::new();
            for one in &names {
                *counts.entry(one.stratum.clone()).or_default() += 1;
            }
            let snapshot = Hash::of(population_file(&names).as_bytes()).to_string();
            let done = Done {
                at: self.now(),
                actor: asker.name(),
                action: "evaluation-drawn".to_owned(),
                subject: id.to_owned(),
                outcome: format!("population {} snapshot {snapshot} sample {}", names.len(), sample.len()),
                client: asker.client.clone(),
            };
            self.store().audit_append(city.clone(), done).await?;
            let drawn = Evaluation {
                stage: Stage::Drawn,
                population: counts,
                snapshot: Some(snapshot),
                drawn: Some(self.now()),
                ..evaluation
            };
            if !self.store().evaluation_draw(city.clone(), drawn, names, sample).await? {
                return Err(refused("已经抽样，不能重抽。", "It was drawn already, and is not drawn again."));
            }
        } else if evaluation.stage != Stage::Drawn {
            return Err(refused("调查已经结束。", "It is closed."));
        }
        self.evaluation_invite(&city, id, base).await
    }

    /// Asks whoever of a sample was not asked yet; nobody twice.
    async fn evaluation_invite(&self, city: &Division, id: &str, base: &str) -> Result<(), GrievanceError> {
        let evaluation = self.store().evaluation_get(city, id).await?.ok_or(Denied::NotFound)?;
        for drawn in self.store().evaluation_sample(city, id).await? {
            if drawn.invited.is_some() {
                continue;
            }
            let file = self.case_of(&drawn.number).await?;
            let Some(case) = file.map(|file| file.case) else { continue };
            let to = case.account.clone().map(Recipient::Account);
            let Some(to) = to.or_else(|| contact(&case).map(Recipient::Contact)) else { continue };
            let link = format!("{base}/e/{}", self.link_secret(id, &drawn.one.name));
            let values = [("title", Said::plain(&evaluation.plan.title)), ("link", Said::plain(&link))];
            let short: String = drawn.one.name.chars().take(16).collect();
            let key = NoticeKey::parse(format!("evaluation/{id}/{short}"));
            let made = key
                .and_then(|key| self.notice_at("evaluation-invitation", &values, &case.division, key, to, self.now()));
            match made {
                Ok(notice) => {
                    self.notice_put(&case.division, vec![notice]).await?;
                    let name = drawn.one.name.clone();
                    self.store().evaluation_invited(city.clone(), id.to_owned(), name, self.now()).await?;
                }
                Err(error) => tracing::error!(%error, id, "somebody can't be asked"),
            }
        }
        Ok(())
    }

    /// What a link shows; nothing where it is none of ours.
    pub async fn invitation(&self, secret: &str) -> Result<Invitation, Denied> {
        let city = self.seat()?;
        from_hex(secret).filter(|bytes| bytes.len() == 16).ok_or(Denied::NotFound)?;
        let found = self.store().evaluation_of_token(&city, &Self::link_hash(secret)).await?;
        let (id, used) = found.ok_or(Denied::NotFound)?;
        let evaluation = self.store().evaluation_get(&city, &id).await?.ok_or(Denied::NotFound)?;
        if used || evaluation.stage != Stage::Drawn {
            return Ok(Invitation::Over);
        }
        let Plan { title, body, questions, .. } = evaluation.plan;
        Ok(Invitation::Asks { title, body, questions })
    }

    /// Answers a questionnaire, once for each link.
    pub async fn invitation_answer(
        &self,
        secret: &str,
        typed: &BTreeMap<String, String>,
    ) -> Result<(), GrievanceError> {
        let Invitation::Asks { questions, .. } = self.invitation(secret).await? else {
            return Err(refused("这份问卷已经答过，或者调查已经结束。", "It was answered already, or it is closed."));
        };
        let answers = read_answers(&questions, typed).map_err(GrievanceError::Invalid)?;
        let (city, token) = (self.seat()?, Self::link_hash(secret));
        if self.store().evaluation_answer(city, token, answers, self.now()).await? {
            return Ok(());
        }
        Err(refused("这份问卷已经答过，或者调查已经结束。", "It was answered already, or it is closed."))
    }

    /// Closes an evaluation, then makes its report public.
    pub async fn evaluation_advance(&self, asker: &Asker, id: &str, to: Stage) -> Result<(), GrievanceError> {
        let city = self.allow_running(asker, "evaluation").await?;
        let evaluation = self.store().evaluation_get(&city, id).await?.ok_or(Denied::NotFound)?;
        match (evaluation.stage, to) {
            (Stage::Drawn, Stage::Closed) | (Stage::Closed, Stage::Reported) => {}
            _ => return Err(refused("现在不能进行这一步。", "This can't be done now.")),
        }
        self.store().evaluation_put(city.clone(), Evaluation { stage: to, ..evaluation }).await?;
        self.note(asker, &city, "evaluation-moved", id, to.name()).await;
        Ok(())
    }

    async fn evaluation_view_of(
        &self,
        city: &Division,
        evaluation: Evaluation,
        (sees_answers, runs): (bool, bool),
    ) -> Result<EvaluationView, StoreError> {
        let sample = self.store().evaluation_sample(city, &evaluation.id).await?;
        let mut strata: BTreeMap<String, (u64, u64, u64)> = BTreeMap::new();
        for Sampled { one, invited, answered, .. } in &sample {
            let counts = strata.entry(one.stratum.clone()).or_default();
            counts.0 += 1;
            counts.1 += u64::from(invited.is_some());
            counts.2 += u64::from(answered.is_some());
        }
        let given: Vec<(Named, Answers)> =
            sample.into_iter().filter_map(|drawn| Some((drawn.one, drawn.answers?))).collect();
        let all: Vec<Answers> = given.iter().map(|(_, answers)| answers.clone()).collect();
        let mut cases = Vec::new();
        for finding in &evaluation.findings {
            let Ok(number) = CaseNumber::parse(&finding.number) else { continue };
            cases.extend(self.store().case_recent(&finding.division, &number, 1).await?.map(|file| file.case));
        }
        let mut outcomes = outcomes(&evaluation.plan.questions, &all);
        if !sees_answers {
            // What people said in their own words is the outside body's to sum up.
            for outcome in &mut outcomes {
                outcome.said.clear();
                // Where few have answered, what one of them said could be told.
                if outcome.answered < LEAST_ANSWERS {
                    (outcome.shares, outcome.mean) = (Vec::new(), None);
                }
            }
        }
        let answers = if sees_answers { given } else { Vec::new() };
        let commitment = evaluation.commitment();
        Ok(EvaluationView { evaluation, commitment, strata, outcomes, answers, cases, runs })
    }

    /// An evaluation with its pseudonymous answers, for whoever runs it and for the body that makes it.
    pub async fn evaluation_see(&self, asker: &Asker, id: &str) -> Result<EvaluationView, Denied> {
        let city = self.seat()?;
        let found = self.store().evaluation_get(&city, id).await?;
        let Some(evaluation) = found.filter(|evaluation| self.sees_evaluation(asker, &city, evaluation)) else {
            let place = Place { division: &city, department: None };
            self.allow(asker, Deed::SeeEvaluations, place, id).await?;
            return Err(Denied::NotFound);
        };
        self.note(asker, &city, "evaluation-seen", id, "done").await;
        let runs = self.runs_evaluations(asker);
        Ok(self.evaluation_view_of(&city, evaluation, (true, runs)).await?)
    }

    /// An evaluation as everybody sees it: how it is drawn, and its report once that is public.
    pub async fn evaluation_public(&self, id: &str) -> Result<EvaluationView, Denied> {
        let city = self.seat()?;
        let evaluation = self.store().evaluation_get(&city, id).await?.ok_or(Denied::NotFound)?;
        let is_reported = evaluation.stage == Stage::Reported;
        let mut view = self.evaluation_view_of(&city, evaluation, (false, false)).await?;
        if !is_reported {
            view.outcomes.clear();
            view.cases.clear();
        }
        if view.evaluation.stage == Stage::Planned {
            view.evaluation.seed = String::new();
        }
        Ok(view)
    }

    /// The evaluations that everybody may look at, newest first.
    pub async fn evaluations_public(&self) -> Result<Vec<Evaluation>, Denied> {
        Ok(self.store().evaluation_list(&self.seat()?, MOST).await?)
    }

    /// The published names that a sample was drawn from, as the file whose hash is the snapshot; or those drawn.
    pub async fn evaluation_names(&self, id: &str, drawn: bool) -> Result<String, Denied> {
        let city = self.seat()?;
        self.store().evaluation_get(&city, id).await?.ok_or(Denied::NotFound)?;
        let names = if drawn {
            let sample = self.store().evaluation_sample(&city, id).await?;
            sample.into_iter().map(|drawn| drawn.one).collect()
        } else {
            self.store().evaluation_population(&city, id).await?
        };
        Ok(population_file(&names))
    }

    /// Has a finding put right: a case of the department's, with a clock.
    pub async fn finding_put(&self, asker: &Asker, id: &str, wish: &FindingWish) -> Result<CaseNumber, GrievanceError> {
        let view = self.evaluation_see(asker, id).await?;
        let mut evaluation = view.evaluation;
        if !matches!(evaluation.stage, Stage::Drawn | Stage::Closed) {
            return Err(refused("现在不能登记问题。", "Nothing can be found now."));
        }
        let division = Division::parse(wish.division.trim()).ok().filter(|one| evaluation.plan.districts.contains(one));
        let field = |field: &str, zh: &str, en: &str| {
            GrievanceError::Invalid(vec![FieldError { field: field.to_owned(), message: Text::new(zh, en) }])
        };
        let division =
            division.ok_or_else(|| field("division", "请选择被评估的区县。", "Please choose a district."))?;
        let department = self.departments(&division).into_iter().find(|one| one.zh == wish.department.trim());
        let department = department.ok_or_else(|| {
            field("department", "请选择这个区县的部门。", "Please choose a department of the district.")
        })?;
        if !(5..=1000).contains(&wish.words.trim().chars().count()) {
            return Err(field(
                "words",
                "请写明问题，5 至 1000 个字。",
                "Please say what was found, in 5 to 1,000 characters.",
            ));
        }
        let words = clean(&wish.words, 1000);
        let definition = self.city().kind(RECTIFICATION);
        let definition = definition.ok_or_else(|| StoreError::Unavailable("there is no such kind".to_owned()))?;
        let mut application = Application { values: Vec::new(), labels: Vec::new(), options: Vec::new() };
        for (name, label, value) in [
            ("evaluation", Text::new("评估", "Evaluation"), evaluation.plan.title.clone()),
            ("body", Text::new("评估机构", "By"), evaluation.plan.body.clone()),
            ("finding", Text::new("发现的问题", "What was found"), words.clone()),
        ] {
            application.labels.push((name.to_owned(), label));
            application.values.push(FieldValue { name: name.to_owned(), value: Value::Text(value) });
        }
        let beginning = Beginning {
            number: self.new_number(&division, &definition),
            subject: Subject::Matter { title: definition.title.clone(), department: department.clone(), item: None },
            title: Text::zh(format!("{}：{}", definition.title.zh, evaluation.plan.title)),
            message: None,
            application,
            record: None,
            parent: None,
            assigned: None,
            priority: 0,
            definition,
        };
        let token = FormToken::issue(&self.inner.key, self.now());
        let receipt = self.begin(&division, asker, &token, beginning).await?;
        let number = receipt.number;
        let department = department.zh;
        evaluation.findings.push(Finding { division, department, words, number: number.to_string() });
        let city = self.seat()?;
        self.store().evaluation_put(city.clone(), evaluation).await?;
        self.note(asker, &city, "evaluation-finding", number.as_str(), id).await;
        Ok(number)
    }

    /// Confirms that something was put right, or sends it back with a reason.
    pub async fn finding_answer(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        confirms: bool,
        reason: &str,
    ) -> Result<(), GrievanceError> {
        let city = self.allow_running(asker, number.as_str()).await?;
        let file = self.case_of(number).await?.ok_or(Denied::NotFound)?;
        if file.case.definition.id.as_str() != RECTIFICATION {
            return Err(Denied::NotFound.into());
        }
        let action = if confirms { "confirm" } else { "again" };
        let actor = Actor { role: kind::Role::Supervision, account: asker.name() };
        let revision = file.case.revision;
        let view = self.view(file, &[kind::Role::Supervision])?;
        let wanted = Wanted { actor, revision, action, reason: Some(reason), overrules: true };
        self.act(view, wanted, &[kind::Role::Supervision]).await?;
        self.note(asker, &city, "evaluation-finding-answered", number.as_str(), action).await;
        Ok(())
    }
}
