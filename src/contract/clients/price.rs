//! Prices of items.

use crate::contract::choice::choice;
use crate::contract::presence::{Partial, object};
use crate::contract::scalar::{Int, Uuid};

object! {
    /// The price of an item in one currency.
    struct ItemPrice, PartialItemPrice {
        /// Annual price, in cents. Source: published types.
        annual_price_in_cents: nullable Int = "annualPriceInCents",
        /// Code of the currency. Source: published types.
        currency_code: always String = "currencyCode",
        /// Identifier of the price. Source: published types.
        id: always Uuid = "id",
        /// Price of instructor access, in cents. Source: published types.
        instructor_access_price_in_cents: nullable Int = "instructorAccessPriceInCents",
        /// Price, in cents. Source: published types.
        price_in_cents: nullable Int = "priceInCents",
        /// Suggested retail price, in cents. Source: published types.
        suggested_retail_price_in_cents: nullable Int = "suggestedRetailPriceInCents",
        /// Variations of the price. Source: published types.
        variations: always Vec<Partial<ItemPriceVariation>> = "variations",
    }
}

object! {
    /// A variation of a price.
    struct ItemPriceVariation, PartialItemPriceVariation {
        /// Label of the variation. Source: published types.
        label: always String = "label",
        /// Price of the variation, in cents. Source: published types.
        price_in_cents: always Int = "priceInCents",
    }
}

choice! {
    /// The type of an alternative pricing.
    enum AlternativePricingType {
        Membership = "membership",
    }
}
