//! Owns the question whose frame it is: the allocator's, std's, a dependency's or the user's. The
//! site of an allocation is the innermost frame that is the user's.
//!
//! Frames are told apart by source path rather than by name, because with `line-tables-only` the
//! names of inlined frames are bare (`push`, `{closure#0}`).

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

use super::symbolize::Frame;

/// Whose code a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// Between the user's call of the allocator and the capture.
    Hook,
    /// What runs a trial.
    Harness,
    Std,
    Dependency,
    User,
    /// It has a name and no file: a binary without debug information.
    Unplaced,
    Unknown,
}

/// The directory of this crate's sources, as its debug information ends: `…/core/src`.
fn our_sources() -> &'static str {
    let file = file!();
    file.strip_suffix("backtrace/site.rs")
        .or_else(|| file.strip_suffix("backtrace\\site.rs"))
        .unwrap_or(file)
}

/// The modules of this crate that the allocator reaches.
const HOOK: [&str; 8] = [
    "switch",
    "alloc",
    "backtrace",
    "leaks",
    "memory",
    "phase",
    "process",
    "record",
];

fn owner(frame: &Frame) -> Owner {
    let allocator = ["__rust_alloc", "__rust_realloc", "__rust_dealloc"];
    if allocator.iter().any(|name| frame.function.contains(name)) {
        return Owner::Hook;
    }
    let file = frame.file.replace('\\', "/");
    if file.is_empty() || file == "<unknown>" {
        return owner_by_name(&frame.function);
    }
    if let Some((_, module)) = file.split_once(&our_sources().replace('\\', "/")) {
        let module = module.split(['/', '.']).next().unwrap_or(module);
        return ours(module);
    }
    if in_registry(&file, "backtrace") {
        return Owner::Hook;
    }
    if file.starts_with("/rustc/")
        || file.contains("/rustlib/src/rust/library/")
        || file.starts_with("library/")
        || file.contains("/rust/deps/")
    {
        return Owner::Std;
    }
    if file.contains("/registry/src/")
        || file.contains("/git/checkouts/")
        || file.split('/').any(|part| part == "vendor")
    {
        return Owner::Dependency;
    }
    // C sources (glibc's start-up code, a C dependency) are nobody's we could point at.
    if Path::new(&file)
        .extension()
        .is_some_and(|extension| extension == "rs")
    {
        Owner::User
    } else {
        Owner::Unknown
    }
}

/// Whose module of this crate it is.
fn ours(module: &str) -> Owner {
    if HOOK.contains(&module) {
        Owner::Hook
    } else {
        Owner::Harness
    }
}

/// Without debug information there is only the name.
fn owner_by_name(function: &str) -> Owner {
    let mut parts = function.trim_start_matches('<').split("::");
    match parts.next().unwrap_or("") {
        "" => Owner::Unknown,
        "alloc_guard_core" => ours(parts.next().unwrap_or("")),
        "alloc_guard" | "backtrace" => Owner::Hook,
        "core" | "alloc" | "std" | "test" | "hashbrown" | "__rustc" => Owner::Std,
        _ if !function.contains("::") => Owner::Unknown,
        _ => Owner::Unplaced,
    }
}

/// Whether `file` is a source of the crate `name` out of a registry.
fn in_registry(file: &str, name: &str) -> bool {
    file.split_once("/registry/src/").is_some_and(|(_, rest)| {
        rest.split('/')
            .nth(1)
            .and_then(|part| part.strip_prefix(name))
            .is_some_and(|version| {
                version
                    .strip_prefix('-')
                    .is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
            })
    })
}

/// Where in a stack the user stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Located {
    /// The site; `None` if every frame is std's: the user's was left by a tail call.
    pub(crate) site: Option<Frame>,
    /// No frame was the user's, and the site is the innermost in a dependency.
    pub(crate) in_dependency: bool,
    /// The outermost std function between the site and the allocator: `Vec::push`.
    pub(crate) via: Option<String>,
    /// The outermost frame of the user's, if it is another one than the site: the test's body.
    pub(crate) called_from: Option<Frame>,
    /// The stack without the allocator's frames and the harness's, innermost first.
    pub(crate) frames: Vec<Frame>,
}

/// Finds the user in a whole stack, innermost frame first.
pub(crate) fn locate(stack: &[Frame]) -> Located {
    let frames = trim(stack);
    let user = frames.iter().position(|frame| owner(frame) == Owner::User);
    let dependency = || {
        frames
            .iter()
            .position(|frame| owner(frame) == Owner::Dependency)
    };
    let unplaced = || {
        frames
            .iter()
            .position(|frame| owner(frame) == Owner::Unplaced)
    };
    let Some(index) = user.or_else(dependency).or_else(unplaced) else {
        return Located {
            via: frames.last().map(|frame| short_name(&frame.function)),
            frames,
            ..Located::default()
        };
    };
    let site = frames.get(index).cloned();
    let called_from = frames
        .iter()
        .skip(index + 1)
        .rfind(|frame| {
            matches!(owner(frame), Owner::User | Owner::Unplaced) && !is_expansion(frame)
        })
        .cloned();
    let via = frames
        .get(..index)
        .and_then(<[_]>::last)
        .filter(|frame| owner(frame) == Owner::Std);
    Located {
        in_dependency: user.is_none()
            && site
                .as_ref()
                .is_some_and(|site| owner(site) == Owner::Dependency),
        via: via.map(|frame| short_name(&frame.function)),
        site,
        called_from,
        frames,
    }
}

/// The function that the attribute wrote around the test's body to build its fixtures.
fn is_expansion(frame: &Frame) -> bool {
    frame.function.rsplit("::").next() == Some("__alloc_guard_run")
}

/// Cuts off the allocator's frames inside and the harness's outside.
fn trim(stack: &[Frame]) -> Vec<Frame> {
    let mut start = 0;
    for (index, frame) in stack.iter().enumerate() {
        match owner(frame) {
            Owner::Hook => start = index + 1,
            // The hook goes through std's thread-locals.
            Owner::Std | Owner::Unknown => {}
            Owner::Dependency | Owner::User | Owner::Unplaced | Owner::Harness => break,
        }
    }
    let mut frames = Vec::new();
    for frame in stack.iter().skip(start) {
        if frame.function.contains("__rust_begin_short_backtrace") || owner(frame) == Owner::Harness
        {
            break;
        }
        frames.push(frame.clone());
    }
    // The glue that called the body: `FnOnce::call_once`, `catch_unwind` and the like.
    let placed = |frame: &Frame| {
        matches!(
            owner(frame),
            Owner::User | Owner::Dependency | Owner::Unplaced
        )
    };
    if let Some(last) = frames
        .iter()
        .rposition(|frame| placed(frame) && !is_expansion(frame))
    {
        frames.truncate(last + 1);
    }
    frames
}

/// A function's name without its generic arguments and its path, but with its type:
/// `<alloc::vec::Vec<T> as core::clone::Clone>::clone` is `Vec::clone`.
pub(crate) fn short_name(function: &str) -> String {
    let parts: Vec<String> = path_of(function)
        .into_iter()
        .filter(|part| !part.starts_with("__ALLOC_GUARD_"))
        .collect();
    let keep = match parts.as_slice() {
        [.., owner, _] if owner.starts_with(char::is_uppercase) => 2,
        // A closure is named after the function it stands in.
        [.., _, last] if last.starts_with('{') => 2,
        _ => 1,
    };
    parts
        .get(parts.len().saturating_sub(keep)..)
        .unwrap_or_default()
        .join("::")
}

/// The parts of a path between its `::`, generic arguments left out.
fn path_of(function: &str) -> Vec<String> {
    if let Some(rest) = function.strip_prefix('<') {
        let mut depth = 1_usize;
        for (at, c) in rest.char_indices() {
            match c {
                '<' => depth += 1,
                '>' if !rest[..at].ends_with('-') => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let inner = &rest[..at];
                let owner = inner.split(" as ").next().unwrap_or(inner);
                let mut parts = path_of(owner);
                parts.extend(path_of(rest[at + 1..].trim_start_matches("::")));
                return parts;
            }
        }
    }
    let mut flat = String::new();
    let mut depth = 0_usize;
    for c in function.chars() {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            c if depth == 0 => flat.push(c),
            _ => {}
        }
    }
    flat.split("::")
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The directory that paths are shown relative to: the workspace of the package in `manifest_dir`.
pub(crate) fn workspace_root(manifest_dir: &Path) -> PathBuf {
    // The tests of a binary are one package's: ten thousand of them need not read its manifest each.
    static FIRST: OnceLock<(PathBuf, PathBuf)> = OnceLock::new();
    let (asked, root) =
        FIRST.get_or_init(|| (manifest_dir.to_owned(), search_workspace_root(manifest_dir)));
    if asked == manifest_dir {
        root.clone()
    } else {
        search_workspace_root(manifest_dir)
    }
}

fn search_workspace_root(manifest_dir: &Path) -> PathBuf {
    let is_workspace = |dir: &&Path| {
        std::fs::read_to_string(dir.join("Cargo.toml"))
            .is_ok_and(|manifest| manifest.lines().any(|line| line.trim() == "[workspace]"))
    };
    manifest_dir
        .ancestors()
        .find(is_workspace)
        .or_else(|| {
            manifest_dir
                .ancestors()
                .find(|dir| dir.join("Cargo.lock").is_file())
        })
        .unwrap_or(manifest_dir)
        .to_path_buf()
}

/// `file` below `root`, with `/` between its parts; as it is if it lies elsewhere.
pub(crate) fn relative(file: &str, root: &Path) -> String {
    Path::new(file)
        .strip_prefix(root)
        .map_or_else(
            |_| file.to_owned(),
            |path| path.to_string_lossy().into_owned(),
        )
        .replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(function: &str, file: &str) -> Frame {
        Frame {
            function: function.to_owned(),
            file: file.to_owned(),
            line: 1,
            column: 1,
        }
    }

    fn ours(file: &str) -> Frame {
        frame(
            "alloc_guard_core::x",
            &format!("/home/u/{}{file}", our_sources()),
        )
    }

    const STD: &str =
        "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/alloc/src/vec/mod.rs";
    const DEPENDENCY: &str =
        "/home/u/.cargo/registry/src/index.crates.io-1/serde_json-1.0.1/src/de.rs";

    #[test]
    fn a_frame_is_told_by_its_path() {
        assert_eq!(owner(&ours("phase.rs")), Owner::Hook);
        assert_eq!(owner(&ours("backtrace/capture.rs")), Owner::Hook);
        assert_eq!(owner(&ours("trial.rs")), Owner::Harness);
        assert_eq!(owner(&ours("runner/execute.rs")), Owner::Harness);
        assert_eq!(
            owner(&frame(
                "trace",
                "/home/u/.cargo/registry/src/i-1/backtrace-0.3.77/src/lib.rs"
            )),
            Owner::Hook
        );
        assert_eq!(
            owner(&frame(
                "f",
                "/home/u/.cargo/registry/src/i-1/backtrace-ext-0.2.1/src/lib.rs"
            )),
            Owner::Dependency
        );
        assert_eq!(owner(&frame("push", STD)), Owner::Std);
        assert_eq!(
            owner(&frame("insert", "/rust/deps/hashbrown-0.16.1/src/map.rs")),
            Owner::Std
        );
        assert_eq!(owner(&frame("parse", DEPENDENCY)), Owner::Dependency);
        assert_eq!(
            owner(&frame("f", "/home/u/app/vendor/smallvec/src/lib.rs")),
            Owner::Dependency
        );
        assert_eq!(owner(&frame("f", "/home/u/app/src/ring.rs")), Owner::User);
        assert_eq!(owner(&frame("f", "src/ring.rs")), Owner::User);
        assert_eq!(
            owner(&frame("start_thread", "./nptl/pthread_create.c")),
            Owner::Unknown
        );
        assert_eq!(owner(&frame("app::ring::push", "")), Owner::Unplaced);
        assert_eq!(owner(&frame("alloc::vec::Vec<T>::push", "")), Owner::Std);
    }

    #[test]
    fn the_site_is_the_innermost_frame_of_the_user() {
        let stack = [
            frame(
                "trace",
                "/home/u/.cargo/registry/src/i-1/backtrace-0.3.77/src/lib.rs",
            ),
            ours("phase.rs"),
            frame("try_with", "/rustc/1/library/std/src/thread/local.rs"),
            ours("alloc.rs"),
            frame(
                "__rustc::__rust_alloc",
                "/home/u/guard/alloc-guard/src/lib.rs",
            ),
            frame("grow", STD),
            frame("alloc::vec::Vec<T,A>::push", STD),
            frame("app::ring::push", "/home/u/app/src/ring.rs"),
            frame("app::helper", "/home/u/app/src/lib.rs"),
            frame("hot::__ALLOC_GUARD_push::push", "/home/u/app/tests/hot.rs"),
            frame(
                "hot::__ALLOC_GUARD_push::__alloc_guard_run",
                "/home/u/app/tests/hot.rs",
            ),
            ours("trial.rs"),
            frame("test::__rust_begin_short_backtrace", STD),
        ];
        let located = locate(&stack);
        assert_eq!(located.site.unwrap().function, "app::ring::push");
        assert_eq!(located.via.as_deref(), Some("Vec::push"));
        assert_eq!(
            located.called_from.unwrap().function,
            "hot::__ALLOC_GUARD_push::push"
        );
        assert!(!located.in_dependency);
        let names: Vec<_> = located
            .frames
            .iter()
            .map(|frame| short_name(&frame.function))
            .collect();
        assert_eq!(names, ["grow", "Vec::push", "push", "helper", "push"]);
    }

    #[test]
    fn without_a_frame_of_the_user_the_site_is_in_the_dependency_and_says_so() {
        let stack = [
            ours("alloc.rs"),
            frame("grow", STD),
            frame("serde_json::parse", DEPENDENCY),
            ours("trial.rs"),
        ];
        let located = locate(&stack);
        assert_eq!(located.site.unwrap().file, DEPENDENCY);
        assert!(located.in_dependency);
    }

    #[test]
    fn a_stack_without_names_has_no_site_and_is_no_panic() {
        assert_eq!(locate(&[]), Located::default());
        assert_eq!(locate(&[Frame::default()]).site, None);
    }

    #[test]
    fn a_body_that_left_its_frame_by_a_tail_call_has_no_site_but_what_it_called() {
        let stack = [
            ours("alloc.rs"),
            frame("std::io::stdio::_print", STD),
            ours("trial.rs"),
            frame("app::main", "/home/u/app/src/a.rs"),
        ];
        let located = locate(&stack);
        assert_eq!(
            (located.site, located.via.as_deref()),
            (None, Some("_print"))
        );
    }

    #[test]
    fn names_are_cut_to_type_and_function() {
        for (long, short) in [
            ("alloc::vec::Vec<T,A>::push", "Vec::push"),
            (
                "<alloc::vec::Vec<T,A> as core::clone::Clone>::clone",
                "Vec::clone",
            ),
            ("alloc::slice::<impl [T]>::to_vec", "to_vec"),
            ("app::ring::push", "push"),
            ("app::ring::push::{{closure}}", "push::{{closure}}"),
            ("hot::__ALLOC_GUARD_sha256::sha256", "sha256"),
            ("push", "push"),
            ("", ""),
        ] {
            assert_eq!(short_name(long), short, "{long}");
        }
    }

    #[test]
    fn a_path_is_shown_below_the_workspace() {
        assert_eq!(
            relative("/home/u/app/src/a.rs", Path::new("/home/u/app")),
            "src/a.rs"
        );
        assert_eq!(
            relative("/elsewhere/a.rs", Path::new("/home/u/app")),
            "/elsewhere/a.rs"
        );
        assert_eq!(relative("src/a.rs", Path::new("/home/u/app")), "src/a.rs");
    }
}
