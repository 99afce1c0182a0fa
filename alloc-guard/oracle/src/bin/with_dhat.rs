//! Prints what the crate `dhat` counts for each operation, or for the first run of one.

use alloc_guard_oracle::{OPERATIONS, Operation, Totals, first_of};
use dhat::{HeapStats, Profiler};

#[global_allocator]
static ALLOC: dhat::Alloc = dhat::Alloc;

fn main() -> anyhow::Result<()> {
    if let Some(operation) = first_of()? {
        println!("{} {}", operation.name, count(operation, 0)?);
        return Ok(());
    }
    for operation in OPERATIONS {
        let totals = Totals {
            peak_bytes: Some(peak(operation)?),
            ..count(operation, 1)?
        };
        println!("{} {totals}", operation.name);
    }
    Ok(())
}

/// A profiler that writes no file.
fn profiler() -> Profiler {
    Profiler::builder().testing().build()
}

/// What a run adds after so many others. The profiler is there first, because it takes no notice when
/// an older block is freed, and a run may free what was prepared for it.
fn count(operation: &Operation, others: u32) -> anyhow::Result<Totals> {
    let _profiler = profiler();
    let mut run = (operation.prepare)();
    for _ in 0..others {
        run();
    }
    let before = HeapStats::get();
    run();
    let after = HeapStats::get();
    let more =
        |after: usize, before: usize| anyhow::Ok(i64::try_from(after)? - i64::try_from(before)?);
    Ok(Totals {
        total_blocks: after.total_blocks - before.total_blocks,
        total_bytes: after.total_bytes - before.total_bytes,
        live_blocks: more(after.curr_blocks, before.curr_blocks)?,
        live_bytes: more(after.curr_bytes, before.curr_bytes)?,
        peak_bytes: None,
    })
}

/// The peak of a run. Its profiler starts with it, so that nothing is live before.
fn peak(operation: &Operation) -> anyhow::Result<u64> {
    let mut run = (operation.prepare)();
    run();
    let _profiler = profiler();
    run();
    Ok(u64::try_from(HeapStats::get().max_bytes)?)
}
