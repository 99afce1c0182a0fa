//! The list of sections of a module or a component, read in place.
//!
//! WebAssembly core specification, "Binary Format", "Modules"; of a section only its frame is read: the id, the
//! size, and a custom section's name.

use core::iter::FusedIterator;

use crate::error::{Error, ErrorKind};
use crate::reader::Reader;

pub(crate) const CUSTOM: u8 = 0;
pub(crate) const SIGNATURE_NAME: &str = "signature";
pub(crate) const DELIMITER_NAME: &str = "signature_delimiter";

pub(crate) const HEADER_BYTES: usize = 8;
const MODULE_HEADER: [u8; HEADER_BYTES] = *b"\0asm\x01\0\0\0";
const COMPONENT_HEADER: [u8; HEADER_BYTES] = *b"\0asm\x0d\0\x01\0";

/// Which of the two binary formats a file says it is in.
///
/// These first eight bytes are **not** signed: a signed module can be turned into a file that says it is a
/// component, and the other way round. Compare this with what you expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// A core module, version 1.
    Module,
    /// A component, version 13, layer 1.
    Component,
}

impl Encoding {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let start = *reader;
        match *reader.array()? {
            MODULE_HEADER => Ok(Self::Module),
            COMPONENT_HEADER => Ok(Self::Component),
            _ => Err(start.error(ErrorKind::BadHeader)),
        }
    }

    #[cfg(feature = "alloc")]
    pub(crate) const fn header(self) -> &'static [u8; HEADER_BYTES] {
        match self {
            Self::Module => &MODULE_HEADER,
            Self::Component => &COMPONENT_HEADER,
        }
    }
}

/// One section, borrowed from the file it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section<'a> {
    id: u8,
    offset: usize,
    bytes: &'a [u8],
    name: Option<&'a str>,
    payload: &'a [u8],
}

impl<'a> Section<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self, Error> {
        let start = *reader;
        let id = reader.u8()?;
        let size = reader.var_u32()?;
        let mut body = reader.nested(size)?;
        let name = match id {
            CUSTOM => Some(read_name(&mut body)?),
            _ => None,
        };
        let bytes = {
            let mut whole = start;
            whole.take(reader.offset() - start.offset())?
        };
        Ok(Self {
            id,
            offset: start.offset(),
            bytes,
            name,
            payload: body.rest(),
        })
    }

    /// The section id; 0 is a custom section.
    #[must_use]
    pub const fn id(&self) -> u8 {
        self.id
    }

    /// The name of a custom section.
    #[must_use]
    pub const fn name(&self) -> Option<&'a str> {
        self.name
    }

    /// Where the section's id stands in the file.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// All bytes of the section as they are in the file, id and size included.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The content: what follows the size, and in a custom section the name.
    #[must_use]
    pub const fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// Where [`payload`](Self::payload) starts in the file.
    #[must_use]
    pub const fn payload_offset(&self) -> usize {
        // The payload is the end of `bytes`.
        self.offset + (self.bytes.len() - self.payload.len())
    }

    pub(crate) fn is_signature(&self) -> bool {
        self.name == Some(SIGNATURE_NAME)
    }

    pub(crate) fn is_delimiter(&self) -> bool {
        self.name == Some(DELIMITER_NAME)
    }
}

/// The sections of a file, one after the other. After an error there are no more.
#[derive(Debug, Clone)]
pub struct Sections<'a> {
    reader: Reader<'a>,
}

impl<'a> Sections<'a> {
    pub(crate) const fn new(reader: Reader<'a>) -> Self {
        Self { reader }
    }
}

impl<'a> Iterator for Sections<'a> {
    type Item = Result<Section<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.reader.is_empty() {
            return None;
        }
        let section = Section::read(&mut self.reader);
        if section.is_err() {
            self.reader = Reader::new(&[], self.reader.offset());
        }
        Some(section)
    }
}

impl FusedIterator for Sections<'_> {}

fn read_name<'a>(body: &mut Reader<'a>) -> Result<&'a str, Error> {
    let len = body.var_u32()?;
    let name = body.nested(len)?;
    core::str::from_utf8(name.rest())
        .map_err(|e| Error::new(ErrorKind::BadName, name.offset() + e.valid_up_to()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Section<'_>, Error> {
        Section::read(&mut Reader::new(bytes, 8))
    }

    #[test]
    fn a_custom_section_has_a_name_and_the_rest_is_its_payload() {
        let section = read(b"\0\x04\x02hi!ignored").unwrap();
        assert_eq!((section.id(), section.name()), (0, Some("hi")));
        assert_eq!(
            (section.payload(), section.payload_offset()),
            (&b"!"[..], 13)
        );
        assert_eq!(
            (section.as_bytes(), section.offset()),
            (&b"\0\x04\x02hi!"[..], 8)
        );
    }

    #[test]
    fn another_section_has_no_name() {
        let section = read(b"\x0a\x03\x02hi").unwrap();
        assert_eq!((section.name(), section.payload()), (None, &b"\x02hi"[..]));
    }

    #[test]
    fn a_name_must_lie_inside_its_section_and_be_utf8() {
        use ErrorKind::{BadInteger, BadName, UnexpectedEnd};
        #[rustfmt::skip]
        let table: [(&[u8], ErrorKind, usize); 6] = [
            (b"\0",                             UnexpectedEnd, 9),
            (b"\0\x00rest",                     UnexpectedEnd, 10),
            (b"\0\x02\x02hi",                   UnexpectedEnd, 11),
            (b"\0\x03\x02h\xff",                BadName,       12),
            (b"\x01\x05abcd",                   UnexpectedEnd, 10),
            (b"\x01\xff\xff\xff\xff\x7f",       BadInteger,    9),
        ];
        for (bytes, kind, offset) in table {
            assert_eq!(
                read(bytes).unwrap_err(),
                Error::new(kind, offset),
                "{bytes:02x?}"
            );
        }
    }

    #[test]
    fn after_an_error_there_are_no_more_sections() {
        let mut sections = Sections::new(Reader::new(b"\x01\0\x01\x05\x01\0", 0));
        assert!(sections.next().unwrap().is_ok());
        assert!(sections.next().unwrap().is_err());
        assert!(sections.next().is_none());
    }
}
