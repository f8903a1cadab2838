//! Selects entries of a capture by method and path.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::Request;
use crate::error::parse_error;

/// Methods that an entry can be selected by.
const METHODS: &[&str] = &[
    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "QUERY", "TRACE", "CONNECT", "PURGE",
    "PROPFIND", "REPORT", "SEARCH",
];

/// Selects entries of a capture with this method and path, on any host. A part of the path in braces
/// matches anything but a slash.
///
/// ```
/// use clients_contract::payload::{Request, Selection};
///
/// let things = Selection::new("GET", "/things").or("POST /things/{id}/copy".parse()?);
/// assert!(things.selects(&Request::new("GET", "https://a.example.com/things/?page=2")));
/// assert!(things.selects(&Request::new("POST", "/things/7/copy")));
/// assert!(!things.selects(&Request::new("GET", "https://a.example.com/things/7")));
/// # Ok::<(), clients_contract::payload::ParseSelectionError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    any_of: Arc<Vec<Request>>,
}

/// The method that matches all of them.
const ANY: &str = "*";

impl Selection {
    /// Entries of this method, or of any if it is `*`, and path. Parameters and a slash at the end do not
    /// count.
    #[must_use]
    pub fn new(method: &str, path: &str) -> Self {
        let path = if path.starts_with('/') || path.contains("://") || path.starts_with("{{") {
            Cow::Borrowed(path)
        } else {
            Cow::Owned(format!("/{path}"))
        };
        Self { any_of: Arc::new(vec![Request::new(method, &path)]) }
    }

    /// Selects the entries of both.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        Arc::make_mut(&mut self.any_of).extend(Arc::unwrap_or_clone(other.any_of));
        self
    }

    /// The paths of the entries, with braces around what varies.
    #[cfg(feature = "redact")]
    pub fn templates(&self) -> impl Iterator<Item = &str> {
        self.any_of.iter().map(|wanted| &*wanted.path)
    }

    /// Whether this request is selected.
    #[must_use]
    pub fn selects(&self, request: &Request) -> bool {
        self.any_of
            .iter()
            .any(|wanted| is_method(wanted, request) && is_path(&wanted.path, &request.path, false))
    }

    /// Whether a request is selected whose path may have braces that match anything, too.
    #[cfg(feature = "captures")]
    pub(super) fn selects_template(&self, request: &Request) -> bool {
        self.paths(request).any(|wanted| is_path(wanted, &request.path, true))
    }

    /// The paths that are meant of requests with the method of this one.
    #[cfg(feature = "captures")]
    pub(super) fn paths(&self, request: &Request) -> impl Iterator<Item = &str> {
        self.any_of.iter().filter(|wanted| is_method(wanted, request)).map(|wanted| &*wanted.path)
    }

    /// Methods and paths.
    fn name(&self) -> String {
        self.any_of.iter().map(Request::name).collect::<Vec<_>>().join(", ")
    }
}

parse_error! {
    /// Not a selection.
    ParseSelectionError
}

impl FromStr for Selection {
    type Err = ParseSelectionError;

    /// Reads `[METHOD ]PATH`, where the method is GET unless it is given, and `*` is any.
    fn from_str(text: &str) -> Result<Self, ParseSelectionError> {
        let wrong = |what: String| ParseSelectionError(format!("selection of requests {what}"));
        let example = "such as `/v1/things`, `POST /graphql` or `* /v1/things/{id}`";
        let (method, path) = match text.trim().split_once(char::is_whitespace) {
            Some((method, path)) => (method.to_ascii_uppercase(), path.trim_start()),
            None => ("GET".to_owned(), text.trim()),
        };
        let is_method = |text: &str| text == ANY || METHODS.contains(&text);
        if path.is_empty() || is_method(path) {
            return Err(wrong(format!("has no path: expected [METHOD ]PATH, {example}")));
        }
        if !is_method(&method) {
            let methods = METHODS.join(", ");
            return Err(wrong(format!(
                "has an unknown method: expected one of {methods}, or `*` for any of them"
            )));
        }
        if path.contains(char::is_whitespace) {
            return Err(wrong(format!("has a space in its path: expected [METHOD ]PATH, {example}")));
        }
        let selection = Self::new(&method, path);
        if !selection.any_of.iter().all(|wanted| wanted.path.split('/').all(has_matching_braces)) {
            return Err(wrong("has unbalanced braces: write a variable segment as `{id}`".to_owned()));
        }
        Ok(selection)
    }
}

impl fmt::Display for Selection {
    /// Methods and paths.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

fn is_method(wanted: &Request, request: &Request) -> bool {
    // A mock may answer any method.
    wanted.method == ANY || request.method == wanted.method || request.method == "ANY"
}

/// Whether one path is the other; what is in braces in the first, or in both of them, stands for anything.
/// Encoded braces are characters like any other.
fn is_path(wanted: &str, path: &str, is_template: bool) -> bool {
    let (mut wanted, mut path) = (wanted.split('/'), path.split('/'));
    loop {
        match (wanted.next(), path.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) => {
                let is_same = decoded(a) == decoded(b);
                if !(is_same || fits(a, &decoded(b)) || is_template && fits(b, &decoded(a))) {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

pub(super) fn decoded(segment: &str) -> Cow<'_, str> {
    percent_encoding::percent_decode_str(segment).decode_utf8_lossy()
}

/// What a segment consists of: text, and variables in braces.
pub(super) fn pieces(segment: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = segment;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((_, behind)) = behind.split_once('}') else { break };
        pieces.push(before);
        rest = behind.trim_start_matches('}');
    }
    pieces.push(rest);
    pieces
}

/// Whether a segment with variables matches this one. Each matches at least one character.
fn fits(pattern: &str, segment: &str) -> bool {
    let pieces: Vec<_> = pieces(pattern).into_iter().map(decoded).collect();
    let [first, middle @ .., last] = &pieces[..] else { return false };
    let Some(mut rest) = segment.strip_prefix(&**first) else { return false };
    let skip = |text: &str| text.chars().next().map_or(0, char::len_utf8);
    for piece in middle {
        let from = skip(rest);
        let Some(at) = rest.get(from..).filter(|_| from > 0).and_then(|rest| rest.find(&**piece)) else {
            return false;
        };
        rest = &rest[from + at + piece.len()..];
    }
    let from = skip(rest);
    from > 0 && rest[from..].ends_with(&**last)
}

fn has_matching_braces(segment: &str) -> bool {
    let rest: String = pieces(segment).concat();
    !rest.contains(['{', '}']) && !segment.contains("{}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_may_be_a_whole_url() {
        let request = Request::new("GET", "/v2/things");
        assert!(Selection::new("get", "https://a.example.com/v2/things/?x").selects(&request));
        assert!(Selection::new("GET", "v2/things").selects(&request));
        assert!(!Selection::new("POST", "v2/things").selects(&request));
    }

    #[cfg(feature = "captures")]
    #[test]
    fn a_template_is_selected_by_what_it_stands_for() {
        for (text, url, expected) in [
            ("/a/7", "/a/{id}", true),
            ("/a/{x}", "/a/{id}", true),
            ("/v1/a", "{{base}}/{{version}}/a", true),
            ("/a/7", "/a/%7Bid%7D", false),
            ("/a/7", "/b/{id}", false),
        ] {
            let request = Request::new("GET", url);
            assert_eq!(
                text.parse::<Selection>().unwrap().selects_template(&request),
                expected,
                "{text} {url}"
            );
        }
    }

    #[test]
    fn a_method_and_variables_may_be_given() {
        let selects = |text: &str, method: &str, url: &str| {
            text.parse::<Selection>().unwrap().selects(&Request::new(method, url))
        };
        for (text, method, url) in [
            ("/a", "GET", "/a"),
            ("post  /a/", "POST", "http://h/a?b"),
            ("* a", "PUT", "/a"),
            ("GET /a/{id}", "GET", "/a/7"),
            ("/a/{id}.json", "GET", "/a/7.json"),
            ("/a/{x}-{y}/b", "GET", "/a/1-2/b"),
            ("/a/%7Bid%7D", "GET", "/a/{id}"),
            ("/a/{id}", "GET", "/a/%7Bid%7D"),
            ("/a b", "GET", "/a%20b"),
            ("/a%20b", "GET", "/a b"),
        ] {
            // A path with a space can only be given encoded.
            if text == "/a b" {
                assert!(Selection::new("GET", text).selects(&Request::new(method, url)), "{text}");
                continue;
            }
            assert!(selects(text, method, url), "{text}: {method} {url}");
        }
        for (text, method, url) in [
            ("/a", "POST", "/a"),
            ("POST /a", "GET", "/a"),
            ("/a/{id}", "GET", "/a"),
            ("/a/{id}", "GET", "/a/"),
            ("/a/{id}", "GET", "/a/7/b"),
            ("/a/{id}.json", "GET", "/a/.json"),
            ("/a/{x}-{y}", "GET", "/a/1-"),
            ("/a/7", "GET", "/a/{id}"),
            ("/a/7", "GET", "/a/%7Bid%7D"),
            ("/a/%7Bid%7D", "GET", "/a/7"),
        ] {
            assert!(!selects(text, method, url), "{text}: {method} {url}");
        }
        for (text, what) in [
            ("", "no path"),
            ("POST", "no path"),
            ("*", "no path"),
            ("PSOT /a", "unknown method"),
            ("GET /a b", "a space"),
            ("/a/{id", "braces"),
            ("/a/id}", "braces"),
            ("/a/{}", "braces"),
        ] {
            let error = text.parse::<Selection>().unwrap_err();
            assert!(error.to_string().contains(what), "{text}: {error}");
        }
    }
}
