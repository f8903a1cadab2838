//! Locations of events.

use crate::contract::presence::object;
use crate::contract::scalar::Uuid;

object! {
    /// A location.
    struct Location, PartialLocation {
        /// First line of the address. Source: published types.
        address1: always String = "address1",
        /// Second line of the address. Source: published types.
        address2: nullable String = "address2",
        /// City of the address. Source: published types.
        city: always String = "city",
        /// Country of the address. Source: published types.
        country: nullable String = "country",
        /// Identifier of the location. Source: published types.
        id: always Uuid = "id",
        /// Name of the location. Source: published types.
        name: always String = "name",
        /// Room of the location. Source: published types.
        room: nullable String = "room",
        /// State of the address. Source: published types.
        state: nullable String = "state",
        /// Time zone of the location. Source: published types.
        time_zone: nullable String = "timeZone",
        /// ZIP code of the address. Source: published types.
        zip_code: nullable String = "zipCode",
    }
}

object! {
    /// A fulfillment center.
    struct FulfillmentCenter, PartialFulfillmentCenter {
        /// First line of the address. Source: published types.
        address1: nullable String = "address1",
        /// Second line of the address. Source: published types.
        address2: nullable String = "address2",
        /// City of the address. Source: published types.
        city: nullable String = "city",
        /// Country of the address. Source: published types.
        country: nullable String = "country",
        /// Identifier of the fulfillment center. Source: published types.
        id: always Uuid = "id",
        /// Latitude of the fulfillment center. Source: published types.
        latitude: nullable String = "latitude",
        /// Longitude of the fulfillment center. Source: published types.
        longitude: nullable String = "longitude",
        /// Name of the fulfillment center. Source: published types.
        name: always String = "name",
        /// State of the address. Source: published types.
        state: nullable String = "state",
        /// ZIP code of the address. Source: published types.
        zip_code: nullable String = "zipCode",
    }
}
