//! Our own walk, on Linux on x86-64 and aarch64: from a thread's registers and the tables that
//! compilers write for unwinding, with the system's unwinder for whatever they do not say plainly.

#![expect(
    clippy::inline_always,
    clippy::verbose_bit_mask,
    reason = "the walk must be quick in a build without optimisation too, where a call costs as much as a step"
)]
#![expect(
    clippy::cast_possible_truncation,
    reason = "addresses and words have 64 bits wherever this is compiled"
)]

mod cfi;
pub(crate) mod modules;
mod near;
mod program;
mod reader;
mod registers;
mod replay;
mod rule;
mod rules;
mod system;
mod walk;

pub(crate) use registers::Registers;
pub use walk::Walker;
