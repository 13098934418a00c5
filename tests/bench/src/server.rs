//! The servers that are measured: a process of their own, which says its ports on its standard output.

use std::io::Write as _;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use lotus_contract_tests::{Plugin, Stage};
use lotus_domain::page::{Block, Page};
use lotus_runtime::{Answer, Ask, Outcome};
use lotus_web::WebConfig;
use tokio::net::TcpListener;

use crate::calls::question;
use crate::city::City;

/// The first argument of the process.
pub(crate) const WORD: &str = "serve";

/// Serves what the first word says, with as many threads as the second.
pub(crate) fn serve(words: &[String]) -> anyhow::Result<()> {
    let [what, threads] = words else { bail!("serve what, with how many threads?") };
    let threads = threads.parse().context("a number of threads")?;
    let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    tokio.block_on(async {
        match what.as_str() {
            "echo" => echo().await,
            "city" => city().await,
            other => bail!("there is no {other} to serve"),
        }
    })
}

async fn listen() -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    std::io::stdout().flush()?;
    Ok(listener)
}

/// The whole host twice: as it is, and with answers at hand that its plugins gave before.
async fn city() -> anyhow::Result<()> {
    let (plain, native) = (City::open(None, false).await?, City::open(None, true).await?);
    let web = |city: &City| lotus_web::router(city.platform.clone(), WebConfig::default());
    let (plain_listener, native_listener) = (listen().await?, listen().await?);
    let plain_serves = axum::serve(plain_listener, web(&plain));
    let native_serves = axum::serve(native_listener, web(&native));
    tokio::try_join!(plain_serves.into_future(), native_serves.into_future())?;
    Ok(())
}

struct Echo {
    plugin: Plugin,
    ask: Ask,
    payload: String,
}

/// 2 KiB, from a native handler and from a fresh instance.
async fn echo() -> anyhow::Result<()> {
    let stage = Stage::with_instances(1_000);
    let plugin = stage.guest("echo").await;
    let echo = Arc::new(Echo { plugin, ask: question()?, payload: "x".repeat(1024) });
    let router = Router::new().route("/native", get(native)).route("/fresh", get(fresh)).with_state(echo);
    axum::serve(listen().await?, router).await?;
    drop(stage);
    Ok(())
}

fn answer(body: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], body).into_response()
}

/// The same work without a sandbox.
async fn native(State(echo): State<Arc<Echo>>) -> Response {
    let mut body = String::with_capacity(2 * echo.payload.len());
    body.push_str(&echo.payload);
    body.push_str(&echo.payload);
    answer(body)
}

/// A fresh instance for each request.
async fn fresh(State(echo): State<Arc<Echo>>) -> Response {
    match echo.plugin.ask(&echo.ask).await.outcome {
        Outcome::Answer(Answer::Page(page)) => answer(words(page)),
        other => (StatusCode::INTERNAL_SERVER_ERROR, format!("{other:?}")).into_response(),
    }
}

fn words(page: Page) -> String {
    let mut body = String::with_capacity(2_048);
    for block in page.blocks {
        match block {
            Block::Markdown { text } | Block::Notice { body: text, .. } => body.push_str(&text.zh),
            _ => {}
        }
    }
    body
}
