//! `keygen`: a new key pair.

use wsc::SecretKey;

use crate::{
    arguments::KeygenArguments,
    failure::Failure,
    files::{Kind, Outputs},
    keys,
    status::Status,
};

pub(super) fn run(arguments: &KeygenArguments, out: &mut Vec<u8>) -> Result<Status, Failure> {
    let (secret_file, public_file) = (&arguments.secret_key, &arguments.public_key);
    let secret = SecretKey::from_seed(&*keys::random()?);
    let public = secret.public_key();
    let (secret_bytes, public_bytes) = (secret.to_bytes(), public.to_bytes());
    let mut outputs = Outputs::default();
    outputs.stage(secret_file, secret_bytes.as_slice(), Kind::Secret)?;
    outputs.stage(public_file, &public_bytes, Kind::New)?;
    outputs.commit()?;
    if keys::is_file(secret_file) && keys::is_file(public_file) {
        out.extend_from_slice(format!("key id {}\n", public.key_id()).as_bytes());
    }
    Ok(Status::Done)
}
