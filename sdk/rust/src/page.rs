//! Pages, block by block: `Page::new(…).heading(…).markdown(…)`.

use crate::pages::{
    Alignment, Block, Card, Chart, ChartKind, Column, Contact, Figure, Heading, Notice, Page, Series, Step, Table, Tone,
};
use crate::types::{LegalBasis, Link, Period, Served, Text};
use crate::zones::Zone;

impl Zone {
    /// A zone for enterprises.
    pub fn new(id: impl Into<String>, title: impl Into<Text>, summary: impl Into<Text>) -> Self {
        Self { id: id.into(), title: title.into(), summary: summary.into(), served: vec![Served::Enterprise] }
    }

    /// Whom it serves, instead of enterprises alone.
    #[must_use]
    pub fn serving(mut self, served: &[Served]) -> Self {
        self.served = served.to_vec();
        self
    }
}

impl Page {
    /// A page with nothing on it yet.
    pub fn new(title: impl Into<Text>) -> Self {
        Self { title: title.into(), summary: None, blocks: Vec::new(), basis: Vec::new() }
    }

    /// One or two sentences below the title.
    #[must_use]
    pub fn summary(mut self, summary: impl Into<Text>) -> Self {
        self.summary = Some(summary.into());
        self
    }

    /// Adds any block.
    #[must_use]
    pub fn block(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    /// Adds a heading of level 2.
    #[must_use]
    pub fn heading(self, text: impl Into<Text>) -> Self {
        self.block(Block::Heading(Heading { text: text.into(), level: 2 }))
    }

    /// Adds markdown: `CommonMark` with tables.
    #[must_use]
    pub fn markdown(self, text: impl Into<Text>) -> Self {
        self.block(Block::Markdown(text.into()))
    }

    /// Adds cards side by side.
    #[must_use]
    pub fn cards(self, cards: impl IntoIterator<Item = Card>) -> Self {
        self.block(Block::Cards(cards.into_iter().collect()))
    }

    /// Adds key figures.
    #[must_use]
    pub fn figures(self, figures: impl IntoIterator<Item = Figure>) -> Self {
        self.block(Block::Figures(figures.into_iter().collect()))
    }

    /// Adds a table.
    #[must_use]
    pub fn table(self, table: Table) -> Self {
        self.block(Block::Table(table))
    }

    /// Adds a chart.
    #[must_use]
    pub fn chart(self, chart: Chart) -> Self {
        self.block(Block::Chart(chart))
    }

    /// Adds a notice; its body is markdown.
    #[must_use]
    pub fn notice(self, tone: Tone, title: impl Into<Text>, body: impl Into<Text>) -> Self {
        self.block(Block::Notice(Notice { tone, title: title.into(), body: body.into() }))
    }

    /// Adds the form of one of this plugin's services.
    #[must_use]
    pub fn form(self, service: impl Into<String>) -> Self {
        self.block(Block::Form(service.into()))
    }

    /// Adds the steps of a procedure.
    #[must_use]
    pub fn steps(self, steps: impl IntoIterator<Item = Step>) -> Self {
        self.block(Block::Steps(steps.into_iter().collect()))
    }

    /// Adds whom to ask.
    #[must_use]
    pub fn contact(self, contact: Contact) -> Self {
        self.block(Block::Contact(contact))
    }

    /// Adds a list of links; nothing where there are none.
    #[must_use]
    pub fn links(self, links: impl IntoIterator<Item = Link>) -> Self {
        let links: Vec<Link> = links.into_iter().collect();
        if links.is_empty() { self } else { self.block(Block::Links(links)) }
    }

    /// Adds what the page stands on.
    #[must_use]
    pub fn basis(mut self, basis: LegalBasis) -> Self {
        self.basis.push(basis);
        self
    }
}

impl Card {
    /// A card; its body is markdown.
    pub fn new(title: impl Into<Text>, body: impl Into<Text>) -> Self {
        Self { title: title.into(), body: body.into(), tags: Vec::new(), link: None }
    }

    /// Adds a short mark above the title; at most 5.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<Text>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// Where the card leads.
    #[must_use]
    pub fn link(mut self, link: Link) -> Self {
        self.link = Some(link);
        self
    }
}

impl Figure {
    /// A number as it is shown.
    pub fn new(label: impl Into<Text>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), unit: None, note: None }
    }

    /// Its unit.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<Text>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// What it says and as of when.
    #[must_use]
    pub fn note(mut self, note: impl Into<Text>) -> Self {
        self.note = Some(note.into());
        self
    }
}

impl Table {
    /// A table without columns yet.
    pub fn new(caption: impl Into<Text>) -> Self {
        Self { caption: caption.into(), columns: Vec::new(), rows: Vec::new() }
    }

    /// Adds a column of words.
    #[must_use]
    pub fn column(mut self, title: impl Into<Text>) -> Self {
        self.columns.push(Column { title: title.into(), align: Alignment::Start });
        self
    }

    /// Adds a column of numbers, set at its end.
    #[must_use]
    pub fn number_column(mut self, title: impl Into<Text>) -> Self {
        self.columns.push(Column { title: title.into(), align: Alignment::End });
        self
    }

    /// Adds a row, as long as there are columns.
    #[must_use]
    pub fn row<const N: usize>(mut self, cells: [Text; N]) -> Self {
        self.rows.push(cells.into());
        self
    }
}

impl Chart {
    /// A bar chart of what `unit` counts.
    pub fn bars(caption: impl Into<Text>, unit: impl Into<Text>, labels: impl IntoIterator<Item = Text>) -> Self {
        Self {
            caption: caption.into(),
            kind: ChartKind::Bar,
            unit: unit.into(),
            labels: labels.into_iter().collect(),
            series: Vec::new(),
        }
    }

    /// A line chart.
    pub fn lines(caption: impl Into<Text>, unit: impl Into<Text>, labels: impl IntoIterator<Item = Text>) -> Self {
        Self { kind: ChartKind::Line, ..Self::bars(caption, unit, labels) }
    }

    /// Adds a series, one number per label.
    #[must_use]
    pub fn series(mut self, name: impl Into<Text>, values: impl IntoIterator<Item = f64>) -> Self {
        self.series.push(Series { name: name.into(), values: values.into_iter().collect() });
        self
    }
}

impl Step {
    /// One step.
    pub fn new(title: impl Into<Text>, body: impl Into<Text>) -> Self {
        Self { title: title.into(), body: body.into(), takes: None }
    }

    /// How long it takes at most.
    #[must_use]
    pub fn takes(mut self, period: Period) -> Self {
        self.takes = Some(period);
        self
    }
}

impl Contact {
    /// An office, without a way to reach it yet.
    pub fn new(name: impl Into<Text>) -> Self {
        Self { name: name.into(), telephone: None, email: None, address: None, hours: None }
    }

    /// Its telephone.
    #[must_use]
    pub fn telephone(mut self, number: impl Into<String>) -> Self {
        self.telephone = Some(number.into());
        self
    }

    /// Where it is.
    #[must_use]
    pub fn address(mut self, address: impl Into<Text>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// When it is open.
    #[must_use]
    pub fn hours(mut self, hours: impl Into<Text>) -> Self {
        self.hours = Some(hours.into());
        self
    }
}
