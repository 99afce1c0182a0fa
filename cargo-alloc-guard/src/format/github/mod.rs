//! What GitHub Actions shows of a run besides its log: annotations on the guilty lines and a summary.

mod annotations;
mod command;
mod output;
mod report;
mod settings;
mod summary;

pub(crate) use {
    command::say,
    output::outputs,
    report::{log, report},
    settings::Settings,
    summary::{append, fitting},
};
