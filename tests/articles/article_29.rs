//! Article 29: zones that serve enterprises with policy, talent, finance, law, science and technology, as each district's
//! own plugins have it; and the page on which an enterprise finds its services, its policies and its last days there.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

use lotus_articles::{state, step};
use lotus_journeys::{Answer, Browser, City};
use reqwest::StatusCode;

const CHANGGE: &str = "/d/411082/services";
const YUZHOU: &str = "/d/411081/services";
const MINE: &str = "/me/d/411082/zones/equipment";
/// The enterprise in 长葛 that the demonstration's agent acts for.
const ENTERPRISE: &str = "91411082DEMA00002A";

/// Sends a service's form with these values, as its page offers it.
async fn submitted(browser: &Browser, path: &str, values: &[(&str, &str)]) -> Answer {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let token = page.attributes("input[name=_token]", "value").remove(0);
    let fields: Vec<(&str, &str)> = values.iter().copied().chain([("_token", token.as_str())]).collect();
    browser.post(path, &fields).await
}

/// What a maker of equipment writes when it applies for the upgrade subsidy.
const UPGRADE: [(&str, &str); 13] = [
    ("enterprise", "演示装备企业"),
    ("credit-code", ENTERPRISE),
    ("contact", "演示联系人"),
    ("telephone", "13900000002"),
    ("project", "数控加工线改造"),
    ("filing", "2503-411082-04-01-000001"),
    ("industry", "equipment"),
    ("investment", "9000000"),
    ("equipment", "6000000"),
    ("started", "2025-03-01"),
    ("finished", "2026-01-20"),
    ("machines", "数控龙门铣床 两台 六百万元"),
    ("effects", "capacity"),
];

async fn upgrade(browser: &Browser) -> String {
    let values: Vec<_> = UPGRADE.into_iter().chain([("visit", "yes")]).collect();
    let opened = submitted(browser, &format!("{CHANGGE}/technical-upgrade"), &values).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    opened.location().unwrap().trim_start_matches("/cases/").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_answers_at_once_or_refers_to_where_one_is_better_served() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let enterprise = city.browser();
    let answered = submitted(
        &enterprise,
        &format!("{CHANGGE}/recycled-metal"),
        &[("metal", "steel"), ("tonnes", "12000"), ("has", "permit")],
    )
    .await;
    assert_eq!(answered.status, StatusCode::OK);
    assert!(answered.body.contains("有必须立即整改的项目"), "the plugin's own page: {}", answered.body);

    let form = enterprise.get(&format!("{YUZHOU}/export-advice")).await;
    let mut values: Vec<(String, String)> = form.form().into_iter().filter(|(name, _)| name != "_token").collect();
    values.retain(|(name, _)| !["goods", "topics"].contains(&name.as_str()));
    for (name, value) in [
        ("enterprise", "演示钧瓷企业"),
        ("credit-code", "91411081DEMA00001Q"),
        ("contact", "演示联系人"),
        ("telephone", "13900000002"),
        ("goods", "old"),
        ("topics", "customs"),
        ("question", "祖上传下的钧瓷能否带出境外展出？"),
    ] {
        values.retain(|(known, _)| known != name);
        values.push((name.to_owned(), value.to_owned()));
    }
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let referred = submitted(&enterprise, &format!("{YUZHOU}/export-advice"), &values).await;
    assert_eq!(referred.status, StatusCode::OK, "{}", referred.body);
    assert!(referred.body.contains("可能属于文物"), "it says why");
    let links = referred.attributes("main a", "href");
    assert!(links.iter().any(|link| link.starts_with("https://www.ncha.gov.cn")), "and where to go: {links:?}");
    assert!(links.iter().any(|link| link == "/d/411081/zones/jun-porcelain"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_with_a_kind_of_its_own_runs_by_it_to_its_end() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let agent = acting(&city).await;
    let number = upgrade(&agent).await;
    let clerk = city.sign_in("changge-clerk").await;
    assert_eq!(state(&clerk, &number).await, "已提交");
    step(&clerk, &number, "accept", "").await;
    let handler = city.sign_in("changge-handler").await;
    step(&handler, &number, "inspect", "").await;
    let waits = agent.get(&format!("/me/cases/{number}")).await;
    assert!(waits.body.contains("现场核查"), "the district's own state");
    step(&handler, &number, "inspected", "").await;
    let head = city.sign_in("changge-head").await;
    step(&head, &number, "approve", "").await;
    assert_eq!(state(&head, &number).await, "公示");
    let timeline = agent.get(&format!("/me/cases/{number}")).await;
    assert!(timeline.body.contains("480,000"), "the plugin was asked and named the sum: {}", timeline.body);
    step(&handler, &number, "pay", "").await;
    assert_eq!(state(&handler, &number).await, "已拨付");
}

/// The agent, acting for the enterprise in 长葛.
async fn acting(city: &City) -> Browser {
    let agent = city.sign_in("agent").await;
    agent.post("/me/act-for", &[("credit_code", ENTERPRISE)]).await;
    agent
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_finds_its_services_its_policies_and_its_last_days_in_its_zone() {
    let city = City::at("2026-04-07T09:00:00+08:00").await;
    let nobody = city.browser();
    let zone = nobody.get("/d/411082/zones/equipment").await;
    assert!(zone.attributes("a", "href").contains(&MINE.to_owned()), "the zone leads to one's own page");
    let asked = nobody.get(MINE).await;
    assert!(asked.location().is_some_and(|to| to.starts_with("/sign-in")), "which is for whoever is signed in");

    let agent = acting(&city).await;
    let before = agent.get(MINE).await;
    assert_eq!(before.status, StatusCode::OK, "{}", before.body);
    assert!(before.body.contains("演示装备企业"), "it says for whom");
    assert!(before.texts(".own-cases li").is_empty(), "{}", before.body);
    let offers = before.attributes("#offers ~ ul a", "href");
    assert!(offers.contains(&format!("{CHANGGE}/technical-upgrade")), "what it offers an enterprise: {offers:?}");
    let matches = before.texts(".matches li");
    let green = matches.iter().find(|one| one.contains("绿色工厂奖励")).expect("its policy");
    assert!(green.contains("符合") && green.contains("300,000"), "{green}");
    let near = matches.iter().find(|one| !one.starts_with("符合")).expect("what is nearly met");
    assert!(near.chars().count() > 20, "and what it lacks: {near}");

    let number = upgrade(&agent).await;
    let begun = agent.post("/me/claims", &[("division", "411082"), ("policy", "green-factory")]).await;
    let claim = begun.location().unwrap();
    assert!(claim.starts_with("/me/claims/"), "{}", begun.body);
    let after = agent.get(MINE).await;
    let cases = after.attributes(".own-cases a", "href");
    assert_eq!(cases, [format!("/me/cases/{number}")]);
    let ends = after.texts(".ends li");
    let case = ends.iter().find(|end| end.contains("技术改造设备补助")).expect("the case's last day");
    assert!(case.contains("2026年5月") && case.contains("个工作日"), "in words: {case}");
    let consent = ends.iter().find(|end| end.contains("政策确认")).expect("the last day of consent");
    assert!(consent.contains("2026年5月7日"), "thirty days: {consent}");
    let links = after.attributes(".ends a", "href");
    assert!(links.contains(&claim) && links.contains(&format!("/me/cases/{number}")), "each leads there: {links:?}");

    // As oneself, nothing of the enterprise's is there.
    agent.post("/me/act-for", &[("credit_code", "")]).await;
    let oneself = agent.get(MINE).await;
    assert!(oneself.texts(".own-cases li").is_empty() && !oneself.body.contains(&claim), "{}", oneself.body);
    // And nobody else's page shows it, though they write the code into a form.
    let other = city.sign_in("citizen").await;
    upgrade(&other).await;
    let agent = acting(&city).await;
    let still = agent.get(MINE).await.attributes(".own-cases a", "href");
    assert_eq!(still, [format!("/me/cases/{number}")], "what another wrote down is not the enterprise's");
}
