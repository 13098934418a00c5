//! Signing in by OpenID Connect: authorization code with PKCE, discovery, key rotation, logout (OpenID Connect Core 1.0,
//! RFC 7636, RP-Initiated Logout 1.0).
//!
//! What must come back with the browser stands in a signed cookie: provider, state, nonce and the PKCE verifier, so that a
//! code that somebody else got is worth nothing here.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono_now::utc_with_skew;
use jiff::Timestamp;
use lotus_domain::account::{Mandate, MandateKind, Profile};
use lotus_domain::text::Text;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AuthorizationCode, ClaimsVerificationError, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl, LogoutRequest,
    Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout, RedirectUrl, Scope, StandardErrorResponse, StandardTokenResponse, TokenResponse as _,
    UserInfoClaims, reqwest,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::account::Vouched;
use crate::asker::Asker;
use crate::start::Platform;
use crate::token::{from_hex, to_hex};

/// How long somebody may take at the provider.
const FLOW_MILLISECONDS: i64 = 10 * 60 * 1000;
/// How far the provider's clock may be off.
const SKEW_SECONDS: i64 = 120;
/// What a provider said of itself is believed so long; where a signature is by an unknown key, it is asked at once.
const DISCOVERED: Duration = Duration::from_hours(1);
/// A provider is not asked more often than this, whether it is there or which keys it has: neither an absence nor forged
/// tokens make us ask all the time.
const AGAIN: Duration = Duration::from_secs(5);
/// How long the provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// For whom a provider is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProviderKind {
    /// Citizens and enterprises: the province's unified identity.
    Public,
    /// Staff and operators: the city's.
    Staff,
}

/// A provider, as the configuration names it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// In addresses: small letters, digits and `-`.
    pub id: String,
    /// What the button says.
    pub title: Text,
    /// For whom it is.
    pub kind: ProviderKind,
    /// Its issuer; discovery is at `{issuer}/.well-known/openid-configuration`.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// What we show it.
    #[serde(default, skip_serializing)]
    pub client_secret: Option<String>,
    /// Values of `acr` that mean that it has seen a second factor; `amr` with `mfa` or `otp` means it always.
    #[serde(default)]
    pub strong_acr: Vec<String>,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("id", &self.id).field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Why a sign-in did not come about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// There is no such provider.
    #[error("there is no such provider")]
    NoProvider,
    /// It does not answer, or not as it should.
    #[error("the provider does not answer: {0}")]
    Away(String),
    /// The browser came back without what it was sent with, too late, or with somebody else's.
    #[error("the sign-in was begun elsewhere or took too long")]
    Flow,
    /// The person or the provider said no.
    #[error("the provider says: {0}")]
    Refused(String),
    /// What the provider gave does not hold: signature, audience, issuer, nonce or time.
    #[error("the provider's answer does not hold: {0}")]
    Untrusted(String),
}

/// What is begun at the provider, and what the browser must bring back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInFlow {
    /// Where the browser goes.
    pub url: String,
    /// What it must bring back, signed.
    pub cookie: String,
}

#[derive(Serialize, Deserialize)]
struct Flow {
    provider: String,
    state: String,
    nonce: String,
    verifier: String,
    then: String,
    begun: i64,
}

/// What our providers say beyond the standard claims.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Said {
    #[serde(default)]
    identity_number: Option<String>,
    #[serde(default)]
    mandates: Vec<SaidMandate>,
}

impl AdditionalClaims for Said {}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct SaidMandate {
    enterprise: String,
    credit_code: String,
    kind: MandateKind,
    #[serde(default)]
    until: Option<Timestamp>,
}

type Fields = IdTokenFields<
    Said,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Relying = Client<
    Said,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A provider and what was discovered about it.
pub(crate) struct Known {
    provider: Provider,
    discovered: Mutex<Discovered>,
}

#[derive(Default)]
struct Discovered {
    metadata: Option<(Instant, Arc<ProviderMetadataWithLogout>)>,
    /// When it did not answer, and how; nothing where it answered since.
    away: Option<(Instant, String)>,
    /// When it was asked for the sake of an unknown key.
    for_key: Option<Instant>,
}

impl Known {
    pub(crate) fn new(provider: Provider) -> Self {
        Self { provider, discovered: Mutex::default() }
    }

    /// What the provider says of itself, from memory where that is younger than `at_most`.
    async fn metadata(
        &self,
        http: &reqwest::Client,
        at_most: Duration,
    ) -> Result<Arc<ProviderMetadataWithLogout>, OidcError> {
        let mut discovered = self.discovered.lock().await;
        match &discovered.metadata {
            Some((at, metadata)) if at.elapsed() < at_most => Ok(Arc::clone(metadata)),
            _ => self.discover(http, &mut discovered).await,
        }
    }

    /// What the provider says of itself now that it signed with a key that we don't know.
    async fn metadata_for_key(&self, http: &reqwest::Client) -> Result<Arc<ProviderMetadataWithLogout>, OidcError> {
        let mut discovered = self.discovered.lock().await;
        match &discovered.metadata {
            Some((_, metadata)) if discovered.for_key.is_some_and(|at| at.elapsed() < AGAIN) => {
                Ok(Arc::clone(metadata))
            }
            _ => {
                discovered.for_key = Some(Instant::now());
                self.discover(http, &mut discovered).await
            }
        }
    }

    async fn discover(
        &self,
        http: &reqwest::Client,
        discovered: &mut Discovered,
    ) -> Result<Arc<ProviderMetadataWithLogout>, OidcError> {
        if let Some((at, why)) = &discovered.away
            && at.elapsed() < AGAIN
        {
            return Err(OidcError::Away(why.clone()));
        }
        let issuer =
            IssuerUrl::new(self.provider.issuer.clone()).map_err(|error| OidcError::Away(error.to_string()))?;
        match ProviderMetadataWithLogout::discover_async(issuer, http).await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                discovered.metadata = Some((Instant::now(), Arc::clone(&metadata)));
                discovered.away = None;
                Ok(metadata)
            }
            Err(error) => {
                // With what lies below: an authority that nobody knows is told from an address where nobody listens.
                let why = said(&error);
                discovered.away = Some((Instant::now(), why.clone()));
                Err(OidcError::Away(why))
            }
        }
    }

    fn client(&self, metadata: &ProviderMetadataWithLogout, redirect: &str) -> Result<Relying, OidcError> {
        let secret = self.provider.client_secret.clone().map(ClientSecret::new);
        let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|error| OidcError::Away(error.to_string()))?;
        let client =
            Relying::from_provider_metadata(metadata.clone(), ClientId::new(self.provider.client_id.clone()), secret);
        Ok(client.set_redirect_uri(redirect))
    }
}

/// Certificates of authorities that vouch for providers inside the city's own network, beside the well-known ones.
#[derive(Debug, Clone, Default)]
pub struct Authorities(Vec<reqwest::Certificate>);

impl Authorities {
    /// Reads PEM with one certificate or more; why it can't be used else.
    pub fn parse(pem: &[u8]) -> Result<Self, String> {
        let certificates = reqwest::Certificate::from_pem_bundle(pem).map_err(|error| said(&error))?;
        if certificates.is_empty() {
            return Err("it holds no certificate: “-----BEGIN CERTIFICATE-----” is wanted".to_owned());
        }
        let authorities = Self(certificates);
        authorities.client().map_err(|error| said(&error))?;
        Ok(authorities)
    }

    /// Whom providers are asked with.
    fn client(&self) -> Result<reqwest::Client, reqwest::Error> {
        // Redirects are not followed: a provider that sends us elsewhere would choose whom we ask.
        let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE);
        self.0.iter().cloned().fold(builder, reqwest::ClientBuilder::add_root_certificate).build()
    }
}

/// An error with what lies below it.
fn said(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut below = error.source();
    while let Some(cause) = below {
        text = format!("{text}: {cause}");
        below = cause.source();
    }
    text
}

impl Platform {
    /// The providers that people can sign in with.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.inner.providers.iter().map(|known| &known.provider)
    }

    fn http(&self) -> Result<reqwest::Client, OidcError> {
        self.inner.authorities.client().map_err(|error| OidcError::Away(said(&error)))
    }

    fn provider(&self, id: &str) -> Result<&Known, OidcError> {
        self.inner.providers.iter().find(|known| known.provider.id == id).ok_or(OidcError::NoProvider)
    }

    /// Begins a sign-in: where the browser goes, and what it must bring back to `redirect`. `then` is a path of ours.
    pub async fn sign_in_begin(&self, provider: &str, redirect: &str, then: &str) -> Result<SignInFlow, OidcError> {
        let known = self.provider(provider)?;
        // Asked before the browser is sent there: an error of ours tells people more than an address that is dead.
        let metadata = known.metadata(&self.http()?, AGAIN).await?;
        let client = known.client(&metadata, redirect)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("profile".to_owned()))
            .add_scope(Scope::new("phone".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        let flow = Flow {
            provider: provider.to_owned(),
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
            then: own_path(then),
            begun: self.now().as_millisecond(),
        };
        let body = serde_json::to_vec(&flow).map_err(|_| OidcError::Flow)?;
        let signature = self.inner.key.sign("sign-in", &body);
        Ok(SignInFlow { url: url.to_string(), cookie: format!("{}.{}", to_hex(&body), to_hex(&signature)) })
    }

    /// Ends a sign-in: who it is, and the path of ours that they wanted.
    pub async fn sign_in_finish(
        &self,
        provider: &str,
        redirect: &str,
        cookie: &str,
        state: &str,
        code: &str,
    ) -> Result<(Vouched, String), OidcError> {
        let flow = self.flow(cookie).filter(|flow| flow.provider == provider && flow.state == state);
        let flow = flow.ok_or(OidcError::Flow)?;
        let (known, http) = (self.provider(provider)?, self.http()?);
        let metadata = known.metadata(&http, DISCOVERED).await?;
        let client = known.client(&metadata, redirect)?;
        let exchanged = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| OidcError::Away(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(flow.verifier))
            .request_async(&http)
            .await;
        let tokens = exchanged.map_err(|error| match error {
            openidconnect::RequestTokenError::ServerResponse(said) => OidcError::Refused(said.to_string()),
            other => OidcError::Away(other.to_string()),
        })?;
        let token = tokens.id_token().ok_or_else(|| OidcError::Untrusted("it gave no ID token".to_owned()))?;
        let nonce = Nonce::new(flow.nonce);
        let verify = |client: &Relying| {
            let verifier = client
                .id_token_verifier()
                .set_time_fn(|| utc_with_skew(SKEW_SECONDS))
                .set_issue_time_verifier_fn(|issued| just_now(issued.timestamp(), Timestamp::now().as_second()));
            token.claims(&verifier, &nonce).cloned()
        };
        let claims = match verify(&client) {
            // Signed by a key that we don't know: the provider may have taken a new one since.
            Err(ClaimsVerificationError::SignatureVerification(_)) => {
                let metadata = known.metadata_for_key(&http).await?;
                verify(&known.client(&metadata, redirect)?)
            }
            verified => verified,
        };
        let claims = claims.map_err(|error| OidcError::Untrusted(error.to_string()))?;
        let name = claims.name().and_then(|name| name.get(None)).map(|name| name.to_string());
        let mut profile = Profile {
            name: name.unwrap_or_default(),
            identity_number: claims.additional_claims().identity_number.clone(),
            telephone: claims.phone_number().map(|number| number.to_string()),
        };
        let mut mandates = claims.additional_claims().mandates.clone();
        let subject = claims.subject().clone();
        // Many providers say who it is at the userinfo endpoint alone.
        if let Ok(request) = client.user_info(tokens.access_token().clone(), Some(subject.clone())) {
            let info: UserInfoClaims<Said, CoreGenderClaim> =
                request.request_async(&http).await.map_err(|error| OidcError::Away(error.to_string()))?;
            let said = info.additional_claims();
            if let Some(name) = info.name().and_then(|name| name.get(None)) {
                profile.name = name.to_string();
            }
            profile.telephone = info.phone_number().map(|number| number.to_string()).or(profile.telephone);
            profile.identity_number = said.identity_number.clone().or(profile.identity_number);
            if mandates.is_empty() {
                mandates.clone_from(&said.mandates);
            }
        }
        if profile.name.is_empty() {
            profile.name = subject.to_string();
        }
        let by_class = claims.auth_context_ref().is_some_and(|acr| known.provider.strong_acr.contains(acr));
        let by_method =
            claims.auth_method_refs().into_iter().flatten().any(|amr| matches!(amr.as_str(), "mfa" | "otp"));
        let mandates = mandates.into_iter().map(|said| Mandate {
            enterprise: said.enterprise,
            credit_code: said.credit_code,
            kind: said.kind,
            until: said.until,
        });
        let vouched = Vouched {
            provider: provider.to_owned(),
            subject: subject.to_string(),
            profile,
            mandates: mandates.collect(),
            strong: by_class || by_method,
        };
        Ok((vouched, flow.then))
    }

    fn flow(&self, cookie: &str) -> Option<Flow> {
        let (body, signature) = cookie.split_once('.')?;
        let body = from_hex(body)?;
        let expected = to_hex(&self.inner.key.sign("sign-in", &body));
        let same = lotus_domain::chain::Hash::of(expected.as_bytes())
            .same(&lotus_domain::chain::Hash::of(signature.as_bytes()));
        let flow: Flow = serde_json::from_slice(&body).ok().filter(|_| same)?;
        let age = self.now().as_millisecond() - flow.begun;
        (0..=FLOW_MILLISECONDS).contains(&age).then_some(flow)
    }

    /// Keeps a sign-in that did not come about in the audit chain: what was wrong, not whose it was.
    pub async fn sign_in_failed(&self, asker: &Asker, provider: &str, error: &OidcError) {
        if let Some(city) = self.city_division() {
            // Of an address that anybody can write only what we know goes into the chain.
            let provider = self.provider(provider).map_or("unknown", |known| known.provider.id.as_str());
            self.note(asker, &city, "sign-in-failed", provider, &error.to_string()).await;
        }
    }

    /// Where the browser goes to end the session at the provider too, where the provider has such a place.
    pub async fn sign_out_url(&self, provider: &str, back: &str) -> Option<String> {
        let known = self.provider(provider).ok()?;
        let metadata = known.metadata(&self.http().ok()?, AGAIN).await.ok()?;
        let end = metadata.additional_metadata().end_session_endpoint.clone()?;
        let back = PostLogoutRedirectUrl::new(back.to_owned()).ok()?;
        let request = LogoutRequest::from(end)
            .set_client_id(ClientId::new(known.provider.client_id.clone()))
            .set_post_logout_redirect_uri(back);
        Some(request.http_get_url().to_string())
    }
}

/// The token was made for the code that we have just shown, whatever its end says.
fn just_now(issued: i64, now: i64) -> Result<(), String> {
    if issued.abs_diff(now) <= SKEW_SECONDS.unsigned_abs() {
        return Ok(());
    }
    Err(format!("it was issued {} seconds from now by the provider's clock", issued.saturating_sub(now)))
}

/// A path on this host: nobody is sent elsewhere after signing in.
fn own_path(then: &str) -> String {
    let own = then.starts_with('/') && !then.starts_with("//") && !then.contains(['\\', '\n', '\r', '\t']);
    if own { then.to_owned() } else { "/".to_owned() }
}

/// The library tells time in another crate's type.
mod chrono_now {
    /// Now, with the benefit of the doubt to a clock that is off.
    pub(super) fn utc_with_skew(seconds: i64) -> chrono::DateTime<chrono::Utc> {
        let now = jiff::Timestamp::now().as_second() - seconds;
        chrono::DateTime::from_timestamp(now, 0).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_may_be_off_by_two_minutes_and_no_more() {
        for seconds in [0, 60, 120, -60, -120] {
            assert_eq!(just_now(1_000_000 + seconds, 1_000_000), Ok(()), "{seconds}");
        }
        for seconds in [121, 3_600, -121, -3_600, i64::MAX - 1_000_000] {
            assert!(just_now(1_000_000 + seconds, 1_000_000).is_err(), "{seconds}");
        }
    }

    #[test]
    fn nobody_is_sent_elsewhere_after_signing_in() {
        assert_eq!(own_path("/me?tab=1"), "/me?tab=1");
        for elsewhere in ["https://example.com", "//example.com", "/\\example.com", "", "javascript:alert(1)", "/a\nb"]
        {
            assert_eq!(own_path(elsewhere), "/", "{elsewhere}");
        }
    }
}
