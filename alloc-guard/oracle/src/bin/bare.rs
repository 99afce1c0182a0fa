//! Runs each operation as often as its argument says, with the system allocator, under valgrind.

use alloc_guard_oracle::{Mark, OPERATIONS, mark};
use anyhow::Context as _;

fn main() -> anyhow::Result<()> {
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
