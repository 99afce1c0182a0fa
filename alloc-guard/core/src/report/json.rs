//! Owns the writing of a record as one line of JSON. By hand, because every user's tests compile
//! this, and the format is a dozen fields.

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
    let promise = match record.promise {
        Some(Promise::AllocFree) => "\"alloc_free\"",
        Some(Promise::Allocates) => "\"allocates\"",
        None => "null",
    };
    let features = record.features.as_deref().map_or_else(null, quoted);
    let baseline = record.baseline.as_ref().map_or_else(null, held);
    let mut object = Object::new();
    object
        .number("version", record.version.into())
        .text("name", &record.name)
        .text("title", &record.title)
        .text("module", &record.module)
        .text("package", &record.package)
        .text("binary", &record.binary)
        .text("file", &record.file)
        .number("line", record.line.into())
        .raw("promise", promise)
        .flag("held", record.held)
        .text("profile", &record.profile)
        .text("target", &record.target)
        .text("toolchain", &record.toolchain)
        .raw("features", &features)
        .text("executable", &record.executable)
        .text("scope", &record.scope)
        .text("outcome", record.outcome.as_str())
        .list("reasons", &record.reasons, |text| quoted(text))
        .raw("baseline", &baseline)
        .text("message", &record.message)
        .raw("init", &tally(&record.init))
        .raw("locked", &tally(&record.locked))
        .list("sites", &record.sites, site)
        .list("permitted", &record.permitted, permitted)
        .number("dropped", record.dropped)
        .number("elsewhere", record.elsewhere)
        .list("notes", &record.notes, |text| quoted(text))
        .number("nanoseconds", record.nanoseconds)
        .number("unix_milliseconds", record.unix_milliseconds);
    object.end()
}

fn null() -> String {
    "null".to_owned()
}

fn held(held: &Held) -> String {
    let circumstances = &held.circumstances;
    let mut object = Object::new();
    counts(&mut object, held.counts)
        .raw(
            "tolerance",
            &counts(&mut Object::new(), held.tolerance).end(),
        )
        .text("reason", &held.reason)
        .text("toolchain", &circumstances.toolchain)
        .text("target", &circumstances.target)
        .raw(
            "features",
            &circumstances.features.as_deref().map_or_else(null, quoted),
        );
    object.end()
}

fn counts(object: &mut Object, counts: Counts) -> &mut Object {
    for (name, number) in counts.named() {
        object.number(name, number);
    }
    object
}

fn tally(tally: &Tally) -> String {
    let mut object = Object::new();
    object
        .number("allocs", tally.allocs)
        .number("zeroed", tally.zeroed)
        .number("grows", tally.grows)
        .number("shrinks", tally.shrinks)
        .number("deallocs", tally.deallocs)
        .number("failed", tally.failed)
        .number("bytes", tally.bytes)
        .raw("retained_bytes", &tally.retained_bytes.to_string())
        .number("peak_bytes", tally.peak_bytes);
    object.end()
}

fn site(site: &Site) -> String {
    let mut object = Object::new();
    object
        .text("function", &site.function)
        .text("file", &site.file)
        .number("line", site.line.into())
        .number("column", site.column.into())
        .text("via", &site.via)
        .text("called_from", &site.called_from)
        .flag("in_dependency", site.in_dependency)
        .number("allocations", site.allocations)
        .number("bytes", site.bytes)
        .number("deallocations", site.deallocations)
        .number("failed", site.failed)
        .number("leaked_blocks", site.leaked_blocks)
        .number("leaked_bytes", site.leaked_bytes)
        .list("frames", &site.frames, frame);
    object.end()
}

fn frame(frame: &Frame) -> String {
    let mut object = Object::new();
    object
        .text("function", &frame.function)
        .text("file", &frame.file)
        .number("line", frame.line.into())
        .number("column", frame.column.into());
    object.end()
}

fn permitted(permitted: &PermittedCalls) -> String {
    let mut object = Object::new();
    object
        .text("path", &permitted.path)
        .text("reason", &permitted.reason)
        .number("allocations", permitted.allocations)
        .number("bytes", permitted.bytes);
    object.end()
}

struct Object(String);

impl Object {
    fn new() -> Self {
        Self("{".to_owned())
    }

    /// Begins a member. Keys are ours, and none needs escapes.
    fn key(&mut self, key: &str) -> &mut String {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push('"');
        self.0.push_str(key);
        self.0.push_str("\":");
        &mut self.0
    }

    fn raw(&mut self, key: &str, value: &str) -> &mut Self {
        self.key(key).push_str(value);
        self
    }

    fn text(&mut self, key: &str, value: &str) -> &mut Self {
        push_quoted(self.key(key), value);
        self
    }

    fn number(&mut self, key: &str, value: u64) -> &mut Self {
        self.raw(key, &value.to_string())
    }

    fn flag(&mut self, key: &str, value: bool) -> &mut Self {
        self.raw(key, if value { "true" } else { "false" })
    }

    fn list<T>(&mut self, key: &str, values: &[T], one: impl Fn(&T) -> String) -> &mut Self {
        let values: Vec<String> = values.iter().map(one).collect();
        self.raw(key, &format!("[{}]", values.join(",")))
    }

    fn end(&mut self) -> String {
        self.0.push('}');
        std::mem::take(&mut self.0)
    }
}

/// A JSON string (RFC 8259, section 7).
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    push_quoted(&mut quoted, text);
    quoted
}

fn push_quoted(to: &mut String, text: &str) {
    to.push('"');
    // Nearly every text is plain, and in a build without optimisation each character costs.
    if text.as_bytes().iter().all(|byte| is_plain(*byte)) {
        to.push_str(text);
    } else {
        text.chars().for_each(|c| push_escaped(to, c));
    }
    to.push('"');
}

fn is_plain(byte: u8) -> bool {
    byte >= b' ' && byte != b'"' && byte != b'\\'
}

fn push_escaped(to: &mut String, c: char) {
    match c {
        '"' => to.push_str("\\\""),
        '\\' => to.push_str("\\\\"),
        '\n' => to.push_str("\\n"),
        '\r' => to.push_str("\\r"),
        '\t' => to.push_str("\\t"),
        c if c < ' ' => to.push_str(&format!("\\u{:04x}", u32::from(c))),
        c => to.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_quotes_and_other_scripts_are_escaped_as_json_asks() {
        assert_eq!(
            quoted("a\"b\\c\n\r\t\u{1}\u{1f}é✅"),
            "\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u001fé✅\""
        );
    }
}
