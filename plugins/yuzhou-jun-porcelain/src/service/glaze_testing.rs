//! 釉料与胎料检测: samples of glaze, body or finished ware are tested; tableware for lead and cadmium always.

use lotus_sdk::prelude::*;

use super::{Offer, enterprise, enterprise_fields};
use crate::{office, register};

pub(crate) const ID: &str = "glaze-testing";
const DAYS: u32 = 7;
/// Up to so many samples are done sooner.
const FEW_SAMPLES: i64 = 3;
const FEW_DAYS: u32 = 4;

/// The service.
pub(crate) struct GlazeTesting;

fn rule(submission: &Submission) -> Vec<FieldError> {
    let tableware = submission.chosen("sample") == Some("tableware");
    if tableware && !submission.all_chosen("tests").iter().any(|test| test == "lead-cadmium") {
        return vec![FieldError::new(
            "tests",
            (
                "食用器皿必须检测铅、镉溶出量（GB 4806.4），请勾选该项。",
                "Tableware must be tested for released lead and cadmium (GB 4806.4); please tick it.",
            ),
        )];
    }
    Vec::new()
}

/// Few samples are promised sooner.
fn days(samples: i64) -> u32 {
    if samples <= FEW_SAMPLES { FEW_DAYS } else { DAYS }
}

impl Offer for GlazeTesting {
    fn describe(&self) -> Service {
        Service::new(
            ID,
            ServiceField::ScienceAndTechnology,
            ("釉料与胎料检测", "Testing of glazes and bodies"),
            (
                "釉料成分、铅镉溶出、热稳定性检测，出具检测报告；每年前 5 件样品免费。",
                "Composition of glazes, release of lead and cadmium, resistance to heat, with a report; the first 5 \
                 samples of a year are free.",
            ),
            office::INDUSTRY,
            Period::working_days(DAYS),
        )
        .basis(office::article_29())
        .zone("jun-porcelain")
    }

    fn form(&self, _: Date) -> Form {
        Form::new(("检测委托单", "Order for tests"), ("提交委托", "Order"))
            .section(("委托单位", "Who orders"), enterprise_fields())
            .section(
                ("样品", "The samples"),
                [
                    Field::choose_one(
                        "sample",
                        ("样品类别", "Kind of sample"),
                        [
                            ("glaze", ("釉料", "Glaze")),
                            ("body", ("胎料", "Body")),
                            ("tableware", ("食用器皿", "Tableware")),
                            ("artware", ("陈设器", "Artware")),
                        ],
                    ),
                    Field::integer("count", ("样品数量（件）", "Number of samples"), 1..=50),
                    Field::choose_many(
                        "tests",
                        ("检测项目", "Tests"),
                        [
                            ("composition", ("化学成分", "Composition")),
                            ("lead-cadmium", ("铅、镉溶出量", "Released lead and cadmium")),
                            ("heat", ("热稳定性", "Resistance to heat")),
                            ("colour", ("釉色色度", "Colour")),
                        ],
                    ),
                    Field::choose_one(
                        "delivery",
                        ("送样方式", "Delivery"),
                        [("courier", ("上门取样", "Collected")), ("bring", ("自行送样", "Brought"))],
                    ),
                    Field::confirm("confidential", ("配方信息要求保密", "The recipe is to be kept secret")).optional(),
                ],
            )
    }

    fn check(&self, submission: &Submission) -> Vec<FieldError> {
        rule(submission)
    }

    fn answer(&self, ctx: &Context, submission: &Submission) -> Outcome {
        register::count(ctx.today.year, ID);
        let days = days(submission.integer("count").unwrap_or(i64::MAX));
        let by = register::answer_by(ctx.today, days);
        let (zh, en) = if submission.chosen("delivery") == Some("bring") {
            (
                "请在 2 个工作日内将样品送到神垕镇检测点（示范地址）。",
                "Please bring the samples to the Shenhou testing point (demonstration address) within 2 working days.",
            )
        } else {
            ("检测点会在 2 个工作日内上门取样。", "The samples are collected within 2 working days.")
        };
        Outcome::OpensCase(
            Opening::new((
                format!("{}：釉料与胎料检测", enterprise(submission)),
                format!("{}: tests", enterprise(submission)),
            ))
            .message((format!("{zh}{}", by.zh), format!("{en} {}", by.en.unwrap_or_default())))
            .promised(Period::working_days(days)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn submission(sample: &str, tests: &[&str]) -> Submission {
        let options = |all: &[&str]| Value::Options(all.iter().map(|one| (*one).to_owned()).collect());
        Submission {
            service: ID.into(),
            fields: vec![
                FieldValue { name: "sample".into(), value: options(&[sample]) },
                FieldValue { name: "tests".into(), value: options(tests) },
            ],
        }
    }

    #[test]
    fn tableware_is_always_tested_for_lead() {
        assert_eq!(rule(&submission("tableware", &["colour"]))[0].field, "tests");
        assert!(rule(&submission("tableware", &["lead-cadmium"])).is_empty());
        assert!(rule(&submission("artware", &["colour"])).is_empty());
    }

    #[test]
    fn few_samples_are_done_sooner() {
        assert_eq!((days(3), days(4)), (4, 7));
    }
}
