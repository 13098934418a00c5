//! Definitions of kinds of case as they were read last: a list of fifty cases has three or four, and each is parsed once.
//!
//! Kept by their digest, which says all that is in them: nothing here can be stale, and it is the same for every database
//! and district. Invariant: what is kept is bounded.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};

use lotus_domain::chain::Hash;
use lotus_domain::kind::Definition;

use crate::StoreError;

/// Most that are kept: a city has some dozens of kinds, each in a few versions.
const MOST: usize = 512;

static READ: LazyLock<RwLock<HashMap<Hash, Arc<Definition>>>> = LazyLock::new(RwLock::default);

/// The definition of this digest, from its JSON where it wasn't read yet.
pub(crate) fn definition(digest: Hash, json: &str) -> Result<Definition, StoreError> {
    if let Some(known) = READ.read().ok().and_then(|read| read.get(&digest).cloned()) {
        return Ok((*known).clone());
    }
    let read: Definition =
        serde_json::from_str(json).map_err(|error| StoreError::unreadable("a kind of case", error))?;
    if let Ok(mut kept) = READ.write() {
        // Whoever makes a kind for each item of a large catalogue begins again now and then.
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(digest, Arc::new(read.clone()));
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_is_read_once_by_its_digest_and_what_is_kept_is_bounded() {
        let shipped = lotus_domain::kind::shipped("application").unwrap();
        let json = serde_json::to_string(shipped).unwrap();
        let digest = Hash::of(json.as_bytes());
        assert_eq!(definition(digest, &json).unwrap(), *shipped);
        assert_eq!(definition(digest, "no JSON at all").unwrap(), *shipped, "it is not read again");
        assert!(definition(Hash::of(b"another"), "no JSON at all").is_err());
        for number in 0..2 * MOST {
            definition(Hash::of(&number.to_be_bytes()), &json).unwrap();
        }
        assert!(READ.read().unwrap().len() <= MOST);
    }
}
