//! Owns the writing of a record as one line of JSON. By hand, because every user's tests compile
//! this, and the format is a dozen fields. An object is one format string: what std makes of it is
//! optimised even where this crate is not.

use std::fmt::{self, Display, Formatter, Write as _};

use crate::{
    backtrace::symbolize::Frame,
    baseline::{Counts, Held},
    expect::Promise,
    tally::Tally,
};

use super::{PermittedCalls, Record, Site};

/// A record as one line of JSON, without a line break.
#[must_use]
pub fn to_json(record: &Record) -> String {
    // Most records fit, and without optimisation each growth costs more than it looks.
    let mut line = String::with_capacity(2048);
    let _ = write!(line, "{}", Json(record));
    line
}

/// A text as a JSON string.
#[cfg(feature = "runner")]
pub(crate) fn quoted(text: &str) -> String {
    Json(text).to_string()
}

/// What is written as JSON when it is displayed.
struct Json<'a, T: ?Sized>(&'a T);

impl Display for Json<'_, Record> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let record = self.0;
        write!(
            f,
            r#"{{"version":{},"name":{},"title":{},"module":{},"package":{},"binary":{},"file":{},"line":{},"#,
            record.version,
            Json(record.name.as_str()),
            Json(record.title.as_str()),
            Json(record.module.as_str()),
            Json(record.package.as_str()),
            Json(record.binary.as_str()),
            Json(record.file.as_str()),
            record.line,
        )?;
        write!(
            f,
            r#""promise":{},"held":{},"profile":{},"target":{},"toolchain":{},"features":{},"executable":{},"scope":{},"#,
            Json(&record.promise),
            record.held,
            Json(record.profile.as_str()),
            Json(record.target.as_str()),
            Json(record.toolchain.as_str()),
            Json(&record.features),
            Json(record.executable.as_str()),
            Json(record.scope.as_str()),
        )?;
        write!(
            f,
            r#""outcome":{},"reasons":{},"baseline":{},"message":{},"init":{},"locked":{},"sites":{},"permitted":{},"#,
            Json(record.outcome.as_str()),
            Json(record.reasons.as_slice()),
            Json(&record.baseline),
            Json(record.message.as_str()),
            Json(&record.init),
            Json(&record.locked),
            Json(record.sites.as_slice()),
            Json(record.permitted.as_slice()),
        )?;
        write!(
            f,
            r#""dropped":{},"elsewhere":{},"notes":{},"nanoseconds":{},"unix_milliseconds":{}}}"#,
            record.dropped,
            record.elsewhere,
            Json(record.notes.as_slice()),
            record.nanoseconds,
            record.unix_milliseconds,
        )
    }
}

impl Display for Json<'_, Promise> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Promise::AllocFree => "\"alloc_free\"",
            Promise::Allocates => "\"allocates\"",
        })
    }
}

impl Display for Json<'_, Tally> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let tally = self.0;
        write!(
            f,
            r#"{{"allocs":{},"zeroed":{},"grows":{},"shrinks":{},"deallocs":{},"failed":{},"bytes":{},"retained_bytes":{},"peak_bytes":{}}}"#,
            tally.allocs,
            tally.zeroed,
            tally.grows,
            tally.shrinks,
            tally.deallocs,
            tally.failed,
            tally.bytes,
            tally.retained_bytes,
            tally.peak_bytes,
        )
    }
}

impl Display for Json<'_, Held> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Held {
            counts,
            tolerance,
            reason,
            circumstances,
        } = self.0;
        write!(
            f,
            r#"{{{},"tolerance":{{{}}},"reason":{},"toolchain":{},"target":{},"features":{}}}"#,
            Json(counts),
            Json(tolerance),
            Json(reason.as_str()),
            Json(circumstances.toolchain.as_str()),
            Json(circumstances.target.as_str()),
            Json(&circumstances.features),
        )
    }
}

/// The members without their braces: a baseline has others besides.
impl Display for Json<'_, Counts> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let [(a, allocations), (b, bytes), (c, peak_bytes)] = self.0.named();
        write!(f, r#""{a}":{allocations},"{b}":{bytes},"{c}":{peak_bytes}"#)
    }
}

impl Display for Json<'_, Site> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let site = self.0;
        write!(
            f,
            r#"{{"function":{},"file":{},"line":{},"column":{},"via":{},"called_from":{},"in_dependency":{},"#,
            Json(site.function.as_str()),
            Json(site.file.as_str()),
            site.line,
            site.column,
            Json(site.via.as_str()),
            Json(site.called_from.as_str()),
            site.in_dependency,
        )?;
        write!(
            f,
            r#""allocations":{},"bytes":{},"deallocations":{},"failed":{},"leaked_blocks":{},"leaked_bytes":{},"frames":{}}}"#,
            site.allocations,
            site.bytes,
            site.deallocations,
            site.failed,
            site.leaked_blocks,
            site.leaked_bytes,
            Json(site.frames.as_slice()),
        )
    }
}

impl Display for Json<'_, Frame> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let frame = self.0;
        write!(
            f,
            r#"{{"function":{},"file":{},"line":{},"column":{}}}"#,
            Json(frame.function.as_str()),
            Json(frame.file.as_str()),
            frame.line,
            frame.column,
        )
    }
}

impl Display for Json<'_, PermittedCalls> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let permitted = self.0;
        write!(
            f,
            r#"{{"path":{},"reason":{},"allocations":{},"bytes":{}}}"#,
            Json(permitted.path.as_str()),
            Json(permitted.reason.as_str()),
            permitted.allocations,
            permitted.bytes,
        )
    }
}

impl<T> Display for Json<'_, Option<T>>
where
    for<'a> Json<'a, T>: Display,
{
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(value) => Json(value).fmt(f),
            None => f.write_str("null"),
        }
    }
}

impl<T> Display for Json<'_, [T]>
where
    for<'a> Json<'a, T>: Display,
{
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (index, value) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            Json(value).fmt(f)?;
        }
        f.write_str("]")
    }
}

impl Display for Json<'_, String> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Json(self.0.as_str()).fmt(f)
    }
}

/// A JSON string (RFC 8259, section 7).
impl Display for Json<'_, str> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        // Nearly every text is plain, and without optimisation each character costs.
        if self.0.as_bytes().iter().all(|byte| is_plain(*byte)) {
            f.write_str(self.0)?;
        } else {
            self.0.chars().try_for_each(|c| write_escaped(f, c))?;
        }
        f.write_str("\"")
    }
}

fn is_plain(byte: u8) -> bool {
    byte >= b' ' && byte != b'"' && byte != b'\\'
}

fn write_escaped(f: &mut Formatter<'_>, c: char) -> fmt::Result {
    match c {
        '"' => f.write_str("\\\""),
        '\\' => f.write_str("\\\\"),
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\t' => f.write_str("\\t"),
        c if c < ' ' => write!(f, "\\u{:04x}", u32::from(c)),
        c => f.write_char(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_quotes_and_other_scripts_are_escaped_as_json_asks() {
        assert_eq!(
            Json("a\"b\\c\n\r\t\u{1}\u{1f}é✅").to_string(),
            "\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u001fé✅\""
        );
    }
}
