//! Article 31: nothing is charged unless a law says so. The list is public with its basis, a case is not completed before
//! what is due is paid, one pays as one likes and once, the receipt proves itself, the day's books agree, and a fee that
//! is not on the list is refused and seen by supervision.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

use std::collections::BTreeSet;

use lotus_articles::{applied, state, step};
use lotus_domain::law::Fen;
use lotus_journeys::{Browser, City, StandInGateway};
use reqwest::StatusCode;

const IDENTITY_CARD: &str = "XC07004-411081";
const FOOD_LICENCE: &str = "XC01003-411081";
const CLOSING: &str = "/staff/d/411081/closing";
const BOARD: &str = "/staff/d/411081/board";

/// A city, who takes electronic payments for it, and the counter's clerk.
struct Hall {
    city: City,
    gateway: StandInGateway,
    clerk: Browser,
}

impl Hall {
    async fn open() -> Self {
        let gateway = StandInGateway::start().await;
        let city = City::with_payments(gateway.provider()).await;
        let clerk = city.sign_in("yuzhou-clerk").await;
        Self { city, gateway, clerk }
    }

    /// An identity card is applied for, accepted and granted; the clerk asks for what the list has. The case's number.
    async fn granted(&self, applicant: &Browser) -> String {
        let number = applied(applicant, "411081", IDENTITY_CARD).await;
        for action in ["pre-review", "pass", "accept"] {
            assert_eq!(step(&self.clerk, &number, action, "").await.status, StatusCode::OK);
        }
        let path = format!("/staff/cases/{number}/fees");
        let page = self.clerk.get(&path).await;
        let options = page.attributes("select#fee option", "value");
        assert_eq!(options, [format!("{IDENTITY_CARD}/0")], "what the item's list has, and nothing else");
        let asked = self.clerk.post(&path, &[("fee", &options[0]), ("count", "1"), ("payer", "演示市民")]).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
        let handler = self.city.sign_in("yuzhou-handler").await;
        step(&handler, &number, "review", "").await;
        step(&handler, &number, "grant", "").await;
        number
    }

    /// Takes what is due on a case in cash.
    async fn taken_in_cash(&self, number: &str) {
        let page = self.clerk.get(&format!("/staff/cases/{number}/fees")).await;
        let mut forms = page.attributes("main form", "action");
        forms.retain(|action| action.ends_with("/take"));
        let taken = self.clerk.post(&forms[0], &[("means", "cash")]).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    }

    /// Calls back so many times at once, as a provider does that has lost its mind; what each was answered.
    async fn called_back(&self, times: usize) -> BTreeSet<String> {
        let notice = self.gateway.last();
        let calls = (0..times).map(|_| {
            let (headers, body) = self.gateway.signed(&notice, 0);
            let mut request = self.clerk.request("POST", "/api/v1/payments/stand-in").body(body);
            for (name, value) in headers {
                request = request.header(name, value);
            }
            self.clerk.send(request)
        });
        let mut told = BTreeSet::new();
        for answer in futures::future::join_all(calls).await {
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            told.insert(answer.json()["taken"].as_str().unwrap().to_owned());
        }
        told
    }
}

/// What an applicant's page offers to pay at.
async fn offered(applicant: &Browser, number: &str) -> Vec<String> {
    let page = applicant.get(&format!("/me/cases/{number}/fees")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let mut forms = page.attributes("main form", "action");
    forms.retain(|action| action.ends_with("/pay"));
    forms
}

/// The receipts on an applicant's page.
async fn receipts(applicant: &Browser, number: &str) -> Vec<String> {
    let page = applicant.get(&format!("/me/cases/{number}/fees")).await;
    let mut links = page.attributes("main a.number", "href");
    links.retain(|to| to.starts_with("/receipts/"));
    links
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_costs_something_is_published_with_its_law_and_what_has_none_is_not_published() {
    let city = City::sqlite().await;
    let anybody = city.browser();
    let list = anybody.get("/d/411081/fees").await;
    let bases = list.texts("main tbody td[lang=zh-CN]");
    assert!(!bases.is_empty() && bases.iter().all(|basis| basis.starts_with('《')), "{bases:?}");
    let fees = list.texts("main tbody th");
    assert_eq!(fees.len(), bases.len(), "each fee has its law");
    assert!(fees.iter().any(|item| item.contains("居民身份证换领")), "{fees:?}");
    let guide = anybody.get(&format!("/d/411081/items/{IDENTITY_CARD}")).await;
    assert!(guide.body.contains("20 元") && guide.body.contains("第二十一条"), "the guide says it too");

    let items = lotus_demo::city().unwrap().items;
    let mut item = items.into_iter().find(|item| item.item.code == IDENTITY_CARD).unwrap();
    item.item.version += 1;
    item.item.fees[0].amount = Fen(9900);
    item.item.fees[0].basis.title = "  ".to_owned();
    let error = city.platform.item_publish(item.division.clone(), vec![item]).await.unwrap_err().to_string();
    assert!(error.contains("legal basis"), "{error}");
    assert_eq!(anybody.get("/d/411081/fees").await.texts("main tbody th"), fees);
    assert!(!anybody.get("/d/411081/fees").await.body.contains("99 元"), "the one before it holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_completed_once_its_fee_is_paid_once_by_phone_or_in_cash_and_the_days_books_agree() {
    let hall = Hall::open().await;
    let citizen = hall.city.sign_in("citizen").await;
    let number = hall.granted(&citizen).await;
    let refused = step(&hall.clerk, &number, "complete", "").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("还有费用未缴清"), "{}", refused.body);
    assert_eq!(state(&hall.clerk, &number).await, "准予");

    // Electronically, at the provider's; its call-back comes a hundred times more.
    let pay = offered(&citizen, &number).await;
    assert_eq!(pay.len(), 1);
    let ordered = citizen.post(&pay[0], &[]).await;
    let at = ordered.attributes("main section a.button", "href").remove(0);
    assert_eq!(citizen.send(citizen.request("POST", &at)).await.status, StatusCode::OK);
    let receipt = receipts(&citizen, &number).await;
    assert_eq!(receipt.len(), 1);
    assert_eq!(hall.called_back(100).await, BTreeSet::from(["before".to_owned()]));
    assert_eq!(receipts(&citizen, &number).await, receipt, "one payment, one receipt");
    assert!(offered(&citizen, &number).await.is_empty(), "nothing is due any more");
    assert_eq!(step(&hall.clerk, &number, "complete", "").await.texts(".status-state"), ["办结"]);

    // In cash, at the counter.
    let agent = hall.city.sign_in("agent").await;
    let beside = hall.granted(&agent).await;
    assert_eq!(offered(&citizen, &number).await.len(), 0);
    hall.taken_in_cash(&beside).await;
    assert_eq!(step(&hall.clerk, &beside, "complete", "").await.texts(".status-state"), ["办结"]);
    let cash = receipts(&agent, &beside).await;
    assert!(cash.len() == 1 && cash != receipt);

    // Whoever holds a receipt can hold it against the city's books.
    let anybody = hall.city.browser();
    for receipt in receipt.iter().chain(&cash) {
        let page = anybody.get(receipt).await;
        assert!(page.body.contains("票据真实有效") && page.body.contains("20 元"), "{}", page.body);
        let (address, _) = receipt.split_once("?code=").unwrap();
        assert_eq!(anybody.get(&format!("{address}?code=00000000")).await.status, StatusCode::NOT_FOUND);
    }

    // The day's books, against what the provider says that it took.
    assert_eq!(hall.clerk.get(CLOSING).await.status, StatusCode::FORBIDDEN, "who takes money does not close the books");
    let head = hall.city.sign_in("yuzhou-head").await;
    assert!(head.get("/staff/d/411081").await.attributes("a", "href").contains(&CLOSING.to_owned()));
    let books = head.get(CLOSING).await;
    assert_eq!(books.texts("main tbody td"), ["1", "20 元", "0", "0 元", "1", "20 元", "0", "0 元"], "{}", books.body);
    assert!(books.body.contains("账目一致"), "{}", books.body);
    let day = books.attributes("main form input[name=day]", "value").remove(0);
    let closed = head.post_and_follow(CLOSING, &[("day", &day)]).await;
    assert!(closed.body.contains("已结账") && closed.body.contains("账目一致"), "{}", closed.body);
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_poppler), ignore = "poppler is not installed: apt-get install poppler-utils")]
#[cfg_attr(not(has_chinese_font), ignore = "no Chinese font is installed: apt-get install fonts-noto-cjk")]
async fn the_receipts_paper_names_the_law_and_proves_itself_by_its_code() {
    let hall = Hall::open().await;
    let citizen = hall.city.sign_in("citizen").await;
    let number = hall.granted(&citizen).await;
    hall.taken_in_cash(&number).await;
    let receipt = receipts(&citizen, &number).await.remove(0);
    let (address, code) = receipt.split_once("?code=").unwrap();
    let response = citizen.request("GET", &format!("{address}/pdf?code={code}")).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/pdf");
    let text = lotus_test_services::pdf::text(&response.bytes().await.unwrap()).unwrap();
    let run: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let proof = format!("{address}?code={code}");
    for word in ["政务服务收费票据", "贰拾元整", "第二十一条", "现金", &number, &proof] {
        assert!(run.contains(word), "“{word}” is missing in {run}");
    }
    let anybody = hall.city.browser();
    assert!(anybody.get(&proof).await.body.contains("票据真实有效"));
    assert_eq!(anybody.get(&format!("{address}/pdf?code=00000000")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fee_that_is_not_on_the_items_list_is_refused_and_the_officer_sees_it_with_its_evidence() {
    let hall = Hall::open().await;
    let citizen = hall.city.sign_in("citizen").await;
    let number = applied(&citizen, "411081", FOOD_LICENCE).await;
    let path = format!("/staff/cases/{number}/fees");
    let page = hall.clerk.get(&path).await;
    assert!(
        page.attributes("select#fee option", "value").is_empty() && page.body.contains("不得收费"),
        "{}",
        page.body
    );
    let officer = hall.city.sign_in("supervision").await;
    let board = officer.get(BOARD).await;
    assert!(!board.body.contains("违规收费"), "nothing has happened yet");

    // Another item's fee, asked for all the same.
    let fee = format!("{IDENTITY_CARD}/0");
    let asked = hall.clerk.post(&path, &[("fee", &fee), ("count", "1"), ("payer", "演示市民")]).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    assert!(asked.body.contains("不在本事项公布的收费清单中"), "{}", asked.body);
    assert!(offered(&citizen, &number).await.is_empty(), "nobody is to pay it");
    let card = officer.get(BOARD).await;
    assert_eq!(card.texts(".supervised h2"), ["黄牌：违规收费"], "in the same moment");
    assert!(card.body.contains(&number));
    let evidence = card.texts(".supervised .pairs div:nth-child(5) dd");
    assert!(evidence[0].starts_with("1 ("), "the card names its events: {evidence:?}");
    let audit = hall.city.sign_in("auditor").await.get("/console/d/411081/audit").await;
    assert!(audit.body.contains("fee-unlawful"), "who asked stands in the audit chain");

    // A place on an item's own list that holds nothing.
    let own = applied(&citizen, "411081", IDENTITY_CARD).await;
    let path = format!("/staff/cases/{own}/fees");
    let fee = format!("{IDENTITY_CARD}/7");
    let asked = hall.clerk.post(&path, &[("fee", &fee), ("count", "1"), ("payer", "演示市民")]).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    let board = officer.get(BOARD).await;
    assert!(board.texts(".supervised h2").len() == 2 && board.body.contains(&own), "{:?}", board.texts("h2"));
}
