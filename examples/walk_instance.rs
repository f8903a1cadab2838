//! Walks an instance page by page, validates each page as it comes, and ends at the first that is not valid.
//!
//! ```sh
//! CLIENTS_CONTRACT_API_KEY=... cargo run --example walk_instance -- https://acme.example.com
//! ```
#![allow(clippy::print_stdout, dead_code, missing_docs, reason = "a program")]

use std::error::Error;

use clients_contract::Contract;
use clients_contract::live::{Address, Key, Options, Walk};

/// How many pages are valid.
///
/// # Errors
///
/// When a page cannot be fetched or is not valid.
pub fn walk(url: &str, key: &str, options: Options) -> Result<u64, Box<dyn Error>> {
    let contract = Contract::clients();
    let address = Address::parse(url, &contract.path)?;
    let pages = Walk::new(contract.paging(), contract.secrets(), address, Key::new(key)?, options)?;
    // What holds for pages together, such as that no client comes twice.
    let mut sequence = contract.validator().sequence();
    let mut valid = 0;
    for page in pages {
        let page = page?;
        let validation = contract.validator().validate_payload(&page);
        for finding in sequence.next(&page, &validation) {
            println!("{finding}");
        }
        let validation = validation.into_result()?;
        valid += 1;
        println!("page {valid}: valid, {} findings", validation.findings.len());
    }
    Ok(valid)
}

pub fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).ok_or("the URL of an instance is missing")?;
    let key = std::env::var("CLIENTS_CONTRACT_API_KEY")?;
    let options = Options { rate: "30/m".parse()?, ..Options::default() };
    let pages = walk(&url, &key, options)?;
    println!("{pages} pages are valid");
    Ok(())
}
