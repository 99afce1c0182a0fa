//! Owns what GitHub's runner says of itself.

use std::{env, ffi::OsString, path::PathBuf};

/// Where annotations and the summary go, if anywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// A runner reads what this process prints.
    pub(crate) is_on: bool,
    /// The file that becomes the step's summary.
    pub(crate) summary: Option<PathBuf>,
    /// The file that the step's outputs are taken from.
    pub(crate) output: Option<PathBuf>,
    /// The repository's root, which annotations' paths are relative to.
    pub(crate) repository: Option<PathBuf>,
}

impl Settings {
    /// What this process's environment says.
    pub(crate) fn from_environment() -> Self {
        Self::new(|variable| env::var_os(variable))
    }

    fn new(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let path = |name| {
            variable(name)
                .filter(|path| !path.is_empty())
                .map(PathBuf::from)
        };
        Self {
            is_on: variable("GITHUB_ACTIONS").is_some_and(|value| value == "true"),
            summary: path("GITHUB_STEP_SUMMARY"),
            output: path("GITHUB_OUTPUT"),
            repository: path("GITHUB_WORKSPACE"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations_are_for_a_runner_and_the_summary_for_whoever_asks_for_one() {
        for (actions, is_on) in [(None, false), (Some("false"), false), (Some("true"), true)] {
            let settings = Settings::new(|name| match name {
                "GITHUB_ACTIONS" => actions.map(OsString::from),
                "GITHUB_WORKSPACE" => Some(OsString::new()),
                _ => Some(name.into()),
            });
            assert_eq!(settings.is_on, is_on);
            let named = |name| Some(PathBuf::from(name));
            assert_eq!(settings.summary, named("GITHUB_STEP_SUMMARY"));
            assert_eq!(settings.output, named("GITHUB_OUTPUT"));
            assert_eq!(settings.repository, None);
        }
    }
}
