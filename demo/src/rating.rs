//! A year of ratings 好差评 for the demonstration: grades in the shares that a city of this size has, a few words beside
//! some, and what was put right where one was bad. The same day gives the same ratings.

use jiff::Timestamp;
use jiff::civil::Date;
use lotus_domain::case::{Case, Event};
use lotus_domain::district::Division;
use lotus_domain::rating::{Body, Channel, Grade, Rated, Rating, Screening, Standing, month, tags_of};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::City;

/// Ratings of a hundred thousand by grade, the best first: 96.0, 3.4, 0.5, 0.07 and 0.03 %.
const SHARES: [u32; 5] = [96_000, 3_400, 500, 70, 30];
/// Months of the year that ends today.
const MONTHS: i64 = 12;
/// Ratings of an item in a month, at most.
const MOST: u32 = 14;
/// What people write beside a good grade.
const GOOD: [&str; 6] = [
    "一次就办好了，没有多跑。",
    "窗口讲得很清楚，材料一次说全。",
    "网上提交，当天就收到结果。",
    "帮办人员全程陪同，老人很满意。",
    "周六也能办，方便上班的人。",
    "办得比承诺的时间快。",
];
/// What people write beside a bad one, and what was put right.
const BAD: [(&str, &str); 3] = [
    ("材料说了两次才说全。", "已向评价人致歉，修订一次性告知单，窗口人员重新培训。"),
    ("等了一个多小时才叫到号。", "已增开高峰时段窗口，等候时间缩短到二十分钟以内。"),
    ("网上上传材料总是失败。", "已修复上传故障，并向受影响的申请人逐一回访。"),
];
const CHANNELS: [Channel; 5] = [Channel::Mobile, Channel::HallTablet, Channel::QrCode, Channel::Pc, Channel::Sms];

/// A grade as often as it is given.
pub(crate) fn grade(random: &mut StdRng) -> Grade {
    let mut drawn = random.random_range(0..SHARES.iter().sum::<u32>());
    for (grade, share) in Grade::ALL.into_iter().zip(SHARES) {
        if drawn < share {
            return grade;
        }
        drawn -= share;
    }
    Grade::VerySatisfied
}

fn pick<T: Copy>(random: &mut StdRng, of: &[T]) -> Option<T> {
    of.get(random.random_range(0..of.len().max(1))).copied()
}

/// A rating of something, with a few words beside some.
fn rating(random: &mut StdRng, of: Rated, department: &str, item: Option<String>, day: Date, at: Timestamp) -> Rating {
    let grade = grade(random);
    let tags: Vec<&str> = tags_of(grade).map(|tag| tag.id.as_str()).collect();
    let tag = pick(random, &tags).filter(|_| random.random_range(0..3_u8) == 0);
    let bad = pick(random, &BAD).filter(|_| grade.is_bad());
    let good = pick(random, &GOOD).filter(|_| random.random_range(0..20_u8) == 0);
    let text = bad.map(|(text, _)| text).or(good);
    Rating {
        id: format!("{:016x}", random.random::<u64>()),
        of,
        department: department.to_owned(),
        item,
        month: month(day),
        grade,
        tags: tag.map(ToOwned::to_owned).into_iter().collect(),
        channel: pick(random, &CHANNELS).unwrap_or(Channel::Pc),
        named: false,
        made: at,
        locks: at,
        locked: true,
        standing: Standing::Counted,
        rated: Vec::new(),
        body: Body { text: text.unwrap_or_default().to_owned(), ..Body::default() },
        screening: if text.is_some() { Screening::Clean } else { Screening::Empty },
        public_text: text.map(ToOwned::to_owned),
        rectification: None,
        rectified: bad.map(|_| "published".to_owned()),
        outcome: bad.map(|(_, outcome)| outcome.to_owned()),
    }
}

/// How somebody rates a case that is over; not everybody does.
pub(crate) fn of_case(random: &mut StdRng, case: &Case, events: &[Event], day: Date) -> Option<Rating> {
    let ended = events.last()?.happening.at;
    if case.is_open() || !case.definition.rated || random.random_range(0..5_u8) < 2 {
        return None;
    }
    let of = Rated::Case(case.number.clone(), None);
    let item = case.subject.item().map(ToOwned::to_owned);
    Some(rating(random, of, case.subject.department(), item, day, ended))
}

/// A year of ratings of a demonstration's district, until a day.
pub fn ratings(city: &City, division: &Division, today: Date) -> Vec<Rating> {
    let seed = division.as_str().bytes().fold(36, |seed: u64, byte| seed * 31 + u64::from(byte));
    let mut all = Vec::new();
    for back in (0..MONTHS).rev() {
        let Ok(first) = today.first_of_month().checked_sub(jiff::Span::new().months(back)) else { continue };
        let of_month = u64::try_from(i64::from(first.year()) * 12 + i64::from(first.month())).unwrap_or(0);
        let mut random = StdRng::seed_from_u64(seed ^ of_month);
        for item in city.items.iter().filter(|item| item.division == *division) {
            // Some items are asked for often, some hardly ever.
            let most = 1 + (item.item.code.bytes().map(u32::from).sum::<u32>() % MOST);
            for one in 0..random.random_range(0..=most) {
                let last = first.last_of_month().day();
                let day = first.with().day(random.random_range(1..=last)).build().unwrap_or(first);
                // What is to come is drawn too, and left out: so the same ratings stay from one day to the next.
                let of = Rated::Call(format!("demo-{}-{}-{one}", month(first), item.item.code));
                let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
                let Ok(at) = zone.to_timestamp(day.at(10, 0, 0, 0)) else { continue };
                let code = Some(item.item.code.clone());
                let made = rating(&mut random, of, &item.item.department.zh, code, day, at);
                if day <= today {
                    all.push(made);
                }
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_come_as_often_as_they_are_given() {
        let mut random = StdRng::seed_from_u64(1);
        let mut counted = [0_u32; 5];
        for _ in 0..200_000 {
            counted[usize::from(grade(&mut random).number()) - 1] += 1;
        }
        let near = |at: usize, expected: u32| counted[at].abs_diff(expected) < expected / 10 + 30;
        assert!(near(0, 192_000) && near(1, 6_800) && near(2, 1_000), "{counted:?}");
        assert!(near(3, 140) && near(4, 60), "{counted:?}");
    }

    #[test]
    fn a_year_of_ratings_is_the_same_whenever_it_is_made() {
        let city = crate::city().unwrap();
        let division = Division::parse("411081").unwrap();
        let today = jiff::civil::date(2026, 3, 20);
        let (one, again) = (ratings(&city, &division, today), ratings(&city, &division, today));
        assert_eq!(one, again);
        assert!(one.len() > 1_000, "{}", one.len());
        assert!(one.iter().all(|rating| rating.month.as_str() <= "2026-03"));
    }
}
