//! Article 31: nothing is charged without a law, one pays as one likes, once, and gets a receipt that proves itself.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests can't go on")]

use std::collections::BTreeMap;

use lotus_domain::law::Fen;
use lotus_journeys::{Answer, Browser, City, StandInGateway};
use lotus_platform::Notice;
use reqwest::StatusCode;

/// Somebody signed in with a ready account.
async fn signed_in(city: &City, subject: &str) -> Browser {
    let browser = city.browser();
    let answer = browser.post("/sign-in/ready", &[("subject", subject), ("then", "/me")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{subject}: {}", answer.body);
    browser
}

/// A case in 禹州; its number.
async fn submitted(browser: &Browser) -> String {
    let fields = [
        ("enterprise", "莲城钧瓷工坊"),
        ("credit-code", "91350100M000100Y43"),
        ("contact", "经办人"),
        ("telephone", "0374-8000000"),
        ("studio", "莲城工作室"),
        ("title-level", "provincial"),
        ("title-date", "2019-05-01"),
        ("sales", "2000000"),
        ("once", "yes"),
    ];
    let path = "/d/411081/services/studio-award";
    let token = browser.get(path).await.form().remove("_token").unwrap();
    let mut sent = vec![("_token", token.as_str())];
    sent.extend(fields);
    let opened = browser.post(path, &sent).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    opened.location().unwrap().trim_start_matches("/cases/").to_owned()
}

/// A city with a gateway, somebody with a case, and the counter's clerk.
struct Stage {
    city: City,
    gateway: StandInGateway,
    citizen: Browser,
    clerk: Browser,
    number: String,
}

impl Stage {
    async fn set() -> Self {
        let gateway = StandInGateway::start().await;
        let city = City::with_payments(gateway.provider()).await;
        let citizen = city.browser();
        let number = submitted(&citizen).await;
        let clerk = signed_in(&city, "yuzhou-clerk").await;
        Self { city, gateway, citizen, clerk, number }
    }

    /// The clerk asks for the identity card's fee, 20 yuan; the fee's address on the citizen's side.
    async fn asked(&self) -> String {
        let path = format!("/staff/cases/{}/fees", self.number);
        let page = self.clerk.get(&path).await;
        let options = page.attributes("select#fee option", "value");
        let texts = page.texts("select#fee option");
        let at = texts.iter().position(|text| text.contains("身份证")).unwrap();
        let asked = self.clerk.post(&path, &[("fee", &options[at]), ("count", "1"), ("payer", "李莲花")]).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
        let mut forms = self.fees().await.attributes("main form", "action");
        forms.retain(|action| action.ends_with("/pay"));
        forms.pop().unwrap()
    }

    async fn fees(&self) -> Answer {
        self.citizen.get(&format!("/cases/{}/fees", self.number)).await
    }

    /// Orders a fee; the provider's address to pay at.
    async fn ordered(&self, pay: &str) -> String {
        let page = self.citizen.post(pay, &[]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        page.attributes("main section a.button", "href").remove(0)
    }

    /// Pays at the provider, who then calls back.
    async fn paid(&self, at: &str) {
        let answer = self.citizen.send(self.citizen.request("POST", at)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }

    async fn called_back(&self, notice: &Notice, seconds_ago: i64) -> Answer {
        let (headers, body) = self.gateway.signed(notice, seconds_ago);
        let mut request = self.citizen.request("POST", "/api/v1/payments/stand-in").body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        self.citizen.send(request).await
    }

    /// Address of the receipt on the citizen's page.
    async fn receipt(&self) -> Option<String> {
        self.fees().await.attributes("main a.number", "href").into_iter().find(|to| to.starts_with("/receipts/"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_costs_something_stands_in_public_with_its_law_and_nothing_else_does() {
    let city = City::sqlite().await;
    let anybody = city.browser();
    let chinese = anybody.get("/d/411081/fees").await;
    assert!(chinese.body.contains("居民身份证法") && chinese.body.contains("第二十一条"), "{}", chinese.body);
    assert!(anybody.get("/d/411081/fees?lang=en").await.body.contains("Nothing is charged unless a law says so"));
    let listed = anybody.get("/api/v1/districts/411081/fees").await.json();
    let items = listed["items"].as_array().unwrap();
    assert!(!items.is_empty());
    for fee in items.iter().flat_map(|item| item["fees"].as_array().unwrap()) {
        assert!(!fee["basis"]["title"].as_str().unwrap().is_empty() && fee["amount"].as_i64().unwrap() > 0, "{fee}");
    }
    assert_eq!(anybody.get("/d/999999/fees").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_whose_fee_stands_on_no_law_is_not_published_and_its_place_is_said() {
    let city = City::sqlite().await;
    let known = lotus_demo::city().unwrap().items;
    let mut item = known.into_iter().find(|item| !item.item.fees.is_empty()).unwrap();
    item.item.version += 1;
    item.item.fees[0].basis.title.clear();
    let code = item.item.code.clone();
    let error = city.platform.item_publish(item.division.clone(), vec![item]).await.unwrap_err().to_string();
    assert!(error.contains(&code) && error.contains("legal basis"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_call_back_a_thousand_times_pays_once() {
    let stage = Stage::set().await;
    let pay = stage.asked().await;
    let at = stage.ordered(&pay).await;
    stage.paid(&at).await;
    let receipt = stage.receipt().await.unwrap();
    let notice = stage.gateway.last();
    let mut told = BTreeMap::<String, u32>::new();
    for _ in 0..40 {
        let again = futures::future::join_all((0..25).map(|_| stage.called_back(&notice, 0))).await;
        for answer in again {
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            *told.entry(answer.json()["taken"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    assert_eq!(told, BTreeMap::from([("before".to_owned(), 1000)]));
    assert_eq!(stage.receipt().await.as_deref(), Some(receipt.as_str()), "the receipt is the first one");
    assert!(receipt.contains("/411081") && receipt.contains("00000001?"), "{receipt}");
    let head = signed_in(&stage.city, "yuzhou-head").await;
    let closing = head.get("/staff/d/411081/closing").await;
    assert_eq!(
        closing.texts("main tbody td"),
        ["0", "0 元", "0", "0 元", "1", "20 元", "0", "0 元"],
        "{}",
        closing.body
    );
    assert!(closing.body.contains("账目一致"), "{}", closing.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_back_that_is_forged_stale_or_of_another_amount_takes_nothing() {
    let stage = Stage::set().await;
    let pay = stage.asked().await;
    stage.gateway.fall_silent();
    let at = stage.ordered(&pay).await;
    stage.paid(&at).await;
    let notice = stage.gateway.last();
    assert_eq!(stage.called_back(&notice, 600).await.status, StatusCode::UNAUTHORIZED, "ten minutes old");
    assert_eq!(stage.called_back(&notice, -600).await.status, StatusCode::UNAUTHORIZED, "of tomorrow");
    let (headers, body) = stage.gateway.signed(&notice, 0);
    let altered = String::from_utf8(body).unwrap().replace("2000", "2001");
    let mut request = stage.citizen.request("POST", "/api/v1/payments/stand-in").body(altered);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    assert_eq!(stage.citizen.send(request).await.status, StatusCode::UNAUTHORIZED, "another body");
    let plain = stage.citizen.request("POST", "/api/v1/payments/stand-in").body("{}");
    assert_eq!(stage.citizen.send(plain).await.status, StatusCode::UNAUTHORIZED, "not signed");
    let less = Notice { amount: Fen(1), ..notice.clone() };
    assert_eq!(stage.called_back(&less, 0).await.json()["taken"], "wrong-amount");
    let other = Notice { order: "411081-NOSUCHFEE0000000".to_owned(), ..notice.clone() };
    assert_eq!(stage.called_back(&other, 0).await.json()["taken"], "not-due");
    assert_eq!(stage.receipt().await, None, "nothing was taken");
    assert_eq!(stage.called_back(&notice, 0).await.json()["taken"], "paid", "the true one is");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_paid_twice_is_kept_shown_and_given_back_and_the_day_is_closed_for_good() {
    let stage = Stage::set().await;
    let pay = stage.asked().await;
    let at = stage.ordered(&pay).await;
    let take = format!("/staff{}", pay.replace("/pay", "/take"));
    assert_eq!(stage.clerk.post(&take, &[("means", "cash")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        stage.clerk.post(&take, &[("means", "cash")]).await.status,
        StatusCode::FORBIDDEN,
        "cash twice is no way"
    );
    let receipt = stage.receipt().await.unwrap();
    // The citizen had the provider's page still open.
    stage.paid(&at).await;
    assert_eq!(stage.receipt().await.unwrap(), receipt);
    // And another payment whose call-back is lost.
    let second = stage.asked().await;
    let at = stage.ordered(&second).await;
    let surplus = stage.gateway.last().reference;
    stage.gateway.fall_silent();
    stage.paid(&at).await;
    let lost = stage.gateway.last().reference;

    let head = signed_in(&stage.city, "yuzhou-head").await;
    let books = head.get("/staff/d/411081/closing").await;
    let differences = books.texts("main li").join("\n");
    assert!(differences.contains(&format!("多收，待退 {surplus}")), "{differences}");
    assert!(differences.contains(&lost) && differences.contains("支付机构有、本方没有"), "{differences}");

    let refunds = format!("/staff/cases/{}/refunds", stage.number);
    assert_eq!(stage.clerk.post(&refunds, &[("reference", &surplus)]).await.status, StatusCode::FORBIDDEN, "a clerk");
    assert_eq!(head.post(&refunds, &[("reference", &surplus)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(head.post(&refunds, &[("reference", &surplus)]).await.status, StatusCode::FORBIDDEN, "once");
    assert_eq!(stage.gateway.refunds(), std::slice::from_ref(&surplus));
    assert!(stage.citizen.get(&receipt).await.body.contains("票据真实有效"), "the fee stays paid");

    let day = books.attributes("main form input[name=day]", "value").remove(0);
    let closed = head.post_and_follow("/staff/d/411081/closing", &[("day", &day)]).await;
    assert!(closed.body.contains("已结账") && !closed.body.contains("多收，待退"), "{}", closed.body);
    stage.called_back(&stage.gateway.last(), 0).await;
    let later = head.get(&format!("/staff/d/411081/closing?day={day}")).await;
    assert_eq!(later.texts("main li"), closed.texts("main li"), "what is closed stays as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_proves_itself_to_whoever_holds_it_and_to_nobody_else() {
    let stage = Stage::set().await;
    let pay = stage.asked().await;
    let take = format!("/staff{}", pay.replace("/pay", "/take"));
    stage.clerk.post(&take, &[("means", "card")]).await;
    let receipt = stage.receipt().await.unwrap();
    let verifier = stage.city.browser();
    let page = verifier.get(&receipt).await;
    assert!(page.body.contains("票据真实有效") && page.body.contains("李**") && !page.body.contains("李莲花"));
    let (address, code) = receipt.split_once("?code=").unwrap();
    for wrong in ["", "?code=", "?code=00000000"] {
        let answer = verifier.get(&format!("{address}{wrong}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
        assert_eq!(verifier.get(&format!("{address}/pdf{wrong}")).await.status, StatusCode::NOT_FOUND);
    }
    let next = address.replace("00000001", "00000002");
    assert_eq!(verifier.get(&format!("{next}?code={code}")).await.status, StatusCode::NOT_FOUND);

    let head = signed_in(&stage.city, "yuzhou-head").await;
    let reference = stage.clerk.get(&format!("/staff/cases/{}/fees", stage.number)).await;
    let reference = reference.attributes("main input[name=reference]", "value").remove(0);
    let refunds = format!("/staff/cases/{}/refunds", stage.number);
    assert_eq!(head.post(&refunds, &[("reference", &reference)]).await.status, StatusCode::SEE_OTHER);
    let after = verifier.get(&receipt).await;
    assert!(
        after.body.contains("不再有效") && !after.body.contains("票据真实有效"),
        "a receipt of money given back says so"
    );
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_poppler), ignore = "poppler is not installed: apt-get install poppler-utils")]
#[cfg_attr(not(has_chinese_font), ignore = "no Chinese font is installed: apt-get install fonts-noto-cjk")]
async fn the_receipts_paper_says_what_was_paid_on_what_law_and_where_it_is_verified() {
    let stage = Stage::set().await;
    let pay = stage.asked().await;
    let at = stage.ordered(&pay).await;
    stage.paid(&at).await;
    let receipt = stage.receipt().await.unwrap();
    let (address, code) = receipt.split_once("?code=").unwrap();
    let request = stage.citizen.request("GET", &format!("{address}/pdf?code={code}"));
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/pdf");
    let bytes = response.bytes().await.unwrap();
    let text = lotus_test_services::pdf::text(&bytes).unwrap();
    let run: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    for word in ["政务服务收费票据", "李莲花", "贰拾元整", "20.00", "第二十一条", "电子支付", code, &stage.number]
    {
        assert!(run.contains(word), "“{word}” is missing in {run}");
    }
    assert!(run.contains(&format!("{address}?code={code}")), "the address verifies it: {run}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_fees_in_another_district_or_without_being_a_clerk() {
    let stage = Stage::set().await;
    let pay = stage.asked().await;
    let take = format!("/staff{}", pay.replace("/pay", "/take"));
    let path = format!("/staff/cases/{}/fees", stage.number);
    for (subject, status) in [("changge-clerk", StatusCode::NOT_FOUND), ("yuzhou-handler", StatusCode::FORBIDDEN)] {
        let other = signed_in(&stage.city, subject).await;
        assert_eq!(other.get(&path).await.status, status, "{subject} looks");
        assert_eq!(other.post(&take, &[("means", "cash")]).await.status, status, "{subject} takes");
    }
    let stranger = stage.city.browser();
    let sent = stranger.post(&pay, &[]).await;
    assert_eq!(sent.status, StatusCode::NOT_FOUND, "without the case's secret");
    assert_eq!(stage.receipt().await, None);
}
