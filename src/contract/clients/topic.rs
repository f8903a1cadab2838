//! Topic groups.

use serde_json::{Map, Value};

use crate::contract::presence::object;
use crate::contract::scalar::Uuid;

object! {
    /// A topic group.
    struct TopicGroup, PartialTopicGroup {
        /// Categories of the topic group. The type of an item is `TopicGroupCategory`: any object.
        /// Source: published types.
        categories: always Vec<Map<String, Value>> = "categories",
        /// Identifier of the company of the topic group. Source: published types.
        company_id: always Uuid = "companyId",
        /// Identifier of the topic group. Source: published types.
        id: always Uuid = "id",
    }
}
