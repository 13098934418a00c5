//! What an application is told in writing: each decision as a paper, from its event, that proves itself.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

use lotus_articles::{applied, step};
use lotus_domain::case::CaseNumber;
use lotus_domain::district::Division;
use lotus_domain::paper;
use lotus_journeys::{Browser, City};
use reqwest::StatusCode;

const FOOD_LICENCE: &str = "XC01003-411081";
const LINKS: &str = ".timeline a[href$='.pdf']";

/// An application that is under review since Tuesday 3 March 2026.
async fn under_review(city: &City, applicant: &Browser) -> String {
    let (clerk, handler) = (city.sign_in("yuzhou-clerk").await, city.sign_in("yuzhou-handler").await);
    let number = applied(applicant, "411081", FOOD_LICENCE).await;
    for action in ["pre-review", "pass", "accept"] {
        assert_eq!(step(&clerk, &number, action, "").await.status, StatusCode::OK);
    }
    step(&handler, &number, "review", "").await;
    number
}

/// The code of an event's paper, as it is printed.
async fn code(city: &City, number: &str, sequence: u32) -> String {
    let store = city.store().await;
    let (division, number) = (Division::parse("411081").unwrap(), CaseNumber::parse(number).unwrap());
    let file = store.case_get(&division, &number).await.unwrap().unwrap();
    store.close().await;
    paper::code(&file.events[sequence as usize - 1])
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sees_a_case_gets_its_papers_and_whoever_holds_one_sees_that_it_is_genuine() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let applicant = city.browser();
    let number = under_review(&city, &applicant).await;
    let case = applicant.get(&format!("/cases/{number}")).await;
    assert_eq!(case.attributes(LINKS, "href"), [format!("/cases/{number}/papers/4.pdf")], "the acceptance alone");
    let clerk = city.sign_in("yuzhou-clerk").await;
    let seen = clerk.get(&format!("/staff/cases/{number}")).await;
    assert_eq!(seen.attributes(LINKS, "href"), [format!("/staff/cases/{number}/papers/4.pdf")]);

    // Nobody else, and nothing that is no paper.
    let path = format!("/cases/{number}/papers/4.pdf");
    assert_eq!(city.browser().get(&path).await.status, StatusCode::NOT_FOUND, "without the secret");
    let other = city.sign_in("changge-clerk").await;
    assert_eq!(other.get(&format!("/staff{path}")).await.status, StatusCode::NOT_FOUND, "another district's");
    for wrong in ["1.pdf", "0.pdf", "5.pdf", "99.pdf", "4", "4.txt"] {
        let answer = applicant.get(&format!("/cases/{number}/papers/{wrong}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
    }

    let code = code(&city, &number, 4).await;
    let page = city.browser().get(&format!("/papers/{number}/4?code={code}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("真实有效") && page.body.contains("2026年3月3日"), "{}", page.body);
    assert!(page.body.contains("受理通知书") && page.body.contains(&format!("{number}-004")));
    assert!(!page.body.contains("莲城小吃店") && !page.body.contains("演示市民"), "not to whom it was given");
    for wrong in [format!("4?code={}", code.replace('-', "0")), "4".to_owned(), format!("3?code={code}")] {
        assert_eq!(city.browser().get(&format!("/papers/{number}/{wrong}")).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_sqlite), ignore = "SQLite's shell is not installed: apt-get install sqlite3")]
async fn a_paper_whose_event_was_altered_is_said_to_be() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let number = under_review(&city, &city.browser()).await;
    let code = code(&city, &number, 4).await;
    let file = city.directory.path().join("lotus.db");
    let earlier = format!("UPDATE case_event SET at = at - 86400000 WHERE number = '{number}' AND sequence = 4");
    lotus_test_services::sqlite::run(&file, &earlier).unwrap();
    let page = city.browser().get(&format!("/papers/{number}/4?code={code}")).await;
    assert!(page.body.contains("与出具时不一致") && !page.body.contains("真实有效"), "{}", page.body);
}

/// A paper's words, without what pages break.
async fn words(browser: &Browser, path: &str) -> String {
    let response = browser.request("GET", path).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    assert_eq!(response.headers()["content-type"], "application/pdf");
    let text = lotus_test_services::pdf::text(&response.bytes().await.unwrap()).unwrap();
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_poppler), ignore = "poppler is not installed: apt-get install poppler-utils")]
#[cfg_attr(not(has_chinese_font), ignore = "no Chinese font is installed: apt-get install fonts-noto-cjk")]
async fn each_paper_says_what_its_event_says_with_its_reason_its_law_its_day_and_where_to_turn() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let applicant = city.browser();
    let number = under_review(&city, &applicant).await;
    let (handler, head) = (city.sign_in("yuzhou-handler").await, city.sign_in("yuzhou-head").await);
    step(&handler, &number, "begin-special", "现场核查，预计三个工作日").await; // 6
    step(&handler, &number, "end-special", "").await;
    step(&handler, &number, "ask-more", "经营场所平面图：标明灶台和出口\n健康证明：补有效期内的").await; // 8
    let page = applicant.get(&format!("/cases/{number}")).await;
    let revision = page.attributes("input[name=revision]", "value").remove(0);
    applicant.post(&format!("/cases/{number}/actions/give-more"), &[("revision", &revision), ("reason", "")]).await;
    step(&handler, &number, "ask-extension", "须与消防部门会同核实").await;
    step(&head, &number, "extend", "须与消防部门会同核实").await; // 11
    step(&handler, &number, "refuse", "经营场所与公共厕所相距不足规定的距离").await; // 12

    let case = applicant.get(&format!("/cases/{number}")).await;
    let links: Vec<String> = [12, 11, 8, 6, 4].iter().map(|at| format!("/cases/{number}/papers/{at}.pdf")).collect();
    assert_eq!(case.attributes(LINKS, "href"), links, "newest first");
    let told: [(u32, &[&str]); 5] = [
        (4, &["受理通知书", "5个工作日", "2026年3月10日", "第三十二条"]),
        (6, &["特别程序告知书", "现场核查，预计三个工作日", "第四十五条"]),
        (8, &["一次性补正告知书", "经营场所平面图", "标明灶台和出口", "健康证明", "补有效期内的"]),
        (11, &["延长办理期限告知书", "消防部门", "10个工作日", "2026年3月24日", "第四十二条"]),
        (12, &["不予行政许可决定书", "公共厕所", "第三十八条", "禹州市人民政府", "禹州市人民法院", "六十日", "六个月"]),
    ];
    for (sequence, expected) in told {
        let text = words(&applicant, &format!("/cases/{number}/papers/{sequence}.pdf")).await;
        let code = code(&city, &number, sequence).await;
        let proof = format!("/papers/{number}/{sequence}?code={code}");
        let name = format!("{number}-{sequence:03}");
        let of_each = ["莲城小吃店", "食品经营许可", "禹州市", "2026年3月3日", &number, &name, &code, &proof];
        for word in expected.iter().chain(&of_each) {
            assert!(text.contains(word), "“{word}” is missing in paper {sequence}: {text}");
        }
        let genuine = city.browser().get(&proof).await;
        assert!(genuine.body.contains("真实有效"), "{}", genuine.body);
    }
    assert!(words(&handler, &format!("/staff/cases/{number}/papers/12.pdf")).await.contains("公共厕所"));
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_poppler), ignore = "poppler is not installed: apt-get install poppler-utils")]
#[cfg_attr(not(has_chinese_font), ignore = "no Chinese font is installed: apt-get install fonts-noto-cjk")]
async fn what_is_deemed_accepted_granted_or_turned_away_is_given_in_writing_too() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let applicant = city.browser();
    let granted = under_review(&city, &applicant).await;
    step(&city.sign_in("yuzhou-handler").await, &granted, "grant", "").await;
    let text = words(&applicant, &format!("/cases/{granted}/papers/6.pdf")).await;
    assert!(text.contains("准予行政许可决定书") && text.contains("食品经营许可证"), "{text}");

    let clerk = city.sign_in("yuzhou-clerk").await;
    let turned = applied(&applicant, "411081", FOOD_LICENCE).await;
    step(&clerk, &turned, "pre-review", "").await;
    step(&clerk, &turned, "not-accept", "该事项依法不需要取得行政许可").await;
    let text = words(&applicant, &format!("/cases/{turned}/papers/3.pdf")).await;
    for word in ["不予受理通知书", "不需要取得行政许可", "第三十二条", "行政复议", "行政诉讼"]
    {
        assert!(text.contains(word), "“{word}” is missing in {text}");
    }

    let waiting = applied(&applicant, "411081", FOOD_LICENCE).await;
    city.set("2026-03-11T00:01:00+08:00");
    let path = format!("/cases/{waiting}");
    let page = lotus_articles::until(&applicant, &path, |page| page.body.contains("逾期视为受理")).await;
    assert_eq!(page.attributes(LINKS, "href"), [format!("/cases/{waiting}/papers/2.pdf")]);
    let text = words(&applicant, &format!("/cases/{waiting}/papers/2.pdf")).await;
    assert!(text.contains("受理通知书") && text.contains("2026年3月11日"), "{text}");
}
