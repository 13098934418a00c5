//! Article 26: help that is free and voluntary. An elderly person's application gets a helper by a mandate, comes first on
//! the handlers' worklist, and stays the applicant's own; five papers tell what was agreed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

use lotus_articles::{applied, state, step, until};
use lotus_journeys::{Answer, Browser, City};
use reqwest::StatusCode;

const FOOD_LICENCE: &str = "XC01003-411081";
const OPENING: &str = "XC01001-411081";

/// Asks for assistance from a case's page, for these things; the number of the new case.
async fn asked(browser: &Browser, path: &str, more: &[(&str, &str)]) -> Answer {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let mut form = page.form();
    let given = [("name", "演示市民"), ("telephone", "13900000001"), ("mandate", "yes")];
    for (name, value) in given {
        form.insert(name.to_owned(), value.to_owned());
    }
    for (name, value) in more {
        form.insert((*name).to_owned(), (*value).to_owned());
    }
    let mut fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.extend([("scope", "fill-in"), ("scope", "accompany")]);
    browser.post(path, &fields).await
}

fn number(opened: &Answer) -> String {
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    opened.location().unwrap().trim_start_matches("/cases/").to_owned()
}

/// A step that the applicant makes on the page of a case that they follow.
async fn own_step(browser: &Browser, number: &str, action: &str, reason: &str) -> Answer {
    let page = browser.get(&format!("/cases/{number}")).await;
    let path = format!("/cases/{number}/actions/{action}");
    assert!(page.attributes("form", "action").contains(&path), "{action}: {:?}", page.texts("summary"));
    let revision = page.attributes("input[name=revision]", "value").remove(0);
    browser.post_and_follow(&path, &[("revision", &revision), ("reason", reason)]).await
}

fn order(worklist: &Answer) -> Vec<String> {
    worklist.texts("tbody th .number")
}

/// What a paper says, read back by poppler; none where it is not installed.
async fn read(browser: &Browser, path: &str) -> Option<String> {
    let response = browser.request("GET", path).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    assert_eq!(response.headers()["content-type"], "application/pdf");
    let pdf = response.bytes().await.unwrap();
    assert!(pdf.starts_with(b"%PDF"));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &pdf).unwrap();
    let text = std::process::Command::new("pdftotext").arg(file.path()).arg("-").output();
    match text {
        Ok(text) => Some(String::from_utf8(text.stdout).unwrap().chars().filter(|c| !c.is_whitespace()).collect()),
        Err(error) => {
            assert!(std::env::var_os("LOTUS_REQUIRE_SERVICES").is_none(), "pdftotext: {error}");
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_offered_stands_on_the_guide_and_says_why() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let nobody = city.browser();
    let opening = nobody.get(&format!("/d/411081/items/{OPENING}")).await;
    assert_eq!(opening.texts(".offer h3"), ["咨询、指导、协调和全程帮办", "咨询和指导"], "a complex matter");
    let food = nobody.get(&format!("/d/411081/items/{FOOD_LICENCE}")).await;
    assert_eq!(food.texts(".offer h3"), ["咨询和指导"]);
    // The demonstration's citizen was born in 1961.
    let citizen = city.sign_in("citizen").await;
    let food = citizen.get(&format!("/d/411081/items/{FOOD_LICENCE}")).await;
    assert_eq!(food.texts(".offer h3"), ["陪同办、代办、优先办", "咨询和指导"]);
    assert!(food.texts(".offer p")[0].contains("老年人"), "{:?}", food.texts(".offer p"));
    let page = nobody.get("/d/411081/assistance").await;
    for way in [
        "重点项目、招商引资项目、创新项目、鼓励类项目",
        "开办企业、工程建设",
        "老年人、残疾人、孕妇、军人",
        "其他申请人",
    ] {
        assert!(page.body.contains(way), "{way}");
    }
    let english = nobody.get("/d/411081/assistance?lang=en").await;
    assert!(english.body.contains("voluntary and free") && english.body.contains("Elderly"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_elderly_persons_application_is_helped_comes_first_and_stays_their_own() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let (before, applicant) = (city.browser(), city.browser());
    let first = applied(&before, "411081", FOOD_LICENCE).await;
    let number_of = applied(&applicant, "411081", FOOD_LICENCE).await;
    let handler = city.sign_in("yuzhou-handler").await;
    let listed = order(&handler.get("/staff/d/411081").await);
    let place = |list: &[String], number: &str| list.iter().position(|one| one == number).unwrap();
    let (helper, stranger) = (city.sign_in("yuzhou-helper").await, city.sign_in("changge-helper").await);
    let application = format!("/staff/cases/{number_of}");
    assert_eq!(helper.get(&application).await.status, StatusCode::FORBIDDEN, "without a mandate nobody looks");
    assert_eq!(listed.len(), 2);

    // After submission the page offers help; the form asks for a mandate.
    let page = applicant.get(&format!("/cases/{number_of}")).await;
    assert!(page.texts(".offer h3").contains(&"陪同办、代办、优先办".to_owned()), "{:?}", page.texts("h3"));
    let ask = format!("/cases/{number_of}/assistance");
    assert!(page.attributes("a", "href").contains(&ask));
    let without = asked(&applicant, &ask, &[("mandate", "")]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY, "no mandate, no help");
    let help = number(&asked(&applicant, &ask, &[("until", "2026-04-01")]).await);
    let again = asked(&applicant, &ask, &[("until", "2026-04-01")]).await;
    assert_eq!(again.location().as_deref(), Some(ask.as_str()), "one application has one open assistance");

    // At once it comes first on the worklist, by the identity number alone, and its history says why.
    let listed = order(&handler.get("/staff/d/411081").await);
    assert!(place(&listed, &number_of) < place(&listed, &first), "{listed:?}");
    let seen = handler.get(&application).await;
    assert!(seen.body.contains("老年人、残疾人、孕妇、军人优先办理"), "with its reason");

    // It is the helper's to accept; another district's helper finds nothing, and nobody looks before it is accepted.
    let own = helper.get("/staff/d/411081/helper").await;
    assert_eq!(own.texts("tbody th .number"), std::slice::from_ref(&help));
    assert_eq!(helper.get(&application).await.status, StatusCode::FORBIDDEN, "not accepted yet");
    assert_eq!(stranger.get(&format!("/staff/cases/{help}")).await.status, StatusCode::NOT_FOUND);
    step(&helper, &help, "accept", "").await;
    let seen = helper.get(&application).await;
    assert_eq!(seen.status, StatusCode::OK, "now the mandate lets the helper see the application");
    assert!(seen.texts("summary").is_empty(), "but not move it: {:?}", seen.texts("summary"));

    // The denial: no way on which a helper moves or submits as the applicant.
    for action in ["withdraw", "pre-review", "accept", "supplement"] {
        let path = format!("{application}/actions/{action}");
        let moved = helper.post(&path, &[("revision", "2"), ("reason", "代为办理")]).await;
        assert_eq!(moved.status, StatusCode::FORBIDDEN, "{action}: {}", moved.body);
    }
    for path in [format!("/me/cases/{number_of}/actions/withdraw"), format!("/cases/{number_of}/actions/withdraw")] {
        let moved = helper.post(&path, &[("revision", "2"), ("reason", "代为办理")]).await;
        assert_ne!(moved.status, StatusCode::SEE_OTHER, "{path}");
    }
    assert_eq!(
        helper.post(&format!("/staff/cases/{number_of}/priority"), &[("priority", "9"), ("reason", "x")]).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(state(&handler, &number_of).await, "已提交");

    // Suspended by the helper, renewed by the applicant, ended by the helper.
    step(&helper, &help, "suspend", "申请人住院").await;
    assert_eq!(helper.get(&application).await.status, StatusCode::FORBIDDEN, "a suspended mandate lets nobody look");
    own_step(&applicant, &help, "renew", "").await;
    assert_eq!(helper.get(&application).await.status, StatusCode::OK);
    step(&helper, &help, "end", "已陪同提交并取得受理通知").await;
    assert_eq!(helper.get(&application).await.status, StatusCode::FORBIDDEN, "an ended one neither");

    // Five papers, for the applicant and for the helper, saying what was agreed.
    let page = applicant.get(&format!("/cases/{help}")).await;
    let papers: Vec<String> = page.attributes("a", "href").into_iter().filter(|to| to.contains(".pdf")).collect();
    assert_eq!(papers.len(), 5, "{papers:?}");
    let says: [&[&str]; 5] = [
        &["帮办代办受理单", "演示禹州帮办员", "陪同到场办理"],
        &["帮办代办委托书", "协助填写申请", "2026年4月1日"],
        &["帮办代办中止告知书", "申请人住院"],
        &["帮办代办续期委托书", "2026年4月1日"],
        &["帮办代办终结单", "已陪同提交并取得受理通知"],
    ];
    for (paper, says) in papers.iter().zip(says) {
        let Some(text) = read(&applicant, paper).await else { continue };
        for words in says.iter().chain(&["第二十六条", "不收取任何费用", help.as_str(), "莲城小吃店", "食品经营许可"])
        {
            assert!(text.contains(words), "{paper} lacks {words}: {text}");
        }
    }
    let staffs = papers[0].replace("/cases/", "/staff/cases/");
    assert_eq!(helper.get(&staffs).await.status, StatusCode::OK);
    assert_eq!(stranger.get(&staffs).await.status, StatusCode::NOT_FOUND);
    assert_ne!(city.browser().get(&papers[0]).await.status, StatusCode::OK, "nobody else's to read");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mandate_ends_by_the_clock_on_its_own_day_and_is_nobodys_lateness() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let (applicant, helper) = (city.browser(), city.sign_in("yuzhou-helper").await);
    let opened = asked(
        &applicant,
        &format!("/d/411081/assistance?item={OPENING}"),
        &[("identity-number", "110105199003070025"), ("until", "2026-03-20"), ("project", "key")],
    )
    .await;
    let help = number(&opened);
    let taken = step(&helper, &help, "accept", "").await;
    assert!(taken.body.contains("2026年3月20日"), "its own last day: {:?}", taken.texts(".pairs dd"));
    city.set("2026-03-20T23:50:00+08:00");
    let helper = city.sign_in("yuzhou-helper").await;
    assert_eq!(state(&helper, &help).await, "已委托，帮办中");
    city.set("2026-03-21T00:01:00+08:00");
    let page = until(&helper, &format!("/staff/cases/{help}"), |page| page.body.contains("委托期满")).await;
    assert_eq!(page.texts(".status-state"), ["已终结"]);
    let officer = city.sign_in("supervision").await;
    assert!(officer.get("/staff/d/411081/board").await.texts(".supervised h2").is_empty(), "nobody was late");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_that_they_are_disabled_comes_first_once_the_helper_has_seen_the_proof() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let (before, applicant) = (city.browser(), city.browser());
    let helper = city.sign_in("yuzhou-helper").await;
    let first = applied(&before, "411081", FOOD_LICENCE).await;
    let young = lotus_articles::applied_by(&applicant, "411081", FOOD_LICENCE, "110105199003070025").await;
    let ask = format!("/cases/{young}/assistance");
    let help = number(&asked(&applicant, &ask, &[("care", "disabled")]).await);
    let handler = city.sign_in("yuzhou-handler").await;
    let place = |list: &[String], number: &str| list.iter().position(|one| one == number).unwrap();
    let listed = order(&handler.get("/staff/d/411081").await);
    assert!(place(&listed, &first) < place(&listed, &young), "said, not shown: {listed:?}");
    step(&helper, &help, "accept", "").await;
    let listed = order(&handler.get("/staff/d/411081").await);
    assert!(place(&listed, &young) < place(&listed, &first), "{listed:?}");

    // Whoever answers for the department may say otherwise, with a reason.
    let head = city.sign_in("yuzhou-head").await;
    let path = format!("/staff/cases/{first}/priority");
    assert_ne!(head.post(&path, &[("priority", "9"), ("reason", " ")]).await.status, StatusCode::SEE_OTHER);
    let ranked = head.post_and_follow(&path, &[("priority", "9"), ("reason", "灾后急需")]).await;
    assert!(ranked.texts(".priority")[0].contains('9'));
    let listed = order(&handler.get("/staff/d/411081").await);
    assert_eq!(place(&listed, &first), 0, "{listed:?}");
    assert!(handler.get(&format!("/staff/cases/{first}")).await.body.contains("灾后急需"));
}
