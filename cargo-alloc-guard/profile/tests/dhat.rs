//! What is read from DHAT's files is what DHAT printed.

use std::{fs, path::PathBuf};

use alloc_guard_profile::{Amount, Data, ErrorKind, Origin, Profile, Sums, open, read};

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/dhat")
        .join(name)
}

fn amount(count: u64, bytes: u64) -> Amount {
    Amount { count, bytes }
}

#[test]
fn totals_are_what_dhat_printed() {
    for (name, allocated, peak, leaked) in [
        (
            "valgrind.json",
            amount(2_285, 2_826_001),
            amount(6, 1_050_333),
            amount(101, 410_144),
        ),
        (
            "dhat-crate.json",
            amount(2_263, 2_822_181),
            amount(4, 1_049_785),
            amount(101, 410_624),
        ),
    ] {
        let profile = open(&file(name)).unwrap();
        let totals = profile.totals();
        assert_eq!(totals.allocations, allocated, "{name}");
        assert_eq!(totals.peak, peak, "{name}");
        assert_eq!(totals.leaked, leaked, "{name}");
        assert_eq!(
            (totals.temporary, totals.peak_ns, totals.grows),
            (None, None, None)
        );
        assert_eq!(profile.origin, Origin::Dhat);
        assert!(profile.allocations().is_none());
        assert!(profile.timeline(10).is_none());
        let Data::Sums(stacks) = &profile.data else {
            panic!("{name} has sums only");
        };
        assert!(stacks.is_sorted_by(|a, b| a.0 < b.0));
    }
}

/// The sums of all stacks on which a function has a name that ends so.
fn function(profile: &Profile, name: &str) -> Amount {
    let mut all = Sums::default();
    for (stack, sums) in profile.stacks.ids().zip(profile.stack_sums()) {
        let on_it = profile.stacks.walk(stack).any(|frame| {
            let function = profile.stacks.get(frame).function;
            profile.strings.get(function).ends_with(name)
        });
        if on_it {
            all += sums;
        }
    }
    all.allocations
}

/// As the source says, see the same of ByteHound.
#[test]
fn functions_have_the_sums_that_the_program_says() {
    for name in ["valgrind.json", "dhat-crate.json"] {
        let profile = open(&file(name)).unwrap();
        for (function_name, count, bytes) in [
            ("phase_sha2", 2, 65_568),
            ("phase_ed25519", 207, 38_512),
            ("phase_wasm", 912, 79_796),
            ("describe_section", 20, 160),
            ("phase_vec_growth", 16, 2_097_120),
            ("deliberate_leak", 100, 409_600),
            ("worker", 1_008, 128_960),
        ] {
            assert_eq!(
                function(&profile, function_name),
                amount(count, bytes),
                "{name} {function_name}"
            );
        }
    }
}

#[test]
fn the_site_is_the_programs_own_function() {
    let profile = open(&file("dhat-crate.json")).unwrap();
    let sites = profile.function_sums();
    let leak = sites
        .iter()
        .find(|sums| profile.strings.get(sums.key.function) == "deliberate_leak")
        .unwrap();
    assert_eq!(leak.as_site.leaked, amount(100, 409_600));
    assert_eq!(profile.duration_ns, 126_885_000);
}

#[test]
fn a_file_of_another_version_or_mode_or_that_is_damaged_is_an_error_that_says_so() {
    let whole = fs::read_to_string(file("valgrind.json")).unwrap();
    let error = |text: &str| {
        let error = read(text.as_bytes()).unwrap_err();
        (error.kind(), error.to_string())
    };
    let (kind, text) = error(&whole.replace("\"dhatFileVersion\":2", "\"dhatFileVersion\":3"));
    assert_eq!(kind, ErrorKind::Version);
    assert!(text.contains("version 3"), "{text}");
    let (kind, text) = error(&whole.replace("\"mode\":\"heap\"", "\"mode\":\"copy\""));
    assert_eq!(kind, ErrorKind::NotAProfile);
    assert!(text.contains("`copy`"), "{text}");
    let (kind, text) = error(&whole[..whole.len() / 2]);
    assert_eq!(kind, ErrorKind::Damaged);
    assert!(text.contains("cut off"), "{text}");
    let (kind, text) = error(&whole.replace("\"fs\":[1,", "\"fs\":[99999,"));
    assert_eq!(kind, ErrorKind::Damaged);
    assert!(text.contains("no frame 99999"), "{text}");
    let (kind, _) = error("{\"a\": 1}");
    assert_eq!(kind, ErrorKind::NotAProfile);
}
