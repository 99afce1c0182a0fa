//! From what was written to an operation that can be run, or to everything that is wrong with it.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::args::{Arguments, Mark};
use crate::attribute::{Attribute, Content};
use crate::function::{Function, Parameter, Passing, Returns};
use crate::tokens::{Mistakes, flatten, is_ident, is_punct, stream};

/// A use without mistakes, sorted for the expansion.
pub(crate) struct Operation<'a> {
    pub(crate) function: &'a Function,
    pub(crate) fixtures: Vec<Fixture<'a>>,
    pub(crate) returns: Returns,
    pub(crate) is_async: bool,
    /// The first line of documentation.
    pub(crate) title: String,
    /// The levels of lints, which hold for fixtures and body.
    pub(crate) lint_levels: Vec<&'a Attribute>,
    /// What stays on the user's function.
    pub(crate) kept: Vec<&'a Attribute>,
    pub(crate) ignored: Option<(&'a Attribute, TokenStream)>,
    /// The text expected in the panic, or the empty text.
    pub(crate) should_panic: Option<TokenStream>,
}

/// A parameter and what it is built from.
pub(crate) struct Fixture<'a> {
    pub(crate) parameter: &'a Parameter,
    pub(crate) name: Ident,
    pub(crate) init: TokenStream,
    pub(crate) passing: Passing,
    /// The parameter's attributes, without `#[init]`.
    pub(crate) kept: Vec<&'a Attribute>,
}

impl<'a> Operation<'a> {
    pub(crate) fn new(
        function: &'a Function,
        arguments: &Arguments,
        mark: Mark,
        mistakes: &mut Mistakes,
    ) -> Self {
        let is_async = function.qualifier("async").is_some();
        refuse_signature(function, mistakes);
        if let Some((word, _)) = &arguments.block_on
            && !is_async
        {
            mistakes.push(word, "`block_on` drives an `async fn`, and this one is not");
        }
        let mut operation = Self {
            function,
            fixtures: Vec::new(),
            returns: function.returns(),
            is_async,
            title: String::new(),
            lint_levels: Vec::new(),
            kept: Vec::new(),
            ignored: None,
            should_panic: None,
        };
        let mut parameters_explained = false;
        for attribute in &function.attributes {
            parameters_explained |= refuse_attribute(attribute, mark, is_async, mistakes);
            operation.sort(attribute, mistakes);
        }
        for parameter in &function.parameters {
            let fixture = Fixture::new(parameter, parameters_explained, mistakes);
            operation.fixtures.extend(fixture);
        }
        operation
    }

    fn sort(&mut self, attribute: &'a Attribute, mistakes: &mut Mistakes) {
        if attribute.is("ignore") {
            let reason = if let Content::Value(reason) = &attribute.content {
                reason.clone()
            } else {
                quote!("")
            };
            self.ignored = Some((attribute, reason));
        } else if attribute.is("should_panic") {
            self.should_panic = Some(expected_panic(attribute, mistakes));
        } else if attribute.is_lint_level() {
            self.lint_levels.push(attribute);
        } else if !attribute.is_plain_test() {
            if let Some(text) = attribute.doc_text()
                && self.title.is_empty()
            {
                let line = text.lines().map(str::trim).find(|line| !line.is_empty());
                line.unwrap_or_default().clone_into(&mut self.title);
            }
            self.kept.push(attribute);
        }
    }
}

impl<'a> Fixture<'a> {
    fn new(parameter: &'a Parameter, explained: bool, mistakes: &mut Mistakes) -> Option<Self> {
        if parameter
            .pattern
            .iter()
            .any(|token| is_ident(Some(token), "self"))
        {
            // The receiver was refused with the signature.
            return None;
        }
        let pattern = flatten(stream(&parameter.pattern));
        let name = match &pattern[..] {
            [TokenTree::Ident(name)] if name != "_" => Some(name),
            [TokenTree::Ident(word), TokenTree::Ident(name)] if word == "mut" => Some(name),
            _ if is_variadic(parameter) => None,
            _ if parameter.colon.is_none() => {
                mistakes.push(parameter, "expected `name: Type`");
                None
            }
            pattern => {
                let message = "a fixture needs a name here; take it apart in the body";
                mistakes.push(stream(pattern), message);
                None
            }
        };
        if let Some(word) = parameter
            .kind
            .iter()
            .find(|token| is_ident(Some(token), "impl"))
        {
            mistakes.push(word, "a fixture has a type of its own, not `impl Trait`");
        }
        let mut init = None;
        let mut kept = Vec::new();
        for attribute in &parameter.attributes {
            if attribute.is("cfg") || attribute.is("cfg_attr") {
                let message = "a fixture cannot depend on `cfg`; put it on the function";
                mistakes.push(attribute.path_tokens(), message);
            } else if !attribute.is("init") {
                kept.push(attribute);
            } else if init.is_some() {
                let message = "a fixture has one `#[init(EXPR)]`, and this is the second";
                mistakes.push(attribute.path_tokens(), message);
            } else {
                init = Some(initial_value(attribute, mistakes));
            }
        }
        if init.is_none() && !explained && name.is_some() {
            let case = ["case", "values", "with", "from", "future"];
            let of_rstest = parameter
                .attributes
                .iter()
                .find(|one| case.iter().any(|case| one.is(case)));
            match of_rstest {
                Some(attribute) => mistakes.push(
                    attribute.path_tokens(),
                    "for cases of `rstest`, put `#[rstest]` above this attribute",
                ),
                None => mistakes.push(
                    name,
                    "what is this parameter built from? write `#[init(EXPR)]` before it",
                ),
            }
        }
        Some(Self {
            parameter,
            name: name?.clone(),
            init: init??,
            passing: parameter.passing(),
            kept,
        })
    }
}

fn initial_value(attribute: &Attribute, mistakes: &mut Mistakes) -> Option<TokenStream> {
    match &attribute.content {
        Content::List(expression) if !expression.is_empty() => Some(expression.clone()),
        _ => {
            let message = "write `#[init(EXPR)]`, with the expression that builds the fixture";
            mistakes.push(attribute, message);
            None
        }
    }
}

/// The signatures that nothing can call.
fn refuse_signature(function: &Function, mistakes: &mut Mistakes) {
    let reasons = [
        ("const", "a test is not for compile time: remove `const`"),
        (
            "unsafe",
            "a test is safe to call: put `unsafe` inside the body",
        ),
        (
            "extern",
            "a test has Rust's own calling convention: remove `extern`",
        ),
    ];
    for (word, reason) in reasons {
        if let Some(token) = function.qualifier(word) {
            mistakes.push(token, reason);
        }
    }
    // `<>` is legal and says nothing.
    if function.generics.len() > 2 {
        let reason = "a test cannot be generic: nothing chooses its parameters";
        mistakes.push(stream(&function.generics), reason);
    } else if !function.where_clause.is_empty() {
        let reason = "a test cannot have a `where` clause";
        mistakes.push(stream(&function.where_clause), reason);
    }
    for parameter in &function.parameters {
        let receiver = parameter
            .pattern
            .iter()
            .find(|token| is_ident(Some(token), "self"));
        if let Some(token) = receiver {
            mistakes.push(token, "a test takes no `self`: move it out of the `impl`");
        }
        if is_variadic(parameter) {
            mistakes.push(parameter, "a test takes no variable arguments");
        }
    }
}

fn is_variadic(parameter: &Parameter) -> bool {
    let dots = |tokens: &[TokenTree]| {
        let trailing = tokens
            .iter()
            .rev()
            .take_while(|token| is_punct(Some(token), '.'));
        trailing.count() == 3
    };
    dots(&parameter.pattern) || dots(&parameter.kind)
}

/// Refuses what cannot stand under ours. True where that also explains parameters without `#[init]`.
fn refuse_attribute(
    attribute: &Attribute,
    mark: Mark,
    is_async: bool,
    mistakes: &mut Mistakes,
) -> bool {
    let ours = mark.attribute_name();
    let place = attribute.path_tokens();
    let path = attribute.path_text();
    for name in ["alloc_free", "allocates"] {
        if attribute.ends(name) || attribute.ends(&format!("{name}_core")) {
            let message = if name == ours {
                format!("`#[{ours}]` is given twice")
            } else {
                format!("a test is either `#[{ours}]` or `#[{name}]`")
            };
            mistakes.push(&place, message);
        }
    }
    if attribute.is("bench") {
        mistakes.push(
            place,
            format!("a benchmark cannot be `#[{ours}]`; use `measure` inside it"),
        );
    } else if attribute.ends("rstest") {
        mistakes.push(place, format!("put `#[rstest]` above `#[{ours}]`"));
        return true;
    } else if attribute.ends("test_case") {
        mistakes.push(
            place,
            "`test_case` is not supported; use `rstest`, above this attribute",
        );
        return true;
    } else if attribute.ends("test") && !attribute.is_plain_test() {
        let message = if is_async {
            format!(
                "remove `#[{path}]` and drive the future with `#[{ours}(block_on = |future| …)]`"
            )
        } else {
            format!("remove `#[{path}]`: `#[{ours}]` makes the test")
        };
        mistakes.push(place, message);
    }
    false
}

/// What `#[should_panic]`, `#[should_panic = "…"]` or `#[should_panic(expected = "…")]` expects.
fn expected_panic(attribute: &Attribute, mistakes: &mut Mistakes) -> TokenStream {
    match &attribute.content {
        Content::Nothing => return quote!(""),
        Content::Value(text) => return text.clone(),
        Content::List(list) => {
            let list = flatten(list.clone());
            if let [word, _equals, text @ ..] = &list[..]
                && is_ident(Some(word), "expected")
                && let Some(text) = text.first()
            {
                return text.to_token_stream();
            }
        }
    }
    mistakes.push(attribute, "write `#[should_panic(expected = \"text\")]`");
    quote!("")
}
