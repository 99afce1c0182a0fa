//! Owns the build: one `cargo test --no-run`, and what it says it built.

use std::{
    cmp::Ordering,
    collections::HashMap,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use super::{
    messages::{Artifact, BuildScript, Message},
    metadata::{Package, Workspace},
};
use crate::settings::CargoSettings;

/// What was built.
#[derive(Debug)]
pub(crate) struct Build {
    pub(crate) workspace: Workspace,
    /// Sorted by package and target.
    pub(crate) tests: Vec<TestBinary>,
    /// The programs of each package, by its id.
    pub(super) programs: HashMap<String, Vec<(String, PathBuf)>>,
    /// What the build script of a package left, by its id.
    pub(super) scripts: HashMap<String, BuildScript>,
}

/// One test binary.
#[derive(Debug)]
pub(crate) struct TestBinary {
    pub(crate) package: Package,
    /// The source file of its root module, below the package's folder.
    pub(crate) source: String,
    pub(crate) executable: PathBuf,
    /// The name of its target.
    pub(crate) target: String,
    /// `debug` or `release`, as reports call it.
    pub(crate) profile: &'static str,
    /// The package's features, joined by commas.
    pub(crate) features: String,
}

/// Builds the tests. Cargo's own progress and its errors go to standard error.
///
/// # Errors
/// If cargo cannot be started or the build fails.
pub(crate) fn build(settings: &CargoSettings) -> Result<Build> {
    let workspace = Workspace::read(settings)?;
    let mut command = Command::new(&settings.program);
    command.args([
        "test",
        "--no-run",
        "--message-format=json-render-diagnostics",
    ]);
    let mut cargo = command
        .args(settings.for_test())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("failed to start {}", settings.program.display()))?;
    let mut build = Build {
        workspace,
        tests: Vec::new(),
        programs: HashMap::new(),
        scripts: HashMap::new(),
    };
    if let Some(messages) = cargo.stdout.take() {
        for line in BufReader::new(messages).split(b'\n') {
            let line = line.context("failed to read what cargo says of the build")?;
            build.add(Message::read(&String::from_utf8_lossy(&line)));
        }
    }
    let status = cargo.wait().context("failed to wait for cargo")?;
    if !status.success() {
        bail!("the tests do not build: see what cargo says above");
    }
    build.tests.sort_by(TestBinary::order);
    Ok(build)
}

impl Build {
    fn add(&mut self, message: Message) {
        match message {
            Message::CompilerArtifact(artifact) => self.add_artifact(artifact),
            Message::BuildScriptExecuted(script) => {
                self.scripts.insert(script.package_id.clone(), script);
            }
            Message::Other => {}
        }
    }

    fn add_artifact(&mut self, artifact: Artifact) {
        let Some(executable) = artifact.executable else {
            return;
        };
        if artifact.profile.test {
            let package = self
                .workspace
                .package(&artifact.package_id, &artifact.manifest_path);
            let source = below(&artifact.target.src_path, package.folder());
            self.tests.push(TestBinary {
                package,
                source,
                executable,
                target: artifact.target.name,
                profile: if artifact.profile.debug_assertions {
                    "debug"
                } else {
                    "release"
                },
                features: artifact.features.join(","),
            });
        } else if artifact.target.kind.iter().any(|kind| kind == "bin") {
            self.programs
                .entry(artifact.package_id)
                .or_default()
                .push((artifact.target.name, executable));
        }
    }
}

impl TestBinary {
    fn order(&self, other: &Self) -> Ordering {
        let key = |binary: &Self| (binary.package.name.clone(), binary.source.clone());
        key(self)
            .cmp(&key(other))
            .then_with(|| self.executable.cmp(&other.executable))
    }
}

/// `path` below `folder`, with `/` between its parts; as it is if it lies elsewhere.
fn below(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder)
        .unwrap_or(path)
        .to_string_lossy()
        .replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(messages: &[&str]) -> Build {
        let mut build = Build {
            workspace: serde_json::from_str(
                r#"{"packages":[{"id":"a","name":"a","manifest_path":"/w/a/Cargo.toml"}],
                    "workspace_root":"/w","target_directory":"/w/target"}"#,
            )
            .unwrap(),
            tests: Vec::new(),
            programs: HashMap::new(),
            scripts: HashMap::new(),
        };
        for message in messages {
            build.add(Message::read(message));
        }
        build
    }

    fn artifact(kind: &str, test: bool, executable: &str) -> String {
        format!(
            r#"{{"reason":"compiler-artifact","package_id":"a","manifest_path":"/w/a/Cargo.toml",
                "target":{{"kind":["{kind}"],"name":"n","src_path":"/w/a/tests/hot.rs"}},
                "profile":{{"debug_assertions":false,"test":{test}}},"executable":{executable}}}"#
        )
    }

    #[test]
    fn tests_and_programs_are_told_apart_and_libraries_left_out() {
        let build = built(&[
            &artifact("test", true, r#""/w/t/hot""#),
            &artifact("bin", false, r#""/w/t/n""#),
            &artifact("lib", false, "null"),
            &artifact("custom-build", false, r#""/w/t/build-script""#),
        ]);
        let [test] = build.tests.as_slice() else {
            panic!("{:?}", build.tests);
        };
        assert_eq!(
            (test.source.as_str(), test.profile),
            ("tests/hot.rs", "release")
        );
        assert_eq!(
            build.programs["a"],
            [("n".to_owned(), PathBuf::from("/w/t/n"))]
        );
    }
}
