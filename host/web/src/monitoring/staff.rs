//! `/staff/d/{division}/monitoring`: what was out of the ordinary with its case, and what is wrong with guides.

use std::sync::Arc;

use askama::Template;
use askama::filters::Safe;
use axum::extract::{Form as Sent, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use lotus_domain::district::{District, Division};
use lotus_domain::monitoring::{GuideFault, indicator};
use lotus_platform::{FaultyGuide, Tracked};
use serde::Deserialize;

use super::figures::{course, drawn, written};
use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

/// Charts of one page.
const CHARTED: usize = 20;

#[derive(Deserialize)]
pub(super) struct InDistrict {
    division: Division,
}

/// A find as the page shows it.
struct Shown {
    tracked: Tracked,
    indicator: String,
    value: String,
    usual: String,
    chart: Option<Safe<String>>,
}

#[derive(Template)]
#[template(path = "staff_monitoring.html")]
struct StaffPage {
    f: Frame,
    district: Arc<District>,
    open: Vec<Shown>,
    ended: Vec<Shown>,
    guides: Vec<FaultyGuide>,
    decides: bool,
}

impl StaffPage {
    fn flaw(&self, fault: &GuideFault) -> String {
        self.f.w.t(&format!("guide-flaw-{}", fault.flaw.name()))
    }

    fn base(&self, shown: &Shown) -> String {
        format!("/staff/d/{}/monitoring/{}", self.district.division, shown.tracked.anomaly.id)
    }

    /// What the officer may still say: the end of its address, and the words of the button.
    fn answers(&self, shown: &Shown) -> Vec<(&'static str, String)> {
        if !self.decides || shown.tracked.is_ended {
            return Vec::new();
        }
        let answered = !shown.tracked.is_open;
        let all = [("verify", answered), ("relapse", answered), ("dismiss", true)];
        all.into_iter()
            .filter(|(_, may)| *may)
            .map(|(action, _)| (action, self.f.w.t(&format!("improvement-{action}"))))
            .collect()
    }
}

/// `GET /staff/d/{division}/monitoring`
pub(super) async fn show(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    let tracked = app.platform.improvements(&asker, &place.division).await?;
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let w = reader.words;
    let mut shown = Vec::new();
    let mut charts = Vec::new();
    for tracked in tracked {
        let find = &tracked.anomaly.find;
        let Some(indicator) = indicator(find.indicator.as_str()) else { continue };
        let chart = course(indicator, indicator.title.clone(), &find.course);
        let at = (charts.len() < CHARTED).then_some(chart).flatten().map(|chart| {
            charts.push(chart);
            charts.len() - 1
        });
        let (value, usual) = (written(w, indicator, Some(find.value)), written(w, indicator, Some(find.usual)));
        shown.push((tracked, w.text(&indicator.title).to_owned(), value, usual, at));
    }
    let drawn = drawn(w, &charts)?;
    let shown = shown.into_iter().map(|(tracked, indicator, value, usual, at)| Shown {
        tracked,
        indicator,
        value,
        usual,
        chart: at.and_then(|at| drawn.get(at)).map(|chart| Safe(chart.0.clone())),
    });
    let (ended, open): (Vec<Shown>, Vec<Shown>) = shown.partition(|shown| shown.tracked.is_ended);
    let f = Frame::new(&app, &reader, w.t1("monitoring-staff-of", "name", w.text(&district.name)));
    let mut response = page(&StaffPage {
        f: f.of(&app, &district).at(Part::Staff),
        open,
        ended,
        guides: app.platform.guides_faulty(&place.division),
        decides: app.platform.ends_improvements(&asker, &place.division),
        district,
    })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[derive(Deserialize)]
pub(super) struct Which {
    division: Division,
    id: String,
    action: String,
}

#[derive(Deserialize)]
pub(super) struct Said {
    revision: u32,
    #[serde(default)]
    words: String,
}

/// `POST /staff/d/{division}/monitoring/{id}/{action}`
pub(super) async fn decide(
    State(app): State<App>,
    Known(asker): Known,
    Named(which): Named<Which>,
    Sent(said): Sent<Said>,
) -> Result<Response, Error> {
    let at = (which.id.as_str(), said.revision);
    app.platform.improvement_decide(&asker, &which.division, at, &which.action, &said.words).await?;
    Ok(leads(&format!("/staff/d/{}/monitoring", which.division), &[]))
}
