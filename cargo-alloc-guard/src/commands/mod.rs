//! The subcommands, one file each: a function of what is asked for and where to write.

mod accept;
mod check;
mod ci;
mod diff;
mod doctor;
mod export;
mod generate;
mod init;
mod merge;
mod profile;
mod report;
mod scrub;
mod serve;

use std::io::Write;

use anyhow::Result;

use self::{doctor::DoctorSettings, init::InitSettings, profile::ProfileSettings};
use crate::{
    arguments::{Arguments, Command},
    settings::CheckSettings,
    status::Status,
};

/// Runs the subcommand that was asked for.
///
/// # Errors
/// If it could not be run.
pub(crate) fn run(arguments: Arguments, out: &mut dyn Write) -> Result<Status> {
    match arguments.command() {
        Command::Ci(arguments) => ci::run(arguments.job, out),
        Command::Check(arguments) => check::run(&CheckSettings::new(arguments), out),
        Command::Diff(arguments) => diff::run(arguments, out),
        Command::Report(arguments) => report::run(&arguments, out),
        Command::Serve(arguments) => serve::run(&arguments, out),
        Command::Export(arguments) => export::run(&arguments, out),
        Command::Scrub(arguments) => scrub::run(&arguments, out),
        Command::Completions { shell } => generate::completions(shell, out),
        Command::Man { folder } => generate::man(folder.as_deref(), out),
        Command::Merge(arguments) => merge::run(arguments, out),
        Command::Accept(arguments) => accept::run(arguments, out),
        Command::Profile(arguments) => profile::run(&ProfileSettings::new(arguments), out),
        Command::Doctor(arguments) => doctor::run(&DoctorSettings::new(arguments), out),
        Command::Init(arguments) => init::run(&InitSettings::new(arguments), out),
    }
}
