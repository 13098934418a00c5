//! `/api/v1/districts/{division}/fees`, and where payment providers call back.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use lotus_domain::fee::Taken;
use lotus_platform::{SIGNATURE, TIMESTAMP};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::Problem;
use super::shape::Text;
use super::shape::catalog::Fee;
use super::{answer, private};
use crate::app::App;
use crate::error::Error;
use crate::portal::{Named, Place};

/// Everything that costs something in a district.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeeList {
    items: Vec<ItemFees>,
}

/// The fees of an item.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemFees {
    /// Implementation code.
    code: String,
    name: Text,
    department: Text,
    fees: Vec<Fee>,
}

/// A district's public fee list (article 31): each fee with its legal basis. What is not here is free.
#[utoipa::path(
    get, path = "/api/v1/districts/{division}/fees", tag = "items",
    params(("division" = String, Path, description = "Division code", example = "411081")),
    responses(
        (status = 200, body = FeeList),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(State(app): State<App>, place: Place) -> Result<Response, Error> {
    let items = app.platform.fee_list(&place.visit.division);
    let items = items.iter().map(|item| ItemFees {
        code: item.item.code.clone(),
        name: item.item.name.clone().into(),
        department: item.item.department.clone().into(),
        fees: item.item.fees.iter().cloned().map(Fee::from).collect(),
    });
    Ok(answer(&FeeList { items: items.collect() }))
}

#[derive(Deserialize)]
pub(crate) struct ProviderName {
    provider: String,
}

/// A body as it came, byte for byte: what is signed is not what it means.
pub(crate) struct Raw(Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        Bytes::from_request(request, state).await.map(Self).map_err(|_| Error::TooLarge)
    }
}

/// How a call-back was taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CalledBack {
    /// `paid`, `before`, `surplus`, `wrong-amount` or `not-due`.
    taken: &'static str,
}

/// A payment provider says that something was paid. Signed: HMAC-SHA256 over `timestamp.body` in `lotus-pay-signature`,
/// the seconds since 1970 in `lotus-pay-timestamp`, within five minutes. The same again changes nothing.
#[utoipa::path(
    post, path = "/api/v1/payments/{provider}", tag = "items",
    params(("provider" = String, Path, description = "The provider's name")),
    responses(
        (status = 200, body = CalledBack),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn called_back(
    State(app): State<App>,
    headers: HeaderMap,
    Named(name): Named<ProviderName>,
    Raw(body): Raw,
) -> Result<Response, Error> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let taken = app.platform.fee_called_back(&name.provider, header(TIMESTAMP), header(SIGNATURE), &body).await?;
    let taken = match taken {
        Taken::Paid(_) => "paid",
        Taken::Before(_) => "before",
        Taken::Surplus => "surplus",
        Taken::WrongAmount(_) => "wrong-amount",
        Taken::NotDue => "not-due",
    };
    Ok(private(&CalledBack { taken }))
}
