//! Credit 信用 of intermediaries (article 32): what happened, what it weighs, and the ladder of consequences.
//!
//! Invariant: where somebody stands is computed from the events and the city's dated settings alone, so that anybody can
//! compute it again. An event weighs what the settings of its own day say; one that was withdrawn weighs nothing.

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::district::Division;
use crate::setting::{Dated, Setting, value_on};
use crate::text::Text;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CreditKind {
    /// 逾期交付
    LateDelivery,
    /// 差评
    BadRating,
    /// 投诉属实
    ComplaintUpheld,
    /// 提供虚假材料
    FalseMaterial,
    /// 主动退出: of its own will.
    Exit,
    /// 重新入驻
    Readmission,
}

impl CreditKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::LateDelivery,
        Self::BadRating,
        Self::ComplaintUpheld,
        Self::FalseMaterial,
        Self::Exit,
        Self::Readmission,
    ];

    /// For columns and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LateDelivery => "late-delivery",
            Self::BadRating => "bad-rating",
            Self::ComplaintUpheld => "complaint-upheld",
            Self::FalseMaterial => "false-material",
            Self::Exit => "exit",
            Self::Readmission => "readmission",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::LateDelivery => ("逾期交付", "Late delivery"),
            Self::BadRating => ("业主差评", "Bad rating"),
            Self::ComplaintUpheld => ("投诉属实", "Complaint upheld"),
            Self::FalseMaterial => ("提供虚假材料", "False material"),
            Self::Exit => ("主动退出", "Exit of its own will"),
            Self::Readmission => ("重新入驻", "Re-admission"),
        };
        Text::new(zh, en)
    }

    /// The setting that says what it weighs; none where it weighs nothing by itself.
    pub const fn weight(self) -> Option<Setting> {
        match self {
            Self::LateDelivery => Some(Setting::IntermediaryLatePoints),
            Self::BadRating => Some(Setting::IntermediaryBadRatingPoints),
            Self::ComplaintUpheld => Some(Setting::IntermediaryComplaintPoints),
            Self::FalseMaterial => Some(Setting::IntermediaryFalsePoints),
            Self::Exit | Self::Readmission => None,
        }
    }
}

/// One entry of a credit record 信用记录; all of it is public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditEvent {
    /// What makes it one: two with the same are one. At most 64 characters.
    pub id: String,
    /// Whose.
    pub code: String,
    /// What.
    pub kind: CreditKind,
    /// When.
    pub day: Date,
    /// In which district.
    pub division: Division,
    /// In words, for everybody.
    pub what: String,
    /// What it stands on: a case's number, or a document with its number.
    pub evidence: String,
    /// Why it was taken back, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<String>,
}

/// Where an intermediary stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "standing")]
pub enum Standing {
    /// 在册
    Listed,
    /// 警示: selectable, and everybody sees it.
    Warned,
    /// 暂停: not selectable until after this day.
    Suspended {
        /// The last day.
        until: Date,
    },
    /// 清退或退出
    Exited {
        /// Since when.
        since: Date,
    },
    /// 重新入驻
    Readmitted,
}

impl Standing {
    /// Names in the order of the ladder, for filters.
    pub const NAMES: [&'static str; 5] = ["listed", "warned", "suspended", "exited", "readmitted"];

    /// For filters and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Warned => "warned",
            Self::Suspended { .. } => "suspended",
            Self::Exited { .. } => "exited",
            Self::Readmitted => "readmitted",
        }
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Listed => ("在册", "Listed"),
            Self::Warned => ("警示", "Warned"),
            Self::Suspended { .. } => ("暂停选取", "Suspended"),
            Self::Exited { .. } => ("已退出", "Exited"),
            Self::Readmitted => ("重新入驻", "Re-admitted"),
        };
        Text::new(zh, en)
    }

    /// Whether it can be selected.
    pub const fn is_selectable(self) -> bool {
        matches!(self, Self::Listed | Self::Warned | Self::Readmitted)
    }
}

/// A record as it stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// Where it stands.
    pub standing: Standing,
    /// Points that count on the day.
    pub points: i64,
    /// From when it may ask to be admitted again; where it has exited.
    pub again: Option<Date>,
}

/// Folds the events until a day, in whatever order they come.
pub fn record(events: &[CreditEvent], settings: &[Dated], day: Date) -> Record {
    let on = |setting, at: Date| value_on(settings, setting, at);
    let later = |from: Date, days: i64| from.saturating_add(Span::new().days(days.clamp(0, 36_500)));
    let mut events: Vec<&CreditEvent> =
        events.iter().filter(|event| event.withdrawn.is_none() && event.day <= day).collect();
    events.sort_by(|a, b| {
        (a.day, a.kind == CreditKind::Readmission, &a.id).cmp(&(b.day, b.kind == CreditKind::Readmission, &b.id))
    });
    let (mut exited, mut suspended, mut again) = (None::<Date>, None::<Date>, false);
    let mut counted: Vec<(Date, i64)> = Vec::new();
    let sum = |counted: &[(Date, i64)], at: Date| {
        let window = on(Setting::IntermediaryWindowDays, at);
        counted.iter().filter(|(day, _)| later(*day, window) > at).map(|(_, points)| points).sum::<i64>()
    };
    for event in events {
        match event.kind.weight() {
            Some(weight) => {
                counted.push((event.day, on(weight, event.day)));
                let points = sum(&counted, event.day);
                if points >= on(Setting::IntermediaryExitAt, event.day) {
                    exited = exited.or(Some(event.day));
                } else if points >= on(Setting::IntermediarySuspendAt, event.day) {
                    let until = later(event.day, on(Setting::IntermediarySuspensionDays, event.day));
                    suspended = suspended.max(Some(until));
                }
            }
            None if event.kind == CreditKind::Exit => exited = exited.or(Some(event.day)),
            None => {
                (exited, suspended, again) = (None, None, true);
                counted.clear();
            }
        }
    }
    let points = sum(&counted, day);
    let standing = match (exited, suspended) {
        (Some(since), _) => Standing::Exited { since },
        (None, Some(until)) if until >= day => Standing::Suspended { until },
        _ if points >= on(Setting::IntermediaryWarnAt, day) => Standing::Warned,
        _ if again => Standing::Readmitted,
        _ => Standing::Listed,
    };
    let again = exited.map(|since| later(since, on(Setting::IntermediaryReadmissionDays, since)));
    Record { standing, points, again }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn event(id: &str, kind: CreditKind, day: Date) -> CreditEvent {
        CreditEvent {
            id: id.into(),
            code: "91411081DEMA00001Q".into(),
            kind,
            day,
            division: Division::parse("411081").unwrap(),
            what: "演示".into(),
            evidence: "演示文书".into(),
            withdrawn: None,
        }
    }

    #[test]
    fn the_ladder_goes_from_a_warning_to_suspension_to_exit_and_back() {
        let day = date(2026, 3, 2);
        let late = event("a", CreditKind::LateDelivery, day);
        assert_eq!(record(std::slice::from_ref(&late), &[], day).standing, Standing::Listed, "once is no pattern");
        let bad = event("b", CreditKind::BadRating, day);
        let both = [late.clone(), bad.clone()];
        assert_eq!(record(&both, &[], day).standing, Standing::Warned);
        let upheld = event("c", CreditKind::ComplaintUpheld, date(2026, 4, 1));
        let three = [late.clone(), bad.clone(), upheld.clone()];
        let until = date(2026, 6, 30);
        assert_eq!(record(&three, &[], date(2026, 4, 1)).standing, Standing::Suspended { until });
        assert_eq!(record(&three, &[], date(2026, 7, 1)).standing, Standing::Warned, "it ends, the points stay");
        assert_eq!(record(&three, &[], date(2027, 4, 2)).standing, Standing::Listed, "and end a year after");
        let lie = event("d", CreditKind::FalseMaterial, date(2026, 5, 6));
        let four = [late, bad, upheld, lie];
        let gone = record(&four, &[], date(2026, 5, 6));
        assert_eq!(gone.standing, Standing::Exited { since: date(2026, 5, 6) });
        assert_eq!(gone.again, Some(date(2027, 5, 6)));
        let back = event("e", CreditKind::Readmission, date(2027, 5, 10));
        let five: Vec<_> = four.into_iter().chain([back]).collect();
        assert_eq!(record(&five, &[], date(2027, 5, 10)).standing, Standing::Readmitted);
        assert_eq!(record(&five, &[], date(2027, 5, 10)).points, 0);
    }

    #[test]
    fn thresholds_are_the_citys_and_hold_from_their_day() {
        let stricter = [Dated { setting: Setting::IntermediaryExitAt, since: date(2026, 6, 1), value: 2 }];
        let before = event("a", CreditKind::LateDelivery, date(2026, 5, 31));
        assert_eq!(record(&[before], &stricter, date(2026, 6, 2)).standing, Standing::Listed);
        let after = event("a", CreditKind::LateDelivery, date(2026, 6, 1));
        assert!(matches!(
            record(std::slice::from_ref(&after), &stricter, date(2026, 6, 2)).standing,
            Standing::Exited { .. }
        ));
        let withdrawn = CreditEvent { withdrawn: Some("误记".into()), ..after };
        assert_eq!(record(&[withdrawn], &stricter, date(2026, 6, 2)).standing, Standing::Listed);
    }

    proptest! {
        #[test]
        fn another_event_never_makes_anybody_stand_better(
            kinds in proptest::collection::vec((0_usize..4, 0_i32..300), 1..8),
        ) {
            let start = date(2026, 1, 1);
            let events: Vec<_> = kinds.iter().enumerate().map(|(at, (kind, days))| {
                event(&at.to_string(), CreditKind::ALL[*kind], start.saturating_add(Span::new().days(*days)))
            }).collect();
            let rung = |standing: Standing| match standing {
                Standing::Listed | Standing::Readmitted => 0,
                Standing::Warned => 1,
                Standing::Suspended { .. } => 2,
                Standing::Exited { .. } => 3,
            };
            let day = date(2026, 12, 1);
            let fewer = record(&events[1..], &[], day);
            let all = record(&events, &[], day);
            prop_assert!(rung(all.standing) >= rung(fewer.standing));
            prop_assert!(all.points >= fewer.points);
            let reversed: Vec<_> = events.into_iter().rev().collect();
            prop_assert_eq!(record(&reversed, &[], day), all);
        }
    }
}
