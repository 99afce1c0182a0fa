//! What GitHub Actions shows of a run besides its log: annotations on the guilty lines and a summary.

mod annotations;
mod command;
mod report;
mod settings;
mod summary;

pub(crate) use {report::report, settings::Settings};
