//! Owns profiles as pages.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use alloc_guard_profile::{
    Profile,
    html::{Page, Shown, Sources, page},
};
use anyhow::{Context as _, Result};

use super::inputs::Input;

/// Where a page goes unless it is told: beside the first of what it shows.
pub(crate) fn beside(input: &Input) -> PathBuf {
    let mut name = match input.paths.first() {
        // Without the slash after a folder.
        Some(path) => path.components().as_path().as_os_str().to_owned(),
        None => "profile".into(),
    };
    name.push(".html");
    name.into()
}

/// Writes the page of a profile, with the lines of sources below `root`.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn write_page(input: &Input, root: Option<&Path>, out: &mut dyn Write) -> Result<()> {
    let title = title(input);
    let shown = Shown::new(&title, &input.profile).operations(&input.operations);
    write(&Page::One(shown), root, out)
}

/// Writes the page of two profiles.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn write_diff(
    [before, after]: [(&Path, &Profile); 2],
    root: Option<&Path>,
    out: &mut dyn Write,
) -> Result<()> {
    let titles = [before, after].map(|(path, _)| file_name(path));
    let page = Page::Diff(
        Shown::new(&titles[0], before.1),
        Shown::new(&titles[1], after.1),
    );
    write(&page, root, out)
}

fn write(shown: &Page<'_>, root: Option<&Path>, out: &mut dyn Write) -> Result<()> {
    let sources = Sources::below(root.map(Path::to_owned));
    page(shown, &sources, out).context("failed to write the page")
}

fn title(input: &Input) -> String {
    let names: Vec<_> = input.paths.iter().map(|path| file_name(path)).collect();
    names.join(", ")
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}
