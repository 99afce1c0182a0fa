//! Owns the part of TOML that a baseline is written in: a table's header or a key with its value on
//! each line. By hand, because every user's tests compile this.

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Integer(u64),
    Text(String),
    Table(Vec<(String, Value)>),
}

/// What stands on a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Nothing,
    Header(Vec<String>),
    Pair(String, Value),
}

/// Reads one line.
pub(super) fn read(line: &str) -> Result<Line, String> {
    for marker in ["<<<<<<<", "|||||||", "=======", ">>>>>>>"] {
        if line.starts_with(marker) {
            return Err(format!(
                "`{marker}` is the mark of a merge conflict: keep either side, then run `cargo alloc-guard accept`"
            ));
        }
    }
    let mut cursor = Cursor(line);
    cursor.skip_space();
    let found = match cursor.peek() {
        None | Some('#') => Line::Nothing,
        Some('[') => {
            cursor.advance('[');
            let mut path = vec![cursor.spaced_key()?];
            while cursor.advance('.') {
                path.push(cursor.spaced_key()?);
            }
            cursor.expect(']')?;
            Line::Header(path)
        }
        Some(_) => {
            let (key, value) = cursor.pair(Depth::Line)?;
            Line::Pair(key, value)
        }
    };
    cursor.skip_space();
    match cursor.peek() {
        None | Some('#') => Ok(found),
        Some(_) => Err(format!("`{}` is left over on this line", cursor.0)),
    }
}

/// A table in a table is none of ours, and depth without end is the stack's end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Line,
    Table,
}

struct Cursor<'a>(&'a str);

impl Cursor<'_> {
    fn peek(&self) -> Option<char> {
        self.0.chars().next()
    }

    fn advance(&mut self, expected: char) -> bool {
        let rest = self.0.strip_prefix(expected);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn expect(&mut self, expected: char) -> Result<(), String> {
        if self.advance(expected) {
            return Ok(());
        }
        let found = self.peek().map_or_else(
            || "the line ends".to_owned(),
            |found| format!("`{found}` stands there"),
        );
        Err(format!("`{expected}` is missing: {found}"))
    }

    fn skip_space(&mut self) {
        self.0 = self.0.trim_start_matches([' ', '\t', '\r']);
    }

    fn spaced_key(&mut self) -> Result<String, String> {
        self.skip_space();
        let key = self.key()?;
        self.skip_space();
        Ok(key)
    }

    fn key(&mut self) -> Result<String, String> {
        if let Some('"' | '\'') = self.peek() {
            return self.text();
        }
        let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let end = self.0.find(|c| !is_bare(c)).unwrap_or(self.0.len());
        let (key, rest) = self.0.split_at(end);
        self.0 = rest;
        if key.is_empty() {
            return Err("a key is missing; one with other signs than letters, digits, `_` and `-` stands in quotes".to_owned());
        }
        Ok(key.to_owned())
    }

    fn pair(&mut self, depth: Depth) -> Result<(String, Value), String> {
        let key = self.spaced_key()?;
        self.expect('=')?;
        self.skip_space();
        let value = self.value(depth)?;
        Ok((key, value))
    }

    fn value(&mut self, depth: Depth) -> Result<Value, String> {
        match self.peek() {
            Some('"' | '\'') => self.text().map(Value::Text),
            Some('{') if depth == Depth::Line => self.table(),
            Some('0'..='9') => self.integer(),
            _ => Err(
                "a value is a whole number from 0 on, a text in quotes or a table in braces on one line"
                    .to_owned(),
            ),
        }
    }

    fn integer(&mut self) -> Result<Value, String> {
        let is_digit = |c: char| c.is_ascii_digit() || c == '_';
        let end = self.0.find(|c| !is_digit(c)).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at(end);
        self.0 = rest;
        let plain = digits.replace('_', "");
        plain
            .parse()
            .map(Value::Integer)
            .map_err(|error| format!("`{digits}`: {error}"))
    }

    /// A basic string with its escapes, or a literal one without any.
    fn text(&mut self) -> Result<String, String> {
        let is_literal = self.advance('\'');
        if !is_literal {
            self.expect('"')?;
        }
        let mut text = String::new();
        let mut characters = self.0.chars();
        loop {
            match characters.next() {
                None => return Err("a text is not closed on its line".to_owned()),
                Some('\'') if is_literal => break,
                Some('"') if !is_literal => break,
                Some('\\') if !is_literal => text.push(escape(&mut characters)?),
                Some(c) => text.push(c),
            }
        }
        self.0 = characters.as_str();
        Ok(text)
    }

    fn table(&mut self) -> Result<Value, String> {
        self.expect('{')?;
        let mut pairs = Vec::new();
        self.skip_space();
        if self.advance('}') {
            return Ok(Value::Table(pairs));
        }
        loop {
            pairs.push(self.pair(Depth::Table)?);
            self.skip_space();
            if self.advance('}') {
                return Ok(Value::Table(pairs));
            }
            self.expect(',')?;
        }
    }
}

/// The character behind a backslash (TOML 1.0.0, "String").
fn escape(characters: &mut std::str::Chars<'_>) -> Result<char, String> {
    let digits = match characters.next() {
        Some('b') => return Ok('\u{8}'),
        Some('t') => return Ok('\t'),
        Some('n') => return Ok('\n'),
        Some('f') => return Ok('\u{c}'),
        Some('r') => return Ok('\r'),
        Some(c @ ('"' | '\\')) => return Ok(c),
        Some('u') => 4,
        Some('U') => 8,
        _ => return Err("a text has an unknown escape".to_owned()),
    };
    let code: String = characters.by_ref().take(digits).collect();
    u32::from_str_radix(&code, 16)
        .ok()
        .filter(|_| code.len() == digits)
        .and_then(char::from_u32)
        .ok_or_else(|| format!("`\\u{code}` is no character"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_the_escapes_of_toml_between_double_quotes_only() {
        let text = |line: &str| match read(line) {
            Ok(Line::Pair(_, Value::Text(text))) => text,
            other => panic!("{line}: {other:?}"),
        };
        assert_eq!(
            text(r#"a = "\b\t\n\f\r\"\\\u00e9\U0001F512'""#),
            "\u{8}\t\n\u{c}\r\"\\é🔒'"
        );
        assert_eq!(text(r#"a = '\b"\'"#), r#"\b"\"#);
        assert_eq!(text("a = '' # '"), "");
    }

    #[test]
    fn each_kind_of_line_is_read() {
        for (line, expected) in [
            ("", Line::Nothing),
            ("  # nothing = 1", Line::Nothing),
            ("[measured]\r", Line::Header(vec!["measured".into()])),
            (
                r#"[test . b-1."m::t \u00e9".'x"y'] # why"#,
                Line::Header(vec![
                    "test".into(),
                    "b-1".into(),
                    "m::t é".into(),
                    "x\"y".into(),
                ]),
            ),
            ("a = 1_000", Line::Pair("a".into(), Value::Integer(1000))),
            (
                r#""a@b" = "c # d" # e"#,
                Line::Pair("a@b".into(), Value::Text("c # d".into())),
            ),
            (
                "a = { b = 1, c = 'd' }",
                Line::Pair(
                    "a".into(),
                    Value::Table(vec![
                        ("b".into(), Value::Integer(1)),
                        ("c".into(), Value::Text("d".into())),
                    ]),
                ),
            ),
            ("a={}", Line::Pair("a".into(), Value::Table(vec![]))),
        ] {
            assert_eq!(read(line), Ok(expected), "{line}");
        }
    }

    #[test]
    fn everything_else_is_an_error_that_says_what_is_wrong() {
        for (line, expected) in [
            ("<<<<<<< HEAD", "merge conflict"),
            ("=======", "merge conflict"),
            (">>>>>>> theirs", "merge conflict"),
            ("[a", "`]` is missing: the line ends"),
            ("[]", "a key is missing"),
            ("[[a]]", "a key is missing"),
            ("[a] b", "`b` is left over"),
            ("a", "`=` is missing: the line ends"),
            ("a b = 1", "`=` is missing: `b` stands there"),
            ("a = ", "a value is"),
            ("a = -1", "a value is"),
            ("a = true", "a value is"),
            ("a = [1]", "a value is"),
            ("a = 1.5", "`.5` is left over"),
            ("a = 18446744073709551616", "too large"),
            ("a = \"b", "not closed"),
            (r#"a = "\q""#, "unknown escape"),
            (r#"a = "\ud800""#, "no character"),
            ("a = { b = 1", "`,` is missing: the line ends"),
            ("a = { b = { c = 1 } }", "a value is"),
        ] {
            let error = read(line).unwrap_err();
            assert!(error.contains(expected), "{line}: {error}");
        }
    }
}
