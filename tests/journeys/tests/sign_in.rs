//! Signing in with a real OpenID provider: keys that change, an absence, a wrong clock, forged and used answers, second
//! factors, and signing out.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests can't go on")]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use lotus_domain::text::Text;
use lotus_journeys::{Answer, Browser, City};
use lotus_platform::{Provider, ProviderKind};
use lotus_test_services::oidc::{self, Lie};
use reqwest::StatusCode;
use serde_json::json;
use totp_rs::Totp;

/// Where only those with a second factor get.
const ROLES: &str = "/console/d/411000/roles";
/// What a step of a code lasts.
const STEP: u64 = 30;

/// One provider that vouches for citizens and for staff, and a city that believes it.
struct World {
    city: City,
    home: String,
    provider: oidc::Provider,
}

impl World {
    async fn begin() -> Self {
        let provider = oidc::Provider::start();
        let named = |id: &str, kind| Provider {
            id: id.to_owned(),
            title: Text::zh(id),
            kind,
            issuer: provider.issuer().to_owned(),
            client_id: oidc::CLIENT.to_owned(),
            client_secret: Some(oidc::SECRET.to_owned()),
            strong_acr: Vec::new(),
        };
        let providers = vec![named("province", ProviderKind::Public), named("city", ProviderKind::Staff)];
        let first = Some(("city".to_owned(), "administrator".to_owned()));
        let city = City::with_providers(providers, first).await;
        let home = format!("http://{}", city.address);
        provider.serves(&home, &["province", "city"]);
        provider.knows(
            "citizen",
            json!({
                "name": "演示市民",
                "phone_number": "19900000001",
                "identity_number": "411000196101010019",
                "mandates": [{
                    "enterprise": "演示钧瓷企业", "credit_code": "91411081DEMA00001Q",
                    "kind": "agent", "until": "2029-12-31T16:00:00Z",
                }],
            }),
        );
        provider.knows("administrator", json!({ "name": "演示安全管理员" }));
        Self { city, home, provider }
    }

    /// Begins a sign-in and goes through the provider, until it sends the browser back: the address that it sends it to,
    /// and the cookie that the browser must bring there.
    async fn sent_back(&self, browser: &Browser, by: &str, login: &str, factor: &str, then: &str) -> (String, String) {
        let begun = browser.post(&format!("/sign-in/{by}"), &[("then", then)]).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
        let mut to = begun.location().unwrap();
        assert!(to.starts_with(self.provider.issuer()), "{to}");
        for _ in 0..6 {
            let mut answer = browser.get(&to).await;
            if answer.location().is_none() {
                assert_eq!(answer.form().len(), 2, "{} {}", answer.status, answer.body);
                answer = browser.post(&to, &[("login", login), ("factor", factor)]).await;
            }
            let next = answer.location().unwrap_or_else(|| panic!("{to}: {} {}", answer.status, answer.body));
            to = if next.starts_with('/') { format!("{}{next}", self.provider.issuer()) } else { next };
            if to.starts_with(&self.home) {
                return (to, cookie(&begun, "sign-in"));
            }
        }
        panic!("the provider leads in circles: {to}");
    }

    /// What the city says when the provider has sent somebody back.
    async fn sign_in(&self, browser: &Browser, by: &str, login: &str, factor: &str, then: &str) -> Answer {
        let (back, _) = self.sent_back(browser, by, login, factor, then).await;
        browser.get(&back).await
    }

    /// A browser in which a citizen is signed in.
    async fn citizen(&self) -> Browser {
        let browser = self.city.browser();
        let answer = self.sign_in(&browser, "province", "citizen", "", "/me").await;
        assert_eq!(answer.location().as_deref(), Some("/me"), "{} {}", answer.status, answer.body);
        browser
    }

    /// Why sign-ins failed, as the city's audit chain has it, newest first.
    async fn failures(&self) -> Vec<String> {
        let auditor = self.city.browser();
        auditor.post("/sign-in/ready", &[("subject", "auditor"), ("then", "/me")]).await;
        let audit = auditor.get("/console/d/411000/audit").await;
        assert!(audit.body.contains("审计链完整"), "{}", audit.body);
        let rows = audit.texts("tbody tr td:nth-of-type(3)").into_iter().zip(audit.texts("tbody tr td:nth-of-type(5)"));
        rows.filter(|(action, _)| action == "sign-in-failed").map(|(_, why)| why).collect()
    }
}

/// A cookie that an answer sets, as a browser brings it.
fn cookie(answer: &Answer, name: &str) -> String {
    let set = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let set = set.filter_map(|value| value.split(';').next());
    set.into_iter().find(|pair| pair.starts_with(&format!("{name}="))).unwrap().to_owned()
}

/// Whether somebody is signed in here.
async fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/me").await.status == StatusCode::OK
}

/// Waits for what takes a few seconds at most.
async fn at_last(mut done: impl AsyncFnMut() -> bool) -> bool {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(20) {
        if done().await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_node), ignore = "Node.js is not installed: apt-get install nodejs npm")]
async fn a_citizen_signs_in_sees_a_masked_name_and_signs_out_here_and_at_the_provider() {
    let world = World::begin().await;
    let browser = world.city.browser();
    let offered = browser.get("/sign-in?then=/me").await.attributes("form", "action");
    assert!(["/sign-in/province", "/sign-in/city"].iter().all(|to| offered.iter().any(|there| there == to)));
    let answer = world.sign_in(&browser, "province", "citizen", "", "/me").await;
    assert_eq!(answer.location().as_deref(), Some("/me"), "{} {}", answer.status, answer.body);
    let session = cookie(&answer, "session");
    let me = browser.get("/me").await;
    assert!(me.body.contains("演***") && !me.body.contains("演示市民"), "{}", me.body);
    assert!(!me.body.contains("19900000001") && !me.body.contains("411000196101010019"));
    let enterprises = me.attributes("input[name=credit_code]", "value");
    assert!(enterprises.iter().any(|code| code == "91411081DEMA00001Q"), "the mandate came along");

    let policy = me.header("content-security-policy").to_owned();
    assert!(policy.contains(&format!("form-action 'self' {};", world.provider.issuer())), "{policy}");
    let out = browser.post("/sign-out", &[]).await;
    let end = out.location().unwrap();
    assert!(end.starts_with(world.provider.issuer()), "{end}");
    for signed_out in [browser.request("GET", "/me"), world.city.browser().request("GET", "/me")] {
        let answer = browser.send(signed_out.header("cookie", &session)).await;
        assert!(answer.location().is_some_and(|to| to.starts_with("/sign-in")), "a copied cookie is nobody's");
    }
    let asked = browser.get(&end).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.body);
    let (confirm, token) = (asked.attributes("form", "action"), asked.attributes("input[name=xsrf]", "value"));
    let ended = browser.post(&confirm[0], &[("xsrf", &token[0]), ("logout", "yes")]).await;
    assert_eq!(ended.location(), Some(format!("{}/", world.home)), "and back to the city");
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_node), ignore = "Node.js is not installed: apt-get install nodejs npm")]
async fn a_provider_takes_a_new_key_and_nobody_notices() {
    let world = World::begin().await;
    let before = world.citizen().await;
    world.provider.take_new_key();
    assert!(is_signed_in(&before).await);
    let after = world.citizen().await;
    assert!(is_signed_in(&after).await && is_signed_in(&before).await);
    assert_eq!(world.failures().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_node), ignore = "Node.js is not installed: apt-get install nodejs npm")]
async fn a_provider_that_is_away_keeps_people_from_signing_in_and_from_nothing_else() {
    let world = World::begin().await;
    let citizen = world.citizen().await;
    let late = world.city.browser();
    let (back, _) = world.sent_back(&late, "province", "citizen", "", "/me").await;
    world.provider.go_away();
    let came_back = late.get(&back).await;
    assert_eq!(came_back.status, StatusCode::SERVICE_UNAVAILABLE, "it went away while somebody was there");

    let begin = async || world.city.browser().post("/sign-in/province", &[("then", "/me")]).await;
    assert!(at_last(async || begin().await.status == StatusCode::SERVICE_UNAVAILABLE).await);
    let said = begin().await;
    assert!(!said.header("retry-after").is_empty() && !said.texts("main h1").is_empty(), "{}", said.body);
    assert!(!said.body.contains("127.0.0.1"), "nothing from inside the house: {}", said.body);
    assert!(is_signed_in(&citizen).await);
    let nobody = world.city.browser();
    for page in ["/", "/d/411081", "/d/411081/services/studio-award", "/sign-in"] {
        assert_eq!(nobody.get(page).await.status, StatusCode::OK, "{page}");
    }
    let out = world.city.browser();
    out.post("/sign-in/ready", &[("subject", "citizen"), ("then", "/me")]).await;
    assert!(is_signed_in(&out).await, "the others vouch as before");
    assert_eq!(citizen.post("/sign-out", &[]).await.location().as_deref(), Some("/"), "nobody is led to who is away");
    assert!(!is_signed_in(&citizen).await);

    world.provider.come_back();
    assert!(at_last(async || begin().await.status == StatusCode::SEE_OTHER).await);
    assert!(is_signed_in(&world.citizen().await).await);
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_node), ignore = "Node.js is not installed: apt-get install nodejs npm")]
async fn a_clock_that_is_off_by_a_minute_is_forgiven_by_an_hour_it_is_not() {
    let world = World::begin().await;
    for seconds in [60, -60] {
        world.provider.lie(Some(Lie::Clock(seconds)));
        assert!(is_signed_in(&world.citizen().await).await, "{seconds}");
    }
    for seconds in [3_600, -3_600] {
        world.provider.lie(Some(Lie::Clock(seconds)));
        let browser = world.city.browser();
        let answer = world.sign_in(&browser, "province", "citizen", "", "/me").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{seconds}");
        assert!(!is_signed_in(&browser).await);
    }
    let failures = world.failures().await;
    assert!(failures.len() == 2 && failures.iter().all(|why| why.contains("clock")), "{failures:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_node), ignore = "Node.js is not installed: apt-get install nodejs npm")]
async fn whatever_does_not_hold_gets_one_page_that_tells_nothing_and_stands_in_the_audit_chain() {
    let world = World::begin().await;
    let mut pages = Vec::new();
    for lie in [Lie::Nonce, Lie::Audience, Lie::Key] {
        world.provider.lie(Some(lie));
        let browser = world.city.browser();
        pages.push(world.sign_in(&browser, "province", "citizen", "", "/me").await);
        assert!(!is_signed_in(&browser).await, "{lie:?}");
    }
    world.provider.lie(None);

    // Somebody else's answer: the browser that begins the sign-in is not the one that ends it.
    let victim = world.city.browser();
    let (back, _) = world.sent_back(&world.city.browser(), "province", "citizen", "", "/me").await;
    pages.push(victim.get(&back).await);
    // The same with a sign-in of its own under way.
    world.sent_back(&victim, "province", "citizen", "", "/me").await;
    pages.push(victim.get(&back).await);
    assert!(!is_signed_in(&victim).await);

    // An answer that was used: in the same browser, and with all that the browser had brought.
    let browser = world.city.browser();
    let (back, flow) = world.sent_back(&browser, "province", "citizen", "", "/me").await;
    assert_eq!(browser.get(&back).await.status, StatusCode::SEE_OTHER);
    pages.push(browser.get(&back).await);
    let thief = world.city.browser();
    pages.push(thief.send(thief.request("GET", &back).header("cookie", &flow)).await);
    assert!(is_signed_in(&browser).await && !is_signed_in(&thief).await);

    // For another of our providers, with a changed state, and with nothing at all.
    let (back, _) = world.sent_back(&browser, "province", "citizen", "", "/me").await;
    pages.push(browser.get(&back.replace("/sign-in/province/", "/sign-in/city/")).await);
    pages.push(browser.get(&back.replace("state=", "state=0")).await);
    pages.push(browser.get("/sign-in/province/back").await);

    for page in &pages {
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert_eq!(page.texts("main h1"), pages[0].texts("main h1"));
        assert_eq!(page.texts("main p")[0], pages[0].texts("main p")[0]);
        for told in ["nonce", "audience", "signature", "invalid_grant", "127.0.0.1"] {
            assert!(!page.texts("main").concat().contains(told), "{told}");
        }
    }
    let failures = world.failures().await;
    assert_eq!(failures.len(), pages.len(), "{failures:?}");
    for why in ["nonce", "audience", "ignature", "invalid_grant", "begun elsewhere"] {
        assert!(failures.iter().any(|failure| failure.contains(why)), "{why}: {failures:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_node), ignore = "Node.js is not installed: apt-get install nodejs npm")]
async fn somebody_who_says_no_at_the_provider_is_nobody() {
    let world = World::begin().await;
    let browser = world.city.browser();
    let (back, _) = world.sent_back(&browser, "province", "citizen", "", "/me").await;
    let (path, _) = back.split_once('?').unwrap();
    let refused = browser.get(&format!("{path}?error=access_denied")).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(!is_signed_in(&browser).await);
    let failures = world.failures().await;
    assert!(failures.len() == 1 && failures[0].contains("access_denied"), "{failures:?}");
}

/// The codes of an authenticator: of the step that is now, and of the one that comes.
fn codes(authenticator: &Totp) -> [String; 2] {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    [now, now + STEP].map(|time| authenticator.generate(time).to_string())
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_node), ignore = "Node.js is not installed: apt-get install nodejs npm")]
async fn staff_whose_provider_shows_no_second_factor_give_one_here_and_each_code_once() {
    let world = World::begin().await;
    let signed_in = async |factor: &str| {
        let browser = world.city.browser();
        let answer = world.sign_in(&browser, "city", "administrator", factor, ROLES).await;
        assert_eq!(answer.location().as_deref(), Some(ROLES), "{} {}", answer.status, answer.body);
        let led = browser.get(ROLES).await;
        (browser, led)
    };
    let give =
        async |browser: &Browser, code: &str| browser.post("/second-factor", &[("code", code), ("then", ROLES)]).await;
    let (first, led) = signed_in("").await;
    let to = led.location().unwrap();
    assert!(to.starts_with("/second-factor?then="), "{to}");
    let page = first.get(&to).await;
    let url = page.attributes("main section a", "href").remove(0);
    let authenticator = Totp::from_url(&url).unwrap();
    assert!(url.contains(&page.texts("main .number")[0]), "what is typed is what is opened");
    assert_eq!(page.form().get("then").map(String::as_str), Some(ROLES));

    let [now, next] = codes(&authenticator);
    let right = give(&first, &now).await;
    assert_eq!(right.location().as_deref(), Some(ROLES), "{}", right.body);
    assert_eq!(first.get(ROLES).await.status, StatusCode::OK);

    // A code of the next step is taken as that step's: it can't be given again when that step comes.
    let (second, _) = signed_in("").await;
    let shown = second.get("/second-factor").await;
    assert!(shown.texts("main .number").is_empty(), "the secret is shown until it is confirmed, and never again");
    assert_eq!(give(&second, &now).await.status, StatusCode::UNPROCESSABLE_ENTITY, "once only");
    assert_eq!(give(&second, &next).await.status, StatusCode::SEE_OTHER);
    let (third, _) = signed_in("").await;
    for used in [&now, &next] {
        assert_eq!(give(&third, used).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    // Two of five were wrong already; the fifth ends the session, not the account.
    for _ in 0..2 {
        assert_eq!(give(&third, "12345").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(give(&third, "12345").await.location().as_deref(), Some("/sign-in"));
    assert!(!is_signed_in(&third).await && is_signed_in(&first).await);

    let (strong, seen) = signed_in("otp").await;
    assert_eq!(seen.status, StatusCode::OK, "a provider that has seen a second factor is believed");
    assert!(is_signed_in(&strong).await);
}
