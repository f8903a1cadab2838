//! What do schema objects that hold together say, keyword by keyword?

use std::collections::HashSet;

use serde_json::{Map, Number, Value};

use super::compile::Compiler;
use super::judge::Judge;
use super::{Form, NodeId, Plan};
use crate::error::{Error, ErrorKind};
use crate::generate::choices::Choices;
use crate::generate::style::Style;

/// Reads the keywords of schema objects that hold together.
pub(crate) struct Reader<'c> {
    pub(super) compiler: &'c mut Compiler,
    pub(super) flats: Vec<Map<String, Value>>,
    /// Where the first of them stands.
    pub(super) place: String,
    /// The keyword for whose sake every value must be checked.
    pub(super) check: Option<&'static str>,
    /// Why there is no value.
    pub(super) never: Option<(String, String)>,
    /// Whether the plan alone cannot say whether it admits a value.
    pub(super) intricate: bool,
}

/// The types, in the order in which they are built when nobody says.
const TYPES: &[&str] = &["null", "boolean", "number", "string", "array", "object"];

impl Reader<'_> {
    /// What all of them say under `keyword`.
    pub(crate) fn all(&self, keyword: &str) -> impl Iterator<Item = &Value> {
        self.flats.iter().filter_map(move |flat| flat.get(keyword))
    }

    /// Each of the schema objects.
    pub(crate) fn flats(&self) -> impl Iterator<Item = &Map<String, Value>> {
        self.flats.iter()
    }

    /// Asks for every value to be checked.
    pub(crate) fn check(&mut self, keyword: &'static str) {
        self.check.get_or_insert(keyword);
    }

    /// Says that the plan alone cannot tell whether it admits a value.
    pub(crate) fn intricate(&mut self) {
        self.intricate = true;
    }

    /// There is no value, and why.
    pub(crate) fn nothing(&mut self, keyword: &str, message: &str) -> Form {
        let place = format!("{}/{keyword}", self.place_of(keyword));
        self.never.get_or_insert((place, format!("`{keyword}` {message}")));
        Form::Never
    }

    /// The names of all admitted types; none if any will do, `None` if there is none.
    pub(super) fn types(&self) -> Option<Vec<String>> {
        if self.flats.is_empty() {
            return Some(Vec::new());
        }
        let mut types: Option<Vec<String>> = None;
        for said in self.all("type") {
            let said: Vec<String> = match said {
                Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                _ => said.as_str().map(str::to_owned).into_iter().collect(),
            };
            types = Some(match types {
                None => said,
                Some(types) => both(&types, &said),
            });
        }
        let mut types = types.unwrap_or_else(|| TYPES.iter().map(|name| (*name).to_owned()).collect());
        if types.iter().any(|name| name == "number") {
            types.retain(|name| name != "integer");
        }
        (!types.is_empty()).then_some(types)
    }

    fn place_of(&self, keyword: &str) -> String {
        let flat = self.flats.iter().find(|flat| flat.contains_key(keyword));
        let place = flat.and_then(|flat| flat.get("$comment")).and_then(Value::as_str);
        place.unwrap_or(&self.place).to_owned()
    }

    /// Counts said under `keyword`, those that are beyond counting as the greatest.
    pub(crate) fn counts(&self, keyword: &str) -> impl Iterator<Item = u64> {
        self.all(keyword).filter_map(Value::as_number).map(count)
    }

    /// The greatest of the counts, if it is small enough to be built.
    pub(crate) fn buildable_count(&self, keyword: &str, most: u64) -> Result<u64, Error> {
        let count = self.counts(keyword).max().unwrap_or(0);
        if count > most {
            return Err(self.unsupported(keyword, &format!("asks for more than {most}")));
        }
        Ok(count)
    }

    /// Spends steps of those that one schema may take.
    pub(crate) fn spend(&self, steps: usize) -> Result<(), Error> {
        self.compiler.documents.spend(steps, &self.place)
    }

    /// The node of what these schemas admit together.
    pub(crate) fn node(&mut self, conjunction: Vec<Value>) -> NodeId {
        self.compiler.at(conjunction)
    }

    /// A node of this form.
    pub(crate) fn add(&mut self, form: Form) -> NodeId {
        let place = self.place.clone();
        self.compiler.add(form, &place)
    }

    /// What says whether the pattern is found in a text.
    pub(crate) fn pattern(&mut self, pattern: &str) -> Judge {
        self.compiler.pattern(pattern)
    }

    /// What says whether all these schemas admit a value.
    pub(crate) fn judge(&self, conjunction: Vec<Value>) -> Judge {
        Judge::of(&self.compiler.documents, conjunction)
    }

    /// Texts that all these schemas admit, at most so many; none if they cannot be built.
    pub(crate) fn texts(&self, mut conjunction: Vec<Value>, most: usize) -> Result<Vec<String>, Error> {
        conjunction.push(serde_json::json!({"type": "string"}));
        let Ok(plan) = Plan::of_conjunction(&self.compiler.documents, &conjunction) else {
            // No text, unless it was only given up.
            return self.spend(0).map(|()| Vec::new());
        };
        if let Form::Listed(listed) = &plan.node(plan.resolved(Plan::ROOT)).form {
            let texts = listed.values.iter().filter_map(Value::as_str).map(str::to_owned);
            return Ok(texts.take(most).collect());
        }
        let (mut texts, mut seen) = (Vec::new(), HashSet::new());
        for seed in 0..u64::try_from(most).unwrap_or(0) * 4 + 8 {
            self.spend(1)?;
            let value = plan.build(&mut Choices::seeded(seed), &(), Style::default());
            if let Value::String(text) = value
                && seen.insert(text.clone())
            {
                texts.push(text);
            }
            if texts.len() >= most {
                break;
            }
        }
        Ok(texts)
    }

    /// What this object is called: its name in `$defs`, the title of the root, or nothing.
    pub(crate) fn definition(&self) -> String {
        let name = ["#/$defs/", "#/definitions/"].iter().find_map(|defs| self.place.strip_prefix(defs));
        match name {
            Some(name) if !name.contains('/') => crate::pointer::unescape(name).into_owned(),
            None if self.place == "#" => self.compiler.documents.title(),
            _ => String::new(),
        }
    }

    pub(crate) fn unsupported(&self, keyword: &str, message: &str) -> Error {
        let place = format!("{}/{keyword}", self.place_of(keyword));
        Error::new(ErrorKind::Unsupported, place, format!("`{keyword}` {message}"))
    }
}

fn both(one: &[String], other: &[String]) -> Vec<String> {
    let has = |list: &[String], name: &str| {
        list.iter().any(|said| said == name || name == "integer" && said == "number")
    };
    let mut both: Vec<String> = one.iter().filter(|name| has(other, name)).cloned().collect();
    both.extend(other.iter().filter(|name| has(one, name) && !one.contains(name)).cloned());
    both
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from float saturates")]
fn count(number: &Number) -> u64 {
    number.as_u64().unwrap_or_else(|| number.as_f64().unwrap_or(0.0) as u64)
}
