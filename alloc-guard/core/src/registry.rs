//! Owns the list of guarded tests of this binary. Each attribute puts one pointer into a section of
//! its own, which the linker joins; nothing runs before `main`.

use crate::{context::Context, expect::Expectation};

/// What stands before a test's name in the binary, so that tools find the names without running it.
const MARK: &str = "\u{1}alloc-guard:1\u{1}";

/// One guarded test, as its attribute wrote it.
#[derive(Debug)]
pub struct Registration {
    /// The mark, the test's path with its crate, and a closing `\u{1}`.
    pub marked_name: &'static str,
    /// What the test is called in reports; empty for its name.
    pub title: &'static str,
    /// Where the test stands, as `file!()` has it.
    pub file: &'static str,
    /// Its line there.
    pub line: u32,
    /// The package it belongs to; empty outside cargo.
    pub package: &'static str,
    /// The package's folder; empty outside cargo.
    pub manifest_dir: &'static str,
    /// Whether the test's own crate has debug assertions: cargo's `dev` and `test` profiles.
    pub debug: bool,
    /// What the test demands.
    pub expectation: Expectation,
    /// `scope = "process"`.
    pub process: bool,
    /// How often the body runs unlocked first.
    pub warmup: u32,
    /// `#[ignore]`, with its reason or an empty one.
    pub ignored: Option<&'static str>,
    /// `#[should_panic]`, with the text it expects or an empty one.
    pub should_panic: Option<&'static str>,
    /// The test itself.
    pub body: Body,
}

/// How to run a test.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// The user's function is all there is.
    Plain(fn()),
    /// A function that builds the fixtures, locks, runs the user's and unlocks.
    Fixtures(fn(&mut Context)),
}

impl Registration {
    /// The name as libtest has it: the module path without the crate.
    pub(crate) fn name(&self) -> &'static str {
        let path = self.path();
        path.split_once("::").map_or(path, |(_, name)| name)
    }

    /// The path of the module that the test stands in, with its crate.
    pub(crate) fn module(&self) -> &'static str {
        self.path()
            .rsplit_once("::")
            .map_or("", |(module, _)| module)
    }

    fn path(&self) -> &'static str {
        let path = self
            .marked_name
            .strip_prefix(MARK)
            .unwrap_or(self.marked_name);
        path.strip_suffix('\u{1}').unwrap_or(path)
    }
}

/// Every guarded test of this binary, in the linker's order.
#[cfg(all(feature = "runner", not(miri)))]
pub(crate) fn all() -> &'static [&'static Registration] {
    imp::all()
}

/// Miri lays out no sections; the runner says so before it comes to this.
#[cfg(all(feature = "runner", miri))]
pub(crate) fn all() -> &'static [&'static Registration] {
    &[]
}

#[cfg(all(feature = "runner", not(miri)))]
mod imp {
    use super::Registration;

    /// Bounds of the section, by the names that each platform's linker gives them.
    macro_rules! bounds {
        ($($os:meta => $section:literal, $start:literal, $stop:literal;)*) => {$(
            #[cfg($os)]
            mod section {
                use super::Registration;

                unsafe extern "Rust" {
                    #[link_name = $start]
                    pub(super) static START: [&'static Registration; 0];
                    #[link_name = $stop]
                    pub(super) static STOP: [&'static Registration; 0];
                }

                /// Makes the section exist in a binary without guarded tests.
                #[used]
                #[unsafe(link_section = $section)]
                static NONE: [&Registration; 0] = [];
            }
        )*};
    }

    // The same three as in the expansion of the attributes.
    bounds! {
        not(any(windows, target_vendor = "apple", target_family = "wasm"))
            => "alloc_guard", "__start_alloc_guard", "__stop_alloc_guard";
        target_vendor = "apple" => "__DATA,__alloc_guard",
            "\x01section$start$__DATA$__alloc_guard", "\x01section$end$__DATA$__alloc_guard";
    }

    #[cfg(windows)]
    mod section {
        use super::Registration;

        // The linker sorts what stands behind the `$`: the tests are `b`.
        #[used]
        #[unsafe(link_section = ".algrd$a")]
        pub(super) static START: [&Registration; 0] = [];
        #[used]
        #[unsafe(link_section = ".algrd$c")]
        pub(super) static STOP: [&Registration; 0] = [];
    }

    #[cfg(not(target_family = "wasm"))]
    pub(super) fn all() -> &'static [&'static Registration] {
        let start = (&raw const section::START).cast::<&'static Registration>();
        let stop = (&raw const section::STOP).cast::<&'static Registration>();
        let len = stop.addr().saturating_sub(start.addr()) / size_of::<&Registration>();
        // SAFETY: the linker put nothing between the two bounds but the pointers that the
        // attributes wrote, one after the other.
        unsafe { std::slice::from_raw_parts(start, len) }
    }

    #[cfg(target_family = "wasm")]
    compile_error!(
        "the runner of alloc-guard does not know how this platform's linker lays out sections: \
         switch the feature `runner` off and use the standard test harness"
    );
}
