//! What the recorded processes do.

use std::{
    alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc},
    ffi::{c_int, c_void},
    hint::black_box,
    process::Command,
    ptr::dangling,
    sync::mpsc,
    thread,
};

/// Names the scenario.
pub(crate) const VARIABLE: &str = "ALLOC_GUARD_TEST_SCENARIO";
pub(crate) const NAME: &str = "scenario::scenario";

/// Sizes that nothing else asks for, so that a test finds its own calls.
pub(crate) const ODD: usize = 7_777;

/// The first size that has too many bits for a packed event.
pub(crate) const LONG: usize = 1 << 14;

/// Not a test in itself: what the others run.
#[test]
fn scenario() {
    match std::env::var(VARIABLE).as_deref() {
        Ok("each_call") => each_call(),
        Ok("million") => million(),
        Ok("two_threads") => two_threads(),
        Ok("handed_over") => handed_over(),
        Ok("deep") => deep(2_000),
        Ok("churn") => churn(),
        Ok("torn_down") => torn_down(),
        Ok("abort") => {
            keep();
            std::process::abort();
        }
        Ok("killed") => killed(),
        Ok("exit") => {
            keep();
            std::process::exit(0);
        }
        Ok("fork") => forked(),
        Ok("panic") => {
            let caught = thread::spawn(|| panic!("as planned")).join();
            assert!(caught.is_err());
            keep();
        }
        Ok(other) => panic!("no scenario {other}"),
        Err(_) => {}
    }
}

fn layout(size: usize) -> Layout {
    Layout::from_size_align(size, 1).unwrap()
}

/// Asks for a block that is never given back.
fn keep() {
    std::mem::forget(black_box(vec![0_u8; ODD]));
}

#[expect(
    clippy::multiple_unsafe_ops_per_block,
    reason = "they are one sequence of calls"
)]
fn each_call() {
    // SAFETY: no size is zero, and each block is given back with the size that it was last given.
    unsafe {
        let block = black_box(alloc(layout(ODD)));
        let block = black_box(realloc(block, layout(ODD), ODD + 1));
        let block = black_box(realloc(block, layout(ODD + 1), ODD + 2_000));
        let block = black_box(realloc(block, layout(ODD + 2_000), ODD - 1));
        let huge = isize::MAX as usize - 64;
        assert!(black_box(realloc(block, layout(ODD - 1), huge)).is_null());
        dealloc(block, layout(ODD - 1));
        let zeroed = black_box(alloc_zeroed(layout(ODD + 5)));
        dealloc(zeroed, layout(ODD + 5));
        assert!(black_box(alloc(layout(huge - 1))).is_null());
        for size in [LONG - 1, LONG] {
            dealloc(black_box(alloc(layout(size))), layout(size));
        }
    }
}

fn million() {
    for round in 0..1_000_000_usize {
        drop(black_box(Vec::<u8>::with_capacity(round % 100 + 1)));
    }
}

fn two_threads() {
    let worker = |name: &str, rounds: usize, size: usize| {
        let work = move || {
            for _ in 0..rounds {
                drop(black_box(Vec::<u8>::with_capacity(size)));
            }
        };
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(work)
            .unwrap()
    };
    let threads = [
        worker("the first of two workers", 20_000, 100),
        worker("second", 30_000, 200),
    ];
    for thread in threads {
        thread.join().unwrap();
    }
}

/// One thread asks for blocks that another gives back while it goes on.
fn handed_over() {
    let (sender, receiver) = mpsc::sync_channel::<Vec<u8>>(4);
    let taker = thread::Builder::new()
        .name("taker".to_owned())
        .spawn(move || receiver.into_iter().for_each(drop))
        .unwrap();
    for _ in 0..20_000 {
        sender.send(black_box(Vec::with_capacity(ODD))).unwrap();
    }
    drop(sender);
    taker.join().unwrap();
}

#[inline(never)]
fn deep(depth: usize) {
    if depth == 0 {
        keep();
    } else {
        deep(black_box(depth - 1));
    }
    black_box(depth);
}

fn churn() {
    for _ in 0..1_000 {
        thread::spawn(keep).join().unwrap();
    }
}

/// More threads than can record at once.
pub(crate) const LATE_THREADS: usize = 4_200;

/// Threads that ask for a block after all their thread-locals have gone, one after another: the
/// destructors of keys run last.
fn torn_down() {
    extern "C" fn late(_: *mut c_void) {
        keep();
    }
    let mut key = 0;
    // SAFETY: the key is written there, and the destructor takes what it is given.
    assert_eq!(unsafe { pthread_key_create(&raw mut key, late) }, 0);
    for _ in 0..LATE_THREADS {
        let work = move || {
            keep();
            // SAFETY: the key exists. Any value but null has its destructor called.
            assert_eq!(unsafe { pthread_setspecific(key, dangling()) }, 0);
        };
        let thread = thread::Builder::new().name("late".to_owned()).spawn(work);
        thread.unwrap().join().unwrap();
    }
}

/// Fills more than a block, and is killed.
fn killed() {
    for _ in 0..50_000 {
        drop(black_box(Vec::<u8>::with_capacity(ODD)));
    }
    let pid = std::process::id().to_string();
    let _ = Command::new("kill").args(["-KILL", &pid]).status();
    loop {
        thread::park();
    }
}

#[cfg(target_vendor = "apple")]
type Key = std::ffi::c_ulong;
#[cfg(not(target_vendor = "apple"))]
type Key = std::ffi::c_uint;

unsafe extern "C" {
    fn pthread_key_create(key: *mut Key, destructor: extern "C" fn(*mut c_void)) -> c_int;
    fn pthread_setspecific(key: Key, value: *const c_void) -> c_int;
    fn fork() -> i32;
    fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
}

/// The child makes many calls, and ends as a process does; the parent waits and goes on.
fn forked() {
    // SAFETY: the child calls nothing that another thread could have locked.
    let pid = unsafe { fork() };
    if pid == 0 {
        million();
        std::process::exit(0);
    }
    let mut status = 1;
    // SAFETY: a child of ours, and a status to write to.
    assert_eq!(unsafe { waitpid(pid, &raw mut status, 0) }, pid);
    assert_eq!(status, 0);
    keep();
}
