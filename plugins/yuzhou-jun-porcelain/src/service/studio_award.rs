//! 省级大师工作室奖补: a provincial master's studio with sales of 2 million yuan or more gets 50,000 yuan, once.

use lotus_sdk::prelude::*;
use lotus_sdk::{setting_money, yuan};

use super::{Offer, enterprise, enterprise_fields};
use crate::{office, register};

pub(crate) const ID: &str = "studio-award";
const DAYS: u32 = 10;

/// The service.
pub(crate) struct StudioAward;

/// Amount and threshold, in fen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) amount: i64,
    pub(crate) least_sales: i64,
}

impl Terms {
    /// As published.
    pub(crate) const PUBLISHED: Self = Self { amount: 5_000_000, least_sales: 200_000_000 };

    /// As the district has set them.
    pub(crate) fn set() -> Self {
        let published = Self::PUBLISHED;
        Self {
            amount: setting_money("award-amount", published.amount),
            least_sales: setting_money("award-least-sales", published.least_sales),
        }
    }
}

/// What speaks against the award, each beside its field, with what else one may apply for.
fn rule(submission: &Submission, terms: Terms) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if !matches!(submission.chosen("title-level"), Some("provincial" | "national")) {
        errors.push(FieldError::new(
            "title-level",
            (
                "奖补条件是持有省级以上工艺美术大师或陶瓷艺术大师称号；市级称号可先申请“非遗传承人研修”。",
                "The award needs a provincial or national master's title; with a municipal one you may apply for the \
                 heirs' training first.",
            ),
        ));
    }
    if submission.money("sales").is_none_or(|sales| sales < terms.least_sales) {
        let least = yuan(terms.least_sales);
        errors.push(FieldError::new(
            "sales",
            (
                format!("奖补条件是上年度销售额不低于 {least} 元。未达到的可申请“釉料与胎料检测”，也可测算“窑炉改造贷款贴息”。"),
                format!(
                    "The award needs sales of at least {least} yuan in the year before. Below that you may still \
                     apply for glaze testing or have a kiln loan estimated."
                ),
            ),
        ));
    }
    if !submission.ticked("once") {
        errors.push(FieldError::new(
            "once",
            (
                "同一工作室只奖补一次，请确认此前未领取。",
                "A studio gets the award once; please confirm that it has not had it.",
            ),
        ));
    }
    errors
}

impl Offer for StudioAward {
    fn describe(&self) -> Service {
        Service::new(
            ID,
            ServiceField::Policy,
            ("省级大师工作室奖补申请", "Award for provincial masters' studios"),
            (
                "省级以上大师的钧瓷工作室，上年度销售额达到条件的，一次性给予奖补。",
                "A one-off award for Jun-porcelain studios of provincial masters with enough sales in the year before.",
            ),
            office::CULTURE,
            Period::working_days(DAYS),
        )
        .serving(&[Served::Enterprise, Served::NaturalPerson])
        .basis(office::article_30())
        .zone("jun-porcelain")
    }

    fn form(&self, today: Date) -> Form {
        let terms = Terms::set();
        let (amount, least) = (yuan(terms.amount), yuan(terms.least_sales));
        Form::new(("省级大师工作室奖补申请表", "Application for the studio award"), ("提交申请", "Submit"))
            .introduction((
                format!("条件：省级以上大师称号；上年度销售额不低于 **{least} 元**。符合条件的一次性奖补 **{amount} 元**。证书和审计报告由部门核验，无需上传。"),
                format!("Conditions: a provincial or national master's title; sales of at least **{least} yuan** in the year before. The award is **{amount} yuan**, once. Certificate and accounts are checked by the bureau; nothing needs to be uploaded."),
            ))
            .section(("申请单位", "The applicant"), enterprise_fields())
            .section(
                ("工作室", "The studio"),
                [
                    Field::line("studio", ("工作室名称", "Name of the studio"), 2..=60),
                    Field::choose_one(
                        "title-level",
                        ("大师称号级别", "Level of the master's title"),
                        [
                            ("national", ("国家级", "National")),
                            ("provincial", ("省级", "Provincial")),
                            ("municipal", ("市级", "Municipal")),
                        ],
                    ),
                    Field::date(
                        "title-date",
                        ("称号授予日期", "Date of the title"),
                        Some(Date::new(1978, 1, 1)),
                        Some(today),
                    ),
                    Field::money("sales", ("上年度销售额（元）", "Sales of the year before (yuan)"), 0..=10_000_000_000)
                        .hint(("按增值税申报数填写。", "As declared for value-added tax.")),
                    Field::integer("apprentices", ("在册学徒人数", "Registered apprentices"), 0..=500).optional(),
                ],
            )
            .section(
                ("确认", "Confirmation"),
                [Field::confirm(
                    "once",
                    ("此前未领取过该项奖补，所填内容真实", "The studio has not had this award before, and what I say is true"),
                )],
            )
    }

    fn check(&self, submission: &Submission) -> Vec<FieldError> {
        rule(submission, Terms::set())
    }

    fn answer(&self, ctx: &Context, submission: &Submission) -> Outcome {
        register::count(ctx.today.year, ID);
        let amount = yuan(Terms::set().amount);
        let by = register::answer_by(ctx.today, DAYS);
        Outcome::OpensCase(
            Opening::new((
                format!("{}：大师工作室奖补", enterprise(submission)),
                format!("{}: studio award", enterprise(submission)),
            ))
            .message((
                format!("{}核验通过后奖补 **{amount} 元** 直接拨付到单位账户，拨付前公示 5 个工作日。", by.zh),
                format!(
                    "{} Once verified, **{amount} yuan** go to the enterprise's account after 5 working days of \
                     public notice.",
                    by.en.unwrap_or_default()
                ),
            )),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn submission(level: &str, sales: i64) -> Submission {
        let field = |name: &str, value| FieldValue { name: name.into(), value };
        Submission {
            service: ID.into(),
            fields: vec![
                field("title-level", Value::Options(vec![level.into()])),
                field("sales", Value::Money(sales)),
                field("once", Value::Boolean(true)),
            ],
        }
    }

    #[test]
    fn a_provincial_master_with_two_million_is_eligible() {
        assert!(rule(&submission("provincial", 200_000_000), Terms::PUBLISHED).is_empty());
    }

    #[test]
    fn a_fen_below_two_million_is_told_the_condition_and_what_else_there_is() {
        let errors = rule(&submission("national", 199_999_999), Terms::PUBLISHED);
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].field, "sales");
        assert!(errors[0].message.zh.contains("2,000,000 元") && errors[0].message.zh.contains("釉料与胎料检测"));
    }

    #[test]
    fn a_municipal_title_is_pointed_to_the_training() {
        let errors = rule(&submission("municipal", 300_000_000), Terms::PUBLISHED);
        assert_eq!(errors[0].field, "title-level");
        assert!(errors[0].message.zh.contains("研修"));
    }

    #[test]
    fn a_threshold_that_the_district_lowers_holds_at_once() {
        let lower = Terms { least_sales: 100_000_000, ..Terms::PUBLISHED };
        assert!(rule(&submission("provincial", 150_000_000), lower).is_empty());
    }
}
