//! Owns the modules: which they are, and how they get from the npm registry into a folder below the target directory.

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail, ensure};

/// A module that is measured.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// The word for it in the tables.
    pub name: &'static str,
    /// Where it comes from.
    pub origin: Origin,
    /// The SHA-256 of its bytes; empty for a file of this repository.
    pub sha256: &'static str,
}

/// Where a module comes from.
#[derive(Clone, Copy, Debug)]
pub enum Origin {
    /// A test vector of wsc.
    Vector(&'static str),
    /// A file of a package of the npm registry.
    Npm {
        /// Name and version, as npm wants them.
        package: &'static str,
        /// The file inside.
        file: &'static str,
    },
}

/// From 6 kB to 32 MB. The goals name those at 1 MB and at 8 MB.
pub const MODULES: [Source; 8] = [
    vector("tree-sitter-json", "json.wasm"),
    vector("lz4-wasm", "lz4.wasm"),
    vector("web-tree-sitter", "treesitter.wasm"),
    Source {
        name: "sqlite-wasm",
        origin: Origin::Npm {
            package: "@sqlite.org/sqlite-wasm@3.41.2",
            file: "package/sqlite-wasm/jswasm/sqlite3.wasm",
        },
        sha256: "2d34bf9279985db154f98bfab9ffa289b014821873ed188b67e3a4c5d1b7faec",
    },
    Source {
        name: ONE_MEGABYTE,
        origin: Origin::Npm {
            package: "@dimforge/rapier2d@0.11.2",
            file: "package/rapier_wasm2d_bg.wasm",
        },
        sha256: "b5dc53dc5dc2c7810f1bf06e6a38e6f4fdd3f4cfaa3106c2c46e347756ac2b07",
    },
    Source {
        name: EIGHT_MEGABYTES,
        origin: Origin::Npm {
            package: "canvaskit-wasm@0.42.0",
            file: "package/bin/full/canvaskit.wasm",
        },
        sha256: "aca7fa6019f95d3de98d4a49ae60a3d66a09e9d5ca74091fbc369b9be959f959",
    },
    Source {
        name: "esbuild-wasm",
        origin: Origin::Npm {
            package: "esbuild-wasm@0.28.2",
            file: "package/esbuild.wasm",
        },
        sha256: "b1831a5c0f6cf688034fb94d0419812f165ea316a3380d3fc00a151e562d2eaf",
    },
    Source {
        name: "ffmpeg",
        origin: Origin::Npm {
            package: "@ffmpeg/core@0.12.10",
            file: "package/dist/umd/ffmpeg-core.wasm",
        },
        sha256: "9f57947a5bd530d8f00c5b3f2cb2a3492faa7e5d823315342d6a8656d0a6b7b7",
    },
];

/// The module of 1.05 MB.
pub const ONE_MEGABYTE: &str = "rapier2d";
/// The module of 8.24 MB.
pub const EIGHT_MEGABYTES: &str = "canvaskit-wasm";

const fn vector(name: &'static str, file: &'static str) -> Source {
    Source {
        name,
        origin: Origin::Vector(file),
        sha256: "",
    }
}

impl Source {
    /// Its bytes, from `cache` if they are there; what has to be fetched stays there.
    ///
    /// # Errors
    /// If npm or tar is missing or fails, or if what they give is not what was pinned.
    pub fn load(&self, cache: &Path) -> Result<Vec<u8>> {
        match self.origin {
            Origin::Vector(file) => {
                let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
                let path = vectors.join("modules").join(file);
                fs::read(&path).with_context(|| format!("failed to read {}", path.display()))
            }
            Origin::Npm { package, file } => self.load_from_npm(package, file, cache),
        }
    }

    fn load_from_npm(&self, package: &str, file: &str, cache: &Path) -> Result<Vec<u8>> {
        let cached = cache.join(format!("{}.wasm", self.name));
        if let Ok(module) = fs::read(&cached)
            && self.is_pinned(&module)
        {
            return Ok(module);
        }
        eprintln!("fetching {package}");
        fs::create_dir_all(cache)?;
        let folder = tempfile::tempdir_in(cache)?;
        // npm compares the archive with the integrity that the registry gives.
        let printed = succeed(
            Command::new("npm")
                .args(["pack", "--loglevel", "error", package])
                .current_dir(folder.path()),
        )?;
        let archive = String::from_utf8(printed)?;
        let module = succeed(
            Command::new("tar")
                .args(["-xzOf", archive.trim(), file])
                .current_dir(folder.path()),
        )?;
        ensure!(
            self.is_pinned(&module),
            "{file} of {package} does not have the SHA-256 {}",
            self.sha256
        );
        let mut whole = tempfile::NamedTempFile::new_in(cache)?;
        whole.write_all(&module)?;
        whole.persist(&cached)?;
        Ok(module)
    }

    fn is_pinned(&self, module: &[u8]) -> bool {
        let hash = wsc::sha256(module).map(|byte| format!("{byte:02x}"));
        hash.concat() == self.sha256
    }
}

/// What a command prints.
fn succeed(command: &mut Command) -> Result<Vec<u8>> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("failed to start {}", command.get_program().display()))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!(
            "{} ended with {}:\n{}",
            command.get_program().display(),
            output.status,
            stderr.trim()
        );
    }
    Ok(output.stdout)
}
