//! Answers what plugins are asked about cases, help and time; what it does, the names that it is asked with say.

#![allow(clippy::panic, reason = "a guest that is told to trap does")]

use lotus_sdk::assistance::{AssistanceKind, Offer};
use lotus_sdk::case_hooks::{Advice, TransitionMade};
use lotus_sdk::log::{self, Level};
use lotus_sdk::prelude::*;
use lotus_sdk::reminders::Reminder;
use lotus_sdk::storage::Expectation;
use lotus_sdk::timers::{Tick, TimerError};
use lotus_sdk::{applicants, case_files, storage};

/// The guest.
pub struct Observer;

const DAY: u64 = 24 * 60 * 60 * 1000;

fn keep(key: &str, value: &str) {
    if let Err(error) = storage::set(key, value.as_bytes(), Expectation::Any) {
        log::write(Level::Error, &format!("{key} was not kept: {error:?}"));
    }
}

impl lotus_sdk::assistance::Guest for Observer {
    fn offers(_: Context, item: String) -> Result<Vec<Offer>, AnswerError> {
        let offer =
            |reason: String| Offer::new(AssistanceKind::Accompanied, ("陪同办理", "Company"), Text::same(reason));
        match item.as_str() {
            "none" => Ok(Vec::new()),
            "unknown" => Err(AnswerError::NotFound),
            "many" => Ok((0..21).map(|at| offer(at.to_string())).collect()),
            "wordless" => Ok(vec![offer(String::new())]),
            _ => Ok(vec![offer(format!("{:?}", applicants::kind()))]),
        }
    }
}

impl lotus_sdk::reminders::Guest for Observer {
    fn for_case(ctx: Context, case_number: String, state: String) -> Result<Vec<Reminder>, AnswerError> {
        let reminder = |template: &str| {
            Reminder::new(template, ctx.now + 3 * DAY, format!("{case_number}/{state}"))
                .value("number", case_number.as_str())
        };
        match state.as_str() {
            "accepted" => Ok(vec![reminder("collect")]),
            "undeclared" => Ok(vec![reminder("unknown")]),
            "unfilled" => Ok(vec![Reminder::new("collect", ctx.now, "k")]),
            "keyless" => Ok(vec![Reminder::new("collect", ctx.now, "").value("number", "1")]),
            "never" => Ok(vec![Reminder { at: u64::MAX, ..reminder("collect") }]),
            "many" => Ok((0..51).map(|_| reminder("collect")).collect()),
            _ => Ok(Vec::new()),
        }
    }
}

impl lotus_sdk::case_hooks::Guest for Observer {
    fn advise(_: Context, intended: TransitionMade) -> Result<Advice, AnswerError> {
        match intended.transition.as_str() {
            "decline" => Ok(Advice::Hold(Refusal::new(("先联系申请人。", "Speak with the applicant first.")))),
            "refuse" => Err(AnswerError::Refused(Refusal::new(("不予。", "No.")))),
            "wordless" => Ok(Advice::Hold(Refusal::new(("", "")))),
            "note" => {
                let said = case_files::note(&intended.case_number, 1, &Text::same("在等待".to_owned()));
                log::write(Level::Info, &format!("{said:?}"));
                Ok(Advice::Proceed)
            }
            "trap" => panic!("told to"),
            _ => Ok(Advice::Proceed),
        }
    }

    fn observe(_: Context, made: TransitionMade) {
        assert_ne!(made.transition, "trap", "told to");
        keep(
            &format!("seen/{}/{}", made.case_number, made.transition),
            &format!("{}>{}", made.from_state, made.to_state),
        );
    }
}

impl lotus_sdk::timers::Guest for Observer {
    fn run(_: Context, tick: Tick) -> Result<(), TimerError> {
        keep(&format!("ran/{}/{}", tick.timer, tick.due), "");
        match tick.timer.as_str() {
            "later" => Err(TimerError::Later(Text::from(("登记系统停机。", "The register is down.")))),
            "failed" => Err(TimerError::Failed(Text::from(("设置不对。", "The settings are wrong.")))),
            "trap" => panic!("told to"),
            _ => Ok(()),
        }
    }
}

lotus_sdk::export!(Observer: assistance, reminders, case_hooks, timers);
