//! Names for addresses, out of executables and libraries.

mod module;
mod object;

use std::{
    collections::HashMap,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use crate::{
    frames::{Place, Placed},
    model::{FrameId, Warning},
};
use module::Module;

/// Whether other files than the profile are looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// Names are what the profile itself says.
    Never,
    /// Executables and libraries are read where they were when they ran.
    Files,
}

/// An executable or library of a [`Symbols`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ModuleId(usize);

/// The modules of one process. They are read when the first of their addresses is looked up.
pub(crate) struct Symbols {
    lookup: Lookup,
    modules: Vec<Module>,
    ids: HashMap<(String, Vec<u8>), ModuleId>,
    started: Option<SystemTime>,
    /// How many addresses got a name and how many did not.
    named: u64,
    unnamed: u64,
}

impl Symbols {
    pub(crate) fn new(lookup: Lookup) -> Self {
        Self {
            lookup,
            modules: Vec::new(),
            ids: HashMap::new(),
            started: None,
            named: 0,
            unnamed: 0,
        }
    }

    /// When the process began, since 1970. A module without a build id that was written later is another one.
    pub(crate) fn started(&mut self, since_1970: Duration) {
        self.started = SystemTime::UNIX_EPOCH.checked_add(since_1970);
    }

    /// The module of this path and build id, which may be empty.
    pub(crate) fn module(&mut self, path: &str, build_id: &[u8]) -> ModuleId {
        let next = ModuleId(self.modules.len());
        let key = (path.to_owned(), build_id.to_owned());
        *self.ids.entry(key).or_insert_with(|| {
            self.modules
                .push(Module::new(PathBuf::from(path), build_id.to_owned()));
            next
        })
    }

    /// Gives the module of this path the content that the profile has of it.
    pub(crate) fn embed(&mut self, path: &str, content: &[u8]) {
        if self.lookup == Lookup::Files {
            let ModuleId(id) = self.module(path, &[]);
            self.modules[id].embed(content);
        }
    }

    /// The frames at `address` in the file of `module`, innermost first.
    pub(crate) fn frames(
        &mut self,
        module: Option<ModuleId>,
        address: u64,
        placed: &mut Placed,
    ) -> Vec<FrameId> {
        self.find(module, address, placed, |module| {
            Some(module.places(address))
        })
    }

    /// The same where the place in the file is known, and not the address.
    pub(crate) fn frames_at_offset(
        &mut self,
        module: Option<ModuleId>,
        offset: u64,
        placed: &mut Placed,
    ) -> Vec<FrameId> {
        self.find(module, offset, placed, |module| {
            Some(module.places(module.address_of(offset)?))
        })
    }

    fn find(
        &mut self,
        id: Option<ModuleId>,
        address: u64,
        placed: &mut Placed,
        look_up: impl FnOnce(&Module) -> Option<Vec<Place>>,
    ) -> Vec<FrameId> {
        let mut found = Vec::new();
        let mut path = "";
        if let Some(module) = id.and_then(|ModuleId(id)| self.modules.get_mut(id)) {
            if self.lookup == Lookup::Files {
                module.load(self.started);
                found = look_up(module).unwrap_or_default();
            }
            path = module.path();
        }
        if found.is_empty() {
            self.unnamed += 1;
            found.push(Place {
                address,
                ..Place::default()
            });
        } else {
            self.named += 1;
        }
        found
            .iter()
            .map(|place| placed.frame(path, place))
            .collect()
    }

    /// What names could not be had.
    pub(crate) fn warnings(&self) -> Vec<Warning> {
        if self.lookup == Lookup::Never {
            return Vec::new();
        }
        let missing = self.modules.iter().filter_map(|module| {
            Some(Warning::ModuleUnknown {
                module: module.path().to_owned(),
                reason: module.failure()?.to_owned(),
            })
        });
        let mut warnings: Vec<Warning> = missing.collect();
        if self.named == 0 && self.unnamed > 0 {
            warnings.push(Warning::NoSymbols {
                remedy: "read the profile where the program was built, before it is built again"
                    .to_owned(),
            });
        }
        warnings
    }
}
