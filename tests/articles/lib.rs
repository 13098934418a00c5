//! What the articles' stories share: an application from its first page on, and the staff's steps.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "only tests use it, and they can't go on")]

use std::time::Duration;

use lotus_journeys::{Answer, Browser};
use reqwest::StatusCode;

/// What an applicant writes into an item's form beside the conditions.
pub const APPLICANT: [(&str, &str); 5] = [
    ("organisation", "莲城小吃店"),
    ("credit-code", "91350100M000100Y43"),
    ("name", "演示市民"),
    ("identity-number", "11010519491231002X"),
    ("telephone", "13900000001"),
];

/// Applies for an item as its page offers it; the case's number.
pub async fn applied(browser: &Browser, division: &str, item: &str) -> String {
    applied_by(browser, division, item, "11010519491231002X").await
}

/// The same, by somebody with another identity number.
pub async fn applied_by(browser: &Browser, division: &str, item: &str, identity_number: &str) -> String {
    let guide = browser.get(&format!("/d/{division}/items/{item}")).await;
    let path = format!("/d/{division}/items/{item}/apply");
    assert!(guide.attributes("a", "href").contains(&path), "the guide leads to the form");
    let page = browser.get(&path).await;
    let mut form = page.form();
    for name in page.attributes("main form input[type=checkbox]", "name") {
        form.insert(name, "yes".to_owned());
    }
    for (name, value) in APPLICANT {
        if page.attributes(&format!("main form [name={name}]"), "name").len() == 1 {
            form.insert(name.to_owned(), value.to_owned());
        }
    }
    form.insert("identity-number".to_owned(), identity_number.to_owned());
    let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let opened = browser.post(&path, &fields).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    opened.location().unwrap().trim_start_matches("/cases/").to_owned()
}

/// Makes a step as staff, from the page as it stands; what came back when it was done.
pub async fn step(browser: &Browser, number: &str, action: &str, reason: &str) -> Answer {
    let page = browser.get(&format!("/staff/cases/{number}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let path = format!("/staff/cases/{number}/actions/{action}");
    assert!(page.attributes("form", "action").contains(&path), "{action} is not offered: {:?}", page.texts("summary"));
    let revision = page.attributes("input[name=revision]", "value").remove(0);
    browser.post_and_follow(&path, &[("revision", &revision), ("reason", reason)]).await
}

/// The state that a case's page shows to the staff.
pub async fn state(browser: &Browser, number: &str) -> String {
    browser.get(&format!("/staff/cases/{number}")).await.texts(".status-state").remove(0)
}

/// Looks at a page until it shows something, for at most half a minute: background work has its own pace.
pub async fn until(browser: &Browser, path: &str, shows: impl Fn(&Answer) -> bool) -> Answer {
    for _ in 0..150 {
        let answer = browser.get(path).await;
        if shows(&answer) {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    browser.get(path).await
}
