//! Runs each operation as often as its argument says, with the system allocator, under valgrind.

fn main() -> anyhow::Result<()> {
    alloc_guard_oracle::run_rounds()
}
