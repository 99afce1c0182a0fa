//! Owns the status line: what is running now, on a terminal, replaced as it goes.

use std::{
    cell::Cell,
    io::{self, Write},
    path::Path,
    time::{Duration, Instant},
};

use crate::settings;

/// Nobody follows files that change more often, and a million of them would wait for the terminal.
const OFTEN: Duration = Duration::from_millis(100);

/// The status line. It is wiped when dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    is_on: bool,
    /// When it last said what is read.
    said: Cell<Instant>,
}

impl Progress {
    pub(crate) fn new(progress: settings::Progress) -> Self {
        Self {
            is_on: progress == settings::Progress::OnTerminal,
            said: Cell::new(Instant::now()),
        }
    }

    /// Says what is running, in cargo's look.
    pub(crate) fn running(&self, what: &str) {
        self.say("Running", what);
    }

    /// Says what is being read.
    pub(crate) fn opening(&self, path: &Path) {
        self.say("Reading", &path.display().to_string());
    }

    /// The same, now and then.
    pub(crate) fn reading(&self, path: &Path) {
        if self.said.get().elapsed() > OFTEN {
            self.opening(path);
            self.said.set(Instant::now());
        }
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
