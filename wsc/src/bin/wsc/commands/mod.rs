//! The subcommands, one file each: a function of what is asked for and of where to write.

mod append;
mod attach;
mod detach;
mod finding;
mod keygen;
mod matrix;
mod rekor;
mod show;
mod sign;
mod signed;
mod split;
mod verify;

use serde::Serialize;
use wsc::Module;

use crate::{
    arguments::{Command, RekorCommand},
    failure::Failure,
    files::Source,
    progress::Progress,
    status::Status,
};

/// Runs the subcommand that was asked for. What it says goes to `out`; files it writes itself.
pub(crate) fn run(command: Command, out: &mut Vec<u8>) -> Result<Status, Failure> {
    match command {
        Command::Keygen(arguments) => keygen::run(&arguments, out),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments, out),
        Command::Show(arguments) => show::run(&arguments, out),
        Command::Split(arguments) => split::run(&arguments),
        Command::Append(arguments) => append::run(&arguments),
        Command::Attach(arguments) => attach::run(&arguments),
        Command::Detach(arguments) => detach::run(&arguments),
        Command::VerifyMatrix(arguments) => matrix::run(&arguments, out),
        Command::Rekor(RekorCommand::Verify(arguments)) => rekor::run(&arguments, out),
    }
}

/// Reads a module. Its bytes are in memory once: the copy that was read is given back at the end.
fn read_module(input: &Source, progress: &Progress) -> Result<Module, Failure> {
    let bytes = input.read_with(progress)?;
    Module::parse(&bytes).map_err(|error| Failure::refused(input, error))
}

/// Writes a document for scripts.
fn write_json(document: &impl Serialize, out: &mut Vec<u8>) -> Result<(), Failure> {
    serde_json::to_writer_pretty(&mut *out, document).map_err(|error| {
        let message = format!("failed to write JSON: {error}");
        Failure::new(Status::CouldNotRun, message)
    })?;
    out.push(b'\n');
    Ok(())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        text.push_str(&format!("{byte:02x}"));
        text
    })
}
