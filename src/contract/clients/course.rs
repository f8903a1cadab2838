//! Courses.

use serde_json::{Number, Value};

use super::award::CourseAwardClaimingOption;
use super::course_group::CourseGroup;
use super::event::{DateRange, InPersonEventInfo, Meeting};
use super::learning_path::LearningPath;
use super::lesson::{Lesson, Section};
use super::place::Location;
use super::price::{AlternativePricingType, ItemPrice};
use super::seat::{SeatPackage, SeatTier};
use super::topic::TopicGroup;
use super::webinar::WebinarBlock;
use crate::contract::choice::choice;
use crate::contract::presence::{Partial, Sparse, object};
use crate::contract::scalar::{DateTime, Int, Uuid};

object! {
    /// A course.
    struct Course, PartialCourse {
        /// Identifier of the course. Source: documented example and published types.
        id: always Uuid = "id",
        /// Date and time at which the course was created. Source: documented example and published
        /// types.
        created_at: nullable DateTime = "createdAt",
        /// Date and time at which the course was last updated. Source: documented example and
        /// published types.
        updated_at: nullable DateTime = "updatedAt",
        /// Slug of the course. Source: documented example and published types.
        slug: always String = "slug",
        /// Status of the course. Source: documented example and published types.
        status: nullable ContentStatus = "status",
        /// Title of the course. Source: documented example and published types.
        title: nullable String = "title",
        /// Whether the session is titled. Source: documented example and published types.
        session_is_titled: always bool = "sessionIsTitled",
        /// Sample lesson of the course. Source: documented example and published types.
        sample_lesson: nullable Box<Partial<Lesson>> = "sampleLesson",
        /// Identifier of the sample lesson. Source: documented example and published types.
        sample_lesson_id: nullable Uuid = "sampleLessonId",
        /// Sections of the course. Source: documented example and published types.
        sections: nullable Sparse<Partial<Section>> = "sections",
        /// Identifier of the appearance block. Source: documented example and published types.
        appearance_block: nullable Uuid = "appearanceBlock",
        /// Hash of the appearance. Source: documented example and published types.
        appearance_hash: nullable String = "appearanceHash",
        /// Identifier of the paywalls block. Source: documented example and published types.
        paywalls_block: nullable Uuid = "paywallsBlock",
        /// Identifier of the terms block. Source: documented example and published types.
        terms_block: nullable Uuid = "termsBlock",
        /// Identifier of the confirmation block. Source: documented example and published types.
        confirmation_block: nullable Uuid = "confirmationBlock",
        /// Date and time at which the course starts. Source: documented example and published
        /// types.
        course_start_date: nullable DateTime = "courseStartDate",
        /// Date and time at which the course ends. Source: documented example and published types.
        course_end_date: nullable DateTime = "courseEndDate",
        /// Date and time at which enrollment in the course starts. Source: documented example and
        /// published types.
        enrollment_start_date: nullable DateTime = "enrollmentStartDate",
        /// Date and time at which enrollment in the course ends. Source: documented example and
        /// published types.
        enrollment_end_date: nullable DateTime = "enrollmentEndDate",
        /// Date and time at which the grace period ends. Source: documented example and published
        /// types.
        grace_period_end_date: nullable DateTime = "gracePeriodEndDate",
        /// Limit on the number of seats of the course. Source: documented example and published
        /// types.
        seats_limit: nullable Int = "seatsLimit",
        /// Count of the waitlist of the course. Source: documented example and published types.
        waitlist_count: nullable Int = "waitlistCount",
        /// Whether the limit on the number of seats has been met. Source: documented example and
        /// published types.
        seats_limit_met: always bool = "seatsLimitMet",
        /// Whether waitlisting is enabled. Source: documented example and published types.
        waitlisting_enabled: always bool = "waitlistingEnabled",
        /// Whether waitlisting has been triggered. Source: documented example and published types.
        waitlisting_triggered: always bool = "waitlistingTriggered",
        /// Whether the course is taxable. Source: documented example and published types.
        taxable: nullable bool = "taxable",
        /// Whether the course is purchasable. Source: documented example and published types.
        purchasable: always bool = "purchasable",
        /// Identifier of the tax category of the course. Source: documented example and published
        /// types.
        tax_category: nullable Uuid = "taxCategory",
        /// Identifier of the fulfillment center of the course. Source: documented example and
        /// published types.
        fulfillment_center: nullable Uuid = "fulfillmentCenter",
        /// Course group of the course. Source: documented example and published types.
        course_group: nullable Box<Partial<CourseGroup>> = "courseGroup",
        /// Whether syllabus titles are enabled. Source: documented example and published types.
        syllabus_titles_enabled: nullable bool = "syllabusTitlesEnabled",
        /// Whether the gallery is enabled. Source: documented example and published types.
        gallery_enabled: nullable bool = "galleryEnabled",
        /// Whether the workbook is enabled. Source: documented example and published types.
        workbook_enabled: nullable bool = "workbookEnabled",
        /// Whether the linked workbook is enabled. Source: documented example and published types.
        linked_workbook_enabled: nullable bool = "linkedWorkbookEnabled",
        /// Whether skipping is enabled for the linked workbook. Source: documented example and
        /// published types.
        linked_workbook_skip_enabled: nullable bool = "linkedWorkbookSkipEnabled",
        /// Whether the superquiz is enabled. Source: documented example and published types.
        superquiz_enabled: nullable bool = "superquizEnabled",
        /// Whether discussions are enabled. Source: documented example and published types.
        discussions_enabled: nullable bool = "discussionsEnabled",
        /// Whether resources are enabled. Source: documented example and published types.
        resources_enabled: nullable bool = "resourcesEnabled",
        /// Whether the overview of meetings is enabled. Source: documented example and published
        /// types.
        meetings_overview_enabled: nullable bool = "meetingsOverviewEnabled",
        /// Rule of recurrence of the course. Not in the published types, so nullable. Source:
        /// documented example.
        recurrence_rule: nullable String = "recurrenceRule",
        /// Recurrence of the course. Any JSON value. Not in the published types, so nullable.
        /// Source: documented example.
        recurrence: nullable Value = "recurrence",
        /// Recurrence of the course, as a readable string. Not in the published types, so nullable.
        /// Source: documented example.
        readable_recurrence_string: nullable String = "readableRecurrenceString",
        /// Whether instructor access is enabled. Source: documented example and published types.
        instructor_access_enabled: nullable bool = "instructorAccessEnabled",
        /// Email addresses of the instructors. Source: documented example and published types.
        instructor_emails: nullable Sparse<String> = "instructorEmails",
        /// Whether the course is free with registration. Source: documented example and published
        /// types.
        free_with_registration: nullable bool = "freeWithRegistration",
        /// Price of the course, in cents. Source: documented example and published types.
        price_in_cents: nullable Int = "priceInCents",
        /// Price of instructor access, in cents. Source: documented example and published types.
        instructor_access_price_in_cents: nullable Int = "instructorAccessPriceInCents",
        /// Suggested retail price, in cents. Source: documented example and published types.
        suggested_retail_price_in_cents: nullable Int = "suggestedRetailPriceInCents",
        /// Type of the alternative pricing of the course. Source: documented example and published
        /// types.
        alternative_pricing_type: nullable AlternativePricingType = "alternativePricingType",
        /// Reference of the alternative pricing of the course. Source: documented example and
        /// published types.
        alternative_pricing_ref: nullable Int = "alternativePricingRef",
        /// Access to the course, in days. Source: documented example and published types.
        access_days: nullable Int = "accessDays",
        /// Whether to show progress. Source: documented example and published types.
        show_progress: nullable bool = "showProgress",
        /// Whether annotations are enabled. Not in the published types, so nullable. Source:
        /// documented example.
        annotations_enabled: nullable bool = "annotationsEnabled",
        /// Whether linear progress is forced. Source: documented example and published types.
        force_linear_progress: nullable bool = "forceLinearProgress",
        /// Completion time per page; the unit is not documented. Source: documented example and
        /// published types.
        completion_time_per_page: nullable Int = "completionTimePerPage",
        /// Whether to ask the learner for a password. Source: documented example and published
        /// types.
        ask_learner_password: nullable bool = "askLearnerPassword",
        /// Whether the course has a roster. Source: documented example and published types.
        roster: nullable bool = "roster",
        /// Identifier of the topic group of the course. Source: documented example and published
        /// types.
        topic_group_id: nullable Uuid = "topicGroupId",
        /// Stock keeping unit (SKU) of the course. Source: documented example and published types.
        sku: nullable String = "sku",
        /// Courses that are prerequisites of the course. Source: documented example and published
        /// types.
        prerequisite_courses: nullable Sparse<Partial<Course>> = "prerequisiteCourses",
        /// Learning paths that are prerequisites of the course. Source: documented example and
        /// published types.
        prerequisite_learning_paths: nullable Sparse<Partial<LearningPath>> = "prerequisiteLearningPaths",
        /// Identifier of the parent course. Source: documented example and published types.
        parent_course_id: nullable Uuid = "parentCourseId",
        /// Whether the course is a child. Source: documented example and published types.
        is_child: nullable bool = "isChild",
        /// Whether the course has multiple currencies. Source: documented example and published
        /// types.
        has_multiple_currencies: always bool = "hasMultipleCurrencies",
        /// Prices of the course. Source: documented example and published types.
        prices: always Vec<Partial<ItemPrice>> = "prices",
        /// Whether enrollment is active. Source: documented example and published types.
        enrollment_active: nullable bool = "enrollmentActive",
        /// Whether the waitlist is active. Source: documented example and published types.
        waitlist_active: nullable bool = "waitlistActive",
        /// Dates of the webinar. Source: documented example and published types.
        webinar_dates: nullable Sparse<Partial<DateRange>> = "webinarDates",
        /// Time zone of the webinar. Source: documented example and published types.
        webinar_time_zone: nullable String = "webinarTimeZone",
        /// Meetings of the course. Source: documented example and published types.
        meetings: nullable Vec<Partial<Meeting>> = "meetings",
        /// What is said about the in-person event. Source: documented example and published types.
        in_person_event_info: nullable Box<Partial<InPersonEventInfo>> = "inPersonEventInfo",
        /// Whether the current user has access to the course. Source: documented example and
        /// published types.
        current_user_has_access: always bool = "currentUserHasAccess",
        /// Location of the course. Source: documented example and published types.
        location: nullable Box<Partial<Location>> = "location",
        /// Whether to display a map. Source: documented example and published types.
        display_map: always bool = "displayMap",
        /// Date and time at which the course is published. Source: documented example and published
        /// types.
        publish_date: nullable DateTime = "publishDate",
        /// Whether the course is active. Source: documented example and published types.
        is_active: always bool = "isActive",
        /// Date and time of the future publication of the course. Source: documented example and
        /// published types.
        future_publish_date: nullable DateTime = "futurePublishDate",
        /// Balance required for the course. Source: documented example and published types.
        balance_requirement: nullable Number = "balanceRequirement",
        /// Options of claiming an award for the course. Source: documented example and published
        /// types.
        award_claiming_options: nullable Vec<Partial<CourseAwardClaimingOption>> = "awardClaimingOptions",
        /// Availability status of the course. Source: documented example and published types.
        availability_status: nullable String = "availabilityStatus",
        /// Whether the embedding of the course is enabled. Source: documented example and published
        /// types.
        embedded_enabled: nullable bool = "embeddedEnabled",
        /// Whether to display results. Source: documented example and published types.
        display_results: always bool = "displayResults",
        /// Whether bulk purchasing is enabled. Source: documented example and published types.
        bulk_purchasing_enabled: always bool = "bulkPurchasingEnabled",
        /// Tiers of seats of the course. Source: documented example and published types.
        seat_tiers: nullable Vec<Partial<SeatTier>> = "seatTiers",
        /// Packages of seats of the course. Source: documented example and published types.
        seat_packages: nullable Vec<Partial<SeatPackage>> = "seatPackages",
        /// Price of the last tier, in cents. Source: documented example and published types.
        last_tier_price_in_cents: nullable Int = "lastTierPriceInCents",
        /// Identifier of the webinar; not a UUID by contract. Source: documented example and
        /// published types.
        webinar_id: nullable String = "webinarId",
        /// Whether the course has children. Source: documented example and published types.
        has_children: always bool = "hasChildren",
        /// Custom fields of the course. Any JSON value. Source: documented example and published
        /// types.
        custom_fields: nullable Value = "customFields",
        /// Kind of the course. Source: documented example and published types.
        kind: nullable ContentKind = "kind",
        /// Date and time at which the roster was submitted. Source: documented example and
        /// published types.
        roster_submitted_date: nullable DateTime = "rosterSubmittedDate",
        /// Final assessment of the course. Source: documented example and published types.
        final_assessment: nullable String = "finalAssessment",
        /// Whether SCORM collects the details of the user. Source: documented example and published
        /// types.
        scorm_collect_user_details: nullable bool = "scormCollectUserDetails",
        /// Number of seats used. Source: documented example and published types.
        seats_used_count: always Int = "seatsUsedCount",
        /// Number of seats allocated. Source: documented example and published types.
        seats_allocated_count: always Int = "seatsAllocatedCount",
        /// Details of the webinar. Source: documented example and published types.
        webinar_details: nullable Box<Partial<WebinarBlock>> = "webinarDetails",
        /// Whether to show the syllabus to someone who is not enrolled. Source: documented example
        /// and published types.
        show_syllabus_while_unenrolled: nullable bool = "showSyllabusWhileUnenrolled",
        /// Topic group of the course. Source: documented example and published types.
        topic_group: nullable Box<Partial<TopicGroup>> = "topicGroup",
        /// Title of the course group. Source: documented example and published types.
        course_group_title: nullable String = "courseGroupTitle",
        /// Date and time at which the course is due for the current user. Not in the published
        /// types, so nullable. Source: documented example.
        current_user_due_date: nullable DateTime = "currentUserDueDate",
    }
}

choice! {
    /// The status of a course, a section or a learning path.
    enum ContentStatus {
        Archived = "archived",
        Authoring = "authoring",
        Deleted = "deleted",
        Draft = "draft",
        LoginRestriction = "loginRestriction",
        Pending = "pending",
        Published = "published",
    }
}

choice! {
    /// The kind of a course or a course group.
    enum ContentKind {
        Article = "article",
        CourseGroup = "courseGroup",
        InPersonEvent = "inPersonEvent",
        InPersonEventCourse = "inPersonEventCourse",
        MicroCourse = "microCourse",
        ShareableContentObject = "shareableContentObject",
        Video = "video",
        Webinar = "webinar",
        WebinarCourse = "webinarCourse",
        XApiObject = "xApiObject",
    }
}
