//! `cargo run --release -p alloc-guard-peers --bin ten_thousand`: what 10,000 guarded tests cost
//! beside 10,000 plain ones, to compile and to run.

use std::{fmt::Write as _, fs, path::PathBuf, process::Command};

use alloc_guard_peers::{
    cargo::{self, Taken},
    table::{self, figure, least, median},
};
use anyhow::{Context as _, Result, bail};

const TESTS: usize = 10_000;
const COMPILATIONS: usize = 3;
const RUNS: usize = 9;

struct Variant {
    name: &'static str,
    folder: PathBuf,
    compiled: Vec<f64>,
    ran: Vec<Taken>,
}

fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut variants = Vec::new();
    for (name, dependency, harness, attribute) in [
        ("plain `#[test]`, libtest", false, true, "test"),
        (
            "`#[alloc_free]`, libtest",
            true,
            true,
            "alloc_guard::alloc_free",
        ),
        (
            "`#[alloc_free]`, `harness = false`",
            true,
            false,
            "alloc_guard::alloc_free",
        ),
    ] {
        let folder = folder.path().join(variants.len().to_string());
        cargo::write(
            &folder,
            &[
                ("Cargo.toml", &manifest(dependency, harness)),
                ("src/lib.rs", ""),
                ("tests/many.rs", &tests(attribute, !harness)),
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
    for round in 1..=COMPILATIONS {
        for variant in &mut variants {
            eprintln!("compilation {round} of {COMPILATIONS}: {}", variant.name);
            let source = variant.folder.join("tests/many.rs");
            let text = fs::read_to_string(&source)?;
            fs::write(&source, format!("{text}\n"))?;
            let (taken, _) = cargo::run(&mut compile(&variant.folder))?;
            variant.compiled.push(taken.cpu.as_secs_f64());
        }
    }
    for variant in &variants {
        expect_all_to_pass(variant)?;
    }
    for round in 1..=RUNS {
        eprintln!("run {round} of {RUNS}");
        for variant in &mut variants {
            let (taken, _) = cargo::run(&mut Command::new(binary(variant)?))?;
            variant.ran.push(taken);
        }
    }
    print(&variants);
    Ok(())
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

fn tests(attribute: &str, with_main: bool) -> String {
    let mut text = String::new();
    if with_main {
        text.push_str("alloc_guard::main!();\n");
    }
    for number in 0..TESTS {
        let _ = writeln!(text, "#[{attribute}]\nfn t{number}() {{}}");
    }
    text
}

fn compile(folder: &std::path::Path) -> Command {
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

fn expect_all_to_pass(variant: &Variant) -> Result<()> {
    let (_, text) = cargo::run(&mut Command::new(binary(variant)?))?;
    if !text.contains(&format!("{TESTS} passed")) {
        bail!("{}: not all tests passed:\n{text}", variant.name);
    }
    Ok(())
}

fn print(variants: &[Variant]) {
    let Some(plain) = variants.first() else {
        return;
    };
    let ratios = |here: &[f64], plain: &[f64]| {
        let ratios: Vec<f64> = here.iter().zip(plain).map(|(a, b)| a / b).collect();
        format!("{:.2}", median(&ratios))
    };
    let milliseconds = |variant: &Variant, time: fn(&Taken) -> f64| -> Vec<f64> {
        variant
            .ran
            .iter()
            .map(|taken| time(taken) * 1_000.0)
            .collect()
    };
    let wall = |variant: &Variant| milliseconds(variant, |taken| taken.wall.as_secs_f64());
    let cpu = |variant: &Variant| milliseconds(variant, |taken| taken.cpu.as_secs_f64());
    let rows: Vec<Vec<String>> = variants
        .iter()
        .map(|variant| {
            let (walls, cpus) = (wall(variant), cpu(variant));
            vec![
                variant.name.to_owned(),
                figure(least(&variant.compiled)),
                figure(median(&variant.compiled)),
                ratios(&variant.compiled, &plain.compiled),
                figure(least(&walls)),
                figure(median(&walls)),
                ratios(&walls, &wall(plain)),
                figure(least(&cpus)),
                figure(median(&cpus)),
                ratios(&cpus, &cpu(plain)),
            ]
        })
        .collect();
    table::print(
        &[
            "10,000 empty tests",
            "compile, CPU s, least",
            "median",
            "ratio",
            "run, wall ms, least",
            "median",
            "ratio",
            "run, CPU ms, least",
            "median",
            "ratio",
        ],
        &rows,
    );
}
