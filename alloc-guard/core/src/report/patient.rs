//! Owns writing to a reader that may go away: `| head` must not turn a failure into a success, nor into
//! an error of its own.

use std::io::{self, ErrorKind, Write};

/// A writer that goes on without its reader: what is written after it has gone is lost, and no error.
#[derive(Debug)]
pub struct Patient<W>(Option<W>);

impl<W: Write> Patient<W> {
    /// Writes to `to` for as long as that has a reader.
    pub fn new(to: W) -> Self {
        Self(Some(to))
    }

    fn with<T>(&mut self, done: T, write: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        let Some(to) = &mut self.0 else {
            return Ok(done);
        };
        match write(to) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.0 = None;
                Ok(done)
            }
            result => result,
        }
    }
}

impl<W: Write> Write for Patient<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.with(bytes.len(), |to| to.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.with((), Write::flush)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(ErrorKind::StorageFull.into())
        }
    }

    #[test]
    fn a_reader_that_has_gone_is_no_error_and_a_full_disk_is_one() {
        let mut out = Patient::new(Closed);
        assert!(out.flush().is_err());
        assert!(writeln!(out, "one").is_ok());
        assert!(writeln!(out, "two").is_ok() && out.flush().is_ok());
    }
}
