//! What the members of the journal and the mappings of `WireMock` become.

use super::{Content, PROTOCOLS, Rule};

/// What a mapping wants of a text.
const MATCHER: Rule = Rule::ObjectOr(
    &[
        ("equalTo", Rule::Url),
        ("matches", Rule::UrlPattern),
        ("doesNotMatch", Rule::UrlPattern),
        ("contains", Rule::Text),
        ("caseInsensitive", Rule::Plain),
        ("absent", Rule::Plain),
    ],
    &Rule::Url,
);

const REQUEST: Rule = Rule::Object(&[
    ("method", Rule::ObjectOr(&[("equalTo", Rule::Method), ("matches", Rule::Pattern)], &Rule::Method)),
    ("url", MATCHER),
    ("urlPath", MATCHER),
    ("urlPathTemplate", Rule::Url),
    ("absoluteUrl", Rule::Url),
    ("urlPattern", Rule::UrlPattern),
    ("urlPathPattern", Rule::UrlPattern),
    ("headers", Rule::Headers),
    ("cookies", Rule::Drop),
    ("basicAuthCredentials", Rule::Drop),
    ("basicAuth", Rule::Drop),
    ("queryParameters", Rule::Parameters),
    ("queryParams", Rule::Parameters),
    ("formParams", Rule::Parameters),
    ("formParameters", Rule::Parameters),
    ("bodyPatterns", Rule::Drop),
    ("multipartPatterns", Rule::Drop),
    ("body", Rule::Body),
    ("bodyAsBase64", Rule::Base64),
    ("browserProxyRequest", Rule::Plain),
    ("loggedDate", Rule::Date),
    ("loggedDateString", Rule::Date),
    ("protocol", PROTOCOLS),
    ("scheme", PROTOCOLS),
    ("host", Rule::Host),
    ("port", Rule::Port),
]);

static RESPONSE: Content = Content {
    members: &[
        ("status", Rule::Status),
        ("statusMessage", Rule::Phrase),
        ("headers", Rule::Headers),
        (
            "fault",
            Rule::Word(&[
                "EMPTY_RESPONSE",
                "MALFORMED_RESPONSE_CHUNK",
                "RANDOM_DATA_THEN_CLOSE",
                "CONNECTION_RESET_BY_PEER",
            ]),
        ),
        ("fixedDelayMilliseconds", Rule::Plain),
        ("proxyBaseUrl", Rule::Url),
        ("transformers", Rule::Is("[]")),
    ],
    inside: None,
    headers: "headers",
    text: &["body"],
    base64: &["bodyAsBase64", "base64Body"],
    json: "jsonBody",
    file: Some(("bodyFileName", true, "body")),
};

const MAPPING: &[(&str, Rule)] = &[
    ("id", Rule::Text),
    ("uuid", Rule::Text),
    ("name", Rule::Text),
    ("request", REQUEST),
    ("response", Rule::Content(&RESPONSE)),
    ("persistent", Rule::Plain),
    ("priority", Rule::Plain),
    ("insertionIndex", Rule::Plain),
    ("scenarioName", Rule::Text),
    ("requiredScenarioState", Rule::Text),
    ("newScenarioState", Rule::Text),
    ("metadata", Rule::Drop),
];

const SERVED: Rule = Rule::Object(&[
    ("id", Rule::Text),
    ("uuid", Rule::Text),
    ("name", Rule::Text),
    ("request", REQUEST),
    ("response", Rule::Content(&RESPONSE)),
    ("responseDefinition", Rule::Content(&RESPONSE)),
    ("stubMapping", Rule::Object(MAPPING)),
    ("wasMatched", Rule::Plain),
    (
        "timing",
        Rule::Object(&[
            ("addedDelay", Rule::Plain),
            ("processTime", Rule::Plain),
            ("responseSendTime", Rule::Plain),
            ("serveTime", Rule::Plain),
            ("totalTime", Rule::Plain),
        ]),
    ),
    ("subEvents", Rule::Is("[]")),
]);

pub(super) static ROOT: Rule = Rule::Object(&[
    ("requests", Rule::List(&SERVED)),
    ("mappings", Rule::List(&Rule::Object(MAPPING))),
    ("meta", Rule::Object(&[("total", Rule::Plain)])),
    ("requestJournalDisabled", Rule::Plain),
    ("id", Rule::Text),
    ("uuid", Rule::Text),
    ("name", Rule::Text),
    ("request", REQUEST),
    ("response", Rule::Content(&RESPONSE)),
    ("persistent", Rule::Plain),
    ("priority", Rule::Plain),
    ("insertionIndex", Rule::Plain),
]);
