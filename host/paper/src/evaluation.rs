//! The report of an evaluation by an outside body 第三方评估报告 (article 35) as typst's values.

use jiff::civil::Date;
use lotus_domain::evaluation::Outcome;
use typst::foundations::{Dict, IntoValue, Value};

use crate::paper::Office;
use crate::value::{day, dict, list, text};

/// The report's template.
pub(crate) const TEMPLATE: &str = "evaluation.typ";

/// What a report says.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its number 文书编号.
    pub number: String,
    /// The evaluation's name.
    pub title: String,
    /// The body that made it.
    pub body: String,
    /// Of which time, in words.
    pub period: String,
    /// The day of the report.
    pub day: Date,
    /// By district: its name, how many cases there were, how many were drawn, asked, and answered.
    pub strata: Vec<(String, u64, u64, u64, u64)>,
    /// The seed, its hash as it was public before, and the hash of the population's file.
    pub seed: [String; 3],
    /// What came of each question.
    pub outcomes: Vec<Outcome>,
    /// What was found: district, department, in words, and where it stands.
    pub findings: Vec<(String, String, String, String)>,
}

fn percent(share: f64) -> Value {
    text(&format!("{:.1}%", share * 100.0))
}

fn outcome(outcome: &Outcome) -> Value {
    let share = |share: &lotus_domain::evaluation::Share| {
        Value::Dict(dict([
            ("label", text(&share.label)),
            ("count", text(&share.count.to_string())),
            ("share", percent(share.share)),
            ("ratio", share.share.into_value()),
            ("low", share.interval.0.into_value()),
            ("high", share.interval.1.into_value()),
            ("interval", text(&format!("{:.1}%–{:.1}%", share.interval.0 * 100.0, share.interval.1 * 100.0))),
        ]))
    };
    Value::Dict(dict([
        ("words", text(&outcome.words)),
        ("answered", text(&outcome.answered.to_string())),
        ("mean", outcome.mean.map_or(Value::None, |mean| text(&format!("{mean:.2}")))),
        ("shares", list(&outcome.shares, share)),
        ("said", list(&outcome.said, |said| text(said))),
    ]))
}

/// A whole report, as the template finds it in `sys.inputs`.
pub(crate) fn report(report: &Report, office: &Office, family: &str) -> Dict {
    let at = dict([
        ("name", text(&office.name)),
        ("address", text(&office.address)),
        ("telephone", text(&office.telephone)),
        ("supervision", text(&office.supervision)),
    ]);
    let (drawn, answered) = report.strata.iter().fold((0, 0), |(a, b), one| (a + one.2, b + one.4));
    let number = |count: u64| text(&count.to_string());
    #[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
    let rate = if drawn == 0 { 0.0 } else { answered as f64 / drawn as f64 };
    let stratum = |(name, population, drawn, invited, answered): &(String, u64, u64, u64, u64)| {
        Value::Array(
            [text(name), number(*population), number(*drawn), number(*invited), number(*answered)]
                .into_iter()
                .collect(),
        )
    };
    let finding = |(district, department, words, state): &(String, String, String, String)| {
        Value::Array([text(district), text(department), text(words), text(state)].into_iter().collect())
    };
    let [seed, commitment, snapshot] = &report.seed;
    let says = dict([
        ("body", text(&report.body)),
        ("period", text(&report.period)),
        ("drawn", number(drawn)),
        ("answered", number(answered)),
        ("rate", percent(rate)),
        ("strata", list(&report.strata, stratum)),
        ("seed", text(seed)),
        ("commitment", text(commitment)),
        ("snapshot", text(snapshot)),
        ("outcomes", list(&report.outcomes, outcome)),
        ("findings", list(&report.findings, finding)),
    ]);
    dict([
        ("family", text(family)),
        ("title", text("第三方评估报告")),
        ("number", text(&report.number)),
        ("office", Value::Dict(at)),
        ("to", text("")),
        ("day", day(report.day)),
        ("year", i64::from(report.day.year()).into_value()),
        ("month", i64::from(report.day.month()).into_value()),
        ("dayofmonth", i64::from(report.day.day()).into_value()),
        ("case", Value::None),
        ("matter", text(&report.title)),
        ("says", Value::Dict(says)),
        ("proof", Value::None),
    ])
}
