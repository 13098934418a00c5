//! `/d/{division}/bulletins`: the monthly bulletins as they were published, as pages and as PDF.

use std::sync::Arc;

use askama::Template;
use askama::filters::Safe;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use lotus_domain::chain::Hash;
use lotus_domain::district::District;
use lotus_domain::monitoring::{Bulletin, LEAST_RANKED, Line, Month, Standing, indicator};
use lotus_domain::page::{Chart, ChartKind, Series};
use lotus_domain::text::Text;
use lotus_platform::PublishedBulletin;
use serde::Deserialize;

use super::figures::{Figure, drawn, written};
use super::page::{Row, away, days_said, month_said, rank_said, share_said};
use crate::app::App;
use crate::error::Error;
use crate::language::Words;
use crate::portal::{Named, Place};
use crate::reader::Reader;
use crate::render::frame::{self, Frame};

/// Bulletins that are listed: ten years.
const MOST: u32 = 120;

#[derive(Template)]
#[template(path = "bulletins.html")]
struct ListPage {
    f: Frame,
    district: Arc<District>,
    months: Vec<(Month, String)>,
}

/// `GET /d/{division}/bulletins`
pub(super) async fn list(State(app): State<App>, reader: Reader, place: Place) -> Result<Response, Error> {
    let found = app.platform.bulletins(&place.district.division, MOST).await.map_err(away)?;
    let w = reader.words;
    let months = found.into_iter().map(|(month, _)| (month, month_said(w, month))).collect();
    let f = Frame::new(&app, &reader, w.t1("bulletins-of", "name", w.text(&place.district.name)));
    frame::page(&ListPage { f: f.of(&app, &place.district), district: place.district, months })
}

#[derive(Deserialize)]
pub(super) struct Name {
    month: String,
}

#[derive(Template)]
#[template(path = "bulletin.html")]
struct BulletinPage {
    f: Frame,
    district: Arc<District>,
    bulletin: Bulletin,
    said: String,
    summary: String,
    hash: Hash,
    figures: Vec<Figure>,
    charts: Vec<Safe<String>>,
    departments: Vec<Row>,
    slowest: Vec<Row>,
}

impl BulletinPage {
    fn rank(one: &Standing) -> String {
        rank_said(one)
    }

    fn share(one: &Standing) -> String {
        share_said(one)
    }

    fn days(one: &Standing) -> String {
        days_said(one)
    }

    fn least() -> i64 {
        LEAST_RANKED
    }
}

fn figures(words: Words, bulletin: &Bulletin) -> Vec<Figure> {
    let figure = |figure: &lotus_domain::monitoring::Figure| {
        let indicator = indicator(&figure.indicator)?;
        figure.value?;
        Some(Figure {
            title: indicator.title.clone(),
            definition: indicator.definition.clone(),
            value: written(words, indicator, figure.value),
            before: written(words, indicator, figure.before),
            year_before: written(words, indicator, figure.year_before),
        })
    };
    bulletin.contents.figures.iter().filter_map(figure).collect()
}

fn charts(bulletin: &Bulletin) -> Vec<Chart> {
    let chart = |trend: &lotus_domain::monitoring::Trend| {
        let indicator = indicator(&trend.indicator)?;
        let scale = if indicator.unit.name() == "percent" { 100.0 } else { 1.0 };
        let known: Vec<(Month, f64)> =
            trend.values.iter().filter_map(|(month, value)| Some((*month, (*value)? * scale))).collect();
        (!known.is_empty()).then(|| Chart {
            caption: indicator.title.clone(),
            kind: if indicator.unit.name() == "count" { ChartKind::Bar } else { ChartKind::Line },
            unit: indicator.unit.title(),
            labels: known.iter().map(|(month, _)| Text::zh(month.to_string())).collect(),
            series: vec![Series {
                name: indicator.title.clone(),
                values: known.iter().map(|(_, value)| *value).collect(),
            }],
        })
    };
    bulletin.contents.trends.iter().filter_map(chart).collect()
}

fn lines(of: &[Line]) -> Vec<Row> {
    let dash = || "—".to_owned();
    let row = |line: &Line| Row {
        name: line.name.clone(),
        cells: vec![
            line.received.to_string(),
            line.decided.to_string(),
            line.used.map_or_else(dash, |used| format!("{used:.1}")),
            line.overdue.map_or_else(dash, |share| format!("{:.1}%", share * 100.0)),
        ],
    };
    of.iter().map(row).collect()
}

/// `GET /d/{division}/bulletins/2026-03` and `2026-03.pdf`
pub(super) async fn show(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Named(name): Named<Name>,
) -> Result<Response, Error> {
    let (text, is_pdf) = name.month.strip_suffix(".pdf").map_or((name.month.as_str(), false), |month| (month, true));
    let month = Month::parse(text).map_err(|_| Error::NoPage)?;
    let published = app.platform.bulletin(&place.district.division, month).await.map_err(away)?.ok_or(Error::NoPage)?;
    if is_pdf {
        return print(&app, published).await;
    }
    let w = reader.words;
    let PublishedBulletin { bulletin, hash } = published;
    let title = w.with("bulletin-of", &[("name", &w.text(&place.district.name)), ("month", &month_said(w, month))]);
    frame::page(&BulletinPage {
        f: Frame::new(&app, &reader, title).of(&app, &place.district),
        district: place.district,
        said: month_said(w, month),
        summary: w.with(
            "bulletin-summary",
            &[
                ("month", &month_said(w, month)),
                ("received", &bulletin.contents.received),
                ("decided", &bulletin.contents.decided),
            ],
        ),
        hash,
        figures: figures(w, &bulletin),
        charts: drawn(w, &charts(&bulletin))?,
        departments: lines(&bulletin.contents.departments),
        slowest: lines(&bulletin.contents.slowest),
        bulletin,
    })
}

async fn print(app: &App, published: PublishedBulletin) -> Result<Response, Error> {
    let name = published.bulletin.number();
    let pdf = app.platform.bulletin_print(published).await?;
    let disposition = format!("inline; filename=\"{name}.pdf\"");
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(|_| Error::Broken)?),
        // What is published does not change.
        (CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    Ok((headers, pdf).into_response())
}
