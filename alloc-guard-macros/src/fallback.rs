//! What is emitted when the attribute was used wrongly: the errors, and the function as it is, so that nothing that
//! names it breaks as well.

use proc_macro2::TokenStream;
use quote::quote;

use crate::attribute::Attribute;
use crate::function::Function;

/// The errors and the function, without what only a test may carry.
pub(crate) fn plain(function: &Function, errors: &syn::Error) -> TokenStream {
    let errors = errors.to_compile_error();
    let attributes = function
        .attributes
        .iter()
        .filter(|attribute| !is_for_tests(attribute));
    let parameters = function.parameters.iter().map(|parameter| {
        let attributes = parameter.attributes.iter().filter(|attribute| {
            attribute.is_lint_level() || attribute.is("cfg") || attribute.is("cfg_attr")
        });
        quote!(#(#attributes)* #parameter)
    });
    let Function {
        visibility,
        qualifiers,
        fn_token,
        name,
        generics,
        arrow_and_type,
        where_clause,
        body,
        ..
    } = function;
    quote! {
        #errors
        #[cfg(test)]
        #[allow(dead_code)]
        #(#attributes)*
        #(#visibility)* #(#qualifiers)* #fn_token #name #(#generics)* (#(#parameters),*)
        #(#arrow_and_type)* #(#where_clause)* #body
    }
}

/// The errors and an item that is no function, as it was.
pub(crate) fn untouched(item: &TokenStream, errors: &syn::Error) -> TokenStream {
    let errors = errors.to_compile_error();
    quote!(#errors #item)
}

/// Whether the attribute makes a test of the function, or only makes sense on one.
fn is_for_tests(attribute: &Attribute) -> bool {
    const NAMES: [&str; 11] = [
        "test",
        "bench",
        "ignore",
        "should_panic",
        "rstest",
        "case",
        "test_case",
        "alloc_free",
        "allocates",
        "alloc_free_core",
        "allocates_core",
    ];
    NAMES.iter().any(|name| attribute.ends(name))
}
