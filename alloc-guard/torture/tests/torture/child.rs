//! Owns a process that runs programs: starts it, gives it one after another, and notices if it hangs or ends.

use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{self, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    time::Duration,
};

use alloc_guard_torture::{Counts, INTERRUPT, Program, REPLY, Reply};

/// How long a program may take. Most take less than a thousandth of a second.
const PATIENCE: Duration = Duration::from_mins(2);

/// A tool and its arguments, under which the process runs.
const UNDER: &str = "ALLOC_GUARD_TORTURE_UNDER";

/// A folder to take the binaries from, which were built otherwise than the tests.
const BINARIES: &str = "ALLOC_GUARD_TORTURE_BINARIES";

/// The file with what the process says on standard error.
const SAID: &str = "said";

/// A process that runs programs.
pub(crate) struct Child {
    binary: String,
    running: Option<Running>,
    /// The folder for its records.
    records: tempfile::TempDir,
    variables: Vec<(String, PathBuf)>,
}

struct Running {
    process: process::Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Child {
    /// Starts `binary` with some variables set.
    pub(crate) fn start(binary: &str, variables: &[(&str, &Path)]) -> Self {
        let variables = variables.iter();
        Self {
            binary: binary.to_owned(),
            running: None,
            records: tempfile::tempdir().unwrap(),
            variables: variables
                .map(|(name, path)| ((*name).to_owned(), (*path).to_owned()))
                .collect(),
        }
    }

    /// Runs a program. If the process hangs or ends it is ended, and the next program has another.
    pub(crate) fn run(&mut self, program: &Program) -> Result<Reply, String> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => self.started(),
        };
        let line = serde_json::to_string(program).unwrap();
        if let Some(stdin) = &mut running.stdin {
            // If nobody reads it, nobody replies.
            let _ = writeln!(stdin, "{line}");
        }
        let reply = running
            .reply()
            .map_err(|why| format!("{why}: {}", self.said()))?;
        self.running = Some(running);
        Ok(serde_json::from_str(&reply).unwrap())
    }

    /// Has the process end, and says what it asked of its allocator in all.
    pub(crate) fn end(mut self) -> Counts {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => self.started(),
        };
        drop(running.stdin.take());
        let sums = running.reply().unwrap_or_else(|why| panic!("{why}"));
        let status = running.process.wait().unwrap();
        assert!(status.success(), "{status}: {}", self.said());
        serde_json::from_str(&sums).unwrap()
    }

    fn started(&self) -> Running {
        let under = std::env::var(UNDER).unwrap_or_default();
        let mut binary = PathBuf::from(&self.binary);
        if let Some(folder) = std::env::var_os(BINARIES) {
            binary = Path::new(&folder).join(binary.file_name().unwrap());
        }
        let mut words: Vec<_> = under.split_whitespace().map(Into::into).collect();
        words.push(binary);
        let said = File::create(self.records.path().join(SAID)).unwrap();
        let mut process = Command::new(&words[0])
            .args(&words[1..])
            .env("ALLOC_GUARD_DIR", self.records.path())
            // A guarded test of the scope `process` is alone in this process, and need not start another.
            .env("NEXTEST_EXECUTION_MODE", "process-per-test")
            .env("RUST_BACKTRACE", "0")
            .envs((under.is_empty()).then_some((INTERRUPT, "300")))
            .env_remove("ALLOC_GUARD_PROFILE")
            .envs(self.variables.iter().map(|(name, path)| (name, path)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(said)
            .spawn()
            .unwrap();
        let stdin = process.stdin.take();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if let Some(reply) = line.strip_prefix(REPLY) {
                    let _ = sender.send(reply.to_owned());
                }
            }
        });
        Running {
            process,
            stdin,
            lines,
        }
    }

    /// What the process has said on standard error.
    fn said(&self) -> String {
        let said = std::fs::read(self.records.path().join(SAID)).unwrap_or_default();
        String::from_utf8_lossy(&said).into_owned()
    }
}

impl Running {
    fn reply(&mut self) -> Result<String, String> {
        let why = match self.lines.recv_timeout(PATIENCE) {
            Ok(reply) => return Ok(reply),
            Err(RecvTimeoutError::Timeout) => "it hangs".to_owned(),
            Err(RecvTimeoutError::Disconnected) => String::new(),
        };
        let _ = self.process.kill();
        Err(format!("{why}{}", self.process.wait().unwrap()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
