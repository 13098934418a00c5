//! What goes over the wire: shapes with their schemas, made from the domain's types field by field, so that a field added
//! there is a decision here.

pub(crate) mod case;
pub(crate) mod catalog;
pub(crate) mod find;
pub(crate) mod form;
pub(crate) mod page;
pub(crate) mod place;
pub(crate) mod policy;
pub(crate) mod service;
pub(crate) mod staff;
pub(crate) mod zone;

use lotus_domain::{form as domain_form, law, text};
use serde::Serialize;
use utoipa::ToSchema;

/// A text: Chinese always, English where somebody wrote it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Text {
    /// Simplified Chinese.
    zh: String,
    /// English.
    #[serde(skip_serializing_if = "Option::is_none")]
    en: Option<String>,
}

impl From<text::Text> for Text {
    fn from(text::Text { zh, en }: text::Text) -> Self {
        Self { zh, en }
    }
}

/// Several texts, or whatever else goes out.
pub(crate) fn all<T, U: From<T>>(all: impl IntoIterator<Item = T>) -> Vec<U> {
    all.into_iter().map(U::from).collect()
}

/// The name that an enum's value has in data files and stored JSON.
pub(crate) fn name_of(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// Where in the law something stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Basis {
    /// Title of the law, regulation or published policy.
    title: String,
    /// Article.
    #[serde(skip_serializing_if = "Option::is_none")]
    article: Option<String>,
}

impl From<law::LegalBasis> for Basis {
    fn from(law::LegalBasis { title, article }: law::LegalBasis) -> Self {
        Self { title, article }
    }
}

/// A length of time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Period {
    /// How many; 0 is at once.
    amount: u32,
    /// `hour`, `day`, `working-day`, `month` or `year`.
    #[schema(example = "working-day")]
    unit: String,
}

impl From<law::Period> for Period {
    fn from(law::Period { amount, unit }: law::Period) -> Self {
        Self { amount, unit: name_of(&unit) }
    }
}

/// A wrong value.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// The field's name.
    field: String,
    /// What is wrong and what would be right.
    message: Text,
}

impl From<domain_form::FieldError> for FieldError {
    fn from(domain_form::FieldError { field, message }: domain_form::FieldError) -> Self {
        Self { field, message: message.into() }
    }
}

/// What stands in for a part that a district's plugin can't give now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StandIn {
    /// The plugin's name.
    plugin: Text,
    /// In plain words.
    text: Text,
    /// Whom to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    telephone: Option<String>,
    /// Where to go.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Text>,
    /// When it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<Text>,
}

impl From<lotus_platform::StandIn> for StandIn {
    fn from(stand_in: lotus_platform::StandIn) -> Self {
        let lotus_platform::StandIn { plugin, text, telephone, address, hours } = stand_in;
        Self {
            plugin: plugin.into(),
            text: text.into(),
            telephone,
            address: address.map(Text::from),
            hours: hours.map(Text::from),
        }
    }
}
