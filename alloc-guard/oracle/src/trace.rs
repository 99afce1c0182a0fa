//! Owns reading the list of calls that valgrind writes under `--trace-malloc=yes`, and the marks in
//! it that tell the rounds apart.

use std::{
    collections::{HashMap, VecDeque},
    hint::black_box,
};

use anyhow::{Context as _, bail, ensure};

use crate::{
    counts::Counts,
    operations::{OPERATIONS, Operation},
};

/// No operation asks for a block of this size or a few hundred bytes more.
const MARK_BYTES: usize = 7_000_000;

/// A side of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The operation with this index starts.
    Start(usize),
    /// It has returned.
    End(usize),
}

impl Mark {
    /// The size of its block.
    #[must_use]
    pub fn bytes(self) -> u64 {
        self.size() as u64
    }

    fn size(self) -> usize {
        match self {
            Self::Start(index) => MARK_BYTES + 2 * index,
            Self::End(index) => MARK_BYTES + 2 * index + 1,
        }
    }

    pub(crate) fn of_size(size: u64) -> Option<Self> {
        let number = usize::try_from(size).ok()?.checked_sub(MARK_BYTES)?;
        let index = number / 2;
        let mark = if number % 2 == 0 {
            Self::Start(index)
        } else {
            Self::End(index)
        };
        (index < OPERATIONS.len()).then_some(mark)
    }
}

/// Leaves a mark in the trace: a block of a size that nothing else has, freed at once.
pub fn mark(mark: Mark) {
    drop(black_box(Vec::<u8>::with_capacity(black_box(mark.size()))));
}

/// The calls of each marked round, in the order they ran.
///
/// # Errors
/// If a line inside a round is not understood, or the marks do not pair up.
pub fn rounds(trace: &str) -> anyhow::Result<Vec<(&'static Operation, Counts)>> {
    let mut blocks = Blocks::default();
    let mut rounds = Vec::new();
    let mut current: Option<(usize, Counts)> = None;
    // Only valgrind's own "==PID==" lines and the calls, "--PID-- malloc(8) = 0x4A5F030", are there.
    for line in trace.lines() {
        let Some((_, text)) = line
            .strip_prefix("--")
            .and_then(|line| line.split_once("-- "))
        else {
            continue;
        };
        let call = match Call::parse(text) {
            Some(call) => call,
            // What the C library does before and after is not ours to understand.
            None if current.is_none() => continue,
            None => bail!("not understood: {line:?}"),
        };
        if let Call::Alloc { size, block } = call
            && let Some(mark) = Mark::of_size(size)
        {
            blocks.marks.push(block);
            current = match (mark, current) {
                (Mark::Start(index), None) => Some((index, Counts::default())),
                (Mark::End(index), Some((started, counts))) if started == index => {
                    rounds.push((&OPERATIONS[index], counts));
                    None
                }
                _ => bail!("the marks do not pair up at {line:?}"),
            };
            continue;
        }
        match &mut current {
            Some((_, counts)) => blocks.apply(call, counts)?,
            // Followed for its blocks alone, some of which may be older than the trace.
            None => drop(blocks.apply(call, &mut Counts::default())),
        }
    }
    ensure!(current.is_none(), "the last round does not end");
    Ok(rounds)
}

/// A call of the C library's allocator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Alloc {
        size: u64,
        block: u64,
    },
    /// Newer valgrinds do not say where the block is.
    AllocSomewhere {
        size: u64,
    },
    Zeroed {
        size: u64,
        block: u64,
    },
    Resize {
        old: u64,
        size: u64,
        block: u64,
    },
    Free {
        block: u64,
    },
}

impl Call {
    fn parse(text: &str) -> Option<Self> {
        if let Some(block) = text.strip_prefix("free(") {
            let block = address(block.strip_suffix(')')?)?;
            return Some(Self::Free { block });
        }
        if let Some(arguments) = text.strip_prefix("posix_memalign(") {
            let (_, size) = arguments.strip_suffix(')')?.split_once("size ")?;
            let size = size.parse().ok()?;
            return Some(Self::AllocSomewhere { size });
        }
        let (call, block) = text.split_once(" = ")?;
        let block = address(block)?;
        // A resize of nothing may say both: "realloc(0x0,32)malloc(32) = 0x4A5F030".
        let call = match call.find(")malloc(") {
            Some(end) => &call[end + 1..],
            None => call,
        };
        let (name, arguments) = call.strip_suffix(')')?.split_once('(')?;
        match name {
            "malloc" => Some(Self::Alloc {
                size: arguments.parse().ok()?,
                block,
            }),
            "memalign" => {
                let (_, size) = arguments.split_once("size ")?;
                Some(Self::Alloc {
                    size: size.parse().ok()?,
                    block,
                })
            }
            "calloc" => {
                let (count, size) = arguments.split_once(',')?;
                let count: u64 = count.parse().ok()?;
                Some(Self::Zeroed {
                    size: count.checked_mul(size.parse().ok()?)?,
                    block,
                })
            }
            "realloc" => {
                let (old, size) = arguments.split_once(',')?;
                let size = size.parse().ok()?;
                Some(match address(old)? {
                    0 => Self::Alloc { size, block },
                    old => Self::Resize { old, size, block },
                })
            }
            _ => None,
        }
    }
}

/// "0x4A5F030" as a number.
fn address(text: &str) -> Option<u64> {
    u64::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

/// The blocks that are live, with their sizes.
#[derive(Debug, Default)]
struct Blocks {
    sizes: HashMap<u64, u64>,
    /// The sizes of those at addresses that the trace does not say. The oldest is taken to be the
    /// first to be freed, as it is in every operation that has such blocks.
    somewhere: VecDeque<u64>,
    /// Blocks of marks, whose return is no operation's.
    marks: Vec<u64>,
}

impl Blocks {
    fn apply(&mut self, call: Call, counts: &mut Counts) -> anyhow::Result<()> {
        match call {
            Call::Free { block: 0 } => return Ok(()),
            Call::Free { block } => {
                if let Some(place) = self.marks.iter().position(|&mark| mark == block) {
                    self.marks.swap_remove(place);
                    return Ok(());
                }
                let size = match self.sizes.remove(&block) {
                    Some(size) => size,
                    None => self
                        .somewhere
                        .pop_front()
                        .with_context(|| not_live(block))?,
                };
                counts.deallocs += 1;
                counts.retained_bytes -= i64::try_from(size)?;
            }
            Call::Alloc { block: 0, .. }
            | Call::Zeroed { block: 0, .. }
            | Call::Resize { block: 0, .. } => counts.failed += 1,
            Call::Alloc { size, block } => {
                counts.allocs += 1;
                self.insert(block, size)?;
                handed_out(size, 0, counts)?;
            }
            Call::AllocSomewhere { size } => {
                counts.allocs += 1;
                self.somewhere.push_back(size);
                handed_out(size, 0, counts)?;
            }
            Call::Zeroed { size, block } => {
                counts.zeroed += 1;
                self.insert(block, size)?;
                handed_out(size, 0, counts)?;
            }
            Call::Resize { old, size, block } => {
                let old_size = self.sizes.remove(&old).with_context(|| not_live(old))?;
                if size >= old_size {
                    counts.grows += 1;
                } else {
                    counts.shrinks += 1;
                }
                self.insert(block, size)?;
                handed_out(size, old_size, counts)?;
            }
        }
        Ok(())
    }

    fn insert(&mut self, block: u64, size: u64) -> anyhow::Result<()> {
        ensure!(
            self.sizes.insert(block, size).is_none(),
            "{block:#x} was handed out twice"
        );
        Ok(())
    }
}

/// `size` bytes are handed out, in the place of `old_size`.
fn handed_out(size: u64, old_size: u64, counts: &mut Counts) -> anyhow::Result<()> {
    counts.bytes += size;
    counts.retained_bytes += i64::try_from(size)? - i64::try_from(old_size)?;
    counts.peak_bytes = counts
        .peak_bytes
        .max(counts.retained_bytes.max(0).unsigned_abs());
    Ok(())
}

fn not_live(block: u64) -> String {
    format!("{block:#x} is not live")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(calls: &[&str]) -> String {
        let start = Mark::Start(0).size();
        let end = Mark::End(0).size();
        let mut lines = vec![
            "==1== Command: bare".to_owned(),
            "--1-- malloc(50) = 0x10".to_owned(),
            format!("--1-- malloc({start}) = 0xA"),
            "--1-- free(0xA)".to_owned(),
        ];
        lines.extend(calls.iter().map(|call| format!("--1-- {call}")));
        lines.push(format!("--1-- malloc({end}) = 0xA"));
        lines.push("--1-- free(0xA)".to_owned());
        lines.join("\n")
    }

    fn only_round(calls: &[&str]) -> Counts {
        let rounds = rounds(&trace(calls)).unwrap();
        assert_eq!(rounds.len(), 1);
        rounds[0].1
    }

    #[test]
    fn each_kind_of_call_is_counted_as_itself() {
        let counts = only_round(&[
            "malloc(100) = 0x20",
            "calloc(10,4) = 0x30",
            "memalign(al 64, size 128) = 0x40",
            "realloc(0x20,300) = 0x50",
            "realloc(0x50,20) = 0x50",
            "realloc(0x50,20) = 0x60",
            "free(0x30)",
            "free(0x0)",
        ]);
        assert_eq!(counts.to_string(), "2 1 2 1 1 0 608 148 468");
    }

    #[test]
    fn a_resize_of_nothing_is_an_allocation() {
        for call in ["realloc(0x0,32)malloc(32) = 0x20", "realloc(0x0,32) = 0x20"] {
            assert_eq!(only_round(&[call]).to_string(), "1 0 0 0 0 0 32 32 32");
        }
    }

    #[test]
    fn a_block_from_before_the_round_is_given_back_in_it() {
        let counts = only_round(&["free(0x10)"]);
        assert_eq!(counts.to_string(), "0 0 0 0 1 0 0 -50 0");
    }

    #[test]
    fn an_aligned_block_need_not_say_where_it_is() {
        let counts = only_round(&[
            "posix_memalign(al 64, size 64)",
            "posix_memalign(al 64, size 128)",
            "free(0x20)",
        ]);
        assert_eq!(counts.to_string(), "2 0 0 0 1 0 192 128 192");
    }

    #[test]
    fn what_comes_before_and_after_the_rounds_need_not_be_understood() {
        let trace = format!(
            "--1-- malloc_usable_size(0x1)\n{}\n--1-- free(0x99)",
            trace(&[])
        );
        assert_eq!(rounds(&trace).unwrap().len(), 1);
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        assert!(rounds(&trace(&["mallinfo() = 0x1"])).is_err());
        assert!(rounds(&trace(&["free(0x99)"])).is_err());
        let whole = trace(&[]);
        let cut = &whole[..whole.len() - 40];
        assert!(rounds(cut).is_err());
    }
}
