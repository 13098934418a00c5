//! Drafts 草稿: what somebody has typed into a form and not yet submitted. One page, found again from anywhere.
//!
//! Invariant: a draft holds what was typed as it was typed, right or wrong: nothing is judged before it is submitted.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::form::Typed;
use crate::material::{Holder, MaterialId};
use crate::text::Text;

/// Most characters that a draft keeps, all fields together.
const MOST_TYPED: usize = 200_000;

/// A draft: one for each holder and form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Whose.
    pub holder: Holder,
    /// Which form, as its path below the district: `services/studio-award`.
    pub subject: String,
    /// What is in it.
    pub body: DraftBody,
    /// When it was saved last.
    pub saved: Timestamp,
}

/// What is in a draft: kept sealed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DraftBody {
    /// What the form was called.
    pub title: Option<Text>,
    /// What was typed, by field.
    pub typed: Typed,
    /// Files that go with it, by the division of their drawer.
    #[serde(default)]
    pub materials: Vec<(crate::district::Division, MaterialId)>,
}

impl DraftBody {
    /// Whether there is something to keep.
    pub fn is_empty(&self) -> bool {
        self.materials.is_empty() && self.typed.values().flatten().all(|text| text.trim().is_empty())
    }

    /// What was typed, within what a draft keeps: names that begin like the platform's own (`_…`) are not the form's.
    pub fn of(title: Option<Text>, typed: Typed) -> Self {
        let mut left = MOST_TYPED;
        let mut fits = |values: &Vec<String>| {
            let size: usize = values.iter().map(|value| value.chars().count()).sum();
            let fits = size <= left;
            left = left.saturating_sub(size);
            fits
        };
        let typed = typed.into_iter().filter(|(name, values)| !name.starts_with('_') && fits(values)).collect();
        Self { title, typed, materials: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_keeps_what_was_typed_and_nothing_of_the_platforms_own() {
        let typed = |pairs: &[(&str, &str)]| -> Typed {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect()
        };
        let draft = DraftBody::of(None, typed(&[("_token", "x"), ("sales", "viel")]));
        assert_eq!(draft.typed, typed(&[("sales", "viel")]));
        assert!(!draft.is_empty());
        assert!(DraftBody::of(None, typed(&[("sales", " ")])).is_empty());
        let endless = "长".repeat(MOST_TYPED + 1);
        assert!(DraftBody::of(None, typed(&[("a", &endless)])).is_empty());
    }
}
