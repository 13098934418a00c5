//! The throwaway PostgreSQL: each test gets a database of its own, and nothing outlives the process.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly; clippy sees only the functions marked as tests")]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use lotus_test_services::postgres;

/// Runs one statement with PostgreSQL's own client, which is what a dependency-free test has.
fn query(url: &str, sql: &str) -> Result<String, String> {
    let psql = lotus_test_find::postgres_bin().unwrap().join("psql");
    let output = Command::new(psql).args([url, "-Atqc", sql]).stdin(Stdio::null()).output().unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap().trim().to_owned())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "PostgreSQL is not installed: apt-get install postgresql")]
fn each_database_is_empty_and_its_own() {
    let (one, other) = (postgres::server().database(), postgres::server().database());
    assert_ne!(one, other);
    query(&one, "create table lotus (name text); insert into lotus values ('莲城')").unwrap();
    assert_eq!(query(&one, "select name from lotus").unwrap(), "莲城");
    assert!(query(&other, "select name from lotus").unwrap_err().contains("does not exist"));
    assert_eq!(query(&other, "show server_encoding").unwrap(), "UTF8");
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "PostgreSQL is not installed: apt-get install postgresql")]
fn many_tests_take_databases_from_one_server_at_once() {
    let urls = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..8).map(|_| scope.spawn(|| postgres::server().database())).collect();
        asking.into_iter().map(|thread| thread.join().unwrap()).collect::<std::collections::BTreeSet<_>>()
    });
    assert_eq!(urls.len(), 8);
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "PostgreSQL is not installed: apt-get install postgresql")]
fn a_server_that_was_stopped_or_killed_comes_back_with_its_data() {
    let server = postgres::Server::durable().unwrap();
    let url = server.database();
    assert_eq!(query(&url, "show fsync").unwrap(), "on");
    query(&url, "create table lotus (name text)").unwrap();
    for end in [postgres::Server::stop, postgres::Server::kill] {
        end(&server).unwrap();
        assert!(query(&url, "select 1").is_err());
        server.start().unwrap();
        assert_eq!(query(&url, "select count(*) from lotus").unwrap(), "0");
    }
    let (folder, port) = (query(&url, "show data_directory").unwrap(), server.port());
    drop(server);
    assert!(!std::fs::exists(folder).unwrap());
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
#[cfg_attr(not(has_postgres), ignore = "PostgreSQL is not installed: apt-get install postgresql")]
fn nothing_is_left_of_the_server_when_its_process_is_killed() {
    let mut process = Command::new(env!("CARGO_BIN_EXE_lotus-test-services")).stdout(Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let folder = query(url.trim(), "show data_directory").unwrap();
    let folder = std::path::Path::new(&folder).parent().unwrap();
    assert!(folder.exists());

    process.kill().unwrap();
    process.wait().unwrap();
    let killed = Instant::now();
    while folder.exists() {
        assert!(killed.elapsed() < Duration::from_secs(30), "{} is still there", folder.display());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(query(url.trim(), "select 1").is_err());
}
