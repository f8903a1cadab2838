//! Which rules hold for any contract?

use super::Rule;

mod always_null;
mod constant;
mod duplicate_key;
mod http_status;
mod invalid_format;
mod likely_rename;
mod low_coverage;
mod missing_property;
mod never_null;
mod never_seen;
mod not_json;
mod null_rate_rose;
mod null_value;
mod out_of_range;
mod presence_dropped;
mod schema_violation;
mod too_deep;
mod truncated_body;
mod type_mismatch;
mod undecided;
mod undocumented_property;
mod unknown_enum_value;
mod value_appeared;

pub use always_null::RULE as ALWAYS_NULL;
pub use constant::RULE as CONSTANT;
pub use duplicate_key::RULE as DUPLICATE_KEY;
pub use http_status::RULE as HTTP_STATUS;
pub use invalid_format::RULE as INVALID_FORMAT;
pub use likely_rename::RULE as LIKELY_RENAME;
pub use low_coverage::RULE as LOW_COVERAGE;
pub use missing_property::RULE as MISSING_PROPERTY;
pub use never_null::RULE as NEVER_NULL;
pub use never_seen::RULE as NEVER_SEEN;
pub use not_json::RULE as NOT_JSON;
pub use null_rate_rose::RULE as NULL_RATE_ROSE;
pub use null_value::RULE as NULL_VALUE;
pub use out_of_range::RULE as OUT_OF_RANGE;
pub use presence_dropped::RULE as PRESENCE_DROPPED;
pub use schema_violation::RULE as SCHEMA_VIOLATION;
pub use too_deep::RULE as TOO_DEEP;
pub use truncated_body::RULE as TRUNCATED_BODY;
pub use type_mismatch::RULE as TYPE_MISMATCH;
pub use undecided::RULE as UNDECIDED;
pub use undocumented_property::RULE as UNDOCUMENTED_PROPERTY;
pub use unknown_enum_value::RULE as UNKNOWN_ENUM_VALUE;
pub use value_appeared::RULE as VALUE_APPEARED;

/// Every rule of this folder, worst first.
pub static ALL: &[&Rule] = &[
    &MISSING_PROPERTY,
    &NULL_VALUE,
    &TYPE_MISMATCH,
    &UNKNOWN_ENUM_VALUE,
    &INVALID_FORMAT,
    &OUT_OF_RANGE,
    &SCHEMA_VIOLATION,
    &UNDECIDED,
    &NOT_JSON,
    &TRUNCATED_BODY,
    &TOO_DEEP,
    &LOW_COVERAGE,
    &HTTP_STATUS,
    &DUPLICATE_KEY,
    &LIKELY_RENAME,
    &PRESENCE_DROPPED,
    &NULL_RATE_ROSE,
    &VALUE_APPEARED,
    &UNDOCUMENTED_PROPERTY,
    &NEVER_SEEN,
    &ALWAYS_NULL,
    &NEVER_NULL,
    &CONSTANT,
];
