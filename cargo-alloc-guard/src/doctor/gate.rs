//! Owns what continuous integration runs: the commands in its files, as far as they start this program
//! optimised.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A line that gates on what a release build allocates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gate {
    pub(super) path: PathBuf,
    pub(super) line: usize,
}

/// The folder of the repository that holds a folder; the folder itself, if none does.
pub(crate) fn repository(folder: &Path) -> PathBuf {
    let mut above = folder.ancestors();
    let with_git = above.find(|ancestor| ancestor.join(".git").exists());
    with_git.unwrap_or(folder).to_owned()
}

/// The first line of the repository's own that gates on a release build.
pub(super) fn in_release(root: &Path) -> Option<Gate> {
    let root = repository(root);
    let mut paths = vec![root.join(".gitlab-ci.yml")];
    for folder in [".ci", ".github/workflows"] {
        // Most projects have one of them at most.
        let entries = fs::read_dir(root.join(folder)).into_iter().flatten();
        paths.extend(entries.flatten().map(|entry| entry.path()));
    }
    paths.sort();
    paths.into_iter().find_map(|path| {
        let text = fs::read(&path).ok()?;
        let line = line_in_release(&String::from_utf8_lossy(&text))?;
        Some(Gate { path, line })
    })
}

/// The first line, counted from 1, of a command that checks a release build.
fn line_in_release(text: &str) -> Option<usize> {
    let mut command = String::new();
    let mut first = 1;
    for (number, line) in (1..).zip(text.lines()) {
        if command.is_empty() {
            first = number;
        }
        let line = line.trim();
        if line.starts_with('#') {
            continue;
        }
        if let Some(line) = line.strip_suffix('\\') {
            command.push_str(line);
            continue;
        }
        command.push_str(line);
        let commands = command.split([';', '|', '&']);
        if commands.map(words).any(|words| checks_release(&words)) {
            return Some(first);
        }
        command.clear();
    }
    None
}

fn words(command: &str) -> Vec<&str> {
    let words = command.split_whitespace();
    words.map(|word| word.trim_matches(['"', '\''])).collect()
}

fn checks_release(words: &[&str]) -> bool {
    let is_toolchain = |word: &&str| word.starts_with('+');
    let starts = words.iter().enumerate().position(|(index, word)| {
        let mut before = words.get(..index).unwrap_or_default().iter().rev();
        let caller = before.find(|word| !is_toolchain(word));
        match *word {
            "alloc-guard" => caller == Some(&"cargo"),
            word => {
                word.rsplit('/').next() == Some("cargo-alloc-guard") && caller != Some(&"install")
            }
        }
    });
    let Some(arguments) = starts.and_then(|start| words.get(start + 1..)) else {
        return false;
    };
    let is_check = match arguments.first() {
        // A filter may be any word, but none of these.
        Some(&first) => !OTHERS.contains(&first),
        None => true,
    };
    let is_release = |pair: &[&str]| pair == ["--profile", "release"];
    let flags = ["--release", "-r", "--profile=release"];
    is_check
        && (arguments.iter().any(|word| flags.contains(word))
            || arguments.windows(2).any(is_release))
}

/// The subcommands that do not gate, or not on what they build.
const OTHERS: [&str; 12] = [
    "accept",
    "ci",
    "completions",
    "diff",
    "doctor",
    "export",
    "init",
    "man",
    "merge",
    "profile",
    "report",
    "serve",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_of_a_release_build_is_known_among_other_commands() {
        for (line, is_gate) in [
            ("cargo alloc-guard --release", true),
            ("      - run: cargo alloc-guard -p a -r", true),
            ("run: \"cargo +stable alloc-guard check --release\"", true),
            ("cargo alloc-guard --profile release", true),
            ("cargo alloc-guard --profile=release", true),
            ("cargo alloc-guard -- --release", true),
            ("cargo test && cargo alloc-guard --release | tee log", true),
            ("cargo-alloc-guard alloc-guard --release", true),
            ("target/debug/cargo-alloc-guard --release", true),
            ("cargo alloc-guard parse --release", true),
            ("cargo alloc-guard", false),
            ("cargo alloc-guard; cargo test --release", false),
            ("cargo alloc-guard --profile bench", false),
            ("cargo alloc-guard doctor --release", false),
            ("cargo alloc-guard accept --release", false),
            ("cargo test -p alloc-guard --release", false),
            ("cargo install cargo-alloc-guard --release", false),
            ("# cargo alloc-guard --release", false),
            ("", false),
        ] {
            let text = format!("first\n{line}\nlast\n");
            assert_eq!(line_in_release(&text), is_gate.then_some(2), "{line}");
        }
    }

    #[test]
    fn a_command_of_several_lines_is_one() {
        let text = "a:\n  cargo alloc-guard \\\n    -p b \\\n    --release\n";
        assert_eq!(line_in_release(text), Some(2));
        assert_eq!(line_in_release("cargo alloc-guard\n--release\n"), None);
        assert_eq!(
            line_in_release("cargo alloc-guard \\\n# x\n--release"),
            Some(1)
        );
    }

    #[test]
    fn the_files_are_the_repository_s_in_every_usual_place() {
        for place in [".github/workflows/a.yml", ".ci/run", ".gitlab-ci.yml"] {
            let folder = tempfile::tempdir().unwrap();
            let inner = folder.path().join("rust");
            fs::create_dir_all(&inner).unwrap();
            fs::create_dir(folder.path().join(".git")).unwrap();
            assert_eq!(in_release(&inner), None);
            let path = folder.path().join(place);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "\ncargo alloc-guard -r\n").unwrap();
            assert_eq!(in_release(&inner), Some(Gate { path, line: 2 }));
        }
    }

    #[test]
    fn the_repository_is_the_nearest_folder_above_that_git_knows() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        fs::create_dir_all(&inner).unwrap();
        fs::create_dir(folder.path().join(".git")).unwrap();
        assert_eq!(repository(&inner), folder.path());
        // As in a worktree.
        fs::write(folder.path().join("a/.git"), "gitdir: elsewhere").unwrap();
        assert_eq!(repository(&inner), folder.path().join("a"));
    }
}
