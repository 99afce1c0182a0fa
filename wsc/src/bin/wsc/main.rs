//! `wsc`: maps what a command came to, to the documented exit status.

#![forbid(unsafe_code)]

use std::{
    io::{self, Write},
    process::ExitCode,
};

mod arguments;
mod commands;
mod failure;
mod files;
mod keys;
mod progress;
mod status;

use clap::Parser as _;

use crate::{arguments::Arguments, failure::Failure, status::Status};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(answer) => {
            let status = if answer.use_stderr() {
                Status::WrongUsage
            } else {
                Status::Done
            };
            // Where neither stream can be written to, the status is all there is.
            let _ = answer.print();
            return status.into();
        }
    };
    let mut text = Vec::new();
    let ran = commands::run(arguments.command, &mut text);
    // What was found is said also where it is a refusal.
    let printed = files::print(&text);
    let ran = ran.and_then(|status| printed.map(|()| status));
    ran.unwrap_or_else(|failure: Failure| {
        let _ = writeln!(io::stderr(), "error: {failure}");
        failure.status()
    })
    .into()
}
