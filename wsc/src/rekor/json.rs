//! Reads JSON (RFC 8259) in place: the caller says which members it wants, each fault has its byte.
//!
//! Only a string with escapes is copied. Nothing is reserved but for bytes that are there, and the depth is bounded.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::error::{Error, ErrorKind};

/// Levels of arrays and objects. Bundles have fewer than ten; the reader uses the stack for each.
pub const MAX_JSON_DEPTH: usize = 64;

type Result<T> = core::result::Result<T, Error>;

/// A reader, standing before a value.
pub(super) struct Json<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

/// A string, and the byte at which it starts.
pub(super) struct Text<'a> {
    pub(super) value: Cow<'a, str>,
    pub(super) offset: usize,
}

/// Reads all of `json` as one value.
pub(super) fn read<'a, T>(
    json: &'a [u8],
    value: impl FnOnce(&mut Json<'a>) -> Result<T>,
) -> Result<T> {
    let text = str::from_utf8(json)
        .map_err(|error| Error::new(ErrorKind::BadJson, error.valid_up_to()))?;
    let (at, depth) = (0, 0);
    let mut reader = Json { text, at, depth };
    reader.space();
    let value = value(&mut reader)?;
    if reader.at < text.len() {
        return Err(reader.bad_json());
    }
    Ok(value)
}

/// Reads the value of a member that may be there once; `null` is as good as absent.
pub(super) fn once<'a, T>(
    slot: &mut Option<T>,
    json: &mut Json<'a>,
    value: impl FnOnce(&mut Json<'a>) -> Result<T>,
) -> Result<()> {
    if json.peek() == Some(b'n') {
        return json.skip();
    }
    if slot.is_some() {
        return Err(json.bad_field());
    }
    *slot = Some(value(json)?);
    Ok(())
}

impl<'a> Json<'a> {
    /// A value of another kind or form is needed here.
    pub(super) const fn bad_field(&self) -> Error {
        Error::new(ErrorKind::BadField, self.at)
    }

    /// Reads an object. `member` gets each name and must read the value.
    pub(super) fn object(
        &mut self,
        mut member: impl FnMut(&str, &mut Self) -> Result<()>,
    ) -> Result<()> {
        self.sequence(b'{', b'}', |json| {
            if json.peek() != Some(b'"') {
                return Err(json.bad_json());
            }
            let name = json.string()?.value;
            json.token(b':')?;
            member(&name, json)
        })
    }

    /// Reads an array. `element` must read each value.
    pub(super) fn array(&mut self, element: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        self.sequence(b'[', b']', element)
    }

    /// Reads a string.
    pub(super) fn string(&mut self) -> Result<Text<'a>> {
        if self.peek() != Some(b'"') {
            return Err(self.other_kind());
        }
        let offset = self.at;
        self.at += 1;
        let plain = self.plain_run()?;
        let value = if self.peek() == Some(b'"') {
            Cow::Borrowed(plain)
        } else {
            Cow::Owned(self.escaped(plain)?)
        };
        self.token(b'"')?;
        Ok(Text { value, offset })
    }

    /// Reads a whole number that is not negative, as a number, or as protobuf writes it: as a string of digits.
    pub(super) fn integer(&mut self) -> Result<u64> {
        let offset = self.at;
        let digits = match self.peek() {
            Some(b'"') => self.string()?.value,
            Some(b'-' | b'0'..=b'9') => Cow::Borrowed(self.number()?),
            _ => return Err(self.other_kind()),
        };
        decimal(&digits).ok_or(Error::new(ErrorKind::BadField, offset))
    }

    /// Reads any value, and keeps nothing of it.
    pub(super) fn skip(&mut self) -> Result<()> {
        match self.peek() {
            Some(b'{') => self.object(|_, json| json.skip()),
            Some(b'[') => self.array(Self::skip),
            Some(b'"') => self.string().map(|_| ()),
            Some(b'-' | b'0'..=b'9') => self.number().map(|_| ()),
            _ => self.literal(),
        }
    }

    /// The first byte of the next value or token.
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The error for a value that is not of the kind that is wanted, if it is a value at all.
    fn other_kind(&mut self) -> Error {
        let error = self.bad_field();
        self.skip().err().unwrap_or(error)
    }

    const fn bad_json(&self) -> Error {
        Error::new(ErrorKind::BadJson, self.at)
    }

    /// Reads `open`, elements with commas between them, `close`.
    fn sequence(
        &mut self,
        open: u8,
        close: u8,
        mut element: impl FnMut(&mut Self) -> Result<()>,
    ) -> Result<()> {
        if self.peek() != Some(open) {
            return Err(self.other_kind());
        }
        if self.depth == MAX_JSON_DEPTH {
            return Err(Error::new(ErrorKind::JsonTooDeep, self.at));
        }
        self.depth += 1;
        self.token(open)?;
        if self.peek() != Some(close) {
            element(self)?;
            while self.peek() == Some(b',') {
                self.token(b',')?;
                element(self)?;
            }
        }
        self.depth -= 1;
        self.token(close)
    }

    /// Reads one byte, which must be this one, and the space behind it.
    fn token(&mut self, token: u8) -> Result<()> {
        if self.peek() != Some(token) {
            return Err(self.bad_json());
        }
        self.at += 1;
        self.space();
        Ok(())
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn literal(&mut self) -> Result<()> {
        let rest = self.rest();
        let literal = ["null", "true", "false"]
            .into_iter()
            .find(|literal| rest.starts_with(literal))
            .ok_or(self.bad_json())?;
        self.at += literal.len();
        self.space();
        Ok(())
    }

    /// Reads a number, whatever its size.
    fn number(&mut self) -> Result<&'a str> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        let number = self.text.get(start..self.at).unwrap_or_default();
        self.space();
        Ok(number)
    }

    fn digits(&mut self) -> Result<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.bad_json());
        }
        Ok(())
    }

    /// Reads a string's characters up to its end or an escape.
    fn plain_run(&mut self) -> Result<&'a str> {
        let start = self.at;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' | b'\\' => break,
                0..b' ' => return Err(self.bad_json()),
                _ => self.at += 1,
            }
        }
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    /// Reads the rest of a string that has escapes, up to its end.
    fn escaped(&mut self, start: &str) -> Result<String> {
        let mut value = String::from(start);
        while self.peek() == Some(b'\\') {
            self.at += 1;
            value.push(self.escape()?);
            value.push_str(self.plain_run()?);
        }
        Ok(value)
    }

    fn escape(&mut self) -> Result<char> {
        let error = self.bad_json();
        let escape = self.peek().ok_or(error)?;
        self.at += 1;
        Ok(match escape {
            b'"' | b'\\' | b'/' => char::from(escape),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.code_point().ok_or(error),
            _ => return Err(error),
        })
    }

    /// Reads what follows `\u`: four digits, or a pair of surrogates.
    fn code_point(&mut self) -> Option<char> {
        let first = self.code_unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        self.at += self.rest().starts_with("\\u").then_some(2)?;
        let second = self.code_unit()?.checked_sub(0xdc00)?;
        (second < 0x400).then(|| char::from_u32(0x10000 + ((first - 0xd800) << 10) + second))?
    }

    fn code_unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        // The standard library would also take a sign.
        let unit = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        self.at += 4;
        unit.then(|| u32::from_str_radix(digits, 16).ok())?
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

/// The number that these digits write, if they write it in the one way: no sign, no leading zero.
pub(super) fn decimal(digits: &str) -> Option<u64> {
    let canonical = digits.bytes().all(|digit| digit.is_ascii_digit())
        && (digits.len() == 1 || !digits.starts_with('0'));
    canonical.then(|| digits.parse().ok())?
}
