//! A policy as it is typed at the desk: texts that become a policy, or what is wrong with them, each beside its field.

use jiff::civil::Date;
use lotus_domain::Slug;
use lotus_domain::catalog::Served;
use lotus_domain::district::Division;
use lotus_domain::law::{Fen, LegalBasis, Period};
use lotus_domain::policy::{AmountRule, Benefit, Condition, Edition, Flaw, Of, Policy, Way};
use lotus_domain::text::Text;
use serde::Deserialize;

/// What was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    pub(super) id: String,
    /// The version that was seen; empty is none.
    pub(super) seen: String,
    pub(super) title: String,
    pub(super) title_en: String,
    pub(super) summary: String,
    pub(super) summary_en: String,
    /// `person`, `enterprise`.
    pub(super) whom: Vec<String>,
    pub(super) benefit: String,
    pub(super) way: String,
    pub(super) condition: String,
    pub(super) amount: String,
    pub(super) months: String,
    pub(super) at_most: String,
    pub(super) since: String,
    pub(super) opens: String,
    pub(super) closes: String,
    pub(super) days: String,
    pub(super) basis: String,
    pub(super) article: String,
    pub(super) document: String,
    pub(super) department: String,
    pub(super) telephone: String,
    /// A step a line.
    pub(super) procedure: String,
    pub(super) guide: String,
    /// `count` counts, anything else publishes.
    #[serde(rename = "do")]
    pub(super) wanted: String,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) field: &'static str,
    pub(super) problem: Text,
}

impl Wrong {
    /// With the place in the text.
    fn flaw(field: &'static str, flaw: &Flaw) -> Self {
        let (line, column) = (flaw.line, flaw.column);
        let en = flaw.problem.en.as_deref().unwrap_or(&flaw.problem.zh);
        let problem = Text::new(
            format!("第{line}行第{column}个字符：{}", flaw.problem.zh),
            format!("Line {line}, character {column}: {en}"),
        );
        Self { field, problem }
    }
}

fn text(zh: &str, en: &str) -> Text {
    let en = en.trim();
    Text { zh: zh.trim().to_owned(), en: (!en.is_empty()).then(|| en.to_owned()) }
}

impl Written {
    /// Nothing is typed yet.
    pub(super) fn new(today: Date) -> Self {
        Self { way: Way::OnClaim.name().to_owned(), since: today.to_string(), days: "20".to_owned(), ..Self::default() }
    }

    /// A version as it would be typed.
    pub(super) fn of(edition: &Edition) -> Self {
        let policy = &edition.policy;
        let en = |text: &Text| text.en.clone().unwrap_or_default();
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let whom = Of::ALL.into_iter().filter(|of| of.served_by(policy)).map(|of| of.name().to_owned());
        Self {
            id: policy.id.to_string(),
            seen: policy.version.to_string(),
            title: policy.title.zh.clone(),
            title_en: en(&policy.title),
            summary: policy.summary.zh.clone(),
            summary_en: en(&policy.summary),
            whom: whom.collect(),
            benefit: policy.benefit.name().to_owned(),
            way: policy.way.name().to_owned(),
            condition: policy.condition.source().to_owned(),
            amount: policy.amount.as_ref().map(|rule| rule.source().to_owned()).unwrap_or_default(),
            months: policy.months.map(|months| months.to_string()).unwrap_or_default(),
            at_most: policy.at_most.map(|fen| fen.to_string()).unwrap_or_default(),
            since: policy.since.to_string(),
            opens: day(policy.opens),
            closes: day(policy.closes),
            days: policy.promised.amount.to_string(),
            basis: policy.basis.title.clone(),
            article: policy.basis.article.clone().unwrap_or_default(),
            document: policy.document.clone().unwrap_or_default(),
            department: policy.department.zh.clone(),
            telephone: policy.telephone.clone().unwrap_or_default(),
            procedure: policy.procedure.iter().map(|step| step.zh.as_str()).collect::<Vec<_>>().join("\n"),
            guide: policy.guide.as_ref().map(|guide| guide.zh.clone()).unwrap_or_default(),
            wanted: String::new(),
        }
    }

    /// The version that was seen.
    pub(super) fn seen(&self) -> Option<u32> {
        self.seen.parse().ok()
    }

    /// Whom it serves.
    pub(super) fn of_whom(&self) -> Vec<Of> {
        self.whom.iter().filter_map(|whom| Of::parse(whom)).collect()
    }

    /// The condition, or its flaw.
    pub(super) fn condition(&self) -> Result<Condition, Wrong> {
        Condition::parse(&self.condition.replace("\r\n", "\n")).map_err(|flaw| Wrong::flaw("condition", &flaw))
    }

    /// The policy, or everything that is wrong with it; `before` is the version that it follows, whose English steps stay
    /// where their Chinese does.
    pub(super) fn policy(&self, division: &Division, before: Option<&Policy>) -> Result<Policy, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let mut problem = |field: &'static str, zh: &str, en: &str| {
            wrong.push(Wrong { field, problem: Text::new(zh, en) });
        };
        let mut day = |field: &'static str, typed: &str| {
            let typed = typed.trim();
            let day = typed.parse::<Date>().ok().filter(|day| (1900..=2200).contains(&day.year()));
            if day.is_none() && !typed.is_empty() {
                problem(field, "请写成2026-04-27这样的日期", "write a day as 2026-04-27");
            }
            day
        };
        let (since, opens, closes) =
            (day("since", &self.since), day("opens", &self.opens), day("closes", &self.closes));
        if since.is_none() && self.since.trim().is_empty() {
            problem("since", "请填写施行日期", "say from which day it holds");
        }
        let id = Slug::parse(self.id.trim()).ok();
        if id.is_none() {
            problem("id", "编号由1至64个小写字母、数字和连字符组成，以字母开头", "an id has 1 to 64 of a-z, 0-9 and -");
        }
        let (benefit, way) = (Benefit::parse(&self.benefit), Way::parse(&self.way));
        if benefit.is_none() {
            problem("benefit", "请选择支持方式", "choose what one gets");
        }
        if way.is_none() {
            problem("way", "请选择享受方式", "choose how one gets it");
        }
        let days = self.days.trim().parse::<u32>().ok().filter(|days| *days <= 365);
        if days.is_none() {
            problem("days", "请填写0至365的工作日数", "0 to 365 working days");
        }
        let months = self.months.trim();
        let months_read = months.parse::<u16>().ok();
        if months_read.is_none() && !months.is_empty() {
            problem("months", "请填写月数", "a number of months");
        }
        let most = self.at_most.trim();
        let at_most = Fen::parse_yuan(most).ok();
        if at_most.is_none() && !most.is_empty() {
            problem("at_most", "请填写金额，单位元", "an amount in yuan");
        }
        let condition = self.condition().map_err(|flaw| wrong.push(flaw)).ok();
        let amount = match self.amount.trim() {
            "" => Ok(None),
            source => AmountRule::parse(source).map(Some),
        };
        let amount = amount.map_err(|flaw| wrong.push(Wrong::flaw("amount", &flaw))).ok();
        let (Some(since), Some(id), Some(benefit), Some(way), Some(days), Some(condition), Some(amount), true) =
            (since, id, benefit, way, days, condition, amount, wrong.is_empty())
        else {
            return Err(wrong);
        };
        let step = |line: &str| {
            let known = before.and_then(|before| before.procedure.iter().find(|step| step.zh == line));
            known.cloned().unwrap_or_else(|| Text::zh(line))
        };
        let optional = |typed: &str| Some(typed.trim().to_owned()).filter(|typed| !typed.is_empty());
        let same = |zh: &str, known: Option<&Text>| {
            known.filter(|known| known.zh == zh.trim()).cloned().unwrap_or_else(|| Text::zh(zh.trim()))
        };
        let served = |of: Of| match of {
            Of::Person => Served::NaturalPerson,
            Of::Enterprise => Served::Enterprise,
        };
        let policy = Policy {
            division: division.clone(),
            id,
            version: 1,
            since,
            title: text(&self.title, &self.title_en),
            summary: text(&self.summary, &self.summary_en),
            served: self.of_whom().into_iter().map(served).collect(),
            benefit,
            way,
            condition,
            amount,
            months: months_read,
            at_most,
            procedure: self.procedure.lines().map(str::trim).filter(|line| !line.is_empty()).map(step).collect(),
            guide: optional(&self.guide).map(|guide| same(&guide, before.and_then(|before| before.guide.as_ref()))),
            opens,
            closes,
            promised: Period::working_days(days),
            basis: LegalBasis { title: self.basis.trim().to_owned(), article: optional(&self.article) },
            document: optional(&self.document),
            department: same(&self.department, before.map(|before| &before.department)),
            telephone: optional(&self.telephone),
        };
        policy.check().map_err(|error| vec![Wrong { field: error.field, problem: error.problem }])?;
        Ok(policy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn written() -> Written {
        Written {
            id: "kiln".into(),
            title: "窑炉".into(),
            summary: "补助".into(),
            whom: vec!["enterprise".into()],
            benefit: "subsidy".into(),
            condition: "enterprise.sales >= 1 yuan".into(),
            amount: "enterprise.sales * 1%".into(),
            basis: "《办法》".into(),
            department: "禹州市商务局".into(),
            procedure: "申报\n\n拨付\n".into(),
            ..Written::new(date(2026, 4, 27))
        }
    }

    #[test]
    fn what_is_typed_is_the_policy_and_the_policy_is_typed_again() {
        let division = Division::parse("411081").unwrap();
        let policy = written().policy(&division, None).unwrap();
        assert_eq!(policy.procedure.len(), 2);
        let edition = Edition { policy, published: jiff::Timestamp::UNIX_EPOCH, by: None, withdrawn: None };
        let again = Written::of(&edition).policy(&division, Some(&edition.policy)).unwrap();
        assert_eq!(again, edition.policy);
    }

    #[test]
    fn each_thing_that_is_wrong_stands_beside_its_field() {
        let division = Division::parse("411081").unwrap();
        let broken = Written {
            id: "Kiln".into(),
            since: "soon".into(),
            condition: "enterprise.sales\n  >= 3".into(),
            amount: "1 yuan / 0".into(),
            ..written()
        };
        let wrong = broken.policy(&division, None).unwrap_err();
        let fields: Vec<_> = wrong.iter().map(|wrong| wrong.field).collect();
        assert_eq!(fields, ["since", "id", "condition", "amount"]);
        assert!(wrong[2].problem.zh.starts_with("第2行第3个字符："), "{:?}", wrong[2]);
        assert_eq!(wrong[3].problem.zh, "第1行第10个字符：除数为零");
    }
}
