//! Invited supervisors 特约监督员 (article 35): their visits, their opinions as cases, and what is published of both.

use lotus_domain::access::{Deed, Place, Role};
use lotus_domain::account::AccountId;
use lotus_domain::case::{Application, Case, CaseNumber, Subject};
use lotus_domain::district::Division;
use lotus_domain::form::{FieldError, FieldValue, Value};
use lotus_domain::grievance::{self, DESK, LONGEST, PublicAnswer, screened};
use lotus_domain::notice::{Notice, NoticeKey, Recipient, Value as Said};
use lotus_domain::supervisor::{Found, OPINION, Supervisor, SupervisorVisit, TOPIC, VisitSort};
use lotus_domain::text::Text;
use lotus_store::{NewCase, StoreError};

use crate::asker::{Asker, Denied};
use crate::grievance::GrievanceError;
use crate::opening::Beginning;
use crate::service::Receipt;
use crate::start::Platform;
use crate::token::{FormToken, to_hex};

/// Visits and opinions of one page.
const MOST: u32 = 100;
/// Members of a district who are told of an opinion.
const MOST_TOLD: usize = 20;

/// A visit as it was typed.
#[derive(Debug, Clone, Default)]
pub struct SupervisorVisitWish {
    /// How it came about.
    pub sort: String,
    /// On which day.
    pub day: String,
    /// Where.
    pub place: String,
    /// What was found.
    pub findings: String,
}

/// An opinion as it was typed.
#[derive(Debug, Clone, Default)]
pub struct OpinionWish {
    /// The visit that it stands on, where it does.
    pub visit: String,
    /// The department, by its Chinese name; none is the desk's to find out.
    pub department: String,
    /// In a few words.
    pub title: String,
    /// In full.
    pub text: String,
}

/// A supervisor's own page.
#[derive(Debug, Clone, PartialEq)]
pub struct SupervisorDesk {
    /// Until when they serve.
    pub until: Option<jiff::Timestamp>,
    /// Their visits, the latest first.
    pub visits: Vec<SupervisorVisit>,
    /// Their opinions, the newest first.
    pub opinions: Vec<Case>,
}

fn clean(text: &str, most: usize) -> String {
    text.trim().chars().filter(|c| !c.is_control() || *c == '\n').take(most).collect()
}

fn within(text: &str, range: std::ops::RangeInclusive<usize>) -> bool {
    range.contains(&text.trim().chars().count())
}

impl Platform {
    /// A district's supervisors whose term holds.
    pub async fn supervisors(&self, division: &Division) -> Result<Vec<Supervisor>, Denied> {
        let today = self.today();
        let mut all = self.store().supervisor_list(division).await?;
        all.retain(|supervisor| supervisor.serves(today));
        Ok(all)
    }

    /// Keeps a district's supervisors in place of those before.
    pub async fn supervisors_put(&self, division: Division, all: Vec<Supervisor>) -> Result<(), StoreError> {
        self.store().supervisor_put(division, all).await
    }

    async fn allow_opinions(&self, asker: &Asker, division: &Division) -> Result<AccountId, Denied> {
        self.district(division).ok_or(Denied::NotFound)?;
        self.allow(asker, Deed::GiveOpinions, Place { division, department: None }, "supervision").await?;
        Ok(asker.person().ok_or(Denied::SignIn)?.account.id.clone())
    }

    /// A supervisor's own page in a district.
    pub async fn supervisor_desk(&self, asker: &Asker, division: &Division) -> Result<SupervisorDesk, Denied> {
        let account = self.allow_opinions(asker, division).await?;
        let held = asker.person().map(|person| person.access.held.as_slice()).unwrap_or_default();
        let until = held.iter().find(|held| held.role == Role::Supervisor && held.division == *division);
        let mut opinions = self.store().case_list_account(division, &account, MOST).await?;
        opinions.retain(|case| case.definition.id.as_str() == OPINION);
        Ok(SupervisorDesk {
            until: until.and_then(|held| held.until),
            visits: self.store().supervisor_visit_list(division, &account, MOST).await?,
            opinions,
        })
    }

    /// Writes down a visit. One that is planned has findings once it took place; an unannounced one is over.
    pub async fn supervisor_visit(
        &self,
        asker: &Asker,
        division: &Division,
        wish: &SupervisorVisitWish,
    ) -> Result<(), GrievanceError> {
        let account = self.allow_opinions(asker, division).await?;
        let mut errors = Vec::new();
        let mut wrong = |field: &str, zh: &str, en: &str| {
            errors.push(FieldError { field: field.to_owned(), message: Text::new(zh, en) });
        };
        let sort = VisitSort::parse(&wish.sort);
        let today = self.today();
        let last = today.saturating_add(jiff::Span::new().days(180));
        let day = wish.day.parse().ok().filter(|day| *day <= last);
        if sort.is_none() {
            wrong("sort", "请选择走访方式。", "Please choose the sort of visit.");
        }
        if day.is_none() || (sort == Some(VisitSort::Unannounced) && day.is_some_and(|day| day > today)) {
            wrong(
                "day",
                "请填写日期；暗访在完成后登记。",
                "Please give the day; an unannounced visit is written down after it.",
            );
        }
        if !within(&wish.place, 2..=100) {
            wrong("place", "请填写走访的地点。", "Please say where.");
        }
        let is_over = day.is_some_and(|day| day <= today);
        if wish.findings.trim().chars().count() > LONGEST || (is_over && !within(&wish.findings, 5..=LONGEST)) {
            wrong(
                "findings",
                "请写明发现的情况，5 至 2000 个字。",
                "Please say what was found, in 5 to 2,000 characters.",
            );
        }
        let (Some(sort), Some(day)) = (sort, day) else { return Err(GrievanceError::Invalid(errors)) };
        if !errors.is_empty() {
            return Err(GrievanceError::Invalid(errors));
        }
        let visit = SupervisorVisit {
            id: to_hex(&rand::random::<[u8; 6]>()),
            account,
            sort,
            day,
            body: Found { place: clean(&wish.place, 100), findings: clean(&wish.findings, LONGEST) },
            made: self.now(),
        };
        self.note(asker, division, "supervisor-visit", &visit.id, sort.name()).await;
        Ok(self.store().supervisor_visit_put(division.clone(), visit).await?)
    }

    /// Gives an opinion: a case of the department's, with a clock; the district is told.
    pub async fn opinion_give(
        &self,
        asker: &Asker,
        division: &Division,
        token: &FormToken,
        wish: &OpinionWish,
    ) -> Result<Receipt, GrievanceError> {
        let account = self.allow_opinions(asker, division).await?;
        let turn = self.inner.in_flight.of(token.hash());
        let _turn = turn.lock().await;
        if let Some(receipt) = self.receipt_again(division, token).await? {
            return Ok(receipt);
        }
        if !token.holds(&self.inner.key, self.now()) {
            return Err(GrievanceError::StaleToken);
        }
        let mut errors = Vec::new();
        let mut wrong = |field: &str, zh: &str, en: &str| {
            errors.push(FieldError { field: field.to_owned(), message: Text::new(zh, en) });
        };
        if !within(&wish.title, 2..=40) {
            wrong("title", "请用 2 至 40 个字概括。", "Please say it in 2 to 40 characters.");
        }
        if !within(&wish.text, 5..=LONGEST) {
            wrong("text", "请写 5 至 2000 个字。", "Please write 5 to 2,000 characters.");
        }
        let departments = self.departments(division);
        let chosen = departments.iter().find(|one| one.zh == wish.department.trim());
        if chosen.is_none() && !wish.department.trim().is_empty() {
            wrong("department", "请从列表中选择部门。", "Please choose a department from the list.");
        }
        let visits = self.store().supervisor_visit_list(division, &account, MOST).await?;
        let visit = visits.iter().find(|visit| visit.id == wish.visit.trim());
        if visit.is_none() && !wish.visit.trim().is_empty() {
            wrong("visit", "请选择自己的走访记录。", "Please choose one of your visits.");
        }
        if !errors.is_empty() {
            return Err(GrievanceError::Invalid(errors));
        }
        let department = chosen.cloned().unwrap_or_else(|| grievance::department(DESK));
        let definition = self.city().kind(OPINION);
        let definition = definition.ok_or_else(|| StoreError::Unavailable("there is no kind “opinion”".to_owned()))?;
        let mut application = Application { values: Vec::new(), labels: Vec::new(), options: Vec::new() };
        let about = visit.map(|visit| format!("{}，{}，{}", visit.sort.title().zh, visit.day, visit.body.place));
        let values = [
            ("title", Text::new("意见", "Opinion"), Some(clean(&wish.title, 40))),
            ("visit", Text::new("依据的走访", "The visit that it stands on"), about),
            ("findings", Text::new("发现的情况", "What was found"), visit.map(|visit| visit.body.findings.clone())),
            ("text", Text::new("内容", "What is said"), Some(clean(&wish.text, LONGEST))),
        ];
        for (name, label, value) in values {
            let Some(value) = value else { continue };
            application.labels.push((name.to_owned(), label));
            application.values.push(FieldValue { name: name.to_owned(), value: Value::Text(value) });
        }
        let beginning = Beginning {
            number: self.new_number(division, &definition),
            subject: Subject::Matter { title: definition.title.clone(), department: department.clone(), item: None },
            title: Text::zh(format!("{}：{}", definition.title.zh, clean(&wish.title, 40))),
            message: None,
            application,
            record: None,
            parent: None,
            assigned: None,
            priority: 0,
            definition,
        };
        let mut prepared = self.prepare(division, asker, token, beginning).await?;
        let told = self.district_told(division, &prepared.new, &department).await?;
        prepared.new.notices.extend(told);
        let opened = self.store().case_open(division.clone(), prepared.new.clone()).await?;
        let receipt = self.begun(division, token, prepared, opened).await?;
        self.note(asker, division, "opinion-given", receipt.number.as_str(), "done").await;
        Ok(receipt)
    }

    /// The district's administrators, and the head of the department.
    async fn district_told(
        &self,
        division: &Division,
        new: &NewCase,
        department: &Text,
    ) -> Result<Vec<Notice>, StoreError> {
        let now = self.now();
        let number = new.case.number.as_str();
        let values = [("department", Said::Text(department.clone())), ("number", Said::plain(number))];
        let mut told: Vec<AccountId> = Vec::new();
        for (account, held) in self.store().role_list(division).await? {
            let of = held.department.as_deref();
            let is_told = match held.role {
                Role::DistrictAdministrator => true,
                Role::DepartmentHead => of.is_none_or(|of| of == department.zh),
                Role::GrievanceDesk => department.zh == DESK,
                _ => false,
            };
            if is_told && held.until.is_none_or(|until| now < until) && !told.contains(&account) {
                told.push(account);
            }
        }
        let mut notices = Vec::new();
        for account in told.into_iter().take(MOST_TOLD) {
            let key = NoticeKey::parse(format!("opinion/{number}/{account}"));
            let to = Recipient::Account(account);
            match key.and_then(|key| self.notice_at("opinion-given", &values, division, key, to, now)) {
                Ok(notice) => notices.push(notice.about(&new.case.number)),
                Err(error) => tracing::error!(%error, number, "an opinion can't be told"),
            }
        }
        Ok(notices)
    }

    /// Makes an answered opinion public, with its answer and whether the supervisor was satisfied.
    pub async fn opinion_publish(&self, asker: &Asker, number: &CaseNumber) -> Result<(), GrievanceError> {
        let file = self.case_of(number).await?.ok_or(Denied::NotFound)?;
        let case = &file.case;
        let place = Place { division: &case.division, department: Some(case.subject.department()) };
        self.allow(asker, Deed::PublishAnswers, place, number.as_str()).await?;
        let given = |name: &str| case.application.values.iter().find(|given| given.name == name);
        let answered = file.events.iter().rev().find(|event| event.happening.action == "answer");
        let answer = answered.and_then(|event| event.happening.reason.as_ref());
        let (true, Some(text), Some(answer)) = (case.definition.id.as_str() == OPINION, given("text"), answer) else {
            return Err(Denied::NotFound.into());
        };
        let public = PublicAnswer {
            number: number.clone(),
            topic: TOPIC.to_owned(),
            question: screened(&text.value.typed()),
            answer: screened(&answer.zh),
            department: case.subject.department().to_owned(),
            published: self.now(),
        };
        self.store().public_answer_put(case.division.clone(), public).await?;
        self.note(asker, &case.division, "opinion-published", number.as_str(), "done").await;
        Ok(())
    }

    /// Whether an opinion's case can be published by the asker now.
    pub fn publishes_opinion(&self, asker: &Asker, case: &Case) -> bool {
        let place = Place { division: &case.division, department: Some(case.subject.department()) };
        let is_answered = case.definition.id.as_str() == OPINION && !case.is_open();
        is_answered && self.may(asker, Deed::PublishAnswers, place)
    }
}
