//! Names for addresses, out of executables and libraries.

use crate::{
    frames::{Place, Placed},
    model::{FrameId, Warning},
};

/// An executable or library of a [`Symbols`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ModuleId(usize);

/// The modules of one process.
#[derive(Default)]
pub(crate) struct Symbols {
    modules: Vec<String>,
    warnings: Vec<Warning>,
}

impl Symbols {
    /// The module of this path and build id.
    pub(crate) fn module(&mut self, path: &str, _build_id: &[u8]) -> ModuleId {
        self.modules.push(path.to_owned());
        ModuleId(self.modules.len() - 1)
    }

    /// The frames at `address` in the file of `module`, innermost first.
    pub(crate) fn frames(
        &mut self,
        module: Option<ModuleId>,
        address: u64,
        placed: &mut Placed,
    ) -> Vec<FrameId> {
        let module = module.and_then(|id| self.modules.get(id.0));
        let place = Place {
            address,
            ..Place::default()
        };
        vec![placed.frame(module.map_or("", |path| path), &place)]
    }

    /// What names could not be had.
    pub(crate) fn warnings(&self) -> Vec<Warning> {
        self.warnings.clone()
    }
}
