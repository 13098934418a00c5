//! What the demonstration data must be, and how a broken file is reported.

use std::collections::BTreeSet;

use lotus_domain::calendar::Calendar;
use lotus_domain::law::{Period, TimeUnit};

use super::*;

fn items_of<'a>(city: &'a City, division: &str) -> Vec<&'a DistrictItem> {
    city.items.iter().filter(|item| item.division.as_str() == division).collect()
}

fn broken(text: &str) -> String {
    let districts = city().unwrap().districts;
    items(&[("broken.toml", text)], &districts).unwrap_err().to_string()
}

/// The text of a shipped item, to be broken.
fn shipped(name: &str) -> &'static str {
    ITEMS.iter().find(|(file, _)| *file == name).unwrap().1
}

#[test]
fn the_city_loads_with_its_ten_tenants() {
    let city = city().unwrap();
    assert_eq!(city.districts.len(), 10);
    assert_eq!(city.districts.iter().filter(|district| district.is_city).count(), 1);
    for district in &city.districts {
        assert!(district.name.en.is_some() && district.motto.en.is_some(), "{}", district.division);
        assert_eq!(district.notices.len(), 2, "{}", district.division);
        assert!(
            district.notices.is_sorted_by(|a, b| a.published >= b.published),
            "{}: newest first",
            district.division
        );
        assert!(district.notices.iter().all(|notice| notice.published.year() == 2026), "{}", district.division);
    }
}

#[test]
fn every_district_offers_at_least_twenty_items_of_its_own() {
    let city = city().unwrap();
    for district in city.districts.iter().filter(|district| !district.is_city) {
        assert!(items_of(&city, district.division.as_str()).len() >= 20, "{}", district.division);
    }
    assert!(!items_of(&city, "411000").is_empty());
}

#[test]
fn every_item_has_both_languages_and_everything_a_guide_shows() {
    let city = city().unwrap();
    for DistrictItem { item, .. } in &city.items {
        let texts = [&item.name, &item.summary, &item.department, &item.result.name];
        assert!(texts.iter().all(|text| text.en.is_some()), "{}", item.code);
        assert!(item.themes.iter().all(|theme| theme.en.is_some()) && !item.themes.is_empty(), "{}", item.code);
        assert!(!item.materials.is_empty() && !item.conditions.is_empty(), "{}", item.code);
        assert!(!item.questions.is_empty() && item.process.len() >= 3, "{}", item.code);
        assert!(item.fees.iter().all(|fee| fee.basis.article.is_some()), "{}", item.code);
    }
}

#[test]
fn codes_are_unique_and_name_type_and_district() {
    let city = city().unwrap();
    let codes: BTreeSet<_> = city.items.iter().map(|item| &item.item.code).collect();
    assert_eq!(codes.len(), city.items.len());
    for DistrictItem { division, item } in &city.items {
        assert_eq!(item.code, format!("{}-{division}", item.basic_code));
        let item_type = toml::Value::try_from(item.item_type).unwrap();
        assert_eq!(item.basic_code.get(2..4), item_type.as_str(), "{}", item.code);
    }
}

#[test]
fn the_items_that_the_city_promises_are_there() {
    let city = city().unwrap();
    let yuzhou = items_of(&city, "411081");
    let promise = |name: &str| {
        let item = &yuzhou.iter().find(|item| item.item.name.zh == name).unwrap().item;
        (item.statutory.amount, item.promised.amount, item.visits)
    };
    assert_eq!(promise("企业开办一件事"), (3, 1, 0));
    assert_eq!(promise("建筑工程施工许可证核发"), (7, 3, 0));
    assert_eq!(promise("残疾人证办理"), (20, 10, 1));
    assert_eq!(promise("新生儿出生一件事").1, 5);
    assert_eq!(promise("食品经营许可"), (20, 5, 0));
}

#[test]
fn a_district_may_promise_less_time_than_the_others() {
    let city = city().unwrap();
    let promised = |division: &str| {
        let items = items_of(&city, division);
        items.iter().find(|item| item.item.name.zh == "建筑工程施工许可证核发").unwrap().item.promised
    };
    assert_eq!(promised("411002"), Period::working_days(3));
    assert_eq!(promised("411082"), Period::working_days(2));
}

#[test]
fn the_steps_fit_into_the_promise() {
    /// Eight hours are a working day.
    fn hours(period: Period) -> u32 {
        match period.unit {
            TimeUnit::Hour => period.amount,
            TimeUnit::WorkingDay | TimeUnit::Day => 8 * period.amount,
            TimeUnit::Month | TimeUnit::Year => panic!("a step or promise in months: {period:?}"),
        }
    }
    for DistrictItem { item, .. } in &city().unwrap().items {
        let inside = item.process.iter().filter(|step| !step.outside_the_clock);
        let steps: u32 = inside.filter_map(|step| step.within).map(hours).sum();
        assert!(steps <= hours(item.promised), "{}: {steps} hours of steps", item.code);
    }
}

#[test]
fn the_calendar_gives_the_published_working_days() {
    let calendar = Calendar::new(2026, 2026, &city().unwrap().calendar).unwrap();
    assert_eq!(calendar.working_days_of(2026), Ok(248));
}

#[test]
fn an_error_names_its_file_and_what_is_wrong() {
    let permit = shipped("construction-permit.toml");
    assert!(broken("districts = [").starts_with("demo/data/items/broken.toml: "));
    assert!(broken(&permit.replace("[item]", "[item]\ncolour = \"red\"")).contains("unknown field `colour`"));
    assert!(broken(&permit.replace("[item]", "[item]\ncode = \"X\"")).contains("derived"));
    assert!(broken(&permit.replace("[\"*\"]", "[\"999999\"]")).contains("no tenant"));
    assert!(broken(&permit.replace("[\"*\"]", "[\"411002\"]")).contains("does not offer"));
    assert!(broken(&permit.replace("amount = 2,", "amount = 4,")).contains("longer time"));
    let twice = [("a.toml", permit), ("b.toml", permit)];
    let error = items(&twice, &city().unwrap().districts).unwrap_err();
    assert!(error.to_string().contains("stands twice") && error.file == "items/b.toml");
}

#[test]
fn the_ready_accounts_hold_every_role_of_staff_in_two_districts_or_in_the_city() {
    use lotus_domain::access::{Reach, Role};
    let accounts = accounts().unwrap();
    let subjects: BTreeSet<&str> = accounts.iter().map(|account| account.subject.as_str()).collect();
    assert_eq!(subjects.len(), accounts.len());
    for role in Role::ALL.into_iter().filter(|role| role.reach() != Reach::Own) {
        let held = accounts.iter().flat_map(|account| &account.roles).filter(|held| held.role == role);
        let places: BTreeSet<_> = held.map(|held| held.division.as_str()).collect();
        // An outside body's people are the city's, wherever they evaluate.
        let is_the_citys = role.reach() == Reach::City || role == Role::Evaluator;
        assert_eq!(places.len(), if is_the_citys { 1 } else { 2 }, "{role:?}");
    }
    assert!(accounts.iter().any(|account| account.mandates.len() == 2));
}
