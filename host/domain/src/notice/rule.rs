//! When and whether something is sent: quiet hours, what somebody has turned off, how long to wait after a failure.
//!
//! Pure functions of what they are given: the moment and the random number come in as arguments.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{ChannelKind, Kind};
use crate::text::{Language, Text};

/// The hours in which nothing rings, from a day on: the city's dated data. Equal times are no quiet hours at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// The first day on which they hold.
    pub since: Date,
    /// From this time of the evening,
    pub from: Time,
    /// to this time, mostly of the next morning.
    pub to: Time,
}

impl QuietHours {
    /// Half past nine to eight, where the city has said nothing [ours].
    pub const DEFAULT: Self =
        Self { since: Date::constant(2026, 1, 1), from: Time::constant(21, 30, 0, 0), to: Time::constant(8, 0, 0, 0) };
}

/// The city's quiet hours, as they were and will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuietTimes(Vec<QuietHours>);

impl QuietTimes {
    /// In whatever order they are given.
    pub fn new(mut dated: Vec<QuietHours>) -> Self {
        dated.sort_by_key(|hours| hours.since);
        Self(dated)
    }

    /// Those that hold on a day.
    pub fn on(&self, day: Date) -> QuietHours {
        self.0.iter().rev().find(|hours| hours.since <= day).copied().unwrap_or(QuietHours::DEFAULT)
    }

    /// The end of the quiet hours that a moment lies in; nothing outside them.
    pub fn end(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let local = zone.to_datetime(now);
        let hours = self.on(local.date());
        let (time, day) = (local.time(), local.date());
        let ends_on = if hours.from <= hours.to {
            ((hours.from..hours.to).contains(&time)).then_some(day)
        } else if time >= hours.from {
            day.tomorrow().ok()
        } else {
            (time < hours.to).then_some(day)
        };
        let end = ends_on?.to_datetime(hours.to);
        zone.to_ambiguous_timestamp(end).compatible().ok().filter(|end| *end > now)
    }
}

/// Something that one can be warned of, by subscription.
pub type Topic = (&'static str, &'static str, &'static str);

/// Topics 提示主题: id, Chinese, English.
pub const TOPICS: [Topic; 6] = [
    ("weather", "气象灾害", "Severe weather"),
    ("flood", "防汛", "Floods"),
    ("food-safety", "食品安全", "Food safety"),
    ("work-safety", "安全生产", "Safety at work"),
    ("fire", "消防安全", "Fire safety"),
    ("fraud", "反诈骗", "Fraud"),
];

/// What a topic is called, where there is one of this id.
pub fn topic(id: &str) -> Option<Text> {
    TOPICS.iter().find(|(one, ..)| *one == id).map(|(_, zh, en)| Text::new(*zh, *en))
}

/// What somebody wants to be told, and where. Sensitive: stored sealed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preference {
    /// Kinds that are turned off.
    #[serde(default)]
    pub off: Vec<Kind>,
    /// Channels that are turned off, for what is not mandatory.
    #[serde(default)]
    pub off_channels: Vec<ChannelKind>,
    /// Where e-mail goes; none is none.
    #[serde(default)]
    pub email: Option<String>,
    /// In which language.
    #[serde(default)]
    pub language: Language,
}

impl std::fmt::Debug for Preference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Preference").field("off", &self.off).finish_non_exhaustive()
    }
}

/// Why something is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withheld {
    /// It is turned off.
    TurnedOff,
    /// There is nowhere to send it to.
    NoAddress,
}

impl Withheld {
    /// For columns and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TurnedOff => "turned off",
            Self::NoAddress => "no address",
        }
    }
}

/// Whether something is sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Send,
    /// Not before.
    Wait(Timestamp),
    /// Not at all.
    Withhold(Withheld),
}

impl Preference {
    /// Whether something of a kind is sent over a channel now. What is mandatory is sent whatever is turned off; what is
    /// not urgent waits for the end of the quiet hours where the channel rings.
    pub fn verdict(&self, kind: Kind, channel: ChannelKind, urgent: bool, quiet_until: Option<Timestamp>) -> Verdict {
        let off = self.off.contains(&kind) || self.off_channels.contains(&channel);
        if off && !kind.is_mandatory() {
            return Verdict::Withhold(Withheld::TurnedOff);
        }
        match quiet_until {
            Some(end) if channel.rings() && !urgent => Verdict::Wait(end),
            _ => Verdict::Send,
        }
    }
}

/// How long to wait after a failure, and how often to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// After the first failure.
    pub first: Duration,
    /// Never longer.
    pub longest: Duration,
    /// Most tries.
    pub attempts: u32,
}

impl Backoff {
    /// 30 seconds, doubled to half an hour, 500 tries: a gateway may be away for a week.
    pub const DEFAULT: Self = Self { first: Duration::from_secs(30), longest: Duration::from_mins(30), attempts: 500 };

    /// The wait after a failed try (from 1): between half and the whole of the doubled time, by `random`, so that what
    /// failed together does not come again together. Nothing after the last try.
    pub fn after(&self, attempt: u32, random: u64) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1).min(31)));
        Some(jittered(doubled.min(self.longest), random))
    }
}

/// Between half and the whole of a wait.
fn jittered(whole: Duration, random: u64) -> Duration {
    let half = u64::try_from(whole.as_millis()).unwrap_or(u64::MAX) / 2;
    Duration::from_millis(half.saturating_add(random % half.saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zone() -> TimeZone {
        TimeZone::fixed(jiff::tz::Offset::constant(8))
    }

    fn at(text: &str) -> Timestamp {
        let local: jiff::civil::DateTime = text.parse().unwrap();
        zone().to_timestamp(local).unwrap()
    }

    #[test]
    fn the_night_is_quiet_and_its_end_is_the_next_morning() {
        let quiet = QuietTimes::new(Vec::new());
        assert_eq!(quiet.end(at("2026-03-01T21:29:59"), &zone()), None);
        assert_eq!(quiet.end(at("2026-03-01T21:30:00"), &zone()), Some(at("2026-03-02T08:00:00")));
        assert_eq!(quiet.end(at("2026-03-02T07:59:59"), &zone()), Some(at("2026-03-02T08:00:00")));
        assert_eq!(quiet.end(at("2026-03-02T08:00:00"), &zone()), None);
    }

    #[test]
    fn the_city_changes_its_quiet_hours_from_a_day_on() {
        let later = QuietHours {
            since: "2026-07-01".parse().unwrap(),
            from: "12:00".parse().unwrap(),
            to: "14:00".parse().unwrap(),
        };
        let quiet = QuietTimes::new(vec![later, QuietHours::DEFAULT]);
        assert!(quiet.end(at("2026-06-30T22:00:00"), &zone()).is_some());
        assert_eq!(quiet.end(at("2026-07-01T22:00:00"), &zone()), None);
        assert_eq!(quiet.end(at("2026-07-01T13:00:00"), &zone()), Some(at("2026-07-01T14:00:00")));
    }

    #[test]
    fn decisions_are_served_whatever_is_turned_off_and_the_rest_is_not() {
        let nothing = Preference { off: Kind::ALL.to_vec(), ..Preference::default() };
        let verdict = |kind| nothing.verdict(kind, ChannelKind::Sms, false, None);
        assert_eq!(verdict(Kind::Decision), Verdict::Send);
        assert_eq!(verdict(Kind::Correction), Verdict::Send);
        assert_eq!(verdict(Kind::Policy), Verdict::Withhold(Withheld::TurnedOff));
        let no_sms = Preference { off_channels: vec![ChannelKind::Sms], ..Preference::default() };
        let by = |channel| no_sms.verdict(Kind::Milestone, channel, false, None);
        assert_eq!(by(ChannelKind::Sms), Verdict::Withhold(Withheld::TurnedOff));
        assert_eq!(by(ChannelKind::Email), Verdict::Send);
    }

    #[test]
    fn in_the_night_only_what_is_urgent_rings() {
        let (all, end) = (Preference::default(), at("2026-03-02T08:00:00"));
        let verdict = |channel, urgent| all.verdict(Kind::Risk, channel, urgent, Some(end));
        assert_eq!(verdict(ChannelKind::Sms, false), Verdict::Wait(end));
        assert_eq!(verdict(ChannelKind::Sms, true), Verdict::Send);
        assert_eq!(verdict(ChannelKind::Email, false), Verdict::Send, "e-mail waits by itself");
    }

    proptest! {
        #[test]
        fn a_wait_grows_within_its_bounds_and_ends(attempt in 1_u32..600, random: u64) {
            let backoff = Backoff::DEFAULT;
            match backoff.after(attempt, random) {
                Some(wait) => {
                    prop_assert!(attempt < backoff.attempts);
                    prop_assert!(wait >= Duration::from_secs(15) && wait <= backoff.longest);
                }
                None => prop_assert!(attempt >= backoff.attempts),
            }
        }

        #[test]
        fn the_end_of_quiet_hours_is_later_and_itself_not_quiet(second in 0_i64..86_400 * 400) {
            let quiet = QuietTimes::new(Vec::new());
            let now = Timestamp::from_second(1_772_000_000 + second).unwrap();
            if let Some(end) = quiet.end(now, &zone()) {
                prop_assert!(end > now);
                prop_assert_eq!(quiet.end(end, &zone()), None);
            }
        }
    }
}
