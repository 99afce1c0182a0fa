//! Owns what holds of a condition such as `cfg(all(test, feature = "fast"))`.

use std::{collections::HashSet, ffi::OsString, process::Command};

use syn::{
    Expr, ExprLit, Lit, Meta, Token,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

/// What is set while a crate is compiled: `unix`, `feature = "fast"`. What is not known is not set, as
/// the compiler has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cfg(HashSet<(String, Option<String>)>);

/// What the compiler compiles for.
#[derive(Debug, Default)]
pub(crate) struct Platform {
    /// The triple.
    pub(crate) host: Option<String>,
    pub(crate) cfg: Cfg,
}

impl Platform {
    /// Asks the compiler. Of one that does not answer nothing is known.
    pub(crate) fn of_compiler(rustc: &OsString) -> Self {
        let output = Command::new(rustc)
            .args(["--print", "host-tuple", "--print", "cfg"])
            .output();
        let text = output.map(|output| output.stdout).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        match text.split_once('\n') {
            Some((host, cfg)) => Self {
                host: Some(host.trim_end().to_owned()),
                cfg: Cfg::of_lines(cfg),
            },
            None => Self::default(),
        }
    }
}

impl Cfg {
    fn of_lines(text: &str) -> Self {
        let line = |line: &str| match line.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.trim_matches('"').to_owned())),
            None => (line.to_owned(), None),
        };
        Self(text.lines().map(line).collect())
    }

    /// With one more set.
    #[must_use]
    pub(crate) fn with(mut self, name: &str) -> Self {
        self.0.insert((name.to_owned(), None));
        self
    }

    /// With one set no longer.
    #[must_use]
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.remove(&(name.to_owned(), None));
        self
    }

    /// With these features of a package.
    #[must_use]
    pub(crate) fn with_features(mut self, features: &[String]) -> Self {
        let features = features.iter().cloned();
        self.0
            .extend(features.map(|feature| ("feature".to_owned(), Some(feature))));
        self
    }

    /// Whether a condition holds.
    pub(crate) fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Is(name, value) => self.0.contains(&(name.clone(), value.clone())),
            Condition::All(parts) => parts.iter().all(|part| self.holds(part)),
            Condition::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Condition::Not(part) => !self.holds(part),
            Condition::Never => false,
        }
    }
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Is(String, Option<String>),
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    /// One that is not understood.
    Never,
}

impl Condition {
    fn of(meta: &Meta) -> Self {
        let parts = |meta: &Meta| match meta {
            Meta::List(list) => list
                .parse_args_with(Punctuated::<Self, Token![,]>::parse_terminated)
                .map(|parts| parts.into_iter().collect())
                .unwrap_or_default(),
            _ => Vec::new(),
        };
        let Some(name) = meta.path().get_ident().map(ToString::to_string) else {
            return Self::Never;
        };
        match (meta, name.as_str()) {
            (Meta::List(_), "all") => Self::All(parts(meta)),
            (Meta::List(_), "any") => Self::Any(parts(meta)),
            (Meta::List(_), "not") => match parts(meta).pop() {
                Some(part) => Self::Not(Box::new(part)),
                None => Self::Never,
            },
            (Meta::Path(_), _) => Self::Is(name, None),
            (Meta::NameValue(pair), _) => match &pair.value {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(value),
                    ..
                }) => Self::Is(name, Some(value.value())),
                _ => Self::Never,
            },
            (Meta::List(_), _) => Self::Never,
        }
    }
}

impl Parse for Condition {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        // Words that no path may be.
        if input.peek(syn::LitBool) {
            let is_true = input.parse::<syn::LitBool>()?.value;
            return Ok(if is_true {
                Self::All(Vec::new())
            } else {
                Self::Never
            });
        }
        Ok(Self::of(&input.parse()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_holds_as_the_compiler_has_it() {
        let cfg = Cfg::of_lines("debug_assertions\nunix\ntarget_os=\"linux\"\n")
            .with("test")
            .without("debug_assertions")
            .with_features(&["fast".to_owned()]);
        for (text, holds) in [
            ("unix", true),
            ("windows", false),
            ("test", true),
            ("debug_assertions", false),
            ("target_os = \"linux\"", true),
            ("target_os = \"macos\"", false),
            ("feature = \"fast\"", true),
            ("feature = \"slow\"", false),
            ("not(unix)", false),
            ("not(loom)", true),
            ("all()", true),
            ("any()", false),
            ("all(unix, test)", true),
            ("all(unix, not(test))", false),
            ("any(windows, feature = \"fast\",)", true),
            ("any(true, windows)", true),
            ("all(false, unix)", false),
            ("not(any(windows, all(unix, loom)))", true),
            ("version(\"1.0\")", false),
            ("a::b", false),
            ("not()", false),
        ] {
            let condition = syn::parse_str(text).unwrap();
            assert_eq!(cfg.holds(&condition), holds, "{text}");
        }
    }

    #[test]
    fn the_compiler_is_asked_and_where_there_is_none_nothing_is_set() {
        let nothing = Platform::of_compiler(&"/no/such/rustc".into());
        assert!(nothing.host.is_none() && nothing.cfg.0.is_empty());
        let here = Platform::of_compiler(&"rustc".into());
        assert!(here.host.is_some_and(|host| host.contains('-')));
        assert!(here.cfg.0.contains(&("debug_assertions".to_owned(), None)));
        let family = std::env::consts::FAMILY.to_owned();
        assert!(
            here.cfg
                .0
                .contains(&("target_family".to_owned(), Some(family)))
        );
    }
}
