//! Article 27, online tutoring: helper and applicant look at the same draft; the helper points and says, both see it as it
//! is said, and nothing of the helper's ever becomes the applicant's word.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

use std::time::Duration;

use lotus_journeys::{Answer, Browser, City};
use reqwest::StatusCode;

const FORM: &str = "/d/411081/items/XC01003-411081/apply";
const DRAFT: &str = "/d/411081/items/XC01003-411081/draft";
const TUTORING: &str = "/d/411081/items/XC01003-411081/tutoring";
const JOIN: &str = "/staff/d/411081/tutoring";

/// Saves what was typed from the form's own button, and goes on where it leads.
async fn saved(browser: &Browser, name: &str, then: &str) -> Answer {
    let mut form = browser.get(FORM).await.form();
    form.insert("organisation".to_owned(), name.to_owned());
    form.insert("identity-number".to_owned(), "11010519491231002X".to_owned());
    form.insert("details".to_owned(), "法定代表人 11010519491231002X，请多关照".to_owned());
    form.insert("_then".to_owned(), then.to_owned());
    let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post_and_follow(DRAFT, &fields).await
}

/// Begins a session from the form; its code.
async fn begun(applicant: &Browser) -> String {
    let page = saved(applicant, "莲城小吃店", "tutoring").await;
    assert_eq!(page.attributes("main form", "action"), [TUTORING], "the form leads to the tutoring");
    let page = applicant.post_and_follow(TUTORING, &[]).await;
    page.texts(".code").remove(0)
}

/// The session that a helper's code led to.
async fn joined(helper: &Browser, code: &str) -> String {
    let joined = helper.post(JOIN, &[("code", code)]).await;
    assert_eq!(joined.status, StatusCode::SEE_OTHER, "{}", joined.body);
    joined.location().unwrap()
}

/// Waits for the next event of a live page, for at most ten seconds.
async fn event(browser: &Browser, path: &str) -> String {
    let mut response = browser.request("GET", path).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
    let chunk = tokio::time::timeout(Duration::from_secs(10), response.chunk()).await;
    // An event comes when something changes.
    let chunk = chunk.unwrap().unwrap();
    chunk.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_helper_sees_the_draft_as_it_is_saved_points_and_says_and_both_see_it_live() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let (applicant, helper) = (city.browser(), city.sign_in("yuzhou-helper").await);
    let code = begun(&applicant).await;
    assert_eq!(code.len(), 6);
    let wrong = helper.post(JOIN, &[("code", "000000")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let session = joined(&helper, &code.to_lowercase()).await;

    let seen = helper.get(&session).await;
    assert!(seen.body.contains("莲城小吃店"));
    assert!(seen.body.contains("110105**********2X"), "masked in its own field");
    assert!(!seen.body.contains("19491231"), "and wherever else it stands");

    // What is saved from then on comes live.
    let (live, watching) = (format!("{session}/changes"), helper.clone());
    let waiting = tokio::spawn(async move { event(&watching, &live).await });
    tokio::time::sleep(Duration::from_millis(500)).await;
    city.set("2026-03-03T09:01:00+08:00");
    saved(&applicant, "莲城小吃店（改）", "").await;
    assert!(waiting.await.unwrap().contains("changed"));
    assert!(helper.get(&session).await.body.contains("莲城小吃店（改）"));

    // The helper points and says; the applicant sees it, live, beside the very form.
    let watching = applicant.clone();
    let waiting = tokio::spawn(async move { event(&watching, &format!("{TUTORING}/changes")).await });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let words = format!("{session}/words");
    let said = helper.post(&words, &[("field", "organisation"), ("words", "请按营业执照填写全称")]).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.body);
    assert!(waiting.await.unwrap().contains("changed"));
    assert_eq!(helper.post(&words, &[("field", "telephone"), ("words", "")]).await.status, StatusCode::SEE_OTHER);
    let form = applicant.get(FORM).await;
    let remarks = form.texts(".tutoring .remark");
    assert!(remarks[0].contains("请按营业执照填写全称") && remarks[1].contains("请看这一项"), "{remarks:?}");
    assert_eq!(form.attributes(".tutoring .remark a", "href")[0], "#apply--organisation", "the finger is on the field");
    assert_eq!(form.attributes("#apply--organisation", "name"), ["organisation"]);
    applicant.post(&format!("{TUTORING}/words"), &[("words", "明白了，谢谢")]).await;
    assert!(helper.get(&session).await.body.contains("明白了，谢谢"));

    let ended = applicant.post_and_follow(&format!("{TUTORING}/end"), &[]).await;
    assert!(ended.body.contains("这次在线辅导已经结束"));
    let after = helper.get(&session).await;
    assert_eq!(after.status, StatusCode::FORBIDDEN, "a session that has ended shows nothing");
    assert!(!after.body.contains("莲城小吃店"));
    let audit = city.sign_in("auditor").await.get("/console/d/411081/audit").await;
    for done in ["tutoring-begun", "tutoring-joined", "tutoring-seen", "tutoring-said", "tutoring-ended"] {
        assert!(audit.body.contains(done), "{done} stands in the audit chain");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_helper_never_writes_the_draft_nor_submits_it_nor_ends_the_session() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let (applicant, helper) = (city.browser(), city.sign_in("yuzhou-helper").await);
    let session = joined(&helper, &begun(&applicant).await).await;
    let page = helper.get(&session).await;
    let ways: Vec<String> = page.attributes("main form", "action");
    assert!(ways.iter().all(|way| *way == format!("{session}/words")), "all that the page lets a helper do: {ways:?}");
    assert!(page.attributes("main [name=organisation], main [name=_token]", "name").is_empty());

    // What a helper sends to the applicant's own addresses is about the helper's own form, and changes nothing here.
    helper.post(DRAFT, &[("organisation", "帮办员写的")]).await;
    for path in ["/end", "/words"] {
        let sent = helper.post(&format!("{TUTORING}{path}"), &[("words", "冒充申请人")]).await;
        assert_eq!(sent.status, StatusCode::NOT_FOUND, "{path}");
    }
    for method in ["PUT", "PATCH", "DELETE"] {
        let sent = helper.send(helper.request(method, &session)).await;
        assert_eq!(sent.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
    for path in [format!("{session}/draft"), format!("{session}/apply"), format!("{session}/end")] {
        assert_eq!(helper.post(&path, &[("organisation", "x")]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let kept = applicant.get(FORM).await.form();
    assert_eq!(kept["organisation"], "莲城小吃店", "the draft is what the applicant saved");
    assert!(applicant.get(TUTORING).await.body.contains("正在为您辅导"), "and the session goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_for_one_helper_of_the_district_and_ends_after_two_hours() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let applicant = city.browser();
    let code = begun(&applicant).await;
    let (clerk, elsewhere) = (city.sign_in("yuzhou-clerk").await, city.sign_in("changge-helper").await);
    assert_eq!(clerk.post(JOIN, &[("code", &code)]).await.status, StatusCode::FORBIDDEN, "not a helper");
    assert_eq!(elsewhere.post(JOIN, &[("code", &code)]).await.status, StatusCode::NOT_FOUND, "another district's");
    assert_eq!(city.browser().get(JOIN).await.status, StatusCode::SEE_OTHER, "nobody: signs in first");
    let helper = city.sign_in("yuzhou-helper").await;
    let session = joined(&helper, &code).await;
    assert_ne!(elsewhere.get(&session).await.status, StatusCode::OK);

    city.set("2026-03-03T10:59:00+08:00");
    let helper = city.sign_in("yuzhou-helper").await;
    assert_eq!(helper.get(&session).await.status, StatusCode::OK);
    city.set("2026-03-03T11:05:00+08:00");
    assert_eq!(helper.get(&session).await.status, StatusCode::FORBIDDEN, "two hours are over");
    assert_eq!(helper.post(&format!("{session}/words"), &[("words", "还在吗")]).await.status, StatusCode::FORBIDDEN);
    assert!(applicant.get(TUTORING).await.body.contains("这次在线辅导已经结束"));
    let again = applicant.post_and_follow(TUTORING, &[]).await;
    assert_ne!(again.texts(".code")[0], code, "another session has another code");
}
