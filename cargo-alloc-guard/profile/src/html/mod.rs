//! Writes a profile, or two to compare, as one self-contained page. The page's own files are in `page/` of this crate.

mod data;
mod fold;
mod frames;
mod pack;
mod paths;
mod rows;
mod source;
mod template;
mod texts;

pub use data::{Operation, Shown};
pub use source::Sources;
pub use template::{Page, page};
