//! Which rules does only this API need?

use crate::finding::Rule;

pub(super) mod api_error;
mod empty_page;
mod has_more_disagrees;
mod page_not_as_asked;
mod page_overflow;
mod repeated_client;
mod sort_not_kept;
mod total_changed;
mod total_disagrees;
mod walk_not_ending;

pub use api_error::RULE as API_ERROR;
pub use empty_page::RULE as EMPTY_PAGE;
pub use has_more_disagrees::RULE as HAS_MORE_DISAGREES;
pub use page_not_as_asked::RULE as PAGE_NOT_AS_ASKED;
pub use page_overflow::RULE as PAGE_OVERFLOW;
pub use repeated_client::RULE as REPEATED_CLIENT;
pub use sort_not_kept::RULE as SORT_NOT_KEPT;
pub use total_changed::RULE as TOTAL_CHANGED;
pub use total_disagrees::RULE as TOTAL_DISAGREES;
pub use walk_not_ending::RULE as WALK_NOT_ENDING;

/// Every rule of this folder, worst first.
pub static ALL: &[&Rule] = &[
    &API_ERROR,
    &PAGE_OVERFLOW,
    &HAS_MORE_DISAGREES,
    &REPEATED_CLIENT,
    &TOTAL_CHANGED,
    &TOTAL_DISAGREES,
    &EMPTY_PAGE,
    &WALK_NOT_ENDING,
    &PAGE_NOT_AS_ASKED,
    &SORT_NOT_KEPT,
];
