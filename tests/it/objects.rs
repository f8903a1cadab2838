//! Every object of the contract and its twin, as data; and values made from their schemas.

use clients_contract::contract::clients::*;
use clients_contract::contract::presence::Object;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// One object type, without its type.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    /// The definitions its schema needs, its own among them.
    pub(crate) definitions: fn() -> Map<String, Value>,
    /// Reads a value and writes it again.
    pub(crate) round_trip: fn(&Value) -> Result<Value, String>,
    /// The same through text.
    pub(crate) round_trip_text: fn(&str) -> Result<String, String>,
    /// The names and occurrences it declares.
    pub(crate) members: fn() -> Vec<String>,
}

impl Entry {
    fn of<T: Object + JsonSchema + Serialize + DeserializeOwned + Send + Sync + 'static>() -> Self {
        Self {
            name: T::NAME,
            definitions: || {
                let mut generator = SchemaGenerator::default();
                generator.subschema_for::<T>();
                generator.take_definitions(true)
            },
            round_trip: |value| {
                let object: T = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
                serde_json::to_value(&object).map_err(|error| error.to_string())
            },
            round_trip_text: |text| {
                let object: T = serde_json::from_str(text).map_err(|error| error.to_string())?;
                serde_json::to_string(&object).map_err(|error| error.to_string())
            },
            members: || T::MEMBERS.iter().map(|member| member.name.to_owned()).collect(),
        }
    }

    /// A schema document for this object alone.
    pub(crate) fn document(&self) -> Value {
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$ref": format!("#/$defs/{}", self.name),
            "$defs": (self.definitions)(),
        })
    }
}

macro_rules! entries {
    ($($Object:ident $Twin:ident),+ $(,)?) => {
        /// Every object with its twin.
        pub(crate) fn all() -> Vec<(Entry, Entry)> {
            vec![$((Entry::of::<$Object>(), Entry::of::<$Twin>())),+]
        }
    };
}

entries! {
    ClientsResponse PartialClientsResponse,
    ClientsData PartialClientsData,
    ClientsList PartialClientsList,
    PageInfo PartialPageInfo,
    Aggregation PartialAggregation,
    AggregationBucket PartialAggregationBucket,
    Client PartialClient,
    Course PartialCourse,
    LearningPath PartialLearningPath,
    License PartialLicense,
    Tag PartialTag,
    Lesson PartialLesson,
    Section PartialSection,
    CourseGroup PartialCourseGroup,
    ItemPrice PartialItemPrice,
    DateRange PartialDateRange,
    Meeting PartialMeeting,
    InPersonEventInfo PartialInPersonEventInfo,
    Location PartialLocation,
    CourseAwardClaimingOption PartialCourseAwardClaimingOption,
    SeatTier PartialSeatTier,
    SeatPackage PartialSeatPackage,
    WebinarBlock PartialWebinarBlock,
    TopicGroup PartialTopicGroup,
    Layout PartialLayout,
    Ribbon PartialRibbon,
    Milestone PartialMilestone,
    FulfillmentCenter PartialFulfillmentCenter,
    LearningPathTabs PartialLearningPathTabs,
    AppearanceSettings PartialAppearanceSettings,
    CatalogSettings PartialCatalogSettings,
    EmailLayoutSettings PartialEmailLayoutSettings,
    SsoSettings PartialSsoSettings,
    LicenseNode PartialLicenseNode,
    BackgroundJob PartialBackgroundJob,
    ItemPriceVariation PartialItemPriceVariation,
    SsoAttributeMapping PartialSsoAttributeMapping,
    GlobalNavigationLink PartialGlobalNavigationLink,
    LearningPathTab PartialLearningPathTab,
}

/// Compiles a schema, with formats asserted.
pub(crate) fn validator(schema: &Value) -> jsonschema::Validator {
    jsonschema::options().should_validate_formats(true).build(schema).unwrap()
}

/// Where a schema is, behind its `$ref`.
pub(crate) fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => root.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}

/// Choices, one byte each; when none are left, the first of everything. So a failing value shrinks.
pub(crate) struct Choices<'a>(pub(crate) &'a [u8]);

impl Choices<'_> {
    pub(crate) fn below(&mut self, count: usize) -> usize {
        match self.0.split_first() {
            Some((first, others)) => {
                self.0 = others;
                usize::from(*first) % count
            }
            None => 0,
        }
    }

    fn pick<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len())]
    }
}

/// A value the schema accepts.
pub(crate) fn conforming(root: &Value, schema: &Value, choices: &mut Choices<'_>, depth: usize) -> Value {
    let schema = resolve(root, schema);
    if let Some(alternatives) = schema.get("anyOf").and_then(Value::as_array) {
        let count = if depth > 5 { 1 } else { alternatives.len() };
        let at = if count == 1 { alternatives.len() - 1 } else { choices.below(count) };
        return conforming(root, &alternatives[at], choices, depth);
    }
    if let Some(members) = schema.get("enum").and_then(Value::as_array) {
        return choices.pick(members).clone();
    }
    let name = match schema.get("type") {
        Some(Value::String(name)) => name.as_str(),
        Some(Value::Array(names)) => choices.pick(names).as_str().unwrap(),
        _ => return anything(choices),
    };
    match name {
        "object" => object(root, schema, choices, depth),
        "array" => {
            let count = if depth > 5 { 0 } else { choices.below(3) };
            (0..count).map(|_| conforming(root, &schema["items"], choices, depth + 1)).collect()
        }
        "string" => string(schema, choices).into(),
        "integer" => integer(schema, choices),
        "number" => choices.pick(&[json!(0), json!(-0.5), json!(1.5e300), json!(u64::MAX)]).clone(),
        "boolean" => json!(choices.below(2) == 1),
        _ => Value::Null,
    }
}

fn object(root: &Value, schema: &Value, choices: &mut Choices<'_>, depth: usize) -> Value {
    let mut members = Map::new();
    let nothing = Map::new();
    let required = schema.get("required").and_then(Value::as_array);
    for (name, member) in schema.get("properties").and_then(Value::as_object).unwrap_or(&nothing) {
        let is_required = required.is_some_and(|names| names.contains(&json!(name)));
        if is_required || choices.below(if depth > 3 { 12 } else { 4 }) == 1 {
            members.insert(name.clone(), conforming(root, member, choices, depth + 1));
        }
    }
    if choices.below(4) == 1 {
        members.insert((*choices.pick(&["...", "", "ünknown", "Id"])).to_owned(), anything(choices));
    }
    members.into()
}

fn string(schema: &Value, choices: &mut Choices<'_>) -> String {
    let texts: &[&str] = match schema.get("format").and_then(Value::as_str) {
        Some("uuid") => &["00000000-0000-0000-0000-000000000000", "ABCDEF01-2345-6789-abcd-EF0123456789"],
        Some("date-time") => {
            &["2024-01-01T00:00:00.000Z", "1990-12-31t23:59:60z", "2024-02-29T12:00:00.123456789012+05:30"]
        }
        _ => &["", "string", "\u{0}\u{7f}\u{2028}\u{fffd}", "e\u{301} 👩🏽‍🚀 \\ \" / \t", "null"],
    };
    (*choices.pick(texts)).to_owned()
}

fn integer(schema: &Value, choices: &mut Choices<'_>) -> Value {
    let numbers = [json!(0), json!(7.0), json!(-0.0), schema["maximum"].clone(), schema["minimum"].clone()];
    choices.pick(&numbers).clone()
}

/// Any value at all.
pub(crate) fn anything(choices: &mut Choices<'_>) -> Value {
    let values = [
        json!({}),
        json!(null),
        json!("..."),
        json!(3),
        json!(-1),
        json!(0.5),
        json!(2_147_483_648_u32),
        json!(1e300),
        json!(true),
        json!([]),
        json!([null]),
        json!([{}]),
        json!({"...": "..."}),
        json!({"id": 3, "title": null, "deeper": [[{"a": 1.0}]]}),
        json!("draft"),
        json!("00000000-0000-0000-0000-000000000000"),
        json!("2024-01-01T00:00:00.000Z"),
    ];
    choices.pick(&values).clone()
}
