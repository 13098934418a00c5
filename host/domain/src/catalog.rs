//! The catalogue 事项目录: a district's items with their implementation lists 实施清单 (GB/T 39046-2020).
//!
//! Invariant: a checked item never promises longer than the law gives, and a fee has a legal basis (article 31).

use serde::{Deserialize, Serialize};

use crate::district::Division;
pub use crate::fee::Fee;
use crate::law::{LegalBasis, Period};
use crate::text::Text;

/// Item type 事项类型.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ItemType {
    /// 行政许可
    #[serde(rename = "01")]
    Licence,
    /// 行政处罚
    #[serde(rename = "02")]
    Penalty,
    /// 行政强制
    #[serde(rename = "03")]
    Coercion,
    /// 行政征收
    #[serde(rename = "04")]
    Levy,
    /// 行政给付
    #[serde(rename = "05")]
    Payment,
    /// 行政检查
    #[serde(rename = "06")]
    Inspection,
    /// 行政确认
    #[serde(rename = "07")]
    Confirmation,
    /// 行政奖励
    #[serde(rename = "08")]
    Reward,
    /// 行政裁决
    #[serde(rename = "09")]
    Adjudication,
    /// 其他行政权力
    #[serde(rename = "10")]
    OtherPower,
    /// 公共服务
    #[serde(rename = "20")]
    PublicService,
}

/// Level at which it is exercised 行使层级.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// 国家级
    #[serde(rename = "1")]
    Nation,
    /// 省级
    #[serde(rename = "2")]
    Province,
    /// 市级
    #[serde(rename = "3")]
    City,
    /// 县级
    #[serde(rename = "4")]
    County,
    /// 乡级
    #[serde(rename = "5")]
    Township,
    /// 村级
    #[serde(rename = "6")]
    Village,
    /// 分级
    #[serde(rename = "7")]
    ByLevel,
}

/// Nature of the body 主体性质.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// 法定机关
    #[serde(rename = "1")]
    StatutoryOrgan,
    /// 授权组织
    #[serde(rename = "2")]
    Authorised,
    /// 受委托组织
    #[serde(rename = "3")]
    Entrusted,
    /// 其他
    #[serde(rename = "9")]
    Other,
}

/// Whom it serves 服务对象.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Served {
    /// 自然人
    NaturalPerson,
    /// 企业法人
    Enterprise,
    /// 事业法人
    PublicInstitution,
    /// 社会组织法人
    SocialOrganisation,
    /// 行政机关
    AdministrativeOrgan,
    /// 其他组织
    Other,
}

/// Kind of handling 办件类型.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handling {
    /// 即办件: decided on the spot.
    OnTheSpot,
    /// 承诺件: decided within the promise.
    Promised,
    /// Anything else.
    Other,
}

/// Through what it can be applied for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// The portal, from application to result.
    Online,
    /// The portal up to pre-review; something is done on paper or on site.
    OnlinePartly,
    /// A hall's counter.
    Hall,
    /// A self-service terminal.
    Terminal,
    /// By post.
    Courier,
    /// Somebody comes home.
    HomeVisit,
}

/// A material 申请材料.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Material {
    /// What it is called.
    pub name: Text,
    /// Who issues it: the applicant, or an organ.
    pub issuer: Text,
    /// Originals to show or hand in.
    #[serde(default)]
    pub originals: u8,
    /// Copies to hand in.
    #[serde(default)]
    pub copies: u8,
    /// Without it the application is incomplete.
    #[serde(default = "yes")]
    pub required: bool,
    /// What to mind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
    /// What a file of it may be, where it is not the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepts: Option<crate::material::Accepts>,
}

const fn yes() -> bool {
    true
}

/// A step of the procedure 办理流程.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What it is called, e.g. 受理.
    pub name: Text,
    /// Who does it.
    pub by: Text,
    /// Within what time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Period>,
    /// Hearing, inspection, test and the like stand outside the clock (Administrative Licence Law, article 45).
    #[serde(default)]
    pub outside_the_clock: bool,
}

/// A question and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// As people ask it.
    pub question: Text,
    /// In plain words.
    pub answer: Text,
}

/// What one gets 办理结果.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemResult {
    /// E.g. 营业执照.
    pub name: Text,
    /// For how long it is valid, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity: Option<Text>,
}

/// An item as one district carries it out: one version of its implementation list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Implementation code 实施编码, 1 to 36 of letters, digits and `-`.
    pub code: String,
    /// Basic code 基本编码, at most 12; the same in every district.
    pub basic_code: String,
    /// Version of the list, from 1; a case keeps the version it began with.
    #[serde(default = "first_version")]
    pub version: u32,
    /// Item name, at most 200 characters.
    pub name: Text,
    /// What it is for, one or two sentences in plain words.
    pub summary: Text,
    /// 事项类型
    pub item_type: ItemType,
    /// 设定依据, at least one.
    pub basis: Vec<LegalBasis>,
    /// 行使层级
    pub level: Level,
    /// 主体性质
    pub body: Body,
    /// The department that answers for it.
    pub department: Text,
    /// Joint bodies 联办机构.
    #[serde(default)]
    pub joint_bodies: Vec<Text>,
    /// 服务对象, at least one.
    pub served: Vec<Served>,
    /// 办件类型
    pub handling: Handling,
    /// Life events or enterprise stages that lead here, e.g. 开办企业.
    #[serde(default)]
    pub themes: Vec<Text>,
    /// What the law gives the department.
    pub statutory: Period,
    /// What it promises; never longer.
    pub promised: Period,
    /// Special procedures 特别程序 that stand outside the clock.
    #[serde(default)]
    pub special_procedures: Vec<Text>,
    /// Acceptance conditions 受理条件.
    pub conditions: Vec<Text>,
    /// 申请材料
    #[serde(default)]
    pub materials: Vec<Material>,
    /// 办理流程, at least one step.
    pub process: Vec<Step>,
    /// 收费; empty where it is free.
    #[serde(default)]
    pub fees: Vec<Fee>,
    /// Intermediary services 中介服务 that the law requires; the applicant chooses who.
    #[serde(default)]
    pub intermediary_services: Vec<Text>,
    /// 办理结果
    pub result: ItemResult,
    /// At least one.
    pub channels: Vec<Channel>,
    /// How often one has to come 到办事现场次数.
    pub visits: u8,
    /// Why, where it is more than none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visits_reason: Option<Text>,
    /// Counter in the hall, e.g. 二楼企业开办专区 12—15 号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counter: Option<Text>,
    /// 常见问题
    #[serde(default)]
    pub questions: Vec<Question>,
}

const fn first_version() -> u32 {
    1
}

/// What is wrong with an item's data.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("item {code}: {problem}")]
pub struct ItemError {
    /// Which item.
    pub code: String,
    /// What is wrong, in words.
    pub problem: String,
}

impl Item {
    /// Checks lengths, codes and the rules that the types alone can't keep; says every problem's first.
    pub fn check(&self) -> Result<(), ItemError> {
        let wrong = |problem: &str| Err(ItemError { code: self.code.clone(), problem: problem.to_owned() });
        let code_shape = |code: &str, max: usize| {
            (1..=max).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if !code_shape(&self.code, 36) {
            return wrong("the implementation code is 1 to 36 letters, digits and -");
        }
        if !code_shape(&self.basic_code, 12) {
            return wrong("the basic code is 1 to 12 letters, digits and -");
        }
        if self.name.longest() > 200 || self.name.zh.is_empty() {
            return wrong("the name is 1 to 200 characters");
        }
        if self.basis.is_empty() {
            return wrong("an item needs a basis 设定依据");
        }
        if self.served.is_empty() || self.channels.is_empty() || self.process.is_empty() {
            return wrong("an item says whom it serves, through which channels, and in which steps");
        }
        if !self.promised.within(self.statutory) {
            return wrong("the promised time is longer than the statutory time");
        }
        if self.handling == Handling::OnTheSpot && self.promised.amount > 1 {
            return wrong("an item decided on the spot can't promise more than a day");
        }
        if self.visits > 0 && self.visits_reason.is_none() {
            return wrong("an item that makes people come says why");
        }
        for fee in &self.fees {
            if let Err(error) = fee.check() {
                return wrong(&format!("fee “{}”: {error}", fee.name.zh));
            }
        }
        Ok(())
    }
}

/// An item of a district.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistrictItem {
    /// Whose it is: the district's own, or the city's which every district shows.
    pub division: Division,
    /// The item.
    pub item: Item,
}
