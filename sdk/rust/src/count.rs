//! A counter in the plugin's storage that many calls may count up at once.

use crate::storage::{self, Expectation, StorageError};

/// How often a conflict is met with another try.
const TRIES: u32 = 8;

/// Counts a key up by one and returns the new count: read, compare, set, and again where another call was quicker.
pub fn count_up(key: &str) -> Result<u64, StorageError> {
    let mut last = None;
    for _ in 0..TRIES {
        let entry = storage::get(key)?;
        let expect = entry.as_ref().map_or(Expectation::Absent, |entry| Expectation::Version(entry.version));
        let count = entry.as_ref().map_or(0, |entry| read(&entry.value)).saturating_add(1);
        match storage::set(key, count.to_string().as_bytes(), expect) {
            Ok(_) => return Ok(count),
            Err(StorageError::Conflict(version)) => last = version,
            Err(error) => return Err(error),
        }
    }
    Err(StorageError::Conflict(last))
}

/// A count as it is stored: decimal digits; anything else counts from nothing.
fn read(value: &[u8]) -> u64 {
    std::str::from_utf8(value).ok().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_no_count_counts_from_nothing() {
        assert_eq!(super::read(b"41"), 41);
        assert_eq!(super::read(b"many"), 0);
    }
}
