//! Owns the run of every operation that valgrind and the recorder are shown.

use anyhow::Context as _;

use crate::{
    operations::OPERATIONS,
    trace::{Mark, mark},
};

/// Runs each operation as often as the program's argument says.
///
/// # Errors
/// If that is no number.
pub fn run_rounds() -> anyhow::Result<()> {
    let rounds: u32 = std::env::args()
        .nth(1)
        .context("expected the number of rounds")?
        .parse()?;
    for (index, operation) in OPERATIONS.iter().enumerate() {
        // What happens only the first time is outside the marks, and equal for any number of rounds.
        (operation.run)();
        for _ in 0..rounds {
            mark(Mark::Start(index));
            (operation.run)();
            mark(Mark::End(index));
        }
    }
    Ok(())
}
