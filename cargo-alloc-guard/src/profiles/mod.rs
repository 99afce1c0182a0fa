//! Profile files: found, told from records, read, and what is made of them written whole or not at all.

mod diff;
mod human;
mod inputs;
mod locked;
mod markdown;
mod names;
mod operations;
mod output;
mod page;
mod report;
mod summary;

pub(crate) use diff::{Comparison, print_changes, print_human, print_json, print_markdown};
pub(crate) use inputs::{Input, RECORDS_FOLDER, is_profile, open, read};
pub(crate) use output::write;
pub(crate) use page::{beside, write_diff, write_page};
pub(crate) use report::{Form, in_short, print, print_locked};
