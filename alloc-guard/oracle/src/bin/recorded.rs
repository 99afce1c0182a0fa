//! Runs each operation as often as its argument says, with the guard, under valgrind or recorded.

use alloc_guard as _;

fn main() -> anyhow::Result<()> {
    alloc_guard_oracle::run_rounds()
}
