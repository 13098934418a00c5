//! Article 38: whoever asks, needs help, complains or calls in an emergency is answered in time, online, at the counter and
//! on the telephone; departments work together; what is not put right goes to the supervisory organ; and the department that
//! is complained about never learns who it was, wherever it looks.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

use lotus_articles::{state, step, until};
use lotus_journeys::{Answer, Browser, City};
use reqwest::StatusCode;

const FORM: &str = "/d/411081/grievances";
const DESK: &str = "/staff/d/411081/grievances";
const WORKLIST: &str = "/staff/d/411081";
const BOARD: &str = "/staff/d/411081/board";
const ESCALATIONS: &str = "/staff/d/411081/escalations";
/// What names the citizen of the demonstration.
const KNOWN: [&str; 3] = ["演示市民", "19900000001", "411000196101010019"];
const TEXT: &str =
    "我是演示市民，电话 199-0000-0001，证号411000196101010019。3月1日在市场监督管理局窗口排队两小时无人受理。";

/// Sends a form as it stands, with these fields; what came back.
async fn sent(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let mut form = page.form();
    form.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(path, &fields).await
}

/// Files a grievance online; its number.
async fn filed(browser: &Browser, sort: &str, topic: &str, identity: &str, text: &str) -> String {
    let fields = [("sort", sort), ("topic", topic), ("identity", identity), ("text", text), ("consent", "yes")];
    let opened = sent(browser, FORM, &fields).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    opened.location().unwrap().trim_start_matches("/cases/").to_owned()
}

/// The department's own way through a case, to another department.
async fn handed(browser: &Browser, number: &str, action: &str, department: &str, reason: &str) -> Answer {
    let page = browser.get(&format!("/staff/cases/{number}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let revision = page.attributes("input[name=revision]", "value").remove(0);
    let path = format!("/staff/cases/{number}/actions/{action}");
    browser.post(&path, &[("revision", &revision), ("reason", reason), ("department", department)]).await
}

/// What the complainant does at the case's own page.
async fn says(browser: &Browser, number: &str, action: &str, reason: &str) -> Answer {
    let page = browser.get(&format!("/me/cases/{number}")).await;
    let revision = page.attributes("input[name=revision]", "value").remove(0);
    let path = format!("/me/cases/{number}/actions/{action}");
    browser.post(&path, &[("revision", &revision), ("reason", reason)]).await
}

fn names_nobody(what: &str, body: &str) {
    for known in KNOWN.into_iter().chain(["199-0000-0001"]) {
        assert!(!body.contains(known), "{what} says {known}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_department_complained_about_never_learns_who_it_was_wherever_it_looks() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let citizen = city.sign_in("citizen").await;
    let number = filed(&citizen, "complaint", "market", "protected", TEXT).await;
    assert_eq!(&number[14..16], "47");
    let own = citizen.get("/me").await;
    assert!(own.body.contains(&number), "it is on their own page");

    let handler = city.sign_in("yuzhou-market").await;
    let head = city.sign_in("yuzhou-market-head").await;
    let whole = city.sign_in("yuzhou-handler").await;
    let case = format!("/staff/cases/{number}");
    for (who, browser) in [("handler", &handler), ("head", &head), ("the whole district's handler", &whole)] {
        let list = browser.get(WORKLIST).await;
        assert!(list.body.contains(&number) && list.body.contains("诉求人"), "{who}: {}", list.body);
        names_nobody("the worklist", &list.body);
        let page = browser.get(&case).await;
        assert!(page.body.contains("排队两小时无人受理"), "what is said is shown as it was written: {}", page.body);
        names_nobody("the page", &page.body);
        names_nobody("the materials", &browser.get(&format!("{case}/materials")).await.body);
        let panel = browser.get(&format!("{case}/grievance")).await;
        assert!(panel.body.contains("诉求人的身份受保护"), "{}", panel.body);
        names_nobody("what stands beside it", &panel.body);
        let asked = browser.post(&format!("{case}/grievance/reveal"), &[("reason", "需要联系本人")]).await;
        assert_eq!(asked.status, StatusCode::FORBIDDEN, "{who}: {}", asked.body);
        for term in KNOWN {
            let found = browser.post("/staff/d/411081/search", &[("term", term)]).await;
            assert!(!found.body.contains(&number), "{who} finds it by {term}");
        }
        let found = browser.post("/staff/d/411081/search", &[("term", &number)]).await;
        assert!(found.body.contains(&number));
        names_nobody("the search", &found.body);
    }
    let export = head.post("/staff/d/411081/export", &[("purpose", "季度核对")]).await;
    assert!(export.status.is_success() && export.body.contains(&number), "{}", export.body);
    names_nobody("the export", &export.body);
    assert!(!export.body.contains("演*") && !export.body.contains("199****0001"), "not even masked: {}", export.body);

    // A program of the department's.
    let wanted = [("label", "诉求系统"), ("days", "30"), ("deed", "see-worklist"), ("deed", "see-case")];
    let made = head.post("/console/d/411081/tokens", &wanted).await;
    let token = made.texts(".confirmation .number").remove(0);
    for path in ["/api/v1/staff/districts/411081/worklist".to_owned(), format!("/api/v1/staff/cases/{number}")] {
        let request = city.browser().request("GET", &path).bearer_auth(&token);
        let answer = city.browser().send(request).await;
        assert!(answer.status.is_success() && answer.body.contains(&number), "{path}: {}", answer.body);
        names_nobody(&path, &answer.body);
    }
    // And whoever has the disk.
    let mut disk = std::fs::read(city.directory.path().join("lotus.db")).unwrap();
    disk.extend(std::fs::read(city.directory.path().join("lotus.db-wal")).unwrap_or_default());
    for known in KNOWN {
        assert!(!disk.windows(known.len()).any(|window| window == known.as_bytes()), "{known} is on the disk");
    }

    // The answer reaches them all the same, and they say what they think of it.
    step(&handler, &number, "take", "").await;
    let page = step(&handler, &number, "answer", "已核实，窗口人员已更换，欢迎再来办理。").await;
    names_nobody("the timeline", &page.body);
    let told = until(&citizen, "/me/messages", |page| page.body.contains("已答复")).await;
    assert!(told.body.contains(&number), "{}", told.body);
    assert_eq!(says(&citizen, &number, "accept", "").await.status, StatusCode::SEE_OTHER);
    let page = handler.get(&case).await;
    assert_eq!(page.texts(".status-state"), ["满意办结"]);
    names_nobody("the history", &page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_another_departments_is_handed_over_so_often_and_several_answer_together() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let citizen = city.sign_in("citizen").await;
    let number = filed(&citizen, "help", "market", "named", "小区门口早市占道，垃圾没人清，请帮忙协调。").await;
    let market = city.sign_in("yuzhou-market").await;
    let housing = city.sign_in("yuzhou-housing").await;
    let path = format!("/staff/cases/{number}");
    assert_eq!(housing.get(&path).await.status, StatusCode::FORBIDDEN, "it is another's");
    let no_reason = handed(&market, &number, "transfer", "住房和城乡建设局", "").await;
    assert_eq!(no_reason.status, StatusCode::UNPROCESSABLE_ENTITY);
    let nowhere = handed(&market, &number, "transfer", "没有这个局", "属于物业管理").await;
    assert_eq!(nowhere.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", nowhere.body);
    let moved = handed(&market, &number, "transfer", "住房和城乡建设局", "属于物业管理").await;
    assert_eq!(moved.location().as_deref(), Some(WORKLIST), "it is not theirs any more: {}", moved.body);
    assert_eq!(market.get(&path).await.status, StatusCode::FORBIDDEN);
    assert!(housing.get(WORKLIST).await.body.contains(&number));
    for (from, to) in [(&housing, "市场监督管理局"), (&market, "住房和城乡建设局")] {
        assert_eq!(handed(from, &number, "transfer", to, "不属于我局").await.status, StatusCode::SEE_OTHER);
    }
    let fourth = handed(&housing, &number, "transfer", "市场监督管理局", "不属于我局").await;
    assert_eq!(fourth.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(fourth.body.contains("最多3次"), "nobody is sent around for ever: {}", fourth.body);

    step(&housing, &number, "take", "").await;
    let asked = handed(&housing, &number, "co-handle", "市场监督管理局", "请核查早市摊贩登记情况").await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    let too_early = handed(&housing, &number, "answer", "", "已清理").await;
    assert!(too_early.body.contains("还有1个联办部门未办结"), "{}", too_early.body);
    let list = market.get(WORKLIST).await;
    let part = list.attributes("th a[href^='/staff/cases/']", "href");
    let part = part.iter().map(|path| path.trim_start_matches("/staff/cases/").to_owned()).find(|part| *part != number);
    step(&market, &part.unwrap(), "agree", "摊贩均已登记，已约定清运时间。").await;
    step(&housing, &number, "answer", "已与市场监管部门共同清理，早市迁入专门场地。").await;
    assert_eq!(state(&housing, &number).await, "已答复");
    assert_eq!(says(&citizen, &number, "object", "第二天又堆上了").await.status, StatusCode::SEE_OTHER);
    assert_eq!(state(&housing, &number).await, "不满意，待复办");
    step(&housing, &number, "answer", "已安排每日清运，并留专人负责。").await;
    step(&housing, &number, "follow-up", "电话回访，现场整洁。").await;
    // Who needs help and gave a name can be called, with a reason that stays on record; who complains can't.
    let asked = housing.post(&format!("{path}/grievance/reveal"), &[("reason", "约定上门查看时间")]).await;
    assert!(asked.body.contains("19900000001"), "{}", asked.body);
    let short = housing.post(&format!("{path}/grievance/reveal"), &[("reason", "")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!short.body.contains("19900000001"));
    let auditor = city.sign_in("auditor").await;
    assert!(auditor.get("/console/d/411081/audit").await.body.contains("complainant-revealed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_urgent_call_is_first_on_every_list_and_told_at_once_and_late_after_two_hours() {
    let city = City::at("2026-03-03T20:00:00+08:00").await;
    // A ready account holds its roles from when it first signs in.
    let (market, desk) = (city.sign_in("yuzhou-market").await, city.sign_in("yuzhou-desk").await);
    let citizen = city.sign_in("citizen").await;
    let earlier = filed(&citizen, "question", "market", "named", "营业执照遗失怎么补办？").await;
    let urgent = filed(&citizen, "urgent", "market", "named", "饭店燃气泄漏，有明显气味，请马上来人！").await;
    let list = market.get(WORKLIST).await;
    let order = list.attributes("th a[href^='/staff/cases/']", "href");
    assert_eq!(order, [format!("/staff/cases/{urgent}"), format!("/staff/cases/{earlier}")]);
    let told = market.get("/me/messages").await;
    assert!(told.body.contains("紧急诉求") && told.body.contains(&urgent), "{}", told.body);
    assert!(!told.body.contains(&earlier), "nothing else rings");
    assert!(desk.get("/me/messages").await.body.contains(&urgent), "the desk is on duty too");

    city.set("2026-03-03T21:05:00+08:00");
    let officer = city.sign_in("supervision").await;
    let has = |board: &Answer, level: &str| board.texts(".supervised h2").iter().any(|card| card.starts_with(level));
    let board = until(&officer, BOARD, |board| has(board, "黄牌")).await;
    assert!(board.body.contains(&urgent) && has(&board, "黄牌"), "{}", board.body);
    city.set("2026-03-03T22:05:00+08:00");
    let officer = city.sign_in("supervision").await;
    let board = until(&officer, BOARD, |board| has(board, "红牌")).await;
    assert!(
        board.texts(".supervised h2").contains(&"红牌：承诺时限超期".to_owned()),
        "{:?}",
        board.texts(".supervised h2")
    );
    assert!(!board.body.contains(&earlier), "a question has a working day");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_put_right_goes_to_the_supervisory_organ_and_out_of_everybody_elses_sight() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let citizen = city.sign_in("citizen").await;
    let number = filed(&citizen, "complaint", "market", "protected", TEXT).await;
    let market = city.sign_in("yuzhou-market").await;
    step(&market, &number, "take", "").await;
    let early = says(&citizen, &number, "appeal-overdue", "").await;
    assert!(early.body.contains("承诺时限还没有到"), "{}", early.body);
    step(&market, &number, "answer", "经核实不存在您所说的问题。").await;
    assert_eq!(says(&citizen, &number, "appeal", "答复与事实不符").await.status, StatusCode::SEE_OTHER);

    let path = format!("/staff/cases/{number}");
    for subject in
        ["yuzhou-market", "yuzhou-market-head", "yuzhou-handler", "yuzhou-head", "yuzhou-clerk", "yuzhou-desk"]
    {
        let browser = city.sign_in(subject).await;
        assert_eq!(browser.get(&path).await.status, StatusCode::FORBIDDEN, "{subject}");
        assert!(!browser.get(WORKLIST).await.body.contains(&number), "{subject}");
        let found = browser.post("/staff/d/411081/search", &[("term", &number)]).await;
        assert!(!found.body.contains(&path), "{subject}");
    }
    let officer = city.sign_in("supervision").await;
    assert!(!officer.get(WORKLIST).await.body.contains(&number), "not even whoever watches the clocks reads it");
    let head = city.sign_in("yuzhou-head").await;
    let export = head.post("/staff/d/411081/export", &[("purpose", "季度核对")]).await;
    assert!(!export.body.contains(&number));

    let organ = city.sign_in("organ").await;
    let list = organ.get(ESCALATIONS).await;
    assert!(list.body.contains(&number), "{}", list.body);
    names_nobody("the organ's list", &list.body);
    assert_eq!(state(&organ, &number).await, "监督机关督办");
    let who = organ.post(&format!("{path}/grievance/reveal"), &[("reason", "向本人核实经过")]).await;
    assert!(who.body.contains("演示市民") && who.body.contains("199-0000-0001"), "{}", who.body);
    let asked = handed(&organ, &number, "co-handle", "市场监督管理局", "请提供当日叫号记录").await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    let market = city.sign_in("yuzhou-market").await;
    let part = market.get(WORKLIST).await.attributes("th a[href^='/staff/cases/']", "href").remove(0);
    names_nobody("the part", &market.get(&part).await.body);
    step(&market, part.trim_start_matches("/staff/cases/"), "agree", "记录已提交。").await;
    step(&organ, &number, "conclude", "已查实，责令整改并向您致歉。").await;
    assert_eq!(says(&citizen, &number, "accept", "").await.status, StatusCode::SEE_OTHER);
    let auditor = city.sign_in("auditor").await;
    let chain = auditor.get("/console/d/411081/audit").await.body;
    for action in ["escalated-listed", "case-seen", "complainant-revealed"] {
        assert!(chain.contains(action), "{action} is on record");
    }

    // Nobody answers: when the promise is over the complainant turns to the organ too, and so may a head or an officer.
    let late = filed(&citizen, "complaint", "market", "anonymous", "门店虚假宣传，多次反映无人处理。").await;
    assert!(!citizen.get("/me").await.body.contains(&late), "of whom nothing is kept, nothing is shown");
    let third = filed(&citizen, "complaint", "market", "protected", "同一门店继续虚假宣传，请处理。").await;
    let fourth = filed(&citizen, "help", "market", "protected", "想了解处理进展，请协助。").await;
    city.set("2026-03-27T09:00:00+08:00");
    let citizen = city.sign_in("citizen").await;
    assert_eq!(says(&citizen, &third, "appeal-overdue", "").await.status, StatusCode::SEE_OTHER);
    let officer = city.sign_in("supervision").await;
    let done = officer.post(ESCALATIONS, &[("number", &late), ("reason", "红牌后仍未办理")]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    let head = city.sign_in("yuzhou-market-head").await;
    assert_eq!(
        head.post(ESCALATIONS, &[("number", &fourth), ("reason", "涉及跨部门职责")]).await.status,
        StatusCode::OK
    );
    let clerk = city.sign_in("yuzhou-clerk").await;
    let refused = clerk.post(ESCALATIONS, &[("number", &fourth), ("reason", "不归我管")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let organ = city.sign_in("organ").await;
    let list = organ.get(ESCALATIONS).await;
    assert!([&late, &third, &fourth].iter().all(|number| list.body.contains(*number)), "{}", list.body);
    let back = handed(&organ, &fourth, "instruct", "市场监督管理局", "限两日内答复").await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    let market = city.sign_in("yuzhou-market").await;
    assert_eq!(state(&market, &fourth).await, "办理中");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_at_the_counter_and_on_the_telephone_is_written_down_and_routed() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let said = [
        ("sort", "help"),
        ("topic", "other"),
        ("identity", "protected"),
        ("text", "我姓王，13800000003，家门口路灯坏了一周。"),
    ];
    let clerk = city.sign_in("yuzhou-clerk").await;
    let no_number = sent(&clerk, DESK, &said).await;
    assert_eq!(
        no_number.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "who can't be called back is written down as nobody"
    );
    let fields: Vec<_> = said.into_iter().chain([("telephone", "13800000003")]).collect();
    let written = sent(&clerk, DESK, &fields).await;
    assert_eq!(written.status, StatusCode::OK, "{}", written.body);
    let (number, secret) = (written.texts("#number").remove(0), written.texts("#secret").remove(0));

    let desk = city.sign_in("yuzhou-desk").await;
    let list = desk.get(WORKLIST).await;
    assert!(list.body.contains(&number), "nobody knows yet whose it is: {}", list.body);
    let page = desk.get(&format!("/staff/cases/{number}")).await;
    assert!(page.body.contains("路灯坏了") && !page.body.contains("13800000003"), "{}", page.body);
    let routed = handed(&desk, &number, "route", "住房和城乡建设局", "").await;
    assert_eq!(routed.location().as_deref(), Some(WORKLIST), "{}", routed.body);
    let housing = city.sign_in("yuzhou-housing").await;
    step(&housing, &number, "take", "").await;
    step(&housing, &number, "answer", "路灯已修好。").await;
    // Whoever was at the counter follows it with number and code, and says whether they are satisfied.
    let anybody = city.browser();
    let opened = anybody.post_and_follow("/cases", &[("number", &number), ("secret", &secret)]).await;
    assert!(opened.body.contains("路灯已修好"), "{}", opened.body);
    let revision = opened.attributes("input[name=revision]", "value").remove(0);
    anybody.post(&format!("/cases/{number}/actions/accept"), &[("revision", &revision)]).await;
    assert_eq!(state(&housing, &number).await, "满意办结");

    // The desk takes a call; the number is kept sealed, and read with a reason.
    let by_telephone = format!("{DESK}?channel=telephone");
    let call = [
        ("sort", "complaint"),
        ("topic", "market"),
        ("identity", "protected"),
        ("text", "超市卖过期牛奶，我的电话是13800000004。"),
        ("telephone", "138-0000-0004"),
    ];
    let page = desk.get(&by_telephone).await;
    let mut form = page.form();
    form.extend(call.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let number = desk.post(DESK, &fields).await.texts("#number").remove(0);
    let panel = desk.get(&format!("/staff/cases/{number}/grievance")).await;
    assert!(panel.body.contains("电话") && !panel.body.contains("138-0000-0004"), "{}", panel.body);
    let who = desk.post(&format!("/staff/cases/{number}/grievance/reveal"), &[("reason", "电话中断，需要回拨")]).await;
    assert!(who.body.contains("138-0000-0004"), "{}", who.body);
    let market = city.sign_in("yuzhou-market").await;
    let page = market.get(&format!("/staff/cases/{number}")).await;
    assert!(page.body.contains("过期牛奶") && !page.body.contains("13800000004"), "{}", page.body);
    // Not everybody writes things down, and another district's desk has nothing to look for here.
    assert_eq!(market.get(DESK).await.status, StatusCode::FORBIDDEN);
    let other = city.sign_in("changge-desk").await;
    assert_eq!(other.get(DESK).await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.get(&format!("/staff/cases/{number}/grievance")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answered_question_is_published_with_consent_and_names_nobody_and_a_form_says_what_is_wrong() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let citizen = city.sign_in("citizen").await;
    let wrong = sent(&citizen, FORM, &[("text", "短")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.texts(".errors li").len() >= 4, "{:?}", wrong.texts(".errors li"));
    let text = "演示市民想问：个体户歇业怎么备案？可打 13700000005 联系我爱人。";
    let number = filed(&citizen, "question", "market", "named", text).await;
    let market = city.sign_in("yuzhou-market").await;
    step(&market, &number, "take", "").await;
    step(&market, &number, "answer", "可在网上申请歇业备案，最长三年。").await;
    let path = format!("/staff/cases/{number}/grievance");
    assert_eq!(market.post(&format!("{path}/publish"), &[]).await.status, StatusCode::FORBIDDEN, "a head publishes");
    let head = city.sign_in("yuzhou-market-head").await;
    let panel = head.get(&path).await;
    let (question, answer) = (panel.texts("#question").remove(0), panel.texts("#answer").remove(0));
    assert!(question.contains("歇业怎么备案"), "{question}");
    let published = head.post(&format!("{path}/publish"), &[("question", &question), ("answer", &answer)]).await;
    assert_eq!(published.status, StatusCode::SEE_OTHER, "{}", published.body);
    let public = city.browser().get("/d/411081/answers").await;
    assert!(public.body.contains("歇业怎么备案") && public.body.contains("最长三年"), "{}", public.body);
    names_nobody("the public list", &public.body);
    assert!(!public.body.contains("13700000005"), "nor anybody else's number");
    // Without consent nothing is published.
    let fields =
        [("sort", "question"), ("topic", "market"), ("identity", "named"), ("text", "不想公开的问题，请答复。")];
    let opened = sent(&citizen, FORM, &fields).await;
    let quiet = opened.location().unwrap().trim_start_matches("/cases/").to_owned();
    step(&market, &quiet, "take", "").await;
    step(&market, &quiet, "answer", "已经电话答复您。").await;
    let path = format!("/staff/cases/{quiet}/grievance/publish");
    let refused = head.post(&path, &[("question", "不想公开的问题"), ("answer", "已经答复您。")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
