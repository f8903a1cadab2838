//! Which examples of a schema cannot be used?

use clients_contract::generate::Recipe;

use crate::manner::Manner;
use crate::output::note;

/// Invalid examples that are listed.
const MAX_LISTED: usize = 20;

/// Lists the examples that the schema does not accept.
pub(super) fn list_invalid(recipe: &Recipe, manner: Manner) {
    let invalid = recipe.invalid_examples();
    for place in invalid.iter().take(MAX_LISTED) {
        note(manner.quiet, &format!("{place}: not used, the schema does not accept this example"));
    }
    if let Some(more) = invalid.len().checked_sub(MAX_LISTED + 1) {
        note(manner.quiet, &format!("{} more invalid examples are not used", more + 1));
    }
}
