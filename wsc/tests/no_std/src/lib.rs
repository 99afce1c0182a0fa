//! The borrowed and the streamed verification where there is neither `std` nor an allocator.

#![no_std]

use core::panic::PanicInfo;

use wsc::{Error, ErrorKind, Keyring, PublicKey, SignedModule, StreamVerifier, Wanted};

macro_rules! vector {
    ($path:literal) => {
        include_bytes!(concat!(env!("WSC_VECTORS"), "/", $path))
    };
}

const ALICE: &[u8] = vector!("keys/alice.pk");
const MANY: &[u8] = vector!("keys/many.ssh.pub");
const MODULE: &[u8] = vector!("modules/json.wasm");
const DETACHED: &[u8] = vector!("signed/three.sig");
const SPLIT: &[u8] = vector!("signed/split-small.wasm");
const CHANGED: &[u8] = vector!("bad/split-changed-wanted-part.wasm");
const TRUNCATED: &[u8] = vector!("bad/trunc-half.wasm");

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

/// 0 if each verdict is the right one.
// SAFETY: nothing else in the program has this name.
#[unsafe(no_mangle)]
pub extern "C" fn wsc_no_std() -> i32 {
    match verdicts() {
        Ok([true, true, true, true, true]) => 0,
        Ok(_) => 1,
        Err(_) => 2,
    }
}

fn verdicts() -> Result<[bool; 5], Error> {
    let keyring = Keyring::new([PublicKey::parse(ALICE)?, PublicKey::parse(MANY)?]);
    let wants = |name: &str| name.starts_with("notes");
    let refused = |file| match SignedModule::parse(file) {
        Ok(module) => module.verify(&keyring).err().map(|error| error.kind()),
        Err(error) => Some(error.kind()),
    };
    let [whole, part] =
        SignedModule::parse(SPLIT)?.verify_matrix(&keyring, [Wanted::Whole, Wanted::Parts(&wants)]);

    let mut buffer = [0; 512];
    let mut stream = StreamVerifier::detached(DETACHED, &mut buffer, &keyring, Wanted::Whole)?;
    for piece in MODULE.chunks(100) {
        stream.update(piece)?;
    }
    Ok([
        whole?.keys().count() == 1,
        part?.parts() == 4,
        stream.finish()?.is_whole(),
        refused(CHANGED) == Some(ErrorKind::HashMismatch),
        refused(TRUNCATED) == Some(ErrorKind::UnexpectedEnd),
    ])
}
