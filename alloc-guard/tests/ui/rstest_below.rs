use alloc_guard::alloc_free;

use rstest::rstest;

#[alloc_free]
#[rstest]
#[case(1)]
fn f(#[case] x: u8) {}

fn main() {}
