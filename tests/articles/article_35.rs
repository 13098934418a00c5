//! Article 35: an invited supervisor's opinion is answered, done again where it didn't satisfy, and public; an outside body
//! asks a sample that anybody can draw again from the published numbers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

use std::collections::BTreeMap;
use std::time::Duration;

use lotus_articles::{applied_by, state, step};
use lotus_domain::chain::Hash;
use lotus_domain::evaluation::{Named, draw, population_file};
use lotus_journeys::{Answer, Browser, City, Gateway};
use reqwest::StatusCode;

const DESK: &str = "/staff/d/411081/supervision";
const MARKET: &str = "市场监督管理局";
const FOOD_LICENCE: &str = "XC01003-411081";

/// What somebody does at their own case's page.
async fn says(browser: &Browser, number: &str, action: &str, reason: &str) -> Answer {
    let page = browser.get(&format!("/me/cases/{number}")).await;
    let revision = page.attributes("input[name=revision]", "value").remove(0);
    let path = format!("/me/cases/{number}/actions/{action}");
    browser.post_and_follow(&path, &[("revision", &revision), ("reason", reason)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisors_opinion_is_answered_done_again_and_made_public() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let supervisor = city.sign_in("yuzhou-supervisor").await;
    let head = city.sign_in("yuzhou-market-head").await;
    let elsewhere = supervisor.get("/staff/d/411082/supervision").await;
    assert!(!elsewhere.status.is_success(), "another district's supervisor is not ours");
    assert!(!city.sign_in("yuzhou-market").await.get(DESK).await.status.is_success());

    // A visit without findings is refused beside its field; one with them is written down.
    let visit = [("sort", "unannounced"), ("day", "2026-03-02"), ("place", "二楼市场监管窗口"), ("findings", "")];
    let refused = supervisor.post(&format!("{DESK}/visits"), &visit).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.attributes(".errors a", "href").contains(&"#findings".to_owned()), "{}", refused.body);
    let found = "取号机停用，排队无人引导，等候约四十分钟。";
    let visit = [&visit[..3], &[("findings", found)]].concat();
    assert_eq!(supervisor.post(&format!("{DESK}/visits"), &visit).await.status, StatusCode::SEE_OTHER);

    let page = supervisor.get(DESK).await;
    assert!(page.body.contains(found));
    let token = page.attributes("input[name=_token]", "value").remove(0);
    let visits = page.attributes("#visit option", "value");
    let visit = visits.iter().find(|value| !value.is_empty()).unwrap();
    let opinion = [
        ("_token", token.as_str()),
        ("visit", visit),
        ("department", MARKET),
        ("title", "取号机停用无人引导"),
        ("text", "建议安排引导员，三日内修复取号机，联系 13900000001。"),
    ];
    let path = format!("{DESK}/opinions");
    let given = supervisor.post(&path, &opinion).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.body);
    let number = given.location().unwrap().trim_start_matches("/me/cases/").to_owned();
    assert_eq!(&number[14..16], "49");
    assert_eq!(supervisor.post(&path, &opinion).await.location(), given.location(), "twice is once");

    // The department answers; the supervisor isn't satisfied; it answers again.
    let handler = city.sign_in("yuzhou-market").await;
    assert!(handler.get("/staff/d/411081").await.body.contains(&number));
    assert!(head.get("/me/messages").await.body.contains(&number), "whoever answers for it is told");
    step(&handler, &number, "take", "").await;
    step(&handler, &number, "answer", "已安排引导员一名。").await;
    says(&supervisor, &number, "object", "取号机仍未修复").await;
    assert_eq!(state(&handler, &number).await, "不满意，待复办");
    step(&handler, &number, "answer", "取号机已于3月3日修复并恢复使用。").await;
    says(&supervisor, &number, "accept", "").await;
    assert_eq!(state(&handler, &number).await, "满意办结");

    // Public with its answer, and without the telephone number that stood in it.
    let public = "/d/411081/supervisors";
    assert!(!city.browser().get(public).await.body.contains("取号机已于3月3日修复"));
    let published = head.post(&format!("/staff/cases/{number}/opinion/publish"), &[]).await;
    assert_eq!(published.status, StatusCode::SEE_OTHER, "{}", published.body);
    let page = city.browser().get(public).await;
    assert!(page.body.contains("取号机已于3月3日修复"), "{}", page.body);
    assert!(!page.body.contains("13900000001"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opinion_that_nobody_takes_up_is_on_the_officers_board() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let supervisor = city.sign_in("yuzhou-supervisor").await;
    let token = supervisor.get(DESK).await.attributes("input[name=_token]", "value").remove(0);
    let opinion = [
        ("_token", token.as_str()),
        ("department", MARKET),
        ("title", "窗口午间无人"),
        ("text", "公示的午间延时服务没有落实。"),
    ];
    let given = supervisor.post(&format!("{DESK}/opinions"), &opinion).await;
    let number = given.location().unwrap().trim_start_matches("/me/cases/").to_owned();
    city.set("2026-03-06T09:00:00+08:00");
    let officer = city.sign_in("supervision").await;
    let board = lotus_articles::until(&officer, "/staff/d/411081/board", |page| page.body.contains(&number)).await;
    assert!(board.body.contains(&number), "{}", board.body);
}

/// The links that came to people's telephones.
async fn links(gateway: &Gateway, at_least: usize) -> BTreeMap<String, String> {
    for _ in 0..150 {
        let found: BTreeMap<String, String> = gateway
            .taken()
            .into_values()
            .filter_map(|one| {
                let (_, rest) = one.text.split_once("/e/")?;
                let secret: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
                Some((one.to, format!("/e/{secret}")))
            })
            .collect();
        if found.len() >= at_least {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    BTreeMap::new()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outside_body_asks_a_sample_that_anybody_draws_again_and_reports() {
    let gateway = Gateway::start().await;
    let city = City::telling("2026-03-03T09:00:00+08:00", &gateway).await;
    let clerk = city.sign_in("yuzhou-clerk").await;
    let mut numbers = Vec::new();
    for identity in ["11010519491231002X", "110105199003070025", "110105194912310038"] {
        numbers.push(ended(&city, &clerk, identity).await);
    }
    let officer = city.sign_in("supervision").await;
    let plan = [
        ("title", "上半年企业开办评估"),
        ("body", "演示评估机构"),
        ("district", "411081"),
        ("kind", "application"),
        ("from", "2026-03-01"),
        ("to", "2026-03-31"),
        ("size", "1"),
        ("questions", "量表|办理是否方便？\n单选|跑了几次？|一次；两次；更多\n问答|还有什么建议？"),
    ];
    let wrong: Vec<_> =
        plan.iter().map(|&(name, value)| (name, if name == "questions" { "填空|什么" } else { value })).collect();
    let refused = officer.post("/staff/evaluations", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    assert!(refused.body.contains("第1行"), "{}", refused.body);
    let planned = officer.post("/staff/evaluations", &plan).await;
    assert_eq!(planned.status, StatusCode::SEE_OTHER, "{}", planned.body);
    let staffs = planned.location().unwrap();
    let public = staffs.replace("/staff", "");
    let commitment = city.browser().get(&public).await.texts("#commitment").remove(0);
    assert!(city.browser().get(&public).await.texts("#seed").is_empty(), "the seed is not known yet");
    let drawn = officer.post(&format!("{staffs}/draw"), &[]).await;
    assert_eq!(drawn.status, StatusCode::SEE_OTHER, "{}", drawn.body);

    // An outsider, with the published numbers alone.
    let outsider = city.browser();
    let page = outsider.get(&public).await;
    let seed = page.texts("#seed").remove(0);
    assert_eq!(Hash::of(seed.as_bytes()).to_string(), commitment);
    let read = |csv: &str| -> Vec<Named> {
        let rows = csv.lines().filter_map(|line| line.split_once(','));
        rows.map(|(stratum, name)| Named { stratum: stratum.to_owned(), name: name.to_owned() }).collect()
    };
    let population = outsider.get(&format!("{public}/population.csv")).await.body;
    let names = read(&population);
    assert_eq!(names.len(), numbers.len(), "{population}");
    assert_eq!(Hash::of(population_file(&names).as_bytes()).to_string(), page.texts("#snapshot").remove(0));
    assert_eq!(draw(&seed, &names, 1), read(&outsider.get(&format!("{public}/sample.csv")).await.body));
    for number in &numbers {
        assert!(!population.contains(number.as_str()) && !page.body.contains(number.as_str()), "nobody is named");
    }
    officer.post(&format!("{staffs}/draw"), &[]).await;
    assert_eq!(outsider.get(&public).await.texts("#seed").remove(0), seed, "it is not drawn again");

    // Whoever was drawn answers once, by their link.
    let (_, link) = links(&gateway, 1).await.pop_first().unwrap();
    let asked = outsider.get(&link).await;
    assert!(asked.body.contains("办理是否方便"), "{}", asked.body);
    let fields = asked.attributes("main form [name]", "name");
    let answer = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut typed = asked.form();
    for name in fields {
        let values = asked.attributes(&format!("main form [name={name}][type=radio]"), "value");
        let value = values.first().cloned().unwrap_or_else(|| "增加自助机".to_owned());
        typed.extend([answer(&name, &value)]);
    }
    let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let thanked = outsider.post(&link, &typed).await;
    assert!(thanked.status.is_success(), "{}", thanked.body);
    assert!(!outsider.get(&link).await.body.contains("还有什么建议"), "a link is good once");

    // The report.
    assert_eq!(officer.post(&format!("{staffs}/close"), &[]).await.status, StatusCode::SEE_OTHER);
    assert!(!outsider.get(&format!("{public}/report.pdf")).await.status.is_success());
    let finding = [("division", "411081"), ("department", MARKET), ("words", "申请人普遍反映需要多次到场。")];
    let found = officer.post(&format!("{staffs}/findings"), &finding).await;
    assert_eq!(found.status, StatusCode::SEE_OTHER, "{}", found.body);
    assert_eq!(officer.post(&format!("{staffs}/publish"), &[]).await.status, StatusCode::SEE_OTHER);
    let public_page = outsider.get(&public).await;
    assert!(public_page.body.contains("申请人普遍反映需要多次到场"), "{}", public_page.body);
    if cfg!(has_chinese_font) {
        let report = outsider.get(&format!("{public}/report.pdf")).await;
        assert_eq!(report.status, StatusCode::OK, "{}", report.body);
        assert_eq!(report.header("content-type"), "application/pdf");
    }
    let handler = city.sign_in("yuzhou-market").await;
    let list = handler.get("/staff/d/411081").await;
    assert!(list.texts("tbody th .number").iter().any(|number| &number[14..16] == "50"), "{}", list.body);
}

/// An application of somebody that has come to its end.
async fn ended(city: &City, clerk: &Browser, identity: &str) -> String {
    let applicant = city.browser();
    let number = applied_by(&applicant, "411081", FOOD_LICENCE, identity).await;
    step(clerk, &number, "pre-review", "").await;
    step(clerk, &number, "not-accept", "不属于本机关职权范围").await;
    number
}
