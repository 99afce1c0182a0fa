//! Owns threads: what they are handed, and what they leave.

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, Mutex},
    thread::JoinHandle,
};

use crate::{
    program::{Observed, SLOTS, Step},
    run::steps::{At, Own, Slots, hidden},
};

/// A thread that was started and not yet joined.
#[derive(Debug)]
pub(super) struct Child {
    handle: JoinHandle<()>,
    left: Arc<Mutex<Left>>,
}

/// What a thread has left at its end.
#[derive(Debug)]
struct Left {
    slots: Slots,
    observed: Vec<Observed>,
    exits: Vec<Observed>,
}

/// What is run in a destructor at the thread's end.
struct Exits {
    steps: Vec<&'static [Step]>,
    left: Option<Arc<Mutex<Left>>>,
}

thread_local! {
    static EXITS: RefCell<Exits> = const {
        RefCell::new(Exits { steps: Vec::new(), left: None })
    };
}

impl Drop for Exits {
    fn drop(&mut self) {
        let own = Own::new(At::Exit, Slots([None; SLOTS]));
        for steps in self.steps.drain(..) {
            own.caught(steps);
        }
        own.free_all();
        if let Some(left) = &self.left {
            left.lock().unwrap().exits = own.observed.take();
        }
    }
}

/// Has steps run at this thread's end.
pub(super) fn at_exit(own: &Own, steps: &'static [Step]) {
    if own.at == At::Thread {
        hidden(|| EXITS.with_borrow_mut(|exits| exits.steps.push(steps)));
    }
}

impl Own {
    pub(super) fn spawn(&self, moved: u8, steps: &'static [Step]) {
        if self.at == At::Exit {
            return;
        }
        hidden(|| {
            let slots = self.give_away(moved);
            self.children
                .borrow_mut()
                .push_back(start(slots, steps, run_to_end));
        });
    }

    pub(super) fn join(&self) {
        let Some(child) = hidden(|| self.children.borrow_mut().pop_front()) else {
            return;
        };
        let left = hidden(|| {
            let panicked = child.handle.join().is_err();
            let left = Arc::into_inner(child.left).unwrap().into_inner().unwrap();
            let mut observed = self.observed.borrow_mut();
            observed.extend(left.observed);
            observed.extend(left.exits);
            observed.push(Observed::Ended(panicked));
            left.slots
        });
        self.take_over(left);
    }

    pub(super) fn join_all(&self) {
        while !self.children.borrow().is_empty() {
            self.join();
        }
    }
}

fn start(slots: Slots, steps: &'static [Step], run: fn(&Own, &'static [Step])) -> Child {
    let left = Arc::new(Mutex::new(Left {
        slots: Slots([None; SLOTS]),
        observed: Vec::new(),
        exits: Vec::new(),
    }));
    let leaves = Arc::clone(&left);
    let handle = std::thread::spawn(move || {
        EXITS.with_borrow_mut(|exits| exits.left = Some(Arc::clone(&leaves)));
        let own = Own::new(At::Thread, slots);
        let ended = catch_unwind(AssertUnwindSafe(|| run(&own, steps)));
        own.join_all();
        let mut left = leaves.lock().unwrap();
        left.slots = own.give_away(u8::MAX);
        left.observed = own.observed.take();
        drop(left);
        if let Err(payload) = ended {
            resume_unwind(payload);
        }
    });
    Child { handle, left }
}

fn run_to_end(own: &Own, steps: &'static [Step]) {
    own.run(steps);
}

/// Runs `body` on a thread of its own, and says what was found there.
pub(super) fn on_another(body: fn(&Own, &'static [Step]), steps: &'static [Step]) -> Vec<Observed> {
    let child = start(Slots([None; SLOTS]), steps, body);
    child.handle.join().unwrap();
    let left = Arc::into_inner(child.left).unwrap().into_inner().unwrap();
    [left.observed, left.exits].concat()
}
