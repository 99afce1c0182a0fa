//! heaptrack's text, file version 3, as `heaptrack_gui` and `heaptrack_print` read it. Numbers are hexadecimal; strings,
//! instructions and traces are counted from 1, allocation infos from 0.

use std::{
    collections::HashMap,
    io::{self, Write},
};

use super::names::{address, one_line, unsupported};
use crate::model::{Allocations, Data, Event, Profile, StackId};

/// The version of heaptrack that first wrote such files, 1.4.0, and that of the file.
const VERSION: &str = "v 10400 3";

/// Writes every event of `profile` for heaptrack.
///
/// heaptrack calls a block temporary if it is freed, or reallocated, before anything else happens on any thread: not what
/// [`Totals::temporary`](crate::Totals::temporary) counts.
///
/// # Errors
/// If `out` cannot be written to, or the profile has no events or is sampled: heaptrack knows no weights.
pub fn heaptrack(profile: &Profile, mut out: impl Write) -> io::Result<()> {
    let allocations = match &profile.data {
        Data::Allocations(allocations) => allocations,
        Data::Sums(_) => {
            return Err(unsupported(
                "a heaptrack file is made of events, and this profile has sums only: choose another format",
            ));
        }
    };
    if allocations
        .iter()
        .any(|(_, allocation)| allocation.weight != 1)
    {
        return Err(unsupported(
            "a heaptrack file has every allocation, and this profile is sampled: choose another format",
        ));
    }
    writeln!(out, "{VERSION}")?;
    writeln!(out, "X {}", one_line(&profile.program))?;
    // The size of a page, and of all memory, which is not known.
    writeln!(out, "I 1000 0")?;
    tables(profile, &mut out)?;
    events(allocations, profile.duration_ns, &mut out)
}

/// The model's numbers are heaptrack's: its empty string and empty stack are 0, which means none.
fn tables(profile: &Profile, out: &mut impl Write) -> io::Result<()> {
    for text in profile.strings.iter().skip(1) {
        let text = one_line(text);
        writeln!(out, "s {:x} {text}", text.len())?;
    }
    for (index, frame) in profile.stacks.frames().iter().enumerate() {
        let address = address(index, *frame);
        write!(out, "i {address:x} {:x}", frame.module.index())?;
        if frame.function.index() > 0 {
            let (function, file) = (frame.function.index(), frame.file.index());
            write!(out, " {function:x} {file:x} {:x}", frame.line)?;
        }
        writeln!(out)?;
    }
    for stack in profile.stacks.ids() {
        if let Some((caller, frame)) = profile.stacks.node(stack) {
            writeln!(out, "t {:x} {:x}", frame.index() + 1, caller.index())?;
        }
    }
    Ok(())
}

fn events(allocations: &Allocations, duration_ns: u64, out: &mut impl Write) -> io::Result<()> {
    // Each size at each stack is described once.
    let mut infos: HashMap<(u64, StackId), usize> = HashMap::new();
    let mut now = 0;
    for event in allocations.events() {
        let time = allocations.time_ns(event) / 1_000_000;
        if time > now {
            now = time;
            writeln!(out, "c {now:x}")?;
        }
        let (Event::Allocated(id) | Event::Freed(id) | Event::Replaced(id)) = event;
        let allocation = allocations.get(id);
        let known = infos.len();
        let info = *infos
            .entry((allocation.size, allocation.stack))
            .or_insert(known);
        if info == known {
            writeln!(
                out,
                "a {:x} {:x}",
                allocation.size,
                allocation.stack.index()
            )?;
        }
        let sign = if matches!(event, Event::Allocated(_)) {
            '+'
        } else {
            '-'
        };
        writeln!(out, "{sign} {info:x}")?;
    }
    writeln!(out, "c {:x}", now.max(duration_ns / 1_000_000))
}
