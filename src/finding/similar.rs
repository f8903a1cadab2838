//! Suggests the known name that is nearest to a misspelt one.

use crate::error;

/// The end of a message about an unknown name: the known one that was probably meant, or nothing.
///
/// ```
/// use clients_contract::finding::did_you_mean;
///
/// assert_eq!(did_you_mean("nul-value", ["null-value"]), "; did you mean `null-value`?");
/// assert_eq!(did_you_mean("x", ["null-value"]), "");
/// ```
pub fn did_you_mean<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    error::did_you_mean(similar(name, names, 0.7))
}

/// The known name nearest to a misspelt one, if any is near: among `names`, the most similar of
/// those above `similarity` (Jaro-Winkler, from 0 to 1).
///
/// ```
/// use clients_contract::finding::similar;
///
/// assert_eq!(similar("nul-value", ["null-value", "not-json"], 0.7), Some("null-value"));
/// assert_eq!(similar("x", ["null-value", "not-json"], 0.7), None);
/// ```
pub fn similar<'n>(name: &str, names: impl IntoIterator<Item = &'n str>, similarity: f64) -> Option<&'n str> {
    // Nobody misspells a name of this length, and comparing takes its square.
    const MAX_LENGTH: usize = 100;
    if name.len() > MAX_LENGTH {
        return None;
    }
    names
        .into_iter()
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(near, _)| *near > similarity)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, known)| known)
}
