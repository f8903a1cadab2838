//! The table of members that identify each JSON capture format.
//!
//! One row is one kind of file. It is recognized by any of its lists of members, all of which must be there;
//! where they are, and in which order, does not matter. What a list wants of an item, one item must have. A
//! member that is null is not there. The lists name what the format requires and what its tools write, never
//! a common word alone: a payload may well have members `log`, `item` or `request`.

use super::Recognized;
use super::mappings::{BARE, EMPTY, NO_EMPTY, NO_MAPPING, WIREMOCK, WIREMOCK_ITEMS};
use super::member::{AnyOf, Is, METHOD, PATH};
use crate::payload::Input;

/// A kind of file.
pub(super) struct Shape {
    pub(super) recognized: Recognized,
    /// What may come before the paths.
    pub(super) below: &'static [&'static str],
    /// Lists of members, each of which is enough.
    pub(super) by: &'static [&'static [AnyOf]],
    /// Members that exclude it. If it has any, it is recognized at the end of the item or the whole.
    pub(super) unless: &'static [AnyOf],
}

const ROOT: &[&str] = &[""];
const ROOT_OR_ITEMS: &[&str] = &["", "*/"];
const ITEMS: &[&str] = &["*/"];

const HAR: &[&[AnyOf]] = &[
    &[&[("log/version", Is::Text)], &[("log/creator", Is::Object)], &[("log/entries", Is::Array)]],
    &[&[("log/entries/*/request/url", Is::Text)], &[("log/entries/*/response", Is::Object)]],
];

/// The `log` of a HAR.
const HAR_LOG: &[&[AnyOf]] = &[
    &[&[("version", Is::Text)], &[("creator", Is::Object)], &[("entries/*/request/url", Is::Text)]],
    &[&[("entries/*/request/url", Is::Text)], &[("entries/*/response/content", Is::Object)]],
];

const HAR_ENTRY: &[&[AnyOf]] = &[
    &[
        &[("request/url", Is::Text)],
        &[("request/method", Is::Text)],
        &[("response/content", Is::Object)],
        &[
            ("startedDateTime", Is::Text),
            ("timings", Is::Object),
            ("request/httpVersion", Is::Text),
            ("response/headers", Is::Array),
            ("response/content/text", Is::Text),
        ],
    ],
    &[&[("startedDateTime", Is::Text)], &[("request/url", Is::Text)], &[("request/method", Is::Text)]],
];

/// An item of a collection that has saved responses, or one of these.
const POSTMAN_ITEM: &[&[AnyOf]] = &[
    &[
        &[("request/url", Is::There), ("request", Is::Text)],
        &[("response/*/code", Is::Status), ("response/*/originalRequest", Is::Object)],
    ],
    &[&[("originalRequest/url", Is::There)], &[("code", Is::Status)]],
    &[&[("_postman_previewlanguage", Is::There)], &[("code", Is::Status)]],
];

const POSTMAN: &[&[AnyOf]] = &[
    &[&[("info/_postman_id", Is::Text), ("info/schema", Is::Holds("postman.com/"))], &[("item", Is::Array)]],
    &[
        &[("info/name", Is::Text)],
        &[("item/*/request/url", Is::There), ("item/*/request/method", METHOD), ("item/*/item", Is::Array)],
    ],
    &[&[("info/name", Is::Text)], &[("item/*/request", Is::Text)], &[("item/*/response", Is::Array)]],
    // Folders, and reports of Newman.
    &[
        &[("item/*/request/url", Is::There), ("item/*/request", Is::Text)],
        &[("item/*/response/*/code", Is::Status), ("item/*/response/*/originalRequest", Is::Object)],
    ],
    &[&[("run/executions/*/request", Is::Object)], &[("run/executions/*/item", Is::Object)]],
];

const VCR: &str =
    "is a VCR cassette, which is not read: put the bodies of its responses into files of their own";

/// Every kind. Of two that a file would fit, the first counts.
pub(super) const SHAPES: &[Shape] = &[
    Shape { recognized: Recognized::Capture(Input::Har), below: ROOT, by: HAR, unless: &[] },
    Shape {
        recognized: Recognized::Capture(Input::Postman),
        below: &["", "collection/", "data/"],
        by: POSTMAN,
        unless: &[],
    },
    Shape {
        recognized: Recognized::Capture(Input::WireMock),
        below: &["", "mappings/*/", "requests/*/"],
        by: WIREMOCK,
        unless: &[],
    },
    Shape {
        recognized: Recognized::Capture(Input::WireMock),
        below: &["", "mappings/*/", "requests/*/"],
        by: BARE,
        unless: NO_MAPPING,
    },
    Shape { recognized: Recognized::Capture(Input::WireMock), below: ROOT, by: EMPTY, unless: NO_EMPTY },
    Shape {
        recognized: Recognized::Capture(Input::WireMock),
        below: ROOT,
        by: &[
            &[&[("requestJournalDisabled", Is::There)], &[("requests", Is::Array)]],
            &[&[("mappings/*/request", Is::Object), ("mappings/*/response", Is::Object)]],
            &[&[("requests/*/absoluteUrl", Is::Text)], &[("requests/*/loggedDate", Is::There)]],
        ],
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other("is an array of HAR files: put each of them into a file of its own"),
        below: ITEMS,
        by: HAR,
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "contains a HAR in a property other than `log`: extract it (`jq .har`)",
        ),
        below: &["har/"],
        by: HAR,
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "is the `log` of a HAR without the object around it: wrap it (`jq '{log: .}'`)",
        ),
        below: ROOT,
        by: HAR_LOG,
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "is entries of a HAR without their `log`: wrap them (`jq -s '{log: {entries: flatten}}'`), or pass `input=json` \
             or `input=ndjson` if they are payloads",
        ),
        below: ROOT_OR_ITEMS,
        by: HAR_ENTRY,
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "is an item of a Postman collection: export the collection, or wrap it (`jq '{item: [.]}'`)",
        ),
        below: ROOT_OR_ITEMS,
        by: POSTMAN_ITEM,
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "is an array of Postman collections: put each of them into a file of its own",
        ),
        below: &["*/", "collections/*/"],
        by: POSTMAN,
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(WIREMOCK_ITEMS),
        below: &["*/", "serveEvents/*/", "stubMapping/", "mappings/"],
        by: WIREMOCK,
        unless: &[],
    },
    Shape { recognized: Recognized::Other(WIREMOCK_ITEMS), below: ITEMS, by: BARE, unless: NO_MAPPING },
    Shape {
        recognized: Recognized::Other(
            "is a Postman collection in format v1, which is not read: export it as Collection v2.1",
        ),
        below: &["", "collections/*/"],
        by: &[
            &[
                &[("requests/*/url", Is::Text)],
                &[("requests/*/method", METHOD)],
                &[("requests/*/collectionId", Is::There)],
            ],
            &[&[("requests/*/url", Is::Text)], &[("requests/*/method", METHOD)], &[("order", Is::Array)]],
        ],
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "is a Postman environment, which holds no responses: export the collection instead",
        ),
        below: &["", "environment/"],
        by: &[
            &[&[("_postman_variable_scope", Is::There)]],
            &[
                &[("name", Is::Text)],
                &[("values/*/key", Is::Text)],
                &[("values/*/enabled", Is::There)],
                &[("values/*/type", Is::OneOf(&["default", "secret", "text", "any"]))],
            ],
        ],
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "is an Insomnia export, which holds no responses: export the requests as HAR instead",
        ),
        below: ROOT,
        by: &[
            &[&[("__export_format", Is::There)]],
            &[&[("_type", Is::Begins("export"))], &[("resources", Is::Array)]],
        ],
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "is a Hoppscotch collection, which is not read: record the responses as HAR or save them with `curl -i`",
        ),
        below: ROOT_OR_ITEMS,
        by: &[&[
            &[("requests/*/endpoint", Is::Text)],
            &[("requests/*/method", METHOD)],
            &[("folders", Is::Array)],
        ]],
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "is a Thunder Client collection, which is not read: record the responses as HAR or save them with `curl -i`",
        ),
        below: ROOT,
        by: &[
            &[
                &[("collectionName", Is::Text)],
                &[("requests/*/colId", Is::Text)],
                &[("requests/*/method", METHOD)],
            ],
            &[&[("collectionName", Is::Text)], &[("folders", Is::Array)], &[("requests", Is::Array)]],
            &[&[("*/colId", Is::Text)], &[("*/containerId", Is::Text)], &[("*/method", METHOD)]],
        ],
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "is a Bruno collection, which is not read: record the responses as HAR or save them with `curl -i`",
        ),
        below: ROOT,
        by: &[&[
            &[("items/*/type", Is::OneOf(&["http", "http-request", "graphql", "graphql-request"]))],
            &[("items/*/request/url", Is::Text)],
            &[("items/*/request/method", METHOD)],
        ]],
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "is a Pact file, which is not read: put the bodies of its responses into files of their own",
        ),
        below: ROOT,
        by: &[
            &[
                &[("consumer/name", Is::Text)],
                &[("provider/name", Is::Text)],
                &[
                    ("metadata/pactSpecification", Is::Object),
                    ("metadata/pact-specification", Is::Object),
                    ("metadata/pactSpecificationVersion", Is::Text),
                ],
            ],
            &[
                &[("consumer/name", Is::Text)],
                &[("provider/name", Is::Text)],
                &[("interactions/*/description", Is::Text)],
                &[("interactions/*/request/path", PATH)],
                &[("interactions/*/response", Is::Object)],
            ],
        ],
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(VCR),
        below: ROOT,
        by: &[
            &[
                &[("http_interactions/*/request", Is::Object)],
                &[("http_interactions/*/response", Is::Object)],
            ],
            &[
                &[("interactions/*/request/uri", Is::Text)],
                &[("interactions/*/request/method", METHOD)],
                &[("interactions/*/response", Is::Object)],
            ],
        ],
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(VCR),
        below: ITEMS,
        by: &[&[
            &[("request/url", Is::Text)],
            &[("request/method", METHOD)],
            &[("response/status/code", Is::There)],
        ]],
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "is a Hoverfly simulation, which is not read: put the bodies of its responses into files of their own",
        ),
        below: ROOT,
        by: &[&[
            &[("data/pairs/*/request", Is::Object)],
            &[("data/pairs/*/response", Is::Object)],
            &[("meta/schemaVersion", Is::Text), ("meta/hoverflyVersion", Is::Text)],
        ]],
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "is a nock recording, which is not read: put the bodies of its responses into files of their own",
        ),
        below: &["*/"],
        by: &[&[
            &[("scope", Is::Holds("://"))],
            &[("method", METHOD)],
            &[("path", PATH)],
            &[("status", Is::Status)],
            &[("response", Is::There)],
        ]],
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "is a Charles session in JSON, which is not read: export the session as HAR",
        ),
        below: &["*/"],
        by: &[&[
            &[("host", Is::Text)],
            &[("scheme", Is::OneOf(&["http", "https", "ws", "wss"]))],
            &[("path", PATH)],
            &[("request", Is::Object)],
            &[("response", Is::Object)],
        ]],
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "is a list of MockServer expectations, which is not read: retrieve the recorded traffic as HAR",
        ),
        below: ROOT_OR_ITEMS,
        by: &[&[&[("httpRequest", Is::Object)], &[("httpResponse", Is::Object)]]],
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "is a mapping of WireMock.Net, which is not read: put the bodies of its responses into files of their own",
        ),
        below: ROOT_OR_ITEMS,
        by: &[&[
            &[("Request/Path", Is::There), ("Request/Url", Is::There), ("Request/Methods", Is::Array)],
            &[("Response/StatusCode", Is::There), ("Response/BodyAsJson", Is::There)],
        ]],
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "is a configuration of mountebank, which is not read: put the bodies of its responses into files of their own",
        ),
        below: ROOT,
        by: &[
            &[&[("imposters/*/protocol", Is::Text)], &[("imposters/*/stubs", Is::Array)]],
            &[&[("protocol", Is::Text)], &[("stubs/*/responses", Is::Array)]],
        ],
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "is a Mockoon environment, which is not read: put the bodies of its responses into files of their own",
        ),
        below: ROOT,
        by: &[&[&[("lastMigration", Is::Number)], &[("routes", Is::Array)]]],
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "is a NetLog of Chrome, which holds no bodies: save a HAR from the network panel instead",
        ),
        below: ROOT,
        by: &[&[&[("constants/logFormatVersion", Is::There)]]],
        unless: &[],
    },
    Shape {
        recognized: Recognized::Other(
            "is a performance trace of Chrome, which holds no bodies: save a HAR from the network panel instead",
        ),
        below: ROOT,
        by: &[&[&[("traceEvents/*/ph", Is::Text)]]],
        unless: &[],
    },
];
