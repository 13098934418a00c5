//! Asks capabilities what the request's page says, one question a line, and gives every answer back as it came.
//!
//! A line is `interface.function` and its arguments, apart by spaces: `storage.set key value any`.

use std::str::FromStr;

use lotus_sdk::log::Level;
use lotus_sdk::prelude::*;
use lotus_sdk::storage::Expectation;
use lotus_sdk::{calendar, catalog, log, settings, storage};

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

lotus_sdk::export!(Asker: zones);

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
