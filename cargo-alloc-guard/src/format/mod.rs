//! The forms in which a run is shown.

mod json;
mod print;

pub(crate) mod human;

pub(crate) use {human::Look, print::Format, print::print};
