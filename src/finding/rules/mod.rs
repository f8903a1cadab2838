//! Which rules hold for any contract?

use super::Rule;

mod duplicate_key;
mod http_status;
mod invalid_format;
mod missing_property;
mod not_json;
mod null_value;
mod out_of_range;
mod schema_violation;
mod too_deep;
mod truncated_body;
mod type_mismatch;
mod undocumented_property;
mod unknown_enum_value;

pub use duplicate_key::RULE as DUPLICATE_KEY;
pub use http_status::RULE as HTTP_STATUS;
pub use invalid_format::RULE as INVALID_FORMAT;
pub use missing_property::RULE as MISSING_PROPERTY;
pub use not_json::RULE as NOT_JSON;
pub use null_value::RULE as NULL_VALUE;
pub use out_of_range::RULE as OUT_OF_RANGE;
pub use schema_violation::RULE as SCHEMA_VIOLATION;
pub use too_deep::RULE as TOO_DEEP;
pub use truncated_body::RULE as TRUNCATED_BODY;
pub use type_mismatch::RULE as TYPE_MISMATCH;
pub use undocumented_property::RULE as UNDOCUMENTED_PROPERTY;
pub use unknown_enum_value::RULE as UNKNOWN_ENUM_VALUE;

/// Every rule of this folder, worst first.
pub static ALL: &[&Rule] = &[
    &MISSING_PROPERTY,
    &NULL_VALUE,
    &TYPE_MISMATCH,
    &UNKNOWN_ENUM_VALUE,
    &INVALID_FORMAT,
    &OUT_OF_RANGE,
    &SCHEMA_VIOLATION,
    &NOT_JSON,
    &TRUNCATED_BODY,
    &TOO_DEEP,
    &HTTP_STATUS,
    &DUPLICATE_KEY,
    &UNDOCUMENTED_PROPERTY,
];
