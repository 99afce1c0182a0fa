//! Bytes as text, and back, into buffers of the caller's.

use std::{
    hint::black_box,
    io::{self, Read as _, Write},
};

use base64::{
    DecodeSliceError, Engine as _, display::Base64Display, engine::general_purpose::STANDARD,
    read::DecoderReader, write::EncoderWriter,
};
use base64ct::{Base64, Encoding as _};
use data_encoding::{BASE32, HEXLOWER};

use super::super::Body;

const BYTES: [u8; 30] = [0xA5; 30];
const TEXT: &str = "paWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWl";

pub(super) fn base64_encode_slice() -> Body {
    Box::new(|| {
        let mut buffer = [0; 40];
        assert_eq!(STANDARD.encode_slice(black_box(BYTES), &mut buffer), Ok(40));
        assert_eq!(buffer, TEXT.as_bytes());
    })
}

pub(super) fn base64_decode_slice() -> Body {
    Box::new(|| {
        let mut buffer = [0; 30];
        assert_eq!(STANDARD.decode_slice(black_box(TEXT), &mut buffer), Ok(30));
        assert_eq!(buffer, BYTES);
    })
}

pub(super) fn base64_decode_slice_bad() -> Body {
    Box::new(|| {
        let decoded = STANDARD.decode_slice(black_box("paWlpaW!"), &mut [0; 30]);
        assert!(matches!(decoded, Err(DecodeSliceError::DecodeError(_))));
    })
}

pub(super) fn base64_decode_slice_too_small() -> Body {
    Box::new(|| {
        let decoded = STANDARD.decode_slice(black_box(TEXT), &mut [0; 3]);
        assert_eq!(decoded, Err(DecodeSliceError::OutputSliceTooSmall));
    })
}

pub(super) fn base64_display() -> Body {
    use std::fmt::Write as _;
    Box::new(|| {
        let mut text: arrayvec::ArrayString<40> = arrayvec::ArrayString::new();
        let shown = Base64Display::new(black_box(&BYTES), &STANDARD);
        assert!(write!(text, "{shown}").is_ok());
        assert_eq!(&*text, TEXT);
    })
}

pub(super) fn base64_encoder_writer() -> Body {
    Box::new(|| {
        let mut buffer = [0; 40];
        let mut encoder = EncoderWriter::new(&mut buffer[..], &STANDARD);
        for part in black_box(BYTES).chunks(7) {
            assert!(encoder.write_all(part).is_ok());
        }
        assert!(encoder.finish().is_ok());
        drop(encoder);
        assert_eq!(buffer, TEXT.as_bytes());
    })
}

/// A writer that takes nothing.
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) fn base64_encoder_writer_full() -> Body {
    Box::new(|| {
        let mut encoder = EncoderWriter::new(Full, &STANDARD);
        let written = encoder.write_all(black_box(&BYTES));
        assert!(written.is_err() || encoder.finish().is_err());
    })
}

pub(super) fn base64_decoder_reader() -> Body {
    Box::new(|| {
        let mut decoder = DecoderReader::new(black_box(TEXT).as_bytes(), &STANDARD);
        let mut buffer = [0; 30];
        assert!(decoder.read_exact(&mut buffer).is_ok());
        assert_eq!(buffer, BYTES);
    })
}

pub(super) fn base64_decoder_reader_bad() -> Body {
    Box::new(|| {
        let mut decoder = DecoderReader::new(black_box("dt==").as_bytes(), &STANDARD);
        assert!(decoder.read(&mut [0; 30]).is_err());
    })
}

pub(super) fn base64ct_encode() -> Body {
    Box::new(|| {
        let mut buffer = [0; 40];
        assert_eq!(Base64::encode(black_box(&BYTES), &mut buffer), Ok(TEXT));
    })
}

pub(super) fn base64ct_decode_bad() -> Body {
    Box::new(|| assert!(Base64::decode(black_box("paWlpaW!"), &mut [0; 30]).is_err()))
}

pub(super) fn base16ct_encode() -> Body {
    Box::new(|| {
        let mut buffer = [0; 60];
        let text = base16ct::lower::encode_str(black_box(&BYTES), &mut buffer);
        assert!(text.is_ok_and(|text| text.starts_with("a5a5")));
    })
}

pub(super) fn base16ct_decode_bad() -> Body {
    Box::new(|| assert!(base16ct::mixed::decode(black_box("a5g5"), &mut [0; 30]).is_err()))
}

pub(super) fn data_encoding_encode_mut() -> Body {
    Box::new(|| {
        let mut buffer = [0; 60];
        HEXLOWER.encode_mut(black_box(&BYTES), &mut buffer);
        assert!(buffer.starts_with(b"a5a5"));
    })
}

pub(super) fn data_encoding_decode_mut() -> Body {
    Box::new(|| {
        let mut buffer = [0; 15];
        let decoded = BASE32.decode_mut(black_box(b"JBSWY3DPEB3W64TMMQ======"), &mut buffer);
        assert_eq!(decoded, Ok(11));
    })
}

pub(super) fn data_encoding_decode_mut_bad() -> Body {
    Box::new(|| {
        let mut buffer = [0; 15];
        let decoded = BASE32.decode_mut(black_box(b"JBSWY3DPEB3W64TMMQ=====!"), &mut buffer);
        assert!(decoded.is_err());
    })
}

pub(super) fn hex_encode_to_slice() -> Body {
    Box::new(|| {
        let mut buffer = [0; 60];
        assert_eq!(hex::encode_to_slice(black_box(BYTES), &mut buffer), Ok(()));
    })
}

pub(super) fn hex_decode_to_slice_bad() -> Body {
    Box::new(|| assert!(hex::decode_to_slice(black_box("a5g5"), &mut [0; 2]).is_err()))
}
