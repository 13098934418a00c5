//! A version is tried on what was recorded before it serves anybody: the same comes out the same, another is shown to be.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

use lotus_domain::district::Division;
use lotus_domain::trial::Verdict;
use lotus_journeys::{Browser, City};
use reqwest::StatusCode;

const AWARD: &str = "/api/v1/districts/411081/services/studio-award";
const PLUGIN: &str = "cn.xuchang.yuzhou.jun-porcelain";
const TRIAL: &str = "/console/d/411081/plugins/cn.xuchang.yuzhou.jun-porcelain/trial";

/// An application that the plugin decides about, by the API.
async fn applied(program: &Browser) {
    let service = program.get(AWARD).await.json();
    let values = serde_json::json!({ "token": service["token"], "values": {
        "enterprise": "莲城钧瓷工坊", "credit-code": "91350100M000100Y43", "contact": "经办人",
        "telephone": "0374-8000000", "studio": "莲城工作室", "title-level": "provincial",
        "title-date": "2019-05-01", "sales": "2000000", "once": "yes",
    } });
    let opened = program.send(program.request("POST", AWARD).json(&values)).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_tried_on_recorded_calls_and_nobody_is_served_by_it() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    applied(&city.browser()).await;
    let shipped = lotus_plugins::SHIPPED.iter().find(|one| one.manifest.contains(PLUGIN)).unwrap();
    let same = city.platform.package_install(shipped.manifest, shipped.component).await.unwrap();
    // The same plugin's name on something that answers nothing of what it did.
    let echo = lotus_artifacts::guest("echo");
    let id = echo.manifest.lines().find(|line| line.starts_with("id =")).unwrap();
    let other = echo.manifest.replace(id, &format!("id = \"{PLUGIN}\""));
    let other = city.platform.package_install(&other, echo.component).await.unwrap();
    let stranger = city.platform.package_install(echo.manifest, echo.component).await.unwrap();

    let operator = city.sign_in("operator").await;
    let page = operator.get(TRIAL).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let offered = page.attributes("input[name=package]", "value");
    assert!(offered.contains(&same.to_string()) && offered.contains(&other.to_string()), "{offered:?}");
    assert!(!offered.contains(&stranger.to_string()), "another plugin's");

    let page = operator.get(&format!("{TRIAL}?package={same}")).await;
    assert!(page.body.contains("services.submit"), "{}", page.body);
    assert!(page.texts("tbody td").iter().any(|cell| cell == "相同"), "{}", page.body);
    let page = operator.get(&format!("{TRIAL}?package={other}")).await;
    assert!(page.texts("tbody td").iter().any(|cell| cell == "出错"), "{}", page.body);
    let page = operator.get(&format!("{TRIAL}?package={stranger}")).await;
    assert!(page.body.contains("not of cn.xuchang.yuzhou"), "{}", page.body);
    assert!(city.browser().get("/d/411081/zones/jun-porcelain").await.status.is_success(), "what serves serves on");

    for who in ["yuzhou-clerk", "changge-administrator", "auditor"] {
        let page = city.sign_in(who).await.get(&format!("{TRIAL}?package={same}")).await;
        assert!(!page.status.is_success(), "{who}: {}", page.status);
    }
    let log = city.sign_in("auditor").await.get("/console/d/411081/audit").await;
    assert!(log.body.contains("plugin-tried"), "{}", log.body);

    // A decision is explained by its record, byte for byte, on the package that it was made with.
    let here = Division::parse("411081").unwrap();
    let trial = city.platform.trial_of(&here, PLUGIN, None, 100).await.unwrap();
    let decided = trial.tried.iter().find(|tried| tried.function == "services.submit").unwrap();
    assert!(decided.case.is_some() && decided.verdict == Verdict::Same, "{decided:?}");
    let again = city.platform.trial_of_record(&here, decided.record, None).await.unwrap();
    assert_eq!(again.tried[0].verdict, Verdict::Same);
    assert!(city.platform.trial_of_record(&here, 1, None).await.is_err());
}
