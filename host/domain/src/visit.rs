//! Home visits 上门服务: who can't come and why, and a round for the day (article 27).
//!
//! The round is a heuristic, not the shortest there is: from the hall always to the nearest place that is left, then pairs
//! of ways are exchanged while that makes it shorter (2-opt). For the dozen visits of a team's day it is at most a few
//! per cent longer than the best. Distances are great-circle ones between townships, not roads.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::appointment::Township;
use crate::case::CaseNumber;
use crate::text::Text;

/// Why somebody can't come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VisitReason {
    /// 高龄
    OldAge,
    /// 残疾
    Disability,
    /// 重病卧床
    Illness,
    /// 孕产
    Pregnancy,
    /// Another, said in words.
    Other,
}

impl VisitReason {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::OldAge, Self::Disability, Self::Illness, Self::Pregnancy, Self::Other];

    /// For columns and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OldAge => "old-age",
            Self::Disability => "disability",
            Self::Illness => "illness",
            Self::Pregnancy => "pregnancy",
            Self::Other => "other",
        }
    }

    /// The reason of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::OldAge => ("高龄，行动不便", "Old age"),
            Self::Disability => ("残疾，行动不便", "Disability"),
            Self::Illness => ("重病卧床", "Illness"),
            Self::Pregnancy => ("孕期或产后", "Pregnancy or after a birth"),
            Self::Other => ("其他原因", "Another reason"),
        };
        Text::new(zh, en)
    }
}

/// Where an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VisitState {
    /// Asked for.
    Ordered,
    /// In the round of its day.
    Planned,
    /// Somebody was there.
    Done,
    /// Cancelled by whoever asked.
    Cancelled,
}

impl VisitState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ordered, Self::Planned, Self::Done, Self::Cancelled];

    /// For columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::Planned => "planned",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Ordered => ("已预约上门", "Ordered"),
            Self::Planned => ("已安排上门", "Planned"),
            Self::Done => ("已上门", "Done"),
            Self::Cancelled => ("已取消", "Cancelled"),
        };
        Text::new(zh, en)
    }

    /// Whether somebody is still to go there.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Ordered | Self::Planned)
    }

    /// The step by which the order's case comes nearer to this, from the state that it is in; none where it is there.
    pub fn step_from(self, state: &str) -> Option<&'static str> {
        match (self, state) {
            (Self::Planned | Self::Done, "asked") => Some("plan"),
            (Self::Done, "planned") => Some("visit"),
            (Self::Cancelled, "asked" | "planned") => Some("withdraw"),
            _ => None,
        }
    }
}

/// What an order says of a person: kept sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitBody {
    /// Which township, by its Chinese name.
    pub township: String,
    /// The rest of the address.
    pub address: String,
    /// Why.
    pub reason: VisitReason,
    /// In words, where it is another reason.
    pub words: String,
    /// What it is about.
    pub matter: String,
    /// Whom to call.
    pub telephone: String,
}

/// An order for a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// 12 hexadecimal characters of randomness.
    pub id: String,
    /// Whose.
    pub account: AccountId,
    /// On which day.
    pub day: Date,
    /// Where it is.
    pub state: VisitState,
    /// What it says.
    pub body: VisitBody,
    /// When it was made.
    pub made: Timestamp,
    /// The case that answers for it.
    pub case: Option<CaseNumber>,
}

/// A point on the map, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// North.
    pub latitude: f64,
    /// East.
    pub longitude: f64,
}

impl From<&Township> for Point {
    fn from(township: &Township) -> Self {
        Self { latitude: township.latitude, longitude: township.longitude }
    }
}

/// Mean radius of the earth in kilometres.
const EARTH: f64 = 6371.0088;

/// Kilometres between two points along the earth (haversine).
pub fn distance(a: Point, b: Point) -> f64 {
    let (from, to) = (a.latitude.to_radians(), b.latitude.to_radians());
    let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
    let root = half(b.latitude - a.latitude) + from.cos() * to.cos() * half(b.longitude - a.longitude);
    2.0 * EARTH * root.clamp(0.0, 1.0).sqrt().asin()
}

/// A round: in which order to go, and how long the way is, out and back.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    /// Places in the order in which they were given, each once.
    pub order: Vec<usize>,
    /// Kilometres.
    pub kilometres: f64,
}

/// How often the whole round is looked through for a shorter one.
const PASSES: usize = 50;

/// A round from a start through all places and back.
pub fn round(start: Point, places: &[Point]) -> Round {
    let at = |index: usize| places.get(index).copied().unwrap_or(start);
    let mut left: Vec<usize> = (0..places.len()).collect();
    let mut order = Vec::with_capacity(places.len());
    let mut here = start;
    while let Some((position, _)) = left
        .iter()
        .enumerate()
        .map(|(position, index)| (position, distance(here, at(*index))))
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
    {
        let next = left.remove(position);
        here = at(next);
        order.push(next);
    }
    let length = |order: &[usize]| {
        let mut here = start;
        let mut way = 0.0;
        for index in order {
            way += distance(here, at(*index));
            here = at(*index);
        }
        way + distance(here, start)
    };
    let mut best = length(&order);
    for _ in 0..PASSES {
        let before = best;
        for from in 0..order.len() {
            for to in from + 1..order.len() {
                let mut other = order.clone();
                if let Some(part) = other.get_mut(from..=to) {
                    part.reverse();
                }
                let way = length(&other);
                if way + 1e-9 < best {
                    (order, best) = (other, way);
                }
            }
        }
        if best >= before {
            break;
        }
    }
    Round { order, kilometres: best }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point(latitude: f64, longitude: f64) -> Point {
        Point { latitude, longitude }
    }

    #[test]
    fn a_degree_of_latitude_is_a_hundred_and_eleven_kilometres() {
        let way = distance(point(34.0, 113.5), point(35.0, 113.5));
        assert!((way - 111.195).abs() < 0.01, "{way}");
        assert!(distance(point(34.0, 113.5), point(34.0, 113.5)).abs() < 1e-9);
    }

    #[test]
    fn a_round_along_a_street_goes_up_and_down_it() {
        let start = point(34.0, 113.0);
        let places: Vec<Point> = [3.0, 1.0, 4.0, 2.0].iter().map(|at| point(34.0, 113.0 + at / 100.0)).collect();
        let round = round(start, &places);
        let straight = 2.0 * distance(start, point(34.0, 113.04));
        assert!((round.kilometres - straight).abs() < 1e-6, "{round:?}");
    }

    #[test]
    fn whatever_became_of_an_order_its_case_gets_there_by_its_own_definition() {
        let definition = crate::kind::shipped("home-visit").unwrap();
        for state in VisitState::ALL {
            let mut at = definition.initial.to_string();
            while let Some(step) = state.step_from(&at) {
                let step = definition.transition(step).unwrap();
                assert!(step.from.iter().any(|from| from.as_str() == at), "{state:?} from {at}");
                at = step.to.as_ref().unwrap().to_string();
            }
            assert_eq!(definition.state(&at).unwrap().is_final, !state.is_open(), "{state:?}");
        }
    }

    proptest! {
        #[test]
        fn a_round_goes_everywhere_once_and_is_never_longer_than_the_order_that_was_given(
            places in proptest::collection::vec((33.5_f64..34.5, 113.0_f64..114.5), 0..12),
        ) {
            let start = point(34.03, 113.85);
            let places: Vec<Point> = places.into_iter().map(|(a, b)| point(a, b)).collect();
            let found = round(start, &places);
            let mut order = found.order.clone();
            order.sort_unstable();
            prop_assert_eq!(order, (0..places.len()).collect::<Vec<_>>());
            let mut here = start;
            let mut given = 0.0;
            for place in &places {
                given += distance(here, *place);
                here = *place;
            }
            given += distance(here, start);
            prop_assert!(found.kilometres <= given + 1e-6);
        }
    }
}
