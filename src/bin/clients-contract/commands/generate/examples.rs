//! Reports examples of a schema that cannot be used.

use clients_contract::generate::Recipe;

use crate::global_args::GlobalArgs;
use crate::output::note;

/// Invalid examples that are listed.
const MAX_LISTED: usize = 20;

/// Lists the examples that the schema does not accept.
pub(super) fn list_invalid(recipe: &Recipe, global: GlobalArgs) {
    let invalid = recipe.invalid_examples();
    for location in invalid.iter().take(MAX_LISTED) {
        note(global.quiet, &format!("{location}: example not used: invalid against the schema"));
    }
    if let Some(more) = invalid.len().checked_sub(MAX_LISTED + 1) {
        note(global.quiet, &format!("{} more invalid examples are not used", more + 1));
    }
}
