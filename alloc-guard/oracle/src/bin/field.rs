//! Measures the rows of the field report, in debug and in release, and writes the page.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use alloc_guard_oracle::{
    Field, Programs, measure, packages, page, toolchain_and_target, valgrind_is_here,
};
use anyhow::{Context as _, bail, ensure};

const USAGE: &str = "usage: field [--check]

Measures the operations of public crates in debug and in release, holds each count against valgrind's DHAT and
the crate dhat, and writes docs/field-report.md and docs/field-report.json.

  --check  write nothing; fail if they are not what is measured";

const DATA: &str = "field-report.json";
const PAGE: &str = "field-report.md";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let check = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--check"] => true,
        ["--help" | "-h"] => {
            println!("{USAGE}");
            return Ok(());
        }
        _ => bail!("{USAGE}"),
    };
    ensure!(
        valgrind_is_here(),
        "valgrind is not on PATH; the report says that its counts are those of valgrind's DHAT"
    );
    let (toolchain, target) = toolchain_and_target()?;
    let packages = packages(&target)?;
    let measured = |release| {
        eprintln!("building in {}", if release { "release" } else { "debug" });
        let programs = build(release)?;
        eprintln!("holding the counts against valgrind's DHAT");
        programs.hold_against_valgrind()?;
        eprintln!("measuring");
        measure(&programs, &packages)
    };
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let old = |name: &str| fs::read_to_string(docs.join(name)).unwrap_or_default();
    let field = Field {
        // Another compiler is no difference, if it makes none.
        toolchain: match Field::read(&old(DATA)) {
            Ok(old) if check => old.toolchain,
            _ => toolchain,
        },
        target,
        debug: measured(false)?,
        release: measured(true)?,
        packages: packages
            .into_iter()
            .map(|(name, package)| (name, package.version))
            .collect(),
    };
    for (name, text) in [(DATA, field.to_json()?), (PAGE, page(&field)?)] {
        if !check {
            let new = docs.join(format!("{name}.new"));
            fs::write(&new, text)
                .and_then(|()| fs::rename(&new, docs.join(name)))
                .with_context(|| format!("failed to write docs/{name}"))?;
            println!("docs/{name} is written");
        } else if old(name) == text {
            println!("docs/{name} is what was measured");
        } else {
            bail!(
                "docs/{name} is not what was measured; run this without --check, and read the difference"
            );
        }
    }
    Ok(())
}

/// Builds the binaries, and says which folder they are in.
fn build(release: bool) -> anyhow::Result<Programs> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "build",
            "--quiet",
            "--bins",
            "--message-format=json-render-diagnostics",
        ])
        .args(["--package", env!("CARGO_PKG_NAME")])
        .args(release.then_some("--release"))
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("failed to start cargo")?;
    ensure!(output.status.success(), "the operations do not build");
    let executable = String::from_utf8(output.stdout)?
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == "with_guard")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .context("cargo does not say where it built with_guard")?;
    Ok(Programs::in_folder(
        executable.parent().unwrap_or(Path::new("")),
    ))
}
