//! Captures and other containers: recognised wherever their members are, or refused by name.

mod beside;
mod exchange;
mod kinds;
mod named;
mod parts;
mod recognition;

use clients_contract::payload::Options;

/// Entries of captures that answer this.
pub(super) fn only(url_path: &str) -> Options {
    Options { selection: Some(url_path.parse().unwrap()), ..Options::default() }
}
