//! `attach`: a signature from a file of its own into the module.

use wsc::SignatureData;

use crate::{
    arguments::AttachArguments, commands::read_module, failure::Failure, files::Source,
    progress::Progress, status::Status,
};

pub(super) fn run(arguments: &AttachArguments) -> Result<Status, Failure> {
    let (input, signature) = (&arguments.input_file, &arguments.signature_file);
    Source::check([input, signature])?;
    let progress = Progress::on_terminal();
    let payload = signature.read()?;
    SignatureData::parse(&payload).map_err(|error| Failure::refused(signature, error))?;
    let refused = |error| Failure::refused(input, error);
    let mut module = read_module(input, &progress)?;
    module.attach(&payload).map_err(refused)?;
    let module = module.serialize();
    progress.begin("Writing", None);
    arguments.output_file.write(&module)?;
    Ok(Status::Done)
}
