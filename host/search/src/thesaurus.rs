//! How people say what the law calls otherwise: a small thesaurus, `data/thesaurus.toml`.
//!
//! Whatever is called by an official name (its title or what one gets) is also called what people call it. So a
//! colloquial name is found in all the ways in which an official one is: by its sound, its first letters, with an error.

use std::sync::LazyLock;

use serde::Deserialize;

const DATA: &str = include_str!("../data/thesaurus.toml");

static THESAURUS: LazyLock<Vec<Synonym>> = LazyLock::new(|| read().unwrap_or_default());

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    synonym: Vec<Synonym>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Synonym {
    /// Official names: any of them.
    means: Vec<String>,
    /// What people say.
    said: Vec<String>,
    /// Where it is from; none is ours.
    #[serde(default)]
    #[allow(dead_code, reason = "for whoever keeps the file")]
    source: Option<String>,
}

fn read() -> Result<Vec<Synonym>, toml::de::Error> {
    toml::from_str::<File>(DATA).map(|file| file.synonym)
}

/// What people call something that goes by these official names.
pub(crate) fn said(names: &[&str]) -> Vec<&'static str> {
    let known = |means: &String| names.iter().any(|name| name.contains(means.as_str()));
    THESAURUS
        .iter()
        .filter(|synonym| synonym.means.iter().any(known))
        .flat_map(|synonym| synonym.said.iter().map(String::as_str))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thesaurus_can_be_read_and_says_something_in_every_line() {
        let thesaurus = read().unwrap();
        assert!(thesaurus.iter().all(|synonym| !synonym.means.is_empty() && !synonym.said.is_empty()));
        assert!(said(&["居民身份证换领"]).contains(&"办身份证"));
        assert!(said(&["什么也不是"]).is_empty());
    }
}
