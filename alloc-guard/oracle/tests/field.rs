//! The field report says what is measured, and quotes what is written.

use std::{collections::BTreeSet, fs, path::Path};

use alloc_guard_oracle::{
    Field, Holds, Measured, NOTES, OPERATIONS, Profile, Programs, ROWS, measure, packages, page,
    toolchain_and_target,
};

const PROFILE: Profile = if cfg!(debug_assertions) {
    Profile::Debug
} else {
    Profile::Release
};

const REMEDY: &str =
    "run `cargo run --package alloc-guard-oracle --bin field`, and read what it changes";

fn committed(name: &str) -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    fs::read_to_string(docs.join(name)).unwrap()
}

fn data() -> Field {
    Field::read(&committed("field-report.json")).unwrap()
}

/// A line as its author meant it: without what makes it a comment.
fn plain(line: &str) -> String {
    let line = line.trim();
    let line = ["///", "//!", ">"]
        .iter()
        .find_map(|start| line.strip_prefix(start))
        .unwrap_or(line);
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_claim_stands_where_the_report_says() {
    let (_, target) = toolchain_and_target().unwrap();
    let packages = packages(&target).unwrap();
    let mut wrong = Vec::new();
    for row in ROWS {
        let Some(claim) = row.claim else { continue };
        let path = packages[row.package].folder.join(claim.file);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let mut lines = text.lines().skip(claim.line as usize - 1).map(plain);
        // A sentence may run on; it begins where it is said to.
        let first = lines.next().unwrap_or_default();
        let rest = lines.take(2).collect::<Vec<_>>().join(" ");
        let start = format!("{first} {rest}").find(claim.words);
        if start.is_none_or(|start| start >= first.len()) {
            let found: Vec<_> = text
                .lines()
                .enumerate()
                .filter(|(_, line)| {
                    let words: Vec<&str> = claim.words.split(' ').collect();
                    plain(line).contains(&words[..words.len().min(3)].join(" "))
                })
                .map(|(index, _)| index + 1)
                .collect();
            wrong.push(format!(
                "{} {}:{}: {:?}, not {:?}; perhaps {found:?}",
                row.package, claim.file, claim.line, first, claim.words
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_claim_is_quoted_in_a_dozen_words() {
    for row in ROWS {
        if let Some(claim) = row.claim {
            let words = claim.words.split_whitespace().count();
            assert!((1..=12).contains(&words), "{}: {words}", claim.words);
        }
    }
}

#[test]
fn notes_are_of_rows_whose_claim_does_not_hold() {
    let data = data();
    for (name, _) in NOTES {
        let row = ROWS.iter().find(|row| row.operation.name == *name).unwrap();
        assert_eq!(data.debug[*name].holds(row), Some(Holds::No), "{name}");
    }
}

/// As the README says.
#[test]
fn there_are_more_than_150_operations_of_more_than_50_crates() {
    let packages: BTreeSet<_> = ROWS.iter().map(|row| row.package).collect();
    assert!(ROWS.len() > 150, "{}", ROWS.len());
    assert!(packages.len() > 50, "{}", packages.len());
    assert!(OPERATIONS.len() > 250, "{}", OPERATIONS.len());
}

#[test]
fn the_page_shows_the_data() {
    assert!(
        page(&data()).unwrap() == committed("field-report.md"),
        "{REMEDY}"
    );
}

/// What was measured elsewhere may count otherwise, but holds or does not as it does here.
#[test]
fn what_is_measured_is_what_the_report_says() {
    let data = data();
    let (toolchain, target) = toolchain_and_target().unwrap();
    let packages = packages(&target).unwrap();
    let programs = Programs {
        bare: env!("CARGO_BIN_EXE_bare").into(),
        recorded: env!("CARGO_BIN_EXE_recorded").into(),
        with_dhat: env!("CARGO_BIN_EXE_with_dhat").into(),
        with_guard: env!("CARGO_BIN_EXE_with_guard").into(),
    };
    let here = measure(&programs, &packages).unwrap();
    let same = (&data.toolchain, &data.target) == (&toolchain, &target);
    let mut differences = Vec::new();
    for row in ROWS {
        let name = row.operation.name;
        let (here, there) = (&here[name], &data.of(PROFILE)[name]);
        let holds = |measured: &Measured| measured.holds(row) == Some(Holds::No);
        if (same && here != there) || holds(here) != holds(there) {
            differences.push(format!("{name}: {here:?}, not {there:?}"));
        }
    }
    for (name, version) in &data.packages {
        if packages
            .get(name)
            .is_none_or(|package| package.version != *version)
        {
            differences.push(format!("{name} is not {version}"));
        }
    }
    assert!(
        differences.is_empty(),
        "{}\n{REMEDY}",
        differences.join("\n")
    );
}
