//! What is the same in two builds of one program: functions by name and file, without addresses, modules, lines, hashes, versions
//! and the folders in which they were built.

use crate::model::{Class, Frame, Strings};

/// A function, as it is in any build.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Function {
    /// Its name; empty if it is not known.
    pub name: String,
    /// Its source path below its package or toolchain; empty if it is not known.
    pub file: String,
    /// Whose code it is.
    pub class: Class,
}

impl Function {
    pub(crate) fn of(frame: Frame, strings: &Strings) -> Self {
        Self {
            name: name(strings.get(frame.function)),
            file: file(strings.get(frame.file)),
            class: frame.class,
        }
    }
}

/// A name without what another build changes: the hash of the crate, of the function, of a copy that the optimiser made.
fn name(name: &str) -> String {
    let name = name.split(".llvm.").next().unwrap_or(name);
    let mut normal = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find('[') {
        let (before, from) = rest.split_at(at);
        normal.push_str(before);
        match from.find(']') {
            // A crate's hash stands behind its name, a type's length or element behind anything else.
            Some(end) if is_hash(&from[1..end]) && before.ends_with(is_of_a_name) => {
                rest = &from[end + 1..];
            }
            _ => {
                normal.push('[');
                rest = &from[1..];
            }
        }
    }
    normal.push_str(rest);
    match normal.rsplit_once("::h") {
        Some((path, hash)) if hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            path.to_owned()
        }
        _ => normal,
    }
}

fn is_hash(text: &str) -> bool {
    (8..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A path without the folder in which it was built or unpacked, and without the version of its package.
fn file(path: &str) -> String {
    let path = path.replace('\\', "/");
    if let Some((_, below)) = path.split_once("/library/")
        && (path.starts_with("/rustc/") || path.contains("/rustlib/src/rust/"))
    {
        return format!("library/{below}");
    }
    for unpacked in ["/registry/src/", "/git/checkouts/", "/rust/deps/"] {
        let Some((_, below)) = path.split_once(unpacked) else {
            continue;
        };
        // Of a registry the first part is the registry's own.
        let below = match unpacked {
            "/registry/src/" => below.split_once('/').map_or(below, |(_, below)| below),
            _ => below,
        };
        let (package, file) = below.split_once('/').unwrap_or((below, ""));
        return format!("{}/{file}", without_version(package));
    }
    // A package's own folders.
    let start = |folder: &&str| {
        let inner = path.rfind(&format!("/{folder}/")).map(|at| at + 1);
        inner.or_else(|| path.starts_with(&format!("{folder}/")).then_some(0))
    };
    let folders = ["src", "tests", "benches", "examples"];
    let below = folders.iter().filter_map(start).max();
    path[below.unwrap_or(0)..].to_owned()
}

/// `name-1.2.3` and `name-0123456789abcdef` are `name`.
fn without_version(package: &str) -> &str {
    match package.rsplit_once('-') {
        Some((name, version))
            if version.starts_with(|c: char| c.is_ascii_digit()) || is_hash(version) =>
        {
            name
        }
        _ => package,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_build_changes_is_not_part_of_a_name() {
        for (written, normal) in [
            ("toy::main::hac5063053f6fbc06", "toy::main"),
            ("toy[8d2b1f0a9c3e4d5f]::main", "toy::main"),
            ("grow.llvm.6509232490960563609", "grow"),
            (
                "push<[u8; 64], alloc::alloc::Global>",
                "push<[u8; 64], alloc::alloc::Global>",
            ),
            ("f::<[deadbeef]>", "f::<[deadbeef]>"),
            ("toy::f::{closure#0}", "toy::f::{closure#0}"),
            // What begins with an h is no hash, nor is what is as long or of the same digits.
            ("toy::hello", "toy::hello"),
            ("toy::hfeed", "toy::hfeed"),
            ("toy::history_of_action", "toy::history_of_action"),
            ("toy[any_name]::main", "toy[any_name]::main"),
            ("toy[0]::main", "toy[0]::main"),
            ("toy::f::{{closure}}", "toy::f::{{closure}}"),
            ("open[", "open["),
            ("", ""),
        ] {
            assert_eq!(name(written), normal);
        }
    }

    #[test]
    fn where_it_was_built_is_not_part_of_a_path() {
        for (written, normal) in [
            (
                "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/alloc/src/vec/mod.rs",
                "library/alloc/src/vec/mod.rs",
            ),
            (
                "/home/u/.rustup/toolchains/x/lib/rustlib/src/rust/library/std/src/rt.rs",
                "library/std/src/rt.rs",
            ),
            (
                "/home/u/.cargo/registry/src/index.crates.io-1/serde_json-1.0.1/src/de.rs",
                "serde_json/src/de.rs",
            ),
            (
                "C:\\u\\.cargo\\registry\\src\\i-1\\serde-json-1.0.1\\src\\de.rs",
                "serde-json/src/de.rs",
            ),
            (
                "/home/u/.cargo/git/checkouts/koute-0123456789abcdef/f8397e7/src/a.rs",
                "koute/f8397e7/src/a.rs",
            ),
            (
                "/rust/deps/hashbrown-0.16.1/src/map.rs",
                "hashbrown/src/map.rs",
            ),
            (
                "/rust/deps/wasm-tools/src/main.rs",
                "wasm-tools/src/main.rs",
            ),
            ("/tmp/a/toy/src/main.rs", "src/main.rs"),
            ("/home/u/src/toy/tests/hot.rs", "tests/hot.rs"),
            ("src/main.rs", "src/main.rs"),
            ("toy/src/tests/a.rs", "tests/a.rs"),
            ("./nptl/pthread_create.c", "./nptl/pthread_create.c"),
            ("", ""),
        ] {
            assert_eq!(file(written), normal);
        }
    }
}
