//! Feeds a `StreamVerifier` from a `std::io::Read`.

use std::fmt;
use std::io::{self, Read};

use crate::error::{Error, ErrorKind};
use crate::stream::StreamVerifier;
use crate::verified::Verified;

impl<'v> StreamVerifier<'v, '_> {
    /// Reads all there is, piece by piece into `piece`, and gives the verdict. 64 KiB make a good piece.
    ///
    /// ```
    /// use std::fs::File;
    ///
    /// use wsc::{Keyring, PublicKey, StreamVerifier, Wanted};
    ///
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors"))?;
    /// let keyring = Keyring::from_iter([PublicKey::parse(&std::fs::read("keys/alice.pk")?)?]);
    /// let mut buffer = [0; 4096];
    /// let verifier = StreamVerifier::new(&mut buffer, &keyring, Wanted::Whole);
    /// let verified = verifier.read_from(File::open("signed/big.wasm")?, &mut [0; 65_536])?;
    /// assert_eq!(verified.parts(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the reader, and those of [`update`](Self::update) and [`finish`](Self::finish). The reader is read
    /// no further than to the first fault.
    pub fn read_from(
        mut self,
        mut reader: impl Read,
        piece: &mut [u8],
    ) -> Result<Verified<'v>, ReadError> {
        if piece.is_empty() {
            return Err(Error::without_offset(ErrorKind::BufferTooSmall).into());
        }
        loop {
            match reader.read(piece) {
                Ok(0) => return Ok(self.finish()?),
                Ok(len) => self.update(piece.get(..len).unwrap_or_default())?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ReadError::Read(error)),
            }
        }
    }
}

/// Why a module that was read was not verified.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// It could not be read.
    Read(io::Error),
    /// It was read, and refused.
    Refused(Error),
}

impl From<Error> for ReadError {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => error.fmt(f),
            Self::Refused(error) => error.fmt(f),
        }
    }
}

/// The message is that of the cause, so there is no further source.
impl std::error::Error for ReadError {}
