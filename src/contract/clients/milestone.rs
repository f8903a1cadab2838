//! Milestones of a learning path.

use serde_json::{Map, Value};

use super::learning_path::LearningPath;
use crate::contract::choice::choice;
use crate::contract::presence::{Partial, object};
use crate::contract::scalar::{DateTime, Int, Uuid};

object! {
    /// A milestone of a learning path.
    struct Milestone, PartialMilestone {
        /// Completion criteria of the milestone. The type of an item is
        /// `MilestoneCompletionCriteria`: any object. Source: published types.
        completion_criteria: nullable Vec<Map<String, Value>> = "completionCriteria",
        /// Description of the completion criteria. Source: published types.
        completion_criteria_description: nullable String = "completionCriteriaDescription",
        /// Content items of the milestone. The type of an item is `Content`: any object. Source:
        /// published types.
        content_items: nullable Vec<Map<String, Value>> = "contentItems",
        /// Identifier of the milestone. Source: published types.
        id: always Uuid = "id",
        /// Kind of the milestone. Source: published types.
        kind: always MilestoneKind = "kind",
        /// Learning path of the milestone. Source: published types.
        learning_path: always Box<Partial<LearningPath>> = "learningPath",
        /// Competency assessment of the milestone. The type is `MilestoneCompetencyAssessment`: any
        /// object. Source: published types.
        milestone_competency_assessment: nullable Map<String, Value> = "milestoneCompetencyAssessment",
        /// Courses of the milestone. The type of an item is `MilestoneCourse`: any object. Source:
        /// published types.
        milestone_courses: nullable Vec<Map<String, Value>> = "milestoneCourses",
        /// Name of the milestone. Source: published types.
        name: always String = "name",
        /// Date and time at which the milestone is released. Source: published types.
        release_date: nullable DateTime = "releaseDate",
        /// Release of the milestone, in days. Source: published types.
        release_days: nullable Int = "releaseDays",
        /// Whether the milestone is required or elective. Source: published types.
        requirement: always MilestoneRequirement = "requirement",
    }
}

choice! {
    /// The kind of a milestone.
    enum MilestoneKind {
        CompetencyAssessment = "competencyAssessment",
        Content = "content",
    }
}

choice! {
    /// Whether a milestone is required or elective.
    enum MilestoneRequirement {
        Elective = "elective",
        Required = "required",
    }
}
