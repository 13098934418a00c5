//! SIGKILL at random moments under load, on both databases: every acknowledged application and booking is there
//! afterwards, once; nobody is told anything twice; every history verifies.
//!
//! A few times in a usual run; as often as `LOTUS_KILLS` says: `LOTUS_KILLS=100 cargo test -p lotus --test kills`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "only tests use it, and they can't go on"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode, redirect};

const LOTUS: &str = env!("CARGO_BIN_EXE_lotus");
/// A start compiles the shipped plugins, unoptimised here; only to stop a hang.
const PATIENCE: Duration = Duration::from_mins(4);
/// Kills in a usual run.
const FEW: u32 = 4;
const COUNTER: &str = "/d/411081/counters/comprehensive";
/// Who want the same slot of four places, again and again.
const BOOKERS: [&str; 7] =
    ["agent", "yuzhou-clerk", "yuzhou-handler", "yuzhou-head", "changge-clerk", "changge-handler", "changge-head"];
const PLACES: usize = 4;
const ITEM: &str = "/d/411081/items/XC01003-411081/apply";

/// An SMS gateway: answers like one, and keeps what it was told under which idempotency key.
struct Gateway {
    address: String,
    told: Arc<Mutex<BTreeMap<String, BTreeSet<String>>>>,
}

impl Gateway {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/send", listener.local_addr().unwrap());
        let told = Arc::<Mutex<BTreeMap<String, BTreeSet<String>>>>::default();
        let kept = Arc::clone(&told);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                // A sender that is killed half-way leaves a stream that ends early: nothing was told then.
                std::thread::spawn(move || answer(stream, &kept));
            }
        });
        Self { address, told }
    }
}

fn answer(stream: TcpStream, told: &Mutex<BTreeMap<String, BTreeSet<String>>>) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut writer = stream;
    loop {
        let (mut key, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim();
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':') {
                match name.to_ascii_lowercase().as_str() {
                    "idempotency-key" => value.trim().clone_into(&mut key),
                    "content-length" => length = value.trim().parse().ok()?,
                    _ => {}
                }
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        told.lock().unwrap().entry(key).or_default().insert(String::from_utf8_lossy(&body).into_owned());
        writer.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}").ok()?;
    }
}

/// A demonstration that runs until it is dropped.
struct Demo {
    child: Child,
    base: String,
}

impl Demo {
    fn start(data: &Path, database: Option<&str>, gateway: &str) -> Self {
        let mut command = Command::new(LOTUS);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LOTUS_")) {
            command.env_remove(name);
        }
        command.args(["demo", "--listen", "127.0.0.1:0", "--data"]).arg(data);
        if let Some(database) = database {
            command.args(["--database", database]);
        }
        let mut child = command
            .env("LOTUS_NOTICES__SMS__URL", gateway)
            .env("LOTUS_NOTICES__SMS__NAME", "lotus")
            .env("LOTUS_NOTICES__SMS__SECRET", "of-the-tests-alone-0123456789abcdef")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        let mut base = None;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let address = line.split_whitespace().find(|word| word.starts_with("http://"));
            base = base.or(address.map(|address| address.trim_end_matches('/').to_owned()));
            assert!(started.elapsed() < PATIENCE);
            if line.contains("Ctrl-C") {
                break;
            }
        }
        Self { child, base: base.unwrap_or_else(|| panic!("the demonstration does not start")) }
    }

    fn kill(mut self) {
        // SIGKILL: nothing is finished, nothing is written.
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Already gone where the test ended it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody who is signed in; the session outlives the host.
async fn signed_in(base: &str, subject: &str) -> Client {
    let client = Client::builder().cookie_store(true).redirect(redirect::Policy::none()).build().unwrap();
    let form = [("subject", subject), ("then", "/me")];
    let answer = client.post(format!("{base}/sign-in/ready")).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    client
}

/// Applies again and again until the host is gone; the numbers that were acknowledged.
async fn applying(client: Client, base: String) -> Vec<String> {
    let mut numbers = Vec::new();
    loop {
        let Ok(page) = client.get(format!("{base}{ITEM}")).send().await else { return numbers };
        let Ok(page) = page.text().await else { return numbers };
        let value = |name: &str| {
            let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
            rest.split('"').next().map(ToOwned::to_owned)
        };
        let Some(token) = value("_token") else { continue };
        let mut form = vec![
            ("_token".to_owned(), token),
            ("organisation".to_owned(), "莲城小吃店".to_owned()),
            ("credit-code".to_owned(), "91350100M000100Y43".to_owned()),
            ("name".to_owned(), "演示市民".to_owned()),
            ("identity-number".to_owned(), "11010519491231002X".to_owned()),
            ("telephone".to_owned(), "13900000001".to_owned()),
        ];
        form.extend(value("_owner").map(|owner| ("_owner".to_owned(), owner)));
        form.extend((1..=20).map(|at| (format!("condition-{at}"), "yes".to_owned())));
        let Ok(answer) = client.post(format!("{base}{ITEM}")).form(&form).send().await else { return numbers };
        match answer.status() {
            StatusCode::SEE_OTHER => {
                let to = answer.headers()["location"].to_str().unwrap().to_owned();
                numbers.push(to.trim_start_matches("/cases/").to_owned());
            }
            // More than one client may do: not acknowledged, so nothing is owed.
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            other => panic!("{other}: {}", answer.text().await.unwrap_or_default()),
        }
    }
}

/// Where a page's form to take a booking back leads.
fn cancelling(page: &str) -> Vec<String> {
    let forms = page.split("action=\"/me/bookings/").skip(1);
    forms.filter_map(|rest| rest.split('"').next()).map(|rest| format!("/me/bookings/{rest}")).collect()
}

/// Books one slot and gives it back, again and again until the host is gone; whether it was acknowledged last and nobody
/// tried to take it back.
async fn booking(client: Client, base: String, slot: String) -> bool {
    let mut holds = false;
    loop {
        let form = [("slot", slot.as_str()), ("item", "")];
        let Ok(answer) = client.post(format!("{base}{COUNTER}")).form(&form).send().await else { return holds };
        // Full, or one's own from before the last kill: then that one is given back.
        holds |= answer.status() == StatusCode::SEE_OTHER;
        let Ok(page) = client.get(format!("{base}/me/bookings")).send().await else { return holds };
        let Ok(page) = page.text().await else { return holds };
        for cancel in cancelling(&page) {
            holds = false;
            if client.post(format!("{base}{cancel}")).send().await.is_err() {
                return false;
            }
        }
    }
}

/// The last slot that can be booked: nobody's time comes while the test runs.
async fn last_slot(client: &Client, base: &str) -> String {
    let page = client.get(format!("{base}{COUNTER}")).send().await.unwrap().text().await.unwrap();
    let slot = page.rsplit_once("name=\"slot\" value=\"").unwrap_or_else(|| panic!("{page}")).1;
    slot.split('"').next().unwrap().to_owned()
}

/// What is at an address, however often one has to ask.
async fn patiently(client: &Client, address: &str) -> reqwest::Response {
    loop {
        let answer = client.get(address).send().await.unwrap();
        if answer.status() != StatusCode::TOO_MANY_REQUESTS {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A moment that nobody chose: different at each kill and in each run.
fn moment() -> Duration {
    let random = std::hash::BuildHasher::hash_one(&std::collections::hash_map::RandomState::new(), 0_u8);
    Duration::from_millis(30 + random % 1200)
}

async fn killed_again_and_again(database: Option<&str>) {
    let directory = tempfile::tempdir().unwrap();
    let gateway = Gateway::start();
    let kills = std::env::var("LOTUS_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(FEW);
    let mut acknowledged: Vec<String> = Vec::new();
    let mut client: Option<Client> = None;
    let mut bookers: Vec<Client> = Vec::new();
    let mut slot = String::new();
    let mut held = Vec::new();
    for _ in 0..kills {
        let demo = Demo::start(directory.path(), database, &gateway.address);
        let citizen = match client.take() {
            Some(client) => client,
            None => signed_in(&demo.base, "citizen").await,
        };
        if bookers.is_empty() {
            for subject in BOOKERS {
                bookers.push(signed_in(&demo.base, subject).await);
            }
            slot = last_slot(&citizen, &demo.base).await;
        }
        let booking: Vec<_> = bookers
            .iter()
            .map(|booker| tokio::spawn(booking(booker.clone(), demo.base.clone(), slot.clone())))
            .collect();
        let load: Vec<_> = (0..4).map(|_| tokio::spawn(applying(citizen.clone(), demo.base.clone()))).collect();
        tokio::time::sleep(moment()).await;
        demo.kill();
        for numbers in load {
            acknowledged.extend(numbers.await.unwrap());
        }
        held.clear();
        for holds in booking {
            held.push(holds.await.unwrap());
        }
        client = Some(citizen);
    }
    assert!(!acknowledged.is_empty(), "nothing was acknowledged: the test showed nothing");
    let distinct: BTreeSet<&String> = acknowledged.iter().collect();
    assert_eq!(distinct.len(), acknowledged.len(), "a number was given twice");

    let demo = Demo::start(directory.path(), database, &gateway.address);
    let client = client.unwrap();
    for number in &acknowledged {
        let page = patiently(&client, &format!("{}/me/cases/{number}", demo.base)).await;
        assert_eq!(page.status(), StatusCode::OK, "{number} was acknowledged and is gone");
    }
    let mut booked = 0;
    for (booker, holds) in bookers.iter().zip(&held) {
        let page = patiently(booker, &format!("{}/me/bookings", demo.base)).await;
        let open = cancelling(&page.text().await.unwrap()).len();
        assert!(open <= 1, "one person, {open} bookings of one matter");
        assert!(!holds || open == 1, "a booking was acknowledged and is gone");
        booked += open;
    }
    assert!(booked <= PLACES, "{booked} bookings of {PLACES} places");

    // Everybody is told in the end, at the latest when the claims of the killed have run out; and under one key the same thing each time: the gateway sends it on once.
    let all_told = Instant::now();
    while gateway.told.lock().unwrap().len() < acknowledged.len() && all_told.elapsed() < Duration::from_mins(4) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let told = gateway.told.lock().unwrap().clone();
    assert!(told.len() >= acknowledged.len(), "{} were told of {} applications", told.len(), acknowledged.len());
    assert!(told.values().all(|said| said.len() == 1), "one key, two messages");
    let mut messages = BTreeSet::new();
    for said in told.into_values().flatten() {
        let text = said.split_once("\"text\":\"").unwrap_or_else(|| panic!("{said}")).1.split('"').next().unwrap();
        // Who books, gives back and books again is told of each; a case is told of each of its events once.
        assert!(!text.contains("编号") || messages.insert(text.to_owned()), "told twice under two keys: {text}");
    }
    drop(demo);

    let mut verify = Command::new(LOTUS);
    let config = directory.path().join("lotus.toml");
    let database = database.map(|url| format!("[database]\nurl = \"{url}\"\n")).unwrap_or_default();
    std::fs::write(&config, format!("data = \"{}\"\n{database}", directory.path().display())).unwrap();
    verify.args(["audit", "verify", "--config"]).arg(&config);
    let verified = verify.output().unwrap();
    let said = String::from_utf8_lossy(&verified.stdout).into_owned() + &String::from_utf8_lossy(&verified.stderr);
    assert!(verified.status.success(), "{said}");
    println!("{kills} kills, {} applications acknowledged, all there, each told once; {said}", acknowledged.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_under_load_sqlite_keeps_what_it_acknowledged() {
    killed_again_and_again(None).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_postgres), ignore = "PostgreSQL is not installed: apt-get install postgresql")]
async fn killed_under_load_postgresql_keeps_what_it_acknowledged() {
    let server = lotus_test_services::postgres::Server::durable().unwrap();
    killed_again_and_again(Some(&server.create_database().unwrap())).await;
}
