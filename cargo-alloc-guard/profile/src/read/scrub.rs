//! Takes out of a profile what may hold secrets and no figure needs.

use std::io::{self, Read, Write};

use super::{bytehound, recorder};
use crate::error::{Error, ErrorKind};

/// What was found in a profile, and what stays in its copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scrubbed {
    /// How many variables of the environment were left out.
    pub variables: u64,
    /// The copy has the command line of the process, as the file has.
    pub has_command_line: bool,
}

/// Copies the profile in `file` to `out` without the environment of its process. Only ByteHound's files have one; of those,
/// all other events are copied byte for byte, in chunks of their own. Other kinds are copied as they are.
///
/// # Errors
/// If `file` cannot be read, is no profile or is damaged, or `out` cannot be written to.
pub fn scrub(mut file: impl Read, mut out: impl Write) -> Result<Scrubbed, Error> {
    let mut head = Vec::new();
    file.by_ref()
        .take(recorder::MAGIC.len() as u64)
        .read_to_end(&mut head)
        .map_err(|error| Error::io(&error))?;
    let has_command_line = match head.first() {
        Some(1 | 2) => {
            let variables = bytehound::scrub(head.chain(file), out)?;
            return Ok(Scrubbed {
                variables,
                has_command_line: true,
            });
        }
        Some(b'{') => true,
        _ if head == recorder::MAGIC => false,
        _ => return Err(Error::new(ErrorKind::NotAProfile, "not a profile")),
    };
    io::copy(&mut head.chain(file), &mut out).map_err(|error| Error::io(&error))?;
    Ok(Scrubbed {
        variables: 0,
        has_command_line,
    })
}
