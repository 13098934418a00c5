//! What a guest finds around it: one moment, seeded randomness, its own storage, and nothing of the machine.

use std::collections::BTreeMap;

use lotus_contract_tests::{City, Plugin, Stage, noon};

/// What the guest found out about the machine, by name.
async fn found(guest: &Plugin) -> BTreeMap<String, String> {
    let said = guest.words("clock", None).await;
    said.split("\n\n")
        .map(|line| line.split_once(": ").expect("a name and a value"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[tokio::test]
async fn the_clock_stands_still_at_the_calls_moment() {
    let found = found(&Stage::shared().guest("hostile").await).await;
    let moment = noon().0.as_millisecond().to_string();
    assert_eq!(found["now"], moment);
    assert_eq!(found["clock-first"], moment, "WASI's clock says what the context says");
    assert_eq!(found["clock-same"], "true");
    assert_eq!(found["monotonic-passed"], "0");
}

#[tokio::test]
async fn there_is_no_environment_no_argument_no_file_and_no_network() {
    let found = found(&Stage::shared().guest("hostile").await).await;
    assert_eq!(found["variables"], "0");
    assert_eq!(found["arguments"], "0");
    for nothing in ["file", "folder", "network"] {
        let said = &found[nothing];
        assert!(!said.contains("bytes") && !said.contains("entries") && said != "connected", "{nothing}: {said}");
    }
}

#[tokio::test]
async fn randomness_is_another_one_in_every_call() {
    let guest = Stage::shared().guest("hostile").await;
    let (first, second) = (found(&guest).await, found(&guest).await);
    assert_ne!(first["random"], second["random"]);
}

#[tokio::test]
async fn nothing_of_a_call_is_there_for_the_next() {
    let guest = Stage::shared().guest("hostile").await;
    for _ in 0..20 {
        assert_eq!(guest.words("counter", None).await, "1");
    }
}

#[tokio::test]
async fn storage_is_the_plugins_own_in_its_own_district() {
    let city = City::new();
    let stage = Stage::shared();
    let asker = stage.guest("asker").await.asking(city.clone());
    assert_eq!(asker.words("ask", Some("storage.set secret 钧瓷 any")).await, "Ok(1)");
    assert_eq!(city.keys(), [("411081".to_owned(), "cn.example.asker".to_owned(), "secret".to_owned())]);

    let elsewhere = asker.clone().in_district("411082");
    assert_eq!(elsewhere.words("ask", Some("storage.get secret\nstorage.scan  100")).await, "Ok(None)\nOk(([], None))");

    let other = stage.guest("hostile").await.asking(city.clone());
    let said = other.words("storage-peek", Some("secret")).await;
    assert!(said.starts_with("scan: []"), "{said}");
    assert!(!said.contains("found"), "{said}");

    assert_eq!(asker.words("ask", Some("storage.get secret")).await, "Ok(Some((\"钧瓷\", 1)))");
}
