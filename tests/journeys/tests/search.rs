//! Search, as people use it: one box, typed in whatever way, in the district whose portal one looks at.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests can't go on")]

use std::fmt::Write as _;

use lotus_domain::district::Division;
use lotus_journeys::{Browser, City};
use reqwest::StatusCode;
use serde_json::Value;

const YUZHOU: &str = "411081";
const CHANGGE: &str = "411082";
/// Share of the list whose wanted answer stands among the first three, in percent.
const SHARE: usize = 90;

async fn found(browser: &Browser, division: &str, words: &[(&str, &str)]) -> Value {
    let path = format!("/api/v1/districts/{division}/search");
    let answer = browser.send(browser.request("GET", &path).query(words)).await;
    assert_eq!(answer.status, StatusCode::OK, "{words:?}: {}", answer.body);
    answer.json()
}

fn ids(found: &Value) -> Vec<String> {
    let results = found["results"].as_array().unwrap();
    results.iter().map(|one| format!("{}:{}", one["kind"].as_str().unwrap(), one["id"].as_str().unwrap())).collect()
}

/// Whether an answer is what a line of the list wants.
fn is_wanted(one: &Value, wanted: &str) -> bool {
    let (kind, what) = wanted.split_once(':').unwrap();
    let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
    let title = one["title"]["zh"].as_str().unwrap_or_default();
    text("kind") == kind
        && match kind {
            "item" => text("id").split('-').next() == Some(what),
            "question" | "policy" => title.contains(what),
            _ => text("id") == what,
        }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_people_type_nine_in_ten_find_it_among_the_first_three() {
    let city = City::sqlite().await;
    let browser = city.browser();
    let list: toml::Table = include_str!("search/queries.toml").parse().unwrap();
    let queries = list["query"].as_array().unwrap();
    assert!(queries.len() >= 50);
    let (mut right, mut later, mut missed) = (0, 0, String::new());
    for query in queries {
        let text = query["text"].as_str().unwrap();
        let at = query.get("at").map_or(YUZHOU, |at| at.as_str().unwrap());
        let wants: Vec<&str> = query["want"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        let answer = found(&browser, at, &[("q", text)]).await;
        let first: Vec<&Value> = answer["results"].as_array().unwrap().iter().take(3).collect();
        if first.iter().any(|one| wants.iter().any(|wanted| is_wanted(one, wanted))) {
            right += 1;
            later += usize::from(query.get("later").is_some());
        } else {
            let titles: Vec<&str> = first.iter().filter_map(|one| one["title"]["zh"].as_str()).collect();
            writeln!(missed, "  {text} ({}): wanted {wants:?}, found {titles:?}", query["how"].as_str().unwrap())
                .unwrap();
        }
    }
    let of_later = queries.iter().filter(|query| query.get("later").is_some()).count();
    println!(
        "{right} of {} among the first three, {later} of {of_later} of the later ones; missed:\n{missed}",
        queries.len()
    );
    assert!(right * 100 >= queries.len() * SHARE, "{right} of {}\n{missed}", queries.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_shows_kinds_marks_words_says_what_was_meant_and_works_without_a_script() {
    let city = City::sqlite().await;
    let browser = city.browser();
    let home = browser.get("/d/411081").await;
    assert_eq!(home.attributes("main form[role=search]", "action"), ["/d/411081/search"]);
    let elsewhere = browser.get("/d/411081/services").await;
    assert_eq!(elsewhere.attributes("header form[role=search]", "action"), ["/d/411081/search"], "on every page");
    let page = browser.get("/d/411081/search?q=%E8%BA%AB%E4%BB%BD%E6%AD%A3%E6%8D%A2%E9%A2%86").await; // 身份正换领
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.texts(".meant a"), ["身份证换领"]);
    assert!(page.texts(".answers h2").first().is_some_and(|title| title == "居民身份证换领"), "{}", page.body);
    assert!(page.texts(".answers mark").contains(&"身份证换领".to_owned()), "{:?}", page.texts(".answers mark"));
    assert!(page.attributes(".answers a", "href").contains(&"/d/411081/items/XC07004-411081".to_owned()));
    let questions = browser.get("/d/411081/search?q=%E8%BA%AB%E4%BB%BD%E8%AF%81&kind=question").await;
    assert!(questions.texts(".answers .tag").iter().all(|tag| tag == "问答"), "{:?}", questions.texts(".tag"));
    let hostile = browser.get("/d/411081/search?q=%3Cscript%3E%E8%BA%AB%E4%BB%BD%E8%AF%81").await;
    assert!(!hostile.body.contains("<script>身"), "nothing of a query becomes markup");
    let of_city = browser.get("/search?q=gjj").await;
    assert!(of_city.attributes(".answers a", "href").iter().any(|to| to.contains("XC20005")), "{}", of_city.body);
    let english = browser.get("/d/411081/search?q=disability+card&lang=en").await;
    assert!(english.texts(".answers h2").first().is_some_and(|title| title == "Disability card"), "{}", english.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_found_leads_on_to_a_telephone_the_hall_and_a_question() {
    let city = City::sqlite().await;
    let page = city.browser().get("/d/411081/search?q=%E9%87%8F%E5%AD%90%E7%BA%A0%E7%BC%A0").await;
    assert!(page.texts(".answers li").is_empty());
    let links = page.attributes("main .card a", "href");
    for next in ["tel:", "/d/411081/counters", "/d/411081/grievances", "/d/411081/items"] {
        assert!(links.iter().any(|to| to.starts_with(next)), "{next}: {links:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_for_somebodys_number_is_neither_made_nor_kept() {
    let city = City::sqlite().await;
    let browser = city.browser();
    for (typed, what) in [("13800000000", "telephone"), ("110105 19491231 002X", "identity")] {
        let asked = browser.send(browser.request("GET", "/d/411081/search").query(&[("q", typed)])).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER);
        let to = asked.location().unwrap();
        assert_eq!(to, format!("/d/411081/search?private={what}"), "the number is in no address any more");
        let page = browser.get(&to).await;
        assert_eq!(page.texts("[role=alert]").len(), 1);
        assert!(!page.body.contains(typed));
        for path in ["search", "suggestions"] {
            let path = format!("/api/v1/districts/411081/{path}");
            let refused = browser.send(browser.request("GET", &path).query(&[("q", typed)])).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(refused.json()["type"], "urn:lotus:problem:personal-query");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_finds_what_ones_own_district_and_the_city_serve_and_others_only_when_asked() {
    let city = City::sqlite().await;
    let browser = city.browser();
    let own = found(&browser, YUZHOU, &[("q", "钧瓷专区")]).await;
    assert!(ids(&own).contains(&"zone:jun-porcelain".to_owned()));
    let other = found(&browser, CHANGGE, &[("q", "钧瓷专区")]).await;
    assert!(!ids(&other).contains(&"zone:jun-porcelain".to_owned()), "{other}");
    let everywhere = found(&browser, CHANGGE, &[("q", "钧瓷专区"), ("everywhere", "1")]).await;
    assert_eq!(everywhere["results"][0]["address"], "/d/411081/zones/jun-porcelain", "{everywhere}");
    let of_city = found(&browser, CHANGGE, &[("q", "住房公积金提取")]).await;
    assert_eq!(of_city["results"][0]["address"], "/d/411082/items/XC20005-411000");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_district_brings_into_service_is_found_at_once_and_what_it_publishes() {
    let city = City::sqlite().await;
    let browser = city.browser();
    let echo = async || ids(&found(&browser, CHANGGE, &[("q", "回声")]).await).contains(&"zone:echo".to_owned());
    assert!(!echo().await);
    city.activate_guest("echo", CHANGGE).await;
    assert!(echo().await, "in the search that follows");
    assert!(city.platform.deactivate(&Division::parse(CHANGGE).unwrap(), "cn.example.echo").await.unwrap());
    assert!(!echo().await, "and no more in the one after it");

    let demo = lotus_demo::city().unwrap();
    let mut item = demo.items.iter().find(|item| item.item.basic_code == "XC20001").unwrap().clone();
    item.division = Division::parse(CHANGGE).unwrap();
    item.item.code = "XC99001-411082".to_owned();
    item.item.basic_code = "XC99001".to_owned();
    item.item.name = lotus_domain::text::Text::new("蜂农转场放蜂备案", "Filing of migratory beekeeping");
    city.platform.item_publish(item.division.clone(), vec![item]).await.unwrap();
    let published = found(&browser, CHANGGE, &[("q", "fengnong")]).await;
    assert_eq!(ids(&published).first().map(String::as_str), Some("item:XC99001-411082"), "{published}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_and_a_long_query_is_read_in_part() {
    let city = City::sqlite().await;
    let browser = city.browser();
    let first = found(&browser, YUZHOU, &[("q", "许可证")]).await;
    let total = first["total"].as_u64().unwrap();
    assert!(total > 10, "{first}");
    let second = found(&browser, YUZHOU, &[("q", "许可证"), ("page", "2")]).await;
    assert!(ids(&second).iter().all(|id| !ids(&first).contains(id)));
    let page = browser.send(browser.request("GET", "/d/411081/search").query(&[("q", "许可证")])).await;
    assert_eq!(page.attributes("a[rel=next]", "href").len(), 1);
    let long = "身份证".repeat(100);
    let answer = found(&browser, YUZHOU, &[("q", &long)]).await;
    assert_eq!(answer["query"].as_str().unwrap().chars().count(), 64);
    let odd = browser
        .send(browser.request("GET", "/d/411081/search").query(&[("q", "证"), ("page", "-7"), ("kind", "?")]))
        .await;
    assert_eq!(odd.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn titles_are_suggested_while_somebody_types() {
    let city = City::sqlite().await;
    let browser = city.browser();
    let request = browser.request("GET", "/api/v1/districts/411081/suggestions").query(&[("q", "shenfenzh")]);
    let suggested = browser.send(request).await.json();
    assert_eq!(suggested["suggestions"][0]["title"]["zh"], "居民身份证换领", "{suggested}");
    let nothing = browser.get("/api/v1/districts/411081/suggestions").await;
    assert_eq!(nothing.json()["suggestions"].as_array().unwrap().len(), 0);
}
