//! Owns what the command knows of the packages' baselines: whether each can be read, and which of its
//! entries are of no test any more.

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    io::ErrorKind,
    path::PathBuf,
};

use alloc_guard_core::baseline::{Baseline, FILE_NAME, profile_of};
use anyhow::{Context as _, Result, anyhow};

use crate::cargo::{Build, Package, TestBinary};

/// The baselines of a workspace, by package.
#[derive(Debug, Default)]
pub(crate) struct Baselines(Vec<Of>);

/// The baseline of one package.
#[derive(Debug)]
struct Of {
    package: String,
    path: PathBuf,
    baseline: Baseline,
}

/// An entry of a test that no longer exists.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stale {
    pub(crate) path: PathBuf,
    pub(crate) line: u32,
    pub(crate) binary: String,
    pub(crate) name: String,
}

/// The guarded tests of each binary, by the names of the package, the binary and the build profile.
pub(crate) type Known = HashMap<(String, String, &'static str), Vec<String>>;

/// Whether every test binary of the packages was built, or only some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    Whole,
    Part,
}

impl Baselines {
    /// Reads those that there are.
    ///
    /// # Errors
    /// If one cannot be read, naming its path and line.
    pub(crate) fn read<'a>(packages: impl IntoIterator<Item = &'a Package>) -> Result<Self> {
        let mut read = Vec::new();
        for package in packages {
            let path = package.folder().join(FILE_NAME);
            let text = match fs::read_to_string(&path) {
                Ok(text) => text,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => {
                    return Err(error)
                        .with_context(|| format!("failed to read {}", path.display()));
                }
            };
            let baseline = Baseline::parse(&text)
                .map_err(|error| anyhow!("{}:{}: {error}", path.display(), error.line))?;
            read.push(Of {
                package: package.name.clone(),
                path,
                baseline,
            });
        }
        Ok(Self(read))
    }

    /// The entries whose tests are in none of the known binaries. Where only some binaries were built,
    /// entries of the others may well have their test; and so may entries of another profile.
    pub(crate) fn stale(&self, known: &Known, extent: Extent) -> Vec<Stale> {
        let mut stale = Vec::new();
        for of in &self.0 {
            let built = known
                .keys()
                .filter(|(package, _, _)| *package == of.package);
            let profiles: BTreeSet<&str> = built.map(|(_, _, profile)| *profile).collect();
            for (binary, entries) in &of.baseline.tests {
                for (name, entry) in entries {
                    let is_stale = profiles.iter().any(|profile| {
                        let key = (of.package.clone(), binary.clone(), *profile);
                        let has_counts = entry.counts.keys().any(|key| profile_of(key) == *profile);
                        has_counts
                            && match known.get(&key) {
                                Some(tests) => !tests.contains(name),
                                None => extent == Extent::Whole,
                            }
                    });
                    if is_stale {
                        stale.push(Stale {
                            path: of.path.clone(),
                            line: entry.line,
                            binary: binary.clone(),
                            name: name.clone(),
                        });
                    }
                }
            }
        }
        stale
    }

    /// Where a package is built with other features than its baseline was, one sentence each.
    pub(crate) fn other_features(&self, build: &Build) -> Vec<String> {
        let mut sentences = Vec::new();
        for of in &self.0 {
            let is_of_package = |binary: &&TestBinary| binary.package.name == of.package;
            let Some(binary) = build.tests.iter().find(is_of_package) else {
                continue;
            };
            let then = of.baseline.measured.get(binary.profile);
            if let Some(features) = then.and_then(|then| then.features.as_deref())
                && features != binary.features
            {
                sentences.push(format!(
                    "the baseline of {} was measured with the features `{features}`, and this is with `{}`",
                    of.package, binary.features
                ));
            }
        }
        sentences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = "debug = { allocations = 1, bytes = 1, peak_bytes = 1 }\n";

    fn baselines(folder: &std::path::Path) -> Result<Baselines> {
        Baselines::read([&Package {
            name: "a".to_owned(),
            manifest_path: folder.join("Cargo.toml"),
            ..Package::default()
        }])
    }

    #[test]
    fn an_entry_is_stale_where_its_binary_is_known_and_has_no_such_test() {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "version = 1\n[test.hot.here]\n{ENTRY}[test.hot.gone]\n{ENTRY}[test.other.t]\n{ENTRY}"
        );
        fs::write(folder.path().join(FILE_NAME), text).unwrap();
        let baselines = baselines(folder.path()).unwrap();
        let known = |profile| -> Known {
            let key = ("a".to_owned(), "hot".to_owned(), profile);
            [(key, vec!["here".to_owned()])].into()
        };
        let stale = |known: &Known, extent| -> Vec<(u32, String)> {
            let stale = baselines.stale(known, extent).into_iter();
            stale.map(|stale| (stale.line, stale.name)).collect()
        };
        assert_eq!(
            stale(&known("debug"), Extent::Part),
            [(4, "gone".to_owned())]
        );
        assert_eq!(
            stale(&known("debug"), Extent::Whole),
            [(4, "gone".to_owned()), (6, "t".to_owned())]
        );
        // A test may be there in debug builds only.
        assert_eq!(stale(&known("release"), Extent::Whole), []);
        // Nothing of the package was built, so nothing is known of its tests.
        assert_eq!(stale(&Known::new(), Extent::Whole), []);
    }

    #[test]
    fn a_package_without_a_baseline_has_none_and_a_damaged_one_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        assert!(baselines(folder.path()).unwrap().0.is_empty());
        let path = folder.path().join(FILE_NAME);
        fs::write(&path, "version = 1\n[other]\n").unwrap();
        let error = baselines(folder.path()).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("{}:2: ", path.display())),
            "{error}"
        );
    }
}
