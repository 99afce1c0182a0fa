//! A binary whose allocator is not ours: nothing may pass.

use alloc_guard_core::{
    __private::{Body, Expectation, Registration, libtest},
    assert_alloc_free, measure,
};

static GUARDED: Registration = Registration {
    marked_name: "not_installed::by_hand",
    title: "",
    file: file!(),
    line: line!(),
    package: env!("CARGO_PKG_NAME"),
    manifest_dir: env!("CARGO_MANIFEST_DIR"),
    debug: cfg!(debug_assertions),
    expectation: Expectation::ALLOC_FREE,
    process: false,
    warmup: 0,
    ignored: None,
    should_panic: None,
    body: Body::Plain(|| ()),
};

#[test]
fn not_installed_a_guarded_test_fails_and_says_how_to_install() {
    let text = format!("{:?}", libtest(&GUARDED).unwrap_err());
    assert!(text.contains("NO GUARD"), "{text}");
    assert!(
        text.contains("depend on `alloc-guard` and use it"),
        "{text}"
    );
}

#[test]
fn not_installed_a_measurement_panics_rather_than_say_zero() {
    for panic in [
        std::panic::catch_unwind(|| measure(|| 1).1.allocs).unwrap_err(),
        std::panic::catch_unwind(|| assert_alloc_free(|| 1_u64)).unwrap_err(),
    ] {
        let text = panic.downcast_ref::<String>().map_or("", String::as_str);
        assert!(text.contains("no guard is installed"), "{text}");
    }
}
