//! A plugin's way to its citizens by the program's commands: a key, a statement, a registry, a city that believes it, and
//! the day on which it doesn't any more.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "only tests use it, and they can't go on"
)]

mod started;

use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use started::{Started, lotus};

const ZONE: &str = "/d/411081/zones/jun-porcelain";
/// What the page says where the plugin can't give it.
const STAND_IN: &str = "暂时无法显示";

/// Runs a command that must succeed; what it said.
fn says(arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = lotus(arguments).output().unwrap();
    let (said, error) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{arguments:?}: {said}{error}");
    said.into_owned()
}

/// Runs a command that must fail; what it said.
fn refuses(arguments: &[&str]) -> String {
    let output = lotus(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

/// 禹州's plugin as its author has it, and a city that was a demonstration until now.
struct Place {
    folder: tempfile::TempDir,
    id: String,
    version: String,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let demo = Started::demo(&folder.path().join("data"));
        demo.signal("-TERM");
        assert_eq!(demo.end(), Some(0));
        let shipped = lotus_plugins::SHIPPED.iter().find(|one| one.manifest.contains("jun-porcelain")).unwrap();
        std::fs::write(folder.path().join("plugin.toml"), shipped.manifest).unwrap();
        std::fs::write(folder.path().join("plugin.wasm"), shipped.component).unwrap();
        let value = |key: &str| {
            let line = shipped.manifest.lines().find(|line| line.starts_with(key)).unwrap();
            line.split('"').nth(1).unwrap().to_owned()
        };
        let (id, version) = (value("id ="), value("version ="));
        Self { folder, id, version }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn name(&self) -> String {
        format!("{}:{}", self.id, self.version)
    }

    /// A configuration that fetches from this registry.
    fn config(&self, registry: &str) -> String {
        let (data, file) = (self.path("data"), self.path("lotus.toml"));
        let text = format!("listen = \"127.0.0.1:0\"\ndata = {data:?}\n[plugins]\nregistry = {registry:?}\n");
        std::fs::write(&file, text).unwrap();
        file
    }

    /// `lotus plugin …` on the author's files.
    fn on_files(&self, command: &str, more: &[&str], run: fn(&[&str]) -> String) -> String {
        let (manifest, component) = (self.path("plugin.toml"), self.path("plugin.wasm"));
        let files = ["plugin", command, "--manifest", &manifest, "--component", &component];
        run(&[&files[..], more].concat())
    }
}

async fn page(host: &Started) -> String {
    reqwest::get(format!("{}{ZONE}", host.base)).await.unwrap().text().await.unwrap()
}

/// Asks the zone's page until it is as wanted.
async fn until(host: &Started, wanted: fn(&str) -> bool) {
    let started = Instant::now();
    loop {
        let text = page(host).await;
        if wanted(&text) {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "it stays as it is: {text}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// From a key to a page and back, with the packages in this registry.
async fn published_and_revoked(place: &Place, registry: &str, suite: &str) {
    let key = place.path("publisher.pem");
    let public = format!("{key}.pub");
    let id = says(&["plugin", "keygen", &key, "--suite", suite]).lines().next().unwrap().to_owned();
    assert!(id.starts_with(suite), "{id}");
    assert!(refuses(&["plugin", "keygen", &key]).contains("not overwritten"));
    let config = place.config(registry);

    // Nobody signed it: a host that serves a city leaves it out, and gives the hall's address in its place.
    let said = place.on_files("publish", &["--registry", registry], says);
    assert!(said.contains("not signed"), "{said}");
    let name = place.name();
    let activate = ["plugin", "activate", "--config", &config, "--package", &name];
    assert!(refuses(&activate).contains("lotus plugin sign"));
    let host = Started::serve(&config);
    assert!(page(&host).await.contains(STAND_IN));

    // Signed by somebody whom the city does not know.
    place.on_files("sign", &["--key", &key, "--days", "90"], says);
    place.on_files("publish", &["--registry", registry], says);
    assert!(says(&["plugin", "versions", &place.id, "--registry", registry]).contains(&name));
    assert!(refuses(&activate).contains(&id));

    // By one whom it believes.
    let add =
        ["publishers", "add", &public, "--config", &config, "--title", "禹州市", "--plugins", "cn.xuchang.yuzhou"];
    says(&add);
    assert!(refuses(&add).contains("known already"));
    let said = says(&activate);
    assert!(said.contains("signed by 禹州市") && said.contains("serves in 411081"), "{said}");
    until(&host, |page| !page.contains(STAND_IN)).await;

    // The same label and statement on other bytes.
    let component = place.path("plugin.wasm");
    let good = std::fs::read(&component).unwrap();
    std::fs::write(&component, [&good[..], &[0, 2, 1, b'x']].concat()).unwrap();
    assert!(place.on_files("activate", &["--config", &config], refuses).contains("about another package"));
    let said = place.on_files("publish", &["--registry", registry], refuses);
    assert!(said.contains("a version never changes"), "{said}");
    std::fs::write(&component, good).unwrap();

    // The key is lost. What it signed serves no more, where it runs at once, and nowhere again.
    let said = says(&["publishers", "revoke", &id, "--config", &config, "--reason", "私钥遗失"]);
    assert!(said.contains("REVOKED"), "{said}");
    until(&host, |page| page.contains(STAND_IN)).await;
    assert!(refuses(&activate).contains("私钥遗失"));
    assert!(says(&["publishers", "list", "--config", &config]).contains("私钥遗失"));
    host.signal("-TERM");
    assert_eq!(host.end(), Some(0));
}

#[tokio::test]
async fn a_signed_plugin_goes_through_a_directory_to_its_citizens_until_its_key_is_revoked() {
    let place = Place::new();
    let registry = place.path("registry");
    published_and_revoked(&place, &registry, "ed25519").await;
    assert!(Path::new(&registry).join(&place.id).join("oci-layout").is_file(), "which other tools read too");
}

#[tokio::test]
#[cfg_attr(not(has_registry), ignore = "no OCI registry is installed: apt-get install docker-registry")]
async fn a_signed_plugin_goes_through_an_oci_registry_and_serves_on_when_that_is_away() {
    let server = lotus_test_services::registry::Registry::start();
    let place = Place::new();
    let registry = format!("oci://{}/plugins", server.host());
    published_and_revoked(&place, &registry, "sm2").await;

    // Another key stands behind the same bytes. Then the registry is away, and a host that starts has all it needs.
    let key = place.path("next.pem");
    says(&["plugin", "keygen", &key]);
    place.on_files("sign", &["--key", &key], says);
    place.on_files("publish", &["--registry", &registry], says);
    let (config, public, name) = (place.config(&registry), format!("{key}.pub"), place.name());
    says(&["publishers", "add", &public, "--config", &config, "--title", "禹州市", "--plugins", "cn.xuchang.yuzhou"]);
    says(&["plugin", "activate", "--config", &config, "--package", &name]);
    server.go_away();
    let host = Started::serve(&config);
    assert!(!page(&host).await.contains(STAND_IN));
    let away = refuses(&["plugin", "activate", "--config", &config, "--package", &name]);
    assert!(away.contains("is away"), "{away}");
    host.signal("-TERM");
    assert_eq!(host.end(), Some(0));
}
