//! Owns crates with as many empty tests as wanted, plain and guarded, and what they take.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};

use crate::cargo::{self, Taken};

/// A way to write the tests.
#[derive(Debug)]
pub struct Variant {
    /// What it is called in tables.
    pub name: &'static str,
    folder: PathBuf,
    /// CPU seconds of each compilation of the tests alone.
    pub compiled: Vec<f64>,
    /// What each run took.
    pub ran: Vec<Taken>,
}

/// How often each variant is compiled and run, in turns.
#[derive(Clone, Copy, Debug)]
pub struct Rounds {
    /// Compilations that are timed.
    pub compilations: usize,
    /// Runs.
    pub runs: usize,
}

/// Writes, compiles and runs so many tests of each variant; plain ones come first.
///
/// # Errors
/// If a file cannot be written, or cargo or a test fails.
pub fn measure(number: usize, rounds: Rounds) -> Result<Vec<Variant>> {
    let folder = tempfile::tempdir()?;
    let mut variants = Vec::new();
    let guarded = "alloc_guard::alloc_free";
    for (name, dependency, harness, attribute) in [
        ("plain `#[test]`, libtest", false, true, "test"),
        ("`#[alloc_free]`, libtest", true, true, guarded),
        ("`#[alloc_free]`, `harness = false`", true, false, guarded),
    ] {
        let folder = folder.path().join(variants.len().to_string());
        cargo::write(
            &folder,
            &[
                ("Cargo.toml", &manifest(dependency, harness)),
                ("src/lib.rs", ""),
                ("tests/many.rs", &tests(number, attribute, !harness)),
            ],
        )?;
        cargo::run(&mut compile(&folder))?;
        variants.push(Variant {
            name,
            folder,
            compiled: Vec::new(),
            ran: Vec::new(),
        });
    }
    for round in 1..=rounds.compilations {
        for variant in &mut variants {
            eprintln!(
                "{number} tests: compilation {round} of {}: {}",
                rounds.compilations, variant.name
            );
            let source = variant.folder.join("tests/many.rs");
            let text = fs::read_to_string(&source)?;
            fs::write(&source, format!("{text}\n"))?;
            let (taken, _) = cargo::run(&mut compile(&variant.folder))?;
            variant.compiled.push(taken.cpu.as_secs_f64());
        }
    }
    for variant in &variants {
        expect_all_to_pass(variant, number)?;
    }
    for round in 1..=rounds.runs {
        eprintln!("{number} tests: run {round} of {}", rounds.runs);
        for variant in &mut variants {
            let (taken, _) = cargo::run(&mut Command::new(binary(variant)?))?;
            variant.ran.push(taken);
        }
    }
    Ok(variants)
}

fn manifest(dependency: bool, harness: bool) -> String {
    let mut text =
        "[package]\nname = \"many\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
        [[test]]\nname = \"many\"\n"
            .to_owned();
    if !harness {
        text.push_str("harness = false\n");
    }
    if dependency {
        let path = cargo::repository().join("alloc-guard");
        let _ = write!(
            text,
            "\n[dev-dependencies]\nalloc-guard = {{ path = '{}' }}\n",
            path.display()
        );
    }
    text
}

fn tests(number: usize, attribute: &str, with_main: bool) -> String {
    let mut text = String::new();
    if with_main {
        text.push_str("alloc_guard::main!();\n");
    }
    for number in 0..number {
        let _ = writeln!(text, "#[{attribute}]\nfn t{number}() {{}}");
    }
    text
}

fn compile(folder: &Path) -> Command {
    cargo::command(folder, &["test", "--no-run", "--quiet", "--test", "many"])
}

/// The newest binary: an older one may be of before the last edit.
fn binary(variant: &Variant) -> Result<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(variant.folder.join("target/debug/deps"))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("many-") && !name.contains('.')
        })
        .collect();
    found.sort_by_key(|path| fs::metadata(path).and_then(|file| file.modified()).ok());
    found.pop().context("failed to find the test binary")
}

fn expect_all_to_pass(variant: &Variant, number: usize) -> Result<()> {
    let (_, text) = cargo::run(&mut Command::new(binary(variant)?))?;
    if !text.contains(&format!("{number} passed")) {
        bail!("{}: not all tests passed:\n{text}", variant.name);
    }
    Ok(())
}
