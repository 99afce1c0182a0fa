//! `StreamVerifier`: a module verified as it arrives, with memory for its signature only.

use core::fmt;
use core::mem;

use crate::comparison::{Claim, Comparison};
use crate::error::{Error, ErrorKind};
use crate::key::PublicKey;
use crate::keyring::Keyring;
use crate::payload::SignatureData;
use crate::reader::Reader;
use crate::section::{CUSTOM, Encoding, HEADER_BYTES, SIGNATURE_NAME};
use crate::signers::Trusted;
use crate::verified::Verified;
use crate::wanted::Wanted;

/// Verifies a module that comes in pieces and is never in memory as a whole.
///
/// The rules and the verdicts are those of [`SignedModule`](crate::SignedModule). An error is about the first fault
/// on the way through the file, so a file with several faults may give another kind here. Do not use the content
/// before [`finish`](Self::finish) has said that it is what was signed.
///
/// It keeps what it must remember in the caller's buffer: the signature, and one section name at a time. 4 KiB are
/// enough for what is met in practice.
///
/// ```
/// use wsc::{Keyring, Module, SecretKey, StreamVerifier, Wanted};
///
/// # let secret = SecretKey::from_seed(&[7; 32]);
/// # let mut module = Module::parse(b"\0asm\x01\0\0\0\x01\x01\0")?;
/// # module.sign(&secret, None)?;
/// # let file = module.serialize();
/// let keyring = Keyring::from_iter([secret.public_key()]);
/// let mut buffer = [0; 4096];
/// let mut verifier = StreamVerifier::new(&mut buffer, &keyring, Wanted::Whole);
/// for piece in file.chunks(5) {
///     verifier.update(piece)?;
/// }
/// assert!(verifier.finish()?.is_whole());
/// # Ok::<(), wsc::Error>(())
/// ```
///
/// It answers one question, for a stream is over as soon as that is answered. To ask several, give each piece to
/// several verifiers, with a buffer each; [`SignedModule::verify_matrix`](crate::SignedModule::verify_matrix) hashes
/// the file only once.
pub struct StreamVerifier<'v, 'w> {
    trusted: Trusted<'v>,
    wanted: Wanted<'w>,
    /// A detached signature, until the header has been read.
    detached: Option<SignatureData<'v>>,
    /// From the first section that is signed on.
    comparison: Option<Comparison<'v, 'w, 1>>,
    state: State,
    buffer: &'v mut [u8],
    /// How much of the buffer is in use.
    held: usize,
    /// Where the next byte stands in the file.
    offset: usize,
    section: SectionFrame,
}

/// What the next byte belongs to.
#[derive(Debug, Clone, Copy)]
enum State {
    Header,
    Id,
    Size,
    NameLength,
    /// The name, of which so many bytes are missing.
    Name(usize),
    Content,
    SignaturePayload,
    Failed(Error),
}

/// What is known of the section under way.
#[derive(Debug, Clone, Copy, Default)]
struct SectionFrame {
    offset: usize,
    id: u8,
    body_offset: usize,
    name_offset: usize,
    /// The bytes of the section that are to come.
    left: usize,
}

impl<'v, 'w> StreamVerifier<'v, 'w> {
    /// Verifies a module whose first section is its signature.
    #[must_use]
    pub fn new<K: AsRef<[PublicKey]>>(
        buffer: &'v mut [u8],
        keyring: &'v Keyring<K>,
        wanted: Wanted<'w>,
    ) -> Self {
        Self {
            trusted: keyring.trusted(),
            wanted,
            detached: None,
            comparison: None,
            state: State::Header,
            buffer,
            held: 0,
            offset: 0,
            section: SectionFrame::default(),
        }
    }

    /// Verifies a module with a signature that is kept apart.
    ///
    /// # Errors
    ///
    /// As for [`SignatureData::parse`].
    pub fn detached<K: AsRef<[PublicKey]>>(
        signature: &'v [u8],
        buffer: &'v mut [u8],
        keyring: &'v Keyring<K>,
        wanted: Wanted<'w>,
    ) -> Result<Self, Error> {
        let detached = Some(SignatureData::parse(signature)?);
        let new = Self::new(buffer, keyring, wanted);
        Ok(Self { detached, ..new })
    }

    /// Takes the next piece of the file, of whatever length.
    ///
    /// # Errors
    ///
    /// Whatever [`finish`](Self::finish) can say already, so that the rest of the file need not be read; and
    /// [`ErrorKind::BufferTooSmall`].
    pub fn update(&mut self, mut piece: &[u8]) -> Result<(), Error> {
        while !piece.is_empty() {
            match self.step(piece) {
                Ok(rest) => piece = rest,
                Err(error) => {
                    self.state = State::Failed(error);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// The verdict on the file, which ends here.
    ///
    /// # Errors
    ///
    /// What [`update`](Self::update) gave, and what [`SignedModule`](crate::SignedModule) gives for such a file.
    pub fn finish(self) -> Result<Verified<'v>, Error> {
        let end = |offset| Err(Error::new(ErrorKind::UnexpectedEnd, offset));
        match self.state {
            State::Header => end(0),
            State::Size => end(self.offset),
            State::NameLength | State::Name(_) | State::Content | State::SignaturePayload => {
                end(self.section.body_offset)
            }
            State::Failed(error) => Err(error),
            State::Id => {
                let not_signed = Error::new(ErrorKind::NotSigned, HEADER_BYTES);
                let [verdict] = self.comparison.ok_or(not_signed)?.finish(self.offset);
                verdict
            }
        }
    }

    /// Takes bytes from the start of `piece`, which is not empty, and gives the rest.
    fn step<'p>(&mut self, piece: &'p [u8]) -> Result<&'p [u8], Error> {
        let wanted = match self.state {
            State::Failed(error) => return Err(error),
            State::Header => HEADER_BYTES - self.held,
            State::Id | State::Size | State::NameLength => 1,
            State::Name(left) => left,
            State::Content | State::SignaturePayload => self.section.left,
        };
        let (taken, rest) = piece.split_at(wanted.min(piece.len()));
        let start = self.offset;
        let too_long = Error::new(ErrorKind::LimitExceeded, start);
        self.offset = start.checked_add(taken.len()).ok_or(too_long)?;
        if matches!(self.state, State::Content) {
            if let Some(comparison) = &mut self.comparison {
                comparison.update(taken);
            }
        } else {
            self.hold(taken, start)?;
        }
        self.advance(taken.len(), start)?;
        Ok(rest)
    }

    /// So many bytes were taken, from `start` on.
    fn advance(&mut self, taken: usize, start: usize) -> Result<(), Error> {
        let held = self.buffer.get(..self.held).unwrap_or_default();
        let section = &mut self.section;
        match self.state {
            State::Header if self.held < HEADER_BYTES => Ok(()),
            State::Header => {
                Encoding::read(&mut Reader::new(held, 0))?;
                self.held = 0;
                self.state = State::Id;
                match self.detached.take() {
                    Some(signature) => self.compare_with(signature),
                    None => Ok(()),
                }
            }
            State::Id => {
                section.offset = start;
                section.id = held.first().copied().unwrap_or_default();
                self.state = State::Size;
                Ok(())
            }
            State::Size => {
                let Some(size) = complete_var_u32(held, 1, section.offset)? else {
                    return Ok(());
                };
                section.left = size;
                section.body_offset = self.offset;
                self.state = State::NameLength;
                match section.id {
                    CUSTOM if size == 0 => Err(self.name_too_long()),
                    CUSTOM => Ok(()),
                    _ => self.end_frame(),
                }
            }
            State::NameLength => {
                section.left -= taken;
                let frame = section.body_offset - section.offset;
                match complete_var_u32(held, frame, section.offset)? {
                    Some(length) if length > section.left => Err(self.name_too_long()),
                    Some(length) => self.begin_name(length),
                    None if section.left == 0 => Err(self.name_too_long()),
                    None => Ok(()),
                }
            }
            State::Name(left) => {
                section.left -= taken;
                self.begin_name_rest(left - taken)
            }
            State::Content | State::SignaturePayload => {
                section.left -= taken;
                self.end_section_if_complete()
            }
            State::Failed(error) => Err(error),
        }
    }

    fn begin_name(&mut self, length: usize) -> Result<(), Error> {
        self.section.name_offset = self.offset;
        self.begin_name_rest(length)
    }

    fn begin_name_rest(&mut self, left: usize) -> Result<(), Error> {
        self.state = State::Name(left);
        if left > 0 {
            return Ok(());
        }
        self.end_frame()
    }

    /// The frame of the section is held, to the end.
    fn end_frame(&mut self) -> Result<(), Error> {
        let SectionFrame {
            id,
            offset,
            name_offset,
            ..
        } = self.section;
        let frame = self.buffer.get(..self.held).unwrap_or_default();
        let name = match id {
            CUSTOM => Some(read_name(frame, name_offset - offset, name_offset)?),
            _ => None,
        };
        match &mut self.comparison {
            Some(comparison) => {
                comparison.begin_section(name, offset);
                comparison.update(frame);
                self.state = State::Content;
            }
            None if name == Some(SIGNATURE_NAME) => self.state = State::SignaturePayload,
            None => return Err(Error::new(ErrorKind::NotSigned, HEADER_BYTES)),
        }
        self.held = 0;
        self.end_section_if_complete()
    }

    fn end_section_if_complete(&mut self) -> Result<(), Error> {
        if self.section.left > 0 {
            return Ok(());
        }
        let is_signature = matches!(self.state, State::SignaturePayload);
        self.state = State::Id;
        if is_signature {
            // The payload stays; the rest of the buffer goes on being used.
            let buffer = mem::take(&mut self.buffer);
            let (payload, rest) = buffer.split_at_mut(mem::take(&mut self.held));
            self.buffer = rest;
            let start = self.offset - payload.len();
            let signature = SignatureData::read(Reader::new(payload, start))?;
            return self.compare_with(signature);
        }
        match &mut self.comparison {
            Some(comparison) => {
                comparison.end_section(self.offset);
                comparison.fault().map_or(Ok(()), Err)
            }
            None => Ok(()),
        }
    }

    fn compare_with(&mut self, signature: SignatureData<'v>) -> Result<(), Error> {
        let claim = Claim {
            signature,
            trusted: self.trusted,
            content_offset: self.offset,
            parts: None,
        };
        let comparison = self
            .comparison
            .insert(Comparison::new(claim, [self.wanted]));
        comparison.fault().map_or(Ok(()), Err)
    }

    fn hold(&mut self, bytes: &[u8], offset: usize) -> Result<(), Error> {
        let end = self.held + bytes.len();
        self.buffer
            .get_mut(self.held..end)
            .ok_or(Error::new(ErrorKind::BufferTooSmall, offset))?
            .copy_from_slice(bytes);
        self.held = end;
        Ok(())
    }

    /// The name, or its length, reaches past the end of its section.
    const fn name_too_long(&self) -> Error {
        Error::new(ErrorKind::UnexpectedEnd, self.offset)
    }
}

impl fmt::Debug for StreamVerifier<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamVerifier")
            .field("offset", &self.offset)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// The integer that starts behind the first `skip` bytes of a frame; `None` if more of it is to come.
fn complete_var_u32(frame: &[u8], skip: usize, offset: usize) -> Result<Option<usize>, Error> {
    let bytes = frame.get(skip..).unwrap_or_default();
    match Reader::new(bytes, offset + skip).var_u32() {
        Ok(value) => usize::try_from(value)
            .map(Some)
            .map_err(|_| Error::new(ErrorKind::LimitExceeded, offset + skip)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEnd => Ok(None),
        Err(error) => Err(error),
    }
}

fn read_name(frame: &[u8], start: usize, offset: usize) -> Result<&str, Error> {
    core::str::from_utf8(frame.get(start..).unwrap_or_default())
        .map_err(|e| Error::new(ErrorKind::BadName, offset + e.valid_up_to()))
}
