//! Pages.

use super::aggregation::Aggregation;
use super::client::Client;
use crate::contract::presence::object;
use crate::contract::scalar::Count;

object! {
    /// One page of clients, its position among all pages, and aggregations over the clients.
    struct ClientsList, PartialClientsList {
        /// The position of the page among all pages. Source: documented example.
        page_info: always PageInfo = "pageInfo",
        /// Aggregations over the clients. Source: documented example.
        aggregations: nullable Vec<Aggregation> = "aggregations",
        /// The clients on the page. Source: documented example.
        clients: always Vec<Client> = "clients",
    }
}

object! {
    /// The position of a page among all pages.
    struct PageInfo, PartialPageInfo {
        /// Number of clients per page. Not negative. Source: documented example.
        per_page: always Count = "perPage",
        /// Number of the page. Not negative. Source: documented example.
        current_page: always Count = "currentPage",
        /// Number of clients on all pages together. Not negative. Source: documented example.
        total: always Count = "total",
        /// Whether there are more pages. Source: documented example.
        has_more: always bool = "hasMore",
    }
}
