//! A city's own rules: a kind of case that is edited while cases of it run, and the numbers of supervision, each from its
//! day on.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

use lotus_articles::{applied, step, until};
use lotus_domain::setting::{Dated, Setting};
use lotus_journeys::{Answer, Browser, City};
use lotus_platform::{KindError, kind_publish, kind_versions};
use reqwest::StatusCode;

const FOOD_LICENCE: &str = "XC01003-411081";
const APPLICATION: &str = include_str!("../../host/domain/kinds/application.toml");
const BOARD: &str = "/staff/d/411081/board";

fn offered(page: &Answer) -> Vec<String> {
    page.texts("details.action summary")
}

async fn seen(staff: &Browser, number: &str) -> Answer {
    staff.get(&format!("/staff/cases/{number}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_definition_that_is_edited_while_its_cases_run_holds_for_those_that_begin() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let clerk = city.sign_in("yuzhou-clerk").await;
    let applicant = city.browser();
    let before = applied(&applicant, "411081", FOOD_LICENCE).await;
    let store = city.store().await;

    // One that is not sound is refused with its line, and nothing holds of it.
    let unsound = APPLICATION.replacen("by = [\"clerk\", \"handler\"]", "by = [\"mayor\"]", 1);
    let now = city.platform.now();
    let refused = kind_publish(&store, &unsound, now, "operator/test", now).await.unwrap_err();
    assert!(matches!(&refused, KindError::Unsound(error) if error.line > 1), "{refused}");
    let unknown = APPLICATION.replacen("id = \"application\"", "id = \"applikation\"", 1);
    let refused = kind_publish(&store, &unknown, now, "operator/test", now).await.unwrap_err();
    assert!(refused.to_string().contains("applikation") && refused.to_string().contains("home-visit"), "{refused}");

    // Another name for a step, from tomorrow on.
    let edited = APPLICATION.replacen("title = { zh = \"开始预审\"", "title = { zh = \"当日预审\"", 1);
    assert!(edited != APPLICATION);
    let tomorrow = "2026-03-04T00:00:00+08:00".parse().unwrap();
    kind_publish(&store, &edited, tomorrow, "operator/test", now).await.unwrap();
    city.platform.reload().await.unwrap();
    let between = applied(&applicant, "411081", FOOD_LICENCE).await;
    assert!(offered(&seen(&clerk, &between).await).contains(&"开始预审".to_owned()), "not before its day");

    city.set("2026-03-04T09:00:00+08:00");
    let clerk = city.sign_in("yuzhou-clerk").await;
    city.platform.reload().await.unwrap();
    let after = applied(&applicant, "411081", FOOD_LICENCE).await;
    assert!(offered(&seen(&clerk, &after).await).contains(&"当日预审".to_owned()));
    for running in [&before, &between] {
        let page = seen(&clerk, running).await;
        assert!(offered(&page).contains(&"开始预审".to_owned()), "a case keeps the definition that it began with");
        assert_eq!(step(&clerk, running, "pre-review", "").await.status, StatusCode::OK);
    }
    let versions = kind_versions(&store).await.unwrap();
    assert_eq!(versions.iter().filter(|version| version.since.is_some()).count(), 1);
    let audit = city.sign_in("auditor").await.get("/console/d/411000/audit").await;
    assert!(audit.body.contains("kind-published") && audit.body.contains("operator/test"), "{}", audit.body);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_city_says_from_which_day_on_it_is_warned_how_early() {
    let city = City::at("2026-03-02T09:00:00+08:00").await;
    let since = jiff::civil::date(2026, 3, 3);
    for (setting, value) in [(Setting::NearPercent, 0), (Setting::NearWorkingDays, 3)] {
        city.platform.setting_put(Dated { setting, since, value }).await.unwrap();
    }
    let accepted = async |day: &str| {
        city.set(day);
        city.platform.reload().await.unwrap();
        let (clerk, handler) = (city.sign_in("yuzhou-clerk").await, city.sign_in("yuzhou-handler").await);
        let number = applied(&city.browser(), "411081", FOOD_LICENCE).await;
        for action in ["pre-review", "pass", "accept"] {
            step(&clerk, &number, action, "").await;
        }
        step(&handler, &number, "review", "").await;
        number
    };
    // Five working days each: until Monday 9 and Tuesday 10 March.
    let (old, new) = (accepted("2026-03-02T09:00:00+08:00").await, accepted("2026-03-03T09:00:00+08:00").await);
    city.set("2026-03-05T08:00:00+08:00");
    let officer = city.sign_in("supervision").await;
    let board = until(&officer, BOARD, |board| board.body.contains(&new)).await;
    assert!(board.body.contains(&new), "three working days are left: {:?}", board.texts(".supervised h2"));
    assert!(!board.body.contains(&old), "two working days are left, and the rule of its day warns at one");
}
