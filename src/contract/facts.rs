//! Facts about requests and errors of an endpoint.

/// How requests are authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Authentication {
    /// The scheme of the `Authorization` header.
    pub scheme: String,
    /// What keys begin with, each with what such keys are for.
    pub prefixes: Vec<(String, String)>,
}

/// A parameter of the query.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it means.
    pub meaning: String,
}

/// The body that comes with a status.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorBody {
    /// The status.
    pub status: u16,
    /// An example of the body; empty where none is documented.
    pub example: String,
    /// What the status means here.
    pub meaning: String,
}

/// How many requests a key may send.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Whom the limit is for.
    pub plan: String,
    /// Requests a minute.
    pub per_minute: u32,
    /// Requests at once.
    pub burst: u32,
}

/// Pairs of a name and what it means.
pub(crate) fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(name, meaning)| ((*name).to_owned(), (*meaning).to_owned())).collect()
}
