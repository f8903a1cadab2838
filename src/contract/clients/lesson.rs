//! Lessons and their sections.

use serde_json::{Map, Value};

use super::course::ContentStatus;
use crate::contract::choice::choice;
use crate::contract::presence::{Partial, Sparse, object};
use crate::contract::scalar::{DateTime, Uuid};

object! {
    /// A lesson of a section.
    struct Lesson, PartialLesson {
        /// Access level of the lesson. Source: published types.
        access_level: nullable LessonAccessLevel = "accessLevel",
        /// Identifier of the lesson. Source: published types.
        id: always Uuid = "id",
        /// Section of the lesson. Source: published types.
        section: nullable Box<Partial<Section>> = "section",
        /// Slug of the lesson. Source: published types.
        slug: always String = "slug",
        /// Slug or identifier of the lesson. Source: published types.
        slug_or_id: nullable String = "slugOrId",
        /// Title of the lesson. Source: published types.
        title: nullable String = "title",
        /// Topics of the lesson. The type of an item is `PageResource`: any object. Source:
        /// published types.
        topics: always Sparse<Map<String, Value>> = "topics",
        /// Outline of the topics of the lesson. The type of an item is `TopicOutline`: any object.
        /// Source: client detail page.
        topic_outline: nullable Sparse<Map<String, Value>> = "topicOutline",
    }
}

object! {
    /// A section of a course.
    struct Section, PartialSection {
        /// Identifier of the section. Source: published types.
        id: always Uuid = "id",
        /// Lessons of the section. Source: published types.
        lessons: nullable Sparse<Partial<Lesson>> = "lessons",
        /// Slug of the section. Source: published types.
        slug: always String = "slug",
        /// Status of the section. Source: published types.
        status: nullable ContentStatus = "status",
        /// Title of the section. Source: published types.
        title: nullable String = "title",
        /// Date and time at which the section is released. Source: client detail page.
        release_at: nullable DateTime = "releaseAt",
        /// Identifier of the parent section. Source: client detail page.
        parent_section_id: nullable Uuid = "parentSectionId",
    }
}

choice! {
    /// The access level of a lesson.
    enum LessonAccessLevel {
        EmailCaptureOpen = "emailCaptureOpen",
        Open = "open",
        StudentsOnly = "studentsOnly",
    }
}
