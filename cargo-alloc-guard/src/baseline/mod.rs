//! Taking a run over into the packages' baselines: what was measured, which tests are gone, what that
//! makes of a file, and the file itself. Tests read the file with `alloc_guard_core::baseline`.

mod accept;
mod changes;
mod document;
mod files;
mod measured;
mod present;
#[cfg(test)]
mod tests;

pub(crate) use accept::{Accepted, Extent, accept};
pub(crate) use changes::{Totals, print};
pub(crate) use files::{Lock, read};
pub(crate) use measured::{Measured, gather};
pub(crate) use present::Present;
