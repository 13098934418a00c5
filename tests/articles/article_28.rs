//! Article 28: people are told in time of what concerns them: each milestone of a case, licences before their last day,
//! risks. Once, not at night, and not what they turned off, unless the law has it served. What wants an answer is followed
//! up until it has one.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

use std::time::Duration;

use jiff::civil::date;
use lotus_articles::{applied, step, until};
use lotus_domain::Slug;
use lotus_domain::district::Division;
use lotus_domain::licence::{Holder, Licence};
use lotus_domain::notice::Contact;
use lotus_domain::text::Text;
use lotus_journeys::{Answer, Browser, City, Gateway, Mood};
use reqwest::StatusCode;

const FOOD_LICENCE: &str = "XC01003-411081";
const MESSAGES: &str = "/me/messages";
const WARNINGS: &str = "/staff/d/411081/warnings";
const BOARD: &str = "/staff/d/411081/board";

/// The short messages that the gateway took, once there are so many or half a minute is over.
async fn sent(gateway: &Gateway, at_least: usize) -> Vec<String> {
    for _ in 0..150 {
        if gateway.taken().len() >= at_least {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    gateway.taken().into_values().map(|one| one.text).collect()
}

/// Long enough for whatever is due to have been sent.
async fn a_while() {
    tokio::time::sleep(Duration::from_secs(3)).await;
}

fn with(texts: &[String], words: &str) -> usize {
    texts.iter().filter(|text| text.contains(words)).count()
}

fn messages(inbox: &Answer) -> usize {
    inbox.texts("article").len()
}

/// Makes a step of one's own case, from the page as it stands.
async fn mine(citizen: &Browser, number: &str, action: &str) -> Answer {
    let page = citizen.get(&format!("/me/cases/{number}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let path = format!("/me/cases/{number}/actions/{action}");
    assert!(page.attributes("form", "action").contains(&path), "{action} is not offered: {:?}", page.texts("summary"));
    let revision = page.attributes("input[name=revision]", "value").remove(0);
    citizen.post_and_follow(&path, &[("revision", &revision)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_applicant_is_told_of_each_milestone_once_though_the_gateway_fails_and_not_at_night() {
    let gateway = Gateway::start().await;
    gateway.be(Mood::Busy);
    let city = City::telling("2026-03-03T09:00:00+08:00", &gateway).await;
    let citizen = city.sign_in("citizen").await;
    let number = applied(&citizen, "411081", FOOD_LICENCE).await;
    // The inbox has it at once; the gateway says no, and is asked again later.
    let inbox = citizen.get(MESSAGES).await;
    assert_eq!(inbox.texts("article h2"), ["未读 已收到您的申请"], "{}", inbox.body);
    assert!(inbox.attributes("article a", "href").contains(&format!("/me/cases/{number}")));
    for _ in 0..100 {
        if gateway.requests() > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(gateway.requests() > 0 && gateway.taken().is_empty(), "it was asked, and did not take it");
    gateway.be(Mood::Good);
    city.set("2026-03-03T09:05:00+08:00");
    let told = sent(&gateway, 1).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("【莲城政务】") && told[0].contains(&number), "{told:?}");
    assert_eq!(gateway.taken().into_values().next().unwrap().to, "19900000001");
    assert!(gateway.asked().into_values().all(|count| count > 1), "the same key, asked for again");

    let clerk = city.sign_in("yuzhou-clerk").await;
    step(&clerk, &number, "pre-review", "").await;
    step(&clerk, &number, "return", "请补正经营场所证明").await;
    let told = sent(&gateway, 3).await;
    assert_eq!(with(&told, "需要补正材料"), 1, "{told:?}");

    // What one does oneself one is not told; what the clerk does late in the evening one is told in the morning.
    city.set("2026-03-03T22:30:00+08:00");
    let citizen = city.sign_in("citizen").await;
    assert!(mine(&citizen, &number, "resubmit").await.body.contains("预审"));
    let clerk = city.sign_in("yuzhou-clerk").await;
    step(&clerk, &number, "pass", "").await;
    let of_case = format!("{MESSAGES}?case={number}");
    assert!(citizen.get(&format!("/me/cases/{number}")).await.attributes("a", "href").contains(&of_case));
    assert_eq!(messages(&citizen.get(&of_case).await), 4, "the inbox rings nobody up");
    a_while().await;
    assert_eq!(gateway.taken().len(), 3, "the night is quiet");
    city.set("2026-03-04T08:06:00+08:00");
    assert_eq!(sent(&gateway, 4).await.len(), 4);

    city.set("2026-03-04T09:00:00+08:00");
    let (clerk, handler) = (city.sign_in("yuzhou-clerk").await, city.sign_in("yuzhou-handler").await);
    step(&clerk, &number, "accept", "").await;
    step(&handler, &number, "review", "").await;
    step(&handler, &number, "grant", "").await;
    let told = sent(&gateway, 7).await;
    assert_eq!(with(&told, "已提交，编号"), 1, "{told:?}");
    assert_eq!(with(&told, "需要补正材料"), 1, "{told:?}");
    assert_eq!(with(&told, "已作出决定：准予"), 1, "{told:?}");
    a_while().await;
    let told = sent(&gateway, 7).await;
    let once: std::collections::BTreeSet<_> = told.iter().collect();
    assert_eq!((told.len(), once.len()), (7, 7), "nobody is told twice: {told:?}");
    let citizen = city.sign_in("citizen").await;
    assert_eq!(messages(&citizen.get(&of_case).await), 7);
    let other = city.sign_in("agent").await;
    assert_eq!(messages(&other.get(&of_case).await), 0, "nobody reads what another is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_turned_off_is_not_sent_and_what_the_law_has_served_is() {
    let gateway = Gateway::start().await;
    let city = City::telling("2026-03-03T09:00:00+08:00", &gateway).await;
    let citizen = city.sign_in("citizen").await;
    let offered = citizen.get("/me/notices").await.attributes("input[name=kind]", "value");
    assert!(offered.contains(&"milestone".to_owned()), "{offered:?}");
    assert!(!offered.contains(&"correction".to_owned()) && !offered.contains(&"decision".to_owned()), "{offered:?}");
    let kept = citizen.post_and_follow("/me/notices", &[("email", "")]).await;
    assert_eq!(kept.texts("p.notice.good").len(), 1, "{}", kept.body);
    let number = applied(&citizen, "411081", FOOD_LICENCE).await;
    let clerk = city.sign_in("yuzhou-clerk").await;
    step(&clerk, &number, "pre-review", "").await;
    step(&clerk, &number, "return", "请补正经营场所证明").await;
    let told = sent(&gateway, 1).await;
    assert_eq!((told.len(), with(&told, "需要补正材料")), (1, 1), "{told:?}");
    mine(&citizen, &number, "resubmit").await;
    step(&clerk, &number, "not-accept", "经营场所不在许可范围内，依法不予受理").await;
    let told = sent(&gateway, 2).await;
    a_while().await;
    assert_eq!((gateway.taken().len(), with(&told, "已作出决定：不予受理")), (2, 1), "{told:?}");
    let inbox = citizen.get(&format!("{MESSAGES}?case={number}")).await;
    assert_eq!(messages(&inbox), 5, "the inbox keeps all of it, and asks how it was: {}", inbox.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_holder_of_a_licence_is_told_ninety_thirty_and_seven_days_before_its_end_each_once() {
    let gateway = Gateway::start().await;
    let city = City::telling("2026-03-30T10:00:00+08:00", &gateway).await;
    // An account is there once its holder has signed in.
    city.sign_in("citizen").await;
    let division = Division::parse("411081").unwrap();
    let licence = Licence {
        division: division.clone(),
        id: Slug::parse("food-1").unwrap(),
        kind: Slug::parse("food-licence").unwrap(),
        title: Text::zh("食品经营许可证"),
        number: "JY-411081-0001".to_owned(),
        holder: Holder::Person("411000196101010019".to_owned()),
        contact: Contact::default(),
        expires: date(2026, 6, 30),
    };
    city.platform.licence_put(&division, vec![licence]).await.unwrap();
    let stages = [
        ("2026-03-31T10:00:00+08:00", 0, ""),
        ("2026-04-01T10:00:00+08:00", 1, "还有90天"),
        ("2026-04-20T10:00:00+08:00", 1, "还有90天"),
        ("2026-05-31T10:00:00+08:00", 2, "还有30天"),
        ("2026-06-23T10:00:00+08:00", 3, "还有7天"),
        ("2026-06-30T10:00:00+08:00", 3, "还有7天"),
        ("2026-07-15T10:00:00+08:00", 3, "还有7天"),
    ];
    for (moment, told, words) in stages {
        city.set(moment);
        for _ in 0..3 {
            city.platform.licences_tell(city.platform.now()).await.unwrap();
        }
        let texts = sent(&gateway, told).await;
        assert_eq!(texts.len(), told, "{moment}: {texts:?}");
        assert!(told == 0 || with(&texts, words) == 1, "{moment}: {texts:?}");
    }
    let citizen = city.sign_in("citizen").await;
    let inbox = citizen.get(MESSAGES).await;
    assert_eq!(messages(&inbox), 3, "{}", inbox.body);
    assert!(citizen.get("/me").await.body.contains("JY-411081-0001"));
}

/// Follows floods in 禹州, and is signed in.
async fn follower(city: &City, subject: &str) -> Browser {
    let browser = city.sign_in(subject).await;
    let wanted = [("kind", "risk"), ("channel", "sms"), ("topic", "flood"), ("district", "411081")];
    assert_eq!(browser.post("/me/notices", &wanted).await.status, StatusCode::SEE_OTHER);
    browser
}

/// The case by which one answers a warning, as one's message leads to it.
async fn receipt(browser: &Browser) -> String {
    let inbox = until(browser, MESSAGES, |inbox| !inbox.attributes("article a", "href").is_empty()).await;
    let mut led = inbox.attributes("article a", "href");
    assert_eq!(led.len(), 1, "one warning, one case: {}", inbox.body);
    led.remove(0).trim_start_matches("/me/cases/").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_that_wants_an_answer_is_confirmed_by_its_reader_and_followed_up_where_nobody_does() {
    let gateway = Gateway::start().await;
    let city = City::telling("2026-03-03T09:00:00+08:00", &gateway).await;
    let (citizen, agent) = (follower(&city, "citizen").await, follower(&city, "agent").await);
    let officer = city.sign_in("yuzhou-administrator").await;
    assert!(officer.get("/staff/d/411081").await.attributes("a", "href").contains(&WARNINGS.to_owned()));
    assert!(officer.get(WARNINGS).await.attributes("input", "name").contains(&"receipt".to_owned()));
    let warning = [
        ("audience", "subscribers/flood"),
        ("title", "颍河汛情"),
        ("text", "请低洼处经营户今日内转移货物，并确认收到。"),
        ("receipt", "yes"),
    ];
    assert_eq!(officer.post(WARNINGS, &warning).await.status, StatusCode::SEE_OTHER);

    let (answered, unanswered) = (receipt(&citizen).await, receipt(&agent).await);
    let told = sent(&gateway, 2).await;
    assert_eq!((told.len(), with(&told, "今日内转移货物")), (2, 2), "{told:?}");
    for _ in 0..3 {
        city.platform.warnings_spread(city.platform.now()).await.unwrap();
    }
    assert_eq!(citizen.get("/me").await.body.matches(&format!("/me/cases/{answered}")).count(), 1);
    let page = citizen.get(&format!("/me/cases/{answered}")).await;
    assert_eq!(page.texts(".status-state"), ["已提示，待回执"]);
    assert!(page.body.contains("今日内转移货物") && page.body.contains("平台发起"), "{}", page.body);
    assert_eq!(agent.get(&format!("/me/cases/{answered}")).await.status, StatusCode::NOT_FOUND, "not another's");
    assert_eq!(mine(&citizen, &answered, "confirm").await.texts(".status-state"), ["已确认"]);
    let again = [("revision", "1")];
    let twice = citizen.post(&format!("/me/cases/{answered}/actions/confirm"), &again).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    a_while().await;
    assert_eq!(gateway.taken().len(), 2, "who confirms is not told of it again");

    let clocks = city.sign_in("yuzhou-supervisor").await.get("/staff/d/411081/clocks").await;
    assert!(clocks.body.contains(&unanswered) && !clocks.body.contains(&answered), "{}", clocks.body);
    let board = city.sign_in("supervision").await.get(BOARD).await;
    assert!(!board.body.contains(&unanswered), "it is in time");
    city.set("2026-03-11T08:00:00+08:00");
    let officer = city.sign_in("supervision").await;
    let overdue = |board: &Answer| board.texts(".supervised h2").contains(&"红牌：承诺时限超期".to_owned());
    let board = until(&officer, BOARD, overdue).await;
    assert!(overdue(&board) && board.body.contains(&unanswered), "{:?}", board.texts(".supervised h2"));
    assert!(!board.body.contains(&answered), "what was answered in time is no card");

    // Somebody rings up; had nobody done so, it would have ended by itself as not answered.
    let clerk = city.sign_in("yuzhou-clerk").await;
    let rung = step(&clerk, &unanswered, "by-telephone", "已电话确认，货物已转移").await;
    assert_eq!(rung.texts(".status-state"), ["已确认"], "{}", rung.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_answers_in_thirty_days_ends_as_not_answered_and_stays_on_record() {
    let gateway = Gateway::start().await;
    let city = City::telling("2026-03-03T09:00:00+08:00", &gateway).await;
    let citizen = follower(&city, "citizen").await;
    let officer = city.sign_in("yuzhou-administrator").await;
    let warning = [("audience", "subscribers/flood"), ("title", "汛情"), ("text", "请确认收到。"), ("receipt", "yes")];
    assert_eq!(officer.post(WARNINGS, &warning).await.status, StatusCode::SEE_OTHER);
    let number = receipt(&citizen).await;
    // A warning that wants none begins no case.
    let plain = [("audience", "subscribers/flood"), ("title", "汛情二"), ("text", "雨势减弱。")];
    let officer = city.sign_in("yuzhou-administrator").await;
    assert_eq!(officer.post(WARNINGS, &plain).await.status, StatusCode::SEE_OTHER);
    let inbox = until(&citizen, MESSAGES, |inbox| messages(inbox) == 2).await;
    assert_eq!((messages(&inbox), inbox.attributes("article a", "href").len()), (2, 1), "{}", inbox.body);

    city.set("2026-04-03T09:00:00+08:00");
    let citizen = city.sign_in("citizen").await;
    let path = format!("/me/cases/{number}");
    let ended = until(&citizen, &path, |page| page.texts(".status-state") == ["未回执"]).await;
    assert_eq!(ended.texts(".status-state"), ["未回执"]);
    assert!(!ended.attributes("form", "action").iter().any(|action| action.contains("/confirm")), "too late");
}
