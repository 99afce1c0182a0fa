//! Owns the status line: what is being done with a file that takes longer than a second, on a terminal.

use std::{
    io::{self, IsTerminal as _, Read, Write},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// What is done sooner needs no status.
const FIRST: Duration = Duration::from_secs(1);
/// Nobody follows figures that change more often.
const OFTEN: Duration = Duration::from_millis(200);
const ERASE: &str = "\r\u{1b}[2K";
const MIB: u64 = 1 << 20;

/// The status line. It is wiped when dropped.
///
/// A thread writes it, for what takes its time may be one call of the library.
#[derive(Debug)]
pub(crate) struct Progress(Option<(Arc<Shared>, JoinHandle<()>)>);

#[derive(Debug)]
struct Shared {
    activity: Mutex<Activity>,
    is_over: Condvar,
    done: AtomicU64,
}

#[derive(Debug, Clone, Copy)]
enum Activity {
    Over,
    Working {
        verb: &'static str,
        total: Option<u64>,
    },
}

impl Progress {
    /// A status line where somebody can see it.
    pub(crate) fn on_terminal() -> Self {
        if io::stderr().is_terminal() {
            Self::start(io::stderr(), FIRST)
        } else {
            Self(None)
        }
    }

    fn start(out: impl Write + Send + 'static, first: Duration) -> Self {
        let shared = Arc::new(Shared {
            activity: Mutex::new(Activity::Working {
                verb: "Reading",
                total: None,
            }),
            is_over: Condvar::new(),
            done: AtomicU64::new(0),
        });
        let seen = Arc::clone(&shared);
        let writer = thread::Builder::new().spawn(move || seen.write_to(out, first));
        // Without a thread there is no status, and all else is as it was.
        Self(writer.ok().map(|writer| (shared, writer)))
    }

    /// Says what comes next, and how many bytes it is about where that is known.
    pub(crate) fn begin(&self, verb: &'static str, total: Option<u64>) {
        if let Some((shared, _)) = &self.0 {
            shared.set(Activity::Working { verb, total });
            shared.done.store(0, Ordering::Relaxed);
        }
    }

    /// A reader whose bytes are counted.
    pub(crate) fn watch<R: Read>(&self, reader: R) -> impl Read {
        Watched {
            reader,
            progress: self,
        }
    }

    fn advance(&self, bytes: usize) {
        if let Some((shared, _)) = &self.0 {
            shared.done.fetch_add(bytes as u64, Ordering::Relaxed);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((shared, writer)) = self.0.take() {
            shared.set(Activity::Over);
            shared.is_over.notify_one();
            // Nobody needs the line, so nobody need hear that it failed.
            let _ = writer.join();
        }
    }
}

impl Shared {
    fn set(&self, activity: Activity) {
        *self.activity.lock().unwrap_or_else(PoisonError::into_inner) = activity;
    }

    /// Writes the line, again and again, until it is over.
    fn write_to(&self, mut out: impl Write, first: Duration) {
        let mut pause = first;
        let mut is_shown = false;
        let mut activity = self.activity.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let working = |activity: &mut Activity| matches!(activity, Activity::Working { .. });
            let waited = self.is_over.wait_timeout_while(activity, pause, working);
            activity = waited.unwrap_or_else(PoisonError::into_inner).0;
            let Activity::Working { verb, total } = *activity else {
                break;
            };
            let line = line(verb, self.done.load(Ordering::Relaxed), total);
            write(&mut out, &format!("{ERASE}{line}"));
            is_shown = true;
            pause = OFTEN;
        }
        if is_shown {
            write(&mut out, ERASE);
        }
    }
}

fn write(out: &mut impl Write, text: &str) {
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// It has no file name: what is longer than the terminal is wide cannot be wiped.
fn line(verb: &str, done: u64, total: Option<u64>) -> String {
    match total {
        // Devices and pipes are of no length.
        Some(total) if total >= done && total > 0 => {
            format!("{verb}: {} of {} MiB", done / MIB, total / MIB)
        }
        _ if done > 0 => format!("{verb}: {} MiB", done / MIB),
        _ => verb.to_owned(),
    }
}

struct Watched<'p, R> {
    reader: R,
    progress: &'p Progress,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.progress.advance(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Receiver, Sender};

    use super::*;

    struct Channel(Sender<String>);

    impl Write for Channel {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let text = String::from_utf8_lossy(bytes).into_owned();
            self.0.send(text).map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The next line that is not the one before.
    fn next(lines: &Receiver<String>, before: &str) -> String {
        lines.iter().find(|line| line != before).unwrap()
    }

    #[test]
    fn the_line_says_what_is_done_and_is_wiped_at_the_end() {
        let (out, lines) = mpsc::channel();
        let progress = Progress::start(Channel(out), Duration::ZERO);
        let first = next(&lines, "");
        assert_eq!(first, format!("{ERASE}Reading"));
        progress.begin("Verifying", Some(3 * MIB));
        let second = next(&lines, &first);
        assert_eq!(second, format!("{ERASE}Verifying: 0 of 3 MiB"));
        let three = io::repeat(0).take(3 * MIB);
        let read = io::copy(&mut progress.watch(three), &mut io::sink());
        assert_eq!(read.unwrap(), 3 * MIB);
        let (shared, _) = progress.0.as_ref().unwrap();
        assert_eq!(shared.done.load(Ordering::Relaxed), 3 * MIB);
        drop(progress);
        assert_eq!(lines.iter().last().unwrap(), ERASE);
    }

    #[test]
    fn what_is_over_at_once_shows_nothing() {
        let (out, lines) = mpsc::channel();
        drop(Progress::start(Channel(out), Duration::MAX));
        assert_eq!(lines.iter().count(), 0);
    }

    #[test]
    fn a_file_without_a_length_has_no_total() {
        for (done, total, expected) in [
            (0, None, "Signing"),
            (0, Some(0), "Signing"),
            (5 * MIB, None, "Signing: 5 MiB"),
            (5 * MIB, Some(0), "Signing: 5 MiB"),
            (0, Some(6 * MIB), "Signing: 0 of 6 MiB"),
            // It grows while it is read.
            (7 * MIB, Some(6 * MIB), "Signing: 7 MiB"),
        ] {
            assert_eq!(line("Signing", done, total), expected);
        }
    }
}
