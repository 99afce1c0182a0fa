//! The subcommands, one file each: a function of what is asked for and where to write.

mod check;
mod doctor;

use std::io::Write;

use anyhow::Result;

use self::doctor::DoctorSettings;
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
        Command::Check(arguments) => check::run(&CheckSettings::new(arguments), out),
        Command::Doctor(arguments) => doctor::run(&DoctorSettings::new(arguments), out),
    }
}
