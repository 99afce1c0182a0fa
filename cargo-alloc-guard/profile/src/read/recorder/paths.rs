//! Call stacks, as the recorder numbers them.

use std::collections::HashMap;

use super::bytes::Bytes;
use crate::{
    error::Error,
    frames::Placed,
    model::{FrameId, StackId},
    symbols::{ModuleId, Symbols},
};

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
    stacks: HashMap<u64, StackId>,
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

    /// The stack of the path `id`. Of a path that is not defined, what called it is not known either.
    pub(super) fn stack(&mut self, id: u64, symbols: &mut Symbols, placed: &mut Placed) -> StackId {
        if let Some(stack) = self.stacks.get(&id) {
            return *stack;
        }
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
            let (module, address) = self
                .all
                .get(&id)
                .map_or((None, 0), |path| (path.module, path.address));
            let frames = self
                .frames
                .entry((module, address))
                .or_insert_with(|| symbols.frames(module, address, placed));
            for frame in frames.iter().rev() {
                stack = placed.stacks.call(stack, *frame);
            }
            self.stacks.insert(id, stack);
        }
        stack
    }
}
