//! `log`: lines for the plugin's own log, bounded in length and number.
//!
//! A line does not count as a call of a capability: over the limit it is dropped and counted, as the contract says, and
//! costs the guest its own time.

use crate::ports::{LogLevel, LogLine};
use crate::sandbox::Sandbox;

/// Longest line, in bytes.
const LINE_BYTES: usize = 1_024;

impl Sandbox {
    pub(crate) fn log_write(&mut self, level: LogLevel, message: &str) {
        if self.log.len() < self.grant.limits.log_lines as usize {
            self.log.push(LogLine { level, message: cut(message) });
        } else {
            self.log_dropped = self.log_dropped.saturating_add(1);
        }
    }
}

/// A line of at most its length. Copied, not cut in place: the guest's own string may be larger by far.
pub(crate) fn cut(line: &str) -> String {
    line.get(..line.floor_char_boundary(LINE_BYTES)).unwrap_or_default().to_owned()
}
