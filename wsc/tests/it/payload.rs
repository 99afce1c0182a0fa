//! The signature payload has one encoding: each integer the shortest, each record as long as it says.

use wsc::{Error, ErrorKind, SignatureData};

use ErrorKind::{LimitExceeded, PaddedInteger, TrailingBytes, UnexpectedEnd, UnsupportedFormat};

/// One set without hashes, in it one signature without key id, of algorithm 1, of the one byte `aa`.
const GOOD: [u8; 12] = [1, 1, 1, 1, 7, 0, 1, 4, 0, 1, 1, 0xaa];

fn fault(payload: &[u8]) -> Option<(ErrorKind, usize)> {
    let describe = |error: Error| (error.kind(), error.offset());
    SignatureData::parse(payload).err().map(describe)
}

#[test]
fn the_smallest_payload_is_read() {
    let data = SignatureData::parse(&GOOD).unwrap();
    let sets: Vec<_> = data.sets().collect();
    assert_eq!((sets.len(), sets[0].hashes().len()), (1, 0));
    let records: Vec<_> = sets[0].signatures().collect();
    assert_eq!(records.len(), 1);
    assert_eq!((records[0].key_id(), records[0].algorithm()), (&[][..], 1));
    assert_eq!(records[0].signature(), [0xaa]);
    assert_eq!(
        SignatureData::parse(&[1, 1, 1, 0]).unwrap().sets().count(),
        0
    );
}

#[test]
fn anything_else_than_one_encoding_is_refused() {
    #[rustfmt::skip]
    let table: [(&[u8], ErrorKind, usize); 25] = [
        // Identifiers.
        (&[2, 1, 1, 1, 7, 0, 1, 4, 0, 1, 1, 0xaa],       UnsupportedFormat, 0),
        (&[1, 0, 1, 1, 7, 0, 1, 4, 0, 1, 1, 0xaa],       UnsupportedFormat, 1),
        (&[1, 1, 0, 1, 7, 0, 1, 4, 0, 1, 1, 0xaa],       UnsupportedFormat, 2),
        // An integer in two bytes that fits into one.
        (&[1, 1, 1, 0x81, 0, 7, 0, 1, 4, 0, 1, 1, 0xaa], PaddedInteger, 3),
        (&[1, 1, 1, 1, 0x87, 0, 0, 1, 4, 0, 1, 1, 0xaa], PaddedInteger, 4),
        (&[1, 1, 1, 1, 8, 0x80, 0, 1, 4, 0, 1, 1, 0xaa], PaddedInteger, 5),
        (&[1, 1, 1, 1, 8, 0, 0x81, 0, 4, 0, 1, 1, 0xaa], PaddedInteger, 6),
        (&[1, 1, 1, 1, 8, 0, 1, 0x84, 0, 0, 1, 1, 0xaa], PaddedInteger, 7),
        (&[1, 1, 1, 1, 8, 0, 1, 5, 0x80, 0, 1, 1, 0xaa], PaddedInteger, 8),
        (&[1, 1, 1, 1, 8, 0, 1, 5, 0, 1, 0x81, 0, 0xaa], PaddedInteger, 10),
        // A byte more: after the last set, in the set, in the record.
        (&[1, 1, 1, 1, 7, 0, 1, 4, 0, 1, 1, 0xaa, 0],    TrailingBytes, 12),
        (&[1, 1, 1, 1, 8, 0, 1, 4, 0, 1, 1, 0xaa, 0],    TrailingBytes, 12),
        (&[1, 1, 1, 1, 8, 0, 1, 5, 0, 1, 1, 0xaa, 0],    TrailingBytes, 12),
        (&[1, 1, 1, 0, 7, 0, 1, 4, 0, 1, 1, 0xaa],       TrailingBytes, 4),
        (&[1, 1, 1, 1, 7, 0, 0, 4, 0, 1, 1, 0xaa],       TrailingBytes, 7),
        // A count or a length that reaches past what holds it.
        (&[1, 1, 1, 2, 7, 0, 1, 4, 0, 1, 1, 0xaa],       UnexpectedEnd, 12),
        (&[1, 1, 1, 1, 8, 0, 1, 4, 0, 1, 1, 0xaa],       UnexpectedEnd, 5),
        (&[1, 1, 1, 1, 7, 1, 1, 4, 0, 1, 1, 0xaa],       UnexpectedEnd, 6),
        (&[1, 1, 1, 1, 7, 0, 2, 4, 0, 1, 1, 0xaa],       UnexpectedEnd, 12),
        (&[1, 1, 1, 1, 7, 0, 1, 5, 0, 1, 1, 0xaa],       UnexpectedEnd, 8),
        (&[1, 1, 1, 1, 7, 0, 1, 4, 4, 1, 1, 0xaa],       UnexpectedEnd, 9),
        (&[1, 1, 1, 1, 7, 0, 1, 4, 0, 1, 2, 0xaa],       UnexpectedEnd, 11),
        // A count over its limit, whatever follows.
        (&[1, 1, 1, 65],                                 LimitExceeded, 3),
        (&[1, 1, 1, 1, 1, 65],                           LimitExceeded, 5),
        (&[1, 1, 1, 1, 3, 0, 0x81, 0x02],                LimitExceeded, 6),
    ];
    assert_eq!(fault(&GOOD), None);
    for (payload, kind, offset) in table {
        assert_eq!(fault(payload), Some((kind, offset)), "{payload:02x?}");
    }
}

#[test]
fn the_limits_are_those_of_the_public_tools() {
    let sets = |count: u8| [&[1, 1, 1, count][..], &[2, 0, 0].repeat(count.into())].concat();
    assert_eq!(fault(&sets(64)), None);
    assert_eq!(fault(&sets(65)), Some((LimitExceeded, 3)));
    assert_eq!(
        (wsc::MAX_SETS, wsc::MAX_HASHES, wsc::MAX_SIGNATURES),
        (64, 64, 256)
    );
}
