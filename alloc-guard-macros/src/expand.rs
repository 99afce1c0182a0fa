//! The expansion: a registration that is data, the user's function inside it, and a `#[test]` that runs it.
//!
//! Tests come by the thousand, so each token emitted here counts: no closure and no generic code for each test, and no
//! function around the body where the body can be called as it is. Names and paths carry the span of the attribute's use,
//! so that lints take them for code of another crate and `forbid(unsafe_code)` for none of the user's.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use crate::args::{Arguments, Mark};
use crate::fallback;
use crate::function::{Function, NoFunction, Passing, Returns};
use crate::tokens::Mistakes;
use crate::validate::Operation;

/// Expands one use of an attribute. `default_crate` is where the expansion finds us unless told.
pub(crate) fn attribute(
    mark: Mark,
    default_crate: &str,
    arguments: TokenStream,
    item: TokenStream,
) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let arguments = Arguments::parse(arguments, mark, &mut mistakes);
    let function = match Function::parse(item.clone()) {
        Ok(function) => function,
        Err(reason) => {
            refuse_item(&reason, mark, &mut mistakes);
            return match mistakes.none_or(()) {
                Ok(()) => item,
                Err(errors) => fallback::untouched(&item, &errors),
            };
        }
    };
    let operation = Operation::new(&function, &arguments, mark, &mut mistakes);
    match mistakes.none_or(operation) {
        Ok(operation) => test(mark, default_crate, &arguments, &operation),
        Err(errors) => fallback::plain(&function, &errors),
    }
}

fn refuse_item(reason: &NoFunction, mark: Mark, mistakes: &mut Mistakes) {
    let name = mark.attribute_name();
    match reason {
        NoFunction::OtherItem(word) => {
            mistakes.push(word, format!("`#[{name}]` belongs on a function"));
        }
        NoFunction::NoBody(function) => mistakes.push(function, "a test needs a body"),
        // The compiler says what is missing.
        NoFunction::Incomplete => {}
    }
}

fn test(
    mark: Mark,
    default_crate: &str,
    arguments: &Arguments,
    operation: &Operation<'_>,
) -> TokenStream {
    let library = arguments.crate_path.clone().unwrap_or_else(|| {
        let default = Ident::new(default_crate, Span::call_site());
        quote!(::#default)
    });
    let library = quote!(#library::__private);
    let function = operation.function;
    let name = &function.name;
    let here = at(name.span());
    let stub = placed(name, here);
    let registration = format_ident!("__ALLOC_GUARD_{}", name, span = Span::call_site());
    let link_section = link_section();
    let lint_levels = &operation.lint_levels;
    let user_function = user_function(operation);
    let run = run(&library, arguments, operation);
    let body = if run.is_empty() {
        quote!(Plain(#name))
    } else {
        quote!(Fixtures(__alloc_guard_run))
    };
    let marked_prefix = "\u{1}alloc-guard:1\u{1}";
    let test_name = format!("::{}\u{1}", libtest_name(name));
    let title = arguments.name.as_ref().map_or_else(
        || Literal::string(&operation.title).into_token_stream(),
        ToTokens::to_token_stream,
    );
    let file = quote_spanned!(here=> ::core::file!());
    let line = quote_spanned!(here=> ::core::line!());
    let package = from_cargo("CARGO_PKG_NAME");
    let manifest_dir = from_cargo("CARGO_MANIFEST_DIR");
    let expectation = expectation(&library, mark, arguments);
    let process = arguments.process;
    let warmup = arguments.warmup.clone().unwrap_or_else(|| quote!(0));
    let ignored = option(operation.ignored.as_ref().map(|(_, reason)| reason));
    let ignore = operation.ignored.as_ref().map(|(attribute, _)| attribute);
    let should_panic = option(operation.should_panic.as_ref());
    let visibility = &function.visibility;
    quote! {
        #[cfg(test)]
        #[used]
        #link_section
        #(#lint_levels)*
        static #registration: &#library::Registration = &{
            #user_function
            #run
            #library::Registration {
                marked_name: ::core::concat!(#marked_prefix, ::core::module_path!(), #test_name),
                title: #title,
                file: #file,
                line: #line,
                package: #package,
                manifest_dir: #manifest_dir,
                debug: ::core::cfg!(debug_assertions),
                expectation: #expectation,
                process: #process,
                warmup: #warmup,
                ignored: #ignored,
                should_panic: #should_panic,
                body: #library::Body::#body,
            }
        };
        #[cfg(test)]
        #[::core::prelude::v1::test]
        #ignore
        #(#visibility)* fn #stub() -> #library::Stub {
            #library::libtest(#registration)
        }
    }
}

/// The user's function, with the attributes that are its own.
fn user_function(operation: &Operation<'_>) -> TokenStream {
    let attributes = &operation.kept;
    let parameters = operation.fixtures.iter().map(|fixture| {
        let (attributes, parameter) = (&fixture.kept, fixture.parameter);
        quote!(#(#attributes)* #parameter)
    });
    let Function {
        qualifiers,
        fn_token,
        name,
        generics,
        arrow_and_type,
        body,
        ..
    } = operation.function;
    quote! {
        #(#attributes)*
        #(#qualifiers)* #fn_token #name #(#generics)* (#(#parameters),*) #(#arrow_and_type)* #body
    }
}

/// The function that builds the fixtures, calls the user's under the lock and hands over what it returned; nothing, if
/// the user's function needs none of that.
fn run(library: &TokenStream, arguments: &Arguments, operation: &Operation<'_>) -> TokenStream {
    let is_plain = operation.fixtures.is_empty() && matches!(operation.returns, Returns::Nothing);
    if is_plain && !operation.is_async {
        return TokenStream::new();
    }
    let context = quote!(__alloc_guard_context);
    let name = &operation.function.name;
    // A fixture may have the name of the test, and then hides it.
    let hidden = operation
        .fixtures
        .iter()
        .any(|fixture| fixture.name == *name);
    let alias = hidden.then(|| quote!(let __alloc_guard_body = #name;));
    let callee = if hidden {
        quote!(__alloc_guard_body)
    } else {
        name.to_token_stream()
    };
    let mut bindings = TokenStream::new();
    let mut passed = TokenStream::new();
    for fixture in &operation.fixtures {
        let (name, init) = (local(&fixture.name), &fixture.init);
        // Where the types do not fit, the error stands at the name.
        let here = at(name.span());
        let (binding, argument) = match fixture.passing {
            Passing::Move => (quote!(#name), quote!(#name)),
            Passing::Borrow => (quote!(#name), quote_spanned!(here=> &#name)),
            Passing::BorrowMut => (quote!(mut #name), quote_spanned!(here=> &mut #name)),
        };
        // In a block of its own, or clippy would advise on the `vec!` of a fixture as if a body could take an array.
        bindings.extend(quote!(let #binding = { (#init) };));
        passed.extend(quote!(#argument,));
    }
    let call = quote!(#callee(#passed));
    let call = match (operation.is_async, &arguments.block_on) {
        (false, _) => call,
        (true, None) => quote!(#library::block_on(#context, #call)),
        (true, Some((_, block_on))) => quote!(#library::drive(#context, #call, #block_on)),
    };
    // The lock of a future is held while it is polled, which is not for us to say.
    let (lock, unlock) = if operation.is_async {
        (None, None)
    } else {
        (
            Some(quote!(#context.lock();)),
            Some(quote!(#context.unlock();)),
        )
    };
    let call = match &operation.returns {
        Returns::Nothing => quote!(#lock #call; #unlock),
        Returns::Never => quote!(#lock #call),
        Returns::Value(kind) => {
            let result = quote!(__alloc_guard_result);
            // Where the type does not fit, the error stands at the type.
            let here = at(first_span(kind));
            let returned =
                quote_spanned!(here=> __alloc_guard_context.returned(__alloc_guard_result););
            quote!(#lock let #result = #call; #unlock #returned)
        }
    };
    quote! {
        fn __alloc_guard_run(#context: &mut #library::Context) {
            #alias
            #bindings
            #call
        }
    }
}

fn expectation(library: &TokenStream, mark: Mark, arguments: &Arguments) -> TokenStream {
    let mut fields = TokenStream::new();
    for (budget, value) in &arguments.budgets {
        let budget = placed(budget, Span::call_site());
        fields.extend(quote!(#budget: ::core::option::Option::Some(#value),));
    }
    if arguments.no_leaks {
        fields.extend(quote!(no_leaks: true,));
    }
    if arguments.deny_dealloc {
        fields.extend(quote!(deny_dealloc: true,));
    }
    if !arguments.permitted.is_empty() {
        let sites = arguments
            .permitted
            .iter()
            .map(|(path, reason)| quote!(#library::PermittedSite { path: #path, reason: #reason }));
        fields.extend(quote!(permitted: &[#(#sites),*],));
    }
    let base = match mark {
        Mark::AllocFree => quote!(#library::Expectation::ALLOC_FREE),
        Mark::Allocates => quote!(#library::Expectation::ALLOCATES),
    };
    if fields.is_empty() {
        base
    } else {
        quote!(#library::Expectation { #fields ..#base })
    }
}

/// What cargo says of the package under compilation; a literal costs the compiler a fifth of what `option_env!` does.
fn from_cargo(variable: &str) -> Literal {
    Literal::string(&std::env::var(variable).unwrap_or_default())
}

/// Where the platform's linker gathers registrations. The core reads the same sections.
fn link_section() -> TokenStream {
    quote! {
        #[cfg_attr(
            not(any(windows, target_vendor = "apple", target_family = "wasm")),
            unsafe(link_section = "alloc_guard")
        )]
        #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__alloc_guard"))]
        #[cfg_attr(windows, unsafe(link_section = ".algrd$b"))]
    }
}

/// The name by which libtest knows the function: `r#` stays where the name is a keyword, and goes where it is not.
fn libtest_name(name: &Ident) -> String {
    let written = name.to_string();
    match written.strip_prefix("r#") {
        Some(bare) if syn::parse_str::<Ident>(bare).is_ok() => bare.to_owned(),
        _ => written,
    }
}

/// The place of the user's token, in code that is ours: errors point there, lints pass over it.
fn at(user: Span) -> Span {
    Span::call_site().located_at(user)
}

/// The fixture's name in our code, where we use it even if it says that it is not used, which clippy would mind.
fn local(name: &Ident) -> Ident {
    if name.to_string().starts_with('_') {
        placed(name, at(name.span()))
    } else {
        name.clone()
    }
}

fn placed(name: &Ident, span: Span) -> Ident {
    let mut name = name.clone();
    name.set_span(span);
    name
}

fn first_span(tokens: &TokenStream) -> Span {
    let first = tokens.clone().into_iter().next();
    first.map_or_else(Span::call_site, |token| token.span())
}

fn option(value: Option<&TokenStream>) -> TokenStream {
    value.map_or_else(
        || quote!(::core::option::Option::None),
        |value| quote!(::core::option::Option::Some(#value)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(arguments: &str, item: &str) -> String {
        let expanded = attribute(
            Mark::Allocates,
            "alloc_guard",
            arguments.parse().unwrap(),
            item.parse().unwrap(),
        );
        expanded.to_string()
    }

    #[test]
    fn a_body_that_needs_no_preparation_is_registered_as_it_is() {
        assert!(expanded("", "fn f() {}").contains("Plain (f)"));
        assert!(!expanded("", "fn f() {}").contains("__alloc_guard_run"));
        assert!(expanded("", "fn f() -> R {}").contains("__alloc_guard_run"));
        assert!(expanded("", "async fn f() {}").contains("__alloc_guard_run"));
        assert!(expanded("", "fn f(#[init(1)] x: u8) {}").contains("__alloc_guard_run"));
    }

    #[test]
    fn should_panic_never_reaches_the_stub() {
        let expanded = expanded("", "#[should_panic(expected = \"x\")] fn f() {}");
        assert!(expanded.contains("should_panic : :: core :: option :: Option :: Some (\"x\")"));
        assert!(!expanded.contains("[should_panic"));
    }

    #[test]
    fn the_title_is_the_first_line_of_documentation() {
        let documented = "#[doc = \"\"] #[doc = \" First \"] #[doc = \"Second\"] fn f() {}";
        assert!(expanded("", documented).contains("title : \"First\""));
        assert!(expanded("name = \"Other\"", documented).contains("title : \"Other\""));
    }

    #[test]
    fn a_raw_name_is_spelt_as_libtest_spells_it() {
        for (written, name) in [("r#match", "r#match"), ("r#plain", "plain"), ("é", "é")] {
            assert_eq!(
                libtest_name(
                    &syn::parse_str(written)
                        .unwrap_or_else(|_| { Ident::new_raw(&written[2..], Span::call_site()) })
                ),
                name
            );
        }
    }

    #[test]
    fn a_mistake_leaves_the_function() {
        let expanded = expanded("wrong", "#[ignore] #[inline] fn f(#[init(1)] x: u8) {}");
        assert!(expanded.contains("compile_error"));
        assert!(expanded.contains("fn f (x : u8)") && expanded.contains("# [inline]"));
        assert!(!expanded.contains("init") && !expanded.contains("# [ignore]"));
    }
}
