//! Ed25519 keys: public and secret ones, their ids, and the file formats they come in.

mod encoding;
mod id;
mod openssh;
mod public;
mod secret;

pub use id::KeyId;
pub use public::PublicKey;
pub use secret::{KeyPair, SecretKey};
