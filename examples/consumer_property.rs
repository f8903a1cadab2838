//! A property test of a consumer: code that reads responses of the API meets everything that the contract
//! allows.
//!
//! ```sh
//! cargo run --example consumer_property
//! ```
#![allow(clippy::print_stdout, missing_docs, reason = "a program")]

use std::error::Error;

use clients_contract::Contract;
use clients_contract::clients::{Client, ClientsResponse};
use proptest::prelude::*;

/// The consumer: a line for each client, its name and how many courses it has.
fn summary(response: &ClientsResponse) -> Vec<String> {
    let line = |client: &Client| {
        let courses = client.courses.as_ref().map_or(0, Vec::len);
        format!("{}: {courses} courses", client.name)
    };
    response.data.clients.clients.iter().map(line).collect()
}

/// In a test suite this is the body of a `#[test]`. A response that fails is made smaller until it shows
/// little else.
pub fn main() -> Result<(), Box<dyn Error>> {
    proptest!(|(response in any::<ClientsResponse>())| {
        prop_assert_eq!(summary(&response).len(), response.data.clients.clients.len());
    });

    // What the consumer sends on keeps the contract, too: here the response as it was read.
    let validator = Contract::clients().validator();
    proptest!(|(response in any::<ClientsResponse>())| {
        let validation = validator.validate_serializable(&response)?;
        prop_assert!(validation.valid, "{}", validation);
    });

    let body = std::fs::read("fixtures/valid/documented.json")?;
    let lines = summary(&serde_json::from_slice(&body)?);
    println!("{}", lines.join("\n"));
    assert!(!lines.is_empty());
    Ok(())
}
