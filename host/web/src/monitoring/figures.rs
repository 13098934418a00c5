//! Indicators as pages show them: numbers with their units, charts, tables; small numbers kept back.

use askama::Template;
use askama::filters::Safe;
use jiff::civil::Date;
use lotus_domain::monitoring::{Group, Indicator, Month, SMALL, Tally, indicator, indicators};
use lotus_domain::page::{Chart, ChartKind, Series};
use lotus_domain::text::Text;

use crate::error::Error;
use crate::language::Words;
use crate::portal::rendered;
use crate::render::chart;

/// An indicator's value with what it was before.
pub(super) struct Figure {
    pub(super) title: Text,
    pub(super) definition: Text,
    pub(super) value: String,
    pub(super) before: String,
    pub(super) year_before: String,
}

/// The indicators of a group.
pub(super) struct Figures {
    pub(super) title: Text,
    pub(super) figures: Vec<Figure>,
}

/// A value in words; what is not known is a dash.
pub(super) fn written(words: Words, indicator: &Indicator, value: Option<f64>) -> String {
    value.map_or_else(|| "—".to_owned(), |value| words.text(&indicator.unit.written(value)).to_owned())
}

/// A value as a table shows it: kept back where it stands on too few cases.
pub(super) fn cell(words: Words, id: &str, tally: &Tally) -> String {
    let Some(indicator) = indicator(id) else { return String::new() };
    let volume = indicator.volume(tally);
    match indicator.value(tally) {
        Some(_) if (1..SMALL).contains(&volume) => words.t1("monitoring-few", "n", SMALL),
        Some(value) if indicator.group == Group::Effect && volume == 0 && value == 0.0 => "0".to_owned(),
        value => value.map_or_else(|| "—".to_owned(), |value| indicator.unit.number(value)),
    }
}

/// The groups with what a month, the month before and the year before say; an indicator of which nothing is known is left out.
pub(super) fn groups(words: Words, now: &Tally, before: &Tally, year_before: &Tally) -> Vec<Figures> {
    let figure = |indicator: &Indicator| Figure {
        title: indicator.title.clone(),
        definition: indicator.definition.clone(),
        value: written(words, indicator, indicator.value(now)),
        before: written(words, indicator, indicator.value(before)),
        year_before: written(words, indicator, indicator.value(year_before)),
    };
    Group::ALL
        .into_iter()
        .map(|group| Figures {
            title: group.title(),
            figures: indicators().iter().filter(|one| one.group == group).map(figure).collect(),
        })
        .collect()
}

/// A month under an axis.
fn label(month: Month) -> Text {
    Text::zh(month.to_string())
}

/// A chart of indicators over months: none where nothing is known of any. Months before the first number are left out.
pub(super) fn trend(caption: Text, kind: ChartKind, ids: &[&str], months: &[(Month, Tally)]) -> Option<Chart> {
    let shown: Vec<&Indicator> = ids.iter().filter_map(|id| indicator(id)).collect();
    let unit = shown.first()?.unit;
    let scale = if unit.name() == "percent" { 100.0 } else { 1.0 };
    let rows: Vec<(Month, Vec<f64>)> = months
        .iter()
        .filter_map(|(month, tally)| {
            let values = shown.iter().map(|one| Some(one.value(tally)? * scale)).collect::<Option<Vec<f64>>>()?;
            Some((*month, values))
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let series = shown.iter().enumerate().map(|(at, one)| Series {
        name: one.title.clone(),
        values: rows.iter().filter_map(|(_, values)| values.get(at).copied()).collect(),
    });
    Some(Chart {
        caption,
        kind,
        unit: unit.title(),
        series: series.collect(),
        labels: rows.iter().map(|(month, _)| label(*month)).collect(),
    })
}

/// The course of a find: its indicator by period.
pub(super) fn course(indicator: &Indicator, caption: Text, course: &[(Date, Option<f64>)]) -> Option<Chart> {
    let scale = if indicator.unit.name() == "percent" { 100.0 } else { 1.0 };
    let rows: Vec<(Date, f64)> = course.iter().filter_map(|(day, value)| Some((*day, (*value)? * scale))).collect();
    if rows.is_empty() {
        return None;
    }
    let from = rows.len().saturating_sub(60);
    let rows = rows.get(from..).unwrap_or_default();
    Some(Chart {
        caption,
        kind: ChartKind::Line,
        unit: indicator.unit.title(),
        labels: rows.iter().map(|(day, _)| Text::zh(day.to_string())).collect(),
        series: vec![Series { name: indicator.title.clone(), values: rows.iter().map(|(_, value)| *value).collect() }],
    })
}

#[derive(Template)]
#[template(path = "monitoring_chart.html")]
struct ChartView<'a> {
    w: Words,
    drawn: &'a Chart,
    id: usize,
}

impl ChartView<'_> {
    fn chart(&self) -> Safe<String> {
        chart::draw(self.drawn, self.id, self.w)
    }

    fn key(&self, series: &usize) -> Safe<String> {
        chart::key(self.drawn, self.id, *series)
    }

    fn rows(&self) -> Vec<(&Text, Vec<String>)> {
        let row = |(at, label)| {
            let values =
                self.drawn.series.iter().map(|series: &Series| {
                    series.values.get(at).map(|value| chart::number(*value)).unwrap_or_default()
                });
            (label, values.collect())
        };
        self.drawn.labels.iter().enumerate().map(row).collect()
    }
}

/// Charts as parts of a page, each with the table of its numbers.
pub(super) fn drawn(words: Words, charts: &[Chart]) -> Result<Vec<Safe<String>>, Error> {
    (1..).zip(charts).map(|(id, drawn)| rendered(&ChartView { w: words, drawn, id })).collect()
}
