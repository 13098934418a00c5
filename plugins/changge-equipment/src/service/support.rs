//! Finance, talent and law: leases, skilled workers, contracts. Each opens a case of the host's plain kind.

use lotus_sdk::prelude::*;

use super::{CONTRACT, LEASE, WORKERS, enterprise_fields, line};
use crate::{office, zone};

/// Fewer trainees than this join a class that is open to all.
const OWN_CLASS: i64 = 10;

pub(super) fn lease() -> Service {
    Service::new(
        LEASE,
        ServiceField::Finance,
        ("设备融资租赁对接", "Finding an equipment lease"),
        (
            "公开发布企业需求，由租赁公司自愿报价，企业自主选择。",
            "Your need is published; leasing firms offer as they like, and you choose.",
        ),
        office::INDUSTRY,
        Period::working_days(5),
    )
    .basis(office::article_29())
    .zone(zone::ID)
}

pub(super) fn lease_form() -> Form {
    Form::new(("设备融资租赁需求", "What you want to lease"), ("提交需求", "Submit"))
        .introduction(("政府部门不指定租赁公司，不收取费用。", "No leasing firm is designated, and it costs nothing."))
        .section(("企业", "The enterprise"), enterprise_fields())
        .section(
            ("设备", "The equipment"),
            [
                Field::line("machine", ("设备名称和型号", "Machine and type"), 2..=100),
                Field::money("value", ("设备总价（元）", "Price (yuan)"), 10_000..=500_000_000),
                Field::integer("months", ("租期（月）", "Term (months)"), 6..=96),
                Field::choose_one(
                    "form",
                    ("租赁方式", "Kind of lease"),
                    [("direct", ("直接租赁", "Direct lease")), ("sale-back", ("售后回租", "Sale and leaseback"))],
                ),
            ],
        )
}

pub(super) fn lease_answer(submission: &Submission) -> Outcome {
    Outcome::OpensCase(Opening::new(line(submission, "设备融资租赁对接", "equipment lease")).message((
        "需求公开发布 3 个工作日后，汇总报价供您自主选择。",
        "After 3 working days of publication you get all offers and choose among them yourself.",
    )))
}

pub(super) fn workers() -> Service {
    Service::new(
        WORKERS,
        ServiceField::Talent,
        ("技能人才定向培养", "Training skilled workers to order"),
        (
            "企业提需求，职业院校按岗位培养焊工、数控、检测等技能人才。",
            "You say what you need; vocational schools train welders, machinists and testers for it.",
        ),
        office::LABOUR,
        Period::working_days(7),
    )
    .basis(office::article_29())
    .zone(zone::ID)
}

pub(super) fn workers_form(today: Date) -> Form {
    Form::new(("技能人才培养需求", "Workers to be trained"), ("提交需求", "Submit"))
        .section(("企业", "The enterprise"), enterprise_fields())
        .section(
            ("需求", "The need"),
            [
                Field::choose_one(
                    "trade",
                    ("工种", "Trade"),
                    [
                        ("welding", ("焊工", "Welding")),
                        ("cnc", ("数控加工", "CNC machining")),
                        ("testing", ("无损检测", "Non-destructive testing")),
                        ("furnace", ("熔炼", "Furnace work")),
                    ],
                ),
                Field::integer("count", ("人数", "How many"), 1..=500),
                Field::choose_one(
                    "class",
                    ("开班方式", "Class"),
                    [("own", ("企业专班", "A class of our own")), ("open", ("公共班", "A class open to all"))],
                ),
                Field::date("from", ("期望到岗日期", "Wanted from"), Some(today), None),
            ],
        )
}

/// A class of one's own needs enough trainees.
pub(super) fn workers_rule(submission: &Submission) -> Vec<FieldError> {
    let count = submission.integer("count").unwrap_or(0);
    if submission.chosen("class") == Some("own") && count < OWN_CLASS {
        return vec![FieldError::new(
            "class",
            (
                format!("企业专班不少于 {OWN_CLASS} 人；人数较少的请选择公共班，课程相同。"),
                format!("A class of one's own needs {OWN_CLASS} trainees; for fewer, the open class teaches the same."),
            ),
        )];
    }
    Vec::new()
}

pub(super) fn workers_answer(submission: &Submission) -> Outcome {
    Outcome::OpensCase(Opening::new(line(submission, "技能人才定向培养", "skilled workers")).message((
        "人社部门会联系您确认课程和开班时间，培训不收费。",
        "The bureau calls to settle course and start; the training is free of charge.",
    )))
}

pub(super) fn contract() -> Service {
    Service::new(
        CONTRACT,
        ServiceField::Law,
        ("装备合同合规体检", "Contract check for equipment makers"),
        (
            "公职律师免费查看合同中的交付、验收、质保、违约条款，提出意见。",
            "Public lawyers look at delivery, acceptance, warranty and breach, free of charge.",
        ),
        office::JUSTICE,
        Period::working_days(5),
    )
    .basis(office::article_29())
    .zone(zone::ID)
}

pub(super) fn contract_form() -> Form {
    Form::new(("合同合规体检", "Contract check"), ("提交", "Submit"))
        .section(("企业", "The enterprise"), enterprise_fields())
        .section(
            ("合同", "The contract"),
            [
                Field::choose_one(
                    "side",
                    ("企业在合同中是", "You are"),
                    [("seller", ("卖方", "the seller")), ("buyer", ("买方", "the buyer"))],
                ),
                Field::money("value", ("合同金额（元）", "Value (yuan)"), 0..=1_000_000_000).optional(),
                Field::choose_many(
                    "clauses",
                    ("关注条款", "Clauses"),
                    [
                        ("delivery", ("交付和风险转移", "Delivery and risk")),
                        ("acceptance", ("安装调试和验收", "Installation and acceptance")),
                        ("warranty", ("质量保证", "Warranty")),
                        ("breach", ("违约责任", "Breach")),
                        ("dispute", ("争议解决", "Disputes")),
                    ],
                ),
                Field::area("text", ("条款原文", "The clauses' words"), 20..=8000).hint((
                    "请隐去对方名称和商业秘密。",
                    "Please leave out the other side's name and business secrets.",
                )),
            ],
        )
}

pub(super) fn contract_answer(submission: &Submission) -> Outcome {
    Outcome::OpensCase(Opening::new(line(submission, "装备合同合规体检", "contract check")).message((
        "意见仅供企业参考，不代替律师正式意见书。",
        "The advice does not replace a lawyer's formal opinion.",
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_trainees_are_pointed_to_the_open_class() {
        let submission = |count| Submission {
            service: WORKERS.into(),
            fields: vec![
                FieldValue { name: "count".into(), value: Value::Integer(count) },
                FieldValue { name: "class".into(), value: Value::Options(vec!["own".into()]) },
            ],
        };
        assert_eq!(workers_rule(&submission(9))[0].field, "class");
        assert!(workers_rule(&submission(10)).is_empty());
    }
}
