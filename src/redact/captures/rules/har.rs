//! What the members of HAR become.

use super::{Content, PROTOCOLS, Rule};

const TIMINGS: Rule = Rule::Object(&[
    ("blocked", Rule::Plain),
    ("dns", Rule::Plain),
    ("connect", Rule::Plain),
    ("send", Rule::Plain),
    ("wait", Rule::Plain),
    ("receive", Rule::Plain),
    ("ssl", Rule::Plain),
]);

const TOOL: Rule = Rule::Object(&[("name", Rule::Text), ("version", Rule::Text)]);

const REQUEST: Rule = Rule::Object(&[
    ("method", Rule::Method),
    ("url", Rule::Url),
    ("httpVersion", PROTOCOLS),
    ("cookies", Rule::Is("[]")),
    ("headers", Rule::Headers),
    ("queryString", Rule::Parameters),
    ("postData", POST),
    ("headersSize", Rule::Is("-1")),
    ("bodySize", Rule::Is("-1")),
]);

const POST: Rule = Rule::Object(&[
    ("mimeType", Rule::Media),
    ("text", Rule::Body),
    ("params", Rule::Parameters),
    ("encoding", Rule::Encoding),
]);

static RESPONSE: Content = Content {
    members: &[
        ("status", Rule::Status),
        ("statusText", Rule::Phrase),
        ("httpVersion", PROTOCOLS),
        ("cookies", Rule::Is("[]")),
        ("headers", Rule::Headers),
        ("content", Rule::Object(CONTENT)),
        ("redirectURL", Rule::Url),
        ("headersSize", Rule::Is("-1")),
        ("bodySize", Rule::Is("-1")),
    ],
    inside: Some("content"),
    headers: "headers",
    text: &["text"],
    base64: &[],
    json: "",
    file: Some(("_file", false, "text")),
};

/// The members of a content but its text.
const CONTENT: &[(&str, Rule)] = &[
    ("size", Rule::Is("-1")),
    ("compression", Rule::Drop),
    ("mimeType", Rule::Media),
    ("encoding", Rule::Encoding),
];

const ENTRY: Rule = Rule::Object(&[
    ("startedDateTime", Rule::Date),
    ("time", Rule::Plain),
    ("request", REQUEST),
    ("response", Rule::Content(&RESPONSE)),
    ("cache", Rule::Is("{}")),
    ("timings", TIMINGS),
    ("pageref", Rule::Text),
    ("serverIPAddress", Rule::Drop),
    ("connection", Rule::Drop),
]);

const PAGE: Rule = Rule::Object(&[
    ("startedDateTime", Rule::Date),
    ("id", Rule::Text),
    ("title", Rule::Text),
    ("pageTimings", Rule::Object(&[("onContentLoad", Rule::Plain), ("onLoad", Rule::Plain)])),
]);

pub(super) static ROOT: Rule = Rule::Object(&[(
    "log",
    Rule::Object(&[
        ("version", Rule::Word(&["1.1", "1.2", "1.3"])),
        ("creator", TOOL),
        ("browser", TOOL),
        ("pages", Rule::List(&PAGE)),
        ("entries", Rule::List(&ENTRY)),
    ]),
)]);
