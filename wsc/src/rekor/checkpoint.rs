//! `Checkpoint`: the signed note by which a log commits to a tree.

use base64ct::{Base64, Decoder, Encoding};

use crate::error::{Error, ErrorKind};
use crate::rekor::fields::unbase64;
use crate::rekor::inclusion::TreeHead;
use crate::rekor::json::decimal;
use crate::rekor::log::{Log, LogVersion};

/// What each signature line starts with: an em dash and a space.
const SIGNATURE_PREFIX: &str = "\u{2014} ";

/// Bytes of the key hint.
const HINT: usize = 4;

/// The longest signature of a log: ECDSA with P-256 in DER.
const MAX_SIGNATURE: usize = 72;

/// A checkpoint, read but not verified.
///
/// The form is that of a signed note (C2SP, signed-note) with a checkpoint (C2SP, tlog-checkpoint) in it.
#[derive(Debug, Clone, Copy)]
pub struct Checkpoint<'a> {
    /// The signed text, with its last line feed.
    note: &'a str,
    /// The lines behind the empty line.
    signatures: &'a str,
    origin: &'a str,
    tree: TreeHead,
}

/// What a log committed to by a checkpoint.
#[derive(Debug, Clone, Copy)]
pub struct VerifiedCheckpoint<'a> {
    log: &'a Log,
    tree: TreeHead,
    tree_id: Option<u64>,
}

impl<'a> Checkpoint<'a> {
    /// Reads the text of a checkpoint. It need not have a signature.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadCheckpoint`], with the byte of `text`, if a line is missing or not of its form.
    pub fn parse(text: &'a str) -> Result<Self, Error> {
        let bad = |offset| Error::new(ErrorKind::BadCheckpoint, offset);
        // Apart from the line feed, a note has no control characters.
        if let Some(at) = text.bytes().position(|b| b < b' ' && b != b'\n') {
            return Err(bad(at));
        }
        let end = text.rfind("\n\n").ok_or(bad(text.len()))?;
        let (note, signatures) = (&text[..=end], &text[end + 2..]);

        let mut lines = Lines { text: note, at: 0 };
        let (_, origin) = lines.next().ok_or(bad(0))?;
        let (at, size) = lines.next().ok_or(bad(end))?;
        let size = decimal(size).ok_or(bad(at))?;
        let (at, root) = lines.next().ok_or(bad(end))?;
        let root = unbase64(root).ok_or(bad(at))?;
        if let Some((at, _)) = lines.find(|(_, line)| line.is_empty()) {
            return Err(bad(at));
        }
        if origin.is_empty() {
            return Err(bad(0));
        }
        let checkpoint = Self {
            note,
            signatures,
            origin,
            tree: TreeHead { size, root },
        };
        match checkpoint.first_bad_line() {
            Some(at) => Err(bad(end + 2 + at)),
            None => Ok(checkpoint),
        }
    }

    /// Its first line: the name of the log, and for a log of version 1 which of its trees this is.
    #[must_use]
    pub const fn origin(&self) -> &'a str {
        self.origin
    }

    /// The tree that it is about.
    #[must_use]
    pub const fn tree(&self) -> TreeHead {
        self.tree
    }

    /// Verifies that the log signed it.
    ///
    /// The signature is the first one whose line has the name of the log and its key hint, wherever it stands. All
    /// other lines are passed over, as those of witnesses are.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadCheckpoint`] if the origin is not that of the log; [`ErrorKind::NoCheckpointSignature`] if the
    /// log has no signature there; [`ErrorKind::BadCheckpointSignature`] if that does not hold.
    pub fn verify<'l>(&self, log: &'l Log) -> Result<VerifiedCheckpoint<'l>, Error> {
        let tree_id = self.tree_id(log)?;
        let line = self
            .signature_lines()
            .flatten()
            .find(|line| {
                line.name == log.name() && line.hint().is_some_and(|h| h == log.key_hint())
            })
            .ok_or(Error::without_offset(ErrorKind::NoCheckpointSignature))?;
        let mut buffer = [0; HINT + MAX_SIGNATURE];
        let signature = Base64::decode(line.base64, &mut buffer)
            .ok()
            .and_then(|bytes| bytes.get(HINT..));
        if !signature.is_some_and(|signature| log.key.verifies(self.note.as_bytes(), signature)) {
            return Err(Error::without_offset(ErrorKind::BadCheckpointSignature));
        }
        Ok(VerifiedCheckpoint {
            log,
            tree: self.tree,
            tree_id,
        })
    }

    /// Which tree of the log the origin names: none, for a log that has one only.
    fn tree_id(&self, log: &Log) -> Result<Option<u64>, Error> {
        let other = Error::new(ErrorKind::BadCheckpoint, 0);
        let rest = self.origin.strip_prefix(log.name()).ok_or(other)?;
        match log.version() {
            LogVersion::V1 => match rest.strip_prefix(" - ").and_then(decimal) {
                Some(id) => Ok(Some(id)),
                None => Err(other),
            },
            LogVersion::V2 if rest.is_empty() => Ok(None),
            LogVersion::V2 => Err(other),
        }
    }

    fn signature_lines(&self) -> impl Iterator<Item = Option<SignatureLine<'a>>> {
        let lines = Lines {
            text: self.signatures,
            at: 0,
        };
        lines.map(|(_, line)| SignatureLine::parse(line))
    }

    /// Where the first line that is no signature line starts, counted from the first one.
    fn first_bad_line(&self) -> Option<usize> {
        let mut lines = Lines {
            text: self.signatures,
            at: 0,
        };
        let bad = lines.find(|(_, line)| SignatureLine::parse(line).is_none());
        // A last line without a line feed is not read as one.
        bad.map(|(at, _)| at)
            .or((lines.at < self.signatures.len()).then_some(lines.at))
    }
}

impl<'a> VerifiedCheckpoint<'a> {
    /// The log that signed it.
    #[must_use]
    pub const fn log(&self) -> &'a Log {
        self.log
    }

    /// The tree that the log committed to.
    #[must_use]
    pub const fn tree(&self) -> TreeHead {
        self.tree
    }

    /// Which of its trees this is, for a log of version 1.
    #[must_use]
    pub const fn tree_id(&self) -> Option<u64> {
        self.tree_id
    }
}

/// One line behind the empty line of a note.
struct SignatureLine<'a> {
    name: &'a str,
    /// The key hint and the signature.
    base64: &'a str,
}

impl<'a> SignatureLine<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (name, base64) = line.strip_prefix(SIGNATURE_PREFIX)?.split_once(' ')?;
        let is_name = |c: char| !c.is_whitespace() && c != '+';
        let sound = !name.is_empty() && name.chars().all(is_name) && is_base64(base64);
        sound.then_some(Self { name, base64 })
    }

    /// The first bytes, by which a key is found.
    fn hint(&self) -> Option<[u8; HINT]> {
        let mut bytes = [0; HINT];
        let mut decoder = Decoder::<Base64>::new(self.base64.as_bytes()).ok()?;
        decoder.decode(&mut bytes).ok()?;
        Some(bytes)
    }
}

/// Whether this is base64, of any length: witnesses may sign in ways not known here.
fn is_base64(text: &str) -> bool {
    let Ok(mut decoder) = Decoder::<Base64>::new(text.as_bytes()) else {
        return false;
    };
    let mut buffer = [0; 48];
    while !decoder.is_finished() {
        let len = decoder.remaining_len().min(buffer.len());
        let Some(piece) = buffer.get_mut(..len) else {
            return false;
        };
        if decoder.decode(piece).is_err() {
            return false;
        }
    }
    true
}

/// The lines of a text that end with a line feed, each with the byte at which it starts.
struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        let (line, _) = self.text.get(at..)?.split_once('\n')?;
        self.at += line.len() + 1;
        Some((at, line))
    }
}
