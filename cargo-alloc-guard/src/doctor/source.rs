//! Owns the reading of one source file: its syntax tree, and the words in it.

use std::{collections::HashSet, fs, io, path::Path};

use proc_macro2::{TokenStream, TokenTree};

use super::depth;

/// A file that was understood.
pub(crate) struct Source {
    pub(crate) syntax: syn::File,
    /// Every identifier in it, those that macros are given too.
    pub(crate) words: HashSet<String>,
}

/// Why a file was not.
#[derive(Debug)]
pub(crate) enum Unread {
    /// It cannot be read.
    File(io::Error),
    /// It is no Rust.
    Syntax { line: usize, message: String },
    /// It is nested more deeply than can be read safely.
    Depth { line: usize },
}

impl Source {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read, or is not Rust.
    pub(crate) fn read(path: &Path) -> Result<Self, Unread> {
        let bytes = fs::read(path).map_err(Unread::File)?;
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            Unread::Syntax {
                line: before.split(|byte| *byte == b'\n').count(),
                message: "not UTF-8".to_owned(),
            }
        })?;
        Self::parse(text)
    }

    /// Reads a text.
    ///
    /// # Errors
    /// If it is not Rust.
    pub(crate) fn parse(text: &str) -> Result<Self, Unread> {
        // The line stays, so that those after it keep their numbers.
        let is_script = text.starts_with("#!") && !text[2..].trim_start().starts_with('[');
        let text = match text.find('\n') {
            Some(end) if is_script => &text[end..],
            None if is_script => "",
            _ => text,
        };
        let tokens: TokenStream =
            text.parse()
                .map_err(|error: proc_macro2::LexError| Unread::Syntax {
                    line: error.span().start().line,
                    message: error.to_string(),
                })?;
        if let Some(line) = depth::too_deep(tokens.clone()) {
            return Err(Unread::Depth { line });
        }
        let words = words(tokens.clone());
        let syntax = syn::parse2(tokens).map_err(|error| Unread::Syntax {
            line: error.span().start().line,
            message: error.to_string(),
        })?;
        Ok(Self { syntax, words })
    }
}

fn words(tokens: TokenStream) -> HashSet<String> {
    let mut words = HashSet::new();
    let mut open = vec![tokens.into_iter()];
    while let Some(tokens) = open.last_mut() {
        match tokens.next() {
            None => {
                open.pop();
            }
            Some(TokenTree::Group(group)) => open.push(group.stream().into_iter()),
            Some(TokenTree::Ident(word)) => {
                let word = word.to_string();
                words.insert(word.strip_prefix("r#").unwrap_or(&word).to_owned());
            }
            Some(_) => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{modules::SourceFile, scan::scan};

    fn line(text: &str) -> Option<usize> {
        match Source::parse(text) {
            Ok(_) => None,
            Err(Unread::Syntax { line, .. } | Unread::Depth { line }) => Some(line),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_no_rust_is_told_with_its_line() {
        assert_eq!(line("fn f() {}\n\nfn g( {}\n"), Some(3));
        assert_eq!(line("fn f() {}\nfn fn() {}\n"), Some(2));
        assert_eq!(line("fn f() {}\nconst A: &str = \"\n"), Some(2));
        assert_eq!(line(&format!("\n\n{}", "(".repeat(100))), Some(3));
    }

    #[test]
    fn what_may_stand_before_the_first_item_does_no_harm() {
        for text in [
            "",
            "#!/usr/bin/env run\nfn f() {}",
            "#!/usr/bin/env run",
            "#![allow(dead_code)]\nfn f() {}",
            "#! [allow(dead_code)]\nfn f() {}",
            "\u{feff}fn f() {}",
            "fn f() {}\r\n",
        ] {
            assert_eq!(line(text), None, "{text:?}");
        }
        assert_eq!(line("#!/usr/bin/env run\n\nfn fn() {}\n"), Some(3));
    }

    #[test]
    fn a_file_is_read_or_there_is_a_reason() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.rs");
        assert!(matches!(Source::read(&path), Err(Unread::File(_))));
        fs::write(&path, b"fn f() {}\n// \xff\n").unwrap();
        let Err(Unread::Syntax { line, message }) = Source::read(&path) else {
            panic!("read");
        };
        assert_eq!((line, message.as_str()), (2, "not UTF-8"));
    }

    #[test]
    fn words_are_found_in_macros_and_without_their_mark() {
        let source = Source::parse("m! { (a) r#match } fn f() {}").unwrap_or_else(|_| panic!());
        for word in ["m", "a", "match", "f"] {
            assert!(source.words.contains(word), "{word}");
        }
    }

    /// The deepest nesting of one kind that is let through, read and looked through.
    fn read_the_deepest([before, open, inside, close, after]: [&str; 5]) {
        let text = |times: usize| {
            let (open, close) = (open.repeat(times), close.repeat(times));
            format!("{before}{open}{inside}{close}{after}")
        };
        let is_too_deep = |times: usize| depth::too_deep(text(times).parse().unwrap()).is_some();
        let (mut fits, mut does_not) = (1, depth::DEEPEST);
        assert!(is_too_deep(does_not), "{open}");
        while does_not - fits > 1 {
            let middle = fits.midpoint(does_not);
            if is_too_deep(middle) {
                does_not = middle;
            } else {
                fits = middle;
            }
        }
        let source = Source::parse(&text(fits));
        let source = source.unwrap_or_else(|error| panic!("{open}: {error:?}"));
        let found = scan(&SourceFile {
            path: "x.rs".into(),
            source,
            conditions: Vec::new(),
        });
        assert_eq!(found.allocators, [], "{open}");
    }

    #[test]
    fn the_deepest_file_that_is_let_through_is_read_on_the_stack_that_is_given() {
        let thread = std::thread::Builder::new().stack_size(depth::STACK);
        let reading = thread.spawn(|| {
            for kind in [
                ["const A: u8 = ", "(", "0", ")", ";"],
                ["const A: u8 = ", "[", "0", "]", ";"],
                ["const A: u8 = ", "{", "0", "}", ";"],
                ["const A: u8 = ", "f(", "0", ")", ";"],
                ["const A: u8 = ", "!", "0", "", ";"],
                ["const A: u8 = ", "1 + ", "0", "", ";"],
                ["const A: u8 = ", "a = ", "0", "", ";"],
                ["const A: u8 = a", ".f()", "", "", ";"],
                ["const A: u8 = ", "|| ", "0", "", ";"],
                ["const A: u8 = ", "if a { 1 } else ", "{ 0 }", "", ";"],
                ["const A: u8 = ", "match a { _ => ", "0", "}", ";"],
                ["const A: ", "Vec<", "u8", ">", " = a;"],
                ["const A: ", "&", "u8", "", " = a;"],
                ["const A: ", "fn() -> ", "u8", "", " = a;"],
                ["fn f(", "&", "a", "", ": u8) {}"],
                ["", "mod m { ", "", "}", ""],
                ["", "fn f() { ", "", "}", ""],
            ] {
                read_the_deepest(kind);
            }
        });
        reading.unwrap().join().unwrap();
    }
}
