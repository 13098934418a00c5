//! Article 27: hours that suit people, booking, and a visit at home for whoever can't come. Each of these is a promise: it
//! has a case with its clock and its timeline, and what the city owes and does not do is on the supervision officer's board.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

use lotus_articles::{state, until};
use lotus_journeys::{Answer, Browser, City};
use reqwest::StatusCode;

const COUNTER: &str = "/d/411081/counters/comprehensive";
const MINE: &str = "/me/bookings";
const DESK: &str = "/staff/d/411081/counters";
const VISITS: &str = "/staff/d/411081/visits";
const BOARD: &str = "/staff/d/411081/board";

/// The slots that a page offers.
fn slots(page: &Answer) -> Vec<String> {
    page.attributes("input[name=slot]:not([disabled])", "value")
}

/// Books a slot for advice.
async fn book(browser: &Browser, slot: &str) -> Answer {
    browser.post(COUNTER, &[("slot", slot), ("item", "")]).await
}

/// The cases that somebody's bookings and orders lead to, in the page's order.
async fn cases(browser: &Browser) -> Vec<String> {
    let links = browser.get(MINE).await.attributes("a[href^='/me/cases/']", "href");
    links.iter().map(|link| link.trim_start_matches("/me/cases/").to_owned()).collect()
}

/// What a case's own page says of where it is.
async fn shown(browser: &Browser, number: &str) -> String {
    browser.get(&format!("/me/cases/{number}")).await.texts(".status-state").remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_works_on_working_days_books_another_hour_until_every_place_is_taken_and_a_cancelled_one_is_free() {
    let city = City::at("2026-02-26T09:00:00+08:00").await;
    let citizen = city.sign_in("citizen").await;
    let open = slots(&citizen.get(COUNTER).await);
    let offers = |slot: &str| open.iter().any(|offered| offered == slot);
    assert!(offers("2026-02-28 14:00"), "the Saturday that makes up for a holiday is a working day: {open:?}");
    assert!(!offers("2026-02-28 17:00") && offers("2026-03-04 17:00"), "extended hours are on Wednesdays");
    assert!(offers("2026-03-07 09:00"), "off hours on a Saturday that is a day off");
    assert!(!offers("2026-03-07 14:00") && !offers("2026-03-01 09:00"), "and not for longer");

    let slot = "2026-02-28 14:00";
    for subject in ["citizen", "agent", "yuzhou-handler", "yuzhou-head"] {
        let browser = city.sign_in(subject).await;
        assert_eq!(book(&browser, slot).await.status, StatusCode::SEE_OTHER, "{subject}");
    }
    let late = city.sign_in("changge-clerk").await;
    let refused = book(&late, slot).await;
    assert!(refused.status.is_client_error() && refused.body.contains("约满"), "{}", refused.body);
    assert!(!slots(&late.get(COUNTER).await).contains(&slot.to_owned()), "nobody is offered it any more");
    assert!(cases(&late).await.is_empty(), "what is refused owes nothing");

    let agent = city.sign_in("agent").await;
    let number = cases(&agent).await.remove(0);
    assert_eq!(shown(&agent, &number).await, "已预约");
    let cancel = agent.get(MINE).await.attributes("form[action$='/cancel']", "action").remove(0);
    agent.post(&cancel, &[]).await;
    assert_eq!(shown(&agent, &number).await, "已取消", "its case ends with it");
    assert_eq!(book(&late, slot).await.status, StatusCode::SEE_OTHER, "the place is free again");

    // And the other way round: whoever withdraws at the case's page gives the place back too.
    let number = cases(&late).await.remove(0);
    let page = late.get(&format!("/me/cases/{number}")).await;
    let revision = page.attributes("input[name=revision]", "value").remove(0);
    late.post(&format!("/me/cases/{number}/actions/cancel"), &[("revision", &revision)]).await;
    assert!(late.get(MINE).await.body.contains("已取消"));
    assert_eq!(book(&agent, slot).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_arrives_gets_a_number_and_is_served_and_the_case_tells_it() {
    let city = City::at("2026-03-06T09:00:00+08:00").await;
    let citizen = city.sign_in("citizen").await;
    assert_eq!(book(&citizen, "2026-03-07 09:00").await.status, StatusCode::SEE_OTHER);
    let number = cases(&citizen).await.remove(0);
    city.set("2026-03-07T08:55:00+08:00");
    let clerk = city.sign_in("yuzhou-clerk").await;
    let day = clerk.get(DESK).await;
    assert!(day.attributes("a", "href").contains(&format!("/staff/cases/{number}")), "the desk leads to the case");
    let id = day.attributes("input[name=id]", "value").remove(0);
    let arrived = clerk.post(&format!("{DESK}/comprehensive/arrive"), &[("id", &id)]).await;
    assert_eq!(arrived.location().unwrap(), format!("{DESK}?number=1"));
    assert_eq!(state(&clerk, &number).await, "已取号");
    clerk.post(&format!("{DESK}/comprehensive/call"), &[]).await;
    assert_eq!(state(&clerk, &number).await, "已办理");
    let citizen = city.sign_in("citizen").await;
    let page = citizen.get(&format!("/me/cases/{number}")).await;
    for event in ["已预约", "已取号", "已办理"] {
        assert!(page.body.contains(event), "{event} is on the timeline");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_come_three_times_books_no_more_for_a_while_and_is_served_in_the_hall() {
    let city = City::at("2026-03-06T09:00:00+08:00").await;
    let citizen = city.sign_in("citizen").await;
    let items = citizen.get(COUNTER).await.attributes("#item option", "value");
    for item in &items[1..4] {
        let booked = citizen.post(COUNTER, &[("slot", "2026-03-07 09:00"), ("item", item)]).await;
        assert_eq!(booked.status, StatusCode::SEE_OTHER);
    }
    let numbers = cases(&citizen).await;
    city.set("2026-03-07T09:14:00+08:00");
    city.platform.bookings_miss(city.platform.now()).await.unwrap();
    let citizen = city.sign_in("citizen").await;
    assert!(!citizen.get(MINE).await.body.contains("爽约"), "a quarter of an hour is waited");
    city.set("2026-03-07T09:20:00+08:00");
    // The city's own job finds them; nobody asks it to.
    let missed = until(&citizen, MINE, |page| page.body.matches("爽约").count() == 3).await;
    assert_eq!(missed.body.matches("爽约").count(), 3, "{}", missed.body);
    for number in &numbers {
        let page = format!("/me/cases/{number}");
        let ended = until(&citizen, &page, |page| page.texts(".status-state") == ["爽约"]).await;
        assert_eq!(ended.texts(".status-state"), ["爽约"]);
    }
    let refused = book(&citizen, "2026-03-11 17:00").await;
    assert!(refused.status.is_client_error() && refused.body.contains("2026-04-06"), "{}", refused.body);
    let clerk = city.sign_in("yuzhou-clerk").await;
    let walked = clerk.post_and_follow(&format!("{DESK}/comprehensive/walk-in"), &[("matter", "咨询")]).await;
    assert!(walked.body.contains("1 号"), "and is never turned away at the counter");
    city.set("2026-04-07T09:00:00+08:00");
    let citizen = city.sign_in("citizen").await;
    assert_eq!(book(&citizen, "2026-04-08 17:00").await.status, StatusCode::SEE_OTHER, "it ends by itself");
}

/// What an old person's family writes.
const ORDER: [(&str, &str); 6] = [
    ("matter", "高龄津贴申领"),
    ("reason", "old-age"),
    ("words", ""),
    ("township", "神垕镇"),
    ("address", "老街 1 号"),
    ("telephone", "13900000000"),
];

async fn order(browser: &Browser, day: &str) -> String {
    let fields: Vec<_> = ORDER.into_iter().chain([("day", day)]).collect();
    let ordered = browser.post("/d/411081/home-visits", &fields).await;
    assert_eq!(ordered.status, StatusCode::SEE_OTHER, "{}", ordered.body);
    cases(browser).await.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_person_is_visited_at_home_and_a_visit_that_is_late_is_on_the_officers_board() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let citizen = city.sign_in("citizen").await;
    let number = order(&citizen, "2026-03-05").await;
    let page = citizen.get(&format!("/me/cases/{number}")).await;
    assert_eq!(page.texts(".status-state"), ["待安排"]);
    assert!(page.body.contains("2026年3月5日"), "the promise is the day for which the order was taken: {}", page.body);
    assert!(!page.body.contains("老街 1 号"), "where somebody lives is for those who go there");

    let helper = city.sign_in("yuzhou-helper").await;
    let round = helper.get(&format!("{VISITS}?day=2026-03-05")).await;
    assert!(round.body.contains("老街 1 号") && round.body.contains(&number));
    let planned = helper.post_and_follow(&format!("{VISITS}/plan"), &[("day", "2026-03-05")]).await;
    assert!(planned.body.contains("已安排上门"), "{}", planned.body);
    assert!(!planned.attributes("form", "action").contains(&format!("{VISITS}/plan")), "nothing is left to plan");
    assert_eq!(shown(&citizen, &number).await, "已安排");
    assert!(
        until(&citizen, "/me/messages", |page| page.body.contains(&number)).await.body.contains(&number),
        "and told"
    );

    // Nobody goes. The officer sees it come, and sees it late.
    city.set("2026-03-05T08:00:00+08:00");
    let officer = city.sign_in("supervision").await;
    let near = until(&officer, BOARD, |board| board.body.contains(&number)).await;
    assert_eq!(near.texts(".supervised h2"), ["提醒：承诺时限将到"]);
    city.set("2026-03-06T08:00:00+08:00");
    let officer = city.sign_in("supervision").await;
    let late = until(&officer, BOARD, |board| board.texts(".supervised h2").len() == 2).await;
    assert!(
        late.texts(".supervised h2").contains(&"红牌：承诺时限超期".to_owned()),
        "{:?}",
        late.texts(".supervised h2")
    );

    let helper = city.sign_in("yuzhou-helper").await;
    let round = helper.get(&format!("{VISITS}?day=2026-03-05")).await;
    let done = round.attributes("form[action$='/done']", "action").remove(0);
    assert_eq!(helper.post(&done, &[]).await.status, StatusCode::SEE_OTHER);
    let citizen = city.sign_in("citizen").await;
    assert_eq!(shown(&citizen, &number).await, "已上门");
    city.set("2026-03-20T08:00:00+08:00");
    let officer = city.sign_in("supervision").await;
    let board = officer.get(BOARD).await;
    assert_eq!(board.texts(".supervised h2").len(), 2, "what is done is not late any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_that_is_done_in_time_gets_no_card_and_one_that_is_cancelled_owes_nothing() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let citizen = city.sign_in("citizen").await;
    let cancelled = order(&citizen, "2026-03-05").await;
    let cancel = citizen.get(MINE).await.attributes("form[action$='/cancel']", "action").remove(0);
    citizen.post(&cancel, &[]).await;
    assert_eq!(shown(&citizen, &cancelled).await, "已撤回");
    order(&citizen, "2026-03-06").await;
    city.set("2026-03-06T10:00:00+08:00");
    let helper = city.sign_in("yuzhou-helper").await;
    let done = helper.get(VISITS).await.attributes("form[action$='/done']", "action").remove(0);
    assert_eq!(helper.post(&done, &[]).await.status, StatusCode::SEE_OTHER);
    city.set("2026-03-10T08:00:00+08:00");
    // What is late is on the board within seconds.
    let beside = city.sign_in("citizen").await;
    let late = order(&beside, "2026-03-11").await;
    city.set("2026-03-12T08:00:00+08:00");
    let officer = city.sign_in("supervision").await;
    let red = |board: &Answer| board.texts(".supervised h2").iter().filter(|card| card.starts_with("红牌")).count();
    let board = until(&officer, BOARD, |board| red(board) > 0).await;
    assert_eq!(red(&board), 1, "{:?}", board.texts(".supervised h2"));
    assert!(board.body.contains(&late) && !board.body.contains(&cancelled));
}
