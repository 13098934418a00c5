//! A provider inside the city's own network: its certificate is of the city's own authority, which nobody else knows.
#![allow(clippy::unwrap_used, reason = "tests can't go on")]

use lotus_domain::text::Text;
use lotus_journeys::City;
use lotus_platform::{Authorities, Provider, ProviderKind};
use lotus_test_services::oidc;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reqwest::StatusCode;

/// An authority, as PEM, and a certificate of it for loopback with its key.
fn authority() -> (String, String, String) {
    let mut own = CertificateParams::new(Vec::new()).unwrap();
    own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(own, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    (issuer.pem(), certificate.pem(), key.serialize_pem())
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_node), ignore = "Node.js is not installed: apt-get install nodejs npm")]
async fn a_provider_whose_certificate_is_of_the_citys_own_authority_is_believed_where_that_is_configured() {
    let (trusted, certificate, key) = authority();
    let provider = oidc::Provider::start_over_tls(&certificate, &key);
    let named = || Provider {
        id: "province".to_owned(),
        title: Text::zh("省统一身份认证"),
        kind: ProviderKind::Public,
        issuer: provider.issuer().to_owned(),
        client_id: oidc::CLIENT.to_owned(),
        client_secret: Some(oidc::SECRET.to_owned()),
        strong_acr: Vec::new(),
    };
    for (authorities, expected) in [
        (Authorities::parse(trusted.as_bytes()).unwrap(), StatusCode::SEE_OTHER),
        (Authorities::default(), StatusCode::SERVICE_UNAVAILABLE),
        (Authorities::parse(authority().0.as_bytes()).unwrap(), StatusCode::SERVICE_UNAVAILABLE),
    ] {
        let city = City::with_authorities(vec![named()], authorities).await;
        provider.serves(&format!("http://{}", city.address), &["province"]);
        let begun = city.browser().post("/sign-in/province", &[("then", "/me")]).await;
        assert_eq!(begun.status, expected, "{}", begun.body);
        assert_eq!(
            begun.location().is_some_and(|to| to.starts_with(provider.issuer())),
            expected == StatusCode::SEE_OTHER
        );
    }
}

#[test]
fn what_is_no_certificate_is_said_to_be_none() {
    for text in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        assert!(Authorities::parse(text.as_bytes()).is_err(), "{text}");
    }
}
