//! Policies 惠企利民政策 (article 30): what the city and its districts give, to whom, by conditions that a machine checks.
//!
//! A policy's condition and its amount are texts of a small language ([`Condition`], [`AmountRule`]); a match says for each
//! condition which fact decided it, from where and as of when. Invariant: a version that was published never changes; who
//! claims keeps the version that they were matched with.

mod added;
mod fact;
mod finding;
mod language;
mod number;
mod run;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use added::{Added, AddedFinding, Decided};
pub use fact::{
    Fact, FactKind, FactName, FactOption, FactType, FactValue, Facts, NotThatFact, Unit, UnknownFact, vocabulary,
};
pub use finding::{Finding, Match, Seen, Verdict};
pub use language::{AmountRule, Condition, Flaw, LONGEST_SOURCE, Names};
pub use number::{NotANumber, Number};
pub use run::{Estimate, Matched, Of, Position, Run, Tally, held_against};

use crate::Slug;
use crate::account::AccountId;
use crate::applicant::IdentityNumber;
use crate::catalog::Served;
use crate::district::Division;
use crate::law::{Fen, LegalBasis, Period};
use crate::licence::Holder;
use crate::text::Text;

/// What somebody gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Benefit {
    /// 奖励
    Reward,
    /// 补贴
    Subsidy,
    /// 贷款贴息
    Interest,
    /// 租金补助
    Rent,
    /// 稳岗返还与社保补贴
    Insurance,
    /// 税费减免
    Relief,
    /// 救助与福利
    Welfare,
    /// A service, no money.
    Service,
}

impl Benefit {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Reward,
        Self::Subsidy,
        Self::Interest,
        Self::Rent,
        Self::Insurance,
        Self::Relief,
        Self::Welfare,
        Self::Service,
    ];

    /// For columns and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reward => "reward",
            Self::Subsidy => "subsidy",
            Self::Interest => "interest",
            Self::Rent => "rent",
            Self::Insurance => "insurance",
            Self::Relief => "relief",
            Self::Welfare => "welfare",
            Self::Service => "service",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|benefit| benefit.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Reward => ("奖励", "Reward"),
            Self::Subsidy => ("补贴", "Subsidy"),
            Self::Interest => ("贷款贴息", "Loan interest"),
            Self::Rent => ("租金补助", "Rent"),
            Self::Insurance => ("社保补贴与返还", "Social insurance"),
            Self::Relief => ("税费减免", "Relief of fees"),
            Self::Welfare => ("救助与福利", "Welfare"),
            Self::Service => ("服务", "Service"),
        };
        Text::new(zh, en)
    }
}

/// How somebody gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// 免申即享: without an application; whoever matches is asked for consent alone.
    Direct,
    /// 申报享受: whoever wants it claims it.
    OnClaim,
}

impl Way {
    /// For columns and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::OnClaim => "on-claim",
        }
    }

    /// The way of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Direct, Self::OnClaim].into_iter().find(|way| way.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        match self {
            Self::Direct => Text::new("免申即享", "Without an application"),
            Self::OnClaim => Text::new("申报享受", "On application"),
        }
    }
}

/// One version of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The district that gives it.
    pub division: Division,
    /// Unique in its district; stands in addresses.
    pub id: Slug,
    /// 1, 2, … in its district: each publication is another.
    #[serde(default = "first")]
    pub version: u32,
    /// The day from which this version holds.
    pub since: Date,
    /// What it is called, up to 200 characters.
    pub title: Text,
    /// What one gets, in one or two sentences, up to 1,000 characters.
    pub summary: Text,
    /// Whom it serves; at least one.
    pub served: Vec<Served>,
    /// What one gets.
    pub benefit: Benefit,
    /// How one gets it.
    pub way: Way,
    /// Who gets it.
    pub condition: Condition,
    /// How much, where it is money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<AmountRule>,
    /// For how many months the amount is paid, where it is monthly; once where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<u16>,
    /// The most that one applicant can get, where the policy says so; the amount is cut to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Fen>,
    /// The procedure 办理流程, step by step; at most 20, each up to 500 characters.
    #[serde(default)]
    pub procedure: Vec<Text>,
    /// What else the guide says, markdown, up to 10,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guide: Option<Text>,
    /// The first day on which it can be claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<Date>,
    /// The last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<Date>,
    /// How long it takes from claim to payment at most.
    pub promised: Period,
    /// What it stands on.
    pub basis: LegalBasis,
    /// Number of the document 文号, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The department that answers for it, by its Chinese name in the district.
    pub department: Text,
    /// Whom to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
}

const fn first() -> u32 {
    1
}

/// What is wrong with a policy, beside the field that it is about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem:?}")]
pub struct PolicyError {
    /// Which field.
    pub field: &'static str,
    /// What is wrong and what would be right.
    pub problem: Text,
}

impl Policy {
    /// Checks what the types alone can't.
    pub fn check(&self) -> Result<(), PolicyError> {
        let wrong = |field, zh: &str, en: &str| Err(PolicyError { field, problem: Text::new(zh, en) });
        let blank = |text: &Text| text.zh.trim().is_empty();
        if blank(&self.title) || self.title.longest() > 200 {
            return wrong("title", "标题应为1至200字", "a title has 1 to 200 characters");
        }
        if blank(&self.summary) || self.summary.longest() > 1000 {
            return wrong("summary", "摘要应为1至1000字", "a summary has 1 to 1,000 characters");
        }
        if self.served.is_empty() || self.served.len() > 6 {
            return wrong("served", "请选择服务对象", "say whom it serves");
        }
        if blank(&self.department) || self.department.longest() > 100 {
            return wrong("department", "请填写主管部门，100字以内", "a department has 1 to 100 characters");
        }
        if self.basis.title.trim().is_empty() || self.basis.title.chars().count() > 200 {
            return wrong("basis", "请填写政策依据，200字以内", "a basis has 1 to 200 characters");
        }
        if self.procedure.len() > 20 || self.procedure.iter().any(|step| blank(step) || step.longest() > 500) {
            return wrong("procedure", "流程至多20步，每步1至500字", "at most 20 steps of 1 to 500 characters");
        }
        if self.guide.as_ref().is_some_and(|guide| guide.longest() > 10_000) {
            return wrong("guide", "指南至多10000字", "a guide has at most 10,000 characters");
        }
        if self.opens.zip(self.closes).is_some_and(|(opens, closes)| closes < opens) {
            return wrong("closes", "截止日期早于开始日期", "it closes before it opens");
        }
        if self.closes.is_some_and(|closes| closes < self.since) {
            return wrong("closes", "截止日期早于施行日期", "it closes before it holds");
        }
        if self.months.is_some_and(|months| months == 0 || months > 120) {
            return wrong("months", "发放月数应为1至120", "1 to 120 months");
        }
        if self.at_most.is_some_and(|most| most.0 <= 0) {
            return wrong("at-most", "最高金额应大于零", "the most is more than nothing");
        }
        if self.months.is_some() && self.amount.is_none() {
            return wrong("amount", "按月发放的政策应有金额", "what is paid each month has an amount");
        }
        Ok(())
    }

    /// Whether it serves this kind of applicant.
    pub fn serves(&self, kind: Served) -> bool {
        self.served.contains(&kind)
    }

    /// Whether its title or its summary holds all of these words, in whatever case.
    pub fn says(&self, words: &str) -> bool {
        let texts = [&self.title, &self.summary];
        let all = texts.into_iter().flat_map(|text| [Some(text.zh.as_str()), text.en.as_deref()]);
        let said: String = all.flatten().map(str::to_lowercase).collect::<Vec<_>>().join("\n");
        words.split_whitespace().all(|word| said.contains(&word.to_lowercase()))
    }

    /// Whether it can be claimed on this day.
    pub fn is_open(&self, today: Date) -> bool {
        self.since <= today
            && self.opens.is_none_or(|opens| opens <= today)
            && self.closes.is_none_or(|closes| today <= closes)
    }

    /// Whether its last day is over.
    pub fn is_over(&self, today: Date) -> bool {
        self.closes.is_some_and(|closes| closes < today)
    }

    /// Whether these facts meet its condition: the fast path, no reasons.
    pub fn verdict(&self, facts: &Facts, today: Date) -> Verdict {
        self.condition.verdict(facts, today)
    }

    /// What these facts give, for all months together; none where something that it depends on isn't known, or where it
    /// isn't money. Never less than nothing, never more than the most.
    pub fn amount_for(&self, facts: &Facts, today: Date) -> Option<Fen> {
        let amount = self.amount.as_ref()?.amount(facts, today)?;
        let all = amount.0.max(0).checked_mul(i64::from(self.months.unwrap_or(1)))?;
        Some(self.at_most.map_or(Fen(all), |most| Fen(all).min(most)))
    }

    /// Matches: the verdict with the reasons for it. The amount is said where it is not ruled out already.
    pub fn matched(&self, facts: &Facts, today: Date, names: &Names) -> Match {
        let (verdict, findings) = self.condition.explained(facts, today, names);
        let amount = if verdict == Verdict::NotMet { None } else { self.amount_for(facts, today) };
        Match {
            policy: self.id.clone(),
            version: Some(self.version),
            division: self.division.clone(),
            title: self.title.clone(),
            verdict,
            findings,
            amount,
            basis: self.basis.clone(),
            added_by: None,
        }
    }
}

/// A version of a policy as it stands in the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// It.
    pub policy: Policy,
    /// When it was published.
    pub published: Timestamp,
    /// By whom; none came with the city's own data.
    pub by: Option<AccountId>,
    /// The whole policy was withdrawn: from then on nobody is matched. Claims that run keep their version.
    pub withdrawn: Option<Withdrawal>,
}

/// That a policy was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: AccountId,
    /// Why, up to 500 characters: it is public.
    pub reason: String,
}

/// The versions that hold on a day, of all that there are: the newest of each policy that holds by then.
pub fn holding<'a>(editions: impl IntoIterator<Item = &'a Edition>, today: Date) -> Vec<&'a Edition> {
    let mut holding: std::collections::BTreeMap<(&Division, &Slug), &Edition> = std::collections::BTreeMap::new();
    for edition in editions {
        if edition.withdrawn.is_some() || edition.policy.since > today {
            continue;
        }
        let newest = holding.entry((&edition.policy.division, &edition.policy.id)).or_insert(edition);
        if newest.policy.version < edition.policy.version {
            *newest = edition;
        }
    }
    holding.into_values().collect()
}

/// What a district has on file of an applicant: facts that registers gave, and what the applicant said of themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactFile {
    /// In which district.
    pub place: Division,
    /// 64 hexadecimal digits that name nobody: a keyed hash, so files in its order are in no order.
    pub id: String,
    /// Whose it is.
    pub holder: Holder,
    /// What is known.
    pub facts: Facts,
}

impl FactFile {
    /// With what follows from whose it is: a birthday, from an identity number.
    #[must_use]
    pub fn completed(mut self, as_of: Timestamp) -> Self {
        let birthday = match &self.holder {
            Holder::Person(number) => IdentityNumber::parse(number).ok().and_then(|number| number.birthday()),
            Holder::Enterprise(_) => None,
        };
        if let (Some(day), Ok(name)) = (birthday, FactName::parse("person.birth-date")) {
            let source = Text::new("身份证号码", "Identity number");
            let _ = self.facts.learn(name, Fact { value: FactValue::Date(day), source, as_of, declared: false });
        }
        self
    }

    /// A person's, or an enterprise's.
    pub const fn of(&self) -> Of {
        match self.holder {
            Holder::Person(_) => Of::Person,
            Holder::Enterprise(_) => Of::Enterprise,
        }
    }
}
