//! `clients-contract`: validates API responses against a contract.

mod commands;
mod described;
mod environment;
mod exit;
mod flags;
mod global_args;
mod interrupt;
mod narrator;
mod output;
mod progress;
mod settings;
mod settings_text;
mod usage;

use std::process::ExitCode;

use clients_contract::contract;
use clients_contract::run::STACK;

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    interrupt::receive();
    let work = std::thread::Builder::new().name("main".to_owned()).stack_size(STACK).spawn(work);
    // The contract is read beside the command line and the settings.
    let is_of_schema = |arg: std::ffi::OsString| arg.to_str().is_some_and(|arg| arg.starts_with("--schema"));
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|command| command == "validate") && !arguments.any(is_of_schema) {
        let _ = contract::usual().validator().engine_in_use();
    }
    match work.map(std::thread::JoinHandle::join) {
        Ok(Ok(exit)) => exit.into(),
        Ok(Err(_)) => exit::Exit::Incomplete.into(),
        Err(error) => {
            output::note(false, &format!("error: cannot start a thread: {error}"));
            exit::Exit::Incomplete.into()
        }
    }
}

/// Runs the command.
fn work() -> exit::Exit {
    let cli = match usage::read() {
        Ok(cli) => cli,
        Err(exit) => return exit,
    };
    commands::run(cli).unwrap_or_else(|error| usage::failed(&error))
}
