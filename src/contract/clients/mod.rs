//! What does `GET /incoming/v2/clients` answer?
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

mod aggregation;
mod appearance;
mod award;
#[cfg(feature = "generate")]
mod breaches;
mod catalog;
mod client;
mod course;
mod course_group;
#[cfg(feature = "generate")]
mod dataset;
mod email;
mod event;
mod layout;
mod learning_path;
mod lesson;
mod license;
mod milestone;
mod order;
mod page;
mod paging;
mod place;
mod price;
mod response;
pub mod rules;
mod seat;
mod sso;
#[cfg(feature = "generate")]
mod strategies;
mod tag;
mod topic;
mod walk;
mod webinar;

use crate::contract::paging::Paging;
use crate::schema::identify;
use crate::schema::keywords::names;
use crate::validate::Promises;
use schemars::generate::SchemaSettings;
use serde_json::Value;

pub use aggregation::{Aggregation, AggregationBucket, PartialAggregation, PartialAggregationBucket};
pub use appearance::{
    AppearanceSettings, GlobalNavigationLink, PartialAppearanceSettings, PartialGlobalNavigationLink,
};
pub use award::{CourseAwardClaimingOption, PartialCourseAwardClaimingOption};
#[cfg(feature = "generate")]
pub use breaches::catalogue;
pub use catalog::{CatalogSettings, PartialCatalogSettings, ResultsDisplayType};
pub use client::{BackgroundJob, BackgroundJobStatus, Client, PartialBackgroundJob, PartialClient};
pub use course::{ContentKind, ContentStatus, Course, PartialCourse};
pub use course_group::{CourseGroup, PartialCourseGroup};
#[cfg(feature = "generate")]
pub use dataset::Dataset;
pub use email::{EmailLayoutSettings, PartialEmailLayoutSettings};
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
use strategies::recipe_of;
#[cfg(feature = "generate")]
pub(crate) use strategies::typed;
#[cfg(feature = "generate")]
pub use strategies::{Payloads, Typed, clients, courses, learning_paths, licenses, recipe, responses};
pub use tag::{PartialTag, Tag};
pub use topic::{PartialTopicGroup, TopicGroup};
pub use webinar::{PartialWebinarBlock, WebinarBlock};

/// The version of the contract, apart from that of the crate: semantic, from a consumer's point of view.
pub const VERSION: &str = "1.0.0";

/// Method and path of the endpoint, on any host.
pub const ENDPOINT: (&str, &str) = ("GET", "/incoming/v2/clients");

/// How its pages are walked.
pub static PAGING: Paging = Paging {
    path: ENDPOINT.1,
    page: "page",
    count: "count",
    sort: "sort",
    query: "query",
    more: "/data/Clients/pageInfo/hasMore",
    total: "/data/Clients/pageInfo/total",
    items: "/data/Clients/clients",
};

/// The `$id` of the schema.
pub const ID: &str = "urn:clients-contract:clients";

/// The schema as it is published: what [`schema`] gave when this version of the contract was made.
pub(super) const PUBLISHED: &str = include_str!("../../../schemas/clients.schema.json");

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

/// What the endpoint promises beyond its schema. A member `...` with the text `...` is the
/// documentation page's mark for an object that it does not spell out.
pub const PROMISES: Promises = Promises {
    elision: Some(("...", "...")),
    invariants: &[rules::API_ERROR_INVARIANT, paging::INVARIANT],
    sequence: Some(&walk::INVARIANT),
    secrets: SECRETS,
};

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
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<ClientsResponse>();
    identify(&mut schema, ID, format!("contract version {VERSION}"));
    schema.insert(names::TITLE.to_owned(), "GET /incoming/v2/clients".into());
    schema.to_value()
}
