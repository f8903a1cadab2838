//! Tags.

use crate::contract::presence::object;
use crate::contract::scalar::{DateTime, Uuid};

object! {
    /// A tag.
    struct Tag, PartialTag {
        /// Identifier of the tag. Source: documented example and published types.
        id: always Uuid = "id",
        /// Label of the tag. Source: documented example and published types.
        label: nullable String = "label",
        /// Whether the tag is a folder. Source: documented example and published types.
        is_folder: always bool = "isFolder",
        /// Date and time at which the tag was last updated. Source: documented example and
        /// published types.
        updated_at: nullable DateTime = "updatedAt",
        /// Description of the tag. Not in the published types, so nullable. Source: documented
        /// example.
        description: nullable String = "description",
    }
}
