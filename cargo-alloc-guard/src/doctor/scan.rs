//! Owns what a source file holds that matters here: tests and how they are marked, allocators, and
//! whether it starts our runner.

use proc_macro2::Span;
use syn::{
    Block, ImplItemFn, ItemFn, ItemMod, ItemStatic, Macro, UseName, UseRename,
    visit::{self, Visit},
};

use super::{
    attributes::{Role, Written},
    cfg::Condition,
    modules::{SourceFile, conditions_of},
};

/// What was found in a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) tests: Vec<Test>,
    pub(super) allocators: Vec<Allocator>,
    /// Where `alloc_guard::main!()` stands, and the path before the `!`.
    pub(super) mains: Vec<Vec<String>>,
}

/// A function that some attribute makes a test of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Test {
    pub(super) name: String,
    pub(super) line: usize,
    /// The first attribute of ours.
    pub(super) guard: Option<Mark>,
    /// The attributes of others that make it a test; those of `rstest` are not above ours.
    pub(super) others: Vec<Other>,
    /// Whether it stands inside a block, where the standard harness cannot name it.
    pub(super) is_in_block: bool,
}

/// An attribute as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) shown: String,
    pub(super) line: usize,
}

/// An attribute of others that makes a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Other {
    pub(super) mark: Mark,
    pub(super) role: Role,
    pub(super) is_above_ours: bool,
}

/// A `#[global_allocator]`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Allocator {
    pub(super) line: usize,
    pub(super) conditions: Vec<Condition>,
}

/// Looks through a file.
pub(super) fn scan(file: &SourceFile) -> Found {
    let mut scan = Scan {
        conditions: file.conditions.clone(),
        ..Scan::default()
    };
    scan.visit_file(&file.source.syntax);
    let mut found = scan.found;
    if scan.test_is_of_another {
        let others = found.tests.iter_mut().flat_map(|test| &mut test.others);
        for other in others.filter(|other| other.mark.shown == "#[test]") {
            other.role = Role::TestOfAnother;
        }
    }
    found
}

#[derive(Default)]
struct Scan {
    found: Found,
    /// How many blocks are open.
    blocks: usize,
    conditions: Vec<Condition>,
    /// `use test_log::test;` makes `#[test]` that one.
    test_is_of_another: bool,
}

impl Scan {
    fn function(&mut self, attributes: &[syn::Attribute], name: &syn::Ident) {
        let mut test = Test {
            name: name.to_string(),
            line: line(name.span()),
            guard: None,
            others: Vec::new(),
            is_in_block: self.blocks > 0,
        };
        for written in Written::all(attributes) {
            let mark = Mark {
                shown: written.shown(),
                line: written.line,
            };
            match written.role() {
                None => {}
                Some(Role::Guard) => test.guard = test.guard.or(Some(mark)),
                Some(role) => test.others.push(Other {
                    mark,
                    role,
                    is_above_ours: test.guard.is_none(),
                }),
            }
        }
        if test.guard.is_none() {
            for other in &mut test.others {
                other.is_above_ours = false;
            }
        }
        if test.guard.is_some() || !test.others.is_empty() {
            self.found.tests.push(test);
        }
    }

    /// Visits what stands under an item's own conditions.
    fn under(&mut self, attributes: &[syn::Attribute], visit: impl FnOnce(&mut Self)) {
        let outside = self.conditions.len();
        self.conditions.extend(conditions_of(attributes));
        visit(self);
        self.conditions.truncate(outside);
    }
}

impl<'ast> Visit<'ast> for Scan {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.function(&function.attrs, &function.sig.ident);
        self.under(&function.attrs, |scan| visit::visit_item_fn(scan, function));
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.under(&function.attrs, |scan| {
            visit::visit_impl_item_fn(scan, function);
        });
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        self.under(&module.attrs, |scan| visit::visit_item_mod(scan, module));
    }

    fn visit_block(&mut self, block: &'ast Block) {
        self.blocks += 1;
        visit::visit_block(self, block);
        self.blocks -= 1;
    }

    fn visit_item_static(&mut self, item: &'ast ItemStatic) {
        for written in Written::all(&item.attrs) {
            if written.meta.path().is_ident("global_allocator") {
                let own = conditions_of(&item.attrs);
                self.found.allocators.push(Allocator {
                    line: line(item.ident.span()),
                    conditions: [&self.conditions[..], &own, &written.conditions].concat(),
                });
            }
        }
        visit::visit_item_static(self, item);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        let path = call.path.segments.iter();
        let path: Vec<_> = path.map(|segment| segment.ident.to_string()).collect();
        if path.last().is_some_and(|last| last == "main") {
            self.found.mains.push(path);
        }
    }

    fn visit_use_name(&mut self, leaf: &'ast UseName) {
        self.test_is_of_another |= leaf.ident == "test";
    }

    fn visit_use_rename(&mut self, leaf: &'ast UseRename) {
        self.test_is_of_another |= leaf.rename == "test";
    }
}

fn line(span: Span) -> usize {
    span.start().line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::source::Source;

    fn found(text: &str) -> Found {
        let Ok(source) = Source::parse(text) else {
            panic!("{text}");
        };
        scan(&SourceFile {
            path: "x.rs".into(),
            source,
            conditions: Vec::new(),
        })
    }

    /// Each test in few words: its name, `!` if it is guarded, `{` if it stands in a block, and the
    /// other attributes with `^` for one that stands above ours.
    fn tests(text: &str) -> Vec<String> {
        let tests = found(text).tests.into_iter().map(|test| {
            let mut short = test.name;
            short.push_str(if test.guard.is_some() { "!" } else { "" });
            short.push_str(if test.is_in_block { "{" } else { "" });
            for other in test.others {
                let above = if other.is_above_ours { "^" } else { "" };
                short.push_str(&format!(" {above}{:?}", other.role));
            }
            short
        });
        tests.collect()
    }

    #[test]
    fn tests_are_found_with_what_makes_them_and_its_order() {
        for (text, expected) in [
            ("#[test] fn a() {}", "a Test"),
            ("#[alloc_free] fn a() {}", "a!"),
            ("#[test] #[alloc_free] fn a() {}", "a! ^Test"),
            ("#[alloc_free] #[test] fn a() {}", "a! Test"),
            (
                "#[test_case(1)] #[ignore] #[allocates] fn a() {}",
                "a! ^TestCase",
            ),
            (
                "#[cfg_attr(unix, test)] #[alloc_free] fn a() {}",
                "a! ^Test",
            ),
            (
                "mod m { #[tokio::test] async fn a() {} }",
                "a TestOfAnother",
            ),
            ("use test_log::test; #[test] fn a() {}", "a TestOfAnother"),
            ("use x::{y as test}; #[test] fn a() {}", "a TestOfAnother"),
        ] {
            assert_eq!(tests(text), [expected], "{text}");
        }
        assert_eq!(tests("#[ignore] fn a() {} mod test { fn b() {} }"), [""; 0]);
    }

    #[test]
    fn inside_any_block_is_inside_one() {
        for text in [
            "fn f() { #[alloc_free] fn a() {} }",
            "fn f() { if x { loop { #[alloc_free] fn a() {} } } }",
            "fn f() { mod m { #[alloc_free] fn a() {} } }",
            "impl S { fn f() { #[alloc_free] fn a() {} } }",
            "trait T { fn f() { #[alloc_free] fn a() {} } }",
            "const _: () = { #[alloc_free] fn a() {} };",
            "static S: u8 = f(|| { #[alloc_free] fn a() {} });",
        ] {
            assert_eq!(tests(text), ["a!{"], "{text}");
        }
        let beside = "fn f() {} #[alloc_free] fn a() {} mod m { #[alloc_free] fn b() {} }";
        assert_eq!(tests(beside), ["a!", "b!"]);
    }

    #[test]
    fn lines_are_those_of_the_name_and_of_the_attribute() {
        let test = found("#[test]\n#[alloc_free]\npub\nfn a() {}")
            .tests
            .remove(0);
        assert_eq!(test.line, 4);
        assert_eq!(test.guard.map(|guard| guard.line), Some(2));
        assert_eq!(test.others[0].mark.line, 1);
    }

    #[test]
    fn an_allocator_is_found_with_all_its_conditions() {
        let set = |name: &str| Condition::Is(name.to_owned(), None);
        let text = "#[cfg(a)] mod m {\n#[cfg(b)]\n#[cfg_attr(c, global_allocator)]\nstatic A: S = S; }\n\
                    fn f() { #[global_allocator] static B: S = S; }\nstatic C: S = S;";
        let allocators = found(text).allocators;
        assert_eq!(
            allocators,
            [
                Allocator {
                    line: 4,
                    conditions: vec![set("a"), set("b"), set("c")]
                },
                Allocator {
                    line: 5,
                    conditions: Vec::new()
                },
            ]
        );
    }

    #[test]
    fn our_runner_is_known_by_its_macro() {
        let mains = |text| found(text).mains;
        assert_eq!(mains("alloc_guard::main!();"), [["alloc_guard", "main"]]);
        assert_eq!(mains("main!();"), [["main"]]);
        assert_eq!(mains("criterion_main!(a);").len(), 0);
    }
}
