//! Charts as SVG that is readable without colour, without a script, and by whoever has it read aloud: each series has a
//! pattern or a dash of its own, and the table of its numbers stands behind it.
//!
//! Colours and dashes are classes: our pages allow no style attributes.

use std::fmt::Write as _;

use askama::filters::Safe;
use lotus_domain::page::{Chart, ChartKind};

use crate::language::{Words, escaped};

/// The drawing is laid out for a phone and grows with the page.
const LEAST_WIDTH: f64 = 400.0;
const HEIGHT: f64 = 250.0;
const TOP: f64 = 28.0;
const BOTTOM: f64 = 34.0;
const RIGHT: f64 = 12.0;
/// Numbers stand above bars where there are no more bars than this.
const FEW: usize = 14;

/// Where numbers lie on the drawing.
struct Scale {
    low: f64,
    high: f64,
    step: f64,
    left: f64,
    /// Width of one label's place.
    slot: f64,
    width: f64,
}

impl Scale {
    fn of(chart: &Chart, words: Words) -> Self {
        let values = || chart.series.iter().flat_map(|series| series.values.iter().copied());
        let (mut low, mut high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        // Bars stand on nought; a line may show its own range only where nought is far away.
        if chart.kind == ChartKind::Bar || low < (high - low) * 1.5 {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        if (high - low).abs() < f64::EPSILON {
            high = low + 1.0;
        }
        let step = nice((high - low) / 4.0);
        let (low, high) = ((low / step).floor() * step, (high / step).ceil() * step);
        let widest = ticks(low, high, step).map(|tick| width(&number(tick))).fold(0.0, f64::max);
        let left = widest + 12.0;
        let labels = count(chart.labels.len());
        let bars = if chart.kind == ChartKind::Bar { count(chart.series.len()) } else { 1.0 };
        let label = chart.labels.iter().map(|label| width(words.text(label))).fold(0.0, f64::max);
        let slot = ((LEAST_WIDTH - left - RIGHT) / labels).max(bars * 9.0 + 8.0).max(label.min(30.0) * 0.5);
        Self { low, high, step, left, slot, width: left + slot * labels + RIGHT }
    }

    fn y(&self, value: f64) -> f64 {
        TOP + (self.high - value) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM)
    }

    fn middle(&self, index: usize) -> f64 {
        self.left + self.slot * (count(index) + 0.5)
    }
}

/// Charts have at most 60 labels: nothing is lost here.
fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(0.0, f64::from)
}

/// The next of 1, 2, 2.5, 5 times a power of ten.
fn nice(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|nice| *nice >= step).unwrap_or(step)
}

fn ticks(low: f64, high: f64, step: f64) -> impl Iterator<Item = f64> {
    (0..=20_u32).map(move |n| low + f64::from(n) * step).take_while(move |tick| *tick <= high + step / 2.0)
}

/// A number as it is written: thousands separated, no needless decimals.
pub(crate) fn number(value: f64) -> String {
    let rounded = format!("{:.*}", if value.abs() >= 1000.0 { 1 } else { 2 }, value);
    let (whole, fraction) = rounded.split_once('.').unwrap_or((&rounded, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("−", digits));
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let fraction = fraction.trim_end_matches('0');
    let sign = if digits == "0" && fraction.is_empty() { "" } else { sign };
    if fraction.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{fraction}") }
}

/// About how wide a text is at the size of labels.
fn width(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 6.2 } else { 11.0 }).sum()
}

/// Draws a chart; `id` is its own on the page.
pub(crate) fn draw(chart: &Chart, id: usize, words: Words) -> Safe<String> {
    let scale = Scale::of(chart, words);
    let mut svg = String::with_capacity(4096);
    // Writing to a string can't fail.
    let _ = write!(
        svg,
        "<svg class=\"chart\" viewBox=\"0 0 {:.0} {HEIGHT:.0}\" role=\"img\" aria-labelledby=\"chart-{id}-title chart-{id}-about\"><title id=\"chart-{id}-title\">{}</title><desc id=\"chart-{id}-about\">{}</desc>",
        scale.width,
        escaped(words.text(&chart.caption)),
        escaped(&about(chart, words)),
    );
    let _ = write!(svg, "<text class=\"unit\" x=\"{:.1}\" y=\"14\">{}</text>", 2.0, escaped(words.text(&chart.unit)));
    axes(&mut svg, chart, &scale, words);
    match chart.kind {
        ChartKind::Bar => bars(&mut svg, chart, &scale, id),
        ChartKind::Line => lines(&mut svg, chart, &scale),
    }
    svg.push_str("</svg>");
    Safe(svg)
}

/// What one would say of it on the telephone: each series from its first number to its last.
fn about(chart: &Chart, words: Words) -> String {
    let (first, last) = (chart.labels.first(), chart.labels.last());
    let said = chart.series.iter().filter_map(|series| {
        Some(words.with(
            "chart-about",
            &[
                ("series", &words.text(&series.name)),
                ("first", &words.text(first?)),
                ("from", &number(*series.values.first()?)),
                ("last", &words.text(last?)),
                ("to", &number(*series.values.last()?)),
            ],
        ))
    });
    said.collect::<Vec<_>>().join(" ")
}

fn axes(svg: &mut String, chart: &Chart, scale: &Scale, words: Words) {
    for tick in ticks(scale.low, scale.high, scale.step) {
        let y = scale.y(tick);
        let class = if tick.abs() < scale.step / 1e6 { "nought" } else { "grid" };
        let _ = write!(
            svg,
            "<line class=\"{class}\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text class=\"tick\" text-anchor=\"end\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            scale.left,
            scale.width - RIGHT,
            scale.left - 6.0,
            y + 4.0,
            number(tick)
        );
    }
    let widest = chart.labels.iter().map(|label| width(words.text(label))).fold(0.0, f64::max);
    // Only so many labels are written as there is room for; the table has them all.
    let every = (1..=chart.labels.len()).find(|every| count(*every) * scale.slot >= widest + 6.0).unwrap_or(1);
    for (index, label) in chart.labels.iter().enumerate().step_by(every) {
        let _ = write!(
            svg,
            "<text class=\"tick\" text-anchor=\"middle\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            scale.middle(index),
            HEIGHT - 12.0,
            escaped(words.text(label))
        );
    }
}

/// The hatchings that tell series apart where colours don't; the first is plain.
fn patterns(svg: &mut String, id: usize, series: usize) {
    let strokes = ["", "M0 6 6 0", "M0 3H6", "M3 0V6", "M0 0 6 6M6 0 0 6", "M1 1h2v2h-2z"];
    svg.push_str("<defs>");
    for (number, stroke) in strokes.iter().enumerate().take(series).skip(1) {
        let _ = write!(
            svg,
            "<pattern id=\"chart-{id}-{number}\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><path class=\"hatch\" d=\"{stroke}\"/></pattern>"
        );
    }
    svg.push_str("</defs>");
}

fn bars(svg: &mut String, chart: &Chart, scale: &Scale, id: usize) {
    patterns(svg, id, chart.series.len());
    let bar = ((scale.slot - 8.0) / count(chart.series.len())).min(34.0);
    let numbered = chart.labels.len() * chart.series.len() <= FEW;
    for (series, drawn) in chart.series.iter().enumerate() {
        for (index, value) in drawn.values.iter().enumerate() {
            let middle = count(chart.series.len()) / 2.0;
            let x = scale.middle(index) + (count(series) - middle) * bar;
            let (top, bottom) = (scale.y(value.max(0.0)), scale.y(value.min(0.0)));
            let shape = format!(
                "x=\"{:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\"",
                x + 0.5,
                (bar - 1.0).max(1.0),
                (bottom - top).max(0.5)
            );
            let _ = write!(svg, "<rect class=\"fill-{}\" {shape}/>", series + 1);
            if series > 0 {
                let _ = write!(svg, "<rect fill=\"url(#chart-{id}-{series})\" {shape}/>");
            }
            if numbered {
                let y = if *value < 0.0 { bottom + 12.0 } else { top - 4.0 };
                let _ = write!(
                    svg,
                    "<text class=\"number\" text-anchor=\"middle\" x=\"{:.1}\" y=\"{y:.1}\">{}</text>",
                    x + bar / 2.0,
                    number(*value)
                );
            }
        }
    }
}

fn lines(svg: &mut String, chart: &Chart, scale: &Scale) {
    for (series, drawn) in chart.series.iter().enumerate() {
        let places: Vec<(f64, f64)> =
            drawn.values.iter().enumerate().map(|(index, value)| (scale.middle(index), scale.y(*value))).collect();
        let path: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = write!(svg, "<polyline class=\"stroke-{}\" points=\"{}\"/>", series + 1, path.join(" "));
        for (x, y) in &places {
            svg.push_str(&mark(series, *x, *y));
        }
    }
}

/// The mark of a series: round, square, upright, …; what tells lines apart where colours don't.
fn mark(series: usize, x: f64, y: f64) -> String {
    let class = series + 1;
    match series % 3 {
        0 => format!("<circle class=\"fill-{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>"),
        1 => {
            format!("<rect class=\"fill-{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"6\" height=\"6\"/>", x - 3.0, y - 3.0)
        }
        _ => format!(
            "<path class=\"fill-{class}\" d=\"M{x:.1} {:.1} {:.1} {:.1} {:.1} {:.1}z\"/>",
            y - 4.0,
            x + 4.0,
            y + 3.0,
            x - 4.0,
            y + 3.0
        ),
    }
}

/// The key to a series: the same fill or dash as in the drawing.
pub(crate) fn key(chart: &Chart, id: usize, series: usize) -> Safe<String> {
    let class = series + 1;
    let drawn = match chart.kind {
        ChartKind::Bar if series > 0 => format!(
            "<rect class=\"fill-{class}\" width=\"22\" height=\"12\"/><rect fill=\"url(#chart-{id}-{series})\" width=\"22\" height=\"12\"/>"
        ),
        ChartKind::Bar => format!("<rect class=\"fill-{class}\" width=\"22\" height=\"12\"/>"),
        ChartKind::Line => {
            format!("<polyline class=\"stroke-{class}\" points=\"0,6 22,6\"/>{}", mark(series, 11.0, 6.0))
        }
    };
    Safe(format!("<svg class=\"key\" viewBox=\"0 0 22 12\" aria-hidden=\"true\">{drawn}</svg>"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lotus_domain::page::Series;
    use lotus_domain::text::{Language, Text};

    fn chart(kind: ChartKind, labels: usize, series: &[&[f64]]) -> Chart {
        Chart {
            caption: Text::zh("产值 <b>"),
            kind,
            unit: Text::zh("亿元"),
            labels: (0..labels).map(|n| Text::zh((2021 + n).to_string())).collect(),
            series: series.iter().map(|values| Series { name: Text::zh("产值"), values: values.to_vec() }).collect(),
        }
    }

    #[test]
    fn numbers_are_written_as_people_write_them() {
        let written = [0.0, 1.5, 1_286.0, -0.001, -1234.56, 1e14].map(number);
        assert_eq!(written, ["0", "1.5", "1,286", "0", "−1,234.6", "100,000,000,000,000"]);
    }

    #[test]
    fn bars_are_drawn_with_their_hatching_and_without_a_style_attribute() {
        let svg =
            draw(&chart(ChartKind::Bar, 3, &[&[25.4, 27.1, 29.8], &[1.1, 0.0, -2.0]]), 1, Words::of(Language::Zh)).0;
        assert!(!svg.contains("style=") && !svg.contains("<b>"));
        insta::assert_snapshot!(svg.replace("><", ">\n<"));
    }

    #[test]
    fn extreme_numbers_are_drawn_too() {
        let values: &[&[f64]] = &[&[0.0], &[5.0], &[-3.0], &[1e14], &[1e-9]];
        for value in values {
            for kind in [ChartKind::Bar, ChartKind::Line] {
                let svg = draw(&chart(kind, 1, &[value]), 1, Words::of(Language::En)).0;
                assert!(!svg.contains("NaN") && !svg.contains("inf"), "{value:?}: {svg}");
            }
        }
        let many: Vec<f64> = (0..60).map(f64::from).collect();
        let six = [many.as_slice(); 6];
        assert!(draw(&chart(ChartKind::Bar, 60, &six), 2, Words::of(Language::Zh)).0.len() < 200_000);
    }
}
