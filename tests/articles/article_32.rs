//! Article 32: intermediaries are listed, disclosed, watched and put off the list; nobody is steered to one; and who is
//! selected follows from the owner's choice, from sealed quotes or from a draw that an outsider computes again.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests can't go on")]

use std::collections::BTreeSet;
use std::path::Path;

use lotus_articles::{state, step, until};
use lotus_domain::text::Text;
use lotus_journeys::{Answer, Browser, City};
use lotus_test_services::python;
use reqwest::StatusCode;
use serde_json::{Value, json};

const LIST: &str = "/d/411081/intermediaries";
const STAFF: &str = "/staff/d/411081/intermediaries";
/// Three of the demonstration's list that review drawings in 禹州, and a fourth.
const BIDDERS: [&str; 4] = ["91411081DEMB00001B", "91411081DEMB00013J", "91411025DEMB00025N", "91411000DEMB00049X"];
/// The agent's organisation that is on no list.
const NEWCOMER: &str = "91411081DEMB00091L";

/// A monday morning.
async fn city() -> City {
    City::at("2026-03-02T09:00:00+08:00").await
}

/// The intermediaries' agent, acting for one of them.
async fn agent(city: &City, code: &str) -> Browser {
    let agent = city.sign_in("intermediary").await;
    assert_eq!(agent.post("/me/act-for", &[("credit_code", code)]).await.status, StatusCode::SEE_OTHER);
    agent
}

/// Sends a page's form with these fields filled in.
async fn fill(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let mut form = page.form();
    for (name, value) in fields {
        form.insert((*name).to_owned(), (*value).to_owned());
    }
    let sent: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(path, &sent).await
}

/// Publishes a need for a review of drawings; its number.
async fn need(owner: &Browser, way: &str) -> String {
    let fields = [
        ("service", "drawing-review"),
        ("title", "演示厂房施工图审查"),
        ("details", "两层厂房，建筑面积 2000 平方米。"),
        ("way", way),
        ("ceiling", "8000"),
        ("days", "20"),
        ("contribution", "owner2026"),
    ];
    let published = fill(owner, "/d/411081/selections/new", &fields).await;
    assert_eq!(published.status, StatusCode::SEE_OTHER, "{}", published.body);
    published.location().unwrap().trim_start_matches("/selections/").to_owned()
}

/// A selection as anybody reads it.
async fn public(city: &City, number: &str) -> Value {
    city.browser().get(&format!("/api/v1/selections/{number}")).await.json()
}

async fn sign_up(city: &City, code: &str, number: &str, quote: &str, contribution: &str) -> Answer {
    let agent = agent(city, code).await;
    agent.post(&format!("/selections/{number}/sign-up"), &[("quote", quote), ("contribution", contribution)]).await
}

/// Waits until the platform has brought a selection to a state by itself.
async fn comes_to(city: &City, number: &str, wanted: &str) -> Value {
    let path = format!("/api/v1/selections/{number}");
    let page = until(&city.browser(), &path, |page| page.json()["state"] == wanted).await;
    assert_eq!(page.json()["state"], wanted, "{}", page.body);
    page.json()
}

/// What the outsider's program says of what is published.
fn outsider(selection: &Value) -> python::Said {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("draw/verify.py");
    python::run(&script, &selection.to_string()).unwrap()
}

fn codes(all: &Value) -> Vec<String> {
    all.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_registers_is_verified_made_public_and_published_and_a_mistake_is_refused_with_its_reason() {
    let city = city().await;
    let agent = agent(&city, NEWCOMER).await;
    let path = format!("{LIST}/file/register");
    let fields = [
        ("telephone", "0374-2990091"),
        ("address", "禹州市演示路 91 号"),
        ("services", "drawing-review"),
        ("districts", "411081"),
        ("conditions", "图纸齐全。"),
        ("process", "接收图纸\n审查\n交付"),
        ("days", "8"),
        ("fee", "每平方米 2 元"),
        ("fee-basis", "市场调节价"),
        ("statement", "申请入驻。"),
        ("truth", "yes"),
    ];
    let unqualified = fill(&agent, &path, &fields).await;
    assert_eq!(unqualified.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unqualified.body.contains("需要在有效期内的资质"), "{}", unqualified.body);
    let held =
        [("qualification", "施工图设计文件审查机构资格"), ("certificate", "演示-091"), ("valid-until", "2028-12-31")];
    let fields: Vec<_> = fields.into_iter().chain(held).collect();
    let filed = fill(&agent, &path, &fields).await;
    assert_eq!(filed.status, StatusCode::SEE_OTHER, "{}", filed.body);
    let number = filed.location().unwrap().trim_start_matches("/cases/").to_owned();
    assert_eq!(agent.get(&path).await.status, StatusCode::FORBIDDEN, "one at a time");

    let handler = city.sign_in("yuzhou-handler").await;
    assert!(handler.get(STAFF).await.body.contains(&number), "staff find what is to be verified");
    step(&handler, &number, "verify", "").await;
    step(&handler, &number, "announce", "").await;
    let anybody = city.browser();
    let listed = format!("{LIST}/{NEWCOMER}");
    assert_eq!(anybody.get(&listed).await.status, StatusCode::NOT_FOUND, "not before nobody has objected");
    assert!(anybody.get(LIST).await.texts("#publicity ~ ul li").concat().contains("禹州莲新工程咨询有限公司"));
    city.set("2026-03-10T09:00:00+08:00");
    let page = until(&anybody, &listed, |page| page.status == StatusCode::OK).await;
    assert_eq!(page.texts(".status-state"), ["在册"], "{}", page.body);
    for disclosed in [NEWCOMER, "每平方米 2 元", "市场调节价", "图纸齐全。", "8 个工作日", "演示-091"]
    {
        assert!(page.body.contains(disclosed), "{disclosed}");
    }

    // Exit is a case too, and another time it is refused.
    let agent = self::agent(&city, NEWCOMER).await;
    let exit = format!("{LIST}/file/exit");
    let filed = fill(&agent, &exit, &[("statement", "业务调整。"), ("truth", "yes")]).await;
    let number = filed.location().unwrap().trim_start_matches("/cases/").to_owned();
    let handler = city.sign_in("yuzhou-handler").await;
    step(&handler, &number, "refuse", "合同尚未履行完毕。").await;
    assert_eq!(state(&handler, &number).await, "不予登记");
    assert!(agent.get(&format!("/me/cases/{number}")).await.body.contains("合同尚未履行完毕。"), "with the reason");
    assert_eq!(anybody.get(&listed).await.texts(".status-state"), ["在册"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_chooses_directly_and_what_comes_late_and_badly_stands_in_the_credit_record() {
    let city = city().await;
    let owner = city.sign_in("citizen").await;
    let number = need(&owner, "direct").await;
    let page = owner.get(&format!("/selections/{number}")).await;
    let offered = page.attributes("input[name=code]", "value");
    assert!(BIDDERS[..3].iter().all(|code| offered.contains(&(*code).to_owned())), "{offered:?}");
    let choose = format!("/selections/{number}/choose");
    let stranger = city.sign_in("agent").await;
    assert_eq!(stranger.post(&choose, &[("code", BIDDERS[0])]).await.status, StatusCode::FORBIDDEN);
    let elsewhere = owner.post(&choose, &[("code", "91411000DEMB000024")]).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN, "somebody who does something else");
    assert_eq!(owner.post(&choose, &[("code", BIDDERS[0])]).await.status, StatusCode::SEE_OTHER);
    let contract = format!("/selections/{number}/contract");
    let dear = owner.post(&contract, &[("fee", "9000"), ("due", "2026-03-10")]).await;
    assert_eq!(dear.status, StatusCode::FORBIDDEN, "above the ceiling");
    assert_eq!(owner.post(&contract, &[("fee", "7800"), ("due", "2026-03-10")]).await.status, StatusCode::SEE_OTHER);

    // Nobody delivers. It is written down once, whether or not it comes at last.
    city.set("2026-03-12T09:00:00+08:00");
    let anybody = city.browser();
    let one = format!("{LIST}/{}", BIDDERS[0]);
    let page = until(&anybody, &one, |page| page.body.contains(&number)).await;
    assert!(page.body.contains("逾期交付") && page.body.contains(&number), "with its evidence");
    assert_eq!(page.texts(".status-state"), ["在册"], "once is no pattern");
    let agent = agent(&city, BIDDERS[0]).await;
    assert_eq!(agent.post(&format!("/selections/{number}/deliver"), &[]).await.status, StatusCode::SEE_OTHER);
    let owner = city.sign_in("citizen").await;
    let case = owner.get(&format!("/me/cases/{number}")).await;
    let revision = case.attributes("input[name=revision]", "value").remove(0);
    owner.post(&format!("/me/cases/{number}/actions/accept"), &[("revision", &revision)]).await;
    let rated = owner.post(&format!("/selections/{number}/rate"), &[("grade", "5"), ("words", "错漏很多")]).await;
    assert_eq!(rated.status, StatusCode::SEE_OTHER, "{}", rated.body);
    let page = anybody.get(&one).await;
    assert_eq!(page.texts(".status-state"), ["警示"], "two and two points");
    assert_eq!(page.body.matches("逾期交付").count() - page.body.matches("逾期交付、差评").count(), 1, "once");
    assert!(!page.body.contains("错漏很多"), "what was said stays in the case");
    assert!(anybody.get(&format!("/selections/{number}")).await.body.contains("非常不满意"));
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_python), ignore = "Python is not installed: apt-get install python3-venv")]
async fn a_draw_is_committed_to_before_sign_up_and_an_outsider_computes_it_again_and_finds_every_change() {
    let city = city().await;
    let owner = city.sign_in("citizen").await;
    let number = need(&owner, "draw").await;
    let before = public(&city, &number).await;
    let commitment = before["rounds"][0]["commitment"].as_str().unwrap().to_owned();
    assert_eq!(commitment.len(), 64, "published before anybody could sign up");
    assert_eq!(before["rounds"][0]["seed"], Value::Null);
    let auditor = city.sign_in("auditor").await;
    assert!(auditor.get("/console/d/411081/audit").await.body.contains(&commitment), "and in the audit chain");

    for (code, contribution) in BIDDERS.iter().zip(["a1", "", "Zz9"]) {
        let signed = sign_up(&city, code, &number, "", contribution).await;
        assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.body);
    }
    assert_eq!(sign_up(&city, BIDDERS[0], &number, "", "b2").await.status, StatusCode::FORBIDDEN, "once");
    let other = sign_up(&city, NEWCOMER, &number, "", "").await;
    assert!(other.body.contains("不在中介机构名录中"), "{}", other.body);
    let open = public(&city, &number).await;
    assert_eq!((&open["bidders"], &open["rounds"][0]["entrants"]), (&json!([]), &json!([])), "nobody is seen yet");

    city.set("2026-03-05T17:00:01+08:00");
    let drawn = comes_to(&city, &number, "selected").await;
    assert_eq!(drawn["rounds"][0]["commitment"], commitment.as_str(), "the one from before");
    assert_eq!(codes(&drawn["rounds"][0]["entrants"]), ["91411025DEMB00025N", BIDDERS[0], BIDDERS[1]]);
    assert_eq!(drawn["rounds"][0]["owner"], "owner2026");
    let said = outsider(&drawn);
    assert!(said.holds && said.words.contains("holds"), "{}", said.words);
    let winner = drawn["chosen"].as_str().unwrap();
    assert!(said.words.contains(winner));

    // Whatever a host changes afterwards is found.
    let mut changes: Vec<(&str, Value)> = Vec::new();
    let mut change = |what, edit: &dyn Fn(&mut Value)| {
        let mut forged = drawn.clone();
        edit(&mut forged);
        assert_ne!(forged, drawn);
        changes.push((what, forged));
    };
    change("the seed", &|all| all["rounds"][0]["seed"] = json!("00".repeat(32)));
    change("the commitment", &|all| all["rounds"][0]["commitment"] = json!("00".repeat(32)));
    change("a contribution", &|all| all["rounds"][0]["entrants"][1]["contribution"] = json!("other"));
    change("the owner's", &|all| all["rounds"][0]["owner"] = json!(""));
    change("somebody left out", &|all| _ = all["rounds"][0]["entrants"].as_array_mut().unwrap().remove(0));
    change("a number", &|all| all["rounds"][0]["turns"][0]["number"] = json!("0123456789abcdef"));
    change("the winner", &|all| all["rounds"][0]["winners"][0] = json!(NEWCOMER));
    change("whoever is selected", &|all| all["chosen"] = json!(NEWCOMER));
    for (what, forged) in changes {
        let said = outsider(&forged);
        assert!(!said.holds, "{what}: {}", said.words);
    }

    // The page shows the same with a shell's commands, and the winner delivers.
    let page = city.browser().get(&format!("/selections/{number}")).await;
    assert!(page.body.contains(drawn["rounds"][0]["seed"].as_str().unwrap()));
    let check = city.browser().get(&format!("/selections/{number}/check")).await;
    assert_eq!(check.texts("pre.command").len(), 4, "commitment, list, key and one number");
    assert!(check.texts("pre.command").iter().all(|line| line.ends_with("| sha256sum")));
    assert!(check.texts("p.gives").contains(&commitment));
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_sqlite), ignore = "SQLite's shell is not installed: apt-get install sqlite3")]
#[cfg_attr(not(has_python), ignore = "Python is not installed: apt-get install python3-venv")]
async fn a_seed_that_is_not_revealed_is_seen_by_everybody_and_supervision_orders_another_round() {
    let city = city().await;
    let owner = city.sign_in("citizen").await;
    let number = need(&owner, "draw").await;
    for code in &BIDDERS[..2] {
        sign_up(&city, code, &number, "", "first").await;
    }
    let gone = format!("DELETE FROM selection_seed WHERE number = '{number}'");
    lotus_test_services::sqlite::run(&city.directory.path().join("lotus.db"), &gone).unwrap();
    city.set("2026-03-05T17:00:01+08:00");
    let closed = comes_to(&city, &number, "closed").await;
    assert_eq!(codes(&closed["rounds"][0]["entrants"]).len(), 2, "the list is out and can't be changed");
    assert!(city.browser().get(&format!("/selections/{number}")).await.body.contains("尚未揭示"));
    let handler = city.sign_in("yuzhou-handler").await;
    let redraw = format!("/staff/d/411081/selections/{number}/redraw");
    assert_eq!(handler.post(&redraw, &[("reason", "种子丢失")]).await.status, StatusCode::FORBIDDEN);
    city.set("2026-03-09T09:00:00+08:00");
    let officer = city.sign_in("supervision").await;
    let board = until(&officer, "/staff/d/411081/board", |board| board.body.contains(&number)).await;
    assert!(board.body.contains(&number), "it has a card");
    assert_eq!(officer.post(&redraw, &[("reason", "种子丢失，责令重新抽取")]).await.status, StatusCode::SEE_OTHER);
    let again = public(&city, &number).await;
    assert_eq!(again["state"], "published");
    assert_ne!(again["rounds"][0]["commitment"], again["rounds"][1]["commitment"]);
    assert_eq!(again["rounds"][0]["failed"], "种子丢失，责令重新抽取", "the round that failed stays");
    let late = sign_up(&city, BIDDERS[2], &number, "", "").await;
    assert_eq!(late.status, StatusCode::FORBIDDEN, "it is for those who signed up for the first");
    assert_eq!(sign_up(&city, BIDDERS[0], &number, "", "second").await.status, StatusCode::SEE_OTHER);
    city.set("2026-03-12T17:00:01+08:00");
    let drawn = comes_to(&city, &number, "selected").await;
    let contributions: Vec<&str> = drawn["rounds"][1]["entrants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["contribution"].as_str().unwrap())
        .collect();
    assert_eq!(contributions, ["second", ""], "what was given to the first round does not count");
    let said = outsider(&drawn);
    assert!(said.holds && said.words.contains("round 1: not revealed"), "{}", said.words);
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_python), ignore = "Python is not installed: apt-get install python3-venv")]
async fn the_lowest_quote_is_seen_after_the_closing_alone_and_equal_ones_are_drawn() {
    let city = city().await;
    let owner = city.sign_in("citizen").await;
    let number = need(&owner, "lowest-quote").await;
    assert_eq!(
        sign_up(&city, BIDDERS[0], &number, "8000.01", "").await.status,
        StatusCode::FORBIDDEN,
        "above the ceiling"
    );
    for (code, quote) in BIDDERS.iter().zip(["6200", "5800.50", "7000"]) {
        assert_eq!(sign_up(&city, code, &number, quote, "").await.status, StatusCode::SEE_OTHER);
    }
    let page = owner.get(&format!("/selections/{number}")).await;
    assert!(!page.body.contains("5,800.5") && !page.body.contains(BIDDERS[1]), "not even the owner");
    let tied = need(&owner, "lowest-quote").await;
    for (code, quote) in BIDDERS.iter().zip(["5000", "5000", "5001"]) {
        sign_up(&city, code, &tied, quote, "x").await;
    }
    city.set("2026-03-05T17:00:01+08:00");
    let closed = comes_to(&city, &number, "selected").await;
    assert_eq!(closed["chosen"], BIDDERS[1]);
    assert_eq!(closed["bidders"][2]["quote"], 580_050);
    let drawn = comes_to(&city, &tied, "selected").await;
    assert_eq!(codes(&drawn["rounds"][0]["entrants"]), [BIDDERS[0], BIDDERS[1]]);
    let said = outsider(&drawn);
    assert!(said.holds, "{}", said.words);
    let owner = city.sign_in("citizen").await;
    let contract = format!("/selections/{number}/contract");
    let more = owner.post(&contract, &[("fee", "5900"), ("due", "2026-03-10")]).await;
    assert_eq!(more.status, StatusCode::FORBIDDEN, "a contract costs no more than the quote");
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_python), ignore = "Python is not installed: apt-get install python3-venv")]
async fn where_credit_comes_first_a_short_list_is_drawn_and_the_owner_chooses_from_it_alone() {
    let city = city().await;
    let owner = city.sign_in("citizen").await;
    let number = need(&owner, "credit-first").await;
    for code in BIDDERS {
        assert_eq!(sign_up(&city, code, &number, "", "c").await.status, StatusCode::SEE_OTHER);
    }
    city.set("2026-03-05T17:00:01+08:00");
    let drawn = comes_to(&city, &number, "choosing").await;
    let short: Vec<&str> = drawn["short_list"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
    assert_eq!(short.iter().collect::<BTreeSet<_>>().len(), 3);
    let said = outsider(&drawn);
    assert!(said.holds, "{}", said.words);
    let owner = city.sign_in("citizen").await;
    let page = owner.get(&format!("/selections/{number}")).await;
    assert_eq!(page.attributes("input[name=code]", "value"), short, "in the order in which they were drawn");
    let left_out = BIDDERS.iter().find(|code| !short.contains(code)).unwrap();
    let choose = format!("/selections/{number}/choose");
    assert_eq!(owner.post(&choose, &[("code", left_out)]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(owner.post(&choose, &[("code", short[1])]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(public(&city, &number).await["chosen"], short[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_one_bidder_there_is_no_result() {
    let city = city().await;
    let owner = city.sign_in("citizen").await;
    let number = need(&owner, "draw").await;
    sign_up(&city, BIDDERS[0], &number, "", "alone").await;
    city.set("2026-03-05T17:00:01+08:00");
    let ended = comes_to(&city, &number, "no-result").await;
    assert_eq!(ended["chosen"], Value::Null);
    let page = city.browser().get(&format!("/selections/{number}")).await;
    assert!(page.body.contains("有效报名1家，不足2家"), "{}", page.body);
    assert!(sign_up(&city, BIDDERS[1], &number, "", "").await.body.contains("报名已截止"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugins_page_that_leads_to_one_intermediary_is_not_shown_and_the_operator_reads_which() {
    let city = city().await;
    city.activate_guest("hostile", "411081").await;
    let anybody = city.browser();
    let zone = "/d/411081/zones/steer";
    let fair = anybody.get(&format!("{zone}/fair")).await;
    assert!(fair.body.contains("请在中介服务名录中自主选择机构"), "{}", fair.body);
    for way in ["name", "spaced", "code", "site", "cut"] {
        let page = anybody.get(&format!("{zone}/{way}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("这一部分暂时无法显示"), "{way}: {}", page.body);
        for steering in ["莲和", "00001", "lotus-intermediary-01", "依法需要施工图审查"] {
            assert!(!page.body.contains(steering), "{way}: {steering}");
        }
    }
    let operator = city.sign_in("operator").await;
    let told = |page: &Answer| {
        let named = |block| {
            page.body.contains(&format!("block {block}: it names the intermediary 禹州莲和建筑施工图审查有限公司"))
        };
        named(2) && named(3)
    };
    let console = until(&operator, "/console", told).await;
    assert!(told(&console), "{:?}", console.texts("td.message"));
}

#[tokio::test(flavor = "multi_thread")]
async fn credit_falls_rung_by_rung_to_suspension_and_exit_and_comes_back_by_a_case() {
    let city = city().await;
    let handler = city.sign_in("yuzhou-handler").await;
    let event = |kind: &'static str, evidence: &'static str| {
        [("code", BIDDERS[0]), ("kind", kind), ("what", "业主投诉，经核查属实。"), ("evidence", evidence)]
    };
    let without = handler.post(STAFF, &event("complaint-upheld", "听说")).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY, "no evidence, no record");
    let citizen = city.sign_in("citizen").await;
    let denied = citizen.post(STAFF, &event("complaint-upheld", "核查通报〔2026〕1 号")).await;
    assert_eq!(denied.status, StatusCode::NOT_FOUND);
    let one = format!("{LIST}/{}", BIDDERS[0]);
    let anybody = city.browser();
    let stands = async |expected: &str| {
        let page = anybody.get(&one).await;
        assert_eq!(page.texts(".status-state"), [expected], "{}", page.body);
    };
    let record = async |browser: &Browser, kind, evidence| {
        let recorded = browser.post(STAFF, &event(kind, evidence)).await;
        assert_eq!(recorded.status, StatusCode::SEE_OTHER, "{}", recorded.body);
    };
    record(&handler, "complaint-upheld", "核查通报〔2026〕1 号").await;
    stands("警示").await;
    record(&handler, "complaint-upheld", "核查通报〔2026〕2 号").await;
    stands("暂停选取").await;
    let owner = city.sign_in("citizen").await;
    let number = need(&owner, "draw").await;
    let refused = sign_up(&city, BIDDERS[0], &number, "", "").await;
    assert!(refused.body.contains("暂停选取至 2026-05-31"), "{}", refused.body);
    let direct = need(&owner, "direct").await;
    let offered = owner.get(&format!("/selections/{direct}")).await.attributes("input[name=code]", "value");
    assert!(!offered.contains(&BIDDERS[0].to_owned()), "nobody can choose it");

    // One of them was a mistake: it is taken back in public, and the rung with it.
    let page = handler.get(STAFF).await;
    let id = page.attributes("form[action$='/withdraw'] input[name=id]", "value").remove(0);
    handler.post(&format!("{STAFF}/withdraw"), &[("id", &id), ("why", "复核后撤销。")]).await;
    stands("警示").await;
    record(&handler, "false-material", "处罚决定〔2026〕3 号").await;
    stands("已退出").await;
    let agent = agent(&city, BIDDERS[0]).await;
    let readmit = format!("{LIST}/file/readmit");
    let early = agent.get(&readmit).await;
    assert_eq!(early.status, StatusCode::FORBIDDEN);
    assert!(early.body.contains("2027-03-02"), "{}", early.body);

    city.set("2027-03-02T09:00:00+08:00");
    let agent = self::agent(&city, BIDDERS[0]).await;
    let filed = fill(
        &agent,
        &readmit,
        &[("statement", "已整改。"), ("truth", "yes"), ("services", "drawing-review"), ("districts", "411081")],
    )
    .await;
    assert_eq!(filed.status, StatusCode::SEE_OTHER, "{}", filed.body);
    let number = filed.location().unwrap().trim_start_matches("/cases/").to_owned();
    let handler = city.sign_in("yuzhou-handler").await;
    step(&handler, &number, "verify", "").await;
    step(&handler, &number, "announce", "").await;
    city.set("2027-03-10T09:00:00+08:00");
    let page = until(&anybody, &one, |page| page.texts(".status-state") == ["重新入驻"]).await;
    assert_eq!(page.texts(".status-state"), ["重新入驻"]);
    assert!(page.body.contains("处罚决定〔2026〕3 号"), "what was stays on record");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_in_another_order_for_each_visit_and_stays_while_one_pages_through_it() {
    let city = city().await;
    let all = async |browser: &Browser| {
        let mut codes = Vec::new();
        let mut next = Some("/d/411000/intermediaries".to_owned());
        while let Some(path) = next {
            let page = browser.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.body);
            assert!(page.body.contains("本次访问的顺序是随机的"));
            let links = page.attributes("main .rows h2 a", "href");
            codes.extend(links.iter().map(|link| link.rsplit('/').next().unwrap().to_owned()));
            next = page.attributes("a[rel=next]", "href").first().cloned();
        }
        codes
    };
    let (one, other) = (city.browser(), city.browser());
    let (first, again, second) = (all(&one).await, all(&one).await, all(&other).await);
    assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), 90, "everybody, once");
    assert_eq!(first, again, "the same while one is here");
    assert_ne!(first, second, "another for somebody else");
    let api = |order: &str| format!("/api/v1/districts/411000/intermediaries?order={order}");
    let (a, b) = (one.get(&api("0123456789abcdef")).await.json(), other.get(&api("0123456789abcdef")).await.json());
    assert_eq!(codes(&a["intermediaries"]), codes(&b["intermediaries"]), "who has the seed has the order");
    assert_eq!(a["found"], 90);
    let expelled = one.get("/api/v1/districts/411000/intermediaries?standing=exited").await.json();
    assert_eq!(expelled["found"], 3);
    let guide = one.get("/d/411081/items/XC01002-411081").await;
    assert!(guide.body.contains("intermediaries?service=drawing-review"), "a guide names the service");
    assert!(!guide.body.contains("有限公司"), "and nobody who offers it");
    let mut item = lotus_demo::city().unwrap().items.into_iter().find(|i| i.item.code == "XC01002-411081").unwrap();
    item.item.version += 1;
    item.item.intermediary_services = vec![Text::zh("施工图审查（禹州莲和建筑施工图审查有限公司）")];
    let refused = city.platform.item_publish(item.division.clone(), vec![item]).await.unwrap_err().to_string();
    assert!(refused.contains("XC01002-411081") && refused.contains(BIDDERS[0]), "{refused}");
}
