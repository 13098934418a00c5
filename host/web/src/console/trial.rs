//! `/console/d/{division}/plugins/{plugin}/trial`: another version on the last recorded calls, before it serves anybody.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use lotus_domain::access::{Deed, Place};
use lotus_domain::district::{District, Division};
use lotus_domain::package::Digest;
use lotus_domain::trial::{Trial, Tried, Verdict};
use lotus_platform::TrialError;
use serde::Deserialize;

use super::kept_by_nobody;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

/// Calls that are run where nobody says how many.
const USUAL: u32 = 100;
/// Calls whose differences are shown; the counts are of all.
const MOST_SHOWN: usize = 50;

#[derive(Deserialize)]
pub(super) struct Of {
    division: Division,
    plugin: String,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    package: Option<String>,
    last: Option<u32>,
}

/// A package of the plugin, as one chooses it.
struct Choice {
    digest: Digest,
    version: String,
    since: Timestamp,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "console_trial.html")]
struct TrialPage<'a> {
    f: Frame,
    district: Arc<District>,
    plugin: String,
    choices: Vec<Choice>,
    last: u32,
    /// None before one was chosen.
    trial: Option<Trial>,
    /// Why there is none, where one was chosen.
    problem: Option<String>,
    zone: &'a TimeZone,
}

impl TrialPage<'_> {
    fn counts(trial: &Trial) -> Vec<(&str, &'static str, usize)> {
        trial.counts().into_iter().map(|((function, verdict), count)| (function, verdict, count)).collect()
    }

    /// Those that did not come out the same.
    fn others(trial: &Trial) -> Vec<&Tried> {
        trial.tried.iter().filter(|tried| tried.verdict != Verdict::Same).take(MOST_SHOWN).collect()
    }

    fn verdict(&self, name: &str) -> String {
        self.f.w.t(&format!("trial-{name}"))
    }
}

/// `GET /console/d/{division}/plugins/{plugin}/trial?package=…&last=…`
pub(super) async fn show(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(of): Named<Of>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let Of { division, plugin } = of;
    let place = Place { division: &division, department: None };
    if asker.person().is_none() {
        return Err(Error::SignIn);
    }
    if !app.platform.may(&asker, Deed::ChangePlugins, place) {
        return Err(Error::NoPage);
    }
    let versions = match app.platform.trial_versions(&asker, &division, &plugin).await {
        Ok(versions) => versions,
        Err(TrialError::Denied(denied)) => return Err(denied.into()),
        Err(_) => return Err(Error::Unavailable),
    };
    if versions.is_empty() {
        return Err(Error::NoPage);
    }
    let chosen = match &wanted.package {
        Some(named) => Some(Digest::parse(named).ok_or_else(|| Error::Unreadable("package".to_owned()))?),
        None => None,
    };
    let last = wanted.last.unwrap_or(USUAL).clamp(1, lotus_platform::MOST_TRIED);
    let (trial, problem) = match chosen {
        None => (None, None),
        Some(package) => match app.platform.trial(&asker, &division, &plugin, Some(package), last).await {
            Ok(trial) => (Some(trial), None),
            Err(TrialError::Denied(denied)) => return Err(denied.into()),
            Err(TrialError::Store(_)) => return Err(Error::Unavailable),
            Err(problem) => (None, Some(problem.to_string())),
        },
    };
    let district = app.platform.district(&division).ok_or(Error::NoPage)?;
    let choices = versions
        .into_iter()
        .map(|(digest, version, since)| Choice { digest, version, since, is_chosen: chosen == Some(digest) })
        .collect();
    let f = Frame::new(&app, &reader, reader.words.t("trial-title")).of(&app, &district).at(Part::Staff);
    let zone = app.platform.zone_of_time();
    kept_by_nobody(page(&TrialPage { f, district, plugin, choices, last, trial, problem, zone }))
}
