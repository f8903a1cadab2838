//! How does an endpoint give its items page by page?

/// The path, the parameters and the members of an answer that a walk over its pages needs.
#[derive(Debug)]
pub struct Paging {
    /// The path of the endpoint.
    pub path: &'static str,
    /// The parameter for the number of the page, counted from 1.
    pub page: &'static str,
    /// The parameter for the number of items a page.
    pub count: &'static str,
    /// The parameter for the field to sort by.
    pub sort: &'static str,
    /// The parameter for a search.
    pub query: &'static str,
    /// JSON Pointer to whether there are more pages.
    pub more: &'static str,
    /// JSON Pointer to the number of items on all pages together.
    pub total: &'static str,
    /// JSON Pointer to the items of the page.
    pub items: &'static str,
}
