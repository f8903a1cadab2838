//! Which members tell a JSON file of recorded traffic from a payload?
//!
//! One row is one kind of file. It is told by any of its lists of members, all of which must be there; where they are,
//! and in which order, does not matter. A member that is null is not there. The lists name what the format requires
//! and what its tools write, never a single common word: a payload may well have members `log`, `item` or `request`.

use super::Told;
use crate::payload::Input;

/// What a member must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Is {
    /// Anything but null.
    There,
    Object,
    Array,
    /// An array without items.
    Empty,
    Number,
    Text,
    /// A text that begins like this.
    Begins(&'static str),
    /// A text that has this in it.
    Holds(&'static str),
}

/// Members any of which will do: a path of keys, `*` for the items of an array, and what is there.
pub(super) type AnyOf = &'static [(&'static str, Is)];

/// A kind of file.
pub(super) struct Shape {
    pub(super) told: Told,
    /// What may come before the paths.
    pub(super) below: &'static [&'static str],
    /// Lists of members, each of which is enough.
    pub(super) by: &'static [&'static [AnyOf]],
}

const ROOT: &[&str] = &[""];
const ROOT_OR_ITEMS: &[&str] = &["", "*/"];

/// What a request of WireMock is told by.
const ASKED: AnyOf = &[
    ("request/url", Is::Text),
    ("request/urlPath", Is::There),
    ("request/urlPattern", Is::There),
    ("request/urlPathPattern", Is::There),
    ("request/urlPathTemplate", Is::There),
    ("request/absoluteUrl", Is::Text),
    ("request/method", Is::Text),
];

/// What a response of WireMock is told by.
const ANSWERED: AnyOf = &[
    ("response/status", Is::Number),
    ("response/body", Is::Text),
    ("response/bodyAsBase64", Is::Text),
    ("response/base64Body", Is::Text),
    ("response/jsonBody", Is::There),
    ("response/bodyFileName", Is::Text),
    ("response/headers", Is::Object),
    ("response/proxyBaseUrl", Is::Text),
    ("response/fault", Is::Text),
    ("response/fixedDelayMilliseconds", Is::Number),
    ("response/transformers", Is::Array),
    ("responseDefinition/status", Is::Number),
];

/// Every kind. Of two that a file would fit, the first counts.
pub(super) const SHAPES: &[Shape] = &[
    Shape {
        told: Told::Capture(Input::Har),
        below: &["log/"],
        by: &[
            &[
                &[("version", Is::Begins("1."))],
                &[("creator", Is::Object), ("browser", Is::Object), ("entries", Is::Array)],
            ],
            &[&[("creator", Is::Object)], &[("entries", Is::Array)]],
            &[
                &[("entries/*/request/method", Is::Text), ("entries/*/request/url", Is::Text)],
                &[("entries/*/response", Is::Object), ("entries/*/startedDateTime", Is::Text)],
            ],
        ],
    },
    Shape {
        told: Told::Capture(Input::Postman),
        below: &["", "collection/"],
        by: &[
            &[&[("info/_postman_id", Is::Text)]],
            &[&[("info/schema", Is::Holds("postman.com/"))]],
            &[&[("info/name", Is::Text)], &[("item/*/request", Is::There), ("item/*/item", Is::Array)]],
            &[
                &[("item/*/request/url", Is::There), ("item/*/request/method", Is::Text)],
                &[("item/*/response", Is::Array)],
            ],
        ],
    },
    Shape {
        told: Told::Capture(Input::WireMock),
        below: &["", "mappings/*/", "requests/*/"],
        by: &[&[ASKED, ANSWERED], &[ASKED, &[("wasMatched", Is::There)]]],
    },
    Shape {
        told: Told::Capture(Input::WireMock),
        below: ROOT,
        by: &[
            &[&[("requestJournalDisabled", Is::There)]],
            &[&[("mappings", Is::Empty)], &[("meta/total", Is::Number)]],
            &[&[("requests/*/absoluteUrl", Is::Text)], &[("requests/*/loggedDate", Is::There)]],
        ],
    },
    Shape {
        told: Told::Other(
            "is a Postman collection in format v1, which is not read: export it as Collection v2.1",
        ),
        below: &["", "collections/*/"],
        by: &[
            &[&[("order", Is::Array)], &[("requests/*/url", Is::There), ("requests/*/method", Is::There)]],
            &[&[("order", Is::Array)], &[("requests", Is::Array)], &[("folders", Is::Array)]],
            &[&[("requests/*/collectionId", Is::There)]],
        ],
    },
    Shape {
        told: Told::Other(
            "is a Postman environment, which holds no responses: export the collection instead",
        ),
        below: ROOT,
        by: &[&[&[("_postman_variable_scope", Is::There)]]],
    },
    Shape {
        told: Told::Other(
            "is an Insomnia export, which holds no responses: export the requests as HAR instead",
        ),
        below: ROOT,
        by: &[
            &[&[("__export_format", Is::There)]],
            &[&[("_type", Is::Begins("export"))], &[("resources", Is::Array)]],
        ],
    },
    Shape {
        told: Told::Other(
            "is a Hoppscotch collection, which is not read: record the responses as HAR or save them with `curl -i`",
        ),
        below: ROOT_OR_ITEMS,
        by: &[&[&[("requests/*/endpoint", Is::Text)], &[("folders", Is::Array)]]],
    },
    Shape {
        told: Told::Other(
            "is a Bruno collection, which is not read: record the responses as HAR or save them with `curl -i`",
        ),
        below: ROOT,
        by: &[&[&[("items/*/type", Is::Begins("http"))], &[("items/*/request", Is::Object)]]],
    },
    Shape {
        told: Told::Other(
            "is a Pact file, which is not read: put the bodies of its responses into files of their own",
        ),
        below: ROOT,
        by: &[&[
            &[("consumer/name", Is::Text)],
            &[("provider/name", Is::Text)],
            &[("interactions", Is::Array), ("messages", Is::Array)],
        ]],
    },
    Shape {
        told: Told::Other(
            "is a VCR cassette, which is not read: put the bodies of its responses into files of their own",
        ),
        below: ROOT,
        by: &[
            &[
                &[("http_interactions/*/request", Is::Object)],
                &[("http_interactions/*/response", Is::Object)],
            ],
            &[&[("interactions/*/request/uri", Is::Text)], &[("interactions/*/response", Is::Object)]],
        ],
    },
    Shape {
        told: Told::Other(
            "is a Hoverfly simulation, which is not read: put the bodies of its responses into files of their own",
        ),
        below: &["data/"],
        by: &[&[&[("pairs/*/request", Is::Object)], &[("pairs/*/response", Is::Object)]]],
    },
    Shape {
        told: Told::Other(
            "is a nock recording, which is not read: put the bodies of its responses into files of their own",
        ),
        below: &["*/"],
        by: &[&[
            &[("scope", Is::Text)],
            &[("method", Is::Text)],
            &[("path", Is::Text)],
            &[("status", Is::Number)],
            &[("response", Is::There)],
        ]],
    },
    Shape {
        told: Told::Other("is a Charles session in JSON, which is not read: export the session as HAR"),
        below: &["*/"],
        by: &[&[
            &[("host", Is::Text)],
            &[("scheme", Is::Text)],
            &[("path", Is::Text)],
            &[("request", Is::Object)],
            &[("response", Is::Object)],
        ]],
    },
    Shape {
        told: Told::Other(
            "is a list of MockServer expectations, which is not read: retrieve the recorded traffic as HAR",
        ),
        below: ROOT_OR_ITEMS,
        by: &[&[&[("httpRequest", Is::Object)], &[("httpResponse", Is::Object)]]],
    },
    Shape {
        told: Told::Other(
            "is a mapping of WireMock.Net, which is not read: put the bodies of its responses into files of their own",
        ),
        below: ROOT_OR_ITEMS,
        by: &[&[
            &[("Request/Path", Is::There), ("Request/Url", Is::There), ("Request/Methods", Is::Array)],
            &[
                ("Response/StatusCode", Is::There),
                ("Response/BodyAsJson", Is::There),
                ("Response/Body", Is::Text),
            ],
        ]],
    },
    Shape {
        told: Told::Other(
            "is a configuration of mountebank, which is not read: put the bodies of its responses into files of their own",
        ),
        below: ROOT,
        by: &[
            &[&[("imposters/*/stubs", Is::Array)]],
            &[&[("protocol", Is::Text)], &[("stubs/*/responses", Is::Array)]],
        ],
    },
    Shape {
        told: Told::Other(
            "is a Mockoon environment, which is not read: put the bodies of its responses into files of their own",
        ),
        below: ROOT,
        by: &[&[&[("lastMigration", Is::Number)], &[("routes", Is::Array)]]],
    },
    Shape {
        told: Told::Other(
            "is a NetLog of Chrome, which holds no bodies: save a HAR from the network panel instead",
        ),
        below: ROOT,
        by: &[&[&[("constants/logFormatVersion", Is::There)]]],
    },
    Shape {
        told: Told::Other(
            "is a performance trace of Chrome, which holds no bodies: save a HAR from the network panel instead",
        ),
        below: ROOT,
        by: &[&[&[("traceEvents/*/ph", Is::Text)]]],
    },
];
