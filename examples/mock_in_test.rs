//! The API on this machine, for the test of a consumer: start a mock, call the consumer, look at its requests.
//!
//! ```sh
//! cargo run --example mock_in_test
//! ```
#![allow(clippy::print_stdout, missing_docs, reason = "a program")]

use std::error::Error;

use clients_contract::Contract;
use clients_contract::serve::{Dataset, Mock, Options};
use serde_json::Value;

/// What is to be tested: counts the clients whose name has a word.
fn count(url: &str, key: &str, word: &str) -> Result<u64, Box<dyn Error>> {
    let request = ureq::get(url)
        .query("query", format!("name:{word}"))
        .header("authorization", format!("Bearer {key}"));
    let text = request.call()?.into_body().read_to_string()?;
    let page: Value = serde_json::from_str(&text)?;
    page["data"]["Clients"]["pageInfo"]["total"].as_u64().ok_or_else(|| "no total".into())
}

pub fn main() -> Result<(), Box<dyn Error>> {
    let data = Dataset::generated(Contract::clients(), 137, 7)?;
    let mock = Mock::start(&data)?;
    let counted = count(&mock.endpoint(), "ti_test_0123456789", "a")?;
    assert_eq!(mock.requests()[0].parameter("query"), Some("name:a"));
    println!("{counted} of {} clients", data.total());

    // The same where every second request is refused: what does the consumer do?
    let options = Options::default().fault("50%:429".parse()?)?;
    let mock = Mock::with(&data, options)?;
    let refused = (0..100).filter(|_| count(&mock.endpoint(), "ti_test_0123456789", "a").is_err()).count();
    assert!((30..70).contains(&refused));
    println!("{refused} of {} requests refused", mock.requests().len());
    Ok(())
}
