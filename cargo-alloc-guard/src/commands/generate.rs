//! `completions` and `man`: what packagers install beside the program.

use std::{io::Write, path::Path};

use anyhow::{Context as _, Result};
use clap::CommandFactory;
use clap_complete::Shell;

use crate::{arguments::Arguments, status::Status};

/// Writes the completion script of a shell.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn completions(shell: Shell, out: &mut dyn Write) -> Result<Status> {
    let mut command = <Arguments as CommandFactory>::command();
    let mut script = Vec::new();
    // What cargo runs for `cargo alloc-guard`, and what a shell can complete.
    clap_complete::generate(shell, &mut command, "cargo-alloc-guard", &mut script);
    out.write_all(&script)
        .context("failed to write the completions")?;
    Ok(Status::AsExpected)
}

/// Writes the manual page, or, with a folder, the pages of all commands into it.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn man(folder: Option<&Path>, out: &mut dyn Write) -> Result<Status> {
    let command = <Arguments as CommandFactory>::command();
    match folder {
        Some(folder) => clap_mangen::generate_to(command, folder)
            .with_context(|| format!("failed to write manual pages to {}", folder.display()))?,
        None => clap_mangen::Man::new(command)
            .render(out)
            .context("failed to write the manual page")?,
    }
    Ok(Status::AsExpected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn completions_know_every_subcommand_and_its_options() {
        let mut script = Vec::new();
        completions(Shell::Bash, &mut script).unwrap();
        let script = String::from_utf8(script).unwrap();
        let command = <Arguments as CommandFactory>::command();
        for subcommand in command.get_subcommands() {
            assert!(script.contains(subcommand.get_name()), "{subcommand}");
            for option in subcommand.get_arguments().filter_map(|a| a.get_long()) {
                assert!(script.contains(&format!("--{option}")), "{option}");
            }
        }
    }
}
