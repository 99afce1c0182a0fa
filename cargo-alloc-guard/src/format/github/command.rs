//! Owns the commands that GitHub's runner takes from what a step prints, and how text that may look
//! like one is printed so that it is none.

use std::{
    hash::{BuildHasher, RandomState},
    io::Write,
};

use anyhow::Result;

/// How serious an annotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Error,
    Notice,
}

/// An annotation: a title and a text, on a line of a file if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Annotation {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) file: String,
    pub(super) line: u32,
    /// From 1; 0 if unknown.
    pub(super) column: u32,
}

/// How many bytes of an annotation's text are given: it takes up to 64 KB, and nobody reads them there.
const LONGEST_TEXT: usize = 4096;

/// How many characters of its title.
const LONGEST_TITLE: usize = 200;

impl Annotation {
    /// The command, on a line of its own.
    pub(super) fn command(&self, level: Level) -> String {
        let level = match level {
            Level::Error => "error",
            Level::Notice => "notice",
        };
        let mut properties = Vec::new();
        if !self.file.is_empty() {
            properties.push(format!("file={}", property(&self.file)));
            for (name, number) in [("line", self.line), ("col", self.column)] {
                if number > 0 {
                    properties.push(format!("{name}={number}"));
                }
            }
        }
        let title = crate::format::text::one_line(&self.title, LONGEST_TITLE);
        properties.push(format!("title={}", property(&title)));
        let text = crate::format::text::lines(&self.text, LONGEST_TEXT);
        format!(
            "::{level} {}::{}\n",
            properties.join(","),
            data(text.trim())
        )
    }
}

/// As `@actions/core` escapes what follows the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// As `@actions/core` escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Prints a text that may hold foreign words: on a runner, while it takes no commands.
///
/// # Errors
/// If the output cannot be written.
pub(crate) fn say(settings: &super::Settings, text: &str, out: &mut dyn Write) -> Result<()> {
    if settings.is_on {
        without_commands(out, |out| Ok(out.write_all(text.as_bytes())?))?;
    } else {
        out.write_all(text.as_bytes())?;
    }
    // Cargo and tests write to the terminal themselves.
    Ok(out.flush()?)
}

/// Prints what may hold foreign text, while the runner takes no commands. A record may come from a job
/// that is trusted less than this one, and the text of a panic in it is whatever its author wrote.
///
/// # Errors
/// If the output cannot be written, or with the error of `print`.
pub(super) fn without_commands(
    out: &mut dyn Write,
    print: impl FnOnce(&mut dyn Write) -> Result<()>,
) -> Result<()> {
    let token = token();
    writeln!(out, "::stop-commands::{token}")?;
    let printed = print(out);
    // Also after an error, or the runner would not see the annotations of what follows in the step.
    writeln!(out, "\n::{token}::")?;
    printed
}

/// A text that nobody could know when the tests ran: 128 bits of a keyed hash, whose keys std takes from
/// the system's source of randomness.
fn token() -> String {
    let half = || RandomState::new().hash_one("alloc-guard");
    format!("{:016x}{:016x}", half(), half())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annotation_is_escaped_as_the_runner_reads_it() {
        let annotation = Annotation {
            title: "a, b: 100%".to_owned(),
            text: "100%\nc, d: ::error::\r\n".to_owned(),
            file: "src/a,b.rs".to_owned(),
            line: 3,
            column: 0,
        };
        assert_eq!(
            annotation.command(Level::Error),
            "::error file=src/a%2Cb.rs,line=3,title=a%2C b%3A 100%25::100%25%0Ac, d: ::error::\n"
        );
        let nowhere = Annotation {
            file: String::new(),
            title: "a".to_owned(),
            column: 7,
            ..annotation
        };
        assert_eq!(
            nowhere.command(Level::Notice),
            "::notice title=a::100%25%0Ac, d: ::error::\n"
        );
    }

    #[test]
    fn an_annotation_is_one_short_line_however_long_its_text_is() {
        let long = Annotation {
            title: "t\n".repeat(9_999),
            text: "x\n".repeat(99_999),
            ..Annotation::default()
        };
        let command = long.command(Level::Error);
        assert_eq!(command.matches('\n').count(), 1);
        assert!(command.len() < 3 * LONGEST_TEXT, "{}", command.len());
    }

    #[test]
    fn what_is_printed_stands_between_two_lines_that_nobody_can_foresee() {
        let printed = |text: &str| {
            let mut out = Vec::new();
            without_commands(&mut out, |out| Ok(write!(out, "{text}")?)).unwrap();
            String::from_utf8(out).unwrap()
        };
        let (first, second) = (printed("::error::x"), printed("::error::x"));
        assert_ne!(first, second);
        let token = first.lines().next().unwrap();
        let token = token.strip_prefix("::stop-commands::").unwrap();
        assert_eq!(token.len(), 32);
        assert_eq!(
            first,
            format!("::stop-commands::{token}\n::error::x\n::{token}::\n")
        );
    }

    #[test]
    fn commands_are_taken_again_after_an_error() {
        let mut out = Vec::new();
        let failed = without_commands(&mut out, |_| anyhow::bail!("no"));
        assert!(failed.is_err());
        assert_eq!(String::from_utf8(out).unwrap().lines().count(), 3);
    }
}
