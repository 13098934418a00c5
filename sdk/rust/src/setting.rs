//! Settings by their kind, with what holds where the district has set nothing.
//!
//! Natively there is no host and nothing is set, so that forms and pages that show a setting can be tested.

use crate::types::Value;

fn get(name: &str) -> Option<Value> {
    if cfg!(target_family = "wasm") { crate::settings::get(name) } else { None }
}

/// A setting of kind `money`, in fen.
pub fn setting_money(name: &str, otherwise: i64) -> i64 {
    match get(name) {
        Some(Value::Money(fen)) => fen,
        _ => otherwise,
    }
}

/// A setting of kind `integer`.
pub fn setting_integer(name: &str, otherwise: i64) -> i64 {
    match get(name) {
        Some(Value::Integer(number)) => number,
        _ => otherwise,
    }
}

/// A setting of kind `text`.
pub fn setting_text(name: &str, otherwise: &str) -> String {
    match get(name) {
        Some(Value::Text(text)) => text,
        _ => otherwise.to_owned(),
    }
}
