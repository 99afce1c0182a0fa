//! Files of three kinds, read into one model.

mod bytehound;
mod dhat;
mod open;
mod recorder;
mod scrub;

pub use open::{open, read};
pub use recorder::RECORDER_VERSIONS;
pub use scrub::{Scrubbed, scrub};
