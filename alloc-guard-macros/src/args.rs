//! The words inside `#[alloc_free(…)]` and `#[allocates(…)]`.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Lit, LitStr};

use crate::tokens::{Mistakes, flatten, is_punct, split_arguments, stream};

/// Which promise the attribute makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    AllocFree,
    Allocates,
}

impl Mark {
    pub(crate) fn attribute_name(self) -> &'static str {
        match self {
            Self::AllocFree => "alloc_free",
            Self::Allocates => "allocates",
        }
    }

    fn accepts(self, word: &str) -> bool {
        WORDS.contains(&word) || (self == Self::Allocates && BUDGETS.contains(&word))
    }

    /// The accepted words, as a sentence has them.
    fn accepted(self) -> String {
        let mut words: Vec<&str> = WORDS.to_vec();
        if self == Self::Allocates {
            words.extend(BUDGETS);
        }
        words.sort_unstable();
        quoted(&words)
    }
}

const WORDS: [&str; 8] = [
    "no_leaks",
    "deny",
    "scope",
    "warmup",
    "block_on",
    "crate",
    "name",
    "permit_site",
];

const BUDGETS: [&str; 4] = [
    "max_allocations",
    "max_bytes",
    "max_peak_bytes",
    "exact_allocations",
];

/// The arguments of one use, as typed; what is absent was not given, or was wrong and is noted as a mistake.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) crate_path: Option<TokenStream>,
    pub(crate) name: Option<LitStr>,
    pub(crate) process: bool,
    pub(crate) no_leaks: bool,
    pub(crate) deny_dealloc: bool,
    pub(crate) warmup: Option<TokenStream>,
    /// The word, for what is wrong about its being there, and its value.
    pub(crate) block_on: Option<(Ident, TokenStream)>,
    /// Each budget given, under its name in the expectation.
    pub(crate) budgets: Vec<(Ident, TokenStream)>,
    pub(crate) permitted: Vec<(LitStr, LitStr)>,
}

/// How an argument was written after its word.
enum Form {
    Word,
    Value {
        equals: TokenTree,
        value: Vec<TokenTree>,
    },
    List(Group),
    Other(TokenTree),
}

impl Arguments {
    pub(crate) fn parse(tokens: TokenStream, mark: Mark, mistakes: &mut Mistakes) -> Self {
        let mut arguments = Self::default();
        let mut seen: Vec<String> = Vec::new();
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let first_comma = tokens
            .iter()
            .find(|token| is_punct(Some(token), ','))
            .cloned();
        for part in split_arguments(tokens) {
            let mut part = part.into_iter();
            let word = match part.next() {
                Some(TokenTree::Ident(word)) => word,
                Some(token) => {
                    let accepted = mark.accepted();
                    mistakes.push(token, format!("expected one of {accepted}"));
                    continue;
                }
                None => {
                    mistakes.push(&first_comma, "expected an argument before this comma");
                    continue;
                }
            };
            let text = word.to_string();
            if !mark.accepts(&text) {
                mistakes.push(&word, refusal(mark, &text));
                continue;
            }
            if text != "permit_site" && seen.contains(&text) {
                mistakes.push(&word, format!("`{text}` is given twice"));
                continue;
            }
            seen.push(text);
            arguments.take(word, Form::new(part.collect()), mistakes);
        }
        arguments.budgets_agree(mistakes);
        arguments
    }

    fn take(&mut self, word: Ident, form: Form, mistakes: &mut Mistakes) {
        match &*word.to_string() {
            "no_leaks" => self.no_leaks = form.is_word(&word, mistakes),
            "deny" => self.deny_dealloc = form.is_dealloc(&word, mistakes),
            "scope" => {
                if let Some(scope) = form.string(&word, "\"process\"", mistakes) {
                    match &*scope.value() {
                        "thread" => {}
                        "process" => self.process = true,
                        _ => mistakes.push(scope, "`scope` is \"thread\" or \"process\""),
                    }
                }
            }
            "name" => {
                self.name = form.string(&word, "\"…\"", mistakes);
                if let Some(name) = &self.name
                    && name.value().trim().is_empty()
                {
                    mistakes.push(name, "`name` is empty");
                }
            }
            "warmup" => self.warmup = form.number(&word, "u32", mistakes),
            "crate" => self.crate_path = form.path(&word, mistakes),
            "block_on" => {
                let example = "|future| runtime.block_on(future)";
                let value = form.value(&word, example, mistakes);
                if let Some(value) = value {
                    if syn::parse2::<Lit>(stream(&value)).is_ok() {
                        let expected = format!("`block_on` is a closure or a path, as `{example}`");
                        mistakes.push(stream(&value), expected);
                    }
                    self.block_on = Some((word, stream(&value)));
                }
            }
            "permit_site" => self.permitted.extend(form.site(&word, mistakes)),
            _ => {
                if let Some(value) = form.number(&word, "u64", mistakes) {
                    self.budgets.push((word, value));
                }
            }
        }
    }

    fn budgets_agree(&self, mistakes: &mut Mistakes) {
        let given = |name: &str| self.budgets.iter().position(|(word, _)| word == name);
        if let (Some(exact), Some(most)) = (given("exact_allocations"), given("max_allocations")) {
            let (later, _) = &self.budgets[exact.max(most)];
            mistakes.push(
                later,
                "`exact_allocations` and `max_allocations` exclude each other",
            );
        }
    }
}

impl Form {
    fn new(rest: Vec<TokenTree>) -> Self {
        let mut rest = rest.into_iter();
        match (rest.next(), rest.as_slice()) {
            (None, _) => Self::Word,
            (Some(equals), _) if is_punct(Some(&equals), '=') => Self::Value {
                equals,
                value: rest.collect(),
            },
            (Some(TokenTree::Group(group)), []) if group.delimiter() == Delimiter::Parenthesis => {
                Self::List(group)
            }
            (Some(other), _) => Self::Other(other),
        }
    }

    fn is_word(&self, word: &Ident, mistakes: &mut Mistakes) -> bool {
        if matches!(self, Self::Word) {
            return true;
        }
        mistakes.push(self.wrong(word), format!("`{word}` takes no value"));
        false
    }

    fn is_dealloc(&self, word: &Ident, mistakes: &mut Mistakes) -> bool {
        let Self::List(group) = self else {
            mistakes.push(self.wrong(word), "write `deny(dealloc)`");
            return false;
        };
        match &flatten(group.stream())[..] {
            [TokenTree::Ident(only)] if only == "dealloc" => true,
            [] => {
                mistakes.push(group, "write `deny(dealloc)`");
                false
            }
            wrong => {
                mistakes.push(stream(wrong), "`deny` accepts `dealloc` only");
                false
            }
        }
    }

    /// The tokens after `=`, at least one.
    fn value(self, word: &Ident, example: &str, mistakes: &mut Mistakes) -> Option<Vec<TokenTree>> {
        match self {
            Self::Value { value, .. } if !value.is_empty() => Some(value),
            form => {
                mistakes.push(form.wrong(word), format!("write `{word} = {example}`"));
                None
            }
        }
    }

    fn string(self, word: &Ident, example: &str, mistakes: &mut Mistakes) -> Option<LitStr> {
        let value = stream(&self.value(word, example, mistakes)?);
        let string = syn::parse2::<LitStr>(value.clone());
        if string.is_err() {
            mistakes.push(value, format!("`{word}` takes a string literal"));
        }
        string.ok()
    }

    fn number(self, word: &Ident, kind: &str, mistakes: &mut Mistakes) -> Option<TokenStream> {
        let value = stream(&self.value(word, "N", mistakes)?);
        let Ok(literal) = syn::parse2::<Lit>(value.clone()) else {
            // An expression, whose type the compiler checks.
            return Some(value);
        };
        let most = if kind == "u32" {
            u64::from(u32::MAX)
        } else {
            u64::MAX
        };
        let fits = match &literal {
            Lit::Int(number) => {
                (number.suffix().is_empty() || number.suffix() == kind)
                    && number
                        .base10_parse::<u64>()
                        .is_ok_and(|number| number <= most)
            }
            _ => false,
        };
        if !fits {
            mistakes.push(
                &value,
                format!(
                    "`{word}` takes a whole number that fits `{kind}`, or a constant expression"
                ),
            );
        }
        fits.then_some(value)
    }

    fn path(self, word: &Ident, mistakes: &mut Mistakes) -> Option<TokenStream> {
        let value = self.value(word, "::alloc_guard", mistakes)?;
        let wrong = flatten(stream(&value))
            .into_iter()
            .find(|token| !matches!(token, TokenTree::Ident(_)) && !is_punct(Some(token), ':'));
        match wrong {
            Some(wrong) => {
                mistakes.push(wrong, "`crate` takes a path, as `::alloc_guard`");
                None
            }
            None => Some(stream(&value)),
        }
    }

    fn site(self, word: &Ident, mistakes: &mut Mistakes) -> Option<(LitStr, LitStr)> {
        let example = "write `permit_site(\"path::function\", \"why it may allocate\")`";
        let Self::List(group) = self else {
            mistakes.push(self.wrong(word), example);
            return None;
        };
        let parts = split_arguments(group.stream().into_iter().collect());
        let [path, reason] = &parts[..] else {
            match parts.get(2) {
                Some(extra) => mistakes.push(stream(extra), example),
                None => mistakes.push(group, example),
            }
            return None;
        };
        let text = |part: &[TokenTree], what: &str, mistakes: &mut Mistakes| {
            let part = stream(part);
            match syn::parse2::<LitStr>(part.clone()) {
                Ok(string) if string.value().trim().is_empty() => {
                    mistakes.push(string, format!("the {what} is empty"));
                    None
                }
                Ok(string) => Some(string),
                Err(_) => {
                    mistakes.push(part, format!("the {what} is a string literal"));
                    None
                }
            }
        };
        let path = text(path, "path of the site", mistakes);
        let reason = text(reason, "reason", mistakes);
        Some((path?, reason?))
    }

    /// Where to point when the form itself is wrong.
    fn wrong(&self, word: &Ident) -> TokenStream {
        match self {
            Self::Word => word.to_token_stream(),
            Self::Value { equals, value } if value.is_empty() => equals.to_token_stream(),
            Self::Value { value, .. } => stream(value),
            Self::List(group) => group.to_token_stream(),
            Self::Other(token) => token.to_token_stream(),
        }
    }
}

fn refusal(mark: Mark, word: &str) -> String {
    if BUDGETS.contains(&word) {
        return format!(
            "the budget of `alloc_free` is zero; to allow some, write `#[allocates({word} = …)]`"
        );
    }
    let accepted = mark.accepted();
    match closest(word, mark) {
        Some(near) => format!("unknown argument; did you mean `{near}`? accepted are {accepted}"),
        None => format!("unknown argument; accepted are {accepted}"),
    }
}

/// The accepted word that a typing error away from `word` is.
fn closest(word: &str, mark: Mark) -> Option<&'static str> {
    let accepted = WORDS
        .iter()
        .chain(&BUDGETS)
        .filter(|known| mark.accepts(known));
    accepted
        .map(|known| (distance(word, known), *known))
        .filter(|(distance, known)| *distance <= 1 + known.len() / 6)
        .min()
        .map(|(_, known)| known)
}

/// How many letters to insert, remove or replace to get from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, letter) in from.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, other) in to.bytes().enumerate() {
            let replaced = diagonal + usize::from(letter != other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

fn quoted(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(mark: Mark, source: &str) -> Result<Arguments, Vec<String>> {
        let mut mistakes = Mistakes::default();
        let arguments = Arguments::parse(source.parse().unwrap(), mark, &mut mistakes);
        mistakes
            .none_or(arguments)
            .map_err(|all| all.into_iter().map(|one| one.to_string()).collect())
    }

    #[test]
    fn every_argument_is_read() {
        let arguments = parse(
            Mark::Allocates,
            r#"no_leaks, deny(dealloc), scope = "process", warmup = 2u32, block_on = |a, b| f(a, b), crate = crate::guard,
            name = "n", permit_site("a::b", "c"), permit_site("d", "e"), max_allocations = 1_000, max_bytes = A::<B, C>::D,
            max_peak_bytes = 0x10_u64,"#,
        )
        .unwrap();
        assert!(arguments.no_leaks && arguments.deny_dealloc && arguments.process);
        assert!(arguments.warmup.is_some() && arguments.crate_path.is_some());
        assert!(arguments.block_on.is_some() && arguments.name.is_some());
        assert_eq!(arguments.permitted.len(), 2);
        assert_eq!(arguments.budgets.len(), 3);
    }

    #[test]
    fn every_mistake_is_reported() {
        let mistakes = parse(
            Mark::AllocFree,
            "max_bytes = 1, scop = 2, warmup = -1, name",
        )
        .err();
        assert_eq!(mistakes.unwrap().len(), 4);
    }

    #[test]
    fn a_typing_error_finds_its_word() {
        let table = [
            ("warm_up", Some("warmup")),
            ("no_leak", Some("no_leaks")),
            ("max_allocation", Some("max_allocations")),
            ("max_byte", Some("max_bytes")),
            ("permit_sites", Some("permit_site")),
            ("blockon", Some("block_on")),
            ("threads", None),
            ("x", None),
        ];
        for (word, expected) in table {
            assert_eq!(closest(word, Mark::Allocates), expected, "{word}");
        }
        assert_eq!(closest("max_byte", Mark::AllocFree), None);
    }

    #[test]
    fn numbers_must_fit() {
        for good in ["0", "4_294_967_295", "1u32", "N", "N + 1", "{ 1 }"] {
            assert!(
                parse(Mark::AllocFree, &format!("warmup = {good}")).is_ok(),
                "{good}"
            );
        }
        for bad in ["4_294_967_296", "1u64", "-1", "1.0", "\"1\"", "true", "'1'"] {
            assert!(
                parse(Mark::AllocFree, &format!("warmup = {bad}")).is_err(),
                "{bad}"
            );
        }
    }
}
