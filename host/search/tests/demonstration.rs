//! The index over the demonstration's items: bounds, order, places; what people type is told through HTTP, in
//! `tests/journeys`.
#![allow(clippy::unwrap_used, reason = "only tests use it, and they can't go on")]

use std::sync::LazyLock;
use std::time::Instant;

use lotus_domain::district::Division;
use lotus_search::{Answer, Entry, Index, Kind, LONGEST, Query, Wanted};
use proptest::prelude::*;

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let city = lotus_demo::city().unwrap();
    Index::build(city.items.iter().flat_map(Entry::of_item).collect()).unwrap()
});

fn wanted(division: &str) -> Wanted {
    Wanted {
        division: Division::parse(division).unwrap(),
        city: Some(Division::parse("411000").unwrap()),
        everywhere: false,
        kind: None,
        served: None,
        skip: 0,
        take: 10,
    }
}

fn search(text: &str, wanted: &Wanted) -> Answer {
    INDEX.search(&Query::parse(text).unwrap(), wanted).unwrap()
}

fn titles(answer: &Answer) -> Vec<&str> {
    answer.hits.iter().map(|hit| hit.title().zh.as_str()).collect()
}

#[test]
fn one_wording_of_ten_districts_is_one_answer_in_the_district_that_asks() {
    let answer = search("食品经营许可", &wanted("411081"));
    let same = answer.hits.iter().filter(|hit| hit.title().zh == "食品经营许可").count();
    assert_eq!(same, 1);
    let (division, _) = answer.hits.first().unwrap().place().unwrap();
    assert_eq!(division.as_str(), "411081");
}

#[test]
fn another_district_is_found_only_when_asked_for_and_the_city_always() {
    // Only some districts approve homesteads; Weidu does not.
    let here = search("宅基地", &wanted("411002"));
    assert!(!titles(&here).contains(&"农村村民宅基地审批"));
    let everywhere = search("宅基地", &Wanted { everywhere: true, ..wanted("411002") });
    assert_eq!(titles(&everywhere).first(), Some(&"农村村民宅基地审批"));
    let of_city = search("公积金提取", &wanted("411002"));
    assert_eq!(titles(&of_city).first(), Some(&"住房公积金提取"));
}

#[test]
fn kinds_are_counted_and_chosen_and_pages_follow_each_other() {
    let all = search("身份证", &wanted("411081"));
    assert!(all.kinds.contains_key(&Kind::Item) && all.kinds.contains_key(&Kind::Question));
    let questions = search("身份证", &Wanted { kind: Some(Kind::Question), ..wanted("411081") });
    assert!(questions.hits.iter().all(|hit| hit.kind() == Kind::Question));
    assert_eq!(Some(&questions.total), all.kinds.get(&Kind::Question));
    let first = search("许可", &Wanted { take: 3, ..wanted("411081") });
    let second = search("许可", &Wanted { skip: 3, take: 3, ..wanted("411081") });
    assert_eq!(first.total, second.total);
    assert!(titles(&first).iter().all(|title| !titles(&second).contains(title)));
    assert_eq!(titles(&first), titles(&search("许可", &Wanted { take: 3, ..wanted("411081") })), "always the same");
}

#[test]
fn nothing_like_it_is_nothing() {
    let answer = search("量子纠缠", &wanted("411081"));
    assert!(answer.hits.is_empty() && answer.total == 0 && answer.meant.is_none());
}

#[test]
fn a_code_is_found_whole_and_by_its_beginning() {
    assert_eq!(titles(&search("XC07004-411081", &wanted("411081"))).first(), Some(&"居民身份证换领"));
    assert_eq!(titles(&search("xc0700", &wanted("411081"))).len(), 7);
}

#[test]
fn the_index_of_a_city_is_made_in_well_under_a_second() {
    let entries: Vec<Entry> = lotus_demo::city().unwrap().items.iter().flat_map(Entry::of_item).collect();
    LazyLock::force(&INDEX);
    let started = Instant::now();
    let count = entries.len();
    let index = Index::build(entries).unwrap();
    println!("{count} entries, {} documents, {} bytes, {:?}", index.documents(), index.bytes(), started.elapsed());
    for text in ["身份证换领", "shenfenzheng", "公司不干了想注销", "private kindergarden", "sfz"] {
        let started = Instant::now();
        let answer = search(text, &wanted("411081"));
        println!("{text}: {:?} {:?} meant {:?}", started.elapsed(), titles(&answer), answer.meant);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn any_text_has_an_answer_within_bounds(text in prop_oneof![any::<String>(), "[a-z ]{0,80}", "[\u{4e00}-\u{9fff}a-z0-9]{0,90}"]) {
        if let Some(query) = Query::parse(&text) {
            prop_assert!(query.typed().chars().count() <= LONGEST);
            let answer = INDEX.search(&query, &wanted("411081")).unwrap();
            prop_assert!(answer.hits.len() <= 10);
            for hit in &answer.hits {
                let whole: String = answer.mark(&hit.title().zh).into_iter().map(|piece| piece.text).collect();
                prop_assert_eq!(&whole, &hit.title().zh);
            }
        }
    }
}
