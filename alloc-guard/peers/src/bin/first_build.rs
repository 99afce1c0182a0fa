//! `cargo run --release -p alloc-guard-peers --bin first_build`: what a dev-dependency costs when it
//! is built for the first time.

use std::{fs, path::Path};

use alloc_guard_peers::{
    cargo,
    table::{self, figure, least, median},
};
use anyhow::Result;

const ROUNDS: usize = 2;

fn main() -> Result<()> {
    let path = cargo::repository()
        .join("alloc-guard")
        .display()
        .to_string();
    let folder = tempfile::tempdir()?;
    let mut rows: Vec<(String, usize, Vec<f64>)> = Vec::new();
    let dependencies = [
        (
            "alloc-guard".to_owned(),
            format!("alloc-guard = {{ path = '{path}' }}"),
        ),
        (
            "alloc-guard, no features".to_owned(),
            format!("alloc-guard = {{ path = '{path}', default-features = false }}"),
        ),
        ("divan 0.1.21".to_owned(), "divan = \"0.1.21\"".to_owned()),
        ("dhat 0.3.3".to_owned(), "dhat = \"0.3.3\"".to_owned()),
        ("insta 1".to_owned(), "insta = \"1\"".to_owned()),
        ("rstest 0.28".to_owned(), "rstest = \"0.28\"".to_owned()),
    ];
    for round in 1..=ROUNDS {
        for (index, (name, dependency)) in dependencies.iter().enumerate() {
            eprintln!("round {round} of {ROUNDS}: {name}");
            let folder = folder.path().join(index.to_string());
            if round == 1 {
                write(&folder, dependency)?;
                if let Err(error) = cargo::fetch(&folder) {
                    eprintln!("{name} was not measured: {error}");
                    continue;
                }
                rows.push((name.clone(), 0, Vec::new()));
            }
            let Some((_, built, taken_so_far)) = rows.iter_mut().find(|row| row.0 == *name) else {
                continue;
            };
            let target = folder.join("target");
            if target.exists() {
                fs::remove_dir_all(target)?;
            }
            let compile = ["test", "--no-run", "--lib"];
            let (taken, text) = cargo::run(&mut cargo::command(&folder, &compile))?;
            *built = crates(&text);
            taken_so_far.push(taken.cpu.as_secs_f64());
        }
    }
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|(name, crates, taken)| {
            vec![
                name,
                crates.to_string(),
                figure(least(&taken)),
                figure(median(&taken)),
            ]
        })
        .collect();
    table::print(
        &["dev-dependency", "crates", "CPU s, least", "CPU s, median"],
        &rows,
    );
    Ok(())
}

fn write(folder: &Path, dependency: &str) -> Result<()> {
    let manifest = format!(
        "[package]\nname = \"first\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dev-dependencies]\n{dependency}\n"
    );
    cargo::write(folder, &[("Cargo.toml", &manifest), ("src/lib.rs", "")])
}

/// Crates that cargo says it compiled, this one not counted.
fn crates(progress: &str) -> usize {
    let compiled = progress.lines().map(str::trim_start);
    compiled
        .filter(|line| line.starts_with("Compiling ") && !line.starts_with("Compiling first "))
        .count()
}
