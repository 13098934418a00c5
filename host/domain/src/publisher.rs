//! Publishers 发布方: whose signatures a city believes, for which plugins, and until when.
//!
//! The list is the city's own data. A key is replaced by adding the next one while the last still holds; a key that was
//! lost is revoked, and then nothing that it ever signed is believed, because its finder chooses the date.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::text::Text;

/// A key of a publisher, as the city knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publisher {
    /// What the key is called: its suite and its fingerprint.
    pub key_id: String,
    /// The key, as PEM.
    pub public_key: String,
    /// Whose it is.
    pub title: Text,
    /// What the ids of the plugins begin with that it may sign, such as `cn.xuchang.yuzhou`; a whole part of the name each.
    pub plugins: Vec<String>,
    /// What it signed from then on is believed.
    pub from: Timestamp,
    /// What it signed from then on is not.
    pub until: Option<Timestamp>,
    /// Where it was taken back.
    pub revoked: Option<Revocation>,
}

/// That a key was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// When.
    pub at: Timestamp,
    /// Why, as operators read it.
    pub reason: String,
}

impl Publisher {
    /// Whether it may sign the plugin of this id. `cn.xuchang.yuzhou` lets it sign `cn.xuchang.yuzhou.porcelain`, and not
    /// `cn.xuchang.yuzhou2.porcelain`.
    pub fn may_publish(&self, plugin: &str) -> bool {
        self.plugins.iter().any(|part| match plugin.strip_prefix(part.as_str()) {
            Some(rest) => rest.is_empty() || rest.starts_with('.'),
            None => false,
        })
    }

    /// Whether it held at this time.
    pub fn held(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// Who stands behind a package, as it was verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The key's id.
    pub key: String,
    /// The suite: `ed25519` or `sm2`.
    pub suite: String,
    /// Whose key it is.
    pub publisher: Text,
    /// When it was signed.
    pub issued: Timestamp,
    /// Until when the statement holds.
    pub expires: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_publisher_signs_whole_parts_of_names_alone() {
        let publisher = Publisher {
            key_id: "ed25519:00".into(),
            public_key: String::new(),
            title: Text::new("禹州市", "Yuzhou"),
            plugins: vec!["cn.xuchang.yuzhou".into()],
            from: Timestamp::UNIX_EPOCH,
            until: None,
            revoked: None,
        };
        assert!(publisher.may_publish("cn.xuchang.yuzhou"));
        assert!(publisher.may_publish("cn.xuchang.yuzhou.porcelain"));
        assert!(!publisher.may_publish("cn.xuchang.yuzhou2.porcelain"));
        assert!(!publisher.may_publish("cn.xuchang"));
    }
}
