//! The language as a whole: what it reads, what it refuses and where, and what holds for every text and all facts.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::super::fact::{Fact, FactName, FactType, FactValue, Facts};
use super::super::{Number, Verdict};
use super::{AmountRule, Condition, Flaw, LONGEST_SOURCE, Names, print, syntax};
use crate::law::Fen;
use crate::text::Text;

const TODAY: Date = date(2026, 4, 27);

fn names() -> Names {
    Names { districts: [("411081".to_owned(), Text::new("禹州市", "Yuzhou"))].into() }
}

fn facts(all: &[(&str, FactValue)]) -> Facts {
    let mut facts = Facts::default();
    for (name, value) in all {
        let as_of: Timestamp = "2026-03-31T00:00:00Z".parse().unwrap();
        let name = FactName::parse(name).unwrap();
        let fact = Fact { value: value.clone(), source: name.kind().source.clone(), as_of, declared: false };
        facts.learn(name, fact).unwrap();
    }
    facts
}

fn yuan(yuan: i64) -> FactValue {
    FactValue::Money(Fen(yuan * 100))
}

fn words(words: &[&str]) -> FactValue {
    FactValue::Words(words.iter().map(|word| (*word).to_owned()).collect())
}

fn number(text: &str) -> FactValue {
    FactValue::Number(Number::parse(text).unwrap())
}

const STUDIO: &str = "enterprise.sales >= 2_000_000 yuan and enterprise.titles has \"master-studio\"
    and registered_in(\"411081\") and founded before 2024-01-01";

fn studio(sales: i64) -> Facts {
    facts(&[
        ("enterprise.sales", yuan(sales)),
        ("enterprise.titles", words(&["master-studio"])),
        ("enterprise.registered", FactValue::Word("411081".into())),
        ("enterprise.founded", FactValue::Date(date(2015, 5, 1))),
    ])
}

#[test]
fn a_policy_is_met_missed_by_an_amount_or_not_known_yet() {
    let condition = Condition::parse(STUDIO).unwrap();
    assert_eq!(condition.verdict(&studio(2_000_000), TODAY), Verdict::Met);

    let (verdict, findings) = condition.explained(&studio(1_800_000), TODAY, &names());
    assert_eq!(verdict, Verdict::NotMet);
    let missing: Vec<_> = findings.iter().filter(|finding| finding.needed).collect();
    assert_eq!(missing.len(), 1);
    assert_eq!(
        missing[0].reason.zh,
        "上年度销售收入不低于200万元：上年度销售收入为180万元（税务申报，截至2026-03-31），还差20万元。"
    );
    assert_eq!(
        missing[0].reason.en.as_deref(),
        Some(
            "Sales of last year: at least 2,000,000 yuan: Sales of last year is 1,800,000 yuan (Tax returns, as of \
             2026-03-31), short by 200,000 yuan."
        )
    );

    let mut unknown = studio(2_000_000);
    unknown.forget(FactName::parse("enterprise.founded").unwrap());
    let (verdict, findings) = condition.explained(&unknown, TODAY, &names());
    assert_eq!(verdict, Verdict::Unknown);
    assert!(findings[3].reason.zh.contains("尚不知道“成立日期”"), "{}", findings[3].reason.zh);
    let conditions: Vec<String> = condition.in_words(&names()).into_iter().map(|text| text.zh).collect();
    assert_eq!(
        conditions,
        [
            "上年度销售收入不低于200万元",
            "企业资质与称号有省级工艺美术大师工作室",
            "登记地在禹州市",
            "成立日期早于2024-01-01"
        ]
    );
}

#[test]
fn amounts_are_exact_and_cut_to_whole_fen_at_the_end() {
    let rule = AmountRule::parse("min(enterprise.equipment * 8%, 3_000_000 yuan)").unwrap();
    let of = |fen: i64| facts(&[("enterprise.equipment", FactValue::Money(Fen(fen)))]);
    assert_eq!(rule.amount(&of(1_000_000_000), TODAY), Some(Fen(80_000_000)));
    assert_eq!(rule.amount(&of(100_000_000_000), TODAY), Some(Fen(300_000_000)));
    assert_eq!(rule.amount(&of(333), TODAY), Some(Fen(26)), "26.64 fen");
    assert_eq!(rule.amount(&Facts::default(), TODAY), None);
    assert_eq!(rule.in_words(&names()).zh, "技术改造设备投资的8%，最高300万元");
    let export = AmountRule::parse("min(enterprise.exports * 0.02 yuan, 50 wan)").unwrap();
    assert_eq!(export.amount(&facts(&[("enterprise.exports", number("1000001"))]), TODAY), Some(Fen(2_000_002)));
    assert_eq!(export.printed(), "min(enterprise.exports * 0.02 yuan, 500000 yuan)");
    let choice = AmountRule::parse("if(person.craft = \"national\", 10 wan, 5 wan)").unwrap();
    assert_eq!(choice.amount(&facts(&[("person.craft", FactValue::Word("city".into()))]), TODAY), Some(Fen(5_000_000)));
}

#[test]
fn a_growth_from_nothing_is_unknown_and_says_why() {
    let growth = "(enterprise.exports - enterprise.exports-before) / enterprise.exports-before >= 10%";
    let condition = Condition::parse(growth).unwrap();
    let of = |now: &str, before: &str| {
        facts(&[("enterprise.exports", number(now)), ("enterprise.exports-before", number(before))])
    };
    assert_eq!(condition.verdict(&of("110", "100"), TODAY), Verdict::Met, "exactly ten per cent");
    assert_eq!(condition.verdict(&of("109.999999", "100"), TODAY), Verdict::NotMet);
    let (verdict, findings) = condition.explained(&of("110", "0"), TODAY, &names());
    assert_eq!(verdict, Verdict::Unknown);
    assert!(findings[0].reason.zh.ends_with("除数为零，无法计算。"), "{}", findings[0].reason.zh);
    let (_, findings) = condition.explained(&of("105", "100"), TODAY, &names());
    assert_eq!(findings[0].lacking.as_ref().unwrap().zh, "还差5%");
}

#[test]
fn of_alternatives_only_the_nearest_stands_in_the_way() {
    let condition = Condition::parse(
        "(person.veteran and person.disability in {\"one\"} and person.lives-alone) or age(person.birth-date) >= 80 years",
    )
    .unwrap();
    let young = facts(&[
        ("person.veteran", FactValue::YesNo(false)),
        ("person.disability", FactValue::Word("four".into())),
        ("person.birth-date", FactValue::Date(date(1947, 4, 28))),
    ]);
    let (verdict, findings) = condition.explained(&young, TODAY, &names());
    assert_eq!(verdict, Verdict::NotMet);
    let needed: Vec<_> = findings.iter().filter(|finding| finding.needed).map(|f| f.condition.zh.as_str()).collect();
    assert_eq!(needed, ["年龄不低于80年"]);
    let not = Condition::parse("not (person.veteran or age(person.birth-date) < 60 years)").unwrap();
    let (verdict, findings) = not.explained(&young, TODAY, &names());
    assert_eq!(verdict, Verdict::Met);
    assert_eq!(findings[0].condition.zh, "不属于“退役军人”");
    assert_eq!(findings[1].condition.zh, "年龄不低于60年");
}

#[test]
fn a_city_holds_its_districts_and_an_industry_its_parts() {
    let there = |area: &str, at: &str| {
        let condition = Condition::parse(&format!("registered_in(\"{area}\")")).unwrap();
        condition.verdict(&facts(&[("enterprise.registered", FactValue::Word(at.into()))]), TODAY)
    };
    assert_eq!(there("411000", "411081"), Verdict::Met);
    assert_eq!(there("411081", "411000"), Verdict::NotMet);
    let ceramics = facts(&[("enterprise.industry", FactValue::Word("C3074".into()))]);
    for (code, met) in [("C307", true), ("C", true), ("C30", true), ("C31", false), ("C30741", false)] {
        let Ok(condition) = Condition::parse(&format!("industry(\"{code}\")")) else {
            assert_eq!(code, "C30741");
            continue;
        };
        assert_eq!(condition.verdict(&ceramics, TODAY) == Verdict::Met, met, "{code}");
    }
}

#[test]
fn what_can_not_be_meant_is_refused_with_its_place() {
    for (source, line, column, says) in [
        ("", 1, 1, "nothing"),
        ("enterprise.luck > 3", 1, 1, "no fact “enterprise.luck”"),
        ("sale > 3 yuan", 1, 1, "perhaps “enterprise.sales”"),
        ("registered_in(\"411081\")\n  and grain-area > 3 mu", 2, 7, "two facts"),
        ("enterprise.sales / 0 > 1 yuan", 1, 20, "divisor is zero"),
        ("enterprise.sales / (2 - 2) > 1 yuan", 1, 23, "divisor is zero"),
        ("enterprise.founded > {\"a\"}", 1, 20, "can't be compared with a set"),
        ("enterprise.founded in {\"2024\"}", 1, 20, "can't be compared with a set"),
        ("enterprise.founded >= 3", 1, 20, "a date can't be compared with a number"),
        ("enterprise.sales >= 3", 1, 18, "write “yuan”"),
        ("enterprise.sales + 3 > 1 yuan", 1, 18, "write “yuan”"),
        ("enterprise.nursery-area >= 3 people", 1, 25, "different units"),
        ("enterprise.titles has \"king\"", 1, 23, "has no word “king”"),
        ("enterprise.titles in {\"high-tech\", \"incubator\"}", 1, 19, "has any"),
        ("enterprise.size has \"micro\"", 1, 17, "write “in”"),
        ("enterprise.size in {}", 1, 20, "at least one"),
        ("registered_in(\"4110\")", 1, 15, "no division code"),
        ("industry(\"Z1\")", 1, 10, "no industry"),
        ("1 < enterprise.nursery-area < 3", 1, 29, "two things"),
        ("enterprise.dishonest = true", 1, 22, "stands alone"),
        ("enterprise.dishonest = ", 1, 24, "is needed here"),
        ("(enterprise.dishonest", 1, 22, "a “)” is missing"),
        ("enterprise.dishonest)", 1, 21, "is missing"),
        ("enterprise.sales", 1, 1, "must come to a yes or no"),
        ("grow(3) > 1", 1, 1, "no function “grow”"),
        ("min(3) > 1", 1, 1, "another number of arguments"),
        ("age(3) > 1", 1, 5, "has no age"),
        ("enterprise.founded before 2024-13-01", 1, 27, "no day"),
        ("enterprise.founded before 1234567890123456", 1, 27, "no number"),
        ("person.veteran and \"a", 1, 20, "not closed"),
        ("person.veteran & person.orphan", 1, 16, "no meaning"),
        ("not not", 1, 8, "is needed here"),
    ] {
        let flaw = Condition::parse(source).unwrap_err();
        let Flaw { line: found, column: at, problem } = &flaw;
        assert_eq!((*found, *at), (line, column), "{source}: {flaw}");
        assert!(problem.en.as_deref().unwrap().contains(says), "{source}: {flaw}");
        assert!(problem.zh.chars().any(|c| c > '一'), "{source}");
    }
    assert!(AmountRule::parse("enterprise.employees * 2").is_err(), "no money");
    assert!(serde_json::from_str::<Condition>("\"enterprise.luck\"").is_err());
}

#[test]
fn a_text_is_bounded_in_length_depth_and_nodes() {
    let deep = format!("{}person.veteran{}", "(".repeat(100), ")".repeat(100));
    assert!(Condition::parse(&deep).unwrap_err().problem.en.unwrap().contains("too deep"));
    let nots = format!("{}person.veteran", "not ".repeat(500));
    assert!(Condition::parse(&nots).unwrap_err().problem.en.unwrap().contains("too deep"));
    let minus = format!("{}1 > 2", "-".repeat(500));
    assert!(Condition::parse(&minus).unwrap_err().problem.en.unwrap().contains("too deep"));
    let long = vec!["person.veteran"; 200].join(" and ");
    assert!(Condition::parse(&long).unwrap_err().problem.en.unwrap().contains("too much"));
    let text = format!("person.veteran{}", " ".repeat(LONGEST_SOURCE));
    assert!(Condition::parse(&text).unwrap_err().problem.en.unwrap().contains("over 4,000"));
    let calls = format!("{}1{} > 2", "min(1, ".repeat(60), ")".repeat(60));
    assert!(Condition::parse(&calls).is_err());
    let flat = vec!["person.veteran"; 140].join(" and ");
    assert!(Condition::parse(&flat).is_ok());
}

#[test]
fn months_and_years_are_counted_as_people_count_them() {
    let age = |born: Date, today: Date| {
        let of = facts(&[("person.birth-date", FactValue::Date(born))]);
        (0..200).find(|years| {
            let condition = Condition::parse(&format!("age(person.birth-date) <= {years} years")).unwrap();
            condition.verdict(&of, today) == Verdict::Met
        })
    };
    assert_eq!(age(date(2000, 2, 29), date(2026, 2, 28)), Some(26), "a leap day's child on the last of February");
    assert_eq!(age(date(2000, 4, 28), date(2026, 4, 27)), Some(25));
    assert_eq!(age(date(2000, 4, 27), date(2026, 4, 27)), Some(26));
}

/// Names of facts that come to numbers, money, days, or yes and no.
fn of_type(kind: FactType) -> Vec<&'static str> {
    FactName::all().filter(|name| name.kind().kind == kind).map(FactName::as_str).collect()
}

fn share(unit: bool) -> impl Strategy<Value = String> {
    let names =
        FactName::all().filter(move |name| name.kind().kind == FactType::Number && name.kind().unit.is_none() != unit);
    proptest::sample::select(names.map(|name| name.as_str().to_owned()).collect::<Vec<_>>())
}

/// Sources of amounts of money, some of which may come to nothing.
fn money() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (0..9_000_000_u32).prop_map(|yuan| format!("{yuan} yuan")),
        proptest::sample::select(of_type(FactType::Money)).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone(), prop_oneof![Just("+"), Just("-")])
                .prop_map(|(one, other, sign)| format!("({one} {sign} {other})")),
            (inner.clone(), 0..200_u32).prop_map(|(one, percent)| format!("{one} * {percent}%")),
            (inner.clone(), share(false)).prop_map(|(one, share)| format!("({one}) / {share}")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("min({a}, max({b}, -{c}))")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("if(person.veteran, {a}, {b})")),
        ]
    })
}

fn order() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![">=", ">", "<=", "<", "=", "!="])
}

/// Sources of conditions.
fn condition() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (money(), order(), money()).prop_map(|(one, order, other)| format!("{one} {order} {other}")),
        (money(), money(), 0..9_u32).prop_map(|(one, other, n)| format!("({one}) / ({other}) < {n}")),
        proptest::sample::select(of_type(FactType::YesNo)).prop_map(str::to_owned),
        (proptest::sample::select(of_type(FactType::Date)), order(), 1950..2030_u32)
            .prop_map(|(day, order, year)| format!("{day} {order} {year}-02-28")),
        (proptest::sample::select(of_type(FactType::Date)), 0..90_u32)
            .prop_map(|(day, years)| format!("age({day}) >= {years} years")),
        Just("enterprise.titles has all {\"high-tech\", \"little-giant\"}".to_owned()),
        Just("enterprise.size not in {\"micro\", \"small\"}".to_owned()),
        Just("industry(\"C30\", \"A\")".to_owned()),
        Just("registered_in(\"411000\")".to_owned()),
        Just("true".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("({one}) and ({other})")),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("({one}) or {other}")),
            inner.prop_map(|inner| format!("not ({inner})")),
        ]
    })
}

fn value(kind: FactType, seed: u64) -> FactValue {
    let small = i64::try_from(seed % 2000).unwrap() - 300;
    match kind {
        FactType::YesNo => FactValue::YesNo(seed.is_multiple_of(2)),
        FactType::Number => FactValue::Number(Number::whole(if seed.is_multiple_of(7) { 0 } else { small })),
        FactType::Money if seed.is_multiple_of(11) => FactValue::Money(Fen(100_000_000_000_000_000)),
        FactType::Money => FactValue::Money(Fen(small * 1_000_003)),
        FactType::Date => FactValue::Date(date(1930 + i16::try_from(seed % 100).unwrap(), 2, 28)),
        FactType::Word => FactValue::Word("small".into()),
        FactType::Words => words(&["high-tech"]),
        FactType::Industry => FactValue::Word("C3074".into()),
        FactType::District => FactValue::Word("411081".into()),
    }
}

/// Facts of which any may be missing.
fn some_facts() -> impl Strategy<Value = Facts> {
    proptest::collection::vec(proptest::option::weighted(0.7, any::<u64>()), FactName::all().count()).prop_map(
        |seeds| {
            let mut facts = Facts::default();
            for (name, seed) in FactName::all().zip(seeds) {
                let Some(seed) = seed else { continue };
                let fact = Fact {
                    value: value(name.kind().kind, seed),
                    source: Text::zh("登记"),
                    as_of: Timestamp::UNIX_EPOCH,
                    declared: false,
                };
                let _ = facts.learn(name, fact);
            }
            facts
        },
    )
}

/// Reads what was generated; the only thing that can be wrong with it is a divisor that is always nothing, or its size.
fn read(source: &str) -> Result<Option<Condition>, TestCaseError> {
    match Condition::parse(source) {
        Ok(condition) => Ok(Some(condition)),
        Err(flaw) => {
            let says = flaw.problem.en.clone().unwrap_or_default();
            let expected = ["divisor is zero", "too deep", "too much"].iter().any(|one| says.contains(one));
            prop_assert!(expected, "{}: {}", source, flaw);
            Ok(None)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn with_and_without_reasons_the_verdict_is_the_same(source in condition(), facts in some_facts()) {
        let Some(condition) = read(&source)? else { return Ok(()) };
        let (verdict, findings) = condition.explained(&facts, TODAY, &names());
        prop_assert_eq!(condition.verdict(&facts, TODAY), verdict, "{}", source);
        prop_assert!(!findings.is_empty());
        let stands = findings.iter().any(|finding| finding.needed);
        prop_assert_eq!(stands, verdict != Verdict::Met, "{}", source);
        let lacking = findings.iter().any(|finding| finding.needed && finding.verdict == Verdict::NotMet);
        prop_assert_eq!(lacking, verdict == Verdict::NotMet, "{}", source);
        for finding in findings {
            prop_assert!(!finding.reason.zh.is_empty() && finding.reason.en.is_some());
        }
    }

    #[test]
    fn learning_a_fact_never_turns_one_answer_into_the_other(source in condition(), facts in some_facts(), at in any::<prop::sample::Index>()) {
        let Some(condition) = read(&source)? else { return Ok(()) };
        let mut less = facts.clone();
        let all: Vec<FactName> = FactName::all().collect();
        less.forget(*at.get(&all));
        let before = condition.verdict(&less, TODAY);
        if before != Verdict::Unknown {
            prop_assert_eq!(condition.verdict(&facts, TODAY), before, "{}", source);
        }
    }

    #[test]
    fn what_is_printed_is_read_as_the_same(source in condition(), facts in some_facts()) {
        let Ok(tree) = syntax::parse(&source) else { return Ok(()) };
        let printed = print::print(&tree);
        let again = syntax::parse(&printed).unwrap();
        prop_assert_eq!(print::print(&again), printed.clone());
        let (one, other) = (Condition::parse(&source), Condition::parse(&printed));
        match (one, other) {
            (Ok(one), Ok(other)) => prop_assert_eq!(one.verdict(&facts, TODAY), other.verdict(&facts, TODAY)),
            (Err(_), Err(_)) => {}
            _ => prop_assert!(false, "{} / {}", source, printed),
        }
    }

    #[test]
    fn any_text_is_read_or_refused_and_nothing_else(source in "[a-z0-9 .,<>=!+*/(){}\"%\\n有“”-]{0,200}") {
        if let Err(flaw) = Condition::parse(&source) {
            prop_assert!(flaw.line >= 1 && flaw.column >= 1);
        }
        let _ = AmountRule::parse(&source);
    }

    #[test]
    fn words_of_the_language_in_any_order_are_read_or_refused(
        words in proptest::collection::vec(proptest::sample::select(vec![
            "and", "or", "not", "in", "has", "any", "all", "before", "(", ")", "{", "}", ",", "+", "-", "*", "/", ">=",
            "=", "3", "5%", "2 yuan", "0", "mu", "\"C30\"", "2024-02-29", "today", "true", "enterprise.sales",
            "enterprise.founded", "enterprise.titles", "person.veteran", "min(", "age(", "if(", "enterprise.industry",
        ]), 0..20),
        facts in some_facts(),
    ) {
        let source = words.join(" ");
        if let Ok(condition) = Condition::parse(&source) {
            let _ = condition.explained(&facts, TODAY, &names());
        }
        if let Ok(rule) = AmountRule::parse(&source) {
            let _ = rule.amount(&facts, TODAY);
            let _ = rule.in_words(&names());
        }
    }
}
