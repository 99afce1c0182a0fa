//! What each of several threads is charged with, and all of them together, against a count by hand:
//! DHAT knows no threads.

use std::{
    hint::black_box,
    sync::{Arc, Barrier, mpsc},
    thread,
};

use alloc_guard::{Measurement, Tally, allocates, measure};

const THREADS: u64 = 4;

/// Makes `times` times one call of each kind, and two deallocations.
fn calls(times: u64) {
    for _ in 0..black_box(times) {
        let mut bytes: Vec<u8> = black_box(Vec::with_capacity(100));
        bytes.reserve_exact(300);
        black_box(&mut bytes).shrink_to(50);
        black_box(vec![0_u64; 10]);
        drop(bytes);
    }
}

/// What [`calls`] makes, by hand.
fn by_hand(times: u64) -> Tally {
    Tally {
        allocs: times,
        zeroed: times,
        grows: times,
        shrinks: times,
        deallocs: 2 * times,
        failed: 0,
        bytes: times * (100 + 300 + 50 + 80),
        retained_bytes: 0,
        peak_bytes: 300,
    }
}

/// Runs `body` in four threads at once, each in a measurement of its own, and gives these in order.
fn measure_in_threads(body: impl Fn(u64) + Copy + Send + 'static) -> Vec<Measurement> {
    let together = Arc::new(Barrier::new(4));
    let threads: Vec<_> = (0..THREADS)
        .map(|number| {
            let together = Arc::clone(&together);
            thread::spawn(move || {
                let ((), measurement) = measure(|| {
                    // No measurement starts late or ends early: all four are on throughout.
                    together.wait();
                    body(number);
                    together.wait();
                });
                measurement
            })
        })
        .collect();
    threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect()
}

fn times(number: u64) -> u64 {
    100 * (number + 1)
}

#[test]
fn each_thread_is_charged_with_its_own_calls() {
    let measured = measure_in_threads(|number| calls(times(number)));
    let expected: Vec<_> = (0..THREADS).map(|number| by_hand(times(number))).collect();
    assert_eq!(measured, expected);
}

#[test]
fn the_threads_add_up_to_the_process() {
    let measured = measure_in_threads(|number| calls(times(number)));
    let sum = measured.into_iter().fold(Tally::default(), Tally::then);
    // 100 + 200 + 300 + 400 times.
    assert_eq!(sum, by_hand(1_000));
    assert_eq!(sum.allocations(), 4_000);
}

#[test]
fn a_block_freed_on_another_thread_is_returned_there() {
    let (sender, receiver) = mpsc::sync_channel::<Vec<u8>>(1);
    let first = thread::spawn(move || {
        let (block, measurement) = measure(|| black_box(Vec::with_capacity(1_000)));
        sender.send(block).unwrap();
        measurement
    });
    let second = thread::spawn(move || {
        let block = receiver.recv().unwrap();
        let ((), measurement) = measure(|| drop(block));
        measurement
    });
    let (given, taken) = (first.join().unwrap(), second.join().unwrap());
    assert_eq!(
        given,
        Tally {
            allocs: 1,
            bytes: 1_000,
            retained_bytes: 1_000,
            peak_bytes: 1_000,
            ..Tally::default()
        }
    );
    assert_eq!(
        taken,
        Tally {
            deallocs: 1,
            retained_bytes: -1_000,
            ..Tally::default()
        }
    );
    let both = given.then(taken);
    assert_eq!((both.allocs, both.deallocs, both.retained_bytes), (1, 1, 0));
}

/// Four threads that make their calls when told to, and say when they have.
struct Workers(Arc<Barrier>);

impl Workers {
    fn start() -> Self {
        let barrier = Arc::new(Barrier::new(5));
        for number in 0..THREADS {
            let barrier = Arc::clone(&barrier);
            thread::spawn(move || {
                // A thread allocates while it starts, which is not to count.
                barrier.wait();
                barrier.wait();
                calls(times(number));
                barrier.wait();
            });
        }
        barrier.wait();
        Self(barrier)
    }
}

/// Four threads and the test's own, counted as one process
#[allocates(scope = "process", exact_allocations = 4_004, max_bytes = 530_530)]
fn a_process_is_charged_with_all_its_threads(#[init(Workers::start())] workers: &Workers) {
    workers.0.wait();
    calls(1);
    workers.0.wait();
}
