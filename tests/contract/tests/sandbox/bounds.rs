//! Answers that have the contract's shapes and not its bounds: nobody sees them, and the failure says what is wrong.

use lotus_contract_tests::{Plugin, Stage};
use lotus_domain::Slug;
use lotus_domain::case::CaseNumber;
use lotus_domain::form::{FieldValue, Value};
use lotus_domain::kind::NumberCode;
use lotus_domain::record::Ending;
use lotus_domain::service::Advice;
use lotus_runtime::{Answer, Ask, Called, Failure, Outcome};

async fn hostile() -> Plugin {
    Stage::shared().guest("hostile").await
}

fn incompatible(called: Called<Answer>) -> String {
    assert_eq!(called.outcome.ending(), Ending::Incompatible, "{:?}", called.outcome);
    match called.outcome {
        Outcome::Failed(Failure::Incompatible(problem)) => problem,
        other => panic!("{other:?}"),
    }
}

fn slug(id: &str) -> Slug {
    Slug::parse(id).expect("an id")
}

#[tokio::test]
async fn a_page_out_of_bounds_is_incompatible_and_says_where() {
    let guest = hostile().await;
    let pages = [
        ("title", "a page's title has 1 to 200 characters"),
        ("text", "block 1: a text has at most 10,000 characters"),
        ("blocks", "block 0: a page has at most 200 blocks"),
        ("level", "block 1: a heading's level is 2 or 3"),
        ("link", "a link to another site is https:// and at most 2,000 characters"),
        ("row", "block 1: a row is not as long as the table's columns"),
        ("number", "block 1: a chart's number is not finite or too large"),
        ("basis", "the title of a legal basis has at most 200 characters"),
    ];
    for (page, problem) in pages {
        assert_eq!(incompatible(guest.render("misfit", Some(page)).await), problem, "{page}");
    }
}

#[tokio::test]
async fn zones_out_of_bounds_are_incompatible() {
    for (setting, problem) in [
        ("many-zones", "21 zones; at most 20 are allowed"),
        ("twice", "two zones are called “calm”"),
        ("zone-id", "“../console” is no id: 1 to 64 of a-z, 0-9 and -, starting with a letter"),
    ] {
        let guest = hostile().await.set("misfit", Value::Text(setting.to_owned()));
        assert_eq!(incompatible(guest.ask(&Ask::ListZones).await), problem, "{setting}");
    }
}

#[tokio::test]
async fn a_kind_of_case_that_never_ends_is_incompatible() {
    let guest = hostile().await.set("misfit", Value::Text("no-end".to_owned()));
    let problem = incompatible(guest.ask(&Ask::ListServices).await);
    assert!(problem.starts_with("the kind of case “endless”: "), "{problem}");
}

#[tokio::test]
async fn a_form_with_two_fields_of_one_name_is_incompatible() {
    let called = hostile().await.ask(&Ask::ServiceForm { service: slug("misfit") }).await;
    assert_eq!(incompatible(called), "two fields are called “word”");
}

#[tokio::test]
async fn a_point_that_a_plugin_does_not_answer_is_incompatible() {
    let echo = Stage::shared().guest("echo").await;
    let problem = incompatible(echo.ask(&Ask::ListServices).await);
    assert!(problem.starts_with("it does not answer services"), "{problem}");
}

fn advance(transition: &str) -> Ask {
    let (_, today) = lotus_contract_tests::noon();
    let division = lotus_domain::district::Division::parse("411081").expect("a division");
    Ask::Advance {
        case: CaseNumber::new(&division, today, NumberCode::SERVICE, 29),
        service: slug("calm"),
        state: slug("submitted"),
        transition: slug(transition),
        values: vec![FieldValue { name: "word".to_owned(), value: Value::Text("tea".to_owned()) }],
        reason: Some("because".to_owned()),
    }
}

#[tokio::test]
async fn a_plugin_is_asked_before_its_case_moves_on() {
    let guest = hostile().await;
    let said = |called: Called<Answer>| match called.outcome {
        Outcome::Answer(Answer::Advised(advice)) => advice,
        other => panic!("{other:?}"),
    };
    assert_eq!(said(guest.ask(&advance("proceed")).await), Advice::Proceed);
    let Advice::ProceedWith(words) = said(guest.ask(&advance("say")).await) else { panic!("it has words") };
    assert!(words.zh.starts_with("41108120260428"), "{}", words.zh);
    assert!(words.zh.ends_with(" calm submitted 1 because"), "{}", words.zh);
    let Advice::Hold(refusal) = said(guest.ask(&advance("hold")).await) else { panic!("it holds") };
    assert_eq!(refusal.reason.zh, "还缺一份材料。");
    assert_eq!(guest.ask(&advance("unknown")).await.outcome, Outcome::NotFound);
    assert_eq!(guest.ask(&advance("trap")).await.outcome.ending(), Ending::Trap);
}
