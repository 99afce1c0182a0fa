//! Writes a profile, or two to compare, as one self-contained page. The page's own files are in `page/` of this crate.

mod data;
mod fold;
mod frames;
mod operations;
mod pack;
mod paths;
mod row;
mod rows;
mod shown;
mod source;
mod table;
mod template;
#[cfg(test)]
mod tests;
mod texts;
mod threads;

pub use shown::{Operation, Shown};
pub use source::Sources;
pub use template::{Page, page};
