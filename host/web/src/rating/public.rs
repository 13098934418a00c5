//! `/d/{division}/ratings`: what everybody reads of a district's ratings, as a page and as open data.

use std::sync::Arc;

use askama::Template;
use askama::filters::Safe;
use axum::extract::{Query, State};
use axum::response::Response;
use lotus_domain::district::District;
use lotus_domain::page::{Block, Chart, ChartKind, Column, Figure, Series, Table};
use lotus_domain::rating::{Grade, Line, Published, Shown};
use lotus_domain::text::Text;
use lotus_platform::PublicRating;
use serde::Deserialize;

use super::tags;
use crate::app::App;
use crate::error::Error;
use crate::language::Words;
use crate::portal::{Place, rendered};
use crate::reader::{Reader, encoded};
use crate::render::block::{BlocksView, Forms};
use crate::render::frame::{Frame, Part, page};
use crate::render::link::Standing;

/// Whose numbers are asked for; the whole district's without.
#[derive(Deserialize)]
pub(super) struct Narrowing {
    department: Option<String>,
    item: Option<String>,
}

#[derive(Template)]
#[template(path = "ratings.html")]
struct RatingsPage {
    f: Frame,
    district: Arc<District>,
    /// The department or the item.
    of: Option<String>,
    blocks: Safe<String>,
    /// What else there is: an address's end, and its words.
    ways: Vec<(String, String)>,
    texts: Vec<Said>,
}

/// Something that was written. Where the numbers of its item are hidden, nothing of item, grade and tags is said.
struct Said {
    rating: PublicRating,
    item: Option<String>,
    grade: Option<Text>,
    tags: String,
}

/// Whether an item's numbers are shown.
fn is_shown(published: &Published, department: &str, item: Option<&str>) -> bool {
    let of = published.departments.iter().filter(|one| one.department == *department).flat_map(|one| &one.items);
    of.filter(|one| one.item.as_deref() == item).any(|one| one.line.total.counts().is_some())
}

/// A word in the reader's language, as blocks take it.
fn plain(word: impl Into<String>) -> Text {
    let word = word.into();
    Text::new(word.clone(), word)
}

fn share(share: Option<f64>) -> String {
    share.map_or_else(|| "—".to_owned(), |share| format!("{share:.1}%"))
}

fn figures(w: Words, total: Shown) -> Block {
    let few = || w.t(if total == Shown::Nobody { "ratings-nobody" } else { "ratings-few" });
    let of = |key: &str, value: String| Figure { label: plain(w.t(key)), value, unit: None, note: None };
    let counts = total.counts();
    let number = |number: u64| number.to_string();
    Block::Figures {
        figures: vec![
            of("ratings-total", counts.map_or_else(few, |counts| number(counts.total()))),
            of("ratings-satisfaction", counts.map_or_else(few, |counts| share(counts.satisfaction()))),
            of("ratings-bad", counts.map_or_else(few, |counts| number(counts.bad()))),
            of("ratings-rectified", counts.map_or_else(few, |counts| share(counts.rectified_share()))),
        ],
    }
}

/// A row's cells: how many, of which grade, how content.
fn cells(w: Words, name: Text, shown: Shown) -> Vec<Text> {
    let mut row = vec![name];
    match shown {
        Shown::Counts(counts) => {
            row.push(plain(counts.total().to_string()));
            row.extend(Grade::ALL.map(|grade| plain(counts.of(grade).to_string())));
            row.push(plain(share(counts.satisfaction())));
            row.push(plain(share(counts.rectified_share())));
        }
        hidden => {
            row.push(plain(w.t(if hidden == Shown::Nobody { "ratings-nobody" } else { "ratings-few" })));
            row.extend((0..7).map(|_| plain("—")));
        }
    }
    row
}

fn table(w: Words, caption: &str, first: &str, rows: Vec<Vec<Text>>) -> Block {
    let end = |title: Text| Column { title, at_end: true };
    let mut columns = vec![Column { title: plain(w.t(first)), at_end: false }, end(plain(w.t("ratings-total")))];
    columns.extend(Grade::ALL.map(|grade| end(grade.title())));
    columns.push(end(plain(w.t("ratings-satisfaction"))));
    columns.push(end(plain(w.t("ratings-rectified"))));
    Block::Table(Table { caption: plain(w.t(caption)), columns, rows })
}

/// A line's numbers, the chart of its months, and its months as a table.
fn blocks_of(w: Words, line: &Line) -> Vec<Block> {
    let mut blocks = vec![figures(w, line.total)];
    let known: Vec<(&str, f64)> = line
        .months
        .iter()
        .filter_map(|month| Some((month.month.as_str(), month.shown.counts()?.satisfaction()?)))
        .collect();
    if known.len() > 1 {
        blocks.push(Block::Chart(Chart {
            caption: plain(w.t("ratings-chart")),
            kind: ChartKind::Line,
            unit: plain("%"),
            labels: known.iter().map(|(month, _)| plain(*month)).collect(),
            series: vec![Series {
                name: plain(w.t("ratings-satisfaction")),
                values: known.iter().map(|(_, share)| (share * 10.0).round() / 10.0).collect(),
            }],
        }));
    }
    let months = line.months.iter().filter(|month| month.shown != Shown::Nobody);
    let rows: Vec<Vec<Text>> = months.map(|month| cells(w, plain(&month.month), month.shown)).collect();
    if !rows.is_empty() {
        blocks.push(table(w, "ratings-by-month", "ratings-month", rows));
    }
    blocks
}

/// `GET /d/{division}/ratings`
pub(super) async fn show(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Query(narrowing): Query<Narrowing>,
) -> Result<Response, Error> {
    let division = &place.visit.division;
    let w = reader.words;
    let statistics = app.platform.rating_statistics(division).await?;
    let item =
        narrowing.item.as_deref().map(|code| app.platform.item(division, code).ok_or(Error::NoItem)).transpose()?;
    let named = |code: &Option<String>| match code.as_deref().and_then(|code| app.platform.item(division, code)) {
        Some(item) => item.item.name.clone(),
        None => plain(code.clone().unwrap_or_else(|| w.t("ratings-no-item"))),
    };
    let (of, blocks, ways) = match (&item, &narrowing.department) {
        (Some(item), _) => {
            let code = Some(item.item.code.clone());
            let found = statistics.departments.iter().flat_map(|one| &one.items).find(|one| one.item == code);
            let blocks = found.map_or_else(|| vec![figures(w, Shown::Nobody)], |found| blocks_of(w, &found.line));
            (Some(w.text(&item.item.name).to_owned()), blocks, Vec::new())
        }
        (None, Some(department)) => {
            let found = statistics.departments.iter().find(|one| one.department == *department).ok_or(Error::NoPage)?;
            let mut blocks = blocks_of(w, &found.line);
            let rows = found.items.iter().map(|one| cells(w, named(&one.item), one.line.total)).collect();
            blocks.push(table(w, "ratings-by-item", "ratings-item", rows));
            let ways = found.items.iter().filter_map(|one| {
                let code = one.item.clone()?;
                Some((format!("?item={}", encoded(&code)), w.text(&named(&one.item)).to_owned()))
            });
            (Some(department.clone()), blocks, ways.collect())
        }
        (None, None) => {
            let mut blocks = blocks_of(w, &statistics.district);
            let rows: Vec<Vec<Text>> = statistics
                .departments
                .iter()
                .map(|one| cells(w, Text::zh(one.department.clone()), one.line.total))
                .collect();
            if !rows.is_empty() {
                blocks.push(table(w, "ratings-by-department", "ratings-department", rows));
            }
            let ways = statistics.departments.iter();
            let ways =
                ways.map(|one| (format!("?department={}", encoded(&one.department)), one.department.clone())).collect();
            (None, blocks, ways)
        }
    };
    let code = item.as_ref().map(|item| item.item.code.as_str());
    let texts = app.platform.rating_texts(division, narrowing.department.as_deref(), code).await?;
    let of_shown = |rating: &PublicRating| is_shown(&statistics, &rating.department, rating.item.as_deref());
    // A page of one item alone would say of what a text is.
    let texts = texts.into_iter().filter(|rating| code.is_none() || of_shown(rating)).map(|rating| {
        let whole = of_shown(&rating);
        Said {
            item: rating.item.as_ref().filter(|_| whole).map(|_| w.text(&named(&rating.item)).to_owned()),
            grade: whole.then(|| rating.grade.title()),
            tags: if whole { tags(w, &rating.tags) } else { String::new() },
            rating,
        }
    });
    let standing = Standing { division, zone: None };
    let forms = Forms::new();
    let blocks = rendered(&BlocksView::new(w, standing, &blocks, &forms))?;
    let f = Frame::new(&app, &reader, w.t("ratings-title")).of(&app, &place.district).at(Part::Home);
    page(&RatingsPage { f, district: place.district.clone(), of, blocks, ways, texts: texts.collect() })
}
