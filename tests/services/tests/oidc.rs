//! The throwaway OpenID provider: it goes away and comes back where it was, and does not outlive who started it.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly; clippy sees only the functions marked as tests")]

use std::net::TcpStream;

use lotus_test_services::oidc::Provider;

fn answers(provider: &str) -> bool {
    TcpStream::connect(provider.trim_start_matches("http://")).is_ok()
}

#[test]
#[cfg_attr(not(has_node), ignore = "Node.js is not installed: apt-get install nodejs npm")]
fn a_provider_goes_away_comes_back_and_ends_with_its_owner() {
    let (one, other) = (Provider::start(), Provider::start());
    assert_ne!(one.issuer(), other.issuer());
    one.go_away();
    assert!(!answers(one.issuer()) && answers(other.issuer()));
    one.come_back();
    assert!(answers(one.issuer()));
    let issuer = one.issuer().to_owned();
    drop(one);
    assert!(!answers(&issuer));
}
