//! The contract in other notations.

mod draft_07;
mod html;
mod json_schema;
mod openapi;
mod typescript;

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use crate::contract::{Contract, Envelope};
use crate::error::{Error, parse_error};
use crate::finding::did_you_mean;
use crate::generate::{Choices, Preset};
use crate::schema::keywords::names;

/// A notation of contracts. To add one, write its file and list it in [`NOTATIONS`].
#[derive(Debug)]
pub struct Notation {
    /// Its name, as [`FromStr`] takes it.
    pub name: &'static str,
    /// One line of help.
    pub help: &'static str,
    make: fn(&Contract, &Envelope, &Options) -> Result<Vec<u8>, Error>,
}

/// What a notation may need beside the contract.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The URL of the server in an API description, instead of the host of the contract.
    pub server: Option<String>,
}

impl Options {
    /// The same with the URL of the server.
    #[must_use]
    pub fn server(self, url: &str) -> Self {
        Self { server: Some(url.to_owned()) }
    }
}

/// Every notation.
pub static NOTATIONS: &[&Notation] = &[
    &html::NOTATION,
    &json_schema::NOTATION,
    &draft_07::NOTATION,
    &openapi::NOTATION,
    &typescript::NOTATION,
];

impl Notation {
    /// The contract in this notation, as its payloads are in this envelope.
    ///
    /// ```
    /// use clients_contract::contract;
    /// use clients_contract::export::Notation;
    ///
    /// let html: &Notation = "html".parse()?;
    /// let contract = contract::usual();
    /// let page = html.of(contract, contract.envelope(&[]))?;
    /// assert!(page.starts_with(b"<!DOCTYPE html>"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Notation::with`].
    pub fn of(&self, contract: &Contract, envelope: &Envelope) -> Result<Vec<u8>, Error> {
        self.with(contract, envelope, &Options::default())
    }

    /// The same with options, which other notations ignore.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`](crate::ErrorKind::Schema) when the schema is unusable;
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) when an assertion has no equivalent in the
    /// notation;
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when the contract lacks what the notation needs, such as
    /// the path of the endpoint.
    pub fn with(
        &self,
        contract: &Contract,
        envelope: &Envelope,
        options: &Options,
    ) -> Result<Vec<u8>, Error> {
        (self.make)(contract, envelope, options)
    }
}

/// A generated payload with one item and only required properties, if one can be made.
fn small_payload(contract: &Contract, envelope: &Envelope) -> Option<Value> {
    payload(contract, envelope, "minimal", Choices::replay(Vec::new()))
}

/// A payload with one item in the style of a preset, the same every time, if one can be made.
fn payload(contract: &Contract, envelope: &Envelope, preset: &str, mut choices: Choices) -> Option<Value> {
    let accepted = [envelope.name.as_str()];
    let style = Preset::combine(&[preset]).ok()?;
    let recipe = contract.recipe(&accepted, Some(1)).ok()?.styled(style);
    let mut payload = recipe.build(&mut choices);
    contract.settle(&accepted, &mut payload, 1);
    Some(payload)
}

/// The name of the type of a response: that of the schema's title where nothing else is known, or else the
/// contract's.
fn type_name(contract: &Contract, envelope: &Envelope) -> String {
    let title = envelope.schema().as_value().get(names::TITLE).and_then(Value::as_str);
    if let Some(title) = title.filter(|_| !has_path(contract)) {
        return pascal_case(title);
    }
    let file = contract.name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = file.trim_start_matches('.').split('.').next().unwrap_or_default();
    format!("{}Response", pascal_case(stem))
}

/// Whether anything is known of the endpoint: a schema alone is that of any path.
fn has_path(contract: &Contract) -> bool {
    contract.path != "/"
}

/// The words of a text as a name of a type, in letters and digits of ASCII.
fn pascal_case(text: &str) -> String {
    let mut name = String::new();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    match name.chars().next() {
        None => "Payload".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("_{name}"),
        Some(_) => name,
    }
}

parse_error! {
    /// A text that is no name of a notation.
    ParseNotationError
}

impl FromStr for &'static Notation {
    type Err = ParseNotationError;

    fn from_str(name: &str) -> Result<Self, ParseNotationError> {
        NOTATIONS.iter().copied().find(|notation| notation.name == name).ok_or_else(|| {
            let names: Vec<&str> = NOTATIONS.iter().map(|notation| notation.name).collect();
            let near = did_you_mean(name, names.iter().copied());
            ParseNotationError(format!("unknown format `{name}`; expected one of {}{near}", names.join(", ")))
        })
    }
}

impl fmt::Display for Notation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name)
    }
}
