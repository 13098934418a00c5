//! Ratings 好差评 (article 36): giving one over every channel, what everybody reads of them, and what staff do with them.

mod give;
mod kiosk;
mod public;
mod record;
mod staff;

use std::collections::HashMap;

use axum::Router;
use axum::routing::{get, post};
use lotus_domain::rating::{Line, Shown, Tag};
use lotus_platform::{RateError, RatingWish};

use crate::app::App;
use crate::error::Error;
use crate::language::Words;

/// The addresses of ratings.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/cases/{number}/rating", get(give::followed).post(give::rate_followed))
        .route("/me/cases/{number}/rating", get(give::mine).post(give::rate_mine))
        .route("/rate/{link}", get(give::linked).post(give::rate_linked))
        .route("/rate/{link}/code.svg", get(give::code))
        .route("/kiosk", get(kiosk::show).post(kiosk::rate))
        .route("/kiosk/begin", post(kiosk::begin))
        .route("/d/{division}/ratings", get(public::show))
        .route("/staff/d/{division}/ratings", get(staff::list))
        .route("/staff/d/{division}/ratings/code", get(staff::link))
        .route("/staff/d/{division}/ratings/checks", get(staff::checks))
        .route("/staff/d/{division}/ratings/checks/{id}", post(staff::check))
        .route("/staff/d/{division}/ratings/texts/{id}", post(staff::text))
        .route("/staff/d/{division}/ratings/appeals/{number}", post(staff::appeal))
        .route("/staff/d/{division}/call-backs", get(staff::call_backs))
        .route("/staff/d/{division}/call-backs/{number}", post(staff::called_back))
        .route("/staff/d/{division}/ratings/telephone", get(record::form).post(record::write))
        .route("/staff/d/{division}/ratings/calls", post(record::call))
        .route("/staff/d/{division}/ratings/devices", get(record::devices).post(record::issue))
        .route("/staff/d/{division}/ratings/devices/{id}/end", post(record::end))
}

/// What a form of a rating sends: tags are boxes of their own.
fn wish(fields: &HashMap<String, String>) -> RatingWish {
    let of = |name: &str| fields.get(name).cloned().unwrap_or_default();
    RatingWish {
        grade: of("grade"),
        step: of("step"),
        tags: fields.keys().filter_map(|name| name.strip_prefix("tag-")).map(ToOwned::to_owned).collect(),
        text: of("text"),
        named: fields.contains_key("named"),
        name: of("name"),
        telephone: of("telephone"),
    }
}

/// How something is rated, in a few words.
pub(crate) fn in_a_word(words: Words, line: Option<&Line>) -> String {
    match line.map(|line| line.total) {
        Some(Shown::Counts(counts)) => {
            let share = counts.satisfaction().map_or_else(String::new, |share| format!("{share:.1}%"));
            let (total, colon) = (counts.total(), words.t("colon"));
            format!("{}{colon}{total} · {}{colon}{share}", words.t("ratings-total"), words.t("ratings-satisfaction"))
        }
        Some(Shown::Few) => words.t("ratings-few"),
        Some(Shown::Nobody) | None => words.t("ratings-nobody"),
    }
}

/// What tags say, in a row.
fn tags(words: Words, ids: &[String]) -> String {
    let titles = ids.iter().filter_map(|id| lotus_domain::rating::tag(id)).map(|tag: &Tag| words.text(&tag.title));
    titles.collect::<Vec<_>>().join(&words.t("list-comma"))
}

impl From<RateError> for Error {
    fn from(error: RateError) -> Self {
        match error {
            RateError::Denied(denied) => denied.into(),
            RateError::Invalid(errors) => Self::Invalid(errors),
            RateError::Before(_) => Self::Changed(1),
            RateError::TooMany => Self::TooMany,
            RateError::Refused(refusal) => Self::Refused(refusal),
        }
    }
}
