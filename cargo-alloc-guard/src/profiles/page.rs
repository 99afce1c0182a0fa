//! Owns profiles as pages.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use alloc_guard_profile::{
    Origin, Profile,
    html::{Operation, Page, Shown, Sources, page},
};
use anyhow::{Context as _, Result};

use super::{inputs::Input, names, operations};

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
    let recorded = operations::recorded(&input.tests, &input.profile);
    let shown = Shown::new(&title, &input.profile).operations(&recorded);
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

/// What was recorded: the guarded test, if there is one alone, else the test binaries. The names of our recorder's files are
/// nobody's choice; those of others may be.
fn title(input: &Input) -> String {
    let profile = &input.profile;
    if profile.origin != Origin::Recorder || profile.program.is_empty() {
        return names::list(input.paths.iter().map(|path| file_name(path)));
    }
    if let [name] = &profile.operations[..] {
        let of = |operation: &&Operation| operation.name == *name && !operation.title.is_empty();
        let known = input.tests.iter().find(of);
        return known.map_or(name, |operation| &operation.title).clone();
    }
    names::programs(profile)
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titled(program: &str, operations: &[&str], paths: &[&str]) -> String {
        let mut profile = Profile::default();
        program.clone_into(&mut profile.program);
        profile.operations = operations.iter().map(|&name| name.to_owned()).collect();
        title(&Input {
            profile,
            paths: paths.iter().map(PathBuf::from).collect(),
            tests: vec![Operation {
                name: "parse::module".to_owned(),
                title: "parses a module".to_owned(),
                ..Operation::default()
            }],
        })
    }

    #[test]
    fn a_page_is_called_what_was_recorded() {
        let hot = "/t/deps/hot-0123456789abcdef";
        let many = "/t/a, /t/b-1, /t/c-0123456789abcdef, /t/d, /t/e, /t/f";
        for (program, operations, paths, title) in [
            (hot, &["parse::module"][..], &["a"][..], "parses a module"),
            (hot, &["parse::other"], &["a"], "parse::other"),
            (hot, &["a", "parse::module"], &["a"], "hot"),
            (hot, &[], &["a"], "hot"),
            (many, &[], &["a"], "a, b-1, c, d and 2 more"),
            ("", &[], &["x/a.dat", "b.dat"], "a.dat, b.dat"),
        ] {
            assert_eq!(titled(program, operations, paths), title);
        }
    }

    #[test]
    fn a_page_of_a_file_that_somebody_named_is_called_so() {
        let mut profile = Profile::default();
        profile.origin = Origin::Bytehound;
        "/t/app".clone_into(&mut profile.program);
        let paths = vec![PathBuf::from("x/main.dat")];
        let input = Input {
            profile,
            paths,
            tests: Vec::new(),
        };
        assert_eq!(title(&input), "main.dat");
    }
}
