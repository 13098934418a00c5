//! What a text says of people, found before everybody reads it: identity numbers, bank cards, telephones, addresses,
//! e-mail, and names that the case knows are masked; where somebody may be named in words, a person looks first.
//!
//! Numbers are found however they are written: full-width, spaced, in Chinese numerals. A number of seven digits or more is
//! masked whatever it is; what it was most likely is said beside, for whoever looks.

use std::collections::BTreeSet;

use crate::applicant::IdentityNumber;
use crate::grievance::masked;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Found {
    /// 公民身份号码, by its check character (GB 11643-1999).
    IdentityNumber,
    /// A bank card, by its check digit (ISO/IEC 7812-1, Luhn).
    BankCard,
    /// A telephone number.
    Telephone,
    /// Another long number.
    Number,
    /// An e-mail address.
    Email,
    /// A street or village with a house's number.
    Address,
    /// Something that the case knows: a name, most often.
    Known,
    /// Words by which people name themselves or others.
    Naming,
    /// An account by which somebody is reached.
    Account,
}

/// A text on its way to the public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screened {
    /// It, with what was found masked by stars.
    pub text: String,
    /// What was found.
    pub found: BTreeSet<Found>,
}

impl Screened {
    /// Whether a person must look before it is published.
    pub fn waits(&self) -> bool {
        self.found.contains(&Found::Naming) || self.found.contains(&Found::Account)
    }
}

/// Fewest digits of a number that could be somebody's.
const LONG: usize = 7;
/// How far before its number an address may begin, in characters.
const REACH: usize = 14;

/// The digit that a character is, in whatever writing.
fn digit(character: char) -> Option<char> {
    let arabic = match character {
        '0'..='9' => character,
        '０'..='９' => char::from_digit(u32::from(character) - u32::from('０'), 10)?,
        '零' | '〇' | '○' => '0',
        '一' | '壹' | '幺' => '1',
        '二' | '贰' => '2',
        '三' | '叁' => '3',
        '四' | '肆' => '4',
        '五' | '伍' => '5',
        '六' | '陆' => '6',
        '七' | '柒' => '7',
        '八' | '捌' => '8',
        '九' | '玖' => '9',
        _ => return None,
    };
    Some(arabic)
}

fn is_between(character: char) -> bool {
    character.is_whitespace() || "-－—–·.．()（）_*/,，、".contains(character)
}

/// Whether digits fit their last one (Luhn).
fn is_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|digit| digit.to_digit(10))
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => digit,
            (_, twice) if twice > 9 => twice - 9,
            (_, twice) => twice,
        })
        .sum();
    sum.is_multiple_of(10)
}

fn kind_of(digits: &str, ends_with_x: bool) -> Found {
    let number = if ends_with_x { format!("{digits}X") } else { digits.to_owned() };
    let begins = |start: &str| digits.starts_with(start);
    if IdentityNumber::parse(&number).is_ok() {
        Found::IdentityNumber
    } else if (16..=19).contains(&digits.len()) && is_luhn(digits) {
        Found::BankCard
    } else if (digits.len() == 11 && begins("1"))
        || ((10..=12).contains(&digits.len()) && begins("0"))
        || (digits.len() == 13 && begins("86"))
        || (7..=8).contains(&digits.len())
        || (digits.len() == 10 && (begins("400") || begins("800")))
    {
        Found::Telephone
    } else {
        Found::Number
    }
}

/// Whether what was written is a day and nothing else: that is nobody's number.
fn is_day(written: &str) -> bool {
    let parts: Vec<&str> = written.split(['-', '.', '/', '－']).collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let read = || -> Option<jiff::civil::Date> {
        let year = year.parse::<i16>().ok().filter(|year| (1900..2200).contains(year))?;
        jiff::civil::Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
    };
    read().is_some()
}

struct Page {
    text: Vec<char>,
    hidden: Vec<bool>,
    found: BTreeSet<Found>,
}

impl Page {
    fn at(&self, index: usize) -> Option<char> {
        self.text.get(index).copied()
    }

    fn hide(&mut self, range: std::ops::Range<usize>, what: Found) {
        for at in range {
            if let Some(hidden) = self.hidden.get_mut(at) {
                *hidden = true;
            }
        }
        self.found.insert(what);
    }

    /// Long numbers.
    fn numbers(&mut self) {
        let mut at = 0;
        while let Some(character) = self.at(at) {
            if digit(character).is_none() {
                at += 1;
                continue;
            }
            let (mut end, mut digits) = (at, String::new());
            let mut look = at;
            while let Some(next) = self.at(look) {
                if let Some(next) = digit(next) {
                    digits.push(next);
                    end = look + 1;
                } else if !is_between(next) || look - end >= 3 {
                    break;
                }
                look += 1;
            }
            let written: String = self.text.get(at..end).unwrap_or_default().iter().collect();
            if digits.len() >= LONG && !is_day(&written) {
                let ends_with_x = digits.len() == 17 && self.at(end).is_some_and(|next| "xXｘＸ".contains(next));
                let what = kind_of(&digits, ends_with_x);
                // A credit code or a case's number goes on in letters.
                let mut until = end;
                while self.at(until).is_some_and(|next| next.is_ascii_alphanumeric() || "ｘＸ".contains(next)) {
                    until += 1;
                }
                let mut from = at;
                while from > 0 && self.at(from - 1).is_some_and(|before| before.is_ascii_alphanumeric()) {
                    from -= 1;
                }
                self.hide(from..until, what);
            }
            at = end.max(at + 1);
        }
    }

    fn emails(&mut self) {
        let of_name = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
        for at in 0..self.text.len() {
            if !self.at(at).is_some_and(|c| c == '@' || c == '＠') {
                continue;
            }
            let mut from = at;
            while from > 0 && self.at(from - 1).is_some_and(of_name) {
                from -= 1;
            }
            let mut until = at + 1;
            while self.at(until).is_some_and(of_name) {
                until += 1;
            }
            if from < at && until > at + 1 {
                self.hide(from..until, Found::Email);
            }
        }
    }

    /// Whether these words stand at a place.
    fn says(&self, at: usize, words: &str) -> bool {
        words.chars().enumerate().all(|(offset, wanted)| self.at(at + offset) == Some(wanted))
    }

    /// A road, a village or an estate, and after it a house's number.
    fn addresses(&mut self) {
        const ROADS: [&str; 20] = [
            "路", "街", "巷", "大道", "胡同", "村", "庄", "屯", "组", "镇", "乡", "小区", "花园", "家园", "公寓", "苑",
            "城", "社区", "新村", "湾",
        ];
        const HOUSES: [&str; 9] = ["号", "栋", "幢", "座", "单元", "室", "楼", "户", "组"];
        let mut at = 0;
        while at < self.text.len() {
            let Some(road) = ROADS.iter().find(|road| self.says(at, road)) else {
                at += 1;
                continue;
            };
            let after = at + road.chars().count();
            let (mut end, mut look, mut houses) = (after, after, 0);
            while look < self.text.len() && look < after + 30 {
                let number = (look..look + 5).take_while(|place| self.at(*place).is_some_and(is_of_number)).count();
                if number == 0 {
                    // Another part of the same address stands between: 许由路 金色花园 3 号.
                    let next = ROADS.iter().find(|road| self.says(look, road));
                    let goes_on = self.at(look).is_some_and(|c| c.is_alphabetic() || c == ' ');
                    match next {
                        Some(road) => look += road.chars().count(),
                        None if goes_on && houses == 0 && look < after + 8 => look += 1,
                        None => break,
                    }
                    continue;
                }
                let house = HOUSES.iter().find(|house| self.says(look + number, house));
                let Some(house) = house else { break };
                look += number + house.chars().count();
                houses += 1;
                end = look;
            }
            let is_window = self.says(end, "窗") || self.says(end, "线") || self.says(end, "文");
            if houses > 0 && !is_window {
                let mut from = at;
                while from > 0 && at - from < REACH && self.at(from - 1).is_some_and(char::is_alphanumeric) {
                    from -= 1;
                }
                self.hide(from..end, Found::Address);
                at = end;
            } else {
                at = after;
            }
        }
    }

    /// Words by which people name themselves, others, or where they live.
    fn naming(&mut self) {
        const SELF: [&str; 11] =
            ["我叫", "我姓", "本人姓", "名叫", "姓名", "名字", "我住", "家住", "住在", "我是", "本人是"];
        const TITLES: [&str; 20] = [
            "先生", "女士", "小姐", "科长", "主任", "局长", "处长", "股长", "队长", "所长", "经理", "老师", "大姐",
            "师傅", "警官", "同志", "大夫", "医生", "书记", "站长",
        ];
        const FAMILY: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文";
        const ACCOUNTS: [&str; 7] = ["微信", "QQ", "qq", "扣扣", "抖音", "加我", "私信"];
        for at in 0..self.text.len() {
            let is_self = SELF.iter().any(|words| self.says(at, words));
            let family = self.at(at).is_some_and(|character| FAMILY.contains(character));
            let titled = (1..=3).any(|after| TITLES.iter().any(|title| self.says(at + after, title)));
            let nameless = self.at(at + 1) == Some('某') || self.at(at + 1) == Some('姓');
            if is_self
                || (family && (titled || nameless))
                || (self.says(at, "姓")
                    && self.at(at + 1).is_some()
                    && at.checked_sub(1).and_then(|at| self.at(at)) != Some('百'))
            {
                self.found.insert(Found::Naming);
            }
            if ACCOUNTS.iter().any(|words| self.says(at, words)) {
                self.found.insert(Found::Account);
            }
        }
    }
}

fn is_of_number(character: char) -> bool {
    digit(character).is_some() || matches!(character, '十' | '百' | '#' | '-' | '－') || character.is_ascii_uppercase()
}

/// A text without what names people, as far as that can be found, and what was.
pub fn screened(text: &str, known: &[&str]) -> Screened {
    let without_known = masked(text, known);
    let mut found = BTreeSet::new();
    if without_known != *text {
        found.insert(Found::Known);
    }
    let text: Vec<char> = without_known.chars().collect();
    let mut page = Page { hidden: vec![false; text.len()], text, found };
    page.numbers();
    page.emails();
    page.addresses();
    page.naming();
    let shown = page.text.iter().zip(&page.hidden).map(|(character, hidden)| if *hidden { '*' } else { *character });
    Screened { text: shown.collect(), found: page.found }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<Found> {
        screened(text, &[]).found.into_iter().collect()
    }

    #[test]
    fn what_names_people_is_found_however_it_is_written() {
        for (text, what) in [
            ("证号11010519491231002X办的", Found::IdentityNumber),
            ("证号 110105 1949 1231 002x 办的", Found::IdentityNumber),
            ("打到6222021234567890128这张卡", Found::Number),
            ("打到6217000010000000009这张卡", Found::Number),
            ("卡号4111 1111 1111 1111", Found::BankCard),
            ("请打１３９０００００００１", Found::Telephone),
            ("请打一三九零零零零零零零一", Found::Telephone),
            ("请打139-0000-0001", Found::Telephone),
            ("0374-8000148没人接", Found::Telephone),
            ("写信到 li.lian@example.cn 吧", Found::Email),
            ("许由路12号3栋2单元501室的", Found::Address),
            ("神垕镇老街1号", Found::Address),
            ("案号411081202603030112345678A", Found::Number),
        ] {
            let screened = screened(text, &[]);
            // The kind of a card is a matter of its check digit; that it is masked is not.
            let kind =
                if what == Found::Number { screened.text.contains("*******") } else { screened.found.contains(&what) };
            assert!(kind, "{text}: {:?} {}", screened.found, screened.text);
            assert!(screened.text.contains("***"), "{text}: {}", screened.text);
            assert!(!screened.waits(), "{text}: {:?}", screened.found);
        }
    }

    #[test]
    fn what_names_nobody_stays_as_it_is() {
        for text in [
            "3号窗口等了40分钟，2026-03-05 去的，还要再跑一趟。",
            "服务热情，一次办好！",
            "三楼301室没有指示牌",
            "12345热线说了3次，材料一共5份",
        ] {
            assert_eq!(screened(text, &[]).text, text);
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn words_that_may_name_somebody_wait_for_a_person() {
        for text in ["我叫小莲，等了很久", "王科长态度差", "加我微信 lotus_1", "我住在城东", "窗口的李某"]
        {
            assert!(screened(text, &[]).waits(), "{text}");
        }
    }

    #[test]
    fn what_the_case_knows_is_masked() {
        let screened = screened("张 小莲的证办了三个月", &["张小莲"]);
        assert_eq!(screened.text, "****的证办了三个月");
        assert!(screened.found.contains(&Found::Known) && !screened.waits());
    }

    proptest! {
        #[test]
        fn a_telephone_number_never_comes_through(
            before in "[\\u{4e00}-\\u{4e20}，。 ]{0,8}", rest in 100_000_000_u64..999_999_999, gap in "[ -]{0,1}",
        ) {
            let number = format!("13{rest}");
            let (head, tail) = number.split_at(3);
            let text = format!("{before}{head}{gap}{tail}完");
            let shown = screened(&text, &[]).text;
            prop_assert!(!shown.contains(tail), "{}", shown);
            prop_assert_eq!(shown.chars().count(), text.chars().count());
        }

        #[test]
        fn any_text_is_screened_without_a_panic(text in "\\PC{0,80}") {
            let shown = screened(&text, &[]).text;
            prop_assert_eq!(shown.chars().count(), text.chars().count());
        }
    }
}
