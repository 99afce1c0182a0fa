//! Prints what the crate `dhat` counts for each operation.

use alloc_guard_oracle::{OPERATIONS, Totals};
use dhat::{HeapStats, Profiler};

#[global_allocator]
static ALLOC: dhat::Alloc = dhat::Alloc;

fn main() -> anyhow::Result<()> {
    for operation in OPERATIONS {
        (operation.run)();
        // A profiler of its own, so that nothing is live when the operation starts and the peak is
        // the operation's. In testing mode it writes no file.
        let profiler = Profiler::builder().testing().build();
        (operation.run)();
        let stats = HeapStats::get();
        drop(profiler);
        let totals = Totals {
            total_blocks: stats.total_blocks,
            total_bytes: stats.total_bytes,
            live_blocks: i64::try_from(stats.curr_blocks)?,
            live_bytes: i64::try_from(stats.curr_bytes)?,
            peak_bytes: Some(u64::try_from(stats.max_bytes)?),
        };
        println!("{} {totals}", operation.name);
    }
    Ok(())
}
