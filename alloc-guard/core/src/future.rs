//! Owns the driving of an `async` body: the lock is held only while the body's own future is
//! polled, so that what the executor does between two polls is not charged.

use std::{
    fmt,
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context as TaskContext, Poll, Wake, Waker},
    thread::Thread,
};

use crate::{context::Context, phase::Scope};

/// A body's future, locked while it is polled.
pub struct Polled<'a, F> {
    context: &'a mut Context,
    future: Pin<Box<F>>,
    done: bool,
}

impl<F: Future> Future for Polled<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        // Every field is `Unpin`: the future itself is behind a pin of its own.
        let this = self.get_mut();
        this.context.lock();
        let polled = this.future.as_mut().poll(task);
        this.context.unlock();
        this.done = polled.is_ready();
        polled
    }
}

impl<F> Drop for Polled<'_, F> {
    fn drop(&mut self) {
        if !self.done {
            self.context
                .fail("the executor dropped the body before it had run to its end".to_owned());
        }
    }
}

impl<F> fmt::Debug for Polled<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Polled")
            .field("done", &self.done)
            .finish_non_exhaustive()
    }
}

/// Drives a body's future with the executor that the test names.
pub fn drive<'a, F: Future, R>(
    context: &'a mut Context,
    future: F,
    block_on: impl FnOnce(Polled<'a, F>) -> R,
) -> R {
    // Our own doing, and no fixture of the test's.
    let hidden = Scope::permit();
    let future = Box::pin(future);
    drop(hidden);
    block_on(Polled {
        context,
        future,
        done: false,
    })
}

/// Drives a body's future on this thread, which sleeps while there is nothing to do.
pub fn block_on<F: Future>(context: &mut Context, future: F) -> F::Output {
    drive(context, future, |future| {
        let mut future = pin!(future);
        // Made before the first poll, and cloned by counting: no poll allocates on our account.
        let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
        let mut task = TaskContext::from_waker(&waker);
        loop {
            match future.as_mut().poll(&mut task) {
                Poll::Ready(value) => return value,
                Poll::Pending => std::thread::park(),
            }
        }
    })
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}
