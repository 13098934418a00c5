//! The wordings: the same keys in both languages, every key that pages use there, none that nobody uses.

#![allow(clippy::unwrap_used, reason = "only tests use it, and they can't go on")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Keys that are put together at run time, by their beginning.
const COMPOSED: [&str; 10] = [
    "guide-flaw-",
    "improvement-",
    "trial-",
    "error-",
    "scale-",
    "weekday-",
    "month-",
    "card-level-",
    "card-ground-",
    "card-state-",
];

fn crate_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extensions));
        } else if path.extension().is_some_and(|extension| extensions.iter().any(|one| extension == *one)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Each key with its variables.
fn keys(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys = BTreeMap::<String, BTreeSet<String>>::new();
    for file in files(&crate_folder().join("locales").join(language), &["ftl"]) {
        let mut last = String::new();
        for line in std::fs::read_to_string(&file).unwrap().lines() {
            if let Some((key, _)) = line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()))
            {
                key.clone_into(&mut last);
                let twice = keys.insert(last.clone(), BTreeSet::new()).is_some();
                assert!(!twice, "{} has {key} once more", file.display());
            }
            let names = line
                .split('$')
                .skip(1)
                .map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>());
            keys.entry(last.clone()).or_default().extend(names);
        }
    }
    keys.remove("");
    keys
}

/// Every quoted text in templates and code that could be a key.
fn quoted() -> BTreeSet<String> {
    let folders = [crate_folder().join("templates"), crate_folder().join("src")];
    let texts = folders.iter().flat_map(|folder| files(folder, &["html", "rs"]));
    texts
        .flat_map(|file| {
            let text = std::fs::read_to_string(file).unwrap();
            text.split('"').map(str::to_owned).collect::<Vec<_>>()
        })
        .filter(|text| text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'))
        .collect()
}

/// Keys that stand directly in a call for a wording.
fn asked() -> BTreeSet<String> {
    let mut asked = BTreeSet::new();
    for folder in ["templates", "src"] {
        for file in files(&crate_folder().join(folder), &["html", "rs"]) {
            let text = std::fs::read_to_string(file).unwrap();
            for call in [".t(\"", ".t1(\"", ".with(\""] {
                let keys = text.split(call).skip(1).filter_map(|rest| rest.split('"').next());
                asked.extend(keys.map(str::to_owned));
            }
        }
    }
    asked
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_variables() {
    let (chinese, english) = (keys("zh-CN"), keys("en"));
    let only = |one: &BTreeMap<String, BTreeSet<String>>, other: &BTreeMap<String, BTreeSet<String>>| {
        one.iter().filter(|(key, names)| other.get(*key) != Some(names)).map(|(key, _)| key.clone()).collect::<Vec<_>>()
    };
    assert_eq!(only(&chinese, &english), Vec::<String>::new(), "these differ in English, or are not there");
    assert_eq!(only(&english, &chinese), Vec::<String>::new(), "these differ in Chinese, or are not there");
}

#[test]
fn every_wording_that_a_page_asks_for_is_there() {
    let keys = keys("zh-CN");
    let missing: Vec<String> = asked().into_iter().filter(|key| !keys.contains_key(key)).collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn no_wording_is_left_over() {
    let quoted = quoted();
    let unused: Vec<String> = keys("zh-CN")
        .into_keys()
        .filter(|key| !quoted.contains(key) && !COMPOSED.iter().any(|start| key.starts_with(start)))
        .collect();
    assert_eq!(unused, Vec::<String>::new(), "no page uses these");
}
