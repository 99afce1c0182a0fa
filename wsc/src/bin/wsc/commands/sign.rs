//! `sign`: a signature, in the module or in a file of its own.

use crate::{
    arguments::SignArguments,
    commands::read_module,
    failure::Failure,
    files::{Kind, Outputs, Source},
    keys::Signer,
    progress::Progress,
    status::Status,
};

pub(super) fn run(arguments: &SignArguments) -> Result<Status, Failure> {
    let (input, signer) = (&arguments.input_file, &arguments.signer);
    let others = arguments.cosign.as_ref();
    Source::check(signer.sources().chain(others).chain([input]))?;
    let Signer { secret, key_id } = Signer::read(signer)?;
    let progress = Progress::on_terminal();
    let refused = |error| Failure::refused(input, error);
    let mut module = read_module(input, &progress)?;
    progress.begin("Signing", None);
    let key_id = key_id.as_ref();
    let signature = match (&arguments.signature_file, others) {
        (None, _) => {
            module.sign(&secret, key_id).map_err(refused)?;
            Vec::new()
        }
        (Some(_), None) => module.sign_detached(&secret, key_id).map_err(refused)?,
        (Some(_), Some(others)) => module
            .cosign_detached(&others.read()?, &secret, key_id)
            .map_err(|error| Failure::refused(others, error))?,
    };
    let module = module.serialize();
    progress.begin("Writing", None);
    let mut outputs = Outputs::default();
    if let Some(target) = &arguments.signature_file {
        outputs.stage(target, &signature, Kind::Replace)?;
    }
    if let Some(target) = &arguments.output_file {
        outputs.stage(target, &module, Kind::Replace)?;
    }
    outputs.commit()?;
    Ok(Status::Done)
}
