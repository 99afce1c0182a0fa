//! A file without the environment: the events of the stream are copied as they are, but for those that hold a variable.

use std::io::{Read, Write};

use super::{
    chunks::{Chunks, Stop},
    events,
};
use crate::error::Error;

/// How many bytes of events make a chunk. Readers take up to 512 KiB.
const CHUNK: usize = 256 * 1024;

/// The number of the event that holds a variable of the environment.
const ENVIRONMENT: [u8; 4] = 11_u32.to_le_bytes();

/// Copies `file` to `out` without its environment, and says how many variables that had.
pub(crate) fn scrub(file: impl Read, out: impl Write) -> Result<u64, Error> {
    let mut chunks = Chunks::new(file);
    let mut copy = Copy {
        out,
        waiting: Vec::new(),
        variables: 0,
    };
    let end = copy.all(&mut chunks);
    if let Err(Stop::Error(error)) = end {
        return Err(error);
    }
    // An event that the file ends in.
    copy.event(&chunks.kept())?;
    copy.pack()?;
    if let Err(Stop::CutOff) = end {
        // The beginning of one more chunk, so that the copy is cut off, too.
        copy.write(&[1])?;
    }
    Ok(copy.variables)
}

struct Copy<W> {
    out: W,
    /// Events that are not in a chunk yet.
    waiting: Vec<u8>,
    variables: u64,
}

impl<W: Write> Copy<W> {
    fn all(&mut self, chunks: &mut Chunks<impl Read>) -> Result<(), Stop> {
        chunks.kept();
        while chunks.more()? {
            events::read(chunks)?;
            self.event(&chunks.kept())?;
        }
        Ok(())
    }

    /// Copies an event, or the beginning of one.
    fn event(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if bytes.starts_with(&ENVIRONMENT) {
            self.variables += 1;
            return Ok(());
        }
        for part in bytes.chunks(CHUNK) {
            self.waiting.extend_from_slice(part);
            if self.waiting.len() >= CHUNK {
                self.pack()?;
            }
        }
        Ok(())
    }

    /// Writes what is waiting as a chunk.
    fn pack(&mut self) -> Result<(), Error> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let packed = lz4_flex::block::compress(&self.waiting);
        self.waiting.clear();
        // Of less than two `CHUNK`s.
        let length = u32::try_from(packed.len()).unwrap_or(u32::MAX);
        self.write(&[1])?;
        self.write(&length.to_le_bytes())?;
        self.write(&packed)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.out.write_all(bytes).map_err(|error| Error::io(&error))
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    const BASE: &[u8] = include_bytes!("../../../tests/bytehound/decoded-base.dat");
    const RAW: &[u8] = include_bytes!("../../../tests/bytehound/raw-base.dat");

    fn stored(bytes: &[u8]) -> Vec<u8> {
        let mut file = vec![2];
        file.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
        file.extend(bytes);
        file
    }

    fn variable(text: &str) -> Vec<u8> {
        let length = u32::try_from(text.len()).unwrap().to_le_bytes();
        [&ENVIRONMENT, &length, text.as_bytes()].concat()
    }

    /// Everything that is packed in a file.
    fn stream(file: &[u8]) -> Vec<u8> {
        let mut chunks = Chunks::new(file);
        chunks.kept();
        while chunks.more().unwrap_or(false) {
            chunks.u8().unwrap();
        }
        chunks.kept()
    }

    fn scrubbed(file: &[u8]) -> (u64, Vec<u8>) {
        let mut copy = Vec::new();
        let variables = scrub(file, &mut copy).unwrap();
        (variables, copy)
    }

    #[test]
    fn every_byte_of_every_other_event_stays() {
        for (file, count) in [(BASE, 2), (RAW, 3)] {
            let (variables, copy) = scrubbed(file);
            assert_eq!(variables, count);
            // They stand together, and the event after them is a file.
            let mut expected = stream(file);
            let find = |text: &[u8]| {
                let mut windows = expected.windows(text.len());
                windows.position(|window| window == text).unwrap()
            };
            let first = find(&variable("PATH=/usr/bin:/bin"));
            let last = find(b"MEMORY_PROFILER_");
            let length = expected[last..]
                .windows(4)
                .position(|tag| tag == [23, 0, 0, 0])
                .unwrap();
            expected.drain(first..last + length);
            assert_eq!(stream(&copy), expected);
        }
    }

    /// The stream of the sample without its two variables.
    fn clean() -> Vec<u8> {
        stream(&scrubbed(BASE).1)
    }

    #[test]
    fn variables_are_left_out_wherever_they_stand_and_nothing_else() {
        let secret = variable("TOKEN=hunter2");
        let mut file = BASE.to_vec();
        // An event may begin in one chunk and end in another.
        file.extend(stored(&secret[..6]));
        file.extend(stored(&secret[6..]));
        file.extend(stored(&[&variable(""), MARKER, &secret].concat()));
        let (variables, copy) = scrubbed(&file);
        assert_eq!(variables, 2 + 3);
        let all = stream(&copy);
        assert_eq!(all, [&clean(), MARKER].concat());
        assert!(!all.windows(7).any(|window| window == b"hunter2"));
        assert_eq!(scrubbed(&copy), (0, copy));
    }

    /// A marker, the number 5.
    const MARKER: &[u8] = &[7, 0, 0, 0, 5, 0, 0, 0];

    #[test]
    fn a_file_that_is_cut_off_gives_a_copy_that_is_cut_off() {
        let cut = &BASE[..BASE.len() - 9];
        let (_, copy) = scrubbed(cut);
        assert!(clean().starts_with(&stream(&copy)));
        assert!(matches!(
            Copy {
                out: Vec::new(),
                waiting: Vec::new(),
                variables: 0
            }
            .all(&mut Chunks::new(&copy[..])),
            Err(Stop::CutOff)
        ));
    }

    #[test]
    fn half_a_variable_at_the_end_is_left_out_too() {
        let mut file = BASE.to_vec();
        file.extend(stored(&variable("TOKEN=hunter2")[..18]));
        let (variables, copy) = scrubbed(&file);
        assert_eq!(variables, 2 + 1);
        assert_eq!(stream(&copy), clean());
    }

    #[test]
    fn a_damaged_file_is_an_error_with_its_place() {
        let mut file = BASE.to_vec();
        let end = file.len() as u64;
        file.push(9);
        file.extend([0; 4]);
        let error = scrub(&file[..], io::sink()).unwrap_err();
        assert_eq!(error.offset(), Some(end));
    }
}
