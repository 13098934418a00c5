//! Told in time, and once (article 28): what carries notices on good days and bad, what people turn off, what the night
//! holds back, licences before they expire, warnings of risks, and what the operator sees.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lotus_channel::{Channel, Gateway as Carrier, GatewayConfig, Secret, Smtp, SmtpConfig, SmtpSecurity};
use lotus_domain::account::AccountId;
use lotus_domain::district::Division;
use lotus_domain::notice::{ChannelKind, Contact, NoticeKey, Recipient, Value};
use lotus_journeys::{Browser, City, Gateway, Mood, SECRET};
use lotus_platform::{NoticeConfig, Platform};
use reqwest::StatusCode;

/// Ten in the morning, on a working day of the city.
fn morning() -> Timestamp {
    "2026-03-02T02:00:00Z".parse().unwrap()
}

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

fn division(code: &str) -> Division {
    Division::parse(code).unwrap()
}

/// Carried only when the test says so, at the moment that it says.
fn carried_by(gateway: &Gateway) -> NoticeConfig {
    let secret = Secret::new(SECRET).unwrap();
    let config = |kind| {
        let config = GatewayConfig {
            url: gateway.url(),
            name: "lotus".into(),
            secret: secret.clone(),
            sign: "【莲城政务】".into(),
            timeout: Duration::from_secs(2),
        };
        Arc::new(Carrier::new(kind, config).unwrap()) as Arc<dyn Channel>
    };
    NoticeConfig {
        channels: vec![config(ChannelKind::Sms), config(ChannelKind::Voice)],
        receipts: vec![secret.clone()],
        carries: false,
        ..NoticeConfig::default()
    }
}

/// A message about a case to a telephone number that was given with it.
async fn told(platform: &Platform, district: &str, number: u32, at: Timestamp) {
    let contact = Contact { telephone: Some(format!("1990000{number:04}")), email: None };
    told_to(platform, district, &format!("test/{number}"), "case-submitted", Recipient::Contact(contact), at).await;
}

async fn told_to(platform: &Platform, district: &str, key: &str, template: &str, to: Recipient, at: Timestamp) {
    let mut values = vec![("title", Value::plain("食品经营许可")), ("number", Value::plain("4110810001"))];
    if template == "case-decided" {
        values.push(("state", Value::plain("准予")));
    }
    let key = NoticeKey::parse(key).unwrap();
    let notice = platform.notice_at(template, &values, &division(district), key, to, at).unwrap();
    platform.notice_put(&division(district), vec![notice]).await.unwrap();
}

/// Somebody signed in with a ready account, and its id.
async fn signed_in(city: &City, subject: &str) -> (Browser, AccountId) {
    let browser = city.browser();
    let answer = browser.post("/sign-in/ready", &[("subject", subject), ("then", "/me")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{subject}: {}", answer.body);
    let secret = city.platform.sign_in_ready(subject, None, "", None).await.unwrap();
    let asker = city.platform.asker(Some(&secret), None).await.unwrap();
    (browser, asker.person().unwrap().account.id.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_away_for_a_day_loses_nothing_and_nobody_is_told_twice() {
    let gateway = Gateway::start().await;
    let city = City::carrying(carried_by(&gateway)).await;
    for number in 0..60 {
        told(&city.platform, if number % 2 == 0 { "411081" } else { "411082" }, number, morning()).await;
    }
    gateway.be(Mood::Down);
    let mut now = morning();
    for step in 0..48 {
        city.platform.notices_send(now).await.unwrap();
        gateway.be(if step % 2 == 0 { Mood::Busy } else { Mood::Down });
        now += minutes(30);
    }
    assert!(gateway.taken().is_empty());
    // No storm: two districts, each stopped after a few failures of a round.
    assert!(gateway.requests() < 48 * 2 * 16, "{}", gateway.requests());
    gateway.be(Mood::Good);
    for _ in 0..8 {
        city.platform.notices_send(now).await.unwrap();
        now += minutes(30);
    }
    let taken = gateway.taken();
    assert_eq!(taken.len(), 60);
    let numbers: std::collections::BTreeSet<_> = taken.values().map(|one| one.to.clone()).collect();
    assert_eq!(numbers.len(), 60, "each its own");
    assert!(taken.values().all(|one| one.text.starts_with("【莲城政务】") && one.kind == "sms"));
    let before = gateway.requests();
    city.platform.notices_send(now + minutes(60)).await.unwrap();
    assert_eq!(gateway.requests(), before, "nothing is left to be sent");
    assert_eq!(gateway.forged(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_dies_between_sending_and_marking_sends_again_under_the_same_key() {
    let gateway = Gateway::start().await;
    let city = City::carrying(carried_by(&gateway)).await;
    told(&city.platform, "411081", 1, morning()).await;
    gateway.be(Mood::Silent);
    let platform = city.platform.clone();
    let sender = tokio::spawn(async move { platform.notices_send(morning()).await });
    while gateway.taken().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    sender.abort();
    assert!(sender.await.unwrap_err().is_cancelled());
    gateway.be(Mood::Good);
    city.platform.notices_send(morning() + minutes(1)).await.unwrap();
    assert_eq!(gateway.requests(), 1, "the dead sender's claim still holds");
    city.platform.notices_send(morning() + minutes(3)).await.unwrap();
    assert_eq!(gateway.asked().into_values().collect::<Vec<_>>(), [2], "one key, asked twice");
    assert_eq!(gateway.taken().len(), 1, "and told once");
    city.platform.notices_send(morning() + minutes(10)).await.unwrap();
    assert_eq!(gateway.requests(), 2);
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_postgres), ignore = "PostgreSQL is not installed: apt-get install postgresql")]
async fn two_hosts_on_one_database_send_each_notice_once() {
    let gateway = Gateway::start().await;
    let server = lotus_test_services::postgres::server();
    let one = City::carrying_on(server, carried_by(&gateway)).await;
    let other = one.replica_carrying(carried_by(&gateway)).await;
    for number in 0..200 {
        told(&one.platform, "411081", number, morning()).await;
    }
    gateway.be(Mood::Slow(3));
    let (a, b) = tokio::join!(one.platform.notices_send(morning()), other.platform.notices_send(morning()));
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(a + b, 200);
    assert!(a > 0 && b > 0, "both carried: {a} and {b}");
    assert!(gateway.asked().values().all(|count| *count == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_district_waits_behind_another() {
    let gateway = Gateway::start().await;
    let config = NoticeConfig { batch: 4, at_once_each: 2, ..carried_by(&gateway) };
    let city = City::carrying(config).await;
    for number in 0..300 {
        told(&city.platform, "411002", number, morning()).await;
    }
    told(&city.platform, "411082", 9000, morning() + minutes(1)).await;
    city.platform.notices_send(morning() + minutes(2)).await.unwrap();
    let taken = gateway.taken();
    assert!(taken.values().any(|one| one.to == "19900009000"), "the small district's turn came in the first round");
    assert!(taken.len() < 100, "the large one had its bound: {}", taken.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_night_is_quiet_except_for_what_is_urgent() {
    let gateway = Gateway::start().await;
    let city = City::carrying(carried_by(&gateway)).await;
    let night = morning() + SignedDuration::from_hours(13);
    told(&city.platform, "411081", 1, night).await;
    let values =
        [("district", Value::plain("禹州市")), ("title", Value::plain("暴雨")), ("text", Value::plain("请远离河道。"))];
    let to = Recipient::Contact(Contact { telephone: Some("19900000002".into()), email: None });
    let key = NoticeKey::parse("test/urgent").unwrap();
    let urgent = city.platform.notice_at("risk-warning", &values, &division("411081"), key, to, night).unwrap();
    city.platform.notice_put(&division("411081"), vec![urgent.urgent()]).await.unwrap();
    city.platform.notices_send(night).await.unwrap();
    let taken: Vec<_> = gateway.taken().into_values().map(|one| one.to).collect();
    assert_eq!(taken, ["19900000002"]);
    city.platform.notices_send(night + SignedDuration::from_hours(8)).await.unwrap();
    assert_eq!(gateway.taken().len(), 1, "seven in the morning is night");
    city.platform.notices_send(night + SignedDuration::from_hours(9) + minutes(6)).await.unwrap();
    assert_eq!(gateway.taken().len(), 2, "told in the morning");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_turned_off_is_not_sent_and_a_decision_is_served_all_the_same() {
    let gateway = Gateway::start().await;
    let city = City::carrying(carried_by(&gateway)).await;
    let (citizen, account) = signed_in(&city, "citizen").await;
    let page = citizen.get("/me/notices").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let offered = page.attributes("input[name=kind]", "value");
    assert!(offered.contains(&"milestone".to_owned()) && !offered.contains(&"decision".to_owned()));
    let kept = citizen.post_and_follow("/me/notices", &[("kind", "licence"), ("channel", "sms"), ("email", "")]).await;
    assert_eq!(kept.texts("p.notice.good").len(), 1, "{}", kept.body);
    let to = || Recipient::Account(account.clone());
    told_to(&city.platform, "411081", "test/milestone", "case-submitted", to(), morning()).await;
    told_to(&city.platform, "411081", "test/decision", "case-decided", to(), morning()).await;
    city.platform.notices_send(morning()).await.unwrap();
    let texts: Vec<_> = gateway.taken().into_values().map(|one| one.text).collect();
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].contains("准予"));
    // The portal's own messages are there, unread until they are read.
    assert!(citizen.get("/me").await.body.contains("2 条未读"));
    let messages = citizen.get("/me/messages").await;
    assert_eq!(messages.texts("article h2").len(), 2);
    assert!(messages.body.contains("未发送") && messages.body.contains("已发送"), "{}", messages.body);
    citizen.post("/me/messages/read", &[("division", "411081"), ("key", "test/decision")]).await;
    assert!(citizen.get("/me").await.body.contains("1 条未读"));
    citizen.post("/me/messages/read", &[]).await;
    assert!(citizen.get("/me").await.body.contains("0 条未读"));
    let (other, _) = signed_in(&city, "agent").await;
    assert_eq!(other.get("/me/messages").await.texts("article h2").len(), 0, "nobody reads another's messages");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_believed_when_it_is_signed_and_noted_once_however_often_it_comes() {
    let gateway = Gateway::start().await;
    let city = City::carrying(carried_by(&gateway)).await;
    let (citizen, account) = signed_in(&city, "citizen").await;
    told_to(&city.platform, "411081", "test/1", "case-submitted", Recipient::Account(account), morning()).await;
    city.platform.notices_send(morning()).await.unwrap();
    let reference = gateway.taken().into_keys().next().unwrap();
    let receipt = |status: &str| format!(r#"{{"receipts": [{{"reference": "{reference}", "status": "{status}"}}]}}"#);
    let send = async |body: String, secret: &str| {
        let now = Timestamp::now().as_second();
        let signature = Secret::new(secret).unwrap().sign(now, "", body.as_bytes());
        let request = citizen.request("POST", "/hooks/sms-receipt");
        let request = request.header("Lotus-Timestamp", now).header("Lotus-Signature", signature).body(body);
        citizen.send(request).await.status
    };
    assert_eq!(send(receipt("delivered"), "somebody else's one").await, StatusCode::UNAUTHORIZED);
    assert!(citizen.get("/me/messages").await.body.contains("已发送"));
    for _ in 0..200 {
        assert_eq!(send(receipt("delivered"), SECRET).await, StatusCode::NO_CONTENT);
    }
    assert!(citizen.get("/me/messages").await.body.contains("已送达"));
    assert_eq!(send(receipt("undeliverable"), SECRET).await, StatusCode::NO_CONTENT);
    assert!(citizen.get("/me/messages").await.body.contains("已送达"), "what has arrived has arrived");
    assert_eq!(send("{}".into(), SECRET).await, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_licence_is_told_of_ninety_thirty_and_seven_days_before_each_once() {
    let gateway = Gateway::start().await;
    let city = City::carrying(carried_by(&gateway)).await;
    let (citizen, _) = signed_in(&city, "citizen").await;
    let today = city.platform.today();
    for (division, licences) in lotus_demo::licences(today).unwrap() {
        city.platform.licence_seed(&division, licences).await.unwrap();
    }
    let page = citizen.get("/me").await;
    assert_eq!(page.texts("section[aria-labelledby=licences] p").len(), 3, "{}", page.body);
    assert!(page.body.contains("已过期") && page.body.contains("演示-411081-0001"));
    // The driver's licence has 25 days, the enterprises' 60 and 6 with nobody signed in for them yet.
    let now = city.platform.now();
    city.platform.licences_tell(now).await.unwrap();
    city.platform.licences_tell(now).await.unwrap();
    let told = citizen.get("/me/messages").await;
    assert_eq!(told.texts("article").len(), 1, "{}", told.body);
    assert!(told.body.contains("还有25天"));
    // The clock goes back, then on: the last stage comes once.
    let days = |count: i64| now + SignedDuration::from_hours(24 * count);
    for day in [-30, 5, 17, 18, 18, 3, 19, 24, 30, 400] {
        city.platform.licences_tell(days(day)).await.unwrap();
    }
    let again = city.replica_carrying(carried_by(&gateway)).await;
    again.platform.licences_tell(days(18)).await.unwrap();
    city.platform.notices_send(days(24)).await.unwrap();
    city.platform.notices_send(days(24) + SignedDuration::from_hours(12)).await.unwrap();
    let mine = gateway.taken().into_values().filter(|one| one.text.contains("网络预约出租汽车驾驶员证")).count();
    assert_eq!(mine, 1, "the last stage; the first one was over its time by then");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_warns_those_who_follow_a_topic_and_the_holders_of_a_licence() {
    let gateway = Gateway::start().await;
    let city = City::carrying(carried_by(&gateway)).await;
    let (citizen, _) = signed_in(&city, "citizen").await;
    for (division, licences) in lotus_demo::licences(city.platform.today()).unwrap() {
        city.platform.licence_seed(&division, licences).await.unwrap();
    }
    citizen
        .post("/me/notices", &[("kind", "risk"), ("channel", "sms"), ("topic", "flood"), ("district", "411081")])
        .await;
    let (officer, _) = signed_in(&city, "yuzhou-administrator").await;
    let path = "/staff/d/411081/warnings";
    let wrong = officer
        .post(path, &[("audience", "subscribers/flood"), ("title", "暴雨"), ("text", "见 http://example.cn")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sent = [("subscribers/flood", "暴雨橙色预警"), ("holders/ride-hailing-driver", "年审提示")];
    for (audience, title) in sent {
        let written = officer.post(path, &[("audience", audience), ("title", title), ("text", "请注意安全。")]).await;
        assert_eq!(written.status, StatusCode::SEE_OTHER, "{}", written.body);
    }
    let now = city.platform.now();
    city.platform.warnings_spread(now).await.unwrap();
    city.platform.warnings_spread(now).await.unwrap();
    let told = citizen.get("/me/messages").await;
    assert_eq!(told.texts("article").len(), 2, "{}", told.body);
    assert!(told.body.contains("暴雨橙色预警") && told.body.contains("年审提示"));
    let written = officer.get(path).await;
    assert_eq!(written.body.matches("已告知 1 人").count(), 2, "{}", written.body);
    let (audit, _) = signed_in(&city, "auditor").await;
    let chain = audit.get("/console/d/411081/audit").await;
    assert!(chain.body.contains("risk-warned") && chain.body.contains("subscribers/flood"));
    let (other, _) = signed_in(&city, "changge-administrator").await;
    assert_eq!(other.get(path).await.status, StatusCode::NOT_FOUND, "another district's officer");
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_python), ignore = "Python is not installed: apt-get install python3-venv")]
async fn e_mail_arrives_once_and_the_operator_sees_what_could_not_be_delivered() {
    let server = lotus_test_services::smtp::Server::start();
    let smtp = SmtpConfig {
        host: "127.0.0.1".into(),
        port: server.port(),
        security: SmtpSecurity::None,
        credentials: None,
        from: "莲城政务 <notice@example.gov.cn>".into(),
        timeout: Duration::from_secs(5),
    };
    let channels = vec![Arc::new(Smtp::new(smtp).unwrap()) as Arc<dyn Channel>];
    let city = City::carrying(NoticeConfig { channels, carries: false, ..NoticeConfig::default() }).await;
    let (citizen, account) = signed_in(&city, "citizen").await;
    let wrong = citizen.post("/me/notices", &[("channel", "email"), ("email", "nobody")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.attributes("#email", "value"), ["nobody"], "what was typed stays");
    citizen.post("/me/notices", &[("channel", "email"), ("email", "citizen@example.cn"), ("language", "en")]).await;
    let to = || Recipient::Account(account.clone());
    told_to(&city.platform, "411081", "test/decision", "case-decided", to(), morning()).await;
    told_to(&city.platform, "411081", "test/decision", "case-decided", to(), morning()).await;
    city.platform.notices_send(morning()).await.unwrap();
    let came: serde_json::Value = serde_json::from_str(&server.messages()).unwrap();
    assert_eq!(came.as_array().map(Vec::len), Some(1), "{came}");
    assert_eq!(
        (&came[0]["to"][0], &came[0]["subject"]),
        (&"citizen@example.cn".into(), &"Your case is decided".into())
    );
    assert!(came[0]["id"].as_str().is_some_and(|id| id.starts_with("<411081-")));
    // An address that the server does not know.
    server.refuse("citizen@example.cn");
    told_to(&city.platform, "411081", "test/refused", "case-decided", to(), morning()).await;
    city.platform.notices_send(morning()).await.unwrap();
    let (operator, _) = signed_in(&city, "operator").await;
    let queues = operator.get("/console/notices").await;
    assert_eq!(queues.status, StatusCode::OK, "{}", queues.body);
    assert!(queues.body.contains("未配置"), "SMS is not set up here");
    let failures = operator.get("/console/d/411081/notices").await;
    assert!(!failures.body.contains("citizen@example.cn"), "the operator is not told whom it was for");
    let waiting = operator.get("/console/notices").await.texts("tbody tr").concat();
    assert!(waiting.contains('2'), "SMS wait for a gateway");
}
