//! 技术改造设备补助申请: the form, and the case that it opens.

use lotus_sdk::prelude::*;
use lotus_sdk::yuan;

use super::{UPGRADE, enterprise_fields, line};
use crate::upgrade::Terms;
use crate::{kind, office, zone};

pub(super) fn service() -> Service {
    Service::new(
        UPGRADE,
        ServiceField::Policy,
        ("技术改造设备补助申请", "Subsidy for technical upgrades"),
        (
            "备案的技术改造项目，设备投资达到条件的，按比例给予补助。",
            "A share of the equipment of filed upgrade projects, where it is enough.",
        ),
        office::INDUSTRY,
        Period::working_days(kind::DAYS),
    )
    .basis(office::article_30())
    .zone(zone::ID)
    .kind(kind::definition())
}

pub(super) fn form(today: Date, terms: Terms) -> Form {
    let (least, percent, cap) = (yuan(terms.least_equipment), terms.percent, yuan(terms.cap));
    Form::new(("技术改造设备补助申请表", "Application for the upgrade subsidy"), ("提交申请", "Submit"))
        .introduction((
            format!("设备投资（不含税）不低于 **{least} 元**，按 **{percent}%** 补助，最高 **{cap} 元**。发票和付款凭证在现场核查时查看。"),
            format!("Equipment of at least **{least} yuan** before tax gets **{percent} per cent**, at most **{cap} yuan**. Invoices and payments are looked at during the inspection on site."),
        ))
        .section(("申请企业", "The enterprise"), enterprise_fields())
        .section(
            ("项目", "The project"),
            [
                Field::line("project", ("项目名称", "Name of the project"), 4..=100),
                Field::line("filing", ("投资项目代码", "Investment project code"), 10..=40)
                    .hint(("备案证明上的项目代码。", "The code on the filing certificate.")),
                Field::choose_one(
                    "industry",
                    ("行业", "Industry"),
                    [
                        ("equipment", ("装备制造", "Equipment")),
                        ("recycled-metal", ("再生金属", "Recycled metal")),
                        ("valves", ("管件阀门", "Pipes and valves")),
                        ("other", ("其他制造业", "Other manufacturing")),
                    ],
                ),
                Field::money("investment", ("项目总投资（元）", "Whole investment (yuan)"), 0..=10_000_000_000),
                Field::money("equipment", ("其中设备投资（元，不含税）", "Equipment before tax (yuan)"), 0..=10_000_000_000),
                Field::date("started", ("开工日期", "Started"), Some(Date::new(2020, 1, 1)), Some(today)),
                Field::date("finished", ("完工日期", "Finished"), Some(Date::new(2020, 1, 1)), Some(today)),
            ],
        )
        .section(
            ("设备和效果", "Equipment and effect"),
            [
                Field::area("machines", ("主要设备清单", "The main machines"), 10..=3000)
                    .hint(("每行一台（套）：名称、型号、金额。", "One a line: name, type, amount.")),
                Field::choose_many(
                    "effects",
                    ("改造效果", "Effects"),
                    [
                        ("capacity", ("扩大产能", "More capacity")),
                        ("energy", ("节能降碳", "Less energy and carbon")),
                        ("digital", ("数字化智能化", "Digital control")),
                        ("safety", ("安全生产", "Safety")),
                    ],
                ),
                Field::confirm("visit", ("同意现场核查", "Inspectors may come on site")),
            ],
        )
}

pub(super) fn answer(submission: &Submission, terms: Terms) -> Outcome {
    let subsidy = submission.money("equipment").and_then(|equipment| terms.subsidy(equipment)).unwrap_or(0);
    let amount = yuan(subsidy);
    Outcome::OpensCase(Opening::new(line(submission, "技术改造设备补助", "technical-upgrade subsidy")).message((
        format!(
            "按申报设备投资预计补助 **{amount} 元**，以现场核查认定为准。现场核查期间暂停计时，核查日期会提前书面告知。"
        ),
        format!(
            "By the equipment you gave, the subsidy would be **{amount} yuan**; the inspection decides. The clock \
             pauses while inspectors are on site, and you are told the day in writing."
        ),
    )))
}
