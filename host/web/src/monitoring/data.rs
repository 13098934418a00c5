//! `/d/{division}/monitoring/2026-03.csv` and `.json`: a month's indicators as open data, at addresses that stay.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use lotus_domain::chain::Hash;
use lotus_domain::monitoring::{COLUMNS, csv};
use serde::Deserialize;
use serde_json::json;

use super::page::{away, month_of};
use crate::app::App;
use crate::error::Error;
use crate::portal::{Named, Place};

/// What may be done with it, in both languages.
const LICENCE: [(&str, &str); 2] = [
    ("zh", "可以免费复制、传播、加工和再利用，请注明来源为许昌市政务服务监测评估；小于 5 的数不公开。"),
    (
        "en",
        "Free to copy, spread, work on and use again; name Xuchang's monitoring of government services as the source. Numbers below 5 are kept back.",
    ),
];

#[derive(Deserialize)]
pub(super) struct Name {
    file: String,
}

/// `GET /d/{division}/monitoring/{month}.csv` or `.json`
pub(super) async fn file(
    State(app): State<App>,
    headers: HeaderMap,
    place: Place,
    Named(name): Named<Name>,
) -> Result<Response, Error> {
    let (month, extension) = name.file.rsplit_once('.').ok_or(Error::NoPage)?;
    let kind = match extension {
        "csv" => "text/csv; charset=utf-8; header=present",
        "json" => "application/json",
        _ => return Err(Error::NoPage),
    };
    let month = month_of(&app, month).ok().filter(|_| !month.is_empty()).ok_or(Error::NoPage)?;
    let rows = app.platform.open_data(&place.district, month).await.map_err(away)?;
    let body = if extension == "csv" {
        csv(&rows)
    } else {
        let columns: Vec<_> =
            COLUMNS.iter().map(|(name, zh, en)| json!({ "name": name, "zh": zh, "en": en })).collect();
        json!({
            "division": place.district.division.as_str(),
            "district": place.district.name.zh,
            "month": month.to_string(),
            "licence": LICENCE.iter().copied().collect::<std::collections::BTreeMap<_, _>>(),
            "columns": columns,
            "rows": rows,
        })
        .to_string()
    };
    let tag = format!("W/\"{}\"", Hash::of(body.as_bytes()));
    let is_known = headers
        .get(IF_NONE_MATCH)
        .and_then(|known| known.to_str().ok())
        .is_some_and(|known| known.split(',').any(|one| one.trim() == tag || one.trim() == "*"));
    let text = |text: &str| HeaderValue::from_str(text).map_err(|_| Error::Broken);
    let named = text(&format!("inline; filename=\"{}-{month}.{extension}\"", place.district.division))?;
    let mut response = if is_known { StatusCode::NOT_MODIFIED.into_response() } else { body.into_response() };
    let set = response.headers_mut();
    set.insert(ETAG, text(&tag)?);
    set.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    if !is_known {
        set.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        set.insert(CONTENT_DISPOSITION, named);
    }
    Ok(response)
}
