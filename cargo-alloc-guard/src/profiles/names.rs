//! Owns what is said of many names, and what a recorded program is called.

use alloc_guard_profile::Profile;

/// How many names fit into a title.
const NAMED: usize = 4;

/// What a profile is of: the program, and what recorded it.
pub(super) fn heading(profile: &Profile) -> String {
    let origin = profile.origin;
    match programs(profile).as_str() {
        "" => format!("recorded by {origin}"),
        program => format!("{program}, recorded by {origin}"),
    }
}

/// The programs of a profile, without their folders and what cargo put behind their names.
pub(super) fn programs(profile: &Profile) -> String {
    let paths = profile.program.split(", ");
    let names = paths.map(|path| path.rsplit(['/', '\\']).next().unwrap_or(path));
    list(names.map(|name| without_hash(name).to_owned()))
}

/// Names, with commas between; of many, the first.
pub(super) fn list(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<_> = names.collect();
    names.dedup();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let names = names.join(", ");
    if more > 0 {
        format!("{names} and {more} more")
    } else {
        names
    }
}

/// `hot` of `hot-0123456789abcdef`, as cargo calls a test binary.
fn without_hash(name: &str) -> &str {
    let name = name.strip_suffix(".exe").unwrap_or(name);
    match name.rsplit_once('-') {
        Some((name, hash)) if hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            name
        }
        _ => name,
    }
}
