//! DHAT's JSON, version 2, for valgrind's `dh_view.html` and what else reads it.

use std::io::{self, Write};

use serde::Serialize;

use super::{
    names::{NO_STACK, address},
    rows::{self, Rows},
};
use crate::{
    derive::amount,
    model::{Amount, Data, Event, Frame, Origin, Profile, Sums},
};

/// A block that lived less long is short-lived: 10 µs, as the crate dhat has it.
const SHORT_LIVED_NS: u32 = 10_000;

/// The frames before the profile's own: the root, which the viewer wants first, and that of calls without a stack.
const ROOT: [&str; 2] = ["[root]", NO_STACK];

#[derive(Serialize)]
struct File<'a, P, F> {
    #[serde(rename = "dhatFileVersion")]
    version: u32,
    mode: &'static str,
    verb: &'static str,
    /// Whether lifetimes are known.
    bklt: bool,
    /// Whether reads and writes are.
    bkacc: bool,
    tu: &'static str,
    #[serde(rename = "Mtu")]
    mtu: &'static str,
    tuth: u32,
    cmd: &'a str,
    pid: u64,
    /// When the largest live size was first reached.
    tg: u64,
    te: u64,
    pps: P,
    ftbl: F,
}

/// What one stack allocated: bytes and blocks in total, the most at once, at the whole process's peak, and at the end.
#[derive(Serialize)]
struct Point {
    tb: u64,
    tbk: u64,
    tl: u64,
    mb: u64,
    mbk: u64,
    gb: u64,
    gbk: u64,
    eb: u64,
    ebk: u64,
    fs: Vec<usize>,
}

/// Writes `profile` as DHAT does.
///
/// Where an address is not known, a number that tells the frame from others stands in. The most that one stack had live at once is not in the model of a
/// profile that was itself read from DHAT: what it had live at the peak or at the end stands in, whichever is more.
///
/// # Errors
/// If `out` cannot be written to.
pub fn dhat(profile: &Profile, out: impl Write) -> io::Result<()> {
    let totals = profile.totals();
    let sums = profile.stack_sums();
    let most = most_live(profile, &sums);
    let points = || {
        let stacks = profile.stacks.ids().zip(sums.iter().zip(&most));
        stacks
            .filter(|(_, (sums, _))| **sums != Sums::default())
            .map(|(stack, (sums, most))| {
                let mut frames: Vec<_> = profile
                    .stacks
                    .walk(stack)
                    .map(|frame| frame.index() + ROOT.len())
                    .collect();
                if frames.is_empty() {
                    frames.push(1);
                }
                point(sums, *most, frames)
            })
    };
    let frames = || {
        let own = profile.stacks.frames().iter().enumerate();
        ROOT.into_iter()
            .map(str::to_owned)
            .chain(own.map(|(index, frame)| text(profile, index, *frame)))
    };
    // A file that counts in instructions says nothing of time.
    let (tu, mtu) = match (profile.origin, profile.duration_ns) {
        (Origin::Dhat, 0) => ("units", "Munit"),
        _ => ("ns", "ms"),
    };
    let file = File {
        version: 2,
        mode: "heap",
        verb: "Allocated",
        bklt: true,
        bkacc: false,
        tu,
        mtu,
        tuth: SHORT_LIVED_NS,
        cmd: &profile.program,
        pid: profile.process_id,
        tg: totals.peak_ns.unwrap_or(0),
        te: profile.duration_ns,
        pps: Rows(points),
        ftbl: Rows(frames),
    };
    rows::write(&file, out)
}

fn point(sums: &Sums, most: Amount, fs: Vec<usize>) -> Point {
    Point {
        tb: sums.allocations.bytes,
        tbk: sums.allocations.count,
        // Readers hold it in 64 bits; the viewer in 53.
        tl: u64::try_from(sums.lifetime).unwrap_or(u64::MAX),
        mb: most.bytes,
        mbk: most.count,
        gb: sums.at_peak.bytes,
        gbk: sums.at_peak.count,
        eb: sums.leaked.bytes,
        ebk: sums.leaked.count,
        fs,
    }
}

/// `0x2A: module::function (src/file.rs:7:9)`, which importers take apart; `???` is what is not known.
fn text(profile: &Profile, index: usize, frame: Frame) -> String {
    let place = match (
        profile.strings.get(frame.file),
        profile.strings.get(frame.module),
    ) {
        ("", "") => "in ???".to_owned(),
        ("", module) => format!("in {module}"),
        (file, _) => match (frame.line, frame.column) {
            (line, 0) => format!("{file}:{line}"),
            (line, column) => format!("{file}:{line}:{column}"),
        },
    };
    let name = match profile.strings.get(frame.function) {
        "" => "???",
        name => name,
    };
    format!("0x{:X}: {name} ({place})", address(index, frame))
}

/// The greatest live size of each stack by itself, and its blocks then.
fn most_live(profile: &Profile, sums: &[Sums]) -> Vec<Amount> {
    let allocations = match &profile.data {
        Data::Allocations(allocations) => allocations,
        Data::Sums(_) => {
            let most = |sums: &Sums| {
                if sums.leaked.bytes > sums.at_peak.bytes {
                    sums.leaked
                } else {
                    sums.at_peak
                }
            };
            return sums.iter().map(most).collect();
        }
    };
    let mut live = vec![Amount::default(); sums.len()];
    let mut most = live.clone();
    for event in allocations.events() {
        let (Event::Allocated(id) | Event::Freed(id) | Event::Replaced(id)) = event;
        let allocation = allocations.get(id);
        let stack = allocation.stack.index();
        let (Some(live), Some(most)) = (live.get_mut(stack), most.get_mut(stack)) else {
            continue;
        };
        if let Event::Allocated(_) = event {
            *live += amount(&allocation);
        } else {
            *live -= amount(&allocation);
        }
        if live.bytes > most.bytes {
            *most = *live;
        }
    }
    most
}
