//! Blocks as HTML: what a plugin's page becomes.

use std::collections::BTreeMap;

use askama::Template;
use askama::filters::Safe;
use lotus_domain::Slug;
use lotus_domain::page::{Block, Chart, Link, LinkTarget, Table, Tone};
use lotus_domain::text::Text;

use crate::language::Words;
use crate::render::link::{Standing, is_outward};
use crate::render::{chart, markdown, vocabulary};

/// The forms that a page's blocks name, rendered, by their service.
pub(crate) type Forms = BTreeMap<Slug, Safe<String>>;

/// Blocks, where they stand.
#[derive(Template)]
#[template(path = "blocks.html")]
pub(crate) struct BlocksView<'a> {
    w: Words,
    standing: Standing<'a>,
    blocks: &'a [Block],
    forms: &'a Forms,
}

impl<'a> BlocksView<'a> {
    /// The blocks of a page that stands there.
    pub(crate) fn new(words: Words, standing: Standing<'a>, blocks: &'a [Block], forms: &'a Forms) -> Self {
        Self { w: words, standing, blocks, forms }
    }

    /// The level of headings inside this block: one below the heading that it stands under, so that none is skipped.
    fn below(&self, index: &usize) -> u8 {
        let above = self.blocks.iter().take(*index).rev().find_map(|block| match block {
            Block::Heading { level, .. } => Some(*level),
            _ => None,
        });
        above.map_or(2, |level| level + 1)
    }

    fn markdown(&self, text: &Text) -> Safe<String> {
        markdown::markdown(self.w, text)
    }

    fn chart(&self, drawn: &Chart, id: &usize) -> Safe<String> {
        chart::draw(drawn, *id, self.w)
    }

    fn key(drawn: &Chart, id: &usize, series: &usize) -> Safe<String> {
        chart::key(drawn, *id, *series)
    }

    fn address(&self, target: &LinkTarget) -> String {
        self.standing.address(target)
    }

    fn form(&self, service: &str) -> Option<&Safe<String>> {
        Slug::parse(service).ok().and_then(|id| self.forms.get(&id))
    }

    fn outward(link: &Link) -> bool {
        is_outward(&link.target)
    }

    fn at_end(table: &Table, column: &usize) -> bool {
        table.columns.get(*column).is_some_and(|column| column.at_end)
    }

    /// The chart's table: each label with its numbers.
    fn chart_rows(drawn: &Chart) -> Vec<(&Text, Vec<String>)> {
        let values = |row: usize| {
            drawn
                .series
                .iter()
                .map(|series| series.values.get(row).map(|value| chart::number(*value)).unwrap_or_default())
                .collect()
        };
        drawn.labels.iter().enumerate().map(|(row, label)| (label, values(row))).collect()
    }

    fn tone_class(tone: &Tone) -> &'static str {
        vocabulary::tone_class(tone)
    }
}

#[cfg(test)]
mod tests {
    use lotus_domain::district::Division;
    use lotus_domain::law::Period;
    use lotus_domain::page::{Card, Column, Contact, Figure, Step};
    use lotus_domain::text::Language;

    use super::*;

    fn rendered(blocks: &[Block], language: Language) -> String {
        let division = Division::parse("411081").unwrap();
        let zone = Slug::parse("flowers").unwrap();
        let forms = Forms::from([(Slug::parse("advice").unwrap(), Safe("<form>…</form>".to_owned()))]);
        let standing = Standing { division: &division, zone: Some(&zone) };
        BlocksView::new(Words::of(language), standing, blocks, &forms).render().unwrap()
    }

    fn every_kind() -> Vec<Block> {
        let text = Text::new;
        vec![
            Block::Heading { text: text("办什么", "What you can do"), level: 2 },
            Block::Markdown { text: text("**一律不收费**", "**free**") },
            Block::Cards {
                cards: vec![Card {
                    title: text("贷款贴息", "Loan"),
                    body: text("填三个数", "Three numbers"),
                    tags: vec![text("金融", "Finance")],
                    link: Some(Link {
                        label: text("去办理", "Apply"), target: LinkTarget::Service("advice".into())
                    }),
                }],
            },
            Block::Figures {
                figures: vec![Figure {
                    label: text("企业", "Firms"),
                    value: "286".into(),
                    unit: Some(text("家", "firms")),
                    note: None,
                }],
            },
            Block::Table(Table {
                caption: text("政策", "Policies"),
                columns: vec![
                    Column { title: text("政策", "Policy"), at_end: false },
                    Column { title: text("标准", "Amount"), at_end: true },
                ],
                rows: vec![vec![Text::zh("甲"), Text::zh("5")]],
            }),
            Block::Notice {
                tone: Tone::Urgent, title: text("汛期", "Flood"), body: text("停电断气", "Close the gas")
            },
            Block::Form { service: "advice".into() },
            Block::Form { service: "not-there".into() },
            Block::Steps {
                steps: vec![Step {
                    title: text("核验", "Verify"),
                    body: text("部门核验", "The bureau verifies"),
                    takes: Some(Period::working_days(5)),
                }],
            },
            Block::Contact(Contact {
                name: text("专窗", "Counter"),
                telephone: Some("0374-8000148".into()),
                email: Some("a@b.cn".into()),
                address: Some(text("二楼", "Floor 2")),
                hours: None,
            }),
            Block::Links {
                links: vec![
                    Link { label: text("政策", "Policies"), target: LinkTarget::Page("policies".into()) },
                    Link {
                        label: text("省网", "Province"),
                        target: LinkTarget::Site("https://www.hnzwfw.gov.cn".into()),
                    },
                ],
            },
        ]
    }

    #[test]
    fn every_kind_of_block_has_its_html() {
        insta::assert_snapshot!("blocks_zh", rendered(&every_kind(), Language::Zh));
        insta::assert_snapshot!("blocks_en", rendered(&every_kind(), Language::En));
    }

    #[test]
    fn markup_in_any_text_is_shown_and_not_run() {
        let evil = || Text::new("<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>");
        let mut blocks = every_kind();
        for block in &mut blocks {
            match block {
                Block::Heading { text, .. } | Block::Markdown { text } => *text = evil(),
                Block::Cards { cards } => {
                    for card in cards {
                        (card.title, card.body, card.tags) = (evil(), evil(), vec![evil()]);
                        card.link =
                            Some(Link { label: evil(), target: LinkTarget::Site("javascript:alert(1)".into()) });
                    }
                }
                Block::Figures { figures } => {
                    for figure in figures {
                        (figure.label, figure.unit, figure.note) = (evil(), Some(evil()), Some(evil()));
                        figure.value = evil().zh;
                    }
                }
                Block::Table(table) => (table.caption, table.rows) = (evil(), vec![vec![evil(), evil()]]),
                Block::Notice { title, body, .. } => (*title, *body) = (evil(), evil()),
                Block::Steps { steps } => {
                    for step in steps {
                        (step.title, step.body) = (evil(), evil());
                    }
                }
                Block::Contact(contact) => {
                    (contact.name, contact.address) = (evil(), Some(evil()));
                    (contact.telephone, contact.email) = (Some(evil().zh), Some(evil().zh));
                }
                Block::Links { links } => {
                    for link in links {
                        link.label = evil();
                        link.target = LinkTarget::Site("https://e.cn/\"><script>".into());
                    }
                }
                Block::Chart(_) | Block::Form { .. } => {}
            }
        }
        for language in [Language::Zh, Language::En] {
            let html = rendered(&blocks, language);
            for evil in ["<script", "<img", "javascript:", "\"><"] {
                let found =
                    html.match_indices(evil).find(|(at, _)| evil != "\"><" || html[..*at].ends_with("onerror="));
                assert!(found.is_none(), "{evil} in {html}");
            }
        }
    }
}
