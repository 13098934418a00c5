//! Filings 入驻、变更、退出、重新入驻: what an intermediary asks of the list, as a form and as what it means.
//!
//! Invariant: nothing of a filing is on the list before its case is published; a change replaces the whole disclosure.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Listing, Offer, Qualification, ServiceType};
use crate::Slug;
use crate::district::{District, Division};
use crate::form::{Choice, Field, FieldKind, FieldValue, Form, Section, Value};
use crate::law::Period;
use crate::text::Text;

/// The state of a filing's case in which it takes effect.
pub const PUBLISHED: &str = "published";

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FilingKind {
    /// 入驻
    Register,
    /// 变更
    Change,
    /// 退出
    Exit,
    /// 重新入驻
    Readmit,
}

impl FilingKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Register, Self::Change, Self::Exit, Self::Readmit];

    /// For addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Change => "change",
            Self::Exit => "exit",
            Self::Readmit => "readmit",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Register => ("中介机构入驻登记", "Registration of an intermediary"),
            Self::Change => ("中介机构信息变更", "Change of an intermediary's disclosure"),
            Self::Exit => ("中介机构退出", "Exit of an intermediary"),
            Self::Readmit => ("中介机构重新入驻", "Re-admission of an intermediary"),
        };
        Text::new(zh, en)
    }
}

/// What a filing asks for, once it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    /// What.
    pub kind: FilingKind,
    /// Whose: the credit code of the enterprise that is acted for.
    pub code: String,
    /// What is to be disclosed; for an exit nothing.
    pub listing: Option<Listing>,
    /// Why, or what was put right.
    pub statement: String,
}

/// Whose filing it is: the enterprise that is acted for.
#[derive(Debug, Clone, Copy)]
pub struct Filer<'a> {
    /// Credit code.
    pub code: &'a str,
    /// Name.
    pub name: &'a str,
}

fn field(name: &str, (zh, en): (&str, &str), kind: FieldKind, required: bool, initial: Option<Value>) -> Field {
    Field { name: Slug(name.to_owned()), label: Text::new(zh, en), hint: None, required, kind, initial }
}

/// The form of a filing, with what is disclosed now.
pub fn form(kind: FilingKind, services: &[ServiceType], districts: &[District], now: Option<&Listing>) -> Form {
    let line = |min, max| FieldKind::Line { min, max };
    let area = |min, max| FieldKind::Area { min, max };
    let said = |text: Option<String>| text.filter(|text| !text.is_empty()).map(Value::Text);
    let statement = field("statement", ("说明", "Statement"), area(2, 1000), true, None);
    let mut sections = Vec::new();
    if kind != FilingKind::Exit {
        let choice = |value: &str, label: &Text| Choice { value: value.to_owned(), label: label.clone() };
        let offered = services.iter().map(|service| choice(service.id.as_str(), &service.title)).collect();
        let places = districts.iter().filter(|district| !district.is_city);
        let places = places.map(|district| choice(district.division.as_str(), &district.name)).collect();
        let first = now.and_then(|now| now.offers.first());
        let held = now.and_then(|now| now.qualifications.first());
        let many = |chosen: Vec<String>| Some(Value::Options(chosen)).filter(|_| now.is_some());
        let services = many(now.iter().flat_map(|now| &now.offers).map(|offer| offer.service.to_string()).collect());
        let serves = many(now.iter().flat_map(|now| &now.districts).map(ToString::to_string).collect());
        sections.push(Section {
            title: Text::new("机构", "The organisation"),
            fields: vec![
                field(
                    "short",
                    ("简称", "Short name"),
                    line(4, 50),
                    false,
                    said(now.and_then(|now| now.short.first().cloned())),
                ),
                field(
                    "website",
                    ("网站域名", "Host of the web site"),
                    line(4, 100),
                    false,
                    said(now.and_then(|now| now.website.clone())),
                ),
                field(
                    "telephone",
                    ("联系电话", "Telephone"),
                    FieldKind::Telephone,
                    true,
                    said(now.map(|now| now.telephone.clone())),
                ),
                field("address", ("地址", "Address"), line(4, 200), true, said(now.map(|now| now.address.clone()))),
                field(
                    "qualification",
                    ("资质名称", "Qualification"),
                    line(2, 100),
                    false,
                    said(held.map(|held| held.name.clone())),
                ),
                field(
                    "certificate",
                    ("证书编号", "Number of the certificate"),
                    line(2, 60),
                    false,
                    said(held.map(|held| held.number.clone())),
                ),
                field(
                    "valid-until",
                    ("资质有效期至", "The qualification is valid until"),
                    FieldKind::Date { min: None, max: None },
                    false,
                    held.map(|held| Value::Date(held.until)),
                ),
            ],
        });
        sections.push(Section {
            title: Text::new("服务公示内容", "What is disclosed of the service"),
            fields: vec![
                field("services", ("服务事项", "Services"), FieldKind::ChooseMany(offered), true, services),
                field("districts", ("服务区域", "Districts"), FieldKind::ChooseMany(places), true, serves),
                field(
                    "conditions",
                    ("服务条件", "Conditions"),
                    area(2, 1000),
                    true,
                    said(now.map(|now| now.conditions.clone())),
                ),
                field(
                    "process",
                    ("服务流程（每行一步）", "Process (one step on each line)"),
                    area(2, 2000),
                    true,
                    said(now.map(|now| now.process.join("\n"))),
                ),
                field(
                    "days",
                    ("承诺时限（工作日）", "Promised time (working days)"),
                    FieldKind::Integer { min: 1, max: 365 },
                    true,
                    first.map(|offer| Value::Integer(i64::from(offer.promised.amount))),
                ),
                field(
                    "fee",
                    ("收费标准", "Fee standard"),
                    line(2, 300),
                    true,
                    said(first.map(|offer| offer.fee.clone())),
                ),
                field(
                    "fee-basis",
                    ("收费依据", "Basis of the fee"),
                    line(2, 300),
                    true,
                    said(first.map(|offer| offer.fee_basis.clone())),
                ),
            ],
        });
    }
    let truth = (
        "以上内容真实、完整；提供虚假材料的，接受清退处理",
        "All of this is true and complete; who gives false material is put off the list",
    );
    sections.push(Section {
        title: Text::new("说明与承诺", "Statement"),
        fields: vec![statement, field("truth", truth, FieldKind::Confirm, true, None)],
    });
    Form {
        title: kind.title(),
        introduction: Some(Text::new(
            "核验通过并公示无异议后发布；任何部门不得指定中介机构。",
            "Published once it is verified and nobody objects; no department may name an intermediary.",
        )),
        sections,
        submit: Text::new("提交", "Submit"),
    }
}

/// Reads the values of a form that were checked against it.
pub fn read(kind: FilingKind, filer: Filer<'_>, values: &[FieldValue], today: Date) -> Filing {
    let given = |name: &str| values.iter().find(|given| given.name == name).map(|given| &given.value);
    let text = |name: &str| given(name).map(Value::typed).unwrap_or_default().trim().to_owned();
    let chosen = |name: &str| match given(name) {
        Some(Value::Options(chosen)) => chosen.clone(),
        _ => Vec::new(),
    };
    let days = match given("days") {
        Some(Value::Integer(days)) => u32::try_from(*days).unwrap_or(1),
        _ => 1,
    };
    let held = match given("valid-until") {
        Some(Value::Date(until)) if !text("qualification").is_empty() && !text("certificate").is_empty() => {
            vec![Qualification { name: text("qualification"), number: text("certificate"), until: *until }]
        }
        _ => Vec::new(),
    };
    let offer = |service: String| Offer {
        service: Slug(service),
        promised: Period::working_days(days),
        fee: text("fee"),
        fee_basis: text("fee-basis"),
        from: None,
    };
    let listing = (kind != FilingKind::Exit).then(|| Listing {
        code: filer.code.to_owned(),
        name: filer.name.to_owned(),
        short: Some(text("short")).filter(|short| !short.is_empty()).into_iter().collect(),
        website: Some(text("website")).filter(|host| !host.is_empty()),
        telephone: text("telephone"),
        address: text("address"),
        qualifications: held,
        offers: chosen("services").into_iter().map(offer).collect(),
        districts: chosen("districts").into_iter().filter_map(|code| Division::parse(code).ok()).collect(),
        conditions: text("conditions"),
        process: text("process")
            .lines()
            .map(|step| step.trim().to_owned())
            .filter(|step| !step.is_empty())
            .take(20)
            .collect(),
        listed: today,
    });
    Filing { kind, code: filer.code.to_owned(), listing, statement: text("statement") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Typed;
    use jiff::civil::date;

    #[test]
    fn what_is_disclosed_now_comes_back_unchanged_from_the_form_of_a_change() {
        let now = super::super::steering::tests::listing("91411081DEMA00001Q", "许昌甲乙工程咨询有限公司");
        let services = [ServiceType {
            id: Slug("drawing-review".into()),
            title: Text::zh("施工图审查"),
            items: Vec::new(),
            qualification: None,
            basis: None,
        }];
        let form = form(FilingKind::Change, &services, &[], Some(&now));
        let mut typed = Typed::new();
        for field in form.fields() {
            let value = field.initial.as_ref().map(Value::typed).unwrap_or_default();
            let value = match field.name.as_str() {
                "statement" => "换了地址".to_owned(),
                "truth" => "yes".to_owned(),
                _ => value,
            };
            typed.entry(field.name.to_string()).or_default().push(value);
        }
        // No district can be chosen of none.
        typed.remove("districts");
        let errors = form.read(&typed).unwrap_err();
        assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["districts"]);
        let values: Vec<FieldValue> = form
            .fields()
            .filter_map(|field| Some(FieldValue { name: field.name.to_string(), value: field.initial.clone()? }))
            .collect();
        let filer = Filer { code: &now.code, name: &now.name };
        let read = read(FilingKind::Change, filer, &values, date(2026, 1, 1));
        assert_eq!(read.listing, Some(now));
    }
}
