//! Writes a profile in the forms that other tools read. Each function writes as it goes, and the same bytes for the same
//! profile; what a form cannot express is an error of kind [`Unsupported`](std::io::ErrorKind::Unsupported), before
//! anything is written.

mod dhat;
mod folded;
mod heaptrack;
mod json;
mod metric;
mod names;
mod rows;
mod speedscope;

pub use dhat::dhat;
pub use folded::folded;
pub use heaptrack::heaptrack;
pub use json::json;
pub use metric::Metric;
pub use speedscope::speedscope;
