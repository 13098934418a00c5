//! Names, a directory as a registry, and statements that are believed and that are not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

use std::path::Path;

use lotus_domain::publisher::{Publisher, Revocation};
use lotus_domain::text::Text;

use super::*;
use crate::statement::{Distrust, Statement, verify};
use crate::suite::{SigningKey, Suite};

const NOW: &str = "2026-03-03T09:00:00+08:00";

fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap()
}

fn package(version: &str, component: &[u8]) -> Package {
    let source = format!(
        "id = \"cn.xuchang.yuzhou.porcelain\"\nversion = \"{version}\"\ncontract = \"1.0\"\ntitle = \"钧瓷\"\n\
         publisher = \"禹州市\"\npoints = [\"zones\"]\n\n[capabilities.catalog]\npurpose = \"列出事项\"\n"
    );
    Package::read(&source, component.to_vec(), at(NOW)).unwrap()
}

fn publisher(key: &SigningKey) -> Publisher {
    let public = key.public().unwrap();
    Publisher {
        key_id: public.id().unwrap(),
        public_key: public.to_pem().unwrap(),
        title: Text::new("禹州市", "Yuzhou"),
        plugins: vec!["cn.xuchang.yuzhou".into()],
        from: at("2026-01-01T00:00:00+08:00"),
        until: Some(at("2027-01-01T00:00:00+08:00")),
        revoked: None,
    }
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn statement(package: &Package, key: &SigningKey, issued: &str) -> Vec<u8> {
    Statement::of(package.into(), at(issued), Some(at("2026-12-31T00:00:00+08:00"))).sign(key).unwrap()
}

#[test]
fn a_name_is_a_plugin_with_its_version_or_digest_and_never_a_path() {
    assert_eq!(name("cn.example.a:1.0.0").to_string(), "cn.example.a:1.0.0");
    let by_digest = format!("cn.example.a@sha256:{}", "0a".repeat(32));
    assert_eq!(name(&by_digest).to_string(), by_digest);
    for wrong in
        ["", "cn.example.a", "../a:1.0.0", "a/b:1.0.0", "cn.example.a:..", "cn.example.a@sha256:12", ".a:1", "A:1"]
    {
        assert!(Name::parse(wrong).is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn a_directory_gives_back_what_was_published_and_a_version_never_changes() {
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::parse(folder.path().to_str().unwrap(), None).unwrap();
    let key = SigningKey::generate(Suite::Ed25519).unwrap();
    let (first, second) = (package("1.0.0", b"\0asm one"), package("1.1.0", b"\0asm two"));
    let signed = statement(&first, &key, NOW);
    let digest = registry.publish(&first, Some(&signed)).await.unwrap();
    assert_eq!(registry.publish(&first, Some(&signed)).await.unwrap(), digest, "twice is once");
    registry.publish(&second, None).await.unwrap();
    let versions = registry.versions("cn.xuchang.yuzhou.porcelain").await.unwrap();
    assert_eq!(versions, ["1.0.0", "1.1.0"]);

    let fetched = registry.fetch(&name("cn.xuchang.yuzhou.porcelain:1.0.0"), at(NOW)).await.unwrap();
    assert_eq!((fetched.package.digest, &*fetched.package.component), (digest, &*first.component));
    assert_eq!(fetched.statements, [signed]);
    let by_digest = format!("cn.xuchang.yuzhou.porcelain@{}", second.digest);
    assert!(registry.fetch(&name(&by_digest), at(NOW)).await.unwrap().statements.is_empty());

    let other = registry.publish(&package("1.0.0", b"\0asm three"), None).await.unwrap_err();
    assert!(other.to_string().contains("a version never changes"), "{other}");
    let missing = registry.fetch(&name("cn.xuchang.yuzhou.porcelain:9.0.0"), at(NOW)).await.unwrap_err();
    assert!(matches!(missing, RegistryError::NotFound(_)), "{missing}");
}

#[tokio::test]
async fn a_directory_whose_bytes_were_changed_gives_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::parse(folder.path().to_str().unwrap(), None).unwrap();
    let package = package("1.0.0", b"\0asm one");
    registry.publish(&package, None).await.unwrap();
    let blob = |bytes: &[u8]| {
        let layout: &Path = &folder.path().join("cn.xuchang.yuzhou.porcelain");
        layout.join("blobs/sha256").join(Digest::of(bytes).hex())
    };
    let wanted = name("cn.xuchang.yuzhou.porcelain:1.0.0");
    std::fs::write(blob(&package.component), b"\0asm evil").unwrap();
    let changed = registry.fetch(&wanted, at(NOW)).await.unwrap_err();
    assert!(changed.to_string().contains("its digest differs"), "{changed}");
    std::fs::write(blob(&package.component), vec![0; 4096]).unwrap();
    assert!(registry.fetch(&wanted, at(NOW)).await.is_err(), "longer than it was");
    std::fs::remove_file(blob(&package.component)).unwrap();
    assert!(registry.fetch(&wanted, at(NOW)).await.is_err(), "gone");
}

#[test]
fn a_statement_of_a_publisher_is_believed_for_its_package_alone() {
    for suite in Suite::ALL {
        let key = SigningKey::generate(suite).unwrap();
        let package = package("1.0.0", b"\0asm one");
        let envelope = statement(&package, &key, NOW);
        let known = [publisher(&key)];
        let signed = verify(&envelope, (&package).into(), &known, at(NOW)).unwrap();
        assert_eq!((signed.suite.as_str(), signed.key.as_str()), (suite.name(), known[0].key_id.as_str()));

        let other = super::tests::package("1.0.0", b"\0asm two");
        let refused = verify(&envelope, (&other).into(), &known, at(NOW)).unwrap_err();
        assert!(matches!(refused, Distrust::OtherPackage { what: "digest", .. }), "{refused}");
        let relabelled = super::tests::package("2.0.0", b"\0asm one");
        let refused = verify(&envelope, (&relabelled).into(), &known, at(NOW)).unwrap_err();
        assert!(matches!(refused, Distrust::OtherPackage { what: "version", .. }), "{refused}");

        let text = String::from_utf8(envelope.clone()).unwrap();
        let changed = text.replacen("payload\":\"ey", "payload\":\"eY", 1);
        assert_ne!(changed, text);
        let refused = verify(changed.as_bytes(), (&package).into(), &known, at(NOW)).unwrap_err();
        assert!(matches!(refused, Distrust::BadSignature(_)), "{refused}");
    }
}

#[test]
fn a_key_signs_in_its_time_for_its_plugins_and_not_after_it_was_revoked() {
    let key = SigningKey::generate(Suite::Ed25519).unwrap();
    let stranger = SigningKey::generate(Suite::Ed25519).unwrap();
    let package = package("1.0.0", b"\0asm one");
    let envelope = statement(&package, &key, NOW);
    let refused = |publisher: Publisher, envelope: &[u8], now: &str| {
        verify(envelope, (&package).into(), &[publisher], at(now)).unwrap_err()
    };
    let known = publisher(&key);
    assert!(matches!(refused(publisher(&stranger), &envelope, NOW), Distrust::UnknownKey(_)));
    // A stranger who writes a known key's name on their own signature.
    let forged = String::from_utf8(statement(&package, &stranger, NOW)).unwrap();
    let forged = forged.replace(&publisher(&stranger).key_id, &known.key_id);
    assert!(matches!(refused(known.clone(), forged.as_bytes(), NOW), Distrust::BadSignature(_)));
    let revoked = Some(Revocation { at: at("2026-06-01T00:00:00Z"), reason: "私钥遗失".into() });
    let lost = refused(Publisher { revoked, ..known.clone() }, &envelope, NOW);
    assert!(lost.to_string().contains("私钥遗失"), "{lost}");
    let elsewhere = Publisher { plugins: vec!["cn.xuchang.changge".into()], ..known.clone() };
    assert!(matches!(refused(elsewhere, &envelope, NOW), Distrust::OtherPlugins { .. }));
    let early = statement(&package, &key, "2025-12-31T00:00:00Z");
    assert!(matches!(refused(known.clone(), &early, NOW), Distrust::KeyNotValid { .. }));
    let tomorrow = statement(&package, &key, "2026-03-04T09:00:00+08:00");
    assert!(matches!(refused(known.clone(), &tomorrow, NOW), Distrust::NotYet(_)));
    assert!(matches!(refused(known.clone(), &envelope, "2026-12-31T00:00:00+08:00"), Distrust::Expired(_)));
    let long = vec![b'['; 70_000];
    for nonsense in [&b""[..], b"{}", b"{\"payloadType\":\"x\",\"payload\":\"\",\"signatures\":[]}", &long] {
        assert!(matches!(refused(known.clone(), nonsense, NOW), Distrust::Unreadable(_)));
    }
}
