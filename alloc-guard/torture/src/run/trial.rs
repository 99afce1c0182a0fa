//! Owns the run of a whole program, as it stands or as a guarded test.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::Mutex,
};

use alloc_guard_core::{
    __private::{Body, Context, Expectation, Registration, libtest},
    report::{Record, read_record},
};

use crate::{
    program::{Course, Place, Program, Reply, SLOTS, Tried},
    run::{
        steps::{At, Own, Slots, drop_payload, hidden},
        thread,
    },
    shadow,
};

/// The program that runs, and what its body found the first time it ran.
static RUNNING: Mutex<Option<&'static Program>> = Mutex::new(None);

/// What is read of the process's records has been read before.
static READ: Mutex<u64> = Mutex::new(0);

fn running() -> &'static Program {
    RUNNING.lock().unwrap().expect("a program runs")
}

/// Runs a program.
pub(crate) fn run(program: &'static Program) -> Reply {
    *RUNNING.lock().unwrap() = Some(program);
    shadow::begin_own();
    let observed = match program.place {
        Place::Main => {
            let own = Own::new(At::Main, Slots([None; SLOTS]));
            run_on(&own);
            own.observed.take()
        }
        Place::Thread => thread::on_another(|own, _| run_on(own), &program.steps),
    };
    let mut own = shadow::own_calls();
    own.peak_bytes = 0;
    let tried = matches!(program.course, Course::Trial { .. }).then(last_record);
    Reply {
        observed,
        tried: tried.as_ref().map(tried_as),
        own,
        window: shadow::window(),
    }
}

fn run_on(own: &Own) {
    let program = running();
    match &program.course {
        Course::Plain => {
            own.caught(&program.steps);
            own.join_all();
        }
        Course::Trial {
            process,
            deny_dealloc,
            no_leaks,
            ..
        } => {
            let registration = Registration {
                marked_name: "torture::program",
                title: "",
                file: file!(),
                line: line!(),
                package: env!("CARGO_PKG_NAME"),
                manifest_dir: env!("CARGO_MANIFEST_DIR"),
                debug: cfg!(debug_assertions),
                expectation: Expectation {
                    deny_dealloc: *deny_dealloc,
                    no_leaks: *no_leaks,
                    ..Expectation::ALLOC_FREE
                },
                process: *process,
                warmup: 0,
                ignored: None,
                should_panic: None,
                body: Body::Fixtures(body),
            };
            CURRENT.set(Some(own));
            let ended = catch_unwind(AssertUnwindSafe(|| libtest(&registration).is_ok()));
            CURRENT.set(None);
            if let Err(payload) = ended {
                drop_payload(payload);
            }
        }
    }
    own.free_all();
}

thread_local! {
    /// What the thread of the trial has, until its body has run.
    static CURRENT: std::cell::Cell<Option<*const Own>> = const { std::cell::Cell::new(None) };
}

/// The body of the guarded test. A regression has it run again, which does nothing.
fn body(context: &mut Context) {
    let Some(own) = CURRENT.take() else {
        context.lock();
        return context.unlock();
    };
    // SAFETY: it lives on the stack of this thread, which is in `run_on`.
    let own = unsafe { &*own };
    let program = hidden(running);
    let Course::Trial { init, after, .. } = &program.course else {
        return;
    };
    let result = catch_unwind(AssertUnwindSafe(|| own.run(init)));
    own.join_all();
    if let Err(payload) = result {
        resume_unwind(payload);
    }
    context.lock();
    shadow::open();
    let result = catch_unwind(AssertUnwindSafe(|| own.run(&program.steps)));
    own.join_all();
    shadow::close();
    if let Err(payload) = result {
        resume_unwind(payload);
    }
    context.unlock();
    let result = catch_unwind(AssertUnwindSafe(|| own.run(after)));
    own.join_all();
    if let Err(payload) = result {
        resume_unwind(payload);
    }
}

/// The record that this process wrote last.
fn last_record() -> Record {
    let folder = std::env::var_os("ALLOC_GUARD_DIR").expect("records have a folder");
    let executable = std::env::current_exe().unwrap();
    let name = executable.file_stem().unwrap().to_string_lossy();
    let path = std::path::Path::new(&folder).join(format!("{name}-{}.jsonl", std::process::id()));
    let mut read = READ.lock().unwrap();
    let mut file = File::open(&path).unwrap();
    file.seek(SeekFrom::Start(*read)).unwrap();
    let mut text = String::new();
    *read += file.read_to_string(&mut text).unwrap() as u64;
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 1, "a trial writes one record");
    read_record(&path, 1, lines[0]).unwrap()
}

fn tried_as(record: &Record) -> Tried {
    Tried {
        outcome: record.outcome.as_str().to_owned(),
        init: record.init.into(),
        locked: record.locked.into(),
        leaked: record.sites.iter().fold((0, 0), |(blocks, bytes), site| {
            (blocks + site.leaked_blocks, bytes + site.leaked_bytes)
        }),
    }
}
