//! `/api/v1/districts/{division}/ratings`: ratings 好差评 as open data (article 36), small numbers protected.

use axum::extract::State;
use axum::response::Response;
use lotus_domain::rating::{Line, Published, Shown};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer;
use crate::app::App;
use crate::error::Error;
use crate::portal::Place;

/// The ratings of the last twelve months, by department, item and month.
#[utoipa::path(
    get, path = "/api/v1/districts/{division}/ratings", tag = "districts",
    params(("division" = String, Path, description = "Division code, 6 to 9 digits", example = "411081")),
    responses(
        (status = 200, body = Ratings),
        (status = 404, body = super::problem::Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(State(app): State<App>, place: Place) -> Result<Response, Error> {
    let statistics = app.platform.rating_statistics(&place.visit.division).await?;
    Ok(answer(&Ratings::from(&*statistics)))
}

/// A number of ratings as it is published: `few` below five, and wherever it would tell one of those.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "shown")]
enum RatingCount {
    /// Nobody has rated.
    Nobody,
    /// Too few to be shown, or hidden so that too few elsewhere can't be told.
    Few,
    /// So many.
    #[serde(rename_all = "camelCase")]
    Counts {
        /// All of them.
        total: u64,
        /// By grade, the best first.
        grades: [u64; 5],
        /// Grades 1 to 3, in per cent.
        satisfaction: Option<f64>,
        /// Bad ratings (4 and 5).
        bad: u64,
        /// How many of them were put right, in per cent.
        rectified: Option<f64>,
    },
}

impl From<Shown> for RatingCount {
    fn from(shown: Shown) -> Self {
        match shown {
            Shown::Nobody => Self::Nobody,
            Shown::Few => Self::Few,
            Shown::Counts(counts) => Self::Counts {
                total: counts.total(),
                grades: counts.grades,
                satisfaction: counts.satisfaction(),
                bad: counts.bad(),
                rectified: counts.rectified_share(),
            },
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct RatingMonth {
    /// `2026-03`
    month: String,
    #[serde(flatten)]
    count: RatingCount,
}

#[derive(Debug, Serialize, ToSchema)]
struct RatingLine {
    total: RatingCount,
    months: Vec<RatingMonth>,
}

impl From<&Line> for RatingLine {
    fn from(line: &Line) -> Self {
        let months = line.months.iter();
        let months = months.map(|month| RatingMonth { month: month.month.clone(), count: month.shown.into() });
        Self { total: line.total.into(), months: months.collect() }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct RatedItem {
    /// Implementation code; none is what is about no item.
    item: Option<String>,
    #[serde(flatten)]
    line: RatingLine,
}

#[derive(Debug, Serialize, ToSchema)]
struct RatedDepartment {
    department: String,
    #[serde(flatten)]
    line: RatingLine,
    items: Vec<RatedItem>,
}

/// A district's ratings of the last twelve months.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Ratings {
    #[serde(flatten)]
    district: RatingLine,
    departments: Vec<RatedDepartment>,
}

impl From<&Published> for Ratings {
    fn from(published: &Published) -> Self {
        let departments = published.departments.iter().map(|one| RatedDepartment {
            department: one.department.clone(),
            line: (&one.line).into(),
            items: one
                .items
                .iter()
                .map(|item| RatedItem { item: item.item.clone(), line: (&item.line).into() })
                .collect(),
        });
        Self { district: (&published.district).into(), departments: departments.collect() }
    }
}
