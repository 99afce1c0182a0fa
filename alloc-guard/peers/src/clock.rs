//! Owns the clocks. Other programs share the machine, so what is read is CPU time.

use std::time::Duration;

use nix::{
    sys::{
        resource::{UsageWho, getrusage},
        time::TimeVal,
    },
    time::{ClockId, clock_gettime},
};

/// CPU time that this thread has used.
///
/// # Panics
/// If the system has no such clock.
#[must_use]
pub fn thread() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)
        .expect("a POSIX system has a CPU clock for each thread")
        .into()
}

/// CPU time, in user and system mode, that the child processes waited for so far have used.
///
/// # Panics
/// If the system does not account for child processes.
#[must_use]
pub fn children() -> Duration {
    let usage =
        getrusage(UsageWho::RUSAGE_CHILDREN).expect("a POSIX system accounts for child processes");
    duration(usage.user_time()) + duration(usage.system_time())
}

fn duration(time: TimeVal) -> Duration {
    let seconds = u64::try_from(time.tv_sec()).unwrap_or(0);
    let microseconds = u64::try_from(time.tv_usec()).unwrap_or(0);
    Duration::from_secs(seconds) + Duration::from_micros(microseconds)
}
