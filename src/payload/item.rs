//! What reading an input yields: payloads and skipped entries.

use std::borrow::Cow;

use super::Payload;
use crate::origin::Origin;
use crate::untrusted::Untrusted;

/// What reading yields next: a payload to validate, or a skipped entry.
#[derive(Clone, Debug)]
pub enum Item {
    /// A payload to validate.
    Payload(Payload),
    /// An entry that is skipped.
    Skipped(Skipped),
    /// A body that is too large to be held, where [`Options::pass_large`](super::Options) asks for such: its
    /// bytes come from [`Items::body`](super::Items::body), before the next item. The payload has none.
    Large(Payload),
}

/// An entry of a capture that is skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The entry.
    pub origin: Origin,
    /// The request's method and path, never its parameters; or the response.
    pub what: String,
    /// Why it is skipped.
    pub why: Cow<'static, str>,
}

impl Skipped {
    /// A part of a file that is no entry.
    pub(super) fn part_of(origin: Origin, why: String) -> Self {
        Self { origin, what: String::new(), why: Cow::Owned(why) }
    }

    /// Why an entry is skipped that the method or the path does not select.
    pub(super) const NOT_SELECTED: &'static str = "not selected";

    /// Whether its method or its path is not selected.
    #[must_use]
    pub fn is_not_selected(&self) -> bool {
        self.why == Self::NOT_SELECTED
    }

    /// Whether it is an entry of a capture, and not another part of the file.
    #[must_use]
    pub fn is_entry(&self) -> bool {
        !self.what.is_empty()
    }
}

/// The request of a payload.
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
            path: path_of(before.trim()).into_owned(),
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

/// The path behind scheme and host, either of which may be absent, or a variable such as Postman's
/// `{{host}}`.
fn path_of(url: &str) -> Cow<'_, str> {
    let behind = |text: &str, from: usize| text[from..].find('/').map_or(text.len(), |at| from + at);
    let host = match url.find("://") {
        Some(at) if !url[..at].contains('/') => behind(url, at + 3),
        _ if url.starts_with("//") => behind(url, 2),
        _ if url.starts_with("{{") => url.find("}}").map_or(0, |at| match url[at + 2..].chars().next() {
            // A port, or more of the name, follows the variable.
            Some(':' | '.' | '{') => behind(url, at + 2),
            _ => at + 2,
        }),
        _ if begins_with_host(url) => behind(url, 0),
        _ => 0,
    };
    match url[host..].trim_end_matches('/') {
        "" => Cow::Borrowed("/"),
        path if path.starts_with('/') => Cow::Borrowed(path),
        path => Cow::Owned(format!("/{path}")),
    }
}

/// Whether a URL without a scheme begins with a host, such as `api.example.com/things` or `localhost:8080`,
/// and not with a segment of a relative path.
fn begins_with_host(url: &str) -> bool {
    let first = url.split('/').next().unwrap_or_default();
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let (name, port) = first.rsplit_once(':').filter(|(_, port)| is_port(port)).unwrap_or((first, ""));
    let last = name.rsplit_once('.').map_or("", |(_, last)| last);
    let is_domain =
        first.len() < url.len() && !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_address = name.parse::<std::net::Ipv4Addr>().is_ok();
    !name.is_empty() && (!port.is_empty() || name == "localhost" || is_domain || is_address)
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
        assert_eq!(path("//a.example.com/v2/things"), "/v2/things");
        assert_eq!(path("a.example.com/v2/things?u=http://b"), "/v2/things");
        assert_eq!(path("localhost:8080/v2/things"), "/v2/things");
        assert_eq!(path("localhost:8080"), "/");
        assert_eq!(path("127.0.0.1/v2/things"), "/v2/things");
        assert_eq!(path("v2.0/things.json"), "/v2.0/things.json");
        assert_eq!(path("things.json"), "/things.json");
        assert_eq!(path("{{host}}:{{port}}/v2/things"), "/v2/things");
        assert_eq!(path("https://{{host}}/v2/things"), "/v2/things");
        assert_eq!(path("{{base}}v2/things"), "/v2/things");
        assert_eq!(path("/v2/to/http://x"), "/v2/to/http://x");
    }

    #[test]
    fn a_name_has_no_control_characters_and_no_parameters() {
        let request = Request::new("get", "/a\u{1b}[2J?key=secret");
        assert_eq!(request.name(), "GET /a\\u{1b}[2J");
        assert!(Request::new("get", &"/x".repeat(500)).name().chars().count() <= 121);
    }
}
