//! Owns forks: a child runs steps and tells what it found through a pipe.

use std::{
    io::{PipeWriter, Read, Write},
    panic::{AssertUnwindSafe, catch_unwind},
};

use alloc_guard_core::measure;

use crate::{
    program::{Observed, Step},
    run::steps::{At, Own, hidden},
    shadow::Hidden,
};

pub(super) fn fork(own: &Own, steps: &'static [Step]) {
    if own.at != At::Main || !own.children.borrow().is_empty() {
        return;
    }
    let found = hidden(|| {
        let (mut reader, writer) = std::io::pipe().unwrap();
        // SAFETY: this is the only thread.
        match unsafe { libc::fork() } {
            0 => {
                // Outside the permit, as far as the child's own measurement is concerned.
                let status = catch_unwind(AssertUnwindSafe(|| child(own, steps, writer)));
                // SAFETY: ends this process at once; nothing of the parent's is written twice.
                unsafe { libc::_exit(c_int(status.is_err())) }
            }
            pid => {
                assert!(pid > 0, "no fork");
                drop(writer);
                let mut text = String::new();
                reader.read_to_string(&mut text).unwrap();
                let mut status = 0;
                wait(pid, &mut status);
                assert_eq!(status, 0, "the forked child ended with {status}");
                serde_json::from_str::<Vec<Observed>>(&text).unwrap()
            }
        }
    });
    hidden(|| own.observed.borrow_mut().extend(found));
}

const fn c_int(failed: bool) -> i32 {
    if failed { 1 } else { 0 }
}

fn wait(pid: i32, status: &mut i32) {
    loop {
        // SAFETY: a child of ours, and a status to write to.
        let ended = unsafe { libc::waitpid(pid, status, 0) };
        if ended == pid {
            return;
        }
        let error = std::io::Error::last_os_error();
        assert_eq!(error.kind(), std::io::ErrorKind::Interrupted, "{error}");
    }
}

fn child(own: &Own, steps: &'static [Step], mut writer: PipeWriter) {
    own.observed.borrow_mut().clear();
    let ((), tally) = measure(|| {
        own.caught(steps);
        own.join_all();
    });
    let _hidden = Hidden::new();
    own.observe(Observed::Measured(tally.into()));
    let text = serde_json::to_string(&*own.observed.borrow()).unwrap();
    writer.write_all(text.as_bytes()).unwrap();
}
