//! A gateway for SMS and calls, as a real one behaves on its better and worse days: it verifies signatures, takes each
//! idempotency key once, and fails, delays or falls silent as it is told to.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lotus_channel::Secret;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What both sides sign with.
pub const SECRET: &str = "of the tests alone";

/// How a gateway behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Takes what comes.
    Good,
    /// Hangs up without a word.
    Down,
    /// Says that it is too busy.
    Busy,
    /// Takes what comes, and dies before it can say so.
    Silent,
    /// Knows no such number.
    Refusing,
    /// Takes what comes after so many milliseconds.
    Slow(u64),
}

/// Something that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// To which number.
    pub to: String,
    /// What it said.
    pub text: String,
    /// `sms` or `voice`.
    pub kind: String,
}

#[derive(Debug)]
struct State {
    mood: Mood,
    /// Every request with a good signature, by idempotency key: how often it came.
    asked: BTreeMap<String, u32>,
    taken: BTreeMap<String, Taken>,
    forged: u32,
    requests: u32,
}

/// A gateway that serves until the test ends.
#[derive(Debug, Clone)]
pub struct Gateway {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Gateway {
    /// One in a good mood.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let state = State { mood: Mood::Good, asked: BTreeMap::new(), taken: BTreeMap::new(), forged: 0, requests: 0 };
        let gateway = Self { address: listener.local_addr().unwrap(), state: Arc::new(Mutex::new(state)) };
        let serving = gateway.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let gateway = serving.clone();
                tokio::spawn(async move { gateway.answer(connection).await });
            }
        });
        gateway
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}/send", self.address)
    }

    fn locked<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Behaves so from now on.
    pub fn be(&self, mood: Mood) {
        self.locked(|state| state.mood = mood);
    }

    /// What it took, by idempotency key.
    pub fn taken(&self) -> BTreeMap<String, Taken> {
        self.locked(|state| state.taken.clone())
    }

    /// How often each idempotency key was asked for.
    pub fn asked(&self) -> BTreeMap<String, u32> {
        self.locked(|state| state.asked.clone())
    }

    /// Requests of every kind so far.
    pub fn requests(&self) -> u32 {
        self.locked(|state| state.requests)
    }

    /// Requests that were not signed as they should be.
    pub fn forged(&self) -> u32 {
        self.locked(|state| state.forged)
    }

    async fn answer(&self, mut connection: TcpStream) {
        let Some((headers, body)) = read(&mut connection).await else { return };
        let mood = self.locked(|state| {
            state.requests += 1;
            state.mood
        });
        let header = |name: &str| headers.get(name).cloned().unwrap_or_default();
        let key = header("idempotency-key");
        let secret = Secret::new(SECRET).unwrap();
        let timestamp = header("lotus-timestamp");
        let now = timestamp.parse().unwrap_or_default();
        if !secret.verifies(&header("lotus-signature"), &timestamp, &key, &body, now) {
            self.locked(|state| state.forged += 1);
            respond(&mut connection, "401 Unauthorized", "{}").await;
            return;
        }
        self.locked(|state| *state.asked.entry(key.clone()).or_default() += 1);
        match mood {
            Mood::Down => {}
            Mood::Busy => respond(&mut connection, "503 Service Unavailable", "{}").await,
            Mood::Refusing => respond(&mut connection, "422 Unprocessable Content", "{}").await,
            Mood::Silent => {
                self.take(key, &body);
                tokio::time::sleep(Duration::from_mins(5)).await;
            }
            Mood::Good | Mood::Slow(_) => {
                if let Mood::Slow(wait) = mood {
                    tokio::time::sleep(Duration::from_millis(wait)).await;
                }
                let is_new = self.take(key, &body);
                respond(&mut connection, if is_new { "200 OK" } else { "409 Conflict" }, "{\"id\": \"g-1\"}").await;
            }
        }
    }

    /// Takes a message, once; whether it is new.
    fn take(&self, key: String, body: &[u8]) -> bool {
        let order: Value = serde_json::from_slice(body).unwrap();
        let text = |name: &str| order.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let taken = Taken { to: text("to"), text: text("text"), kind: text("kind") };
        self.locked(|state| state.taken.insert(key, taken).is_none())
    }
}

/// A request's headers, by small name, and its body.
async fn read(connection: &mut TcpStream) -> Option<(BTreeMap<String, String>, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        let count = connection.read(&mut part).await.ok()?;
        bytes.extend(part.get(..count)?);
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(bytes.get(..end)?).into_owned();
            let headers: BTreeMap<String, String> = head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect();
            let length: usize = headers.get("content-length")?.parse().ok()?;
            if bytes.len() >= end + 4 + length {
                return Some((headers, bytes.get(end + 4..end + 4 + length)?.to_vec()));
            }
        }
        if count == 0 {
            return None;
        }
    }
}

async fn respond(connection: &mut TcpStream, status: &str, body: &str) {
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    // Whoever asked may have gone.
    let _ = connection.write_all(answer.as_bytes()).await;
}
