//! Draws programs, has them run over each allocator, and holds what was found against the model.
//!
//! As it stands it draws the same programs every time, so that a change is judged by what it changes.
//! `ALLOC_GUARD_TORTURE_SEED` draws others, `ALLOC_GUARD_TORTURE_PROGRAMS` more or fewer, and
//! `ALLOC_GUARD_TORTURE_UNDER` runs them under a tool, as valgrind, and `ALLOC_GUARD_TORTURE_BINARIES` names a folder
//! with other builds of the binaries. A program that fails is made as small as it can
//! be and printed. Seeds are not kept, because they draw something else as soon as the strategies change: a
//! program that showed a fault becomes a file in `programs`, and those are run first.

mod child;
#[path = "../../../tests/recorder/profile.rs"]
#[expect(
    dead_code,
    reason = "the recorder's own tests look at more of a profile"
)]
mod profile;
mod recorded;
mod strategy;

use std::{cell::RefCell, collections::BTreeMap, fmt::Debug, path::Path};

use alloc_guard_torture::{Counts, Course, Observed, Program, Reply, model};
use proptest::{
    strategy::Strategy,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};

use crate::child::Child;

/// Binaries, each with another allocator inside the guard.
const SYSTEM: &str = env!("CARGO_BIN_EXE_over_system");
const MIMALLOC: &str = env!("CARGO_BIN_EXE_over_mimalloc");
#[cfg(feature = "jemalloc")]
const JEMALLOC: &str = env!("CARGO_BIN_EXE_over_jemalloc");

/// How many programs a test draws.
fn programs() -> u32 {
    let number = std::env::var("ALLOC_GUARD_TORTURE_PROGRAMS").ok();
    number.map_or(3_000, |text| text.parse().expect("a number of programs"))
}

/// Draws from `strategy` and tries each; prints the smallest that fails.
fn try_each<T: Debug>(
    cases: u32,
    strategy: &impl Strategy<Value = T>,
    test: impl Fn(T) -> Result<(), TestCaseError>,
) {
    let seed = std::env::var("ALLOC_GUARD_TORTURE_SEED").ok();
    let seed = seed.map_or(1, |text| text.parse::<u64>().expect("a seed is a number"));
    // Not all zero, which the generator does not take.
    let bytes = [seed.to_le_bytes(), (!seed).to_le_bytes()].concat();
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::XorShift, &bytes);
    if let Err(error) = TestRunner::new_with_rng(config, rng).run(strategy, test) {
        panic!("with ALLOC_GUARD_TORTURE_SEED={seed}: {error}");
    }
}

/// Whether what was found is what should have been.
fn check(program: &Program, found: &Reply) -> Result<(), TestCaseError> {
    let mut found = found.clone();
    let mut expected = model::expected(program);
    let window = std::mem::take(&mut found.window);
    if matches!(program.course, Course::Trial { process: true, .. })
        && let (Some(found), Some(expected)) = (&mut found.tried, &mut expected.tried)
    {
        if model::is_serial(&program.steps) {
            expected_is(&window, &expected.locked, program)?;
        } else {
            // How often std asks for its threads' sake nothing pure knows, nor in which order threads do.
            expected.locked = Counts {
                peak_bytes: found.locked.peak_bytes,
                ..window
            };
            expected.outcome.clone_from(&found.outcome);
            expected.leaked = found.leaked;
        }
    }
    expected_is(&found, &expected, program)
}

fn expected_is<T: Debug + PartialEq>(
    found: &T,
    expected: &T,
    program: &Program,
) -> Result<(), TestCaseError> {
    if found == expected {
        return Ok(());
    }
    Err(TestCaseError::fail(format!(
        "{program:?}\nfound:    {found:?}\nexpected: {expected:?}\n{}\n",
        serde_json::to_string(program).expect("a program is data")
    )))
}

fn torture(binary: &str) {
    let child = RefCell::new(Child::start(binary, &[]));
    try_each(programs(), &strategy::program(), |program| {
        let found = child.borrow_mut().run(&program).map_err(|why| {
            TestCaseError::fail(format!(
                "{why}: {}",
                serde_json::to_string(&program).unwrap()
            ))
        })?;
        check(&program, &found)
    });
    child.into_inner().end();
}

#[test]
fn over_the_system_allocator_tallies_equal_the_models() {
    torture(SYSTEM);
}

#[test]
fn over_mimalloc_tallies_equal_the_models() {
    torture(MIMALLOC);
}

#[cfg(feature = "jemalloc")]
#[test]
fn over_jemalloc_tallies_equal_the_models() {
    torture(JEMALLOC);
}

#[test]
fn a_program_that_once_failed_does_not() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let mut child = Child::start(SYSTEM, &[]);
    let mut tried = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let program = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let name = path.display();
        let found = child
            .run(&program)
            .unwrap_or_else(|why| panic!("{name}: {why}"));
        check(&program, &found).unwrap_or_else(|why| panic!("{name}: {why}"));
        tried += 1;
    }
    assert!(tried > 0, "there are programs");
    child.end();
}

/// Or all of this could come to the same few calls.
#[test]
fn what_is_drawn_comes_to_every_kind_of_end_often() {
    let ends = RefCell::new(BTreeMap::<String, u32>::new());
    let count = |end: &str| *ends.borrow_mut().entry(end.to_owned()).or_default() += 1;
    try_each(3_000, &strategy::program(), |program| {
        let expected = model::expected(&program);
        for observed in &expected.observed {
            match observed {
                Observed::Measured(counts) if counts.allocations() == 0 => {}
                Observed::Measured(counts) if counts.failed > 0 => count("measured and refused"),
                Observed::Measured(counts) if counts.shrinks > 0 => count("measured and shrunk"),
                Observed::Measured(_) => count("measured"),
                end => count(&format!("{end:?}")),
            }
        }
        if let Some(tried) = &expected.tried {
            count(&tried.outcome);
            if tried.leaked.0 > 0 {
                count("leaked");
            }
        }
        Ok(())
    });
    let ends = ends.into_inner();
    assert_eq!(ends.len(), 15, "{ends:#?}");
    assert!(ends.values().all(|number| *number > 50), "{ends:#?}");
}
