//! The stacks of two profiles in one tree.

use std::collections::HashMap;

use super::normal::Function;
use crate::model::{Profile, Sums};

/// A stack of either profile, as its innermost function and its caller's stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiffNode {
    /// The place of the caller's stack in [`DiffTree::nodes`]; smaller than this one's. The first node is its own.
    pub caller: u32,
    /// The place of the function in [`DiffTree::functions`]. The first node has none: 0.
    pub function: u32,
    /// The sums of the stack itself, in the first profile.
    pub base: Sums,
    /// The sums of the stack itself, in the second profile.
    pub changed: Sums,
}

/// The stacks of two profiles. The first node is the empty stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiffTree {
    /// Every function on any stack.
    pub functions: Vec<Function>,
    /// Every stack, callers before what they call.
    pub nodes: Vec<DiffNode>,
}

/// A tree under way.
struct Growing {
    tree: DiffTree,
    functions: HashMap<Function, u32>,
    nodes: HashMap<(u32, u32), u32>,
}

pub(super) fn tree(base: &Profile, changed: &Profile) -> DiffTree {
    let root = DiffNode {
        caller: 0,
        function: 0,
        base: Sums::default(),
        changed: Sums::default(),
    };
    let mut growing = Growing {
        tree: DiffTree {
            functions: Vec::new(),
            nodes: vec![root],
        },
        functions: HashMap::new(),
        nodes: HashMap::new(),
    };
    growing.add(base, |node| &mut node.base);
    growing.add(changed, |node| &mut node.changed);
    growing.tree
}

impl Growing {
    fn add(&mut self, profile: &Profile, side: fn(&mut DiffNode) -> &mut Sums) {
        let frames = profile.stacks.frames();
        let function_of: Vec<u32> = frames
            .iter()
            .map(|frame| self.function(Function::of(*frame, &profile.strings)))
            .collect();
        let mut node_of: Vec<u32> = Vec::with_capacity(profile.stacks.count());
        for (stack, sums) in profile.stacks.ids().zip(profile.stack_sums()) {
            let node = match profile.stacks.node(stack) {
                Some((caller, frame)) => {
                    self.node(node_of[caller.index()], function_of[frame.index()])
                }
                None => 0,
            };
            node_of.push(node);
            *side(&mut self.tree.nodes[node as usize]) += sums;
        }
    }

    fn function(&mut self, function: Function) -> u32 {
        let functions = &mut self.tree.functions;
        *self
            .functions
            .entry(function)
            .or_insert_with_key(|function| {
                functions.push(function.clone());
                crate::model::number(functions.len() - 1)
            })
    }

    fn node(&mut self, caller: u32, function: u32) -> u32 {
        let nodes = &mut self.tree.nodes;
        *self.nodes.entry((caller, function)).or_insert_with(|| {
            nodes.push(DiffNode {
                caller,
                function,
                base: Sums::default(),
                changed: Sums::default(),
            });
            crate::model::number(nodes.len() - 1)
        })
    }
}
