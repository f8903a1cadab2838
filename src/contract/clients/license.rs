//! Licenses.

use super::appearance::AppearanceSettings;
use super::client::Client;
use super::course::Course;
use super::learning_path::LearningPath;
use super::tag::Tag;
use crate::contract::presence::{Partial, object};
use crate::contract::scalar::{DateTime, Int, Uuid};

object! {
    /// A license.
    struct License, PartialLicense {
        /// Identifier of the license. Source: documented example and published types.
        id: always Uuid = "id",
        /// Name of the license. Source: documented example and published types.
        name: always String = "name",
        /// Label of the license. Source: documented example and published types.
        label: nullable String = "label",
        /// Stock keeping unit (SKU) of the license. Source: documented example and published types.
        sku: nullable String = "sku",
        /// Client of the license. Source: documented example and published types.
        client: nullable Box<Partial<Client>> = "client",
        /// Date and time at which the license was created. Source: documented example and published
        /// types.
        created_at: nullable DateTime = "createdAt",
        /// Date and time at which the license was last updated. Source: documented example and
        /// published types.
        updated_at: nullable DateTime = "updatedAt",
        /// Access to the license, in days. Source: documented example and published types.
        access_days: nullable Int = "accessDays",
        /// Date and time at which the license expires. Source: documented example and published
        /// types.
        expiration_date: nullable DateTime = "expirationDate",
        /// Limit on the number of seats of the license. Source: documented example and published
        /// types.
        seats_limit: nullable Int = "seatsLimit",
        /// Identifier of the dashboard layout of the license. Source: documented example and
        /// published types.
        dashboard_layout_id: nullable Uuid = "dashboardLayoutId",
        /// Whether branding is enabled for the license. Source: documented example and published
        /// types.
        enable_branding: nullable bool = "enableBranding",
        /// Name of the school of the license. Source: documented example and published types.
        school_name: nullable String = "schoolName",
        /// Whether the license is the default. Source: documented example and published types.
        is_default: nullable bool = "isDefault",
        /// Learning paths of the license. Source: documented example and published types.
        learning_paths: nullable Vec<Partial<LearningPath>> = "learningPaths",
        /// Identifiers of the learning paths of the license. Source: documented example and
        /// published types.
        learning_path_ids: nullable Vec<Uuid> = "learningPathIds",
        /// Appearance settings of the license. Source: documented example and published types.
        appearance: nullable Box<Partial<AppearanceSettings>> = "appearance",
        /// Courses of the license. Source: documented example and published types.
        courses: nullable Vec<Partial<Course>> = "courses",
        /// Identifiers of the courses of the license. Source: documented example and published
        /// types.
        course_ids: nullable Vec<Uuid> = "courseIds",
        /// Course tags of the license. Source: documented example and published types.
        course_tags: nullable Vec<Partial<Tag>> = "courseTags",
        /// Identifiers of the course tags of the license. Source: documented example and published
        /// types.
        course_tag_ids: nullable Vec<Uuid> = "courseTagIds",
        /// Parent of the license. Source: documented example and published types.
        parent_license: nullable Box<Partial<License>> = "parentLicense",
        /// Children of the license. Source: published types.
        child_licenses: nullable Vec<Partial<License>> = "childLicenses",
        /// Identifier of the parent license. Source: published types.
        parent_license_id: nullable Uuid = "parentLicenseId",
        /// Reference 1 of the license. Source: published types.
        ref1: nullable String = "ref1",
        /// Reference 2 of the license. Source: published types.
        ref2: nullable String = "ref2",
        /// Reference 3 of the license. Source: published types.
        ref3: nullable String = "ref3",
        /// Reference 4 of the license. Source: published types.
        ref4: nullable String = "ref4",
        /// Reference 5 of the license. Source: published types.
        ref5: nullable String = "ref5",
        /// Reference 6 of the license. Source: published types.
        ref6: nullable String = "ref6",
        /// Reference 7 of the license. Source: published types.
        ref7: nullable String = "ref7",
        /// Reference 8 of the license. Source: published types.
        ref8: nullable String = "ref8",
        /// Reference 9 of the license. Source: published types.
        ref9: nullable String = "ref9",
        /// Reference 10 of the license. Source: published types.
        ref10: nullable String = "ref10",
    }
}

object! {
    /// A license as one node of the tree of licenses.
    struct LicenseNode, PartialLicenseNode {
        /// Identifiers of the ancestors of the license. Source: published types.
        ancestor_ids: nullable Vec<Uuid> = "ancestorIds",
        /// Date and time at which the license was created. Source: published types.
        created_at: nullable DateTime = "createdAt",
        /// Depth of the license in the tree. Source: published types.
        depth: always Int = "depth",
        /// Hierarchical name of the license. Source: published types.
        hierarchical_name: always String = "hierarchicalName",
        /// Identifier of the license. Source: published types.
        id: always Uuid = "id",
        /// Name of the license. Source: published types.
        name: always String = "name",
        /// Identifier of the parent license. Source: published types.
        parent_license_id: nullable Uuid = "parentLicenseId",
    }
}
