//! The application form of an item, made from its implementation list, and how its cases run.
//!
//! Invariant: what the platform knows of a person is there before they start, so that nothing is asked twice.

use crate::Slug;
use crate::account::{Mandate, Profile};
use crate::catalog::{Item, Served};
use crate::form::{Field, FieldKind, Form, Section, Value};
use crate::kind::{Definition, Meaning};
use crate::law::{Period, TimeUnit};
use crate::text::Text;

/// What is known of whoever fills a form in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The person.
    pub profile: Option<&'a Profile>,
    /// The enterprise that they act for.
    pub acting_for: Option<&'a Mandate>,
}

/// By how much a joint case 一件事 can be extended (Administrative Licence Law, article 42, paragraph 2).
const JOINT_EXTENSION: Period = Period { amount: 15, unit: TimeUnit::WorkingDay };

fn field(name: &str, (zh, en): (&str, &str), kind: FieldKind, required: bool, initial: Option<&str>) -> Field {
    Field {
        name: Slug(name.to_owned()),
        label: Text::new(zh, en),
        hint: None,
        required,
        kind,
        initial: initial.map(|text| Value::Text(text.to_owned())),
    }
}

impl Item {
    /// Whether people, and whether organisations apply for it.
    fn applicants(&self) -> (bool, bool) {
        let people = self.served.contains(&Served::NaturalPerson);
        (people, self.served.iter().any(|served| *served != Served::NaturalPerson))
    }

    /// Its application form: who applies, what for, and that the conditions are met.
    pub fn form(&self, known: Known<'_>) -> Form {
        let (people, organisations) = self.applicants();
        let profile = known.profile;
        let line = |max| FieldKind::Line { min: 1, max };
        let mut who = Vec::new();
        if organisations {
            let (code, name) = known.acting_for.map_or((None, None), |mandate| {
                (Some(mandate.credit_code.as_str()), Some(mandate.enterprise.as_str()))
            });
            let required = !people;
            who.push(field("organisation", ("单位名称", "Organisation"), line(100), required, name));
            let kind = FieldKind::CreditCode;
            who.push(field("credit-code", ("统一社会信用代码", "Unified social credit code"), kind, required, code));
        }
        let name = profile.map(|profile| profile.name.as_str());
        let (zh, en) =
            if people { ("申请人姓名", "Name") } else { ("经办人姓名", "Name of whoever applies") };
        who.push(field("name", (zh, en), line(50), true, name));
        let number = profile.and_then(|profile| profile.identity_number.as_deref());
        let kind = FieldKind::IdentityNumber;
        who.push(field("identity-number", ("公民身份号码", "Identity number"), kind, true, number));
        let telephone = profile.and_then(|profile| profile.telephone.as_deref());
        who.push(field("telephone", ("手机号码", "Telephone"), FieldKind::Telephone, true, telephone));
        let area = FieldKind::Area { min: 0, max: 2000 };
        let what =
            field("details", ("申请内容和需要说明的情况", "What is applied for, and what to know"), area, false, None);
        let mut sections = vec![
            Section { title: Text::new("申请人", "Applicant"), fields: who },
            Section { title: Text::new("申请事项", "Application"), fields: vec![what] },
        ];
        let conditions: Vec<Field> = (1_usize..)
            .zip(&self.conditions)
            .take(40)
            .map(|(at, condition)| Field {
                label: condition.clone(),
                ..field(&format!("condition-{at}"), ("", ""), FieldKind::Confirm, true, None)
            })
            .collect();
        if !conditions.is_empty() {
            sections.push(Section {
                title: Text::new("受理条件确认", "Conditions that are met"), fields: conditions
            });
        }
        let introduction = Text::new(
            "材料可在下方“材料”中上传或从材料库选用；缺少的会一次性告知。",
            "Add your materials below, or take them from your drawer; whatever is missing will be said all at once.",
        );
        Form {
            title: Text::new(
                format!("申请：{}", self.name.zh),
                format!("Apply: {}", self.name.en.as_deref().unwrap_or(&self.name.zh)),
            ),
            introduction: (!self.materials.is_empty()).then_some(introduction),
            sections,
            submit: Text::new("提交申请", "Submit"),
        }
    }

    /// How its cases run: the kind with this item's promise, statutory time and basis.
    pub fn definition(&self, kind: Definition) -> Definition {
        let mut definition = Definition {
            promised: self.promised,
            statutory: Some(self.statutory),
            basis: self.basis.first().cloned().or(kind.basis),
            ..kind
        };
        if !self.joint_bodies.is_empty() {
            for step in definition.transitions.iter_mut().filter(|step| step.means == Some(Meaning::Extended)) {
                step.extends = Some(JOINT_EXTENSION);
            }
        }
        definition
    }
}
