//! `Wanted`: how much of a module must be signed.

use core::fmt;

/// How much of a module must be signed.
#[derive(Clone, Copy)]
pub enum Wanted<'w> {
    /// All of it, to the end of the file, and nothing that was signed may be missing.
    Whole,
    /// All sections that are not custom sections, and those custom sections whose name the predicate wants.
    ///
    /// Delimiters belong to no side: it is not asked for them.
    Parts(&'w dyn Fn(&str) -> bool),
}

impl Wanted<'_> {
    /// Whether a section must be signed; only custom sections have a name.
    pub(crate) fn wants(&self, name: Option<&str>) -> bool {
        match (self, name) {
            (Self::Parts(wants), Some(name)) => wants(name),
            _ => true,
        }
    }

    pub(crate) const fn is_whole(&self) -> bool {
        matches!(self, Self::Whole)
    }
}

impl fmt::Debug for Wanted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Whole => "Whole",
            Self::Parts(_) => "Parts(..)",
        })
    }
}
