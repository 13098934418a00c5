//! A plugin's own key-value space in its district: entries with versions, compare-and-set, a quota.
//!
//! Invariant: every write of a key gives it a version that it never had before, so that a stale writer is noticed.

use serde::{Deserialize, Serialize};

/// A stored value and its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// Its bytes.
    #[serde(with = "readable")]
    pub value: Vec<u8>,
    /// Grows with every write of the key.
    pub version: u64,
}

/// What must hold for a write to happen: compare-and-set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expectation {
    /// Whatever is there.
    Any,
    /// Nothing is there.
    Absent,
    /// Exactly this version is there.
    Version(u64),
}

impl Expectation {
    /// Whether it holds where this version is there, or nothing.
    pub fn holds(self, there: Option<u64>) -> bool {
        match self {
            Self::Any => true,
            Self::Absent => there.is_none(),
            Self::Version(version) => there == Some(version),
        }
    }
}

/// How much of a quota is used, in bytes, keys and values together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// What is granted.
    pub limit: u64,
    /// What is used.
    pub used: u64,
}

/// One page of an ordered scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanPage {
    /// By key, bytewise.
    pub entries: Vec<Entry>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// Why a write did not happen; nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageRefusal {
    /// It would go over the quota.
    OverQuota(Quota),
    /// The expectation does not hold; the version that is there.
    Conflict(Option<u64>),
}

/// Bytes in a record: as text where they are text, else in hexadecimal, and never as a list of numbers.
mod readable {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Readable {
        Text(String),
        Hex(String),
    }

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        let readable = str::from_utf8(bytes).map_or_else(
            |_| {
                let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
                Readable::Hex(halves.filter_map(|half| char::from_digit(u32::from(half), 16)).collect())
            },
            |text| Readable::Text(text.to_owned()),
        );
        readable.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let hex = match Readable::deserialize(deserializer)? {
            Readable::Text(text) => return Ok(text.into_bytes()),
            Readable::Hex(hex) => hex,
        };
        let mut bytes = Vec::with_capacity(hex.len() / 2);
        let mut high = None;
        for digit in hex.chars() {
            let half = digit.to_digit(16).and_then(|half| u8::try_from(half).ok());
            let half = half.ok_or_else(|| serde::de::Error::custom(format!("“{digit}” is not hexadecimal")))?;
            match high.take() {
                Some(high) => bytes.push(high << 4 | half),
                None => high = Some(half),
            }
        }
        if high.is_some() { Err(serde::de::Error::custom("half a byte is missing")) } else { Ok(bytes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_in_a_record_is_read_by_people() {
        let entry = Entry { key: "studio".to_owned(), value: "钧瓷".into(), version: 1 };
        let written = serde_json::to_string(&entry).unwrap();
        assert_eq!(written, r#"{"key":"studio","value":{"text":"钧瓷"},"version":1}"#);
    }

    proptest! {
        #[test]
        fn any_bytes_come_back_from_a_record(value: Vec<u8>) {
            let entry = Entry { key: "k".to_owned(), value, version: 1 };
            let read: Entry = serde_json::from_str(&serde_json::to_string(&entry).unwrap()).unwrap();
            prop_assert_eq!(read, entry);
        }
    }
}
