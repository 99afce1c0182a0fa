//! `detach`: the signature of a module into a file of its own.

use crate::{
    arguments::DetachArguments,
    commands::read_module,
    failure::Failure,
    files::{Kind, Outputs},
    progress::Progress,
    status::Status,
};

pub(super) fn run(arguments: &DetachArguments) -> Result<Status, Failure> {
    let input = &arguments.input_file;
    let progress = Progress::on_terminal();
    let refused = |error| Failure::refused(input, error);
    let mut module = read_module(input, &progress)?;
    let signature = module.detach().map_err(refused)?;
    let module = module.serialize();
    progress.begin("Writing", None);
    let mut outputs = Outputs::default();
    outputs.stage(&arguments.signature_file, &signature, Kind::Replace)?;
    outputs.stage(&arguments.output_file, &module, Kind::Replace)?;
    outputs.commit()?;
    Ok(Status::Done)
}
