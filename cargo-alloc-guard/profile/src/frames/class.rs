//! Whose code a frame is. Told by its source path, because with `line-tables-only` the names of inlined frames are bare
//! (`push`, `{closure#0}`); by its name where there is no path.

use std::path::Path;

use crate::model::Class;

/// Whose code the function `function` in the source `file` is; either may be empty.
pub(super) fn classify(function: &str, file: &str) -> Class {
    let shims = [
        "__rust_alloc",
        "__rust_realloc",
        "__rust_dealloc",
        "__rdl_",
        "__rg_",
    ];
    if shims.iter().any(|shim| function.contains(shim)) {
        return Class::Guard;
    }
    if file.is_empty() || file == "<unknown>" || file == "???" {
        return by_name(function);
    }
    let file = file.replace('\\', "/");
    if let Some(module) = own_module(&file) {
        return ours(module);
    }
    if is_profiler_crate(&file) {
        return Class::Guard;
    }
    if file.starts_with("/rustc/")
        || file.contains("/rustlib/src/rust/library/")
        || file.starts_with("library/")
        || file.contains("/rust/deps/")
    {
        return Class::Std;
    }
    if is_dependency(&file) {
        return Class::Dependency;
    }
    // C sources: glibc's start-up code, a C dependency.
    if is_rust(&file) {
        Class::Workspace
    } else {
        Class::System
    }
}

/// The same where only the end of the path is known: three parts of it (the crate dhat), or one (valgrind).
pub(super) fn classify_truncated(function: &str, file: &str) -> Class {
    const STD: [&str; 6] = ["alloc", "core", "hashbrown", "proc_macro", "std", "test"];
    let file = file.replace('\\', "/");
    let by_name = by_name(function);
    if !matches!(by_name, Class::Unknown | Class::System) {
        return by_name;
    }
    let parts: Vec<&str> = file.split('/').collect();
    match parts.as_slice() {
        _ if !is_rust(&file) => by_name,
        [package, "src", _] if STD.contains(package) => Class::Std,
        [package, "src" | "tests" | "benches" | "examples", _] => {
            if is_versioned(package) {
                Class::Dependency
            } else {
                Class::Workspace
            }
        }
        ["src" | "tests" | "benches" | "examples", _] => Class::Workspace,
        // A bare name in a file of a common name is not one to blame.
        _ => by_name,
    }
}

fn is_rust(file: &str) -> bool {
    Path::new(file)
        .extension()
        .is_some_and(|extension| extension == "rs")
}

/// Whether a folder is a package's as a registry unpacks it: `name-1.2.3`.
fn is_versioned(folder: &str) -> bool {
    folder.rsplit_once('-').is_some_and(|(_, version)| {
        version.contains('.') && version.starts_with(|c: char| c.is_ascii_digit())
    })
}

fn is_dependency(file: &str) -> bool {
    file.contains("/registry/src/")
        || file.contains("/git/checkouts/")
        || file.split('/').any(|part| part == "vendor")
}

/// The modules of alloc-guard that the allocator reaches. The others run tests.
const HOOK: [&str; 9] = [
    "switch",
    "alloc",
    "backtrace",
    "leaks",
    "memory",
    "phase",
    "process",
    "record",
    "recorder",
];

/// Whose module of alloc-guard's core it is.
fn ours(module: &str) -> Class {
    if HOOK.contains(&module) {
        Class::Guard
    } else {
        Class::Harness
    }
}

/// The module of alloc-guard's core that a file is of, next door or as a crate of a registry.
fn own_module(file: &str) -> Option<&str> {
    let rest = if let Some((_, beside)) = file.split_once("/alloc-guard/core/src/") {
        beside
    } else {
        let (package, rest) = registry_package(file)?.split_once("/src/")?;
        is_package(package, "alloc-guard-core").then_some(rest)?
    };
    rest.split(['/', '.']).next()
}

/// The front that a program links, the profilers that it may link besides, and what they capture stacks with.
fn is_profiler_crate(file: &str) -> bool {
    const CRATES: [&str; 4] = ["alloc-guard", "backtrace", "dhat", "stats_alloc"];
    file.contains("/alloc-guard/src/")
        || registry_package(file)
            .and_then(|rest| rest.split('/').next())
            .is_some_and(|package| CRATES.iter().any(|name| is_package(package, name)))
}

/// From the folder of a package out of a registry on.
fn registry_package(file: &str) -> Option<&str> {
    let (_, rest) = file.split_once("/registry/src/")?;
    rest.split_once('/').map(|(_, package)| package)
}

/// Whether a folder is of some version of the package `name`.
fn is_package(folder: &str, name: &str) -> bool {
    folder
        .strip_prefix(name)
        .and_then(|rest| rest.strip_prefix('-'))
        .is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
}

fn by_name(function: &str) -> Class {
    let path = function.trim_start_matches(['<', '&']);
    let mut parts = path.split("::");
    match parts.next().unwrap_or("") {
        "alloc_guard_core" => ours(parts.next().unwrap_or("")),
        "alloc_guard" | "backtrace" | "dhat" => Class::Guard,
        "core"
        | "alloc"
        | "std"
        | "test"
        | "hashbrown"
        | "__rustc"
        | "__rust_begin_short_backtrace" => Class::Std,
        name if !name.is_empty() && !function.contains("::") => Class::System,
        _ => Class::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_told_by_its_path_or_else_by_its_name() {
        let registry = "/home/u/.cargo/registry/src/index.crates.io-1";
        for (function, file, class) in [
            (
                "push",
                "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/alloc/src/vec/mod.rs",
                Class::Std,
            ),
            (
                "push",
                "/home/u/.rustup/toolchains/s/lib/rustlib/src/rust/library/alloc/src/vec/mod.rs",
                Class::Std,
            ),
            (
                "insert",
                "/rust/deps/hashbrown-0.16.1/src/map.rs",
                Class::Std,
            ),
            (
                "parse",
                &format!("{registry}/serde_json-1.0.1/src/de.rs"),
                Class::Dependency,
            ),
            (
                "f",
                "/home/u/app/vendor/smallvec/src/lib.rs",
                Class::Dependency,
            ),
            (
                "f",
                "C:\\u\\.cargo\\git\\checkouts\\a\\src\\lib.rs",
                Class::Dependency,
            ),
            (
                "trace",
                &format!("{registry}/backtrace-0.3.77/src/lib.rs"),
                Class::Guard,
            ),
            (
                "f",
                &format!("{registry}/backtrace-ext-0.2.1/src/lib.rs"),
                Class::Dependency,
            ),
            (
                "f",
                &format!("{registry}/alloc-guard-core-0.1.0/src/phase.rs"),
                Class::Guard,
            ),
            (
                "f",
                "/home/u/guard/alloc-guard/core/src/phase/mod.rs",
                Class::Guard,
            ),
            (
                "f",
                "/home/u/guard/alloc-guard/core/src/trial.rs",
                Class::Harness,
            ),
            (
                "f",
                &format!("{registry}/alloc-guard-core-0.1.0/src/runner/execute.rs"),
                Class::Harness,
            ),
            (
                "f",
                &format!("{registry}/alloc-guard-0.1.0/src/lib.rs"),
                Class::Guard,
            ),
            (
                "f",
                &format!("{registry}/alloc-guard-peers-0.1.0/src/lib.rs"),
                Class::Dependency,
            ),
            ("alloc_guard_core::recorder::hook::record", "", Class::Guard),
            ("alloc_guard_core::libtest::libtest", "", Class::Harness),
            (
                "__rustc::__rust_alloc",
                "/home/u/guard/lib.rs",
                Class::Guard,
            ),
            ("f", "/home/u/app/src/ring.rs", Class::Workspace),
            ("f", "src/ring.rs", Class::Workspace),
            ("start_thread", "./nptl/pthread_create.c", Class::System),
            ("malloc", "", Class::System),
            (
                "<alloc::vec::Vec<T> as core::clone::Clone>::clone",
                "",
                Class::Std,
            ),
            ("app::ring::push", "", Class::Unknown),
            ("dhat::Alloc::alloc", "", Class::Guard),
            ("app::ring::push", "<unknown>", Class::Unknown),
            ("alloc::vec::Vec<T>::push", "???", Class::Std),
            ("", "", Class::Unknown),
        ] {
            assert_eq!(classify(function, file), class, "{function} {file}");
        }
    }

    #[test]
    fn the_end_of_a_path_tells_less() {
        for (function, file, class) in [
            ("alloc", "alloc/src/alloc.rs", Class::Std),
            ("phase_wasm", "toy/src/main.rs", Class::Workspace),
            ("phase_wasm", "src/main.rs", Class::Workspace),
            ("decode", "utf-8/src/lib.rs", Class::Workspace),
            ("with_capacity", "alloc/src/raw_vec.rs", Class::Std),
            ("inflate", "zlib/src/inflate.c", Class::System),
            (
                "payload",
                "wasmparser-0.221.3/src/validator.rs",
                Class::Dependency,
            ),
            // It may be anybody's.
            ("grow", "src/raw_vec/mod.rs", Class::System),
            ("toy::main", "main.rs", Class::Unknown),
            ("alloc::vec::Vec<T>::push", "mod.rs", Class::Std),
            ("push", "mod.rs", Class::System),
            ("__fopen_internal", "iofopen.c", Class::System),
            ("", "", Class::Unknown),
        ] {
            assert_eq!(
                classify_truncated(function, file),
                class,
                "{function} {file}"
            );
        }
    }
}
