//! Services, submissions and receipts as they go out and come in.

use std::collections::BTreeMap;

use lotus_domain::form::Typed;
use lotus_domain::service as domain;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::form::Form;
use super::page::{Link, Page};
use super::{Basis, Period, StandIn, Text, name_of};
use crate::error::Error;

/// A district's services.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Services {
    pub(crate) services: Vec<Service>,
    /// One for each plugin that can't say its services now.
    pub(crate) missing: Vec<StandIn>,
}

/// A value-added service.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Service {
    /// Unique in its district.
    id: String,
    title: Text,
    summary: Text,
    /// `policy`, `talent`, `finance`, `law`, `science-and-technology`, or `other`.
    field: String,
    /// The district's own name of the field, for `other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    field_title: Option<Text>,
    served: Vec<String>,
    /// How long the answer takes at most.
    promised: Period,
    department: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    basis: Option<Basis>,
    /// The zone that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
}

impl From<domain::Service> for Service {
    fn from(service: domain::Service) -> Self {
        let domain::Service { id, title, summary, field, served, promised, department, basis, zone, kind: _ } = service;
        let (field, field_title) = match field {
            domain::ServiceField::Other(title) => ("other".to_owned(), Some(title.into())),
            named => (name_of(&named), None),
        };
        Self {
            id: id.to_string(),
            title: title.into(),
            summary: summary.into(),
            field,
            field_title,
            served: served.iter().map(name_of).collect(),
            promised: promised.into(),
            department: department.into(),
            basis: basis.map(Basis::from),
            zone: zone.map(|zone| zone.to_string()),
        }
    }
}

/// A service with its form.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServiceForm {
    pub(crate) service: Service,
    /// Absent where the service is begun without one, or its plugin can't give it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) form: Option<Form>,
    /// What stands in for it where the plugin can't.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) missing: Option<StandIn>,
    /// To be sent back with the values: however often it is sent, it opens one case.
    pub(crate) token: String,
}

/// What is submitted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Submit {
    /// From the service's form.
    pub(crate) token: String,
    /// By field name: a text, a number, `true` or `false`, or a list of texts for several choices. Money is in yuan.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Object>)]
    values: BTreeMap<String, serde_json::Value>,
}

impl Submit {
    /// The values as a person would have typed them, so that one set of rules reads both.
    pub(crate) fn typed(self) -> Result<Typed, Error> {
        self.values.into_iter().map(|(name, value)| Ok((name.clone(), typed(&name, value)?))).collect()
    }
}

fn typed(name: &str, value: serde_json::Value) -> Result<Vec<String>, Error> {
    use serde_json::Value as Json;
    match value {
        Json::Null | Json::Bool(false) => Ok(Vec::new()),
        Json::Bool(true) => Ok(vec!["yes".to_owned()]),
        Json::Number(number) => Ok(vec![number.to_string()]),
        Json::String(text) => Ok(vec![text]),
        Json::Array(all) => {
            let texts = all.into_iter().map(|one| match one {
                Json::String(text) => Ok(text),
                _ => Err(Error::Unreadable(format!("values.{name}: a list holds texts only"))),
            });
            texts.collect()
        }
        Json::Object(_) => Err(Error::Unreadable(format!(
            "values.{name}: a text, a number, true or false, or a list of texts is expected"
        ))),
    }
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub(crate) enum Submitted {
    /// A case was opened.
    Opened(Receipt),
    /// Answered at once.
    Answered { page: Page },
    /// Better served elsewhere.
    Refers { reason: Text, links: Vec<Link> },
}

/// What the applicant keeps.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Receipt {
    /// Case number.
    number: String,
    /// To follow the case with, in the header `Lotus-Case-Secret`. It is told only here.
    secret: String,
    title: Text,
    /// Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
    /// The last day of the promise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    due: Option<String>,
    /// The same token opened this case before.
    again: bool,
}

impl From<lotus_platform::Receipt> for Receipt {
    fn from(receipt: lotus_platform::Receipt) -> Self {
        let lotus_platform::Receipt { number, secret, title, message, due, again } = receipt;
        Self {
            number: number.to_string(),
            secret: secret.shown(),
            title: title.into(),
            message: message.map(Text::from),
            due: due.map(|day| day.to_string()),
            again,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read_as_if_it_had_been_typed() {
        let submit: Submit = serde_json::from_str(
            r#"{"token":"t","values":{"a":"x","n":5,"d":2.50,"yes":true,"no":false,"none":null,"many":["a","b"]}}"#,
        )
        .unwrap();
        let typed = submit.typed().unwrap();
        assert_eq!(typed["n"], ["5"]);
        assert_eq!(typed["d"], ["2.5"]);
        assert_eq!(typed["yes"], ["yes"]);
        assert!(typed["no"].is_empty() && typed["none"].is_empty());
        assert_eq!(typed["many"], ["a", "b"]);
    }

    #[test]
    fn what_nobody_could_type_is_refused_with_its_place() {
        let submit: Submit = serde_json::from_str(r#"{"token":"t","values":{"a":{"b":1}}}"#).unwrap();
        assert!(submit.typed().unwrap_err().to_string().contains("values.a"));
    }
}
