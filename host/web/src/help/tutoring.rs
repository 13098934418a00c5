//! Online tutoring as the applicant has it: opening the draft to a helper, seeing what is said, ending it.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use askama::filters::Safe;
use axum::extract::{Form as Sent, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::CookieJar;
use lotus_domain::catalog::DistrictItem;
use lotus_domain::law::Refusal;
use lotus_domain::material::Holder;
use lotus_domain::text::Text;
use lotus_platform::{Asker, BrowserSecret, Heard, Platform, TutorError};
use serde::Deserialize;

use super::SaidView;
use crate::account::leads;
use crate::app::App;
use crate::asker::{Known, cookie};
use crate::draft::{Browser, keeper};
use crate::error::Error;
use crate::portal::{Named, Place, rendered};
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

/// The cookie that holds the code of a session, at that session's address.
const CODE: &str = "tutoring";
/// How often an open session is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// Looks after which the browser asks again, so that a session that has ended sees nothing more: five minutes.
const LOOKS: u32 = 300;

impl From<TutorError> for Error {
    fn from(error: TutorError) -> Self {
        let said = |zh: &str, en: &str| {
            let next_step = Some(Text::new("需要时可以重新发起在线辅导。", "A new session can be begun at any time."));
            Self::Refused(Refusal { reason: Text::new(zh, en), basis: None, next_step })
        };
        match error {
            TutorError::Denied(denied) => denied.into(),
            TutorError::NoSession => said("没有这个辅导码，或者已有别的帮办员加入。", "No open session has this code."),
            TutorError::Over => said("这次在线辅导已经结束。", "This session has ended."),
            TutorError::NoRemark => said(
                "请选择表单中的一项，或者填写不超过500字的说明。",
                "Choose a field, or write at most 500 characters.",
            ),
        }
    }
}

/// An event whenever a session is no longer what it was; ends when it can't be looked at any more.
pub(super) fn watched<L, F>(first: Heard, look: L) -> Response
where
    L: Fn() -> F + Send + Sync + 'static,
    F: Future<Output = Option<Heard>> + Send + 'static,
{
    let look = Arc::new(look);
    let next = move |(before, looks): (Heard, u32)| {
        let look = Arc::clone(&look);
        async move {
            let mut looks = looks;
            while looks < LOOKS {
                looks += 1;
                tokio::time::sleep(LOOK).await;
                let Some(now) = look().await else {
                    // The page itself says why there is nothing more.
                    let last = Event::default().event("changed").data("");
                    return (before.is_open && looks < LOOKS).then(|| {
                        let over = Heard { is_open: false, ..before };
                        (Ok::<_, Infallible>(last), (over, LOOKS))
                    });
                };
                if now != before {
                    return Some((Ok(Event::default().event("changed").data("")), (now, looks)));
                }
            }
            None
        }
    };
    Sse::new(futures::stream::unfold((first, 0), next)).keep_alive(KeepAlive::default()).into_response()
}

#[derive(Deserialize)]
pub(super) struct ItemName {
    code: String,
}

/// The item, and whose draft it is about.
fn about(
    app: &App,
    place: &Place,
    code: &str,
    asker: &Asker,
    browser: Option<&BrowserSecret>,
) -> Result<(Arc<DistrictItem>, Option<Holder>), Error> {
    let item = app.platform.item(&place.visit.division, code).ok_or(Error::NoItem)?;
    Ok((item, Platform::holder(asker, browser)))
}

fn address(place: &Place, item: &DistrictItem) -> String {
    format!("/d/{}/items/{}/tutoring", place.visit.division, item.item.code)
}

/// The applicant's open session.
async fn open(
    app: &App,
    place: &Place,
    code: &str,
    asker: &Asker,
    browser: Option<&BrowserSecret>,
) -> Result<Heard, Error> {
    let (item, holder) = about(app, place, code, asker, browser)?;
    let holder = holder.ok_or(Error::NoPage)?;
    let heard = app.platform.tutoring_mine(&place.visit.division, &item, &holder).await?.ok_or(Error::NoPage)?;
    if heard.is_open { Ok(heard) } else { Err(TutorError::Over.into()) }
}

#[derive(Template)]
#[template(path = "tutoring.html")]
struct TutoringPage {
    f: Frame,
    item: Arc<DistrictItem>,
    address: String,
    form: String,
    /// What to read to the helper.
    code: Option<String>,
    heard: Option<Heard>,
    said: Option<Safe<String>>,
}

impl TutoringPage {
    fn is_open(&self) -> bool {
        self.heard.as_ref().is_some_and(|heard| heard.is_open)
    }
}

/// `GET /d/{division}/items/{code}/tutoring`
pub(super) async fn show(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Named(name): Named<ItemName>,
    Known(asker): Known,
    Browser(browser): Browser,
    cookies: CookieJar,
) -> Result<Response, Error> {
    let (item, holder) = about(&app, &place, &name.code, &asker, browser.as_ref())?;
    let heard = match &holder {
        Some(holder) => app.platform.tutoring_mine(&place.visit.division, &item, holder).await?,
        None => None,
    };
    let form = format!("/d/{}/items/{}/apply", place.visit.division, item.item.code);
    let said = heard.as_ref().map(|heard| said(&reader, heard, &form)).transpose()?;
    let code = cookies.get(CODE).map(|code| code.value().to_owned());
    let f = Frame::new(&app, &reader, reader.words.t("tutoring-title")).of(&app, &place.district).at(Part::Items);
    let address = address(&place, &item);
    let view = TutoringPage { f, item, address, form, code, heard, said };
    let mut response = page(&view)?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn said(reader: &Reader, heard: &Heard, form: &str) -> Result<Safe<String>, Error> {
    rendered(&SaidView { w: reader.words, heard, to: Some(format!("{form}#apply--")) })
}

/// What stands beside a form while a session about it goes on.
#[derive(Template)]
#[template(path = "tutoring_aside.html")]
struct AsideView {
    w: crate::language::Words,
    address: String,
    heard: Heard,
    said: Safe<String>,
}

/// What an application form shows of an open session; nothing where there is none.
pub(crate) async fn aside(
    app: &App,
    reader: &Reader,
    place: &Place,
    item: &Arc<DistrictItem>,
    asker: &Asker,
    browser: Option<&BrowserSecret>,
) -> Option<Safe<String>> {
    let holder = Platform::holder(asker, browser)?;
    let heard = app.platform.tutoring_mine(&place.visit.division, item, &holder).await.ok().flatten()?;
    if !heard.is_open {
        return None;
    }
    let said = rendered(&SaidView { w: reader.words, heard: &heard, to: Some("#apply--".to_owned()) }).ok()?;
    rendered(&AsideView { w: reader.words, address: address(place, item), heard, said }).ok()
}

/// `POST /d/{division}/items/{code}/tutoring`
pub(super) async fn begin(
    State(app): State<App>,
    place: Place,
    Named(name): Named<ItemName>,
    Known(asker): Known,
    Browser(browser): Browser,
) -> Result<Response, Error> {
    let (item, _) = about(&app, &place, &name.code, &asker, browser.as_ref())?;
    let (holder, mut cookies) = keeper(&app, &asker, browser);
    let holder = holder.ok_or(Error::SignIn)?;
    let code = app.platform.tutoring_begin(&asker, &place.visit.division, &item, holder).await?;
    let address = address(&place, &item);
    let mut kept = cookie(&app, CODE, code.as_str().to_owned());
    kept.set_path(address.clone());
    cookies.push(kept);
    Ok(leads(&address, &cookies))
}

/// `GET /d/{division}/items/{code}/tutoring/changes`
pub(super) async fn changes(
    State(app): State<App>,
    place: Place,
    Named(name): Named<ItemName>,
    Known(asker): Known,
    Browser(browser): Browser,
) -> Result<Response, Error> {
    let first = open(&app, &place, &name.code, &asker, browser.as_ref()).await?;
    let division = place.visit.division;
    let (item, holder) = (Arc::clone(&first.item), first.session.holder.clone());
    Ok(watched(first, move || {
        let (app, division, item, holder) = (app.clone(), division.clone(), Arc::clone(&item), holder.clone());
        async move {
            let heard = app.platform.tutoring_mine(&division, &item, &holder).await.ok().flatten();
            heard.filter(|heard| heard.is_open)
        }
    }))
}

/// What was said, and about which field.
#[derive(Deserialize)]
pub(super) struct Words {
    #[serde(default)]
    pub(super) field: String,
    #[serde(default)]
    pub(super) words: String,
}

/// `POST /d/{division}/items/{code}/tutoring/words`
pub(super) async fn answer(
    State(app): State<App>,
    place: Place,
    Named(name): Named<ItemName>,
    Known(asker): Known,
    Browser(browser): Browser,
    Sent(said): Sent<Words>,
) -> Result<Response, Error> {
    let heard = open(&app, &place, &name.code, &asker, browser.as_ref()).await?;
    app.platform.tutoring_answer(&asker, &place.visit.division, &heard, &said.field, &said.words).await?;
    Ok(leads(&address(&place, &heard.item), &[]))
}

/// `POST /d/{division}/items/{code}/tutoring/end`
pub(super) async fn end(
    State(app): State<App>,
    place: Place,
    Named(name): Named<ItemName>,
    Known(asker): Known,
    Browser(browser): Browser,
) -> Result<Response, Error> {
    let heard = open(&app, &place, &name.code, &asker, browser.as_ref()).await?;
    app.platform.tutoring_end(&asker, &place.visit.division, &heard).await?;
    let address = address(&place, &heard.item);
    let mut gone = cookie(&app, CODE, String::new());
    gone.set_path(address.clone());
    gone.make_removal();
    Ok(leads(&address, &[gone]))
}
