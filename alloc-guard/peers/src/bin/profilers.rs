//! `cargo run --release -p alloc-guard-peers --bin profilers`: what it costs to record every allocation
//! of a program with its stack, as a whole process, beside other profilers.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use alloc_guard_peers::{
    cargo,
    table::{self, figure, least, median},
    workloads::Workload,
};
use anyhow::{Context as _, Result, bail, ensure};

/// The packages that are compared, all with the same `main`.
const WORKSPACE: &str = r#"
[workspace]
resolver = "3"
members = ["bare", "guarded", "with_dhat"]
"#;

const MAIN: &str = r#"
#[path = "../../program.rs"]
mod program;

fn main() {
    program::run();
}
"#;

const GUARDED: &str = "use alloc_guard as _;\n";

const WITH_DHAT: &str = r#"
#[path = "../../program.rs"]
mod program;

#[global_allocator]
static GLOBAL: dhat::Alloc = dhat::Alloc;

fn main() {
    // `testing` writes no file at the end, which would name functions.
    let _profiler = dhat::Profiler::builder().testing().build();
    program::run();
}
"#;

/// `WORKLOAD OPERATIONS THREADS`.
const PROGRAM: &str = r#"
#[path = "workloads.rs"]
#[allow(dead_code)]
mod workloads;

pub fn run() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [workload, operations, threads] = &arguments[..] else {
        panic!("usage: WORKLOAD OPERATIONS THREADS");
    };
    let operation = workloads::Workload::ALL
        .into_iter()
        .find(|known| known.name() == workload)
        .unwrap()
        .operation();
    let operations = operations.parse().unwrap();
    std::thread::scope(|scope| {
        for _ in 1..threads.parse().unwrap() {
            scope.spawn(|| operation(operations));
        }
        operation(operations);
    });
}
"#;

/// Keeps glibc from giving memory back to the system each time that a document is dropped, or not,
/// by what happens to lie behind it: page faults would be most of what is compared.
const KEEP_MEMORY: (&str, &str) = ("MALLOC_TRIM_THRESHOLD_", "4000000000");

/// A workload, and how often it runs in a build.
struct Load {
    title: &'static str,
    workload: Workload,
    threads: u64,
    /// On each thread.
    operations: u64,
}

const LOADS: [Load; 4] = [
    Load {
        title: "1 MB of JSON parsed to a `serde_json::Value` and dropped, again and again",
        workload: Workload::Json,
        threads: 1,
        operations: 20,
    },
    Load {
        title: "malloc + free of 16 bytes to 4 KiB, with 1,000 blocks live",
        workload: Workload::Live,
        threads: 1,
        operations: 4_000_000,
    },
    Load {
        title: "The same on two threads at once",
        workload: Workload::Live,
        threads: 2,
        operations: 2_000_000,
    },
    Load {
        title: "malloc + free of 64 bytes, and nothing else",
        workload: Workload::Pair,
        threads: 1,
        operations: 4_000_000,
    },
];

/// A way to record a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Profiler {
    Native,
    Guard,
    /// Our crates without optimisation, where nobody asked for it.
    PlainGuard,
    Dhat,
    Heaptrack,
    Valgrind,
}

impl Profiler {
    fn title(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Guard => "**alloc-guard**",
            Self::PlainGuard => "**alloc-guard**, itself not optimised",
            Self::Dhat => "the crate dhat",
            Self::Heaptrack => "heaptrack, raw",
            Self::Valgrind => "valgrind's DHAT",
        }
    }

    /// Whether it takes minutes, and so is timed in the first round alone.
    fn is_slow(self) -> bool {
        matches!(self, Self::Dhat | Self::Valgrind)
    }

    fn is_there(self) -> bool {
        let program = match self {
            Self::Heaptrack => "heaptrack",
            Self::Valgrind => "valgrind",
            _ => return true,
        };
        Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }
}

/// How everything is built.
struct Built {
    title: &'static str,
    /// Where the programs are.
    programs: PathBuf,
    /// Where the guarded program is whose guard is built like the program.
    plain: Option<PathBuf>,
}

fn main() -> Result<()> {
    let mut rounds = 5;
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => rounds = 1,
            "--rounds" => {
                let given = arguments.next().context("`--rounds` needs a number")?;
                rounds = given.parse().context("`--rounds` needs a number")?;
            }
            other => bail!("unknown argument {other:?}; known are --rounds N and --quick"),
        }
    }
    let folder = tempfile::tempdir().context("failed to make a folder")?;
    write(folder.path())?;
    cargo::fetch(folder.path())?;
    for built in [release(folder.path())?, dev(folder.path())?] {
        println!("### {}\n", built.title);
        for load in &LOADS {
            compare(load, &built, rounds)?;
        }
    }
    Ok(())
}

fn write(folder: &Path) -> Result<()> {
    let package = |name: &str, dependency: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\nserde_json = \"1\"\n{dependency}\n"
        )
    };
    let guard = cargo::repository().join("alloc-guard");
    let guard = format!(
        "alloc-guard = {{ path = {:?} }}",
        guard.display().to_string()
    );
    cargo::write(
        folder,
        &[
            ("Cargo.toml", WORKSPACE),
            ("program.rs", PROGRAM),
            ("workloads.rs", include_str!("../workloads.rs")),
            ("bare/Cargo.toml", &package("bare", "")),
            ("bare/src/main.rs", MAIN),
            ("guarded/Cargo.toml", &package("guarded", &guard)),
            ("guarded/src/main.rs", &format!("{GUARDED}{MAIN}")),
            (
                "with_dhat/Cargo.toml",
                &package("with_dhat", "dhat = \"0.3.3\""),
            ),
            ("with_dhat/src/main.rs", WITH_DHAT),
        ],
    )
}

fn release(folder: &Path) -> Result<Built> {
    eprintln!("building in the release profile");
    cargo::run(&mut cargo::command(folder, &["build", "--release"]))?;
    Ok(Built {
        title: "In the release profile",
        programs: folder.join("target/release"),
        plain: None,
    })
}

/// As `cargo alloc-guard profile` builds it, and once without anything said of the profile.
fn dev(folder: &Path) -> Result<Built> {
    eprintln!("building in the dev profile");
    let plain = folder.join("plain");
    let target = plain.display().to_string();
    cargo::run(&mut cargo::command(
        folder,
        &["build", "--package", "guarded", "--target-dir", &target],
    ))?;
    cargo::run(&mut cargo::command(
        folder,
        &[
            "build",
            "--config",
            "profile.dev.package.alloc-guard.opt-level=3",
            "--config",
            "profile.dev.package.alloc-guard-core.opt-level=3",
        ],
    ))?;
    Ok(Built {
        title: "In the `dev` profile",
        programs: folder.join("target/debug"),
        plain: Some(plain.join("debug")),
    })
}

fn compare(load: &Load, built: &Built, rounds: usize) -> Result<()> {
    let mut all: Vec<(Profiler, Vec<f64>)> = Vec::new();
    for profiler in [
        Profiler::Native,
        Profiler::Guard,
        Profiler::PlainGuard,
        Profiler::Dhat,
        Profiler::Heaptrack,
        Profiler::Valgrind,
    ] {
        if !profiler.is_there() {
            println!("{} was not found.\n", profiler.title());
        } else if profiler != Profiler::PlainGuard || built.plain.is_some() {
            all.push((profiler, Vec::new()));
        }
    }
    for round in 1..=rounds {
        for (profiler, samples) in &mut all {
            if profiler.is_slow() && round > 1 {
                continue;
            }
            eprintln!(
                "{}: round {round} of {rounds}: {}",
                load.title,
                profiler.title()
            );
            samples.push(time(*profiler, load, built)?);
        }
    }
    println!("{}:\n", load.title);
    let Some((_, native)) = all.first() else {
        return Ok(());
    };
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|(profiler, samples)| {
            let ratios: Vec<f64> = samples
                .iter()
                .zip(native)
                .map(|(sample, native)| sample / native)
                .collect();
            let times = [least(samples), median(samples)];
            let figures = times.into_iter().chain([least(&ratios), median(&ratios)]);
            std::iter::once(profiler.title().to_owned())
                .chain(figures.map(figure))
                .collect()
        })
        .collect();
    table::print(
        &[
            "recorded by",
            "CPU s, least",
            "median",
            "ratio, least",
            "ratio, median",
        ],
        &rows,
    );
    println!();
    Ok(())
}

/// CPU seconds of the process and of those that the profiler starts.
fn time(profiler: Profiler, load: &Load, built: &Built) -> Result<f64> {
    let out = tempfile::tempdir().context("failed to make a folder")?;
    let file = |name: &str| out.path().join(name);
    let program = |name: &str| {
        let folder = match (profiler, &built.plain) {
            (Profiler::PlainGuard, Some(plain)) => plain,
            _ => &built.programs,
        };
        folder.join(name)
    };
    let mut command = match profiler {
        Profiler::Native => Command::new(program("bare")),
        Profiler::Guard | Profiler::PlainGuard => {
            let mut command = Command::new(program("guarded"));
            command.env("ALLOC_GUARD_PROFILE", out.path());
            command
        }
        Profiler::Dhat => Command::new(program("with_dhat")),
        Profiler::Heaptrack => {
            let mut command = Command::new("heaptrack");
            command.args(["--raw", "--output"]).arg(file("recorded"));
            command.arg(program("bare"));
            command
        }
        Profiler::Valgrind => {
            let mut command = Command::new("valgrind");
            let out = format!("--dhat-out-file={}", file("recorded").display());
            command.args(["--tool=dhat", &out]).arg(program("bare"));
            command
        }
    };
    command
        .arg(load.workload.name())
        .args([load.operations, load.threads].map(|number| number.to_string()))
        .env(KEEP_MEMORY.0, KEEP_MEMORY.1);
    let (taken, _) = cargo::run(&mut command)?;
    let is_recorded = fs::read_dir(out.path())?.next().is_some();
    ensure!(
        is_recorded || matches!(profiler, Profiler::Native | Profiler::Dhat),
        "{} left no file",
        profiler.title()
    );
    Ok(taken.cpu.as_secs_f64())
}
