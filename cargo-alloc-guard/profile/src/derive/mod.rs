//! What follows from a profile: sums, timelines. Pure: the same profile gives the same answer.

mod functions;
mod sites;
mod sums;
mod timeline;

pub(crate) use functions::inclusive;
pub use functions::{FunctionKey, FunctionSums};
pub use sums::Totals;
pub(crate) use sums::amount;
pub use timeline::{Step, Timeline};
