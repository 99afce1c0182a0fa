//! Call stacks, as a tree whose root is nobody and whose leaves are where memory was asked for.

use std::collections::HashMap;

use super::strings::{StringId, number};

/// Whose code a frame is, told by its source path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The user's own.
    Workspace,
    /// A crate out of a registry, a git checkout or a vendor directory.
    Dependency,
    /// Rust's standard library, and what it is built with.
    Std,
    /// alloc-guard's, or another profiler's, between the allocator and whoever called it.
    Guard,
    /// alloc-guard's that runs guarded tests. What calls it asked for nothing that it allocates.
    Harness,
    /// The system's: libc, start-up code, C sources; and bare names without a path, which may be anybody's.
    System,
    /// There is no path to tell it by, and its name, if it has one, may be the user's or a dependency's.
    #[default]
    Unknown,
}

/// One call level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Frame {
    /// The demangled name, without a hash; empty if it is not known.
    pub function: StringId,
    /// The source path as the debug information has it; empty if it is not known.
    pub file: StringId,
    /// The file name of the executable or library; empty if it is not known.
    pub module: StringId,
    /// Of a function without a name: its place in the module, which tells it from others there; else 0.
    pub address: u64,
    /// Counted from 1; 0 if it is not known.
    pub line: u32,
    /// Counted from 1; 0 if it is not known.
    pub column: u32,
    /// The compiler put it into its caller.
    pub inlined: bool,
    /// Whose code it is.
    pub class: Class,
}

/// A frame of a [`Stacks`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameId(u32);

impl FrameId {
    /// Its place in [`Stacks::frames`].
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A stack of a [`Stacks`], named by its innermost call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StackId(u32);

impl StackId {
    /// The stack without a frame: the root of the tree, and the stack of a call that was recorded without one.
    pub const EMPTY: Self = Self(0);

    /// Its place in [`Stacks::ids`].
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Every stack of a profile. A stack is the frame of its innermost call and the stack of its caller, whose number is smaller.
#[derive(Clone, Debug, Default)]
pub struct Stacks {
    frames: Vec<Frame>,
    frame_ids: HashMap<Frame, FrameId>,
    /// The stacks after the empty one.
    nodes: Vec<(StackId, FrameId)>,
    node_ids: HashMap<(StackId, FrameId), StackId>,
}

impl Stacks {
    /// The number of `frame`, which is added if it is new.
    pub fn frame(&mut self, frame: Frame) -> FrameId {
        *self.frame_ids.entry(frame).or_insert_with(|| {
            self.frames.push(frame);
            FrameId(number(self.frames.len() - 1))
        })
    }

    /// The stack in which `caller` called `frame`.
    pub fn call(&mut self, caller: StackId, frame: FrameId) -> StackId {
        *self.node_ids.entry((caller, frame)).or_insert_with(|| {
            self.nodes.push((caller, frame));
            StackId(number(self.nodes.len()))
        })
    }

    /// Every frame, in the order of their numbers.
    #[must_use]
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// How many stacks there are, the empty one included.
    #[must_use]
    pub fn count(&self) -> usize {
        self.nodes.len() + 1
    }

    /// Every stack, callers before what they call; the first is the empty one.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = StackId> + ExactSizeIterator + use<> {
        (0..number(self.nodes.len()).saturating_add(1)).map(StackId)
    }

    /// The caller's stack and the innermost frame; `None` of the empty stack.
    #[must_use]
    pub fn node(&self, stack: StackId) -> Option<(StackId, FrameId)> {
        self.nodes.get(stack.index().checked_sub(1)?).copied()
    }

    /// The frames of `stack`, innermost first.
    pub fn walk(&self, stack: StackId) -> impl Iterator<Item = FrameId> {
        let mut at = stack;
        std::iter::from_fn(move || {
            let (caller, frame) = self.node(at)?;
            at = caller;
            Some(frame)
        })
    }

    /// The frame `id`; an unknown one if it is another profile's.
    #[must_use]
    pub fn get(&self, id: FrameId) -> Frame {
        self.frames.get(id.index()).copied().unwrap_or_default()
    }

    /// The **site** of `stack`: the innermost frame of the user's, else the innermost in a dependency, else, where there is no debug
    /// information, the innermost with a name that may be either's. Frames that call the harness are none.
    #[must_use]
    pub fn site(&self, stack: StackId) -> Option<FrameId> {
        let of = |rank| {
            self.walk(stack)
                .map_while(|frame| Some((frame, self.rank(frame)?)))
                .find_map(|(frame, of)| (of == rank).then_some(frame))
        };
        of(Rank::User)
            .or_else(|| of(Rank::Dependency))
            .or_else(|| of(Rank::Either))
    }

    /// The site of each stack, one for each of [`Stacks::ids`].
    #[must_use]
    pub fn sites(&self) -> Vec<Option<FrameId>> {
        let mut sites: Vec<Option<FrameId>> = Vec::with_capacity(self.count());
        sites.push(None);
        for (caller, frame) in &self.nodes {
            let callers = sites.get(caller.index()).copied().flatten();
            sites.push(site_of(callers, *frame, |frame| self.rank(frame)));
        }
        sites
    }

    fn rank(&self, frame: FrameId) -> Option<Rank> {
        let frame = self.get(frame);
        Rank::of(frame.class, frame.function != StringId::EMPTY)
    }
}

/// How well a frame serves as a site, the best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    User,
    Dependency,
    /// One of the two: there is only its name.
    Either,
    Not,
}

impl Rank {
    /// `None` of the harness, beyond which nothing serves.
    pub(crate) fn of(class: Class, has_name: bool) -> Option<Self> {
        Some(match class {
            Class::Workspace => Self::User,
            Class::Dependency => Self::Dependency,
            Class::Unknown if has_name => Self::Either,
            Class::Std | Class::Guard | Class::System | Class::Unknown => Self::Not,
            Class::Harness => return None,
        })
    }
}

/// The site of a stack whose innermost frame is `frame`, and whose caller has the site `callers`.
pub(crate) fn site_of<T: Copy>(
    callers: Option<T>,
    frame: T,
    rank: impl Fn(T) -> Option<Rank>,
) -> Option<T> {
    let own = rank(frame)?;
    let best = callers.and_then(rank).unwrap_or(Rank::Either);
    if own <= best { Some(frame) } else { callers }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(line: u32, class: Class) -> Frame {
        Frame {
            line,
            class,
            ..Frame::default()
        }
    }

    #[test]
    fn a_stack_is_held_once_and_its_caller_comes_before_it() {
        let mut stacks = Stacks::default();
        let outer = stacks.frame(frame(1, Class::Workspace));
        let inner = stacks.frame(frame(2, Class::Std));
        let a = stacks.call(StackId::EMPTY, outer);
        let b = stacks.call(a, inner);
        assert_eq!(stacks.call(a, inner), b);
        assert_eq!(stacks.count(), 3);
        assert_eq!(stacks.walk(b).collect::<Vec<_>>(), [inner, outer]);
        assert_eq!(stacks.walk(StackId::EMPTY).count(), 0);
        for stack in stacks.ids() {
            if let Some((caller, _)) = stacks.node(stack) {
                assert!(caller < stack);
            }
        }
    }

    #[test]
    fn the_site_is_the_innermost_of_the_users_or_else_of_a_dependency() {
        let mut stacks = Stacks::default();
        let user = stacks.frame(frame(1, Class::Workspace));
        let dependency = stacks.frame(frame(2, Class::Dependency));
        let std = stacks.frame(frame(3, Class::Std));
        let harness = stacks.frame(frame(4, Class::Harness));
        let mut path = |frames: &[FrameId]| {
            frames
                .iter()
                .fold(StackId::EMPTY, |stack, frame| stacks.call(stack, *frame))
        };
        let both = path(&[user, user, dependency, std]);
        let foreign = path(&[std, dependency, std]);
        let none = path(&[std]);
        let harnessed = path(&[user, harness, std]);
        let body = path(&[user, harness, std, dependency, std]);
        for (stack, site) in [
            (both, Some(user)),
            (foreign, Some(dependency)),
            (none, None),
            (harnessed, None),
            (body, Some(dependency)),
        ] {
            assert_eq!(stacks.site(stack), site);
            assert_eq!(stacks.sites()[stack.index()], site);
        }
    }
}
