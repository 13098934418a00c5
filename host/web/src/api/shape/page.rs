//! Pages and their blocks as they go out.

use lotus_domain::page as domain;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Basis, Period, Text, all, name_of};

/// A page, made of blocks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page {
    title: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<Text>,
    blocks: Vec<Block>,
    /// What it stands on.
    basis: Vec<Basis>,
}

impl From<domain::Page> for Page {
    fn from(domain::Page { title, summary, blocks, basis }: domain::Page) -> Self {
        Self { title: title.into(), summary: summary.map(Text::from), blocks: all(blocks), basis: all(basis) }
    }
}

/// A link.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Link {
    label: Text,
    target: Target,
}

impl From<domain::Link> for Link {
    fn from(domain::Link { label, target }: domain::Link) -> Self {
        Self { label: label.into(), target: target.into() }
    }
}

/// Where a link leads.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "to", content = "at")]
pub(crate) enum Target {
    /// A page of the same zone; empty for its first.
    Page(String),
    /// A service of the district, by id.
    Service(String),
    /// An item of the district, by implementation code.
    Item(String),
    /// A zone of the district, by id.
    Zone(String),
    /// Another site, `https://`.
    Site(String),
    /// A telephone number.
    Telephone(String),
    /// An e-mail address.
    Email(String),
}

impl From<domain::LinkTarget> for Target {
    fn from(target: domain::LinkTarget) -> Self {
        match target {
            domain::LinkTarget::Page(at) => Self::Page(at),
            domain::LinkTarget::Service(at) => Self::Service(at),
            domain::LinkTarget::Item(at) => Self::Item(at),
            domain::LinkTarget::Zone(at) => Self::Zone(at),
            domain::LinkTarget::Site(at) => Self::Site(at),
            domain::LinkTarget::Telephone(at) => Self::Telephone(at),
            domain::LinkTarget::Email(at) => Self::Email(at),
        }
    }
}

/// One part of a page.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "block")]
pub(crate) enum Block {
    /// A heading of level 2 or 3.
    Heading { text: Text, level: u8 },
    /// `CommonMark` with tables. Untrusted: show HTML in it as text, leave images out, follow `https://` links only.
    Markdown { text: Text },
    /// Cards side by side.
    Cards { cards: Vec<Card> },
    /// Key figures.
    Figures { figures: Vec<Figure> },
    /// A table; every row is as long as `columns`.
    Table { caption: Text, columns: Vec<Column>, rows: Vec<Vec<Text>> },
    /// A chart: `bar` or `line`.
    Chart { caption: Text, kind: String, unit: Text, labels: Vec<Text>, series: Vec<Series> },
    /// A notice: `info`, `good`, `attention` or `urgent`. Its body is markdown.
    Notice { tone: String, title: Text, body: Text },
    /// The form of a service, by the service's id.
    Form { service: String },
    /// Steps of a procedure, in order.
    Steps { steps: Vec<Step> },
    /// Whom to ask.
    Contact(Contact),
    /// Links.
    Links { links: Vec<Link> },
}

/// One card.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Card {
    title: Text,
    /// Markdown.
    body: Text,
    tags: Vec<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<Link>,
}

/// One number that matters.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Figure {
    label: Text,
    /// As it is shown.
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Text>,
}

/// A column of a table.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Column {
    title: Text,
    /// Set at the end of the line, as numbers are.
    at_end: bool,
}

/// One line or one colour of bars.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Series {
    name: Text,
    /// One for each label.
    values: Vec<f64>,
}

/// One step.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PageStep)]
pub(crate) struct Step {
    title: Text,
    body: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    takes: Option<Period>,
}

/// Whom to ask.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Contact {
    name: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    telephone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<Text>,
}

impl From<domain::Block> for Block {
    fn from(block: domain::Block) -> Self {
        match block {
            domain::Block::Heading { text, level } => Self::Heading { text: text.into(), level },
            domain::Block::Markdown { text } => Self::Markdown { text: text.into() },
            domain::Block::Cards { cards } => Self::Cards { cards: all(cards) },
            domain::Block::Figures { figures } => Self::Figures { figures: all(figures) },
            domain::Block::Table(domain::Table { caption, columns, rows }) => Self::Table {
                caption: caption.into(),
                columns: all(columns),
                rows: rows.into_iter().map(all).collect(),
            },
            domain::Block::Chart(domain::Chart { caption, kind, unit, labels, series }) => Self::Chart {
                caption: caption.into(),
                kind: name_of(&kind),
                unit: unit.into(),
                labels: all(labels),
                series: all(series),
            },
            domain::Block::Notice { tone, title, body } => {
                Self::Notice { tone: name_of(&tone), title: title.into(), body: body.into() }
            }
            domain::Block::Form { service } => Self::Form { service },
            domain::Block::Steps { steps } => Self::Steps { steps: all(steps) },
            domain::Block::Contact(contact) => Self::Contact(contact.into()),
            domain::Block::Links { links } => Self::Links { links: all(links) },
        }
    }
}

impl From<domain::Card> for Card {
    fn from(domain::Card { title, body, tags, link }: domain::Card) -> Self {
        Self { title: title.into(), body: body.into(), tags: all(tags), link: link.map(Link::from) }
    }
}

impl From<domain::Figure> for Figure {
    fn from(domain::Figure { label, value, unit, note }: domain::Figure) -> Self {
        Self { label: label.into(), value, unit: unit.map(Text::from), note: note.map(Text::from) }
    }
}

impl From<domain::Column> for Column {
    fn from(domain::Column { title, at_end }: domain::Column) -> Self {
        Self { title: title.into(), at_end }
    }
}

impl From<domain::Series> for Series {
    fn from(domain::Series { name, values }: domain::Series) -> Self {
        Self { name: name.into(), values }
    }
}

impl From<domain::Step> for Step {
    fn from(domain::Step { title, body, takes }: domain::Step) -> Self {
        Self { title: title.into(), body: body.into(), takes: takes.map(Period::from) }
    }
}

impl From<domain::Contact> for Contact {
    fn from(domain::Contact { name, telephone, email, address, hours }: domain::Contact) -> Self {
        Self { name: name.into(), telephone, email, address: address.map(Text::from), hours: hours.map(Text::from) }
    }
}
