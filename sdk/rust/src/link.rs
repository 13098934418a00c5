//! Links: words and where they lead.

use crate::types::{Link, LinkTarget, Text};

impl Link {
    /// A link with its words.
    pub fn new(label: impl Into<Text>, target: LinkTarget) -> Self {
        Self { label: label.into(), target }
    }

    /// To a page of the same zone.
    pub fn page(label: impl Into<Text>, page: impl Into<String>) -> Self {
        Self::new(label, LinkTarget::Page(page.into()))
    }

    /// To a service of this plugin.
    pub fn service(label: impl Into<Text>, service: impl Into<String>) -> Self {
        Self::new(label, LinkTarget::Service(service.into()))
    }

    /// To an item of the district's catalogue, by its implementation code.
    pub fn item(label: impl Into<Text>, code: impl Into<String>) -> Self {
        Self::new(label, LinkTarget::Item(code.into()))
    }

    /// To a zone of this plugin.
    pub fn zone(label: impl Into<Text>, zone: impl Into<String>) -> Self {
        Self::new(label, LinkTarget::Zone(zone.into()))
    }

    /// To another site; `https://` only.
    pub fn site(label: impl Into<Text>, url: impl Into<String>) -> Self {
        Self::new(label, LinkTarget::Site(url.into()))
    }

    /// To a telephone.
    pub fn telephone(label: impl Into<Text>, number: impl Into<String>) -> Self {
        Self::new(label, LinkTarget::Telephone(number.into()))
    }
}
