//! The forms in which a run is shown.

mod json;
mod junit;
mod moved;
mod overview;
mod print;
#[cfg(test)]
mod tests;

pub(crate) mod github;
pub(crate) mod human;
pub(crate) mod markdown;
pub(crate) mod text;
pub(crate) mod words;

pub(crate) use {
    human::Look,
    overview::failing,
    print::{Format, print},
};
