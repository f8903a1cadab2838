//! `Arbitrary` for the types of the contract.

use proptest::strategy::{BoxedStrategy, Strategy};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::Payloads;

/// Values of a type of this contract. What its schema accepts, the type reads, so nothing is ever filtered.
pub(crate) fn typed<T: DeserializeOwned + JsonSchema + std::fmt::Debug + 'static>() -> BoxedStrategy<T> {
    let payloads = Payloads::of_schema(schemars::schema_for!(T).to_value());
    payloads.prop_filter_map("not of the type", |value| serde_json::from_value(value).ok()).boxed()
}
