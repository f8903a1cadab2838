//! Layouts of pages.

use serde_json::Value;

use crate::contract::choice::choice;
use crate::contract::presence::object;
use crate::contract::scalar::Uuid;

object! {
    /// A layout.
    struct Layout, PartialLayout {
        /// Whether the layout has an enrollment widget. Source: published types.
        has_enrollment_widget: always bool = "hasEnrollmentWidget",
        /// Identifier of the layout. Source: published types.
        id: always Uuid = "id",
        /// Kind of the layout. Source: published types.
        kind: nullable LayoutKind = "kind",
        /// Scripts of the layout. Source: published types.
        scripts: nullable String = "scripts",
        /// Widgets of the layout. Any JSON value. Source: published types.
        widgets: nullable Value = "widgets",
    }
}

object! {
    /// A ribbon.
    struct Ribbon, PartialRibbon {
        /// Color of the ribbon. Source: published types.
        color: nullable String = "color",
        /// Contrast color of the ribbon. Source: published types.
        contrast_color: nullable String = "contrastColor",
        /// Darker color of the ribbon. Source: published types.
        darker_color: nullable String = "darkerColor",
        /// Label of the ribbon. Source: published types.
        label: nullable String = "label",
        /// Slug of the ribbon. Source: published types.
        slug: always String = "slug",
    }
}

choice! {
    /// The kind of a layout.
    enum LayoutKind {
        InPersonEventLayout = "InPersonEventLayout",
        ArticleLayout = "articleLayout",
        BundleSidebarLayout = "bundleSidebarLayout",
        CatalogLayout = "catalogLayout",
        CourseDetailSidebarLayout = "courseDetailSidebarLayout",
        DashboardLayout = "dashboardLayout",
        DiscountGroupSidebarLayout = "discountGroupSidebarLayout",
        HomepageLayout = "homepageLayout",
        LearningPathLearnerLayout = "learningPathLearnerLayout",
        LearningPathSidebarLayout = "learningPathSidebarLayout",
        PageLayout = "pageLayout",
        PickableGroupSidebarLayout = "pickableGroupSidebarLayout",
        ProductSidebarLayout = "productSidebarLayout",
        RedemptionLayout = "redemptionLayout",
        RegistrationLayout = "registrationLayout",
        SupportLayout = "supportLayout",
        TranscriptLayout = "transcriptLayout",
    }
}
