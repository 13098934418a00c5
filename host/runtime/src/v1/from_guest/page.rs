//! Pages: what a block may hold is checked by the domain once the whole page is there.

use lotus_domain::page::{Block, Card, Chart, ChartKind, Column, Contact, Figure, Page, Series, Step, Table, Tone};

use super::words::{basis, link, period, raw, short};
use super::{Fit, Misfit};
use crate::v1::bindings::lotus::plugin::pages;

pub(super) fn page(page: pages::Page) -> Fit<Page> {
    let page = Page {
        title: short(page.title, "a page's title")?,
        summary: page.summary.map(raw),
        blocks: page.blocks.into_iter().map(block).collect::<Fit<_>>()?,
        basis: page.basis.into_iter().map(basis).collect::<Fit<_>>()?,
    };
    page.check().map_err(Misfit::of)?;
    Ok(page)
}

fn block(block: pages::Block) -> Fit<Block> {
    Ok(match block {
        pages::Block::Heading(heading) => Block::Heading { text: raw(heading.text), level: heading.level },
        pages::Block::Markdown(source) => Block::Markdown { text: raw(source) },
        pages::Block::Cards(cards) => Block::Cards { cards: cards.into_iter().map(card).collect::<Fit<_>>()? },
        pages::Block::Figures(figures) => Block::Figures {
            figures: figures
                .into_iter()
                .map(|figure| Figure {
                    label: raw(figure.label),
                    value: figure.value,
                    unit: figure.unit.map(raw),
                    note: figure.note.map(raw),
                })
                .collect(),
        },
        pages::Block::Table(table) => Block::Table(Table {
            caption: raw(table.caption),
            columns: table
                .columns
                .into_iter()
                .map(|column| Column {
                    title: raw(column.title),
                    at_end: matches!(column.align, pages::Alignment::End),
                })
                .collect(),
            rows: table.rows.into_iter().map(|row| row.into_iter().map(raw).collect()).collect(),
        }),
        pages::Block::Chart(chart) => Block::Chart(Chart {
            caption: raw(chart.caption),
            kind: match chart.kind {
                pages::ChartKind::Bar => ChartKind::Bar,
                pages::ChartKind::Line => ChartKind::Line,
            },
            unit: raw(chart.unit),
            labels: chart.labels.into_iter().map(raw).collect(),
            series: chart
                .series
                .into_iter()
                .map(|series| Series { name: raw(series.name), values: series.values })
                .collect(),
        }),
        pages::Block::Notice(notice) => Block::Notice {
            tone: match notice.tone {
                pages::Tone::Info => Tone::Info,
                pages::Tone::Good => Tone::Good,
                pages::Tone::Attention => Tone::Attention,
                pages::Tone::Urgent => Tone::Urgent,
            },
            title: raw(notice.title),
            body: raw(notice.body),
        },
        pages::Block::Form(service) => Block::Form { service },
        pages::Block::Steps(steps) => Block::Steps {
            steps: steps
                .into_iter()
                .map(|step| Step { title: raw(step.title), body: raw(step.body), takes: step.takes.map(period) })
                .collect(),
        },
        pages::Block::Contact(contact) => Block::Contact(Contact {
            name: raw(contact.name),
            telephone: contact.telephone,
            email: contact.email,
            address: contact.address.map(raw),
            hours: contact.hours.map(raw),
        }),
        pages::Block::Links(links) => Block::Links { links: links.into_iter().map(link).collect::<Fit<_>>()? },
    })
}

fn card(card: pages::Card) -> Fit<Card> {
    Ok(Card {
        title: raw(card.title),
        body: raw(card.body),
        tags: card.tags.into_iter().map(raw).collect(),
        link: card.link.map(link).transpose()?,
    })
}
