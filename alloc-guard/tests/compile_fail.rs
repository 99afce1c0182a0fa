//! What a user reads after each mistake: one fault per file under `ui`, and what the compiler says beside it.
//!
//! `TRYBUILD=overwrite` writes the expected output anew, on the pinned toolchain.

#[test]
fn a_mistake_is_told_where_it_is() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
