//! Links between documents lead to a file, and to a heading in it.

use std::{collections::HashMap, fs, path::Path};

use crate::{document, documents};

/// What a document links to, without what is elsewhere on the web.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        for part in line.split("](").skip(1) {
            if let Some((link, _)) = part.split_once(')')
                && !link.contains("://")
            {
                found.push(link.to_owned());
            }
        }
    }
    found
}

/// What GitHub makes of the headings: lower case, words joined by hyphens, nothing else.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let words = line.trim_start_matches('#').trim().to_lowercase();
            let kept = words
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.collect::<String>().replace(' ', "-")
        })
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut texts: HashMap<String, String> = HashMap::new();
    for path in documents() {
        let text = fs::read_to_string(document(&path)).unwrap();
        texts.insert(path, text);
    }
    let mut checked = 0;
    for (path, text) in &texts {
        let folder = Path::new(path).parent().unwrap();
        for link in links(text) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() {
                Path::new(path).to_owned()
            } else {
                folder.join(file)
            };
            let target = document(target.to_str().unwrap());
            assert!(target.exists(), "{path}: {link}");
            if !anchor.is_empty() {
                let text = fs::read_to_string(&target).unwrap();
                assert!(
                    anchors(&text).iter().any(|found| found == anchor),
                    "{path}: {link}"
                );
            }
            checked += 1;
        }
    }
    assert!(checked > 40, "{checked}");
}

#[test]
fn a_link_is_found_in_prose_alone() {
    let text = "see [a](b.md#c) and [d](https://e.f)\n```\n[g](h.md)\n```\n";
    assert_eq!(links(text), ["b.md#c"]);
    assert_eq!(
        anchors("## The `JSON` document, v1\n"),
        ["the-json-document-v1"]
    );
}
