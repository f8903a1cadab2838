//! `clients-contract completions`: what may be typed next?

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use clients_contract::Error;

use super::Cli;
use crate::exit::Exit;
use crate::output::Output;

/// Print the completions for a shell.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  clients-contract completions bash > \
~/.local/share/bash-completion/completions/clients-contract")]
pub struct Completions {
    /// The shell.
    shell: Shell,
}

pub fn run(command: &Completions) -> Result<Exit, Error> {
    let mut script = Vec::new();
    clap_complete::generate(command.shell, &mut Cli::command(), env!("CARGO_PKG_NAME"), &mut script);
    let mut output = Output::open(None)?;
    output.write(|out| out.write_all(&script))?;
    output.finish()?;
    Ok(Exit::Fine)
}
