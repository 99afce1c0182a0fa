//! Numbers as text, and back.

use std::hint::black_box;

use numtoa::NumToA as _;

use super::super::Body;

pub(super) fn itoa_u64() -> Body {
    Box::new(|| {
        let mut buffer = itoa::Buffer::new();
        assert_eq!(buffer.format(black_box(u64::MAX)).len(), 20);
    })
}

pub(super) fn itoa_i128() -> Body {
    Box::new(|| {
        let mut buffer = itoa::Buffer::new();
        assert_eq!(buffer.format(black_box(i128::MIN)).len(), 40);
    })
}

pub(super) fn ryu_format() -> Body {
    Box::new(|| {
        let mut buffer = ryu::Buffer::new();
        assert_eq!(buffer.format(black_box(1.234_f64)), "1.234");
    })
}

pub(super) fn ryu_format_nan() -> Body {
    Box::new(|| {
        let mut buffer = ryu::Buffer::new();
        assert_eq!(buffer.format(black_box(f64::NAN)), "NaN");
    })
}

pub(super) fn zmij_format() -> Body {
    Box::new(|| {
        let mut buffer = zmij::Buffer::new();
        assert_eq!(buffer.format(black_box(1.234_f64)), "1.234");
    })
}

pub(super) fn zmij_format_infinity() -> Body {
    Box::new(|| {
        let mut buffer = zmij::Buffer::new();
        assert_eq!(buffer.format(black_box(f64::INFINITY)), "inf");
    })
}

pub(super) fn numtoa_str() -> Body {
    Box::new(|| {
        let mut buffer = [0; 20];
        assert_eq!(black_box(-1_234_i64).numtoa_str(10, &mut buffer), "-1234");
    })
}

pub(super) fn lexical_parse_float() -> Body {
    Box::new(|| {
        let parsed = lexical_core::parse::<f64>(black_box(b"1.7976931348623157e308"));
        assert_eq!(parsed, Ok(f64::MAX));
    })
}

/// The digits that decide stand after the first hundreds, which takes the slow path.
pub(super) fn lexical_parse_long_float() -> Body {
    let mut digits = b"9007199254740993.".to_vec();
    digits.resize(900, b'0');
    digits.push(b'1');
    Box::new(move || {
        let parsed = lexical_core::parse::<f64>(black_box(&digits));
        assert_eq!(parsed, Ok(9_007_199_254_740_994.0));
    })
}

pub(super) fn lexical_parse_bad_integer() -> Body {
    Box::new(|| assert!(lexical_core::parse::<u8>(black_box(b"256")).is_err()))
}

pub(super) fn lexical_write_float() -> Body {
    Box::new(|| {
        let mut buffer = [0; lexical_core::BUFFER_SIZE];
        assert_eq!(lexical_core::write(black_box(1.5_f64), &mut buffer), b"1.5");
    })
}
