//! DER and PEM, as far as an Ed25519 key needs them: RFC 8410 gives each kind of key one fixed frame.

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};

/// SEQUENCE { SEQUENCE { OID 1.3.101.112 } BIT STRING (32 bytes) }: `SubjectPublicKeyInfo`.
pub(super) const SPKI_PREFIX: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// SEQUENCE { 0, SEQUENCE { OID 1.3.101.112 }, OCTET STRING { OCTET STRING (32 bytes) } }: PKCS#8, version 1.
pub(super) const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// The 32 bytes behind the frame `prefix`.
pub(super) fn unframe<'a>(der: &'a [u8], prefix: &[u8]) -> Result<&'a [u8; 32], Error> {
    der.strip_prefix(prefix)
        .and_then(|key| key.try_into().ok())
        .ok_or(Error::new(ErrorKind::InvalidKey, 0))
}

/// Decodes a PEM block with this label into `der`, which it must fill.
///
/// Both kinds of key fit into one line of base64; the decoder takes the same time for every key.
pub(super) fn decode_pem(pem: &[u8], label: &[u8], der: &mut [u8]) -> Result<(), Error> {
    let decoded =
        pem_body(pem, label).and_then(|body| Base64::decode(body, der).ok().map(<[u8]>::len));
    if decoded != Some(der.len()) {
        return Err(Error::new(ErrorKind::InvalidKey, 0));
    }
    Ok(())
}

/// What stands between the lines of a PEM block with this label.
pub(super) fn pem_body<'a>(pem: &'a [u8], label: &[u8]) -> Option<&'a [u8]> {
    let body = pem
        .trim_ascii()
        .strip_prefix(b"-----BEGIN ")?
        .strip_prefix(label)?
        .strip_prefix(b"-----")?
        .strip_suffix(b"-----")?
        .strip_suffix(label)?
        .strip_suffix(b"-----END ")?;
    Some(body.trim_ascii())
}

/// Writes a PEM block, which must fill `pem`. Both kinds of key fit into one line of base64.
pub(super) fn encode_pem<const DER: usize>(label: &[u8], der: &[u8; DER], pem: &mut [u8]) {
    const { assert!(DER <= 48, "more than a line") };
    let mut line = Zeroizing::new([0; 64]);
    let base64 = Base64::encode(der, line.as_mut_slice()).unwrap_or_default();
    let (begin, end, dashes) = (b"-----BEGIN ", b"\n-----END ", b"-----\n");
    fill(
        pem,
        &[begin, label, dashes, base64.as_bytes(), end, label, dashes],
    );
}

/// Puts the pieces one behind the other. They must be as long as `out` is.
pub(super) fn fill(out: &mut [u8], pieces: &[&[u8]]) {
    let bytes = pieces.iter().copied().flatten();
    debug_assert_eq!(bytes.clone().count(), out.len(), "room for something else");
    for (place, byte) in out.iter_mut().zip(bytes) {
        *place = *byte;
    }
}
