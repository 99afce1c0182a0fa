//! `split`: a module divided into parts.

use crate::{
    arguments::SplitArguments, commands::read_module, failure::Failure, keys::Delimiters,
    progress::Progress, status::Status,
};

pub(super) fn run(arguments: &SplitArguments) -> Result<Status, Failure> {
    let input = &arguments.input_file;
    let progress = Progress::on_terminal();
    let refused = |error| Failure::refused(input, error);
    let mut module = read_module(input, &progress)?;
    let splits = arguments.splits.as_ref();
    let wants = |name: &str| splits.is_none_or(|splits| splits.is_match(name));
    let mut delimiters = Delimiters::default();
    let split = module.split(wants, || delimiters.draw());
    delimiters.finish()?;
    split.map_err(refused)?;
    let module = module.serialize();
    progress.begin("Writing", None);
    arguments.output_file.write(&module)?;
    Ok(Status::Done)
}
