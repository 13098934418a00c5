//! `/d/{division}/monitoring`: a district's month in its indicators, for everybody.

use std::sync::Arc;

use askama::Template;
use askama::filters::Safe;
use axum::extract::{Query, State};
use axum::response::Response;
use lotus_domain::district::{District, Division};
use lotus_domain::monitoring::{COLUMNS, LEAST_RANKED, Month, Standing, Tally, ranked};
use lotus_domain::page::ChartKind;
use lotus_domain::text::{Language, Text};
use lotus_platform::Monitored;
use serde::Deserialize;

use super::figures::{Figures, cell, drawn, groups, trend};
use crate::app::App;
use crate::error::Error;
use crate::language::Words;
use crate::portal::Place;
use crate::reader::Reader;
use crate::render::frame::{self, Frame};

/// Lines of a table.
const MOST: usize = 60;

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    month: String,
}

/// A line of a table: its name, then what was counted.
pub(super) struct Row {
    pub(super) name: Text,
    pub(super) cells: Vec<String>,
}

/// The columns of departments and items.
pub(super) const SHOWN: [&str; 6] = ["received", "decided", "used-mean", "used-ninety", "overdue", "corrections"];

/// Rows by what was decided, the most first; what has nothing at all is left out.
pub(super) fn rows<'a>(words: Words, of: impl Iterator<Item = (&'a Text, &'a Tally)>) -> Vec<Row> {
    let mut all: Vec<_> = of.filter(|(_, tally)| tally.get("received") + tally.get("decided") > 0).collect();
    all.sort_by_key(|(name, tally)| (std::cmp::Reverse(tally.get("decided")), name.zh.clone()));
    let row = |(name, tally): (&Text, &Tally)| Row {
        name: name.clone(),
        cells: SHOWN.iter().map(|id| cell(words, id, tally)).collect(),
    };
    all.into_iter().take(MOST).map(row).collect()
}

/// The heads of those columns.
pub(super) fn heads() -> Vec<Text> {
    let titled = |id: &&str| {
        let indicator = lotus_domain::monitoring::indicator(id)?;
        let unit = indicator.unit.title();
        Some(Text::new(
            format!("{}（{}）", indicator.title.zh, unit.zh),
            format!(
                "{} ({})",
                indicator.title.en.as_deref().unwrap_or_default(),
                unit.en.as_deref().unwrap_or_default()
            ),
        ))
    };
    SHOWN.iter().filter_map(titled).collect()
}

#[derive(Template)]
#[template(path = "monitoring.html")]
struct MonitoringPage {
    f: Frame,
    district: Arc<District>,
    month: Month,
    before: Month,
    after: Option<Month>,
    is_running: bool,
    demonstration: bool,
    is_empty: bool,
    groups: Vec<Figures>,
    charts: Vec<Safe<String>>,
    heads: Vec<Text>,
    departments: Vec<Row>,
    items: Vec<Row>,
    districts: Vec<Standing>,
}

/// A month in words.
pub(super) fn month_said(words: Words, month: Month) -> String {
    match words.language {
        Language::Zh => month.zh(),
        Language::En => format!("{} {}", words.t(&format!("month-{}", month.number())), month.year()),
    }
}

/// A rank, or a dash.
pub(super) fn rank_said(one: &Standing) -> String {
    one.rank.map_or_else(|| "—".to_owned(), |rank| rank.to_string())
}

/// A share of what was decided in time.
pub(super) fn share_said(one: &Standing) -> String {
    match one.in_time {
        Some(share) if one.decided >= lotus_domain::monitoring::SMALL => format!("{:.1}%", share * 100.0),
        _ => "—".to_owned(),
    }
}

/// Working days used, on average.
pub(super) fn days_said(one: &Standing) -> String {
    match one.used {
        Some(used) if one.decided >= lotus_domain::monitoring::SMALL => format!("{used:.1}"),
        _ => "—".to_owned(),
    }
}

/// The charts of a month and those before it.
pub(super) fn charts_of(words: Words, months: &[(Month, Tally)]) -> Result<Vec<Safe<String>>, Error> {
    let charts: Vec<_> = [
        trend(Text::new("收件和办结", "Received and decided"), ChartKind::Bar, &["received", "decided"], months),
        trend(
            Text::new("用时：平均、中位数、九成办件", "Time used: average, median, nine in ten"),
            ChartKind::Line,
            &["used-mean", "used-median", "used-ninety"],
            months,
        ),
        trend(Text::new("超承诺时限率", "Decided too late"), ChartKind::Line, &["overdue"], months),
        trend(
            Text::new("补正率和撤回率", "Corrected and withdrawn"),
            ChartKind::Line,
            &["corrections", "withdrawn"],
            months,
        ),
        trend(Text::new("网上申请占比", "Begun online"), ChartKind::Line, &["begun-online"], months),
        trend(Text::new("办事指南完好率", "Sound guides"), ChartKind::Line, &["guides-sound"], months),
        trend(Text::new("好评率", "Rated well"), ChartKind::Line, &["rated-well"], months),
    ]
    .into_iter()
    .flatten()
    .collect();
    drawn(words, &charts)
}

impl MonitoringPage {
    fn said(&self, month: &Month) -> String {
        month_said(self.f.w, *month)
    }

    fn address(&self, month: &Month) -> String {
        format!("/d/{}/monitoring?month={month}", self.district.division)
    }

    fn of(division: &Division, month: &Month) -> String {
        format!("/d/{division}/monitoring?month={month}")
    }

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

    fn columns(&self) -> Vec<(&'static str, &'static str)> {
        let column = |(name, zh, en): (&'static str, &'static str, &'static str)| match self.f.w.language {
            Language::Zh => (name, zh),
            Language::En => (name, en),
        };
        COLUMNS.into_iter().map(column).collect()
    }
}

/// The month that is wanted: the running one where none is named; none that is to come.
pub(super) fn month_of(app: &App, text: &str) -> Result<Month, Error> {
    let running = Month::of(app.platform.today());
    match text {
        "" => Ok(running),
        text => Month::parse(text).ok().filter(|month| *month <= running).ok_or(Error::NoPage),
    }
}

/// What the database does not give.
pub(super) fn away<E: std::fmt::Display>(error: E) -> Error {
    tracing::error!(%error, "monitoring can't be read");
    lotus_platform::Denied::Unavailable.into()
}

/// `GET /d/{division}/monitoring?month=2026-03`
pub(super) async fn show(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let month = month_of(&app, &wanted.month)?;
    let Monitored { months, departments, items, districts, demonstration, today, .. } =
        app.platform.monitoring(&place.district, month).await.map_err(away)?;
    let w = reader.words;
    let at = |back: i32| {
        let wanted = month.plus(back);
        months.iter().find(|(month, _)| *month == wanted).map(|(_, tally)| tally.clone()).unwrap_or_default()
    };
    let now = at(0);
    let title = w.with("monitoring-of", &[("name", &w.text(&place.district.name)), ("month", &month_said(w, month))]);
    frame::page(&MonitoringPage {
        f: Frame::new(&app, &reader, title).of(&app, &place.district),
        month,
        before: month.plus(-1),
        after: Some(month.plus(1)).filter(|after| *after <= today),
        is_running: month == today,
        demonstration,
        is_empty: now.get("received") + now.get("decided") == 0,
        groups: groups(w, &now, &at(-1), &at(-12)),
        charts: charts_of(w, &months)?,
        heads: heads(),
        departments: rows(w, departments.iter().map(|(name, tally)| (name, tally))),
        items: rows(w, items.iter().map(|(_, name, tally)| (name, tally))),
        districts: ranked(districts),
        district: place.district,
    })
}
