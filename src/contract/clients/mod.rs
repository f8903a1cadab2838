//! The contract of `GET /incoming/v2/clients`.
//!
//! The types by noun, from [`ClientsResponse`] down. Their doc comments are the descriptions of the
//! schema; `fields.csv` beside this file is the table a test holds them to.
//!
//! ```
//! use clients_contract::contract::clients::Course;
//!
//! fn slug(course: Course) -> Option<String> {
//!     course.sample_lesson?.slug
//! }
//! ```
//!
//! Members that the contract does not know are kept, and so is whether a known one was null or missing:
//!
//! ```
//! use clients_contract::contract::clients::Tag;
//! use clients_contract::contract::presence::{Object, Presence};
//!
//! let text = r#"{
//!     "id": "00000000-0000-0000-0000-000000000000", "isFolder": true, "label": null, "shade": "blue"
//! }"#;
//! let mut tag: Tag = serde_json::from_str(text)?;
//! assert_eq!(tag.label, None);
//! assert_eq!(tag.presence("label"), Presence::Null);
//! assert_eq!(tag.presence("description"), Presence::Missing);
//! assert_eq!(tag.unknown().map(|(name, _)| name).collect::<Vec<_>>(), ["shade"]);
//!
//! tag.label = Some("Safety".to_owned());
//! tag.rest.set_null("description");
//! let written = serde_json::to_value(&tag)?;
//! assert_eq!(written["label"], "Safety");
//! assert!(written["description"].is_null());
//! # Ok::<(), serde_json::Error>(())
//! ```

mod aggregation;
mod appearance;
mod award;
mod catalog;
mod client;
mod course;
mod course_group;
#[cfg(feature = "generate")]
mod dataset;
mod email;
mod envelopes;
mod event;
mod layout;
mod learning_path;
mod lesson;
mod license;
#[cfg(feature = "generate")]
mod linked;
#[cfg(feature = "generate")]
mod made;
mod milestone;
mod order;
mod page;
mod paging;
mod place;
mod price;
#[cfg(feature = "redact")]
mod redaction;
mod response;
pub mod rules;
mod seat;
mod sso;
#[cfg(feature = "generate")]
mod strategies;
mod tag;
mod topic;
#[cfg(feature = "generate")]
mod violations;
mod walk;
mod webinar;

use std::sync::LazyLock;

use crate::schema::identify;
use crate::schema::keywords::names;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::contract::paging::{PageSizes, Paging};
use crate::contract::{Builder, Contract};

pub use aggregation::{Aggregation, AggregationBucket, PartialAggregation, PartialAggregationBucket};
pub use appearance::{
    AppearanceSettings, GlobalNavigationLink, PartialAppearanceSettings, PartialGlobalNavigationLink,
};
pub use award::{CourseAwardClaimingOption, PartialCourseAwardClaimingOption};
pub use catalog::{CatalogSettings, PartialCatalogSettings, ResultsDisplayType};
pub use client::{BackgroundJob, BackgroundJobStatus, Client, PartialBackgroundJob, PartialClient};
pub use course::{ContentKind, ContentStatus, Course, PartialCourse};
pub use course_group::{CourseGroup, PartialCourseGroup};
#[cfg(feature = "generate")]
pub use dataset::Dataset;
pub use email::{EmailLayoutSettings, PartialEmailLayoutSettings};
pub use envelopes::{
    BARE, BareResponse, CursorInfo, LIST, ListResponse, PartialBareResponse, PartialCursorInfo,
    PartialListResponse,
};
pub use event::{
    DateRange, InPersonEventInfo, Meeting, PartialDateRange, PartialInPersonEventInfo, PartialMeeting,
};
pub use layout::{Layout, LayoutKind, PartialLayout, PartialRibbon, Ribbon};
pub use learning_path::{
    LearningPath, LearningPathTab, LearningPathTabs, PartialLearningPath, PartialLearningPathTab,
    PartialLearningPathTabs,
};
pub use lesson::{Lesson, LessonAccessLevel, PartialLesson, PartialSection, Section};
pub use license::{License, LicenseNode, PartialLicense, PartialLicenseNode};
pub use milestone::{Milestone, MilestoneKind, MilestoneRequirement, PartialMilestone};
pub use page::{ClientsList, PageInfo, PartialClientsList, PartialPageInfo};
pub use place::{FulfillmentCenter, Location, PartialFulfillmentCenter, PartialLocation};
pub use price::{
    AlternativePricingType, ItemPrice, ItemPriceVariation, PartialItemPrice, PartialItemPriceVariation,
};
pub use response::{ClientsData, ClientsResponse, PartialClientsData, PartialClientsResponse};
pub use seat::{PartialSeatPackage, PartialSeatTier, SeatPackage, SeatTier};
pub use sso::{PartialSsoAttributeMapping, PartialSsoSettings, SsoAttributeMapping, SsoSettings};
#[cfg(feature = "generate")]
pub(crate) use strategies::typed;
#[cfg(feature = "generate")]
pub use strategies::{Payloads, clients, courses, learning_paths, licenses, recipe, responses};
#[cfg(feature = "generate")]
use strategies::{recipe_in, recipe_of};
pub use tag::{PartialTag, Tag};
pub use topic::{PartialTopicGroup, TopicGroup};
#[cfg(feature = "generate")]
pub use violations::catalogue;
pub use webinar::{PartialWebinarBlock, WebinarBlock};

/// The version of the contract, apart from that of the crate: semantic, from a consumer's point of view.
pub const VERSION: &str = "1.0.0";

/// Method and path of the endpoint, on any host.
pub const ENDPOINT: (&str, &str) = ("GET", "/incoming/v2/clients");

/// The `$id` of the schema.
pub const ID: &str = "urn:clients-contract:clients";

/// Where the published schema lies in this project.
pub const PUBLISHED_PATH: &str = "schemas/clients.schema.json";

/// Members that hold a credential, or a link or text that works as one: their values are never shown.
const SECRETS: &[&str] = &[
    "joinUrl",
    "openIdAuthorizationParameters",
    "openIdClientSecret",
    "relatedQuerySignature",
    "samlIdpCertificate",
    "secretKey",
    "webexSessionPassword",
];

/// The envelope of the documentation page.
pub const DOCUMENTED: &str = "documented";

impl Contract {
    /// The contract of `GET /incoming/v2/clients`.
    ///
    /// ```
    /// use clients_contract::Contract;
    ///
    /// let validation = Contract::clients().validate(br#"{"data": {"Clients": {"clients": null}}}"#);
    /// let broken: Vec<_> = validation.findings.iter().map(|finding| finding.rule.id).collect();
    /// assert_eq!(broken, ["missing-property", "null-value"]);
    /// ```
    #[must_use]
    pub fn clients() -> &'static Self {
        &CONTRACT
    }
}

/// The contract. A member `...` with the text `...` is the documentation page's mark for an object that it does not spell
/// out.
#[expect(clippy::expect_used, reason = "made of constants, and a test looks at it")]
pub(super) static CONTRACT: LazyLock<Contract> =
    LazyLock::new(|| builder().build().expect("a whole contract"));

fn builder() -> Builder {
    let paging = Paging::by_page("page", "count")
        .or_by_cursor("cursor", "perPage")
        .sizes(PageSizes::new(25, 100), PageSizes::new(25, 1000))
        .searched("query", "sort")
        .looks_in(&["name", "slug"], &[("_id", "id")]);
    let builder = Builder::of("clients", envelopes::documented())
        .envelope(envelopes::bare())
        .envelope(envelopes::list())
        .id(ID)
        .version(VERSION)
        .summary("Thought Industries: the clients of an instance, page by page")
        .host("https://{instance}.thoughtindustries.com")
        .method(ENDPOINT.0)
        .path(ENDPOINT.1)
        .authentication("Bearer", &[("ti_live_", "production"), ("ti_test_", "sandbox")])
        .parameters(&[
            ("query", "search over the name and other indexed properties, Lucene-like: `name:acme`, `(_id:A OR _id:B)`, quoted phrases; a bare word searches the name"),
            ("sort", "property to sort by, such as `name` or `createdAt`; checked for name, slug, createdAt and updatedAt"),
            ("page", "page number from 1, for numbered paging"),
            ("count", "clients per page, for numbered paging [default: 25, at most 100]"),
            ("cursor", "cursor of the previous page, for cursor paging"),
            ("perPage", "clients per page, for cursor paging [default: 25, at most 1000]"),
        ])
        .error(429, r#"{"error": "rate_limit_exceeded", "message": "...", "retryAfter": 32}"#, "too many requests: wait for the time in `Retry-After`")
        .error(401, "", "the key is unknown")
        .error(403, "", "the key may not do this")
        .error(503, "", "unavailable: wait for the time in `Retry-After`, if present")
        .rate_limit("standard", 120, 20)
        .rate_limit("enterprise", 600, 100)
        .rules(rules::ALL)
        .nouns("client", "clients")
        .paging(paging);
    #[cfg(feature = "generate")]
    let builder = builder.factory(made::Clients);
    #[cfg(feature = "redact")]
    let builder = builder.redaction(redaction::Redaction);
    builder
}

/// The contract as a JSON Schema document of draft 2020-12, derived from the types.
///
/// Its root is [`ClientsResponse`], and `$defs` holds what can be reached from there. The version of the
/// contract is in `$comment`, since no keyword of JSON Schema is for it.
///
/// ```
/// use clients_contract::contract::clients;
///
/// let schema = clients::schema();
/// assert_eq!(schema["$id"], clients::ID);
/// assert_eq!(schema["$defs"]["Client"]["required"][0], "id");
/// ```
pub fn schema() -> Value {
    root_schema::<ClientsResponse>(None)
}

/// The schema of a response, in the documented envelope or another one.
fn root_schema<T: JsonSchema>(envelope: Option<&str>) -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<T>();
    let behind = |between: &str| envelope.map(|name| format!("{between}{name}")).unwrap_or_default();
    identify(&mut schema, &format!("{ID}{}", behind(":")), format!("contract version {VERSION}"));
    let title = format!("GET {}{}", ENDPOINT.1, behind(", envelope "));
    schema.insert(names::TITLE.to_owned(), title.into());
    schema.to_value()
}
