//! `append`: custom sections behind a module, and a signature of all of it.

use wsc::OwnedSection;

use crate::{
    arguments::AppendArguments,
    commands::read_module,
    failure::Failure,
    files::Source,
    keys::{Delimiters, Signer},
    progress::Progress,
    status::Status,
};

pub(super) fn run(arguments: &AppendArguments) -> Result<Status, Failure> {
    let (input, signer) = (&arguments.input_file, &arguments.signer);
    let contents = arguments.sections.iter().map(|section| &section.content);
    Source::check(contents.chain(signer.sources()).chain([input]))?;
    let Signer { secret, key_id } = Signer::read(signer)?;
    let progress = Progress::on_terminal();
    let refused = |error| Failure::refused(input, error);
    let mut module = read_module(input, &progress)?;
    progress.begin("Signing", None);
    let mut sections = Vec::with_capacity(arguments.sections.len());
    for new in &arguments.sections {
        let content = new.content.read()?;
        let section = OwnedSection::custom(&new.name, &content);
        sections.push(section.map_err(|error| Failure::refused(&new.content, error))?);
    }
    let mut delimiters = Delimiters::default();
    let appended = module.append(sections, &secret, key_id.as_ref(), || delimiters.draw());
    delimiters.finish()?;
    appended.map_err(refused)?;
    let module = module.serialize();
    progress.begin("Writing", None);
    arguments.output_file.write(&module)?;
    Ok(Status::Done)
}
