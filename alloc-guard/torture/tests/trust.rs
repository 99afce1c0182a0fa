//! Each test that `docs/trust.md` names is there, under that name.

use std::{fs, path::Path};

#[test]
fn every_test_that_is_named_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("docs/trust.md")).unwrap();
    let mut named = 0;
    for row in page.lines().filter(|line| line.starts_with("| ")).skip(2) {
        let tests = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        let mut source = String::new();
        let words: Vec<_> = tests.split('`').skip(1).step_by(2).collect();
        assert!(words.len() >= 2, "no test is named in: {row}");
        for word in words {
            if word.contains('/') {
                let text = fs::read_to_string(root.join(word));
                source = text.unwrap_or_else(|why| panic!("{word}: {why}"));
            } else {
                assert!(source.contains(&format!("fn {word}(")), "{word} in: {row}");
                named += 1;
            }
        }
    }
    assert!(named > 20, "{named}");
}
