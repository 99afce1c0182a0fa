//! Owns fixtures that one run uses up: as many equal ones as there are runs, made beforehand.

/// More than any caller runs an operation.
const RUNS: usize = 16;

/// Equal things, one for each run, which stay until the end: neither making nor dropping one is part of a run.
pub(super) struct Stock<T> {
    fresh: Vec<T>,
    used: Vec<T>,
}

impl<T> Stock<T> {
    pub(super) fn of(make: impl FnMut() -> T) -> Self {
        Self {
            fresh: std::iter::repeat_with(make).take(RUNS).collect(),
            used: Vec::with_capacity(RUNS),
        }
    }

    /// The next one, to be used up.
    pub(super) fn take(&mut self) -> T {
        self.fresh.pop().expect("an operation runs less often")
    }

    /// The next one, which is kept.
    pub(super) fn next(&mut self) -> &mut T {
        let thing = self.take();
        self.used.push(thing);
        self.used.last_mut().expect("it was just pushed")
    }
}
