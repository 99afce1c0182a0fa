//! `cargo alloc-guard`: maps what a command came to, to the documented exit status.

#![forbid(unsafe_code)]

use std::{
    io::{self, Write},
    process::ExitCode,
};

mod arguments;
mod baseline;
mod baselines;
mod cargo;
mod ci;
mod commands;
mod diff;
mod doctor;
mod format;
mod init;
mod marks;
mod profiles;
mod progress;
mod recording;
mod records;
mod run;
mod serve;
mod settings;
mod status;
mod store;

use alloc_guard_core::report::Patient;
use anyhow::Context as _;

use crate::{arguments::Arguments, status::Status};

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(answer) => {
            let status = if answer.use_stderr() {
                Status::WrongUsage
            } else {
                Status::AsExpected
            };
            // Where neither stream can be written to, the status is all there is.
            let _ = answer.print();
            return status.into();
        }
    };
    let mut out = io::BufWriter::new(Patient::new(io::stdout().lock()));
    let ran = commands::run(arguments, &mut out).and_then(|status| {
        out.flush().context("failed to write to standard output")?;
        Ok(status)
    });
    match ran {
        Ok(status) => status.into(),
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error:#}");
            Status::CouldNotRun.into()
        }
    }
}
