//! Owns the steps that one thread does by itself.

use std::{
    alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc},
    any::Any,
    cell::{Cell, RefCell},
    collections::VecDeque,
    hint::black_box,
    panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind},
};

use alloc_guard_core::{assert_alloc_free, measure, permit};

use crate::{
    program::{Observed, Panic, SLOTS, Step},
    run::{fork, signal, thread},
    shadow::{self, Hidden},
};

/// Where a thread stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    Main,
    Thread,
    Exit,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    at: *mut u8,
    layout: Layout,
}

/// Blocks on their way from one thread to another.
#[derive(Debug)]
pub(super) struct Slots(pub(super) [Option<Block>; SLOTS]);

// SAFETY: whoever has the slots has the blocks.
unsafe impl Send for Slots {}

/// What a thread has.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) at: At,
    pub(super) slots: [Cell<Option<Block>>; SLOTS],
    pub(super) observed: RefCell<Vec<Observed>>,
    pub(super) children: RefCell<VecDeque<thread::Child>>,
}

/// Payloads of panics, told apart by type. [`Panic::payload`] has their sizes.
#[derive(Debug)]
struct Resumed(#[expect(dead_code, reason = "it has a size")] [u8; 48]);
#[derive(Debug)]
struct Any24(#[expect(dead_code, reason = "it has a size")] [u8; 24]);
const TEXT: &str = "as planned";

/// What the program's own bookkeeping does is nobody's.
pub(super) fn hidden<T>(body: impl FnOnce() -> T) -> T {
    let _hidden = Hidden::new();
    permit(body)
}

impl Own {
    pub(super) fn new(at: At, Slots(slots): Slots) -> Self {
        Self {
            at,
            slots: slots.map(Cell::new),
            observed: RefCell::default(),
            children: RefCell::default(),
        }
    }

    pub(super) fn observe(&self, observed: Observed) {
        hidden(|| self.observed.borrow_mut().push(observed));
    }

    pub(super) fn run(&self, steps: &'static [Step]) {
        for step in steps {
            self.step(step);
        }
    }

    fn step(&self, step: &'static Step) {
        match step {
            Step::Alloc {
                slot,
                size,
                align,
                zeroed,
            } => {
                self.free(*slot);
                let block = ask(layout(*size, *align), *zeroed);
                self.slots[*slot].set(Some(block));
            }
            Step::Resize { slot, size } => self.resize(*slot, *size),
            Step::Free { slot } => self.free(*slot),
            Step::Refused { slot, size, zeroed } => self.refused(*slot, *size, *zeroed),
            Step::TooLarge => too_large(),
            Step::Measure(steps) => {
                let ((), tally) = measure(|| self.run(steps));
                self.observe(Observed::Measured(tally.into()));
            }
            Step::AllocFree(steps) => self.alloc_free(steps),
            Step::Permit(steps) => {
                let _hidden = Hidden::new();
                permit(|| self.run(steps));
            }
            Step::Catch(steps) => self.caught(steps),
            Step::Panic(panic) => throw(*panic),
            Step::Deferred { steps, destructor } => {
                let _deferred = Deferred(self, destructor);
                self.run(steps);
            }
            Step::Spawn { moved, steps } => self.spawn(*moved, steps),
            Step::Join => self.join(),
            Step::AtExit(steps) => thread::at_exit(self, steps),
            Step::Raise(steps) => signal::raise(self, steps),
            Step::Fork(steps) => fork::fork(self, steps),
        }
    }

    /// Runs steps up to a panic, and says of which kind that was.
    pub(super) fn caught(&self, steps: &'static [Step]) {
        let caught = catch_unwind(AssertUnwindSafe(|| self.run(steps))).err();
        let kind = caught.map(drop_payload);
        self.observe(Observed::Caught(kind));
    }

    fn alloc_free(&self, steps: &'static [Step]) {
        // What it says of violations is within a permit of its own.
        let mut hidden = None;
        let body = || {
            assert_alloc_free(|| {
                self.run(steps);
                hidden = Some(Hidden::new());
            });
        };
        let caught = catch_unwind(AssertUnwindSafe(body)).err();
        match caught {
            Some(payload) if hidden.is_none() => resume_unwind(payload),
            caught => {
                let holds = caught.is_none();
                permit(|| drop(caught));
                drop(hidden);
                self.observe(Observed::AllocFree(holds));
            }
        }
    }

    pub(super) fn free(&self, slot: usize) {
        if let Some(block) = self.slots[slot].take() {
            free(block);
        }
    }

    pub(super) fn free_all(&self) {
        for slot in 0..SLOTS {
            self.free(slot);
        }
    }

    /// Takes over what a thread has left.
    pub(super) fn take_over(&self, Slots(left): Slots) {
        for (slot, block) in self.slots.iter().zip(left) {
            match block {
                Some(block) if slot.get().is_some() => free(block),
                Some(block) => slot.set(Some(block)),
                None => {}
            }
        }
    }

    pub(super) fn give_away(&self, moved: u8) -> Slots {
        let slots = std::array::from_fn(|slot| {
            let is_moved = moved >> slot & 1 == 1;
            is_moved.then(|| self.slots[slot].take()).flatten()
        });
        Slots(slots)
    }

    fn resize(&self, slot: usize, size: usize) {
        let Some(block) = self.slots[slot].get() else {
            return;
        };
        let new = Layout::from_size_align(size, block.layout.align()).unwrap();
        check(&block);
        // SAFETY: asked for with this layout, and the size is not 0.
        let at = shadow::own(|| unsafe { realloc(block.at, block.layout, size) });
        assert!(!at.is_null(), "no memory");
        let block = Block { at, layout: new };
        mark(&block);
        self.slots[slot].set(Some(block));
    }

    fn refused(&self, slot: usize, size: usize, zeroed: bool) {
        let at = shadow::refused(|| match self.slots[slot].get() {
            // SAFETY: asked for with this layout, and the size is not 0.
            Some(block) => unsafe { realloc(block.at, block.layout, size) },
            // SAFETY: the size is not 0.
            None if zeroed => unsafe { alloc_zeroed(layout(size, 3)) },
            // SAFETY: the size is not 0.
            None => unsafe { alloc(layout(size, 3)) },
        });
        assert!(at.is_null(), "it was refused");
    }
}

fn layout(size: usize, align: u32) -> Layout {
    Layout::from_size_align(size, 1 << align).unwrap()
}

fn ask(layout: Layout, zeroed: bool) -> Block {
    let at = shadow::own(|| {
        if zeroed {
            // SAFETY: the size is not 0.
            black_box(unsafe { alloc_zeroed(layout) })
        } else {
            // SAFETY: the size is not 0.
            black_box(unsafe { alloc(layout) })
        }
    });
    assert!(!at.is_null(), "no memory");
    assert!(at.addr().is_multiple_of(layout.align()), "misaligned");
    let block = Block { at, layout };
    if zeroed {
        let last = layout.size() - 1;
        for offset in [0, last / 2, last] {
            // SAFETY: within the block.
            let byte = unsafe { at.add(offset) };
            // SAFETY: within the block, which is initialised.
            assert_eq!(unsafe { byte.read() }, 0, "not zeroed");
        }
    }
    mark(&block);
    block
}

fn free(block: Block) {
    check(&block);
    // SAFETY: asked for with this layout, and nobody has it any more.
    shadow::own(|| unsafe { dealloc(block.at, block.layout) });
}

/// What a block's first byte is while it is somebody's.
fn marked(block: &Block) -> u8 {
    block.at.addr().to_le_bytes()[1] ^ 0x5a
}

fn mark(block: &Block) {
    // SAFETY: within the block, which nobody else has.
    unsafe { block.at.write(marked(block)) };
    let last = block.layout.size() - 1;
    // SAFETY: within the block.
    let last = unsafe { block.at.add(last) };
    // SAFETY: within the block, which nobody else has.
    unsafe { last.write(marked(block)) };
}

/// Nobody else was given the block meanwhile.
fn check(block: &Block) {
    let last = block.layout.size() - 1;
    // SAFETY: within the block.
    let last = unsafe { block.at.add(last) };
    // SAFETY: written when the block was asked for.
    let found = [block.at, last].map(|at| unsafe { at.read() });
    assert_eq!(
        found,
        [marked(block); 2],
        "another has written to the block"
    );
}

fn too_large() {
    let layout = Layout::from_size_align(isize::MAX as usize - 64, 1).unwrap();
    // SAFETY: the size is not 0.
    let at = shadow::own(|| black_box(unsafe { alloc(black_box(layout)) }));
    assert!(at.is_null(), "there is no such block");
}

fn throw(panic: Panic) {
    match panic {
        Panic::Resumed => resume_unwind(black_box(Box::new(Resumed([0; 48])))),
        Panic::Any => panic_any(Any24([0; 24])),
        Panic::Text => panic!("{}", black_box(TEXT)),
    }
}

/// Frees a panic's payload, and says of which kind it was.
pub(super) fn drop_payload(payload: Box<dyn Any + Send>) -> Panic {
    let kind = if payload.is::<Resumed>() {
        Panic::Resumed
    } else if payload.is::<Any24>() {
        Panic::Any
    } else {
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        assert_eq!(text, Some(TEXT));
        hidden(|| drop(payload));
        return Panic::Text;
    };
    drop(payload);
    kind
}

struct Deferred<'a>(&'a Own, &'static [Step]);

impl Drop for Deferred<'_> {
    fn drop(&mut self) {
        self.0.caught(self.1);
    }
}
