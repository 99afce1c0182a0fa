//! Runs programs with the system's allocator inside.

use alloc_guard_core::Guard;
use alloc_guard_torture::{Shadow, serve};
use std::alloc::System;

#[global_allocator]
static GLOBAL: Guard<Shadow<System>> = Guard::new(Shadow::new(System));

fn main() {
    serve();
}
