//! Owns the page around the data: its files, in order, and what allows them to run.

use std::io::{self, BufWriter, Write};

use base64ct::{Base64, Encoding};
use flate2::{Compression, write::DeflateEncoder};
use sha2::{Digest, Sha256};

use super::{data::PageData, pack::Base64Writer, shown::Shown, source::Sources};

const TEMPLATE: &str = include_str!("../../page/template.html");
const STYLE: &str = include_str!("../../page/style.css");

macro_rules! scripts {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../page/src/", $name)))),*]
    };
}

/// In one scope and in this order, which `page/scripts` repeats for the tests of the page.
const SCRIPTS: &[(&str, &str)] = scripts![
    "units.js"
    "dom.js"
    "profile.js"
    "decode.js"
    "view.js"
    "state.js"
    "tree.js"
    "flame.js"
    "outline.js"
    "table.js"
    "groups.js"
    "chart.js"
    "tab-summary.js"
    "tab-flame.js"
    "tab-allocations.js"
    "tab-time.js"
    "tab-parts.js"
    "tab-diff.js"
    "main.js"
];

/// What a page shows.
#[derive(Debug)]
#[non_exhaustive]
pub enum Page<'a> {
    /// One profile.
    One(Shown<'a>),
    /// Two profiles, and what changed from the first to the second.
    Diff(Shown<'a>, Shown<'a>),
}

/// Writes the page: the same bytes for the same profiles and the same sources.
///
/// # Errors
/// If `out` cannot be written to.
pub fn page(page: &Page<'_>, sources: &Sources, out: impl Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let script = script();
    let mut rest = TEMPLATE;
    // Each piece ends where something is filled in. What is filled in is not looked at again.
    while let Some((before, name, after)) = next_place(rest) {
        out.write_all(before.as_bytes())?;
        match name {
            "SCRIPT-HASH" => out.write_all(hash(&script).as_bytes())?,
            "STYLE-HASH" => out.write_all(hash(STYLE).as_bytes())?,
            "STYLE" => out.write_all(STYLE.as_bytes())?,
            "SCRIPT" => out.write_all(script.as_bytes())?,
            _ => data(page, sources, &mut out)?,
        }
        rest = after;
    }
    out.write_all(rest.as_bytes())?;
    out.flush()
}

/// What is before the next `@NAME@`, the name, and what is after it.
fn next_place(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('@')?;
    let (name, after) = rest.split_once('@')?;
    Some((before, name, after))
}

fn script() -> String {
    let files: Vec<&str> = SCRIPTS.iter().map(|(_, text)| *text).collect();
    format!("\"use strict\";\n{}", files.join("\n"))
}

/// As a content security policy names what may run.
fn hash(text: &str) -> String {
    Base64::encode_string(&Sha256::digest(text.as_bytes()))
}

fn data(page: &Page<'_>, sources: &Sources, out: &mut impl Write) -> io::Result<()> {
    let profiles = match page {
        Page::One(one) => vec![one],
        Page::Diff(base, changed) => vec![base, changed],
    };
    // Level 7 takes noticeably longer, and its pages are 3 % smaller.
    let mut deflate = DeflateEncoder::new(Base64Writer::new(out), Compression::new(5));
    // The deflater is not quick at small pieces, and JSON comes in the smallest.
    let mut pieces = BufWriter::with_capacity(1 << 16, &mut deflate);
    serde_json::to_writer(&mut pieces, &PageData::new(&profiles, sources))?;
    pieces.flush()?;
    drop(pieces);
    deflate.finish()?.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Profile;

    fn written(profile: &Profile) -> String {
        let mut out = Vec::new();
        let shown = Shown::new("a </title> of <b>markup</b>", profile);
        page(&Page::One(shown), &Sources::none(), &mut out).expect("a vector takes all");
        String::from_utf8(out).expect("it is text")
    }

    #[test]
    fn without_data_the_page_is_small() {
        let size = written(&Profile::default()).len();
        assert!(size < 300_000, "{size} bytes");
    }

    #[test]
    fn the_scripts_are_those_that_the_tests_of_the_page_run() {
        let listed: Vec<&str> = include_str!("../../page/scripts").lines().collect();
        let held: Vec<&str> = SCRIPTS.iter().map(|(name, _)| *name).collect();
        assert_eq!(held, listed);
    }

    #[test]
    fn nothing_in_a_profile_becomes_markup() {
        let mut profile = Profile::default();
        let evil = "</script><script>alert(1)</script><!--";
        let function = profile.strings.intern(evil);
        evil.clone_into(&mut profile.program);
        profile.stacks.frame(crate::Frame {
            function,
            ..crate::Frame::default()
        });
        let page = written(&profile);
        assert!(!page.contains("alert(1)") && !page.contains("<b>markup</b>"));
        assert_eq!(page.matches("<script").count(), 2);
        assert_eq!(page.matches("</script>").count(), 2);
    }

    #[test]
    fn the_policy_names_the_script_and_the_style_that_are_there() {
        let page = written(&Profile::default());
        let between = |start: &str, end: &str| {
            let (_, rest) = page.split_once(start).expect("it starts");
            rest.split_once(end).expect("it ends").0.to_owned()
        };
        let allowed = |kind: &str| between(&format!("{kind} 'sha256-"), "'");
        assert_eq!(
            allowed("script-src"),
            hash(&between("<script>", "</script>"))
        );
        assert_eq!(allowed("style-src"), hash(&between("<style>", "</style>")));
        assert!(!page.contains("unsafe-inline"));
    }

    #[test]
    fn nothing_of_the_page_is_fetched() {
        let own = format!("{TEMPLATE}{STYLE}{}", script());
        for word in [
            "https://",
            "@import",
            "url(",
            "import(",
            "XMLHttpRequest",
            "fetch(",
        ] {
            assert!(!own.contains(word), "{word}");
        }
        // The names of SVG, which nobody asks for.
        assert_eq!(
            own.matches("http://").count(),
            own.matches("http://www.w3.org/2000/svg").count()
        );
    }

    #[test]
    fn the_same_profile_is_the_same_page() {
        let profile = Profile::default();
        assert_eq!(written(&profile), written(&profile));
    }
}
