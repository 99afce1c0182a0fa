//! What two profiles differ in, by function.

use std::cmp::Reverse;

use super::{
    normal::Function,
    tree::{DiffNode, DiffTree, tree},
};
use crate::{
    derive::{Totals, inclusive},
    model::{Amount, Profile, Rank, Sums, site_of},
};

/// What a function allocated in two profiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionChange {
    /// Which function.
    pub function: Function,
    /// Everything asked for while it was on the stack: in the first profile, and in the second.
    pub inclusive: [Sums; 2],
    /// What it is the site of: in the first profile, and in the second.
    pub as_site: [Sums; 2],
}

/// Sizes that differ by less than this part of the bytes are no change where the number of allocations is the same: paths and names
/// that a run is given differ in length.
const SIZE_TOLERANCE: u64 = 100;

impl FunctionChange {
    /// Whether what is asked for here changed: the number of allocations, the bytes by a hundredth or more, or what leaks. When
    /// something was freed is no change: that may differ from run to run.
    #[must_use]
    pub fn is_changed_site(&self) -> bool {
        let [base, changed] = self.as_site;
        differ(base.allocations, changed.allocations) || differ(base.leaked, changed.leaked)
    }
}

fn differ(base: Amount, changed: Amount) -> bool {
    let more = base.bytes.abs_diff(changed.bytes);
    base.count != changed.count || more.saturating_mul(SIZE_TOLERANCE) > base.bytes
}

/// Two profiles, compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff {
    /// The totals of the first profile, and of the second.
    pub totals: [Totals; 2],
    /// Every function of either, the greatest change of bytes as a site first, and then of all bytes.
    pub functions: Vec<FunctionChange>,
    /// The stacks of both.
    pub tree: DiffTree,
}

/// Compares two profiles of one program. What another build or run changes by itself is left out of account: addresses, modules,
/// line numbers, hashes, the folder in which the program was built.
#[must_use]
pub fn diff(base: &Profile, changed: &Profile) -> Diff {
    let tree = tree(base, changed);
    let mut functions: Vec<FunctionChange> = tree
        .functions
        .iter()
        .map(|function| FunctionChange {
            function: function.clone(),
            inclusive: Default::default(),
            as_site: Default::default(),
        })
        .collect();
    let nodes: Vec<(usize, Option<usize>)> = (0..)
        .zip(&tree.nodes)
        .map(|(index, node)| {
            let function = (index > 0).then_some(node.function as usize);
            (node.caller as usize, function)
        })
        .collect();
    let sites = sites(&tree);
    let both: [fn(&DiffNode) -> Sums; 2] = [|node| node.base, |node| node.changed];
    for (side, of) in both.into_iter().enumerate() {
        let own: Vec<Sums> = tree.nodes.iter().map(of).collect();
        for (site, sums) in sites.iter().zip(&own) {
            if let Some(site) = site {
                functions[*site].as_site[side] += *sums;
            }
        }
        let inclusive = inclusive(&nodes, own, functions.len());
        for (function, inclusive) in functions.iter_mut().zip(inclusive) {
            function.inclusive[side] = inclusive;
        }
    }
    let size = |[base, changed]: [Sums; 2]| {
        Reverse((
            base.allocations.bytes.abs_diff(changed.allocations.bytes),
            base.allocations.count.abs_diff(changed.allocations.count),
        ))
    };
    functions.sort_by(|a, b| {
        (size(a.as_site), size(a.inclusive), &a.function).cmp(&(
            size(b.as_site),
            size(b.inclusive),
            &b.function,
        ))
    });
    Diff {
        totals: [base.totals(), changed.totals()],
        functions,
        tree,
    }
}

/// The function that is the site of each node.
fn sites(tree: &DiffTree) -> Vec<Option<usize>> {
    let rank = |function: usize| {
        let function = &tree.functions[function];
        Rank::of(function.class, !function.name.is_empty())
    };
    let mut sites: Vec<Option<usize>> = vec![None];
    for node in tree.nodes.iter().skip(1) {
        let callers = sites.get(node.caller as usize).copied().flatten();
        sites.push(site_of(callers, node.function as usize, rank));
    }
    sites
}

impl Diff {
    /// The functions whose own requests changed, see [`FunctionChange::is_changed_site`]: where something was done, and not those
    /// who merely called it.
    pub fn changed_sites(&self) -> impl Iterator<Item = &FunctionChange> {
        self.functions
            .iter()
            .filter(|change| change.is_changed_site())
    }

    /// The sums of all changed sites, in the first profile and in the second.
    #[must_use]
    pub fn at_changed_sites(&self) -> [Sums; 2] {
        let mut all = [Sums::default(); 2];
        for change in self.changed_sites() {
            for (all, sums) in all.iter_mut().zip(change.as_site) {
                *all += sums;
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Class;

    /// Functions nobody knows the origin of, each called by the one before it, and their sites.
    fn sites_of(names: &[&str]) -> Vec<Option<usize>> {
        let function = |name: &&str| Function {
            name: (*name).to_owned(),
            file: String::new(),
            class: Class::Unknown,
        };
        let node = |(caller, function)| DiffNode {
            caller,
            function,
            base: Sums::default(),
            changed: Sums::default(),
        };
        let called = (0..).zip(0..).take(names.len()).map(node);
        sites(&DiffTree {
            functions: names.iter().map(function).collect(),
            nodes: [node((0, 0))].into_iter().chain(called).collect(),
        })
    }

    #[test]
    fn of_unknown_origin_only_a_function_with_a_name_is_a_site() {
        assert_eq!(sites_of(&["a", ""]), [None, Some(0), Some(0)]);
        assert_eq!(sites_of(&["", "a"]), [None, None, Some(1)]);
    }

    #[test]
    fn another_number_of_allocations_is_a_change_and_so_is_a_hundredth_of_the_bytes() {
        let amount = |(count, bytes)| Amount { count, bytes };
        for (base, changed, expected) in [
            ((10, 1_000), (10, 1_000), false),
            ((10, 1_000), (11, 1_000), true),
            ((10, 1_000), (9, 1_000), true),
            ((10, 1_000), (10, 1_010), false),
            ((10, 1_000), (10, 1_011), true),
            ((10, 1_000), (10, 989), true),
            ((0, 0), (0, 0), false),
            ((1, 0), (1, 1), true),
        ] {
            let found = differ(amount(base), amount(changed));
            assert_eq!(found, expected, "{base:?} {changed:?}");
        }
    }
}
