//! Owns the list of loaded modules, by which addresses are given their names later.

use std::ops::Range;

/// How many modules, and stretches of code that belong to none, are remembered. Of more, some are
/// written more than once.
const MOST: usize = 256;

/// The modules that have been written.
pub(super) struct Modules {
    known: [Range<usize>; MOST],
    len: usize,
    /// Where the last address was found: the next is mostly there too.
    last: Range<usize>,
}

impl Modules {
    pub(super) const NONE: Self = Self {
        known: [const { 0..0 }; MOST],
        len: 0,
        last: 0..0,
    };

    /// Sees to it that the module of `address` is written, if it has one.
    ///
    /// A library that is loaded where another one was before is not told from that one.
    #[inline]
    pub(super) fn see(&mut self, address: usize) {
        if !self.last.contains(&address) {
            self.find(address);
        }
    }

    #[cold]
    fn find(&mut self, address: usize) {
        const PAGE: usize = 1 << 12;
        if !self.is_known(address) {
            self.update();
        }
        if !self.is_known(address) {
            // Code that was made at run time, or the system's own: not to be asked for each time.
            let start = address & !(PAGE - 1);
            self.remember(start..start.saturating_add(PAGE));
        }
    }

    fn is_known(&mut self, address: usize) -> bool {
        let mut known = self.known.iter().take(self.len);
        let Some(found) = known.find(|module| module.contains(&address)) else {
            return false;
        };
        self.last = found.clone();
        true
    }

    fn remember(&mut self, code: Range<usize>) {
        let place = self.known.get_mut(self.len % MOST);
        if let Some(place) = place {
            *place = code;
            self.len = self.len.saturating_add(1).min(MOST);
        }
    }

    /// Writes the modules that have not been written.
    #[cfg(own_walk)]
    fn update(&mut self) {
        use std::ops::ControlFlow;

        crate::backtrace::modules::each(|module| {
            let code = module.code();
            if !code.is_empty() && !self.is_known(code.start) {
                write(module, &code);
                self.remember(code);
            }
            ControlFlow::Continue(())
        });
    }

    /// Other systems' loaders are not asked: a reader knows the executable by its path.
    #[cfg(not(own_walk))]
    fn update(&mut self) {
        let _ = self;
    }
}

#[cfg(own_walk)]
fn write(module: crate::backtrace::modules::Module<'_>, code: &Range<usize>) {
    use super::{
        encode::Short,
        file::{self, Kind},
        start,
    };

    let path = match module.path().to_bytes() {
        // The loader has no name for the program itself.
        b"" => start::executable(),
        path => path,
    };
    let id = module.build_id();
    let mut before = Short::new();
    before.number(path.len() as u64);
    let mut after = Short::new();
    after.bytes_of(id);
    after.number(code.start as u64);
    after.number(code.len() as u64);
    after.number(module.base() as u64);
    file::block(Kind::Modules, [before.bytes(), path, after.bytes()]);
}
