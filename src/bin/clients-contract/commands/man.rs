//! `clients-contract man`: writes manual pages.

use clap::Args;
use clap_mangen::Man;
use clients_contract::finding::did_you_mean;
use clients_contract::{Error, ErrorKind};

use crate::exit::Exit;
use crate::output;

/// Print a manual page: of the tool, or of a command
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  clients-contract man > clients-contract.1\n  \
clients-contract man validate > clients-contract-validate.1")]
pub struct Manual {
    /// Command to print the page of
    command: Option<String>,
}

pub fn run(manual: &Manual) -> Result<Exit, Error> {
    let page = page(manual.command.as_deref())?;
    let mut output = output::open(None)?;
    output.write(|out| page.render(out))?;
    output.finish()?;
    Ok(Exit::Fine)
}

/// The page of a command, with the flags that all commands share.
fn page(name: Option<&str>) -> Result<Man, Error> {
    let mut tool = super::command();
    tool.build();
    let Some(name) = name else { return Ok(Man::new(tool)) };
    // `help` is a command of clap, without a page.
    let Some(command) = tool.find_subcommand(name).filter(|_| name != "help").cloned() else {
        let names = tool.get_subcommands().map(clap::Command::get_name);
        let names: Vec<&str> = names.filter(|name| *name != "help").collect();
        let message =
            format!("unknown command; expected one of {}{}", names.join(", "), did_you_mean(name, names));
        return Err(Error::new(ErrorKind::Usage, name, message));
    };
    let title = format!("{}-{name}", tool.get_name());
    Ok(Man::new(command.version(env!("CARGO_PKG_VERSION")).display_name(&title))
        .title(title.to_uppercase())
        .source(format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))))
}
