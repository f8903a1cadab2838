//! Writes one subschema of a bundle.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::format::is_asserted;
use super::super::keywords::names;
use super::super::model::{Applicator, Assertion, Contains, Node, NodeId, Properties};
use super::unevaluated::Of;
use super::{Bundle, Form};
use crate::error::Error;

/// Whether this is an annotation of the specification. Drafts that do not know it ignore it, in any shape.
fn is_annotation(keyword: &str, value: &Value) -> bool {
    match keyword {
        names::COMMENT | names::DESCRIPTION | names::TITLE => value.is_string(),
        names::DEPRECATED | names::READ_ONLY | names::WRITE_ONLY => value.is_boolean(),
        names::EXAMPLES => value.is_array(),
        names::DEFAULT => true,
        _ => false,
    }
}

/// What keywords about the content of strings are from draft 2019-09 on, while older drafts assert them.
const CONTENT: [&str; 2] = [names::CONTENT_ENCODING, names::CONTENT_MEDIA_TYPE];

/// Formats of 2019-09 that draft-07 does not define, as patterns.
const PATTERNS: [(&str, &str); 2] = [
    ("uuid", "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$"),
    (
        "duration",
        "^P(?:[0-9]+W|(?:[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)\
         (?:T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S))?\
         |T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S))$",
    ),
];

/// A subschema that is being written.
#[derive(Default)]
struct Written {
    members: Map<String, Value>,
    /// Further subschemas that must be satisfied.
    conjuncts: Vec<Value>,
    references: Vec<Value>,
    /// Names that are required, and subschemas that apply, where another name is there.
    required: BTreeMap<String, Vec<String>>,
    dependent: BTreeMap<String, Vec<Value>>,
}

impl Written {
    fn set(&mut self, keyword: &str, value: impl Into<Value>) {
        self.members.insert(keyword.to_owned(), value.into());
    }
}

impl Bundle<'_> {
    /// A subschema with what is inside it.
    pub(super) fn body(&self, id: NodeId) -> Result<Value, Error> {
        let node = self.model.node(id);
        if let Some(boolean) = node.boolean {
            return Ok(boolean.into());
        }
        let mut written = Written::default();
        self.annotations(id, node, &mut written);
        for assertion in &node.assertions {
            self.assertion(node, assertion, &mut written);
        }
        for applicator in &node.applicators {
            self.applicator(id, applicator, &mut written)?;
        }
        self.dependencies(&mut written);
        Ok(self.finished(written))
    }

    fn annotations(&self, id: NodeId, node: &Node, written: &mut Written) {
        let is_older = self.form == Form::Draft7;
        let members = self.model.contents(id).and_then(Value::as_object);
        for (keyword, value) in members.into_iter().flatten() {
            let is_content = !is_older && CONTENT.contains(&keyword.as_str()) && value.is_string();
            if is_annotation(keyword, value) || is_content {
                written.set(keyword, value.clone());
            } else if keyword == names::EXAMPLE {
                // That of `OpenAPI`; where both are, the other one comes later and replaces it.
                written.set(names::EXAMPLES, vec![value.clone()]);
            }
        }
        if let Some(format) = &node.unasserted_format
            && !is_asserted(self.form.draft(), format)
        {
            written.set(names::FORMAT, &**format);
        }
    }

    fn assertion(&self, node: &Node, assertion: &Assertion, written: &mut Written) {
        match assertion {
            Assertion::Bound(bound) => {
                let keyword = match (bound.upper, bound.exclusive) {
                    (true, true) => names::EXCLUSIVE_MAXIMUM,
                    (true, false) => names::MAXIMUM,
                    (false, true) => names::EXCLUSIVE_MINIMUM,
                    (false, false) => names::MINIMUM,
                };
                written.set(keyword, bound.limit.clone());
            }
            Assertion::Pattern { source, .. } => written.set(names::PATTERN, source.as_str()),
            Assertion::Format(name) => {
                written.set(names::FORMAT, name.as_str());
                let pattern = PATTERNS.iter().find(|(format, _)| format == name);
                if let Some((_, pattern)) = pattern.filter(|_| !is_asserted(self.form.draft(), name)) {
                    written.conjuncts.push(json!({(names::PATTERN): pattern}));
                }
            }
            Assertion::DependentRequired { names, .. } => {
                for (name, others) in names {
                    written.required.entry(name.clone()).or_default().extend(others.iter().cloned());
                }
            }
            Assertion::UniqueItems => written.set(names::UNIQUE_ITEMS, true),
            other => match (other.keyword(), node.written.get(other.keyword())) {
                // Older drafts have no empty list of values.
                (names::ENUM, Some(Value::Array(values)))
                    if values.is_empty() && self.form == Form::Draft7 =>
                {
                    written.conjuncts.push(false.into());
                }
                (keyword, Some(value)) => written.set(keyword, value.clone()),
                (_, None) => {}
            },
        }
    }

    fn applicator(&self, id: NodeId, applicator: &Applicator, written: &mut Written) -> Result<(), Error> {
        match applicator {
            Applicator::Reference(target) => written.references.push(self.reference(*target)),
            Applicator::AllOf(nodes) => written.set(names::ALL_OF, self.subschemas(nodes)?),
            Applicator::AnyOf(nodes) => written.set(names::ANY_OF, self.subschemas(nodes)?),
            Applicator::OneOf(nodes) => written.set(names::ONE_OF, self.subschemas(nodes)?),
            Applicator::Not(node) => written.set(names::NOT, self.subschema(*node)?),
            // Without consequence it asserts nothing, but what it evaluates may matter.
            Applicator::If { then: None, otherwise: None, .. } if self.form == Form::Draft7 => {}
            Applicator::If { test, then, otherwise } => {
                written.set(names::IF, self.subschema(*test)?);
                for (keyword, node) in [(names::THEN, then), (names::ELSE, otherwise)] {
                    if let Some(node) = node {
                        written.set(keyword, self.subschema(*node)?);
                    }
                }
            }
            Applicator::Dependent(nodes) => {
                for (name, node) in nodes {
                    written.dependent.entry(name.clone()).or_default().push(self.subschema(*node)?);
                }
            }
            Applicator::Properties(properties) => self.properties(properties, written)?,
            Applicator::PropertyNames(node) => written.set(names::PROPERTY_NAMES, self.subschema(*node)?),
            Applicator::Items { prefix, rest, .. } => self.items(prefix, *rest, written)?,
            Applicator::Contains(contains) => self.contains(id, contains, written)?,
            Applicator::UnevaluatedItems(inner) => match self.items.get(&id) {
                Some(decision) => written.conjuncts.extend(self.decision(decision, Of::Items)?),
                None => written.set(names::UNEVALUATED_ITEMS, self.subschema(*inner)?),
            },
            Applicator::UnevaluatedProperties(inner) => match self.properties.get(&id) {
                Some(decision) => written.conjuncts.extend(self.decision(decision, Of::Properties)?),
                None => written.set(names::UNEVALUATED_PROPERTIES, self.subschema(*inner)?),
            },
        }
        Ok(())
    }

    fn properties(&self, properties: &Properties, written: &mut Written) -> Result<(), Error> {
        let named = properties.named.iter().map(|(name, node)| Ok((name.clone(), self.subschema(*node)?)));
        let named: Map<String, Value> = named.collect::<Result<_, Error>>()?;
        if properties.lists {
            written.set(names::PROPERTIES, named);
        }
        let patterns =
            properties.patterns.iter().map(|one| Ok((one.source.clone(), self.subschema(one.node)?)));
        let patterns: Map<String, Value> = patterns.collect::<Result<_, Error>>()?;
        if !patterns.is_empty() {
            written.set(names::PATTERN_PROPERTIES, patterns);
        }
        if let Some(node) = properties.additional {
            written.set(names::ADDITIONAL_PROPERTIES, self.subschema(node)?);
        }
        Ok(())
    }

    fn items(&self, prefix: &[NodeId], rest: Option<NodeId>, written: &mut Written) -> Result<(), Error> {
        let is_older = self.form == Form::Draft7;
        if !prefix.is_empty() {
            let keyword = if is_older { names::ITEMS } else { names::PREFIX_ITEMS };
            written.set(keyword, self.subschemas(prefix)?);
        }
        if let Some(rest) = rest {
            let keyword = if is_older && !prefix.is_empty() { names::ADDITIONAL_ITEMS } else { names::ITEMS };
            written.set(keyword, self.subschema(rest)?);
        }
        Ok(())
    }

    fn contains(&self, id: NodeId, contains: &Contains, written: &mut Written) -> Result<(), Error> {
        if self.form == Form::Draft7 && contains.min == 0 && contains.max.is_none() {
            return Ok(());
        }
        let item = self.subschema(contains.item)?;
        if self.form == Form::Draft7 {
            match (contains.min, contains.max) {
                (1, None) => written.set(names::CONTAINS, item),
                // No item may match; and where one must, no array is valid.
                (min, Some(0)) => {
                    written.conjuncts.push(json!({(names::ITEMS): {(names::NOT): item}}));
                    if min > 0 {
                        written.conjuncts.push(json!({(names::CONTAINS): item}));
                    }
                }
                (_, None) => return Err(self.inexpressible(id, names::MIN_CONTAINS)),
                _ => return Err(self.inexpressible(id, names::MAX_CONTAINS)),
            }
            return Ok(());
        }
        let mut inner = Map::from_iter([(names::CONTAINS.to_owned(), item)]);
        if contains.min != 1 {
            inner.insert(names::MIN_CONTAINS.to_owned(), contains.min.into());
        }
        inner.extend(contains.max.map(|max| (names::MAX_CONTAINS.to_owned(), max.into())));
        if contains.evaluates || !self.looks_at_items {
            written.members.append(&mut inner);
        } else {
            // Inside two negations it evaluates nothing, as in 2019-09.
            written.conjuncts.push(json!({(names::NOT): {(names::NOT): inner}}));
        }
        Ok(())
    }

    /// Writes what applies where another name is there.
    fn dependencies(&self, written: &mut Written) {
        let (required, dependent) =
            (std::mem::take(&mut written.required), std::mem::take(&mut written.dependent));
        let conjunction = |mut all: Vec<Value>| match all.len() {
            1 => all.remove(0),
            _ => json!({(names::ALL_OF): all}),
        };
        if self.form != Form::Draft7 {
            if !required.is_empty() {
                let lists: Map<_, _> =
                    required.into_iter().map(|(name, list)| (name, unique(list))).collect();
                written.set(names::DEPENDENT_REQUIRED, lists);
            }
            if !dependent.is_empty() {
                let schemas: Map<_, _> =
                    dependent.into_iter().map(|(name, all)| (name, conjunction(all))).collect();
                written.set(names::DEPENDENT_SCHEMAS, schemas);
            }
            return;
        }
        let mut both: Map<String, Value> =
            required.into_iter().map(|(name, list)| (name, unique(list))).collect();
        for (name, mut all) in dependent {
            all.extend(both.remove(&name).map(|list| json!({(names::REQUIRED): list})));
            both.insert(name, conjunction(all));
        }
        if !both.is_empty() {
            written.set(names::DEPENDENCIES, both);
        }
    }

    /// Puts references and further subschemas beside the keywords.
    fn finished(&self, written: Written) -> Value {
        let Written { mut members, mut conjuncts, mut references, .. } = written;
        // In draft-07 nothing beside a reference counts.
        let is_alone = members.is_empty() && conjuncts.is_empty() && references.len() == 1;
        if (is_alone || self.form != Form::Draft7)
            && !references.is_empty()
            && let Value::Object(mut first) = references.remove(0)
        {
            members.append(&mut first);
        }
        references.append(&mut conjuncts);
        if !references.is_empty() {
            let all = members.entry(names::ALL_OF).or_insert_with(|| json!([]));
            if let Some(all) = all.as_array_mut() {
                all.append(&mut references);
            }
        }
        members.into()
    }
}

/// Names, each once, in their order.
fn unique(list: Vec<String>) -> Value {
    let mut names: Vec<String> = Vec::with_capacity(list.len());
    for name in list {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.into()
}
