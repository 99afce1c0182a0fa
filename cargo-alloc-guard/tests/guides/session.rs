//! Owns the running of a block in a shell, and the comparing of what it printed.

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
};

use snapbox::{
    Data,
    filter::NormalizeToExpected,
    report::{Palette, write_diff},
};

use crate::{
    block::{Block, Commands, Content, File, blocks},
    workspace::{COMMAND, UNSET, repository, write},
};

/// What a reader has installed. Cargo itself would take the alias of the clone that is tested, which is around the project.
/// `serve` serves at any free port, as somebody may be using the usual one, and ends as by Ctrl-C when it said where.
const INSTALLED: &str = r#"
cargo() {
    case $1 in
        alloc-guard) command cargo-alloc-guard "$@" ;;
        *) command cargo "$@" ;;
    esac
}
until_it_serves() {
    local line
    exec {served}< <(exec cargo-alloc-guard alloc-guard serve --port 0 "$@")
    local server=$!
    read -r line <&$served && echo "$line" && kill -INT $server && wait $server
}
exec 2>&1
"#;

/// Stands around the exit status of each command in what the shell prints.
const MARK: char = '\u{1e}';

/// Runs every block of a document that runs here, in order, in a folder. What they print is compared with what the
/// document says; where `SNAPSHOTS=overwrite` is set, it is written there instead.
///
/// # Panics
/// If a command ends or prints otherwise.
pub(crate) fn follow(document: &Path, project: &Path, repository: &Path) {
    let text = fs::read_to_string(document).unwrap();
    let mut written: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut faults = String::new();
    // From the end, so that what is written does not move what comes before it.
    let mut changes = Vec::new();
    for block in blocks(&text) {
        let block = match block {
            Block::Commands(block) => block,
            Block::File(file) => {
                put(&file, project);
                continue;
            }
        };
        if block.no_run.is_some() || !block.needs.iter().all(|tool| is_there(tool)) {
            continue;
        }
        let folder = if block.here { repository } else { project };
        let printed = run(&block, folder);
        for (at, step) in block.steps.iter().enumerate() {
            let place = format!(
                "{}:{}: `{}`",
                document.display(),
                step.lines.start,
                step.command
            );
            let is_last = at + 1 == block.steps.len();
            let Some((output, status)) = printed.get(at) else {
                faults.push_str(&format!("{place} was not reached\n"));
                continue;
            };
            if *status != if is_last { block.exit } else { 0 } {
                faults.push_str(&format!("{place} ended with {status}:\n{output}\n"));
            } else if let Some(difference) = difference(&step.output, output) {
                faults.push_str(&format!("{place} printed something else:\n{difference}\n"));
                changes.push((step.lines.clone(), output.trim_end().to_owned()));
            }
        }
    }
    if env::var_os("SNAPSHOTS").is_some_and(|what| what == "overwrite") && !changes.is_empty() {
        for (lines, output) in changes.into_iter().rev() {
            written.splice(lines, output.lines().map(str::to_owned));
        }
        fs::write(document, written.join("\n") + "\n").unwrap();
    }
    assert!(faults.is_empty(), "{faults}");
}

/// Writes a file of the document, or changes the one that is there.
fn put(file: &File, project: &Path) {
    let path = project.join(&file.path);
    let text = match &file.content {
        Content::Whole(text) => text.clone(),
        Content::Changes(changes) => {
            let mut text = fs::read_to_string(&path).unwrap();
            for [before, after] in changes {
                assert_eq!(text.matches(before).count(), 1, "{}: {before}", file.path);
                text = text.replace(before, after);
            }
            text
        }
    };
    write(&path, &text);
}

/// What each command printed, on both streams, and its exit status.
fn run(block: &Commands, folder: &Path) -> Vec<(String, i32)> {
    let mut script = INSTALLED.to_owned();
    for step in &block.steps {
        let command = step
            .command
            .replace("cargo alloc-guard serve", "until_it_serves")
            // Where a reader has the clone.
            .replace(
                "../alloc-guard/",
                &format!("{}/", repository().replace(' ', "\\ ")),
            );
        script.push_str(&format!(
            "{command}\n__status=$?; printf '{MARK}%d{MARK}' $__status; (exit $__status)\n"
        ));
    }
    let mut shell = Command::new("bash");
    let beside = Path::new(COMMAND).parent().unwrap();
    let path = env::var_os("PATH").unwrap();
    let path = env::join_paths(
        [beside.to_owned()]
            .into_iter()
            .chain(env::split_paths(&path)),
    );
    shell
        .current_dir(folder)
        .env("PATH", path.unwrap())
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TERM_COLOR", "never")
        // What cargo says while it builds is another thing each time.
        .env("CARGO_TERM_QUIET", "true")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "a")))
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "a@b.c")))
        .stdin(Stdio::null());
    for variable in UNSET {
        shell.env_remove(variable);
    }
    shell.env("GITHUB_STEP_SUMMARY", "/dev/null");
    if !block.here {
        shell.env_remove("CARGO_TARGET_DIR");
        // How functions are named depends on it.
        shell.env_remove("CARGO_PROFILE_DEV_DEBUG");
    }
    let output = shell.args(["-c", &script]).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let mut parts = printed.split(MARK);
    let mut steps = Vec::new();
    while let (Some(output), Some(status)) = (parts.next(), parts.next()) {
        steps.push((output.to_owned(), status.parse().unwrap()));
    }
    steps
}

/// Says how what was printed is not what was expected, of which `...` stands for any lines and `[..]` for any part of one.
fn difference(expected: &str, printed: &str) -> Option<String> {
    if expected.trim().is_empty() {
        return None;
    }
    let text = |text: &str| Data::text(text.trim_end().to_owned() + "\n");
    let expected = text(expected);
    let printed = NormalizeToExpected::new()
        .redact()
        .normalize(text(printed), &expected);
    let mut difference = String::new();
    if printed != expected {
        write_diff(
            &mut difference,
            &expected,
            &printed,
            Some(&"the document"),
            Some(&"what was printed"),
            Palette::plain(),
        )
        .unwrap();
    }
    (!difference.is_empty()).then_some(difference)
}

/// Whether a program is on the path. Where it is demanded (`ALLOC_GUARD_REQUIRE_JQ`), it has to be.
pub(crate) fn is_there(tool: &str) -> bool {
    let path = env::var_os("PATH").unwrap();
    let is_there = env::split_paths(&path).any(|folder| folder.join(tool).is_file());
    if !is_there {
        eprintln!("NOT RUN: {tool} is not there");
        let name = tool.trim_start_matches("cargo-").to_uppercase();
        let name = format!("ALLOC_GUARD_REQUIRE_{}", name.replace('-', "_"));
        assert!(
            env::var_os(&name).is_none(),
            "{name} is set, and {tool} is not there"
        );
    }
    is_there
}

#[test]
fn what_is_printed_is_compared_but_for_what_is_left_out() {
    assert_eq!(difference("", "anything\n"), None);
    assert_eq!(difference("a\n...\nd\n", "a\nb\nc\nd\n"), None);
    assert_eq!(difference("a [..] c\n", "a b c\n"), None);
    assert!(difference("a\n", "b\n").is_some());
    assert!(difference("a\n", "a\nb\n").is_some());
}
