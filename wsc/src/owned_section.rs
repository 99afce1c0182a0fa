//! `OwnedSection`: one section with its own copy of its bytes.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::error::Error;
use crate::payload_writer::write_var_u32;
use crate::section::{CUSTOM, DELIMITER_NAME, SIGNATURE_NAME, Section};

/// One section of a [`Module`](crate::Module).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedSection {
    id: u8,
    bytes: Box<[u8]>,
    name: Option<Box<str>>,
    /// Where the payload starts in `bytes`; it goes to the end.
    payload: usize,
}

impl OwnedSection {
    /// A custom section, with its lengths in their shortest form.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::LimitExceeded`](crate::ErrorKind::LimitExceeded) if its size does not fit into 32 bits.
    pub fn custom(name: &str, payload: &[u8]) -> Result<Self, Error> {
        let mut body = Vec::new();
        write_var_u32(&mut body, name.len())?;
        body.extend_from_slice(name.as_bytes());
        body.extend_from_slice(payload);

        let mut bytes = Vec::from([CUSTOM]);
        write_var_u32(&mut bytes, body.len())?;
        bytes.extend_from_slice(&body);
        Ok(Self {
            id: CUSTOM,
            payload: bytes.len() - payload.len(),
            bytes: bytes.into(),
            name: Some(name.into()),
        })
    }

    /// The section id; 0 is a custom section.
    #[must_use]
    pub const fn id(&self) -> u8 {
        self.id
    }

    /// The name of a custom section.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// All bytes of the section, id and size included.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The content: what follows the size, and in a custom section the name.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.bytes.get(self.payload..).unwrap_or_default()
    }

    pub(crate) fn is_signature(&self) -> bool {
        self.name() == Some(SIGNATURE_NAME)
    }

    pub(crate) fn is_delimiter(&self) -> bool {
        self.name() == Some(DELIMITER_NAME)
    }
}

impl From<Section<'_>> for OwnedSection {
    fn from(section: Section<'_>) -> Self {
        Self {
            id: section.id(),
            bytes: section.as_bytes().into(),
            name: section.name().map(Into::into),
            payload: section.as_bytes().len() - section.payload().len(),
        }
    }
}
