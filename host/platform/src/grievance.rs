//! Grievances 诉求 (article 38): filed online, written down at the counter or on the telephone, brought to whose they are.
//!
//! Invariant: the case is opened in nobody's name. Who said it goes into a row of its own, in the same transaction, and is
//! read in two places alone: to tell them what became of it, and in `complainant.rs`, with a reason that stays on record.

use lotus_domain::access::Deed;
use lotus_domain::account::AccountId;
use lotus_domain::case::{Application, Case, CaseNumber, Subject};
use lotus_domain::district::Division;
use lotus_domain::form::{FieldError, FieldValue, Value};
use lotus_domain::grievance::{
    self, Channel, Complainant, DESK, Grievance, Identity, LONGEST, MOST_A_DAY, Sort, by_topic, masked, pseudonym,
};
use lotus_domain::law::Refusal;
use lotus_domain::mark::Mark;
use lotus_domain::notice::{Notice, NoticeKey, Recipient, Value as Said};
use lotus_domain::text::Text;
use lotus_store::{NewCase, StoreError};

use crate::asker::{Asker, Denied};
use crate::case::CaseError;
use crate::opening::Beginning;
use crate::service::Receipt;
use crate::start::Platform;
use crate::token::FormToken;

/// Members of staff who are told of an urgent call at once.
const MOST_TOLD: usize = 50;

/// What a grievance is made of, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct GrievanceWish {
    /// What sort it is.
    pub sort: String,
    /// Its topic.
    pub topic: String,
    /// The item that it is about, by code.
    pub item: String,
    /// The department that it is about, by its Chinese name.
    pub department: String,
    /// The case that it is about.
    pub about: String,
    /// What is said.
    pub text: String,
    /// How they want to be known.
    pub identity: String,
    /// Their name.
    pub name: String,
    /// Where they are called back.
    pub telephone: String,
    /// It may be made public with its answer.
    pub consent: bool,
}

/// Why a grievance is not taken.
#[derive(Debug, Clone, PartialEq)]
pub enum GrievanceError {
    /// Not for whoever asks.
    Denied(Denied),
    /// Wrong values, each beside its field.
    Invalid(Vec<FieldError>),
    /// The form lay open too long: shown again with a new token, nothing lost.
    StaleToken,
    /// A reasoned no.
    Refused(Refusal),
    /// The case does not move.
    Case(CaseError),
}

impl From<Denied> for GrievanceError {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<StoreError> for GrievanceError {
    fn from(error: StoreError) -> Self {
        Self::Denied(error.into())
    }
}

impl From<CaseError> for GrievanceError {
    fn from(error: CaseError) -> Self {
        Self::Case(error)
    }
}

/// What was read of a form.
struct Read {
    division: Division,
    sort: Sort,
    topic: &'static grievance::Topic,
    department: Text,
    item: Option<String>,
    about: String,
    text: String,
    identity: Identity,
    name: Option<String>,
    telephone: Option<String>,
}

fn clean(text: &str, most: usize) -> String {
    let kept = text.trim().chars().filter(|character| !character.is_control() || *character == '\n');
    kept.take(most).collect()
}

impl Platform {
    /// The departments of a district that a case can be handed over to: those of its items, then the desk.
    pub fn departments(&self, division: &Division) -> Vec<Text> {
        let mut known: Vec<Text> = Vec::new();
        for item in self.items(division).iter().filter(|item| item.division == *division) {
            for department in std::iter::once(&item.item.department).chain(&item.item.joint_bodies) {
                if !known.iter().any(|one| one.zh == department.zh) {
                    known.push(department.clone());
                }
            }
        }
        known.sort_by(|a, b| a.zh.cmp(&b.zh));
        known.push(grievance::department(DESK));
        known
    }

    /// Files a grievance online. However often the same form is sent, it is one case.
    pub async fn grievance_file(
        &self,
        division: &Division,
        asker: &Asker,
        token: &FormToken,
        wish: &GrievanceWish,
    ) -> Result<Receipt, GrievanceError> {
        self.district(division).ok_or(Denied::NotFound)?;
        self.grievance_take(division, asker, token, wish, Channel::Portal).await
    }

    /// Writes down what somebody says at the counter or on the telephone.
    pub async fn grievance_record(
        &self,
        division: &Division,
        asker: &Asker,
        token: &FormToken,
        wish: &GrievanceWish,
        channel: Channel,
    ) -> Result<Receipt, GrievanceError> {
        self.grievance_record_open(asker, division).await?;
        let channel = if channel == Channel::Telephone { Channel::Telephone } else { Channel::Counter };
        let receipt = self.grievance_take(division, asker, token, wish, channel).await?;
        self.note(asker, division, "grievance-recorded", receipt.number.as_str(), channel.name()).await;
        Ok(receipt)
    }

    /// Whether the asker writes down grievances in a district.
    pub async fn grievance_record_open(&self, asker: &Asker, division: &Division) -> Result<(), Denied> {
        self.district(division).ok_or(Denied::NotFound)?;
        self.allow_within(asker, Deed::RecordGrievances, division, "grievances").await.map(|_| ())
    }

    async fn grievance_take(
        &self,
        division: &Division,
        asker: &Asker,
        token: &FormToken,
        wish: &GrievanceWish,
        channel: Channel,
    ) -> Result<Receipt, GrievanceError> {
        let read = self.grievance_read(division, wish, channel).await?;
        let division = &read.division.clone();
        let turn = self.inner.in_flight.of(token.hash());
        let _turn = turn.lock().await;
        if let Some(receipt) = self.receipt_again(division, token).await? {
            return Ok(receipt);
        }
        if !token.holds(&self.inner.key, self.now()) {
            return Err(GrievanceError::StaleToken);
        }
        let complainant = Self::complainant(asker, &read, channel);
        if let Some(account) = &complainant.account {
            self.not_too_many(division, account).await?;
        }
        // Whoever is signed in is masked too where they gave no name.
        let profile = asker.person().filter(|_| channel == Channel::Portal).map(|person| &person.account.profile);
        let mut known = complainant.known();
        known.extend(profile.map(|profile| profile.name.as_str()));
        known.extend(profile.and_then(|profile| profile.telephone.as_deref()));
        known.extend(profile.and_then(|profile| profile.identity_number.as_deref()));
        known.extend([&read.name, &read.telephone].into_iter().flatten().map(String::as_str));
        let beginning = self.grievance_beginning(&read, &known)?;
        // In nobody's name: neither the case nor its first event says who it was.
        let nobody = Asker::nobody(None);
        let mut prepared = self.prepare(division, &nobody, token, beginning).await?;
        let case = &prepared.new.case;
        let said = Grievance {
            number: case.number.clone(),
            sort: read.sort,
            identity: read.identity,
            channel,
            consent: wish.consent,
            filed: case.submitted,
            complainant,
        };
        let told = said.complainant.recipient();
        let mut notices = told.map_or_else(Vec::new, |to| self.veiled(case, None, &prepared.new.first, to));
        if read.sort == Sort::Urgent {
            notices.extend(self.duty_told(division, &prepared.new, &read).await?);
        }
        prepared.new.notices.extend(notices);
        let opened = self.store().grievance_open(division.clone(), prepared.new.clone(), said).await?;
        Ok(self.begun(division, token, prepared, opened).await?)
    }

    async fn not_too_many(&self, division: &Division, account: &AccountId) -> Result<(), GrievanceError> {
        let since = self.now().checked_sub(jiff::SignedDuration::from_hours(24)).unwrap_or(self.now());
        if self.store().grievance_count_owner(division, account, since).await? < MOST_A_DAY {
            return Ok(());
        }
        Err(GrievanceError::Refused(Refusal {
            reason: Text::new(
                format!("您一天内已提交{MOST_A_DAY}件诉求。"),
                format!("You have filed {MOST_A_DAY} within a day."),
            ),
            basis: None,
            next_step: Some(Text::new(
                "请明天再提交，或拨打大厅电话。",
                "Please file the next one tomorrow, or call the hall.",
            )),
        }))
    }

    async fn grievance_read(
        &self,
        division: &Division,
        wish: &GrievanceWish,
        channel: Channel,
    ) -> Result<Read, GrievanceError> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, zh: &str, en: &str| {
            errors.push(FieldError { field: field.to_owned(), message: Text::new(zh, en) });
        };
        let sort = Sort::parse(&wish.sort);
        if sort.is_none() {
            wrong("sort", "请选择诉求类型。", "Please choose what it is.");
        }
        let topic = grievance::topic(&wish.topic);
        if topic.is_none() {
            wrong("topic", "请选择主题。", "Please choose a topic.");
        }
        let text = clean(&wish.text, LONGEST + 1);
        let length = text.chars().count();
        if !(5..=LONGEST).contains(&length) {
            wrong("text", "请写 5 至 2000 个字。", "Please write 5 to 2,000 characters.");
        }
        let identity = Identity::parse(&wish.identity);
        if identity.is_none() {
            wrong("identity", "请选择是否公开身份。", "Please choose how you want to be known.");
        }
        let kept = |text: &str| Some(clean(text, 60)).filter(|text| !text.is_empty());
        let (name, telephone) = (kept(&wish.name), kept(&wish.telephone));
        if name.as_ref().is_some_and(|name| Mark::name(name).is_none()) {
            wrong("name", "姓名应为 2 至 60 个字。", "A name has 2 to 60 characters.");
        }
        if telephone.as_ref().is_some_and(|telephone| Mark::telephone(telephone).is_none()) {
            wrong("telephone", "电话号码不正确。", "This is no telephone number.");
        }
        let is_taken_down = channel != Channel::Portal;
        if is_taken_down && identity != Some(Identity::Anonymous) && telephone.is_none() {
            wrong(
                "telephone",
                "请记录回访电话，或选择匿名。",
                "Write down a number to call back, or choose anonymous.",
            );
        }
        let item = Some(wish.item.trim()).filter(|code| !code.is_empty());
        let found = item.and_then(|code| self.item(division, code));
        if item.is_some() && found.is_none() {
            wrong("item", "没有这个事项。", "There is no such item.");
        }
        let departments = self.departments(division);
        let chosen = departments.iter().find(|one| one.zh == wish.department.trim());
        if chosen.is_none() && !wish.department.trim().is_empty() {
            wrong("department", "请从列表中选择部门。", "Please choose a department from the list.");
        }
        let about = Some(wish.about.trim()).filter(|number| !number.is_empty()).map(CaseNumber::parse);
        if about.as_ref().is_some_and(Result::is_err) {
            wrong("about", "办件编号不正确。", "This is no case number.");
        }
        let (Some(sort), Some(topic), Some(identity)) = (sort, topic, identity) else {
            return Err(GrievanceError::Invalid(errors));
        };
        if !errors.is_empty() {
            return Err(GrievanceError::Invalid(errors));
        }
        let about = about.and_then(Result::ok);
        // A case that is not there, or another district's, says nothing of whose it is.
        let of_case = match &about {
            Some(number) => self.store().case_recent(division, number, 1).await?.map(|file| file.case),
            None => None,
        };
        let kept_here = of_case.map(|case| case.subject.answers().clone());
        let kept_here = kept_here.filter(|department| departments.iter().any(|one| one.zh == department.zh));
        let names = departments.iter().map(|one| one.zh.as_str()).filter(|name| *name != DESK);
        let by_topic = by_topic(topic, names).and_then(|name| departments.iter().find(|one| one.zh == name));
        let department = found.as_ref().map(|item| item.item.department.clone());
        let department = department.or_else(|| chosen.cloned()).or(kept_here).or_else(|| by_topic.cloned());
        let said_about = [
            found.as_ref().map(|item| item.item.name.zh.clone()),
            chosen.map(|department| department.zh.clone()),
            about.map(|number| number.to_string()),
        ];
        Ok(Read {
            division: found.as_ref().map_or_else(|| division.clone(), |item| item.division.clone()),
            sort,
            topic,
            department: department.unwrap_or_else(|| grievance::department(DESK)),
            item: found.map(|item| item.item.code.clone()),
            about: said_about.into_iter().flatten().collect::<Vec<_>>().join("；"),
            text,
            identity,
            name,
            telephone,
        })
    }

    /// Who said it: nobody at all where they don't want to be known.
    fn complainant(asker: &Asker, read: &Read, channel: Channel) -> Complainant {
        let is_taken_down = channel != Channel::Portal;
        let recorded_by = asker.name().filter(|_| is_taken_down);
        if read.identity == Identity::Anonymous {
            let text = read.text.clone();
            return Complainant {
                account: None,
                name: None,
                telephone: None,
                identity_number: None,
                text,
                recorded_by,
            };
        }
        let person = asker.person().filter(|_| !is_taken_down).map(|person| &person.account);
        let profile = person.map(|account| &account.profile);
        Complainant {
            account: person.map(|account| account.id.clone()),
            name: read.name.clone().or_else(|| profile.map(|profile| profile.name.clone())),
            telephone: read.telephone.clone().or_else(|| profile.and_then(|profile| profile.telephone.clone())),
            identity_number: profile.and_then(|profile| profile.identity_number.clone()),
            text: read.text.clone(),
            recorded_by,
        }
    }

    /// The case as the department reads it: under a pseudonym, without what names whoever said it.
    fn grievance_beginning(&self, read: &Read, known: &[&str]) -> Result<Beginning, StoreError> {
        let name = read.sort.name();
        let definition = self.city().kind(name);
        let definition = definition.ok_or_else(|| StoreError::Unavailable(format!("there is no kind “{name}”")))?;
        let number = self.new_number(&read.division, &definition);
        let (_, zh, en, _) = *read.topic;
        let mut values = vec![
            ("complainant", Text::new("诉求人", "Complainant"), pseudonym(&number)),
            ("topic", Text::new("主题", "Topic"), zh.to_owned()),
        ];
        if !read.about.is_empty() {
            values.push(("about", Text::new("涉及", "About"), masked(&read.about, known)));
        }
        values.push(("text", Text::new("内容", "What is said"), masked(&read.text, known)));
        let mut application = Application { values: Vec::new(), labels: Vec::new(), options: Vec::new() };
        for (name, label, value) in values {
            application.labels.push((name.to_owned(), label));
            application.values.push(FieldValue { name: name.to_owned(), value: Value::Text(value) });
        }
        let title = read.sort.title();
        let english = title.en.as_deref().unwrap_or(name);
        Ok(Beginning {
            title: Text::new(
                format!("{}：{zh}（{}）", title.zh, pseudonym(&number)),
                format!("{english}: {en} ({})", pseudonym(&number)),
            ),
            subject: Subject::Matter { title, department: read.department.clone(), item: read.item.clone() },
            message: None,
            application,
            record: None,
            parent: None,
            assigned: None,
            priority: read.sort.priority(),
            definition,
            number,
        })
    }

    /// Whoever is on duty where an urgent call goes, and the desk, told at once.
    async fn duty_told(&self, division: &Division, new: &NewCase, read: &Read) -> Result<Vec<Notice>, StoreError> {
        use lotus_domain::access::Role;
        let now = self.now();
        let department = read.department.zh.as_str();
        let on_duty = |role: Role, of: Option<&str>| match role {
            Role::GrievanceDesk => true,
            Role::Handler | Role::DepartmentHead => of.is_none_or(|of| of == department),
            _ => false,
        };
        let mut told: Vec<AccountId> = Vec::new();
        for (account, held) in self.store().role_list(division).await? {
            let holds = held.until.is_none_or(|until| now < until);
            if holds && on_duty(held.role, held.department.as_deref()) && !told.contains(&account) {
                told.push(account);
            }
        }
        let number = new.case.number.as_str();
        let values = [
            ("topic", Said::plain(read.topic.1)),
            ("number", Said::plain(number)),
            ("department", Said::Text(read.department.clone())),
        ];
        let mut notices = Vec::new();
        for account in told.into_iter().take(MOST_TOLD) {
            let key = NoticeKey::parse(format!("urgent/{number}/{account}"));
            let to = Recipient::Account(account);
            match key.and_then(|key| self.notice_at("grievance-urgent", &values, division, key, to, now)) {
                Ok(notice) => notices.push(notice.urgent().about(&new.case.number)),
                Err(error) => tracing::error!(%error, number, "an urgent call can't be told"),
            }
        }
        Ok(notices)
    }

    /// Where the complainant of a case is told what becomes of it.
    pub(crate) async fn complainant_told(&self, case: &Case) -> Result<Option<Recipient>, StoreError> {
        let said = self.store().grievance_get(&case.division, &case.number).await?;
        Ok(said.and_then(|said| said.complainant.recipient()))
    }

    /// Whether a case is a grievance of the asker's own.
    pub(crate) async fn is_complainant(&self, asker: &Asker, case: &Case) -> Result<bool, StoreError> {
        match asker.person() {
            Some(person) if case.definition.protects_applicant => {
                self.store().grievance_is_of(&case.division, &case.number, &person.account.id).await
            }
            _ => Ok(false),
        }
    }
}
