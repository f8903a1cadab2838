//! Which rules does only this API need?

use crate::finding::Rule;

pub(super) mod api_error;
mod empty_page;
mod has_more_disagrees;
mod page_overflow;
mod repeated_client;
mod total_changed;

pub use api_error::RULE as API_ERROR;
pub use empty_page::RULE as EMPTY_PAGE;
pub use has_more_disagrees::RULE as HAS_MORE_DISAGREES;
pub use page_overflow::RULE as PAGE_OVERFLOW;
pub use repeated_client::RULE as REPEATED_CLIENT;
pub use total_changed::RULE as TOTAL_CHANGED;

/// Every rule of this folder, worst first.
pub static ALL: &[&Rule] =
    &[&API_ERROR, &PAGE_OVERFLOW, &HAS_MORE_DISAGREES, &REPEATED_CLIENT, &TOTAL_CHANGED, &EMPTY_PAGE];
