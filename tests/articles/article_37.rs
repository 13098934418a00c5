//! Article 37: the whole process is supervised in real time. Clocks warn before they are overdue, and what is overdue is
//! a card with its evidence, which the department explains and the supervision officer closes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

use lotus_articles::{applied, state, step, until};
use lotus_journeys::{Answer, Browser, City};
use reqwest::StatusCode;

const FOOD_LICENCE: &str = "XC01003-411081";
const BOARD: &str = "/staff/d/411081/board";

fn cards(board: &Answer) -> Vec<String> {
    board.texts(".supervised h2")
}

/// A case that was accepted on Tuesday 3 March 2026, with five working days promised and twenty by law.
async fn accepted(clerk: &Browser, handler: &Browser, applicant: &Browser) -> String {
    let number = applied(applicant, "411081", FOOD_LICENCE).await;
    for action in ["pre-review", "pass", "accept"] {
        assert_eq!(step(clerk, &number, action, "").await.status, StatusCode::OK);
    }
    step(handler, &number, "review", "").await;
    number
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_due_is_warned_of_and_what_is_overdue_gets_its_card_with_evidence() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let (clerk, handler) = (city.sign_in("yuzhou-clerk").await, city.sign_in("yuzhou-handler").await);
    let number = accepted(&clerk, &handler, &city.browser()).await;
    let officer = city.sign_in("supervision").await;
    assert!(cards(&officer.get(BOARD).await).is_empty(), "nothing is due yet");

    city.set("2026-03-09T08:00:00+08:00");
    let officer = city.sign_in("supervision").await;
    let near = until(&officer, BOARD, |board| !cards(board).is_empty()).await;
    assert_eq!(cards(&near), ["提醒：承诺时限将到"]);

    city.set("2026-03-11T08:00:00+08:00");
    let officer = city.sign_in("supervision").await;
    let red = until(&officer, BOARD, |board| cards(board).len() == 2).await;
    assert!(cards(&red).contains(&"红牌：承诺时限超期".to_owned()), "{:?}", cards(&red));
    assert!(red.body.contains(&number));
    let evidence = red.texts(".supervised .pairs div:nth-child(5) dd");
    assert!(evidence.iter().all(|evidence| evidence.starts_with("1 (")), "each card names its events: {evidence:?}");

    city.set("2026-04-02T08:00:00+08:00");
    let officer = city.sign_in("supervision").await;
    let notice = until(&officer, BOARD, |board| cards(board).len() == 3).await;
    assert!(cards(&notice).contains(&"督办：法定时限超期".to_owned()), "{:?}", cards(&notice));

    // The department explains, the officer closes; neither can do the other's part.
    let head = city.sign_in("yuzhou-head").await;
    let addresses = head.get(BOARD).await.attributes(".supervised form", "action");
    let explain = addresses.iter().find(|address| address.contains("/red/") && address.ends_with("/explain")).unwrap();
    let close = explain.replace("/explain", "/close");
    assert_eq!(head.post(&close, &[("words", "已整改")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(officer.post(explain, &[("words", "不属于我")]).await.status, StatusCode::FORBIDDEN);
    let explained = head.post_and_follow(explain, &[("words", "现场核查人员不足，已增派")]).await;
    assert!(explained.body.contains("现场核查人员不足，已增派"));
    let closed = officer.post_and_follow(&close, &[("words", "已核实，同意销号")]).await;
    assert_eq!(cards(&closed).len(), 2, "a closed card is off the board");
    let audit = city.sign_in("auditor").await.get("/console/d/411081/audit").await;
    assert!(audit.body.contains("card-explained") && audit.body.contains("card-closed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_special_procedure_stops_the_clock_so_that_nobody_is_warned() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let (clerk, handler) = (city.sign_in("yuzhou-clerk").await, city.sign_in("yuzhou-handler").await);
    let number = accepted(&clerk, &handler, &city.browser()).await;
    let beside = accepted(&clerk, &handler, &city.browser()).await;
    step(&handler, &number, "begin-special", "现场核查，预计五个工作日").await;
    city.set("2026-03-11T08:00:00+08:00");
    let officer = city.sign_in("supervision").await;
    let board = until(&officer, BOARD, |board| !cards(board).is_empty()).await;
    assert!(board.body.contains(&beside) && !board.body.contains(&number), "the paused one is not supervised");
    let handler = city.sign_in("yuzhou-handler").await;
    let resumed = step(&handler, &number, "end-special", "").await;
    assert!(
        resumed.body.contains("2026年3月18日"),
        "six working days are given back: {:?}",
        resumed.texts(".pairs dd")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_accepts_in_five_working_days_is_deemed_accepted_and_the_step_gets_a_yellow_card() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let number = applied(&city.browser(), "411081", FOOD_LICENCE).await;
    city.set("2026-03-10T23:59:00+08:00");
    let handler = city.sign_in("yuzhou-handler").await;
    assert_eq!(state(&handler, &number).await, "已提交", "the fifth working day has not ended");
    city.set("2026-03-11T00:01:00+08:00");
    let page = until(&handler, &format!("/staff/cases/{number}"), |page| page.body.contains("逾期视为受理")).await;
    assert_eq!(page.texts(".status-state"), ["已受理"]);
    assert!(page.body.contains("《中华人民共和国行政许可法》 第三十二条") || page.body.contains("第三十二条"));
    let officer = city.sign_in("supervision").await;
    let board = until(&officer, BOARD, |board| cards(board).iter().any(|card| card.starts_with("黄牌"))).await;
    assert!(cards(&board).contains(&"黄牌：环节超期".to_owned()), "{:?}", cards(&board));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_without_a_reason_is_seen_as_it_happens() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let clerk = city.sign_in("yuzhou-clerk").await;
    let number = applied(&city.browser(), "411081", FOOD_LICENCE).await;
    step(&clerk, &number, "pre-review", "").await;
    step(&clerk, &number, "not-accept", "不行").await;
    let board = city.sign_in("supervision").await.get(BOARD).await;
    assert_eq!(cards(&board), ["黄牌：未说明理由"], "in the same moment, without waiting for a sweep");
    let other = city.sign_in("changge-head").await;
    assert_eq!(other.get(BOARD).await.status, StatusCode::NOT_FOUND, "another district's board is not there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_back_and_comes_again_gives_nothing_twice_and_takes_nothing_back() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let (clerk, handler) = (city.sign_in("yuzhou-clerk").await, city.sign_in("yuzhou-handler").await);
    let overdue = accepted(&clerk, &handler, &city.browser()).await;
    let waiting = applied(&city.browser(), "411081", FOOD_LICENCE).await;
    city.set("2026-03-11T08:00:00+08:00");
    let officer = city.sign_in("supervision").await;
    // A red card for what was promised, a yellow one for what nobody accepted.
    until(&officer, BOARD, |board| cards(board).len() == 2).await;
    let given = officer.get(BOARD).await.texts(".supervised article, .supervised");
    let handler = city.sign_in("yuzhou-handler").await;
    let history = |page: &Answer| page.texts(".timeline > li h3");
    let path = format!("/staff/cases/{waiting}");
    let deemed = history(&until(&handler, &path, |page| page.body.contains("逾期视为受理")).await);
    assert_eq!(deemed.len(), 2);

    // A day back: supervision looks again and again, and a step is made at an earlier moment than the one before it.
    city.set("2026-03-10T08:00:00+08:00");
    let handler = city.sign_in("yuzhou-handler").await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(history(&handler.get(&path).await), deemed);
    let officer = city.sign_in("supervision").await;
    assert_eq!(officer.get(BOARD).await.texts(".supervised article, .supervised"), given, "cards stay as they were");
    assert_eq!(step(&handler, &waiting, "review", "").await.status, StatusCode::OK);

    // And the same day once more.
    city.set("2026-03-11T09:00:00+08:00");
    let officer = city.sign_in("supervision").await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(officer.get(BOARD).await.texts(".supervised article, .supervised"), given, "nothing twice");
    let handler = city.sign_in("yuzhou-handler").await;
    assert_eq!(history(&handler.get(&path).await).len(), 3);
    assert_eq!(state(&handler, &overdue).await, "审查");
    let store = city.store().await;
    let yuzhou = lotus_domain::district::Division::parse("411081").unwrap();
    let mut flaws = Vec::new();
    lotus_platform::verify_division(&store, &yuzhou, |flaw| flaws.push(flaw.to_string())).await.unwrap();
    store.close().await;
    assert!(flaws.is_empty(), "{flaws:?}");
}
