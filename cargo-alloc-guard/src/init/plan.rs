//! Owns what is to be changed in a project, file by file, and what is left as it is.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf, absolute},
};

use anyhow::{Context as _, Result, bail};

use super::{
    manifest::{Dependency, FirstTest, Manifest, Present, TEST},
    place::Place,
};
use crate::doctor::Workspace;

const FIRST_TEST: &str = include_str!("first_test.rs.in");
const WORKFLOW: &str = include_str!("workflow.yml.in");

/// What is asked for.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// The folder of `alloc-guard`, instead of the registry.
    pub(crate) alloc_guard: Option<PathBuf>,
    pub(crate) workflow: Workflow,
}

/// Whether a workflow is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Workflow {
    Added,
    LeftOut,
}

/// What to do.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(super) changes: Vec<Change>,
    /// What is there already, or is left as it is.
    pub(super) notes: Vec<String>,
}

/// A file before and after.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) path: PathBuf,
    /// The path as a person reads it.
    pub(super) shown: String,
    /// `None` where there is no such file.
    pub(super) before: Option<String>,
    pub(super) after: String,
}

impl Plan {
    /// Looks at a project.
    ///
    /// # Errors
    /// If its files cannot be read, or a first test would not build there.
    pub(crate) fn make(workspace: &Workspace, place: &Place<'_>, wanted: &Wanted) -> Result<Self> {
        let mut plan = Self::default();
        plan.package(workspace, place, wanted)?;
        if wanted.workflow == Workflow::Added {
            let path = place.repository.join(".github/workflows/alloc-guard.yml");
            plan.file(place, path, workflow(&place.below_repository()))?;
        }
        Ok(plan)
    }

    /// Whether there is nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many files are to be written.
    pub(crate) fn files(&self) -> usize {
        self.changes.len()
    }

    fn package(&mut self, workspace: &Workspace, place: &Place<'_>, wanted: &Wanted) -> Result<()> {
        let package = place.package;
        let path = &package.manifest_path;
        let before = fs::read_to_string(path)
            .with_context(|| format!("failed to read {}", path.display()))?;
        let mut manifest = Manifest::parse(&before)?;
        let shown = shown(place.root(), path);
        let name = match manifest.present() {
            Present::Core => {
                self.notes.push(format!(
                    "{shown}: depends on `alloc-guard-core`, so its tests declare an allocator of their \
                     own; no first test is added"
                ));
                return Ok(());
            }
            Present::Front(name) => {
                self.notes
                    .push(format!("{shown}: `alloc-guard` is already there"));
                name
            }
            Present::Nothing => {
                if let Some(declared) = workspace.allocator_of(package)? {
                    bail!(own_allocator(&package.name, &declared));
                }
                manifest.add_dependency(&dependency(place, wanted)?)?;
                "alloc-guard".to_owned()
            }
        };
        let test = package.folder().join(TEST);
        match manifest.first_test(&package.edition) {
            FirstTest::Elsewhere(other) => self.notes.push(format!(
                "{shown}: the test target `alloc_guard` is already there, in {other}"
            )),
            found => {
                let source = first_test(&name, &package.edition);
                // Another's file that is no target may be so on purpose.
                let is_ours = fs::read_to_string(&test).map_or(true, |present| present == source);
                if found == FirstTest::Missing && is_ours {
                    manifest.add_target()?;
                }
                self.file(place, test, source)?;
            }
        }
        if let Some(after) = manifest.changed() {
            let change = Change {
                path: path.clone(),
                shown,
                before: Some(before),
                after,
            };
            self.changes.insert(0, change);
        }
        Ok(())
    }

    /// A file that is written only where there is none.
    fn file(&mut self, place: &Place<'_>, path: PathBuf, text: String) -> Result<()> {
        let shown = shown(place.root(), &path);
        match fs::read(&path) {
            Ok(present) if present == text.as_bytes() => {
                self.notes.push(format!("{shown}: already there"));
            }
            Ok(_) => self.notes.push(format!(
                "{shown}: already there with other content, and left so"
            )),
            Err(error) if error.kind() == ErrorKind::NotFound => self.changes.push(Change {
                path,
                shown,
                before: None,
                after: text,
            }),
            Err(error) => {
                return Err(error).with_context(|| format!("failed to read {}", path.display()));
            }
        }
        Ok(())
    }
}

fn dependency(place: &Place<'_>, wanted: &Wanted) -> Result<Dependency> {
    let path = &place.workspace;
    let root =
        fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
    if Manifest::parse(&root)?.lists_for_members() {
        return Ok(Dependency::OfWorkspace);
    }
    let Some(typed) = &wanted.alloc_guard else {
        return Ok(Dependency::Version(env!("CARGO_PKG_VERSION").to_owned()));
    };
    let is_it = fs::read_to_string(typed.join("Cargo.toml"))
        .ok()
        .and_then(|text| Manifest::parse(&text).ok())
        .is_some_and(|manifest| manifest.is_of_front());
    if !is_it {
        bail!("there is no package `alloc-guard` in {}", typed.display());
    }
    let path = if typed.is_absolute() {
        typed.clone()
    } else {
        let folder = absolute(typed)
            .and_then(fs::canonicalize)
            .with_context(|| format!("failed to find {}", typed.display()))?;
        relative(&folder, &canonical(place.package.folder()))
    };
    Ok(Dependency::Path(path.to_string_lossy().replace('\\', "/")))
}

fn canonical(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// The way from one folder to another.
fn relative(to: &Path, from: &Path) -> PathBuf {
    let shared = to.components().zip(from.components());
    let shared = shared.take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return to.to_owned();
    }
    let up = from.components().skip(shared).map(|_| Path::new(".."));
    let down = to.components().skip(shared);
    up.chain(down.map(|part| Path::new(part.as_os_str())))
        .collect()
}

fn own_allocator(package: &str, declared: &str) -> String {
    format!(
        "{declared} declares an allocator, which a test of `{package}` would link besides the guard's, and \
         the compiler refuses two; so depend on `alloc-guard-core` there, declare it as \
         `alloc_guard_core::Guard<Inner>`, and take the attributes from `alloc_guard_core`; nothing was \
         written"
    )
}

fn first_test(dependency: &str, edition: &str) -> String {
    let name = dependency.replace('-', "_");
    let mut import = format!("use {name}::alloc_free;");
    if edition == "2015" {
        import = format!("extern crate {name};\n\n{import}");
    }
    let attribute = if name == "alloc_guard" {
        "#[alloc_free]".to_owned()
    } else {
        format!("#[alloc_free(crate = {name})]")
    };
    FIRST_TEST
        .replace("{import}", &import)
        .replace("{attribute}", &attribute)
}

fn workflow(folder: &str) -> String {
    let with = if folder.is_empty() {
        String::new()
    } else {
        format!(", with: {{ folder: {folder:?} }}")
    };
    WORKFLOW
        .replace("{version}", env!("CARGO_PKG_VERSION"))
        .replace("{with}", &with)
}

fn shown(root: &Path, path: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_test_speaks_the_edition_s_language_and_the_dependency_s_name() {
        let test = first_test("alloc-guard", "2024");
        assert!(
            test.contains("\n\nuse alloc_guard::alloc_free;\n\n"),
            "{test}"
        );
        assert!(test.contains("\n#[alloc_free]\nfn"), "{test}");
        assert!(!test.contains('{') || !test.contains("{import}"), "{test}");
        let test = first_test("alloc-guard", "2015");
        assert!(
            test.contains("\nextern crate alloc_guard;\n\nuse alloc_guard::"),
            "{test}"
        );
        let test = first_test("the-guard", "2018");
        assert!(test.contains("\nuse the_guard::alloc_free;\n"), "{test}");
        assert!(
            test.contains("\n#[alloc_free(crate = the_guard)]\nfn"),
            "{test}"
        );
    }

    #[test]
    fn a_workspace_below_its_repository_is_where_the_workflow_works() {
        let here = workflow("");
        let version = concat!("@v", env!("CARGO_PKG_VERSION"), " }\n");
        assert!(here.ends_with(version), "{here}");
        let below = workflow("rust/all");
        assert!(
            below.ends_with(", with: { folder: \"rust/all\" } }\n"),
            "{below}"
        );
    }

    #[test]
    fn the_way_from_one_folder_to_another_goes_up_and_down() {
        for (to, from, way) in [
            ("/w/guard", "/w/a/b", "../../guard"),
            ("/w/a/guard", "/w/a", "guard"),
            ("/x", "/w/a", "../../x"),
        ] {
            assert_eq!(relative(Path::new(to), Path::new(from)), Path::new(way));
        }
    }
}
