//! What does reading give?

use std::borrow::Cow;

use super::Payload;
use crate::origin::Origin;
use crate::untrusted::Untrusted;

/// One step of reading: a body to judge, or what was passed over.
#[derive(Clone, Debug)]
pub enum Item {
    /// A body to judge.
    Payload(Payload),
    /// An entry that is not judged.
    Skipped(Skipped),
    /// A body that is too large to be held, where [`Options::pass_large`](super::Options) asks for such: its bytes come from
    /// [`Items::body`](super::Items::body), before the next item. The payload has none.
    Large(Payload),
}

/// An entry of a capture that is not judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The entry.
    pub origin: Origin,
    /// What was asked for: method and path, never parameters; or what answered.
    pub what: String,
    /// Why it is not judged.
    pub why: &'static str,
}

/// The request that a payload answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The method, in capitals.
    pub method: String,
    /// The path of the URL, as it was written, without a slash at its end.
    pub path: String,
    /// The parameters behind the `?`, decoded, in their order.
    pub query: Vec<(String, String)>,
}

impl Request {
    /// A request for a URL, or for its path alone.
    ///
    /// ```
    /// use clients_contract::payload::Request;
    ///
    /// let request = Request::new("get", "https://api.example.com/things/?page=2&query=a%20b");
    /// assert_eq!((&*request.method, &*request.path), ("GET", "/things"));
    /// assert_eq!(request.query[1], ("query".to_owned(), "a b".to_owned()));
    /// ```
    #[must_use]
    pub fn new(method: &str, url: &str) -> Self {
        let url = url.split('#').next().unwrap_or_default();
        let (before, query) = url.split_once('?').unwrap_or((url, ""));
        Self {
            method: method.trim().to_ascii_uppercase(),
            path: path_of(before).to_owned(),
            query: parameters(query),
        }
    }

    /// Method and path, fit for a terminal.
    #[must_use]
    pub fn name(&self) -> String {
        let text = format!("{} {}", self.method, self.path);
        let mut name: String = text.chars().take(120).collect();
        if name.len() < text.len() {
            name.push('…');
        }
        Untrusted::from(name).line().into_owned()
    }
}

/// The path behind scheme and host. Postman writes variables, such as `{{host}}`, before it.
fn path_of(url: &str) -> &str {
    let behind_host = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None if url.starts_with("{{") => url.find("}}").map_or(url, |at| &url[at + 2..]),
        None => url,
    };
    match behind_host.trim_end_matches('/') {
        "" => "/",
        path => path,
    }
}

#[cfg(feature = "captures")]
fn parameters(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

#[cfg(not(feature = "captures"))]
fn parameters(query: &str) -> Vec<(String, String)> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.to_owned(), value.to_owned())
    };
    query.split('&').filter(|text| !text.is_empty()).map(pair).collect()
}

/// Which entries of a capture are meant: those with this method and path, on any host.
///
/// ```
/// use clients_contract::payload::{Request, Selection};
///
/// let things = Selection::new("GET", "/things");
/// assert!(things.selects(&Request::new("GET", "https://a.example.com/things/?page=2")));
/// assert!(!things.selects(&Request::new("GET", "https://a.example.com/things/7")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    request: Request,
}

impl Selection {
    /// Entries of this method and path. Parameters and a slash at the end do not count.
    #[must_use]
    pub fn new(method: &str, path: &str) -> Self {
        let path = if path.starts_with('/') || path.contains("://") || path.starts_with("{{") {
            Cow::Borrowed(path)
        } else {
            Cow::Owned(format!("/{path}"))
        };
        Self { request: Request::new(method, &path) }
    }

    /// Whether this request is meant.
    #[must_use]
    pub fn selects(&self, request: &Request) -> bool {
        // A mock may answer any method.
        let method = request.method == self.request.method || request.method == "ANY";
        method && request.path == self.request.path
    }

    /// Method and path.
    #[must_use]
    pub fn name(&self) -> String {
        self.request.name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_behind_any_host() {
        let path = |url| Request::new("GET", url).path;
        assert_eq!(path("https://a.example.com:8443/v2/things?x=/y"), "/v2/things");
        assert_eq!(path("https://a.example.com"), "/");
        assert_eq!(path("https://a.example.com/v2/things#part"), "/v2/things");
        assert_eq!(path("/v2/things//"), "/v2/things");
        assert_eq!(path("{{host}}/v2/things"), "/v2/things");
        assert_eq!(path("?"), "/");
    }

    #[test]
    fn a_name_steers_no_terminal_and_tells_no_parameter() {
        let request = Request::new("get", "/a\u{1b}[2J?key=secret");
        assert_eq!(request.name(), "GET /a\\u{1b}[2J");
        assert!(Request::new("get", &"/x".repeat(500)).name().chars().count() <= 121);
    }

    #[test]
    fn a_selection_may_be_a_whole_url() {
        let request = Request::new("GET", "/v2/things");
        assert!(Selection::new("get", "https://a.example.com/v2/things/?x").selects(&request));
        assert!(Selection::new("GET", "v2/things").selects(&request));
        assert!(!Selection::new("POST", "v2/things").selects(&request));
    }
}
