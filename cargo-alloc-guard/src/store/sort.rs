//! Owns the sorting of more lines than fit into memory: sorted chunks go to temporary files, and a heap
//! puts them together. What fits stays in memory.

use std::{
    cmp::Ordering,
    collections::BinaryHeap,
    fs::File,
    io::{BufReader, BufWriter, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use super::line::{Line, smallest_first};

/// How much memory, and how many files at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// A chunk is sorted in memory.
    pub(super) chunk_bytes: usize,
    /// So many chunks are put together at once, each an open file.
    pub(super) fan_in: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            chunk_bytes: 32 << 20,
            fan_in: 64,
        }
    }
}

/// Lines in the order of a run; of lines of the same test, the one that counts last.
pub(super) type Sorted = Box<dyn Iterator<Item = Result<Line>>>;

/// Takes lines in any order.
#[derive(Debug)]
pub(super) struct Sorter {
    limits: Limits,
    folder: PathBuf,
    lines: Vec<Line>,
    bytes: usize,
    /// Chunks by how often they were put together, so that no line is written more often than needed.
    levels: Vec<Vec<Chunk>>,
}

impl Sorter {
    /// Temporary files go into `folder`, if any are needed.
    pub(super) fn new(folder: &Path, limits: Limits) -> Self {
        Self {
            limits,
            folder: folder.to_owned(),
            lines: Vec::new(),
            bytes: 0,
            levels: Vec::new(),
        }
    }

    /// # Errors
    /// If a temporary file cannot be written.
    pub(super) fn push(&mut self, line: Line) -> Result<()> {
        self.bytes += line.size();
        self.lines.push(line);
        if self.bytes >= self.limits.chunk_bytes {
            self.spill()?;
        }
        Ok(())
    }

    /// Whether everything is in memory still.
    pub(super) fn is_in_memory(&self) -> bool {
        self.levels.is_empty()
    }

    /// # Errors
    /// If a temporary file cannot be written or read.
    pub(super) fn finish(mut self) -> Result<Sorted> {
        if self.is_in_memory() {
            self.lines.sort_unstable();
            return Ok(Box::new(self.lines.into_iter().map(Ok)));
        }
        self.spill()?;
        let mut chunks: Vec<Chunk> = self.levels.into_iter().flatten().collect();
        while chunks.len() > self.limits.fan_in {
            let rest = chunks.split_off(self.limits.fan_in);
            let merged = Chunk::write(Merged::new(chunks)?, &self.folder)?;
            chunks = rest;
            chunks.push(merged);
        }
        Ok(Box::new(Merged::new(chunks)?))
    }

    fn spill(&mut self) -> Result<()> {
        let mut lines = std::mem::take(&mut self.lines);
        self.bytes = 0;
        lines.sort_unstable();
        let mut chunk = Chunk::write(lines.into_iter().map(Ok), &self.folder)?;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let chunks = &mut self.levels[level];
            chunks.push(chunk);
            if chunks.len() < self.limits.fan_in {
                break;
            }
            chunk = Chunk::write(Merged::new(std::mem::take(chunks))?, &self.folder)?;
        }
        Ok(())
    }
}

/// A temporary file with sorted lines. It has no name and is gone when it is closed, also where this
/// program is killed.
#[derive(Debug)]
struct Chunk(File);

impl Chunk {
    fn write(lines: impl Iterator<Item = Result<Line>>, folder: &Path) -> Result<Self> {
        let writing = || format!("failed to write a temporary file in {}", folder.display());
        let file = tempfile::tempfile_in(folder).with_context(writing)?;
        let mut out = BufWriter::with_capacity(1 << 16, file);
        for line in newest(lines) {
            line?.write(&mut out).with_context(writing)?;
        }
        out.flush().with_context(writing)?;
        let mut file = out.into_parts().0;
        file.rewind().with_context(writing)?;
        Ok(Self(file))
    }
}

/// Chunks put together.
struct Merged {
    /// The next line of each chunk that has one.
    heads: BinaryHeap<Head>,
    chunks: Vec<BufReader<File>>,
}

struct Head {
    line: Line,
    chunk: usize,
}

impl Merged {
    fn new(chunks: Vec<Chunk>) -> Result<Self> {
        let mut merged = Self {
            heads: BinaryHeap::with_capacity(chunks.len()),
            chunks: chunks
                .into_iter()
                .map(|Chunk(file)| BufReader::with_capacity(1 << 16, file))
                .collect(),
        };
        for chunk in 0..merged.chunks.len() {
            merged.advance(chunk)?;
        }
        Ok(merged)
    }

    fn advance(&mut self, chunk: usize) -> Result<()> {
        let line =
            Line::read(&mut self.chunks[chunk]).context("failed to read a temporary file")?;
        self.heads.extend(line.map(|line| Head { line, chunk }));
        Ok(())
    }
}

impl Iterator for Merged {
    type Item = Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        let Head { line, chunk } = self.heads.pop()?;
        Some(self.advance(chunk).map(|()| line))
    }
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        smallest_first(&self.line, &other.line)
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.line == other.line
    }
}

impl Eq for Head {}

/// Of sorted lines, the last of each test.
pub(super) fn newest(
    lines: impl Iterator<Item = Result<Line>>,
) -> impl Iterator<Item = Result<Line>> {
    let mut lines = lines.peekable();
    std::iter::from_fn(move || {
        let mut line = lines.next()?;
        while let Ok(current) = &line
            && let Some(next) =
                lines.next_if(|next| matches!(next, Ok(next) if next.is_same_test(current)))
        {
            line = next;
        }
        Some(line)
    })
}
