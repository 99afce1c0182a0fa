//! What GitHub Actions shows of a run besides its log: annotations on the guilty lines and a summary.

mod annotations;
mod command;
mod report;
mod settings;
mod summary;

#[cfg_attr(
    not(test),
    expect(unused_imports, reason = "the commands that show a run call it next")
)]
pub(crate) use {report::report, settings::Settings};
