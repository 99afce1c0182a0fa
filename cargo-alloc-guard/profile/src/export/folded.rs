//! Folded stacks: a line for each stack, `outermost;…;innermost NUMBER`, as flame graph tools read.

use std::io::{self, Write};

use super::{
    metric::Metric,
    names::{NO_STACK, name, one_line, unsupported},
};
use crate::model::{Frame, Profile, StackId, Stacks, Strings};

/// Writes `profile` as folded stacks of `metric`.
///
/// Stacks that differ in lines only are one. In names, `;` becomes `:`, and what would break a line a space.
///
/// # Errors
/// If `out` cannot be written to, or the profile does not say what `metric` asks for.
pub fn folded(profile: &Profile, metric: Metric, mut out: impl Write) -> io::Result<()> {
    if !metric.is_known(profile) {
        return Err(unsupported(
            "a file of sums does not say which allocations were temporary: choose another metric",
        ));
    }
    let mut names = Strings::default();
    let mut folded = Stacks::default();
    let frames: Vec<_> = profile
        .stacks
        .frames()
        .iter()
        .map(|frame| {
            let name = name(profile, *frame).replace(';', ":");
            folded.frame(Frame {
                function: names.intern(&one_line(&name)),
                ..Frame::default()
            })
        })
        .collect();
    let mut values: Vec<u64> = vec![0];
    let mut folded_of: Vec<StackId> = Vec::with_capacity(profile.stacks.count());
    for (stack, sums) in profile.stacks.ids().zip(profile.stack_sums()) {
        // A caller comes before what it calls.
        let into = match profile.stacks.node(stack) {
            Some((caller, frame)) => folded.call(folded_of[caller.index()], frames[frame.index()]),
            None => StackId::EMPTY,
        };
        folded_of.push(into);
        values.resize(folded.count(), 0);
        let value = &mut values[into.index()];
        *value = value.saturating_add(metric.of(&sums));
    }
    for (stack, value) in folded.ids().zip(values) {
        if value == 0 {
            continue;
        }
        let mut path: Vec<_> = folded.walk(stack).collect();
        path.reverse();
        if path.is_empty() {
            out.write_all(NO_STACK.as_bytes())?;
        }
        for (place, frame) in path.into_iter().enumerate() {
            if place > 0 {
                out.write_all(b";")?;
            }
            out.write_all(names.get(folded.get(frame).function).as_bytes())?;
        }
        writeln!(out, " {value}")?;
    }
    Ok(())
}
