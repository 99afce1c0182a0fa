//! An attribute under ours: which one it is, and where it goes.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::LitStr;

use crate::tokens::{flatten, is_punct};

/// One `#[path …]` as it was written.
pub(crate) struct Attribute {
    pound: TokenTree,
    bracket: Group,
    path: Vec<Ident>,
    pub(crate) content: Content,
}

/// What follows an attribute's path.
pub(crate) enum Content {
    Nothing,
    /// `= tokens`
    Value(TokenStream),
    /// `(tokens)`
    List(TokenStream),
}

impl Attribute {
    /// Takes the attributes at the front of `tokens`.
    pub(crate) fn take_all(tokens: &mut std::vec::IntoIter<TokenTree>) -> Vec<Self> {
        let mut attributes = Vec::new();
        while let [pound, TokenTree::Group(bracket), ..] = tokens.as_slice()
            && is_punct(Some(pound), '#')
            && bracket.delimiter() == Delimiter::Bracket
        {
            attributes.push(Self::new(pound.clone(), bracket.clone()));
            tokens.nth(1);
        }
        attributes
    }

    fn new(pound: TokenTree, bracket: Group) -> Self {
        let mut path = Vec::new();
        let mut content = Content::Nothing;
        let mut tokens = flatten(bracket.stream()).into_iter();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(segment) => path.push(segment),
                TokenTree::Punct(punct) if punct.as_char() == ':' => {}
                TokenTree::Group(group) => {
                    content = Content::List(group.stream());
                    break;
                }
                _ => {
                    content = Content::Value(tokens.collect());
                    break;
                }
            }
        }
        Self {
            pound,
            bracket,
            path,
            content,
        }
    }

    /// Whether this is the attribute of the compiler with that name.
    pub(crate) fn is(&self, name: &str) -> bool {
        matches!(&self.path[..], [only] if only == name)
    }

    /// Whether the path ends so, whatever stands before it.
    pub(crate) fn ends(&self, name: &str) -> bool {
        self.path.last().is_some_and(|last| last == name)
    }

    /// Whether this is the compiler's `#[test]`, by any of its paths.
    pub(crate) fn is_plain_test(&self) -> bool {
        let of_std = |first: &Ident| first == "core" || first == "std";
        self.is("test") || self.ends("test") && self.path.first().is_some_and(of_std)
    }

    /// Whether this sets the level of a lint.
    pub(crate) fn is_lint_level(&self) -> bool {
        ["allow", "expect", "warn", "deny", "forbid"]
            .iter()
            .any(|level| self.is(level))
    }

    /// The path as written, without spaces.
    pub(crate) fn path_text(&self) -> String {
        let segments: Vec<String> = self.path.iter().map(Ident::to_string).collect();
        segments.join("::")
    }

    /// The path's tokens, the place to point at.
    pub(crate) fn path_tokens(&self) -> TokenStream {
        self.path.iter().map(ToTokens::to_token_stream).collect()
    }

    /// The text of `#[doc = "text"]`.
    pub(crate) fn doc_text(&self) -> Option<String> {
        let Content::Value(value) = &self.content else {
            return None;
        };
        if !self.is("doc") {
            return None;
        }
        let text = syn::parse2::<LitStr>(value.clone()).ok()?;
        Some(text.value())
    }
}

impl ToTokens for Attribute {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.pound.to_tokens(tokens);
        self.bracket.to_tokens(tokens);
    }
}
