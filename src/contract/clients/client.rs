//! Clients.

use serde_json::Number;

use super::appearance::AppearanceSettings;
use super::catalog::CatalogSettings;
use super::course::Course;
use super::email::EmailLayoutSettings;
use super::learning_path::LearningPath;
use super::license::{License, LicenseNode};
use super::sso::SsoSettings;
use super::tag::Tag;
use crate::contract::choice::choice;
use crate::contract::presence::{Partial, Sparse, object};
use crate::contract::scalar::{DateTime, Int, Uuid};

object! {
    /// A client, with its courses, learning paths, licenses, appearance settings and feature flags.
    struct Client, PartialClient {
        /// Identifier of the client. Source: documented example and published types.
        id: always Uuid = "id",
        /// Name of the client. Source: documented example and published types.
        name: always String = "name",
        /// Name of the school of the client. Source: documented example and published types.
        school_name: nullable String = "schoolName",
        /// Courses of the client. Source: documented example and published types.
        courses: nullable Vec<Course> = "courses",
        /// Learning paths of the client. Source: documented example and published types.
        learning_paths: nullable Vec<LearningPath> = "learningPaths",
        /// Identifiers of the learning paths of the client. Source: documented example and
        /// published types.
        learning_path_ids: nullable Vec<Uuid> = "learningPathIds",
        /// Identifiers of the courses of the client. Source: documented example and published
        /// types.
        course_ids: nullable Vec<Uuid> = "courseIds",
        /// Course tags of the client. Source: documented example and published types.
        course_tags: nullable Vec<Tag> = "courseTags",
        /// Identifiers of the course tags of the client. Source: documented example and published
        /// types.
        course_tag_ids: nullable Vec<Uuid> = "courseTagIds",
        /// Identifiers of the purchasable content of the client. Source: documented example and
        /// published types.
        purchasable_content_ids: nullable Vec<Uuid> = "purchasableContentIds",
        /// Identifiers of the purchasable tags of the client. Not in the published types, so
        /// nullable. Source: documented example.
        purchasable_tag_ids: nullable Vec<Uuid> = "purchasableTagIds",
        /// Purchasable tags of the client. Source: documented example and published types.
        purchasable_tags: nullable Vec<Tag> = "purchasableTags",
        /// Date and time at which the license ends. Source: documented example and published types.
        license_end_date: nullable DateTime = "licenseEndDate",
        /// Primary license of the client. Source: documented example and published types.
        primary_license: nullable Box<License> = "primaryLicense",
        /// Credits allocated to the client. Source: published types.
        allocated_credits: nullable Number = "allocatedCredits",
        /// Appearance settings of the client. Source: published types.
        appearance: nullable Box<Partial<AppearanceSettings>> = "appearance",
        /// Whether to filter automatically for the selected language. Source: published types.
        auto_filter_for_selected_language: nullable bool = "autoFilterForSelectedLanguage",
        /// Settings of the catalog of the client. Source: published types.
        catalog: nullable Box<Partial<CatalogSettings>> = "catalog",
        /// Identifiers of the learning paths that an administrator of the client can allocate.
        /// Source: published types.
        client_admin_allocatable_learning_paths: optional Vec<Uuid> = "clientAdminAllocatableLearningPaths",
        /// Whether the subscription of the client needs to be set up. Source: published types.
        client_subscription_needs_setup: nullable bool = "clientSubscriptionNeedsSetup",
        /// Date and time at which the client was created. Source: published types.
        created_at: nullable DateTime = "createdAt",
        /// Current balance of the client. Source: published types.
        current_balance: nullable Number = "currentBalance",
        /// License tree of the current user, as allocated by or to a manager: the name does not say
        /// which. Source: published types.
        current_user_manager_allocated_license_tree: nullable Vec<Partial<LicenseNode>> = "currentUserManagerAllocatedLicenseTree",
        /// Custom host of the client. Source: published types.
        custom_host: nullable String = "customHost",
        /// Identifier of the dashboard layout of the client. Source: published types.
        dashboard_layout_id: nullable Uuid = "dashboardLayoutId",
        /// Default language of the client. Source: published types.
        default_language: nullable String = "defaultLanguage",
        /// Whether the client is disabled. Source: published types.
        disabled: optional bool = "disabled",
        /// Settings of the email layout of the client. Source: published types.
        email_layout: nullable Box<Partial<EmailLayoutSettings>> = "emailLayout",
        /// Whether branding is enabled for the client. Source: published types.
        enable_branding: optional bool = "enableBranding",
        /// Whether the segmentation of communities is enabled. Source: published types.
        enable_communities_segmentation: nullable bool = "enableCommunitiesSegmentation",
        /// Whether the content detail page is enabled. Source: published types.
        enable_content_detail_page: nullable bool = "enableContentDetailPage",
        /// Whether the purchasing of credits is enabled. Source: published types.
        enable_credit_purchasing: nullable bool = "enableCreditPurchasing",
        /// Whether custom email settings are enabled. Source: published types.
        enable_custom_email_settings: nullable bool = "enableCustomEmailSettings",
        /// Whether discussions are enabled. Source: published types.
        enable_discussions: nullable bool = "enableDiscussions",
        /// Whether e-commerce is enabled. Source: published types.
        enable_ecommerce: optional bool = "enableEcommerce",
        /// Whether global links are enabled. Source: published types.
        enable_global_links: optional bool = "enableGlobalLinks",
        /// Whether license dashboards are enabled. Source: published types.
        enable_license_dashboards: nullable bool = "enableLicenseDashboards",
        /// Whether navigation links are enabled. Source: published types.
        enable_nav_links: optional bool = "enableNavLinks",
        /// Whether the onboarding survey is enabled. Source: published types.
        enable_onboarding_survey: optional bool = "enableOnboardingSurvey",
        /// Whether the recommendation assessment is enabled. Source: published types.
        enable_recommendation_assessment: nullable bool = "enableRecommendationAssessment",
        /// Whether segmentation is enabled. Source: published types.
        enable_segmentation: optional bool = "enableSegmentation",
        /// Whether the language selector is enabled. Source: published types.
        language_selector_enabled: nullable bool = "languageSelectorEnabled",
        /// Languages of the client. Source: published types.
        languages: nullable Vec<String> = "languages",
        /// Tree of the licenses of the client. Source: published types.
        license_tree: nullable Vec<Partial<LicenseNode>> = "licenseTree",
        /// Licenses of the client. Source: published types.
        licenses: nullable Vec<Partial<License>> = "licenses",
        /// Email addresses for notifications. Source: published types.
        notification_emails: nullable String = "notificationEmails",
        /// The flag named panorama; only the name is documented. Source: published types.
        panorama: optional bool = "panorama",
        /// Background jobs of the client that are pending. Source: published types.
        pending_jobs: nullable Sparse<Partial<BackgroundJob>> = "pendingJobs",
        /// Identifier of the redemption layout of the client. Source: published types.
        redemption_layout_id: nullable Uuid = "redemptionLayoutId",
        /// Number of seats allocated. Source: published types.
        seats_allocated_count: nullable Int = "seatsAllocatedCount",
        /// Limit on the number of seats of the client. Source: published types.
        seats_limit: nullable Int = "seatsLimit",
        /// Number of seats used. Source: published types.
        seats_used_count: nullable Int = "seatsUsedCount",
        /// Secret key of the client. Source: published types.
        secret_key: nullable String = "secretKey",
        /// Stock keeping unit (SKU) of the client. Source: published types.
        sku: nullable String = "sku",
        /// Slug of the client. Source: published types.
        slug: optional String = "slug",
        /// Settings of single sign-on (SSO) of the client. Source: published types.
        sso: nullable Box<Partial<SsoSettings>> = "sso",
        /// Starting balance of the client. Source: published types.
        starting_balance: nullable Number = "startingBalance",
        /// Tags of the client. Source: published types.
        tags: nullable Vec<Partial<Tag>> = "tags",
        /// Date and time at which the client was last updated. Source: published types.
        updated_at: nullable DateTime = "updatedAt",
    }
}

object! {
    /// A background job of a client.
    struct BackgroundJob, PartialBackgroundJob {
        /// Date and time at which the job was created. Source: published types.
        created_at: always DateTime = "createdAt",
        /// Description of the job. Source: published types.
        description: nullable String = "description",
        /// Error message of the job. Source: published types.
        error_message: nullable String = "errorMessage",
        /// Identifier of the job. Source: published types.
        id: always Uuid = "id",
        /// Whether the job is repeatable. Source: published types.
        repeatable: always bool = "repeatable",
        /// Status of the job. Source: published types.
        status: always BackgroundJobStatus = "status",
        /// Type of the job. Source: published types.
        r#type: always String = "type",
    }
}

choice! {
    /// The status of a background job.
    enum BackgroundJobStatus {
        Complete = "complete",
        Failed = "failed",
        Processing = "processing",
        Queued = "queued",
    }
}
