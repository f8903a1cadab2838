//! Members that identify mappings and events of `WireMock`.

use super::member::{AnyOf, Is, METHOD, PATH};

/// Members of a request that only WireMock calls so.
const OWN_URL: AnyOf = &[
    ("request/urlPath", Is::There),
    ("request/urlPattern", Is::Text),
    ("request/urlPathPattern", Is::Text),
    ("request/urlPathTemplate", Is::Text),
];

/// Members of a response that only WireMock calls so.
const OWN_BODY: AnyOf = &[
    ("response/jsonBody", Is::There),
    ("response/base64Body", Is::Text),
    ("response/bodyFileName", Is::Text),
];

/// Mappings and events of the journal that have enough members to be recognized at once.
pub(super) const WIREMOCK: &[&[AnyOf]] = &[
    &[
        OWN_URL,
        &[
            ("response/status", Is::Status),
            ("response/jsonBody", Is::There),
            ("response/base64Body", Is::Text),
            ("response/bodyFileName", Is::Text),
        ],
    ],
    &[
        &[("request/url", PATH)],
        &[
            ("response/jsonBody", Is::There),
            ("response/base64Body", Is::Text),
            ("response/bodyAsBase64", Is::Text),
            ("response/bodyFileName", Is::Text),
            ("responseDefinition/status", Is::Status),
        ],
    ],
    &[&[("request/url", PATH)], &[("request/method", METHOD)], &[("response/status", Is::Status)]],
    &[&[("response/status", Is::Status)], &[("response/jsonBody", Is::There)]],
    &[&[("request/queryParameters", Is::Object)], &[("response/status", Is::Status)]],
];

/// Mappings that have less. A response is not required.
pub(super) const BARE: &[&[AnyOf]] = &[
    &[OWN_URL],
    &[&[("request/url", PATH)], &[("request/method", METHOD), ("response", Is::Object)]],
    &[&[("request/method", METHOD)], &[("response/status", Is::Status), ("response/body", Is::Text)]],
    &[&[("request/method", METHOD)], OWN_BODY],
];

/// What makes it something else than a mapping.
pub(super) const NO_MAPPING: &[AnyOf] = &[&[
    ("request/method", Is::Not(&METHOD)),
    ("request/url", Is::Not(&PATH)),
    ("response", Is::Not(&Is::Object)),
    ("response/status", Is::Not(&Is::Status)),
]];

/// Mappings with little or nothing about the request: recognized by all of their members.
pub(super) const EMPTY: &[&[AnyOf]] = &[
    &[&[("request", Is::Object)], &[("response/status", Is::Status)], &[("response/body", Is::Text)]],
    &[OWN_BODY],
];

/// A member that a mapping has, whatever it is.
const KNOWN: Is = Is::Not(&Is::There);

/// What makes it something else, also any other member (`?`).
pub(super) const NO_EMPTY: &[AnyOf] = &[
    NO_MAPPING[0],
    &[
        ("?", Is::There),
        ("request/?", Is::There),
        ("response/?", Is::There),
        ("id", KNOWN),
        ("uuid", KNOWN),
        ("name", KNOWN),
        ("priority", KNOWN),
        ("persistent", KNOWN),
        ("scenarioName", KNOWN),
        ("requiredScenarioState", KNOWN),
        ("newScenarioState", KNOWN),
        ("postServeActions", KNOWN),
        ("serveEventListeners", KNOWN),
        ("metadata", KNOWN),
        ("insertionIndex", KNOWN),
        ("request/headers", KNOWN),
        ("request/queryParameters", KNOWN),
        ("request/formParameters", KNOWN),
        ("request/cookies", KNOWN),
        ("request/basicAuth", KNOWN),
        ("request/basicAuthCredentials", KNOWN),
        ("request/bodyPatterns", KNOWN),
        ("request/multipartPatterns", KNOWN),
        ("request/customMatcher", KNOWN),
        ("request/host", KNOWN),
        ("request/port", KNOWN),
        ("request/scheme", KNOWN),
        ("response/statusMessage", KNOWN),
        ("response/headers", KNOWN),
        ("response/fixedDelayMilliseconds", KNOWN),
        ("response/delayDistribution", KNOWN),
        ("response/chunkedDribbleDelay", KNOWN),
        ("response/transformers", KNOWN),
        ("response/transformerParameters", KNOWN),
    ],
];

pub(super) const WIREMOCK_ITEMS: &str = "contains mappings or events of WireMock outside the array `mappings` or `requests` of an \
     object: move them there, or pass `input=json` if it is a payload";
