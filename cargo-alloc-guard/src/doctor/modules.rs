//! Owns the way from a target's root to all its source files: `mod x;`, `#[path]` and `include!`, as the
//! compiler follows them. What a macro makes is not seen.

use std::{
    collections::{HashSet, VecDeque},
    fs, io,
    path::{Path, PathBuf},
};

use syn::{Item, ItemMod};

use super::{
    attributes::Written,
    cfg::Condition,
    source::{Source, Unread},
};

/// The files of a target.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) files: Vec<SourceFile>,
    /// Those that could not be read, and why.
    pub(super) unread: Vec<(PathBuf, Unread)>,
}

/// One file that was read.
pub(super) struct SourceFile {
    pub(super) path: PathBuf,
    pub(super) source: Source,
    /// What must hold for the file to be compiled at all.
    pub(super) conditions: Vec<Condition>,
}

/// A file that a module asks for.
struct Wanted {
    /// The places it may be in, the first that exists is it.
    places: Vec<Place>,
    conditions: Vec<Condition>,
}

#[derive(Clone)]
struct Place {
    path: PathBuf,
    /// Where the modules in it are looked for.
    folder: PathBuf,
}

impl Tree {
    /// Reads everything from a root on.
    pub(super) fn read(root: &Path) -> Self {
        let mut tree = Self::default();
        let mut seen = HashSet::new();
        let mut wanted = VecDeque::from([Wanted {
            places: vec![Place::root(root)],
            conditions: Vec::new(),
        }]);
        while let Some(next) = wanted.pop_front() {
            let place = next.places.iter().find(|place| place.path.exists());
            let Some(place) = place.or(next.places.first()) else {
                continue;
            };
            let path = fs::canonicalize(&place.path).unwrap_or_else(|_| place.path.clone());
            if !seen.insert(path) {
                continue;
            }
            match Source::read(&place.path) {
                Ok(source) => {
                    let mut conditions = next.conditions;
                    conditions.extend(conditions_of(&source.syntax.attrs));
                    modules(&source.syntax.items, place, &conditions, &mut wanted);
                    tree.files.push(SourceFile {
                        path: place.path.clone(),
                        source,
                        conditions,
                    });
                }
                // A file that is only there elsewhere, or is made there.
                Err(Unread::File(error))
                    if error.kind() == io::ErrorKind::NotFound && !next.conditions.is_empty() => {}
                Err(reason) => tree.unread.push((place.path.clone(), reason)),
            }
        }
        tree
    }

    /// Whether a word stands anywhere in it.
    pub(super) fn says(&self, word: &str) -> bool {
        self.files
            .iter()
            .any(|file| file.source.words.contains(word))
    }
}

impl Place {
    /// A file whose modules lie beside it: a root, a `mod.rs`, or one that `#[path]` names.
    fn root(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            folder: path.parent().unwrap_or(Path::new("")).to_owned(),
        }
    }
}

/// What an item's attributes say must hold for it to be compiled.
pub(super) fn conditions_of(attributes: &[syn::Attribute]) -> Vec<Condition> {
    let written = Written::all(attributes);
    written.iter().filter_map(Written::cfg).collect()
}

fn modules(items: &[Item], place: &Place, conditions: &[Condition], wanted: &mut VecDeque<Wanted>) {
    for item in items {
        match item {
            Item::Mod(module) => {
                let conditions = [conditions, &conditions_of(&module.attrs)].concat();
                self::module(module, place, conditions, wanted);
            }
            Item::Macro(call) if call.mac.path.is_ident("include") => {
                let Ok(name) = call.mac.parse_body::<syn::LitStr>() else {
                    continue;
                };
                let beside = place.path.parent().unwrap_or(Path::new(""));
                let conditions = [conditions, &conditions_of(&call.attrs)].concat();
                wanted.push_back(Wanted {
                    places: vec![Place::root(&beside.join(name.value()))],
                    conditions,
                });
            }
            _ => {}
        }
    }
}

fn module(
    module: &ItemMod,
    place: &Place,
    mut conditions: Vec<Condition>,
    wanted: &mut VecDeque<Wanted>,
) {
    let name = module.ident.to_string();
    let name = name.strip_prefix("r#").unwrap_or(&name);
    let written = Written::all(&module.attrs);
    let paths: Vec<_> = written
        .iter()
        .filter_map(|one| Some((one.value_of("path")?, &one.conditions)))
        .collect();
    if let Some((_, items)) = &module.content {
        // The folder of a block is as its path says, from where the file's own modules are looked for.
        let folder = paths.first().map_or(name, |(path, _)| path.as_str());
        let inside = Place {
            path: place.folder.join(folder).join("mod.rs"),
            folder: place.folder.join(folder),
        };
        modules(items, &inside, &conditions, wanted);
        return;
    }
    let beside = place.path.parent().unwrap_or(Path::new(""));
    let mut places: Vec<_> = paths
        .iter()
        .map(|(path, _)| Place::root(&beside.join(path)))
        .collect();
    // One of several, or it may not be there: which depends on conditions that need not hold here.
    let is_certain = paths.iter().any(|(_, conditions)| conditions.is_empty());
    conditions.extend(paths.iter().flat_map(|(_, all)| all.iter().cloned()));
    if !is_certain {
        let folder = place.folder.join(name);
        places.push(Place {
            path: folder.with_added_extension("rs"),
            folder: folder.clone(),
        });
        places.push(Place::root(&folder.join("mod.rs")));
    }
    for place in places.iter().filter(|_| paths.len() > 1) {
        // Each of them is the module somewhere.
        wanted.push_back(Wanted {
            places: vec![place.clone()],
            conditions: conditions.clone(),
        });
    }
    wanted.push_back(Wanted { places, conditions });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The files that are read from `src/lib.rs` on, of those that are written, and what was not.
    fn read(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let tree = Tree::read(&folder.path().join("src/lib.rs"));
        let shown = |path: &PathBuf| {
            let path = path.strip_prefix(folder.path()).unwrap();
            path.to_str().unwrap().replace('\\', "/")
        };
        let mut files: Vec<_> = tree.files.iter().map(|file| shown(&file.path)).collect();
        files.sort();
        let unread = tree.unread.iter().map(|(path, _)| shown(path)).collect();
        (files, unread)
    }

    #[test]
    fn modules_are_found_where_the_compiler_finds_them() {
        let (files, unread) = read(&[
            (
                "src/lib.rs",
                "mod a; mod b; mod r#match; mod inline { mod d; }",
            ),
            (
                "src/a.rs",
                "mod c; mod block { mod e; #[path = \"f.rs\"] mod g; }",
            ),
            ("src/a/c.rs", ""),
            ("src/a/block/e.rs", ""),
            ("src/a/block/f.rs", ""),
            ("src/b/mod.rs", "pub mod h;"),
            ("src/b/h.rs", ""),
            ("src/match.rs", ""),
            ("src/inline/d.rs", ""),
            ("src/unused.rs", ""),
        ]);
        assert_eq!(
            files,
            [
                "src/a.rs",
                "src/a/block/e.rs",
                "src/a/block/f.rs",
                "src/a/c.rs",
                "src/b/h.rs",
                "src/b/mod.rs",
                "src/inline/d.rs",
                "src/lib.rs",
                "src/match.rs"
            ]
        );
        assert_eq!(unread, [""; 0]);
    }

    #[test]
    fn a_path_leads_where_it_says_and_what_it_names_is_a_root() {
        let (files, unread) = read(&[
            (
                "src/lib.rs",
                "#[path = \"../other/x.rs\"] mod a; #[path = \"in\"] mod b { mod c; } include!(\"d.rs\");",
            ),
            ("other/x.rs", "mod y;"),
            ("other/y.rs", ""),
            ("src/in/c.rs", ""),
            ("src/d.rs", "mod e;"),
            ("src/e.rs", ""),
        ]);
        assert_eq!(
            files,
            [
                "src/../other/x.rs",
                "src/../other/y.rs",
                "src/d.rs",
                "src/e.rs",
                "src/in/c.rs",
                "src/lib.rs"
            ]
        );
        assert_eq!(unread, [""; 0]);
    }

    #[test]
    fn each_path_that_a_condition_chooses_is_read() {
        let (files, unread) = read(&[
            (
                "src/lib.rs",
                "#[cfg_attr(unix, path = \"u.rs\")] #[cfg_attr(windows, path = \"w.rs\")] mod a;\n\
                 #[cfg_attr(loom, path = \"l.rs\")] mod b;",
            ),
            ("src/u.rs", ""),
            ("src/w.rs", ""),
            ("src/b.rs", ""),
        ]);
        assert_eq!(files, ["src/b.rs", "src/lib.rs", "src/u.rs", "src/w.rs"]);
        assert_eq!(unread, [""; 0]);
    }

    #[test]
    fn circles_end_and_what_is_missing_is_told_unless_it_may_be() {
        let (files, unread) = read(&[(
            "src/lib.rs",
            "#[path = \"lib.rs\"] mod again; mod gone; #[cfg(windows)] mod sys; #[cfg(loom)] mod l { mod m; }",
        )]);
        assert_eq!(files, ["src/lib.rs"]);
        assert_eq!(unread, ["src/gone.rs"]);
    }

    #[test]
    fn words_of_every_file_and_conditions_from_the_outside_in() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("lib.rs"), "#[cfg(test)] mod a;").unwrap();
        fs::write(
            folder.path().join("a.rs"),
            "#![cfg(unix)] use alloc_guard as _;",
        )
        .unwrap();
        let tree = Tree::read(&folder.path().join("lib.rs"));
        assert!(tree.says("alloc_guard") && !tree.says("alloc"));
        let set = |name: &str| Condition::Is(name.to_owned(), None);
        assert_eq!(tree.files[1].conditions, [set("test"), set("unix")]);
    }
}
