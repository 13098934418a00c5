//! A small load generator: so many connections on the loopback, each asking again as soon as it has its answer.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use futures::future::try_join_all;
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

type Connection = SendRequest<Empty<Bytes>>;

/// What one run came to.
pub(crate) struct Load {
    /// Microseconds of every request.
    pub(crate) took: Vec<f64>,
    /// Answers a second.
    pub(crate) rate: f64,
}

async fn connect(port: u16) -> anyhow::Result<Connection> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

async fn get(connection: &mut Connection, path: &str) -> anyhow::Result<Bytes> {
    connection.ready().await?;
    let request = Request::get(path).header(hyper::header::HOST, "localhost").body(Empty::new())?;
    let answer = connection.send_request(request).await?;
    ensure!(answer.status() == StatusCode::OK, "{path}: {}", answer.status());
    Ok(answer.into_body().collect().await?.to_bytes())
}

/// One answer.
pub(crate) async fn once(port: u16, path: &str) -> anyhow::Result<Bytes> {
    get(&mut connect(port).await?, path).await.with_context(|| format!("GET {path}"))
}

/// Asks for a path over this many connections for this long.
pub(crate) async fn run(port: u16, path: &str, connections: usize, lasts: Duration) -> anyhow::Result<Load> {
    let connections = try_join_all((0..connections).map(|_| connect(port))).await?;
    let begun = Instant::now();
    let asking = connections.into_iter().map(|mut connection| async move {
        let mut took = Vec::new();
        while begun.elapsed() < lasts {
            let asked = Instant::now();
            get(&mut connection, path).await?;
            took.push(asked.elapsed().as_secs_f64() * 1e6);
        }
        anyhow::Ok(took)
    });
    let took: Vec<f64> = try_join_all(asking).await?.concat();
    #[allow(clippy::cast_precision_loss)]
    let rate = took.len() as f64 / begun.elapsed().as_secs_f64();
    Ok(Load { took, rate })
}
