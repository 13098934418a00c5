//! Ratings 好差评 (article 36): five grades with tags, of a case or a step of it, a counter visit, a telephone call.
//!
//! Invariant: something is rated once. What whoever rates has given counts, is read by staff and begins a rectification
//! from the moment on in which it is locked, and not before; whoever was rated is never told who it was of whom rated
//! without a name.

mod screen;
mod statistic;

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use screen::{Found, Screened, screened};
pub use statistic::{Cell, Counts, DepartmentLine, FEWEST, ItemLine, Line, MonthLine, Published, Shown, published};

use crate::account::AccountId;
use crate::case::CaseNumber;
use crate::text::Text;

/// Longest text, in characters.
pub const LONGEST: usize = 500;
/// Most tags of one rating.
pub const MOST_TAGS: usize = 5;
/// The kind of case by which a bad rating is put right.
pub const RECTIFICATION: &str = "rectification";

/// Grade 满意度 (GB/T 39046-2020): 1 is best, 4 and 5 are bad ratings 差评.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// 1 非常满意
    VerySatisfied,
    /// 2 满意
    Satisfied,
    /// 3 基本满意
    RatherSatisfied,
    /// 4 不满意
    Dissatisfied,
    /// 5 非常不满意
    VeryDissatisfied,
}

impl Grade {
    /// All of them, the best first.
    pub const ALL: [Self; 5] =
        [Self::VerySatisfied, Self::Satisfied, Self::RatherSatisfied, Self::Dissatisfied, Self::VeryDissatisfied];

    /// Its number, 1 to 5.
    pub const fn number(self) -> u8 {
        match self {
            Self::VerySatisfied => 1,
            Self::Satisfied => 2,
            Self::RatherSatisfied => 3,
            Self::Dissatisfied => 4,
            Self::VeryDissatisfied => 5,
        }
    }

    /// The grade of this number.
    pub fn of(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|grade| grade.number() == number)
    }

    /// The grade as it is typed: its number, however wide.
    pub fn parse(text: &str) -> Option<Self> {
        let mut digits = text.trim().chars();
        let (digit, rest) = (digits.next()?, digits.next());
        let number = match digit {
            '１'..='５' => u32::from(digit) - u32::from('０'),
            digit => digit.to_digit(10)?,
        };
        rest.is_none().then(|| u8::try_from(number).ok().and_then(Self::of)).flatten()
    }

    /// Whether it opens a rectification.
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Dissatisfied | Self::VeryDissatisfied)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::VerySatisfied => ("非常满意", "Very satisfied"),
            Self::Satisfied => ("满意", "Satisfied"),
            Self::RatherSatisfied => ("基本满意", "Rather satisfied"),
            Self::Dissatisfied => ("不满意", "Dissatisfied"),
            Self::VeryDissatisfied => ("非常不满意", "Very dissatisfied"),
        };
        Text::new(zh, en)
    }
}

/// Which way a rating came 评价渠道 (GB/T 39046-2020).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// PC端
    Pc,
    /// 移动端
    Mobile,
    /// 二维码
    QrCode,
    /// 政务大厅平板电脑
    HallTablet,
    /// 政务大厅其他终端
    HallTerminal,
    /// 电话
    Telephone,
    /// 短信
    Sms,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Pc, Self::Mobile, Self::QrCode, Self::HallTablet, Self::HallTerminal, Self::Telephone, Self::Sms];

    /// For columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pc => "pc",
            Self::Mobile => "mobile",
            Self::QrCode => "qr-code",
            Self::HallTablet => "hall-tablet",
            Self::HallTerminal => "hall-terminal",
            Self::Telephone => "telephone",
            Self::Sms => "sms",
        }
    }

    /// The channel of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Pc => ("电脑端", "Computer"),
            Self::Mobile => ("移动端", "Mobile"),
            Self::QrCode => ("二维码", "QR code"),
            Self::HallTablet => ("大厅平板", "Tablet in the hall"),
            Self::HallTerminal => ("大厅其他终端", "Another terminal in the hall"),
            Self::Telephone => ("电话", "Telephone"),
            Self::Sms => ("短信", "Short message"),
        };
        Text::new(zh, en)
    }
}

/// What is rated.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Rated {
    /// A case, or a step of it by its action.
    Case(CaseNumber, Option<String>),
    /// A visit to a counter, by its id.
    Visit(String),
    /// A telephone call, by its id.
    Call(String),
}

impl Rated {
    /// What it is found by: no two things that are rated have the same.
    pub fn key(&self) -> String {
        match self {
            Self::Case(number, None) => format!("case/{number}"),
            Self::Case(number, Some(step)) => format!("case/{number}/{step}"),
            Self::Visit(id) => format!("visit/{id}"),
            Self::Call(id) => format!("call/{id}"),
        }
    }

    /// Reads a key.
    pub fn parse(key: &str) -> Option<Self> {
        let (kind, id) = key.split_once('/')?;
        match kind {
            "case" => {
                let (number, step) = id.split_once('/').map_or((id, None), |(number, step)| (number, Some(step)));
                let step = step.map(ToOwned::to_owned);
                CaseNumber::parse(number).ok().map(|number| Self::Case(number, step))
            }
            "visit" => Some(Self::Visit(id.to_owned())),
            "call" => Some(Self::Call(id.to_owned())),
            _ => None,
        }
    }

    /// The case, where it is one.
    pub const fn case(&self) -> Option<&CaseNumber> {
        match self {
            Self::Case(number, _) => Some(number),
            Self::Visit(_) | Self::Call(_) => None,
        }
    }
}

/// Whether a rating counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It does, once it is locked.
    Counted,
    /// One of too many from one place: kept for a person's look.
    Held,
    /// It was looked at, and is none.
    Discarded,
    /// 误评: supervision found that it is not about what was rated.
    Misjudged,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Counted, Self::Held, Self::Discarded, Self::Misjudged];

    /// For columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::Held => "held",
            Self::Discarded => "discarded",
            Self::Misjudged => "misjudged",
        }
    }

    /// The standing of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.name() == name)
    }
}

/// What became of a text on its way to the public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Screening {
    /// There is none.
    Empty,
    /// Nothing personal was found.
    Clean,
    /// What was found is masked.
    Masked,
    /// It may name somebody: a person looks first.
    Held,
    /// It stays inside.
    Withheld,
}

impl Screening {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Empty, Self::Clean, Self::Masked, Self::Held, Self::Withheld];

    /// For columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Clean => "clean",
            Self::Masked => "masked",
            Self::Held => "held",
            Self::Withheld => "withheld",
        }
    }

    /// What this name says.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|screening| screening.name() == name)
    }
}

/// Who rated, where they say it; nothing of it is there where they don't.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rater {
    /// Their account.
    pub account: Option<AccountId>,
    /// Their name.
    pub name: Option<String>,
    /// Where they are called back.
    pub telephone: Option<String>,
}

impl Rater {
    /// Whether there is somebody who can be called back.
    pub fn is_named(&self) -> bool {
        self.account.is_some() || self.telephone.is_some()
    }

    /// What names them, to be masked in what others read.
    pub fn known(&self) -> Vec<&str> {
        self.name.iter().chain(&self.telephone).map(String::as_str).collect()
    }
}

/// What a rating says beside its grade: kept sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// What was written.
    pub text: String,
    /// Who rated.
    #[serde(default)]
    pub rater: Rater,
    /// The account of whoever wrote down what a caller said.
    #[serde(default)]
    pub recorded_by: Option<String>,
    /// What names people in what was rated: masked in what is published.
    #[serde(default)]
    pub known: Vec<String>,
    /// Why it does not count any more.
    #[serde(default)]
    pub why: Option<String>,
}

/// A rating.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    /// 16 hexadecimal characters of randomness.
    pub id: String,
    /// What is rated.
    pub of: Rated,
    /// The department, by its Chinese name.
    pub department: String,
    /// The item's code, where it is about one.
    pub item: Option<String>,
    /// In which month, `2026-03`.
    pub month: String,
    /// How content.
    pub grade: Grade,
    /// Which tags, by id.
    pub tags: Vec<String>,
    /// Which way it came.
    pub channel: Channel,
    /// Whoever rated gave their name.
    pub named: bool,
    /// When.
    pub made: Timestamp,
    /// From then on it can't be corrected any more.
    pub locks: Timestamp,
    /// It is locked: it counts, and staff read it.
    pub locked: bool,
    /// Whether it counts.
    pub standing: Standing,
    /// The accounts of those who are rated.
    pub rated: Vec<String>,
    /// What it says.
    pub body: Body,
    /// What became of its text.
    pub screening: Screening,
    /// The text as everybody reads it.
    pub public_text: Option<String>,
    /// The case by which it is put right.
    pub rectification: Option<CaseNumber>,
    /// Where that case is.
    pub rectified: Option<String>,
    /// What was put right, as everybody reads it.
    pub outcome: Option<String>,
}

/// A month as statistics name it.
pub fn month(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

/// The twelve months that end with this day's, the oldest first.
pub fn year_to(day: Date) -> Vec<String> {
    let first = day.first_of_month();
    (0..12_i64).rev().filter_map(|back| first.checked_sub(jiff::Span::new().months(back)).ok()).map(month).collect()
}

/// Something that can be ticked beside a grade.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    /// Never changes its meaning.
    pub id: String,
    /// Beside which grades, by number.
    pub grades: Vec<u8>,
    /// What it says.
    pub title: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TagFile {
    tag: Vec<Tag>,
}

static TAGS: LazyLock<Vec<Tag>> =
    LazyLock::new(|| toml::from_str::<TagFile>(include_str!("tags.toml")).map(|file| file.tag).unwrap_or_default());

/// Every tag.
pub fn tags() -> &'static [Tag] {
    &TAGS
}

/// The tags of a grade.
pub fn tags_of(grade: Grade) -> impl Iterator<Item = &'static Tag> {
    TAGS.iter().filter(move |tag| tag.grades.contains(&grade.number()))
}

/// The tag of this id.
pub fn tag(id: &str) -> Option<&'static Tag> {
    TAGS.iter().find(|tag| tag.id == *id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::{Need, Role, shipped};

    #[test]
    fn every_grade_has_tags_in_both_languages_and_each_is_there_once() {
        assert!(TAGS.iter().all(|tag| tag.title.en.is_some() && !tag.grades.is_empty()));
        for grade in Grade::ALL {
            assert!(tags_of(grade).count() >= 5, "{grade:?}");
            assert_eq!(Grade::of(grade.number()), Some(grade));
            assert_eq!(Grade::parse(&format!(" {} ", grade.number())), Some(grade));
        }
        let mut ids: Vec<&str> = TAGS.iter().map(|tag| tag.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), TAGS.len());
        assert_eq!(Grade::parse("５"), Some(Grade::VeryDissatisfied));
        assert!(["", "0", "6", "55", "满意"].into_iter().all(|text| Grade::parse(text).is_none()));
    }

    #[test]
    fn what_is_rated_is_found_by_its_key() {
        let number = CaseNumber::new(
            &crate::district::Division::parse("411081").unwrap(),
            jiff::civil::date(2026, 3, 1),
            crate::kind::NumberCode::SERVICE,
            7,
        );
        for rated in [
            Rated::Case(number.clone(), None),
            Rated::Case(number, Some("accept".to_owned())),
            Rated::Visit("ab".to_owned()),
            Rated::Call("cd".to_owned()),
        ] {
            assert_eq!(Rated::parse(&rated.key()), Some(rated));
        }
        assert_eq!(Rated::parse("case/1"), None);
    }

    #[test]
    fn a_year_is_twelve_months_over_new_year() {
        let months = year_to(jiff::civil::date(2026, 3, 31));
        assert_eq!(months.first().map(String::as_str), Some("2025-04"));
        assert_eq!(months.last().map(String::as_str), Some("2026-03"));
        assert_eq!(months.len(), 12);
    }

    #[test]
    fn a_bad_rating_is_put_right_by_a_definition_that_keeps_out_whoever_was_rated() {
        let kind = shipped(RECTIFICATION).unwrap();
        assert!(kind.impartial && !kind.rated);
        for decided in ["uphold-appeal", "dismiss-appeal"] {
            assert_eq!(kind.transition(decided).unwrap().by, [Role::Supervision], "{decided}");
        }
        assert!(kind.transition("publish-anonymous").unwrap().needs.contains(&Need::NobodyToCall));
        let from: Vec<&str> = kind.transition("publish").unwrap().from.iter().map(crate::Slug::as_str).collect();
        assert_eq!(from, ["called-back"], "nobody who gave a name is passed over");
    }
}
