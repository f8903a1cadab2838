//! Walks a live instance page by page.
//!
//! [`Walk`] requests one page after the other, within the rate limit, and yields each as a payload.

mod address;
mod exchange;
mod fetch;
mod har;
mod key;
mod masking;
mod options;
mod pace;
mod page;
mod progress;
mod proxy;
mod record;
mod spellings;
mod timeouts;
mod walk;

pub use address::Address;
#[cfg(feature = "serve")]
pub(crate) use exchange::{Exchange, coding, is_partial, kept};
pub use key::Key;
#[cfg(feature = "serve")]
pub(crate) use masking::masked;
pub use options::{DEFAULT_MAX_PAGES, Options, PagingMode, ParsePagingModeError};
pub use pace::{ParseRateError, Rate};
pub use proxy::{ParseProxyError, Proxy};
pub use record::Record;
#[cfg(feature = "serve")]
pub(crate) use record::Recorder;
#[doc(hidden)]
pub use timeouts::duration;
pub use timeouts::{ParseTimeoutsError, Timeouts};
pub use walk::{Event, Walk};
