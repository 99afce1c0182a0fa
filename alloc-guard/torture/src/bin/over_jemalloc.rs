//! Runs programs with jemalloc inside.

use alloc_guard_core::Guard;
use alloc_guard_torture::{Shadow, serve};
use tikv_jemallocator::Jemalloc;

#[global_allocator]
static GLOBAL: Guard<Shadow<Jemalloc>> = Guard::new(Shadow::new(Jemalloc));

fn main() {
    serve();
}
