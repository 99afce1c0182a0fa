//! Owns how long paths are shown: what is the same everywhere, or only true on one machine, is left out.

use std::borrow::Cow;

use crate::model::{Class, Profile};

/// What comes before the part of a path that says something.
const PREFIXES: [&str; 4] = [
    "/rustlib/src/rust/library/",
    "/rust/deps/",
    "/registry/src/",
    "/git/checkouts/",
];

pub(super) struct Paths {
    /// What all files of the workspace begin with, `/` at its end; empty if it is nothing.
    workspace: String,
}

impl Paths {
    pub(super) fn of(profile: &Profile) -> Self {
        let frames = profile.stacks.frames().iter();
        let files = frames
            .filter(|frame| frame.class == Class::Workspace)
            .map(|frame| with_slashes(profile.strings.get(frame.file)))
            .filter(|file| is_absolute(file));
        let workspace = files
            .map(|file| folder(&file).to_owned())
            .reduce(|common, folder| common_folder(&common, &folder).to_owned());
        let workspace = workspace.unwrap_or_default();
        // `src/main.rs` says more than `main.rs`.
        let kept = workspace.strip_suffix("src/").unwrap_or(&workspace);
        Self {
            workspace: kept.to_owned(),
        }
    }

    /// `src/main.rs`, `serde_json-1.0.1/src/de.rs`, `alloc/src/vec/mod.rs`.
    pub(super) fn shorten(&self, path: &str) -> String {
        let path = with_slashes(path);
        if let Some(rest) = path.strip_prefix("/rustc/") {
            let rest = rest.split_once('/').map_or(rest, |(_, rest)| rest);
            return rest.strip_prefix("library/").unwrap_or(rest).to_owned();
        }
        for prefix in PREFIXES {
            if let Some((_, rest)) = path.split_once(prefix) {
                // The name of the index, which is long and always the same.
                let index = prefix == "/registry/src/";
                let rest = rest
                    .split_once('/')
                    .filter(|_| index)
                    .map_or(rest, |(_, rest)| rest);
                return rest.to_owned();
            }
        }
        let own = path.strip_prefix(&*self.workspace);
        own.filter(|_| !self.workspace.is_empty())
            .unwrap_or(&path)
            .to_owned()
    }
}

fn with_slashes(path: &str) -> Cow<'_, str> {
    if path.contains('\\') {
        path.replace('\\', "/").into()
    } else {
        path.into()
    }
}

/// On the system that it comes from, whichever that is.
fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || path.as_bytes().get(1) == Some(&b':')
}

/// With the `/` at its end.
fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |end| &path[..=end])
}

fn common_folder<'a>(a: &'a str, b: &str) -> &'a str {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    a.as_bytes()[..same]
        .iter()
        .rposition(|byte| *byte == b'/')
        .map_or("", |end| &a[..=end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Frame;

    fn paths(files: &[&str]) -> Paths {
        let mut profile = Profile::default();
        for file in files {
            let file = profile.strings.intern(file);
            profile.stacks.frame(Frame {
                file,
                class: Class::Workspace,
                ..Frame::default()
            });
        }
        Paths::of(&profile)
    }

    #[test]
    fn what_is_the_same_everywhere_is_left_out() {
        let paths = paths(&[
            "/home/u/app/one/src/a.rs",
            "/home/u/app/one/src/b/c.rs",
            "/home/u/app/öne/src/d.rs",
            "rel.rs",
        ]);
        for (path, shown) in [
            ("/home/u/app/one/src/a.rs", "one/src/a.rs"),
            ("/home/u/other/src/a.rs", "/home/u/other/src/a.rs"),
            ("rel.rs", "rel.rs"),
            ("", ""),
            (
                "/rustc/5980/library/alloc/src/vec/mod.rs",
                "alloc/src/vec/mod.rs",
            ),
            ("/rustc/5980", "5980"),
            (
                "/r/lib/rustlib/src/rust/library/core/src/a.rs",
                "core/src/a.rs",
            ),
            (
                "/h/.cargo/registry/src/index.crates.io-1/sha2-0.1/src/lib.rs",
                "sha2-0.1/src/lib.rs",
            ),
            (
                "C:\\u\\.cargo\\git\\checkouts\\a-1\\2\\src\\lib.rs",
                "a-1/2/src/lib.rs",
            ),
        ] {
            assert_eq!(paths.shorten(path), shown, "{path}");
        }
    }

    #[test]
    fn of_one_file_the_folder_of_its_sources_is_kept() {
        assert_eq!(
            paths(&["/tmp/toy/src/main.rs"]).shorten("/tmp/toy/src/main.rs"),
            "src/main.rs"
        );
        assert_eq!(
            paths(&["C:\\toy\\main.rs"]).shorten("C:\\toy\\main.rs"),
            "main.rs"
        );
        assert_eq!(
            paths(&["/a/x.rs", "C:/b/y.rs"]).shorten("/a/x.rs"),
            "/a/x.rs"
        );
        assert_eq!(paths(&[]).shorten("/a/x.rs"), "/a/x.rs");
    }
}
