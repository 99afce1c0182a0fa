//! Owns the command line as it is typed. Names and letters are those of wasmsign2 where it has them.

use std::ffi::OsString;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use regex_lite::Regex;

use crate::files::{Source, Target};

const EXAMPLES: &str = "\
Examples:
  wsc keygen -k secret.key -K public.key
  wsc sign -i in.wasm -o out.wasm -k secret.key -K public.key
  wsc verify -i out.wasm -K public.key
  wsc show -i out.wasm --format json
  wsc rekor verify -i bundle.json -r trusted_root.json

`-` in place of a file is standard input or output.

Exit status:
  0  verified, or done
  1  refused: what was read is not what it must be, or a key would be overwritten
  2  a file cannot be read or written, or a key file holds no usable key
  3  wrong usage";

const SIGN_EXAMPLES: &str = "\
Examples:
  wsc sign -i in.wasm -o out.wasm -k secret.key -K public.key
  wsc sign -i out.wasm -o out.wasm -k bob.secret                 # one more signer
  wsc verify -i out.wasm -K public.key -K bob.key --require 2
  wsc sign -i in.wasm -S in.sig -k secret.key                    # into a file of its own
  wsc sign -i in.wasm -S in.sig --cosign in.sig -k bob.secret
  wsc verify -i in.wasm -S in.sig -K bob.key";

const PART_EXAMPLES: &str = "\
Examples, of code that can be verified without its custom sections, and with some of them:
  wsc split -i in.wasm -o parts.wasm -s '^$'
  wsc split -i parts.wasm -o parts.wasm -s '^[.]debug_'          # divides further
  wsc sign -i parts.wasm -o out.wasm -k secret.key
  wsc verify -i out.wasm -K public.key -s '^$'
  wsc verify-matrix -i out.wasm -K public.key bob.key -s '^$' -s '^[.]debug_'";

/// Signs WebAssembly modules and verifies them.
#[derive(Debug, Parser)]
#[command(name = "wsc", version, after_help = EXAMPLES, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    /// Changes nothing: what wasmsign2 says with it is no secret here.
    #[arg(short = 'v', short_alias = 'd', hide = true, action = ArgAction::Count)]
    _verbose: u8,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a key pair.
    Keygen(KeygenArguments),
    /// Sign a module, into the module or into a file of its own.
    #[command(after_help = SIGN_EXAMPLES)]
    Sign(SignArguments),
    /// Verify a module, or the part of it that must be signed.
    #[command(after_help = PART_EXAMPLES)]
    Verify(VerifyArguments),
    /// Print the sections of a module and what its signature says, unverified.
    Show(ShowArguments),
    /// Divide a module into parts, before it is signed, so that a part can be verified alone.
    #[command(after_help = PART_EXAMPLES)]
    Split(SplitArguments),
    /// Put custom sections behind a module, signed or not, and sign all of it.
    Append(AppendArguments),
    /// Put a signature that is in a file of its own into the module.
    Attach(AttachArguments),
    /// Take the signature out of a module, into a file of its own.
    Detach(DetachArguments),
    /// Say for each part that may be wanted which keys signed it; refused if one of them is signed by none.
    #[command(alias = "verify_matrix", after_help = PART_EXAMPLES)]
    VerifyMatrix(MatrixArguments),
    /// Entries of the transparency log Rekor.
    #[command(subcommand)]
    Rekor(RekorCommand),
}

/// The subcommands of `rekor`.
#[derive(Debug, Subcommand)]
pub(crate) enum RekorCommand {
    /// Verify that entries are in the log, without a network. What they say is not compared with any file.
    Verify(RekorVerifyArguments),
}

/// What `keygen` takes.
#[derive(Args, Debug)]
pub(crate) struct KeygenArguments {
    /// Where the secret key goes: a new file that only its owner can read.
    #[arg(short = 'k', long, value_name = "FILE")]
    pub(crate) secret_key: Target,
    /// Where the public key goes: a new file.
    #[arg(short = 'K', long, value_name = "FILE")]
    pub(crate) public_key: Target,
    /// What the files are: `raw` is what wasmsign2 writes, and every format can be read again.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) key_format: KeyFormat,
}

/// A form in which keys are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyFormat {
    /// A byte for the kind, and the keys
    #[default]
    Raw,
    /// PKCS#8, `SubjectPublicKeyInfo`
    Der,
    /// The same as text, as openssl writes it
    Pem,
    /// As ssh-keygen writes it
    Openssh,
}

/// Who signs.
#[derive(Args, Debug)]
pub(crate) struct SignerArguments {
    /// The secret key: raw, DER, PEM or OpenSSH, not encrypted.
    #[arg(short = 'k', long, value_name = "FILE")]
    pub(crate) secret_key: Source,
    /// Its public key, if the signature shall carry the id; without an id, verifiers try each key they have.
    #[arg(short = 'K', long, value_name = "FILE")]
    pub(crate) public_key: Option<Source>,
    #[command(flatten)]
    _key_format: KeyFormatArguments,
}

impl SignerArguments {
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Source> {
        [&self.secret_key].into_iter().chain(&self.public_key)
    }
}

/// What is taken for the sake of those who know wasmsign2.
#[derive(Args, Debug)]
pub(crate) struct KeyFormatArguments {
    /// Changes nothing: what a key file holds tells its format.
    #[arg(short = 'Z', long = "ssh", hide = true)]
    _ssh: bool,
}

/// What wasmsign2 does with a network, of which there is no use here.
#[derive(Args, Debug)]
pub(crate) struct NetworkArguments {
    /// Refused, with what to do instead.
    #[arg(short = 'G', long, hide = true, value_name = "ACCOUNT", value_parser = no_network)]
    from_github: Option<std::convert::Infallible>,
}

fn no_network(account: &str) -> Result<std::convert::Infallible, String> {
    Err(format!(
        "nothing is read over a network: save https://github.com/{account}.keys, look at it, and give the file with `-K`"
    ))
}

/// What `sign` takes.
#[derive(Args, Debug)]
pub(crate) struct SignArguments {
    /// The module.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) input_file: Source,
    /// Where the signed module goes; with `-S`, the module as it is.
    #[arg(
        short,
        long,
        value_name = "FILE",
        required_unless_present = "signature_file"
    )]
    pub(crate) output_file: Option<Target>,
    /// Write the signature here instead of into the module. A signature in the module is then signed like the rest.
    #[arg(short = 'S', long, value_name = "FILE")]
    pub(crate) signature_file: Option<Target>,
    /// Add the signature to those of others in this file; `-S` may be the same one.
    #[arg(long, value_name = "FILE", requires = "signature_file")]
    pub(crate) cosign: Option<Source>,
    #[command(flatten)]
    pub(crate) signer: SignerArguments,
}

/// What may be signed, and by what.
#[derive(Args, Debug)]
pub(crate) struct SignedArguments {
    /// The module.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) input_file: Source,
    /// The signature, where it is in a file of its own.
    #[arg(short = 'S', long, value_name = "FILE")]
    pub(crate) signature_file: Option<Source>,
}

impl SignedArguments {
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Source> {
        self.signature_file.iter().chain([&self.input_file])
    }
}

/// What `verify` takes.
#[derive(Args, Debug)]
pub(crate) struct VerifyArguments {
    #[command(flatten)]
    pub(crate) signed: SignedArguments,
    /// A public key that is trusted: raw, DER, PEM or OpenSSH (of several lines, the first with an Ed25519 key); may
    /// be given more than once.
    #[arg(short = 'K', long = "public-key", value_name = "FILE", required = true)]
    pub(crate) public_keys: Vec<Source>,
    /// How many of the keys must have signed.
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) require: usize,
    /// Only the custom sections whose name this regular expression finds must be signed, and all that are not custom.
    #[arg(short, long = "split", value_name = "REGEX")]
    pub(crate) splits: Option<Regex>,
    /// The form of the answer.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) format: Format,
    #[command(flatten)]
    _key_format: KeyFormatArguments,
    #[command(flatten)]
    _network: NetworkArguments,
}

/// What `show` takes.
#[derive(Args, Debug)]
pub(crate) struct ShowArguments {
    #[command(flatten)]
    pub(crate) signed: SignedArguments,
    /// The form of the answer.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What `split` takes.
#[derive(Args, Debug)]
pub(crate) struct SplitArguments {
    /// The module.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) input_file: Source,
    /// Where the divided module goes.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output_file: Target,
    /// Divide custom sections from the others, but for those whose name this regular expression finds; without it,
    /// the module becomes one part. To divide further, split again.
    #[arg(short, long = "split", value_name = "REGEX")]
    pub(crate) splits: Option<Regex>,
}

/// What `append` takes.
#[derive(Args, Debug)]
pub(crate) struct AppendArguments {
    /// The module.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) input_file: Source,
    /// Where the longer, signed module goes.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output_file: Target,
    /// The name of a section and the file with its content; may be given more than once.
    #[arg(long = "section", value_name = "NAME=FILE", required = true, value_parser = new_section)]
    pub(crate) sections: Vec<NewSection>,
    #[command(flatten)]
    pub(crate) signer: SignerArguments,
}

/// A section that is to be added.
#[derive(Clone, Debug)]
pub(crate) struct NewSection {
    pub(crate) name: String,
    pub(crate) content: Source,
}

fn new_section(argument: &str) -> Result<NewSection, &'static str> {
    let (name, file) = argument.split_once('=').ok_or("there is no `=`")?;
    match (name, file) {
        ("signature" | "signature_delimiter", _) => Err("the name has a meaning of its own"),
        (_, "") => Err("there is no file"),
        _ => Ok(NewSection {
            name: name.to_owned(),
            content: OsString::from(file).into(),
        }),
    }
}

/// What `attach` takes.
#[derive(Args, Debug)]
#[expect(clippy::struct_field_names, reason = "the options are called so")]
pub(crate) struct AttachArguments {
    /// The module.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) input_file: Source,
    /// The signature. It is read, but not verified.
    #[arg(short = 'S', long, value_name = "FILE")]
    pub(crate) signature_file: Source,
    /// Where the signed module goes.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output_file: Target,
}

/// What `detach` takes.
#[derive(Args, Debug)]
#[expect(clippy::struct_field_names, reason = "the options are called so")]
pub(crate) struct DetachArguments {
    /// The signed module.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) input_file: Source,
    /// Where the signature goes.
    #[arg(short = 'S', long, value_name = "FILE")]
    pub(crate) signature_file: Target,
    /// Where the module without it goes.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output_file: Target,
}

/// What `verify-matrix` takes.
#[derive(Args, Debug)]
pub(crate) struct MatrixArguments {
    #[command(flatten)]
    pub(crate) signed: SignedArguments,
    /// Public keys: raw, DER, PEM or OpenSSH (of several lines, all with an Ed25519 key).
    #[arg(short = 'K', long, alias = "public-key", value_name = "FILE", required = true, num_args = 1..)]
    pub(crate) public_keys: Vec<Source>,
    /// Ask about the custom sections whose name this regular expression finds, and all that are not custom; may be
    /// given more than once. Without it, the question is about the whole module.
    #[arg(short, long = "split", value_name = "REGEX")]
    pub(crate) splits: Vec<Regex>,
    /// The form of the answer.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) format: Format,
    #[command(flatten)]
    _key_format: KeyFormatArguments,
    #[command(flatten)]
    _network: NetworkArguments,
}

/// What `rekor verify` takes.
#[derive(Args, Debug)]
pub(crate) struct RekorVerifyArguments {
    /// The entry as Rekor's interface gives it, or a Sigstore bundle.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) input_file: Source,
    /// The logs that are trusted: a `trusted_root.json`.
    #[arg(short = 'r', long, value_name = "FILE")]
    pub(crate) trusted_root: Source,
    /// The form of the answer.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// A form in which an answer can be had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Lines for people
    #[default]
    Text,
    /// One document
    Json,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_readme_has_the_examples_and_exit_statuses_of_the_help() {
        let readme = include_str!("../../../README.md");
        let (examples, statuses) = EXAMPLES.split_once("Exit status:").unwrap();
        for line in examples.lines().filter_map(|line| line.strip_prefix("  ")) {
            assert!(readme.contains(&format!("\n{line}\n")), "{line}");
        }
        for line in statuses.trim().lines() {
            let (status, meaning) = line.trim().split_once("  ").unwrap();
            assert!(
                readme.contains(&format!("\n| {status} | {meaning} |\n")),
                "{line}"
            );
        }
    }

    #[test]
    fn the_definition_is_sound() {
        <Arguments as CommandFactory>::command().debug_assert();
    }
}
