//! The program as its operator starts it: addresses, SIGKILL and SIGTERM, and every way in which a start can go wrong.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "only tests use it, and they can't go on"
)]

mod started;

use std::io::Read as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode, redirect};
use started::{Started, lotus};

fn browser() -> Client {
    Client::builder().cookie_store(true).redirect(redirect::Policy::none()).build().unwrap()
}

async fn token(browser: &Client, address: &str) -> String {
    let form = browser.get(address).send().await.unwrap().text().await.unwrap();
    let (_, rest) = form.split_once("name=\"_token\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_case_is_there_after_kill_9_and_a_clean_end_is_zero() {
    let directory = tempfile::tempdir().unwrap();
    let demo = Started::demo(directory.path());
    let browser = browser();
    assert!(demo.said.iter().any(|line| line.contains("/d/411081/zones/jun-porcelain")), "{:?}", demo.said);
    let home = browser.get(format!("{}/d/411081", demo.base)).send().await.unwrap();
    assert_eq!(home.status(), StatusCode::OK);
    let service = "/d/411081/services/export-advice";
    let award = format!("{}/d/411081/services/studio-award", demo.base);
    let token = token(&browser, &award).await;
    let form = [
        ("_token", token.as_str()),
        ("enterprise", "莲城钧瓷工坊"),
        ("credit-code", "91350100M000100Y43"),
        ("contact", "经办人"),
        ("telephone", "13900001111"),
        ("studio", "莲城工作室"),
        ("title-level", "national"),
        ("title-date", "2019-05-01"),
        ("sales", "3000000"),
        ("once", "yes"),
    ];
    let opened = browser.post(&award).form(&form).send().await.unwrap();
    assert_eq!(opened.status(), StatusCode::SEE_OTHER);
    let address = opened.headers()["location"].to_str().unwrap().to_owned();
    let cookie = opened.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    demo.signal("-KILL");
    assert_eq!(demo.end(), None, "killed");

    let again = Started::demo(directory.path());
    let case = browser.get(format!("{}{address}", again.base)).header("cookie", cookie).send().await.unwrap();
    assert_eq!(case.status(), StatusCode::OK);
    assert!(case.text().await.unwrap().contains("已提交"));
    assert_eq!(browser.get(format!("{}{service}", again.base)).send().await.unwrap().status(), StatusCode::OK);
    // What people gave stands in no file of the data directory.
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            for secret in ["13900001111", "莲城钧瓷工坊", "91350100M000100Y43"] {
                assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret} in {path:?}");
            }
        }
    }
    again.signal("-TERM");
    assert_eq!(again.end(), Some(0));
}

#[tokio::test]
async fn keys_are_rotated_while_a_host_serves_and_it_seals_everything_anew() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let demo = Started::demo(&data);
    let browser = browser();
    let submit = async || {
        let award = format!("{}/d/411081/services/studio-award", demo.base);
        let token = token(&browser, &award).await;
        let form = [
            ("_token", token.as_str()),
            ("enterprise", "莲城钧瓷工坊"),
            ("credit-code", "91350100M000100Y43"),
            ("contact", "经办人"),
            ("telephone", "13900001111"),
            ("studio", "莲城工作室"),
            ("title-level", "national"),
            ("title-date", "2019-05-01"),
            ("sales", "3000000"),
            ("once", "yes"),
        ];
        let opened = browser.post(&award).form(&form).send().await.unwrap();
        assert_eq!(opened.status(), StatusCode::SEE_OTHER);
        let cookie = opened.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        (opened.headers()["location"].to_str().unwrap().to_owned(), cookie)
    };
    let shown = async |(address, cookie): &(String, String)| {
        let case = browser.get(format!("{}{address}", demo.base)).header("cookie", cookie).send().await.unwrap();
        case.status() == StatusCode::OK && case.text().await.unwrap().contains("已提交")
    };
    let before = submit().await;
    let file = config(directory.path(), &format!("data = {data:?}"));
    let keys = |command: &str| {
        let Output { status, stdout, stderr } = lotus(&["keys", command, "--config", &file]).output().unwrap();
        assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
        String::from_utf8_lossy(&stdout).into_owned()
    };
    assert!(keys("status").contains("nothing needs an old data key"));
    assert!(keys("rotate").contains("411081 禹州市: sealed with data key 2 from now on"));
    let waits = keys("status");
    // The host may have begun already, in whichever district comes first.
    assert!(waits.contains("wait to be sealed anew"), "{waits}");
    let started = Instant::now();
    loop {
        let between = submit().await;
        assert!(shown(&before).await && shown(&between).await, "nobody notices");
        if keys("status").contains("nothing needs an old data key") {
            break;
        }
        assert!(started.elapsed() < Duration::from_mins(2), "{}", keys("status"));
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert!(shown(&before).await);
    demo.signal("-TERM");
    assert_eq!(demo.end(), Some(0));
}

/// Runs to its end and gives what it said on standard error.
fn fails(arguments: &[&str]) -> String {
    let output = lotus(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

fn config(directory: &Path, text: &str) -> String {
    let file = directory.join("lotus.toml");
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn a_port_in_use_is_said_before_anything_else_happens() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let said = fails(&["demo", "--data", data.to_str().unwrap(), "--listen", &address]);
    assert!(said.contains(&address) && said.contains("--listen"), "{said}");
    assert!(!data.exists());
}

#[test]
fn a_data_directory_that_is_none_is_said_with_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("data");
    std::fs::write(&file, "a file").unwrap();
    let said = fails(&["demo", "--data", file.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    assert!(said.contains("data directory") && said.contains("--data"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "a file");
}

#[test]
fn a_configuration_with_an_unknown_key_or_none_at_all_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let said = fails(&["serve", "--config", &config(directory.path(), "lsten = \"127.0.0.1:0\"")]);
    assert!(said.contains("lsten"), "{said}");
    let said = fails(&["serve", "--config", "/nowhere/lotus.toml"]);
    assert!(said.contains("there is no configuration"), "{said}");
}

#[test]
fn a_database_that_is_away_is_said_with_its_key() {
    let directory = tempfile::tempdir().unwrap();
    let text = format!(
        "listen = \"127.0.0.1:0\"\ndata = {:?}\n[database]\nurl = \"postgres://lotus@127.0.0.1:9/lotus\"",
        directory.path().join("data")
    );
    let said = fails(&["serve", "--config", &config(directory.path(), &text)]);
    assert!(said.contains("not available") && said.contains("database.url"), "{said}");
}

#[test]
fn a_data_directory_of_another_keyring_is_not_opened() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let file = config(directory.path(), &format!("listen = \"127.0.0.1:0\"\ndata = {data:?}"));
    assert!(lotus(&["migrate", "--config", &file]).output().unwrap().status.success());
    std::fs::write(data.join("keyring.toml"), "[[key]]\nid = \"x\"\nsecret = \"00\"\n").unwrap();
    let said = fails(&["migrate", "--config", &file]);
    assert!(said.contains("weak"), "{said}");
}

#[test]
fn a_plugin_that_can_not_be_taken_is_refused_with_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let text = format!("listen = \"127.0.0.1:0\"\ndata = {data:?}\n[plugins]\nunsigned = \"allowed\"");
    let file = config(directory.path(), &text);
    assert!(lotus(&["migrate", "--config", &file]).output().unwrap().status.success());
    let manifest = directory.path().join("plugin.toml");
    let component = directory.path().join("plugin.wasm");
    let source = "id = \"cn.example.tea\"\nversion = \"1.0.0\"\ncontract = \"1.0\"\ntitle = \"茶\"\n\
                  publisher = \"测试\"\npoints = [\"zones\"]\n";
    let paths = [manifest.to_str().unwrap().to_owned(), component.to_str().unwrap().to_owned()];
    let activate = |manifest_text: &str, bytes: &[u8]| {
        std::fs::write(&manifest, manifest_text).unwrap();
        std::fs::write(&component, bytes).unwrap();
        let [manifest, component] = &paths;
        fails(&[
            "plugin",
            "activate",
            "--config",
            &file,
            "--manifest",
            manifest,
            "--component",
            component,
            "--district",
            "411081",
        ])
    };
    let said = activate(source, b"PK\x03\x04 a zip file");
    assert!(said.contains("not a WebAssembly component") && said.contains("wasm32-wasip2"), "{said}");
    let said = activate(source, b"\0asm\x01\0\0\0");
    assert!(said.contains("core WebAssembly module"), "{said}");
    let said = activate(&format!("{source}colour = \"red\"\n"), b"");
    assert!(said.contains("colour"), "{said}");
    let said = activate(&source.replace("1.0\"\ntitle", "1.9\"\ntitle"), b"");
    assert!(said.contains("needs contract 1.9"), "{said}");
}

#[test]
fn the_doctor_looks_at_everything_and_says_what_to_mind() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let file = config(directory.path(), &format!("data = {data:?}"));
    let Output { status, stdout, .. } = lotus(&["doctor", "--config", &file]).output().unwrap();
    let said = String::from_utf8_lossy(&stdout);
    assert!(status.success(), "{said}");
    for part in ["data directory", "keyring", "database", "sandbox", "sign-in", "open files", "memory maps"] {
        assert!(said.lines().any(|line| line.contains(part)), "{part} in {said}");
    }
}

#[test]
fn the_doctor_says_when_an_authoritys_certificate_can_not_be_used() {
    let directory = tempfile::tempdir().unwrap();
    let (data, pem) = (directory.path().join("data"), directory.path().join("authority.pem"));
    let file = config(directory.path(), &format!("data = {data:?}\n[sign_in]\nca_certificate = {pem:?}"));
    for (text, why) in [(None, "No such file"), (Some("nonsense"), "it holds no certificate")] {
        if let Some(text) = text {
            std::fs::write(&pem, text).unwrap();
        }
        let Output { status, stdout, .. } = lotus(&["doctor", "--config", &file]).output().unwrap();
        let said = String::from_utf8_lossy(&stdout);
        assert!(!status.success());
        let line = said.lines().find(|line| line.contains("sign-in")).unwrap();
        assert!(line.starts_with("MISSING") && line.contains("authority.pem") && line.contains(why), "{line}");
    }
}

#[tokio::test]
#[cfg_attr(not(has_sqlite), ignore = "SQLite's shell is not installed: apt-get install sqlite3")]
async fn histories_are_verified_while_a_host_serves_and_a_flipped_byte_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let demo = Started::demo(&data);
    let browser = browser();
    let award = format!("{}/d/411081/services/studio-award", demo.base);
    let token = token(&browser, &award).await;
    let form = [
        ("_token", token.as_str()),
        ("enterprise", "莲城钧瓷工坊"),
        ("credit-code", "91350100M000100Y43"),
        ("contact", "经办人"),
        ("telephone", "13900001111"),
        ("studio", "莲城工作室"),
        ("title-level", "national"),
        ("title-date", "2019-05-01"),
        ("sales", "3000000"),
        ("once", "yes"),
    ];
    let opened = browser.post(&award).form(&form).send().await.unwrap();
    assert_eq!(opened.status(), StatusCode::SEE_OTHER);
    let number = opened.headers()["location"].to_str().unwrap().trim_start_matches("/cases/").to_owned();
    let file = config(directory.path(), &format!("data = {data:?}"));
    let verify = |more: &[&str]| {
        let arguments = [&["audit", "verify", "--config", &file], more].concat();
        let Output { status, stdout, stderr } = lotus(&arguments).output().unwrap();
        let said = [stdout, stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
        (status.code(), said)
    };
    let (code, said) = verify(&[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("everything is whole") && said.contains("a second"), "{said}");
    let line = said.lines().find(|line| line.starts_with("411081 ")).unwrap();
    assert!(line.contains("1 cases, 1 events"), "{line}");
    let (code, said) = verify(&["--division", "411999"]);
    assert!(code == Some(1) && said.contains("there is no division 411999"), "{said}");

    let flip = format!("UPDATE case_event SET action = 'submis' WHERE number = '{number}'");
    lotus_test_services::sqlite::run(&data.join("lotus.db"), &flip).unwrap();
    let (code, said) = verify(&["--division", "411081"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(&format!("411081 BROKEN: case {number}: event 1 was altered")), "{said}");
    assert!(verify(&["--division", "411082"]).0 == Some(0), "another district's is whole");
    demo.signal("-TERM");
    assert_eq!(demo.end(), Some(0));
}

#[test]
fn kinds_of_case_are_checked_with_their_line_listed_and_published() {
    let directory = tempfile::tempdir().unwrap();
    let sound = include_str!("../../host/domain/kinds/application.toml");
    let write = |name: &str, text: &str| {
        let file = directory.path().join(name);
        std::fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let (good, bad) =
        (write("good.toml", sound), write("bad.toml", &sound.replacen("by = [\"clerk\"", "by = [\"mayor\"", 1)));
    let run = |arguments: &[&str]| {
        let Output { status, stdout, stderr } = lotus(arguments).output().unwrap();
        let said = [stdout, stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
        (status.code(), said)
    };
    let (code, said) = run(&["kinds", "check", &good]);
    assert!(code == Some(0) && said.contains("application 办件"), "{said}");
    let line = sound.lines().position(|line| line.contains("by = [\"clerk\"")).unwrap() + 1;
    let (code, said) = run(&["kinds", "check", &good, &bad]);
    assert!(code == Some(1) && said.contains(&format!("bad.toml: line {line}: ")) && said.contains("mayor"), "{said}");

    let data = directory.path().join("data");
    let demo = Started::demo(&data);
    let file = config(directory.path(), &format!("data = {data:?}"));
    let said = fails(&["kinds", "put", &bad, "--config", &file]);
    assert!(said.contains(&format!("line {line}: ")), "{said}");
    let (code, said) = run(&["kinds", "put", &good, "--config", &file, "--since", "2099-01-01"]);
    assert!(code == Some(0) && said.contains("2098-12-31T16:00:00Z"), "{said}");
    let (_, said) = run(&["kinds", "list", "--config", &file]);
    let holds = |said: &str| {
        said.lines().find(|line| line.starts_with("holds") && line.contains("application ")).map(str::to_owned)
    };
    assert!(holds(&said).unwrap().contains("ships"), "{said}");
    assert!(said.lines().any(|line| line.contains("2098-12-31T16:00:00Z") && line.contains("application ")), "{said}");
    let (code, said) = run(&["kinds", "put", &good, "--config", &file]);
    assert_eq!(code, Some(0), "{said}");
    let (_, said) = run(&["kinds", "list", "--config", &file]);
    assert!(holds(&said).unwrap().contains("since "), "{said}");
    demo.signal("-TERM");
    assert_eq!(demo.end(), Some(0));
}

#[test]
fn two_hosts_do_not_share_a_data_directory() {
    let directory = tempfile::tempdir().unwrap();
    let demo = Started::demo(directory.path());
    let said = fails(&["demo", "--data", directory.path().to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    assert!(said.contains("in use by another lotus"), "{said}");
    drop(demo);
}

#[test]
fn without_a_command_it_says_what_there_is() {
    let mut child = lotus(&[]).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(!child.wait().unwrap().success());
    for command in ["demo", "serve", "migrate", "doctor", "keys", "kinds", "audit", "plugin"] {
        assert!(said.contains(command), "{command} in {said}");
    }
}
