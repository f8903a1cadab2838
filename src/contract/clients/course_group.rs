//! Course groups.

use serde_json::{Map, Value};

use super::course::{ContentKind, Course};
use super::layout::Layout;
use super::tag::Tag;
use crate::contract::presence::{Partial, Sparse, object};
use crate::contract::scalar::{DateTime, Int, Uuid};

object! {
    /// A course group.
    struct CourseGroup, PartialCourseGroup {
        /// Whether to allow rescheduling. Source: published types.
        allow_rescheduling: nullable bool = "allowRescheduling",
        /// Whether the course group is archived. Source: published types.
        archived: nullable bool = "archived",
        /// Asset of the course group. Source: published types.
        asset: nullable String = "asset",
        /// Authors of the course group. Source: published types.
        authors: nullable Sparse<String> = "authors",
        /// Availability status of the course group. Source: published types.
        availability_status: nullable String = "availabilityStatus",
        /// Content type of the course group. The type is `ContentType`: any object. Source:
        /// published types.
        content_type: nullable Map<String, Value> = "contentType",
        /// Courses of the course group. Source: published types.
        courses: nullable Sparse<Partial<Course>> = "courses",
        /// Date and time at which the course group was created. Source: published types.
        created_at: nullable DateTime = "createdAt",
        /// Whether the current user may reschedule. Source: published types.
        current_user_may_reschedule: nullable bool = "currentUserMayReschedule",
        /// Custom fields of the course group. Any JSON value. Source: published types.
        custom_fields: nullable Value = "customFields",
        /// Description of the course group. Source: published types.
        description: nullable String = "description",
        /// Detail asset of the course group. Source: published types.
        detail_asset: nullable String = "detailAsset",
        /// Display bundle of the course group. The type is `DisplayBundle`: any object. Source:
        /// published types.
        display_bundle: nullable Map<String, Value> = "displayBundle",
        /// Display course of the course group. Source: published types.
        display_course: nullable Box<Partial<Course>> = "displayCourse",
        /// URL of the external detail page of the course group. Source: published types.
        external_detail_url: nullable String = "externalDetailUrl",
        /// URL of the external purchase of the course group. Source: published types.
        external_purchase_url: nullable String = "externalPurchaseUrl",
        /// Whether the course group has a parent course group. Source: published types.
        has_parent_course_group: nullable bool = "hasParentCourseGroup",
        /// Identifier of the course group. Source: published types.
        id: always Uuid = "id",
        /// International Standard Book Number (ISBN) of the course group. Source: published types.
        isbn: nullable String = "isbn",
        /// Kind of the course group. Source: published types.
        kind: nullable ContentKind = "kind",
        /// Language of the course group. Source: published types.
        language: nullable String = "language",
        /// Layout of the course group. Source: published types.
        layout: nullable Box<Partial<Layout>> = "layout",
        /// Meta description of the course group. Source: published types.
        meta_description: nullable String = "metaDescription",
        /// Meta title of the course group. Source: published types.
        meta_title: nullable String = "metaTitle",
        /// Whether the course group is owned by the active scope. Source: published types.
        owned_by_active_scope: always bool = "ownedByActiveScope",
        /// Rating of the course group. Source: published types.
        rating: nullable Int = "rating",
        /// Number of ratings. Source: published types.
        ratings_count: nullable Int = "ratingsCount",
        /// Course groups related to the course group. Source: published types.
        related_course_groups: nullable Sparse<Partial<CourseGroup>> = "relatedCourseGroups",
        /// Query for what is related to the course group. Source: published types.
        related_query: nullable String = "relatedQuery",
        /// Limit of the related query. Source: published types.
        related_query_limit: nullable Int = "relatedQueryLimit",
        /// Signature of the related query. Source: published types.
        related_query_signature: nullable String = "relatedQuerySignature",
        /// Sort of the related query. Source: published types.
        related_query_sort: nullable String = "relatedQuerySort",
        /// Whether to show the description of what is related. Source: published types.
        related_show_description: nullable bool = "relatedShowDescription",
        /// Whether to show the image asset of what is related. Source: published types.
        related_show_image_asset: nullable bool = "relatedShowImageAsset",
        /// Ribbon of the course group. Source: published types.
        ribbon: nullable String = "ribbon",
        /// Slug of the course group. Source: published types.
        slug: always String = "slug",
        /// Source of the course group. Source: published types.
        source: nullable String = "source",
        /// Tabs of the course group. The type of an item is `CourseTab`: any object. Source:
        /// published types.
        tabs: nullable Sparse<Map<String, Value>> = "tabs",
        /// Tags of the course group. Source: published types.
        tags: nullable Sparse<Partial<Tag>> = "tags",
        /// Title of the course group. Source: published types.
        title: nullable String = "title",
        /// Video asset of the course group. Source: published types.
        video_asset: nullable String = "videoAsset",
    }
}
