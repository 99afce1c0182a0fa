//! Owns what GitHub's runner says of itself.

use std::{env, ffi::OsString, path::PathBuf};

/// Where annotations and the summary go, if anywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// A runner reads what this process prints.
    pub(crate) is_on: bool,
    /// The file that becomes the step's summary.
    pub(crate) summary: Option<PathBuf>,
    /// The repository's root, which annotations' paths are relative to.
    pub(crate) repository: Option<PathBuf>,
}

impl Settings {
    /// What this process's environment says.
    #[expect(dead_code, reason = "the commands that show a run call it next")]
    pub(crate) fn from_environment() -> Self {
        Self::new(|variable| env::var_os(variable))
    }

    fn new(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let path = |name| {
            variable(name)
                .filter(|path| !path.is_empty())
                .map(PathBuf::from)
        };
        if variable("GITHUB_ACTIONS").is_none_or(|value| value != "true") {
            return Self::default();
        }
        Self {
            is_on: true,
            summary: path("GITHUB_STEP_SUMMARY"),
            repository: path("GITHUB_WORKSPACE"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elsewhere_than_on_a_runner_nothing_is_on() {
        for (actions, is_on) in [(None, false), (Some("false"), false), (Some("true"), true)] {
            let settings = Settings::new(|name| match name {
                "GITHUB_ACTIONS" => actions.map(OsString::from),
                "GITHUB_WORKSPACE" => Some(OsString::new()),
                _ => Some(name.into()),
            });
            assert_eq!(settings.is_on, is_on);
            let summary = is_on.then(|| PathBuf::from("GITHUB_STEP_SUMMARY"));
            assert_eq!((settings.summary, settings.repository), (summary, None));
        }
    }
}
