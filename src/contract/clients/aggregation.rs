//! Aggregations: counts over the clients.

use crate::contract::presence::{Sparse, object};
use crate::contract::scalar::Count;

object! {
    /// An aggregation over the clients found: buckets under one key.
    #[derive(Default)]
    struct Aggregation, PartialAggregation {
        /// Key of the aggregation. Source: documented example.
        key: nullable String = "key",
        /// Label of the aggregation. Source: documented example.
        label: nullable String = "label",
        /// Buckets of the aggregation. Source: documented example.
        buckets: nullable Sparse<AggregationBucket> = "buckets",
    }
}

object! {
    /// One bucket of an aggregation.
    #[derive(Default)]
    struct AggregationBucket, PartialAggregationBucket {
        /// Query of the bucket. Source: documented example.
        query: nullable String = "query",
        /// Value of the bucket. Source: documented example.
        value: nullable String = "value",
        /// Label of the bucket. Source: documented example.
        label: nullable String = "label",
        /// Description of the bucket. Source: documented example.
        description: nullable String = "description",
        /// Count of the bucket. Not negative. Source: documented example.
        count: nullable Count = "count",
    }
}
