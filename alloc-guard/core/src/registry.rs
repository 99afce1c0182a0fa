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
    /// A test that says no more than its promise, from one literal, which takes the compiler less time than
    /// fields: the marked name, then, with a `\0` between them, the package, its folder, whether there are debug
    /// assertions, the file, the line and the title.
    pub(crate) fn from_text(text: &'static str, expectation: Expectation, body: Body) -> Self {
        // The fences before the name are the mark's.
        let name_end = text
            .get(MARK.len()..)
            .and_then(|name| name.find('\u{1}'))
            .map_or(text.len(), |length| MARK.len() + length + 1);
        let (marked_name, rest) = text.split_at(name_end);
        let mut fields = rest.splitn(6, '\0');
        let mut field = || fields.next().unwrap_or_default();
        Self {
            marked_name,
            package: field(),
            manifest_dir: field(),
            debug: field() == "true",
            file: field(),
            line: field().parse().unwrap_or_default(),
            title: field(),
            expectation,
            process: false,
            warmup: 0,
            ignored: None,
            should_panic: None,
            body,
        }
    }

    /// The name as libtest has it: the module path without the crate.
    pub(crate) fn name(&self) -> &'static str {
        let path = self
            .marked_name
            .strip_prefix(MARK)
            .unwrap_or(self.marked_name);
        let path = path.strip_suffix('\u{1}').unwrap_or(path);
        path.split_once("::").map_or(path, |(_, name)| name)
    }
}

/// A value of `option_env!` as text.
#[must_use]
pub const fn or_empty(value: Option<&'static str>) -> &'static str {
    match value {
        Some(value) => value,
        None => "",
    }
}

/// Every guarded test of this binary, in the linker's order.
#[cfg(all(feature = "runner", not(miri)))]
pub(crate) fn all() -> &'static [&'static Registration] {
    imp::all()
}

/// Miri does not lay out sections.
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

    bounds! {
        any(
            target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "netbsd",
            target_os = "openbsd", target_os = "dragonfly", target_os = "illumos", target_os = "solaris",
        ) => "alloc_guard", "__start_alloc_guard", "__stop_alloc_guard";
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

    #[cfg(any(
        target_os = "linux",
        target_os = "android",
        target_os = "freebsd",
        target_os = "netbsd",
        target_os = "openbsd",
        target_os = "dragonfly",
        target_os = "illumos",
        target_os = "solaris",
        target_vendor = "apple",
        windows,
    ))]
    pub(super) fn all() -> &'static [&'static Registration] {
        let start = (&raw const section::START).cast::<&'static Registration>();
        let stop = (&raw const section::STOP).cast::<&'static Registration>();
        let len = stop.addr().saturating_sub(start.addr()) / size_of::<&Registration>();
        // SAFETY: the linker put nothing between the two bounds but the pointers that the
        // attributes wrote, one after the other.
        unsafe { std::slice::from_raw_parts(start, len) }
    }

    #[cfg(not(any(
        target_os = "linux",
        target_os = "android",
        target_os = "freebsd",
        target_os = "netbsd",
        target_os = "openbsd",
        target_os = "dragonfly",
        target_os = "illumos",
        target_os = "solaris",
        target_vendor = "apple",
        windows,
    )))]
    compile_error!(
        "the runner of alloc-guard does not know how this platform's linker lays out sections; \
         switch the feature `runner` off and use the standard test harness"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_back() {
        let text =
            "\u{1}alloc-guard:1\u{1}k::m::t\u{1}pack\0/dir\0true\0src/a.rs\x0012\0A \0\u{1}title";
        let read = Registration::from_text(text, Expectation::ALLOCATES, Body::Plain(|| ()));
        assert_eq!(read.name(), "m::t");
        assert_eq!((read.package, read.manifest_dir), ("pack", "/dir"));
        assert_eq!((read.file, read.line), ("src/a.rs", 12));
        assert_eq!((read.debug, read.title), (true, "A \0\u{1}title"));
        assert_eq!(read.expectation, Expectation::ALLOCATES);
    }
}
