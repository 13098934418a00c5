//! Value-added services 增值服务 (article 29): what a district's plugin offers beyond the items of the law.

use serde::{Deserialize, Serialize};

use crate::Slug;
use crate::catalog::Served;
use crate::form::FieldError;
use crate::kind::Definition;
use crate::law::{LegalBasis, Period, Refusal};
use crate::page::{Link, Page};
use crate::text::Text;

/// The five fields of article 29, or the district's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceField {
    /// 政策
    Policy,
    /// 人才
    Talent,
    /// 金融
    Finance,
    /// 法律
    Law,
    /// 科技
    ScienceAndTechnology,
    /// The district's own.
    Other(Text),
}

/// A service as its plugin describes it; its address is `/d/{division}/services/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Unique in its district.
    pub id: Slug,
    /// Its name.
    pub title: Text,
    /// What one gets.
    pub summary: Text,
    /// Its field.
    pub field: ServiceField,
    /// Whom it serves.
    pub served: Vec<Served>,
    /// How long the answer takes at most.
    pub promised: Period,
    /// The department that answers for it.
    pub department: Text,
    /// What it stands on.
    pub basis: Option<LegalBasis>,
    /// The zone that it belongs to.
    pub zone: Option<Slug>,
    /// How its cases run; the host's plain kind where it has none of its own.
    pub kind: Option<Definition>,
}

impl Service {
    /// The definition by which its cases run.
    pub fn definition(&self) -> Definition {
        self.kind.clone().unwrap_or_else(|| Definition::plain(self.promised, self.basis.clone()))
    }
}

/// What opens a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// One line on the worklist.
    pub title: Text,
    /// What the applicant is told beside the number; markdown.
    pub message: Option<Text>,
    /// A promise shorter than the service's; a longer one is not taken.
    pub promised: Option<Period>,
}

/// What became of a submission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Submitted {
    /// Answered at once.
    Answered(Page),
    /// A case is to be opened.
    OpensCase(Opening),
    /// The applicant is better served elsewhere.
    Refers {
        /// Why.
        reason: Text,
        /// Where.
        links: Vec<Link>,
    },
    /// Wrong values, each beside its field.
    Invalid(Vec<FieldError>),
    /// A reasoned no.
    Refused(Refusal),
}

/// What a plugin says before one of its cases moves on. It can't widen what the case's definition allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Advice {
    /// Nothing stands against it.
    Proceed,
    /// Nothing stands against it, and these words go on the applicant's timeline; markdown.
    ProceedWith(Text),
    /// Not now, for this reason, which the member of staff reads.
    Hold(Refusal),
}
