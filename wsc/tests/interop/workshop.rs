//! A folder in which both programs work on the same files.

use std::{
    env, fs,
    io::Write as _,
    os::unix::fs::symlink,
    path::{PathBuf, absolute},
    process::{Command, Output},
    sync::Once,
};

use wsc::PublicKey;

use crate::manifest::{path, read};

/// Set where wasmsign2 has to be there, so that the proof cannot get lost unseen.
const REQUIRE: &str = "ALLOC_GUARD_REQUIRE_WASMSIGN2";

/// The path of the program, if it is not the one on PATH.
const PROGRAM: &str = "WASMSIGN2";

/// Verdicts are those of this version, with the dependencies that its lock file names.
const INSTALL: &str = "cargo install --locked wasmsign2-cli --version 0.2.8";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    Ours,
    Theirs,
}

pub(crate) use Tool::{Ours, Theirs};

impl Tool {
    /// What stands for `{}` in a line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Ours => "ours",
            Theirs => "theirs",
        }
    }

    pub(crate) const fn other(self) -> Self {
        match self {
            Ours => Theirs,
            Theirs => Ours,
        }
    }
}

pub(crate) const BOTH: [Tool; 2] = [Ours, Theirs];

/// A folder of its own for each test, with the vectors in it.
pub(crate) struct Workshop {
    folder: tempfile::TempDir,
    theirs: PathBuf,
}

impl Workshop {
    /// `None` if wasmsign2 is not there.
    pub(crate) fn open() -> Option<Self> {
        let theirs = program()?;
        let folder = tempfile::tempdir().unwrap();
        for vectors in ["bad", "keys", "modules", "signed"] {
            symlink(path(vectors), folder.path().join(vectors)).unwrap();
        }
        Some(Self { folder, theirs })
    }

    /// Runs a line of arguments that both programs understand; `{}` in it is the name of the tool.
    pub(crate) fn run(&self, tool: Tool, line: &str) -> Output {
        self.finish(&mut self.command(tool, line))
    }

    /// The same with 256 MiB of memory.
    #[cfg(target_os = "linux")]
    pub(crate) fn run_in_little_memory(&self, tool: Tool, line: &str) -> Output {
        let command = self.command(tool, line);
        let mut limited = Command::new("sh");
        limited
            .args(["-c", "ulimit -v 262144 && exec \"$0\" \"$@\""])
            .arg(command.get_program())
            .args(command.get_args());
        self.finish(&mut limited)
    }

    fn command(&self, tool: Tool, line: &str) -> Command {
        let mut command = match tool {
            Ours => Command::new(env!("CARGO_BIN_EXE_wsc")),
            Theirs => Command::new(&self.theirs),
        };
        command.args(line.replace("{}", tool.name()).split_whitespace());
        command
    }

    fn finish(&self, command: &mut Command) -> Output {
        command.current_dir(self.folder.path()).output().unwrap()
    }

    /// The line does what it says.
    pub(crate) fn does(&self, tool: Tool, line: &str) {
        let output = self.run(tool, line);
        assert!(
            output.status.success(),
            "{}: {line}: {output:?}",
            tool.name()
        );
    }

    /// The line is refused: not for want of a file, and not by a crash.
    pub(crate) fn refuses(&self, tool: Tool, line: &str) {
        let output = self.run(tool, line);
        assert_eq!(
            output.status.code(),
            Some(1),
            "{}: {line}: {output:?}",
            tool.name()
        );
    }

    pub(crate) fn both_do(&self, line: &str) {
        for tool in BOTH {
            self.does(tool, line);
        }
    }

    pub(crate) fn both_refuse(&self, line: &str) {
        for tool in BOTH {
            self.refuses(tool, line);
        }
    }

    /// The names of the keys that a line with `verify_matrix` prints, sorted.
    pub(crate) fn matrix(&self, tool: Tool, line: &str) -> Vec<&'static str> {
        let printed = String::from_utf8(self.run(tool, line).stdout).unwrap();
        let names = |name: &&str| printed.contains(&default_key_id(name));
        SIGNERS.into_iter().filter(names).collect()
    }

    pub(crate) fn read(&self, tool: Tool, file: &str) -> Vec<u8> {
        let file = file.replace("{}", tool.name());
        let path = self.folder.path().join(&file);
        fs::read(path).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    /// The bytes of a file of which each tool has written one.
    pub(crate) fn same(&self, file: &str) -> Vec<u8> {
        let [ours, theirs] = BOTH.map(|tool| self.read(tool, file));
        assert!(ours == theirs, "{file} is not the same");
        ours
    }

    pub(crate) fn write(&self, file: &str, bytes: &[u8]) {
        fs::write(self.folder.path().join(file), bytes).unwrap();
    }
}

/// Those whose keys are in a file of their own.
const SIGNERS: [&str; 4] = ["alice", "bob", "carol", "mallory"];

/// What both print of a key.
fn default_key_id(name: &str) -> String {
    let key = PublicKey::from_bytes(&read(&format!("keys/{name}.pk")));
    key.unwrap().key_id().to_string()
}

fn program() -> Option<PathBuf> {
    static SAY_IT: Once = Once::new();
    // It is started in another folder.
    let named = env::var_os(PROGRAM).map(|named| absolute(named).unwrap());
    let program = named.clone().unwrap_or_else(|| "wasmsign2".into());
    let output = Command::new(&program).arg("--version").output();
    if output.is_ok_and(|output| output.stdout.starts_with(b"wasmsign2")) {
        return Some(program);
    }
    assert!(
        named.is_none(),
        "{PROGRAM} is {}, which is not wasmsign2",
        program.display()
    );
    assert!(
        env::var_os(REQUIRE).is_none(),
        "{REQUIRE} is set, but wasmsign2 is not on PATH, and {PROGRAM} does not name it: {INSTALL}"
    );
    SAY_IT.call_once(|| {
        // Past the capture of libtest, which would hide it in a test that passes.
        let word = format!(
            "\nNOT CHECKED AGAINST WASMSIGN2: it is not on PATH, and {PROGRAM} does not name it: {INSTALL}\n\n"
        );
        let _ = std::io::stderr().write_all(word.as_bytes());
    });
    None
}
