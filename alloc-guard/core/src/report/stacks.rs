//! Owns the way from raw stacks to sites: names them, takes out what is permitted, and groups the rest by
//! the user's frame.

use std::{collections::HashMap, path::Path};

use crate::{
    backtrace::{
        site::{Located, locate, relative, short_name, workspace_root},
        symbolize::{Frame, symbolize},
    },
    expect::{PermittedSite, Promise},
    leaks::Block,
    record::{Recorder, Stack},
    report::{PermittedCalls, Record, Site, Style, count, excerpt},
    tally::{Call, Tally},
    verdict::Measured,
};

/// A stack with names.
pub(super) struct Named {
    calls: [u64; Call::COUNT],
    bytes: u64,
    /// Blocks and bytes.
    pub(super) leaked: (u64, u64),
    frames: Vec<Frame>,
}

impl Named {
    fn allocations(&self) -> u64 {
        [Call::Alloc, Call::Zeroed, Call::Grow, Call::Shrink]
            .iter()
            .map(|call| self.calls[*call as usize])
            .sum()
    }

    /// What tells its frames from another's.
    fn places(&self) -> impl Iterator<Item = (&str, u32, u32, &str)> {
        let frames = self.frames.iter();
        frames.map(|frame| (&*frame.file, frame.line, frame.column, &*frame.function))
    }
}

/// Gives stacks names.
pub(super) fn name(stacks: &[Stack], leaked: &[Block]) -> Vec<Named> {
    let mut known: HashMap<usize, Vec<Frame>> = HashMap::new();
    stacks
        .iter()
        .map(|stack| {
            let mut frames = Vec::new();
            for address in &stack.frames {
                frames.extend_from_slice(
                    known.entry(*address).or_insert_with(|| symbolize(*address)),
                );
            }
            let mine = leaked.iter().filter(|block| block.stack == stack.id);
            Named {
                calls: stack.calls,
                bytes: stack.bytes,
                leaked: mine.fold((0, 0), |(blocks, bytes), block| {
                    (blocks + 1, bytes + block.size as u64)
                }),
                frames,
            }
        })
        .collect()
}

/// Takes the stacks out that pass a permitted site, and notes them in the record.
pub(super) fn take_out_permitted(
    stacks: &mut Vec<Named>,
    sites: &[PermittedSite],
    measured: &mut Measured,
    record: &mut Record,
) {
    record.permitted = sites
        .iter()
        .map(|site| PermittedCalls {
            path: site.path.to_owned(),
            reason: site.reason.to_owned(),
            ..PermittedCalls::default()
        })
        .collect();
    stacks.retain(|stack| {
        let hit = sites.iter().position(|site| {
            stack
                .frames
                .iter()
                .any(|frame| site.matches(&frame.function))
        });
        let Some(permitted) = hit.and_then(|index| record.permitted.get_mut(index)) else {
            return true;
        };
        permitted.allocations += stack.allocations();
        permitted.bytes += stack.bytes;
        measured.permitted += stack.allocations();
        measured.permitted_bytes += stack.bytes;
        measured.permitted_deallocs += stack.calls[Call::Dealloc as usize];
        measured.tally.failed = measured
            .tally
            .failed
            .saturating_sub(stack.calls[Call::Failed as usize]);
        measured.leaked_blocks = measured.leaked_blocks.saturating_sub(stack.leaked.0);
        measured.leaked_bytes = measured.leaked_bytes.saturating_sub(stack.leaked.1);
        false
    });
}

/// Groups stacks by site, worst first. Where no frame is the user's, the site is the test. Of equal sites the
/// worst stack is shown, whatever the order in which they were recorded.
pub(super) fn sites(mut stacks: Vec<Named>, root: &Path, test: &Frame) -> Vec<Site> {
    stacks.sort_by(|a, b| {
        let weight = |stack: &Named| (stack.leaked, stack.allocations(), stack.bytes, stack.calls);
        weight(b)
            .cmp(&weight(a))
            .then_with(|| a.places().cmp(b.places()))
    });
    let mut sites: Vec<Site> = Vec::new();
    for stack in stacks {
        let located = locate(&stack.frames);
        let new = describe(&located, root, test);
        let index = sites
            .iter()
            .position(|site| {
                (&site.file, site.line, site.column, &site.function)
                    == (&new.file, new.line, new.column, &new.function)
            })
            .unwrap_or_else(|| {
                sites.push(new);
                sites.len() - 1
            });
        let site = &mut sites[index];
        site.allocations += stack.allocations();
        site.deallocations += stack.calls[Call::Dealloc as usize];
        site.failed += stack.calls[Call::Failed as usize];
        site.bytes += stack.bytes;
        site.leaked_blocks += stack.leaked.0;
        site.leaked_bytes += stack.leaked.1;
    }
    sites.sort_by(|a, b| {
        let weight = |site: &Site| (site.allocations, site.bytes, site.deallocations);
        weight(b)
            .cmp(&weight(a))
            .then_with(|| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)))
    });
    sites
}

fn describe(located: &Located, root: &Path, test: &Frame) -> Site {
    let site = located.site.as_ref().unwrap_or(test);
    Site {
        function: short_name(&site.function),
        file: relative(&site.file, root),
        line: site.line,
        column: site.column,
        via: located.via.clone().unwrap_or_default(),
        called_from: located
            .called_from
            .as_ref()
            // A binary without lines cannot tell two functions of one name apart.
            .filter(|frame| frame.line > 0 || frame.function != site.function)
            .map_or_else(String::new, |frame| {
                let function = short_name(&frame.function);
                match frame.line {
                    0 => function,
                    line => format!("{function} ({}:{line})", relative(&frame.file, root)),
                }
            }),
        in_dependency: located.in_dependency,
        frames: located
            .frames
            .iter()
            .map(|frame| Frame {
                function: frame.function.clone(),
                file: relative(&frame.file, root),
                ..*frame
            })
            .collect(),
        ..Site::default()
    }
}

/// What [`assert_alloc_free`](crate::assert_alloc_free) panics with.
pub(crate) fn describe_violations(tally: &Tally, recorder: &Recorder, caller: &Frame) -> String {
    let manifest_dir = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let root = workspace_root(Path::new(&manifest_dir));
    let sites = sites(name(&recorder.stacks(), &[]), &root, caller);
    let mut text = format!(
        "{} in `assert_alloc_free`",
        count(tally.allocations(), "allocation")
    );
    if tally.failed > 0 {
        text.push_str(&format!(
            " and {} that the allocator refused",
            count(tally.failed, "request")
        ));
    }
    for site in &sites {
        text.push('\n');
        text.push_str(&excerpt::site_text(
            site,
            &root,
            Promise::AllocFree,
            Style::Plain,
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(function: &str, line: u32) -> Frame {
        Frame {
            function: function.to_owned(),
            file: "/w/src/lib.rs".to_owned(),
            line,
            column: 1,
        }
    }

    fn stack(caller: u32, allocations: u64) -> Named {
        let mut calls = [0; Call::COUNT];
        calls[Call::Alloc as usize] = allocations;
        Named {
            calls,
            bytes: allocations,
            leaked: (0, 0),
            frames: vec![frame("a::site", 1), frame("a::caller", caller)],
        }
    }

    #[test]
    fn the_worst_stack_of_a_site_is_shown_whatever_the_order() {
        let test = frame("a::test", 9);
        let shown = |stacks| sites(stacks, Path::new("/w"), &test);
        let sorted = shown(vec![stack(2, 5), stack(3, 5), stack(4, 1)]);
        let [site] = &sorted[..] else {
            panic!("{} sites", sorted.len());
        };
        assert_eq!((site.allocations, site.frames[1].line), (11, 2));
        assert_eq!(shown(vec![stack(4, 1), stack(3, 5), stack(2, 5)]), sorted);
        assert_eq!(shown(vec![stack(3, 5), stack(4, 1), stack(2, 5)]), sorted);
    }
}
