//! Validates everything in a directory, as `clients-contract validate` does, and writes a SARIF report beside
//! it.
//!
//! `cargo run --example validate_directory -- captures/ report.sarif`

#![allow(clippy::print_stderr, clippy::print_stdout)]

use std::process::ExitCode;

use clients_contract::report::Outcome;
use clients_contract::run::{Event, Events, Run};
use clients_contract::{Contract, Error};

fn main() -> Result<ExitCode, Error> {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().unwrap_or_else(|| "fixtures/valid".to_owned());
    let mut run = Run::new(Contract::clients()).source(&*directory).events(&Events::new(|event| {
        if let Event::Problem(error) = event {
            eprintln!("{error}");
        }
    }));
    if let Some(sarif) = arguments.next() {
        run = run.report("sarif", &*sarif);
    }
    let report = run.execute()?;
    for group in report.groups.sorted() {
        println!("{} at {}: {} findings, {}", group.rule.id, group.pointer, group.count, group.message());
    }
    println!("{} of {} payloads are valid", report.checked.valid, report.checked.payloads);
    Ok(match report.outcome() {
        Outcome::Pass => ExitCode::SUCCESS,
        Outcome::Fail => ExitCode::from(1),
        Outcome::Incomplete => ExitCode::from(3),
    })
}
