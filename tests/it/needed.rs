//! What tests that are ignored need: files that are not committed, which `.ci/run` fetches.

use std::env;
use std::path::PathBuf;

/// The file or folder that an environment variable names.
pub fn needed(variable: &str) -> PathBuf {
    env::var_os(variable).unwrap_or_else(|| panic!("{variable} is not set: `.ci/run` sets it")).into()
}
