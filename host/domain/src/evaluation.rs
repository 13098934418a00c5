//! Evaluations by outside bodies 第三方评估 (article 35): what is asked, who is asked, what came of it.
//!
//! The draw can be made again by anybody with the published numbers and any SHA-256: a case's published name is the hash of
//! `{evaluation}/{case number}`; the population is the list of `{district},{name}` in order, and the hash of that file is
//! its snapshot; of each district the names with the lowest hash of `{seed}/{name}` are drawn. The seed's own hash is public
//! before there is a population, so that nobody can look for a seed that draws what they like.
//!
//! Invariant: the same seed and population give the same sample, and a sample never has more of a district than there are.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::CaseNumber;
use crate::chain::Hash;
use crate::district::Division;
use crate::form::FieldError;
use crate::text::Text;

/// The kind of case that a finding is.
pub const RECTIFICATION: &str = "evaluation-rectification";
/// Most questions of a questionnaire.
pub const MOST_QUESTIONS: usize = 20;
/// Most options of a question.
pub const MOST_OPTIONS: usize = 10;
/// Longest answer in words, in characters.
pub const LONGEST_ANSWER: usize = 500;
/// Most that a sample may have.
pub const MOST_SAMPLED: u32 = 5_000;

/// How a question is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "sort", content = "options")]
pub enum Ask {
    /// 量表: 1 (very bad) to 5 (very good).
    Scale,
    /// 单选
    Choice(Vec<String>),
    /// 问答: in words.
    Words,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What is asked, in Chinese.
    pub words: String,
    /// How it is answered.
    pub ask: Ask,
}

/// What is wrong with a questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct QuestionError {
    /// From 1.
    pub line: usize,
    /// What, in Chinese.
    pub problem: String,
}

/// Reads a questionnaire, a question a line: `量表|问题`, `单选|问题|甲；乙`, `问答|问题`.
pub fn questionnaire(text: &str) -> Result<Vec<Question>, QuestionError> {
    let mut questions = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |problem: &str| QuestionError { line: at + 1, problem: problem.to_owned() };
        let mut parts = line.split(['|', '｜']).map(str::trim);
        let sort = parts.next().unwrap_or_default();
        let words = parts.next().unwrap_or_default();
        if !(2..=200).contains(&words.chars().count()) {
            return Err(wrong("问题应为 2 至 200 个字"));
        }
        let ask = match sort {
            "量表" | "scale" => Ask::Scale,
            "问答" | "text" => Ask::Words,
            "单选" | "choice" => {
                let options = parts.next().unwrap_or_default();
                let options: Vec<String> = options
                    .split(['；', ';'])
                    .map(str::trim)
                    .filter(|option| !option.is_empty())
                    .map(|option| option.chars().take(60).collect())
                    .collect();
                let mut once = options.clone();
                once.sort();
                once.dedup();
                if !(2..=MOST_OPTIONS).contains(&options.len()) || once.len() != options.len() {
                    return Err(wrong("单选需要 2 至 10 个不同的选项，用分号隔开"));
                }
                Ask::Choice(options)
            }
            _ => return Err(wrong("每行以“量表”“单选”或“问答”开头")),
        };
        questions.push(Question { words: words.to_owned(), ask });
        if questions.len() > MOST_QUESTIONS {
            return Err(wrong("最多 20 个问题"));
        }
    }
    if questions.is_empty() {
        return Err(QuestionError { line: 1, problem: "至少要有一个问题".to_owned() });
    }
    Ok(questions)
}

/// What an evaluation is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its name.
    pub title: String,
    /// The outside body, in which its evaluators' role is held.
    pub body: String,
    /// Whose cases.
    pub districts: Vec<Division>,
    /// Of which kinds, by id.
    pub kinds: Vec<String>,
    /// Of which item alone, by code, where it is one.
    pub item: Option<String>,
    /// Submitted from this day,
    pub from: Date,
    /// to this day, and over by the time of the draw.
    pub to: Date,
    /// How many are asked at most.
    pub size: u32,
    /// What they are asked.
    pub questions: Vec<Question>,
}

/// Where an evaluation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Drawn up; the seed's hash is public.
    Planned,
    /// The sample is drawn, its seed is public, and people are asked.
    Drawn,
    /// Nothing more is answered.
    Closed,
    /// The report is public.
    Reported,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Planned, Self::Drawn, Self::Closed, Self::Reported];

    /// For columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Drawn => "drawn",
            Self::Closed => "closed",
            Self::Reported => "reported",
        }
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Planned => ("已立项", "Planned"),
            Self::Drawn => ("已抽样，调查中", "Drawn, being answered"),
            Self::Closed => ("调查结束", "Closed"),
            Self::Reported => ("已公布报告", "Reported"),
        };
        Text::new(zh, en)
    }
}

/// Something to be put right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Where.
    pub division: Division,
    /// By which department.
    pub department: String,
    /// What was found.
    pub words: String,
    /// The number of the case that answers for it.
    pub number: String,
}

/// An evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// 12 hexadecimal characters of randomness.
    pub id: String,
    /// What it is about.
    pub plan: Plan,
    /// Where it is.
    pub stage: Stage,
    /// 64 hexadecimal characters; public once it is drawn.
    pub seed: String,
    /// How many cases the sample was drawn from, by district.
    pub population: BTreeMap<String, u64>,
    /// The hash of the population's file.
    pub snapshot: Option<String>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// When it was drawn up.
    pub made: Timestamp,
    /// When its sample was drawn.
    pub drawn: Option<Timestamp>,
}

impl Evaluation {
    /// The hash of its seed: public from the beginning.
    pub fn commitment(&self) -> String {
        Hash::of(self.seed.as_bytes()).to_string()
    }

    /// What a case is called in it.
    pub fn name_of(&self, number: &CaseNumber) -> String {
        Hash::of(format!("{}/{number}", self.id).as_bytes()).to_string()
    }
}

/// One of a population or a sample.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// The district's code.
    pub stratum: String,
    /// The published name.
    pub name: String,
}

/// The file that a population is published as, in order.
pub fn population_file(population: &[Named]) -> String {
    let mut sorted: Vec<&Named> = population.iter().collect();
    sorted.sort();
    let mut file = String::new();
    for one in sorted {
        file.extend([one.stratum.as_str(), ",", one.name.as_str(), "\n"]);
    }
    file
}

/// How many of each district are drawn: in proportion, by largest remainder, at least one where there is one, never more
/// than there are.
pub fn allocated(size: u32, strata: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let total: u64 = strata.values().sum();
    let size = u64::from(size).min(total);
    if total == 0 {
        return BTreeMap::new();
    }
    let mut shares: Vec<(u64, &String, u64, u64)> = strata
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(stratum, count)| {
            let exact = u128::from(size) * u128::from(*count);
            let whole = u64::try_from(exact / u128::from(total)).unwrap_or(0);
            let rest = u64::try_from(exact % u128::from(total)).unwrap_or(0);
            (rest, stratum, whole, *count)
        })
        .collect();
    let mut left = size.saturating_sub(shares.iter().map(|share| share.2).sum());
    // The largest remainder first; of equal ones the first district.
    shares.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    for share in &mut shares {
        if left > 0 && share.2 < share.3 {
            share.2 += 1;
            left -= 1;
        }
    }
    let mut drawn: BTreeMap<String, u64> =
        shares.iter().map(|(_, stratum, whole, count)| ((*stratum).clone(), (*whole).min(*count))).collect();
    // A small district is heard too, at the cost of the largest share.
    for (_, stratum, ..) in &shares {
        if drawn.get(*stratum) == Some(&0) {
            let largest =
                drawn.iter().max_by_key(|(_, count)| **count).map(|(stratum, count)| (stratum.clone(), *count));
            if let Some((largest, count)) = largest.filter(|(_, count)| *count > 1) {
                drawn.insert(largest, count - 1);
                drawn.insert((*stratum).clone(), 1);
            }
        }
    }
    drawn
}

/// Draws a sample: of each district so many names with the lowest hash of `{seed}/{name}`.
pub fn draw(seed: &str, population: &[Named], size: u32) -> Vec<Named> {
    let mut strata: BTreeMap<String, Vec<&Named>> = BTreeMap::new();
    for one in population {
        strata.entry(one.stratum.clone()).or_default().push(one);
    }
    let counts = strata.iter().map(|(stratum, all)| (stratum.clone(), all.len() as u64)).collect();
    let drawn = allocated(size, &counts);
    let mut sample = Vec::new();
    for (stratum, all) in &strata {
        let mut ranked: Vec<(String, &Named)> =
            all.iter().map(|one| (Hash::of(format!("{seed}/{}", one.name).as_bytes()).to_string(), *one)).collect();
        ranked.sort();
        let many = usize::try_from(drawn.get(stratum).copied().unwrap_or(0)).unwrap_or(0);
        sample.extend(ranked.into_iter().take(many).map(|(_, one)| one.clone()));
    }
    sample
}

/// What somebody answered: by the question's place, as it was typed.
pub type Answers = BTreeMap<usize, String>;

/// Reads what was typed; every question but those in words must be answered.
pub fn read_answers(questions: &[Question], typed: &BTreeMap<String, String>) -> Result<Answers, Vec<FieldError>> {
    let mut answers = Answers::new();
    let mut errors = Vec::new();
    for (at, question) in questions.iter().enumerate() {
        let field = format!("q{at}");
        let given = typed.get(&field).map(|text| text.trim()).unwrap_or_default();
        let fits = match &question.ask {
            Ask::Scale => given.parse::<u8>().is_ok_and(|grade| (1..=5).contains(&grade)),
            Ask::Choice(options) => options.iter().any(|option| option == given),
            Ask::Words => given.chars().count() <= LONGEST_ANSWER,
        };
        if !fits {
            let message = match question.ask {
                Ask::Words => Text::new("最多 500 个字。", "At most 500 characters."),
                _ => Text::new("请选择一项。", "Please choose one."),
            };
            errors.push(FieldError { field, message });
        } else if !given.is_empty() {
            answers.insert(at, given.replace('\0', ""));
        }
    }
    if errors.is_empty() { Ok(answers) } else { Err(errors) }
}

/// The interval in which a share lies with 95 % confidence (Wilson's score interval), each from 0 to 1.
pub fn wilson(of: u64, among: u64) -> (f64, f64) {
    const Z: f64 = 1.959_964;
    if among == 0 {
        return (0.0, 1.0);
    }
    #[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
    let (of, n) = (of as f64, among as f64);
    let share = of / n;
    let middle = share + Z * Z / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let below = 1.0 + Z * Z / n;
    (((middle - half) / below).max(0.0), ((middle + half) / below).min(1.0))
}

/// A line of a question's result: an option, or a grade.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// Which.
    pub label: String,
    /// How many chose it.
    pub count: u64,
    /// Of all who answered, from 0 to 1.
    pub share: f64,
    /// The 95 % interval.
    pub interval: (f64, f64),
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The question.
    pub words: String,
    /// How many answered it.
    pub answered: u64,
    /// The mean of a scale.
    pub mean: Option<f64>,
    /// Grades from 5 to 1, or options in their order; empty for a question in words.
    pub shares: Vec<Share>,
    /// What was said in words.
    pub said: Vec<String>,
}

/// What came of a questionnaire.
pub fn outcomes(questions: &[Question], answers: &[Answers]) -> Vec<Outcome> {
    let outcome = |(at, question): (usize, &Question)| {
        let given: Vec<&str> = answers.iter().filter_map(|answers| answers.get(&at)).map(String::as_str).collect();
        let answered = given.len() as u64;
        let share = |label: &str, shown: &str| {
            let count = given.iter().filter(|one| **one == label).count() as u64;
            #[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
            let share = if answered == 0 { 0.0 } else { count as f64 / answered as f64 };
            Share { label: shown.to_owned(), count, share, interval: wilson(count, answered) }
        };
        let (shares, mean) = match &question.ask {
            Ask::Scale => {
                let names = ["很好", "较好", "一般", "较差", "很差"];
                let grades = names.iter().zip([5, 4, 3, 2, 1]);
                let shares: Vec<Share> = grades.map(|(name, grade)| share(&grade.to_string(), name)).collect();
                let sum: f64 = given.iter().filter_map(|grade| grade.parse::<f64>().ok()).sum();
                #[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
                let mean = (answered > 0).then(|| sum / answered as f64);
                (shares, mean)
            }
            Ask::Choice(options) => (options.iter().map(|option| share(option, option)).collect(), None),
            Ask::Words => (Vec::new(), None),
        };
        let said = match question.ask {
            Ask::Words => given.iter().map(|said| (*said).to_owned()).collect(),
            _ => Vec::new(),
        };
        Outcome { words: question.words.clone(), answered, mean, shares, said }
    };
    questions.iter().enumerate().map(outcome).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_questionnaire_is_data_and_what_is_wrong_is_said_with_its_line() {
        let read = questionnaire("量表|办事方便吗\n\n单选|在哪里办的|网上；窗口\n问答｜还有什么建议").unwrap();
        assert_eq!(read.len(), 3);
        assert_eq!(read[1].ask, Ask::Choice(vec!["网上".into(), "窗口".into()]));
        assert_eq!(questionnaire("量表|办事方便吗\n打分|还行吗").unwrap_err().line, 2);
        assert_eq!(questionnaire("单选|在哪里办的|网上").unwrap_err().line, 1);
        assert!(questionnaire(" \n").is_err());
    }

    #[test]
    fn wilsons_interval_is_the_textbooks() {
        let (low, high) = wilson(8, 10);
        assert!((low - 0.4902).abs() < 5e-4 && (high - 0.9433).abs() < 5e-4, "{low} {high}");
        let (low, high) = wilson(0, 20);
        assert!(low.abs() < 1e-9 && (high - 0.1611).abs() < 5e-4, "{low} {high}");
        assert_eq!(wilson(0, 0), (0.0, 1.0), "nobody said anything");
    }

    #[test]
    fn what_was_answered_becomes_shares_and_a_mean() {
        let questions = questionnaire("量表|方便吗\n单选|在哪里|网上；窗口\n问答|建议").unwrap();
        let typed = |grade: &str, place: &str, said: &str| {
            BTreeMap::from([("q0".into(), grade.into()), ("q1".into(), place.into()), ("q2".into(), said.into())])
        };
        let answers: Vec<Answers> = [typed("5", "网上", "没有"), typed("3", "窗口", ""), typed("4", "网上", "")]
            .iter()
            .map(|typed| read_answers(&questions, typed).unwrap())
            .collect();
        let found = outcomes(&questions, &answers);
        assert_eq!(found[0].mean, Some(4.0));
        assert_eq!(found[1].shares[0].count, 2);
        assert_eq!(found[2].said, ["没有"]);
        assert_eq!(read_answers(&questions, &typed("6", "别处", "")).unwrap_err().len(), 2);
    }

    fn population(sizes: &[usize]) -> Vec<Named> {
        let one = |stratum: usize, at: usize| Named {
            stratum: format!("4110{stratum:02}"),
            name: Hash::of(format!("{stratum}/{at}").as_bytes()).to_string(),
        };
        sizes.iter().enumerate().flat_map(|(stratum, many)| (0..*many).map(move |at| one(stratum, at))).collect()
    }

    proptest! {
        #[test]
        fn the_same_seed_and_population_give_the_same_sample_in_whatever_order(
            sizes in proptest::collection::vec(0_usize..30, 1..6), size in 1_u32..60, seed in "[0-9a-f]{8}",
        ) {
            let all = population(&sizes);
            let mut turned = all.clone();
            turned.reverse();
            let sample = draw(&seed, &all, size);
            prop_assert_eq!(&sample, &draw(&seed, &turned, size));
            prop_assert_eq!(population_file(&all), population_file(&turned));
            let mut once = sample.clone();
            once.sort();
            once.dedup();
            prop_assert_eq!(once.len(), sample.len());
            prop_assert_eq!(sample.len(), all.len().min(size as usize));
            prop_assert!(sample.iter().all(|one| all.contains(one)));
            let strata = sizes.iter().filter(|many| **many > 0).count();
            if size as usize >= strata {
                let heard: std::collections::BTreeSet<_> = sample.iter().map(|one| &one.stratum).collect();
                prop_assert_eq!(heard.len(), strata, "every district is heard");
            }
        }
    }
}
