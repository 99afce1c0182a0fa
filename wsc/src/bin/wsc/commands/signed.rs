//! What all that verifies has in common: a signed module is read once, in pieces, whatever is asked of it.

use std::io::{self, Read};

use wsc::{Keyring, StreamVerifier, Wanted};

use crate::{
    arguments::SignedArguments,
    commands::finding::{Finding, Found, Refusal},
    failure::Failure,
    files::{Input, Source},
    keys::Trusted,
    progress::Progress,
};

/// Reading more at once is no faster.
const PIECE_BYTES: usize = 128 << 10;

/// A signature, or the name of a section, that is longer is refused. What is not used of it costs no memory.
const BUFFER_BYTES: usize = 4 << 20;

/// A module, and its signature where that is in a file of its own.
#[derive(Debug)]
pub(super) struct Signed<'a> {
    pub(super) module: &'a Source,
    signature: Option<(&'a Source, Vec<u8>)>,
}

impl<'a> Signed<'a> {
    /// Reads the signature, if it is in a file of its own.
    pub(super) fn new(arguments: &'a SignedArguments) -> Result<Self, Failure> {
        let read = |source: &'a Source| Ok((source, source.read()?));
        let signature = arguments.signature_file.as_ref().map(read);
        Ok(Self {
            module: &arguments.input_file,
            signature: signature.transpose()?,
        })
    }

    /// Reads the module, and answers each question.
    pub(super) fn verify(
        &self,
        trusted: &Trusted<'_>,
        keyring: &Keyring,
        questions: &[Wanted<'_>],
    ) -> Result<Vec<Finding<'a>>, Failure> {
        let signature = self.signature.as_ref();
        let mut buffers = vec![vec![0; BUFFER_BYTES]; questions.len()];
        let verifiers =
            questions
                .iter()
                .zip(&mut buffers)
                .map(|(wanted, buffer)| match signature {
                    Some((place, payload)) => {
                        StreamVerifier::detached(payload, buffer, keyring, *wanted)
                            .map_err(|error| Refusal { place, error })
                    }
                    None => Ok(StreamVerifier::new(buffer, keyring, *wanted)),
                });
        let mut verifiers = match verifiers.collect::<Result<Vec<_>, _>>() {
            Ok(verifiers) => verifiers,
            Err(refusal) => return Ok(questions.iter().map(|_| Err(refusal)).collect()),
        };
        let progress = Progress::on_terminal();
        let Input { reader, length } = self.module.open()?;
        progress.begin("Verifying", length);
        feed(&mut verifiers, progress.watch(reader))
            .map_err(|error| Failure::unreadable(self.module, &error))?;
        let signature = signature.map(|(source, _)| *source);
        let found = verifiers.into_iter().map(|verifier| {
            let verified = verifier.finish();
            verified
                .map(|verified| Found::new(&verified, trusted))
                .map_err(|error| Refusal::of(error, self.module, signature))
        });
        Ok(found.collect())
    }
}

/// Reads to the end, or until nothing can be verified any more.
fn feed(verifiers: &mut [StreamVerifier<'_, '_>], mut reader: impl Read) -> io::Result<()> {
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let read = match reader.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(read) => piece.get(..read).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let mut is_decided = true;
        for verifier in &mut *verifiers {
            // One that has failed says so again, and at the end.
            is_decided &= verifier.update(read).is_err();
        }
        if is_decided {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    /// Gives one byte or one error after another.
    struct Steps(VecDeque<Result<u8, io::ErrorKind>>);

    impl Read for Steps {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.pop_front() {
                Some(step) => {
                    buffer[0] = step?;
                    Ok(1)
                }
                None => Ok(0),
            }
        }
    }

    #[test]
    fn an_interrupted_read_is_tried_again_and_another_error_is_passed_on() {
        use io::ErrorKind::{Interrupted, Other};
        let keyring = Keyring::from_iter([]);
        let header = || b"\0asm\x01\0\0\0".iter().copied().map(Ok);
        for (error, expected) in [(Interrupted, None), (Other, Some(Other))] {
            let mut buffer = [0; 8];
            let verifier = StreamVerifier::new(&mut buffer, &keyring, Wanted::Whole);
            let steps = header().take(4).chain([Err(error)]);
            let mut steps = Steps(steps.chain(header().skip(4)).collect());
            let failure = feed(&mut [verifier], &mut steps).err();
            assert_eq!(failure.map(|error| error.kind()), expected);
            assert_eq!(steps.0.is_empty(), expected.is_none());
        }
    }
}
