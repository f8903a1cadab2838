//! Events: when and how a course meets.

use serde_json::{Map, Value};

use super::course::Course;
use super::place::Location;
use crate::contract::presence::{Partial, object};
use crate::contract::scalar::{DateTime, Uuid};

object! {
    /// A range of dates.
    #[derive(Default)]
    struct DateRange, PartialDateRange {
        /// Date and time at which the range ends. Source: published types.
        end_date: nullable DateTime = "endDate",
        /// Date and time at which the range starts. Source: published types.
        start_date: nullable DateTime = "startDate",
    }
}

object! {
    /// A meeting of a course.
    struct Meeting, PartialMeeting {
        /// Information for attendees. Source: published types.
        attendee_info: nullable String = "attendeeInfo",
        /// Attendees of the meeting. The type of an item is `User`: any object. Source: published
        /// types.
        attendees: nullable Vec<Map<String, Value>> = "attendees",
        /// Course of the meeting. Source: published types.
        course: always Box<Partial<Course>> = "course",
        /// Identifier of the course of the meeting. Source: published types.
        course_id: always Uuid = "courseId",
        /// Date and time at which the meeting ends. Source: published types.
        end_date: always DateTime = "endDate",
        /// Identifier of the meeting. Source: published types.
        id: always Uuid = "id",
        /// Instructors of the meeting. Source: published types.
        instructors: nullable Vec<String> = "instructors",
        /// Location of the meeting. Source: published types.
        location: nullable Box<Partial<Location>> = "location",
        /// Identifier of the location. Source: published types.
        location_id: nullable Uuid = "locationId",
        /// Date and time at which the meeting starts. Source: published types.
        start_date: always DateTime = "startDate",
        /// Time zone of the meeting. Source: published types.
        time_zone: nullable String = "timeZone",
        /// Title of the meeting. Source: published types.
        title: nullable String = "title",
    }
}

object! {
    /// What is said about an in-person event.
    #[derive(Default)]
    struct InPersonEventInfo, PartialInPersonEventInfo {
        /// Hero asset of the event. A URL, absolute, protocol-relative or relative; not asserted.
        /// Source: published types.
        hero_asset: nullable String = "heroAsset",
        /// Subtitle of the event. Source: published types.
        subtitle: nullable String = "subtitle",
    }
}
