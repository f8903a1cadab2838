//! Detects whether a document is a schema, or contains some.

use referencing::{Draft, Vocabulary};
use serde_json::{Map, Value};

use super::dialect::Dialect;
use super::misspelled::nearest;
use crate::error::{Error, ErrorKind};
use crate::pointer::{child, unescape};
use crate::schema::keywords::{self, Keyword, names};
use crate::schema::model::check_part;

/// Names that a message lists.
const MAX_NAMED: usize = 5;
/// Names that are compared with one that is not there, and characters of each.
const MAX_COMPARED: usize = 10_000;
/// The length of keywords that names of payloads are often near.
const MAX_SHORT: usize = 5;
const MAX_COMPARED_CHARS: usize = 200;

/// What a document is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A schema, as far as anybody can tell.
    Schema,
    /// A description of an API that holds schemas of this dialect; what it is called, and where most of them
    /// are.
    Description { title: String, dialect: Dialect, schemas: &'static str },
    /// One of a version that nobody here knows.
    Unknown(String),
}

impl Kind {
    pub(super) fn of(document: &Value) -> Self {
        let version = |key: &str| match document.get(key) {
            Some(Value::String(version)) => Some(version.clone()),
            // In YAML, where nobody quotes it.
            Some(Value::Number(version)) => Some(version.to_string()),
            _ => None,
        };
        let description = |name: &str, version: &str, dialect, schemas| {
            let version: Vec<&str> = version.splitn(3, '.').take(2).collect();
            Self::Description { title: format!("{name} {}", version.join(".")), dialect, schemas }
        };
        let schemas = "/components/schemas";
        if let Some(version) = version("swagger") {
            return description("Swagger", &version, Dialect::Swagger20, "/definitions");
        }
        if let Some(version) = version("asyncapi") {
            return description("AsyncAPI", &version, Dialect::Draft7, schemas);
        }
        let Some(version) = version("openapi") else { return Self::Schema };
        let minor = version.strip_prefix("3").map(|rest| rest.split('.').nth(1).unwrap_or("0").to_owned());
        match minor.as_deref().map(str::parse::<u32>) {
            Some(Ok(0)) => description("OpenAPI", &version, Dialect::OpenApi30, schemas),
            Some(Ok(_)) => description("OpenAPI", &version, Dialect::OpenApi31, schemas),
            _ => Self::Unknown(format!("OpenAPI {version}")),
        }
    }
}

/// Refuses a document that accepts every value since it only holds schemas, and lists them.
///
/// # Errors
///
/// [`ErrorKind::Schema`].
pub(crate) fn refuse(name: &str, document: &Value) -> Result<(), Error> {
    let refused = |what: &str, held: &[String]| {
        Err(Error::new(ErrorKind::Schema, name, format!("{what}{}", how_to_name_one(name, held))))
    };
    match Kind::of(document) {
        Kind::Schema => {}
        Kind::Unknown(title) => return refused(&format!("an {title} document, not a schema"), &[]),
        Kind::Description { title, schemas, .. } => {
            let article = if title.starts_with('S') { "a" } else { "an" };
            return refused(
                &format!("{article} {title} document, not a schema"),
                &members(document, schemas),
            );
        }
    }
    let held = held(document);
    if held.is_empty() { Ok(()) } else { refused("contains only definitions and accepts every value", &held) }
}

/// Refuses an object that looks like a payload: it has members, and none of them belongs to a schema.
///
/// # Errors
///
/// [`ErrorKind::Usage`].
pub(super) fn refuse_payload(name: &str, draft: Draft, document: &Value) -> Result<(), Error> {
    let Some(members) = document.as_object().filter(|members| !members.is_empty()) else { return Ok(()) };
    let is_of_schema = |name: &String| {
        // Payloads have an `id`, too.
        let is_in = |keyword: &Keyword| keyword.name != names::DRAFT_4_ID || keyword.is_in(draft);
        keywords::find(name).is_some_and(is_in)
            || keywords::ANNOTATIONS.contains(&name.as_str())
            || name.starts_with('$')
            || name == names::DEFINITIONS
            || name.starts_with("x-")
    };
    let is_misspelled = |name: &String| nearest(name).is_some_and(|known| known.len() > MAX_SHORT);
    if members.keys().any(is_of_schema) || members.keys().take(MAX_COMPARED).any(is_misspelled) {
        return Ok(());
    }
    let names: Vec<String> = members.keys().take(MAX_COMPARED).cloned().collect();
    let what = format!(
        "looks like a payload, not a JSON Schema: none of its properties is a keyword ({}); to validate it, pass it \
         as an input; `infer` creates a schema from payloads",
        listed(&names)
    );
    Err(Error::new(ErrorKind::Usage, name, what))
}

/// The schemas inside a schema that asserts nothing itself.
fn held(document: &Value) -> Vec<String> {
    let Some(own) = document.as_object().filter(|own| !asserts(own)) else { return Vec::new() };
    let defined: Vec<String> =
        ["/$defs", "/definitions"].iter().flat_map(|holder| members(document, holder)).collect();
    let is_known =
        |name: &String| keywords::find(name).is_some() || keywords::ANNOTATIONS.contains(&name.as_str());
    if !defined.is_empty() || own.keys().any(is_known) {
        return defined;
    }
    // A payload may have members that are named like keywords.
    let draft = Draft::default().detect(document);
    let is_schema = |value: &Value| {
        value.as_object().is_some_and(asserts) && check_part("", String::new(), draft, value).is_ok()
    };
    let is_schema = |value: &Value| {
        is_schema(value) || value.as_object().is_some_and(|inside| inside.values().any(is_schema))
    };
    if own.values().any(is_schema) { members(document, "") } else { Vec::new() }
}

/// Whether a schema has a keyword that asserts something, or applies others.
fn asserts(schema: &Map<String, Value>) -> bool {
    schema.keys().any(|name| {
        keywords::find(name).is_some_and(|keyword| keyword.vocabulary != Vocabulary::Core || keyword.refers())
    })
}

/// Whether a schema accepts every value, and nobody had to look into it for that.
pub(super) fn accepts_everything(schema: &Value) -> bool {
    schema.as_object().map_or(*schema == Value::Bool(true), |members| !asserts(members))
}

/// The schemas that an object holds by their names, as JSON Pointers.
fn members(document: &Value, holder: &str) -> Vec<String> {
    let named = document.pointer(holder).and_then(Value::as_object).into_iter().flatten();
    let schemas = named.filter(|(_, value)| value.is_object() || value.is_boolean());
    schemas.map(|(name, _)| child(holder, name)).collect()
}

fn how_to_name_one(name: &str, held: &[String]) -> String {
    let name = if name.contains('#') { name.to_owned() } else { format!("{name}#") };
    let Some(first) = held.first() else {
        return format!(": name a schema in it with a JSON Pointer, as in `{name}/components/schemas/NAME`");
    };
    let last = |pointer: &String| unescape(pointer.rsplit('/').next().unwrap_or_default()).into_owned();
    let names: Vec<String> = held.iter().map(last).collect();
    format!(": name one of its schemas, as in `{name}{first}`; it has {}", listed(&names))
}

/// The first few, and how many there are besides.
fn listed(names: &[String]) -> String {
    let first: Vec<String> = names.iter().take(MAX_NAMED).map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(MAX_NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", first.join(", "))
}

/// An error about a fragment that leads nowhere: what is there, the most similar names first.
pub(super) fn nothing_at(name: &str, document: &Value, pointer: &str) -> Error {
    let (mut there, mut missing) = (pointer, "");
    while document.pointer(there).is_none() {
        let Some((outer, step)) = there.rsplit_once('/') else { break };
        (there, missing) = (outer, step);
    }
    let mut names: Vec<String> = match document.pointer(there) {
        Some(Value::Object(members)) => members.keys().take(MAX_COMPARED).cloned().collect(),
        _ => Vec::new(),
    };
    let short = |name: &str| name.chars().take(MAX_COMPARED_CHARS).collect::<String>().to_lowercase();
    let wanted = short(&unescape(missing));
    names.sort_by_cached_key(|name| strsim::damerau_levenshtein(&short(name), &wanted));
    let holder = if there.is_empty() { "the document".to_owned() } else { format!("`#{there}`") };
    let what = if names.is_empty() {
        format!("nothing found at this pointer: {holder} has no properties")
    } else {
        format!("nothing found at this pointer: {holder} has {}", listed(&names))
    };
    Error::new(ErrorKind::Schema, name, what)
}
