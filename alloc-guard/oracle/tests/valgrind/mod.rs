//! Owns whether the tests that need valgrind can run.

/// Set where valgrind has to be there, so that the proof cannot get lost unseen.
const REQUIRE: &str = "ALLOC_GUARD_REQUIRE_VALGRIND";

/// Whether valgrind is installed.
pub(crate) fn valgrind_is_here() -> bool {
    let here = alloc_guard_oracle::valgrind_is_here();
    if !here {
        assert!(
            std::env::var_os(REQUIRE).is_none_or(|value| value != "1"),
            "{REQUIRE}=1, but valgrind is not on PATH"
        );
        // Past the capture of libtest, which would hide it in a test that passes.
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"\nNOT CHECKED AGAINST VALGRIND: it is not on PATH; the counts were compared with the crate dhat only\n\n",
        );
    }
    here
}
