//! A real OCI registry: what is published is fetched; what is damaged, moved, locked, slow or away is said to be.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests can't go on")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use lotus_domain::package::{Digest, Package};
use lotus_registry::suite::{SigningKey, Suite};
use lotus_registry::{Credentials, Name, Oci, Registry, RegistryError, statement::Statement};
use lotus_test_services::registry;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const ID: &str = "cn.xuchang.yuzhou.porcelain";

fn now() -> Timestamp {
    "2026-03-03T09:00:00+08:00".parse().unwrap()
}

fn package(version: &str, component: Vec<u8>) -> Package {
    let source = format!(
        "id = \"{ID}\"\nversion = \"{version}\"\ncontract = \"1.0\"\ntitle = \"钧瓷\"\npublisher = \"禹州市\"\n\
         points = [\"zones\"]\n"
    );
    Package::read(&source, component, now()).unwrap()
}

/// Bytes that no compression makes small.
fn large() -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    (0..3 << 20).map(|_| next()).collect()
}

fn name(text: &str) -> Name {
    Name::parse(&format!("{ID}{text}")).unwrap()
}

fn at(host: &str) -> Registry {
    Registry::parse(&format!("oci://{host}/plugins"), None).unwrap()
}

#[tokio::test]
#[cfg_attr(not(has_registry), ignore = "no OCI registry is installed: apt-get install docker-registry")]
async fn what_was_published_is_fetched_by_version_and_by_digest_with_its_statements() {
    let server = registry::Registry::start();
    let registry = at(&server.host());
    let (ours, old) = (SigningKey::generate(Suite::Sm2).unwrap(), SigningKey::generate(Suite::Ed25519).unwrap());
    let package = package("1.0.0+yuzhou", large());
    let sign = |key: &SigningKey| Statement::of((&package).into(), now(), None).sign(key).unwrap();
    let (first, second) = (sign(&old), sign(&ours));
    assert_eq!(registry.publish(&package, Some(&first)).await.unwrap(), package.digest);
    registry.publish(&package, Some(&second)).await.unwrap();
    registry.publish(&package, Some(&second)).await.unwrap();
    assert_eq!(registry.versions(ID).await.unwrap(), ["1.0.0+yuzhou"]);

    for which in [":1.0.0+yuzhou".to_owned(), format!("@{}", package.digest)] {
        let fetched = registry.fetch(&name(&which), now()).await.unwrap();
        assert_eq!((fetched.package.digest, &fetched.package.component), (package.digest, &package.component));
        assert_eq!(fetched.statements, [first.clone(), second.clone()], "{which}");
    }
    let missing = registry.fetch(&name(":7.0.0"), now()).await.unwrap_err();
    assert!(matches!(missing, RegistryError::NotFound(_)), "{missing}");
    assert!(registry.versions("cn.nobody").await.unwrap().is_empty());
}

#[tokio::test]
#[cfg_attr(not(has_registry), ignore = "no OCI registry is installed: apt-get install docker-registry")]
async fn a_version_never_changes_and_a_tag_that_moved_is_seen() {
    let server = registry::Registry::start();
    let registry = at(&server.host());
    let (first, other) = (package("1.0.0", b"\0asm one".to_vec()), package("1.0.0", b"\0asm two".to_vec()));
    registry.publish(&first, None).await.unwrap();
    let taken = registry.publish(&other, None).await.unwrap_err();
    assert!(matches!(taken, RegistryError::Taken { .. }), "{taken}");

    // Somebody with another client moves the tag to another version's manifest.
    let next = package("1.1.0", b"\0asm two".to_vec());
    registry.publish(&next, None).await.unwrap();
    let tags = server.folder().join("docker/registry/v2/repositories/plugins").join(ID).join("_manifests/tags");
    std::fs::copy(tags.join("1.1.0/current/link"), tags.join("1.0.0/current/link")).unwrap();
    let moved = registry.fetch(&name(":1.0.0"), now()).await.unwrap_err();
    assert!(matches!(moved, RegistryError::OtherPlugin { .. }), "{moved}");
    let fetched = registry.fetch(&name(&format!("@{}", first.digest)), now()).await.unwrap();
    assert_eq!(fetched.package.digest, first.digest, "a digest is what it was");
}

#[tokio::test]
#[cfg_attr(not(has_registry), ignore = "no OCI registry is installed: apt-get install docker-registry")]
async fn a_blob_that_was_changed_in_the_registry_is_not_taken() {
    let server = registry::Registry::start();
    let registry = at(&server.host());
    let package = package("1.0.0", large());
    registry.publish(&package, None).await.unwrap();
    let hex = Digest::of(&package.component).hex();
    let blob = server.folder().join("docker/registry/v2/blobs/sha256").join(&hex[..2]).join(&hex).join("data");
    let mut bytes = std::fs::read(&blob).unwrap();
    bytes[1_000_000] ^= 1;
    std::fs::write(&blob, &bytes).unwrap();
    let damaged = registry.fetch(&name(":1.0.0"), now()).await.unwrap_err();
    assert!(matches!(damaged, RegistryError::Damaged("component")), "{damaged}");
}

#[tokio::test]
#[cfg_attr(not(has_registry), ignore = "no OCI registry is installed: apt-get install docker-registry")]
async fn who_is_not_let_in_is_told_so_and_no_password_is_shown() {
    let server = registry::Registry::locked();
    let package = package("1.0.0", b"\0asm".to_vec());
    let stranger = at(&server.host()).publish(&package, None).await.unwrap_err();
    assert!(matches!(stranger, RegistryError::NotLetIn(_)), "{stranger}");
    let (user, password) = registry::Registry::user();
    let place = format!("{}/plugins", server.host());
    let with = |password: &str| {
        let credentials = Credentials { user: user.to_owned(), password: password.to_owned() };
        Registry::Oci(Oci::new(&place, Some(credentials)).unwrap())
    };
    let wrong = with("wrong-password").publish(&package, None).await.unwrap_err();
    assert!(matches!(wrong, RegistryError::NotLetIn(_)) && !wrong.to_string().contains("wrong-password"), "{wrong}");
    let ours = with(password);
    assert!(!format!("{ours:?}").contains(password));
    ours.publish(&package, None).await.unwrap();
    assert_eq!(ours.fetch(&name(":1.0.0"), now()).await.unwrap().package.digest, package.digest);
}

#[tokio::test]
#[cfg_attr(not(has_registry), ignore = "no OCI registry is installed: apt-get install docker-registry")]
async fn a_registry_that_is_away_is_said_to_be_and_one_that_comes_back_in_time_is_waited_for() {
    let server = Arc::new(registry::Registry::start());
    let registry = at(&server.host());
    let package = package("1.0.0", b"\0asm".to_vec());
    registry.publish(&package, None).await.unwrap();
    server.go_away();
    let away = registry.fetch(&name(":1.0.0"), now()).await.unwrap_err();
    assert!(away.to_string().contains("is away"), "{away}");
    let back = Arc::clone(&server);
    let later = tokio::task::spawn_blocking(move || {
        std::thread::sleep(Duration::from_millis(500));
        back.come_back();
    });
    assert_eq!(registry.fetch(&name(":1.0.0"), now()).await.unwrap().package.digest, package.digest);
    later.await.unwrap();
}

#[tokio::test]
async fn a_registry_that_never_answers_is_given_up_in_time() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = format!("{}/plugins", silent.local_addr().unwrap());
    let registry = Registry::Oci(Oci::new(&place, None).unwrap().within(Duration::from_secs(1)));
    let begun = Instant::now();
    let silent = registry.fetch(&name(":1.0.0"), now()).await.unwrap_err();
    assert!(matches!(silent, RegistryError::Away { .. }), "{silent}");
    assert!(begun.elapsed() < Duration::from_mins(1), "given up, whatever the machine");
}

#[tokio::test]
#[cfg_attr(not(has_registry), ignore = "no OCI registry is installed: apt-get install docker-registry")]
async fn a_download_that_breaks_off_goes_on_where_it_stopped() {
    let server = registry::Registry::start();
    let package = package("1.0.0", large());
    at(&server.host()).publish(&package, None).await.unwrap();
    let (cuts, came) = (Arc::new(AtomicUsize::new(2)), Arc::new(AtomicUsize::new(0)));
    let between = cutter(server.host(), Arc::clone(&cuts), Arc::clone(&came)).await;
    let fetched = at(&between).fetch(&name(":1.0.0"), now()).await.unwrap();
    assert_eq!(fetched.package.component, package.component);
    assert_eq!(cuts.load(Ordering::SeqCst), 0, "it was cut off twice");
    let (came, size) = (came.load(Ordering::SeqCst), package.component.len());
    assert!(came < size + size / 4, "{came} bytes came for {size}: it did not begin anew");
}

/// A proxy that cuts so many connections off after a megabyte of answer, and counts what it passes on.
async fn cutter(to: String, cuts: Arc<AtomicUsize>, came: Arc<AtomicUsize>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let far = TcpStream::connect(&to).await.unwrap();
            let (cuts, came) = (Arc::clone(&cuts), Arc::clone(&came));
            tokio::spawn(async move {
                let (mut near_read, mut near_write) = near.into_split();
                let (mut far_read, mut far_write) = far.into_split();
                tokio::spawn(async move { tokio::io::copy(&mut near_read, &mut far_write).await });
                let (mut passed, mut buffer) = (0, vec![0; 16 << 10]);
                while let Ok(read @ 1..) = far_read.read(&mut buffer).await {
                    passed += read;
                    came.fetch_add(read, Ordering::SeqCst);
                    if near_write.write_all(&buffer[..read]).await.is_err() {
                        return;
                    }
                    let one_less = |left: usize| left.checked_sub(1);
                    let cut = passed > 1 << 20;
                    if cut && cuts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok() {
                        return;
                    }
                }
            });
        }
    });
    address
}
