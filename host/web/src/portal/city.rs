//! `/`: the city's page, on which one chooses a district.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lotus_domain::district::District;

use crate::app::App;
use crate::error::Error;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

#[derive(Template)]
#[template(path = "city.html")]
struct CityPage {
    f: Frame,
    districts: Vec<Arc<District>>,
}

/// `GET /`
pub(crate) async fn home(State(app): State<App>, reader: Reader) -> Result<Response, Error> {
    let districts = app.platform.districts().into_iter().filter(|district| !district.is_city).collect();
    let f = Frame::new(&app, &reader, reader.words.t("city-title")).at(Part::Home);
    page(&CityPage { f, districts })
}
