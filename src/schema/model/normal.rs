//! What does a subschema say in the words of draft 2020-12?

use serde_json::{Map, Value, json};

use super::{Applicator, Assertion, Bound, Contains, Count, Model, Node, NodeId, Properties};

impl Model {
    /// The subschema in the words of draft 2020-12, its subschemas as `refer` writes them: a
    /// boolean stays one.
    pub(crate) fn normal(&self, id: NodeId, refer: &dyn Fn(NodeId) -> String) -> Value {
        let node = self.node(id);
        if let Some(boolean) = node.boolean {
            return Value::Bool(boolean);
        }
        let inner = |id: NodeId| match self.node(id).boolean {
            Some(boolean) => Value::Bool(boolean),
            None => json!({"$ref": refer(id)}),
        };
        let mut said = Said(Map::new());
        for assertion in &node.assertions {
            said.assertion(assertion);
        }
        // Values that keep it are as good as others.
        if let Some(name) = &node.unasserted_format {
            said.say("format", (**name).into());
        }
        for applicator in &node.applicators {
            said.applicator(applicator, &inner);
        }
        Value::Object(said.0)
    }
}

/// Keywords, each with what it holds.
struct Said(Map<String, Value>);

impl Said {
    fn say(&mut self, keyword: &str, value: Value) {
        self.0.insert(keyword.to_owned(), value);
    }

    fn one(&mut self, keyword: &str, node: Option<NodeId>, inner: &dyn Fn(NodeId) -> Value) {
        if let Some(node) = node {
            self.say(keyword, inner(node));
        }
    }

    fn assertion(&mut self, assertion: &Assertion) {
        let value = match assertion {
            Assertion::Type(types) => match types.names().collect::<Vec<_>>()[..] {
                [only] => only.into(),
                ref names => names.into(),
            },
            Assertion::Values { keyword: "const", values } => values.first().cloned().unwrap_or_default(),
            Assertion::Values { values, .. } => values.clone().into(),
            Assertion::Bound(Bound { limit, exclusive, upper, .. }) => {
                let keyword = match (upper, exclusive) {
                    (false, false) => "minimum",
                    (false, true) => "exclusiveMinimum",
                    (true, false) => "maximum",
                    (true, true) => "exclusiveMaximum",
                };
                return self.say(keyword, limit.clone().into());
            }
            Assertion::MultipleOf(number) => number.clone().into(),
            Assertion::Count(Count { limit, .. }) => (*limit).into(),
            Assertion::Pattern { source, .. } => source.as_str().into(),
            Assertion::Format(name) => name.as_str().into(),
            Assertion::Content { value, .. } => value.as_str().into(),
            Assertion::UniqueItems => true.into(),
            Assertion::Required(names) => names.clone().into(),
            Assertion::DependentRequired { names, .. } => {
                let lists = self.0.entry("dependentRequired").or_insert_with(|| json!({}));
                for (name, needed) in names {
                    let known = lists[name].as_array().cloned().unwrap_or_default();
                    lists[name] =
                        known.into_iter().chain(needed.iter().map(|one| one.as_str().into())).collect();
                }
                return;
            }
        };
        self.say(assertion.keyword(), value);
    }

    fn applicator(&mut self, applicator: &Applicator, inner: &dyn Fn(NodeId) -> Value) {
        let list = |nodes: &[NodeId]| nodes.iter().map(|node| inner(*node)).collect::<Value>();
        match applicator {
            Applicator::Reference(target) => match inner(*target) {
                Value::Object(reference) if !self.0.contains_key("$ref") => self.0.extend(reference),
                other => self.all_of(other),
            },
            Applicator::AllOf(nodes) => nodes.iter().for_each(|node| self.all_of(inner(*node))),
            Applicator::AnyOf(nodes) => self.say("anyOf", list(nodes)),
            Applicator::OneOf(nodes) => self.say("oneOf", list(nodes)),
            Applicator::Not(node) => self.say("not", inner(*node)),
            Applicator::If { test, then, otherwise } => {
                self.say("if", inner(*test));
                self.one("then", *then, inner);
                self.one("else", *otherwise, inner);
            }
            Applicator::Dependent(nodes) => {
                let schemas = self.0.entry("dependentSchemas").or_insert_with(|| json!({}));
                for (name, node) in nodes {
                    schemas[name] = match schemas[name].take() {
                        Value::Null => inner(*node),
                        before => json!({"allOf": [before, inner(*node)]}),
                    };
                }
            }
            Applicator::Properties(properties) => self.properties(properties, inner),
            Applicator::PropertyNames(node) => self.say("propertyNames", inner(*node)),
            Applicator::Items { prefix, rest, .. } => {
                if !prefix.is_empty() {
                    self.say("prefixItems", list(prefix));
                }
                self.one("items", *rest, inner);
            }
            Applicator::Contains(Contains { item, min, max, .. }) => {
                self.say("contains", inner(*item));
                if *min != 1 {
                    self.say("minContains", (*min).into());
                }
                if let Some(max) = max {
                    self.say("maxContains", (*max).into());
                }
            }
            Applicator::UnevaluatedItems(node) => self.say("unevaluatedItems", inner(*node)),
            Applicator::UnevaluatedProperties(node) => self.say("unevaluatedProperties", inner(*node)),
        }
    }

    fn properties(&mut self, properties: &Properties, inner: &dyn Fn(NodeId) -> Value) {
        if properties.lists {
            let named = properties.named.iter().map(|(name, node)| (name.clone(), inner(*node)));
            self.say("properties", Value::Object(named.collect()));
        }
        if !properties.patterns.is_empty() {
            let patterns = properties.patterns.iter().map(|one| (one.source.clone(), inner(one.node)));
            self.say("patternProperties", Value::Object(patterns.collect()));
        }
        self.one("additionalProperties", properties.additional, inner);
    }

    fn all_of(&mut self, schema: Value) {
        if let Value::Array(all) = self.0.entry("allOf").or_insert_with(|| json!([])) {
            all.push(schema);
        }
    }
}

impl Node {
    /// Where it is, as a reference.
    pub(crate) fn reference(&self) -> String {
        format!("{}#{}", self.location.document, self.location.path)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Schema;
    use super::*;

    #[test]
    fn older_drafts_are_said_in_newer_words() {
        let document = json!({
            "$schema": "http://json-schema.org/draft-04/schema#",
            "minimum": 1, "exclusiveMinimum": true, "type": ["integer", "null"],
            "dependencies": {"a": ["b"], "c": {"type": "object"}},
            "items": [{"type": "string"}], "additionalItems": false,
            "description": "said to people",
        });
        let model = Model::of(&Schema::from_value(document)).unwrap();
        let normal = model.normal(0, &|id| format!("#{id}"));
        assert_eq!(normal["exclusiveMinimum"], 1);
        assert_eq!(normal["type"], json!(["null", "integer"]));
        assert_eq!(normal["dependentRequired"], json!({"a": ["b"]}));
        assert!(normal["dependentSchemas"]["c"]["$ref"].is_string());
        assert!(normal["prefixItems"][0]["$ref"].is_string());
        assert_eq!(normal["items"], json!(false));
        assert!(normal.get("description").is_none() && normal.get("minimum").is_none());
    }
}
