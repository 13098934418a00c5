//! Misbehaves as the zone's id says: for the sandbox's tests. Any other zone id gets a normal small page.
//!
//! Invariant: each zone does one thing, so that a test sees one outcome.
#![allow(clippy::panic, clippy::expect_used, reason = "a guest that must fail")]

mod drain;
mod misfit;
mod peek;
mod service;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use lotus_sdk::prelude::*;

/// The guest.
pub struct Hostile;

/// What the zones do, in the order in which `list-zones` gives them.
const ZONES: [&str; 19] = [
    "calm",
    "trap",
    "loop",
    "memory",
    "output",
    "calls",
    "log",
    "deep",
    "storage",
    "storage-peek",
    "clock",
    "counter",
    "sleep",
    "refuse",
    "misfit",
    "insist",
    "shout",
    "unavailable",
    "steer",
];

/// How often this instance was called; 1 for as long as every call gets a fresh instance.
static CALLS: AtomicU64 = AtomicU64::new(0);

impl lotus_sdk::zones::Guest for Hostile {
    fn list_zones(_: Context) -> Vec<Zone> {
        misfit::zones(ZONES.iter().map(|id| Zone::new(*id, Text::same(*id), ("用于测试。", "For tests."))).collect())
    }

    fn render(ctx: Context, request: PageRequest) -> Result<Page, AnswerError> {
        let said = match request.zone.as_str() {
            "trap" => panic!("a hostile guest gave up"),
            "loop" => drain::time(),
            "memory" => drain::memory(),
            "output" => "莲".repeat(10 * 1024 * 1024 / "莲".len()),
            "calls" => drain::calls(),
            "log" => drain::log(),
            "deep" => drain::stack(1).to_string(),
            "storage" => drain::storage(),
            "storage-peek" => peek::storage(request.page.as_deref()),
            "clock" => peek::machine(&ctx),
            "counter" => (CALLS.fetch_add(1, Ordering::Relaxed) + 1).to_string(),
            "sleep" => {
                std::thread::sleep(Duration::from_hours(1));
                "slept".to_owned()
            }
            "refuse" => return Err(AnswerError::Refused(Refusal::new(("不在服务范围内。", "Out of scope.")))),
            "misfit" => return Ok(misfit::page(request.page.as_deref().unwrap_or_default())),
            "steer" => return Ok(misfit::steering(request.page.as_deref().unwrap_or_default())),
            "insist" => drain::insist(),
            "shout" => drain::shout(),
            "unavailable" => return Err(AnswerError::Unavailable(("稍后再试。", "Try later.").into())),
            zone => format!("{zone} is calm"),
        };
        Ok(Page::new(Text::same(request.zone)).markdown(Text::same(said)))
    }
}

lotus_sdk::export!(Hostile: zones, services);

#[cfg(test)]
mod tests {
    use super::*;
    use lotus_sdk::types::Language;
    use lotus_sdk::zones::Guest as _;

    #[test]
    fn an_unknown_zone_gets_a_normal_page() {
        let ctx = Context { district: "411081".into(), language: Language::Zh, now: 0, today: Date::new(2026, 1, 1) };
        let page = Hostile::render(ctx, PageRequest { zone: "tea".into(), page: None }).unwrap();
        assert_eq!(page.blocks, [Block::Markdown(Text::same("tea is calm"))]);
    }
}
