//! Addresses of this very test get their names, out of it where it stands, and out of a profile that contains it.

use std::{env, fs, path::Path};

use crate::agprof::{Events, File, Payload};
use alloc_guard_profile::{Class, Frame, Profile, Warning, open};
use object::Object;

/// What is looked up; it is one function and not put into another.
#[inline(never)]
fn looked_up(number: u64) -> u64 {
    std::hint::black_box(number) + 1
}

/// This process: its executable, where that begins in memory, and where it begins in the list of what is mapped.
fn myself() -> (String, u64, String) {
    let path = env::current_exe().unwrap();
    let path = path.to_str().unwrap().to_owned();
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let first = maps.lines().find(|line| line.ends_with(&path)).unwrap();
    let start = first.split('-').next().unwrap();
    (path, u64::from_str_radix(start, 16).unwrap(), maps)
}

/// The address behind the first instruction of what is looked up.
fn return_address() -> u64 {
    assert_eq!(looked_up(1), 2);
    looked_up as fn(u64) -> u64 as usize as u64 + 1
}

fn build_id(path: &str) -> Vec<u8> {
    let content = fs::read(path).unwrap();
    let file = object::File::parse(&*content).unwrap();
    file.build_id().unwrap().unwrap_or_default().to_vec()
}

/// A profile with one allocation, at the function, in a module of this path and build id.
fn recorded(path: &str, build_id: &[u8], folder: &Path) -> Profile {
    let (_, start, _) = myself();
    let mut file = File::new();
    file.process(100, 0);
    let module = Payload::default()
        .text(path)
        .bytes(build_id)
        .number(start)
        .number(1 << 30)
        .number(start);
    file.block(2, &module);
    let paths = Payload::default()
        .number(1)
        .number(0)
        .number(return_address());
    file.block(3, &paths);
    let mut events = Events::new(100, 0, 1, 0, 0);
    events.allocation(110, 0x10, 8, 1, false);
    file.block(6, &events.payload);
    let profile = folder.join("one.agprof");
    fs::write(&profile, file.0).unwrap();
    open(&profile).unwrap()
}

fn innermost(profile: &Profile) -> Frame {
    let allocations = profile.allocations().unwrap();
    let (_, allocation) = allocations.iter().next().unwrap();
    let frame = profile.stacks.walk(allocation.stack).next().unwrap();
    profile.stacks.get(frame)
}

fn is_named(profile: &Profile) {
    let frame = innermost(profile);
    assert_eq!(
        profile.strings.get(frame.function),
        "recorder::symbols::looked_up"
    );
    assert!(
        profile
            .strings
            .get(frame.file)
            .ends_with("tests/recorder/symbols.rs")
    );
    assert!((1..40).contains(&frame.line), "line {}", frame.line);
    assert_eq!(frame.class, Class::Workspace);
    assert!(!frame.inlined);
    let unnamed = |warning: &Warning| {
        matches!(
            warning,
            Warning::NoSymbols { .. } | Warning::ModuleUnknown { .. }
        )
    };
    assert!(
        !profile.warnings.iter().any(unnamed),
        "{:?}",
        profile.warnings
    );
}

fn why_unnamed(profile: &Profile) -> &str {
    let frame = innermost(profile);
    assert_eq!(profile.strings.get(frame.function), "");
    assert_ne!(frame.address, 0);
    assert!(
        profile
            .warnings
            .iter()
            .any(|warning| matches!(warning, Warning::NoSymbols { .. }))
    );
    let why = profile.warnings.iter().find_map(|warning| match warning {
        Warning::ModuleUnknown { reason, .. } => Some(reason),
        _ => None,
    });
    why.unwrap()
}

#[test]
fn a_function_is_named_out_of_the_executable_that_is_still_there() {
    let folder = tempfile::tempdir().unwrap();
    let (path, ..) = myself();
    let id = build_id(&path);
    if !id.is_empty() {
        is_named(&recorded(&path, &id, folder.path()));
    }
}

#[test]
fn another_build_gives_no_names() {
    let folder = tempfile::tempdir().unwrap();
    let (path, ..) = myself();
    let why = recorded(&path, b"another build id", folder.path());
    assert_eq!(why_unnamed(&why), "another build of it is there now");
    // Without a build id what is younger than the process is another build: the profile says that it began in 2023.
    let why = recorded(&path, b"", folder.path());
    assert_eq!(why_unnamed(&why), "another build of it is there now");
}

#[test]
fn what_is_gone_or_no_executable_gives_no_names() {
    let folder = tempfile::tempdir().unwrap();
    let gone = recorded("/nowhere/at/all", b"id", folder.path());
    assert_eq!(why_unnamed(&gone), "it is not there any more");
    let none = folder.path().join("none");
    fs::write(&none, "text").unwrap();
    let none = recorded(none.to_str().unwrap(), b"id", folder.path());
    assert!(why_unnamed(&none).starts_with("it cannot be read"));
}

/// A file of ByteHound's that contains the executable.
#[test]
fn a_function_is_named_out_of_the_executable_in_the_profile() {
    let (path, _, maps) = myself();
    // Nothing is read from where the executable stands.
    let elsewhere = "/nowhere/symbols";
    let maps = maps.replace(&path, elsewhere);
    let mut stream = Vec::new();
    let text = |stream: &mut Vec<u8>, text: &[u8]| {
        stream.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
        stream.extend(text);
    };
    // The header: id, times, process, command line, executable, architecture, flags, size of a pointer.
    stream.extend([0; 4 + 16 + 8 * 4 + 4]);
    for name in [&b""[..], elsewhere.as_bytes(), b"x86_64"] {
        text(&mut stream, name);
    }
    stream.extend(1_u64.to_le_bytes());
    stream.push(8);
    let content = fs::read(&path).unwrap();
    for (name, content) in [("/proc/self/maps", maps.as_bytes()), (elsewhere, &content)] {
        stream.extend(23_u32.to_le_bytes());
        stream.extend([0; 8]);
        text(&mut stream, name.as_bytes());
        stream.extend((content.len() as u64).to_le_bytes());
        stream.extend(content);
    }
    stream.extend(5_u32.to_le_bytes());
    stream.extend(7_u64.to_le_bytes());
    stream.extend(1_u32.to_le_bytes());
    stream.extend(return_address().to_le_bytes());
    // An allocation of an older kind: time, address, size, backtrace, thread, flags and more.
    stream.extend(1_u32.to_le_bytes());
    for number in [5_u64, 0x10, 8, 7] {
        stream.extend(number.to_le_bytes());
    }
    stream.extend([0; 4 + 4 + 4 + 8]);
    let mut file = Vec::new();
    for part in stream.chunks(256 << 10) {
        file.push(2);
        text(&mut file, part);
    }
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("embedded.dat");
    fs::write(&profile, file).unwrap();
    is_named(&open(&profile).unwrap());
}
