//! The rules by which content is compared with what was signed, whatever holds the content.
//!
//! They are "whole module" and "subset of the sections" of the WebAssembly tool-conventions document `Signatures.md`,
//! read so that nothing passes that was not compared: hashes count in their place only, and the end of the file ends
//! a part whether a delimiter stands there or not.

use core::array;

use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind};
use crate::hash::Hash;
use crate::limits::MAX_SETS;
use crate::payload::SignatureData;
use crate::section::DELIMITER_NAME;
use crate::signers::{Miss, SetMask, Signer, Trusted};
use crate::verified::{Coverage, Verified};
use crate::wanted::Wanted;

/// What is compared: a signature, by whom, from which byte of the file on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim<'v> {
    pub(crate) signature: SignatureData<'v>,
    pub(crate) trusted: Trusted<'v>,
    pub(crate) content_offset: usize,
    /// The number of parts, where it is known beforehand. It saves verifying signatures that cannot count.
    pub(crate) parts: Option<usize>,
}

/// Content on its way through the hasher, compared at the end of each part; one row for each question.
pub(crate) struct Comparison<'v, 'w, const N: usize> {
    claim: Claim<'v>,
    sets: [Option<Candidate<'v>>; MAX_SETS],
    rows: [Row<'w>; N],
    hasher: Sha256,
    /// The parts that have ended.
    parts: usize,
    part_offset: usize,
    /// Whether a part is under way. The first one is from the start, so content without sections is one part.
    part: Part,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Open,
    /// The section under way is the delimiter of the part.
    Ending,
    Ended,
}

#[derive(Clone, Copy)]
struct Candidate<'v> {
    hashes: &'v [Hash],
    signer: Result<Signer<'v>, Miss>,
}

impl<'v, 'w, const N: usize> Comparison<'v, 'w, N> {
    /// Verifies the signatures, for they are cheap: without a good one nothing is hashed.
    pub(crate) fn new(claim: Claim<'v>, wanted: [Wanted<'w>; N]) -> Self {
        let can_count = |hashes: &[Hash]| {
            let whole = claim.parts.is_none_or(|parts| parts == hashes.len());
            whole || !wanted.iter().all(Wanted::is_whole)
        };
        let mut sets = [None; MAX_SETS];
        for (set, slot) in claim.signature.sets().zip(&mut sets) {
            let hashes = set.hashes();
            let signer = if can_count(hashes) {
                claim.trusted.find(&set)
            } else {
                Err(Miss::PartCount)
            };
            *slot = Some(Candidate { hashes, signer });
        }
        Self {
            rows: wanted.map(|wanted| Row::new(&claim, wanted, &sets)),
            claim,
            sets,
            hasher: Sha256::new(),
            parts: 0,
            part_offset: claim.content_offset,
            part: Part::Open,
        }
    }

    /// Whether more content can change nothing.
    pub(crate) fn is_decided(&self) -> bool {
        self.rows.iter().all(|row| row.sets.is_err())
    }

    /// Why nothing can be verified any more, once that is so.
    pub(crate) fn fault(&self) -> Option<Error> {
        self.rows
            .first()
            .filter(|_| self.is_decided())
            .and_then(|row| row.sets.err())
    }

    /// A section begins at `offset`; its bytes, frame included, are to follow.
    pub(crate) fn begin_section(&mut self, name: Option<&str>, offset: usize) {
        if name == Some(DELIMITER_NAME) {
            self.part = Part::Ending;
            return;
        }
        self.part = Part::Open;
        for row in &mut self.rows {
            row.ask(name, offset);
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        if !self.is_decided() {
            self.hasher.update(bytes);
        }
    }

    /// The section ends before `offset`.
    pub(crate) fn end_section(&mut self, offset: usize) {
        if self.part == Part::Ending {
            self.end_part(offset);
        }
    }

    /// All of a section at once.
    pub(crate) fn section(&mut self, name: Option<&str>, offset: usize, bytes: &[u8]) {
        self.begin_section(name, offset);
        self.update(bytes);
        self.end_section(offset + bytes.len());
    }

    /// The content ends before `offset`, which is a boundary as a delimiter is.
    pub(crate) fn finish(mut self, offset: usize) -> [Result<Verified<'v>, Error>; N] {
        if self.part != Part::Ended {
            self.end_part(offset);
        }
        array::from_fn(|row| match self.rows.get(row) {
            Some(row) => self.verdict(row, offset),
            None => Err(Error::new(ErrorKind::NothingWanted, offset)),
        })
    }

    fn end_part(&mut self, end: usize) {
        if self.rows.iter().any(Row::compares) {
            let hash = self.hasher.clone().finalize().into();
            let range = self.part_offset..end;
            let signature = self.claim.signature.offset();
            for row in &mut self.rows {
                row.compare(&self.sets, self.parts, &hash, range.clone(), signature);
            }
        }
        for row in &mut self.rows {
            row.answer = None;
        }
        self.part = Part::Ended;
        self.part_offset = end;
        self.parts += 1;
    }

    fn verdict(&self, row: &Row<'_>, end: usize) -> Result<Verified<'v>, Error> {
        let signature = self.claim.signature;
        let fault = |kind| Error::new(kind, signature.offset());
        let sets = row.sets?;
        let compared = row.compared.ok_or(fault(ErrorKind::NothingWanted))?;
        let is_complete = |set: usize| self.hashes(set).len() == self.parts;
        let sets = match row.wanted {
            Wanted::Whole => sets.filter(is_complete),
            Wanted::Parts(_) => sets,
        };
        let (set, signer) = sets
            .iter()
            .find_map(|set| Some((set, self.sets.get(set)?.as_ref()?.signer.ok()?)))
            .ok_or(fault(ErrorKind::PartCountMismatch))?;
        if !self.claim.trusted.are_enough(signature, sets) {
            return Err(fault(ErrorKind::TooFewSigners));
        }
        Ok(Verified {
            trusted: self.claim.trusted,
            signature,
            sets,
            set,
            signer,
            coverage: Coverage {
                parts: compared.parts,
                start: self.claim.content_offset,
                end: compared.end,
                is_whole: compared.end == end && sets.iter().all(is_complete),
            },
        })
    }

    fn hashes(&self, set: usize) -> &'v [Hash] {
        let candidate = self.sets.get(set).and_then(Option::as_ref);
        candidate.map_or(&[], |candidate| candidate.hashes)
    }
}

/// One question, and the answer as far as it is known.
struct Row<'w> {
    wanted: Wanted<'w>,
    /// The sets that are signed and right so far: never none.
    sets: Result<SetMask, Error>,
    /// Whether the sections of the part under way are wanted, once there is one.
    answer: Option<bool>,
    compared: Option<Compared>,
}

/// How far the content was compared.
#[derive(Clone, Copy)]
struct Compared {
    parts: usize,
    end: usize,
}

impl<'w> Row<'w> {
    fn new(
        claim: &Claim<'_>,
        wanted: Wanted<'w>,
        candidates: &[Option<Candidate<'_>>; MAX_SETS],
    ) -> Self {
        Self {
            wanted,
            sets: signed_sets(claim, wanted, candidates),
            answer: None,
            compared: None,
        }
    }

    fn ask(&mut self, name: Option<&str>, offset: usize) {
        if self.sets.is_err() {
            return;
        }
        let answer = self.wanted.wants(name);
        if *self.answer.get_or_insert(answer) != answer {
            self.sets = Err(Error::new(ErrorKind::MixedPart, offset));
        }
    }

    /// Whether the hash at the end of the part under way matters.
    fn compares(&self) -> bool {
        self.sets.is_ok() && (self.wanted.is_whole() || self.answer == Some(true))
    }

    fn compare(
        &mut self,
        candidates: &[Option<Candidate<'_>>; MAX_SETS],
        part: usize,
        hash: &Hash,
        range: core::ops::Range<usize>,
        signature_offset: usize,
    ) {
        let Ok(sets) = self.sets else { return };
        if !self.compares() {
            return;
        }
        let signed = |set: usize| candidates.get(set)?.as_ref()?.hashes.get(part);
        let right = sets.filter(|set| signed(set) == Some(hash));
        if !right.is_empty() {
            self.sets = Ok(right);
            self.compared = Some(Compared {
                parts: part + 1,
                end: range.end,
            });
            return;
        }
        let (kind, offset) = match self.wanted {
            _ if sets.iter().any(|set| signed(set).is_some()) => {
                (ErrorKind::HashMismatch, range.start)
            }
            // The other forms know it from the signature, before they come here.
            Wanted::Whole => (ErrorKind::PartCountMismatch, signature_offset),
            Wanted::Parts(_) => (ErrorKind::UnsignedPart, range.start),
        };
        self.sets = Err(Error::new(kind, offset));
    }
}

/// The sets that can count and are signed by enough keys, before any content is looked at.
fn signed_sets(
    claim: &Claim<'_>,
    wanted: Wanted<'_>,
    candidates: &[Option<Candidate<'_>>; MAX_SETS],
) -> Result<SetMask, Error> {
    let fault = |kind| Error::new(kind, claim.signature.offset());
    let mut nearest = match wanted {
        Wanted::Whole => Miss::PartCount,
        Wanted::Parts(_) => Miss::Key,
    };
    let mut signed = SetMask::default();
    for (set, candidate) in candidates.iter().flatten().enumerate() {
        let is_other_count = claim
            .parts
            .is_some_and(|parts| parts != candidate.hashes.len());
        match candidate.signer {
            _ if wanted.is_whole() && is_other_count => {}
            Ok(_) => signed.insert(set),
            Err(miss) => nearest = nearest.max(miss),
        }
    }
    if signed.is_empty() {
        return Err(fault(nearest.kind()));
    }
    if !claim.trusted.are_enough(claim.signature, signed) {
        return Err(fault(ErrorKind::TooFewSigners));
    }
    Ok(signed)
}
