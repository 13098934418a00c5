//! Materials and drafts: nothing is asked twice, nothing that was typed is lost, and a file is seen by those whose affair
//! it is.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests can't go on")]

use std::time::Duration;

use lotus_journeys::{Answer, Browser, City};
use lotus_platform::{ObjectsConfig, S3Config, ScannerAddress};
use lotus_test_services::{clamav, s3};
use reqwest::StatusCode;

const AWARD: &str = "/d/411081/services/studio-award";
const CARD: &str = "残疾人证申请表";

async fn signed_in(city: &City, subject: &str) -> Browser {
    let browser = city.browser();
    let answer = browser.post("/sign-in/ready", &[("subject", subject), ("then", "/me")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    browser
}

/// A form with a file, as a browser sends it.
fn multipart(fields: &[(&str, &str)], file: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    let boundary = "----lotus-boundary";
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    );
    body.extend(head.into_bytes());
    body.extend(bytes);
    body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

async fn give(browser: &Browser, path: &str, name: &str, file: &str, bytes: &[u8]) -> Answer {
    let (kind, body) = multipart(&[("name", name)], file, bytes);
    browser.send(browser.request("POST", path).header("content-type", kind).body(body)).await
}

fn pdf(size: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend((bytes.len()..size).map(|at| u8::try_from(at * 31 % 127).unwrap()));
    bytes
}

/// How many files lie below a directory.
fn files(directory: &std::path::Path) -> usize {
    let Ok(entries) = std::fs::read_dir(directory) else { return 0 };
    entries
        .map(|entry| entry.unwrap())
        .map(|entry| if entry.file_type().unwrap().is_dir() { files(&entry.path()) } else { 1 })
        .sum()
}

/// What a studio fills in.
fn filled(token: &str) -> Vec<(&'static str, String)> {
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
    let mut fields: Vec<_> = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    fields.push(("_token", token.to_owned()));
    fields
}

fn pairs<'a>(fields: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_handed_in_once_is_offered_again_in_another_district() {
    let city = City::sqlite().await;
    let citizen = signed_in(&city, "citizen").await;
    let items = citizen.get("/d/411081/items").await;
    let of = |page: &Answer, division: &str| -> String {
        let start = format!("/d/{division}/items/");
        let found =
            page.attributes("a", "href").into_iter().find(|to| to.starts_with(&start) && to.contains("XC07001"));
        found.unwrap_or_else(|| panic!("no disability card in {division}"))
    };
    let here = of(&items, "411081");
    let page = citizen.get(&format!("{here}/materials")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("居民身份证"));
    let given = give(&citizen, &format!("{here}/materials"), CARD, "申请表.pdf", &pdf(200_000)).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.body);
    let page = citizen.get(&format!("{here}/materials")).await;
    assert!(page.body.contains("申请表.pdf"), "it goes with this application now");
    let elsewhere = of(&citizen.get("/d/411082/items").await, "411082");
    let page = citizen.get(&format!("{elsewhere}/materials")).await;
    assert!(page.body.contains("您以前交过") && page.body.contains("申请表.pdf"), "{}", page.body);
    let id = page.attributes("form[action$='/use'] input[name=id]", "value").remove(0);
    let used = citizen.post_and_follow(&format!("{elsewhere}/materials/use"), &[("id", &id)]).await;
    assert!(!used.body.contains("您以前交过"), "nothing is asked twice");
    let read = citizen.get(&format!("/me/materials/{id}")).await;
    assert_eq!(read.body.as_bytes(), pdf(200_000));
    assert!(read.header("content-disposition").starts_with("attachment"), "{:?}", read.headers);
    assert_eq!((read.header("content-type"), read.header("x-content-type-options")), ("application/pdf", "nosniff"));
    let other = signed_in(&city, "agent").await;
    assert_eq!(other.get(&format!("/me/materials/{id}")).await.status, StatusCode::NOT_FOUND, "another's");
    let nobody = city.browser().get(&format!("/me/materials/{id}")).await;
    assert_eq!(nobody.status, StatusCode::SEE_OTHER, "nobody is led to sign in");
    citizen.post(&format!("/me/materials/{id}/take-out"), &[]).await;
    assert!(!citizen.get("/me/materials").await.body.contains("申请表.pdf"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_material_of_a_case_is_read_by_its_applicant_and_its_department_and_each_reading_is_on_record() {
    let city = City::sqlite().await;
    let citizen = signed_in(&city, "citizen").await;
    let given = give(&citizen, &format!("{AWARD}/materials"), "大师证书", "证书.pdf", &pdf(70_000)).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.body);
    let token = citizen.get(AWARD).await.form().remove("_token").unwrap();
    let opened = citizen.post(AWARD, &pairs(&filled(&token))).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    let address = opened.location().unwrap();
    let number = address.trim_start_matches("/cases/");
    let mine = citizen.get(&format!("/me/cases/{number}/materials")).await;
    assert!(mine.body.contains("证书.pdf"), "what was put with the draft lies with the case: {}", mine.body);
    let file =
        mine.attributes("a", "href").into_iter().find(|to| to.starts_with("/me/cases/") && to.len() > 60).unwrap();
    let id = file.rsplit('/').next().unwrap();
    assert_eq!(citizen.get(&file).await.body.as_bytes(), pdf(70_000));
    let followed = citizen.get(&format!("/cases/{number}/materials/{id}")).await;
    assert_eq!(followed.status, StatusCode::OK, "by the case's secret, which the browser has");
    let clerk = signed_in(&city, "yuzhou-clerk").await;
    let staff = format!("/staff/cases/{number}/materials");
    assert!(clerk.get(&staff).await.body.contains("证书.pdf"));
    assert_eq!(clerk.get(&format!("{staff}/{id}")).await.body.as_bytes(), pdf(70_000));
    let elsewhere = signed_in(&city, "changge-clerk").await;
    assert_eq!(elsewhere.get(&format!("{staff}/{id}")).await.status, StatusCode::NOT_FOUND, "another district's");
    let nobody = city.browser();
    assert_eq!(nobody.get(&format!("/cases/{number}/materials/{id}")).await.status, StatusCode::NOT_FOUND);
    let auditor = signed_in(&city, "auditor").await;
    let chain = auditor.get("/console/d/411081/audit").await;
    assert!(chain.body.matches("case-material-read").count() >= 3, "{}", chain.body);
    // Taken out of the drawer, the case keeps it.
    citizen.post(&format!("/me/materials/{id}/take-out"), &[]).await;
    city.platform.sweep(Duration::from_hours(1)).await.unwrap();
    assert_eq!(clerk.get(&format!("{staff}/{id}")).await.body.as_bytes(), pdf(70_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_what_it_says_or_too_large_or_cut_off_is_refused_in_words_and_leaves_nothing() {
    let city = City::sqlite().await;
    let citizen = signed_in(&city, "citizen").await;
    let kept = city.directory.path().join("objects");
    let disguised = give(&citizen, "/me/materials", "户口簿", "户口簿.jpg", &pdf(1000)).await;
    assert!(disguised.status.is_client_error() && disguised.body.contains("内容却是 pdf"), "{}", disguised.body);
    let program = give(&citizen, "/me/materials", "户口簿", "户口簿.pdf", b"MZ\x90\0 a program").await;
    assert!(program.body.contains("不接受这种文件"), "{}", program.body);
    let large = give(&citizen, "/me/materials", "户口簿", "户口簿.pdf", &pdf((20 << 20) + 1)).await;
    assert!(large.status.is_client_error() && large.body.contains("20 MB"), "{}", large.status);
    // Half of a file, then the connection is gone.
    let (kind, body) = multipart(&[("name", "户口簿")], "户口簿.pdf", &pdf(9 << 20));
    let half = body[..6 << 20].to_vec();
    let cookie = citizen.session_cookie();
    let head = format!(
        "POST /me/materials HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n",
        city.address,
        body.len()
    );
    let address = city.address;
    tokio::task::spawn_blocking(move || {
        use std::io::Write as _;
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&half).unwrap();
    })
    .await
    .unwrap();
    for _ in 0..100 {
        if files(&kept) == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(files(&kept), 0, "nothing is left of any of them");
    assert!(citizen.get("/me/materials").await.body.contains("还没有材料"));
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_clamav), ignore = "ClamAV is not installed: apt-get install clamav-daemon")]
async fn an_infected_file_is_refused_in_plain_words_and_stands_in_the_audit_chain() {
    let scanner = clamav::Scanner::start();
    let directory = tempfile::tempdir().unwrap();
    let objects = ObjectsConfig {
        scanner: Some(ScannerAddress::Unix(scanner.socket().to_owned())),
        ..ObjectsConfig::directory(directory.path())
    };
    let city = City::with_objects(&objects).await;
    let citizen = signed_in(&city, "citizen").await;
    let infected = [pdf(100), clamav::infected().into_bytes()].concat();
    let refused = give(&citizen, "/me/materials", "户口簿", "户口簿.pdf", &infected).await;
    assert!(refused.status.is_client_error() && refused.body.contains("病毒"), "{}", refused.body);
    assert_eq!(give(&citizen, "/me/materials", "户口簿", "户口簿.pdf", &pdf(100)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(files(directory.path()), 1);
    let auditor = signed_in(&city, "auditor").await;
    assert!(auditor.get("/console/d/411000/audit").await.body.contains("material-refused"));
    scanner.stop();
    let away = give(&citizen, "/me/materials", "户口簿", "户口簿.pdf", &pdf(100)).await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE, "what nobody has looked through is not taken");
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_python), ignore = "Python is not installed: apt-get install python3-venv")]
async fn files_in_an_s3_compatible_store_are_served_the_same() {
    let server = s3::Server::start();
    let s3 = S3Config {
        endpoint: server.endpoint().to_owned(),
        bucket: s3::BUCKET.to_owned(),
        region: "us-east-1".to_owned(),
        access_key: s3::ACCESS_KEY.to_owned(),
        secret_key: s3::SECRET_KEY.to_owned(),
    };
    let city = City::with_objects(&ObjectsConfig { s3: Some(s3), ..ObjectsConfig::directory("unused") }).await;
    let citizen = signed_in(&city, "citizen").await;
    let given = give(&citizen, "/me/materials", "户口簿", "户口簿.pdf", &pdf(6 << 20)).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.body);
    let drawer = citizen.get("/me/materials").await;
    let file = drawer.attributes("main .card a", "href").remove(0);
    assert!(citizen.get(&file).await.body.as_bytes() == pdf(6 << 20));
    citizen.post(&format!("{file}/take-out"), &[]).await;
    let swept = city.platform.sweep(Duration::from_hours(1)).await.unwrap();
    assert_eq!((swept.materials, server.objects()), (1, 0), "and removed where nobody needs them");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_found_again_on_the_form_and_on_ones_own_page_from_any_device() {
    let city = City::sqlite().await;
    let home = signed_in(&city, "citizen").await;
    let token = home.get(AWARD).await.form().remove("_token").unwrap();
    let typed =
        [("_token", token.as_str()), ("enterprise", "莲城钧瓷工坊"), ("sales", "viel"), ("title-level", "provincial")];
    let saved = home.post(&format!("{AWARD}/draft"), &typed).await;
    assert_eq!((saved.status, saved.location().as_deref()), (StatusCode::SEE_OTHER, Some(AWARD)));
    let office = signed_in(&city, "citizen").await;
    let again = office.get(AWARD).await;
    let form = again.form();
    assert_eq!(form.get("enterprise").map(String::as_str), Some("莲城钧瓷工坊"));
    assert_eq!(form.get("sales").map(String::as_str), Some("viel"), "wrong or not, it is what was typed");
    assert_eq!(form.get("title-level").map(String::as_str), Some("provincial"));
    assert!(again.body.contains("已接着上次的内容"));
    assert!(office.get("/me").await.attributes("a", "href").iter().any(|to| to == AWARD));
    let other = signed_in(&city, "agent").await;
    assert_ne!(other.get(AWARD).await.form().get("enterprise").map(String::as_str), Some("莲城钧瓷工坊"));
    // Another language, and nothing lost.
    let switched =
        office.post_and_follow(&format!("{AWARD}/draft"), &[("enterprise", "莲城钧瓷"), ("_then", "language")]).await;
    assert_eq!(switched.header("content-language"), "en");
    assert_eq!(switched.form().get("enterprise").map(String::as_str), Some("莲城钧瓷"));
    // Submitted, it is gone.
    let token = office.get(AWARD).await.form().remove("_token").unwrap();
    assert_eq!(office.post(AWARD, &pairs(&filled(&token))).await.status, StatusCode::SEE_OTHER);
    assert_eq!(home.get(AWARD).await.form().get("enterprise").map(String::as_str), Some(""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_without_an_account_finds_its_draft_and_no_other_does() {
    let city = City::sqlite().await;
    let browser = city.browser();
    let by_script = browser
        .request("POST", &format!("{AWARD}/draft"))
        .header("accept", "application/json")
        .form(&[("enterprise", "莲城钧瓷工坊")]);
    assert_eq!(browser.send(by_script).await.status, StatusCode::NO_CONTENT);
    assert_eq!(browser.get(AWARD).await.form().get("enterprise").map(String::as_str), Some("莲城钧瓷工坊"));
    let other = city.browser();
    assert_eq!(other.get(AWARD).await.form().get("enterprise").map(String::as_str), Some(""));
    let foreign = browser
        .request("POST", &format!("{AWARD}/draft"))
        .header("sec-fetch-site", "cross-site")
        .form(&[("enterprise", "forged")]);
    assert_eq!(browser.send(foreign).await.status, StatusCode::FORBIDDEN, "from another site's page");
    browser.post(&format!("{AWARD}/draft/discard"), &[]).await;
    assert_eq!(browser.get(AWARD).await.form().get("enterprise").map(String::as_str), Some(""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_after_the_session_ended_keeps_what_was_typed_and_goes_on_after_signing_in() {
    let city = City::sqlite().await;
    let citizen = signed_in(&city, "citizen").await;
    let form = citizen.get(AWARD).await.form();
    let (token, owner) = (form["_token"].clone(), form["_owner"].clone());
    citizen.post("/sign-out", &[]).await;
    let mut fields = filled(&token);
    fields.push(("_owner", owner.clone()));
    let sent = citizen.post(AWARD, &pairs(&fields)).await;
    let to = sent.location().unwrap_or_else(|| panic!("{}", sent.body));
    assert!(to.starts_with("/sign-in?then="), "{to}");
    let stranger = signed_in(&city, "agent").await;
    assert_eq!(stranger.get(AWARD).await.form()["enterprise"], "", "it is the one's who typed it");
    let back = citizen.post_and_follow("/sign-in/ready", &[("subject", "citizen"), ("then", AWARD)]).await;
    assert_eq!(back.form()["enterprise"], "莲城钧瓷工坊");
    let sent = citizen.post(AWARD, &pairs(&filled(&back.form()["_token"]))).await;
    assert!(sent.location().unwrap().starts_with("/cases/"), "and is submitted once");
    // A claim that nobody gave out is none.
    let forged = owner.replace('.', ".1");
    let nobody = city.browser();
    let token = nobody.get(AWARD).await.form()["_token"].clone();
    let mut fields = filled(&token);
    fields.push(("_owner", forged));
    assert!(nobody.post(AWARD, &pairs(&fields)).await.location().unwrap().starts_with("/cases/"));
}
