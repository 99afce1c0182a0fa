//! Runs programs with mimalloc inside.

use alloc_guard_core::Guard;
use alloc_guard_torture::{Shadow, serve};
use mimalloc::MiMalloc;

#[global_allocator]
static GLOBAL: Guard<Shadow<MiMalloc>> = Guard::new(Shadow::new(MiMalloc));

fn main() {
    serve();
}
