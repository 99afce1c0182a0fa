//! Stacks through a library that comes and goes.

use std::{
    ffi::{CString, OsStr, c_char, c_int, c_void},
    fs,
    hint::black_box,
    ops::ControlFlow,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use alloc_guard_core::__private::{PathId, Paths, Walker, each_module};

use super::check;

unsafe extern "C" {
    fn dlopen(path: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
    fn dlclose(library: *mut c_void) -> c_int;
}

type OnFrame = extern "C" fn(*mut c_void, *mut c_void) -> c_int;
type Backtrace = extern "C" fn(OnFrame, *mut c_void) -> c_int;

/// Some library with a function that calls back: the system's unwinder, which is loaded already, so
/// that a copy of it is another library.
fn a_library() -> PathBuf {
    let mut found = None;
    each_module(|module| {
        let path = module.path().to_bytes();
        if path.windows(8).any(|part| part == b"libgcc_s") {
            assert!(!module.build_id().is_empty());
            found = Some(PathBuf::from(OsStr::from_bytes(path)));
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    found.unwrap()
}

struct Library(*mut c_void);

impl Library {
    fn load(path: &Path) -> Self {
        const NOW: c_int = 2;
        let path = CString::new(path.as_os_str().as_bytes()).unwrap();
        // SAFETY: a path; the library's initialisers do nothing.
        let library = unsafe { dlopen(path.as_ptr(), NOW) };
        assert!(!library.is_null());
        Self(library)
    }

    /// Calls `on_frame` from within the library.
    fn call_back(&self, on_frame: OnFrame) {
        // SAFETY: the library is loaded.
        let function = unsafe { dlsym(self.0, c"_Unwind_Backtrace".as_ptr()) };
        assert!(!function.is_null());
        // SAFETY: the function of that name has this type.
        let function: Backtrace = unsafe { std::mem::transmute(function) };
        function(on_frame, std::ptr::null_mut());
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        // SAFETY: loaded by `load`, and nothing of it is running or used any more.
        assert_eq!(unsafe { dlclose(self.0) }, 0);
    }
}

#[inline(never)]
fn place(walker: &mut Walker) -> PathId {
    black_box(walker.capture(Paths::shared().unwrap()))
}

#[inline(never)]
fn another_place(walker: &mut Walker) -> PathId {
    black_box(walker.capture(Paths::shared().unwrap()));
    walker.capture(Paths::shared().unwrap())
}

#[test]
fn a_library_that_comes_and_goes_is_walked_through_each_time() {
    extern "C" fn on_frame(_: *mut c_void, _: *mut c_void) -> c_int {
        drop(black_box(Box::new(1)));
        0
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("another.so");
    fs::copy(a_library(), &path).unwrap();
    let is_loaded = || {
        let mut is_loaded = false;
        each_module(|module| {
            is_loaded |= module.path().to_bytes().ends_with(b"/another.so");
            ControlFlow::Continue(())
        });
        is_loaded
    };
    let checked = check::with(|| {
        for _ in 0..20 {
            let library = Library::load(&path);
            library.call_back(on_frame);
            drop(library);
        }
    });
    assert!(!is_loaded());
    assert_eq!(checked.difference, None);
    assert!(checked.equal > 200, "{checked:?}");
    assert_eq!(checked.counts.asked, 0);
}

#[test]
fn what_was_known_of_addresses_is_dropped_when_a_library_was_unloaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("another.so");
    fs::copy(a_library(), &path).unwrap();
    let walker = Walker::reserve().unwrap();
    let mut seen = Vec::new();
    // A vector: the loop over an array may become three calls of `place`, at three addresses.
    for comes_and_goes in black_box(vec![false, false, true]) {
        if comes_and_goes {
            drop(Library::load(&path));
            // Code that was not seen before: where a walk comes to know of it.
            another_place(walker);
        }
        seen.push(place(walker));
    }
    let paths = Paths::shared().unwrap();
    let frames = |path| paths.frames(path).collect::<Vec<_>>();
    assert_ne!(seen[1], seen[2]);
    assert_eq!(frames(seen[1]), frames(seen[2]));
}
