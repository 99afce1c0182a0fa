//! Reading raw tokens: where an argument ends, and what hides in an invisible group.
//!
//! Types, expressions and bodies are passed on as they came. That spares the full syntax tree, and lets 10,000 tests
//! compile in the time of plain ones.

use std::fmt::Display;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

/// What is wrong with one use of an attribute, all of it, to be reported at once.
#[derive(Default)]
pub(crate) struct Mistakes(Option<syn::Error>);

impl Mistakes {
    /// Notes a mistake on the tokens that are wrong.
    pub(crate) fn push(&mut self, tokens: impl ToTokens, message: impl Display) {
        let error = syn::Error::new_spanned(tokens, message);
        match &mut self.0 {
            Some(all) => all.combine(error),
            all @ None => *all = Some(error),
        }
    }

    /// The value, if nothing was noted.
    pub(crate) fn none_or<T>(self, value: T) -> Result<T, syn::Error> {
        match self.0 {
            Some(error) => Err(error),
            None => Ok(value),
        }
    }
}

pub(crate) fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

pub(crate) fn is_ident(token: Option<&TokenTree>, wanted: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == wanted)
}

pub(crate) fn is_group(token: Option<&TokenTree>, wanted: Delimiter) -> bool {
    matches!(token, Some(TokenTree::Group(group)) if group.delimiter() == wanted)
}

/// Undoes the invisible groups that `macro_rules!` puts around what it matched, at this level.
pub(crate) fn flatten(tokens: TokenStream) -> Vec<TokenTree> {
    let mut flat = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                flat.extend(flatten(group.stream()));
            }
            token => flat.push(token),
        }
    }
    flat
}

/// The index of the `>` that closes the `<` at `open`.
pub(crate) fn closing_angle(tokens: &[TokenTree], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        if is_punct(Some(token), '<') {
            depth += 1;
        } else if is_punct(Some(token), '>') && !ends_arrow(tokens, index) {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(index);
            }
        }
    }
    None
}

fn ends_arrow(tokens: &[TokenTree], index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|before| tokens.get(before));
    is_punct(before, '-') || is_punct(before, '=')
}

/// Splits parameters at their commas. Every `<` here opens generic arguments.
pub(crate) fn split_parameters(tokens: Vec<TokenTree>) -> Vec<Vec<TokenTree>> {
    split(tokens, closing_angle)
}

/// Splits arguments at their commas, and not at those within `foo::<A, B>`, `|a, b| a + b` or `x as Map<A, B>`.
pub(crate) fn split_arguments(tokens: Vec<TokenTree>) -> Vec<Vec<TokenTree>> {
    split(tokens, |tokens, index| {
        let before = index.checked_sub(1).and_then(|before| tokens.get(before));
        if is_punct(tokens.get(index), '|') {
            return starts_operand(before).then(|| closing_pipe(tokens, index))?;
        }
        let opens_generics =
            is_punct(before, ':') || starts_operand(before) || in_type(tokens, index);
        opens_generics.then(|| closing_angle(tokens, index))?
    })
}

/// Whether an operand, not an operator, stands after this token.
fn starts_operand(before: Option<&TokenTree>) -> bool {
    match before {
        None => true,
        Some(TokenTree::Punct(punct)) => punct.as_char() != '?',
        Some(TokenTree::Ident(ident)) => ident == "move" || ident == "return",
        Some(TokenTree::Group(_) | TokenTree::Literal(_)) => false,
    }
}

fn closing_pipe(tokens: &[TokenTree], open: usize) -> Option<usize> {
    (open + 1..tokens.len()).find(|&index| is_punct(tokens.get(index), '|'))
}

/// Whether this place belongs to the type of a cast or to the return type of a closure.
fn in_type(tokens: &[TokenTree], index: usize) -> bool {
    let start = tokens[..index]
        .iter()
        .rposition(|token| is_punct(Some(token), ','))
        .map_or(0, |comma| comma + 1);
    (start..index).any(|at| {
        is_ident(tokens.get(at), "as") || (is_punct(tokens.get(at), '>') && ends_arrow(tokens, at))
    })
}

/// Splits at commas. `close` gives the end of what a `<` or `|` opens, if it opens something.
fn split(
    tokens: Vec<TokenTree>,
    close: impl Fn(&[TokenTree], usize) -> Option<usize>,
) -> Vec<Vec<TokenTree>> {
    let mut commas = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        if is_punct(tokens.get(index), ',') {
            commas.push(index);
        } else if is_punct(tokens.get(index), '<') || is_punct(tokens.get(index), '|') {
            index = close(&tokens, index).unwrap_or(index);
        }
        index += 1;
    }
    let mut parts = vec![Vec::new()];
    let mut commas = commas.into_iter().peekable();
    for (index, token) in tokens.into_iter().enumerate() {
        if commas.next_if_eq(&index).is_some() {
            parts.push(Vec::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(token);
        }
    }
    // A comma at the end closes the last part and opens none.
    if parts.last().is_some_and(Vec::is_empty) {
        parts.pop();
    }
    parts
}

pub(crate) fn stream(tokens: &[TokenTree]) -> TokenStream {
    tokens.iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(source: &str) -> Vec<String> {
        split_arguments(source.parse::<TokenStream>().unwrap().into_iter().collect())
            .iter()
            .map(|part| stream(part).to_string().replace(' ', ""))
            .collect()
    }

    #[test]
    fn arguments_end_at_their_own_commas_only() {
        let table: &[(&str, &[&str])] = &[
            ("", &[]),
            ("a", &["a"]),
            ("a,", &["a"]),
            ("a, b(c, d)", &["a", "b(c,d)"]),
            ("a,, b", &["a", "", "b"]),
            ("f = |a, b| a, g", &["f=|a,b|a", "g"]),
            ("f = || a, g", &["f=||a", "g"]),
            ("f = move |a, b| a, g", &["f=move|a,b|a", "g"]),
            ("f = a | b, g = c | d", &["f=a|b", "g=c|d"]),
            ("f = a || b, g", &["f=a||b", "g"]),
            ("f = g::<A, B<C, D>>, h", &["f=g::<A,B<C,D>>", "h"]),
            ("f = <A as B<C, D>>::g, h", &["f=<AasB<C,D>>::g", "h"]),
            ("f = a < b, g = c > d", &["f=a<b", "g=c>d"]),
            ("f = a as M<B, C>, g", &["f=aasM<B,C>", "g"]),
            ("f = |a| -> M<B, C> { a }, g", &["f=|a|->M<B,C>{a}", "g"]),
        ];
        for (source, expected) in table {
            assert_eq!(arguments(source), *expected, "{source}");
        }
    }

    #[test]
    fn parameters_end_outside_generic_arguments() {
        let tokens = "a: M<B, fn(C) -> D>, e: [F; 2]"
            .parse::<TokenStream>()
            .unwrap();
        let parts = split_parameters(tokens.into_iter().collect());
        assert_eq!(parts.len(), 2);
    }
}
