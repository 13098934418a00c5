//! Convenience (article 27): booking a counter, taking a number, being visited at home.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests can't go on")]

use std::time::Duration;

use lotus_domain::Slug;
use lotus_domain::appointment::{Counter, Hours, HoursKind};
use lotus_domain::district::Division;
use lotus_journeys::{Answer, Browser, City};
use reqwest::StatusCode;

const COUNTER: &str = "/d/411081/counters/comprehensive";

async fn signed_in(city: &City, subject: &str) -> Browser {
    let browser = city.browser();
    let answer = browser.post("/sign-in/ready", &[("subject", subject), ("then", "/me")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    browser
}

/// The slots that a page offers.
fn slots(page: &Answer) -> Vec<String> {
    page.attributes("input[name=slot]:not([disabled])", "value")
}

/// A counter that is open around the clock on every day, so that the test has a slot today whenever it runs.
async fn always_open(city: &City, capacity: u16) {
    let division = Division::parse("411081").unwrap();
    let mut halls = city.platform.halls(&division).await.unwrap().unwrap();
    let since = jiff::civil::date(2026, 1, 1);
    let hours = |kind| Hours {
        kind,
        weekdays: Vec::new(),
        from: jiff::civil::time(0, 0, 0, 0),
        to: jiff::civil::time(23, 59, 0, 0),
        since,
        until: None,
    };
    let title = lotus_domain::text::Text::zh("全天窗口");
    halls.counters.push(Counter {
        id: Slug::parse("always").unwrap(),
        department: title.clone(),
        title,
        slot_minutes: 10,
        capacity,
        hours: vec![hours(HoursKind::Ordinary), hours(HoursKind::Off)],
    });
    city.platform.halls_put(vec![halls]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_books_sees_it_cancels_and_books_another_time() {
    let city = City::sqlite().await;
    let citizen = signed_in(&city, "citizen").await;
    for division in ["411000", "411002", "411003", "411024", "411025", "411081", "411082"] {
        let page = citizen.get(&format!("/d/{division}/counters")).await;
        assert!(page.body.contains("综合窗口"), "{division}: {}", page.body);
    }
    let page = citizen.get(COUNTER).await;
    let open = slots(&page);
    assert!(open.len() > 20, "two weeks of slots: {open:?}");
    let item = page.attributes("#item option", "value").into_iter().find(|value| !value.is_empty()).unwrap();
    let nobody = city.browser().post(COUNTER, &[("slot", &open[0]), ("item", "")]).await;
    assert!(nobody.location().unwrap().starts_with("/sign-in"), "one signs in first");
    let booked = citizen.post_and_follow(COUNTER, &[("slot", &open[3]), ("item", &item)]).await;
    assert!(booked.body.contains("已预约") && booked.body.contains("综合窗口"), "{}", booked.body);
    let again = citizen.post(COUNTER, &[("slot", &open[4]), ("item", &item)]).await;
    assert!(again.status.is_client_error() && again.body.contains("已有一个预约"), "{}", again.body);
    let left = citizen.get(COUNTER).await;
    assert!(left.body.contains("余 3 个"), "a place of four is taken");
    let cancel = booked.attributes("form[action$='/cancel']", "action").remove(0);
    let other = signed_in(&city, "agent").await;
    assert_eq!(other.post(&cancel, &[]).await.status, StatusCode::NOT_FOUND, "another's");
    assert!(citizen.post_and_follow(&cancel, &[]).await.body.contains("已取消"));
    assert_eq!(citizen.post(COUNTER, &[("slot", &open[4]), ("item", &item)]).await.status, StatusCode::SEE_OTHER);
    for wrong in ["2020-01-01 09:00", "2026-13-01 09:00", "", "tomorrow"] {
        let refused = citizen.post(COUNTER, &[("slot", wrong), ("item", "")]).await;
        assert!(refused.status.is_client_error() && refused.body.contains("不能预约"), "{wrong}: {}", refused.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_place_is_given_once_however_many_want_it() {
    let city = City::sqlite().await;
    always_open(&city, 1).await;
    let path = "/d/411081/counters/always";
    let subjects = ["citizen", "agent", "yuzhou-helper", "yuzhou-clerk", "changge-helper", "changge-clerk"];
    let mut people = Vec::new();
    for subject in subjects {
        people.push(signed_in(&city, subject).await);
    }
    let open = slots(&people[0].get(path).await);
    let slot = open[open.len() / 2].clone();
    let mut trying = Vec::new();
    for (at, person) in people.iter().cycle().take(36).enumerate() {
        let (person, slot) = (person.clone(), slot.clone());
        // The same people again and again: a second booking for the same matter is none.
        trying.push(tokio::spawn(async move { (at, person.post(path, &[("slot", &slot), ("item", "")]).await) }));
    }
    let mut booked = 0;
    for one in trying {
        let (_, answer) = one.await.unwrap();
        match answer.status {
            StatusCode::SEE_OTHER => booked += 1,
            status => assert!(status.is_client_error(), "{status}"),
        }
    }
    assert_eq!(booked, 1);
    assert!(!slots(&people[0].get(path).await).contains(&slot), "and nobody is offered it any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_gets_a_number_and_is_called_in_order() {
    let city = City::sqlite().await;
    always_open(&city, 3).await;
    let citizen = signed_in(&city, "citizen").await;
    let clerk = signed_in(&city, "yuzhou-clerk").await;
    let path = "/d/411081/counters/always";
    let today = city.platform.today().to_string();
    let Some(slot) = slots(&citizen.get(path).await).into_iter().find(|slot| slot.starts_with(&today)) else {
        // The last ten minutes of a day have no slot left to be booked for today.
        return;
    };
    let booked = citizen.post_and_follow(path, &[("slot", &slot), ("item", "")]).await;
    let id = booked.attributes("form[action$='/cancel']", "action")[0].split('/').nth(4).unwrap().to_owned();
    let base = "/staff/d/411081/counters";
    let walked = clerk.post_and_follow(&format!("{base}/always/walk-in"), &[("matter", "复印")]).await;
    assert!(walked.body.contains("1 号"), "{}", walked.body);
    let arrived = clerk.post(&format!("{base}/always/arrive"), &[("id", &id)]).await;
    assert_eq!(arrived.location().as_deref(), Some("/staff/d/411081/counters?number=2"));
    assert!(citizen.get("/d/411081/counters").await.body.contains("2 人等候"));
    for expected in ["?number=1", "?number=2", "/counters"] {
        let called = clerk.post(&format!("{base}/always/call"), &[]).await.location().unwrap();
        assert!(called.ends_with(expected), "{called}");
    }
    assert!(citizen.get("/me/bookings").await.body.contains("已叫号"));
    let elsewhere = signed_in(&city, "changge-clerk").await;
    assert_eq!(elsewhere.get(base).await.status, StatusCode::NOT_FOUND);
    assert_eq!(elsewhere.post(&format!("{base}/always/call"), &[]).await.status, StatusCode::NOT_FOUND);
    assert_ne!(citizen.get(base).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn three_missed_bookings_suspend_booking_online_and_the_hall_stays_open() {
    let city = City::sqlite().await;
    let citizen = signed_in(&city, "citizen").await;
    let items = citizen.get(COUNTER).await.attributes("#item option", "value");
    for item in &items[1..4] {
        let open = slots(&citizen.get(COUNTER).await);
        assert_eq!(citizen.post(COUNTER, &[("slot", &open[0]), ("item", item)]).await.status, StatusCode::SEE_OTHER);
    }
    // Three weeks later nobody has come.
    let later = city.platform.now() + Duration::from_hours(21 * 24);
    assert_eq!(city.platform.bookings_miss(later).await.unwrap(), 3);
    assert!(citizen.get("/me/bookings").await.body.contains("爽约"));
    let open = slots(&citizen.get(COUNTER).await);
    let refused = citizen.post(COUNTER, &[("slot", &open[0]), ("item", "")]).await;
    assert!(refused.body.contains("暂停") && refused.body.contains("到大厅取号"), "{}", refused.body);
    let other = signed_in(&city, "agent").await;
    assert_eq!(other.post(COUNTER, &[("slot", &open[0]), ("item", "")]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cant_come_is_visited_and_the_round_of_the_day_goes_to_everybody() {
    let city = City::sqlite().await;
    let citizen = signed_in(&city, "citizen").await;
    let helper = signed_in(&city, "yuzhou-helper").await;
    let path = "/d/411081/home-visits";
    let empty = citizen.post(path, &[("address", "老街 1 号")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.texts(".field .error").len() >= 5, "each beside its field");
    assert_eq!(empty.form()["address"], "老街 1 号", "and nothing is lost");
    // The next day that is a working day.
    let mut day = city.platform.today();
    let order = |township: &'static str, day: String| {
        let citizen = citizen.clone();
        async move {
            let fields = [
                ("matter", "残疾人证办理"),
                ("reason", "disability"),
                ("words", ""),
                ("township", township),
                ("address", "老街 1 号"),
                ("telephone", "13900000000"),
                ("day", day.as_str()),
            ];
            citizen.post(path, &fields).await
        }
    };
    loop {
        day = day.tomorrow().unwrap();
        if order("神垕镇", day.to_string()).await.status == StatusCode::SEE_OTHER {
            break;
        }
    }
    for township in ["古城镇", "鸿畅镇", "方岗镇"] {
        assert_eq!(order(township, day.to_string()).await.status, StatusCode::SEE_OTHER);
    }
    let round = helper.get(&format!("/staff/d/411081/visits?day={day}")).await;
    let places = round.texts("ol.visits li strong");
    assert_eq!(places.len(), 4, "{}", round.body);
    let seat = places.iter().position(|place| place == "古城镇").unwrap();
    assert!(seat == 0 || seat == 3, "what lies in the east is not between the places in the west: {places:?}");
    assert!(round.body.contains("不保证最短"), "and it says that it is a suggestion");
    let done = round.attributes("form[action$='/done']", "action").remove(0);
    assert_eq!(helper.post(&done, &[]).await.status, StatusCode::SEE_OTHER);
    let mine = citizen.get("/me/bookings").await;
    assert!(mine.body.contains("已上门") && mine.body.contains("已预约上门"));
    let elsewhere = signed_in(&city, "changge-helper").await;
    assert_eq!(elsewhere.get(&format!("/staff/d/411081/visits?day={day}")).await.status, StatusCode::NOT_FOUND);
    let auditor = signed_in(&city, "auditor").await;
    assert!(
        auditor.get("/console/d/411081/audit").await.body.contains("visits-read"),
        "who read addresses is on record"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_was_not_moved_with_its_booking_catches_up_and_moves_once() {
    let city = City::sqlite().await;
    let citizen = signed_in(&city, "citizen").await;
    let clerk = signed_in(&city, "yuzhou-clerk").await;
    let division = Division::parse("411081").unwrap();
    let open = slots(&citizen.get(COUNTER).await);
    let booked = citizen.post_and_follow(COUNTER, &[("slot", &open[5]), ("item", "")]).await;
    let case = booked.attributes("a[href^='/me/cases/']", "href").remove(0);
    let id = booked.attributes("form[action$='/cancel']", "action")[0].split('/').nth(4).unwrap().to_owned();
    let day = open[5][..10].parse().unwrap();
    // A host that stops right after it gave the number, and after it called it.
    let store = city.bare_store().await;
    assert_eq!(store.booking_arrive(division.clone(), id, day).await.unwrap(), Some(1));
    let counter = Slug::parse("comprehensive").unwrap();
    assert!(store.booking_call(division.clone(), counter, day).await.unwrap().is_some());
    let shown = async || citizen.get(&case).await.texts(".status-state").remove(0);
    city.platform.convenience_settle().await.unwrap();
    assert_eq!(shown().await, "已办理", "by way of the number");
    let before = citizen.get(&case).await.body.matches("已取号").count();
    assert_eq!(city.platform.convenience_settle().await.unwrap(), 0, "and nothing is left to do");
    assert_eq!(citizen.get(&case).await.body.matches("已取号").count(), before);
    let page = clerk.get(&case.replace("/me/", "/staff/")).await;
    assert_eq!(page.status, StatusCode::OK, "it is on the staff's side like every case");
}
