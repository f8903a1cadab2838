//! Infers a JSON Schema from traffic.

mod maps;
mod names;
mod shapes;
mod text;
mod write;

use serde_json::Value;

use super::field::Field;
use super::profile::Profile;
use crate::schema::{Keywords, keywords};
use shapes::Shapes;
pub use text::to_schema_text;

/// The JSON Schema (2020-12) that accepts all of the traffic: types, `required` for what was there each time,
/// and a `format` where every string of at least ten has it. It lists no values and states no bounds: a
/// sample does not know them.
///
/// Objects of one shape, two properties at least, are described once, in `$defs`, named after the properties
/// that hold them; so are trees. Objects whose keys are data are described as maps: three keys at least that
/// are UUIDs, dates, numbers or the like, or twenty of any kind, whose values are alike.
#[must_use]
pub fn infer(profile: &Profile) -> Value {
    let mut shapes = Shapes::of(&profile.root);
    shapes.fold();
    let mut schema = write::whole(&shapes, true);
    schema.set(keywords::names::SCHEMA, "https://json-schema.org/draft/2020-12/schema");
    schema.into()
}

/// What accepts the values of a field, whatever its members are named and whether they are there.
pub(super) fn of(field: &Field) -> Keywords {
    write::whole(&Shapes::of(field), false)
}
