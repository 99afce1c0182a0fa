//! Owns the forms in which one profile is shown.

use std::{io::Write, path::Path};

use alloc_guard_core::report::Style;
use alloc_guard_profile::{Profile, export};
use anyhow::{Context as _, Result, bail};

use super::{
    human,
    inputs::Input,
    locked::{self, Locked},
    markdown,
    summary::Summary,
};

/// A form of a profile in words or for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Human,
    Markdown,
    Json,
}

/// Prints a profile. Paths below `root` are shown from there.
///
/// # Errors
/// If the output cannot be written.
pub(crate) fn print(
    profile: &Profile,
    form: Form,
    root: &Path,
    style: Style,
    out: &mut dyn Write,
) -> Result<()> {
    match form {
        Form::Human => human::print(&Summary::new(profile, root), style, out),
        Form::Markdown => markdown::print(&Summary::new(profile, root), out),
        Form::Json => export::json(profile, out),
    }
    .context("failed to write the report")
}

/// Prints what guarded tests allocated in their locked phases. Paths below `root` are shown from there.
///
/// # Errors
/// If the form has no such lists, or the output cannot be written.
pub(crate) fn print_locked(
    input: &Input,
    form: Form,
    root: &Path,
    style: Style,
    out: &mut dyn Write,
) -> Result<()> {
    let locked = Locked::new(input, root);
    match form {
        Form::Human => locked::print_human(&locked, style, out),
        Form::Markdown => locked::print_markdown(&locked, out),
        Form::Json => bail!("--operations is for --format human and markdown: `export` has each allocation's operation"),
    }
    .context("failed to write the report")
}

/// What a profile comes to, in one line.
pub(crate) fn in_short(profile: &Profile) -> String {
    human::totals(&profile.totals()).join(" · ")
}

#[cfg(test)]
mod tests {
    use alloc_guard_profile::{Amount, Class, Data, Frame, StackId, Sums, Warning};

    use super::*;

    const HOSTILE: &str = "a\u{1b}[31m\nb|`c`<img src=x>\u{202e}";

    /// One stack, whose names nobody would choose.
    fn hostile() -> Profile {
        let mut profile = Profile::default();
        HOSTILE.clone_into(&mut profile.program);
        profile.warnings = vec![Warning::NoSymbols {
            remedy: HOSTILE.to_owned(),
        }];
        let frame = Frame {
            function: profile.strings.intern(HOSTILE),
            file: profile.strings.intern(HOSTILE),
            class: Class::Workspace,
            ..Frame::default()
        };
        let frame = profile.stacks.frame(frame);
        let stack = profile.stacks.call(StackId::EMPTY, frame);
        let all = Amount { count: 3, bytes: 9 };
        let sums = Sums {
            allocations: all,
            leaked: all,
            ..Sums::default()
        };
        profile.data = Data::Sums(vec![(stack, sums)]);
        profile
    }

    fn printed(profile: &Profile, form: Form) -> String {
        let mut out = Vec::new();
        print(profile, form, Path::new("."), Style::Plain, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn names_neither_command_the_terminal_nor_break_lines_or_tables() {
        for form in [Form::Human, Form::Markdown] {
            let text = printed(&hostile(), form);
            assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
            assert!(!text.contains("a\nb"), "{text}");
            assert!(text.contains("leaked 9 B in 3 blocks"), "{text}");
        }
        let markdown = printed(&hostile(), Form::Markdown);
        assert!(!markdown.contains("<img"), "{markdown}");
        for row in markdown.lines().filter(|line| line.starts_with('|')) {
            assert_eq!(row.matches('|').count(), 5, "{row}");
        }
    }

    #[test]
    fn a_process_that_allocated_nothing_has_totals_and_no_lists() {
        let text = printed(&Profile::default(), Form::Human);
        assert_eq!(
            text,
            "recorded by alloc-guard\n\
             0 allocations · 0 B · 0 reallocations of them · 0 deallocations\n\
             peak 0 B in 0 blocks · no leaks · 0 temporary\n"
        );
    }
}
