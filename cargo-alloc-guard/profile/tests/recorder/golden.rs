//! Files that the recorder itself wrote, which must always be read. The program: `leak` leaves 100 boxes of 64 bytes, `grow`
//! grows a vector from 8 bytes to 4,096 by doubling, and two threads named `worker` box 32 bytes and drop them, 500 times each.

use std::path::PathBuf;

use alloc_guard_profile::{BuildProfile, Profile};

fn golden(file: &str) -> Profile {
    let files = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/recorder/files");
    let path = files.join(file);
    // Without symbols: the program is gone.
    alloc_guard_profile::read(std::fs::File::open(path).unwrap()).unwrap()
}

#[test]
fn a_file_of_version_1_is_read() {
    is_read("version-1.agprof");
}

#[test]
fn a_file_of_version_2_is_read() {
    is_read("version-2.agprof");
}

fn is_read(file: &str) {
    let profile = golden(file);
    assert_eq!(profile.warnings, []);
    assert_eq!(profile.build_profile, Some(BuildProfile::Debug));
    assert!(profile.program.ends_with("golden"));
    let allocations = profile.allocations().unwrap();
    let of_size = |size: u64| allocations.iter().filter(move |(_, one)| one.size == size);
    let leaked = of_size(64).filter(|(_, one)| one.end_ns.is_none());
    assert_eq!(leaked.count(), 100);
    let chain: Vec<u64> = allocations
        .iter()
        .filter(|(_, one)| one.predecessor.is_some() && one.size.is_power_of_two())
        .map(|(_, one)| one.size)
        .collect();
    assert!(
        chain.ends_with(&[16, 32, 64, 128, 256, 512, 1024, 2048, 4096]),
        "{chain:?}"
    );
    let names: Vec<&str> = profile.threads.iter().map(|thread| &*thread.name).collect();
    assert_eq!(names, ["main", "worker", "worker"]);
    for (thread, sums) in profile.thread_sums().iter().enumerate().skip(1) {
        let boxes = of_size(32).filter(|(_, one)| one.thread.0 as usize == thread);
        assert!(boxes.count() >= 500);
        assert!(sums.temporary.count >= 500);
    }
}
