//! Owns the naming of captured addresses: function, file, line and column, inlined calls included.
//!
//! It allocates and takes locks, so it is reached only after a lock has been released.

/// One call level, inlined ones included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "read", derive(serde::Deserialize))]
pub struct Frame {
    /// The demangled name, empty if unknown.
    pub function: String,
    /// The source file as the debug information has it, empty if unknown.
    pub file: String,
    /// The line, from 1; 0 if unknown.
    pub line: u32,
    /// The column, from 1; 0 if unknown.
    pub column: u32,
}

/// The frames at a return address, innermost first: several where calls were inlined.
#[cfg(feature = "symbols")]
pub(crate) fn symbolize(address: usize) -> Vec<Frame> {
    let mut frames = Vec::new();
    // `resolve` takes a return address as it is and looks up the call before it.
    backtrace::resolve(std::ptr::without_provenance_mut(address), |symbol| {
        frames.push(Frame {
            function: symbol
                .name()
                .map(|name| format!("{name:#}"))
                .unwrap_or_default(),
            file: symbol
                .filename()
                .map(|file| file.to_string_lossy().into_owned())
                .unwrap_or_default(),
            line: symbol.lineno().unwrap_or(0),
            column: symbol.colno().unwrap_or(0),
        });
    });
    frames
}

/// Without the feature `symbols` no address has a name.
#[cfg(not(feature = "symbols"))]
pub(crate) fn symbolize(_: usize) -> Vec<Frame> {
    Vec::new()
}
