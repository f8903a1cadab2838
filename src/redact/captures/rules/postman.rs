//! What the members of Postman collections and of reports of Newman become.

use super::{Content, PROTOCOLS, Rule};

/// A member that one of several values may have the name of.
const VARIABLES: Rule = Rule::List(&Rule::Object(&[
    ("key", Rule::Name),
    ("id", Rule::Name),
    ("value", Rule::Url),
    ("type", Rule::Word(&["any", "boolean", "default", "number", "secret", "string"])),
    ("disabled", Rule::Plain),
]));

const URL: Rule = Rule::ObjectOr(
    &[
        ("raw", Rule::Url),
        ("protocol", PROTOCOLS),
        ("host", Rule::Host),
        ("port", Rule::Port),
        ("path", Rule::Path),
        ("query", Rule::Parameters),
        ("hash", Rule::Text),
        ("variable", VARIABLES),
    ],
    &Rule::Url,
);

const REQUEST: Rule = Rule::ObjectOr(
    &[
        ("method", Rule::Method),
        ("url", URL),
        ("header", Rule::Headers),
        (
            "body",
            Rule::Object(&[
                ("mode", Rule::Word(&["raw", "urlencoded", "formdata", "file", "graphql"])),
                ("raw", Rule::Body),
                ("urlencoded", Rule::Parameters),
                ("formdata", Rule::Parameters),
                ("options", Rule::Drop),
                ("disabled", Rule::Plain),
            ]),
        ),
        ("auth", Rule::Drop),
        ("description", Rule::Drop),
        ("certificate", Rule::Drop),
        ("proxy", Rule::Drop),
    ],
    &Rule::Url,
);

static RESPONSE: Content = Content {
    members: &[
        ("id", Rule::Text),
        ("uid", Rule::Text),
        ("name", Rule::Text),
        ("originalRequest", REQUEST),
        ("status", Rule::Phrase),
        ("code", Rule::Status),
        ("header", Rule::Headers),
        ("cookie", Rule::Is("[]")),
        ("responseTime", Rule::Plain),
        ("responseSize", Rule::Plain),
        ("timings", Rule::Drop),
        (
            "_postman_previewlanguage",
            Rule::Word(&["json", "xml", "html", "text", "raw", "javascript", "auto"]),
        ),
    ],
    inside: None,
    headers: "header",
    text: &["body"],
    base64: &[],
    json: "",
    file: None,
};

/// An item, in which `response` is a list; in an execution of Newman it is one response.
static ITEM: Rule = Rule::Object(&[
    ("id", Rule::Text),
    ("uid", Rule::Text),
    ("name", Rule::Text),
    ("item", Rule::ObjectOr(NAMED, &Rule::List(&ITEM))),
    ("request", REQUEST),
    ("response", Rule::OneOrMore(&Rule::Content(&RESPONSE))),
    (
        "cursor",
        Rule::Object(&[("position", Rule::Plain), ("iteration", Rule::Plain), ("length", Rule::Plain)]),
    ),
    ("variable", VARIABLES),
    ("event", Rule::Drop),
    ("auth", Rule::Drop),
    ("description", Rule::Drop),
    ("assertions", Rule::Drop),
    ("protocolProfileBehavior", Rule::Drop),
]);

const NAMED: &[(&str, Rule)] = &[("id", Rule::Text), ("name", Rule::Text), ("request", REQUEST)];

pub(super) static ROOT: Rule = Rule::Object(&[
    (
        "info",
        Rule::Object(&[
            ("_postman_id", Rule::Text),
            ("name", Rule::Text),
            (
                "schema",
                Rule::Word(&[
                    "https://schema.getpostman.com/json/collection/v2.0.0/collection.json",
                    "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
                    "https://schema.postman.com/json/collection/v2.0.0/collection.json",
                    "https://schema.postman.com/json/collection/v2.1.0/collection.json",
                ]),
            ),
            ("description", Rule::Drop),
            ("_exporter_id", Rule::Drop),
            ("_collection_link", Rule::Drop),
        ]),
    ),
    ("item", Rule::List(&ITEM)),
    ("variable", VARIABLES),
    ("collection", INSIDE),
    ("data", INSIDE),
    ("run", Rule::Object(&[("executions", Rule::List(&ITEM))])),
]);

const INSIDE: Rule = Rule::Object(&[
    ("info", Rule::Object(&[("name", Rule::Text)])),
    ("item", Rule::List(&ITEM)),
    ("variable", VARIABLES),
]);
