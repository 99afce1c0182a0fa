//! Writes signature payloads: a new one, or a signature more in one that is there.

use alloc::vec::Vec;

use crate::error::{Error, ErrorKind};
use crate::hash::Hash;
use crate::key::{KeyId, SecretKey};
use crate::limits::{MAX_SETS, MAX_SIGNATURES};
use crate::message::Message;
use crate::payload::{ALGORITHM_ED25519, IDENTIFIERS, SignatureData, SignatureSet};

/// The payload with a signature of `hashes` added.
///
/// It joins the first set that has the same hashes, behind the signatures that are there; if there is none, it makes
/// a set of its own behind the others. All other bytes stay.
pub(crate) fn sign_hashes(
    existing: Option<SignatureData<'_>>,
    hashes: &[Hash],
    key: &SecretKey,
    key_id: Option<&KeyId>,
) -> Result<Vec<u8>, Error> {
    let offset = existing.map_or(0, |data| data.offset());
    let limit = Error::new(ErrorKind::LimitExceeded, offset);
    let message = Message::new(hashes).ok_or(limit)?;
    let signature = key.sign(message.as_bytes());
    let key_id = key_id.map_or(&[][..], KeyId::as_bytes);

    let mut record = Some(encode_record(key_id, &signature)?);
    let mut count = 0;
    let mut sets = Vec::new();
    for set in existing.iter().flat_map(SignatureData::sets) {
        count += 1;
        let (signatures, records) = set.raw_signatures();
        if set.hashes() != hashes {
            write_set(&mut sets, set.hashes(), signatures, &[records])?;
            continue;
        }
        if is_there(&set, key_id, &signature) {
            return Err(Error::new(ErrorKind::DuplicateSignature, offset));
        }
        match record.take() {
            Some(_) if signatures == MAX_SIGNATURES => return Err(limit),
            Some(record) => write_set(&mut sets, hashes, signatures + 1, &[records, &record])?,
            None => write_set(&mut sets, hashes, signatures, &[records])?,
        }
    }
    if let Some(record) = record {
        if count == MAX_SETS {
            return Err(limit);
        }
        count += 1;
        write_set(&mut sets, hashes, 1, &[&record])?;
    }

    let mut payload = IDENTIFIERS.to_vec();
    write_var_u32(&mut payload, count)?;
    payload.extend_from_slice(&sets);
    Ok(payload)
}

/// The shortest encoding of a number, which must fit into 32 bits.
pub(crate) fn write_var_u32(out: &mut Vec<u8>, value: usize) -> Result<(), Error> {
    let mut rest =
        u32::try_from(value).map_err(|_| Error::without_offset(ErrorKind::LimitExceeded))?;
    loop {
        let [low, ..] = rest.to_le_bytes();
        rest >>= 7;
        if rest == 0 {
            out.push(low & 0x7f);
            return Ok(());
        }
        out.push(low | 0x80);
    }
}

fn write_set(
    out: &mut Vec<u8>,
    hashes: &[Hash],
    signatures: usize,
    records: &[&[u8]],
) -> Result<(), Error> {
    let mut set = Vec::new();
    write_var_u32(&mut set, hashes.len())?;
    set.extend_from_slice(hashes.as_flattened());
    write_var_u32(&mut set, signatures)?;
    set.extend(records.iter().copied().flatten());
    write_var_u32(out, set.len())?;
    out.extend_from_slice(&set);
    Ok(())
}

/// One signature with its length before it.
fn encode_record(key_id: &[u8], signature: &[u8; 64]) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    write_var_u32(&mut body, key_id.len())?;
    body.extend_from_slice(key_id);
    body.push(ALGORITHM_ED25519);
    write_var_u32(&mut body, signature.len())?;
    body.extend_from_slice(signature);

    let mut record = Vec::new();
    write_var_u32(&mut record, body.len())?;
    record.extend_from_slice(&body);
    Ok(record)
}

fn is_there(set: &SignatureSet<'_>, key_id: &[u8], signature: &[u8; 64]) -> bool {
    set.signatures().any(|record| {
        record.algorithm() == ALGORITHM_ED25519
            && record.key_id() == key_id
            && record.signature() == signature
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::Reader;

    #[test]
    fn what_is_written_reads_back_as_the_shortest() {
        for value in [0, 1, 127, 128, 16_383, 16_384, 0xffff_ffff] {
            let mut out = Vec::new();
            write_var_u32(&mut out, value).unwrap();
            let read = Reader::new(&out, 0).shortest_u32().unwrap();
            assert_eq!(usize::try_from(read).unwrap(), value);
        }
    }
}
