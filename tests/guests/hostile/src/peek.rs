//! Looks for what is not the guest's: others' keys, files, the environment, the network, real time and randomness.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::net::TcpStream;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use lotus_sdk::storage;
use lotus_sdk::types::Context;

/// What a scan of everything and some guessed keys find. The page of the request, if any, is one more key.
pub(crate) fn storage(also: Option<&str>) -> String {
    let mut said = match storage::scan("", None, 100) {
        Ok(page) => {
            let keys: Vec<String> = page.entries.into_iter().map(|entry| entry.key).collect();
            format!("scan: [{}]", keys.join(", "))
        }
        Err(error) => format!("scan: {error:?}"),
    };
    let guesses = ["../", "411082/", "cn.xuchang.yuzhou.jun-porcelain/applications", "%", "*", "\u{0}"];
    for key in guesses.into_iter().chain(also) {
        let found = match storage::get(key) {
            Ok(Some(entry)) => format!("found {} bytes", entry.value.len()),
            Ok(None) => "nothing".to_owned(),
            Err(error) => format!("{error:?}"),
        };
        let line = format!("\n\nget {key:?}: {found}");
        said.push_str(&line);
    }
    said
}

/// One `name: value` per paragraph: what this guest finds out about the machine.
pub(crate) fn machine(ctx: &Context) -> String {
    let (first, second) = (since_epoch(), since_epoch());
    let instant = Instant::now();
    let passed = instant.elapsed();
    let variables = std::env::vars().count();
    let arguments = std::env::args().count();
    let file =
        std::fs::read("/etc/passwd").map_or_else(|e| format!("{:?}", e.kind()), |b| format!("{} bytes", b.len()));
    let folder =
        std::fs::read_dir("/").map_or_else(|e| format!("{:?}", e.kind()), |d| format!("{} entries", d.count()));
    let network =
        TcpStream::connect(("127.0.0.1", 80)).map_or_else(|e| format!("{:?}", e.kind()), |_| "connected".into());
    let random = RandomState::new().hash_one(1_u8);
    [
        ("now", ctx.now.to_string()),
        ("clock-first", first.clone()),
        ("clock-same", (first == second).to_string()),
        ("monotonic-passed", passed.as_nanos().to_string()),
        ("variables", variables.to_string()),
        ("arguments", arguments.to_string()),
        ("file", file),
        ("folder", folder),
        ("network", network),
        ("random", random.to_string()),
    ]
    .map(|(name, value)| format!("{name}: {value}"))
    .join("\n\n")
}

/// Milliseconds, as the system's clock says.
fn since_epoch() -> String {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or_else(|_| "before 1970".to_owned(), |d| d.as_millis().to_string())
}
