//! The function under the attribute, taken apart at its signature; types and body stay tokens.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;

use crate::attribute::Attribute;
use crate::tokens::{
    closing_angle, flatten, is_group, is_ident, is_punct, split_parameters, stream,
};

pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Vec<TokenTree>,
    /// `const`, `async`, `unsafe`, `extern "C"`.
    pub(crate) qualifiers: Vec<TokenTree>,
    pub(crate) fn_token: Ident,
    pub(crate) name: Ident,
    /// `<…>`, or nothing.
    pub(crate) generics: Vec<TokenTree>,
    pub(crate) parameters: Vec<Parameter>,
    /// `-> Type`, or nothing.
    pub(crate) arrow_and_type: Vec<TokenTree>,
    /// `where …`, or nothing.
    pub(crate) where_clause: Vec<TokenTree>,
    pub(crate) body: TokenTree,
}

pub(crate) struct Parameter {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) pattern: Vec<TokenTree>,
    pub(crate) colon: Option<TokenTree>,
    pub(crate) kind: Vec<TokenTree>,
}

/// Why an item is no function that can be run.
pub(crate) enum NoFunction {
    /// It begins with this word.
    OtherItem(TokenTree),
    /// It ends in a semicolon.
    NoBody(Ident),
    /// It stops in the middle, as it does while being typed.
    Incomplete,
}

impl Function {
    pub(crate) fn parse(item: TokenStream) -> Result<Self, NoFunction> {
        let mut tokens = flatten_signature(item).into_iter();
        let attributes = Attribute::take_all(&mut tokens);
        let visibility = take_visibility(&mut tokens);
        let qualifiers = take_qualifiers(&mut tokens)?;
        let Some(TokenTree::Ident(fn_token)) = tokens.next() else {
            return Err(NoFunction::Incomplete);
        };
        let Some(TokenTree::Ident(name)) = tokens.next() else {
            return Err(NoFunction::Incomplete);
        };
        let generics = take_generics(&mut tokens);
        let Some(TokenTree::Group(parameters)) = tokens.next() else {
            return Err(NoFunction::Incomplete);
        };
        let mut rest: Vec<TokenTree> = tokens.collect();
        let body = match rest.pop() {
            Some(body) if is_body(&body) => body,
            Some(other) if is_punct(Some(&other), ';') => return Err(NoFunction::NoBody(name)),
            _ => return Err(NoFunction::Incomplete),
        };
        let end = rest.iter().position(|token| is_ident(Some(token), "where"));
        let where_clause = rest.split_off(end.unwrap_or(rest.len()));
        Ok(Self {
            attributes,
            visibility,
            qualifiers,
            fn_token,
            name,
            generics,
            parameters: split_parameters(flatten(parameters.stream()))
                .into_iter()
                .map(Parameter::parse)
                .collect(),
            arrow_and_type: rest,
            where_clause,
            body,
        })
    }

    pub(crate) fn qualifier(&self, word: &str) -> Option<&TokenTree> {
        self.qualifiers
            .iter()
            .find(|token| is_ident(Some(token), word))
    }

    /// What the function returns, if that is more than `()`.
    pub(crate) fn returns(&self) -> Returns {
        let kind = self.arrow_and_type.get(2..).unwrap_or_default();
        match &flatten(stream(kind))[..] {
            [] => Returns::Nothing,
            [TokenTree::Group(unit)] if is_unit(unit) => Returns::Nothing,
            [never] if is_punct(Some(never), '!') => Returns::Never,
            _ => Returns::Value(stream(kind)),
        }
    }
}

/// What becomes of a call of the function.
pub(crate) enum Returns {
    Nothing,
    Never,
    Value(TokenStream),
}

fn is_unit(group: &Group) -> bool {
    group.delimiter() == Delimiter::Parenthesis && group.stream().is_empty()
}

impl Parameter {
    fn parse(tokens: Vec<TokenTree>) -> Self {
        let mut tokens = tokens.into_iter();
        let attributes = Attribute::take_all(&mut tokens);
        let mut pattern: Vec<TokenTree> = tokens.collect();
        let colon = (0..pattern.len()).find(|&at| {
            // `a::B` in a pattern is a path.
            is_punct(pattern.get(at), ':')
                && !is_punct(pattern.get(at + 1), ':')
                && !(at > 0 && is_punct(pattern.get(at - 1), ':'))
        });
        let mut kind = pattern.split_off(colon.unwrap_or(pattern.len()));
        let colon = colon.map(|_| kind.remove(0));
        Self {
            attributes,
            pattern,
            colon,
            kind,
        }
    }

    /// How the body takes the fixture.
    pub(crate) fn passing(&self) -> Passing {
        let kind = flatten(stream(&self.kind));
        if !is_punct(kind.first(), '&') {
            return Passing::Move;
        }
        let after_lifetime = if is_punct(kind.get(1), '\'') { 3 } else { 1 };
        if is_ident(kind.get(after_lifetime), "mut") {
            Passing::BorrowMut
        } else {
            Passing::Borrow
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passing {
    Move,
    Borrow,
    BorrowMut,
}

impl ToTokens for Parameter {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.pattern.iter().cloned());
        self.colon.to_tokens(tokens);
        tokens.extend(self.kind.iter().cloned());
    }
}

/// Undoes invisible groups up to the arrow; those in types and bodies may hold an order of operators together.
fn flatten_signature(item: TokenStream) -> Vec<TokenTree> {
    let mut flat = Vec::new();
    let mut seen_parameters = false;
    for token in item {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None && !seen_parameters => {
                flat.extend(flatten_signature(group.stream()));
            }
            token => flat.push(token),
        }
        // Of the groups in parentheses the one after `pub` is short of the parameters' place: nothing is flat after it.
        seen_parameters = is_group(flat.last(), Delimiter::Parenthesis)
            && !is_ident(flat.iter().nth_back(1), "pub")
            || seen_parameters;
    }
    flat
}

fn is_body(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            is_group(group.stream().into_iter().next().as_ref(), Delimiter::Brace)
        }
        token => is_group(Some(token), Delimiter::Brace),
    }
}

fn take_visibility(tokens: &mut std::vec::IntoIter<TokenTree>) -> Vec<TokenTree> {
    let length = match tokens.as_slice() {
        [first, ..] if !is_ident(Some(first), "pub") => 0,
        [_, second, ..] if is_group(Some(second), Delimiter::Parenthesis) => 2,
        _ => 1,
    };
    tokens.by_ref().take(length).collect()
}

fn take_qualifiers(
    tokens: &mut std::vec::IntoIter<TokenTree>,
) -> Result<Vec<TokenTree>, NoFunction> {
    let rest = tokens.as_slice();
    let Some(first) = rest.first() else {
        return Err(NoFunction::Incomplete);
    };
    let qualifies = |token: &TokenTree| match token {
        TokenTree::Ident(word) => ["const", "async", "unsafe", "safe", "extern"]
            .iter()
            .any(|known| word == known),
        TokenTree::Literal(_) => true,
        _ => false,
    };
    let length = rest.iter().take_while(|token| qualifies(token)).count();
    if !is_ident(rest.get(length), "fn") {
        return Err(NoFunction::OtherItem(first.clone()));
    }
    Ok(tokens.by_ref().take(length).collect())
}

fn take_generics(tokens: &mut std::vec::IntoIter<TokenTree>) -> Vec<TokenTree> {
    let length = match tokens.as_slice() {
        rest if is_punct(rest.first(), '<') => closing_angle(rest, 0).map_or(0, |end| end + 1),
        _ => 0,
    };
    tokens.by_ref().take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(source: &str) -> Function {
        let Ok(function) = Function::parse(source.parse().unwrap()) else {
            panic!("not a function: {source}");
        };
        function
    }

    #[test]
    fn a_signature_comes_apart() {
        let function = function(
            "#[a] pub(crate) async unsafe extern \"C\" fn f<'a, T: M<A, B>>(#[init(1)] mut x: &'a mut T, y: a::B) -> R<C, D> where T: E { 1 }",
        );
        assert_eq!(function.attributes.len(), 1);
        assert_eq!(function.visibility.len(), 2);
        assert_eq!(function.qualifiers.len(), 4);
        assert_eq!(function.name, "f");
        assert_eq!(function.parameters.len(), 2);
        assert_eq!(function.parameters[0].passing(), Passing::BorrowMut);
        assert_eq!(function.parameters[1].passing(), Passing::Move);
        assert!(matches!(function.returns(), Returns::Value(_)));
        assert!(!function.where_clause.is_empty());
    }

    #[test]
    fn a_parameter_is_passed_as_its_type_says() {
        let table = [
            ("u8", Passing::Move),
            ("&u8", Passing::Borrow),
            ("&'static u8", Passing::Borrow),
            ("&mut u8", Passing::BorrowMut),
            ("&'a mut u8", Passing::BorrowMut),
            ("Box<&mut u8>", Passing::Move),
        ];
        for (kind, expected) in table {
            let function = function(&format!("fn f(x: {kind}) {{}}"));
            assert_eq!(function.parameters[0].passing(), expected, "{kind}");
        }
    }

    #[test]
    fn a_unit_return_is_no_return() {
        assert!(matches!(function("fn f() {}").returns(), Returns::Nothing));
        assert!(matches!(
            function("fn f() -> () {}").returns(),
            Returns::Nothing
        ));
        assert!(matches!(
            function("fn f() -> ! {}").returns(),
            Returns::Never
        ));
    }

    #[test]
    fn other_items_are_told_by_their_first_word() {
        for source in [
            "struct S;",
            "pub mod m {}",
            "const X: u8 = 1;",
            "unsafe impl T for S {}",
        ] {
            let Err(NoFunction::OtherItem(_)) = Function::parse(source.parse().unwrap()) else {
                panic!("a function: {source}");
            };
        }
    }
}
