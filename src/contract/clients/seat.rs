//! Packages of seats.

use crate::contract::presence::object;
use crate::contract::scalar::Int;

object! {
    /// A tier of seats.
    struct SeatTier, PartialSeatTier {
        /// Price of the tier, in cents. Source: published types.
        price_in_cents: always Int = "priceInCents",
        /// Number of seats of the tier. Source: published types.
        seats: always Int = "seats",
    }
}

object! {
    /// A package of seats.
    struct SeatPackage, PartialSeatPackage {
        /// Number of seats of the package. Source: published types.
        seats: always Int = "seats",
    }
}
