//! `init`: what it adds to projects of every shape, what it leaves, and that the first test passes there.

use std::{fs, path::Path};

use crate::{
    project::{Project, with_repository},
    workspace::{REPOSITORY, Ran, ran},
};

const PACKAGE: &str =
    "[package]\nname = \"first\" # why not\nversion = \"0.1.0\"\nedition = \"2024\"\n";
const WORKFLOW: &str = ".github/workflows/alloc-guard.yml";
const TEST: &str = "tests/alloc_guard.rs";

fn init(project: &Project, arguments: &str) -> Ran {
    let arguments = format!("init {}", with_repository(arguments));
    ran(&mut project.command(&arguments))
}

/// `init --yes` with the `alloc-guard` of this repository, which is not published.
fn init_here(project: &Project, arguments: &str) -> Ran {
    init(
        project,
        &format!("--yes --alloc-guard-path {{repository}}/alloc-guard {arguments}"),
    )
}

/// Checks that the one guarded test of a project does as it says.
#[track_caller]
fn passes(project: &Project, arguments: &str) {
    let ran = ran(&mut project.command(arguments));
    ran.says(0, &["✅ alloc-free  Sum of a slice  0 allocations\n"]);
    assert_eq!(ran.summary(), "1 operation: 1 as expected", "{ran}");
}

/// Checks that a second run finds nothing to do and changes nothing.
#[track_caller]
fn is_settled(project: &Project, arguments: &str) {
    let texts = |project: &Project| {
        let files = project.files().into_iter();
        files
            .map(|file| (project.text(&file), file))
            .collect::<Vec<_>>()
    };
    let before = texts(project);
    let again = init_here(project, arguments);
    again.says(
        0,
        &["already there\n", "everything is there: nothing to write\n"],
    );
    assert!(!again.stdout.contains("+++"), "{again}");
    assert_eq!(texts(project), before);
}

#[test]
fn nobody_to_ask_is_shown_the_diff_and_nothing_is_written() {
    let project = Project::fresh("asked", &[("Cargo.toml", PACKAGE), ("src/lib.rs", "")]);
    fs::remove_file(project.root.join("Cargo.lock")).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let ran = init(&project, "");
    ran.says(
        0,
        &[
            "--- a/Cargo.toml\n+++ b/Cargo.toml\n",
            " edition = \"2024\"\n+\n+[dev-dependencies]\n",
            &format!("+alloc-guard = \"{version}\"\n"),
            "--- /dev/null\n+++ b/tests/alloc_guard.rs\n",
            "+use alloc_guard::alloc_free;\n",
            "--- /dev/null\n+++ b/.github/workflows/alloc-guard.yml\n",
            "nothing was written: `--yes` writes 3 files without asking\n",
        ],
    );
    assert_eq!(project.files(), ["Cargo.toml", "src/lib.rs"]);
    assert_eq!(project.text("Cargo.toml"), PACKAGE);
    assert!(!project.root.join("Cargo.lock").exists());
    let coloured = init(&project, "--color always");
    coloured.says(0, &["\u{1b}[32m+[dev-dependencies]\u{1b}[0m\n"]);
    init(&project, "--no-such-option").says(3, &[]);
    init(&project, "--help").says(0, &["Examples:\n", "Exit status:\n"]);
}

#[test]
fn a_package_gets_a_first_test_that_passes_and_a_second_run_has_nothing_to_do() {
    let project = Project::fresh("one", &[("Cargo.toml", PACKAGE), ("src/lib.rs", "")]);
    let ran = init_here(&project, "");
    ran.says(
        0,
        &["wrote Cargo.toml, tests/alloc_guard.rs, .github/workflows/alloc-guard.yml\n"],
    );
    assert_eq!(
        project.files(),
        [WORKFLOW, "Cargo.toml", "src/lib.rs", TEST]
    );
    let dependency = with_repository("{ path = \"{repository}/alloc-guard\" }");
    assert_eq!(
        project.text("Cargo.toml"),
        format!("{PACKAGE}\n[dev-dependencies]\nalloc-guard = {dependency}\n")
    );
    passes(&project, "");
    is_settled(&project, "");
}

#[test]
fn what_is_there_already_stays_whatever_it_says() {
    let project = Project::fresh(
        "there",
        &[
            ("Cargo.toml", PACKAGE),
            ("src/lib.rs", ""),
            (TEST, "// mine\n"),
            (WORKFLOW, "# mine\n"),
        ],
    );
    let ran = init_here(&project, "");
    ran.says(
        0,
        &[
            "tests/alloc_guard.rs: already there with other content, and left so\n",
            ".github/workflows/alloc-guard.yml: already there with other content, and left so\n",
            "wrote Cargo.toml\n",
        ],
    );
    assert_eq!(project.text(TEST), "// mine\n");
    assert_eq!(project.text(WORKFLOW), "# mine\n");
    is_settled(&project, "");
}

#[test]
fn a_workspace_of_several_is_asked_which_and_may_list_the_dependency_itself() {
    let member =
        |name| format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
    let project = Project::fresh(
        "several",
        &[
            (
                "rust/Cargo.toml",
                "[workspace]\nresolver = \"3\"\nmembers = [\"a\", \"b\"]\n\n[workspace.dependencies]\n\
                 alloc-guard = { path = \"{repository}/alloc-guard\" }\n",
            ),
            ("rust/a/Cargo.toml", &member("a")),
            ("rust/a/src/lib.rs", ""),
            ("rust/b/Cargo.toml", &member("b")),
            ("rust/b/src/main.rs", "fn main() {}"),
        ],
    );
    fs::rename(
        project.root.join("Cargo.lock"),
        project.root.join("rust/Cargo.lock"),
    )
    .unwrap();
    let files = project.files();
    let which = init(&project, "--yes --manifest-path rust/Cargo.toml");
    assert_eq!(which.status, Some(1), "{which}");
    assert_eq!(
        which.stderr,
        "error: which package? name one with `-p`: the workspace has `a`, `b`\n"
    );
    let unknown = init(&project, "--yes --manifest-path rust/Cargo.toml -p c");
    assert_eq!(unknown.status, Some(1), "{unknown}");
    assert_eq!(
        unknown.stderr,
        "error: the workspace has no package `c`, but `a`, `b`\n"
    );
    assert_eq!(project.files(), files);

    let named = init(&project, "--yes --manifest-path rust/Cargo.toml -p b");
    named.says(
        0,
        &["wrote rust/b/Cargo.toml, rust/b/tests/alloc_guard.rs, .github/workflows/alloc-guard.yml\n"],
    );
    let dependency = "\n[dev-dependencies]\nalloc-guard.workspace = true\n";
    assert!(project.text("rust/b/Cargo.toml").ends_with(dependency));
    assert!(
        project
            .text(WORKFLOW)
            .ends_with(", with: { folder: \"rust\" } }\n")
    );
    passes(&project, "--manifest-path rust/Cargo.toml");

    // The package of the folder that one is in.
    let mut command = project.command("init --yes --no-workflow");
    let nearest = ran(command.current_dir(project.root.join("rust/a")));
    nearest.says(
        0,
        &["wrote rust/a/Cargo.toml, rust/a/tests/alloc_guard.rs\n"],
    );
    passes(&project, "-p a --manifest-path rust/Cargo.toml");
}

#[test]
fn the_only_member_of_a_workspace_is_the_one_that_is_meant() {
    let project = Project::fresh(
        "only",
        &[
            (
                "Cargo.toml",
                "[workspace]\nresolver = \"3\"\nmembers = [\"a\"]\n",
            ),
            ("a/Cargo.toml", PACKAGE),
            ("a/src/lib.rs", ""),
        ],
    );
    let only = init(&project, "--yes --no-workflow");
    only.says(0, &["wrote a/Cargo.toml, a/tests/alloc_guard.rs\n"]);
}

#[test]
fn where_cargo_looks_for_no_tests_the_manifest_names_the_first() {
    let manifest = PACKAGE.replace("2024\"\n", "2015\"\nautotests = false\n");
    let project = Project::fresh("named", &[("Cargo.toml", &manifest), ("src/lib.rs", "")]);
    init_here(&project, "--no-workflow").says(0, &["wrote Cargo.toml, tests/alloc_guard.rs\n"]);
    let target = "\n[[test]]\nname = \"alloc_guard\"\npath = \"tests/alloc_guard.rs\"\n";
    assert!(project.text("Cargo.toml").ends_with(target));
    assert!(!project.root.join(WORKFLOW).exists());
    passes(&project, "");
    is_settled(&project, "--no-workflow");

    // A target that is gone comes back; a file of somebody else's is no target.
    let named = project.text("Cargo.toml");
    let unnamed = named.replace(target, "");
    fs::write(project.root.join("Cargo.toml"), &unnamed).unwrap();
    init_here(&project, "--no-workflow").says(0, &["wrote Cargo.toml\n"]);
    assert_eq!(project.text("Cargo.toml"), named);
    fs::write(project.root.join("Cargo.toml"), &unnamed).unwrap();
    fs::write(project.root.join(TEST), "// mine\n").unwrap();
    is_settled(&project, "--no-workflow");
}

#[test]
fn a_dependency_under_another_name_is_used_under_it() {
    let dependency = "[dev-dependencies]\nthe-guard = { path = \"{repository}/alloc-guard\", package = \"alloc-guard\" }\n";
    let manifest = format!("{PACKAGE}\n{dependency}");
    let project = Project::fresh("renamed", &[("Cargo.toml", &manifest), ("src/lib.rs", "")]);
    let ran = init(&project, "--yes --no-workflow");
    ran.says(
        0,
        &[
            "Cargo.toml: `alloc-guard` is already there\n",
            "wrote tests/alloc_guard.rs\n",
        ],
    );
    passes(&project, "");
}

#[test]
fn a_library_with_an_allocator_is_told_what_to_do_instead() {
    let library = "#[global_allocator]\nstatic GLOBAL: std::alloc::System = std::alloc::System;\n";
    let project = Project::fresh(
        "allocator",
        &[("Cargo.toml", PACKAGE), ("src/lib.rs", library)],
    );
    let refused = init_here(&project, "");
    assert_eq!(refused.status, Some(1), "{refused}");
    assert!(
        refused
            .stderr
            .starts_with("error: src/lib.rs:2 declares an allocator"),
        "{refused}"
    );
    assert!(
        refused.stderr.contains("depend on `alloc-guard-core`"),
        "{refused}"
    );
    assert_eq!(project.files(), ["Cargo.toml", "src/lib.rs"]);

    // As it was told to.
    let dependency =
        "\n[dependencies]\nalloc-guard-core = { path = \"{repository}/alloc-guard/core\" }\n";
    let manifest = with_repository(&format!("{PACKAGE}{dependency}"));
    fs::write(project.root.join("Cargo.toml"), manifest).unwrap();
    let ran = init_here(&project, "--no-workflow");
    ran.says(0, &["Cargo.toml: depends on `alloc-guard-core`, so its tests declare an allocator of their own"]);
    assert_eq!(project.files(), ["Cargo.toml", "src/lib.rs"]);
}

#[test]
fn a_program_with_an_allocator_and_one_for_other_builds_are_no_obstacle() {
    let project = Project::fresh(
        "program",
        &[
            ("Cargo.toml", PACKAGE),
            (
                "src/lib.rs",
                "#[cfg(test)]\n#[global_allocator]\nstatic GLOBAL: std::alloc::System = std::alloc::System;\n",
            ),
            (
                "src/main.rs",
                "#[global_allocator]\nstatic GLOBAL: std::alloc::System = std::alloc::System;\nfn main() {}\n",
            ),
        ],
    );
    init_here(&project, "--no-workflow").says(0, &["wrote Cargo.toml, tests/alloc_guard.rs\n"]);
    passes(&project, "");
}

#[test]
fn a_path_is_relative_where_it_was_given_so_and_must_be_alloc_guard_s() {
    let front = "[package]\nname = \"alloc-guard\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    let project = Project::fresh(
        "beside",
        &[
            ("guard/Cargo.toml", front),
            ("guard/src/lib.rs", ""),
            ("deep/first/Cargo.toml", PACKAGE),
            ("deep/first/src/lib.rs", ""),
        ],
    );
    let manifest = "--manifest-path deep/first/Cargo.toml --no-workflow --yes";
    for folder in ["deep", "nowhere"] {
        let wrong = init(&project, &format!("{manifest} --alloc-guard-path {folder}"));
        assert_eq!(wrong.status, Some(1), "{wrong}");
        let expected = format!("error: there is no package `alloc-guard` in {folder}\n");
        assert_eq!(wrong.stderr, expected);
    }
    init(&project, &format!("{manifest} --alloc-guard-path guard")).says(0, &[]);
    let dependency = "\nalloc-guard = { path = \"../../guard\" }\n";
    assert!(project.text("deep/first/Cargo.toml").ends_with(dependency));
}

#[cfg(unix)]
#[test]
fn what_was_written_before_a_failure_is_named() {
    let project = Project::fresh("half", &[("Cargo.toml", PACKAGE), ("src/lib.rs", "")]);
    // No folder can be made where a link leads nowhere.
    std::os::unix::fs::symlink("/no/such/folder", project.root.join(".github")).unwrap();
    let failed = init_here(&project, "");
    assert_eq!(failed.status, Some(1), "{failed}");
    assert!(
        failed.stderr.starts_with(
            "error: only this was written: Cargo.toml, tests/alloc_guard.rs: failed to make the folder "
        ),
        "{failed}"
    );
    passes(&project, "");
}

#[test]
fn the_workflow_is_five_lines_that_call_this_repository_s_own() {
    let project = Project::fresh("workflow", &[("Cargo.toml", PACKAGE), ("src/lib.rs", "")]);
    init_here(&project, "").says(0, &[]);
    let workflow = project.text(WORKFLOW);
    assert_eq!(workflow.lines().count(), 5, "{workflow}");
    let (_, used) = workflow
        .split_once("uses: alloc-guard/alloc-guard/")
        .unwrap();
    let (path, version) = used.split_once("@v").unwrap();
    assert_eq!(version, concat!(env!("CARGO_PKG_VERSION"), " }\n"));
    let own = fs::read_to_string(Path::new(REPOSITORY).join(path)).unwrap();
    assert!(own.contains("\n  workflow_call:\n"), "{own}");
    for (theirs, ours) in [
        ("pull_request", "\n  pull_request:\n"),
        ("merge_group", "\n  merge_group:\n"),
        ("name: Memory Analysis\n", "name: Memory Analysis\n"),
        (
            "permissions: { contents: read }\n",
            "permissions:\n  contents: read\n",
        ),
    ] {
        assert!(workflow.contains(theirs) && own.contains(ours), "{theirs}");
    }
}
