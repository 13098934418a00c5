//! 非遗传承人研修: places in the training for heirs of the craft, and help with the recognition that may follow.

use lotus_sdk::prelude::*;

use super::Offer;
use crate::{office, register};

pub(crate) const ID: &str = "heir-training";
const DAYS: u32 = 10;
/// Years in the craft before the advanced course.
const ADVANCED_YEARS: i64 = 5;

/// The service.
pub(crate) struct HeirTraining;

fn rule(submission: &Submission) -> Vec<FieldError> {
    let advanced = submission.chosen("course") == Some("advanced");
    let years = submission.integer("years").unwrap_or(0);
    if advanced && years < ADVANCED_YEARS {
        return vec![FieldError::new(
            "course",
            (
                format!("高级研修班要求从艺满 {ADVANCED_YEARS} 年；现在可以报名基础班，学习年限连续计算。"),
                format!(
                    "The advanced course needs {ADVANCED_YEARS} years in the craft; the basic course is open to you \
                     now, and its time counts."
                ),
            ),
        )];
    }
    Vec::new()
}

impl Offer for HeirTraining {
    fn describe(&self) -> Service {
        Service::new(
            ID,
            ServiceField::Talent,
            ("非遗传承人研修报名", "Training for heirs of the craft"),
            (
                "钧瓷烧制技艺和中药炮制技艺研修，免学费；同时辅导代表性传承人申报。",
                "Courses in firing Jun porcelain and in preparing medicines, free of charge, with help towards \
                 recognition as an heir.",
            ),
            office::CULTURE,
            Period::working_days(DAYS),
        )
        .serving(&[Served::NaturalPerson])
        .basis(LegalBasis::document("《中华人民共和国非物质文化遗产法》"))
        .zone("jun-porcelain")
    }

    fn form(&self, today: Date) -> Form {
        Form::new(("非遗传承人研修报名表", "Application for the training"), ("提交报名", "Apply"))
            .section(
                ("报名人", "The applicant"),
                [
                    Field::line("name", ("姓名", "Name"), 2..=30),
                    Field::telephone("telephone", ("联系电话", "Telephone")),
                    Field::choose_one(
                        "craft",
                        ("技艺", "Craft"),
                        [
                            ("firing", ("钧瓷烧制", "Firing Jun porcelain")),
                            ("glaze", ("钧瓷釉料配制", "Glazes")),
                            ("herbs", ("中药炮制", "Preparing medicines")),
                        ],
                    ),
                    Field::integer("years", ("从艺年数", "Years in the craft"), 0..=80),
                ],
            )
            .section(
                ("研修", "The course"),
                [
                    Field::choose_one(
                        "course",
                        ("班次", "Course"),
                        [
                            ("basic", ("基础班（30 天）", "Basic, 30 days")),
                            ("advanced", ("高级班（15 天）", "Advanced, 15 days")),
                        ],
                    ),
                    Field::date("from", ("最早可参加日期", "Free from"), Some(today), None),
                    Field::confirm("recognition", ("需要代表性传承人申报辅导", "I also want help towards recognition"))
                        .optional(),
                    Field::area("works", ("代表作品或从业经历", "Works or experience"), 0..=1000).optional(),
                ],
            )
    }

    fn check(&self, submission: &Submission) -> Vec<FieldError> {
        rule(submission)
    }

    fn answer(&self, ctx: &Context, submission: &Submission) -> Outcome {
        register::count(ctx.today.year, ID);
        let by = register::answer_by(ctx.today, DAYS);
        let course = match submission.chosen("course") {
            Some("advanced") => ("非遗研修高级班报名", "Advanced course for heirs"),
            _ => ("非遗研修基础班报名", "Basic course for heirs"),
        };
        Outcome::OpensCase(Opening::new(course).message((
            format!("{}录取结果和开班日期会一并告知。", by.zh),
            format!("{} It says whether there is a place and when the course starts.", by.en.unwrap_or_default()),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn submission(course: &str, years: i64) -> Submission {
        Submission {
            service: ID.into(),
            fields: vec![
                FieldValue { name: "course".into(), value: Value::Options(vec![course.into()]) },
                FieldValue { name: "years".into(), value: Value::Integer(years) },
            ],
        }
    }

    #[test]
    fn the_advanced_course_needs_five_years() {
        assert!(rule(&submission("advanced", 5)).is_empty());
        assert_eq!(rule(&submission("advanced", 4))[0].field, "course");
        assert!(rule(&submission("basic", 0)).is_empty());
    }
}
