//! Owns the messages that cargo prints while it builds, as far as they matter here.

use std::path::PathBuf;

use serde::Deserialize;

/// One line of `--message-format=json`.
#[derive(Debug, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub(crate) enum Message {
    CompilerArtifact(Artifact),
    BuildScriptExecuted(BuildScript),
    #[serde(other)]
    Other,
}

/// Something that was built, or was up to date.
#[derive(Debug, Deserialize)]
pub(crate) struct Artifact {
    pub(crate) package_id: String,
    pub(crate) manifest_path: PathBuf,
    pub(crate) target: Target,
    pub(crate) profile: Profile,
    pub(crate) executable: Option<PathBuf>,
    #[serde(default)]
    pub(crate) features: Vec<String>,
}

/// A target of a package.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
    pub(crate) src_path: PathBuf,
    /// Features without which cargo leaves it out.
    #[serde(default, rename = "required-features")]
    pub(crate) required_features: Vec<String>,
}

impl Target {
    /// Whether it is a file of `tests/`.
    pub(crate) fn is_test(&self) -> bool {
        self.kind.iter().any(|kind| kind == "test")
    }
}

/// How it was built.
#[derive(Debug, Deserialize)]
pub(crate) struct Profile {
    pub(crate) debug_assertions: bool,
    pub(crate) test: bool,
}

/// What a build script asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct BuildScript {
    pub(crate) package_id: String,
    #[serde(default)]
    pub(crate) linked_paths: Vec<String>,
    #[serde(default)]
    pub(crate) env: Vec<(String, String)>,
    pub(crate) out_dir: PathBuf,
}

impl Message {
    /// Reads a line. What is no message, such as the output of a compiler plug-in, is passed over.
    pub(crate) fn read(line: &str) -> Self {
        serde_json::from_str(line).unwrap_or(Self::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_binary_is_read_with_what_matters() {
        let line = r#"{"reason":"compiler-artifact","package_id":"path+file:///w/a#0.1.0","manifest_path":"/w/a/Cargo.toml","target":{"kind":["test"],"crate_types":["bin"],"name":"hot","src_path":"/w/a/tests/hot.rs","edition":"2024","doc":false,"doctest":false,"test":true},"profile":{"opt_level":"0","debuginfo":2,"debug_assertions":true,"overflow_checks":true,"test":true},"features":[],"filenames":["/w/target/debug/deps/hot-0"],"executable":"/w/target/debug/deps/hot-0","fresh":true}"#;
        let Message::CompilerArtifact(artifact) = Message::read(line) else {
            panic!("not read as an artifact");
        };
        assert_eq!(artifact.target.name, "hot");
        assert_eq!(artifact.target.kind, ["test"]);
        assert!(artifact.profile.test && artifact.profile.debug_assertions);
        assert!(artifact.executable.is_some());
    }

    #[test]
    fn a_build_script_is_read_with_its_environment() {
        let line = r#"{"reason":"build-script-executed","package_id":"p","linked_libs":[],"linked_paths":["native=/w/out"],"cfgs":[],"env":[["A","1"]],"out_dir":"/w/out"}"#;
        let Message::BuildScriptExecuted(script) = Message::read(line) else {
            panic!("not read as a build script");
        };
        assert_eq!(script.env, [("A".to_owned(), "1".to_owned())]);
        assert_eq!(script.linked_paths, ["native=/w/out"]);
    }

    #[test]
    fn anything_else_is_passed_over() {
        for line in [
            r#"{"reason":"build-finished","success":true}"#,
            r#"{"reason":"of-the-future","x":1}"#,
            "printed by someone",
            "{",
            "",
        ] {
            assert!(matches!(Message::read(line), Message::Other), "{line}");
        }
    }
}
