//! Call stacks, as the recorder numbers them.

use std::collections::HashMap;

use super::bytes::Bytes;
use crate::{
    error::Error,
    frames::{Part, Place, Placed},
    model::{FrameId, StackId},
    symbols::{ModuleId, Symbols},
};

/// The hook is at most so deep: far less, and a bound for what a damaged file says.
const HOOK_DEPTH: usize = 32;

/// What called a stack that was too deep to be kept whole, unless the file says otherwise.
const CUT: u64 = 1;
/// What is shown there.
const CUT_OFF: &str = "(callers beyond the limit were cut off)";

/// An address, the module that is there, and the path of what called it.
struct Path {
    caller: u64,
    address: u64,
    module: Option<ModuleId>,
}

/// Every path of a file, and the stacks of those that are used.
#[derive(Default)]
pub(super) struct Paths {
    all: HashMap<u64, Path>,
    /// The whole stacks of paths that are callers.
    stacks: HashMap<u64, StackId>,
    /// The stacks of paths that ask for memory.
    trimmed: HashMap<u64, StackId>,
    /// The frames of each address, innermost first.
    frames: HashMap<(Option<ModuleId>, u64), Vec<FrameId>>,
}

impl Paths {
    /// Reads a block. The first definition of a path holds: paths are defined once.
    pub(super) fn read(
        &mut self,
        mut payload: Bytes<'_>,
        module: impl Fn(u64) -> Option<(ModuleId, u64)>,
    ) -> Result<(), Error> {
        while !payload.is_empty() {
            let id = payload.number()?;
            let caller = payload.number()?;
            // A return address is behind the call.
            let address = payload.number()?.saturating_sub(1);
            let (module, address) = match module(address) {
                Some((module, address)) => (Some(module), address),
                None => (None, address),
            };
            self.all.entry(id).or_insert(Path {
                caller,
                address,
                module,
            });
        }
        Ok(())
    }

    /// The stack of the path `id`, without the frames of the allocator's hook, which are in every one.
    pub(super) fn stack(&mut self, id: u64, symbols: &mut Symbols, placed: &mut Placed) -> StackId {
        if let Some(stack) = self.trimmed.get(&id) {
            return *stack;
        }
        let (outermost, within) = self.hook(id, symbols, placed);
        let caller = self.all.get(&outermost).map_or(0, |path| path.caller);
        let mut stack = self.whole(caller, symbols, placed);
        if outermost != 0 {
            let frames = self.frames_of(outermost, symbols, placed);
            for frame in frames.iter().skip(within).rev() {
                stack = placed.stacks.call(stack, *frame);
            }
        }
        self.trimmed.insert(id, stack);
        stack
    }

    /// Where the hook ends: the path, and how many of its innermost frames are the hook's.
    fn hook(&mut self, id: u64, symbols: &mut Symbols, placed: &mut Placed) -> (u64, usize) {
        let mut end = (id, 0);
        let mut at = id;
        for _ in 0..HOOK_DEPTH {
            if at == 0 {
                break;
            }
            let frames = self.frames_of(at, symbols, placed);
            for (index, frame) in frames.iter().enumerate() {
                match placed.part(*frame) {
                    Part::Hook => end = (at, index + 1),
                    Part::Between => {}
                    Part::Program => return end,
                }
            }
            at = self.all.get(&at).map_or(0, |path| path.caller);
        }
        end
    }

    /// The frames of the path `id` alone, innermost first.
    fn frames_of(&mut self, id: u64, symbols: &mut Symbols, placed: &mut Placed) -> &[FrameId] {
        let (module, address) = match self.all.get(&id) {
            Some(path) => (path.module, path.address),
            // One is subtracted from each address, so that no other frame is there.
            None if id == CUT => (None, u64::MAX),
            None => (None, 0),
        };
        self.frames
            .entry((module, address))
            .or_insert_with(|| match (module, address) {
                (None, u64::MAX) => vec![placed.frame("", &cut_off())],
                _ => symbols.frames(module, address, placed),
            })
    }

    /// The whole stack of the path `id`. Of a path that is not defined, what called it is not known either.
    fn whole(&mut self, id: u64, symbols: &mut Symbols, placed: &mut Placed) -> StackId {
        let mut climbed = Vec::new();
        let mut at = id;
        let mut stack = loop {
            if at == 0 {
                break StackId::EMPTY;
            }
            if let Some(stack) = self.stacks.get(&at) {
                break *stack;
            }
            // A path that is its own caller ends there.
            self.stacks.insert(at, StackId::EMPTY);
            climbed.push(at);
            match self.all.get(&at) {
                Some(path) => at = path.caller,
                None => break StackId::EMPTY,
            }
        };
        for id in climbed.into_iter().rev() {
            for frame in self.frames_of(id, symbols, placed).iter().rev() {
                stack = placed.stacks.call(stack, *frame);
            }
            self.stacks.insert(id, stack);
        }
        stack
    }
}

fn cut_off() -> Place {
    Place {
        function: CUT_OFF.to_owned(),
        ..Place::default()
    }
}
