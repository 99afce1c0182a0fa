//! Tells the library which compiler and target it is built for: a record names both, and neither can
//! be asked for later. The target also decides how stacks are walked.

use std::{env, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = env::var("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=ALLOC_GUARD_TARGET={target}");
    println!("cargo::rustc-env=ALLOC_GUARD_TOOLCHAIN={}", toolchain());
    println!("cargo::rustc-check-cfg=cfg(own_walk, sanitized)");
    if has_own_walk() {
        println!("cargo::rustc-cfg=own_walk");
    }
    // Known where sanitizers are: to compilers that are told of features under way.
    if env::var_os("CARGO_CFG_SANITIZE").is_some() {
        println!("cargo::rustc-cfg=sanitized");
    }
}

/// Whether stacks are walked by our own code: where its registers, tables and loader are known.
fn has_own_walk() -> bool {
    let cfg = |name: &str| env::var(format!("CARGO_CFG_{name}")).unwrap_or_default();
    cfg("TARGET_OS") == "linux"
        && ["x86_64", "aarch64"].contains(&cfg("TARGET_ARCH").as_str())
        && cfg("TARGET_POINTER_WIDTH") == "64"
        && cfg("TARGET_ENDIAN") == "little"
        // No registers to read there.
        && env::var_os("CARGO_CFG_MIRI").is_none()
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
