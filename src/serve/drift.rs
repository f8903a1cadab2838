//! Responses that differ from the contract in one known way: drift and violations.

use std::str::FromStr;

use serde_json::{Map, Value, json};

use crate::contract::Contract;
use crate::error::Error;
use crate::finding::{Rule, did_you_mean};
use crate::generate::{Catalogue, Choices, LabelledPayload};

/// A change of a property of every item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Drift {
    change: Change,
    property: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Change {
    Rename(String),
    Remove,
    Null,
    Retype,
    Add,
}

impl Drift {
    const EXPECTED: &'static str =
        "`rename:PROPERTY[:NAME]`, `remove:PROPERTY`, `null:PROPERTY`, `retype:PROPERTY` or `add:PROPERTY`";

    /// The property that it changes, unless it adds one.
    pub(super) fn changed(&self) -> Option<&str> {
        (self.change != Change::Add).then_some(&*self.property)
    }

    /// Changes every item of a payload; whether any has the property.
    pub(super) fn apply(&self, payload: &mut Value, items: &str) -> bool {
        let Some(list) = payload.pointer_mut(items) else { return false };
        let all = match list {
            Value::Array(items) => items.as_mut_slice(),
            one => std::slice::from_mut(one),
        };
        let mut changed = false;
        for item in all.iter_mut().filter_map(Value::as_object_mut) {
            changed |= self.change(item);
        }
        changed
    }

    fn change(&self, item: &mut Map<String, Value>) -> bool {
        let name = &self.property;
        match &self.change {
            Change::Add => return item.insert(name.clone(), "new".into()).is_none(),
            Change::Remove => return item.remove(name).is_some(),
            Change::Rename(new) => {
                return item.remove(name).map(|value| item.insert(new.clone(), value)).is_some();
            }
            Change::Null | Change::Retype => {}
        }
        let Some(value) = item.get_mut(name) else { return false };
        *value = match (&self.change, value.take()) {
            (Change::Null, _) => Value::Null,
            (_, Value::String(text)) => json!({"value": text}),
            (_, Value::Null) => json!({}),
            (_, other) => json!(other.to_string()),
        };
        true
    }
}

impl FromStr for Drift {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const KINDS: [&str; 5] = ["rename", "remove", "null", "retype", "add"];
        let mut parts = text.splitn(3, ':');
        let (kind, property, more) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        let expected = || format!("{}{}", Self::EXPECTED, did_you_mean(kind, KINDS));
        let property = property.filter(|name| !name.is_empty() && more != Some("")).ok_or_else(expected)?;
        let change = match (kind, more) {
            ("rename", Some(name)) => Change::Rename(name.to_owned()),
            ("rename", None) => {
                let mut rest = property.chars();
                let first = rest.next().map(|c| c.to_ascii_uppercase());
                Change::Rename(format!("new{}{}", first.unwrap_or_default(), rest.as_str()))
            }
            ("remove", None) => Change::Remove,
            ("null", None) => Change::Null,
            ("retype", None) => Change::Retype,
            ("add", None) => Change::Add,
            _ => return Err(expected()),
        };
        Ok(Self { change, property: property.to_owned() })
    }
}

/// Targets tried for one payload: some cannot be violated alone.
const TRIES: usize = 100;

/// Violates rules in payloads of one envelope.
#[derive(Debug)]
pub(super) struct Violations {
    contract: &'static Contract,
    envelope: String,
    catalogue: Catalogue,
}

impl Violations {
    pub(super) fn of(contract: &'static Contract, envelope: &str) -> Result<Self, Error> {
        let catalogue = contract.catalogue(&[envelope])?;
        Ok(Self { contract, envelope: envelope.to_owned(), catalogue })
    }

    /// The payload with exactly one violation, of this rule. Where none can be made in it alone, the
    /// violation is in the smallest payload there is; `None` where no single payload violates the rule.
    pub(super) fn violate(&self, rule: &Rule, payload: &Value, seed: u64) -> Option<LabelledPayload> {
        let validator = self.contract.validator().clone().accepting(&[&self.envelope]).ok()?;
        let is_alone = |violation: &LabelledPayload| {
            let found = validator.validate(violation.payload.to_text().as_bytes()).findings;
            let is_labelled =
                |at: usize| *found[at].rule == *violation.rule && found[at].pointer == violation.pointer;
            !found.is_empty() && (0..found.len()).all(is_labelled)
        };
        let catalogue = self.catalogue.clone().filter(|target| target.rule().id == rule.id);
        let mut choices = Choices::seeded(seed);
        let within = (0..TRIES).find_map(|_| {
            let target = catalogue.pick(&mut choices)?;
            catalogue.violate(target, payload, &mut choices).filter(is_alone)
        });
        within.or_else(|| catalogue.smallest().find(is_alone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_changes() {
        let changed = |text: &str, item: Value| {
            let mut payload = json!({"list": [item, 7]});
            let any = text.parse::<Drift>().unwrap().apply(&mut payload, "/list");
            (any, payload["list"][0].clone())
        };
        assert_eq!(changed("rename:slug", json!({"slug": "a"})), (true, json!({"newSlug": "a"})));
        assert_eq!(changed("rename:slug:handle", json!({"slug": 1})), (true, json!({"handle": 1})));
        assert_eq!(changed("remove:slug", json!({"slug": 1})), (true, json!({})));
        assert_eq!(changed("null:slug", json!({"slug": 1})), (true, json!({"slug": null})));
        assert_eq!(changed("retype:n", json!({"n": 1})), (true, json!({"n": "1"})));
        assert_eq!(changed("retype:n", json!({"n": "x"})), (true, json!({"n": {"value": "x"}})));
        assert_eq!(changed("add:x", json!({})), (true, json!({"x": "new"})));
        assert_eq!(changed("remove:slug", json!({})), (false, json!({})));
        for text in ["", "rename", "rename:", "x:y", "remove:a:b", "rename:a:"] {
            assert!(text.parse::<Drift>().is_err(), "{text}");
        }
    }
}
