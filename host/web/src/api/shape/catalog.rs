//! Items as they go out.

use lotus_domain::catalog as domain;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Basis, Period, Text, all, name_of};

/// Items.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Items {
    pub(crate) items: Vec<ItemSummary>,
}

/// What a list of items says of each.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemSummary {
    /// Implementation code.
    code: String,
    /// Whose it is: the district's own, or the city's.
    division: String,
    name: Text,
    summary: Text,
    department: Text,
    /// `natural-person`, `enterprise`, …
    served: Vec<String>,
    themes: Vec<Text>,
    promised: Period,
    /// How often one has to come.
    visits: u8,
}

impl From<&domain::DistrictItem> for ItemSummary {
    fn from(domain::DistrictItem { division, item }: &domain::DistrictItem) -> Self {
        Self {
            code: item.code.clone(),
            division: division.to_string(),
            name: item.name.clone().into(),
            summary: item.summary.clone().into(),
            department: item.department.clone().into(),
            served: item.served.iter().map(name_of).collect(),
            themes: all(item.themes.clone()),
            promised: item.promised.into(),
            visits: item.visits,
        }
    }
}

/// An item's implementation list 实施清单 (GB/T 39046-2020).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Item {
    /// Whose it is.
    division: String,
    /// Implementation code 实施编码.
    code: String,
    /// Basic code 基本编码.
    basic_code: String,
    version: u32,
    name: Text,
    summary: Text,
    /// 事项类型: `01` licence … `20` public service.
    #[schema(example = "01")]
    #[serde(rename = "item_type")]
    kind: String,
    /// 设定依据
    basis: Vec<Basis>,
    /// 行使层级: `1` nation … `7` by level.
    level: String,
    /// 主体性质: `1`, `2`, `3` or `9`.
    body: String,
    department: Text,
    joint_bodies: Vec<Text>,
    served: Vec<String>,
    /// `on-the-spot`, `promised` or `other`.
    handling: String,
    themes: Vec<Text>,
    statutory: Period,
    promised: Period,
    special_procedures: Vec<Text>,
    conditions: Vec<Text>,
    materials: Vec<Material>,
    process: Vec<Step>,
    /// Empty where it is free.
    fees: Vec<Fee>,
    intermediary_services: Vec<Text>,
    result: ItemResult,
    /// `online`, `online-partly`, `hall`, `terminal`, `courier`, `home-visit`
    channels: Vec<String>,
    visits: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    visits_reason: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counter: Option<Text>,
    questions: Vec<Question>,
}

/// 申请材料
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Material {
    name: Text,
    issuer: Text,
    originals: u8,
    copies: u8,
    required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Text>,
}

/// 办理流程
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ItemStep)]
pub(crate) struct Step {
    name: Text,
    by: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<Period>,
    /// Stands outside the clock.
    outside_the_clock: bool,
}

/// 收费
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Fee {
    name: Text,
    /// In fen; for one unit where there is one.
    amount: i64,
    /// What it is counted by, e.g. 每证; none where it is flat.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<Text>,
    /// Whether an emergency may waive it.
    waivable: bool,
    basis: Basis,
}

/// 办理结果
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemResult {
    name: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    validity: Option<Text>,
}

/// 常见问题
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Question {
    question: Text,
    answer: Text,
}

impl From<&domain::DistrictItem> for Item {
    fn from(domain::DistrictItem { division, item }: &domain::DistrictItem) -> Self {
        let item = item.clone();
        Self {
            division: division.to_string(),
            code: item.code,
            basic_code: item.basic_code,
            version: item.version,
            name: item.name.into(),
            summary: item.summary.into(),
            kind: name_of(&item.item_type),
            basis: all(item.basis),
            level: name_of(&item.level),
            body: name_of(&item.body),
            department: item.department.into(),
            joint_bodies: all(item.joint_bodies),
            served: item.served.iter().map(name_of).collect(),
            handling: name_of(&item.handling),
            themes: all(item.themes),
            statutory: item.statutory.into(),
            promised: item.promised.into(),
            special_procedures: all(item.special_procedures),
            conditions: all(item.conditions),
            materials: all(item.materials),
            process: all(item.process),
            fees: all(item.fees),
            intermediary_services: all(item.intermediary_services),
            result: ItemResult { name: item.result.name.into(), validity: item.result.validity.map(Text::from) },
            channels: item.channels.iter().map(name_of).collect(),
            visits: item.visits,
            visits_reason: item.visits_reason.map(Text::from),
            counter: item.counter.map(Text::from),
            questions: all(item.questions),
        }
    }
}

impl From<domain::Material> for Material {
    fn from(material: domain::Material) -> Self {
        let domain::Material { name, issuer, originals, copies, required, note, accepts: _ } = material;
        Self { name: name.into(), issuer: issuer.into(), originals, copies, required, note: note.map(Text::from) }
    }
}

impl From<domain::Step> for Step {
    fn from(domain::Step { name, by, within, outside_the_clock }: domain::Step) -> Self {
        Self { name: name.into(), by: by.into(), within: within.map(Period::from), outside_the_clock }
    }
}

impl From<domain::Fee> for Fee {
    fn from(domain::Fee { name, amount, unit, waivable, basis }: domain::Fee) -> Self {
        Self { name: name.into(), amount: amount.0, unit: unit.map(Text::from), waivable, basis: basis.into() }
    }
}

impl From<domain::Question> for Question {
    fn from(domain::Question { question, answer }: domain::Question) -> Self {
        Self { question: question.into(), answer: answer.into() }
    }
}
