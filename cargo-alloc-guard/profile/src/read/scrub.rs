//! Takes out of a profile what may hold secrets and no figure needs.

use std::io::{self, Read, Write};

use super::{bytehound, open::KINDS, recorder};
use crate::error::{Error, ErrorKind};

/// How much of a file tells what it is.
const HEAD: u64 = 512;

/// What DHAT's files begin with.
const DHAT: &[u8] = b"\"dhatFileVersion\"";

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
        .take(HEAD)
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
        _ if head.starts_with(recorder::MAGIC) => false,
        _ if head.windows(DHAT.len()).any(|window| window == DHAT) => true,
        _ => {
            let error = Error::new(ErrorKind::NotAProfile, "not a profile");
            return Err(error.with_remedy(KINDS));
        }
    };
    io::copy(&mut head.chain(file), &mut out).map_err(|error| Error::io(&error))?;
    Ok(Scrubbed {
        variables: 0,
        has_command_line,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_without_an_environment_are_copied_and_say_what_stays() {
        for (file, has_command_line) in [
            (&b"AGPROF\x1a\n\x01\0\0\0and more"[..], false),
            (b"{\"dhatFileVersion\":2,\"cmd\":\"a\"}", true),
        ] {
            let mut copy = Vec::new();
            let scrubbed = scrub(file, &mut copy).unwrap();
            assert_eq!(
                (scrubbed.variables, scrubbed.has_command_line),
                (0, has_command_line)
            );
            assert_eq!(copy, file);
        }
    }

    #[test]
    fn what_is_no_profile_is_not_copied() {
        for file in [&b""[..], b"AGPRO", b"{\"version\":1}", b"\x7fELF"] {
            let mut copy = Vec::new();
            let error = scrub(file, &mut copy).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotAProfile);
            assert!(copy.is_empty());
        }
    }
}
