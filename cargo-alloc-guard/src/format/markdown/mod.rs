//! The form for job summaries and comments on pull requests.

mod document;
mod escape;
mod findings;
mod lines;
mod page;
mod table;

pub(crate) use {
    document::{print, verification},
    escape::{code, prose, text},
};
