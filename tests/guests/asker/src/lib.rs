//! Asks capabilities what the request's page says, one question a line, and gives every answer back as it came.
//!
//! A line is `interface.function` and its arguments, apart by spaces: `storage.set key value any`. Its service does the
//! same with what is typed, and opens a case where that is `open`, with a promise of so many working days where that is
//! `open 30`.

#![allow(clippy::panic, reason = "a guest that is told to trap does")]

use std::str::FromStr;

use lotus_sdk::log::Level;
use lotus_sdk::notify::{Message, Recipient};
use lotus_sdk::prelude::*;
use lotus_sdk::services::{AdvanceRequest, Advice};
use lotus_sdk::storage::Expectation;
use lotus_sdk::{applicants, calendar, case_files, catalog, log, notify, settings, storage};

/// The guest.
pub struct Asker;

impl lotus_sdk::zones::Guest for Asker {
    fn list_zones(_: Context) -> Vec<Zone> {
        vec![Zone::new("ask", ("提问", "Ask"), ("向平台提问。", "Asks the platform."))]
    }

    fn render(_: Context, request: PageRequest) -> Result<Page, AnswerError> {
        let questions = request.page.unwrap_or_default();
        let answers: Vec<String> = questions.lines().map(answer).collect();
        Ok(Page::new(("提问", "Ask")).markdown(Text::same(answers.join("\n"))))
    }
}

impl lotus_sdk::services::Guest for Asker {
    fn list_services(_: Context) -> Vec<Service> {
        let department = ("测试科", "Tests");
        let promised = Period::working_days(5);
        vec![Service::new(
            "asked",
            ServiceField::Law,
            ("提问", "Asking"),
            ("向平台提问。", "Asks the platform."),
            department,
            promised,
        )]
    }

    fn form(_: Context, _: String) -> Result<Option<Form>, AnswerError> {
        let fields = [
            Field::area("questions", ("问题", "Questions"), 1..=5_000),
            Field::line("kiln", ("窑炉", "Kiln"), 0..=50).optional(),
        ];
        Ok(Some(Form::new(("提问", "Asking"), ("提交", "Send")).section(("问题", "Questions"), fields)))
    }

    fn check(_: Context, _: Submission) -> Result<Vec<FieldError>, AnswerError> {
        Ok(Vec::new())
    }

    fn submit(_: Context, submission: Submission) -> Result<Outcome, SubmitError> {
        match submission.text("questions").unwrap_or_default() {
            "open" => Ok(Outcome::OpensCase(Opening::new(("提问", "Asking")))),
            questions if questions.starts_with("open ") => {
                let days = number(questions.trim_start_matches("open "));
                Ok(Outcome::OpensCase(Opening::new(("提问", "Asking")).promised(Period::working_days(days))))
            }
            questions => {
                let answers: Vec<String> = questions.lines().map(answer).collect();
                Ok(Outcome::Answered(Page::new(("回答", "Answers")).markdown(Text::same(answers.join("\n")))))
            }
        }
    }

    fn advance(_: Context, _: AdvanceRequest) -> Result<Advice, AnswerError> {
        Ok(Advice::Proceed)
    }
}

lotus_sdk::export!(Asker: zones, services);

fn answer(question: &str) -> String {
    let mut words = question.split(' ');
    let function = words.next().unwrap_or_default();
    let mut next = || words.next().unwrap_or_default();
    match function {
        "log.write" => {
            log::write(Level::Warn, next());
            "written".to_owned()
        }
        "settings.get" => format!("{:?}", settings::get(next())),
        "storage.get" => shown(storage::get(next()).map(|found| found.map(entry))),
        "storage.set" => {
            let (key, value) = (next(), next());
            shown(storage::set(key, value.as_bytes(), expectation(next())))
        }
        // A value of so many bytes, none of them text.
        "storage.fill" => {
            let (key, bytes) = (next(), number(next()));
            shown(storage::set(key, &vec![0xfe; bytes], Expectation::Any))
        }
        "storage.remove" => {
            let key = next();
            shown(storage::remove(key, expectation(next())))
        }
        "storage.scan" => {
            let (prefix, limit, after) = (next(), number(next()), next());
            let after = (!after.is_empty()).then_some(after);
            shown(storage::scan(prefix, after, limit).map(|page| {
                let keys: Vec<String> = page.entries.into_iter().map(|entry| entry.key).collect();
                (keys, page.next)
            }))
        }
        "storage.usage" => shown(storage::usage().map(|quota| (quota.used, quota.limit))),
        "catalog.get" => shown(catalog::get(next()).map(|found| found.map(|item| item.name.zh))),
        "catalog.search" => {
            let words = next();
            let found = catalog::search(words, number(next()));
            shown(found.map(|items| items.into_iter().map(|item| item.code).collect::<Vec<_>>()))
        }
        "calendar.is-working-day" => shown(calendar::is_working_day(date(next()))),
        "calendar.add-working-days" => {
            let start = date(next());
            shown(calendar::add_working_days(start, number(next())).map(|counted| counted.day))
        }
        "calendar.count-working-days" => {
            let start = date(next());
            shown(calendar::count_working_days(start, date(next())))
        }
        "case-files.get" => shown(case_files::get(next())),
        "case-files.fields" => shown(case_files::fields(next())),
        "case-files.history" => {
            let history = case_files::history(next());
            shown(history.map(|all| all.into_iter().map(|event| event.action).collect::<Vec<_>>()))
        }
        "case-files.due" => {
            let (limit, after) = (number(next()), next());
            let found = case_files::due((!after.is_empty()).then_some(after), limit);
            shown(found.map(|all| all.into_iter().map(|file| file.number).collect::<Vec<_>>()))
        }
        "case-files.note" => {
            let (case, revision) = (next(), number(next()));
            shown(case_files::note(case, revision, &Text::same(next().to_owned())))
        }
        "applicants.kind" => shown(applicants::kind()),
        "applicants.get" => shown(applicants::get(next()).map(|found| found.map(|fact| (fact.value, fact.source)))),
        // The case, the template, the key, then values as `place=words`.
        "notify.send" => {
            let (case, template, key) = (next(), next(), next());
            let values = words.filter_map(|word| word.split_once('='));
            let values = values.map(|(place, value)| (place.to_owned(), Text::same(value.to_owned()))).collect();
            shown(notify::send(&Message {
                case_number: case.to_owned(),
                to: Recipient::Applicant,
                template: template.to_owned(),
                values,
                idempotency_key: key.to_owned(),
            }))
        }
        "trap" => panic!("told to"),
        other => format!("there is no {other}"),
    }
}

fn shown<T: std::fmt::Debug, E: std::fmt::Debug>(answer: Result<T, E>) -> String {
    format!("{answer:?}")
}

/// Small enough to be read in a test.
fn entry(entry: storage::Entry) -> (String, u64) {
    (String::from_utf8_lossy(&entry.value).into_owned(), entry.version)
}

fn expectation(word: &str) -> Expectation {
    match word {
        "absent" => Expectation::Absent,
        "any" => Expectation::Any,
        version => Expectation::Version(number(version)),
    }
}

fn number<N: FromStr + Default>(word: &str) -> N {
    word.parse().unwrap_or_default()
}

/// `YYYY-MM-DD`, unchecked: whether it is a date is the host's to say.
fn date(word: &str) -> Date {
    let mut parts = word.split('-');
    let mut next = || parts.next().unwrap_or_default();
    Date { year: number(next()), month: number(next()), day: number(next()) }
}
