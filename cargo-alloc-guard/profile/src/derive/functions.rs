//! Sums of each function.

use std::collections::HashMap;

use crate::model::{Class, Frame, Profile, StringId, Sums};

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
    /// What it is the site of, see [`Stacks::sites`](crate::Stacks::sites).
    pub as_site: Sums,
}

impl Profile {
    /// The sums of every function on any stack, in the order in which they first appear.
    #[must_use]
    pub fn function_sums(&self) -> Vec<FunctionSums> {
        let mut functions: Vec<FunctionSums> = Vec::new();
        let mut ids = HashMap::new();
        let function_of: Vec<usize> = self
            .stacks
            .frames()
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
        let own = self.stack_sums();
        for (site, sums) in self.stacks.sites().into_iter().zip(&own) {
            if let Some(site) = site {
                functions[function_of[site.index()]].as_site += *sums;
            }
        }
        let nodes: Vec<(usize, Option<usize>)> = self
            .stacks
            .ids()
            .map(|stack| match self.stacks.node(stack) {
                Some((caller, frame)) => (caller.index(), Some(function_of[frame.index()])),
                None => (0, None),
            })
            .collect();
        let inclusive = inclusive(&nodes, own, functions.len());
        for (function, inclusive) in functions.iter_mut().zip(inclusive) {
            function.inclusive = inclusive;
        }
        functions
    }
}

/// The sums of each function: those of every call of it that is not within another call of it, with all that it called.
/// A node is its caller, which comes before it, and its function, which the root does not have.
pub(crate) fn inclusive(
    nodes: &[(usize, Option<usize>)],
    own: Vec<Sums>,
    functions: usize,
) -> Vec<Sums> {
    let mut all = vec![Sums::default(); functions];
    let mut with_called = own;
    let mut called: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (node, (caller, function)) in nodes.iter().enumerate().rev() {
        if function.is_some() {
            let sums = with_called[node];
            with_called[*caller] += sums;
            called[*caller].push(node);
        }
    }
    // How often each function is on the stack that is gone through.
    let mut depth = vec![0_u32; functions];
    let mut way = vec![(0, false)];
    while let Some((node, is_left)) = way.pop() {
        let function = nodes.get(node).and_then(|(_, function)| *function);
        if is_left {
            if let Some(function) = function {
                depth[function] -= 1;
            }
            continue;
        }
        if let Some(function) = function {
            if depth[function] == 0 {
                all[function] += with_called[node];
            }
            depth[function] += 1;
        }
        way.push((node, true));
        way.extend(called[node].iter().map(|called| (*called, false)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Amount, Data, FrameId, StackId};

    #[test]
    fn a_function_that_calls_itself_is_counted_once() {
        let mut profile = Profile::default();
        let name = |name: &str, profile: &mut Profile| {
            let frame = Frame {
                function: profile.strings.intern(name),
                class: Class::Workspace,
                ..Frame::default()
            };
            profile.stacks.frame(frame)
        };
        let (a, b) = (name("a", &mut profile), name("b", &mut profile));
        let mut stack = |frames: &[FrameId]| {
            let call = |stack, frame: &FrameId| profile.stacks.call(stack, *frame);
            frames.iter().fold(StackId::EMPTY, call)
        };
        let stacks = [
            stack(&[a]),
            stack(&[a, b, a]),
            stack(&[b, a, b, b]),
            stack(&[b]),
        ];
        let one = Sums {
            allocations: Amount { count: 1, bytes: 8 },
            ..Sums::default()
        };
        profile.data = Data::Sums(stacks.into_iter().map(|stack| (stack, one)).collect());
        let counts: Vec<(u64, u64)> = profile
            .function_sums()
            .iter()
            .map(|sums| {
                (
                    sums.inclusive.allocations.count,
                    sums.as_site.allocations.count,
                )
            })
            .collect();
        assert_eq!(counts, [(3, 2), (3, 2)]);
    }
}
