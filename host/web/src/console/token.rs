//! `/console/d/{division}/tokens`: tokens for machines, shown once, ended at any time.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum_extra::extract::Form as Sent;
use jiff::tz::TimeZone;
use lotus_domain::access::Deed;
use lotus_domain::account::ApiToken;
use lotus_domain::district::{District, Division};
use serde::Deserialize;

use super::kept_by_nobody;
use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

#[derive(Deserialize)]
pub(super) struct InDistrict {
    division: Division,
}

#[derive(Template)]
#[template(path = "console_tokens.html")]
struct TokensPage<'a> {
    f: Frame,
    district: Arc<District>,
    tokens: Vec<ApiToken>,
    /// What the asker may put into a token.
    deeds: Vec<Deed>,
    /// A token that was just made.
    made: Option<String>,
    zone: &'a TimeZone,
}

async fn shown(
    app: &App,
    reader: &Reader,
    asker: &lotus_platform::Asker,
    division: &Division,
    made: Option<String>,
) -> Result<Response, Error> {
    let tokens = app.platform.tokens(asker, division).await?;
    let district = app.platform.district(division).ok_or(Error::NoPage)?;
    let may = |deed: &Deed| *deed != Deed::MakeTokens && app.platform.may_within(asker, *deed, division);
    let deeds = Deed::ALL.into_iter().filter(may).collect();
    let f = Frame::new(app, reader, reader.words.t("tokens-title")).of(app, &district).at(Part::Staff);
    kept_by_nobody(page(&TokensPage { f, district, tokens, deeds, made, zone: app.platform.zone_of_time() }))
}

/// `GET /console/d/{division}/tokens`
pub(super) async fn list(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    shown(&app, &reader, &asker, &place.division, None).await
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    label: String,
    #[serde(default)]
    deed: Vec<String>,
    days: u32,
}

/// `POST /console/d/{division}/tokens`
pub(super) async fn make(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(wanted): Sent<Wanted>,
) -> Result<Response, Error> {
    let deeds: Option<Vec<Deed>> = wanted.deed.iter().map(|name| Deed::parse(name)).collect();
    let deeds = deeds.ok_or_else(|| Error::Unreadable("deed".to_owned()))?;
    let made = app.platform.token_make(&asker, &place.division, &wanted.label, deeds, wanted.days).await?;
    shown(&app, &reader, &asker, &place.division, Some(made)).await
}

#[derive(Deserialize)]
pub(super) struct TokenName {
    division: Division,
    token: String,
}

/// `POST /console/d/{division}/tokens/{token}/end`
pub(super) async fn end(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<TokenName>,
) -> Result<Response, Error> {
    app.platform.token_end(&asker, &name.division, &name.token).await?;
    Ok(leads(&format!("/console/d/{}/tokens", name.division), &[]))
}
