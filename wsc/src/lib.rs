#![cfg_attr(feature = "alloc", doc = include_str!("../README.md"))]
#![cfg_attr(feature = "alloc", doc = include_str!("guide.md"))]
#![cfg_attr(
    not(feature = "alloc"),
    doc = "Verifies signed WebAssembly modules in place."
)]
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod comparison;
mod error;
mod hash;
mod key;
mod keyring;
mod limits;
mod message;
#[cfg(feature = "alloc")]
mod module;
#[cfg(feature = "alloc")]
mod owned_section;
mod payload;
#[cfg(feature = "alloc")]
mod payload_writer;
#[cfg(feature = "std")]
mod read;
mod reader;
#[cfg(feature = "rekor")]
pub mod rekor;
mod section;
mod signed;
mod signers;
#[cfg(feature = "alloc")]
mod signing;
mod stream;
mod verified;
mod wanted;

pub use error::{Error, ErrorKind};
pub use hash::sha256;
pub use key::{KeyId, KeyPair, PublicKey, SecretKey};
pub use keyring::Keyring;
pub use limits::{MAX_HASHES, MAX_KEY_ID_BYTES, MAX_OPENSSH_KEY_BYTES, MAX_SETS, MAX_SIGNATURES};
#[cfg(feature = "alloc")]
pub use module::Module;
#[cfg(feature = "alloc")]
pub use owned_section::OwnedSection;
pub use payload::{SignatureData, SignatureRecord, SignatureSet};
#[cfg(feature = "std")]
pub use read::ReadError;
pub use section::{Encoding, Section, Sections};
pub use signed::SignedModule;
pub use stream::StreamVerifier;
pub use verified::Verified;
pub use wanted::Wanted;
