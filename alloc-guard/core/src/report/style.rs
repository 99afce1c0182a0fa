//! Owns the look of a report: with colour or without.

/// Whether a report is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// For terminals.
    Coloured,
    /// For files, pipes and `NO_COLOR`.
    Plain,
}

impl Style {
    /// In green: as it should be.
    #[must_use]
    pub fn green(self, text: &str) -> String {
        self.paint("32", text)
    }

    /// In bold red: not as it should be.
    #[must_use]
    pub fn red(self, text: &str) -> String {
        self.paint("31;1", text)
    }

    /// In yellow: left out.
    #[must_use]
    pub fn yellow(self, text: &str) -> String {
        self.paint("33", text)
    }

    /// Dimmed: there for those who look for it.
    #[must_use]
    pub fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Self::Coloured => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            Self::Plain => text.to_owned(),
        }
    }
}
