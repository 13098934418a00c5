//! A promise is the service's: a plugin may tighten it for one case, never lengthen it, and the host sees to that.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests can't go on")]

use lotus_journeys::{Answer, City};
use reqwest::StatusCode;

/// Opens a case of the asker's service, which promises five working days, with what its plugin says then.
async fn opened(city: &City, says: &str) -> Answer {
    let browser = city.browser();
    let path = "/d/411081/services/asked";
    let token = browser.get(path).await.form().remove("_token").unwrap();
    let sent = [("_token", token.as_str()), ("questions", says)];
    let page = browser.post_and_follow(path, &sent).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    page
}

fn promised(page: &Answer) -> String {
    let names = page.texts(".status .pairs dt");
    let at = names.iter().position(|name| name == "承诺时限").unwrap_or_else(|| panic!("{names:?}"));
    page.texts(".status .pairs dd").remove(at)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_may_tighten_a_promise_and_never_lengthen_it() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    city.activate_guest("asker", "411081").await;
    let plain = opened(&city, "open").await;
    assert!(promised(&plain).contains('5'), "{}", promised(&plain));
    assert!(plain.body.contains("2026年3月10日"));
    let longer = opened(&city, "open 30").await;
    assert_eq!(promised(&longer), promised(&plain), "a longer one is not taken");
    assert!(longer.body.contains("2026年3月10日"));
    let shorter = opened(&city, "open 2").await;
    assert!(promised(&shorter).contains('2') && !promised(&shorter).contains('5'), "{}", promised(&shorter));
    assert!(shorter.body.contains("2026年3月5日"), "and its day is the case's");
}
