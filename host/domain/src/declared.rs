//! What a manifest declares for its capabilities and extension points beyond their names: facts and fields with their
//! purposes, templates of messages, timers.
//!
//! Invariant: what is not declared is not granted, and what is granted is read for the purpose that was declared.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::Slug;
use crate::law::LegalBasis;
use crate::text::Text;

/// Most facts, fields, templates or timers of one manifest.
const MOST: usize = 50;
/// Most messages of one call without saying so, and at all.
pub const DEFAULT_MESSAGES: u32 = 5;
/// See [`DEFAULT_MESSAGES`].
pub const MOST_MESSAGES: u32 = 50;
/// Longest value of a template's place, in characters.
const LONGEST_VALUE: usize = 200;
/// Longest body of a template: what ten SMS hold.
const LONGEST_BODY: usize = 500;
/// Longest time between two ticks of a timer, in minutes: 31 days.
const LONGEST_INTERVAL: u32 = 31 * 24 * 60;

/// What something about a person is read for 处理目的, and the law that lets it (Personal Information Protection Law,
/// articles 6 and 13).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// In plain words, 1 to 200 characters.
    pub purpose: Text,
    /// The law that lets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<LegalBasis>,
}

/// A capability that a plugin asks for, and what for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// What it is needed for, as the operator reads it.
    pub purpose: Text,
    /// The law that lets it.
    pub basis: Option<LegalBasis>,
    /// For `storage`: bytes, keys and values together. For `notify`: messages of one call.
    pub quota: Option<u64>,
    /// For `applicants`: the facts that it reads, by name. For `case-files`: the fields of its own forms that it reads
    /// again. Each with its purpose.
    #[serde(default)]
    pub fields: BTreeMap<String, Purpose>,
}

/// A message's approved wording 短信模板. Places stand in braces: `{number}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// What the inbox and an e-mail show first, 1 to 100 characters.
    pub title: Text,
    /// The wording, 1 to 500 characters.
    pub body: Text,
}

/// When a timer is due: so many minutes after the last time, or every day at a time of the city's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Timer {
    /// What it does, as the operator reads it.
    pub purpose: Text,
    /// Minutes from one tick to the next, 1 to 44,640 (31 days).
    #[serde(default)]
    pub every_minutes: Option<u32>,
    /// `HH:MM`.
    #[serde(default)]
    pub daily: Option<Time>,
}

/// The names of a template's places; none where a brace is not closed or a name is no [`Slug`].
fn places(body: &str) -> Option<BTreeSet<&str>> {
    let mut found = BTreeSet::new();
    let mut rest = body;
    while let Some((_, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        Slug::parse(name).ok()?;
        found.insert(name);
        rest = after;
    }
    (!rest.contains('}')).then_some(found)
}

impl Template {
    fn check(&self) -> Result<(), &'static str> {
        if self.title.zh.is_empty() || self.title.longest() > 100 {
            return Err("a title has 1 to 100 characters");
        }
        if self.body.zh.is_empty() || self.body.longest() > LONGEST_BODY {
            return Err("a body has 1 to 500 characters");
        }
        let Some(zh) = places(&self.body.zh) else { return Err("a place is written {name}") };
        match self.body.en.as_deref().map(places) {
            Some(en) if en.as_ref() != Some(&zh) => Err("both languages have the same places"),
            _ => Ok(()),
        }
    }

    /// Whether these values fill exactly this template's places; in words what is wrong else.
    pub fn fits(&self, values: &[(String, Text)]) -> Result<(), String> {
        let places = places(&self.body.zh).unwrap_or_default();
        let mut given = BTreeSet::new();
        for (name, value) in values {
            if !places.contains(name.as_str()) {
                return Err("a value is for no place of the template".to_owned());
            }
            if !given.insert(name.as_str()) {
                return Err(format!("the place “{name}” has two values"));
            }
            if value.zh.is_empty() || value.longest() > LONGEST_VALUE {
                return Err(format!("the value of “{name}” has 1 to {LONGEST_VALUE} characters"));
            }
        }
        match places.iter().find(|place| !given.contains(*place)) {
            Some(missing) => Err(format!("the place “{missing}” has no value")),
            None => Ok(()),
        }
    }

    /// The wording with these values in their places. A value's own braces are not looked at again.
    pub fn filled(&self, values: &[(String, Text)]) -> Text {
        let fill = |body: &str, of: fn(&Text) -> &str| {
            let mut filled = String::with_capacity(body.len());
            let mut rest = body;
            while let Some((before, after)) = rest.split_once('{') {
                let (name, after) = after.split_once('}').unwrap_or((after, ""));
                filled.push_str(before);
                let value = values.iter().find(|(place, _)| place == name);
                filled.push_str(value.map_or("", |(_, value)| of(value)));
                rest = after;
            }
            filled + rest
        };
        Text {
            zh: fill(&self.body.zh, |value| &value.zh),
            en: self.body.en.as_deref().map(|body| fill(body, |value| value.en.as_deref().unwrap_or(&value.zh))),
        }
    }
}

impl Timer {
    fn check(&self) -> Result<(), &'static str> {
        match (self.every_minutes, self.daily) {
            (Some(minutes), None) if (1..=LONGEST_INTERVAL).contains(&minutes) => Ok(()),
            (Some(_), None) => Err("every-minutes is 1 to 44,640"),
            (None, Some(_)) => Ok(()),
            _ => Err("either every-minutes or daily says when it is due"),
        }
    }

    /// The first tick after a moment; none at the end of time.
    pub fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        if let Some(minutes) = self.every_minutes {
            return after.checked_add(jiff::SignedDuration::from_mins(i64::from(minutes))).ok();
        }
        let time = self.daily?;
        let day = zone.to_datetime(after).date();
        [Some(day), day.tomorrow().ok()]
            .into_iter()
            .flatten()
            .filter_map(|day| zone.to_timestamp(day.to_datetime(time)).ok())
            .find(|at| *at > after)
    }
}

/// What is wrong with what is declared: which key, and the problem.
type Wrong = (String, String);

fn wrong(key: String, problem: &str) -> Wrong {
    (key, problem.to_owned())
}

fn few<T>(key: &str, all: &BTreeMap<String, T>) -> Result<(), Wrong> {
    if all.len() > MOST { Err(wrong(key.to_owned(), "at most 50")) } else { Ok(()) }
}

/// Checks the facts or fields that a capability declares.
pub(crate) fn check_fields(capability: &str, fields: &BTreeMap<String, Purpose>) -> Result<(), Wrong> {
    let key = format!("capabilities.{capability}.fields");
    few(&key, fields)?;
    for (name, declared) in fields {
        let shape = (1..=64).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.');
        if !shape {
            return Err(wrong(format!("{key}.{name:.64}"), "a name has 1 to 64 of a-z, 0-9, - and ."));
        }
        if declared.purpose.zh.trim().is_empty() || declared.purpose.longest() > 200 {
            return Err(wrong(format!("{key}.{name}.purpose"), "1 to 200 characters"));
        }
    }
    Ok(())
}

/// Checks templates.
pub(crate) fn check_templates(templates: &BTreeMap<String, Template>) -> Result<(), Wrong> {
    few("templates", templates)?;
    templates.iter().try_for_each(|(name, template)| {
        let problem = Slug::parse(name.as_str()).map_err(|error| error.to_string());
        problem
            .and_then(|_| template.check().map_err(ToOwned::to_owned))
            .map_err(|problem| (format!("templates.{name:.64}"), problem))
    })
}

/// Checks timers.
pub(crate) fn check_timers(timers: &BTreeMap<String, Timer>) -> Result<(), Wrong> {
    few("timers", timers)?;
    timers.iter().try_for_each(|(name, timer)| {
        let problem = Slug::parse(name.as_str()).map_err(|error| error.to_string());
        problem
            .and_then(|_| timer.check().map_err(ToOwned::to_owned))
            .map_err(|problem| (format!("timers.{name:.64}"), problem))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Grant;
    use crate::package::Manifest;

    fn template(body: &str) -> Template {
        Template { title: Text::zh("提醒"), body: Text::zh(body) }
    }

    fn value(name: &str, value: &str) -> (String, Text) {
        (name.to_owned(), Text::zh(value))
    }

    #[test]
    fn a_template_takes_exactly_its_own_places() {
        let template = template("{name}：办件{number}已受理。");
        assert_eq!(template.check(), Ok(()));
        let both = [value("name", "{number}"), value("number", "7")];
        assert_eq!(template.fits(&both), Ok(()));
        assert_eq!(template.filled(&both).zh, "{number}：办件7已受理。", "a value is never a place");
        assert!(template.fits(&both[..1]).unwrap_err().contains("“number” has no value"));
        assert!(template.fits(&[value("other", "1")]).unwrap_err().contains("no place"));
        assert!(template.fits(&[value("name", "1"), value("name", "2")]).unwrap_err().contains("two values"));
        assert!(template.fits(&[value("name", &"长".repeat(201))]).unwrap_err().contains("200 characters"));
    }

    #[test]
    fn a_template_with_a_broken_place_is_refused() {
        for body in ["{name", "name}", "{}", "{Name}", "{a{b}}"] {
            assert!(template(body).check().is_err(), "{body}");
        }
        let mut two = template("{a}");
        two.body.en = Some("{b}".to_owned());
        assert_eq!(two.check(), Err("both languages have the same places"));
    }

    #[test]
    fn a_daily_timer_is_due_at_its_time_in_the_city() {
        let zone = TimeZone::fixed(jiff::tz::Offset::constant(8));
        let timer = Timer { purpose: Text::zh("夜间"), every_minutes: None, daily: Some("02:30".parse().unwrap()) };
        let before: Timestamp = "2026-04-27T18:29:59Z".parse().unwrap();
        let due = timer.next(before, &zone).unwrap();
        assert_eq!(due.to_string(), "2026-04-27T18:30:00Z");
        assert_eq!(
            timer.next(due, &zone).unwrap().to_string(),
            "2026-04-28T18:30:00Z",
            "a tick is after the one before"
        );
    }

    const MANIFEST: &str = r#"
id = "cn.example.porcelain"
version = "1.2.3"
contract = "1.0"
title = "钧瓷"
publisher = "禹州市"
points = ["timers"]

[capabilities.applicants]
purpose = "称呼"
fields = { "person.name" = { purpose = "称呼申请人" } }

[capabilities.notify]
purpose = "提醒"
quota = 500

[templates.visit]
title = "上门"
body = "办件{number}"

[timers.nightly]
purpose = "统计"
daily = "02:30"
"#;

    #[test]
    fn a_grant_holds_what_is_declared_and_nothing_else() {
        let manifest = Manifest::parse(MANIFEST).unwrap();
        let mut grant = Grant::requested(&manifest);
        assert_eq!(grant.fact("person.name").map(|purpose| purpose.purpose.zh.as_str()), Some("称呼申请人"));
        assert_eq!(grant.fact("person.telephone"), None);
        assert_eq!((grant.messages, grant.case_fields()), (MOST_MESSAGES, None));
        assert!(grant.template("visit").is_some() && grant.template("other").is_none());
        grant.capabilities.clear();
        assert_eq!(grant.fact("person.name"), None, "nothing without the capability");
        // A grant from before there were facts grants none.
        let before = r#"{"capabilities":["applicants"],"storage_quota":0,"limits":"#.to_owned()
            + &serde_json::to_string(&grant.limits).unwrap()
            + "}";
        let grant: Grant = serde_json::from_str(&before).unwrap();
        assert!(grant.fact("person.name").is_none() && grant.messages == 0);
    }

    #[test]
    fn what_is_declared_wrongly_is_refused_with_its_place() {
        for (from, to, place) in [
            ("称呼申请人", " ", "capabilities.applicants.fields.person.name.purpose"),
            ("person.name", "Person", "capabilities.applicants.fields.Person"),
            ("办件{number}", "办件{number", "templates.visit"),
            ("[templates.visit]", "[templates.Visit]", "templates.Visit"),
            ("daily = \"02:30\"", "", "timers.nightly"),
            ("points = [\"timers\"]", "points = [\"zones\"]", "timers"),
            ("capabilities.applicants", "capabilities.catalog", "capabilities.catalog.fields"),
            ("capabilities.notify", "capabilities.catalog", "capabilities.catalog.quota"),
            ("daily = \"02:30\"", "daily = \"25:30\"", "daily"),
        ] {
            let error = Manifest::parse(&MANIFEST.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(place), "{to}: {error}");
        }
    }

    #[test]
    fn a_timer_says_when_in_exactly_one_way() {
        let timer = |every_minutes, daily| Timer { purpose: Text::zh("定时"), every_minutes, daily };
        assert!(timer(None, None).check().is_err());
        assert!(timer(Some(5), "02:30".parse().ok()).check().is_err());
        assert!(timer(Some(0), None).check().is_err());
        assert!(timer(Some(1), None).check().is_ok());
    }
}
