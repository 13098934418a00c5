//! `/console/notices`: what waits in each district, since when, and what failed; the city's quiet hours.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form as Sent, State};
use axum::response::Response;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use lotus_domain::access::{Deed, Place};
use lotus_domain::district::{District, Division};
use lotus_domain::notice::{ChannelKind, NoticeKey, QuietHours};
use lotus_platform::{DistrictQueue, Failure, Queue};
use serde::Deserialize;

use super::kept_by_nobody;
use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

/// Most failures that are shown.
const MOST: u32 = 100;

#[derive(Template)]
#[template(path = "console_notices.html")]
struct QueuesPage<'a> {
    f: Frame,
    districts: Vec<DistrictQueue>,
    channels: Vec<ChannelKind>,
    quiet: Vec<QuietHours>,
    /// Whoever looks may set them.
    sets: bool,
    zone: &'a TimeZone,
}

impl QueuesPage<'_> {
    fn is_carried(&self, queue: &Queue) -> bool {
        self.channels.contains(&queue.channel)
    }

    fn clock(time: &Time) -> String {
        format!("{:02}:{:02}", time.hour(), time.minute())
    }
}

/// `GET /console/notices`
pub(super) async fn list(State(app): State<App>, reader: Reader, Known(asker): Known) -> Result<Response, Error> {
    let districts = app.platform.notice_queues(&asker).await?;
    let city = districts.iter().find(|queue| queue.district.is_city).map(|queue| queue.district.division.clone());
    let sets = city
        .is_some_and(|city| app.platform.may(&asker, Deed::RunNotices, Place { division: &city, department: None }));
    kept_by_nobody(page(&QueuesPage {
        f: Frame::new(&app, &reader, reader.words.t("queues-title")).at(Part::Staff),
        districts,
        channels: app.platform.notice_channels(),
        quiet: app.platform.quiet_hours().await?,
        sets,
        zone: app.platform.zone_of_time(),
    }))
}

#[derive(Deserialize)]
pub(super) struct QuietForm {
    since: String,
    from: String,
    to: String,
}

/// `POST /console/notices/quiet`
pub(super) async fn quiet(
    State(app): State<App>,
    Known(asker): Known,
    Sent(form): Sent<QuietForm>,
) -> Result<Response, Error> {
    let wrong = |name: &str| Error::Unreadable(name.to_owned());
    let hours = QuietHours {
        since: form.since.trim().parse::<Date>().map_err(|_| wrong("since"))?,
        from: form.from.trim().parse::<Time>().map_err(|_| wrong("from"))?,
        to: form.to.trim().parse::<Time>().map_err(|_| wrong("to"))?,
    };
    app.platform.quiet_put(&asker, hours).await?;
    Ok(leads("/console/notices", &[]))
}

#[derive(Deserialize)]
pub(super) struct InDistrict {
    division: Division,
}

#[derive(Template)]
#[template(path = "console_failures.html")]
struct FailuresPage<'a> {
    f: Frame,
    district: Arc<District>,
    queues: Vec<Queue>,
    failures: Vec<Failure>,
    zone: &'a TimeZone,
}

/// `GET /console/d/{division}/notices`
pub(super) async fn show(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    let (queues, failures) = app.platform.notice_queue(&asker, &place.division, MOST).await?;
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let f = Frame::new(&app, &reader, reader.words.t("queues-title")).of(&app, &district).at(Part::Staff);
    kept_by_nobody(page(&FailuresPage { f, district, queues, failures, zone: app.platform.zone_of_time() }))
}

#[derive(Deserialize)]
pub(super) struct Again {
    key: String,
    channel: String,
}

/// `POST /console/d/{division}/notices/retry`
pub(super) async fn retry(
    State(app): State<App>,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(again): Sent<Again>,
) -> Result<Response, Error> {
    let key = NoticeKey::parse(again.key).map_err(|_| Error::Unreadable("key".to_owned()))?;
    let channel = ChannelKind::parse(&again.channel).ok_or_else(|| Error::Unreadable("channel".to_owned()))?;
    app.platform.notice_retry(&asker, &place.division, &key, channel).await?;
    Ok(leads(&format!("/console/d/{}/notices", place.division), &[]))
}
