//! Limits of what is kept of one payload.

/// How much is kept of one payload. Not for users: a fuzzer makes the limits small to meet them.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Findings listed of one group.
    pub listed: usize,
    /// Findings listed of all groups together; two of each group are listed in any case.
    pub total: usize,
    /// Groups; of what has no group, findings are counted by rule.
    pub groups: usize,
    /// Memory of groups, each with two findings. One is kept in any case.
    pub group_bytes: usize,
    /// Memory of findings while a payload is validated. Two of each group are kept in any case.
    pub finding_bytes: usize,
    /// Memory of the findings that are listed in the end. Of groups whose first and last finding do not fit,
    /// findings are counted by rule; one group is kept in any case.
    pub listed_bytes: usize,
    /// Keys of one object that the schema does not list and that are compared to find one of them twice.
    pub keys: usize,
    /// Bytes of the window through which a long payload is read.
    pub window: usize,
}

/// Findings of one group that are listed of one payload.
pub(super) const MAX_LISTED: usize = 100;

impl Default for Limits {
    fn default() -> Self {
        Self {
            listed: MAX_LISTED,
            total: 20_000,
            groups: 10_000,
            group_bytes: 8 << 20,
            finding_bytes: 4 << 20,
            listed_bytes: 8 << 20,
            keys: 1 << 20,
            window: 1 << 20,
        }
    }
}

/// The greatest number from 2 to `max` that is allowed, where greater ones are allowed no sooner than smaller
/// ones; 2 in any case.
pub(super) fn greatest(max: usize, is_allowed: impl Fn(usize) -> bool) -> usize {
    let (mut allowed, mut refused) = (2, max.max(2) + 1);
    while refused - allowed > 1 {
        let middle = allowed.midpoint(refused);
        if is_allowed(middle) { allowed = middle } else { refused = middle }
    }
    allowed
}
