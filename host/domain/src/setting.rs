//! Settings: numbers that the city decides, dated, with the defaults of the design. A constant in code could not be
//! changed by a notice that takes effect on a day.

use jiff::civil::Date;

/// What can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Setting {
    /// Days after which a draft that nobody touched is deleted.
    DraftDays,
    /// Days after which a material that belongs to no case and no account is deleted.
    LooseMaterialDays,
    /// Missed bookings after which booking online is suspended.
    NoShows,
    /// Days for which it is suspended, and within which missed bookings are counted.
    SuspensionDays,
    /// Days ahead for which slots can be booked.
    BookingDays,
    /// Minutes after a slot's beginning after which a booking that nobody came to is missed.
    GraceMinutes,
    /// Per cent of a clock's time: with so much left, what is due is near (article 37).
    NearPercent,
    /// Working days: with so many left, what is due is near (article 37).
    NearWorkingDays,
    /// Days for which an event counts in an intermediary's credit (article 32).
    IntermediaryWindowDays,
    /// What a late delivery weighs there.
    IntermediaryLatePoints,
    /// What an owner's bad rating weighs.
    IntermediaryBadRatingPoints,
    /// What a complaint weighs that was upheld.
    IntermediaryComplaintPoints,
    /// What false material weighs.
    IntermediaryFalsePoints,
    /// With so many points an intermediary is warned.
    IntermediaryWarnAt,
    /// With so many it is suspended.
    IntermediarySuspendAt,
    /// With so many it is put off the list.
    IntermediaryExitAt,
    /// Days for which it is suspended.
    IntermediarySuspensionDays,
    /// Days after which it may ask to be admitted again.
    IntermediaryReadmissionDays,
    /// Days for which sign-up to a selection is open, where its owner says nothing.
    IntermediarySignUpDays,
    /// Minutes for which whoever rated at home may correct it (article 36).
    RatingCorrectionMinutes,
    /// Days after its end for which something can be rated.
    RatingDays,
    /// With so many ratings within an hour from one place, the next are held for a look.
    RatingsHeldFrom,
    /// With so many, no more are taken.
    RatingsMost,
    /// Working days within which a bad rating is taken up.
    RectificationTakeUpDays,
    /// Working days for putting right what is simple.
    RectificationSimpleDays,
    /// Working days for what is complex.
    RectificationComplexDays,
}

impl Setting {
    /// All of them.
    pub const ALL: [Self; 26] = [
        Self::DraftDays,
        Self::LooseMaterialDays,
        Self::NoShows,
        Self::SuspensionDays,
        Self::BookingDays,
        Self::GraceMinutes,
        Self::NearPercent,
        Self::NearWorkingDays,
        Self::IntermediaryWindowDays,
        Self::IntermediaryLatePoints,
        Self::IntermediaryBadRatingPoints,
        Self::IntermediaryComplaintPoints,
        Self::IntermediaryFalsePoints,
        Self::IntermediaryWarnAt,
        Self::IntermediarySuspendAt,
        Self::IntermediaryExitAt,
        Self::IntermediarySuspensionDays,
        Self::IntermediaryReadmissionDays,
        Self::IntermediarySignUpDays,
        Self::RatingCorrectionMinutes,
        Self::RatingDays,
        Self::RatingsHeldFrom,
        Self::RatingsMost,
        Self::RectificationTakeUpDays,
        Self::RectificationSimpleDays,
        Self::RectificationComplexDays,
    ];

    /// For columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DraftDays => "draft-days",
            Self::LooseMaterialDays => "loose-material-days",
            Self::NoShows => "no-shows",
            Self::SuspensionDays => "suspension-days",
            Self::BookingDays => "booking-days",
            Self::GraceMinutes => "grace-minutes",
            Self::NearPercent => "near-percent",
            Self::NearWorkingDays => "near-working-days",
            Self::IntermediaryWindowDays => "intermediary-window-days",
            Self::IntermediaryLatePoints => "intermediary-late-points",
            Self::IntermediaryBadRatingPoints => "intermediary-bad-rating-points",
            Self::IntermediaryComplaintPoints => "intermediary-complaint-points",
            Self::IntermediaryFalsePoints => "intermediary-false-points",
            Self::IntermediaryWarnAt => "intermediary-warn-at",
            Self::IntermediarySuspendAt => "intermediary-suspend-at",
            Self::IntermediaryExitAt => "intermediary-exit-at",
            Self::IntermediarySuspensionDays => "intermediary-suspension-days",
            Self::IntermediaryReadmissionDays => "intermediary-readmission-days",
            Self::IntermediarySignUpDays => "intermediary-sign-up-days",
            Self::RatingCorrectionMinutes => "rating-correction-minutes",
            Self::RatingDays => "rating-days",
            Self::RatingsHeldFrom => "ratings-held-from",
            Self::RatingsMost => "ratings-most",
            Self::RectificationTakeUpDays => "rectification-take-up-days",
            Self::RectificationSimpleDays => "rectification-simple-days",
            Self::RectificationComplexDays => "rectification-complex-days",
        }
    }

    /// The setting of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|setting| setting.name() == name)
    }

    /// What holds where the city has said nothing.
    pub const fn default(self) -> i64 {
        match self {
            Self::DraftDays | Self::IntermediarySuspensionDays => 90,
            Self::LooseMaterialDays | Self::SuspensionDays => 30,
            Self::NoShows
            | Self::IntermediaryComplaintPoints
            | Self::IntermediaryWarnAt
            | Self::IntermediarySignUpDays => 3,
            Self::BookingDays => 14,
            Self::GraceMinutes | Self::RectificationComplexDays => 15,
            Self::NearPercent | Self::RatingsHeldFrom => 20,
            Self::NearWorkingDays | Self::RectificationTakeUpDays => 1,
            Self::IntermediaryWindowDays | Self::IntermediaryReadmissionDays => 365,
            Self::IntermediaryLatePoints | Self::IntermediaryBadRatingPoints => 2,
            Self::IntermediaryFalsePoints | Self::IntermediaryExitAt => 12,
            Self::IntermediarySuspendAt => 6,
            Self::RatingCorrectionMinutes => 10,
            Self::RatingDays | Self::RatingsMost => 60,
            Self::RectificationSimpleDays => 5,
        }
    }
}

/// A value with the day from which it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dated {
    /// Which setting.
    pub setting: Setting,
    /// From this day on.
    pub since: Date,
    /// Not negative.
    pub value: i64,
}

/// What a setting is on a day: the newest value that holds by then, else the default.
pub fn value_on(all: &[Dated], setting: Setting, day: Date) -> i64 {
    let holds = all.iter().filter(|dated| dated.setting == setting && dated.since <= day);
    holds.max_by_key(|dated| dated.since).map_or(setting.default(), |dated| dated.value.max(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_setting_changes_on_its_day_and_not_before() {
        let set = |since, value| Dated { setting: Setting::DraftDays, since, value };
        let all = [set(date(2026, 7, 1), 30), set(date(2026, 9, 1), 60)];
        assert_eq!(value_on(&all, Setting::DraftDays, date(2026, 6, 30)), 90);
        assert_eq!(value_on(&all, Setting::DraftDays, date(2026, 7, 1)), 30);
        assert_eq!(value_on(&all, Setting::DraftDays, date(2027, 1, 1)), 60);
        assert_eq!(value_on(&all, Setting::NoShows, date(2027, 1, 1)), 3);
        for setting in Setting::ALL {
            assert_eq!(Setting::parse(setting.name()), Some(setting));
        }
    }
}
