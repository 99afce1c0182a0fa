//! The subcommands, one file each: a function of what is asked for and of where to write.

mod keygen;
mod show;
mod sign;
mod verify;

use crate::{arguments::Command, failure::Failure, status::Status};

/// Runs the subcommand that was asked for. What it says goes to `out`; files it writes itself.
pub(crate) fn run(command: Command, out: &mut Vec<u8>) -> Result<Status, Failure> {
    match command {
        Command::Keygen(arguments) => keygen::run(&arguments, out),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments, out),
        Command::Show(arguments) => show::run(&arguments, out),
    }
}
