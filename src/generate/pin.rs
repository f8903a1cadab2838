//! Which members have one value in every payload?

use std::collections::HashSet;

use serde_json::{Value, json};

use super::outline::Outline;
use crate::error::{Error, ErrorKind};
use crate::finding::similar;
use crate::pointer::unescape;

/// `POINTER=VALUE`: a member, and the value it has wherever its object is in a payload.
///
/// A pointer that begins with `/` starts at the root; another one says how a place ends, however deep
/// it is. `*` is every item of an array. The member is added where it is missing; objects and arrays on the
/// way to it are not.
///
/// ```
/// use clients_contract::generate::Pin;
/// use serde_json::json;
///
/// let schema = json!({"properties": {"seats": {"type": "integer"}}});
/// let mut value = json!({});
/// let pin = Pin::new(&schema, "seats=4")?;
/// assert_eq!(pin.set(&mut value), 1);
/// assert_eq!(value, json!({"seats": 4}));
/// assert!(Pin::new(&schema, "seat=4").unwrap_err().to_string().contains("did you mean `seats`"));
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pin {
    steps: Vec<String>,
    from_root: bool,
    value: Value,
    outline: Outline,
    /// The areas that admit the value.
    admitting: HashSet<usize>,
}

impl Pin {
    /// Reads `POINTER=VALUE`; a value that is no JSON is a string.
    ///
    /// # Errors
    ///
    /// `Usage` when there is no `=`, when the schema knows no such place, or when it refuses the value at
    /// every one of them.
    pub fn new(schema: &Value, text: &str) -> Result<Self, Error> {
        let wrong = |message: String| Error::new(ErrorKind::Usage, "--with", message);
        let (pointer, value) = text.split_once('=').ok_or_else(|| wrong("wants POINTER=VALUE".to_owned()))?;
        let from_root = pointer.starts_with('/');
        let steps: Vec<String> =
            pointer.trim_start_matches('/').split('/').map(|step| unescape(step).into_owned()).collect();
        let mut pin = Self {
            steps,
            from_root,
            value: serde_json::from_str(value).unwrap_or_else(|_| value.into()),
            outline: Outline::of(schema),
            admitting: HashSet::new(),
        };
        let targets =
            pin.targets().map_err(|hint| wrong(format!("the schema knows no `{pointer}`{hint}")))?;
        let mut refusal = String::new();
        for target in targets {
            match pin.refused(schema, target)? {
                None => drop(pin.admitting.insert(target)),
                Some(why) => refusal = why,
            }
        }
        if pin.admitting.is_empty() {
            return Err(wrong(format!("the schema refuses this value of `{pointer}`: {refusal}")));
        }
        Ok(pin)
    }

    /// Puts the value into its places; says how many there are.
    pub fn set(&self, payload: &mut Value) -> usize {
        let mut path = Vec::new();
        self.below(payload, 0, &mut path)
    }

    /// The areas that the pointer names, or what was probably meant.
    fn targets(&self) -> Result<HashSet<usize>, String> {
        let areas = self.outline.areas();
        let mut here: HashSet<usize> = if self.from_root { [0].into() } else { (0..areas.len()).collect() };
        for step in &self.steps {
            let next: HashSet<usize> = here.iter().filter_map(|area| self.step(*area, step)).collect();
            if next.is_empty() {
                let known: HashSet<&str> =
                    here.iter().flat_map(|area| areas[*area].members.keys().map(String::as_str)).collect();
                let near = similar(step, known, 0.7);
                return Err(near.map_or_else(String::new, |near| format!(" (did you mean `{near}`?)")));
            }
            here = next;
        }
        Ok(here)
    }

    fn step(&self, area: usize, step: &str) -> Option<usize> {
        let area = &self.outline.areas()[area];
        let is_item = step == "*" || step.bytes().all(|byte| byte.is_ascii_digit());
        area.members.get(step).copied().or_else(|| area.items.filter(|_| is_item))
    }

    /// Why the schema refuses the value there.
    fn refused(&self, schema: &Value, area: usize) -> Result<Option<String>, Error> {
        let place = &self.outline.areas()[area].place;
        let definitions = schema.get("$defs").cloned().unwrap_or_else(|| json!({}));
        let judged = json!({"$defs": definitions, "allOf": [schema.pointer(place)]});
        let judge = jsonschema::options()
            .should_validate_formats(true)
            .build(&judged)
            .map_err(|error| Error::new(ErrorKind::Schema, place, error.to_string()))?;
        Ok(judge.iter_errors(&self.value).next().map(|error| error.masked_with("it").to_string()))
    }

    fn below(&self, value: &mut Value, area: usize, path: &mut Vec<String>) -> usize {
        let here = &self.outline.areas()[area];
        let mut set = 0;
        match value {
            Value::Object(members) => {
                for (name, member) in &here.members {
                    path.push(name.clone());
                    if self.ends(path) && self.admitting.contains(member) {
                        members.insert(name.clone(), self.value.clone());
                        set += 1;
                    } else if let Some(value) = members.get_mut(name) {
                        set += self.below(value, *member, path);
                    }
                    path.pop();
                }
            }
            Value::Array(items) => {
                let Some(item) = here.items else { return 0 };
                for (index, value) in items.iter_mut().enumerate() {
                    path.push(index.to_string());
                    if self.ends(path) && self.admitting.contains(&item) {
                        value.clone_from(&self.value);
                        set += 1;
                    } else {
                        set += self.below(value, item, path);
                    }
                    path.pop();
                }
            }
            _ => {}
        }
        set
    }

    /// Whether the path is one that the pointer names. Names of members are no numbers in any outline that
    /// has arrays in the same place, so that `*` means items.
    fn ends(&self, path: &[String]) -> bool {
        let Some(skipped) = path.len().checked_sub(self.steps.len()) else { return false };
        (skipped == 0 || !self.from_root)
            && path[skipped..]
                .iter()
                .zip(&self.steps)
                .all(|(is, step)| is == step || step == "*" && is.bytes().all(|byte| byte.is_ascii_digit()))
    }
}
