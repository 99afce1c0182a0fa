//! Owns the reading of key files, and whose key is which.

use std::io::Read as _;

use wsc::{KeyId, PublicKey, SecretKey};
use zeroize::Zeroizing;

use crate::{
    arguments::SignerArguments,
    failure::Failure,
    files::{Source, Target},
    status::Status,
};

/// More than any key file that can be read has.
const MAX_SECRET_BYTES: u16 = u16::MAX;

/// Who signs.
#[derive(Debug)]
pub(crate) struct Signer {
    pub(crate) secret: SecretKey,
    /// The id that the signature shall carry.
    pub(crate) key_id: Option<KeyId>,
}

impl Signer {
    pub(crate) fn read(arguments: &SignerArguments) -> Result<Self, Failure> {
        let secret = read_secret(&arguments.secret_key)?;
        let Some(source) = &arguments.public_key else {
            let key_id = None;
            return Ok(Self { secret, key_id });
        };
        let public = read_public(source)?;
        if public.as_ed25519() != secret.public_key().as_ed25519() {
            let other = format!("{source}: not the public key of the secret key");
            return Err(Failure::new(Status::Refused, other));
        }
        let key_id = Some(*public.key_id());
        Ok(Self { secret, key_id })
    }
}

/// Reads a secret key; what was read is wiped.
fn read_secret(source: &Source) -> Result<SecretKey, Failure> {
    // Room for all of it at once: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::from(MAX_SECRET_BYTES) + 64));
    let read = source.open()?.reader;
    read.take(MAX_SECRET_BYTES.into())
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::unreadable(source, &error))?;
    SecretKey::parse(&bytes).map_err(|error| {
        if PublicKey::parse(&bytes).is_ok() {
            return mistaken(source, "a public key, where the secret one is needed");
        }
        Failure::unusable(source, error)
    })
}

/// A key file of the other kind.
fn mistaken(source: &Source, what: &str) -> Failure {
    let message = format!("failed to read {source}: {what}");
    Failure::new(Status::CouldNotRun, message)
}

fn read_public(source: &Source) -> Result<PublicKey, Failure> {
    public(&Zeroizing::new(source.read()?), source)
}

fn public(bytes: &[u8], source: &Source) -> Result<PublicKey, Failure> {
    PublicKey::parse(bytes).map_err(|error| {
        if SecretKey::parse(bytes).is_ok() {
            return mistaken(source, "a secret key, where the public one is needed");
        }
        Failure::unusable(source, error)
    })
}

/// Keys that are trusted, each with the file it comes from.
#[derive(Debug)]
pub(crate) struct Trusted<'a> {
    keys: Vec<(PublicKey, &'a Source)>,
}

impl<'a> Trusted<'a> {
    /// Reads the files, one key from each. Of the lines of an OpenSSH file it is the first that holds an Ed25519 key,
    /// as in `wasmsign2`: who names a file trusts one key.
    pub(crate) fn read_first(sources: &'a [Source]) -> Result<Self, Failure> {
        let first = |source| Ok((read_public(source)?, source));
        let keys = sources.iter().map(first).collect::<Result<_, _>>()?;
        Ok(Self { keys })
    }

    /// Reads the files, and of the lines of an OpenSSH file each that holds an Ed25519 key.
    pub(crate) fn read_all(sources: &'a [Source]) -> Result<Self, Failure> {
        let mut keys = Vec::new();
        for source in sources {
            let bytes = Zeroizing::new(source.read()?);
            let before = keys.len();
            for key in PublicKey::all_from_openssh(&bytes) {
                let key = key.map_err(|error| Failure::unusable(source, error))?;
                keys.push((key, source));
            }
            if keys.len() == before {
                keys.push((public(&bytes, source)?, source));
            }
        }
        Ok(Self { keys })
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = PublicKey> {
        self.keys.iter().map(|(key, _)| key.clone())
    }

    /// The file that the key comes from; of several, the first.
    pub(crate) fn file_of(&self, key: &PublicKey) -> String {
        let mut keys = self.keys.iter();
        let known = keys.find(|(known, _)| known.as_ed25519() == key.as_ed25519());
        known.map_or(String::new(), |(_, source)| source.to_string())
    }
}

/// Random bytes from the system.
pub(crate) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, Failure> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|error| {
        let message = format!("failed to get random bytes from the system: {error}");
        Failure::new(Status::CouldNotRun, message)
    })?;
    Ok(bytes)
}

/// What delimiters hold. The system may refuse to give it, which shows at the end.
#[derive(Debug, Default)]
pub(crate) struct Delimiters {
    failure: Option<Failure>,
}

impl Delimiters {
    /// The bytes of one more delimiter; of no use unless [`finish`](Self::finish) succeeds.
    pub(crate) fn draw(&mut self) -> [u8; 16] {
        match random() {
            Ok(bytes) => *bytes,
            Err(failure) => {
                self.failure = Some(failure);
                [0; 16]
            }
        }
    }

    /// Whether the system gave random bytes each time.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        self.failure.map_or(Ok(()), Err)
    }
}

/// Whether text may go to standard output.
pub(crate) fn is_file(target: &Target) -> bool {
    matches!(target, Target::File(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_that_were_not_all_drawn_are_a_failure() {
        let mut delimiters = Delimiters::default();
        delimiters.draw();
        delimiters.finish().unwrap();
        let failure = Some(Failure::new(Status::CouldNotRun, "none today"));
        let mut delimiters = Delimiters { failure };
        delimiters.draw();
        assert_eq!(delimiters.finish().unwrap_err().to_string(), "none today");
    }
}
