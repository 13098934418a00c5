//! Pages are made of blocks, which the host renders. What a plugin answers is checked here before anybody sees it.
//!
//! Invariant: no block carries HTML, a script, or a link to anything but the host's own pages, `https`, a telephone
//! or an e-mail address.

use serde::{Deserialize, Serialize};

use crate::Slug;
use crate::law::{LegalBasis, Period};
use crate::text::Text;

/// Most blocks on a page.
pub const MOST_BLOCKS: usize = 200;
/// Longest text in a page, in characters.
pub const LONGEST_TEXT: usize = 10_000;

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "to", content = "at")]
pub enum LinkTarget {
    /// A page of the same zone; the empty text is its first.
    Page(String),
    /// A service of the same plugin.
    Service(String),
    /// An item of the district's catalogue, by its implementation code.
    Item(String),
    /// A zone of the same plugin.
    Zone(String),
    /// Another site, `https://` only.
    Site(String),
    /// A telephone number.
    Telephone(String),
    /// An e-mail address.
    Email(String),
}

/// A link with its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its words.
    pub label: Text,
    /// Where it leads.
    pub target: LinkTarget,
}

/// How urgent a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// Good to know.
    Info,
    /// Something went well.
    Good,
    /// Mind this.
    Attention,
    /// Act now.
    Urgent,
}

/// One card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its heading.
    pub title: Text,
    /// Markdown.
    pub body: Text,
    /// Short marks, at most 5.
    pub tags: Vec<Text>,
    /// Where it leads.
    pub link: Option<Link>,
}

/// One number that matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// What it counts.
    pub label: Text,
    /// As it is shown.
    pub value: String,
    /// Its unit.
    pub unit: Option<Text>,
    /// What it says and as of when.
    pub note: Option<Text>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its heading.
    pub title: Text,
    /// Numbers stand at the end.
    pub at_end: bool,
}

/// A table of at most 12 columns and 500 rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// What it shows.
    pub caption: Text,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each as long as `columns`.
    pub rows: Vec<Vec<Text>>,
}

/// How a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChartKind {
    /// Bars side by side.
    Bar,
    /// Lines.
    Line,
}

/// One line or one colour of bars.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// What it is.
    pub name: Text,
    /// One number per label, finite.
    pub values: Vec<f64>,
}

/// A chart of at most 60 labels and 6 series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// What it shows.
    pub caption: Text,
    /// How it is drawn.
    pub kind: ChartKind,
    /// What the numbers count.
    pub unit: Text,
    /// Along the axis.
    pub labels: Vec<Text>,
    /// Its numbers.
    pub series: Vec<Series>,
}

/// One step of a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its heading.
    pub title: Text,
    /// Plain text.
    pub body: Text,
    /// How long it takes at most.
    pub takes: Option<Period>,
}

/// Whom to ask, where and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The office.
    pub name: Text,
    /// Its telephone.
    pub telephone: Option<String>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// Where it is.
    pub address: Option<Text>,
    /// When it is open.
    pub hours: Option<Text>,
}

/// One part of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "block")]
pub enum Block {
    /// A heading of level 2 or 3.
    Heading {
        /// Its words.
        text: Text,
        /// 2 or 3.
        level: u8,
    },
    /// Markdown without HTML and images.
    Markdown {
        /// Its source.
        text: Text,
    },
    /// Cards side by side.
    Cards {
        /// The cards.
        cards: Vec<Card>,
    },
    /// Key figures side by side.
    Figures {
        /// The figures.
        figures: Vec<Figure>,
    },
    /// A table.
    Table(Table),
    /// A chart with its table behind it.
    Chart(Chart),
    /// A notice.
    Notice {
        /// How urgent.
        tone: Tone,
        /// Its headline.
        title: Text,
        /// Markdown.
        body: Text,
    },
    /// A form of one of the plugin's services.
    Form {
        /// The service's id.
        service: String,
    },
    /// Steps of a procedure.
    Steps {
        /// The steps, in order.
        steps: Vec<Step>,
    },
    /// Whom to ask.
    Contact(Contact),
    /// A list of links.
    Links {
        /// The links.
        links: Vec<Link>,
    },
}

/// A whole page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Its heading of level 1.
    pub title: Text,
    /// One or two sentences below it.
    pub summary: Option<Text>,
    /// Its parts.
    pub blocks: Vec<Block>,
    /// What it stands on.
    pub basis: Vec<LegalBasis>,
}

/// What is wrong with a page, and in which block, counted from 1 (0 is the page itself).
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("block {block}: {problem}")]
pub struct PageError {
    /// Which block.
    pub block: usize,
    /// What is wrong.
    pub problem: &'static str,
}

impl Page {
    /// Checks every bound that `wit/v1/pages.wit` states.
    pub fn check(&self) -> Result<(), PageError> {
        let at = |block: usize| move |problem: &'static str| PageError { block, problem };
        if self.blocks.len() > MOST_BLOCKS {
            return Err(at(0)("a page has at most 200 blocks"));
        }
        text(&self.title).map_err(at(0))?;
        self.summary.as_ref().map_or(Ok(()), text).map_err(at(0))?;
        for (index, block) in self.blocks.iter().enumerate() {
            block.check().map_err(at(index + 1))?;
        }
        Ok(())
    }
}

fn text(text: &Text) -> Result<(), &'static str> {
    if text.longest() > LONGEST_TEXT { Err("a text has at most 10,000 characters") } else { Ok(()) }
}

fn texts<'a>(all: impl IntoIterator<Item = &'a Text>) -> Result<(), &'static str> {
    all.into_iter().try_for_each(text)
}

fn ensure(holds: bool, problem: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(problem) }
}

impl LinkTarget {
    /// Checks where it leads.
    pub fn check(&self) -> Result<(), &'static str> {
        match self {
            Self::Page(id) => ensure(id.is_empty() || Slug::parse(id.as_str()).is_ok(), "a link's page is no id"),
            Self::Service(id) | Self::Zone(id) => ensure(Slug::parse(id.as_str()).is_ok(), "a link's target is no id"),
            Self::Item(code) => ensure(
                (1..=36).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'),
                "a link's item is no implementation code",
            ),
            Self::Site(url) => ensure(
                url.len() <= 2000
                    && url.strip_prefix("https://").is_some_and(|rest| {
                        rest.starts_with(|c: char| c.is_ascii_alphanumeric())
                            && !rest.contains(|c: char| c.is_whitespace() || c.is_control() || "\"'<>\\".contains(c))
                    }),
                "a link to another site is https:// and at most 2,000 characters",
            ),
            Self::Telephone(number) => ensure(
                (3..=30).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit() || b" +-".contains(&b)),
                "a telephone number is digits, spaces, + and -",
            ),
            Self::Email(address) => ensure(
                address.len() <= 254
                    && address.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
                    && address.bytes().all(|b| b.is_ascii_alphanumeric() || b"@.-_+".contains(&b)),
                "this is no e-mail address",
            ),
        }
    }
}

impl Block {
    fn check(&self) -> Result<(), &'static str> {
        match self {
            Self::Heading { text: words, level } => {
                ensure(matches!(level, 2 | 3), "a heading's level is 2 or 3")?;
                text(words)
            }
            Self::Markdown { text: source } => text(source),
            Self::Cards { cards } => {
                ensure(cards.len() <= 100, "at most 100 cards")?;
                cards.iter().try_for_each(|card| {
                    ensure(card.tags.len() <= 5, "a card has at most 5 tags")?;
                    texts([&card.title, &card.body].into_iter().chain(&card.tags))?;
                    card.link.as_ref().map_or(Ok(()), |link| link.target.check())
                })
            }
            Self::Figures { figures } => {
                ensure(figures.len() <= 50, "at most 50 figures")?;
                figures.iter().try_for_each(|figure| {
                    ensure(figure.value.chars().count() <= 40, "a figure's value has at most 40 characters")?;
                    texts([&figure.label].into_iter().chain(&figure.unit).chain(&figure.note))
                })
            }
            Self::Table(table) => {
                let columns = table.columns.len();
                ensure(
                    (1..=12).contains(&columns) && table.rows.len() <= 500,
                    "a table has 1 to 12 columns and at most 500 rows",
                )?;
                ensure(
                    table.rows.iter().all(|row| row.len() == columns),
                    "a row is not as long as the table's columns",
                )?;
                text(&table.caption)?;
                texts(table.columns.iter().map(|column| &column.title).chain(table.rows.iter().flatten()))
            }
            Self::Chart(chart) => {
                let labels = chart.labels.len();
                ensure(
                    (1..=60).contains(&labels) && (1..=6).contains(&chart.series.len()),
                    "a chart has 1 to 60 labels and 1 to 6 series",
                )?;
                ensure(
                    chart.series.iter().all(|series| series.values.len() == labels),
                    "a series is not as long as the chart's labels",
                )?;
                ensure(
                    chart
                        .series
                        .iter()
                        .flat_map(|series| &series.values)
                        .all(|value| value.is_finite() && value.abs() < 1e15),
                    "a chart's number is not finite or too large",
                )?;
                texts(
                    [&chart.caption, &chart.unit]
                        .into_iter()
                        .chain(&chart.labels)
                        .chain(chart.series.iter().map(|s| &s.name)),
                )
            }
            Self::Notice { title, body, .. } => texts([title, body]),
            Self::Form { service } => ensure(Slug::parse(service.as_str()).is_ok(), "a form names its service by id"),
            Self::Steps { steps } => {
                ensure(steps.len() <= 50, "at most 50 steps")?;
                texts(steps.iter().flat_map(|step| [&step.title, &step.body]))
            }
            Self::Contact(contact) => {
                if let Some(number) = &contact.telephone {
                    LinkTarget::Telephone(number.clone()).check()?;
                }
                if let Some(address) = &contact.email {
                    LinkTarget::Email(address.clone()).check()?;
                }
                texts([&contact.name].into_iter().chain(&contact.address).chain(&contact.hours))
            }
            Self::Links { links } => {
                ensure(links.len() <= 100, "at most 100 links")?;
                links.iter().try_for_each(|link| {
                    text(&link.label)?;
                    link.target.check()
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_nowhere_but_where_the_contract_lets_it() {
        for bad in ["javascript:alert(1)", "http://example.com", "https://", "https://a b", "https://a\"onclick=x"] {
            assert!(LinkTarget::Site(bad.into()).check().is_err(), "{bad}");
        }
        assert!(LinkTarget::Site("https://www.xuchang.gov.cn/a?b=1".into()).check().is_ok());
        assert!(LinkTarget::Page("../../console".into()).check().is_err());
        assert!(LinkTarget::Email("a@b.cn\"><script>".into()).check().is_err());
    }

    #[test]
    fn a_table_with_a_short_row_is_refused_with_its_block() {
        let table = Table {
            caption: Text::zh("表"),
            columns: vec![
                Column { title: Text::zh("甲"), at_end: false },
                Column { title: Text::zh("乙"), at_end: true },
            ],
            rows: vec![vec![Text::zh("1")]],
        };
        let page = Page {
            title: Text::zh("页"),
            summary: None,
            blocks: vec![Block::Heading { text: Text::zh("题"), level: 2 }, Block::Table(table)],
            basis: vec![],
        };
        assert_eq!(page.check().unwrap_err().block, 2);
    }
}
