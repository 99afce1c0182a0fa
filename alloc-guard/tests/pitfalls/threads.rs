//! Whose threads are counted: the test's own, every thread of the test, never the harness's.

use std::{
    hint::black_box,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
        mpsc,
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use alloc_guard::{
    __private::{Body, Context, Expectation, Registration},
    alloc_free, allocates, measure,
};

use super::{alloc_free, in_own_process, registration, verdict};

/// Has a worker that stands ready allocate while the lock is on.
fn wakes_a_worker(context: &mut Context) {
    let worker = Worker::start();
    context.lock();
    worker.wake_and_wait();
    context.unlock();
}

#[test]
fn worker_thread_is_not_counted_by_default() {
    let body = Body::Fixtures(wakes_a_worker);
    assert_eq!(verdict(registration(Expectation::ALLOC_FREE, body)), Ok(()));
}

#[test]
fn a_process_of_its_own_that_runs_no_test_is_no_pass() {
    let test = "threads::a_process_of_its_own_that_runs_no_test_is_no_pass";
    if std::env::var_os(INNER).is_none() {
        let (passed, output) = in_own_process(test, &[], &[(INNER, "1")]);
        return assert!(passed, "{output}");
    }
    // There is no test of this name to run alone.
    let alone = Registration {
        process: true,
        ..registration(Expectation::ALLOC_FREE, Body::Plain(|| ()))
    };
    let why = verdict(alone).unwrap_err();
    assert!(
        why.contains("by_hand: its own process ran no test"),
        "{why}"
    );
}

/// Set where a test runs in the process that it has started for itself.
const INNER: &str = "ALLOC_GUARD_TEST_INNER";

#[test]
fn worker_thread_that_went_uncounted_is_said_in_a_pass_too() {
    // Alone in its process, because beside other tests nobody can tell whose thread it was.
    let test = "threads::worker_thread_is_not_counted_by_default";
    let (passed, output) = in_own_process(test, &["--nocapture"], &[("ALLOC_GUARD_ALONE", "1")]);
    assert!(
        passed && output.contains("0 allocations · 1 on other threads not counted"),
        "{output}"
    );
}

/// The same worker is counted, and nothing else is, where every thread of the test is.
#[allocates(scope = "process", exact_allocations = 1, max_bytes = 100)]
fn worker_thread_is_counted_in_process_scope(#[init(Worker::start())] worker: &Worker) {
    worker.wake_and_wait();
}

/// A thread that allocates once each time it is woken. It waits without the help of std, because
/// waiting on a channel or a parked thread may allocate when it first comes to that.
struct Worker {
    state: Arc<AtomicU8>,
    thread: Option<JoinHandle<()>>,
}

const IDLE: u8 = 0;
const WORK: u8 = 1;
const END: u8 = 2;

impl Worker {
    fn start() -> Self {
        let state = Arc::new(AtomicU8::new(IDLE));
        let seen = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            loop {
                match seen.load(Ordering::Acquire) {
                    IDLE => std::thread::yield_now(),
                    WORK => {
                        drop(black_box(vec![1_u8; 100]));
                        seen.store(IDLE, Ordering::Release);
                    }
                    _ => return,
                }
            }
        });
        let worker = Self {
            state,
            thread: Some(thread),
        };
        // So that whatever a thread does when it starts is done.
        worker.wake_and_wait();
        worker
    }

    fn wake_and_wait(&self) {
        self.state.store(WORK, Ordering::Release);
        while self.state.load(Ordering::Acquire) != IDLE {
            std::thread::yield_now();
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.state.store(END, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// Every thread that the body starts is counted exactly: four threads, a hundred boxes each.
#[test]
fn each_thread_is_counted_for_itself() {
    let threads: Vec<_> = (0..4_u64)
        .map(|number| {
            std::thread::spawn(move || {
                measure(|| {
                    for _ in 0..100 * (number + 1) {
                        drop(black_box(Box::new(1_u64)));
                    }
                })
                .1
            })
        })
        .collect();
    for (number, thread) in (1..).zip(threads) {
        let tally = thread.join().unwrap();
        assert_eq!(
            (tally.allocs, tally.deallocs, tally.bytes),
            (100 * number, 100 * number, 800 * number)
        );
    }
}

/// Keeps busy for long enough that the harness does whatever it does meanwhile.
fn busy() {
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(5) {
        std::hint::spin_loop();
    }
}

/// In 55 to 78 of 100 such windows the harness's own threads allocate.
macro_rules! harness_noise {
    ($($name:ident)*) => {$(
        #[alloc_free(scope = "process")]
        fn $name() {
            busy();
        }
    )*};
}

harness_noise! {
    harness_noise_is_not_charged_1 harness_noise_is_not_charged_2 harness_noise_is_not_charged_3
    harness_noise_is_not_charged_4 harness_noise_is_not_charged_5 harness_noise_is_not_charged_6
    harness_noise_is_not_charged_7 harness_noise_is_not_charged_8 harness_noise_is_not_charged_9
}

#[test]
fn a_test_on_another_thread_is_not_charged() {
    let (stop, stopped) = mpsc::channel::<()>();
    let other = std::thread::spawn(move || {
        while let Err(mpsc::TryRecvError::Empty) = stopped.try_recv() {
            drop(black_box(vec![1_u8; 100]));
        }
    });
    for _ in 0..20 {
        assert_eq!(alloc_free(busy), Ok(()));
    }
    drop(stop);
    other.join().unwrap();
}
