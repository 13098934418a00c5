//! The quality of guides 办事指南 (article 34): what is missing, contradictory, out of date, or promised beyond the law, found in
//! each version of an item's implementation list.
//!
//! Invariant: each fault names its field and says in words what is wrong, so that whoever keeps the guide can put it right.

use jiff::civil::Date;

use super::tally::{Tally, measure};
use crate::catalog::{Channel, Handling, Item};
use crate::law::TimeUnit;
use crate::text::Text;

/// What sort of fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GuideFlaw {
    /// 缺项
    Missing,
    /// 矛盾
    Contradictory,
    /// 过时
    Stale,
    /// 承诺超法定
    BeyondLaw,
}

impl GuideFlaw {
    /// For wordings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Contradictory => "contradictory",
            Self::Stale => "stale",
            Self::BeyondLaw => "beyond-law",
        }
    }

    const fn measure(self) -> &'static str {
        match self {
            Self::Missing => measure::MISSING,
            Self::Contradictory => measure::CONTRADICTORY,
            Self::Stale => measure::STALE,
            Self::BeyondLaw => measure::BEYOND_LAW,
        }
    }
}

/// A fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuideFault {
    /// What sort.
    pub flaw: GuideFlaw,
    /// The field that it is in.
    pub field: &'static str,
    /// What is wrong.
    pub what: Text,
}

/// Laws that the Civil Code repealed on 1 January 2021 (its article 1260).
const REPEALED: [&str; 9] = [
    "《中华人民共和国婚姻法》",
    "《中华人民共和国继承法》",
    "《中华人民共和国民法通则》",
    "《中华人民共和国收养法》",
    "《中华人民共和国担保法》",
    "《中华人民共和国合同法》",
    "《中华人民共和国物权法》",
    "《中华人民共和国侵权责任法》",
    "《中华人民共和国民法总则》",
];

/// Issuers that are the applicant: everything else was issued by somebody who could be asked.
const APPLICANT: [&str; 4] = ["申请人", "本人", "自备", "企业"];

/// A material that an organ issued.
fn is_shareable(issuer: &str) -> bool {
    !APPLICANT.iter().any(|own| issuer.contains(own))
        && ["局", "委", "厅", "部", "机关", "法院", "中心", "政府", "大队", "支队", "银行", "办"]
            .iter()
            .any(|organ| issuer.contains(organ))
}

/// Every text of a guide that people read.
fn texts(item: &Item) -> impl Iterator<Item = (&'static str, &str)> {
    let conditions = item.conditions.iter().map(|text| ("conditions", text.zh.as_str()));
    let notes = item.materials.iter().filter_map(|material| Some(("materials", material.note.as_ref()?.zh.as_str())));
    let questions = item
        .questions
        .iter()
        .flat_map(|one| [("questions", one.question.zh.as_str()), ("questions", one.answer.zh.as_str())]);
    let reason = item.visits_reason.iter().map(|text| ("visits_reason", text.zh.as_str()));
    let validity = item.result.validity.iter().map(|text| ("result", text.zh.as_str()));
    [("summary", item.summary.zh.as_str())]
        .into_iter()
        .chain(conditions)
        .chain(notes)
        .chain(questions)
        .chain(reason)
        .chain(validity)
}

/// The last day in a text up to which something could be done: `2024年12月31日前`, `截至2024年12月31日`.
fn last_days(text: &str) -> Vec<Date> {
    let characters: Vec<char> = text.chars().collect();
    let mut days = Vec::new();
    let mut at = 0;
    while at < characters.len() {
        let rest = characters.get(at..).unwrap_or_default();
        match day_at(rest) {
            Some((day, length)) => {
                let before: String = characters.get(at.saturating_sub(3)..at).unwrap_or_default().iter().collect();
                let after: String = rest.iter().skip(length).take(3).collect();
                let ends = ["前", "止", "截止"].iter().any(|word| after.starts_with(word));
                if ends || ["截至", "截止"].iter().any(|word| before.contains(word)) {
                    days.push(day);
                }
                at += length;
            }
            None => at += 1,
        }
    }
    days
}

/// A day that stands at the beginning, and its length in characters.
fn day_at(text: &[char]) -> Option<(Date, usize)> {
    let mut at = 0;
    let mut part = |unit: char, most: usize| {
        let begins = at;
        while at - begins < most && text.get(at).is_some_and(char::is_ascii_digit) {
            at += 1;
        }
        let digits: String = text.get(begins..at)?.iter().collect();
        (text.get(at) == Some(&unit)).then_some(())?;
        at += 1;
        digits.parse::<i16>().ok()
    };
    let (year, month, day) = (part('年', 4)?, part('月', 2)?, part('日', 2)?);
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some((date, at))
}

fn missing(item: &Item, fault: &mut dyn FnMut(GuideFlaw, &'static str, Text)) {
    let mut lacks = |field, zh: &str, en: &str| fault(GuideFlaw::Missing, field, Text::new(zh, en));
    if item.channels.contains(&Channel::Hall) && item.counter.is_none() {
        lacks(
            "counter",
            "可到窗口办理，却没有写明在哪个窗口。",
            "It can be done at a counter, but no counter is named.",
        );
    }
    if item.conditions.is_empty() {
        lacks("conditions", "没有写明受理条件。", "No condition of acceptance is given.");
    }
    if item.summary.zh.trim().is_empty() {
        lacks("summary", "没有用一两句话说明是办什么的。", "Nothing says in a sentence what it is for.");
    }
    if item.result.name.zh.trim().is_empty() {
        lacks("result", "没有写明办理结果。", "Nothing says what one gets.");
    }
    if item.materials.is_empty() && item.handling == Handling::Promised {
        lacks("materials", "没有列出申请材料。", "No materials are listed.");
    }
    if item.materials.iter().any(|material| material.issuer.zh.trim().is_empty()) {
        lacks("materials", "有材料没有写明由谁出具。", "Of a material nothing says who issues it.");
    }
    if item.visits > 0 && item.visits_reason.is_none() {
        lacks("visits_reason", "需要到现场，却没有写明原因。", "One has to come, but nothing says why.");
    }
    if item.questions.is_empty() {
        lacks("questions", "没有常见问题解答。", "There are no questions with answers.");
    }
}

fn contradictory(item: &Item, fault: &mut dyn FnMut(GuideFlaw, &'static str, Text)) {
    let mut against = |field, zh: &str, en: &str| fault(GuideFlaw::Contradictory, field, Text::new(zh, en));
    let wholly_online = item.channels.contains(&Channel::Online);
    if wholly_online && item.visits > 0 {
        against("visits", "写明全程网办，却要求到现场。", "It is said to be wholly online, and yet one has to come.");
    }
    let without_coming =
        [Channel::Online, Channel::OnlinePartly, Channel::Courier, Channel::HomeVisit, Channel::Terminal];
    if item.visits == 0 && !item.channels.iter().any(|channel| without_coming.contains(channel)) {
        against(
            "visits",
            "写明无需到场，却只能到窗口办理。",
            "Nobody has to come, and yet it is done at a counter alone.",
        );
    }
    if item.visits == 0 && item.visits_reason.is_some() {
        against(
            "visits_reason",
            "写明无需到场，却写了到场的原因。",
            "Nobody has to come, and yet a reason for it is given.",
        );
    }
    let outside = item.process.iter().any(|step| step.outside_the_clock);
    if outside && item.special_procedures.is_empty() {
        against(
            "special_procedures",
            "流程中有不计时环节，却没有列为特别程序。",
            "A step stands outside the clock, but no special procedure is listed.",
        );
    }
    if !outside && !item.special_procedures.is_empty() {
        against(
            "process",
            "列有特别程序，流程中却没有对应环节。",
            "A special procedure is listed, but the procedure has no such step.",
        );
    }
    if item.promised.unit == TimeUnit::WorkingDay {
        let days = |step: &crate::catalog::Step| step.within.filter(|within| within.unit == TimeUnit::WorkingDay);
        let steps = item.process.iter().filter(|step| !step.outside_the_clock).filter_map(days);
        let sum: u32 = steps.map(|within| within.amount).sum();
        if sum > item.promised.amount {
            against("process", "各环节时限之和超过承诺时限。", "The steps take longer together than what is promised.");
        }
    }
    let free = texts(item).any(|(_, text)| ["不收费", "不收取费用", "免费办理"].iter().any(|word| text.contains(word)));
    if free && !item.fees.is_empty() {
        against("fees", "写明不收费，却列有收费项目。", "It is said to be free, and yet fees are listed.");
    }
}

/// Every fault of an item's guide on a day.
pub fn guide_faults(item: &Item, today: Date) -> Vec<GuideFault> {
    let mut faults = Vec::new();
    let mut fault = |flaw, field, what| faults.push(GuideFault { flaw, field, what });
    missing(item, &mut fault);
    contradictory(item, &mut fault);
    for basis in item.basis.iter().filter(|basis| REPEALED.contains(&basis.title.trim())) {
        let what = Text::new(
            format!("依据的{}已于2021年1月1日废止。", basis.title),
            format!("{} was repealed on 1 January 2021.", basis.title),
        );
        fault(GuideFlaw::Stale, "basis", what);
    }
    for (field, text) in texts(item) {
        if let Some(day) = last_days(text).into_iter().find(|day| *day < today) {
            let what =
                Text::new(format!("写有已经过去的期限 {day}。"), format!("It names a last day that is past: {day}."));
            fault(GuideFlaw::Stale, field, what);
        }
    }
    if !item.promised.within(item.statutory) {
        let what = Text::new("承诺时限超过法定时限。", "The promise is longer than the law gives.");
        fault(GuideFlaw::BeyondLaw, "promised", what);
    }
    faults
}

/// What an item's guide adds to the tally of its department on a day.
pub fn guide_tally(item: &Item, today: Date) -> Tally {
    let mut tally = Tally::default();
    let faults = guide_faults(item, today);
    tally.add(measure::ITEMS, 1);
    tally.add(measure::SOUND, i64::from(faults.is_empty()));
    for flaw in [GuideFlaw::Missing, GuideFlaw::Contradictory, GuideFlaw::Stale, GuideFlaw::BeyondLaw] {
        tally.add(flaw.measure(), i64::from(faults.iter().any(|fault| fault.flaw == flaw)));
    }
    tally.add(measure::VISITS, i64::from(item.visits));
    tally.add(measure::WHOLLY_ONLINE, i64::from(item.channels.contains(&Channel::Online)));
    for material in &item.materials {
        tally.add(measure::MATERIALS, 1);
        tally.add(measure::SHAREABLE, i64::from(is_shareable(&material.issuer.zh)));
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn last_days_are_read_where_something_ends_with_them() {
        assert_eq!(last_days("请在2024年12月31日前提交"), [date(2024, 12, 31)]);
        assert_eq!(last_days("截至2025年6月1日，继续有效；2026年1月1日起施行"), [date(2025, 6, 1)]);
        assert_eq!(last_days("自2021年1月1日起，2024年13月1日前"), []);
        assert_eq!(last_days("年月日前1日2月3年"), []);
    }

    #[test]
    fn what_an_organ_issued_could_be_shared() {
        for organ in ["公安机关", "市场监督管理局", "不动产登记中心"] {
            assert!(is_shareable(organ), "{organ}");
        }
        for own in ["申请人自备", "本人", "企业自备", "医疗机构"] {
            assert!(!is_shareable(own), "{own}");
        }
    }
}
