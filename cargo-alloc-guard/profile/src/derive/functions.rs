//! Sums of each function.

use std::collections::HashMap;

use crate::model::{Class, Frame, Profile, StackId, StringId, Sums};

/// What tells one function from another: its name, or its module where it has none, and its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionKey {
    /// Its name; empty if it is not known.
    pub function: StringId,
    /// Its source path; empty if it is not known.
    pub file: StringId,
    /// The executable, of a function without a name; else empty.
    pub module: StringId,
}

impl From<Frame> for FunctionKey {
    fn from(frame: Frame) -> Self {
        Self {
            function: frame.function,
            file: frame.file,
            module: if frame.function == StringId::EMPTY {
                frame.module
            } else {
                StringId::EMPTY
            },
        }
    }
}

/// What one function allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionSums {
    /// Which function.
    pub key: FunctionKey,
    /// Whose code it is.
    pub class: Class,
    /// Everything asked for while it was on the stack, counted once however often it was there.
    pub inclusive: Sums,
    /// What it is the site of, see [`Stacks::site`](crate::Stacks::site).
    pub as_site: Sums,
}

impl Profile {
    /// The sums of every function on any stack, in the order in which they first appear.
    #[must_use]
    pub fn function_sums(&self) -> Vec<FunctionSums> {
        let frames = self.stacks.frames();
        let mut functions: Vec<FunctionSums> = Vec::new();
        let mut ids = HashMap::new();
        let function_of: Vec<usize> = frames
            .iter()
            .map(|frame| {
                let key = FunctionKey::from(*frame);
                *ids.entry(key).or_insert_with(|| {
                    functions.push(FunctionSums {
                        key,
                        class: frame.class,
                        inclusive: Sums::default(),
                        as_site: Sums::default(),
                    });
                    functions.len() - 1
                })
            })
            .collect();
        // The stack that a function was last counted for, so that recursion counts once.
        let mut counted = vec![StackId::EMPTY; functions.len()];
        for (stack, sums) in self.stacks.ids().zip(self.stack_sums()) {
            if sums == Sums::default() {
                continue;
            }
            for frame in self.stacks.walk(stack) {
                let function = function_of[frame.index()];
                if counted[function] != stack {
                    counted[function] = stack;
                    functions[function].inclusive += sums;
                }
            }
            if let Some(site) = self.stacks.site(stack) {
                functions[function_of[site.index()]].as_site += sums;
            }
        }
        functions
    }
}
