//! Owns where in its package an operation allocates: our own recording of it, read back.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use alloc_guard_profile::{Profile, StackId, open};
use anyhow::{Context as _, ensure};

use super::{data::Site, packages::Package};
use crate::{operations::Row, trace::Mark};

/// More would not be read.
const SITES: usize = 3;

/// Where `row` allocates, in the first run of a process or in the second, the most allocations first.
///
/// # Errors
/// If the program fails or its recording cannot be read.
pub(super) fn sites(
    recorded: &Path,
    row: &Row,
    package: &Package,
    first: bool,
) -> anyhow::Result<Vec<Site>> {
    let name = row.operation.name;
    let folder = tempfile::tempdir()?;
    let status = Command::new(recorded)
        .args(if first {
            [crate::run::FIRST, name]
        } else {
            ["1", name]
        })
        .env("ALLOC_GUARD_PROFILE", folder.path())
        .status()
        .with_context(|| format!("failed to start {}", recorded.display()))?;
    ensure!(status.success(), "{} failed", recorded.display());
    let file = fs::read_dir(folder.path())?
        .next()
        .context("nothing was recorded")??;
    let profile = open(&file.path())?;
    let allocations = profile.allocations().context("only sums were recorded")?;

    let starts = |size| matches!(Mark::of_size(size), Some(Mark::Start(_)));
    let ends = |size| matches!(Mark::of_size(size), Some(Mark::End(_)));
    let mut counts: BTreeMap<Site, u64> = BTreeMap::new();
    let run = allocations
        .iter()
        .map(|(_, allocation)| allocation)
        .skip_while(|allocation| !starts(allocation.size))
        .skip(1)
        .take_while(|allocation| !ends(allocation.size));
    for allocation in run {
        let site = site(&profile, allocation.stack, row.package, package)
            .with_context(|| format!("{name} allocates where no frame is of {}", row.package))?;
        *counts.entry(site).or_default() += u64::from(allocation.weight);
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Ok(counts
        .into_iter()
        .take(SITES)
        .map(|(site, _)| site)
        .collect())
}

/// The innermost line in the package's sources, and the function of the package that led there.
fn site(profile: &Profile, stack: StackId, name: &str, package: &Package) -> Option<Site> {
    let folder = format!("/{name}-{}/", package.version);
    let mut frames = profile.stacks.walk(stack).filter_map(|frame| {
        let frame = profile.stacks.get(frame);
        let (_, file) = profile.strings.get(frame.file).rsplit_once(&folder)?;
        let function = short(profile.strings.get(frame.function));
        Some((format!("{file}:{}", frame.line), function))
    });
    let (line, function) = frames.next()?;
    let called = frames.last().map(|(_, function)| function);
    Some(Site {
        called: called.filter(|called| *called != function),
        line,
        function,
    })
}

/// The last two parts of a path, without generic arguments and closures.
fn short(function: &str) -> String {
    // `<Type as Trait>::function` is the type's.
    let (first, rest) = match function.strip_prefix('<') {
        Some(inner) => inner
            .split_once(" as ")
            .map_or((inner, inner), |(of, rest)| {
                (of, rest.rsplit_once(">::").map_or(rest, |(_, rest)| rest))
            }),
        None => ("", function),
    };
    let path = if first == rest {
        first.to_owned()
    } else {
        format!("{first}::{rest}")
    };
    let mut depth = 0_u32;
    let plain: String = path
        .chars()
        .filter(|letter| {
            match letter {
                '<' => depth += 1,
                '>' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        })
        .collect();
    let parts: Vec<&str> = plain
        .split("::")
        .filter(|part| !part.is_empty() && !part.starts_with('{'))
        .collect();
    parts[parts.len().saturating_sub(2)..].join("::")
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_function_is_named_by_its_type_and_itself() {
        assert_eq!(
            short("bytes::bytes_mut::BytesMut::freeze"),
            "BytesMut::freeze"
        );
        assert_eq!(
            short("hashbrown::raw::RawTable<T,A>::reserve_rehash::{{closure}}"),
            "RawTable::reserve_rehash"
        );
        assert_eq!(
            short("<bytes::bytes::Bytes as core::clone::Clone>::clone"),
            "Bytes::clone"
        );
        assert_eq!(short("main"), "main");
    }
}
