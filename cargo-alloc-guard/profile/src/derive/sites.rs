//! Under what a stack is listed.

use crate::model::{Class, Frame, FrameId, Profile};

/// What of a stack serves where it has no site.
#[derive(Clone, Copy, Default)]
struct Instead {
    /// The innermost frame of the harness that called into std: what it did for itself.
    harness: Option<FrameId>,
    /// The innermost frame that allocates for nobody else.
    asker: Option<FrameId>,
}

impl Profile {
    /// Under what each stack is listed, one for each of [`Stacks::ids`](crate::Stacks::ids): its
    /// [site](crate::Stacks::site), or, where it has none, whoever asked: the harness, else what of std or the system's
    /// called a collection, else what called the allocator. `None` of the empty stack alone.
    #[must_use]
    pub fn listed_sites(&self) -> Vec<Option<FrameId>> {
        let stacks = &self.stacks;
        let mut instead: Vec<Instead> = Vec::with_capacity(stacks.count());
        let mut listed = Vec::with_capacity(stacks.count());
        for (stack, site) in stacks.ids().zip(stacks.sites()) {
            let Some((caller, innermost)) = stacks.node(stack) else {
                instead.push(Instead::default());
                listed.push(None);
                continue;
            };
            let frame = stacks.get(innermost);
            let mut here = instead[caller.index()];
            if frame.class == Class::Std
                && let Some((_, called_by)) = stacks.node(caller)
                && stacks.get(called_by).class == Class::Harness
            {
                here.harness = Some(called_by);
            }
            if !matches!(frame.class, Class::Guard | Class::Harness) && !self.is_collection(frame) {
                here.asker = Some(innermost);
            }
            instead.push(here);
            listed.push(site.or(here.harness).or(here.asker).or(Some(innermost)));
        }
        listed
    }

    /// Whether a frame is in those parts of std that allocate for others.
    fn is_collection(&self, frame: Frame) -> bool {
        let file = self.strings.get(frame.file);
        frame.class == Class::Std
            && ["library/alloc/", "library/core/", "/rust/deps/"]
                .iter()
                .any(|part| file.contains(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StackId;

    /// Outermost first, the line that a stack of these frames is listed under, counted from 1.
    fn listed(stack: &[(Class, &str)]) -> u32 {
        let mut profile = Profile::default();
        let mut id = StackId::EMPTY;
        for (line, (class, file)) in (1..).zip(stack) {
            let file = profile.strings.intern(file);
            let frame = profile.stacks.frame(Frame {
                class: *class,
                file,
                line,
                ..Frame::default()
            });
            id = profile.stacks.call(id, frame);
        }
        let listed = profile.listed_sites()[id.index()].expect("it has frames");
        profile.stacks.get(listed).line
    }

    #[test]
    fn a_stack_without_a_site_is_listed_under_whoever_asked() {
        use Class::{Dependency, Guard, Harness, Std, System, Unknown, Workspace};
        let alloc = (Std, "/rustc/1/library/alloc/src/vec/mod.rs");
        let test = (Std, "/rustc/1/library/test/src/lib.rs");
        let (harness, hook) = ((Harness, "trial.rs"), (Guard, ""));
        for (stack, line) in [
            (&[(Workspace, "a.rs"), (Dependency, "b.rs"), alloc][..], 1),
            (&[(Workspace, "a.rs"), harness, alloc], 2),
            (
                &[(Workspace, "a.rs"), harness, alloc, hook, (System, "")],
                2,
            ),
            (&[test, harness, harness, alloc, alloc], 3),
            // A hook that its tool left in the stack did not ask.
            (&[test, alloc, hook], 1),
            (&[test, (System, ""), alloc], 2),
            (&[(Unknown, ""), (System, "")], 2),
            (&[alloc, alloc], 2),
            (&[hook], 1),
        ] {
            assert_eq!(listed(stack), line, "{stack:?}");
        }
    }
}
