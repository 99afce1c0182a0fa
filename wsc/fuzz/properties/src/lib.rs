//! What holds of wsc for every input, whatever its bytes are. A property that does not hold panics.
//!
//! The fuzz targets beside this package call one function each; `tests/seeds.rs` calls them with the test vectors,
//! so that they are tried wherever tests are run.

#![forbid(unsafe_code)]

mod allocation;
mod checkpoint;
mod choice;
mod covered;
mod entry;
mod keys;
mod logs;
mod module;
mod payload;
mod verdict;

pub use checkpoint::checkpoint;
pub use entry::entry;
pub use keys::keys;
pub use module::module;
pub use payload::payload;
