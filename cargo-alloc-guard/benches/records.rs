//! What the command costs besides the tests: reading, sorting, writing and showing their records, and
//! taking them over into a baseline, with the most memory that it had. Run it with
//! `cargo bench -p cargo-alloc-guard`; `-- --quick` leaves the million out.

#![forbid(unsafe_code)]

use std::{
    fs::{self, File},
    io::{BufWriter, Read as _, Write as _},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use alloc_guard_core::{
    Frame, Promise, Tally,
    report::{Outcome, Record, Site, VERSION, to_json},
};
use anyhow::{Context as _, Result, ensure};

const COMMAND: &str = env!("CARGO_BIN_EXE_cargo-alloc-guard");

/// Each command runs so often, and the quickest run counts.
const ROUNDS: usize = 3;

/// The tests of a binary, about as many as a large project has.
const TESTS_OF_A_BINARY: u64 = 500;

fn main() -> Result<()> {
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    println!("| what | records | files | seconds | peak MiB |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    let small = Workspace::new(10_000, 20)?;
    small.row("merge, written and shown", "merge run -o out.jsonl")?;
    small.row("merge, shown as JSON", "merge run --format json")?;
    small.row("first accept", "accept run")?;
    small.row("accept, nothing new", "accept run")?;
    let one_each = Workspace::new(10_000, 10_000)?;
    one_each.row("merge, written and shown", "merge run -o out.jsonl")?;
    let large = [100_000, 1_000_000];
    for records in large.into_iter().take(if is_quick { 1 } else { 2 }) {
        let workspace = Workspace::new(records, 20)?;
        workspace.row("merge, written and shown", "merge run -o out.jsonl")?;
    }
    Ok(())
}

/// A workspace of one package, beside records as its tests would leave them.
struct Workspace {
    folder: tempfile::TempDir,
    records: u64,
    files: u64,
}

impl Workspace {
    fn new(records: u64, files: u64) -> Result<Self> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let path = folder.path();
        fs::write(
            path.join("Cargo.toml"),
            "[package]\nname = \"codec\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n",
        )?;
        fs::create_dir_all(path.join("src"))?;
        fs::write(path.join("src/lib.rs"), "")?;
        fs::create_dir_all(path.join("run"))?;
        for file in 0..files {
            let mut out = BufWriter::new(File::create(path.join(format!("run/hot-{file}.jsonl")))?);
            for number in (file..records).step_by(usize::try_from(files)?) {
                writeln!(out, "{}", to_json(&record(number)))?;
            }
            out.flush()?;
        }
        Ok(Self {
            folder,
            records,
            files,
        })
    }

    fn row(&self, what: &str, arguments: &str) -> Result<()> {
        let baseline = self.folder.path().join("alloc-guard.toml");
        let is_first = what.starts_with("first");
        let mut quickest = Duration::MAX;
        let mut peak = 0;
        for _ in 0..ROUNDS {
            if is_first && baseline.exists() {
                fs::remove_file(&baseline)?;
            }
            let (took, kibibytes) = run(self.folder.path(), arguments)?;
            quickest = quickest.min(took);
            peak = peak.max(kibibytes);
        }
        println!(
            "| {what} | {} | {} | {:.2} | {} |",
            grouped(self.records),
            grouped(self.files),
            quickest.as_secs_f64(),
            peak.div_ceil(1024)
        );
        Ok(())
    }
}

/// Runs the command to its end; how long it took, and the most memory it had, in KiB.
fn run(folder: &Path, arguments: &str) -> Result<(Duration, u64)> {
    let start = Instant::now();
    let mut child = Command::new(COMMAND)
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .env_remove("CI")
        .env_remove("GITHUB_ACTIONS")
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut out = child.stdout.take().context("a pipe")?;
    let mut buffer = vec![0; 1 << 16];
    let mut peak = 0;
    // The greatest value only grows, and the last line is printed when all is done.
    while out.read(&mut buffer)? > 0 {
        peak = high_water_mark(&status).unwrap_or(peak);
    }
    let status = child.wait()?;
    let took = start.elapsed();
    ensure!(status.success(), "`{arguments}` ended with {status}");
    Ok((took, peak))
}

/// The most memory that a process has had so far, where the system says so.
fn high_water_mark(status: &str) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// One that is as long as real ones; each hundredth has something to show.
fn record(number: u64) -> Record {
    let binary = number / TESTS_OF_A_BINARY;
    let name = format!("codec::frames::decodes_without_a_copy_{number}");
    let mut record = Record {
        version: VERSION,
        title: format!("Decoding of frame {number}"),
        module: format!("hot_{binary}::codec::frames"),
        package: "codec".to_owned(),
        binary: format!("hot_{binary}"),
        file: format!("tests/hot_{binary}.rs"),
        line: 17,
        promise: Some(Promise::Allocates),
        held: true,
        profile: "debug".to_owned(),
        target: "x86_64-unknown-linux-gnu".to_owned(),
        toolchain: "1.96.0".to_owned(),
        features: Some("default,std".to_owned()),
        executable: format!("/home/somebody/codec/target/debug/deps/hot_{binary}-0123456789abcdef"),
        scope: "thread".to_owned(),
        outcome: Outcome::AsExpected,
        locked: Tally {
            allocs: 14 + number % 5,
            bytes: 3174,
            peak_bytes: 2253,
            ..Tally::default()
        },
        nanoseconds: 51_234,
        unix_milliseconds: 1_790_000_000_000 + number,
        name,
        ..Record::default()
    };
    if number.is_multiple_of(100) {
        let frame = Frame {
            function: "codec::frames::Frame::decode".to_owned(),
            file: "src/frames.rs".to_owned(),
            line: 88,
            column: 24,
        };
        record.sites = vec![Site {
            function: "Frame::decode".to_owned(),
            file: "src/frames.rs".to_owned(),
            line: 88,
            column: 24,
            via: "Vec::push".to_owned(),
            allocations: 14,
            bytes: 3174,
            frames: vec![frame; 12],
            ..Site::default()
        }];
    }
    record
}

/// `1,000,000`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
