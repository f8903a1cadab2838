//! Ways to claim an award.

use serde_json::{Map, Number, Value};

use crate::contract::presence::object;
use crate::contract::scalar::Uuid;

object! {
    /// An option of claiming an award for a course.
    struct CourseAwardClaimingOption, PartialCourseAwardClaimingOption {
        /// Amounts of the award. Source: published types.
        award_amounts: nullable Vec<Number> = "awardAmounts",
        /// Type of the award. The type is `AwardType`: any object. Source: published types.
        award_type: always Map<String, Value> = "awardType",
        /// Identifier of the type of the award. Source: published types.
        award_type_id: always Uuid = "awardTypeId",
        /// Range of the option. Source: published types.
        range: always String = "range",
    }
}
