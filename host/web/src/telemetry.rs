//! What the operator sees: an id for each request, on its answer and on every line of its log, and the numbers that
//! `/metrics` gives out.
//!
//! Invariant: labels are bounded and say nothing of a person. An address is counted as the route that it matched, never
//! as it was typed; query and body are in no label and in no log.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use lotus_platform::Platform;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric as _, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tracing::Instrument as _;

use crate::app::App;

/// The header that carries a request's id.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a request is called in the log and on an error's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestId(Arc<str>);

impl RequestId {
    /// A new one: 64 random bits. What a client calls its request is not taken over: a log is no place for strangers.
    pub(crate) fn new() -> Self {
        Self(format!("{:016x}", rand::random::<u64>()).into())
    }
}

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

/// The numbers.
pub(crate) struct Metrics {
    registry: Mutex<Registry>,
    answered: Family<Answered, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
}

fn histogram() -> Histogram {
    Histogram::new([0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0])
}

impl Metrics {
    /// Numbers of a host and of the plugins that this platform calls.
    pub(crate) fn new(platform: &Platform) -> Self {
        let mut registry = Registry::with_prefix("lotus");
        let answered = Family::<Answered, Counter>::default();
        let seconds = Family::<Route, Histogram, fn() -> Histogram>::new_with_constructor(histogram);
        registry.register("http_requests", "Requests answered, by method, route and status", answered.clone());
        registry.register("http_request_seconds", "How long answers took, by route", seconds.clone());
        registry.register_collector(Box::new(Calls(platform.clone())));
        Self { registry: Mutex::new(registry), answered, seconds }
    }

    fn count(&self, method: &Method, route: &str, status: StatusCode, started: Instant) {
        let method = match *method {
            Method::GET => "GET",
            Method::HEAD => "HEAD",
            Method::POST => "POST",
            _ => "other",
        };
        let answered = Answered { method, route: route.to_owned(), status: status.as_u16() };
        self.answered.get_or_create(&answered).inc();
        self.seconds.get_or_create(&Route { route: route.to_owned() }).observe(started.elapsed().as_secs_f64());
    }
}

/// Calls of plugins, read from the platform whenever somebody looks.
#[derive(Debug)]
struct Calls(Platform);

impl Collector for Calls {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let calls = self.0.calls();
        let labels = |series: &lotus_platform::CallSeries| {
            [
                ("division", series.division.to_string()),
                ("plugin", series.plugin.clone()),
                ("function", series.function.to_owned()),
            ]
        };
        let mut counted = encoder.encode_descriptor(
            "plugin_calls",
            "Calls of plugins, by how they ended",
            None,
            MetricType::Counter,
        )?;
        for series in &calls {
            for (ending, count) in &series.endings {
                let [division, plugin, function] = labels(series);
                let labels = [division, plugin, function, ("ending", ending.name().to_owned())];
                ConstCounter::new(*count).encode(counted.encode_family(&labels)?)?;
            }
        }
        let mut timed = encoder.encode_descriptor(
            "plugin_call_seconds",
            "How long calls of plugins took",
            None,
            MetricType::Histogram,
        )?;
        for series in &calls {
            let mut upto = 0;
            let buckets: Vec<(f64, u64)> = series
                .seconds
                .iter()
                .map(|(bound, cumulated)| {
                    let own = cumulated.saturating_sub(upto);
                    upto = *cumulated;
                    (*bound, own)
                })
                .collect();
            timed.encode_family(&labels(series))?.encode_histogram::<NoLabelSet>(
                series.sum,
                series.count,
                &buckets,
                None,
            )?;
        }
        let mut peak = encoder.encode_descriptor(
            "plugin_peak_memory_bytes",
            "The most linear memory that a call had",
            None,
            MetricType::Gauge,
        )?;
        for series in &calls {
            let bytes = i64::try_from(series.peak_memory).unwrap_or(i64::MAX);
            ConstGauge::new(bytes).encode(peak.encode_family(&labels(series))?)?;
        }
        let failing = self.0.fleet();
        let mut serving = encoder.encode_descriptor(
            "plugin_serving",
            "1 where a plugin serves, 0 where it can't be loaded or keeps failing",
            None,
            MetricType::Gauge,
        )?;
        for entry in failing {
            let labels = [("division", entry.division.to_string()), ("plugin", entry.plugin)];
            let serves = i64::from(entry.state == lotus_platform::State::Serving);
            ConstGauge::new(serves).encode(serving.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

/// Gives a request its id and its place in the log, counts it, and says the id in the answer.
pub(crate) async fn observe(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = RequestId::new();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", %id, %method, route);
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    app.metrics.count(&method, &route, status, started);
    span.in_scope(|| {
        let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
        if status.is_server_error() {
            tracing::error!(status = status.as_u16(), milliseconds, "answered");
        } else {
            tracing::debug!(status = status.as_u16(), milliseconds, "answered");
        }
    });
    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// `/healthz`: the process answers.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// `/readyz`: it can do its work, or why not.
pub(crate) async fn readyz(State(app): State<App>) -> Response {
    match app.platform.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(reason) => {
            tracing::warn!(reason, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n")).into_response()
        }
    }
}

/// `/metrics`, as Prometheus reads it.
pub(crate) async fn metrics(State(app): State<App>) -> Response {
    let mut text = String::new();
    let encoded = app.metrics.registry.lock().is_ok_and(|registry| encode(&mut text, &registry).is_ok());
    if !encoded {
        return (StatusCode::INTERNAL_SERVER_ERROR, "the numbers can't be written\n").into_response();
    }
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    ([(CONTENT_TYPE, kind)], text).into_response()
}
