#![doc = include_str!("../README.md")]

mod alloc;
mod backtrace;
pub mod baseline;
mod canary;
mod context;
mod expect;
mod future;
mod harness;
mod leaks;
mod libtest;
mod measure;
mod memory;
mod phase;
mod process;
mod record;
mod recorder;
mod registry;
pub mod report;
#[cfg(feature = "runner")]
mod runner;
mod switch;
mod tally;
mod trial;
mod verdict;

pub use crate::{
    alloc::Guard,
    backtrace::symbolize::Frame,
    expect::Promise,
    measure::{Measurement, assert_alloc_free, measure, permit},
    tally::Tally,
};
pub use alloc_guard_macros::{alloc_free_core as alloc_free, allocates_core as allocates};

/// Defines `fn main` for a test target with `harness = false`. In a target with the standard harness
/// it does nothing.
///
/// ```text
/// alloc_guard_core::main!();
/// ```
#[cfg(feature = "runner")]
#[macro_export]
macro_rules! main {
    () => {
        #[cfg(test)]
        #[allow(dead_code)]
        fn main() -> ::std::process::ExitCode {
            $crate::__private::main()
        }
        #[cfg(not(test))]
        #[allow(dead_code)]
        fn main() {}
    };
}

/// The runner is a feature.
#[cfg(not(feature = "runner"))]
#[macro_export]
macro_rules! main {
    () => {
        ::core::compile_error!("`main!` needs the feature `runner` of alloc-guard");
    };
}

/// What the attributes expand to. Not for anyone else: it changes without notice.
#[doc(hidden)]
pub mod __private {
    #[cfg(own_walk)]
    pub use crate::backtrace::modules::{Module, each as each_module};
    #[cfg(feature = "runner")]
    pub use crate::runner::main;
    pub use crate::{
        backtrace::{
            Walker,
            capture::Counts,
            paths::{Cursor, Node, PathId, Paths},
        },
        context::{Context, Returned},
        expect::{Expectation, PermittedSite},
        future::{block_on, drive},
        libtest::{Stub, libtest},
        registry::{Body, Registration},
    };
}
