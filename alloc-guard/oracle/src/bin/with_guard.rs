//! Prints what alloc-guard counts for each operation.

use alloc_guard::measure;
use alloc_guard_oracle::{Counts, OPERATIONS};

fn main() {
    for operation in OPERATIONS {
        (operation.run)();
        let ((), tally) = measure(operation.run);
        let counts = Counts {
            allocs: tally.allocs,
            zeroed: tally.zeroed,
            grows: tally.grows,
            shrinks: tally.shrinks,
            deallocs: tally.deallocs,
            failed: tally.failed,
            bytes: tally.bytes,
            retained_bytes: tally.retained_bytes,
            peak_bytes: tally.peak_bytes,
        };
        println!("{} {counts}", operation.name);
    }
}
