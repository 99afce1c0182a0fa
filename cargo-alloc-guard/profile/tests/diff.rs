//! Two builds of one program, of which one function is known to differ.

use std::path::PathBuf;

use alloc_guard_profile::{Amount, Class, FunctionChange, Profile, diff, open};

fn profile(name: &str) -> Profile {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/bytehound");
    open(&folder.join(name)).unwrap()
}

fn more([base, changed]: [Amount; 2]) -> (i64, i64) {
    let more = |base: u64, changed: u64| changed.cast_signed() - base.cast_signed();
    (
        more(base.count, changed.count),
        more(base.bytes, changed.bytes),
    )
}

#[test]
fn the_function_that_regressed_is_named_and_no_other() {
    let diff = diff(
        &profile("decoded-base.dat"),
        &profile("decoded-regressed.dat"),
    );
    let sites: Vec<&FunctionChange> = diff.changed_sites().collect();
    assert_eq!(sites.len(), 1, "{sites:#?}");
    let site = sites[0];
    assert_eq!(site.function.name, "toy::describe_section");
    assert_eq!(site.function.file, "src/main.rs");
    assert_eq!(site.function.class, Class::Workspace);
    assert_eq!(
        more(site.as_site.map(|sums| sums.allocations)),
        (2_950, 168_180)
    );
    assert_eq!(
        more(diff.at_changed_sites().map(|sums| sums.allocations)),
        (2_950, 168_180)
    );
    // The longer name of the program is not its doing.
    assert_eq!(
        more(diff.totals.map(|totals| totals.allocations)),
        (2_950, 168_185)
    );
    assert_eq!(more(diff.totals.map(|totals| totals.leaked)), (0, 0));
    assert_eq!(more(diff.totals.map(|totals| totals.peak)).1, 0);
}

#[test]
fn callers_carry_the_change_and_are_not_its_site() {
    let diff = diff(
        &profile("decoded-base.dat"),
        &profile("decoded-regressed.dat"),
    );
    let function = |name: &str| {
        diff.functions
            .iter()
            .find(|change| change.function.name == name)
            .unwrap()
    };
    let caller = function("toy::phase_wasm");
    assert_eq!(
        more(caller.inclusive.map(|sums| sums.allocations)),
        (2_950, 168_180)
    );
    assert_eq!(more(caller.as_site.map(|sums| sums.allocations)), (0, 0));
    assert_eq!(diff.functions[0].function.name, "toy::describe_section");
    for change in &diff.functions {
        let [base, changed] = change.inclusive;
        assert!(base.allocations.count <= diff.totals[0].allocations.count);
        assert!(changed.allocations.count <= diff.totals[1].allocations.count);
    }
}

#[test]
fn the_other_way_round_everything_is_the_other_way_round() {
    let (base, changed) = (
        profile("decoded-base.dat"),
        profile("decoded-regressed.dat"),
    );
    let (there, back) = (diff(&base, &changed), diff(&changed, &base));
    let mut swapped = there.functions.clone();
    for change in &mut swapped {
        change.inclusive.reverse();
        change.as_site.reverse();
    }
    assert_eq!(swapped, back.functions);
    let names = |sites: Vec<&FunctionChange>| -> Vec<String> {
        sites
            .iter()
            .map(|site| site.function.name.clone())
            .collect()
    };
    assert_eq!(
        names(there.changed_sites().collect()),
        names(back.changed_sites().collect())
    );
}

#[test]
fn a_profile_does_not_differ_from_itself() {
    let base = profile("decoded-base.dat");
    let diff = diff(&base, &base);
    assert_eq!(diff.changed_sites().count(), 0);
    for node in &diff.tree.nodes {
        assert_eq!(node.base, node.changed);
    }
}

#[test]
fn the_tree_holds_the_totals_of_both() {
    let diff = diff(
        &profile("decoded-base.dat"),
        &profile("decoded-regressed.dat"),
    );
    let (mut base, mut changed) = (Amount::default(), Amount::default());
    for (index, node) in diff.tree.nodes.iter().enumerate() {
        assert!((node.caller as usize) < index || index == 0);
        base += node.base.allocations;
        changed += node.changed.allocations;
    }
    assert_eq!(
        [base, changed],
        diff.totals.map(|totals| totals.allocations)
    );
}
