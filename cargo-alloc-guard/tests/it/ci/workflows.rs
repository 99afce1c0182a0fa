//! The workflows of this repository: each job of Memory Analysis is one command of ours, nothing else in it
//! thinks, and what they use is pinned.

use std::{collections::BTreeSet, fs, path::Path};

use crate::workspace::REPOSITORY;

fn workflows() -> Vec<(String, String)> {
    let folder = Path::new(REPOSITORY).join(".github/workflows");
    let mut workflows: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    workflows.sort();
    workflows
}

fn memory_analysis() -> String {
    let workflows = workflows();
    let (_, text) = workflows
        .iter()
        .find(|(name, _)| name == "memory-profile.yml")
        .unwrap();
    text.clone()
}

/// The jobs, each with its name and its text.
fn jobs(workflow: &str) -> Vec<(String, String)> {
    let (_, jobs) = workflow.split_once("\njobs:\n").unwrap();
    let mut found: Vec<(String, String)> = Vec::new();
    for line in jobs.lines() {
        let is_name = line.starts_with("  ") && !line.starts_with("   ") && line.ends_with(':');
        if is_name {
            found.push((line.trim().trim_end_matches(':').to_owned(), String::new()));
        } else if let Some((_, text)) = found.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    found
}

/// What a job's steps run, line by line.
fn commands(job: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut lines = job.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((before, command)) = line.split_once("run: ") else {
            continue;
        };
        if command != "|" {
            commands.push(command.to_owned());
            continue;
        }
        let depth = before.len();
        while let Some(line) = lines.next_if(|line| {
            let indent = line.len() - line.trim_start().len();
            indent > depth
        }) {
            commands.push(line.trim().to_owned());
        }
    }
    commands
}

#[test]
fn each_job_of_memory_analysis_is_one_command_and_nothing_else_thinks() {
    let jobs = jobs(&memory_analysis());
    let names: Vec<_> = jobs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["verify", "profile", "summary"]);
    for (name, job) in &jobs {
        let (ours, others): (Vec<_>, Vec<_>) = commands(job)
            .into_iter()
            .partition(|command| command.starts_with("cargo-alloc-guard "));
        let [command] = &ours[..] else {
            panic!("{name}: {ours:?}");
        };
        let expected = format!("cargo-alloc-guard ci {name} ");
        assert!(command.starts_with(&expected), "{command}");
        for other in &others {
            let gets = ["cargo install --locked ", "mkdir -p ", "curl --fail "];
            assert!(
                gets.iter().any(|get| other.starts_with(get)),
                "{name}: {other}"
            );
        }
        for command in ours.iter().chain(&others) {
            // A value in the text of a script would be part of the script.
            assert!(!command.contains("${{"), "{command}");
            let words: BTreeSet<&str> = command.split(' ').collect();
            let thinking = [
                "if", "for", "while", "case", "test", "[", "grep", "sed", "awk", "jq", "||", "&&",
            ];
            assert!(
                thinking.iter().all(|word| !words.contains(word)),
                "{command}"
            );
        }
    }
}

#[test]
fn memory_analysis_runs_when_and_keeps_what_the_guide_says() {
    let workflow = memory_analysis();
    for text in [
        "name: Memory Analysis\n",
        "\n  pull_request:\n  merge_group:\n  workflow_dispatch:\n",
        "\n  workflow_call:\n",
        "          name: allocation-guard-log\n          path: ${{ inputs.folder || '.' }}/memory-analysis/allocation-guard-log\n          retention-days: 7\n",
        "          name: bytehound-profiles\n          path: ${{ inputs.folder || '.' }}/memory-analysis/bytehound-profiles\n          retention-days: 30\n",
        "          name: bytehound-test-logs\n          path: ${{ inputs.folder || '.' }}/memory-analysis/bytehound-test-logs\n          retention-days: 7\n",
        "  BYTEHOUND_VERSION: 0.11.0\n",
        "  BYTEHOUND_SHA256: \"\"\n",
        "    needs: [verify, profile]\n    if: always()\n",
    ] {
        assert!(
            workflow.contains(text),
            "{text:?} is missing in\n{workflow}"
        );
    }
    assert!(!workflow.contains("\n    paths"), "{workflow}");
    // Others install the version that the workflow is of.
    let tool = format!(
        "        default: cargo-alloc-guard@{}\n",
        env!("CARGO_PKG_VERSION")
    );
    assert!(workflow.contains(&tool), "{workflow}");
}

#[test]
fn every_workflow_has_little_leave_and_its_actions_are_pinned_with_their_versions() {
    let mut versions: BTreeSet<(String, String)> = BTreeSet::new();
    for (name, workflow) in workflows() {
        assert!(
            workflow.contains("\npermissions:\n  contents: read\n"),
            "{name}"
        );
        assert!(workflow.contains("\nconcurrency:\n"), "{name}");
        let jobs = jobs(&workflow);
        for (job, text) in &jobs {
            assert!(text.contains("    timeout-minutes: "), "{name}: {job}");
            let checks_out = text.matches("actions/checkout@").count();
            let drops = text.matches("persist-credentials: false").count();
            assert_eq!(checks_out, drops, "{name}: {job}");
        }
        for line in workflow.lines() {
            let Some((_, used)) = line.split_once("uses: ") else {
                continue;
            };
            let (action, version) = used.split_once(" # v").expect(used);
            let (action, hash) = action.split_once('@').expect(used);
            assert!(
                hash.len() == 40 && hash.bytes().all(|b| b.is_ascii_hexdigit()),
                "{used}"
            );
            let repository: Vec<_> = action.split('/').take(2).collect();
            versions.insert((repository.join("/"), format!("{hash} {version}")));
        }
    }
    let actions: BTreeSet<_> = versions.iter().map(|(action, _)| action).collect();
    assert_eq!(
        actions.len(),
        versions.len(),
        "one version of each: {versions:?}"
    );
}
