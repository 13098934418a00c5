//! `/me/messages` and `/me/notices`: what one was told, and what one wants to be told.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Form as Sent;
use jiff::tz::TimeZone;
use lotus_domain::case::CaseNumber;
use lotus_domain::district::{District, Division};
use lotus_domain::notice::{ChannelKind, Kind, Message, NoticeKey, Preference, TOPICS, topic};
use lotus_domain::text::{Language, Text};
use lotus_platform::{Asker, Wanted, WantedError};
use serde::Deserialize;

use super::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page, page_with};

/// Most messages that are shown.
const MOST: u32 = 100;

#[derive(Template)]
#[template(path = "me_messages.html")]
struct MessagesPage<'a> {
    f: Frame,
    messages: Vec<Message>,
    districts: Vec<Arc<District>>,
    zone: &'a TimeZone,
}

impl MessagesPage<'_> {
    fn district(&self, division: &Division) -> String {
        let district = self.districts.iter().find(|district| district.division == *division);
        district.map(|district| self.f.w.text(&district.name).to_owned()).unwrap_or_default()
    }

    fn has_unread(&self) -> bool {
        self.messages.iter().any(|message| message.read.is_none())
    }
}

#[derive(Deserialize)]
pub(crate) struct About {
    /// Only those about this case.
    case: Option<String>,
}

/// `GET /me/messages`
pub(crate) async fn messages(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Query(about): Query<About>,
) -> Result<Response, Error> {
    let case = about.case.as_deref().map(CaseNumber::parse).transpose().map_err(|_| Error::NoCase)?;
    page(&MessagesPage {
        messages: app.platform.my_messages(&asker, case.as_ref(), MOST).await?,
        f: Frame::new(&app, &reader, reader.words.t("messages-title")).at(Part::Mine),
        districts: app.platform.districts(),
        zone: app.platform.zone_of_time(),
    })
}

#[derive(Deserialize)]
pub(crate) struct ReadForm {
    division: Option<Division>,
    key: Option<String>,
}

/// `POST /me/messages/read`: one of them, or all.
pub(crate) async fn read(
    State(app): State<App>,
    Known(asker): Known,
    Sent(read): Sent<ReadForm>,
) -> Result<Response, Error> {
    let one = match (read.division, read.key) {
        (Some(division), Some(key)) => {
            Some((division, NoticeKey::parse(key).map_err(|_| Error::Unreadable("key".to_owned()))?))
        }
        _ => None,
    };
    app.platform.messages_read(&asker, one).await?;
    Ok(leads("/me/messages", &[]))
}

#[derive(Template)]
#[template(path = "me_notices.html")]
struct NoticesPage {
    f: Frame,
    wanted: Wanted,
    districts: Vec<Arc<District>>,
    /// Over which channels anything is carried here.
    channels: Vec<ChannelKind>,
    is_kept: bool,
    wrong_email: bool,
}

impl NoticesPage {
    fn kinds() -> [Kind; Kind::ALL.len()] {
        Kind::ALL
    }

    fn topics() -> Vec<(&'static str, Text)> {
        TOPICS.iter().filter_map(|(id, ..)| topic(id).map(|title| (*id, title))).collect()
    }

    fn is_on(&self, kind: &Kind) -> bool {
        !self.wanted.preference.off.contains(kind)
    }

    fn carries(&self, channel: &ChannelKind) -> bool {
        !self.wanted.preference.off_channels.contains(channel)
    }

    fn follows(&self, topic: &str) -> bool {
        self.wanted.topics.iter().any(|one| one == topic)
    }

    fn is_in(&self, division: &Division) -> bool {
        self.wanted.districts.contains(division)
    }

    fn email(&self) -> &str {
        self.wanted.preference.email.as_deref().unwrap_or_default()
    }

    fn is_english(&self) -> bool {
        self.wanted.preference.language == Language::En
    }
}

fn shown(app: &App, reader: &Reader, wanted: Wanted, is_kept: bool, wrong_email: bool) -> Result<Response, Error> {
    let view = NoticesPage {
        f: Frame::new(app, reader, reader.words.t("notices-title")).at(Part::Mine),
        wanted,
        districts: app.platform.districts(),
        channels: app.platform.notice_channels(),
        is_kept,
        wrong_email,
    };
    page_with(if wrong_email { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &view)
}

#[derive(Deserialize)]
pub(crate) struct Kept {
    kept: Option<String>,
}

/// `GET /me/notices`
pub(crate) async fn show(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Query(kept): Query<Kept>,
) -> Result<Response, Error> {
    let wanted = app.platform.wanted(&asker).await?;
    shown(&app, &reader, wanted, kept.kept.is_some(), false)
}

/// What is ticked is wanted: what is not sent is turned off.
#[derive(Deserialize)]
pub(crate) struct Chosen {
    #[serde(default)]
    kind: Vec<String>,
    #[serde(default)]
    channel: Vec<String>,
    #[serde(default)]
    topic: Vec<String>,
    #[serde(default)]
    district: Vec<Division>,
    #[serde(default)]
    email: String,
    #[serde(default)]
    language: String,
}

impl Chosen {
    fn wanted(self, channels: &[ChannelKind]) -> Wanted {
        let off = Kind::ALL.into_iter().filter(|kind| !self.kind.iter().any(|name| name == kind.name()));
        let silent = |channel: &ChannelKind| !self.channel.iter().any(|name| name == channel.name());
        Wanted {
            preference: Preference {
                off: off.collect(),
                off_channels: channels.iter().copied().filter(silent).collect(),
                email: Some(self.email),
                language: Language::parse(&self.language).unwrap_or_default(),
            },
            topics: self.topic,
            districts: self.district,
        }
    }
}

/// `POST /me/notices`
pub(crate) async fn choose(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Sent(chosen): Sent<Chosen>,
) -> Result<Response, Error> {
    let wanted = chosen.wanted(&app.platform.notice_channels());
    kept(&app, &reader, &asker, wanted).await
}

async fn kept(app: &App, reader: &Reader, asker: &Asker, wanted: Wanted) -> Result<Response, Error> {
    match app.platform.wanted_put(asker, wanted.clone()).await {
        Ok(()) => Ok(leads("/me/notices?kept=yes", &[])),
        Err(WantedError::Email) => shown(app, reader, wanted, false, true),
        Err(WantedError::Denied(denied)) => Err(denied.into()),
    }
}
