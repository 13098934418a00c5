//! Every address answers, and every page keeps what all pages promise: languages, headers, landmarks, weight.
#![allow(clippy::unwrap_used, reason = "only tests use it, and they can't go on")]

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use lotus_domain::catalog::DistrictItem;
use lotus_domain::district::Division;
use lotus_platform::{Key, Keyring, Platform, PlatformConfig, Runtime, RuntimeConfig, Store, StoreConfig};
use lotus_web::{WebConfig, router};
use tower::ServiceExt as _;

/// The demonstration city without its plugins: what web does by itself.
struct City {
    router: Router,
    _directory: tempfile::TempDir,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl City {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let runtime = RuntimeConfig { instances: 10, ..RuntimeConfig::new(directory.path().join("compiled")) };
        let secret: String = (0..32).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        let keyring = format!("[[key]]\nid = \"test\"\nsecret = \"{secret}\"\n");
        let store = StoreConfig::sqlite(directory.path().join("lotus.db"));
        let store = Store::open(&store, Keyring::parse(&keyring).unwrap()).await.unwrap();
        let config = PlatformConfig::new(Key::random());
        let platform = Platform::start(store, Runtime::start(&runtime).unwrap(), config).await.unwrap();
        let city = lotus_demo::city().unwrap();
        platform.district_put(city.districts).await.unwrap();
        let mut items = BTreeMap::<Division, Vec<DistrictItem>>::new();
        for item in city.items {
            items.entry(item.division.clone()).or_default().push(item);
        }
        for (division, items) in items {
            platform.item_publish(division, items).await.unwrap();
        }
        Self { router: router(platform, WebConfig::default()), _directory: directory }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 4 << 20).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }
}

/// Every page that needs neither a plugin nor an account, with its status.
const PAGES: [(&str, u16); 17] = [
    ("/", 200),
    ("/d/411081", 200),
    ("/d/411081/items", 200),
    ("/d/411081/items?q=%E9%A3%9F%E5%93%81", 200),
    ("/d/411081/items?for=person&theme=nothing", 200),
    ("/d/411081/items/XC01003-411081", 200),
    ("/d/411081/zones", 200),
    ("/d/411081/services", 200),
    ("/cases", 200),
    ("/sign-in", 200),
    ("/d/411081/items/no-such", 404),
    ("/d/411081/zones/no-such", 404),
    ("/d/411081/zones/no-such/page", 404),
    ("/d/411081/services/No%20Such", 404),
    ("/d/999999", 404),
    ("/cases/123", 404),
    ("/no/such/page", 404),
];

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

#[tokio::test]
async fn every_page_keeps_what_all_pages_promise() {
    let city = City::new().await;
    for (path, status) in PAGES {
        for (lang, tag) in [("zh", "zh-CN"), ("en", "en")] {
            let with = format!("{path}{}lang={lang}", if path.contains('?') { '&' } else { '?' });
            let page = city.get(&with).await;
            assert_eq!(page.status, status, "{with}");
            assert_eq!(header(&page, "content-language"), tag, "{with}");
            assert!(header(&page, "vary").contains("accept-language"), "{with}");
            assert!(!header(&page, "x-request-id").is_empty(), "{with}");
            assert!(header(&page, "content-security-policy").contains("frame-ancestors 'none'"), "{with}");
            assert!(!header(&page, "content-security-policy").contains("unsafe"), "{with}");
            assert_eq!(header(&page, "x-content-type-options"), "nosniff", "{with}");
            for landmark in
                [format!("<html lang=\"{tag}\"").as_str(), "<main id=\"main\"", "href=\"#main\"", "<h1", "<footer"]
            {
                assert!(page.text.contains(landmark), "{with} lacks {landmark}");
            }
            assert_eq!(page.text.matches("<h1").count(), 1, "{with} has one heading of level 1");
            // What the policy forbids would be silently dropped by browsers.
            for forbidden in [" style=", "<style", " onclick=", " onload=", "<script>"] {
                assert!(!page.text.contains(forbidden), "{with} has {forbidden}");
            }
            if status == 404 {
                assert!(page.text.contains(header(&page, "x-request-id")), "{with} says its request's id");
            }
        }
    }
}

#[tokio::test]
async fn a_first_visit_weighs_less_than_sixty_kilobytes() {
    let city = City::new().await;
    let gzipped = async |path: String| {
        let request = Request::get(path).header("accept-encoding", "gzip").body(Body::empty()).unwrap();
        let response = city.router.clone().oneshot(request).await.unwrap();
        to_bytes(response.into_body(), 4 << 20).await.unwrap().len()
    };
    for (path, _) in PAGES {
        let page = city.get(path).await;
        let own = page.text.split(['"']).filter(|part| part.starts_with("/assets/") || part.contains("theme.css?v="));
        let mut weight = gzipped(path.to_owned()).await;
        for asset in own {
            weight += gzipped(asset.to_owned()).await;
        }
        assert!(weight < 60 * 1024, "{path} weighs {weight} bytes");
    }
}

#[tokio::test]
async fn what_has_its_content_in_its_name_is_kept_for_ever() {
    let city = City::new().await;
    let page = city.get("/d/411081").await;
    let assets: Vec<&str> =
        page.text.split('"').filter(|part| part.starts_with("/assets/") || part.contains("theme.css?v=")).collect();
    assert!(assets.len() >= 4, "style, theme, script, crest: {assets:?}");
    for asset in assets {
        let answer = city.get(asset).await;
        assert_eq!(answer.status, 200, "{asset}");
        assert!(header(&answer, "cache-control").contains("immutable"), "{asset}");
    }
    assert_eq!(city.get("/assets/lotus.000000000000.css").await.status, 404);
    assert_eq!(city.get("/favicon.ico").await.status, 200);
}

#[tokio::test]
async fn the_language_is_chosen_remembered_and_asked_for() {
    let city = City::new().await;
    let plain = city.get("/").await;
    assert_eq!(header(&plain, "content-language"), "zh-CN", "Chinese where nobody says anything");
    let asked = city.send(Request::get("/").header("accept-language", "en-GB,en").body(Body::empty()).unwrap()).await;
    assert_eq!(header(&asked, "content-language"), "en");
    let chosen = city.get("/d/411081/items?q=a%26b&lang=en").await;
    assert!(header(&chosen, "set-cookie").starts_with("lang=en;"), "{}", header(&chosen, "set-cookie"));
    assert!(header(&chosen, "set-cookie").contains("HttpOnly"));
    assert!(
        chosen.text.contains("?q=a%26b&amp;lang=zh") || chosen.text.contains("?q=a%26b&#38;lang=zh"),
        "the switch keeps the search"
    );
    let request = Request::get("/").header("cookie", "lang=en; type=large").header("accept-language", "zh");
    let remembered = city.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(header(&remembered, "content-language"), "en");
    assert!(remembered.text.contains("class=\"large\""));
}

#[tokio::test]
async fn what_the_framework_refuses_becomes_a_page_or_a_problem_too() {
    let city = City::new().await;
    let method = city.post("/", "", &[]).await;
    assert_eq!(method.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(method.text.contains("<main id=\"main\"") && !header(&method, "allow").is_empty());
    let large = city.post("/cases", &"x".repeat(300 << 10), &[]).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(large.text.contains("256 KB"));
    let foreign = city.post("/cases", "number=1", &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let unread = city.post("/api/v1/districts/411081/services/any", "{", &[]).await;
    assert_eq!(header(&unread, "content-type"), "application/problem+json");
    let problem: serde_json::Value = serde_json::from_str(&unread.text).unwrap();
    assert_eq!(problem["status"], unread.status.as_u16());
    assert_eq!(problem["request_id"], header(&unread, "x-request-id"));
    for key in ["type", "title", "detail", "next_step", "instance"] {
        assert!(problem[key].is_string(), "{key} of {problem}");
    }
}

#[tokio::test]
async fn a_case_number_that_is_none_is_said_beside_its_field_and_stays_typed() {
    let city = City::new().await;
    let answer = city.post("/cases", "number=%22%3E4110&secret=abcd", &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.text.contains("href=\"#number\"") && answer.text.contains("aria-invalid=\"true\""));
    assert!(answer.text.contains("4110") && !answer.text.contains("\">4110"), "typed values are escaped");
    assert!(!answer.text.contains("abcd"), "a secret is never shown back");
}

#[tokio::test]
async fn probes_and_numbers_answer_machines() {
    let city = City::new().await;
    assert_eq!(city.get("/healthz").await.text, "ok\n");
    assert_eq!(city.get("/readyz").await.status, 200);
    city.get("/d/411081/items/secret-looking-name").await;
    city.get("/wp-admin/setup.php").await;
    let metrics = city.get("/metrics").await;
    assert!(header(&metrics, "content-type").starts_with("application/openmetrics-text"));
    assert!(metrics.text.contains("route=\"/d/{division}/items/{code}\""));
    assert!(metrics.text.contains("route=\"unmatched\""));
    assert!(!metrics.text.contains("secret-looking-name") && !metrics.text.contains("wp-admin"), "no raw path");
    let document = city.get("/api/openapi.json").await;
    let document: serde_json::Value = serde_json::from_str(&document.text).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[tokio::test]
async fn the_api_lists_searches_and_shows() {
    let city = City::new().await;
    let json = async |path: &str| -> serde_json::Value {
        let answer = city.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        serde_json::from_str(&answer.text).unwrap()
    };
    assert_eq!(json("/api/v1/districts").await["districts"].as_array().unwrap().len(), 10);
    assert_eq!(json("/api/v1/districts/411081").await["name"]["en"], "Yuzhou City");
    let found = json("/api/v1/districts/411081/items?q=%E9%A3%9F%E5%93%81").await;
    let code = found["items"][0]["code"].as_str().unwrap().to_owned();
    let item = json(&format!("/api/v1/districts/411081/items/{code}")).await;
    assert_eq!(item["item_type"].as_str().unwrap().len(), 2);
    assert!(item["promised"]["unit"].is_string());
    assert!(json("/api/v1/districts/411081/zones").await["zones"].as_array().unwrap().is_empty());
    assert!(json("/api/v1/districts/411081/services").await["services"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn who_has_the_newest_page_or_answer_is_told_so_in_no_bytes() {
    let city = City::new().await;
    for path in ["/", "/d/411081/items", "/d/411081/items/XC07004-411081", "/api/v1/districts/411081/items"] {
        let first = city.get(path).await;
        let tag = header(&first, "etag").to_owned();
        assert!(tag.starts_with('"'), "{path} has a strong tag: {tag}");
        assert_eq!(header(&city.get(path).await, "etag"), tag, "{path}: the same bytes have the same tag");
        let again = |known: &str| Request::get(path).header("if-none-match", known).body(Body::empty()).unwrap();
        let same = city.send(again(&format!("\"else\", W/{tag}"))).await;
        assert_eq!(same.status, StatusCode::NOT_MODIFIED, "{path}");
        assert!(same.text.is_empty() && header(&same, "etag") == tag);
        assert_eq!(city.send(again("\"else\"")).await.status, StatusCode::OK);
        let other = city.send(Request::get(path).header("accept-encoding", "gzip").body(Body::empty()).unwrap()).await;
        assert_ne!(header(&other, "etag"), tag, "{path}: compressed it is other bytes");
    }
    let english = city.send(Request::get("/").header("accept-language", "en").body(Body::empty()).unwrap()).await;
    assert_ne!(header(&english, "etag"), header(&city.get("/").await, "etag"), "another language is another page");
    assert_eq!(header(&city.get("/d/411081/items?lang=en").await, "etag"), "", "what sets a cookie is for once");
}
