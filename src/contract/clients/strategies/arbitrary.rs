//! How do property tests draw values of the contract's types?

use proptest::strategy::{FilterMap, Strategy};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Payloads;

/// A strategy of values of one type: what its schema allows, read.
pub type Typed<T> = FilterMap<Payloads, fn(Value) -> Option<T>>;

/// Values of a type of this contract. What its schema accepts, the type reads, so nothing is ever filtered.
pub(crate) fn typed<T: DeserializeOwned + JsonSchema + std::fmt::Debug>() -> Typed<T> {
    let read: fn(Value) -> Option<T> = |value| serde_json::from_value(value).ok();
    Payloads::of_schema(schemars::schema_for!(T).to_value()).prop_filter_map("not of the type", read)
}
