//! Grievances 诉求 (article 38): a question, a request for help, a complaint, an urgent call; who said it is kept apart
//! from what was said.
//!
//! Invariant: a grievance's case holds no word by which whoever said it is known. Their name, number and text as it was
//! written stand in [`Complainant`] alone, which only [`may_know`] opens; the department reads [`masked`] text under a
//! [`pseudonym`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::case::CaseNumber;
use crate::mark::Mark;
use crate::notice::{Contact, Recipient};
use crate::text::Text;

/// The department 诉求受理中心 in whose hands a grievance is that nobody knows yet whose it is.
pub const DESK: &str = "诉求受理中心";
/// The supervisory organ 监督机关: what is escalated is in its hands, and in nobody else's sight.
pub const ORGAN: &str = "政务服务监督机关";
/// Longest text of a grievance, in characters.
pub const LONGEST: usize = 2_000;
/// Grievances that one account may file in a day.
pub const MOST_A_DAY: u64 = 20;

/// What a department is called.
pub fn department(zh: &str) -> Text {
    match zh {
        DESK => Text::new(DESK, "Grievance desk"),
        ORGAN => Text::new(ORGAN, "Supervisory organ"),
        zh => Text::zh(zh),
    }
}

/// What sort of grievance it is: the id of its kind of case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// 咨询
    Question,
    /// 求助
    Help,
    /// 投诉
    Complaint,
    /// 紧急诉求
    Urgent,
}

impl Sort {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Question, Self::Help, Self::Complaint, Self::Urgent];

    /// The id of its definition.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Help => "help",
            Self::Complaint => "complaint",
            Self::Urgent => "urgent",
        }
    }

    /// The sort of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Question => ("咨询", "Question"),
            Self::Help => ("求助", "Request for help"),
            Self::Complaint => ("投诉", "Complaint"),
            Self::Urgent => ("紧急诉求", "Urgent call"),
        };
        Text::new(zh, en)
    }

    /// How it ranks on every worklist.
    pub const fn priority(self) -> u8 {
        if matches!(self, Self::Urgent) { 9 } else { 0 }
    }
}

/// How whoever speaks wants to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Identity {
    /// 实名: whoever helps may ask for the contact, with a reason that stays on record.
    Named,
    /// 保密: known to the supervisory organ, and to the desk where it must call back.
    Protected,
    /// 匿名: nobody's name is kept.
    Anonymous,
}

impl Identity {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Named, Self::Protected, Self::Anonymous];

    /// For columns and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Protected => "protected",
            Self::Anonymous => "anonymous",
        }
    }

    /// The one of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|identity| identity.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Named => ("实名", "With my name"),
            Self::Protected => ("保密", "With my identity protected"),
            Self::Anonymous => ("匿名", "Without a name"),
        };
        Text::new(zh, en)
    }
}

/// How it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// 网上
    Portal,
    /// 窗口
    Counter,
    /// 电话
    Telephone,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Portal, Self::Counter, Self::Telephone];

    /// For columns and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Counter => "counter",
            Self::Telephone => "telephone",
        }
    }

    /// The channel of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Portal => ("网上", "Online"),
            Self::Counter => ("窗口", "Counter"),
            Self::Telephone => ("电话", "Telephone"),
        };
        Text::new(zh, en)
    }
}

/// A topic 诉求主题: id, Chinese, English, and the ends of the names of departments that answer for it, the first known
/// one first.
pub type Topic = (&'static str, &'static str, &'static str, &'static [&'static str]);

/// Topics. One that no department of the district answers for, and the last, go to the desk.
pub const TOPICS: [Topic; 12] = [
    ("market", "市场监管、食品安全", "Markets and food safety", &["市场监督管理局", "市场监管局"]),
    ("housing", "住房、建设、物业", "Housing and building", &["住房和城乡建设局", "住建局"]),
    ("insurance", "社保、就业、劳动", "Insurance, jobs, work", &["人力资源和社会保障局", "人社局"]),
    ("medicine", "医疗、卫生", "Health", &["卫生健康委员会", "卫健委"]),
    ("education", "教育", "Education", &["教育局", "教育体育局"]),
    ("transport", "交通运输", "Transport", &["交通运输局"]),
    ("environment", "生态环境", "Environment", &["生态环境局"]),
    ("police", "户籍、治安、交管", "Household registration and police", &["公安局"]),
    ("civil", "民政、养老、残疾人", "Civil affairs, elders, the disabled", &["民政局", "残疾人联合会"]),
    ("land", "自然资源、不动产", "Land and property", &["自然资源和规划局", "自然资源局"]),
    ("farming", "农业农村", "Farming", &["农业农村局"]),
    ("other", "其他", "Something else", &[]),
];

/// The topic of this id.
pub fn topic(id: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|(one, ..)| *one == id)
}

/// Whose a grievance of a topic is, among the departments of a district; none is the desk's to find out.
pub fn by_topic<'a>(topic: &Topic, departments: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    topic.3.iter().find_map(|end| departments.clone().find(|department| department.ends_with(end)))
}

/// Who said it, and in which words: sealed beside its case.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complainant {
    /// Their account, where they were signed in.
    pub account: Option<AccountId>,
    /// Their name.
    pub name: Option<String>,
    /// Where they are called back.
    pub telephone: Option<String>,
    /// Their identity number, where the platform knows it.
    pub identity_number: Option<String>,
    /// The text as it was written.
    pub text: String,
    /// Who wrote it down, where somebody did.
    pub recorded_by: Option<String>,
}

impl std::fmt::Debug for Complainant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Complainant(…)")
    }
}

impl Complainant {
    /// What names them, as it must not stand anywhere else.
    pub fn known(&self) -> Vec<&str> {
        [&self.name, &self.telephone, &self.identity_number].into_iter().flatten().map(String::as_str).collect()
    }

    /// Where they are told what becomes of it.
    pub fn recipient(&self) -> Option<Recipient> {
        let contact = || {
            let telephone = self.telephone.clone().filter(|text| Mark::telephone(text).is_some())?;
            Some(Recipient::Contact(Contact { telephone: Some(telephone), email: None }))
        };
        self.account.clone().map(Recipient::Account).or_else(contact)
    }
}

/// A grievance beside its case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grievance {
    /// The case.
    pub number: CaseNumber,
    /// What sort it is.
    pub sort: Sort,
    /// How they want to be known.
    pub identity: Identity,
    /// How it came in.
    pub channel: Channel,
    /// The question and its answer may be made public, without what names anybody.
    pub consent: bool,
    /// Who said it.
    pub complainant: Complainant,
    /// When.
    pub filed: Timestamp,
}

/// A question with its answer, as everybody reads it: no word of who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicAnswer {
    /// Of which case; not shown.
    pub number: CaseNumber,
    /// About what.
    pub topic: String,
    /// What was asked.
    pub question: String,
    /// What was answered.
    pub answer: String,
    /// By which department.
    pub department: String,
    /// When it was published.
    pub published: Timestamp,
}

/// As what somebody asks who it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curious {
    /// The supervisory organ.
    Organ,
    /// The desk.
    Desk,
    /// The department in whose hands the case is.
    Department,
}

/// Whether they may know who it was, with a reason that stays on record. The department that is complained about never.
pub const fn may_know(sort: Sort, identity: Identity, curious: Curious) -> bool {
    match curious {
        Curious::Organ | Curious::Desk => true,
        Curious::Department => matches!(identity, Identity::Named) && !matches!(sort, Sort::Complaint),
    }
}

/// How a complainant is called wherever they are not known: from the case's number, which says nothing of them.
pub fn pseudonym(number: &CaseNumber) -> String {
    let random = number.as_str().get(16..20).unwrap_or_default();
    format!("诉求人{random}")
}

/// One form of a character: numbers and letters as they are written on a keyboard, small.
fn plain(character: char) -> char {
    let code = u32::from(character);
    // Full-width forms stand 0xFEE0 above ASCII.
    let narrow = if (0xff01..=0xff5e).contains(&code) { char::from_u32(code - 0xfee0) } else { None };
    narrow.unwrap_or(character).to_ascii_lowercase()
}

/// What people put between the characters of a name or the digits of a number.
fn is_between(character: char) -> bool {
    character.is_whitespace() || matches!(character, '-' | '－' | '—' | '·' | '.' | '(' | ')' | '（' | '）')
}

/// How far what is known reaches in a text from a place on: the number of characters, where it stands there.
fn reaches(text: &[char], known: &[char]) -> Option<usize> {
    let mut at = 0;
    for wanted in known {
        if at > 0 {
            at += text.get(at..)?.iter().take(3).take_while(|character| is_between(**character)).count();
        }
        if plain(*text.get(at)?) != *wanted {
            return None;
        }
        at += 1;
    }
    Some(at)
}

/// A text without what names its writer: each occurrence of what is known of them, however it is spaced, is replaced by as
/// many stars.
pub fn masked(text: &str, known: &[&str]) -> String {
    let mut wanted: Vec<Vec<char>> = known
        .iter()
        .map(|known| known.chars().filter(|character| !is_between(*character)).map(plain).collect::<Vec<char>>())
        .filter(|known| known.len() >= 2)
        .collect();
    // The longest first: a number that holds another is masked whole.
    wanted.sort_by_key(|known| std::cmp::Reverse(known.len()));
    let text: Vec<char> = text.chars().collect();
    let mut shown = String::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some(length) = wanted.iter().find_map(|known| reaches(rest, known)) {
            shown.extend(std::iter::repeat_n('*', length));
            at += length;
        } else {
            shown.extend(rest.first());
            at += 1;
        }
    }
    shown
}

/// A text without numbers that could be somebody's: every run of seven digits or more is masked.
pub fn screened(text: &str) -> String {
    let text: Vec<char> = text.chars().collect();
    let mut shown = String::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let digits = rest.iter().take_while(|character| plain(**character).is_ascii_digit()).count();
        if digits >= 7 {
            shown.extend(std::iter::repeat_n('*', digits));
        } else {
            shown.extend(rest.iter().take(digits.max(1)));
        }
        at += digits.max(1);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::{Clock, HandsOver, Role, shipped};
    use proptest::prelude::*;

    #[test]
    fn each_sort_is_a_definition_with_its_own_promise_and_one_way_of_moving() {
        use crate::law::TimeUnit::{Hour, WorkingDay};
        let first = shipped("question").unwrap();
        let promised = |sort: Sort| {
            let period = shipped(sort.name()).unwrap().promised;
            (period.amount, period.unit)
        };
        assert_eq!(Sort::ALL.map(promised), [(1, WorkingDay), (5, WorkingDay), (15, WorkingDay), (2, Hour)]);
        for sort in Sort::ALL {
            let kind = shipped(sort.name()).unwrap();
            assert!(kind.protects_applicant, "{sort:?}");
            assert_eq!(kind.transitions, first.transitions, "{sort:?}");
            assert_eq!(kind.title, sort.title());
            let organ =
                kind.transitions.iter().filter(|step| step.to.as_ref().is_some_and(|to| to.as_str() == "escalated"));
            assert!(organ.clone().count() >= 3 && organ.clone().all(|step| step.hands_over == Some(HandsOver::Organ)));
            assert!(organ.clone().any(|step| step.by.contains(&Role::Applicant)));
            assert_eq!(kind.state("answered").unwrap().clock, Clock::Stopped);
        }
    }

    #[test]
    fn what_is_known_of_the_writer_is_masked_however_it_is_spaced() {
        let known = ["张小莲", "13900000001", "11010519491231002X"];
        let text = "我叫张 小莲，电话139-0000-0001，也可打１３９００００００01；证号11010519491231002x。张三不是我。";
        let shown = masked(text, &known);
        assert_eq!(shown, "我叫****，电话*************，也可打***********；证号******************。张三不是我。");
        assert_eq!(masked(text, &[]), text, "of whom nothing is known, nothing is masked");
        assert_eq!(masked("李", &["李"]), "李", "one character is no name");
    }

    #[test]
    fn the_department_that_is_complained_about_never_knows_who_it_was() {
        for identity in Identity::ALL {
            assert!(!may_know(Sort::Complaint, identity, Curious::Department));
            assert!(may_know(Sort::Complaint, identity, Curious::Organ));
        }
        assert!(may_know(Sort::Urgent, Identity::Named, Curious::Department), "who helps must be able to call");
        assert!(!may_know(Sort::Urgent, Identity::Protected, Curious::Department));
    }

    #[test]
    fn what_is_made_public_has_no_number_that_could_be_somebodys() {
        assert_eq!(screened("张三13800000002，三楼301室，2026年"), "张三***********，三楼301室，2026年");
    }

    #[test]
    fn a_topic_finds_its_department_in_the_district_or_none() {
        let departments = ["禹州市市场监督管理局", "公安局"];
        let market = topic("market").unwrap();
        assert_eq!(by_topic(market, departments.iter().copied()), Some("禹州市市场监督管理局"));
        assert_eq!(by_topic(topic("other").unwrap(), departments.iter().copied()), None);
        assert_eq!(by_topic(topic("farming").unwrap(), departments.iter().copied()), None);
    }

    proptest! {
        #[test]
        fn masking_keeps_every_other_character(text in "[a-z张小莲0-9 ]{0,60}", name in "[张小莲]{2,4}") {
            let shown = masked(&text, &[&name]);
            prop_assert_eq!(shown.chars().count(), text.chars().count());
            prop_assert!(!shown.contains(&name));
            for (before, after) in text.chars().zip(shown.chars()) {
                prop_assert!(after == before || after == '*');
            }
        }
    }
}
