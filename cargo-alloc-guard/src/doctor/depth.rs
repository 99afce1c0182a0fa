//! Owns the measure of how deeply a file is nested. The parser calls itself for each level, so a file
//! that is nested without end would exhaust the stack, which no program survives.

use proc_macro2::{
    Delimiter, Group, Punct, Spacing, TokenStream, TokenTree, token_stream::IntoIter,
};

/// A level of nesting is at least one token, so the tokens that lead into a place bound its depth. Of
/// the 6,658 files of this repository and its dependencies none reaches 503 (2026-11).
pub(super) const DEEPEST: usize = 4_000;

/// What the parser and the walk over its tree are given to run on; only what is used is taken from the
/// system. For the deepest files they need between 128 and 192 MB where they are not optimised
/// (2026-11).
pub(super) const STACK: usize = 512 << 20;

/// The first line that is nested too deeply, if any.
pub(super) fn too_deep(tokens: TokenStream) -> Option<usize> {
    let mut levels = vec![Level::new(tokens, Reading::Parsed, 0)];
    while let Some(level) = levels.last_mut() {
        let Some(token) = level.tokens.next() else {
            levels.pop();
            continue;
        };
        if level.depth() > DEEPEST {
            return Some(token.span().start().line);
        }
        if let Some(inner) = level.take(token) {
            levels.push(inner);
        }
    }
    None
}

/// Who reads the tokens of a group.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Parsed,
    /// What a macro is given is kept as it is.
    Kept,
}

/// One open group.
struct Level {
    tokens: IntoIter,
    reading: Reading,
    /// The depth of the place it opens at.
    outside: usize,
    /// Tokens since something ended.
    run: usize,
    /// `<` without their `>`: what a comma does not end.
    angles: usize,
    /// Whether the last token ended something, unless the next goes on with it.
    may_have_ended: bool,
    before: Before,
}

/// What the last token was, as far as it tells who reads a group behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// `#`
    Pound,
    /// `#!`
    PoundBang,
    /// A word that may be the name of a macro.
    Word,
    /// `name!`
    Call,
    /// `macro_rules`
    Rules,
    /// `macro_rules!`
    RulesBang,
    /// `macro_rules! name`
    RulesName,
    /// `-` or `=`, with which `>` makes an arrow.
    Shaft,
    Other,
}

impl Before {
    fn word(self, word: &str) -> Self {
        // Between these and a group, `!` is an operator.
        const KEYWORDS: [&str; 10] = [
            "as", "break", "else", "if", "in", "match", "move", "return", "while", "yield",
        ];
        match word {
            _ if self == Self::RulesBang => Self::RulesName,
            "macro_rules" => Self::Rules,
            word if KEYWORDS.contains(&word) => Self::Other,
            _ => Self::Word,
        }
    }

    fn punct(self, punct: &Punct) -> Self {
        match (self, punct.as_char(), punct.spacing()) {
            (Self::Pound, '!', _) => Self::PoundBang,
            (Self::Word, '!', Spacing::Alone) => Self::Call,
            (Self::Rules, '!', _) => Self::RulesBang,
            (_, '#', _) => Self::Pound,
            (_, '-' | '=', Spacing::Joint) => Self::Shaft,
            _ => Self::Other,
        }
    }
}

impl Level {
    fn new(tokens: TokenStream, reading: Reading, outside: usize) -> Self {
        Self {
            tokens: tokens.into_iter(),
            reading,
            outside,
            run: 0,
            angles: 0,
            may_have_ended: false,
            before: Before::Other,
        }
    }

    fn depth(&self) -> usize {
        self.outside + self.run
    }

    /// Goes on by one token; the level inside, if it is a group.
    fn take(&mut self, token: TokenTree) -> Option<Self> {
        if self.may_have_ended && begins_anew(&token) {
            self.ended();
        }
        self.may_have_ended = false;
        if self.reading == Reading::Parsed {
            self.run += 1;
        }
        let mut inner = None;
        self.before = match token {
            TokenTree::Group(group) => {
                self.may_have_ended = group.delimiter() == Delimiter::Brace;
                inner = Some(self.inside(&group));
                Before::Other
            }
            TokenTree::Ident(word) => self.before.word(&word.to_string()),
            TokenTree::Punct(punct) => {
                match punct.as_char() {
                    ';' => self.ended(),
                    ',' => self.run = self.angles * 4,
                    '<' => self.angles += 1,
                    '>' if self.before != Before::Shaft => {
                        self.angles = self.angles.saturating_sub(1);
                    }
                    _ => {}
                }
                self.before.punct(&punct)
            }
            TokenTree::Literal(_) => Before::Other,
        };
        inner
    }

    fn inside(&mut self, group: &Group) -> Self {
        let (attribute, is_kept) = match self.before {
            Before::Pound => (2, true),
            Before::PoundBang => (3, true),
            Before::Call | Before::RulesName => (0, true),
            _ => (0, false),
        };
        // Attributes stand side by side, and a page of documentation is a hundred of them.
        self.run = self.run.saturating_sub(attribute);
        let reading = if is_kept { Reading::Kept } else { self.reading };
        Self::new(group.stream(), reading, self.depth() + 1)
    }

    fn ended(&mut self) {
        (self.run, self.angles) = (0, 0);
    }
}

/// Whether what follows a block has nothing to do with it: no operator, and no further branch.
fn begins_anew(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(punct) => punct.as_char() == '#',
        TokenTree::Ident(word) => word != "else" && word != "as",
        TokenTree::Group(_) | TokenTree::Literal(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Option<usize> {
        too_deep(text.parse().unwrap())
    }

    fn chain(part: &str) -> String {
        part.repeat(DEEPEST + 1)
    }

    #[test]
    fn every_way_to_nest_without_end_is_seen() {
        let groups = format!("{}{}", chain("("), chain(")"));
        let blocks = format!("{}{}", chain("{"), chain("}"));
        for (what, expression) in [
            ("groups", groups),
            ("blocks", blocks),
            ("signs", format!("{}x", chain("!"))),
            ("sums", format!("x{}", chain("+ x"))),
            ("calls", format!("x{}", chain(".f()"))),
            ("branches", format!("if x {{}} {}", chain("else if x {}"))),
            ("values of blocks", format!("{{}}{}", chain("+ {}"))),
            ("types", format!("x as {}T", chain("Vec<"))),
            (
                "types with two parts",
                format!("x as {}T", chain("Map<K, ")),
            ),
            ("denied sums", format!("!({})", chain("x + "))),
            ("sums after a word", format!("if !({}) {{}}", chain("x + "))),
            ("arguments", format!("!f({})", chain("x + "))),
            ("differences", format!("a != ({})", chain("x + "))),
            ("casts", format!("S {{}} {}", chain("as T"))),
        ] {
            let text = format!("fn a() {{}}\nfn f() {{ {expression} }}");
            assert_eq!(line(&text), Some(2), "{what}");
        }
    }

    #[test]
    fn what_is_only_long_is_not_deep() {
        for (what, text) in [
            ("items", chain("fn f() {}\n")),
            (
                "items with attributes",
                chain("#[test] fn f() -> u8 { 1 }\n"),
            ),
            ("documentation", format!("{}fn f() {{}}", chain("/// a\n"))),
            ("a file's documentation", chain("//! a\n")),
            (
                "an attribute",
                format!("#[a({})] fn f() {{}}", chain("a + ")),
            ),
            ("statements", format!("fn f() {{ {} }}", chain("f(a, b);"))),
            ("a table", format!("const T: [u8; 9] = [{}];", chain("1, "))),
            (
                "a table of pairs",
                format!("const T: A = [{}];", chain("(1, \"a\"), ")),
            ),
            (
                "types",
                format!("const T: A = f({});", chain("Vec::<u8>::new(), ")),
            ),
            (
                "arrows",
                format!("struct S({});", chain("fn() -> Vec<u8>, ")),
            ),
            ("a macro's", format!("m! {{ {} }}", chain("a + "))),
            (
                "a macro's rules",
                format!("macro_rules! m {{ {} }}", chain("a + ")),
            ),
            (
                "arms",
                format!("fn f() {{ match x {{ {} }} }}", chain("1 => {} ")),
            ),
        ] {
            assert_eq!(line(&text), None, "{what}");
        }
    }
}
