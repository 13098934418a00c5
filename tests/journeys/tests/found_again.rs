//! Cases found again, taken away as a file and worked on by programs: in one's own district and department, and nowhere
//! else. Another district's case is not there: not in pages, not in the API, not in a search, not in an export.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests can't go on")]

use lotus_domain::access::{Held, Role};
use lotus_domain::district::Division;
use lotus_journeys::{Answer, Browser, City};
use reqwest::StatusCode;
use serde_json::{Value, json};

const YUZHOU: &str = "411081";
const CHANGGE: &str = "411082";
const CODE: &str = "91350100M000100Y43";

/// Somebody signed in with a ready account.
async fn signed_in(city: &City, subject: &str) -> Browser {
    let browser = city.browser();
    let answer = browser.post("/sign-in/ready", &[("subject", subject), ("then", "/me")]).await;
    assert_eq!(answer.location().as_deref(), Some("/me"), "{subject}: {}", answer.body);
    browser
}

/// An application for a studio's award in 禹州, by whoever has this browser; its number.
async fn submitted(browser: &Browser, contact: &str, telephone: &str) -> String {
    let path = format!("/d/{YUZHOU}/services/studio-award");
    let token = browser.get(&path).await.form().remove("_token").unwrap();
    let fields = [
        ("_token", token.as_str()),
        ("enterprise", "莲城钧瓷工坊"),
        ("credit-code", CODE),
        ("contact", contact),
        ("telephone", telephone),
        ("studio", "莲城工作室"),
        ("title-level", "provincial"),
        ("title-date", "2019-05-01"),
        ("sales", "2000000"),
        ("once", "yes"),
    ];
    let opened = browser.post(&path, &fields).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    opened.location().unwrap().trim_start_matches("/cases/").to_owned()
}

async fn search(browser: &Browser, division: &str, term: &str) -> Answer {
    browser.post(&format!("/staff/d/{division}/search"), &[("term", term)]).await
}

/// The numbers of the cases that a page of results lists.
fn listed(page: &Answer) -> Vec<String> {
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    page.texts("tbody .number")
}

/// A token of a district that its department head makes for these deeds.
async fn token(city: &City, prefix: &str, division: &str, deeds: &[&str]) -> String {
    let head = signed_in(city, &format!("{prefix}-head")).await;
    let mut fields = vec![("label", "program"), ("days", "30")];
    fields.extend(deeds.iter().map(|deed| ("deed", *deed)));
    let made = head.post(&format!("/console/d/{division}/tokens"), &fields).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    made.texts(".confirmation .number").remove(0)
}

/// Asks the API as a program does.
async fn api(city: &City, token: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
    let browser = city.browser();
    let request = browser.request(method, &format!("/api/v1/staff/{path}"));
    let request = request.header("authorization", format!("Bearer {token}"));
    browser.send(if let Some(body) = body { request.json(&body) } else { request }).await
}

/// The words of an error's page, without the request's own number.
fn words(page: &Answer) -> Vec<String> {
    page.texts("main h1, main p").into_iter().filter(|text| !text.starts_with("请求编号")).collect()
}

/// A problem without what differs from request to request.
fn problem(answer: &Answer) -> Value {
    assert!(answer.header("content-type").starts_with("application/problem+json"), "{}", answer.body);
    let mut problem = answer.json();
    for own in ["instance", "request_id"] {
        problem.as_object_mut().unwrap().remove(own);
    }
    problem
}

const ALL: [&str; 5] = ["see-worklist", "see-case", "move-case", "search-cases", "export-cases"];

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_found_by_number_person_and_enterprise_and_by_whose_account_it_is() {
    let city = City::sqlite().await;
    let citizen = signed_in(&city, "citizen").await;
    let mine = submitted(&citizen, "李莲花", "+86 138-0000-0000").await;
    let other = submitted(&city.browser(), "王瓷", "0374-8000000").await;
    let handler = signed_in(&city, "yuzhou-handler").await;
    for term in [mine.as_str(), &mine.to_lowercase(), "李莲花", "13800000000", "138 0000 0000"] {
        assert_eq!(listed(&search(&handler, YUZHOU, term).await), [mine.as_str()], "{term}");
    }
    let mut both = listed(&search(&handler, YUZHOU, CODE).await);
    both.sort();
    let mut expected = vec![mine.clone(), other.clone()];
    expected.sort();
    assert_eq!(both, expected);
    // What was never typed into the case: the account's own name, number and telephone.
    let profile = city.platform.ready_accounts().iter().find(|ready| ready.vouched.subject == "citizen").unwrap();
    let profile = profile.vouched.profile.clone();
    for term in [profile.name, profile.identity_number.unwrap(), profile.telephone.unwrap()] {
        assert_eq!(listed(&search(&handler, YUZHOU, &term).await), [mine.as_str()], "{term}");
    }
    for nothing in ["李莲", "13800000001", "11010519491231002X"] {
        assert_eq!(listed(&search(&handler, YUZHOU, nothing).await), Vec::<String>::new(), "{nothing}");
    }
    let mistyped = search(&handler, YUZHOU, "110105194912310021").await;
    assert_eq!(mistyped.status, StatusCode::UNPROCESSABLE_ENTITY, "a check digit that does not fit is told");
    let wrong = search(&handler, YUZHOU, "1").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.attributes("input[name=term]", "aria-invalid"), ["true"]);
    let audit = signed_in(&city, "auditor").await.get(&format!("/console/d/{YUZHOU}/audit")).await;
    assert!(audit.body.contains("cases-searched") && audit.body.contains("telephone"), "{}", audit.body);
    for value in ["李莲花", "13800000000", CODE] {
        assert!(!audit.body.contains(value), "{value} stands in the audit chain");
    }
    assert!(audit.body.contains("审计链完整"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprises_case_is_found_by_the_mandate_under_which_it_was_submitted() {
    let city = City::sqlite().await;
    let agent = signed_in(&city, "agent").await;
    let codes = agent.get("/me").await.attributes("input[name=credit_code]", "value");
    let code = codes.iter().find(|code| !code.is_empty()).unwrap();
    agent.post("/me/act-for", &[("credit_code", code)]).await;
    let number = submitted(&agent, "经办人", "0374-8000000").await;
    let handler = signed_in(&city, "yuzhou-handler").await;
    assert_eq!(listed(&search(&handler, YUZHOU, code).await), [number]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_works_in_one_department_finds_its_cases_alone() {
    let city = City::sqlite().await;
    let number = submitted(&city.browser(), "李莲花", "0374-8000000").await;
    let handler = signed_in(&city, "yuzhou-handler").await;
    let shown = handler.get(&format!("/staff/cases/{number}")).await;
    assert_eq!(shown.status, StatusCode::OK);
    // The same person, from now on in another department of the district.
    let security = signed_in(&city, "yuzhou-administrator").await;
    let roles = security.get(&format!("/console/d/{YUZHOU}/roles")).await;
    let held = roles.texts("tbody th").into_iter().zip(roles.texts("tbody code"));
    let account = held.into_iter().find(|(role, _)| role == "承办人").unwrap().1;
    let role = Held { role: Role::Handler, division: Division::parse(YUZHOU).unwrap(), department: None, until: None };
    let take = [("account", account.as_str()), ("role", role.role.name()), ("department", "")];
    security.post(&format!("/console/d/{YUZHOU}/roles/take"), &take).await;
    let give = [("account", account.as_str()), ("role", role.role.name()), ("department", "民政局"), ("days", "")];
    assert_eq!(security.post(&format!("/console/d/{YUZHOU}/roles/give"), &give).await.status, StatusCode::SEE_OTHER);
    for term in [number.as_str(), "李莲花", CODE] {
        assert_eq!(listed(&search(&handler, YUZHOU, term).await), Vec::<String>::new(), "{term}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_of_yuzhou_is_not_found_by_changges_staff_in_pages_api_search_and_export() {
    let city = City::sqlite().await;
    let number = submitted(&city.browser(), "李莲花", "13800000000").await;
    let never = "4110812026030129ABCDEFGH";
    let never = (0..36).map(|at| format!("{never}{}", char::from_digit(at, 36).unwrap().to_ascii_uppercase()));
    let never = never.into_iter().find(|text| lotus_domain::case::CaseNumber::parse(text).is_ok()).unwrap();
    let own = signed_in(&city, "yuzhou-head").await;
    let other = signed_in(&city, "changge-head").await;

    // Pages.
    for (path, method) in
        [(format!("/staff/cases/{number}"), "GET"), (format!("/staff/cases/{number}/actions/take"), "POST")]
    {
        let answer = match method {
            "GET" => other.get(&path).await,
            _ => other.post(&path, &[("revision", "1")]).await,
        };
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        let none = other.get(&format!("/staff/cases/{never}")).await;
        assert_eq!(words(&answer), words(&none), "the same words for what was never there");
    }
    for path in ["", "/clocks", "/search", "/export"] {
        assert_eq!(own.get(&format!("/staff/d/{YUZHOU}{path}")).await.status, StatusCode::OK, "{path}");
        assert_eq!(other.get(&format!("/staff/d/{YUZHOU}{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
    }

    // Search: in the other's district there is no page, in one's own there is no such case.
    for term in [number.as_str(), "李莲花", "13800000000", CODE] {
        assert_eq!(listed(&search(&own, YUZHOU, term).await), [number.as_str()], "{term}");
        assert_eq!(search(&other, YUZHOU, term).await.status, StatusCode::NOT_FOUND, "{term}");
        let (there, none) = (search(&other, CHANGGE, term).await, search(&other, CHANGGE, &never).await);
        assert_eq!((listed(&there), listed(&none)), (Vec::new(), Vec::new()), "{term}");
        assert_eq!(there.texts("main h2"), none.texts("main h2"));
    }

    // Export.
    let purpose = [("purpose", "季度核对")];
    let taken = own.post(&format!("/staff/d/{YUZHOU}/export"), &purpose).await;
    assert!(taken.header("content-type").starts_with("text/csv") && taken.body.contains(&number), "{}", taken.body);
    assert_eq!(other.post(&format!("/staff/d/{YUZHOU}/export"), &purpose).await.status, StatusCode::NOT_FOUND);
    let theirs = other.post(&format!("/staff/d/{CHANGGE}/export"), &purpose).await;
    assert_eq!(theirs.status, StatusCode::OK);
    assert!(!theirs.body.contains(&number));

    // The API, with tokens of both.
    let (own, other) = (token(&city, "yuzhou", YUZHOU, &ALL).await, token(&city, "changge", CHANGGE, &ALL).await);
    let ask = async |token: &str, number: &str, division: &str| {
        let act = json!({ "revision": 1, "reason": null });
        let (term, purpose) = (json!({ "term": number }), json!({ "purpose": "季度核对" }));
        [
            api(&city, token, "GET", &format!("cases/{number}"), None).await,
            api(&city, token, "POST", &format!("cases/{number}/actions/no-such-step"), Some(act)).await,
            api(&city, token, "GET", &format!("districts/{division}/worklist"), None).await,
            api(&city, token, "POST", &format!("districts/{division}/search"), Some(term)).await,
            api(&city, token, "POST", &format!("districts/{division}/export"), Some(purpose)).await,
        ]
    };
    let allowed = ask(&own, &number, YUZHOU).await.map(|answer| answer.status.as_u16());
    assert_eq!(allowed, [200, 422, 200, 200, 200]);
    let (there, nowhere) = (ask(&other, &number, YUZHOU).await, ask(&other, &never, "411099").await);
    for (there, nowhere) in there.iter().zip(&nowhere) {
        assert_eq!(there.status, StatusCode::NOT_FOUND, "{}", there.body);
        assert_eq!(problem(there), problem(nowhere), "told by nothing from what was never there");
    }
    let found =
        api(&city, &other, "POST", &format!("districts/{CHANGGE}/search"), Some(json!({ "term": number }))).await;
    assert_eq!(found.json(), json!({ "cases": [] }));
    let audit = signed_in(&city, "auditor").await.get(&format!("/console/d/{YUZHOU}/audit")).await;
    assert!(audit.body.contains("refused") && audit.body.contains("token/program"), "each attempt is in the chain");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_masked_marked_and_on_record() {
    let city = City::sqlite().await;
    let citizen = signed_in(&city, "citizen").await;
    let number = submitted(&citizen, "李莲花", "13800000000").await;
    let head = signed_in(&city, "yuzhou-head").await;
    let path = format!("/staff/d/{YUZHOU}/export");
    let without = head.post(&path, &[("purpose", " ")]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    let taken = head.post(&path, &[("purpose", "季度核对")]).await;
    assert!(taken.header("content-disposition").starts_with("attachment; filename=\"worklist-411081-"));
    assert_eq!((taken.header("cache-control"), taken.header("lotus-export-whole")), ("no-store", "true"));
    let mut lines = taken.body.trim_start_matches('\u{feff}').lines();
    let mark = lines.next().unwrap();
    assert!(mark.contains("季度核对") && mark.contains("导出人"), "{mark}");
    assert!(lines.next().unwrap().starts_with("办件编号,"));
    let row = lines.next().unwrap();
    assert!(row.starts_with(&number) && row.contains("138****0000"), "{row}");
    assert_eq!(lines.next(), None);
    for secret in ["李莲花", "13800000000", "演示市民", "莲城钧瓷工坊"] {
        assert!(!taken.body.contains(secret), "{secret}");
    }
    let audit = signed_in(&city, "auditor").await.get(&format!("/console/d/{YUZHOU}/audit")).await;
    assert!(audit.body.contains("worklist-exported") && audit.body.contains("季度核对"), "{}", audit.body);
    let handler = signed_in(&city, "yuzhou-handler").await;
    assert_eq!(handler.post(&path, &[("purpose", "季度核对")]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_works_on_cases_with_what_its_token_was_made_for() {
    let city = City::sqlite().await;
    let number = submitted(&city.browser(), "李莲花", "13800000000").await;
    let all = token(&city, "yuzhou", YUZHOU, &ALL).await;
    let worklist = api(&city, &all, "GET", &format!("districts/{YUZHOU}/worklist"), None).await.json();
    assert_eq!(worklist["cases"][0]["number"], json!(number));
    let whole = api(&city, &all, "GET", &format!("cases/{number}"), None).await.json();
    let telephone = whole["given"].as_array().unwrap().iter().find(|given| given["name"] == "telephone").unwrap();
    assert_eq!(telephone["value"], "13800000000");
    let found =
        api(&city, &all, "POST", &format!("districts/{YUZHOU}/search"), Some(json!({ "term": "李莲花" }))).await;
    assert_eq!(found.json()["cases"][0]["number"], json!(number));
    let wrong = api(&city, &all, "POST", &format!("districts/{YUZHOU}/search"), Some(json!({ "term": "1" }))).await;
    assert_eq!((wrong.status, &wrong.json()["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("term")));
    // A head's token moves what its head may move; what is a handler's stays a handler's.
    let moves = whole["case"]["actions"].as_array().unwrap();
    for action in ["take", "no-such-step"] {
        let body = json!({ "revision": 1, "reason": null });
        let answer = api(&city, &all, "POST", &format!("cases/{number}/actions/{action}"), Some(body)).await;
        let own = moves.iter().any(|own| own["id"] == action);
        assert_eq!(answer.status, if own { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }, "{action}");
    }
    // One that was made for the worklist alone does nothing else.
    let one = token(&city, "yuzhou", YUZHOU, &["see-worklist"]).await;
    assert_eq!(api(&city, &one, "GET", &format!("districts/{YUZHOU}/worklist"), None).await.status, StatusCode::OK);
    for (path, body) in [("search", json!({ "term": "李莲花" })), ("export", json!({ "purpose": "季度核对" }))] {
        let answer = api(&city, &one, "POST", &format!("districts/{YUZHOU}/{path}"), Some(body)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(api(&city, &one, "GET", &format!("cases/{number}"), None).await.status, StatusCode::FORBIDDEN);
    let nobody = city.browser().get(&format!("/api/v1/staff/cases/{number}")).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    assert!(nobody.header("content-type").starts_with("application/problem+json"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_a_departments_head_reaches_its_department_alone() {
    let city = City::sqlite().await;
    let number = submitted(&city.browser(), "李莲花", "13800000000").await;
    let token = token(&city, "yuzhou", YUZHOU, &ALL).await;
    let whole = api(&city, &token, "GET", &format!("cases/{number}"), None).await.json();
    let department = whole["case"]["department"]["zh"].as_str().unwrap();
    let administrator = signed_in(&city, "yuzhou-administrator").await;
    let roles = administrator.get(&format!("/console/d/{YUZHOU}/roles")).await;
    let held = roles.texts("tbody th").into_iter().zip(roles.texts("tbody code"));
    let account = held.into_iter().find(|(role, _)| role == "部门负责人").unwrap().1;
    let change = async |what: &str, department: &str| {
        let fields =
            [("account", account.as_str()), ("role", "department-head"), ("department", department), ("days", "")];
        administrator.post(&format!("/console/d/{YUZHOU}/roles/{what}"), &fields).await
    };
    change("take", "").await;
    for (own, sees) in [("民政局", false), (department, true)] {
        assert_eq!(change("give", own).await.status, StatusCode::SEE_OTHER);
        let worklist = api(&city, &token, "GET", &format!("districts/{YUZHOU}/worklist"), None).await;
        assert_eq!(
            (worklist.status, worklist.body.contains(&number)),
            (StatusCode::OK, sees),
            "{own}: {}",
            worklist.body
        );
        let term = Some(json!({ "term": "李莲花" }));
        let found = api(&city, &token, "POST", &format!("districts/{YUZHOU}/search"), term).await;
        assert_eq!((found.status, found.body.contains(&number)), (StatusCode::OK, sees), "{own}");
        let purpose = Some(json!({ "purpose": "季度核对" }));
        let exported = api(&city, &token, "POST", &format!("districts/{YUZHOU}/export"), purpose).await;
        assert_eq!((exported.status, exported.body.contains(&number)), (StatusCode::OK, sees), "{own}");
        let one = api(&city, &token, "GET", &format!("cases/{number}"), None).await;
        assert_eq!(one.status == StatusCode::OK, sees, "{own}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_worth_nothing_once_its_maker_has_lost_the_role() {
    let city = City::sqlite().await;
    let made = token(&city, "yuzhou", YUZHOU, &["see-worklist"]).await;
    let path = format!("districts/{YUZHOU}/worklist");
    assert_eq!(api(&city, &made, "GET", &path, None).await.status, StatusCode::OK);
    let administrator = signed_in(&city, "yuzhou-administrator").await;
    let roles = administrator.get(&format!("/console/d/{YUZHOU}/roles")).await;
    let held = roles.texts("tbody th").into_iter().zip(roles.texts("tbody code"));
    let account = held.into_iter().find(|(role, _)| role == "部门负责人").unwrap().1;
    let take = [("account", account.as_str()), ("role", "department-head"), ("department", "")];
    administrator.post(&format!("/console/d/{YUZHOU}/roles/take"), &take).await;
    assert_eq!(api(&city, &made, "GET", &path, None).await.status, StatusCode::FORBIDDEN);
}
