//! Settings of the catalog.

use serde_json::{Map, Value};

use crate::contract::choice::choice;
use crate::contract::presence::object;
use crate::contract::scalar::Uuid;

object! {
    /// Settings of the catalog.
    struct CatalogSettings, PartialCatalogSettings {
        /// Ribbon to boost. Source: published types.
        boost_ribbon: nullable String = "boostRibbon",
        /// Categories of the catalog. The type of an item is `CatalogCategory`: any object. Source:
        /// published types.
        categories: nullable Vec<Map<String, Value>> = "categories",
        /// Whether the filter by content type is enabled. Source: published types.
        content_type_filter_enabled: nullable bool = "contentTypeFilterEnabled",
        /// Default query of the catalog. Source: published types.
        default_query: nullable String = "defaultQuery",
        /// Default sort of the catalog. Source: published types.
        default_sort: nullable String = "defaultSort",
        /// Whether the display of authors is enabled. Source: published types.
        display_authors_enabled: nullable bool = "displayAuthorsEnabled",
        /// Display bundle of the catalog. The type of an item is `Bundle`: any object. Source:
        /// published types.
        display_bundle: nullable Vec<Map<String, Value>> = "displayBundle",
        /// Identifier of the display bundle. Source: published types.
        display_bundle_id: nullable Uuid = "displayBundleId",
        /// Whether the display of the start date is enabled. Source: published types.
        display_start_date_enabled: nullable bool = "displayStartDateEnabled",
        /// Whether the display type calendar is enabled. Source: published types.
        display_type_calendar_enabled: nullable bool = "displayTypeCalendarEnabled",
        /// Whether the display type grid is enabled. Source: published types.
        display_type_grid_enabled: nullable bool = "displayTypeGridEnabled",
        /// Whether the display type list is enabled. Source: published types.
        display_type_list_enabled: nullable bool = "displayTypeListEnabled",
        /// Whether to hide past events. Source: published types.
        hide_past_events: nullable bool = "hidePastEvents",
        /// Identifier of the settings. Source: published types.
        id: always Uuid = "id",
        /// Whether to display only accessible content. Source: published types.
        only_display_accessible_content: nullable bool = "onlyDisplayAccessibleContent",
        /// Display type of the results. Source: published types.
        results_display_type: always ResultsDisplayType = "resultsDisplayType",
        /// Whether sorting by the start date of the course is enabled. Source: published types.
        sort_course_start_date_enabled: nullable bool = "sortCourseStartDateEnabled",
        /// Whether sorting by the date of creation is enabled. Source: published types.
        sort_created_at_enabled: nullable bool = "sortCreatedAtEnabled",
        /// Whether sorting by the date of publication is enabled. Source: published types.
        sort_publish_date_enabled: nullable bool = "sortPublishDateEnabled",
        /// Whether sorting by relevance is enabled. Source: published types.
        sort_relevance_enabled: nullable bool = "sortRelevanceEnabled",
        /// Whether sorting by title is enabled. Source: published types.
        sort_title_enabled: nullable bool = "sortTitleEnabled",
        /// Whether sorting by the date of the last update is enabled. Source: published types.
        sort_updated_at_enabled: nullable bool = "sortUpdatedAtEnabled",
    }
}

choice! {
    /// How results are displayed.
    enum ResultsDisplayType {
        Calendar = "calendar",
        Grid = "grid",
        List = "list",
    }
}
