//! Owns which variables of the environment a test process is given.

use std::{ffi::OsStr, process::Command};

/// Which of this process's variables test processes see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Variables {
    /// All of them, as `cargo test` hands them on.
    #[default]
    All,
    /// What every program needs, what tests and the guard are set up with, and these besides: what a process
    /// was not given cannot come into a file that it writes.
    Needed(Vec<String>),
}

/// What a program needs to find its files and its libraries, what the toolchain needs to be found, and what
/// says how tests run. None of them is a place for secrets.
const NEEDED: [&str; 33] = [
    "ALLOC_GUARD_STRICT",
    "APPDATA",
    "ASAN_OPTIONS",
    "CARGO_HOME",
    "CARGO_TARGET_DIR",
    "CI",
    "COMSPEC",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "LLVM_PROFILE_FILE",
    "LOCALAPPDATA",
    "NO_COLOR",
    "PATH",
    "PATHEXT",
    "PROGRAMDATA",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "RUST_BACKTRACE",
    "RUST_LIB_BACKTRACE",
    "RUST_MIN_STACK",
    "RUST_TEST_THREADS",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "TMPDIR",
    "TSAN_OPTIONS",
    "TZ",
    "USERPROFILE",
    "WINDIR",
];

impl Variables {
    /// Sets a command up with those that it may see, and no others.
    pub(super) fn apply(&self, command: &mut Command) {
        let Self::Needed(named) = self else {
            return;
        };
        command.env_clear();
        for (name, value) in std::env::vars_os() {
            if is_needed(&name, named) {
                command.env(name, value);
            }
        }
    }
}

fn is_needed(name: &OsStr, named: &[String]) -> bool {
    let Some(name) = name.to_str() else {
        return false;
    };
    // Windows does not tell upper and lower case apart.
    let is = |needed: &str| {
        if cfg!(windows) {
            needed.eq_ignore_ascii_case(name)
        } else {
            needed == name
        }
    };
    NEEDED.iter().any(|needed| is(needed)) || named.iter().any(|n| is(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_seen_if_every_program_needs_it_or_somebody_named_it() {
        let named = ["DATABASE_URL".to_owned()];
        for (name, expected) in [
            ("PATH", true),
            ("ALLOC_GUARD_STRICT", true),
            ("DATABASE_URL", true),
            ("GITHUB_TOKEN", false),
            ("CARGO_REGISTRY_TOKEN", false),
            ("ALLOC_GUARD_TOKEN", false),
            ("", false),
        ] {
            assert_eq!(is_needed(name.as_ref(), &named), expected, "{name}");
        }
    }

    #[test]
    fn all_variables_are_left_as_they_are() {
        let mut command = Command::new("x");
        command.env("KEPT", "1");
        Variables::All.apply(&mut command);
        assert_eq!(command.get_envs().count(), 1);
        Variables::Needed(Vec::new()).apply(&mut command);
        assert!(command.get_envs().all(|(name, _)| name != "KEPT"));
    }
}
