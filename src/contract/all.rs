//! The built-in contracts.

use std::sync::LazyLock;

use super::Contract;
use crate::finding::Rule;

/// The folders of the built-in contracts, with their types.
pub mod folders {
    pub use crate::contract::clients;
}

/// The built-in contracts, the usual one first.
pub static ALL: &[&LazyLock<Contract>] = &[&super::clients::CONTRACT];

/// The built-in contract of this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Contract> {
    ALL.iter().map(|contract| &***contract).find(|contract| contract.name == name)
}

/// The default built-in contract.
#[must_use]
pub fn usual() -> &'static Contract {
    ALL[0]
}

/// The rules that only built-in contracts have.
pub(super) fn rules() -> impl Iterator<Item = &'static Rule> {
    ALL.iter().flat_map(|contract| contract.rules).copied()
}
