//! A stand-in for a payment provider: a real HTTP server on loopback that places orders, lets a payer pay, calls back
//! signed, gives money back and says what a day brought. It takes no money; no city is to be pointed at it.
//!
//! What real ones do wrong it does on demand: it calls back a thousand times, or never.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use lotus_domain::law::Fen;
use lotus_platform::{Gateway, Notice, Order, PaymentProvider, SIGNATURE, TIMESTAMP, signature, verify};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const SECRET: &[u8] = b"a secret of the tests";

/// The stand-in, until it is dropped with its runtime.
#[derive(Clone)]
pub struct StandInGateway {
    /// Where it listens.
    pub address: SocketAddr,
    books: Arc<Mutex<Books>>,
}

#[derive(Default)]
struct Books {
    orders: BTreeMap<String, Order>,
    /// Reference, order, amount.
    payments: Vec<(String, String, Fen)>,
    refunds: Vec<(String, String, Fen)>,
    /// Payments are made and nobody is told.
    is_silent: bool,
}

impl StandInGateway {
    /// Starts one.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gateway = Self { address: listener.local_addr().unwrap(), books: Arc::default() };
        let serving = gateway.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let gateway = serving.clone();
                let service = service_fn(move |request| {
                    let gateway = gateway.clone();
                    async move { Ok::<_, Infallible>(gateway.answer(request).await) }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        gateway
    }

    /// It, as a city knows it.
    pub fn provider(&self) -> Arc<dyn PaymentProvider> {
        Arc::new(Gateway::new("stand-in", format!("http://{}", self.address), SECRET))
    }

    /// From now on it tells nobody of payments.
    pub fn fall_silent(&self) {
        self.books.lock().unwrap().is_silent = true;
    }

    /// What its last payment's call-back says.
    pub fn last(&self) -> Notice {
        let books = self.books.lock().unwrap();
        let (reference, order, amount) = books.payments.last().cloned().unwrap();
        Notice { order, reference, amount }
    }

    /// What it gave back, by reference.
    pub fn refunds(&self) -> Vec<String> {
        self.books.lock().unwrap().refunds.iter().map(|(reference, _, _)| reference.clone()).collect()
    }

    /// A call-back as it would send it: headers and body, signed so many seconds ago.
    pub fn signed(&self, notice: &Notice, seconds_ago: i64) -> ([(&'static str, String); 2], Vec<u8>) {
        let body = serde_json::to_vec(notice).unwrap();
        let timestamp = (jiff::Timestamp::now().as_second() - seconds_ago).to_string();
        let signed = signature(SECRET, &timestamp, &body);
        ([(TIMESTAMP, timestamp), (SIGNATURE, signed)], body)
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let path = parts.uri.path().to_owned();
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if let Some(order) = path.strip_prefix("/pay/") {
            return said(self.pay(order).await, &json!({}));
        }
        if verify(SECRET, header(TIMESTAMP), header(SIGNATURE), &body, jiff::Timestamp::now()).is_err() {
            return said(StatusCode::UNAUTHORIZED, &json!({}));
        }
        let mut books = self.books.lock().unwrap();
        let asked: Value = serde_json::from_slice(&body).unwrap();
        match path.as_str() {
            "/orders" => {
                let order: Order = serde_json::from_value(asked).unwrap();
                let pay = format!("http://{}/pay/{}", self.address, order.order);
                books.orders.insert(order.order.clone(), order);
                said(StatusCode::OK, &json!({ "pay": pay }))
            }
            "/refunds" => {
                let reference = asked.get("reference").and_then(Value::as_str).unwrap();
                let known = books.payments.iter().find(|(of, _, _)| of == reference).cloned();
                let again = books.refunds.iter().any(|(of, _, _)| of == reference);
                if let Some(payment) = known.clone().filter(|_| !again) {
                    books.refunds.push(payment);
                }
                said(if known.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND }, &json!({}))
            }
            "/statement" => {
                let line = |(reference, order, amount): &(String, String, Fen), sign: i64| json!({ "reference": reference, "order": order, "amount": sign * amount.0 });
                let mut lines: Vec<Value> = books.payments.iter().map(|payment| line(payment, 1)).collect();
                lines.extend(books.refunds.iter().map(|payment| line(payment, -1)));
                said(StatusCode::OK, &json!({ "lines": lines }))
            }
            _ => said(StatusCode::NOT_FOUND, &json!({})),
        }
    }

    /// A payer pays: the books have it, and the city is told.
    async fn pay(&self, order: &str) -> StatusCode {
        let (order, notice, is_silent) = {
            let mut books = self.books.lock().unwrap();
            let Some(order) = books.orders.get(order).cloned() else { return StatusCode::NOT_FOUND };
            let reference = format!("SI{:08}", books.payments.len() + 1);
            books.payments.push((reference.clone(), order.order.clone(), order.amount));
            let notice = Notice { order: order.order.clone(), reference, amount: order.amount };
            (order, notice, books.is_silent)
        };
        if is_silent {
            return StatusCode::OK;
        }
        let (headers, body) = self.signed(&notice, 0);
        let mut request = reqwest::Client::new().post(&order.notify).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.send().await.unwrap().status()
    }
}

fn said(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    response
}
