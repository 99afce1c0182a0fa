//! `keygen`: a new key pair.

use wsc::SecretKey;
use zeroize::Zeroizing;

use crate::{
    arguments::{KeyFormat, KeygenArguments},
    failure::Failure,
    files::{Kind, Outputs},
    keys,
    status::Status,
};

pub(super) fn run(arguments: &KeygenArguments, out: &mut Vec<u8>) -> Result<Status, Failure> {
    let (secret_file, public_file) = (&arguments.secret_key, &arguments.public_key);
    let secret = SecretKey::from_seed(&*keys::random()?);
    let public = secret.public_key();
    let (secret_bytes, public_bytes) = encode(arguments.key_format, &secret);
    let mut outputs = Outputs::default();
    outputs.stage(secret_file, &secret_bytes, Kind::Secret)?;
    outputs.stage(public_file, &public_bytes, Kind::New)?;
    outputs.commit()?;
    if keys::is_file(secret_file) && keys::is_file(public_file) {
        out.extend_from_slice(format!("key id {}\n", public.key_id()).as_bytes());
    }
    Ok(Status::Done)
}

fn encode(format: KeyFormat, secret: &SecretKey) -> (Zeroizing<Vec<u8>>, Vec<u8>) {
    let public = secret.public_key();
    let (secret, public) = match format {
        KeyFormat::Raw => (secret.to_bytes().to_vec(), public.to_bytes().to_vec()),
        KeyFormat::Der => (secret.to_der().to_vec(), public.to_der().to_vec()),
        KeyFormat::Pem => (secret.to_pem().to_vec(), public.to_pem().to_vec()),
        KeyFormat::Openssh => (secret.to_openssh().to_vec(), public.to_openssh().to_vec()),
    };
    (Zeroizing::new(secret), public)
}
