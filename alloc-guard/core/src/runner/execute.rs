//! Owns the loop: runs the selected tests, those that count every thread alone and first, the
//! others on as many threads as asked for.

use std::{
    cell::RefCell,
    collections::HashMap,
    fmt::Write as _,
    panic,
    process::ExitCode,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
};

use crate::{
    harness, phase,
    registry::{self, Registration},
    report::{self, Gate, Outcome, Record, Totals},
    trial,
};

use super::{arguments::CommandLine, output::Output};

/// Runs the guarded tests of this binary as the command line asks.
#[must_use]
pub fn main() -> ExitCode {
    if cfg!(miri) {
        eprintln!(
            "Error: Miri lays out no linker sections, so no test would be found: run without `harness = false`"
        );
        return ExitCode::from(101);
    }
    harness::set_ours();
    phase::set_ours(true);
    let line = CommandLine::read(std::env::args_os());
    match run(&line, registry::all()) {
        Ok(true) => ExitCode::SUCCESS,
        // As libtest.
        Ok(false) => ExitCode::from(101),
        Err(error) => {
            eprintln!("Error: failed to write the report: {error}");
            ExitCode::from(101)
        }
    }
}

fn run(line: &CommandLine, all: &[&'static Registration]) -> std::io::Result<bool> {
    let selected = line.select(all);
    let mut output = Output::new(line, &selected)?;
    if line.arguments.list {
        output.list(&selected, line.arguments.ignored)?;
        return Ok(true);
    }
    let filtered_out = all.len() - selected.len();
    output.start(selected.len())?;
    install_panic_hook();

    let gate = Gate::from_environment();
    let mut totals = Totals::default();
    let mut failures = Vec::new();
    execute(line, &selected, |registration, record| {
        totals.add(record.outcome);
        output.trial(&record)?;
        if record.outcome.is_failure(gate) {
            failures.push((registration, record));
        }
        Ok(())
    })?;
    let failed = !failures.is_empty();
    output.failures(&failures)?;
    output.end(&totals, failures.len(), filtered_out)?;
    Ok(!failed)
}

/// Runs the selected tests and hands over their records in order.
fn execute(
    line: &CommandLine,
    selected: &[(&'static Registration, bool)],
    mut done: impl FnMut(&'static Registration, Record) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let runnable = |wanted: bool| {
        selected
            .iter()
            .enumerate()
            .filter(move |(_, (registration, ignored))| !ignored && registration.process == wanted)
            .map(|(index, (registration, _))| (index, *registration))
            .collect::<Vec<_>>()
    };
    // Alone, and first: no test before them has left a thread behind.
    let mut early: HashMap<usize, Record> = runnable(true)
        .into_iter()
        .map(|(index, registration)| (index, one(registration)))
        .collect();
    let queue = runnable(false);

    let mut pending: HashMap<usize, Record> = HashMap::new();
    let mut next = 0;
    let mut deliver = |arrived: Option<(usize, Record)>| -> std::io::Result<()> {
        pending.extend(arrived);
        while let Some((registration, ignored)) = selected.get(next) {
            let record = if *ignored {
                report::ignored(registration)
            } else if let Some(record) = early.remove(&next).or_else(|| pending.remove(&next)) {
                record
            } else {
                break;
            };
            next += 1;
            done(registration, record)?;
        }
        Ok(())
    };

    let threads = threads(line).min(queue.len());
    if threads <= 1 {
        for (index, registration) in queue {
            deliver(Some((index, one(registration))))?;
        }
        return deliver(None);
    }
    let position = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..threads {
            let sender = sender.clone();
            let (position, queue) = (&position, &queue);
            scope.spawn(move || {
                phase::set_ours(true);
                // Relaxed: each number is taken once, and nothing else is ordered by it.
                while let Some((index, registration)) =
                    queue.get(position.fetch_add(1, Ordering::Relaxed))
                {
                    // The receiver is gone only if the output is, and then nobody wants more.
                    if sender.send((*index, one(registration))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for arrived in receiver {
            deliver(Some(arrived))?;
        }
        deliver(None)
    })
}

fn threads(line: &CommandLine) -> usize {
    line.arguments
        .test_threads
        .or_else(|| std::env::var("RUST_TEST_THREADS").ok()?.parse().ok())
        .or_else(|| std::thread::available_parallelism().ok().map(usize::from))
        .unwrap_or(1)
        .max(1)
}

thread_local! {
    /// What the panic hook said of this thread's trial; `None` outside a trial.
    static PANICS: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs one trial and appends its record.
fn one(registration: &'static Registration) -> Record {
    PANICS.set(Some(String::new()));
    let finding = trial::run(registration);
    let panics = PANICS.take().unwrap_or_default();
    let mut record = report::build(registration, &finding);
    if record.outcome == Outcome::Panicked && !panics.is_empty() {
        record.message = panics;
    }
    report::append(&record);
    record
}

/// Keeps a trial's panic message, with its place, for the report, which prints it in order. Other
/// threads, and anyone who asked for a backtrace, get the usual hook as well.
fn install_panic_hook() {
    let usual = panic::take_hook();
    let asked = std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0");
    panic::set_hook(Box::new(move |info| {
        let kept = PANICS.try_with(|panics| {
            panics.try_borrow_mut().is_ok_and(|mut panics| {
                panics.as_mut().is_some_and(|text| {
                    text.clear();
                    write!(text, "{}", message(info)).is_ok()
                })
            })
        });
        if asked || !kept.unwrap_or(false) {
            usual(info);
        }
    }));
}

/// `place: text` of a panic.
fn message(info: &panic::PanicHookInfo<'_>) -> String {
    let text = trial::panic_text(info.payload());
    match info.location() {
        Some(location) => format!("{text}\n  --> {location}"),
        None => text.to_owned(),
    }
}
