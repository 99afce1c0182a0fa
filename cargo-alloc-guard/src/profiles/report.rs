//! Owns the forms in which one profile is shown.

use std::{io::Write, path::Path};

use alloc_guard_core::report::Style;
use alloc_guard_profile::{Profile, export};
use anyhow::{Context as _, Result};

use super::{human, markdown, summary::Summary};

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
