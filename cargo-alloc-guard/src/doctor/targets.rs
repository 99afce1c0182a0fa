//! Owns which harness a target has. `cargo metadata` does not say it, so the manifest is read.

use std::fs;

use anyhow::{Context as _, Result};
use toml_edit::{DocumentMut, Item, TableLike};

use super::graph::{Package, Target};

/// What runs the tests of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Harness {
    /// The compiler's, which is called libtest.
    Standard,
    /// `harness = false`: the target has a `main` of its own.
    Own,
}

/// The targets of a package that can hold tests, each with its harness.
///
/// # Errors
/// If the manifest cannot be read.
pub(crate) fn targets(package: &Package) -> Result<Vec<(&Target, Harness)>> {
    let path = &package.manifest_path;
    let reading = || format!("failed to read {}", path.display());
    let text = fs::read_to_string(path).with_context(reading)?;
    let manifest: DocumentMut = text.parse().with_context(reading)?;
    Ok(package
        .targets
        .iter()
        .filter(|target| !target.kind.iter().any(|kind| kind == "custom-build"))
        .map(|target| (target, harness(&manifest, target)))
        .collect())
}

fn harness(manifest: &DocumentMut, target: &Target) -> Harness {
    let says_false =
        |table: &dyn TableLike| table.get("harness").and_then(Item::as_bool) == Some(false);
    let is_own = if target.is_library() {
        // A package has one library, whatever it is called.
        let library = manifest.get("lib").and_then(Item::as_table_like);
        library.is_some_and(says_false)
    } else {
        target
            .kind
            .iter()
            .filter_map(|kind| manifest.get(kind))
            .flat_map(tables)
            .any(|table| {
                let name = table.get("name").and_then(Item::as_str);
                name == Some(&target.name) && says_false(table)
            })
    };
    if is_own {
        Harness::Own
    } else {
        Harness::Standard
    }
}

/// The tables of an array, in either notation.
pub(crate) fn tables(item: &Item) -> Vec<&dyn TableLike> {
    if let Some(array) = item.as_array_of_tables() {
        array.iter().map(|table| table as &dyn TableLike).collect()
    } else {
        let values = item.as_array().into_iter().flatten();
        values
            .filter_map(|value| value.as_inline_table())
            .map(|table| table as &dyn TableLike)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn harness_of(manifest: &str, kind: &str, name: &str) -> Harness {
        let target = Target {
            name: name.to_owned(),
            kind: vec![kind.to_owned()],
            src_path: "x.rs".into(),
        };
        harness(&manifest.parse().unwrap(), &target)
    }

    #[test]
    fn a_target_has_the_harness_that_its_own_table_gives_it() {
        const MANIFEST: &str = r#"
            [lib]
            name = "other"
            harness = false
            [[bin]]
            name = "a"
            [[test]]
            name = "a"
            harness = false
            [[test]]
            name = "b"
            harness = true
            [[bench]]
            name = "c"
            harness = false
        "#;
        for (kind, name, expected) in [
            ("lib", "p", Harness::Own),
            ("proc-macro", "p", Harness::Own),
            ("cdylib", "p", Harness::Own),
            ("bin", "a", Harness::Standard),
            ("test", "a", Harness::Own),
            ("test", "b", Harness::Standard),
            ("test", "found_by_itself", Harness::Standard),
            ("bench", "c", Harness::Own),
            ("example", "c", Harness::Standard),
        ] {
            assert_eq!(harness_of(MANIFEST, kind, name), expected, "{kind} {name}");
        }
        assert_eq!(harness_of("", "lib", "p"), Harness::Standard);
    }

    #[test]
    fn tables_in_one_line_are_tables() {
        let manifest = r#"test = [{ name = "a", harness = false }, { name = "b" }]"#;
        assert_eq!(harness_of(manifest, "test", "a"), Harness::Own);
        assert_eq!(harness_of(manifest, "test", "b"), Harness::Standard);
    }

    #[test]
    fn a_build_script_holds_no_tests() {
        let folder = tempfile::tempdir().unwrap();
        let manifest_path = folder.path().join("Cargo.toml");
        let package: Package = serde_json::from_value(serde_json::json!({
            "id": "a", "name": "a", "version": "0.1.0", "edition": "2024", "source": null,
            "manifest_path": manifest_path,
            "targets": [
                {"name": "a", "kind": ["lib"], "src_path": "src/lib.rs"},
                {"name": "build-script-build", "kind": ["custom-build"], "src_path": "build.rs"},
            ],
        }))
        .unwrap();
        assert!(targets(&package).is_err());
        fs::write(&manifest_path, "").unwrap();
        let names: Vec<_> = targets(&package)
            .unwrap()
            .into_iter()
            .map(|(target, _)| target.name.as_str())
            .collect();
        assert_eq!(names, ["a"]);
    }
}
