//! The monthly bulletin 通报 (article 34) as typst's values: what it says in words and numbers, and its charts.

use lotus_domain::monitoring::{Bulletin, Figure, LEAST_RANKED, Line, Month, Standing, Trend, Unit, indicator};
use typst::foundations::{Dict, IntoValue, Value};

use crate::paper::Office;
use crate::value::{day, dict, list, text};

/// The bulletin's template.
pub(crate) const TEMPLATE: &str = "bulletin.typ";

const NONE: &str = "—";

fn written(id: &str, value: Option<f64>) -> String {
    let Some(indicator) = indicator(id) else { return NONE.to_owned() };
    value.map_or_else(|| NONE.to_owned(), |value| indicator.unit.written(value).zh)
}

fn days(value: Option<f64>) -> Value {
    text(&value.map_or_else(|| NONE.to_owned(), |value| Unit::WorkingDays.number(value)))
}

fn share(value: Option<f64>) -> Value {
    text(&value.map_or_else(|| NONE.to_owned(), |value| format!("{}%", Unit::Percent.number(value))))
}

fn count(count: i64) -> Value {
    text(&count.to_string())
}

/// What stands first, in whole sentences.
fn summary(bulletin: &Bulletin) -> Vec<String> {
    let (name, month, contents) = (&bulletin.name.zh, bulletin.month.zh(), &bulletin.contents);
    if bulletin.is_empty() {
        return vec![
            format!("{month}，{name}没有收到申请，也没有作出决定，因此本期没有办理效果数据，各项指标不予计算。"),
            "本通报照常发布，以备查考。".to_owned(),
        ];
    }
    let figure = |id: &str| contents.figures.iter().find(|figure| figure.indicator == id);
    let mut parts = vec![format!("{month}，{name}共收到申请 {} 件，办结 {} 件。", contents.received, contents.decided)];
    if let Some(used) = figure("used-mean").filter(|figure| figure.value.is_some()) {
        parts.push(format!("平均用时 {}", written("used-mean", used.value)));
        if let Some(before) = used.before {
            parts.push(format!("（上月 {}）", written("used-mean", Some(before))));
        }
        if let Some(ninety) = figure("used-ninety").filter(|figure| figure.value.is_some()) {
            parts.push(format!("，九成办件在 {} 内办结", written("used-ninety", ninety.value)));
        }
        if let Some(overdue) = figure("overdue").filter(|figure| figure.value.is_some()) {
            parts.push(format!("，超承诺时限率 {}", written("overdue", overdue.value)));
        }
        parts.push("。".to_owned());
    }
    let open = contents.improvements.iter().filter(|one| one.is_open).count();
    let ended = contents.improvements.len() - open;
    let second = match (contents.unusual.len(), open, ended) {
        (0, 0, 0) => "本月各项指标平稳，没有发现明显异常。".to_owned(),
        (found, ..) => format!("本月发现明显异常 {found} 项；改进事项在办 {open} 件，已销号 {ended} 件。"),
    };
    vec![parts.concat(), second]
}

fn figure(figure: &Figure) -> Option<Value> {
    let indicator = indicator(&figure.indicator)?;
    figure.value?;
    Some(Value::Dict(dict([
        ("name", text(&indicator.title.zh)),
        ("value", text(&written(&figure.indicator, figure.value))),
        ("before", text(&written(&figure.indicator, figure.before))),
        ("year", text(&written(&figure.indicator, figure.year_before))),
    ])))
}

/// Under an axis: `3月`, with the year where it begins.
fn label(at: usize, month: Month) -> String {
    if at == 0 || month.number() == 1 {
        format!("{}\n{}月", month.year(), month.number())
    } else {
        format!("{}月", month.number())
    }
}

/// One or two trends in one chart.
fn chart(title: &str, kind: &str, trends: &[&Trend]) -> Option<Value> {
    let first = trends.first()?;
    let indicator_of = |trend: &Trend| indicator(&trend.indicator);
    let unit = indicator_of(first)?.unit;
    let scale = if unit == Unit::Percent { 100.0 } else { 1.0 };
    let labels: Vec<String> = first.values.iter().enumerate().map(|(at, (month, _))| label(at, *month)).collect();
    let series = |trend: &&Trend| {
        let name = indicator_of(trend).map_or_else(String::new, |indicator| indicator.title.zh.clone());
        let values = list(&trend.values, |(_, value)| value.map_or(Value::None, |value| (value * scale).into_value()));
        Value::Dict(dict([("name", text(&name)), ("values", values)]))
    };
    let told = trends.iter().filter_map(|trend| {
        let (last, value) = trend.values.last()?;
        Some(format!("{}{}为{}", indicator_of(trend)?.title.zh, last.zh(), written(&trend.indicator, *value)))
    });
    let alt = format!("{title}：{}", told.collect::<Vec<_>>().join("，"));
    Some(Value::Dict(dict([
        ("title", text(title)),
        ("kind", text(kind)),
        ("unit", text(&unit.title().zh)),
        ("labels", list(&labels, |label| text(label))),
        ("series", list(trends, series)),
        ("alt", text(&alt)),
    ])))
}

fn charts(bulletin: &Bulletin) -> Vec<Value> {
    let trend = |id: &str| bulletin.contents.trends.iter().find(|trend| trend.indicator == id);
    let together = |title, kind, ids: &[&str]| {
        let trends: Vec<&Trend> = ids.iter().filter_map(|id| trend(id)).collect();
        let is_said = trends.iter().any(|trend| trend.values.iter().any(|(_, value)| value.is_some()));
        if is_said { chart(title, kind, &trends) } else { None }
    };
    [
        together("收件和办结", "bar", &["received", "decided"]),
        together("用时：平均，以及九成办件", "line", &["used-mean", "used-ninety"]),
        together("超承诺时限率", "line", &["overdue"]),
        together("网上申请占比", "line", &["begun-online"]),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn line(line: &Line) -> Value {
    Value::Dict(dict([
        ("name", text(&line.name.zh)),
        ("received", count(line.received)),
        ("decided", count(line.decided)),
        ("used", days(line.used)),
        ("overdue", share(line.overdue)),
    ]))
}

fn standing(one: &Standing) -> Value {
    Value::Dict(dict([
        ("rank", text(&one.rank.map_or_else(|| NONE.to_owned(), |rank| rank.to_string()))),
        ("name", text(&one.name.zh)),
        ("decided", count(one.decided)),
        ("share", share(one.in_time)),
        ("used", days(one.used)),
    ]))
}

fn ratings(bulletin: &Bulletin) -> String {
    let ratings = bulletin.contents.ratings;
    if ratings.rated == 0 {
        return "本月没有收到评价。".to_owned();
    }
    let said = |id: &str| {
        let found = bulletin.contents.figures.iter().find(|figure| figure.indicator == id);
        written(id, found.and_then(|figure| figure.value))
    };
    format!("本月收到评价 {} 条，好评率 {}，平均评价 {}。", ratings.rated, said("rated-well"), said("grade"))
}

/// A whole bulletin, as the template finds it in `sys.inputs`.
pub(crate) fn bulletin(bulletin: &Bulletin, office: &Office, hash: &str, family: &str) -> Dict {
    let contents = &bulletin.contents;
    let office = dict([
        ("name", text(&office.name)),
        ("address", text(&office.address)),
        ("telephone", text(&office.telephone)),
        ("supervision", text(&office.supervision)),
    ]);
    let figures = contents.figures.iter().filter_map(figure).collect();
    let improvement = |one: &lotus_domain::monitoring::Improvement| {
        Value::Dict(dict([
            ("number", text(&one.number)),
            ("sentence", text(&one.sentence.zh)),
            ("state", text(&one.state.zh)),
            ("opened", text(&one.opened.to_string())),
        ]))
    };
    let says = dict([
        ("empty", bulletin.is_empty().into_value()),
        ("demonstration", contents.demonstration.into_value()),
        ("summary", list(&summary(bulletin), |sentence| text(sentence))),
        ("figures", Value::Array(figures)),
        ("charts", Value::Array(charts(bulletin).into_iter().collect())),
        ("districts", list(&contents.districts, standing)),
        ("least", LEAST_RANKED.into_value()),
        ("departments", list(&contents.departments, line)),
        ("slowest", list(&contents.slowest, line)),
        ("unusual", list(&contents.unusual, |sentence| text(&sentence.zh))),
        ("improvements", list(&contents.improvements, improvement)),
        ("ratings", text(&ratings(bulletin))),
        ("hash", text(hash)),
    ]);
    let issued = bulletin.issued;
    dict([
        ("family", text(family)),
        ("title", text(&format!("{}政务服务监测评估通报", bulletin.month.zh()))),
        ("number", text(&bulletin.number())),
        ("office", Value::Dict(office)),
        ("day", day(issued)),
        ("year", i64::from(issued.year()).into_value()),
        ("month", i64::from(issued.month()).into_value()),
        ("dayofmonth", i64::from(issued.day()).into_value()),
        ("says", Value::Dict(says)),
        ("proof", Value::None),
    ])
}
