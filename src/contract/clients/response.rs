//! The data of the response.

use super::page::ClientsList;
use crate::contract::presence::object;

object! {
    /// The response of `GET /incoming/v2/clients`: one page of clients.
    struct ClientsResponse, PartialClientsResponse {
        /// What the query found. Source: documented example.
        data: always ClientsData = "data",
    }
}

object! {
    /// The `data` of the response: the result of a GraphQL query.
    struct ClientsData, PartialClientsData {
        /// The page of clients; the name begins with a capital C. Source: documented example.
        clients: always ClientsList = "Clients",
    }
}
