//! 中药材规范化种植基地补贴: a GAP base of 500 mu or more gets 200 yuan per mu.

use lotus_sdk::prelude::*;
use lotus_sdk::{setting_integer, setting_money, yuan};

use super::{Offer, enterprise, enterprise_fields};
use crate::{office, register};

pub(crate) const ID: &str = "base-subsidy";
const DAYS: u32 = 15;

/// The service.
pub(crate) struct BaseSubsidy;

/// Fen per mu, and the least area in mu.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) per_mu: i64,
    pub(crate) least_mu: i64,
}

impl Terms {
    /// As published.
    pub(crate) const PUBLISHED: Self = Self { per_mu: 20_000, least_mu: 500 };

    /// As the district has set them.
    pub(crate) fn set() -> Self {
        let published = Self::PUBLISHED;
        Self {
            per_mu: setting_money("base-per-mu", published.per_mu),
            least_mu: setting_integer("base-least-mu", published.least_mu),
        }
    }

    /// What an area in tenths of a mu gets, in fen.
    fn subsidy(self, tenths: i64) -> i64 {
        self.per_mu.saturating_mul(tenths) / 10
    }
}

/// What speaks against the subsidy, each beside its field.
fn rule(submission: &Submission, terms: Terms) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let area = submission.decimal("area", 1).unwrap_or(0);
    if area < terms.least_mu.saturating_mul(10) {
        let least = terms.least_mu;
        errors.push(FieldError::new(
            "area",
            (
                format!("补贴条件是同一基地面积不少于 {least} 亩。相邻合作社可以联合建设一个基地共同申请，请咨询农业农村局。"),
                format!(
                    "The subsidy needs at least {least} mu in one base. Neighbouring co-operatives may form one base \
                     and apply together; please ask the agriculture bureau."
                ),
            ),
        ));
    } else if area > 500_000 {
        errors.push(FieldError::new(
            "area",
            ("面积超过 50,000 亩，请核对单位是否为亩。", "More than 50,000 mu: please check that the unit is mu."),
        ));
    }
    if submission.chosen("inspection") == Some("none") {
        errors.push(FieldError::new(
            "inspection",
            (
                "补贴条件是通过中药材生产质量管理规范（GAP）延伸检查或符合性评价。",
                "The subsidy needs a passed GAP inspection or assessment.",
            ),
        ));
    }
    errors
}

impl Offer for BaseSubsidy {
    fn describe(&self) -> Service {
        Service::new(
            ID,
            ServiceField::Policy,
            ("中药材规范化种植基地补贴申请", "Subsidy for GAP bases of medicinal plants"),
            (
                "通过规范（GAP）检查、面积达到条件的中药材种植基地，按亩给予补贴。",
                "A subsidy per mu for medicinal-plant bases that passed the GAP inspection and are large enough.",
            ),
            office::AGRICULTURE,
            Period::working_days(DAYS),
        )
        .serving(&[Served::Enterprise, Served::Other])
        .basis(office::article_30())
        .zone("chinese-medicine")
    }

    fn form(&self, today: Date) -> Form {
        let terms = Terms::set();
        let (per_mu, least) = (yuan(terms.per_mu), terms.least_mu);
        Form::new(("中药材规范化种植基地补贴申请表", "Application for the base subsidy"), ("提交申请", "Submit"))
            .introduction((
                format!("条件：基地面积不少于 **{least} 亩** 并通过 GAP 检查或评价。补贴标准为每亩 **{per_mu} 元**，面积以实地测量为准。"),
                format!("Conditions: at least **{least} mu** and a passed GAP inspection or assessment. The subsidy is **{per_mu} yuan per mu**; the area is measured on site."),
            ))
            .section(("申请单位", "The applicant"), enterprise_fields())
            .section(
                ("种植基地", "The base"),
                [
                    Field::line("base", ("基地名称", "Name of the base"), 2..=60),
                    Field::choose_one(
                        "township",
                        ("所在乡镇", "Township"),
                        [
                            ("jiushan", ("鸠山镇", "Jiushan")),
                            ("fangshan", ("方山镇", "Fangshan")),
                            ("mojie", ("磨街乡", "Mojie")),
                            ("wenshu", ("文殊镇", "Wenshu")),
                            ("changzhuang", ("苌庄镇", "Changzhuang")),
                            ("other", ("其他乡镇", "Another township")),
                        ],
                    ),
                    Field::decimal("area", ("种植面积（亩）", "Area (mu)"), 1)
                        .hint(("最多一位小数。", "At most one decimal.")),
                    Field::choose_many(
                        "plants",
                        ("主要品种", "Main plants"),
                        [
                            ("angelica", ("禹白芷", "Angelica dahurica (Yu Baizhi)")),
                            ("honeysuckle", ("金银花", "Honeysuckle")),
                            ("typhonium", ("禹白附", "Typhonium giganteum (Yu Baifu)")),
                            ("arisaema", ("禹南星", "Arisaema (Yu Nanxing)")),
                            ("salvia", ("丹参", "Salvia miltiorrhiza")),
                            ("forsythia", ("连翘", "Forsythia")),
                        ],
                    ),
                    Field::choose_one(
                        "inspection",
                        ("GAP 检查情况", "GAP inspection"),
                        [
                            ("extended", ("已通过药品监管部门延伸检查", "Passed the drug authority's inspection")),
                            ("assessed", ("已通过符合性评价", "Passed an assessment")),
                            ("none", ("尚未检查", "Not yet inspected")),
                        ],
                    ),
                    Field::date("inspected", ("通过日期", "Date passed"), Some(Date::new(2022, 3, 17)), Some(today))
                        .optional(),
                ],
            )
    }

    fn check(&self, submission: &Submission) -> Vec<FieldError> {
        rule(submission, Terms::set())
    }

    fn answer(&self, ctx: &Context, submission: &Submission) -> Outcome {
        register::count(ctx.today.year, ID);
        let amount = yuan(Terms::set().subsidy(submission.decimal("area", 1).unwrap_or(0)));
        let by = register::answer_by(ctx.today, DAYS);
        Outcome::OpensCase(
            Opening::new((
                format!("{}：规范化种植基地补贴", enterprise(submission)),
                format!("{}: base subsidy", enterprise(submission)),
            ))
            .message((
                format!("{}按申报面积预计补贴 **{amount} 元**，最终以实地测量面积计算。测量前会电话预约。", by.zh),
                format!(
                    "{} By the area you gave, the subsidy would be **{amount} yuan**; the measured area decides. We \
                     call before we come to measure.",
                    by.en.unwrap_or_default()
                ),
            )),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn submission(area: &str, inspection: &str) -> Submission {
        let field = |name: &str, value| FieldValue { name: name.into(), value };
        Submission {
            service: ID.into(),
            fields: vec![
                field("area", Value::Decimal(area.into())),
                field("inspection", Value::Options(vec![inspection.into()])),
            ],
        }
    }

    #[test]
    fn five_hundred_mu_get_a_hundred_thousand_yuan() {
        assert!(rule(&submission("500", "extended"), Terms::PUBLISHED).is_empty());
        assert_eq!(Terms::PUBLISHED.subsidy(5_000), 10_000_000);
    }

    #[test]
    fn a_tenth_of_a_mu_too_little_is_told_of_joint_bases() {
        let errors = rule(&submission("499.9", "assessed"), Terms::PUBLISHED);
        assert_eq!(errors[0].field, "area");
        assert!(errors[0].message.zh.contains("联合建设"));
    }

    #[test]
    fn an_uninspected_base_and_square_metres_are_noticed() {
        let errors = rule(&submission("333335", "none"), Terms::PUBLISHED);
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["area", "inspection"]);
    }
}
