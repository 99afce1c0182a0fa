//! Owns what an attribute is to a test: ours, one that makes a test, or neither.

use syn::{
    Attribute, Meta, Token,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

use super::cfg::Condition;

/// One attribute of an item, those behind `cfg_attr` too.
pub(super) struct Written {
    pub(super) meta: Meta,
    pub(super) line: usize,
    /// What must hold for it to be there.
    pub(super) conditions: Vec<Condition>,
}

/// What an attribute does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// `#[alloc_free]`, `#[allocates]`.
    Guard,
    /// The compiler's `#[test]`.
    Test,
    /// One that ends in `test`, such as `#[tokio::test]`: it does something around the body, and leaves
    /// the rest to the compiler's.
    TestOfAnother,
    /// `#[test_case]`, `#[test_matrix]`: each case has a function of its own, with the compiler's
    /// `#[test]` above every attribute that stood below.
    TestCase,
    /// `#[rstest]`: the same, but the compiler's is left away where there is one that makes a test.
    Rstest,
}

impl Written {
    /// The attributes in their order.
    pub(super) fn all(attributes: &[Attribute]) -> Vec<Self> {
        let mut all = Vec::new();
        for attribute in attributes {
            add(
                attribute.meta.clone(),
                attribute.pound_token.span.start().line,
                &[],
                &mut all,
            );
        }
        all
    }

    pub(super) fn role(&self) -> Option<Role> {
        let path = self.meta.path();
        let last = path.segments.last()?.ident.to_string();
        let first = path.segments.first()?.ident.to_string();
        match last.as_str() {
            "alloc_free" | "allocates" => Some(Role::Guard),
            "test" if path.segments.len() == 1 || first == "core" || first == "std" => {
                Some(Role::Test)
            }
            "test" => Some(Role::TestOfAnother),
            "test_case" | "test_matrix" => Some(Role::TestCase),
            "rstest" => Some(Role::Rstest),
            _ => None,
        }
    }

    /// The path as it is written, with what makes it an attribute.
    pub(super) fn shown(&self) -> String {
        let segments = self.meta.path().segments.iter();
        let segments: Vec<_> = segments.map(|one| one.ident.to_string()).collect();
        format!("#[{}]", segments.join("::"))
    }

    /// The text of `#[name = "text"]`.
    pub(super) fn value_of(&self, name: &str) -> Option<String> {
        let Meta::NameValue(pair) = &self.meta else {
            return None;
        };
        match &pair.value {
            syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            }) if pair.path.is_ident(name) => Some(text.value()),
            _ => None,
        }
    }

    /// The condition of `#[cfg(condition)]`.
    pub(super) fn cfg(&self) -> Option<Condition> {
        match &self.meta {
            Meta::List(list) if list.path.is_ident("cfg") => Some(
                list.parse_args()
                    .map_or(Condition::Never, |part: Conditional| part.condition),
            ),
            _ => None,
        }
    }
}

/// `condition, attribute, attribute`.
struct Conditional {
    condition: Condition,
    attributes: Vec<Meta>,
}

impl Parse for Conditional {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let condition = Condition::parse(input)?;
        let mut attributes = Vec::new();
        if input.parse::<Option<Token![,]>>()?.is_some() {
            attributes.extend(Punctuated::<Meta, Token![,]>::parse_terminated(input)?);
        }
        Ok(Self {
            condition,
            attributes,
        })
    }
}

fn add(meta: Meta, line: usize, conditions: &[Condition], all: &mut Vec<Written>) {
    if let Meta::List(list) = &meta
        && list.path.is_ident("cfg_attr")
        && let Ok(inside) = list.parse_args::<Conditional>()
    {
        let conditions = [conditions, &[inside.condition]].concat();
        for meta in inside.attributes {
            add(meta, line, &conditions, all);
        }
        return;
    }
    all.push(Written {
        meta,
        line,
        conditions: conditions.to_vec(),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Vec<Written> {
        let function: syn::ItemFn = syn::parse_str(&format!("{text} fn f() {{}}")).unwrap();
        Written::all(&function.attrs)
    }

    #[test]
    fn each_attribute_has_its_role() {
        for (text, role) in [
            ("#[alloc_free]", Some(Role::Guard)),
            (
                "#[alloc_guard::allocates(max_allocations = 1)]",
                Some(Role::Guard),
            ),
            ("#[test]", Some(Role::Test)),
            ("#[core::prelude::v1::test]", Some(Role::Test)),
            ("#[::std::prelude::v1::test]", Some(Role::Test)),
            (
                "#[tokio::test(flavor = \"current_thread\")]",
                Some(Role::TestOfAnother),
            ),
            ("#[test_log::test]", Some(Role::TestOfAnother)),
            ("#[test_case(1 => 2; \"two\")]", Some(Role::TestCase)),
            ("#[test_case::test_matrix(1..2)]", Some(Role::TestCase)),
            ("#[rstest::rstest]", Some(Role::Rstest)),
            ("#[case(1)]", None),
            ("#[test_helper]", None),
            ("#[cfg(test)]", None),
        ] {
            assert_eq!(written(text)[0].role(), role, "{text}");
        }
    }

    #[test]
    fn what_stands_behind_a_condition_is_an_attribute_too() {
        let text =
            "#[cfg_attr(not(miri), test, cfg_attr(unix, alloc_guard::alloc_free))] #[ignore]";
        let written = written(text);
        let shown: Vec<_> = written.iter().map(Written::shown).collect();
        assert_eq!(
            shown,
            ["#[test]", "#[alloc_guard::alloc_free]", "#[ignore]"]
        );
        let conditions: Vec<_> = written.iter().map(|one| one.conditions.len()).collect();
        assert_eq!(conditions, [1, 2, 0]);
    }

    #[test]
    fn values_and_conditions_are_read() {
        let written = written("#[path = \"a.rs\"] #[cfg(unix)] #[cfg(true)]");
        assert_eq!(written[0].value_of("path").as_deref(), Some("a.rs"));
        assert_eq!(written[0].value_of("doc"), None);
        assert_eq!(written[0].cfg(), None);
        assert_eq!(
            written[1].cfg(),
            Some(Condition::Is("unix".to_owned(), None))
        );
        assert_eq!(written[2].cfg(), Some(Condition::All(Vec::new())));
    }
}
