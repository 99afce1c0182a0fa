//! Owns the reading of a baseline: which keys it knows, and where an error is.

use std::{collections::BTreeMap, fmt};

use super::{
    Baseline, Circumstances, Counts, Entry, Tolerance,
    lines::{self, Line, Value},
    profile_of,
};

/// Why a text is no baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The line, from 1.
    pub line: u32,
    what: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for ParseError {}

/// The version of the format.
const VERSION: u64 = 1;

/// Which table the lines belong to.
enum Section {
    Root,
    Measured,
    Test { binary: String, name: String },
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// If a line is none of the format's, has an unknown key, or says something twice.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let mut baseline = Self::default();
        let mut section = Section::Root;
        let mut has_version = false;
        for (number, line) in (1..).zip(text.lines()) {
            let fail = |what| ParseError { line: number, what };
            match lines::read(line).map_err(fail)? {
                Line::Nothing => {}
                Line::Header(path) => section = baseline.header(path, number).map_err(fail)?,
                Line::Pair(key, value) => match &section {
                    Section::Root => {
                        has_version |= version(&key, &value).map_err(fail)?;
                    }
                    Section::Measured => {
                        let circumstances = circumstances(&key, value).map_err(fail)?;
                        unique(&mut baseline.measured, key, circumstances).map_err(fail)?;
                    }
                    Section::Test { binary, name } => {
                        let tests = baseline.tests.entry(binary.clone()).or_default();
                        let entry = tests.entry(name.clone()).or_default();
                        entry.add(key, value).map_err(fail)?;
                    }
                },
            }
        }
        if has_version || baseline == Self::default() {
            Ok(baseline)
        } else {
            Err(ParseError {
                line: 1,
                what: "`version = 1` is missing at the top".to_owned(),
            })
        }
    }

    fn header(&mut self, path: Vec<String>, line: u32) -> Result<Section, String> {
        let expected = "`[measured]` or `[test.BINARY.\"module::name\"]`";
        let mut parts = path.into_iter();
        match (
            parts.next().as_deref(),
            parts.next(),
            parts.next(),
            parts.next(),
        ) {
            (Some("measured"), None, None, None) => Ok(Section::Measured),
            (Some("test"), Some(binary), Some(name), None) => {
                let entry = Entry {
                    line,
                    ..Entry::default()
                };
                unique(
                    self.tests.entry(binary.clone()).or_default(),
                    name.clone(),
                    entry,
                )?;
                Ok(Section::Test { binary, name })
            }
            _ => Err(format!("an unknown table: it is {expected}")),
        }
    }
}

impl Entry {
    fn add(&mut self, key: String, value: Value) -> Result<(), String> {
        if key == "tolerance" {
            if self.tolerance.is_some() {
                return Err("`tolerance` is there twice".to_owned());
            }
            self.tolerance = Some(tolerance(value)?);
            return Ok(());
        }
        let profile = profile_of(&key);
        if profile != "debug" && profile != "release" {
            return Err(format!(
                "an unknown key `{key}`: it is `debug`, `release`, one of them with `@TARGET`, or `tolerance`"
            ));
        }
        let mut found = Fields::of(value, &key)?;
        let counts = Counts {
            allocations: found.number("allocations")?,
            bytes: found.number("bytes")?,
            peak_bytes: found.number("peak_bytes")?,
        };
        found.end("`allocations`, `bytes`, `peak_bytes`")?;
        unique(&mut self.counts, key, counts)
    }
}

fn version(key: &str, value: &Value) -> Result<bool, String> {
    match value {
        _ if key != "version" => Err(format!(
            "an unknown key `{key}`: before the first table there is only `version`"
        )),
        Value::Integer(VERSION) => Ok(true),
        Value::Integer(newer @ VERSION..) => Err(format!(
            "a baseline of version {newer}, and this reads version {VERSION}: update alloc-guard"
        )),
        _ => Err(format!("`version` is {VERSION}")),
    }
}

fn circumstances(key: &str, value: Value) -> Result<Circumstances, String> {
    let profile = profile_of(key);
    if profile != "debug" && profile != "release" {
        return Err(format!(
            "an unknown key `{key}`: it is `debug`, `release`, or one of them with `@TARGET`"
        ));
    }
    let mut found = Fields::of(value, key)?;
    let circumstances = Circumstances {
        toolchain: found.text("toolchain")?,
        target: found.text("target")?,
        features: found.optional_text("features")?,
    };
    found.end("`toolchain`, `target`, `features`")?;
    Ok(circumstances)
}

fn tolerance(value: Value) -> Result<Tolerance, String> {
    let mut found = Fields::of(value, "tolerance")?;
    let tolerance = Tolerance {
        counts: Counts {
            allocations: found.optional_number("allocations")?,
            bytes: found.optional_number("bytes")?,
            peak_bytes: found.optional_number("peak_bytes")?,
        },
        reason: found.text("reason")?,
    };
    found.end("`allocations`, `bytes`, `peak_bytes`, `reason`")?;
    if tolerance.reason.trim().is_empty() {
        return Err("a `tolerance` needs a `reason`".to_owned());
    }
    Ok(tolerance)
}

/// The keys of a table, taken out one by one.
struct Fields {
    of: String,
    fields: BTreeMap<String, Value>,
}

impl Fields {
    fn of(value: Value, key: &str) -> Result<Self, String> {
        let Value::Table(pairs) = value else {
            return Err(format!("`{key}` is a table in braces"));
        };
        let mut fields = BTreeMap::new();
        for (key, value) in pairs {
            unique(&mut fields, key, value)?;
        }
        Ok(Self {
            of: key.to_owned(),
            fields,
        })
    }

    fn missing(&self, key: &str) -> String {
        format!("`{}` needs `{key}`", self.of)
    }

    fn number(&mut self, key: &str) -> Result<u64, String> {
        match self.fields.remove(key) {
            Some(Value::Integer(number)) => Ok(number),
            Some(_) => Err(format!("`{key}` is a whole number")),
            None => Err(self.missing(key)),
        }
    }

    fn optional_number(&mut self, key: &str) -> Result<u64, String> {
        if self.fields.contains_key(key) {
            self.number(key)
        } else {
            Ok(0)
        }
    }

    fn text(&mut self, key: &str) -> Result<String, String> {
        match self.optional_text(key)? {
            Some(text) => Ok(text),
            None => Err(self.missing(key)),
        }
    }

    fn optional_text(&mut self, key: &str) -> Result<Option<String>, String> {
        match self.fields.remove(key) {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(_) => Err(format!("`{key}` is a text in quotes")),
            None => Ok(None),
        }
    }

    fn end(self, known: &str) -> Result<(), String> {
        match self.fields.keys().next() {
            Some(key) => Err(format!(
                "`{}` has an unknown key `{key}`: it has {known}",
                self.of
            )),
            None => Ok(()),
        }
    }
}

fn unique<T>(map: &mut BTreeMap<String, T>, key: String, value: T) -> Result<(), String> {
    let twice = format!("`{key}` is there twice");
    if map.insert(key, value).is_some() {
        return Err(twice);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASELINE: &str = r#"# What was accepted.
version = 1

[measured]
debug = { toolchain = "1.96.0", target = "t", features = "default,std" }
release = { toolchain = "1.96.0", target = "t" }

[test.hot_paths."codec::parse"]
tolerance = { allocations = 2, reason = "hash order" } # seen in May
debug = { allocations = 14, bytes = 3174, peak_bytes = 2253 }
"debug@u" = { allocations = 15, bytes = 3174, peak_bytes = 2253 }

[test.hot_paths.plain]
release = { allocations = 1, bytes = 2, peak_bytes = 3 }
"#;

    #[test]
    fn a_baseline_is_read_whole() {
        let baseline = Baseline::parse(BASELINE).unwrap();
        assert_eq!(
            baseline.measured["debug"].features.as_deref(),
            Some("default,std")
        );
        assert_eq!(baseline.measured["release"].features, None);
        let held = baseline
            .held("hot_paths", "codec::parse", "debug", "u")
            .unwrap();
        assert_eq!(
            (held.counts.allocations, held.tolerance.allocations),
            (15, 2)
        );
        assert_eq!(held.reason, "hash order");
        assert_eq!(baseline.tests["hot_paths"]["codec::parse"].line, 8);
        let held = baseline.held("hot_paths", "plain", "release", "t").unwrap();
        assert_eq!(held.circumstances.toolchain, "1.96.0");
        assert_eq!(
            held.counts.named(),
            [("allocations", 1), ("bytes", 2), ("peak_bytes", 3)]
        );
    }

    #[test]
    fn an_empty_file_is_a_baseline_that_knows_no_test() {
        assert_eq!(Baseline::parse("\n# soon\n"), Ok(Baseline::default()));
    }

    #[test]
    fn each_mistake_is_named_with_its_line() {
        let test = "version = 1\n[test.b.t]\n";
        for (text, line, expected) in [
            (
                "[measured]\n[test.b.t]\n".to_owned(),
                1,
                "`version = 1` is missing",
            ),
            ("version = 2\n".to_owned(), 1, "update alloc-guard"),
            ("version = 0\n".to_owned(), 1, "`version` is 1"),
            ("version = \"1\"\n".to_owned(), 1, "`version` is 1"),
            ("size = 1\n".to_owned(), 1, "unknown key `size`"),
            ("version = 1\n[tests]\n".to_owned(), 2, "unknown table"),
            ("version = 1\n[test.b.t.u]\n".to_owned(), 2, "unknown table"),
            (format!("{test}[test.b.t]\n"), 3, "`t` is there twice"),
            (format!("{test}bench = {{}}\n"), 3, "unknown key `bench`"),
            (format!("{test}debug = 1\n"), 3, "`debug` is a table"),
            (
                format!("{test}debug = {{}}\n"),
                3,
                "`debug` needs `allocations`",
            ),
            (
                format!("{test}debug = {{ allocations = '1' }}\n"),
                3,
                "`allocations` is a whole number",
            ),
            (
                format!("{test}debug = {{ allocations = 1, allocations = 1 }}\n"),
                3,
                "`allocations` is there twice",
            ),
            (
                format!(
                    "{test}debug = {{ allocations = 1, bytes = 1, peak_bytes = 1, size = 1 }}\n"
                ),
                3,
                "unknown key `size`",
            ),
            (
                format!("{test}tolerance = {{ bytes = 1 }}\n"),
                3,
                "`tolerance` needs `reason`",
            ),
            (
                format!("{test}tolerance = {{ bytes = 1, reason = ' ' }}\n"),
                3,
                "needs a `reason`",
            ),
            (
                format!("{test}tolerance = {{ reason = 'a' }}\ntolerance = {{ reason = 'a' }}\n"),
                4,
                "`tolerance` is there twice",
            ),
            (
                "version = 1\n[measured]\nfast = {}\n".to_owned(),
                3,
                "unknown key `fast`",
            ),
            (
                "version = 1\n[measured]\ndebug = { toolchain = 1 }\n".to_owned(),
                3,
                "`toolchain` is a text",
            ),
            (
                "version = 1\n<<<<<<< HEAD\n".to_owned(),
                2,
                "merge conflict",
            ),
        ] {
            let error = Baseline::parse(&text).unwrap_err();
            assert_eq!(error.line, line, "{text}: {error}");
            assert!(error.to_string().contains(expected), "{text}: {error}");
        }
    }
}
