//! OpenSSH key files, as far as an Ed25519 key needs them: `PROTOCOL.key` of OpenSSH, RFC 8709 and RFC 4253.
//!
//! A reader of our own, for the crate `ssh-key` 0.6 brings 16 crates, among them a second `sha2` and `digest`, and
//! decodes private keys into a `Vec` only (measured 2026-11-24).

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};
use crate::key::encoding::fill;
use crate::limits::MAX_OPENSSH_KEY_BYTES;
use crate::reader::Reader;

const ALGORITHM: &[u8] = b"ssh-ed25519";
const MAGIC: &[u8; 15] = b"openssh-key-v1\0";
pub(super) const PRIVATE_LABEL: &[u8] = b"OPENSSH PRIVATE KEY";
/// The algorithm and the key, each with its length.
const BLOB_BYTES: usize = 4 + ALGORITHM.len() + 4 + 32;
/// What the private part is padded to where no cipher has larger blocks.
const BLOCK_BYTES: usize = 8;
/// What is written of the padding, behind a private part without comment.
const PADDING: [u8; 5] = [1, 2, 3, 4, 5];
const PRIVATE_BYTES: usize = 8 + BLOB_BYTES + 4 + 64 + 4 + PADDING.len();
const DECODED_BYTES: usize = MAGIC.len() + 4 * 6 + 2 * NONE.len() + BLOB_BYTES + PRIVATE_BYTES;
const NONE: &[u8] = b"none";
/// Characters in a line of base64, as `ssh-keygen` breaks it.
const LINE_CHARS: usize = 70;

/// A line of a public-key file, as it is written.
pub(super) const PUBLIC_LINE_BYTES: usize = 81;
/// A private-key file, as it is written.
pub(super) const PRIVATE_FILE_BYTES: usize = 387;

/// One line of a public-key file, with the byte it starts at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) offset: usize,
    fields: &'a [u8],
}

impl<'a> Line<'a> {
    /// The lines that hold an Ed25519 key, readable or not. Keys of other types are passed over, and so are comments.
    pub(super) fn ed25519(file: &'a [u8]) -> impl Iterator<Item = Self> + use<'a> {
        let mut next = 0;
        let lines = file.split_inclusive(|byte| *byte == b'\n');
        lines.filter_map(move |line| {
            let offset = next;
            next += line.len();
            let fields = line.strip_prefix(ALGORITHM)?;
            let is_other_type = fields
                .first()
                .is_some_and(|byte| !byte.is_ascii_whitespace());
            (!is_other_type).then_some(Self { offset, fields })
        })
    }

    /// The 32 bytes of the key.
    pub(super) fn key(&self) -> Result<[u8; 32], Error> {
        let invalid = Error::new(ErrorKind::InvalidKey, self.offset);
        let fields = self.fields.trim_ascii();
        let base64 = fields.split(u8::is_ascii_whitespace).next();
        let mut blob = [0; BLOB_BYTES];
        let decoded = Base64::decode(base64.unwrap_or_default(), &mut blob)
            .ok()
            .filter(|decoded| decoded.len() == BLOB_BYTES)
            .ok_or(invalid)?;
        let mut reader = Reader::new(decoded, 0);
        read_blob(&mut reader).copied().map_err(|_| invalid)
    }
}

/// The seed in a private-key file, handed on before its copy is wiped.
///
/// Everything that is said twice must agree, but for the public key of the seed, which the caller compares.
pub(super) fn read_private<T>(
    file: &[u8],
    use_key: impl FnOnce(&[u8; 32], &[u8; 32]) -> Result<T, Error>,
) -> Result<T, Error> {
    let invalid = Error::new(ErrorKind::InvalidKey, 0);
    let body = super::encoding::pem_body(file, PRIVATE_LABEL).ok_or(invalid)?;
    let mut base64 = Zeroizing::new([0; MAX_OPENSSH_KEY_BYTES]);
    let mut len = 0;
    for byte in body.iter().filter(|byte| !byte.is_ascii_whitespace()) {
        let too_long = Error::without_offset(ErrorKind::LimitExceeded);
        *base64.get_mut(len).ok_or(too_long)? = *byte;
        len += 1;
    }
    let base64 = base64.get_mut(..len).unwrap_or_default();
    let decoded = Base64::decode_in_place(base64).map_err(|_| invalid)?;
    let (seed, public) = unwrap_private(decoded)?;
    use_key(seed, public)
}

/// The seed and the public key.
fn unwrap_private(decoded: &[u8]) -> Result<(&[u8; 32], &[u8; 32]), Error> {
    let invalid = Error::new(ErrorKind::InvalidKey, 0);
    let mut reader = Reader::new(decoded, 0);
    if reader.array().ok() != Some(MAGIC) {
        return Err(invalid);
    }
    let (cipher, kdf) = (string(&mut reader)?, string(&mut reader)?);
    if (cipher, kdf) != (b"none", b"none") {
        return Err(Error::without_offset(ErrorKind::EncryptedKey));
    }
    expect(&mut reader, b"")?;
    // The number of keys in the file.
    if number(&mut reader)? != 1 {
        return Err(invalid);
    }
    let mut blob = Reader::new(string(&mut reader)?, 0);
    let public = read_blob(&mut blob)?;
    let private = string(&mut reader)?;
    if !reader.is_empty() || !private.len().is_multiple_of(BLOCK_BYTES) {
        return Err(invalid);
    }

    let mut reader = Reader::new(private, 0);
    // Two equal numbers, by which a wrong password shows.
    if number(&mut reader)? != number(&mut reader)? || read_blob_fields(&mut reader)? != public {
        return Err(invalid);
    }
    let (seed, repeated) = string(&mut reader)?.split_first_chunk().ok_or(invalid)?;
    let _comment = string(&mut reader)?;
    let padding = reader.rest();
    let is_padding =
        padding.len() < BLOCK_BYTES && padding.iter().copied().eq((1..).take(padding.len()));
    if repeated != public || !is_padding {
        return Err(invalid);
    }
    Ok((seed, public))
}

/// A line of a public-key file, without a comment.
pub(super) fn write_public(public: &[u8; 32]) -> [u8; PUBLIC_LINE_BYTES] {
    let mut base64 = [0; 68];
    let base64 = Base64::encode(&blob(public), &mut base64).unwrap_or_default();
    let mut line = [0; PUBLIC_LINE_BYTES];
    fill(&mut line, &[ALGORITHM, b" ", base64.as_bytes(), b"\n"]);
    line
}

/// A private-key file, not encrypted and without a comment.
pub(super) fn write_private(
    seed: &[u8; 32],
    public: &[u8; 32],
) -> Zeroizing<[u8; PRIVATE_FILE_BYTES]> {
    let blob = blob(public);
    let number = |number: u8| [0, 0, 0, number];
    let [empty, one, four] = [0, 1, 4].map(number);
    // The two numbers that must be equal say nothing where there is no password.
    let checks = [0; 8];
    let mut decoded = Zeroizing::new([0; DECODED_BYTES]);
    #[rustfmt::skip]
    fill(decoded.as_mut_slice(), &[
        MAGIC,
        // Cipher, key derivation, its options, the number of keys.
        &four, NONE, &four, NONE, &empty, &one,
        &number(51), &blob,
        &number(136), &checks, &blob, &number(64), seed, public, &empty, &PADDING,
    ]);
    let mut base64 = Zeroizing::new([0; DECODED_BYTES.div_ceil(3) * 4]);
    // There is room for all of it.
    let _ = Base64::encode(decoded.as_slice(), base64.as_mut_slice());
    let mut lines = base64.chunks(LINE_CHARS);
    let mut line = || lines.next().unwrap_or_default();
    let (begin, end, dashes) = (b"-----BEGIN ", b"-----END ", b"-----\n");
    let mut file = Zeroizing::new([0; PRIVATE_FILE_BYTES]);
    #[rustfmt::skip]
    fill(file.as_mut_slice(), &[
        begin, PRIVATE_LABEL, dashes,
        line(), b"\n", line(), b"\n", line(), b"\n", line(), b"\n", line(), b"\n",
        end, PRIVATE_LABEL, dashes,
    ]);
    file
}

/// The algorithm and the key, each with its length.
fn blob(public: &[u8; 32]) -> [u8; BLOB_BYTES] {
    let mut blob = [0; BLOB_BYTES];
    let lengths = [11, 32].map(|length| [0, 0, 0, length]);
    fill(&mut blob, &[&lengths[0], ALGORITHM, &lengths[1], public]);
    blob
}

/// A public key, and nothing behind it.
fn read_blob<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8; 32], Error> {
    let key = read_blob_fields(reader)?;
    if !reader.is_empty() {
        return Err(Error::new(ErrorKind::InvalidKey, 0));
    }
    Ok(key)
}

fn read_blob_fields<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8; 32], Error> {
    expect(reader, ALGORITHM)?;
    let key = string(reader)?;
    key.try_into()
        .map_err(|_| Error::new(ErrorKind::InvalidKey, 0))
}

fn expect(reader: &mut Reader<'_>, known: &[u8]) -> Result<(), Error> {
    if string(reader)? == known {
        return Ok(());
    }
    Err(Error::new(ErrorKind::InvalidKey, 0))
}

/// Bytes with their length before them.
fn string<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Error> {
    let len = number(reader)?;
    let invalid = Error::new(ErrorKind::InvalidKey, 0);
    reader
        .nested(len)
        .map(|bytes| bytes.rest())
        .map_err(|_| invalid)
}

fn number(reader: &mut Reader<'_>) -> Result<u32, Error> {
    let invalid = Error::new(ErrorKind::InvalidKey, 0);
    let bytes = reader.array().map_err(|_| invalid)?;
    Ok(u32::from_be_bytes(*bytes))
}
