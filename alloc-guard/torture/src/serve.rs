//! Owns the process that runs programs: one a line, and a line of what was found.

use std::{
    env,
    hint::black_box,
    io::{BufRead, Write},
    panic,
};

use alloc_guard_core::measure;

use crate::{
    program::Program,
    run::{interrupt_every, run},
    shadow,
};

/// Names the microseconds between two interrupts of the process; none if it is not set.
pub const INTERRUPT: &str = "ALLOC_GUARD_TORTURE_INTERRUPT";

/// What stands before a reply, so that what the harness prints is told from it.
pub const REPLY: &str = "reply ";

/// A size that nothing else asks for: between two blocks of it a recorded process ran its programs.
pub const MARKER: usize = 6_188_289;

/// Runs the programs on standard input, one a line, and prints a [`Reply`](crate::Reply) to each. The last
/// line is what was asked of the allocator between the two markers.
///
/// # Panics
/// If something does not hold that needs no model, as that nobody is given another's block. The process then
/// ends.
pub fn serve() {
    // What a panic says is of no use where it is planned, and costs more than all the rest. A planned one is caught.
    panic::set_hook(Box::new(|info| {
        if !info
            .payload_as_str()
            .is_none_or(|text| text == "as planned" || text.contains("alloc"))
        {
            eprintln!("{info}");
        }
    }));
    let microseconds = env::var(INTERRUPT)
        .ok()
        .map_or(0, |text| text.parse().unwrap());
    interrupt_every(microseconds);
    // The first measurement looks whether a guard is installed.
    measure(|| ());

    mark();
    let before = shadow::all();
    let mut line = String::new();
    let mut stdin = std::io::stdin().lock();
    while stdin.read_line(&mut line).unwrap() > 0 {
        // It outlives whatever the threads of the program do.
        let program: &'static mut Program = Box::leak(serde_json::from_str(&line).unwrap());
        let program = std::ptr::from_mut(program);
        // SAFETY: nobody else has it until it has run, and all its threads have been joined.
        let reply = run(unsafe { &*program });
        // SAFETY: leaked above, and nobody has it any more.
        drop(unsafe { Box::from_raw(program) });
        say(&serde_json::to_string(&reply).unwrap());
        line.clear();
    }
    let after = shadow::all();
    mark();
    let between = crate::program::Counts {
        allocs: after.allocs - before.allocs,
        zeroed: after.zeroed - before.zeroed,
        grows: after.grows - before.grows,
        shrinks: after.shrinks - before.shrinks,
        deallocs: after.deallocs - before.deallocs,
        failed: after.failed - before.failed,
        bytes: after.bytes - before.bytes,
        retained_bytes: after.retained_bytes - before.retained_bytes,
        peak_bytes: 0,
    };
    say(&serde_json::to_string(&between).unwrap());
}

fn mark() {
    drop(black_box(Vec::<u8>::with_capacity(MARKER)));
}

fn say(text: &str) {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{REPLY}{text}").unwrap();
    stdout.flush().unwrap();
}
