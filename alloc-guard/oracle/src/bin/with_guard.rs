//! Prints what alloc-guard counts for each operation, or for the first run of one.

use alloc_guard::measure;
use alloc_guard_oracle::{Counts, OPERATIONS, Operation, first_of};

fn main() -> anyhow::Result<()> {
    if let Some(operation) = first_of()? {
        println!("{} {}", operation.name, count(operation, 0));
        return Ok(());
    }
    for operation in OPERATIONS {
        println!("{} {}", operation.name, count(operation, 1));
    }
    Ok(())
}

/// What a run asks for after so many others.
fn count(operation: &Operation, others: u32) -> Counts {
    let mut run = (operation.prepare)();
    for _ in 0..others {
        run();
    }
    let ((), tally) = measure(&mut run);
    Counts {
        allocs: tally.allocs,
        zeroed: tally.zeroed,
        grows: tally.grows,
        shrinks: tally.shrinks,
        deallocs: tally.deallocs,
        failed: tally.failed,
        bytes: tally.bytes,
        retained_bytes: tally.retained_bytes,
        peak_bytes: tally.peak_bytes,
    }
}
