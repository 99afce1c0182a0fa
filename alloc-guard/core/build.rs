//! Tells the library which compiler and target it is built for: a record names both, and neither can
//! be asked for later.

use std::{env, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = env::var("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=ALLOC_GUARD_TARGET={target}");
    println!("cargo::rustc-env=ALLOC_GUARD_TOOLCHAIN={}", toolchain());
}

/// The version without the commit and its date: `1.96.0`. Empty if the compiler does not say.
fn toolchain() -> String {
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = Command::new(compiler).arg("--version").output();
    let said = said.map(|output| output.stdout).unwrap_or_default();
    let said = String::from_utf8_lossy(&said);
    said.split_whitespace()
        .nth(1)
        .unwrap_or_default()
        .to_owned()
}
