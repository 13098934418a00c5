//! Papers as typst's values: texts stay texts, whatever is written in them.

use jiff::civil::Date;
use lotus_domain::law::{Fen, LegalBasis};
use qrcode::{EcLevel, QrCode};
use typst::foundations::{Bytes, Dict, IntoValue, Value};

use crate::capital::capital;
use crate::paper::{Fault, Help, Line, Paper, Proof, Receipt, Says};
use crate::press::PaperError;

/// Named values. A macro of typst's own has a type for its keys that nobody else can name.
pub(crate) fn dict<const N: usize>(entries: [(&str, Value); N]) -> Dict {
    entries.into_iter().map(|(name, value)| (name.into(), value)).collect()
}

pub(crate) fn text(text: &str) -> Value {
    text.into_value()
}

fn optional(given: Option<Value>) -> Value {
    given.unwrap_or(Value::None)
}

pub(crate) fn list<T>(of: &[T], value: impl Fn(&T) -> Value) -> Value {
    Value::Array(of.iter().map(value).collect())
}

/// A day as papers write it: `2026年3月5日`.
pub(crate) fn day(day: Date) -> Value {
    text(&format!("{}年{}月{}日", day.year(), day.month(), day.day()))
}

fn basis(of: &LegalBasis) -> Value {
    text(&format!("{}{}", of.title, of.article.as_deref().unwrap_or_default()))
}

fn money(amount: Fen) -> Value {
    text(&amount.to_string())
}

/// A whole paper, as the template finds it in `sys.inputs`.
pub(crate) fn paper(paper: &Paper, family: &str) -> Result<Dict, PaperError> {
    let office = dict([
        ("name", text(&paper.office.name)),
        ("address", text(&paper.office.address)),
        ("telephone", text(&paper.office.telephone)),
        ("supervision", text(&paper.office.supervision)),
    ]);
    let proof = paper.proof.as_ref().map(proof).transpose()?;
    Ok(dict([
        ("family", text(family)),
        ("title", text(paper.says.title())),
        ("number", text(&paper.number)),
        ("office", Value::Dict(office)),
        ("to", text(&paper.to)),
        ("day", day(paper.day)),
        ("year", i64::from(paper.day.year()).into_value()),
        ("month", i64::from(paper.day.month()).into_value()),
        ("dayofmonth", i64::from(paper.day.day()).into_value()),
        ("case", optional(paper.case.as_ref().map(|case| text(case.as_str())))),
        ("matter", text(&paper.matter)),
        ("says", Value::Dict(says(&paper.says))),
        ("proof", optional(proof)),
    ]))
}

/// The proof with its QR code as an SVG, one path.
fn proof(proof: &Proof) -> Result<Value, PaperError> {
    let code =
        QrCode::with_error_correction_level(proof.address.as_bytes(), EcLevel::M).map_err(|_| PaperError::Code)?;
    let svg = code.render::<qrcode::render::svg::Color<'_>>().quiet_zone(false).build();
    Ok(Value::Dict(dict([
        ("address", text(&proof.address)),
        ("code", text(&proof.code)),
        ("picture", Value::Bytes(Bytes::from_string(svg))),
    ])))
}

fn says(says: &Says) -> Dict {
    match says {
        Says::Accepted { materials, promise, due } => dict([
            ("kind", text("accepted")),
            ("materials", list(materials, |material| text(material))),
            ("promise", text(promise)),
            ("due", optional(due.map(day))),
        ]),
        Says::NotAccepted { reason, basis: on, turn_to } => dict([
            ("kind", text("not-accepted")),
            ("reason", text(reason)),
            ("basis", basis(on)),
            ("turn-to", optional(turn_to.as_deref().map(text))),
        ]),
        Says::Correction { faults, until } => dict([
            (
                "faults",
                list(faults, |Fault { what, how }| Value::Dict(dict([("what", text(what)), ("how", text(how))]))),
            ),
            ("until", optional(until.map(day))),
        ]),
        Says::SpecialProcedure { procedure, reason, takes, basis: on } => dict([
            ("procedure", text(procedure)),
            ("reason", text(reason)),
            ("takes", text(takes)),
            ("basis", basis(on)),
        ]),
        Says::Extended { reason, by, due, basis: on } => {
            dict([("reason", text(reason)), ("by", text(by)), ("due", optional(due.map(day))), ("basis", basis(on))])
        }
        Says::Granted { result, validity, basis: on } => dict([
            ("kind", text("granted")),
            ("result", text(result)),
            ("validity", optional(validity.as_deref().map(text))),
            ("basis", list(on, basis)),
        ]),
        Says::Refused { reason, basis: on, reconsideration, court } => dict([
            ("kind", text("refused")),
            ("reason", text(reason)),
            ("basis", list(on, basis)),
            ("reconsideration", text(reconsideration)),
            ("court", text(court)),
        ]),
        Says::Assistance(help) => assistance(help),
        Says::Receipt(paid) => receipt(paid),
    }
}

fn assistance(help: &Help) -> Dict {
    let mandate = |kind, helper: &str, scope: &[String], until: Option<Date>| {
        dict([
            ("kind", text(kind)),
            ("helper", text(helper)),
            ("scope", list(scope, |part| text(part))),
            ("until", optional(until.map(day))),
        ])
    };
    match help {
        Help::Accepted { helper, scope } => mandate("accepted", helper, scope, None),
        Help::Mandate { helper, scope, until } => mandate("mandate", helper, scope, Some(*until)),
        Help::Renewed { helper, scope, until } => mandate("renewed", helper, scope, Some(*until)),
        Help::Suspended { reason, resumes } => {
            dict([("kind", text("suspended")), ("reason", text(reason)), ("resumes", text(resumes))])
        }
        Help::Ended(ending) => {
            dict([("kind", text("ended")), ("helper", text(&ending.helper)), ("outcome", text(&ending.outcome))])
        }
    }
}

fn receipt(paid: &Receipt) -> Dict {
    let total = Fen(paid.lines.iter().map(|line| line.amount.0).sum());
    let line = |line: &Line| {
        Value::Dict(dict([
            ("name", text(&line.name)),
            ("basis", basis(&line.basis)),
            ("unit", money(line.unit)),
            ("count", i64::from(line.count).into_value()),
            ("amount", money(line.amount)),
        ]))
    };
    dict([
        ("lines", list(&paid.lines, line)),
        ("total", money(total)),
        ("capital", text(&capital(total))),
        ("means", text(&paid.means)),
        ("by", text(&paid.by)),
        ("at", text(&paid.at)),
    ])
}
