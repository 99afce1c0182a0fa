//! A profile made by hand, with everything that is hard to write.

use std::path::Path;

use alloc_guard_profile::{
    Allocation, Allocations, Amount, Class, Context, ContextId, Data, Frame, Kind, OperationId,
    Origin, Phase, Profile, StackId, Sums, Thread, ThreadId, open,
};

/// Names as nobody would choose them, with what breaks the forms: separators, markup, quotes, line breaks.
pub(crate) const HOSTILE: [&str; 5] = [
    "<[u64; 16] as Clone>::clone",
    "</script><img src=x onerror=alert(1)>&amp;",
    "quoted \"name\" \\ 'twice' {braces}: (a.rs:1:2)",
    "größe::日本語 12",
    "two\r\nlines\tand a tab",
];

/// Sums as the model has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) allocations: u64,
    pub(crate) bytes: u64,
    pub(crate) peak_blocks: u64,
    pub(crate) peak_bytes: u64,
    pub(crate) leaked_blocks: u64,
    pub(crate) leaked_bytes: u64,
}

impl Expected {
    pub(crate) fn of(profile: &Profile) -> Self {
        let totals = profile.totals();
        Self {
            allocations: totals.allocations.count,
            bytes: totals.allocations.bytes,
            peak_blocks: totals.peak.count,
            peak_bytes: totals.peak.bytes,
            leaked_blocks: totals.leaked.count,
            leaked_bytes: totals.leaked.bytes,
        }
    }
}

/// A path of frames from `main` inwards.
pub(crate) fn path(profile: &mut Profile, names: &[&str]) -> StackId {
    let mut stack = StackId::EMPTY;
    for (line, name) in (1..).zip(names) {
        let frame = Frame {
            function: profile.strings.intern(name),
            file: profile.strings.intern("src/a file.rs"),
            line,
            column: 9,
            class: Class::Workspace,
            ..Frame::default()
        };
        let frame = profile.stacks.frame(frame);
        stack = profile.stacks.call(stack, frame);
    }
    stack
}

/// Two threads, reallocations, leaks, temporary blocks, blocks of no bytes; stacks within stacks, and none. Less than 1 KiB in
/// all, because a viewer rounds what is more.
pub(crate) fn hostile() -> Profile {
    let mut profile = Profile::default();
    "/tmp/a program\nwith <b>".clone_into(&mut profile.program);
    profile.process_id = 42;
    profile.duration_ns = 250_000_000;
    profile.operations = vec!["codec::parse".to_owned()];
    profile.contexts.push(Context {
        operation: Some(OperationId(0)),
        phase: Phase::Locked,
    });
    for name in ["main", "worker"] {
        profile.threads.push(Thread {
            id: profile.threads.len() as u64 + 7,
            name: name.to_owned(),
        });
    }
    let module = profile.strings.intern("lib <c>.so");
    let nameless = profile.stacks.frame(Frame {
        module,
        ..Frame::default()
    });
    let nothing = profile.stacks.frame(Frame {
        address: 0xab,
        ..Frame::default()
    });
    let mut stacks = vec![StackId::EMPTY, path(&mut profile, &["main"])];
    for name in HOSTILE {
        let stack = path(&mut profile, &["main", name]);
        stacks.extend([
            stack,
            profile.stacks.call(stack, nameless),
            profile.stacks.call(stack, nothing),
        ]);
    }
    stacks.push(path(&mut profile, &HOSTILE));

    let mut allocations = Allocations::default();
    let mut time_ns = 0;
    for (index, stack) in (0_u32..).zip(stacks) {
        let allocation = |size: u32| Allocation {
            time_ns: 0,
            end_ns: None,
            size: u64::from(size),
            stack,
            thread: ThreadId(index % 2),
            context: ContextId(index % 2),
            kind: Kind::Plain,
            predecessor: None,
            weight: 1,
        };
        let mut next = || {
            time_ns += 1_700_000;
            time_ns
        };
        let push = |allocations: &mut Allocations, allocation, time_ns| {
            let allocation = Allocation {
                time_ns,
                ..allocation
            };
            allocations.push(allocation).unwrap()
        };
        let temporary = push(&mut allocations, allocation(index * 3), next());
        let first = push(&mut allocations, allocation(1 << (index % 5)), next());
        let grown = Allocation {
            kind: Kind::Grow,
            predecessor: Some(first),
            ..allocation(1 << (index % 7))
        };
        allocations.replace(first, next());
        let second = push(&mut allocations, grown, next());
        allocations.free(temporary, next());
        if index % 3 > 0 {
            allocations.free(second, next());
        }
        let large = u32::from(index == 6) * 150;
        let short = push(&mut allocations, allocation(large), next());
        allocations.free(short, next());
    }
    profile.data = Data::Allocations(Box::new(allocations));
    let totals = profile.totals();
    assert!(totals.leaked.count > 1 && totals.temporary.unwrap().count > 1);
    assert!(totals.allocations.bytes < 1024);
    assert!(totals.peak.bytes > 150 && totals.peak.count > 2);
    profile
}

/// What a file of sums becomes.
pub(crate) fn sums() -> Profile {
    let mut profile = Profile::default();
    profile.origin = Origin::Dhat;
    let of = |bytes| Amount { count: 2, bytes };
    let stacks = [&["main"][..], &["main", HOSTILE[0]], &["main", HOSTILE[4]]];
    let sums = (10..).zip(stacks).map(|(bytes, names)| {
        let sums = Sums {
            allocations: of(bytes * 3),
            at_peak: of(bytes),
            leaked: of(bytes * 2),
            lifetime: 1 << 70,
            ..Sums::default()
        };
        (path(&mut profile, names), sums)
    });
    let sums = sums.collect();
    profile.data = Data::Sums(sums);
    profile
}

/// A small program, as ByteHound recorded it.
pub(crate) fn regressed() -> Profile {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bytehound");
    open(&folder.join("decoded-regressed.dat")).unwrap()
}
