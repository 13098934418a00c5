//! `/staff/d/{division}/warnings`: an officer warns the holders of a kind of licence, or whoever follows a topic.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form as Sent, State};
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use jiff::tz::TimeZone;
use lotus_domain::district::{District, Division};
use lotus_domain::notice::{TOPICS, topic};
use lotus_domain::text::Text;
use lotus_domain::warning::{Audience, WarningError};
use lotus_platform::{Asker, Spread, WarnError, Wording};
use serde::Deserialize;

use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page_with};

#[derive(Deserialize)]
pub(super) struct InDistrict {
    division: Division,
}

#[derive(Deserialize, Default)]
pub(super) struct Written {
    #[serde(default)]
    audience: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    urgent: Option<String>,
    receipt: Option<String>,
}

#[derive(Template)]
#[template(path = "staff_warnings.html")]
struct WarningsPage<'a> {
    f: Frame,
    district: Arc<District>,
    kinds: Vec<String>,
    warnings: Vec<Spread>,
    written: Written,
    /// The wording of what is wrong.
    wrong: Option<&'static str>,
    zone: &'a TimeZone,
}

impl WarningsPage<'_> {
    fn topics() -> Vec<(String, Text)> {
        TOPICS.iter().filter_map(|(id, ..)| topic(id).map(|title| (format!("subscribers/{id}"), title))).collect()
    }

    fn is_chosen(&self, audience: &str) -> bool {
        self.written.audience == audience
    }

    fn audience(&self, spread: &Spread) -> String {
        match &spread.warning.audience {
            Audience::Subscribers(id) => {
                topic(id.as_str()).map(|title| self.f.w.text(&title).to_owned()).unwrap_or_default()
            }
            Audience::Holders(kind) => self.f.w.t1("warnings-holders", "kind", kind.as_str()),
        }
    }
}

async fn shown(
    app: &App,
    reader: &Reader,
    asker: &Asker,
    division: &Division,
    written: Written,
    wrong: Option<&'static str>,
) -> Result<Response, Error> {
    let (kinds, warnings) = app.platform.warnings(asker, division).await?;
    let district = app.platform.district(division).ok_or(Error::NoPage)?;
    let f = Frame::new(app, reader, reader.words.t("warnings-title")).of(app, &district).at(Part::Staff);
    let zone = app.platform.zone_of_time();
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut response = page_with(status, &WarningsPage { f, district, kinds, warnings, written, wrong, zone })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /staff/d/{division}/warnings`
pub(super) async fn show(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    shown(&app, &reader, &asker, &place.division, Written::default(), None).await
}

/// `POST /staff/d/{division}/warnings`
pub(super) async fn write(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(written): Sent<Written>,
) -> Result<Response, Error> {
    let Some(audience) = Audience::parse(&written.audience) else {
        return shown(&app, &reader, &asker, &place.division, written, Some("warnings-wrong-audience")).await;
    };
    let words = Wording {
        title: &written.title,
        text: &written.text,
        urgent: written.urgent.is_some(),
        receipt: written.receipt.is_some(),
    };
    let warned = app.platform.warn(&asker, &place.division, audience, words).await;
    let wrong = match warned {
        Ok(()) => return Ok(leads(&format!("/staff/d/{}/warnings", place.division), &[])),
        Err(WarnError::Denied(denied)) => return Err(denied.into()),
        Err(WarnError::Wrong(WarningError::Title)) => "warnings-wrong-title",
        Err(WarnError::Wrong(WarningError::Text)) => "warnings-wrong-text",
        Err(WarnError::Wrong(WarningError::Link)) => "warnings-wrong-link",
    };
    shown(&app, &reader, &asker, &place.division, written, Some(wrong)).await
}
