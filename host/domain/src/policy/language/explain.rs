//! The explaining path: the same verdict as the fast one, with a finding for each condition, the facts behind it, and
//! what is missing by how much.
//!
//! Of alternatives, those count that would need the least to be otherwise; the findings of the others are marked as not
//! needed.

use jiff::civil::Date;
use jiff::tz::Offset;

use super::super::fact::{FactName, FactType, Facts};
use super::super::finding::{Finding, Seen, Verdict};
use super::Names;
use super::program::{Against, Asked, Id, Node, Order, Program, Unknown, Value, children};
use super::words::{self, Speaker};
use crate::text::Text;

/// China has one time.
const CITY: Offset = Offset::constant(8);

/// What would have to be otherwise: conditions that are not met, then those that nobody can tell.
type Cost = (usize, usize);

struct Explainer<'a> {
    speaker: Speaker<'a>,
    against: Against<'a>,
    findings: Vec<Finding>,
}

/// Explains a condition.
pub(super) fn explain(program: &Program, facts: &Facts, today: Date, names: &Names) -> (Verdict, Vec<Finding>) {
    let speaker = Speaker { program, names };
    let mut explainer = Explainer { speaker, against: Against { facts, today }, findings: Vec::new() };
    let (verdict, _) = explainer.walk(program.root(), false);
    (verdict, explainer.findings)
}

impl Explainer<'_> {
    fn walk(&mut self, id: Id, negated: bool) -> (Verdict, Cost) {
        match self.speaker.program.node(id) {
            Some(Node::Not(inner)) => self.walk(*inner, !negated),
            Some(Node::And(parts)) => self.parts(parts, negated, !negated),
            Some(Node::Or(parts)) => self.parts(parts, negated, negated),
            _ => self.single(id, negated),
        }
    }

    /// Parts that must all hold, or one of which must.
    fn parts(&mut self, parts: &[Id], negated: bool, all: bool) -> (Verdict, Cost) {
        let mut verdict = Verdict::of(all);
        let mut sum: Cost = (0, 0);
        let mut least: Option<(Cost, std::ops::Range<usize>)> = None;
        let start = self.findings.len();
        for part in parts {
            let from = self.findings.len();
            let (found, cost) = self.walk(*part, negated);
            verdict = if all { verdict.and(found) } else { verdict.or(found) };
            sum = (sum.0 + cost.0, sum.1 + cost.1);
            if least.as_ref().is_none_or(|(least, _)| cost < *least) {
                least = Some((cost, from..self.findings.len()));
            }
        }
        if all {
            return (verdict, sum);
        }
        let (cost, chosen) = least.unwrap_or_default();
        for (at, finding) in self.findings.iter_mut().enumerate().skip(start) {
            finding.needed &= chosen.contains(&at);
        }
        (verdict, cost)
    }

    fn single(&mut self, id: Id, negated: bool) -> (Verdict, Cost) {
        let program = self.speaker.program;
        let verdict = program.verdict_of(id, self.against);
        let verdict = if negated { verdict.not() } else { verdict };
        let condition = self.speaker.condition(id, negated);
        let facts = self.seen(id);
        let lacking = if verdict == Verdict::NotMet { self.lacking(id, negated) } else { None };
        let reason = self.reason(id, &condition, verdict, &facts, lacking.as_ref());
        let cost = match verdict {
            Verdict::Met => (0, 0),
            Verdict::NotMet => (1, 0),
            Verdict::Unknown => (0, 1),
        };
        self.findings.push(Finding { condition, verdict, facts, reason, lacking, needed: verdict != Verdict::Met });
        (verdict, cost)
    }

    fn seen(&self, id: Id) -> Vec<Seen> {
        let mut names: Vec<FactName> = Vec::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            let Some(node) = self.speaker.program.node(id) else { continue };
            match node {
                Node::Fact(name) if !names.contains(name) => names.push(*name),
                _ => open.extend(children(node).into_iter().rev()),
            }
        }
        let seen = |name: FactName| match self.against.facts.get(name) {
            Some(fact) => Seen {
                name,
                value: Some(words::value(name, &fact.value, self.speaker.names)),
                source: fact.source.clone(),
                as_of: Some(fact.as_of),
                declared: fact.declared,
            },
            None => Seen { name, value: None, source: name.kind().source.clone(), as_of: None, declared: false },
        };
        names.into_iter().map(seen).collect()
    }

    fn lacking(&self, id: Id, negated: bool) -> Option<Text> {
        let value = |id: Id| self.speaker.program.value(id, self.against);
        match self.speaker.program.node(id)? {
            Node::Compare(order, one, other, shown) => {
                let order = if negated { order.opposite() } else { *order };
                let short = matches!(order, Order::AtLeast | Order::MoreThan);
                match (value(*one).ok()?, value(*other).ok()?) {
                    (Value::Number(one), Value::Number(other)) => {
                        let missing = if short { other.minus(one)? } else { one.minus(other)? };
                        if missing.is_zero() || matches!(order, Order::Is | Order::IsNot) {
                            return None;
                        }
                        let much = words::number(missing, *shown);
                        let (zh, en) = if short { ("还差", "short by") } else { ("超出", "over by") };
                        Some(joined(zh, en, &much))
                    }
                    (Value::Day(one), Value::Day(other)) => {
                        let days = (other - one).get_days().unsigned_abs();
                        let (zh, en) = if short { ("早了", "days too early") } else { ("晚了", "days too late") };
                        (days > 0).then(|| Text::new(format!("{zh}{days}天"), format!("{days} {en}")))
                    }
                    _ => None,
                }
            }
            Node::Among(fact, asked, all) if !negated => {
                let Ok(found) = value(*fact) else { return None };
                let missing: Vec<Box<str>> = match (found, asked) {
                    (Value::Words(words), Asked::All) => {
                        all.iter().filter(|word| !words.contains(&***word)).cloned().collect()
                    }
                    _ => all.to_vec(),
                };
                let titles: Vec<Text> = self.speaker.titles(*fact, *asked, &missing).collect();
                let (zh, or) = if *asked == Asked::All { ("、", " and ") } else { ("或", " or ") };
                let english = titles.iter().map(|title| title.en.as_deref().unwrap_or(&title.zh));
                let much = Text::new(
                    titles.iter().map(|title| title.zh.as_str()).collect::<Vec<_>>().join(zh),
                    english.collect::<Vec<_>>().join(or),
                );
                Some(joined("需要：", "needed:", &much))
            }
            _ => None,
        }
    }

    fn reason(&self, id: Id, condition: &Text, verdict: Verdict, facts: &[Seen], lacking: Option<&Text>) -> Text {
        let english = |text: &Text| text.en.clone().unwrap_or_else(|| text.zh.clone());
        if verdict == Verdict::Unknown {
            let (zh, en) = self.untold(id);
            return Text::new(format!("{}：{zh}。", condition.zh), format!("{}: {en}.", english(condition)));
        }
        let (mut zh, mut en) = (Vec::new(), Vec::new());
        for seen in facts {
            let (Some(value), Some(as_of)) = (&seen.value, seen.as_of) else { continue };
            let day = CITY.to_datetime(as_of).date();
            let title = &seen.name.kind().title;
            let is_yes_no = seen.name.kind().kind == FactType::YesNo;
            let named = if is_yes_no { format!("“{}”", title.zh) } else { title.zh.clone() };
            zh.push(format!("{named}为{}（{}，截至{day}）", value.zh, seen.source.zh));
            en.push(format!("{} is {} ({}, as of {day})", english(title), english(value), english(&seen.source)));
        }
        if let Some(lacking) = lacking {
            zh.push(lacking.zh.clone());
            en.push(english(lacking));
        }
        if zh.is_empty() {
            return condition.clone();
        }
        Text::new(
            format!("{}：{}。", condition.zh, zh.join("，")),
            format!("{}: {}.", english(condition), en.join(", ")),
        )
    }

    fn untold(&self, id: Id) -> (String, String) {
        match self.speaker.program.why(id, self.against) {
            Unknown::Fact(name) => {
                let kind = name.kind();
                let english = |text: &Text| text.en.clone().unwrap_or_else(|| text.zh.clone());
                let (title, source) = (&kind.title, &kind.source);
                if kind.declarable {
                    (
                        format!("尚不知道“{}”，可由“{}”提供，也可以自行填报", title.zh, source.zh),
                        format!("“{}” is not known yet; {} may say it, or you", english(title), english(source)),
                    )
                } else {
                    (
                        format!("尚不知道“{}”，由“{}”提供", title.zh, source.zh),
                        format!("“{}” is not known yet; {} says it", english(title), english(source)),
                    )
                }
            }
            Unknown::DivisionByZero => {
                ("除数为零，无法计算".into(), "the divisor is zero, so it can’t be reckoned".into())
            }
            Unknown::TooLarge | Unknown::Unsound => ("数值过大，无法计算".into(), "too large to be reckoned".into()),
        }
    }
}

fn joined(zh: &str, en: &str, much: &Text) -> Text {
    Text::new(format!("{zh}{}", much.zh), format!("{en} {}", much.en.as_deref().unwrap_or(&much.zh)))
}
