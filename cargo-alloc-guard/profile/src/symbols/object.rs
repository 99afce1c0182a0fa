//! What an executable's headers say: its build id, and which part of the file is at which address.

use std::{fs::File, io::BufReader, path::Path};

use object::{Object as _, ObjectSegment as _, ReadCache};

/// What is known of a file before its symbols are read.
#[derive(Debug, Default)]
pub(super) struct Headers {
    pub(super) build_id: Vec<u8>,
    /// Places in the file, lengths, addresses.
    pub(super) segments: Vec<(u64, u64, u64)>,
}

impl Headers {
    /// Reads no more of the file than it must.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "it is not there any more".to_owned(),
            _ => error.to_string(),
        })?;
        let cache = ReadCache::new(BufReader::new(file));
        let file =
            object::File::parse(&cache).map_err(|error| format!("it cannot be read: {error}"))?;
        let build_id = match (file.build_id(), file.mach_uuid()) {
            (Ok(Some(id)), _) => id.to_vec(),
            (_, Ok(Some(id))) => id.to_vec(),
            _ => Vec::new(),
        };
        let segments = file.segments().map(|segment| {
            let (offset, length) = segment.file_range();
            (offset, length, segment.address())
        });
        Ok(Self {
            build_id,
            segments: segments.collect(),
        })
    }

    /// The address of a place in the file.
    pub(super) fn address_of(&self, place: u64) -> Option<u64> {
        self.segments.iter().find_map(|(offset, length, address)| {
            let into = place.checked_sub(*offset).filter(|into| into < length)?;
            address.checked_add(into)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_file_has_the_address_of_its_segment() {
        let headers = Headers {
            build_id: Vec::new(),
            segments: vec![(0, 0x100, 0), (0x100, 0x80, 0x1100)],
        };
        for (place, address) in [
            (0, Some(0)),
            (0xff, Some(0xff)),
            (0x100, Some(0x1100)),
            (0x180, None),
        ] {
            assert_eq!(headers.address_of(place), address);
        }
    }
}
