//! `/console`: the plugins, roles, tokens and the audit chain of the districts in which whoever looks has a role for it.

mod audit;
mod notice;
mod role;
mod token;
mod trial;

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Form as Sent, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::tz::TimeZone;
use lotus_domain::access::{Deed, Place};
use lotus_domain::district::{District, Division};
use lotus_domain::record::CallRecord;
use lotus_domain::text::Text;
use lotus_platform::{FleetEntry, State as Health};
use serde::Deserialize;

use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, page};

/// Most failures that are shown.
const MOST_FAILURES: u32 = 50;

/// The console's addresses.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/console", get(fleet))
        .route("/console/table", get(role::table))
        .route("/console/notices", get(notice::list))
        .route("/console/notices/quiet", post(notice::quiet))
        .route("/console/d/{division}/notices", get(notice::show))
        .route("/console/d/{division}/notices/retry", post(notice::retry))
        .route("/console/d/{division}/roles", get(role::list))
        .route("/console/d/{division}/roles/give", post(role::give))
        .route("/console/d/{division}/roles/take", post(role::take))
        .route("/console/d/{division}/tokens", get(token::list).post(token::make))
        .route("/console/d/{division}/tokens/{token}/end", post(token::end))
        .route("/console/d/{division}/audit", get(audit::show))
        .route("/console/d/{division}/sessions/end", post(role::end_sessions))
        .route("/console/d/{division}/plugins/{plugin}/trial", get(trial::show))
        .route("/console/d/{division}/plugins/stop", post(stop))
}

#[derive(Template)]
#[template(path = "console.html")]
struct FleetPage<'a> {
    f: Frame,
    fleet: Vec<FleetEntry>,
    names: BTreeMap<Division, Text>,
    /// Where whoever looks may stop a plugin.
    changes: Vec<Division>,
    /// None where the database is away.
    failures: Option<Vec<CallRecord>>,
    zone: &'a TimeZone,
    ways: Vec<Way>,
}

impl FleetPage<'_> {
    fn district(&self, division: &Division) -> String {
        let name = self.names.get(division).map(|name| self.f.w.text(name)).unwrap_or_default();
        format!("{name} {division}")
    }

    fn calls(&self) -> u64 {
        self.fleet.iter().map(|entry| entry.calls.calls).sum()
    }

    fn failing(&self) -> usize {
        self.fleet.iter().filter(|entry| entry.state != Health::Serving).count()
    }

    fn milliseconds(took: &std::time::Duration) -> String {
        format!("{:.2}", took.as_secs_f64() * 1000.0)
    }

    fn mebibytes(bytes: &u64) -> String {
        format!("{}.{}", bytes >> 20, (bytes >> 10) % 1024 * 10 / 1024)
    }

    fn short(digest: &lotus_domain::package::Digest) -> String {
        digest.hex().chars().take(12).collect()
    }
}

/// `GET /console`
async fn fleet(State(app): State<App>, reader: Reader, Known(asker): Known) -> Result<Response, Error> {
    let person = asker.person().ok_or(Error::SignIn)?;
    if person.waits_for_second_factor {
        return Err(Error::SecondFactor);
    }
    let may = |deed, division: &Division| app.platform.may(&asker, deed, Place { division, department: None });
    let ways: Vec<Way> = app
        .platform
        .districts()
        .into_iter()
        .map(|district| {
            let deeds = SHOWN.into_iter().filter(|deed| may(*deed, &district.division)).collect();
            Way { district, deeds }
        })
        .filter(|way| !way.deeds.is_empty())
        .collect();
    if ways.is_empty() {
        return Err(Error::NoPage);
    }
    let sees = |division: &Division| {
        ways.iter().any(|way| way.deeds.contains(&Deed::SeePlugins) && way.district.division == *division)
    };
    let failures = app
        .platform
        .recent_failures(MOST_FAILURES)
        .await
        .map(|failures| failures.into_iter().filter(|record| sees(&record.division)).collect());
    let view = FleetPage {
        f: Frame::new(&app, &reader, reader.words.t("console-title")),
        changes: ways
            .iter()
            .map(|way| &way.district.division)
            .filter(|d| may(Deed::ChangePlugins, d))
            .cloned()
            .collect(),
        fleet: app.platform.fleet().into_iter().filter(|entry| sees(&entry.division)).collect(),
        names: app.platform.districts().iter().map(|d| (d.division.clone(), d.name.clone())).collect(),
        failures: failures.inspect_err(|error| tracing::error!(%error, "records can't be read")).ok(),
        zone: app.platform.zone_of_time(),
        ways,
    };
    kept_by_nobody(page(&view))
}

#[derive(Deserialize)]
struct InDistrict {
    division: Division,
}

#[derive(Deserialize)]
struct Stopped {
    plugin: String,
}

/// `POST /console/d/{division}/plugins/stop`: a plugin that does harm goes out of service at once.
async fn stop(
    State(app): State<App>,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(stopped): Sent<Stopped>,
) -> Result<Response, Error> {
    app.platform.plugin_stop(&asker, &place.division, &stopped.plugin).await?;
    Ok(leads("/console", &[]))
}

/// What the console has pages for.
const SHOWN: [Deed; 6] =
    [Deed::SeePlugins, Deed::SeeRoles, Deed::MakeTokens, Deed::ReadAudit, Deed::RunNotices, Deed::WarnOfRisks];

/// What of a district's console is open to whoever looks.
struct Way {
    district: Arc<District>,
    deeds: Vec<Deed>,
}

impl Way {
    fn roles(&self) -> bool {
        self.deeds.contains(&Deed::SeeRoles)
    }

    fn tokens(&self) -> bool {
        self.deeds.contains(&Deed::MakeTokens)
    }

    fn notices(&self) -> bool {
        self.deeds.contains(&Deed::RunNotices)
    }

    fn warns(&self) -> bool {
        self.deeds.contains(&Deed::WarnOfRisks)
    }

    fn audit(&self) -> bool {
        self.deeds.contains(&Deed::ReadAudit)
    }
}

/// A page that no cache may keep.
fn kept_by_nobody(page: Result<Response, Error>) -> Result<Response, Error> {
    page.map(|mut page| {
        page.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        page
    })
}
