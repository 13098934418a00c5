//! The server that is measured: a process of its own, with a native handler and one that asks a fresh plugin instance
//! for the same bytes.

use std::io::Write as _;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use lotus_contract_tests::{Plugin, Stage};
use lotus_domain::page::{Block, Page};
use lotus_runtime::{Answer, Ask, Outcome};

use crate::calls::question;

/// The first argument of the process.
pub(crate) const WORD: &str = "serve";

struct Served {
    echo: Plugin,
    ask: Ask,
    payload: String,
}

/// Serves on a free port of the loopback, with as many threads as said, and says the port on its standard output.
pub(crate) fn serve(words: &[String]) -> anyhow::Result<()> {
    let threads = words.first().context("how many threads?")?.parse()?;
    let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    tokio.block_on(async {
        let stage = Stage::with_instances(1_000);
        let echo = stage.guest("echo").await;
        let served = Arc::new(Served { echo, ask: question()?, payload: "x".repeat(1024) });
        let router = Router::new().route("/native", get(native)).route("/fresh", get(fresh)).with_state(served);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?.port());
        std::io::stdout().flush()?;
        axum::serve(listener, router).await?;
        drop(stage);
        Ok(())
    })
}

fn answer(body: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], body).into_response()
}

/// The same work without a sandbox.
async fn native(State(served): State<Arc<Served>>) -> Response {
    let mut body = String::with_capacity(2 * served.payload.len());
    body.push_str(&served.payload);
    body.push_str(&served.payload);
    answer(body)
}

/// A fresh instance for each request.
async fn fresh(State(served): State<Arc<Served>>) -> Response {
    match served.echo.ask(&served.ask).await.outcome {
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
