//! Owns the rules of code addresses: read once from the module's tables, then kept beside the
//! address.

use std::{
    ops::ControlFlow,
    sync::atomic::{AtomicU64, Ordering},
};

use super::{cfi, modules, modules::Changes, rule::Rule};
use crate::backtrace::addresses::{AddressId, Addresses};

/// What an address stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// An instruction.
    Instruction,
    /// The instruction after a call: the call stands before it, and may be its function's last.
    Return,
}

/// The number of the code at `pc`, and its rule. `None` if there is no room for another address.
#[inline(always)]
pub(super) fn rule(
    addresses: &Addresses,
    pc: usize,
    meaning: Meaning,
) -> Option<(AddressId, Rule)> {
    let (id, note) = addresses.find(pc)?;
    match Rule::from_word(note) {
        Some(rule) => Some((id, rule)),
        None => learn(addresses, pc, meaning),
    }
}

/// The unwinding of the frame ends at this code: the system's unwinder said so.
#[cold]
pub(super) fn ends_at(addresses: &Addresses, pc: AddressId) {
    addresses.note(pc, Rule::END.word());
}

#[cold]
#[inline(never)]
fn learn(addresses: &Addresses, pc: usize, meaning: Meaning) -> Option<(AddressId, Rule)> {
    let instruction = match meaning {
        Meaning::Instruction => pc,
        Meaning::Return => pc.wrapping_sub(1),
    };
    let mut found = None;
    let mut is_first = true;
    modules::each_with_changes(|module, changes| {
        if is_first {
            is_first = false;
            notice(addresses, changes);
        }
        if !module.contains(instruction) {
            return ControlFlow::Continue(());
        }
        found = Some(match module.unwind_tables() {
            Some((section, index)) => cfi::rule(section, index, instruction),
            None => Rule::SILENT,
        });
        ControlFlow::Break(())
    });
    // Again, because `notice` may have retired the number.
    let (id, _) = addresses.find(pc)?;
    let Some(rule) = found else {
        // Code that no module has. It may be of a module the next time, so nothing is kept.
        return Some((id, Rule::SYSTEM));
    };
    addresses.note(id, rule.word());
    Some((id, rule))
}

/// How many modules had been unloaded when a rule was last learnt.
static UNLOADED: AtomicU64 = AtomicU64::new(0);

/// Drops what is known of addresses if modules were unloaded since.
///
/// Other code can stand at an address only after its module was unloaded, and a walk comes to know
/// of that at the first address that it has not seen before. Until then every address was seen
/// before, in the module that is gone.
fn notice(addresses: &Addresses, changes: Option<Changes>) {
    let unloaded = changes.map_or(0, |changes| changes.unloaded);
    // Relaxed: the loader's lock is held. Where the C library has none, it unloads nothing.
    if UNLOADED.swap(unloaded, Ordering::Relaxed) != unloaded {
        addresses.retire();
    }
}
