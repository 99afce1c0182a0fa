//! Writes the page of a profile, or of two to compare, to standard output: `report [--sources FOLDER] FILE [FILE]`.

use std::{error::Error, io, path::Path};

use alloc_guard_profile::{
    html::{self, Page, Shown, Sources},
    open,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let sources = match arguments.first().map(String::as_str) {
        Some("--sources") if arguments.len() > 1 => {
            Sources::below(arguments.drain(..2).skip(1).map(Into::into))
        }
        _ => Sources::none(),
    };
    let open = |file: &String| open(Path::new(file)).map(|profile| (title(file), profile));
    let profiles = arguments.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    let page = match &profiles[..] {
        [(title, profile)] => Page::One(Shown::new(title, profile)),
        [(a, base), (b, changed)] => Page::Diff(Shown::new(a, base), Shown::new(b, changed)),
        _ => return Err("one profile, or two to compare, are wanted".into()),
    };
    Ok(html::page(&page, &sources, io::stdout().lock())?)
}

fn title(file: &str) -> String {
    let name = Path::new(file).file_stem().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
