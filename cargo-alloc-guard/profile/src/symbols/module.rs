//! One executable or library, and its symbols once they are asked for.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    time::SystemTime,
};

use addr2line::Loader;
use tempfile::NamedTempFile;

use super::object::Headers;
use crate::frames::{Place, demangle};

/// An executable or library.
pub(super) struct Module {
    path: PathBuf,
    /// As the profile has it; empty if it has none.
    build_id: Vec<u8>,
    /// The content that came with the profile; gone with it.
    embedded: Option<NamedTempFile>,
    symbols: Symbols,
}

enum Symbols {
    NotRead,
    Missing(String),
    Read {
        headers: Headers,
        loader: Box<Loader>,
    },
}

impl Module {
    pub(super) fn new(path: PathBuf, build_id: Vec<u8>) -> Self {
        Self {
            path,
            build_id,
            embedded: None,
            symbols: Symbols::NotRead,
        }
    }

    pub(super) fn path(&self) -> &str {
        self.path.to_str().unwrap_or("")
    }

    /// Why there are no names, if there are none.
    pub(super) fn failure(&self) -> Option<&str> {
        match &self.symbols {
            Symbols::Missing(reason) => Some(reason),
            Symbols::NotRead | Symbols::Read { .. } => None,
        }
    }

    /// Keeps `content` where symbols can be read from it. The first one holds.
    pub(super) fn embed(&mut self, content: &[u8]) {
        if self.embedded.is_none() {
            let write = || -> std::io::Result<NamedTempFile> {
                let mut file = NamedTempFile::new()?;
                file.write_all(content)?;
                Ok(file)
            };
            match write() {
                Ok(file) => self.embedded = Some(file),
                Err(error) => {
                    self.symbols = Symbols::Missing(format!("no temporary file: {error}"));
                }
            }
        }
    }

    /// Reads the symbols, once. A module without a build id must not be younger than `started`.
    pub(super) fn load(&mut self, started: Option<SystemTime>) {
        if !matches!(self.symbols, Symbols::NotRead) {
            return;
        }
        let read = match &self.embedded {
            Some(file) => read(file.path()),
            None => self.check(started).and_then(|()| read(&self.path)),
        };
        self.symbols = match read {
            Ok((headers, loader)) => Symbols::Read {
                headers,
                loader: Box::new(loader),
            },
            Err(reason) => Symbols::Missing(reason),
        };
    }

    /// Whether what is at the path is what ran.
    fn check(&self, started: Option<SystemTime>) -> Result<(), String> {
        const OTHER: &str = "another build of it is there now";
        // Memory that no file was mapped into (`[vdso]`), and what was deleted while it ran.
        if !self.path.is_absolute() {
            return Err("it is no file".to_owned());
        }
        if !self.build_id.is_empty() {
            let found = Headers::read(&self.path)?.build_id;
            return if found == self.build_id {
                Ok(())
            } else {
                Err(OTHER.to_owned())
            };
        }
        let modified = fs::metadata(&self.path).and_then(|metadata| metadata.modified());
        match (modified, started) {
            (Ok(modified), Some(started)) if modified > started => Err(OTHER.to_owned()),
            _ => Ok(()),
        }
    }

    /// The address of a place in the file.
    pub(super) fn address_of(&self, place: u64) -> Option<u64> {
        match &self.symbols {
            Symbols::Read { headers, .. } => headers.address_of(place),
            Symbols::NotRead | Symbols::Missing(_) => None,
        }
    }

    /// The calls at `address`, innermost first; none if nothing is known of it.
    pub(super) fn places(&self, address: u64) -> Vec<Place> {
        let Symbols::Read { loader, .. } = &self.symbols else {
            return Vec::new();
        };
        let mut places = frames(loader, address);
        if let Some(symbol) = loader.find_symbol(address) {
            let name = demangle(symbol);
            match places.last_mut() {
                // Line tables have the outermost function without the path of its modules.
                Some(outermost) if is_path_of(&name, &outermost.function) => {
                    outermost.function = name;
                }
                Some(_) => {}
                None => places.push(Place {
                    function: name,
                    address,
                    ..Place::default()
                }),
            }
        }
        places
    }
}

/// Whether `name` is `bare` with more around it; two functions of the same code may share a symbol, which is another one's then.
fn is_path_of(name: &str, bare: &str) -> bool {
    let bare = bare.split('<').next().unwrap_or(bare);
    !bare.contains("::") && name.contains(bare)
}

fn read(path: &Path) -> Result<(Headers, Loader), String> {
    let headers = Headers::read(path)?;
    let loader = Loader::new(path).map_err(|error| format!("it cannot be read: {error}"))?;
    Ok((headers, loader))
}

/// The calls that the debug information knows, innermost first. Where it is damaged it ends.
fn frames(loader: &Loader, address: u64) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    let Ok(mut frames) = loader.find_frames(address) else {
        return places;
    };
    while let Ok(Some(frame)) = frames.next() {
        let name = frame
            .function
            .as_ref()
            .and_then(|function| function.raw_name().ok());
        let location = frame.location.as_ref();
        places.push(Place {
            function: name.map_or_else(String::new, |name| demangle(&name)),
            file: location
                .and_then(|location| location.file)
                .unwrap_or("")
                .to_owned(),
            address,
            line: location.and_then(|location| location.line).unwrap_or(0),
            column: location.and_then(|location| location.column).unwrap_or(0),
            inlined: true,
        });
    }
    // Every frame is in the next one, and the last is a function of its own.
    if let Some(outermost) = places.last_mut() {
        outermost.inlined = false;
    }
    places
}
