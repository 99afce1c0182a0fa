//! Owns base64 that is written as it comes.

use std::io::{self, Write};

use base64ct::{Base64, Encoding};

/// A multiple of three, so that only the last piece is padded.
const PIECE: usize = 3 * 1024;

/// Writes what it is given in base64. The end is written by [`Self::finish`].
pub(super) struct Base64Writer<W> {
    out: W,
    held: Vec<u8>,
}

impl<W: Write> Base64Writer<W> {
    pub(super) fn new(out: W) -> Self {
        Self {
            out,
            held: Vec::with_capacity(PIECE),
        }
    }

    /// Writes what is held, padded.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.encode()
    }

    fn encode(&mut self) -> io::Result<()> {
        let mut text = [0; PIECE / 3 * 4];
        let text = Base64::encode(&self.held, &mut text).map_err(io::Error::other)?;
        self.out.write_all(text.as_bytes())?;
        self.held.clear();
        Ok(())
    }
}

impl<W: Write> Write for Base64Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PIECE - self.held.len());
        self.held.extend_from_slice(&bytes[..taken]);
        if self.held.len() == PIECE {
            self.encode()?;
        }
        Ok(taken)
    }

    /// Keeps what does not yet make a piece: padding belongs at the end only.
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_any_size_are_one_text() {
        for length in [0, 1, 2, 3, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 2] {
            let bytes: Vec<u8> = (0..=250).cycle().take(length).collect();
            for step in [1, 7, PIECE, 2 * PIECE] {
                let mut out = Vec::new();
                let mut writer = Base64Writer::new(&mut out);
                for piece in bytes.chunks(step) {
                    writer.write_all(piece).expect("a vector takes all");
                    writer.flush().expect("a vector takes all");
                }
                writer.finish().expect("a vector takes all");
                assert_eq!(String::from_utf8(out), Ok(Base64::encode_string(&bytes)));
            }
        }
    }
}
