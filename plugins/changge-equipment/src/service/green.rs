//! 再生金属绿色自评: seven things that a recycler should have, assessed at once; nothing is kept.

use lotus_sdk::prelude::*;

use super::{GREEN, UPGRADE};
use crate::{office, zone};

/// Something that a recycler should have.
struct Practice {
    id: &'static str,
    name: (&'static str, &'static str),
    /// What to do where it is missing.
    advice: (&'static str, &'static str),
}

const fn practice(
    id: &'static str,
    name: (&'static str, &'static str),
    advice: (&'static str, &'static str),
) -> Practice {
    Practice { id, name, advice }
}

const PRACTICES: [Practice; 7] = [
    practice(
        "permit",
        ("排污许可或登记", "Pollution permit"),
        ("先办理排污许可证或排污登记。", "Get the permit or register first."),
    ),
    practice(
        "radiation",
        ("进厂放射性检测", "Radiation check at the gate"),
        ("配备门式检测装置并留存记录。", "Put a gate in and keep its records."),
    ),
    practice(
        "sorting",
        ("自动分选", "Automatic sorting"),
        ("自动分选设备可申请技改补助。", "Sorters count for the upgrade subsidy."),
    ),
    practice(
        "furnace",
        ("熔炼烟气收集处理", "Furnace fumes collected"),
        ("改造集气罩和布袋除尘。", "Rebuild hoods and bag filters."),
    ),
    practice(
        "slag",
        ("炉渣和灰的规范处置", "Slag and ash disposed of"),
        ("区分危险废物，交有资质单位处置。", "Part hazardous waste and give it to a licensed firm."),
    ),
    practice("energy", ("能耗在线计量", "Energy metered"), ("接入能耗在线监测。", "Join the metering network.")),
    practice(
        "ledger",
        ("废料来源台账", "Ledger of sources"),
        ("逐批登记来源和票据。", "Record source and invoice of each lot."),
    ),
];

/// Without these three a plant may not run, however good the rest.
const MUST: [&str; 3] = ["permit", "radiation", "slag"];

/// How a plant stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Something is missing without which it may not run.
    MustAct,
    /// Sound, with something to gain.
    Sound,
    /// Everything is there.
    Leading,
}

fn standing(has: &[String]) -> Standing {
    let has = |id: &str| has.iter().any(|one| one == id);
    if MUST.iter().any(|id| !has(id)) {
        Standing::MustAct
    } else if PRACTICES.iter().all(|practice| has(practice.id)) {
        Standing::Leading
    } else {
        Standing::Sound
    }
}

pub(super) fn service() -> Service {
    Service::new(
        GREEN,
        ServiceField::ScienceAndTechnology,
        ("再生金属绿色自评", "Green self-assessment for recycled metal"),
        (
            "勾选已经做到的，当场得到差距清单和改造建议。",
            "Tick what you have and get at once what is missing and what to do.",
        ),
        office::INDUSTRY,
        Period::AT_ONCE,
    )
    .basis(office::article_29())
    .zone(zone::ID)
}

pub(super) fn form() -> Form {
    Form::new(("再生金属绿色自评", "Green self-assessment"), ("查看结果", "See the result"))
        .introduction((
            "自评内容不保存，不作为执法依据。",
            "Nothing is kept, and nothing here is used for enforcement.",
        ))
        .section(
            ("企业情况", "The plant"),
            [
                Field::choose_one(
                    "metal",
                    ("主要品种", "Main metal"),
                    [
                        ("steel", ("再生不锈钢、钢铁", "Steel and stainless steel")),
                        ("aluminium", ("再生铝", "Aluminium")),
                        ("copper", ("再生铜", "Copper")),
                    ],
                ),
                Field::integer("tonnes", ("年处理量（吨）", "Tonnes a year"), 1..=5_000_000),
                Field::choose_many(
                    "has",
                    ("已经做到（可多选）", "What you have"),
                    PRACTICES.map(|practice| (practice.id, practice.name)),
                )
                .optional(),
            ],
        )
}

pub(super) fn answer(submission: &Submission) -> Outcome {
    let has = submission.all_chosen("has");
    Outcome::Answered(result(has))
}

fn result(has: &[String]) -> Page {
    let (tone, title, body) = match standing(has) {
        Standing::MustAct => (
            Tone::Urgent,
            ("有必须立即整改的项目", "Some things must be put right now"),
            (
                "排污许可、放射性检测、固体废物处置缺一不可。",
                "Permit, radiation check and waste disposal are all needed.",
            ),
        ),
        Standing::Sound => (
            Tone::Info,
            ("基本规范，还有提升空间", "Sound, with something to gain"),
            ("差距项目的设备改造可以申请技改补助。", "Equipment for what is missing counts for the upgrade subsidy."),
        ),
        Standing::Leading => (
            Tone::Good,
            ("全部做到", "Everything is there"),
            ("可以申报绿色工厂，请联系专窗。", "You may apply to be a green factory; please ask the counter."),
        ),
    };
    let table = PRACTICES.iter().fold(
        Table::new(("逐项结果", "One by one"))
            .column(("项目", "Practice"))
            .column(("结果", "Result"))
            .column(("建议", "Advice")),
        |table, practice| {
            let there = has.iter().any(|one| one == practice.id);
            let result = if there { Text::new("做到", "There") } else { Text::new("缺少", "Missing") };
            table.row([practice.name.into(), result, if there { Text::same("—") } else { practice.advice.into() }])
        },
    );
    Page::new(("绿色自评结果", "Result of the self-assessment"))
        .notice(tone, title, body)
        .table(table)
        .links([
            Link::service(("申请技术改造设备补助", "Apply for the upgrade subsidy"), UPGRADE),
            Link::zone(("返回产业专区", "Back to the zone"), zone::ID),
        ])
        .contact(office::counter())
        .basis(LegalBasis::document("《中华人民共和国固体废物污染环境防治法》"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn having(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn nothing_makes_up_for_a_missing_permit() {
        let all: Vec<&str> = PRACTICES.iter().map(|practice| practice.id).collect();
        assert_eq!(standing(&having(&all[1..])), Standing::MustAct);
        assert_eq!(standing(&having(&MUST)), Standing::Sound);
        assert_eq!(standing(&having(&all)), Standing::Leading);
    }
}
