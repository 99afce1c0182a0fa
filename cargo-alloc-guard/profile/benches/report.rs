//! From a file of a million events, or of `--events N`, to the page: time and memory. Each step stands
//! beside the file's size.

#[path = "../tests/recorder/agprof.rs"]
#[expect(dead_code, reason = "the tests write more kinds of events")]
mod agprof;

use std::{env, fs, io, path::Path, process::Command, time::Instant};

use agprof::{Events, File, Payload};
use alloc_guard_profile::html;

const THREADS: u64 = 4;
/// How many stacks there are, and how deep.
const PATHS: u64 = 20_000;
const DEPTH: u64 = 30;
/// Events in a block: about as many as fit into the recorder's.
const BLOCK: u64 = 8_000;

fn main() {
    if let Ok(path) = env::var("REPORT_OF") {
        return report(Path::new(&path));
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("bench.agprof");
    let events = events();
    let file = written(events);
    fs::write(&path, &file).expect("the folder is writable");
    println!("{events} events, {} KiB", file.len() / 1024);
    drop(file);
    // In a process of its own, so that its memory is the report's alone.
    let status = Command::new(env::current_exe().expect("this program has a path"))
        .env("REPORT_OF", &path)
        .status()
        .expect("this program runs");
    assert!(status.success());
}

/// How many events are asked for.
fn events() -> u64 {
    let mut arguments = env::args().skip_while(|argument| argument != "--events");
    match (arguments.next(), arguments.next()) {
        (Some(_), Some(number)) => number.parse().expect("`--events` takes a number"),
        (Some(_), None) => panic!("`--events` needs a number"),
        _ => 1_000_000,
    }
}

fn written(events: u64) -> Vec<u8> {
    let mut file = File::new();
    file.process(0, 0);
    let mut paths = Payload::default();
    for id in 1..=PATHS {
        // Most share most of their callers.
        let caller = if id <= DEPTH {
            id - 1
        } else {
            id - 1 - (id * 7) % DEPTH
        };
        paths = paths.number(id).number(caller).number(0x1000 + id * 8);
    }
    file.block(3, &paths);
    let mut random = 1_u64;
    let mut below = |limit: u64| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (random >> 33) % limit
    };
    let mut live: Vec<u64> = Vec::new();
    let mut next = 0x10_0000;
    let mut allocated = 0;
    let mut ticks = 0;
    for block in 0..events.div_ceil(BLOCK) {
        let in_block = BLOCK.min(events - block * BLOCK);
        let mut events = Events::new(ticks, ticks, 1 + block % THREADS, 0, 2);
        for _ in 0..in_block {
            ticks += 1 + below(200);
            if live.len() > 50_000 || (below(5) < 2 && !live.is_empty()) {
                // What was handed out last is given back first, mostly.
                let at = live.len()
                    - 1
                    - usize::try_from(below(live.len().min(8) as u64)).expect("it is small");
                events.deallocation(ticks, live.swap_remove(at), None);
            } else {
                let size = 16 + below(200);
                events.allocation(ticks, next, size, 1 + below(PATHS), false);
                live.push(next);
                next += size.next_multiple_of(16);
                allocated += 1;
            }
        }
        file.block(6, &events.payload);
    }
    let mut end = Payload::default().number(ticks).number(ticks);
    for number in [allocated, 0, 0, 0, 1] {
        end = end.number(number);
    }
    file.block(8, &end);
    file.0
}

fn report(path: &Path) {
    let start = Instant::now();
    let step = |what: &str| {
        println!(
            "{what:<28} {:>6} ms {:>6} MiB",
            start.elapsed().as_millis(),
            memory_kib() / 1024
        );
    };
    step("start");
    let profile = alloc_guard_profile::open(path).expect("it was just written");
    step("open");
    let totals = profile.totals();
    step("totals");
    let functions = profile.function_sums();
    step("functions");
    let page = html::Page::One(html::Shown::new("bench", &profile));
    let mut size = Size(0);
    html::page(&page, &html::Sources::none(), &mut size).expect("it takes all");
    step("page");
    println!(
        "{} allocations, {} stacks, {} functions, {} KiB of HTML",
        totals.allocations.count,
        profile.stacks.count(),
        functions.len(),
        size.0 / 1024
    );
}

/// Takes all, and keeps how much it was.
struct Size(usize);

impl io::Write for Size {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The most memory that this process had; 0 where the system does not say.
fn memory_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0)
}
