//! The whole story, as a project has it: check, regress, fix, improve, accept; and the same in shards.

use std::{fs, process::Command};

use crate::{
    repository::{LIBRARY, Repository},
    workspace::{Ran, has_nextest},
};

const CLONED: &str = "let copy = values.to_vec();\n    copy.iter().sum()";

/// Pairing in one allocation instead of two.
fn improved() -> String {
    LIBRARY.replace("Vec::new();", "Vec::with_capacity(2);")
}

#[test]
fn a_project_gates_on_its_baseline() {
    let repository = Repository::make("story");
    repository.run(&[]).says(
        0,
        &[
            "✅ allocates   Pairing  2 allocations · 24 B · peak 16 B\n",
            "✅ allocates   Parsing  3 allocations · 24 B · peak 8 B\n",
            "3 operations: 3 as expected\n",
        ],
    );
    repository.run(&["accept"]).says(0, &[]);
    repository.commit("accept");

    repository.write(
        "src/lib.rs",
        &LIBRARY.replace("values.iter().sum()", CLONED),
    );
    repository.run(&[]).says(
        2,
        &[
            "❌ alloc-free  Summing  REGRESSED: 1 allocation · 24 B\n",
            " --> src/lib.rs:20:23\n",
            "20 |     let copy = values.to_vec();\n",
            "3 operations: 2 as expected, 1 regressed\n",
        ],
    );

    repository.write("src/lib.rs", &improved());
    repository.run(&[]).says(
        0,
        &[
            "✅ allocates   Pairing  IMPROVED: allocations 2 → 1; bytes 24 → 16\n",
            "✅ alloc-free  Summing  0 allocations\n",
            "3 operations: 2 as expected, 1 improved\n",
        ],
    );
    repository.run(&["accept"]).says(0, &["allocations 2 → 1"]);
    assert_eq!(
        changed_lines(&repository),
        [
            "-debug = { allocations = 2, bytes = 24, peak_bytes = 16 }",
            "+debug = { allocations = 1, bytes = 16, peak_bytes = 16 }",
        ]
    );
    let unsharded = repository.run(&[]);
    unsharded.says(0, &["3 operations: 3 as expected\n"]);
    in_shards(&repository, &unsharded);
    with_a_damaged_baseline(&repository);
}

/// The command says where it is damaged, and leaves it as it is.
fn with_a_damaged_baseline(repository: &Repository) {
    let path = repository.0.join("alloc-guard.toml");
    let sound = fs::read_to_string(&path).unwrap();
    for (line, said) in [
        (
            "<<<<<<< HEAD\n",
            "`<<<<<<<` is the mark of a merge conflict: keep either side",
        ),
        ("size = 1\n", "an unknown key `size`"),
    ] {
        let damaged = sound.replacen("[measured]\n", &format!("[measured]\n{line}"), 1);
        let number = 1 + damaged
            .lines()
            .position(|found| found == line.trim_end())
            .unwrap();
        fs::write(&path, &damaged).unwrap();
        for command in [vec![], vec!["accept"]] {
            let ran = repository.run(&command);
            ran.says(1, &[]);
            let error = format!("alloc-guard.toml:{number}: {said}");
            assert!(ran.stderr.contains(&error), "{error:?} is missing:\n{ran}");
            assert_eq!(fs::read_to_string(&path).unwrap(), damaged);
        }
    }
}

/// The lines that a diff of the baseline removes and adds.
fn changed_lines(repository: &Repository) -> Vec<String> {
    let diff = repository.git(&["diff", "--unified=0", "--", "alloc-guard.toml"]);
    diff.lines()
        .skip_while(|line| !line.starts_with("@@"))
        .filter(|line| line.starts_with(['-', '+']))
        .map(str::to_owned)
        .collect()
}

/// Three machines run a third of the tests each, and the fourth puts together what they found.
fn in_shards(repository: &Repository, unsharded: &Ran) {
    if !has_nextest() {
        return;
    }
    let mut shards = Vec::new();
    for shard in 1..=3 {
        let folder = tempfile::tempdir().unwrap();
        // With the same variables as ours, and another program.
        let ours = repository.command(&[]);
        let mut nextest = Command::new(env!("CARGO"));
        for (name, value) in ours.get_envs() {
            match value {
                Some(value) => nextest.env(name, value),
                None => nextest.env_remove(name),
            };
        }
        let output = nextest
            .args(["nextest", "run", &format!("--partition=count:{shard}/3")])
            .current_dir(&repository.0)
            .env("ALLOC_GUARD_DIR", folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(fs::read_dir(&folder).unwrap().filter(is_records).count(), 1);
        shards.push(folder);
    }
    let mut arguments = vec!["merge"];
    arguments.extend(shards.iter().map(|shard| shard.path().to_str().unwrap()));
    let merged = repository.run(&arguments);
    assert_eq!(
        (merged.status, &merged.stdout),
        (Some(0), &unsharded.stdout),
        "{merged}"
    );
}

fn is_records(entry: &std::io::Result<fs::DirEntry>) -> bool {
    let path = entry.as_ref().unwrap().path();
    path.extension()
        .is_some_and(|extension| extension == "jsonl")
}
