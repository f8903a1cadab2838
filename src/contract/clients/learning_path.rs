//! Learning paths.

use serde_json::{Map, Value};

use super::client::Client;
use super::course::{ContentStatus, Course};
use super::layout::{Layout, Ribbon};
use super::milestone::Milestone;
use super::place::FulfillmentCenter;
use super::price::{AlternativePricingType, ItemPrice};
use super::seat::{SeatPackage, SeatTier};
use super::tag::Tag;
use crate::contract::presence::{Partial, Sparse, object};
use crate::contract::scalar::{DateTime, Int, Uuid};

object! {
    /// A learning path.
    struct LearningPath, PartialLearningPath {
        /// Identifier of the learning path. Source: documented example and published types.
        id: always Uuid = "id",
        /// Identifier of the layout. Source: documented example and published types.
        layout_id: nullable Uuid = "layoutId",
        /// Layout of the learning path. Source: documented example and published types.
        layout: nullable Box<Partial<Layout>> = "layout",
        /// Identifier of the learner layout. Source: documented example and published types.
        learner_layout_id: nullable Uuid = "learnerLayoutId",
        /// Learner layout of the learning path. Source: documented example and published types.
        learner_layout: nullable Box<Partial<Layout>> = "learnerLayout",
        /// Name of the learning path. Source: documented example and published types.
        name: always String = "name",
        /// Stock keeping unit (SKU) of the learning path. Source: documented example and published
        /// types.
        sku: nullable String = "sku",
        /// Ribbon of the learning path. Source: documented example and published types.
        ribbon: nullable Box<Partial<Ribbon>> = "ribbon",
        /// Slug of the learning path. Source: documented example and published types.
        slug: always String = "slug",
        /// Client of the learning path. Source: documented example and published types.
        client: nullable Box<Partial<Client>> = "client",
        /// Date and time at which the learning path was created. Source: documented example and
        /// published types.
        created_at: nullable DateTime = "createdAt",
        /// Meta title of the learning path. Source: documented example and published types.
        meta_title: nullable String = "metaTitle",
        /// Meta description of the learning path. Source: documented example and published types.
        meta_description: nullable String = "metaDescription",
        /// Asset of the learning path. A URL, absolute, protocol-relative or relative; not
        /// asserted. Source: documented example and published types.
        asset: nullable String = "asset",
        /// Alternative text of the asset. Not in the published types, so nullable. Source:
        /// documented example.
        asset_alt_text: nullable String = "assetAltText",
        /// Asset library identifier of the asset. Not in the published types, so nullable. Source:
        /// documented example.
        asset_library_id: nullable Uuid = "assetLibraryId",
        /// Detail asset of the learning path. A URL, absolute, protocol-relative or relative; not
        /// asserted. Source: documented example and published types.
        detail_asset: nullable String = "detailAsset",
        /// Alternative text of the detail asset. Not in the published types, so nullable. Source:
        /// documented example.
        detail_asset_alt_text: nullable String = "detailAssetAltText",
        /// Asset library identifier of the detail asset. Not in the published types, so nullable.
        /// Source: documented example.
        detail_asset_library_id: nullable Uuid = "detailAssetLibraryId",
        /// Hero asset of the learning path. A URL, absolute, protocol-relative or relative; not
        /// asserted. Source: documented example and published types.
        hero_asset: nullable String = "heroAsset",
        /// Alternative text of the hero asset. Not in the published types, so nullable. Source:
        /// documented example.
        hero_asset_alt_text: nullable String = "heroAssetAltText",
        /// Price of the learning path, in cents. Source: documented example and published types.
        price_in_cents: nullable Int = "priceInCents",
        /// Suggested retail price, in cents. Source: documented example and published types.
        suggested_retail_price_in_cents: nullable Int = "suggestedRetailPriceInCents",
        /// Type of the alternative pricing of the learning path. Source: documented example and
        /// published types.
        alternative_pricing_type: nullable AlternativePricingType = "alternativePricingType",
        /// Reference of the alternative pricing of the learning path. Source: documented example
        /// and published types.
        alternative_pricing_ref: nullable Int = "alternativePricingRef",
        /// Access to the learning path, in days. Source: documented example and published types.
        access_days: nullable Int = "accessDays",
        /// Short description of the learning path. Source: documented example and published types.
        short_description: nullable String = "shortDescription",
        /// Long description of the learning path. Source: documented example and published types.
        long_description: nullable String = "longDescription",
        /// Tags of the learning path. Source: documented example and published types.
        tags: nullable Sparse<Partial<Tag>> = "tags",
        /// Status of the learning path. Source: documented example and published types.
        status: always ContentStatus = "status",
        /// Whether the learning path is free with registration. Source: documented example and
        /// published types.
        free_with_registration: nullable bool = "freeWithRegistration",
        /// Whether the learning path has multiple currencies. Source: documented example and
        /// published types.
        has_multiple_currencies: always bool = "hasMultipleCurrencies",
        /// Prices of the learning path. Source: documented example and published types.
        prices: always Vec<Partial<ItemPrice>> = "prices",
        /// Custom fields of the learning path. Any JSON value. Source: documented example and
        /// published types.
        custom_fields: nullable Value = "customFields",
        /// Content type of the learning path. Source: documented example and published types.
        content_type: nullable String = "contentType",
        /// Confirmation, as HTML. Source: documented example and published types.
        confirmation_html: nullable String = "confirmationHtml",
        /// Date and time at which the learning path starts. Source: documented example and
        /// published types.
        start_date: nullable DateTime = "startDate",
        /// Date and time at which the learning path ends. Source: documented example and published
        /// types.
        end_date: nullable DateTime = "endDate",
        /// Date and time at which enrollment in the learning path starts. Source: documented
        /// example and published types.
        enrollment_start_date: nullable DateTime = "enrollmentStartDate",
        /// Date and time at which enrollment in the learning path ends. Source: documented example
        /// and published types.
        enrollment_end_date: nullable DateTime = "enrollmentEndDate",
        /// Milestones of the learning path. Source: documented example and published types.
        milestones: nullable Sparse<Partial<Milestone>> = "milestones",
        /// Availability status of the learning path. Source: documented example and published
        /// types.
        availability_status: nullable String = "availabilityStatus",
        /// Date and time of the start action of the current user. Source: documented example and
        /// published types.
        current_user_start_action_date: nullable DateTime = "currentUserStartActionDate",
        /// Whether the learning path is pay as you go. Source: documented example and published
        /// types.
        is_pay_as_you_go: nullable bool = "isPayAsYouGo",
        /// Language of the learning path. Source: documented example and published types.
        language: nullable String = "language",
        /// Date and time of the future publication of the learning path. Source: documented example
        /// and published types.
        future_publish_date: nullable DateTime = "futurePublishDate",
        /// Whether the learning path is purchasable. Source: documented example and published
        /// types.
        purchasable: always bool = "purchasable",
        /// Whether the learning path is taxable. Source: documented example and published types.
        taxable: nullable bool = "taxable",
        /// Fulfillment center of the learning path. Source: documented example and published types.
        fulfillment_center: nullable Box<Partial<FulfillmentCenter>> = "fulfillmentCenter",
        /// Identifier of the tax category of the learning path. Source: documented example and
        /// published types.
        tax_category: nullable Uuid = "taxCategory",
        /// Whether a certificate is pending for the current user. Source: documented example and
        /// published types.
        current_user_pending_certificate: always bool = "currentUserPendingCertificate",
        /// Whether the current user has earned a certificate. Source: documented example and
        /// published types.
        current_user_earned_certificate: always bool = "currentUserEarnedCertificate",
        /// Date and time at which the learning path is due for the current user. Source: documented
        /// example and published types.
        current_user_due_date: nullable DateTime = "currentUserDueDate",
        /// Whether bulk purchasing is enabled. Source: documented example and published types.
        bulk_purchasing_enabled: always bool = "bulkPurchasingEnabled",
        /// Tiers of seats of the learning path. Source: documented example and published types.
        seat_tiers: nullable Vec<Partial<SeatTier>> = "seatTiers",
        /// Packages of seats of the learning path. Source: documented example and published types.
        seat_packages: nullable Vec<Partial<SeatPackage>> = "seatPackages",
        /// Price of the last tier, in cents. Source: documented example and published types.
        last_tier_price_in_cents: nullable Int = "lastTierPriceInCents",
        /// Courses that are prerequisites of the learning path. Source: documented example and
        /// published types.
        prerequisite_courses: nullable Sparse<Partial<Course>> = "prerequisiteCourses",
        /// Learning paths that are prerequisites of the learning path. Source: documented example
        /// and published types.
        prerequisite_learning_paths: nullable Sparse<Partial<LearningPath>> = "prerequisiteLearningPaths",
        /// Resource type of the learning path. Source: documented example and published types.
        resource_type: always String = "resourceType",
        /// Limit on the number of seats of the learning path. Source: documented example and
        /// published types.
        seats_limit: nullable Int = "seatsLimit",
        /// Identifier of the video asset. Source: documented example and published types.
        video_asset: nullable Uuid = "videoAsset",
        /// Query for what is related to the learning path. Source: documented example and published
        /// types.
        related_query: nullable String = "relatedQuery",
        /// Signature of the related query. Source: documented example and published types.
        related_query_signature: nullable String = "relatedQuerySignature",
        /// Source of the learning path. Source: documented example and published types.
        source: nullable String = "source",
        /// Authors of the learning path. Source: documented example and published types.
        authors: nullable Vec<String> = "authors",
        /// Date and time at which the learning path is published. Source: documented example and
        /// published types.
        publish_date: nullable DateTime = "publishDate",
        /// URL of the external detail page of the learning path. Source: documented example and
        /// published types.
        external_detail_url: nullable String = "externalDetailUrl",
        /// URL of the external conditional redirect. Not in the published types, so nullable.
        /// Source: documented example.
        external_conditional_redirect_url: nullable String = "externalConditionalRedirectUrl",
        /// Kind of the learning path. Source: documented example and published types.
        kind: nullable String = "kind",
        /// Tabs of the learning path. Source: documented example and published types.
        tabs: nullable Box<Partial<LearningPathTabs>> = "tabs",
        /// Date and time at which the learning path was last updated. Source: documented example
        /// and published types.
        updated_at: nullable DateTime = "updatedAt",
        /// Date and time at which the learning path is due. Source: documented example and
        /// published types.
        due_date: nullable DateTime = "dueDate",
        /// Due date of the learning path, in days. Source: documented example and published types.
        due_date_days: nullable Int = "dueDateDays",
        /// Whether to allow access to the milestones in any order. Not in the published types, so
        /// nullable. Source: documented example.
        allow_unordered_milestone_access: nullable bool = "allowUnorderedMilestoneAccess",
        /// Identifier of the authoring client. Source: documented example and published types.
        authoring_client: nullable Uuid = "authoringClient",
        /// Whether the learning path is a template. Not in the published types, so nullable.
        /// Source: documented example.
        is_template: nullable bool = "isTemplate",
        /// URL of the external purchase of the learning path. Not in the published types, so
        /// nullable. Source: documented example.
        external_purchase_url: nullable String = "externalPurchaseUrl",
    }
}

object! {
    /// The tabs of a learning path.
    struct LearningPathTabs, PartialLearningPathTabs {
        /// Whether the tabs are generated. Source: published types.
        generated: nullable bool = "generated",
        /// Identifier of the set of tabs. Source: published types.
        id: always Uuid = "id",
        /// Tabs in the set. Source: published types.
        tabs: nullable Vec<Partial<LearningPathTab>> = "tabs",
    }
}

object! {
    /// One tab of a learning path.
    struct LearningPathTab, PartialLearningPathTab {
        /// Body of the tab. Source: published types.
        body: nullable String = "body",
        /// Identifier of the tab. Source: published types.
        id: always Uuid = "id",
        /// Instructors of the tab. The type of an item is `Instructor`: any object. Source:
        /// published types.
        instructors: nullable Sparse<Map<String, Value>> = "instructors",
        /// Label of the tab. Source: published types.
        label: nullable String = "label",
        /// Products of the tab. The type of an item is `Product`: any object. Source: published
        /// types.
        products: nullable Sparse<Map<String, Value>> = "products",
        /// Type of the tab. Source: published types.
        tab_type: nullable String = "tabType",
    }
}
