//! 技术改造设备补助: equipment of 5 million yuan or more in a filed project gets 8 %, at most 3 million yuan.

use lotus_sdk::prelude::*;
use lotus_sdk::{percent_of, setting_integer, setting_money, yuan};

/// Threshold and cap in fen, share in per cent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) least_equipment: i64,
    pub(crate) percent: i64,
    pub(crate) cap: i64,
}

impl Terms {
    /// As published.
    pub(crate) const PUBLISHED: Self = Self { least_equipment: 500_000_000, percent: 8, cap: 300_000_000 };

    /// As the district has set them.
    pub(crate) fn set() -> Self {
        let published = Self::PUBLISHED;
        Self {
            least_equipment: setting_money("upgrade-least-equipment", published.least_equipment),
            percent: setting_integer("upgrade-percent", published.percent).clamp(0, 100),
            cap: setting_money("upgrade-cap", published.cap),
        }
    }

    /// What this much equipment gets; nothing below the threshold.
    pub(crate) fn subsidy(self, equipment: i64) -> Option<i64> {
        (equipment >= self.least_equipment).then(|| percent_of(equipment, self.percent * 100).min(self.cap))
    }
}

/// What speaks against the subsidy, each beside its field, with what else there is.
pub(crate) fn rule(submission: &Submission, today: Date, terms: Terms) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let equipment = submission.money("equipment").unwrap_or(0);
    let least = yuan(terms.least_equipment);
    if equipment < terms.least_equipment {
        errors.push(FieldError::new(
            "equipment",
            (
                format!(
                    "补助条件是设备投资不低于 {least} 元（不含税）。未达到的可申请“设备融资租赁对接”，分期更新设备。"
                ),
                format!(
                    "The subsidy needs equipment of at least {least} yuan before tax. Below that, leasing spreads \
                     the cost: see the service for equipment leases."
                ),
            ),
        ));
    }
    if submission.money("investment").is_some_and(|investment| investment < equipment) {
        errors.push(FieldError::new(
            "investment",
            (
                "项目总投资不能小于设备投资，请核对单位是否为元。",
                "The whole investment can't be less than the equipment; please check that both are in yuan.",
            ),
        ));
    }
    let order = |date: Date| (date.year, date.month, date.day);
    let finished = submission.date("finished");
    if let (Some(started), Some(finished)) = (submission.date("started"), finished)
        && order(finished) < order(started)
    {
        errors.push(FieldError::new(
            "finished",
            ("完工日期不能早于开工日期。", "The project can't be finished before it was started."),
        ));
    }
    if finished.is_some_and(|finished| order(finished) < (today.year.saturating_sub(2), today.month, today.day)) {
        errors.push(FieldError::new(
            "finished",
            (
                "补助须在项目完工后两年内申请。",
                "The subsidy is applied for within two years after the project is finished.",
            ),
        ));
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::new(2026, 11, 24);

    fn submission(equipment: i64, finished: Date) -> Submission {
        let field = |name: &str, value| FieldValue { name: name.into(), value };
        Submission {
            service: "technical-upgrade".into(),
            fields: vec![
                field("equipment", Value::Money(equipment)),
                field("investment", Value::Money(900_000_000)),
                field("started", Value::Date(Date::new(2025, 3, 1))),
                field("finished", Value::Date(finished)),
            ],
        }
    }

    #[test]
    fn eight_per_cent_up_to_three_million() {
        let terms = Terms::PUBLISHED;
        assert_eq!(terms.subsidy(499_999_999), None);
        assert_eq!(terms.subsidy(500_000_000), Some(40_000_000));
        assert_eq!(terms.subsidy(3_750_000_000), Some(300_000_000));
        assert_eq!(terms.subsidy(i64::MAX), Some(300_000_000));
    }

    #[test]
    fn a_sound_application_has_no_errors() {
        assert!(rule(&submission(600_000_000, Date::new(2026, 6, 30)), TODAY, Terms::PUBLISHED).is_empty());
    }

    #[test]
    fn too_little_equipment_is_pointed_to_leasing() {
        let errors = rule(&submission(100_000_000, Date::new(2026, 6, 30)), TODAY, Terms::PUBLISHED);
        assert_eq!(errors[0].field, "equipment");
        assert!(errors[0].message.zh.contains("5,000,000 元") && errors[0].message.zh.contains("融资租赁"));
    }

    #[test]
    fn impossible_and_late_dates_and_sums_stand_beside_their_fields() {
        let fields = |equipment, finished| -> Vec<String> {
            let errors = rule(&submission(equipment, finished), TODAY, Terms::PUBLISHED);
            errors.into_iter().map(|error| error.field).collect()
        };
        assert_eq!(fields(1_000_000_000, Date::new(2026, 1, 1)), ["investment"]);
        assert_eq!(fields(600_000_000, Date::new(2024, 11, 23)), ["finished", "finished"]);
        assert_eq!(fields(600_000_000, Date::new(2025, 2, 28)), ["finished"]);
    }
}
