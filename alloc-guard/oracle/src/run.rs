//! Owns what the binaries are asked to run: every operation so often, one of them, or the first run of one.

use anyhow::Context as _;

use crate::{
    operations::{OPERATIONS, Operation},
    trace::{Mark, mark},
};

/// The word that asks for the first run of an operation, which is named after it.
pub(crate) const FIRST: &str = "first";

/// The operation of which the program's arguments ask for the first run alone.
///
/// # Errors
/// If there is none of that name.
pub fn first_of() -> anyhow::Result<Option<&'static Operation>> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().is_none_or(|word| word != FIRST) {
        return Ok(None);
    }
    let name = arguments.next().context("expected an operation")?;
    find(&name).map(Some)
}

/// Runs what valgrind and the recorder are shown: the first run of an operation, if that is asked for; else
/// each operation as often as the program's argument says, or the one that is named after it.
///
/// # Errors
/// If that is no number, or there is no such operation.
pub fn run_rounds() -> anyhow::Result<()> {
    if let Some(operation) = first_of()? {
        let mut run = (operation.prepare)();
        mark(Mark::Start(index_of(operation)));
        run();
        mark(Mark::End(index_of(operation)));
        return Ok(());
    }
    let mut arguments = std::env::args().skip(1);
    let rounds: u32 = arguments
        .next()
        .context("expected the number of rounds")?
        .parse()?;
    let only = arguments.next().map(|name| find(&name)).transpose()?;
    for (index, operation) in OPERATIONS.iter().enumerate() {
        if only.is_some_and(|only| only.name != operation.name) {
            continue;
        }
        // What happens only the first time is outside the marks, and equal for any number of rounds.
        let mut run = (operation.prepare)();
        run();
        for _ in 0..rounds {
            mark(Mark::Start(index));
            run();
            mark(Mark::End(index));
        }
        // What it keeps is live at the end, which is when valgrind looks.
        std::mem::forget(run);
    }
    Ok(())
}

fn find(name: &str) -> anyhow::Result<&'static Operation> {
    Operation::find(name).with_context(|| format!("no operation is called {name:?}"))
}

fn index_of(operation: &Operation) -> usize {
    OPERATIONS
        .iter()
        .position(|other| other.name == operation.name)
        .unwrap_or(OPERATIONS.len())
}
