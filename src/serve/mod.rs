//! Serves an API on this machine: a mock with a consistent data set, and with failures on demand; and a proxy
//! that validates the responses of an instance.
//!
//! A [`Mock`] behaves like the API of a [`Contract`](crate::Contract): it searches, sorts and pages one
//! [`Dataset`], generated or recorded, requires a key, and counts requests. `Prefer: fault=reset` and the like
//! request a failure; [`Options`] set defaults for all requests.
//!
//! ```
//! use clients_contract::contract;
//! use clients_contract::live::{Address, Key, Rate, Walk};
//! use clients_contract::serve::{Dataset, Mock};
//!
//! let contract = contract::usual();
//! let mock = Mock::start(&Dataset::generated(contract, 60, 7)?)?;
//! let address = Address::parse(&mock.url(), &contract.path)?;
//! let key = Key::new("any-key-is-accepted")?;
//! let options = clients_contract::live::Options { rate: "1000/s".parse()?, ..Default::default() };
//! let pages = Walk::new(contract.paging(), contract.secrets(), address, key, options)?;
//! assert_eq!(pages.count(), 3);
//! assert_eq!(mock.requests()[2].parameter("page"), Some("3"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod admin;
mod api;
mod checks;
mod dataset;
mod defaults;
mod drift;
mod failure;
mod hosts;
mod http;
mod journal;
mod masking;
mod mock;
mod options;
mod page;
mod preferences;
mod properties;
mod proxy;
mod query;
mod rate;
mod recorded;
mod render;
mod reply;
mod request;
mod scenario;
mod search;
mod selection;
mod store;
mod template;

pub use dataset::Dataset;
pub use defaults::{
    DefaultFault, Latency, ParseDefaultFaultError, ParseLatencyError, ParseRequestLimitError, RequestLimit,
};
pub use journal::Received;
pub use mock::Mock;
pub use options::Options;
pub use preferences::{Fault, ParseFaultError};
pub use proxy::{Copies, DEFAULT_MAX_BUFFER, Proxy, ProxyOptions, Traffic};
pub use scenario::Scenario;
