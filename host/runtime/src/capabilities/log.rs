//! `log`: lines for the plugin's own log, bounded in length and number.

use crate::ports::{LogLevel, LogLine};
use crate::sandbox::Sandbox;

/// Longest line, in bytes.
const LINE_BYTES: usize = 1_024;

impl Sandbox {
    pub(crate) fn log_write(&mut self, level: LogLevel, mut message: String) -> wasmtime::Result<()> {
        self.count()?;
        if self.log.len() >= self.grant.limits.log_lines as usize {
            self.log_dropped += 1;
            return Ok(());
        }
        message.truncate(message.floor_char_boundary(LINE_BYTES));
        self.log.push(LogLine { level, message });
        Ok(())
    }
}
