//! Counts how often the properties of the schema occur.

/// What the streaming engine counted while it validated.
///
/// ```
/// use clients_contract::{Schema, Validator};
/// use serde_json::json;
///
/// let schema = Schema::from_value(json!({"properties": {"name": {"type": ["string", "null"]}, "rare": {}}}));
/// let validator = Validator::new(&schema)?;
/// validator.validate(br#"{"name": "a"}"#);
/// validator.validate(br#"{"name": null, "new": 1}"#);
///
/// let counts = validator.counts();
/// let name = &counts.properties[0];
/// assert_eq!((&*name.schema_pointer, name.seen, name.null), ("/properties/name", 2, 1));
/// assert_eq!(counts.properties[1].seen, 0);
/// assert_eq!(counts.undocumented, 1);
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Every property of the schema.
    pub properties: Vec<PropertyCount>,
    /// Members that the schema does not know.
    pub undocumented: u64,
}

/// How often one property was there, in objects of every location that its object describes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PropertyCount {
    /// The location of its subschema.
    pub schema_pointer: String,
    /// Number of occurrences; a duplicate key counts twice.
    pub seen: u64,
    /// How often it was null.
    pub null: u64,
}
