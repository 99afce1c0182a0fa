//! `scrub`: takes the environment out of profiles.

use std::{
    fs::{self, File},
    io::{self, BufReader, Write},
    path::Path,
};

use alloc_guard_core::report::count;
use alloc_guard_profile::{Error, ErrorKind, Scrubbed, scrub};
use anyhow::{Context as _, Result, anyhow, bail};

use crate::{arguments::ScrubArguments, profiles, status::Status, store::Replacement};

/// Runs the command.
///
/// # Errors
/// If a file cannot be read, is no profile or is damaged, or its copy cannot be written.
pub(crate) fn run(arguments: &ScrubArguments, out: &mut dyn Write) -> Result<Status> {
    for file in &arguments.files {
        let Ok(metadata) = fs::metadata(file) else {
            continue;
        };
        if metadata.is_dir() {
            bail!("{}: a folder; name the files in it", file.display());
        }
        if arguments.in_place && !metadata.is_file() {
            bail!("{}: a pipe or a device; use --output", file.display());
        }
    }
    match (&arguments.output, arguments.files.as_slice()) {
        (Some(output), [file]) => {
            let files = &arguments.files;
            let mut scrubbed = Scrubbed::default();
            profiles::write(output, files, out, |out| {
                scrubbed = copy(file, out)?;
                Ok(())
            })
            .map_err(|error| plain(file, error))?;
            say(file, &scrubbed);
        }
        (Some(_), files) => bail!(
            "--output takes the copy of one file, and these are {}: use --in-place",
            files.len()
        ),
        (None, files) => {
            for file in files {
                let mut scrubbed = Scrubbed::default();
                let replacement = Replacement::write(file, |out| {
                    scrubbed = copy(file, out)?;
                    Ok(())
                })
                .map_err(|error| plain(file, error))?;
                // A file that holds nothing of it stays as it is.
                if scrubbed.variables > 0 {
                    replacement.commit()?;
                }
                say(file, &scrubbed);
            }
        }
    }
    Ok(Status::AsExpected)
}

fn copy(path: &Path, out: &mut dyn Write) -> Result<Scrubbed> {
    let file = File::open(path).with_context(|| format!("failed to read {}", path.display()))?;
    scrub(BufReader::new(file), out).with_context(|| path.display().to_string())
}

/// A file that is no profile could not be read: that it could not be written either is nothing to say.
fn plain(file: &Path, error: anyhow::Error) -> anyhow::Error {
    let refused = error.downcast_ref::<Error>();
    if refused.is_none_or(|refused| refused.kind() == ErrorKind::Io) {
        return error;
    }
    anyhow!("{}: {}", file.display(), error.root_cause())
}

/// Standard output may be taken by the copy.
fn say(file: &Path, scrubbed: &Scrubbed) {
    let what = match scrubbed.variables {
        0 => "no environment in it".to_owned(),
        variables => format!("{} taken out", count(variables, "environment variable")),
    };
    let rest = if scrubbed.has_command_line {
        "; the command line is still in it"
    } else {
        ""
    };
    let _ = writeln!(io::stderr(), "{}: {what}{rest}", file.display());
}
