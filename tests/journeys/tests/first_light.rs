//! First light: a citizen is served by a district's own plugin.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests can't go on")]

use std::time::{Duration, Instant};

use lotus_journeys::{Browser, City};
use reqwest::StatusCode;

const AWARD: &str = "/d/411081/services/studio-award";

/// What a studio fills in, with the form's own token.
async fn filled(browser: &Browser, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let form = browser.get(AWARD).await;
    assert_eq!(form.status, StatusCode::OK);
    let mut fields = form.form();
    for (name, value) in [
        ("enterprise", "莲城钧瓷工坊"),
        ("credit-code", "91350100M000100Y43"),
        ("contact", "经办人"),
        ("telephone", "0374-8000000"),
        ("studio", "莲城工作室"),
        ("title-level", "provincial"),
        ("title-date", "2019-05-01"),
        ("sales", "2,000,000"),
        ("once", "yes"),
    ]
    .iter()
    .chain(changes)
    {
        fields.insert((*name).to_owned(), (*value).to_owned());
    }
    fields.into_iter().collect()
}

fn pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_reads_the_zone_applies_and_follows_its_case() {
    let city = City::sqlite().await;
    let enterprise = city.browser();
    let home = enterprise.get("/d/411081").await;
    assert!(home.attributes("a", "href").iter().any(|to| to == "/d/411081/zones/jun-porcelain"), "{}", home.body);
    let zone = enterprise.get("/d/411081/zones/jun-porcelain").await;
    assert!(zone.body.contains("大师工作室"), "the zone holds what the plugin gave");
    assert!(zone.attributes("a", "href").iter().any(|to| to == AWARD));

    let fields = filled(&enterprise, &[]).await;
    let opened = enterprise.post(AWARD, &pairs(&fields)).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    let address = opened.location().unwrap();
    let number = address.strip_prefix("/cases/").unwrap();
    assert_eq!(number.len(), 25);
    let case = enterprise.get(&address).await;
    assert_eq!(case.status, StatusCode::OK);
    assert!(case.body.contains(number) && case.body.contains("50,000"), "the plugin's own words are there");
    let secret = case.texts("dl.keep dd").into_iter().nth(1).unwrap();

    let elsewhere = city.browser();
    let asked = elsewhere.get(&address).await;
    assert!(!asked.body.contains("莲城钧瓷工坊"), "a number alone shows nothing");
    let wrong = elsewhere.post(&address, &[("secret", "0000-0000-0000")]).await;
    assert!(!wrong.status.is_success() || !wrong.body.contains("莲城钧瓷工坊"));
    let typed = secret.to_lowercase().replace('-', " ");
    let followed = elsewhere.post_and_follow(&address, &[("secret", &typed)]).await;
    assert_eq!(followed.status, StatusCode::OK);
    assert!(followed.body.contains("已提交"), "{}", followed.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_form_comes_back_with_every_error_beside_its_field_and_nothing_lost() {
    let city = City::sqlite().await;
    let browser = city.browser();
    let fields = filled(&browser, &[("credit-code", "91350100M00010Y043"), ("sales", "viel"), ("studio", "莲")]).await;
    let back = browser.post(AWARD, &pairs(&fields)).await;
    assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(back.texts(".field .error").len(), 3, "{:?}", back.texts(".field .error"));
    assert_eq!(back.texts(".errors li a").len(), 3, "and all of them above, as links");
    let shown = back.form();
    for name in ["enterprise", "credit-code", "studio", "sales", "title-date", "title-level", "once"] {
        let sent = fields.iter().find(|(field, _)| field == name).map(|(_, value)| value);
        assert_eq!(shown.get(name), sent, "{name}");
    }
    // What only the plugin's own rule knows comes back the same way.
    let poor = filled(&browser, &[("sales", "1,999,999.99")]).await;
    let back = browser.post(AWARD, &pairs(&poor)).await;
    assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(back.texts(".field .error")[0].contains("2,000,000"), "{:?}", back.texts(".field .error"));
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_submissions_of_one_form_make_one_case() {
    let city = City::sqlite().await;
    let browser = city.browser();
    let fields = filled(&browser, &[]).await;
    let mut clicks = Vec::new();
    for _ in 0..20 {
        let (browser, fields) = (browser.clone(), fields.clone());
        clicks.push(tokio::spawn(async move { browser.post(AWARD, &pairs(&fields)).await.location().unwrap() }));
    }
    let mut addresses = Vec::new();
    for click in clicks {
        addresses.push(click.await.unwrap());
    }
    assert!(addresses.iter().all(|address| *address == addresses[0]), "{addresses:?}");
    let again = filled(&browser, &[]).await;
    assert_ne!(
        browser.post(AWARD, &pairs(&again)).await.location().unwrap(),
        addresses[0],
        "another form, another case"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_nobodys_making_is_shown_again_with_what_was_typed() {
    let city = City::sqlite().await;
    let browser = city.browser();
    let forged = "0".repeat(80);
    let fields = filled(&browser, &[("_token", &forged)]).await;
    let back = browser.post(AWARD, &pairs(&fields)).await;
    assert!(back.status.is_client_error(), "{}", back.status);
    assert_eq!(back.form().get("enterprise").map(String::as_str), Some("莲城钧瓷工坊"));
    assert_ne!(back.form().get("_token"), Some(&forged));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_applicant_withdraws_and_a_second_attempt_is_told_what_happened() {
    let city = City::sqlite().await;
    let browser = city.browser();
    let fields = filled(&browser, &[]).await;
    let address = browser.post(AWARD, &pairs(&fields)).await.location().unwrap();
    let act = format!("{address}/actions/withdraw");
    let first = browser.post_and_follow(&act, &[("revision", "1"), ("reason", "")]).await;
    assert!(first.body.contains("已撤回"), "{}", first.body);
    let second = browser.post(&act, &[("revision", "1"), ("reason", "")]).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    assert!(second.body.contains("已撤回"), "and sees how it stands");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_plugin_costs_its_own_part_and_nothing_else() {
    let city = City::sqlite().await;
    city.activate_guest("hostile", "411002").await;
    let browser = city.browser();
    for zone in ["trap", "loop", "memory", "output", "calls", "deep", "sleep"] {
        let started = Instant::now();
        let page = browser.get(&format!("/d/411002/zones/{zone}")).await;
        assert!(started.elapsed() < Duration::from_secs(10), "{zone}");
        assert_eq!(page.status, StatusCode::OK, "{zone}");
        assert!(page.body.contains("0374-8000999"), "{zone}: the manifest's fallback stands in");
        let next = browser.get("/d/411002/zones/calm").await;
        assert!(next.body.contains("calm is calm"), "after {zone} the next request is served");
    }
    let refused = browser.get("/d/411002/zones/refuse").await;
    assert!(refused.body.contains("不在服务范围内"), "{}", refused.body);
    let other = browser.get("/d/411081/zones/jun-porcelain").await;
    assert!(other.body.contains("大师工作室"), "another district has not noticed");
    let metrics = browser.get("/metrics").await.body;
    assert!(metrics.contains("timed-out") && metrics.contains("411002"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_traps_loses_nothing_that_was_typed() {
    let city = City::sqlite().await;
    city.activate_guest("hostile", "411002").await;
    let browser = city.browser();
    for service in ["trap", "loop"] {
        let path = format!("/d/411002/services/{service}");
        let form = browser.get(&path).await;
        let token = form.form().remove("_token").unwrap();
        let back = browser.post(&path, &[("_token", &token), ("word", "荷花")]).await;
        assert_eq!(back.status, StatusCode::SERVICE_UNAVAILABLE, "{service}");
        assert!(back.body.contains("0374-8000999"), "{service}");
        assert_eq!(back.form().get("word").map(String::as_str), Some("荷花"), "{service}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_speaks_both_languages_and_says_who_it_is() {
    let city = City::sqlite().await;
    let browser = city.browser();
    let code = city.platform.items(&lotus_domain::district::Division::parse("411081").unwrap())[0].item.code.clone();
    let pages = [
        "/".to_owned(),
        "/d/411081".to_owned(),
        "/d/411081/items".to_owned(),
        "/d/411081/items?q=营业执照".to_owned(),
        format!("/d/411081/items/{code}"),
        "/d/411081/zones".to_owned(),
        "/d/411081/zones/jun-porcelain".to_owned(),
        "/d/411081/services".to_owned(),
        AWARD.to_owned(),
        "/cases".to_owned(),
        "/d/411082".to_owned(),
    ];
    for path in &pages {
        let join = if path.contains('?') { '&' } else { '?' };
        for (language, tag) in [("zh", "zh-CN"), ("en", "en")] {
            let page = browser.get(&format!("{path}{join}lang={language}")).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert_eq!(page.attributes("html", "lang"), [tag], "{path}");
            assert_eq!(page.header("content-language"), tag, "{path}");
            assert_eq!(page.texts("main h1").len(), 1, "{path} has one title");
            assert!(!page.body.contains("Unknown localization"), "{path} {language}");
            assert!(page.header("content-security-policy").contains("default-src 'none'"), "{path}");
            assert!(!page.header("x-request-id").is_empty(), "{path}");
            assert!(page.attributes("[style]", "style").is_empty(), "{path} has no inline style");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_says_so_with_a_next_step_to_people_and_as_a_problem_to_programs() {
    let city = City::sqlite().await;
    let browser = city.browser();
    for path in [
        "/nowhere",
        "/d/999999",
        "/d/abc",
        "/d/411081/items/NONE",
        "/d/411081/zones/none",
        "/d/411081/zones/jun-porcelain/none",
        "/d/411081/services/none",
        "/d/411082/zones/jun-porcelain",
        "/cases/NOT-A-NUMBER",
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.header("content-type").starts_with("text/html"), "{path}");
        assert!(!page.attributes("main a", "href").is_empty(), "{path} leads on");
    }
    for path in ["/api/v1/nothing", "/api/v1/districts/999999", "/api/v1/districts/411081/zones/none"] {
        let problem = browser.get(path).await;
        assert_eq!(problem.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(problem.header("content-type"), "application/problem+json", "{path}");
        assert_eq!(problem.json()["status"], 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_finds_what_people_call_it_and_nothing_for_nonsense() {
    let city = City::sqlite().await;
    let program = city.browser();
    let found = async |query: &str| {
        let request = program.request("GET", "/api/v1/districts/411081/items").query(&[("q", query)]);
        program.send(request).await.json().to_string()
    };
    for (query, name) in [
        ("残疾人证办理", "残疾人证办理"),
        ("残疾证", "残疾人证办理"),
        ("企业开办", "企业开办一件事"),
        ("disability card", "残疾人证办理"),
        ("XC01003-411081", "食品经营许可"),
    ] {
        let answer = found(query).await;
        assert!(answer.contains(name), "{query}: {answer:.300}");
    }
    assert!(!found("残疾证 火星").await.contains("残疾人证办理"), "every word must be answered");
    assert!(!found("火星移民签证").await.contains("食品经营许可"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_submits_and_follows_through_the_api() {
    let city = City::sqlite().await;
    let program = city.browser();
    let document = program.get("/api/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let zones = program.get("/api/v1/districts/411081/zones").await.json();
    assert!(zones.to_string().contains("jun-porcelain"));
    let service = program.get("/api/v1/districts/411081/services/studio-award").await.json();
    let token = service["token"].as_str().unwrap_or_else(|| panic!("{service}")).to_owned();
    let wrong = serde_json::json!({ "token": token, "values": { "enterprise": "莲" } });
    let path = "/api/v1/districts/411081/services/studio-award";
    let problem = program.send(program.request("POST", path).json(&wrong)).await;
    assert_eq!(problem.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", problem.body);
    assert!(problem.json()["errors"].as_array().unwrap().len() >= 5, "{}", problem.body);
    let right = serde_json::json!({ "token": token, "values": {
        "enterprise": "莲城钧瓷工坊", "credit-code": "91350100M000100Y43", "contact": "经办人",
        "telephone": "0374-8000000", "studio": "莲城工作室", "title-level": "provincial",
        "title-date": "2019-05-01", "sales": "2000000", "once": "yes",
    } });
    let opened = program.send(program.request("POST", path).json(&right)).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.body);
    let receipt = opened.json();
    let (number, secret) = (receipt["number"].as_str().unwrap(), receipt["secret"].as_str().unwrap());
    let follow = program.request("GET", &format!("/api/v1/cases/{number}")).header("Lotus-Case-Secret", secret);
    let case = program.send(follow).await;
    assert_eq!(case.status, StatusCode::OK, "{}", case.body);
    let blind = program.get(&format!("/api/v1/cases/{number}")).await;
    assert!(blind.status.is_client_error() && !blind.body.contains("莲城钧瓷工坊"));
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_postgres), ignore = "PostgreSQL is not installed: apt-get install postgresql")]
async fn while_the_database_is_away_pages_from_memory_are_served_and_nothing_is_lost() {
    let server = lotus_test_services::postgres::Server::quick().unwrap();
    let city = City::postgres(&server).await;
    let browser = city.browser();
    let fields = filled(&browser, &[]).await;
    server.stop().unwrap();
    assert_eq!(browser.get("/d/411081").await.status, StatusCode::OK);
    assert_eq!(browser.get("/d/411081/zones/jun-porcelain").await.status, StatusCode::OK);
    assert_eq!(browser.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(browser.get("/healthz").await.status, StatusCode::OK);
    let away = browser.post(AWARD, &pairs(&fields)).await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE, "{}", away.body);
    server.start().unwrap();
    let opened = browser.post(AWARD, &pairs(&fields)).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    assert_eq!(browser.get("/readyz").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_postgres), ignore = "PostgreSQL is not installed: apt-get install postgresql")]
async fn what_is_activated_on_one_replica_is_served_by_the_other_within_moments() {
    let city = City::postgres(lotus_test_services::postgres::server()).await;
    let replica = city.replica().await;
    let browser = replica.browser();
    assert_eq!(browser.get("/d/411002/zones/calm").await.status, StatusCode::NOT_FOUND);
    city.activate_guest("hostile", "411002").await;
    let mut waited = 0;
    while browser.get("/d/411002/zones/calm").await.status != StatusCode::OK {
        waited += 1;
        assert!(waited < 100, "the other replica never noticed");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let opened = city.browser();
    let form = opened.get("/d/411002/services/calm").await;
    let token = form.form().remove("_token").unwrap();
    let to = opened.post("/d/411002/services/calm", &[("_token", &token), ("word", "荷花")]).await.location().unwrap();
    assert_eq!(browser.get(&to).await.status, StatusCode::OK, "a case of one replica is the other's too");
}
