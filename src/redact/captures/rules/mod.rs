//! The tables that say what each member of a capture becomes.

mod har;
mod postman;
mod wiremock;

use crate::payload::Input;

/// What a value of a capture becomes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    /// Numbers, booleans and null are kept; all else is masked by type.
    Plain,
    /// The status of a response: a number, or a text that begins with one.
    Status,
    /// A reason phrase, perhaps behind a status.
    Phrase,
    /// The number of a port.
    Port,
    /// The method of a request.
    Method,
    /// The encoding of a text, of which only base64 says something.
    Encoding,
    /// One of these words is kept, another text becomes one of the same shape.
    Word(&'static [&'static str]),
    /// A text of the same shape.
    Text,
    /// A date, moved as all dates are.
    Date,
    /// A URL.
    Url,
    /// A regular expression for URLs.
    UrlPattern,
    /// A regular expression for other texts.
    Pattern,
    /// A host, or a list of its parts.
    Host,
    /// A path, or a list of its segments.
    Path,
    /// The name of a variable, or of a parameter.
    Name,
    /// A media type.
    Media,
    /// This, whatever it was.
    Is(&'static str),
    /// The member is left out.
    Drop,
    /// The text of a request.
    Body,
    /// The same in base64.
    Base64,
    /// An object with these members. Others are left out.
    Object(&'static [(&'static str, Rule)]),
    /// An object if it is one, otherwise another rule.
    ObjectOr(&'static [(&'static str, Rule)], &'static Rule),
    /// A list of such values.
    List(&'static Rule),
    /// Such a value, or a list of them.
    OneOrMore(&'static Rule),
    /// A list of headers, or an object of them.
    Headers,
    /// A list of parameters, or an object of them.
    Parameters,
    /// What a response contains.
    Content(&'static Content),
}

/// The members of a response that hold its body.
#[derive(Debug)]
pub(super) struct Content {
    /// All members.
    pub(super) members: &'static [(&'static str, Rule)],
    /// The object inside it that has the body, if it is not the response itself.
    pub(super) inside: Option<&'static str>,
    pub(super) headers: &'static str,
    /// A text.
    pub(super) text: &'static [&'static str],
    /// Base64.
    pub(super) base64: &'static [&'static str],
    /// JSON in place.
    pub(super) json: &'static str,
    /// A file, whether it is in `__files`, and the member that has its body afterwards.
    pub(super) file: Option<(&'static str, bool, &'static str)>,
}

const PROTOCOLS: Rule = Rule::Word(&[
    "HTTP/1.0", "HTTP/1.1", "HTTP/2", "HTTP/2.0", "HTTP/3", "http/1.0", "http/1.1", "http/2", "http/2.0",
    "http/3", "h2", "h3", "http", "https", "unknown",
]);

/// Reason phrases.
pub(super) const PHRASES: &[&str] = &[
    "OK",
    "Created",
    "Accepted",
    "No Content",
    "Moved Permanently",
    "Found",
    "See Other",
    "Not Modified",
    "Temporary Redirect",
    "Permanent Redirect",
    "Bad Request",
    "Unauthorized",
    "Forbidden",
    "Not Found",
    "Method Not Allowed",
    "Not Acceptable",
    "Conflict",
    "Gone",
    "Unprocessable Entity",
    "Too Many Requests",
    "Internal Server Error",
    "Bad Gateway",
    "Service Unavailable",
    "Gateway Timeout",
];

/// The rule for what these keys lead to.
pub(super) fn rule(input: Input, path: &[String]) -> Option<&'static Rule> {
    let root = match input {
        Input::Har => &har::ROOT,
        Input::Postman => &postman::ROOT,
        Input::WireMock => &wiremock::ROOT,
        _ => return None,
    };
    path.iter().try_fold(root, |rule, step| match rule {
        Rule::Object(members) | Rule::ObjectOr(members, _) => {
            members.iter().find(|(name, _)| name == step).map(|(_, rule)| rule)
        }
        Rule::List(rule) => Some(*rule),
        _ => None,
    })
}

/// Whether a member outside of entries is written.
pub(super) fn keeps(input: Input, path: &[String]) -> bool {
    rule(input, path).is_some_and(|rule| !matches!(rule, Rule::Drop))
}
