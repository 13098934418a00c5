//! The web application: what every handler shares, which address leads where, and what surrounds all of them.

use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, RwLock};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderValue;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use lotus_domain::district::{District, Division};
use lotus_platform::Platform;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

use crate::error::Error;
use crate::rate::{Limits, Rate};
use crate::telemetry::Metrics;
use crate::{
    account, api, assets, console, error, etag, hook, material, portal, protection, rate, reader, staff, telemetry,
    theme,
};

/// What the program decides.
#[derive(Debug, Clone, Default)]
pub struct WebConfig {
    /// People reach us over TLS: cookies are sent over nothing else.
    pub secure_cookies: bool,
    /// The address that people type, e.g. `https://zwfw.example.gov.cn`: where providers send them back to.
    pub public_url: Option<String>,
    /// How many proxies of our own stand in front: so many addresses, counted from the right, are believed.
    pub trusted_proxies: usize,
    /// How much one client may ask; without it as much as it likes.
    pub rate: Option<Rate>,
}

/// What every handler shares; cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) platform: Platform,
    pub(crate) config: Arc<WebConfig>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) limits: Option<Arc<Limits>>,
    /// What a browser may do with our pages.
    pub(crate) policy: HeaderValue,
    themes: Arc<RwLock<HashMap<Division, Theme>>>,
}

/// A district's style sheet, for the district as it was when it was made.
#[derive(Clone)]
struct Theme {
    district: Arc<District>,
    css: Arc<str>,
    address: String,
}

impl App {
    /// Over this platform.
    pub fn new(platform: Platform, config: WebConfig) -> Self {
        let metrics = Arc::new(Metrics::new(&platform));
        let limits = rate::of(config.rate);
        let policy = protection::policy(platform.providers());
        Self { platform, config: Arc::new(config), metrics, limits, policy, themes: Arc::default() }
    }

    /// The city's own tenant, else the first there is.
    pub(crate) fn city(&self) -> Option<Arc<District>> {
        let districts = self.platform.districts();
        districts.iter().find(|district| district.is_city).or(districts.first()).cloned()
    }

    /// Where a district's style sheet is.
    pub(crate) fn theme_address(&self, division: &Division) -> Option<String> {
        self.theme(division).map(|theme| theme.address)
    }

    /// A district's style sheet.
    pub(crate) fn theme_css(&self, division: &Division) -> Option<Arc<str>> {
        self.theme(division).map(|theme| theme.css)
    }

    fn theme(&self, division: &Division) -> Option<Theme> {
        let district = self.platform.district(division)?;
        let known = self.themes.read().ok().and_then(|themes| themes.get(division).cloned());
        if let Some(theme) = known.filter(|theme| Arc::ptr_eq(&theme.district, &district)) {
            return Some(theme);
        }
        let others = if district.is_city { self.platform.districts() } else { Vec::new() };
        let css: Arc<str> = theme::style_sheet(&district, &others).into();
        let address = format!("/d/{division}/theme.css?v={}", assets::fingerprint(css.as_bytes()));
        let theme = Theme { district, css, address };
        if let Ok(mut themes) = self.themes.write() {
            themes.insert(division.clone(), theme.clone());
        }
        Some(theme)
    }
}

/// Every address, with what surrounds it. From the outside in: the request's id, log and numbers; what a browser may do;
/// compression; what has not changed; who reads; errors made readable; panics caught; the time limit;
/// too many requests and other sites' forms refused.
pub fn router(platform: Platform, config: WebConfig) -> Router {
    let app = App::new(platform, config);
    Router::new()
        .merge(portal::routes())
        .merge(account::routes())
        .merge(staff::routes())
        .merge(material::routes())
        .merge(crate::claim::routes())
        .merge(crate::policy::routes())
        .merge(crate::counter::routes())
        .merge(crate::rating::routes())
        .merge(crate::help::routes())
        .merge(crate::intermediary::routes())
        .merge(crate::evaluation::routes())
        .merge(crate::grievance::routes())
        .merge(crate::supervisor::routes())
        .merge(crate::monitoring::routes())
        .merge(api::routes())
        .merge(console::routes())
        .merge(hook::routes())
        .route("/assets/{name}", get(assets::show))
        .route("/favicon.ico", get(assets::favicon))
        .fallback(async || Error::NoPage)
        .layer(DefaultBodyLimit::max(protection::LARGEST_BODY))
        .layer(CsrfLayer::new())
        .layer(from_fn_with_state(app.clone(), rate::limit))
        .layer(from_fn(protection::in_time))
        .layer(CatchPanicLayer::custom(protection::caught))
        .layer(from_fn_with_state(app.clone(), error::shown))
        .layer(from_fn_with_state(app.clone(), reader::know))
        .layer(from_fn(etag::tagged))
        .layer(CompressionLayer::new())
        // Probes answer machines, in their own words.
        .route("/healthz", get(telemetry::healthz))
        .route("/readyz", get(telemetry::readyz))
        .route("/metrics", get(telemetry::metrics))
        .layer(from_fn_with_state(app.clone(), protection::headers))
        .layer(from_fn_with_state(app.clone(), telemetry::observe))
        .with_state(app)
}

/// Serves until `end`; then accepts no more and finishes what runs.
pub async fn serve(
    listener: TcpListener,
    platform: Platform,
    config: WebConfig,
    end: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router(platform, config).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(end).await
}
