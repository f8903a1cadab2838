//! Fingerprints of finding groups, equal in every run.

use sha2::{Digest, Sha256};

/// The first 16 hex digits of SHA-256(rule, NUL, starred pointer).
///
/// ```
/// use clients_contract::finding::fingerprint;
///
/// assert_eq!(fingerprint("null-value", "/data/things/*/name"), "83c075c3f7a522f5");
/// ```
#[must_use]
pub fn fingerprint(rule: &str, starred_pointer: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(rule);
    hasher.update([0]);
    hasher.update(starred_pointer);
    let digest = hasher.finalize();
    let first = digest.iter().take(8).fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
    format!("{first:016x}")
}
