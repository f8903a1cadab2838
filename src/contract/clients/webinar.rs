//! Webinars.

use serde_json::{Map, Value};

use crate::contract::presence::object;
use crate::contract::scalar::{Int, Uuid};

object! {
    /// The details of a webinar.
    struct WebinarBlock, PartialWebinarBlock {
        /// Dial-in of the attendees. Source: published types.
        attendee_dial_in: nullable String = "attendeeDialIn",
        /// Co-organizers of the webinar. Source: published types.
        co_organizers: nullable Vec<String> = "coOrganizers",
        /// Whether automatic recording is enabled. Source: published types.
        enable_auto_recording: nullable bool = "enableAutoRecording",
        /// Identifier of the webinar. Source: published types.
        id: always Uuid = "id",
        /// URL to join the webinar. Source: published types.
        join_url: nullable String = "joinUrl",
        /// Dial-in of the organizer. Source: published types.
        organizer_dial_in: nullable String = "organizerDialIn",
        /// Original dates of the webinar. The type of an item is `WebinarDate`: any object. Source:
        /// published types.
        original_webinar_dates: nullable Vec<Map<String, Value>> = "originalWebinarDates",
        /// Recurrence of the webinar. Any JSON value. Source: published types.
        recurrence: nullable Value = "recurrence",
        /// Whether to retrieve the recording. Source: published types.
        retrieve_recording: nullable bool = "retrieveRecording",
        /// Time zone of the webinar. Source: published types.
        time_zone: nullable String = "timeZone",
        /// Webex description of the webinar. Source: published types.
        webex_description: nullable String = "webexDescription",
        /// Name of the Webex lab. Source: published types.
        webex_lab_name: nullable String = "webexLabName",
        /// Number of computers in Webex. Source: published types.
        webex_num_computers: nullable Int = "webexNumComputers",
        /// Whether to reserve HOL in Webex; the name does not say what HOL stands for. Source:
        /// published types.
        webex_reserve_hol: nullable bool = "webexReserveHOL",
        /// Password of the Webex session. Source: published types.
        webex_session_password: nullable String = "webexSessionPassword",
        /// Dates of the webinar. The type of an item is `WebinarDate`: any object. Source:
        /// published types.
        webinar_dates: nullable Vec<Map<String, Value>> = "webinarDates",
        /// Provider of the webinar. Source: published types.
        webinar_provider: always String = "webinarProvider",
        /// Type of the webinar. Source: published types.
        webinar_type: nullable String = "webinarType",
    }
}
