//! Article 34: monitoring and evaluation. Guides, convenience, effect and experience are counted by item, department, district
//! and month; what is out of the ordinary opens one case and is followed to its end; each month has its bulletin.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests can't go on")]

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use lotus_articles::{applied, state, step, until};
use lotus_domain::calendar::Calendar;
use lotus_domain::case::{Actor, Application, Case, CaseNumber, Event, FollowSecret, Happening, Subject};
use lotus_domain::catalog::{DistrictItem, Item};
use lotus_domain::clock::{Clocks, Office};
use lotus_domain::district::Division;
use lotus_domain::kind::{Role, shipped};
use lotus_domain::law::{LegalBasis, Period};
use lotus_domain::supervision::Rules;
use lotus_domain::text::Text;
use lotus_journeys::{Answer, Browser, City};
use lotus_platform::CaseFile;
use reqwest::StatusCode;

const FOOD: &str = "XC01003-411081";
const PAGE: &str = "/d/411081/monitoring";
const STAFF: &str = "/staff/d/411081/monitoring";

/// A figure of the public page, by its name.
fn figure(page: &Answer, title: &str) -> String {
    let (names, values) = (page.texts("section table th[scope=row]"), page.texts("section table td.number"));
    let at = names.iter().position(|name| name.starts_with(title)).unwrap_or_else(|| panic!("{title}: {names:?}"));
    values[at].clone()
}

/// What a district had done before the city came to this platform: cases as the engine would have made them.
struct Past {
    city: lotus_demo::City,
    calendar: Calendar,
    zone: TimeZone,
    made: u64,
}

impl Past {
    fn new() -> Self {
        let city = lotus_demo::city().unwrap();
        let calendar = Calendar::new(2020, 2040, &city.calendar).unwrap();
        Self { city, calendar, zone: TimeZone::fixed(jiff::tz::offset(8)), made: 0 }
    }

    fn item(&self, code: &str) -> DistrictItem {
        self.city.items.iter().find(|item| item.item.code == code).unwrap().clone()
    }

    fn at(&self, day: Date, hour: i8, minute: i8) -> Timestamp {
        self.zone.to_timestamp(day.at(hour, minute, 0, 0)).unwrap()
    }

    /// A case of an item that was accepted on a day and granted so many working days later.
    fn case(&mut self, item: &DistrictItem, accepted: Date, used: i32) -> CaseFile {
        self.made += 1;
        let granted = self.calendar.add_working_days(accepted, used).unwrap().day;
        let rules = Rules::default();
        let office = Office { calendar: &self.calendar, zone: &self.zone, rules: &rules };
        let definition = item.item.definition(shipped("application").unwrap().clone());
        let submitted = self.at(accepted, 9, 0);
        let number = CaseNumber::new(&item.division, accepted, definition.code, self.made);
        let happening = Happening {
            at: submitted,
            actor: Actor { role: Role::Applicant, account: None },
            action: "submit".to_owned(),
            from: None,
            to: definition.initial.to_string(),
            reason: None,
            basis: None,
            remark: None,
        };
        let mut events = vec![Event::seal(&number, None, happening)];
        let mut case = Case {
            division: item.division.clone(),
            number,
            title: item.item.name.clone(),
            message: None,
            subject: Subject::Item {
                code: item.item.code.clone(),
                version: item.item.version,
                title: item.item.name.clone(),
                department: item.item.department.clone(),
                joint: Vec::new(),
            },
            state: definition.initial.to_string(),
            clocks: Clocks::begin(office, &definition, submitted).unwrap(),
            definition,
            application: Application { values: Vec::new(), labels: Vec::new(), options: Vec::new() },
            revision: 1,
            submitted,
            priority: 0,
            parent: None,
            assigned: None,
            secret: FollowSecret::new(self.made).hash(),
            account: None,
        };
        let way = [
            ("pre-review", Role::Clerk, self.at(accepted, 9, 10)),
            ("pass", Role::Clerk, self.at(accepted, 9, 20)),
            ("accept", Role::Clerk, self.at(accepted, 9, 30)),
            ("review", Role::Handler, self.at(accepted, 9, 40)),
            ("grant", Role::Handler, self.at(granted, 16, 0)),
            ("complete", Role::Handler, self.at(granted, 16, 10)),
        ];
        for (action, role, at) in way {
            let actor = Actor { role, account: None };
            let happening = case.happening(action, actor, at, None, None).unwrap();
            let event = Event::seal(&case.number, events.last(), happening);
            case = case.after(office, &event).unwrap();
            events.push(event);
        }
        CaseFile { case, events }
    }

    /// So many cases that were accepted on the first working days from a day on, two a day, and took these days in turn.
    fn month(&mut self, code: &str, from: &str, cases: i32, used: &[i32]) -> Vec<CaseFile> {
        let (item, from): (_, Date) = (self.item(code), from.parse().unwrap());
        let before = from.yesterday().unwrap();
        (0..cases)
            .map(|at| {
                let day = self.calendar.add_working_days(before, 1 + at / 3).unwrap().day;
                self.case(&item, day, used[usize::try_from(at).unwrap() % used.len()])
            })
            .collect()
    }
}

async fn imported(city: &City, division: &str, files: Vec<CaseFile>) {
    let store = city.store().await;
    store.case_import(Division::parse(division).unwrap(), files).await.unwrap();
    store.close().await;
}

/// Half a year of three items that take what they always take; of one its last month is another's.
fn half_a_year(past: &mut Past, division: &str, june: &[i32]) -> Vec<CaseFile> {
    let mut files = Vec::new();
    for month in 1..=6 {
        let from = format!("2026-{month:02}-01");
        let food: &[i32] = if month == 6 { june } else { &[2, 3, 4, 3] };
        files.extend(past.month(&format!("XC01003-{division}"), &from, 24, food));
        files.extend(past.month(&format!("XC01011-{division}"), &from, 18 + month % 3, &[4, 6, 5, 7, 3]));
        files.extend(past.month(&format!("XC01001-{division}"), &from, 15, &[1, 1, 2]));
    }
    files
}

async fn finds(officer: &Browser, path: &str) -> Vec<String> {
    let page = officer.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    page.texts(".improvement h3")
}

#[tokio::test(flavor = "multi_thread")]
async fn indicators_follow_cases_and_months_and_a_month_without_data_says_so_in_words() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let (clerk, handler) = (city.sign_in("yuzhou-clerk").await, city.sign_in("yuzhou-handler").await);
    let number = applied(&city.browser(), "411081", FOOD).await;
    let other = applied(&city.browser(), "411081", FOOD).await;
    let page = until(&city.browser(), PAGE, |page| figure(page, "收件") == "2 件").await;
    assert_eq!(figure(&page, "收件"), "2 件");
    assert_eq!(figure(&page, "网上申请占比"), "100.0%");
    assert_eq!(figure(&page, "平均用时"), "—", "nothing is decided yet");
    for case in [&number, &other] {
        step(&clerk, case, "pre-review", "").await;
    }
    step(&clerk, &other, "return", "缺少平面图，请补充").await;
    for action in ["pass", "accept"] {
        step(&clerk, &number, action, "").await;
    }
    step(&handler, &number, "review", "").await;
    city.set("2026-03-09T15:00:00+08:00");
    let handler = city.sign_in("yuzhou-handler").await;
    step(&handler, &number, "grant", "").await;
    assert_eq!(state(&handler, &number).await, "准予");
    let page = until(&city.browser(), PAGE, |page| figure(page, "办结") == "1 件").await;
    let expected = [
        ("办结", "1 件"),
        ("平均用时", "4.0 个工作日"),
        ("超承诺时限率", "0.0%"),
        ("补正率", "50.0%"),
        ("用时占承诺时限", "80.0%"),
    ];
    for (title, value) in expected {
        assert_eq!(figure(&page, title), value, "{title}");
    }
    assert!(page.texts("section td.end").contains(&"不足 5 件".to_owned()), "a table keeps small numbers back");
    let whole = city.browser().get("/d/411000/monitoring?month=2026-03").await;
    assert_eq!(figure(&whole, "收件"), "2 件", "the city is all districts together");
    assert_eq!(figure(&city.browser().get("/d/411082/monitoring").await, "收件"), "0 件");

    // The months that are over have their bulletins: of March, and of April in which nothing happened.
    city.set("2026-05-06T09:00:00+08:00");
    let list = until(&city.browser(), "/d/411081/bulletins", |page| page.texts("ul.news li").len() == 2).await;
    assert_eq!(list.attributes("ul.news a.go", "href"), ["/d/411081/bulletins/2026-04", "/d/411081/bulletins/2026-03"]);
    let march = city.browser().get("/d/411081/bulletins/2026-03").await;
    assert!(march.body.contains("2026年3月共收到申请 2 件，办结 1 件。"), "{}", march.body);
    assert_eq!(figure(&march, "平均用时"), "4.0 个工作日");
    let april = city.browser().get("/d/411081/bulletins/2026-04").await;
    assert_eq!(april.status, StatusCode::OK);
    assert!(april.texts(".bulletin-empty")[0].starts_with("2026年4月没有收到申请，也没有作出决定"), "{}", april.body);
    let hash = march.texts("p.small .number").pop().unwrap();
    let audit = city.sign_in("auditor").await.get("/console/d/411081/audit").await;
    assert!(audit.body.contains("bulletin-published") && audit.body.contains(&hash), "its hash is in the audit chain");
    for month in ["2026-05", "2026-06", "2026-13", "2026-3", "x"] {
        let none = city.browser().get(&format!("/d/411081/bulletins/{month}")).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND, "{month}");
    }
    let english = city.browser().get("/d/411081/bulletins/2026-04?lang=en").await;
    assert_eq!(english.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_poppler), ignore = "poppler is not installed: apt-get install poppler-utils")]
#[cfg_attr(not(has_chinese_font), ignore = "no Chinese font is installed: apt-get install fonts-noto-cjk")]
async fn a_bulletin_is_a_pdf_that_stays_what_it_was_and_one_without_data_says_so() {
    let city = City::at("2026-06-30T09:00:00+08:00").await;
    let mut past = Past::new();
    imported(&city, "411081", half_a_year(&mut past, "411081", &[8, 9, 10, 9])).await;
    until(&city.browser(), PAGE, |page| figure(page, "收件") != "—" && figure(page, "收件") != "0 件").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    city.set("2026-07-01T09:00:00+08:00");
    let path = "/d/411081/bulletins/2026-06";
    until(&city.browser(), path, |page| page.status == StatusCode::OK).await;
    let pdf = async |path: &str| {
        let browser = city.browser();
        let answer = browser.request("GET", path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/pdf");
        answer.bytes().await.unwrap()
    };
    let first = pdf(&format!("{path}.pdf")).await;
    let said = lotus_test_services::pdf::text(&first).unwrap();
    let said: String = said.split_whitespace().collect();
    for words in ["2026年6月政务服务监测评估通报", "主要指标", "走势", "异常和改进", "禹州市食品经营许可", "往常"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    // More happens in June's name: what is published stays.
    imported(&city, "411081", past.month("XC01011-411081", "2026-06-01", 9, &[3])).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(pdf(&format!("{path}.pdf")).await, first, "byte for byte");
    let empty = pdf("/d/411024/bulletins/2026-06.pdf").await;
    let said: String = lotus_test_services::pdf::text(&empty).unwrap().split_whitespace().collect();
    assert!(said.contains("没有收到申请，也没有作出决定"), "{said}");
    let whole = pdf("/d/411000/bulletins/2026-06.pdf").await;
    let said: String = lotus_test_services::pdf::text(&whole).unwrap().split_whitespace().collect();
    assert!(said.contains("各县（市、区）情况") && said.contains("建安区"), "{said}");
    if let Some(to) = std::env::var_os("LOTUS_SHOW_PAPERS") {
        std::fs::write(std::path::Path::new(&to).join("bulletin-411081.pdf"), &first).unwrap();
        std::fs::write(std::path::Path::new(&to).join("bulletin-empty.pdf"), &empty).unwrap();
        std::fs::write(std::path::Path::new(&to).join("bulletin-411000.pdf"), &whole).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_down_opens_one_case_in_one_sentence_and_is_followed_until_the_indicator_is_back() {
    let city = City::at("2026-06-30T20:00:00+08:00").await;
    let mut past = Past::new();
    imported(&city, "411081", half_a_year(&mut past, "411081", &[8, 9, 10, 9])).await;
    imported(&city, "411082", half_a_year(&mut past, "411082", &[2, 3, 4, 3])).await;
    city.set("2026-07-01T09:00:00+08:00");
    let officer = city.sign_in("supervision").await;
    until(&officer, STAFF, |page| !page.texts(".improvement").is_empty()).await;
    let found = finds(&officer, STAFF).await;
    assert_eq!(found.len(), 1, "{found:?}");
    let sentence = &found[0];
    assert!(sentence.starts_with("禹州市食品经营许可2026年6月平均用时 "), "{sentence}");
    assert!(
        sentence.contains("往常 3.0 个工作日") && sentence.contains("主要慢在市场监督管理局的“审查”环节"),
        "{sentence}"
    );
    assert!(sentence.ends_with('。') && sentence.matches('。').count() == 1, "one sentence: {sentence}");
    assert!(finds(&officer, "/staff/d/411082/monitoring").await.is_empty(), "steady data alarm nobody");
    let clerk = city.sign_in("changge-clerk").await;
    assert_eq!(clerk.get(STAFF).await.status, StatusCode::NOT_FOUND, "another district's is not there");

    // Looked at again and again, and by another replica: one case.
    let replica = city.replica().await;
    replica.platform.clock().set("2026-07-02T09:00:00+08:00".parse().unwrap());
    city.set("2026-07-02T09:00:00+08:00");
    tokio::time::sleep(Duration::from_secs(5)).await;
    let officer = city.sign_in("supervision").await;
    assert_eq!(&finds(&officer, STAFF).await, &found);
    drop(replica);

    // The department takes it up and answers; its clock ran meanwhile.
    let head = city.sign_in("yuzhou-head").await;
    let page = officer.get(STAFF).await;
    let number = page.texts(".improvement .number a").remove(0);
    let case = head.get(&format!("/staff/cases/{number}")).await;
    assert!(case.body.contains("2026年7月6日"), "three working days to take it up: {:?}", case.texts(".pairs dd"));
    step(&head, &number, "take", "").await;
    step(&head, &number, "answer", "两名核查人员调离，已补充到位，积压已清理").await;
    assert_eq!(state(&head, &number).await, "已答复，待指标回归");

    // Half of July is as it ever was: it has come back, which the indicator says and nobody else.
    let july = past.month(FOOD, "2026-07-06", 24, &[2, 3, 4, 3]);
    imported(&city, "411081", july).await;
    city.set("2026-07-22T09:00:00+08:00");
    let officer = city.sign_in("supervision").await;
    let page = until(&officer, STAFF, |page| !page.texts("li.ended").is_empty()).await;
    assert_eq!(page.texts(".improvement").len(), 0, "{:?}", page.texts(".improvement h3"));
    let ended = page.texts("li.ended").remove(0);
    assert!(ended.contains("指标已回归，销号") && ended.contains("已恢复正常"), "{ended}");
    city.set("2026-07-23T09:00:00+08:00");
    tokio::time::sleep(Duration::from_secs(5)).await;
    let officer = city.sign_in("supervision").await;
    assert!(finds(&officer, STAFF).await.is_empty(), "June is not found again");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_officer_ends_what_is_nothing_to_improve_and_nobody_else_does() {
    let city = City::at("2026-06-30T20:00:00+08:00").await;
    let mut past = Past::new();
    imported(&city, "411081", half_a_year(&mut past, "411081", &[8, 9, 10, 9])).await;
    city.set("2026-07-01T09:00:00+08:00");
    let officer = city.sign_in("supervision").await;
    let page = until(&officer, STAFF, |page| !page.texts(".improvement").is_empty()).await;
    let dismiss = page.attributes(".improvement form", "action").remove(0);
    assert!(dismiss.ends_with("/dismiss"), "{dismiss}");
    let revision = page.attributes(".improvement input[name=revision]", "value").remove(0);
    let said = [("revision", revision.as_str()), ("words", "系统切换期间集中补录，不影响申请人")];
    let head = city.sign_in("yuzhou-head").await;
    assert!(head.get(STAFF).await.attributes(".improvement form", "action").is_empty());
    assert_eq!(head.post(&dismiss, &said).await.status, StatusCode::FORBIDDEN);
    let ended = officer.post_and_follow(&dismiss, &said).await;
    assert!(ended.texts("li.ended")[0].contains("系统切换期间集中补录"), "{}", ended.body);
    city.set("2026-07-03T09:00:00+08:00");
    tokio::time::sleep(Duration::from_secs(5)).await;
    let officer = city.sign_in("supervision").await;
    assert!(finds(&officer, STAFF).await.is_empty(), "it is not found again");
}

#[tokio::test(flavor = "multi_thread")]
async fn planted_faults_of_guides_are_found_in_the_version_that_has_them() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let officer = city.sign_in("supervision").await;
    let rows = |page: &Answer| page.texts("table.faults tbody tr");
    let before = rows(&officer.get(STAFF).await);
    assert!(!before.iter().any(|row| row.contains("食品经营许可")), "{before:?}");
    let beyond = figure(&city.browser().get(PAGE).await, "承诺超法定");
    assert_eq!(beyond, "0 件");
    let item = Past::new().item(FOOD);
    let faulty = Item {
        version: item.item.version + 1,
        promised: Period::working_days(30),
        basis: vec![LegalBasis { title: "《中华人民共和国物权法》".to_owned(), article: None }],
        counter: None,
        visits: 1,
        visits_reason: Some(Text::zh("请在2024年12月31日前到现场核验")),
        ..item.item.clone()
    };
    // As it comes from a system before this one: the platform itself refuses to publish it.
    let store = city.store().await;
    let division = Division::parse("411081").unwrap();
    let published = DistrictItem { division: division.clone(), item: faulty.clone() };
    store.item_publish(division.clone(), vec![published]).await.unwrap();
    store.close().await;
    let page = until(&officer, STAFF, |page| rows(page).iter().any(|row| row.contains("食品经营许可"))).await;
    let row = rows(&page).into_iter().find(|row| row.contains("食品经营许可")).unwrap();
    for what in [
        "第 2 版",
        "缺项",
        "矛盾",
        "过时",
        "承诺超法定",
        "已于2021年1月1日废止",
        "2024-12-31",
        "写明全程网办，却要求到现场",
    ] {
        assert!(row.contains(what), "{what}: {row}");
    }
    assert_eq!(figure(&city.browser().get(PAGE).await, "承诺超法定"), "1 件");
    let mended = DistrictItem { division: division.clone(), item: Item { version: 3, ..item.item } };
    city.platform.item_publish(division, vec![mended]).await.unwrap();
    assert_eq!(rows(&officer.get(STAFF).await), before, "the version that is right is all right");
}

#[tokio::test(flavor = "multi_thread")]
async fn open_data_are_documented_small_numbers_kept_back_and_their_addresses_stay() {
    let city = City::at("2026-06-30T20:00:00+08:00").await;
    let mut past = Past::new();
    let mut files = past.month(FOOD, "2026-06-01", 24, &[2, 3]);
    files.extend(past.month("XC01011-411081", "2026-06-01", 3, &[4]));
    imported(&city, "411081", files).await;
    until(&city.browser(), PAGE, |page| figure(page, "收件") == "27 件").await;
    let browser = city.browser();
    let csv = browser.get("/d/411081/monitoring/2026-06.csv").await;
    assert_eq!(csv.status, StatusCode::OK);
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert!(csv.body.starts_with("\u{feff}division,district,month,item,department,indicator,value,unit,volume\r\n"));
    let lines: Vec<&str> = csv.body.lines().collect();
    let line = |item: &str, indicator: &str| {
        let found =
            lines.iter().find(|line| line.contains(&format!(",{item},")) && line.contains(&format!(",{indicator},")));
        found.map(|line| line.split(',').skip(6).map(str::to_owned).collect::<Vec<_>>())
    };
    assert_eq!(line("XC01011-411081", "used-mean").unwrap(), ["", "working-days", "<5"], "three cases are kept back");
    assert_eq!(
        line("XC01003-411081", "used-mean").unwrap(),
        ["", "working-days", ""],
        "or the sum would give them away"
    );
    assert_eq!(line("2026-06,", "used-mean").unwrap(), ["2.6667", "working-days", "27"]);
    let tag = csv.header("etag").to_owned();
    let again = browser.request("GET", "/d/411081/monitoring/2026-06.csv").header("if-none-match", &tag);
    assert_eq!(browser.send(again).await.status, StatusCode::NOT_MODIFIED);
    let json = browser.get("/d/411081/monitoring/2026-06.json").await.json();
    assert_eq!(json["division"], "411081");
    assert_eq!(json["columns"].as_array().unwrap().len(), 9);
    assert_eq!(json["rows"].as_array().unwrap().len(), lines.len() - 1);
    assert!(json["licence"]["zh"].as_str().unwrap().contains("来源"));
    let page = browser.get(&format!("{PAGE}?month=2026-06")).await;
    assert_eq!(
        page.attributes("#data p a", "href"),
        ["/d/411081/monitoring/2026-06.csv", "/d/411081/monitoring/2026-06.json"]
    );
    let empty = browser.get("/d/411024/monitoring/2026-05.csv").await;
    assert_eq!((empty.status, empty.body.lines().count()), (StatusCode::OK, 1), "a month without data is a head alone");
    for wrong in ["2026-07.csv", "2026-06.xls", "2026-06", ".csv", "x.json"] {
        let none = browser.get(&format!("/d/411081/monitoring/{wrong}")).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}
