//! The forms in which a run is shown.

mod json;
mod print;

pub(crate) mod human;

#[expect(unused_imports, reason = "the commands that take `--format` come next")]
pub(crate) use {human::Look, print::Format, print::print};
