//! The guides: every command in them is run, in a project as their readers have it. `SNAPSHOTS=overwrite` writes what the
//! commands print now. The shell is bash, and the tools are those of Linux.

#![cfg(target_os = "linux")]

mod block;
mod findings;
mod links;
mod project;
mod python;
mod session;
#[path = "../it/workspace.rs"]
#[expect(
    dead_code,
    reason = "where the clone and the command are is all that is needed of it"
)]
mod workspace;

use std::{
    fs,
    path::{Path, PathBuf},
};

use block::commands;
use project::{CODEC, EMPTY, Project};
use workspace::repository;

/// Every document with commands.
const DOCUMENTS: [&str; 8] = [
    "README.md",
    "cargo-alloc-guard/README.md",
    "docs/adopting.md",
    "docs/allocation-free-findings.md",
    "docs/ci-memory-analysis.md",
    "docs/gate.md",
    "docs/memory-profiling.md",
    "docs/profiles.md",
];

/// How many blocks of them are not run.
const NOT_RUN: usize = 4;

fn document(path: &str) -> PathBuf {
    Path::new(&repository()).join(path)
}

/// Follows a guide in a project.
fn follow(path: &str, project: &Project) {
    assert!(DOCUMENTS.contains(&path), "{path}");
    session::follow(&document(path), &project.root, Path::new(&repository()));
}

/// Puts profiles into a project: of main and of a branch where less is allocated, and of something else.
fn with_profiles(project: &Project) {
    let tests = document("cargo-alloc-guard/profile/tests");
    for (from, to) in [
        ("bytehound/decoded-base.dat", "app.dat"),
        ("bytehound/decoded-regressed.dat", "main.dat"),
        ("bytehound/decoded-base.dat", "pr.dat"),
        ("recorder/files/version-1.agprof", "main.agprof"),
        ("recorder/files/version-1.agprof", "pr.agprof"),
    ] {
        fs::copy(tests.join(from), project.root.join(to)).unwrap();
    }
    let example = "analyze_allocations.py";
    fs::copy(
        document("docs/examples").join(example),
        project.root.join(example),
    )
    .unwrap();
}

#[test]
fn the_front_page() {
    let project = Project::with(&CODEC);
    with_profiles(&project);
    follow("README.md", &project);
}

#[test]
fn the_command() {
    let project = Project::with(&CODEC);
    follow("cargo-alloc-guard/README.md", &project);
}

#[test]
fn adopting() {
    let project = Project::with(&EMPTY);
    follow("docs/adopting.md", &project);
}

#[test]
fn memory_analysis() {
    let project = Project::with(&CODEC);
    // What the pull request is compared with.
    for arguments in [&["check"][..], &["accept"]] {
        let mut command = workspace::command(arguments);
        command
            .current_dir(&project.root)
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("CARGO_PROFILE_DEV_DEBUG");
        let ran = workspace::ran(&mut command);
        assert_eq!(ran.status, Some(0), "{ran}");
    }
    project.commit("accept");
    with_profiles(&project);
    follow("docs/ci-memory-analysis.md", &project);
}

#[test]
fn the_gate() {
    let project = Project::with(&CODEC);
    follow("docs/gate.md", &project);
}

#[test]
fn findings() {
    let project = Project::with(&CODEC);
    follow("docs/allocation-free-findings.md", &project);
}

#[test]
fn memory_profiling() {
    let project = Project::with(&CODEC);
    follow("docs/memory-profiling.md", &project);
}

#[test]
fn profiles() {
    let project = Project::with(&CODEC);
    with_profiles(&project);
    follow("docs/profiles.md", &project);
}

/// Markdown files of the repository in which somebody may look for a command.
fn documents() -> Vec<String> {
    let root = repository();
    let mut found = Vec::new();
    for folder in [
        "",
        "docs",
        "alloc-guard",
        "alloc-guard/core",
        "alloc-guard-macros",
        "cargo-alloc-guard",
        "cargo-alloc-guard/profile",
        "wsc",
    ] {
        for entry in fs::read_dir(Path::new(&root).join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if Path::new(&name)
                .extension()
                .is_some_and(|found| found == "md")
            {
                found.push(
                    format!("{folder}/{name}")
                        .trim_start_matches('/')
                        .to_owned(),
                );
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_document_with_commands_is_followed_and_few_commands_are_not_run() {
    let mut with_commands = Vec::new();
    let mut not_run = Vec::new();
    for path in documents() {
        let text = fs::read_to_string(document(&path)).unwrap();
        let blocks = commands(&text);
        if !blocks.is_empty() {
            with_commands.push(path.clone());
        }
        let skipped = blocks
            .iter()
            .filter_map(|block| Some((block.line, block.no_run.as_deref()?)));
        not_run.extend(skipped.map(|(line, why)| format!("{path}:{line}: {why}")));
    }
    let mut followed = DOCUMENTS.to_vec();
    followed.sort_unstable();
    assert_eq!(with_commands, followed);
    assert_eq!(not_run.len(), NOT_RUN, "{not_run:#?}");
}
