//! What is done with the fields of this API in captures that are shared.

use crate::redact::{Fields, Treatment, Vocabulary};

/// Kinds of content, and what they are sorted and found by: words of the API.
const CONTENT: &[&str] = &[
    "article",
    "assessment",
    "asset",
    "audio",
    "bundle",
    "course",
    "createdAt",
    "discussion",
    "export",
    "import",
    "inPersonEvent",
    "learningPath",
    "microCourse",
    "name",
    "product",
    "reindex",
    "relevance",
    "shareableContent",
    "slug",
    "sync",
    "title",
    "updatedAt",
    "video",
    "webinar",
    "webinarCourse",
];

/// Algorithms of signatures.
const ALGORITHMS: &[&str] = &["ES256", "ES384", "ES512", "HS256", "PS256", "RS256", "RS384", "RS512"];

/// Names of members of errors, GraphQL's among them.
const NAMES: &[&str] = &[
    "code",
    "column",
    "error",
    "errors",
    "extensions",
    "line",
    "locations",
    "message",
    "path",
    "retryAfter",
    "statusCode",
];

/// What the names of fields mean here.
#[derive(Debug)]
pub(super) struct Redaction;

impl Fields for Redaction {
    fn treatment(&self, definition: &str, name: &str) -> Option<Treatment> {
        let definition = definition.strip_prefix("Partial").unwrap_or(definition);
        exact(definition, name).or_else(|| ending(name))
    }

    fn names(&self) -> &'static [&'static str] {
        NAMES
    }
}

fn exact(definition: &str, name: &str) -> Option<Treatment> {
    Some(match (definition, name) {
        ("AggregationBucket", "key" | "value") | ("GlobalNavigationLink", "label") => Treatment::Name,
        ("BackgroundJob", "type")
        | (_, "contentType" | "defaultSort" | "relatedQuerySort" | "resourceType" | "sort" | "tabType") => {
            Treatment::Listed(Vocabulary::Words(CONTENT))
        }
        ("CursorInfo", "cursor")
        | (_, "openIdClientId" | "key" | "keyName" | "keyAttribute" | "sku" | "isbn") => {
            Treatment::Identifier
        }
        ("CursorInfo" | "PageInfo", _) => Treatment::Keep,
        (_, "openIdSigningAlgorithm") => Treatment::Listed(Vocabulary::Words(ALGORITHMS)),
        (_, "currencyCode") => Treatment::Listed(Vocabulary::Currency),
        (_, "language" | "languages" | "defaultLanguage") => Treatment::Listed(Vocabulary::Language),
        (_, "timeZone" | "webinarTimeZone") => Treatment::Listed(Vocabulary::TimeZone),
        (_, "country") => Treatment::Listed(Vocabulary::Country),
        (_, "color") => Treatment::Listed(Vocabulary::Color),
        (_, "customHost") => Treatment::Host,
        (_, "slug" | "slugOrId") => Treatment::Slug,
        (_, "attendeeDialIn" | "organizerDialIn") => Treatment::Phone,
        (_, "asset" | "favicon" | "href") => Treatment::Url,
        (_, "bccAddress" | "fromAddress" | "notificationEmails" | "instructorEmails") => Treatment::Email,
        (
            _,
            "authors" | "coOrganizers" | "instructors" | "fromName" | "hierarchicalName" | "schoolName"
            | "title" | "label" | "room" | "ribbon",
        ) => Treatment::Name,
        _ => return None,
    })
}

fn ending(name: &str) -> Option<Treatment> {
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    Some(if ends(&["Color"]) {
        Treatment::Listed(Vocabulary::Color)
    } else if ends(&["Url", "Asset"]) {
        Treatment::Url
    } else {
        return None;
    })
}
