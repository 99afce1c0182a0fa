//! Owns the status line: what is running now, on a terminal, replaced as it goes.

use std::io::{self, Write};

use crate::settings;

/// The status line. It is wiped when dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    is_on: bool,
}

impl Progress {
    pub(crate) fn new(progress: settings::Progress) -> Self {
        Self {
            is_on: progress == settings::Progress::OnTerminal,
        }
    }

    /// Says what is running, in cargo's look.
    pub(crate) fn running(&self, what: &str) {
        self.say("Running", what);
    }

    /// Says what is being read.
    pub(crate) fn reading(&self, what: &str) {
        self.say("Reading", what);
    }

    fn say(&self, verb: &str, what: &str) {
        self.write(&format!("\r\u{1b}[2K{verb:>12} {what}"));
    }

    fn write(&self, text: &str) {
        if self.is_on {
            let mut terminal = io::stderr();
            // Nobody needs it, so nobody need hear that it failed.
            let _ = terminal.write_all(text.as_bytes());
            let _ = terminal.flush();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.write("\r\u{1b}[2K");
    }
}
