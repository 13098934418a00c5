//! Article 30: a policy finds its people. They are told once, with the reasons; they consent or not; a machine decides what
//! is plain and a person the rest; it is made public, paid by a file, received; and all of it can be taken back.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used, reason = "tests can't go on")]

use lotus_articles::{state, step, until};
use lotus_domain::Slug;
use lotus_domain::case::CaseNumber;
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use lotus_domain::policy::Edition;
use lotus_journeys::{Answer, Browser, City};
use reqwest::StatusCode;

const DESK: &str = "/staff/d/411081/claims";
const PUBLIC: &str = "/d/411081/publicity";
/// The enterprise in 禹州 that the demonstration's agent acts for.
const STUDIO: &str = "91411081DEMA00001Q";
const ACCOUNT: [(&str, &str); 4] =
    [("payee", "演示市民"), ("bank", "莲城银行"), ("account", "6222000000000001"), ("agrees", "yes")];

fn yuzhou() -> Division {
    Division::parse("411081").unwrap()
}

/// The agent, acting for the studio in 禹州.
async fn studio(city: &City) -> Browser {
    let agent = city.sign_in("agent").await;
    agent.post("/me/act-for", &[("credit_code", STUDIO)]).await;
    agent
}

/// Pushes a policy from the desk, and waits until everybody was looked at.
async fn pushed(city: &City, head: &Browser, policy: &str) -> String {
    let button = |page: &Answer| page.attributes("form[action$='/push'] button", "value").contains(&policy.to_owned());
    let looked = until(head, DESK, button).await;
    assert!(button(&looked), "{policy} is looked at: {}", looked.body);
    let sent = head.post(&format!("{DESK}/push"), &[("policy", policy)]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    city.platform.claims_turn().await;
    let row = |page: &Answer| {
        let rows = page.attributes("tr:has(button) button", "value");
        let at = rows.iter().position(|one| one == policy);
        at.and_then(|at| page.texts("td.push").into_iter().nth(at)).unwrap_or_default()
    };
    let done = until(head, DESK, |page| row(page).contains("100 %")).await;
    row(&done)
}

/// The numbers of one's claims, the newest first.
async fn claims(browser: &Browser) -> Vec<String> {
    let links = browser.get("/me/claims").await.attributes("a[href^='/me/claims/']", "href");
    links.iter().map(|link| link.trim_start_matches("/me/claims/").to_owned()).collect()
}

/// Sends a form of one's claim from the page as it stands.
async fn sends(browser: &Browser, number: &str, what: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(&format!("/me/claims/{number}")).await;
    let path = format!("/me/claims/{number}/{what}");
    assert!(page.attributes("form", "action").contains(&path), "{what} is not offered: {}", page.body);
    let revision = page.attributes("input[name=revision]", "value").remove(0);
    let fields: Vec<_> = fields.iter().copied().chain([("revision", revision.as_str())]).collect();
    browser.post(&path, &fields).await
}

async fn shown(browser: &Browser, number: &str) -> String {
    browser.get(&format!("/me/claims/{number}")).await.texts(".status-state").remove(0)
}

async fn consents(browser: &Browser, number: &str) {
    let sent = sends(browser, number, "consent", &ACCOUNT).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
}

/// Makes public what is granted, and lets the days of the notice pass.
async fn publicised(city: &City, head: &Browser, number: &str, day_after: &str) -> Browser {
    let sent = head.post(&format!("{DESK}/publicise"), &[]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    assert_eq!(state(head, number).await, "公示中");
    city.set(day_after);
    let head = city.sign_in("yuzhou-head").await;
    let case = format!("/staff/cases/{number}");
    let over = until(&head, &case, |page| page.texts(".status-state") == ["待兑付"]).await;
    assert_eq!(over.texts(".status-state"), ["待兑付"], "the notice ends by itself");
    head
}

/// Makes a payment file; its page and its bytes.
async fn filed(head: &Browser) -> (String, Answer, String) {
    let made = head.post(&format!("{DESK}/batches"), &[]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let path = made.location().unwrap();
    let page = head.get(&path).await;
    let file = head.get(&format!("{path}/file")).await;
    assert!(file.header("content-disposition").contains("attachment"));
    (path, page, file.body)
}

/// Uploads a receipt: for each case its amount, result and words.
async fn receipt(head: &Browser, path: &str, lines: &[(&str, &str, &str, &str)]) -> Answer {
    let id = path.rsplit('/').next().unwrap();
    let file = head.get(&format!("{path}/file")).await.body;
    let row = |(number, amount, result, said): &(&str, &str, &str, &str)| {
        let row = file.lines().find(|row| row.contains(number)).expect("a line of the file");
        let line = row.split(',').nth(1).unwrap();
        format!("{id},{line},{number},{amount},{result},{said}\r\n")
    };
    let rows: String = lines.iter().map(row).collect();
    let text = format!("\u{feff}批次号,序号,办件编号,金额（元）,结果,说明\r\n{rows}");
    let boundary = "----lotus-boundary";
    let body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"receipt\"; filename=\"r.csv\"\r\nContent-Type: text/csv\r\n\r\n{text}\r\n--{boundary}--\r\n"
    );
    let request = head.request("POST", path);
    head.send(request.header("content-type", format!("multipart/form-data; boundary={boundary}")).body(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grain_grower_is_told_consents_is_made_public_paid_and_has_received_it() {
    let city = City::at("2026-04-07T09:00:00+08:00").await;
    let citizen = city.sign_in("citizen").await;
    let head = city.sign_in("yuzhou-head").await;
    let told = pushed(&city, &head, "grain-growers").await;
    assert!(told.contains("已推送 1"), "{told}");
    let number = claims(&citizen).await.remove(0);
    let message = citizen.get("/me/messages").await;
    assert!(message.body.contains("种粮大户补贴") && message.body.contains("62"), "told why: {}", message.body);

    let page = citizen.get(&format!("/me/claims/{number}")).await;
    assert!(page.body.contains("3,720 元") && page.body.contains("2026年5月7日"), "{}", page.body);
    assert!(page.body.contains("来源："), "each fact says where it comes from");
    let wrong = sends(&citizen, &number, "consent", &[("payee", "演示市民")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("请阅读并勾选同意") && wrong.body.contains("收款账号"), "{}", wrong.body);
    let other = city.sign_in("agent").await;
    assert_eq!(other.get(&format!("/me/claims/{number}")).await.status, StatusCode::NOT_FOUND, "another's");
    // The case's own button can't do without the page.
    let case = citizen.get(&format!("/me/cases/{number}")).await;
    assert!(case.attributes("a", "href").contains(&format!("/me/claims/{number}")));
    let revision = case.attributes("input[name=revision]", "value").remove(0);
    let pressed = citizen.post(&format!("/me/cases/{number}/actions/consent"), &[("revision", &revision)]).await;
    assert_eq!(pressed.status, StatusCode::UNPROCESSABLE_ENTITY);
    consents(&citizen, &number).await;
    let granted = citizen.get(&format!("/me/claims/{number}")).await;
    assert_eq!(granted.texts(".status-state"), ["已核定，待公示"]);
    assert!(granted.body.contains("****0001") && !granted.body.contains("6222000000000001"));

    head.post(&format!("{DESK}/publicise"), &[]).await;
    let public = city.browser().get(PUBLIC).await;
    assert!(public.body.contains("演***") && public.body.contains("3,720 元"), "{}", public.body);
    assert!(!public.body.contains("演示市民") && !public.body.contains("0001"), "no more than that");
    assert!(public.body.contains("个工作日"), "and how many days are left");
    let objection = format!("{PUBLIC}/{number}");
    let nobody = city.browser().post(&objection, &[("words", "面积不实，请核查。")]).await;
    assert!(nobody.location().is_some_and(|to| to.starts_with("/sign-in")), "in one's own name alone");
    let short = other.post(&objection, &[("words", "不")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sent = other.post(&objection, &[("words", "面积不实，请核查。")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    assert!(other.post(&objection, &[("words", "再说一次，面积不实。")]).await.status.is_client_error(), "once");
    let handler = city.sign_in("yuzhou-handler").await;
    assert!(handler.get("/staff/d/411081").await.body.contains(&number), "the handler has it on the worklist");
    let seen = handler.get(&format!("/staff/claims/{number}")).await;
    assert!(seen.body.contains("面积不实，请核查。"), "{}", seen.body);
    assert!(!citizen.get(&format!("/me/claims/{number}")).await.body.contains("面积不实"), "its applicant doesn't");
    step(&handler, &number, "dismiss", "已实地核对，面积属实。").await;
    assert!(other.get("/me/messages").await.body.contains("已实地核对，面积属实。"), "who objected is answered");

    let head = publicised_again(&city, &number).await;
    let (path, page, file) = filed(&head).await;
    assert!(file.starts_with('\u{feff}') && file.contains("收款账号"), "{file}");
    assert!(file.contains(&format!("{number},种粮大户补贴,演示市民,莲城银行,6222000000000001,3720.00,")), "{file}");
    assert!(file.contains(",合计,1,,,,,3720.00,"), "{file}");
    assert!(page.body.contains(&Hash::of(file.as_bytes()).to_string()), "the page says its hash");
    assert_eq!(head.get(&format!("{path}/file")).await.body, file, "it is the same whenever it is asked for");
    let none = head.post(&format!("{DESK}/batches"), &[]).await;
    assert!(none.status.is_client_error(), "nobody is paid twice");
    let taken = receipt(&head, &path, &[(&number, "3720.00", "成功", "")]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let citizen = city.sign_in("citizen").await;
    assert_eq!(shown(&citizen, &number).await, "已兑付");
    let again = receipt(&head, &path, &[(&number, "3720.00", "成功", "")]).await;
    assert!(again.location().is_some_and(|to| to.ends_with("taken=0")), "the same receipt says nothing new");
    sends(&citizen, &number, "actions/receive", &[]).await;
    assert_eq!(shown(&citizen, &number).await, "已到账");

    // What was paid by mistake is paid back, for a reason.
    let page = head.get(&format!("/staff/claims/{number}")).await;
    let revision = page.attributes("input[name=revision]", "value").remove(0);
    let recover = format!("/staff/claims/{number}/recover");
    let fields = |amount| [("revision", revision.as_str()), ("amount", amount), ("reason", "核查发现面积多计20亩。")];
    assert_eq!(head.post(&recover, &fields("99999")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(head.post(&recover, &fields("1200")).await.status, StatusCode::SEE_OTHER);
    let told = citizen.get(&format!("/me/claims/{number}")).await;
    assert!(told.body.contains("1,200 元") && told.body.contains("多计20亩"), "{}", told.body);
    step(&head, &number, "repaid", "已退回财政账户").await;
    assert_eq!(state(&head, &number).await, "已追回");
}

/// Lets the days of a notice pass that was made public already.
async fn publicised_again(city: &City, number: &str) -> Browser {
    city.set("2026-04-15T09:00:00+08:00");
    let head = city.sign_in("yuzhou-head").await;
    let case = format!("/staff/cases/{number}");
    let over = until(&head, &case, |page| page.texts(".status-state") == ["待兑付"]).await;
    assert_eq!(over.texts(".status-state"), ["待兑付"], "an objection does not begin the notice anew");
    head
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_twice_and_nobody_who_does_not_want_it() {
    let city = City::at("2026-04-07T09:00:00+08:00").await;
    let citizen = city.sign_in("citizen").await;
    let agent = studio(&city).await;
    let head = city.sign_in("yuzhou-head").await;
    // The agent turns policies off: every other kind stays ticked.
    let kinds = agent.get("/me/notices").await.attributes("input[name=kind]", "value");
    let kept: Vec<(&str, &str)> =
        kinds.iter().filter(|kind| *kind != "policy").map(|kind| ("kind", kind.as_str())).collect();
    agent.post("/me/notices", &kept).await;
    let off = pushed(&city, &head, "master-studio").await;
    assert!(off.contains("已推送 0") && off.contains("已关闭推送 1"), "{off}");
    assert!(claims(&agent).await.is_empty() && !agent.get("/me/messages").await.body.contains("大师工作室"));

    let first = pushed(&city, &head, "grain-growers").await;
    assert!(first.contains("已推送 1"), "{first}");
    let second = pushed(&city, &head, "grain-growers").await;
    assert!(second.contains("已推送 1") && second.contains("此前已推送 1"), "{second}");
    // Another host at the same time, from the beginning again.
    let replica = city.replica().await;
    head.post(&format!("{DESK}/push"), &[("policy", "grain-growers")]).await;
    tokio::join!(city.platform.claims_turn(), replica.platform.claims_turn());
    assert_eq!(claims(&citizen).await.len(), 1);
    let told = citizen.get("/me/messages").await.body.matches("种粮大户补贴”与您的情况相符").count();
    assert_eq!(told, 1, "one message, however often it is pushed");

    // Who turns it on again is told with the next push.
    let all: Vec<(&str, &str)> = kinds.iter().map(|kind| ("kind", kind.as_str())).collect();
    agent.post("/me/notices", &all).await;
    let on = pushed(&city, &head, "master-studio").await;
    assert!(on.contains("已推送 1"), "{on}");
    assert_eq!(claims(&agent).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_consent_gets_nothing_done_and_who_revokes_half_way_ends_it() {
    let city = City::at("2026-04-07T09:00:00+08:00").await;
    let (citizen, agent) = (city.sign_in("citizen").await, studio(&city).await);
    let head = city.sign_in("yuzhou-head").await;
    pushed(&city, &head, "grain-growers").await;
    pushed(&city, &head, "master-studio").await;
    pushed(&city, &head, "geographical").await;
    let refused = claims(&agent).await.remove(0);
    sends(&agent, &refused, "actions/refuse", &[]).await;
    assert_eq!(shown(&agent, &refused).await, "未同意");
    let silent = claims(&agent).await.remove(1);

    let number = claims(&citizen).await.remove(0);
    consents(&citizen, &number).await;
    head.post(&format!("{DESK}/publicise"), &[]).await;
    assert!(city.browser().get(PUBLIC).await.body.contains("3,720"));
    sends(&citizen, &number, "actions/revoke", &[("reason", "不需要了")]).await;
    assert_eq!(shown(&citizen, &number).await, "已撤回同意");
    assert!(!city.browser().get(PUBLIC).await.body.contains("3,720"), "what is revoked is public no more");
    let history = citizen.get(&format!("/me/cases/{number}")).await;
    for event in ["同意办理", "核定通过", "公示", "撤回同意", "《中华人民共和国个人信息保护法》"]
    {
        assert!(history.body.contains(event), "{event} is in the history");
    }
    assert!(head.post(&format!("{DESK}/batches"), &[]).await.status.is_client_error(), "nothing is paid");
    // Whoever says nothing for thirty days is not asked any more.
    city.set("2026-05-09T09:00:00+08:00");
    let agent = studio(&city).await;
    let page = format!("/me/claims/{silent}");
    let over = until(&agent, &page, |page| page.texts(".status-state") == ["逾期未确认"]).await;
    assert_eq!(over.texts(".status-state"), ["逾期未确认"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_decides_where_the_machine_is_refused_or_says_no() {
    let city = City::at("2026-04-07T09:00:00+08:00").await;
    let (citizen, agent) = (city.sign_in("citizen").await, studio(&city).await);
    let head = city.sign_in("yuzhou-head").await;
    let handler = city.sign_in("yuzhou-handler").await;
    pushed(&city, &head, "grain-growers").await;
    pushed(&city, &head, "master-studio").await;
    let number = claims(&citizen).await.remove(0);
    let fields: Vec<_> = ACCOUNT.into_iter().chain([("by_person", "yes")]).collect();
    sends(&citizen, &number, "consent", &fields).await;
    assert_eq!(shown(&citizen, &number).await, "人工核定", "no machine decides");
    assert!(handler.get("/staff/d/411081").await.body.contains(&number));
    let page = handler.get(&format!("/staff/claims/{number}")).await;
    assert!(page.body.contains("62"), "the handler sees what it rests on");
    let revision = page.attributes("input[name=revision]", "value").remove(0);
    let grant = format!("/staff/claims/{number}/grant");
    let fields = |amount, reason| [("revision", revision.as_str()), ("amount", amount), ("reason", reason)];
    assert_eq!(handler.post(&grant, &fields("-5", "核对")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(handler.post(&grant, &fields("3000", "")).await.status.is_client_error(), "a reason is theirs to give");
    assert_eq!(handler.post(&grant, &fields("3000", "核对地块后按50亩计")).await.status, StatusCode::SEE_OTHER);
    let decided = citizen.get(&format!("/me/claims/{number}")).await;
    assert!(decided.body.contains("承办人核定") && decided.body.contains("3,000 元"), "{}", decided.body);
    assert!(citizen.get(&format!("/me/cases/{number}")).await.body.contains("核对地块后按50亩计"));

    // Between the push and the consent a register learnt otherwise: the machine says no, with reason and way out.
    let studio_claim = claims(&agent).await.remove(0);
    learnt(&city, "enterprise.dishonest", lotus_domain::policy::FactValue::YesNo(true)).await;
    consents(&agent, &studio_claim).await;
    let declined = agent.get(&format!("/me/claims/{studio_claim}")).await;
    assert_eq!(declined.texts(".status-state"), ["自动核定未通过"]);
    assert!(declined.body.contains("请求人工决定"), "and how to get a person's decision: {}", declined.body);
    sends(&agent, &studio_claim, "actions/ask-person", &[("reason", "信用已修复")]).await;
    assert_eq!(state(&handler, &studio_claim).await, "人工核定");
    step(&handler, &studio_claim, "person-decline", "信用修复尚未完成，可在修复后再次申领。").await;
    assert_eq!(shown(&agent, &studio_claim).await, "不予兑现");
}

/// A register learns something of the studio.
async fn learnt(city: &City, name: &str, value: lotus_domain::policy::FactValue) {
    use lotus_domain::licence::Holder;
    use lotus_domain::policy::{Fact, FactName, Facts};
    let mut facts = Facts::default();
    let source = lotus_domain::text::Text::zh("信用平台");
    let fact = Fact { value, source, as_of: city.platform.now(), declared: false };
    facts.learn(FactName::parse(name).unwrap(), fact).unwrap();
    city.platform.facts_keep(&yuzhou(), vec![(Holder::Enterprise(STUDIO.into()), facts)]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_keeps_the_version_that_it_began_with_whatever_becomes_of_the_policy() {
    let city = City::at("2026-04-07T09:00:00+08:00").await;
    let citizen = city.sign_in("citizen").await;
    let head = city.sign_in("yuzhou-head").await;
    pushed(&city, &head, "grain-growers").await;
    let number = claims(&citizen).await.remove(0);
    let store = city.store().await;
    let id = Slug::parse("grain-growers").unwrap();
    let old = store.policy_get(&yuzhou(), &id, 1).await.unwrap().unwrap();
    let mut policy = old.policy.clone();
    policy.version = 2;
    policy.amount = Some(lotus_domain::policy::AmountRule::parse("person.grain-area * 10 yuan").unwrap());
    let next = Edition { policy, published: city.platform.now(), by: None, withdrawn: None };
    assert!(store.policy_publish(yuzhou(), vec![next]).await.unwrap().is_empty(), "it is published");
    consents(&citizen, &number).await;
    let page = citizen.get(&format!("/me/claims/{number}")).await;
    assert_eq!(page.texts(".status-state"), ["已核定，待公示"]);
    assert!(page.body.contains("3,720 元") && !page.body.contains("620 元"), "{}", page.body);
    let kept = store.claim_get(&yuzhou(), &CaseNumber::parse(&number).unwrap()).await.unwrap().unwrap();
    assert_eq!(kept.version, 1);
    assert!(!kept.body.found.findings.is_empty() && !kept.body.decided[0].findings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_payment_file_one_line_fails_and_is_paid_with_the_next() {
    let city = City::at("2026-04-07T09:00:00+08:00").await;
    let (citizen, agent) = (city.sign_in("citizen").await, studio(&city).await);
    let head = city.sign_in("yuzhou-head").await;
    pushed(&city, &head, "grain-growers").await;
    pushed(&city, &head, "master-studio").await;
    let (grower, maker) = (claims(&citizen).await.remove(0), claims(&agent).await.remove(0));
    consents(&citizen, &grower).await;
    consents(&agent, &maker).await;
    let head = publicised(&city, &head, &maker, "2026-04-15T09:00:00+08:00").await;
    let grown = format!("/staff/cases/{grower}");
    until(&head, &grown, |page| page.texts(".status-state") == ["待兑付"]).await;
    let (path, _, file) = filed(&head).await;
    assert!(file.contains(",合计,2,,,,,53720.00,"), "{file}");
    let citizen = city.sign_in("citizen").await;
    sends(&citizen, &grower, "actions/revoke-late", &[]).await;
    assert_eq!(shown(&citizen, &grower).await, "兑付中", "what is on its way stays so, and the page says it");

    for wrong in [
        [(grower.as_str(), "3720.00", "成功", ""), (maker.as_str(), "1.00", "失败", "账号不存在")],
        [(grower.as_str(), "3720.00", "成功", ""), (maker.as_str(), "50000.00", "失败", "")],
        [(grower.as_str(), "3720.00", "成功", ""), (grower.as_str(), "3720.00", "成功", "")],
    ] {
        let refused = receipt(&head, &path, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
        assert!(refused.body.contains("第3行"), "it says where: {}", refused.body);
    }
    assert_eq!(state(&head, &grower).await, "兑付中", "of a wrong receipt nothing is taken");
    let lines = [(grower.as_str(), "3720.00", "成功", ""), (maker.as_str(), "50000.00", "失败", "账号不存在")];
    assert_eq!(receipt(&head, &path, &lines).await.status, StatusCode::SEE_OTHER);
    assert_eq!(state(&head, &grower).await, "已兑付");
    let agent = studio(&city).await;
    let failed = agent.get(&format!("/me/claims/{maker}")).await;
    assert_eq!(failed.texts(".status-state"), ["兑付未成功"]);
    assert!(agent.get(&format!("/me/cases/{maker}")).await.body.contains("账号不存在"), "and why");
    let other = [("payee", "演示钧瓷企业"), ("bank", "莲城银行"), ("account", "6222000000000002")];
    sends(&agent, &maker, "account", &other).await;
    let (again, _, file) = filed(&head).await;
    assert!(
        file.contains("6222000000000002") && !file.contains(&grower),
        "the next file has what failed alone: {file}"
    );
    receipt(&head, &again, &[(&maker, "50000.00", "成功", "")]).await;
    assert_eq!(state(&head, &maker).await, "已兑付");
    // Whoever has no part in it sees none of it.
    for subject in ["changge-head", "yuzhou-handler", "citizen"] {
        let browser = city.sign_in(subject).await;
        assert!(browser.get(&format!("{path}/file")).await.status.is_client_error(), "{subject}");
        assert!(browser.get(DESK).await.status.is_client_error(), "{subject}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_decides_on_its_own_policy_and_its_call_is_on_record() {
    let city = City::at("2026-04-07T09:00:00+08:00").await;
    learnt(
        &city,
        "enterprise.loan-interest",
        lotus_domain::policy::FactValue::Money(lotus_domain::law::Fen(3_000_000)),
    )
    .await;
    let agent = studio(&city).await;
    let policy = [("division", "411081"), ("policy", "kiln-loan-share")];
    let begun = agent.post("/me/claims", &policy).await;
    let number = begun.location().expect("a claim").trim_start_matches("/me/claims/").to_owned();
    assert_eq!(agent.post("/me/claims", &policy).await.location(), begun.location(), "once");
    consents(&agent, &number).await;
    let page = agent.get(&format!("/me/claims/{number}")).await;
    assert!(page.body.contains("由本区县插件自动核定"), "{}", page.body);
    assert_eq!(page.texts(".status-state"), ["已核定，待公示"], "{}", page.body);
    assert!(page.body.contains("15,000 元"), "half of the interest: {}", page.body);
    let store = city.store().await;
    let records = store.record_list_case(&yuzhou(), &CaseNumber::parse(&number).unwrap()).await.unwrap();
    assert!(records.iter().any(|record| record.function == "policies.decide" && !record.transcript.is_empty()));
    let kept = store.claim_get(&yuzhou(), &CaseNumber::parse(&number).unwrap()).await.unwrap().unwrap();
    assert_eq!((kept.version, kept.body.adding.map(|adding| adding.package.len())), (0, Some(64)));
}
