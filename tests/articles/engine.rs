//! What every kind of case has of the engine, told with applications: joint handling 一件事 by several departments,
//! extension with the head's approval, two who act at once, and the applicant's own steps.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

use lotus_articles::{applied, state, step};
use lotus_journeys::{Browser, City};
use reqwest::StatusCode;

const NEWBORN: &str = "XC20002-411081";
const FOOD_LICENCE: &str = "XC01003-411081";

/// The cases on a district's worklist, as they stand there.
async fn worklist(staff: &Browser) -> Vec<String> {
    let page = staff.get("/staff/d/411081").await;
    assert_eq!(page.status, StatusCode::OK);
    let links = page.attributes("tbody th a", "href").into_iter();
    links.map(|link| link.trim_start_matches("/staff/cases/").to_owned()).collect()
}

async fn under_review(city: &City, applicant: &Browser, item: &str) -> String {
    let (clerk, handler) = (city.sign_in("yuzhou-clerk").await, city.sign_in("yuzhou-handler").await);
    let number = applied(applicant, "411081", item).await;
    for action in ["pre-review", "pass", "accept"] {
        step(&clerk, &number, action, "").await;
    }
    step(&handler, &number, "review", "").await;
    number
}

#[tokio::test(flavor = "multi_thread")]
async fn a_joint_case_is_granted_when_every_department_has_answered_and_its_parts_end_with_it() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let applicant = city.browser();
    let number = under_review(&city, &applicant, NEWBORN).await;
    let handler = city.sign_in("yuzhou-handler").await;
    let parts: Vec<String> = worklist(&handler).await.into_iter().filter(|case| *case != number).collect();
    assert!(parts.len() >= 5, "one part for each department that takes part: {parts:?}");
    let early = step(&handler, &number, "grant", "").await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.body.contains("联办部门未办结"), "{:?}", early.texts(".notice"));
    for part in &parts {
        let page = handler.get(&format!("/staff/cases/{part}")).await;
        assert!(page.body.contains("演示市民"), "the whole's materials are the part's");
        step(&handler, part, "agree", "").await;
    }
    step(&handler, &number, "grant", "").await;
    assert_eq!(state(&handler, &number).await, "准予");

    // One that is withdrawn takes its parts along.
    let other = under_review(&city, &applicant, NEWBORN).await;
    let open: Vec<String> =
        worklist(&handler).await.into_iter().filter(|case| *case != number && *case != other).collect();
    assert_eq!(open.len(), parts.len());
    let page = applicant.get(&format!("/cases/{other}")).await;
    let revision = page.attributes("input[name=revision]", "value").remove(0);
    let withdraw = format!("/cases/{other}/actions/withdraw");
    let withdrawn = applicant.post_and_follow(&withdraw, &[("revision", &revision), ("reason", "")]).await;
    assert_eq!(withdrawn.texts(".status-state"), ["已撤回"]);
    assert!(worklist(&handler).await.iter().all(|case| *case == number), "nothing is left on a worklist");
    assert_eq!(state(&handler, &open[0]).await, "随主件终止");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_needs_the_heads_approval_and_moves_the_last_day_by_ten_working_days() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let number = under_review(&city, &city.browser(), FOOD_LICENCE).await;
    let (handler, head) = (city.sign_in("yuzhou-handler").await, city.sign_in("yuzhou-head").await);
    let before = handler.get(&format!("/staff/cases/{number}")).await;
    assert!(before.body.contains("2026年3月10日"), "five working days: {:?}", before.texts(".pairs dd"));
    step(&handler, &number, "ask-extension", "需要专家评审，资料较多").await;
    let page = handler.get(&format!("/staff/cases/{number}")).await;
    let extend = format!("/staff/cases/{number}/actions/extend");
    assert!(!page.attributes("form", "action").contains(&extend), "not the handler's to approve");
    let revision =
        head.get(&format!("/staff/cases/{number}")).await.attributes("input[name=revision]", "value").remove(0);
    let tried = handler.post(&extend, &[("revision", &revision), ("reason", "同意")]).await;
    assert!(tried.status.is_client_error(), "{}", tried.status);
    let extended = step(&head, &number, "extend", "情况属实，同意延长").await;
    assert!(extended.body.contains("2026年3月24日"), "ten working days more: {:?}", extended.texts(".pairs dd"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_clerks_who_act_at_once_one_succeeds_and_the_other_is_told_what_happened() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let number = applied(&city.browser(), "411081", FOOD_LICENCE).await;
    let (one, other) = (city.sign_in("yuzhou-clerk").await, city.sign_in("yuzhou-handler").await);
    let seen = one.get(&format!("/staff/cases/{number}")).await;
    let revision = seen.attributes("input[name=revision]", "value").remove(0);
    let path = format!("/staff/cases/{number}/actions/pre-review");
    let fields = [("revision", revision.as_str()), ("reason", "")];
    let (first, second) = tokio::join!(one.post(&path, &fields), other.post(&path, &fields));
    let mut statuses = [first.status, second.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::CONFLICT]);
    let told = if first.status == StatusCode::CONFLICT { first } else { second };
    assert_eq!(told.texts(".status-state"), ["预审"], "what happened meanwhile is on the page");
}
