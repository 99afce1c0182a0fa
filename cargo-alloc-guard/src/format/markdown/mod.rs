//! The form for job summaries and comments on pull requests.

mod document;
mod escape;
mod findings;
mod page;
mod table;

pub(crate) use {
    document::print,
    escape::{code, text},
};
