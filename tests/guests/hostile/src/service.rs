//! Services that misbehave: `calm` opens a case, `trap` panics on submission, `loop` never answers, `misfit` has a form
//! that nobody may see.

use lotus_sdk::prelude::*;
use lotus_sdk::services::{AdvanceRequest, Advice, Guest};

use crate::{Hostile, drain, misfit};

impl Guest for Hostile {
    fn list_services(_: Context) -> Vec<Service> {
        let service = |id| {
            let period = Period::working_days(5);
            let department = ("测试科", "Test office");
            Service::new(id, ServiceField::Policy, Text::same(id), ("用于测试。", "For tests."), department, period)
        };
        misfit::services(["calm", "trap", "loop", "misfit"].map(service).into())
    }

    fn form(_: Context, service: String) -> Result<Option<Form>, AnswerError> {
        match service.as_str() {
            "calm" | "trap" | "loop" => Ok(Some(
                Form::new(Text::same(service), ("提交", "Submit"))
                    .section(("内容", "Content"), [Field::line("word", ("一个词", "A word"), 1..=20)]),
            )),
            "misfit" => Ok(Some(misfit::form())),
            _ => Err(AnswerError::NotFound),
        }
    }

    /// The word `wrong` is wrong.
    fn check(_: Context, submission: Submission) -> Result<Vec<FieldError>, AnswerError> {
        Ok(match submission.text("word") {
            Some("wrong") => vec![FieldError::new("word", ("不能填写“wrong”。", "Not “wrong”, please."))],
            _ => Vec::new(),
        })
    }

    fn submit(ctx: Context, submission: Submission) -> Result<Outcome, SubmitError> {
        match submission.service.as_str() {
            "trap" => panic!("a hostile service gave up"),
            "loop" => Ok(Outcome::Answered(Page::new(Text::same(drain::time())))),
            "calm" => {
                let errors = Self::check(ctx, submission)?;
                if errors.is_empty() {
                    Ok(Outcome::OpensCase(Opening::new(("测试申请", "A test application"))))
                } else {
                    Err(SubmitError::Invalid(errors))
                }
            }
            _ => Err(SubmitError::NotFound),
        }
    }

    /// As the transition is called; the words give the request back.
    fn advance(_: Context, request: AdvanceRequest) -> Result<Advice, AnswerError> {
        match request.transition.as_str() {
            "hold" => Ok(Advice::Hold(Refusal::new(("还缺一份材料。", "A document is missing.")))),
            "say" => Ok(Advice::ProceedWith(Text::same(format!(
                "{} {} {} {} {}",
                request.case_number,
                request.service,
                request.state,
                request.fields.len(),
                request.reason.unwrap_or_default()
            )))),
            "trap" => panic!("a hostile service gave up"),
            "unknown" => Err(AnswerError::NotFound),
            _ => Ok(Advice::Proceed),
        }
    }
}
