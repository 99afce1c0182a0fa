//! DHAT's JSON, of valgrind and of the crate dhat: the sums of each stack.

use std::{borrow::Cow, collections::BTreeMap, io::Read};

use serde::Deserialize;

use crate::{
    error::{Error, ErrorKind},
    frames::{Place, Placed, demangle},
    model::{Amount, Data, FrameId, Origin, Profile, StackId, Sums},
};

const VERSION: u64 = 2;

/// What tells a file of any version.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "dhatFileVersion")]
    version: u64,
    mode: String,
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow, default)]
    cmd: Cow<'a, str>,
    #[serde(default)]
    pid: u64,
    /// What times count.
    #[serde(borrow)]
    tu: Cow<'a, str>,
    /// When the program ended.
    te: u64,
    pps: Vec<Point>,
    #[serde(borrow)]
    ftbl: Vec<Cow<'a, str>>,
}

/// A stack, and its sums.
#[derive(Deserialize)]
struct Point {
    #[serde(rename = "tb")]
    bytes: u64,
    #[serde(rename = "tbk")]
    blocks: u64,
    /// Lifetimes and what follows from them are there only if they were recorded.
    #[serde(rename = "tl", default)]
    lifetime: u64,
    #[serde(rename = "gb", default)]
    peak_bytes: u64,
    #[serde(rename = "gbk", default)]
    peak_blocks: u64,
    #[serde(rename = "eb", default)]
    end_bytes: u64,
    #[serde(rename = "ebk", default)]
    end_blocks: u64,
    /// Innermost first.
    #[serde(rename = "fs")]
    frames: Vec<usize>,
}

/// Reads a whole file.
pub(crate) fn read(mut file: impl Read) -> Result<Profile, Error> {
    let mut text = String::new();
    file.read_to_string(&mut text)
        .map_err(|error| Error::io(&error))?;
    if !text.contains("\"dhatFileVersion\"") {
        return Err(Error::new(ErrorKind::NotAProfile, "JSON, but not DHAT's"));
    }
    let head: Head = serde_json::from_str(&text).map_err(|error| damaged(&error))?;
    if head.version != VERSION {
        return Err(Error::new(
            ErrorKind::Version,
            format!(
                "a DHAT file of version {}, and this program reads version {VERSION}",
                head.version
            ),
        ));
    }
    if !matches!(&*head.mode, "heap" | "rust-heap") {
        return Err(Error::new(
            ErrorKind::NotAProfile,
            format!(
                "a DHAT file of the mode `{}`, which counts no allocations; record in heap mode",
                head.mode
            ),
        ));
    }
    let file: File<'_> = serde_json::from_str(&text).map_err(|error| damaged(&error))?;
    profile(&file)
}

fn damaged(error: &serde_json::Error) -> Error {
    let remedy = if error.is_eof() {
        "the file is cut off; record again"
    } else {
        "record again"
    };
    Error::new(
        ErrorKind::Damaged,
        format!("damaged DHAT file: {error}; {remedy}"),
    )
}

fn profile(file: &File<'_>) -> Result<Profile, Error> {
    let mut placed = Placed::default();
    let frames: Vec<FrameId> = file
        .ftbl
        .iter()
        .map(|text| {
            let (place, module) = parse(text);
            if is_whole(&place.file) {
                placed.frame(module, &place)
            } else {
                placed.truncated_frame(module, &place)
            }
        })
        .collect();
    // The crate counts microseconds and valgrind instructions.
    let unit_ns = match &*file.tu {
        "ns" => 1,
        "µs" => 1_000,
        _ => 0,
    };
    let mut stacks: BTreeMap<StackId, Sums> = BTreeMap::new();
    for point in &file.pps {
        let mut stack = StackId::EMPTY;
        for frame in point.frames.iter().rev() {
            let frame = frames.get(*frame).ok_or_else(|| {
                Error::new(
                    ErrorKind::Damaged,
                    format!("damaged DHAT file: there is no frame {frame}; record again"),
                )
            })?;
            stack = placed.stacks.call(stack, *frame);
        }
        *stacks.entry(stack).or_default() += Sums {
            allocations: amount(point.blocks, point.bytes),
            at_peak: amount(point.peak_blocks, point.peak_bytes),
            leaked: amount(point.end_blocks, point.end_bytes),
            temporary: Amount::default(),
            lifetime: u128::from(point.lifetime) * u128::from(unit_ns.max(1_u64)),
        };
    }
    Ok(Profile {
        origin: Origin::Dhat,
        // The command's arguments may hold secrets.
        program: file.cmd.split(' ').next().unwrap_or("").to_owned(),
        process_id: file.pid,
        duration_ns: file.te.saturating_mul(unit_ns),
        strings: placed.strings,
        stacks: placed.stacks,
        data: Data::Sums(stacks.into_iter().collect()),
        ..Profile::default()
    })
}

fn amount(count: u64, bytes: u64) -> Amount {
    Amount { count, bytes }
}

/// Whether a path is the source's whole one, as our own export has it. The crate dhat keeps three parts of it, valgrind one.
fn is_whole(file: &str) -> bool {
    let parts = file.split(['/', '\\']);
    file.starts_with(['/', '\\'])
        || file.get(1..).is_some_and(|rest| rest.starts_with(":\\"))
        || parts.count() > 3
}

/// Reads `0x1F: name (file:line:column)`, without a column, or `(in module)`; the module is empty if it does not say.
fn parse(text: &str) -> (Place, &str) {
    let (address, rest) = match text.split_once(": ") {
        Some((address, rest)) if address.starts_with("0x") => (&address[2..], rest),
        _ => ("", text),
    };
    let (name, place) = match rest.rsplit_once(" (") {
        Some((name, place)) => (name, place.strip_suffix(')').unwrap_or(place)),
        None => (rest, ""),
    };
    let mut parsed = Place {
        function: if name == "???" {
            String::new()
        } else {
            demangle(name)
        },
        address: u64::from_str_radix(address, 16).unwrap_or(0),
        ..Place::default()
    };
    if let Some(module) = place.strip_prefix("in ") {
        return (parsed, module);
    }
    // The file's name may hold colons, and there are one or two numbers behind it.
    let number = |text: &str| text.parse::<u32>().ok();
    let mut file = place;
    let mut numbers = Vec::new();
    while numbers.len() < 2
        && let Some((before, last)) = file.rsplit_once(':')
        && let Some(last) = number(last)
    {
        numbers.insert(0, last);
        file = before;
    }
    if file != "???" {
        file.clone_into(&mut parsed.file);
    }
    parsed.line = numbers.first().copied().unwrap_or(0);
    parsed.column = numbers.get(1).copied().unwrap_or(0);
    (parsed, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_taken_apart() {
        for (text, function, file, line, column, module) in [
            (
                "0x555: alloc (alloc/src/alloc.rs:95:9)",
                "alloc",
                "alloc/src/alloc.rs",
                95,
                9,
                "",
            ),
            (
                "0x48F21FA: __fopen_internal (iofopen.c:65)",
                "__fopen_internal",
                "iofopen.c",
                65,
                0,
                "",
            ),
            ("0x1411BB: main (in /tmp/toy)", "main", "", 0, 0, "/tmp/toy"),
            ("0x1411BB: ??? (in /tmp/toy)", "", "", 0, 0, "/tmp/toy"),
            (
                "0x12: <&dyn Fn() as a::B>::call (a.rs:1)",
                "<&dyn Fn() as a::B>::call",
                "a.rs",
                1,
                0,
                "",
            ),
            ("0x12: f (C:\\a.rs:1:2)", "f", "C:\\a.rs", 1, 2, ""),
            ("0x12: f (???:0:0)", "f", "", 0, 0, ""),
            ("[root]", "[root]", "", 0, 0, ""),
            ("0x12: ???", "", "", 0, 0, ""),
            ("", "", "", 0, 0, ""),
        ] {
            let (place, in_module) = parse(text);
            assert_eq!(place.function, function, "{text}");
            assert_eq!(place.file, file, "{text}");
            assert_eq!((place.line, place.column), (line, column), "{text}");
            assert_eq!(in_module, module, "{text}");
        }
    }
}
