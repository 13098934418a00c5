//! Article 36, 好差评: everything that was done can be rated, over every channel, once; nobody who was rated sees it before it
//! is locked, nor ever who it was without a name. A bad rating is verified, put right, told, called back and made public;
//! a misjudged one does not count. What is published tells nobody's.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

use lotus_articles::{applied, state, step, until};
use lotus_domain::setting::{Dated, Setting};
use lotus_journeys::{Answer, Browser, City, Gateway, SECRET};
use reqwest::StatusCode;

const FOOD_LICENCE: &str = "XC01003-411081";
const DESK: &str = "/staff/d/411081/counters";
const RATINGS: &str = "/staff/d/411081/ratings";
const CHECKS: &str = "/staff/d/411081/ratings/checks";
const CALLS: &str = "/staff/d/411081/call-backs";
const PUBLIC: &str = "/d/411081/ratings";
const OPEN: &str = "/api/v1/districts/411081/ratings";
const NOW: &str = "2026-03-03T09:00:00+08:00";
const LATER: &str = "2026-03-03T09:20:00+08:00";

/// An application that is delivered: its number.
async fn delivered(city: &City, applicant: &Browser) -> String {
    let (clerk, handler) = (city.sign_in("yuzhou-clerk").await, city.sign_in("yuzhou-handler").await);
    let number = applied(applicant, "411081", FOOD_LICENCE).await;
    for action in ["pre-review", "pass", "accept"] {
        let done = step(&clerk, &number, action, "").await;
        assert_eq!(done.status, StatusCode::OK, "{action}: {:?}", done.texts("main p"));
    }
    step(&handler, &number, "review", "").await;
    step(&handler, &number, "grant", "材料齐全，符合条件。").await;
    step(&handler, &number, "complete", "").await;
    step(&clerk, &number, "deliver", "").await;
    assert_eq!(state(&clerk, &number).await, "已送达");
    number
}

/// Rates one's own case on its page.
async fn rate(browser: &Browser, number: &str, fields: &[(&str, &str)]) -> Answer {
    browser.post(&format!("/me/cases/{number}/rating"), fields).await
}

/// Somebody comes to the counter and is called: the link that leads to rating the visit.
async fn served(clerk: &Browser) -> String {
    clerk.post(&format!("{DESK}/comprehensive/walk-in"), &[("matter", "咨询")]).await;
    clerk.post(&format!("{DESK}/comprehensive/call"), &[]).await;
    let codes = clerk.get(DESK).await.attributes("a[href*='/ratings/code?visit=']", "href");
    let page = clerk.get(codes.last().unwrap()).await;
    let link = page.attributes("main a[href^='/rate/']", "href").remove(0);
    let code = clerk.get(&format!("{link}/code.svg")).await;
    assert!(code.header("content-type").starts_with("image/svg") && code.body.contains("<svg"), "{}", code.body);
    link
}

/// The rectifications that a department's page leads to.
async fn rectifications(staff: &Browser) -> Vec<String> {
    staff.get(RATINGS).await.texts("a.rectification")
}

fn total(open: &Answer) -> serde_json::Value {
    open.json()["total"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_rated_once_by_its_applicant_and_nobody_who_was_rated_sees_it_before_it_is_locked() {
    let city = City::at(NOW).await;
    let citizen = city.sign_in("citizen").await;
    let number = applied(&citizen, "411081", FOOD_LICENCE).await;
    let early = rate(&citizen, &number, &[("grade", "1")]).await;
    assert_eq!(early.status, StatusCode::FORBIDDEN, "only once it is over: {}", early.body);
    let number = delivered(&city, &citizen).await;
    let page = citizen.get(&format!("/me/cases/{number}")).await;
    assert!(page.attributes("a", "href").contains(&format!("/me/cases/{number}/rating")), "the page leads there");
    let asked = until(&citizen, "/me/messages", |page| page.body.contains("评价自愿")).await;
    assert_eq!(asked.body.matches("评价自愿").count(), 1, "asked once: {}", asked.body);

    // Somebody else's is not there for them.
    for path in [format!("/me/cases/{number}/rating"), format!("/cases/{number}/rating")] {
        let other = city.sign_in("agent").await;
        assert_eq!(other.post(&path, &[("grade", "5")]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let wrong = rate(&citizen, &number, &[("grade", "9"), ("text", "好")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("好</textarea>"), "nothing typed is lost: {}", wrong.body);

    let given = rate(&citizen, &number, &[("grade", "5"), ("tag-rude", "yes"), ("text", "太慢了")]).await;
    assert_eq!(given.status, StatusCode::OK, "{}", given.body);
    let (handler, head) = (city.sign_in("yuzhou-handler").await, city.sign_in("yuzhou-head").await);
    for staff in [&handler, &head] {
        assert!(!staff.get(RATINGS).await.body.contains("太慢了"), "it is not locked yet");
    }
    assert_eq!(total(&city.browser().get(OPEN).await)["shown"], "nobody", "nor does it count");

    // Until then it can be corrected by whoever gave it.
    let other = rate(&citizen, &number, &[("grade", "4"), ("tag-slow", "yes"), ("text", "超过了承诺的时间")]).await;
    assert_eq!(other.status, StatusCode::OK, "{}", other.body);
    assert_eq!(other.texts(".given-rating strong"), ["不满意"]);
    city.set(LATER);
    let handler = city.sign_in("yuzhou-handler").await;
    let seen = until(&handler, RATINGS, |page| page.body.contains("超过了承诺的时间")).await;
    assert!(!seen.body.contains("太慢了") && seen.body.contains("匿名"), "{}", seen.body);
    for names in [number.as_str(), "演示市民", "19900000001"] {
        assert!(!seen.body.contains(names), "{names} is nobody's to know");
    }
    let citizen = city.sign_in("citizen").await;
    let again = rate(&citizen, &number, &[("grade", "1")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(again.texts(".given-rating strong"), ["不满意", "待核实"], "with what was given, and where it is");

    // The case by which it is put right says nothing of whom either.
    let case = rectifications(&handler).await.remove(0);
    let head = city.sign_in("yuzhou-head").await;
    let page = head.get(&format!("/staff/cases/{case}")).await;
    assert!(page.body.contains("超过了承诺的时间") && page.body.contains("匿名"), "{}", page.body);
    assert!(!page.body.contains(&number) && !page.body.contains("演示市民"), "{}", page.body);
    let rated = head.get(&format!("/staff/cases/{number}")).await;
    assert_eq!(rated.texts(".status-state"), ["已送达"], "not even that it was rated stands in the case");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_rating_with_a_name_is_put_right_told_called_back_and_published() {
    let city = City::at(NOW).await;
    let citizen = city.sign_in("citizen").await;
    let number = delivered(&city, &citizen).await;
    let fields = [("grade", "5"), ("named", "yes"), ("tag-rude", "yes"), ("text", "态度生硬，请打19900000001")];
    assert_eq!(rate(&citizen, &number, &fields).await.status, StatusCode::OK);
    city.set(LATER);
    let head = city.sign_in("yuzhou-head").await;
    until(&head, RATINGS, |page| !page.texts("a.rectification").is_empty()).await;
    let case = rectifications(&head).await.remove(0);
    assert_eq!(&case[14..16], "44", "a case of its own kind: {case}");
    let seen = until(&head, &format!("/staff/cases/{number}"), |page| page.texts(".status-state") == ["已评价"]).await;
    assert_eq!(seen.texts(".status-state"), ["已评价"]);

    // Whoever was rated has no hand in it.
    let handler = city.sign_in("yuzhou-handler").await;
    let page = handler.get(&format!("/staff/cases/{case}")).await;
    assert!(page.texts("details.action summary").is_empty(), "{:?}", page.texts("details.action summary"));
    let taken = handler.post(&format!("/staff/cases/{case}/actions/take"), &[("revision", "1")]).await;
    assert_eq!(taken.status, StatusCode::FORBIDDEN, "{}", taken.body);

    step(&head, &case, "take", "").await;
    let confirmed = step(&head, &case, "confirm-complex", "涉及多个窗口，需要调整排班。").await;
    assert!(confirmed.body.contains("2026年3月24日"), "fifteen working days: {:?}", confirmed.texts(".pairs dd"));
    step(&head, &case, "feed-back", "已向评价人致歉，窗口人员重新培训。").await;
    let told = city.sign_in("citizen").await;
    let inbox = until(&told, "/me/messages", |page| page.body.contains(&case)).await;
    assert!(inbox.body.contains("差评整改"), "{}", inbox.body);
    assert!(told.get("/me").await.body.contains(&case), "and it stands on their own page");

    // Nobody who gave a name is passed over.
    let skipped = step(&head, &case, "publish-anonymous", "已整改").await;
    assert_eq!(skipped.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", skipped.body);
    let officer = city.sign_in("supervision").await;
    let list = officer.get(CALLS).await;
    assert!(list.body.contains("19900000001") && list.body.contains(&case), "{}", list.body);
    let back = format!("{CALLS}/{case}");
    let words = officer.post(&back, &[("decision", "content"), ("reason", "好")]).await;
    assert_eq!(words.status, StatusCode::UNPROCESSABLE_ENTITY, "what they say is written down");
    let done = officer.post(&back, &[("decision", "content"), ("reason", "评价人表示认可。")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert_eq!(state(&head, &case).await, "已回访，待公开");
    step(&head, &case, "publish", "已致歉并培训；有疑问请联系演示市民 199 0000 0001。").await;
    assert_eq!(state(&head, &case).await, "整改结果已公开");
    let everybody = city.browser();
    let page = until(&everybody, PUBLIC, |page| page.body.contains("已致歉并培训")).await;
    assert!(page.body.contains("已致歉并培训"), "{}", page.body);
    for names in ["演示市民", "19900000001", "199 0000 0001", number.as_str(), case.as_str()] {
        assert!(!page.body.contains(names), "{names} is public: {}", page.body);
    }
    assert!(page.body.contains("态度生硬，请打***********"), "the text is public without its number");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_rating_that_nobody_takes_up_is_late_after_a_working_day_and_the_days_are_the_citys() {
    let city = City::at(NOW).await;
    let clerk = city.sign_in("yuzhou-clerk").await;
    let since = jiff::civil::date(2026, 3, 4);
    city.platform.setting_put(Dated { setting: Setting::RectificationSimpleDays, since, value: 2 }).await.unwrap();
    let link = served(&clerk).await;
    city.browser().post(&link, &[("grade", "4")]).await;
    let head = city.sign_in("yuzhou-head").await;
    let page = until(&head, RATINGS, |page| !page.texts("a.rectification").is_empty()).await;
    let first = page.texts("a.rectification").remove(0);
    assert!(head.get(&format!("/staff/cases/{first}")).await.body.contains("5 个工作日"));
    city.set("2026-03-05T09:00:00+08:00");
    let clerk = city.sign_in("yuzhou-clerk").await;
    let link = served(&clerk).await;
    city.browser().post(&link, &[("grade", "4")]).await;
    let head = city.sign_in("yuzhou-head").await;
    let both = until(&head, RATINGS, |page| page.texts("a.rectification").len() == 2).await;
    let second = both.texts("a.rectification").into_iter().find(|case| *case != first).unwrap();
    assert!(head.get(&format!("/staff/cases/{second}")).await.body.contains("2 个工作日"), "from its day on");
    let officer = city.sign_in("supervision").await;
    let board = until(&officer, "/staff/d/411081/board", |board| board.body.contains(&first)).await;
    assert!(board.body.contains(&first), "nobody took it up: {:?}", board.texts(".supervised h2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_misjudged_rating_is_decided_by_supervision_and_does_not_count_any_more() {
    let city = City::at(NOW).await;
    let clerk = city.sign_in("yuzhou-clerk").await;
    for grade in ["1", "1", "2", "1", "1", "5"] {
        let link = served(&clerk).await;
        assert_eq!(city.browser().post(&link, &[("grade", grade)]).await.status, StatusCode::OK);
    }
    let counted = |answer: &Answer| total(answer)["total"].as_u64();
    let open = until(&city.browser(), OPEN, |answer| counted(answer) == Some(6)).await;
    assert_eq!(total(&open)["grades"], serde_json::json!([4, 1, 0, 0, 1]), "{}", open.body);
    let head = city.sign_in("yuzhou-head").await;
    let case = rectifications(&head).await.remove(0);
    step(&head, &case, "appeal", "来访人评价的是另一家银行的服务。").await;
    let own = head.post(&format!("{CHECKS}/../appeals/{case}"), &[("decision", "misjudged")]).await;
    assert!(own.status.is_client_error());
    let own = head
        .post(&format!("{RATINGS}/appeals/{case}"), &[("decision", "misjudged"), ("reason", "我们说是误评。")])
        .await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "not by the department itself");
    let officer = city.sign_in("supervision").await;
    let page = officer.get(CHECKS).await;
    assert!(page.body.contains("另一家银行"), "{}", page.body);
    let form = page.attributes(".appeal form", "action").remove(0);
    let decided = officer.post(&form, &[("decision", "misjudged"), ("reason", "经核实与窗口服务无关。")]).await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.body);
    let open = until(&city.browser(), OPEN, |answer| counted(answer) == Some(5)).await;
    assert_eq!(total(&open)["bad"], 0, "{}", open.body);
    let seen = head.get(RATINGS).await;
    assert!(seen.body.contains("经核实与窗口服务无关"), "the reason is kept: {}", seen.body);
    assert_eq!(state(&head, &case).await, "认定为误评");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_channel_reaches_the_same_rating_and_each_thing_is_rated_once() {
    let gateway = Gateway::start().await;
    let city = City::telling(NOW, &gateway).await;
    let clerk = city.sign_in("yuzhou-clerk").await;

    // A QR code: good once, and not to be forged.
    let link = served(&clerk).await;
    assert_eq!(city.browser().get(&link).await.status, StatusCode::OK);
    let forged = format!("{}0", &link[..link.len() - 1]);
    let other = format!("{}1", &link[..link.len() - 1]);
    let forged = if forged == link { other } else { forged };
    assert_eq!(city.browser().post(&forged, &[("grade", "1")]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(city.browser().post(&link, &[("grade", "1"), ("tag-kind", "yes")]).await.status, StatusCode::OK);
    let again = city.browser().post(&link, &[("grade", "5")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.body.contains("非常满意") && again.body.contains("服务热情"), "{}", again.body);

    // A tablet: bound to its counter by a code, for whoever was served there last, and for nobody else.
    let administrator = city.sign_in("yuzhou-administrator").await;
    let issued = administrator.post(&format!("{RATINGS}/devices"), &[("counter", "comprehensive")]).await;
    let code = issued.texts(".notice .number").remove(0);
    assert!(!administrator.get(&format!("{RATINGS}/devices")).await.body.contains(&code), "shown once");
    assert_eq!(clerk.post(&format!("{RATINGS}/devices"), &[("counter", "comprehensive")]).await.status, 403);
    let tablet = city.browser();
    let wrong = tablet.post("/kiosk/begin", &[("code", "411081-00")]).await;
    assert_eq!(wrong.status, StatusCode::NOT_FOUND);
    assert_eq!(tablet.post("/kiosk/begin", &[("code", &code)]).await.status, StatusCode::SEE_OTHER);
    let cookie = ("cookie", format!("device={code}"));
    let kiosk = async |method: &str, fields: &[(&str, &str)]| {
        let request = tablet.request(method, "/kiosk").header(cookie.0, &cookie.1);
        let request = if method == "POST" { request.form(fields) } else { request };
        tablet.send(request).await
    };
    assert!(kiosk("GET", &[]).await.body.contains("请等候"), "the last visit is rated already");
    served(&clerk).await;
    let page = kiosk("GET", &[]).await;
    assert_eq!(page.attributes(".kiosk-grades button", "value"), ["1", "2", "3", "4", "5"]);
    let visit = page.attributes("input[name=visit]", "value").remove(0);
    assert_eq!(kiosk("POST", &[("visit", "000000000000"), ("grade", "5")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(kiosk("POST", &[("visit", &visit), ("grade", "2")]).await.status, StatusCode::OK);
    assert_eq!(kiosk("POST", &[("visit", &visit), ("grade", "5")]).await.status, StatusCode::FORBIDDEN, "once");

    // The telephone: what a caller says, who shows whose case it is; never by whoever was rated.
    let citizen = city.sign_in("citizen").await;
    let number = delivered(&city, &citizen).await;
    let fields = |proof| [("number", number.as_str()), ("proof", proof), ("grade", "3"), ("text", "还可以")];
    let telephone = format!("{RATINGS}/telephone");
    let own = clerk.post(&telephone, &fields("19900000001")).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "{}", own.body);
    let desk = city.sign_in("yuzhou-desk").await;
    assert_eq!(desk.post(&telephone, &fields("13911111111")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(desk.post(&telephone, &fields("19900000001")).await.status, StatusCode::OK);
    assert_eq!(desk.post(&telephone, &fields("19900000001")).await.status, StatusCode::CONFLICT);

    // A step of the case, by something that is carried, by a computer, and on another terminal of the hall.
    let path = format!("/me/cases/{number}/rating");
    let carried = citizen.request("POST", &path).header("user-agent", "Mozilla/5.0 (iPhone) Mobile");
    let carried = citizen.send(carried.form(&[("step", "accept"), ("grade", "1")])).await;
    assert_eq!(carried.status, StatusCode::OK, "{}", carried.body);
    assert_eq!(rate(&citizen, &number, &[("step", "grant"), ("grade", "1")]).await.status, StatusCode::OK);
    let none = rate(&citizen, &number, &[("step", "pre-review"), ("grade", "1")]).await;
    assert_eq!(none.status, StatusCode::FORBIDDEN, "what was done among themselves is not rated");
    let terminal = [("counter", "comprehensive"), ("sort", "terminal")];
    let issued = administrator.post(&format!("{RATINGS}/devices"), &terminal).await;
    let terminal = issued.texts(".notice .number").remove(0);
    served(&clerk).await;
    let known = ("cookie", format!("device={terminal}"));
    let page = city.browser().send(city.browser().request("GET", "/kiosk").header(known.0, &known.1)).await;
    let visit = page.attributes("input[name=visit]", "value").remove(0);
    let given = city.browser().request("POST", "/kiosk").header(known.0, &known.1);
    let given = city.browser().send(given.form(&[("visit", visit.as_str()), ("grade", "1")])).await;
    assert_eq!(given.status, StatusCode::OK);

    // A short message: asked by one, answered by one, known by the gateway's signature.
    let department = desk.get(&telephone).await.attributes("#department option", "value").remove(0);
    let call = [("department", department.as_str()), ("telephone", "13822222222")];
    assert_eq!(desk.post(&format!("{RATINGS}/calls"), &call).await.status, StatusCode::SEE_OTHER);
    for _ in 0..150 {
        if gateway.taken().values().any(|one| one.to == "13822222222") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    let asked = gateway.taken().into_values().find(|one| one.to == "13822222222").unwrap().text;
    let code: String = asked.split('“').nth(3).unwrap().chars().take(6).collect();
    let reply = async |from: &str, text: &str, secret: &str| {
        let body = serde_json::json!({"replies": [{"from": from, "text": text}]}).to_string();
        let moment = city.platform.now().as_second();
        let signed = lotus_channel::Secret::new(secret).unwrap().sign(moment, "", body.as_bytes());
        let request = city.browser().request("POST", "/hooks/sms-reply");
        let request = request.header("lotus-signature", signed).header("lotus-timestamp", moment).body(body);
        city.browser().send(request).await.status
    };
    assert_eq!(reply("13822222222", &format!("{code} 2"), "another of the tests").await, StatusCode::UNAUTHORIZED);
    assert_eq!(reply("13833333333", &format!("{code} 5"), SECRET).await, StatusCode::NO_CONTENT, "another's number");
    assert_eq!(reply("13822222222", &format!("{code} 2"), SECRET).await, StatusCode::NO_CONTENT);
    assert_eq!(reply("13822222222", &format!("{code} 5"), SECRET).await, StatusCode::NO_CONTENT, "taken once");

    city.set(LATER);
    let administrator = city.sign_in("yuzhou-administrator").await;
    let all = until(&administrator, RATINGS, |page| page.texts(".rating-list li").len() == 7).await;
    for channel in ["电脑端", "移动端", "二维码", "大厅平板", "大厅其他终端", "电话", "短信"] {
        assert_eq!(all.texts(".rating-list li").iter().filter(|one| one.contains(channel)).count(), 1, "{channel}");
    }
    assert!(all.body.matches("非常不满意").count() == 0, "nothing was rated twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_from_one_place_is_held_for_a_look_and_then_turned_away() {
    let city = City::at(NOW).await;
    let clerk = city.sign_in("yuzhou-clerk").await;
    let flood = city.browser();
    let mut links = Vec::new();
    for _ in 0..62 {
        links.push(served(&clerk).await);
    }
    let mut statuses = Vec::new();
    for (at, link) in links.iter().enumerate() {
        let given = flood.post(link, &[("grade", if at == 30 { "5" } else { "1" })]).await;
        statuses.push(given.status);
        assert_eq!(given.body.contains("核查后计入"), (20..60).contains(&at), "{at}: {}", given.status);
    }
    assert!(statuses[..60].iter().all(|status| *status == StatusCode::OK));
    assert!(statuses[60..].iter().all(|status| *status == StatusCode::TOO_MANY_REQUESTS), "{statuses:?}");
    // A thousand more are turned away alike, and none of them counts.
    for _ in 0..1000 {
        assert_eq!(flood.post(&links[61], &[("grade", "1")]).await.status, StatusCode::TOO_MANY_REQUESTS);
    }
    let open = until(&city.browser(), OPEN, |answer| total(answer)["total"].as_u64() == Some(20)).await;
    assert_eq!(total(&open)["total"], 20, "{}", open.body);
    let head = city.sign_in("yuzhou-head").await;
    assert!(rectifications(&head).await.is_empty(), "what is held opens nothing");
    assert_eq!(head.get(CHECKS).await.status, StatusCode::FORBIDDEN);

    let officer = city.sign_in("supervision").await;
    let page = officer.get(CHECKS).await;
    assert_eq!(page.texts(".held").len(), 40);
    let at = page.texts(".held p strong").iter().position(|grade| grade == "非常不满意").unwrap();
    let forms = page.attributes(".held form", "action");
    let why = officer.post(&forms[0], &[("decision", "discarded"), ("reason", "")]).await;
    assert_eq!(why.status, StatusCode::UNPROCESSABLE_ENTITY, "with a reason");
    officer.post(&forms[0], &[("decision", "discarded"), ("reason", "同一终端连续刷评。")]).await;
    officer.post(&forms[at], &[("decision", "counted")]).await;
    assert_eq!(officer.get(CHECKS).await.texts(".held").len(), 38);
    let open = until(&city.browser(), OPEN, |answer| total(answer)["total"].as_u64() == Some(21)).await;
    assert_eq!(total(&open)["bad"], 1, "{}", open.body);
    assert_eq!(rectifications(&head).await.len(), 1, "what counts is put right");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_few_ratings_are_not_shown_as_numbers_and_a_text_is_public_without_what_names_people() {
    let city = City::at(NOW).await;
    let clerk = city.sign_in("yuzhou-clerk").await;
    let citizen = city.sign_in("citizen").await;
    let number = delivered(&city, &citizen).await;
    let text = "演示市民办的，证号411000196101010019，家在许由路12号3栋，卡4111 1111 1111 1111，a@b.cn";
    rate(&citizen, &number, &[("grade", "2"), ("text", text)]).await;
    for (grade, text) in [("1", "很快"), ("1", ""), ("2", "王科长很耐心"), ("1", ""), ("1", ""), ("1", "周六也能办")]
    {
        let link = served(&clerk).await;
        city.browser().post(&link, &[("grade", grade), ("text", text)]).await;
    }
    city.set(LATER);
    let everybody = city.browser();
    let page = until(&everybody, PUBLIC, |page| page.body.contains("办的，证号")).await;
    for names in ["演示市民", "411000196101010019", "许由路12号", "4111 1111", "a@b.cn", "王科长", number.as_str()]
    {
        assert!(!page.body.contains(names), "{names}: {}", page.body);
    }
    assert!(page.body.contains("很快") && page.body.contains("周六也能办"), "{}", page.body);

    // Seven in all: six of one department's and one of another's, which the difference would tell.
    let open = until(&everybody, OPEN, |answer| total(answer)["total"].as_u64() == Some(7)).await.json();
    assert_eq!(open["total"]["total"], 7, "{open}");
    let departments = open["departments"].as_array().unwrap();
    assert_eq!(departments.len(), 2, "{open}");
    assert!(departments.iter().all(|one| one["total"]["shown"] == "few"), "{open}");
    let guide = everybody.get(&format!("/d/411081/items/{FOOD_LICENCE}")).await;
    assert_eq!(guide.texts("#ratings p"), ["较少 · 好差评"]);
    let of_item = everybody.get(&format!("{PUBLIC}?item={FOOD_LICENCE}")).await;
    assert!(!of_item.body.contains("办的，证号"), "what is of one item alone says nothing where it is hidden");

    // A text that may name somebody waits for a person.
    let officer = city.sign_in("supervision").await;
    let page = officer.get(CHECKS).await;
    assert!(page.body.contains("王科长很耐心"), "{}", page.body);
    let form = page.attributes(".text-held form", "action").remove(0);
    officer.post(&form, &[("decision", "published"), ("text", "某科长很耐心，电话13900000001")]).await;
    let page = until(&everybody, PUBLIC, |page| page.body.contains("某科长很耐心")).await;
    assert!(page.body.contains("某科长很耐心，电话***********"), "screened once more: {}", page.body);
}
