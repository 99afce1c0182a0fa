//! Owns what is run under each allocator. It is compiled here, in a library, so that every binary
//! reaches its allocator over the same calls.

use std::hint::black_box;

use serde_json::Value;

/// One thing to run under an allocator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    /// 64 bytes taken and given back.
    Pair,
    /// The same on two threads at once.
    TwoThreads,
    /// A block of 16 bytes to 4 KiB taken, and one of 1,000 like it given back.
    Live,
    /// A `Vec<u64>` pushed to 1,024 elements: one allocation, eight grows, one deallocation.
    Vec,
    /// About a megabyte of JSON, parsed and dropped.
    Json,
    /// The mode entered and left, with nothing in it.
    Scope,
}

impl Workload {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 6] = [
        Self::Pair,
        Self::TwoThreads,
        Self::Live,
        Self::Vec,
        Self::Json,
        Self::Scope,
    ];

    /// The word for it on a child's command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pair => "pair",
            Self::TwoThreads => "two-threads",
            Self::Live => "live",
            Self::Vec => "vec",
            Self::Json => "json",
            Self::Scope => "scope",
        }
    }

    /// The heading of its table.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Pair => "malloc + free of 64 bytes",
            Self::TwoThreads => "malloc + free of 64 bytes, on two threads at once",
            Self::Live => "malloc + free of 16 bytes to 4 KiB, with 1,000 blocks live",
            Self::Vec => "`Vec<u64>` pushed to 1,024 elements",
            Self::Json => "1 MB of JSON parsed to a `serde_json::Value` and dropped",
            Self::Scope => "The mode entered and left, with nothing in it (lock + unlock)",
        }
    }

    /// How many operations callgrind is shown, and then twice as many. It has one thread at a time.
    #[must_use]
    pub const fn counted_operations(self) -> Option<u64> {
        match self {
            Self::Pair => Some(2_000),
            Self::TwoThreads => None,
            Self::Live => Some(10_000),
            Self::Vec => Some(100),
            Self::Json => Some(1),
            Self::Scope => Some(1_000),
        }
    }

    /// One operation. What it needs is made by this call, before anything is measured.
    #[must_use]
    pub fn operation(self) -> Box<dyn Fn(u64) + Sync> {
        match self {
            Self::Pair | Self::TwoThreads => Box::new(|times| {
                for _ in 0..times {
                    drop(black_box(Vec::<u8>::with_capacity(black_box(64))));
                }
            }),
            Self::Live => Box::new(|times| {
                let mut blocks = vec![Vec::<u8>::new(); 1_000];
                let mut random = 1_usize;
                for _ in 0..times {
                    // xorshift64 (Marsaglia, "Xorshift RNGs").
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    // As many of 16 to 32 bytes as of 32 to 64, and so on.
                    let most = 16 << ((random >> 20) % 9);
                    let size = 16 + (random >> 40) % most;
                    blocks[(random >> 30) % 1_000] = black_box(Vec::with_capacity(size));
                }
            }),
            Self::Vec => Box::new(|times| {
                for _ in 0..times {
                    let mut numbers = Vec::new();
                    for number in 0..black_box(1_024_u64) {
                        numbers.push(number);
                    }
                    drop(black_box(numbers));
                }
            }),
            Self::Json => {
                let document = document();
                Box::new(move |times| {
                    for _ in 0..times {
                        let value: Result<Value, _> = serde_json::from_str(black_box(&document));
                        drop(black_box(value));
                    }
                })
            }
            Self::Scope => Box::new(|_| {}),
        }
    }
}

/// A JSON document of about a megabyte, the same each time.
fn document() -> String {
    let people: Vec<Value> = (0..6_000_u64)
        .map(|id| {
            let mixed = id.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            serde_json::json!({
                "id": id,
                "name": format!("person-{mixed:016x}"),
                "mail": format!("{:08x}@example.org", mixed >> 32),
                "active": mixed & 1 == 0,
                "scores": [mixed % 100, mixed % 1_000, mixed % 10_000],
                "address": {
                    "street": format!("{} Long Road", mixed % 500),
                    "town": "Somewhere \u{2014} far away",
                    "zip": mixed % 100_000,
                },
                "tags": ["alpha", "beta", "gamma"],
            })
        })
        .collect();
    Value::Array(people).to_string()
}
