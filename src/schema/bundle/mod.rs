//! Writes a schema, with everything that it refers to, as one document of one draft.
//!
//! A bundle is written from the model of the schema: one subschema for each node, so that it accepts what the
//! schema accepts, whatever drafts, anchors, identifiers and dynamic references its documents use. References
//! lead to definitions of the bundle. Definitions that nothing refers to, and keywords that are neither
//! assertions nor annotations of the specification, are left out.

mod naming;
mod unevaluated;
mod writing;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use referencing::Draft;
use serde_json::{Map, Value, json};

use super::Schema;
use super::keywords::names;
use super::model::{Applicator, Model, NodeId};
use super::references::fragment;
use crate::error::{Error, ErrorKind};
use crate::pointer::child;
use unevaluated::{Decision, Of};

/// The draft of a bundle, and where its definitions are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Draft7,
    Draft202012,
    /// Draft 2020-12 in the `components` of an `OpenAPI` description, the schema itself among them.
    Components,
}

impl Form {
    fn draft(self) -> Draft {
        if self == Self::Draft7 { Draft::Draft7 } else { Draft::Draft202012 }
    }

    fn definitions(self) -> String {
        match self {
            Self::Draft7 => child("", names::DEFINITIONS),
            Self::Draft202012 => child("", names::DEFS),
            Self::Components => "/components/schemas".to_owned(),
        }
    }
}

/// The root of every model.
const ROOT: NodeId = 0;

/// The schema as draft 2020-12.
///
/// # Errors
///
/// [`ErrorKind::Schema`] when the schema is unusable.
pub(crate) fn draft_2020_12(schema: &Schema) -> Result<Value, Error> {
    document(schema, Form::Draft202012, "https://json-schema.org/draft/2020-12/schema")
}

/// The schema as draft-07.
///
/// # Errors
///
/// [`ErrorKind::Schema`] when the schema is unusable, [`ErrorKind::Unsupported`] when an assertion in it has
/// no equivalent in draft-07.
pub(crate) fn draft_07(schema: &Schema) -> Result<Value, Error> {
    document(schema, Form::Draft7, "http://json-schema.org/draft-07/schema#")
}

/// The schema under this name and its definitions, as `components/schemas` of an `OpenAPI` 3.1 description,
/// and the name.
///
/// # Errors
///
/// [`ErrorKind::Schema`] when the schema is unusable.
pub(crate) fn components(schema: &Schema, name: &str) -> Result<(String, Map<String, Value>), Error> {
    let model = Model::of(schema)?;
    let bundle = Bundle::of(&model, schema, Form::Components, name)?;
    let mut written = bundle.body(ROOT)?;
    let mut components = bundle.written_definitions()?;
    let root = bundle.names[&ROOT].clone();
    if let Some(members) = written.as_object_mut() {
        members.remove(names::ID);
    }
    components.insert(root.clone(), written);
    Ok((root, components))
}

fn document(schema: &Schema, form: Form, metaschema: &str) -> Result<Value, Error> {
    let model = Model::of(schema)?;
    let bundle = Bundle::of(&model, schema, form, "")?;
    let mut written = match bundle.body(ROOT)? {
        Value::Object(members) => members,
        Value::Bool(false) => Map::from_iter([(names::NOT.to_owned(), json!({}))]),
        _ => Map::new(),
    };
    if form == Form::Draft7
        && let Some(reference) = written.remove(names::REF)
    {
        // Nothing beside a reference counts, and here is more.
        written.insert(names::ALL_OF.to_owned(), json!([{(names::REF): reference}]));
    }
    let id = schema.as_value().get(names::ID).and_then(Value::as_str);
    if let Some(id) = id.filter(|id| !id.contains('#')) {
        written.insert(names::ID.to_owned(), id.into());
    }
    written.insert(names::SCHEMA.to_owned(), metaschema.into());
    let definitions = bundle.written_definitions()?;
    if !definitions.is_empty() {
        let keyword = if form == Form::Draft7 { names::DEFINITIONS } else { names::DEFS };
        written.insert(keyword.to_owned(), definitions.into());
    }
    Ok(written.into())
}

/// A bundle in the making.
struct Bundle<'m> {
    model: &'m Model,
    schema: &'m Schema,
    form: Form,
    /// The names of definitions.
    names: BTreeMap<NodeId, String>,
    /// For nodes with `unevaluatedProperties` and `unevaluatedItems`: what these mean in draft-07.
    properties: BTreeMap<NodeId, Decision>,
    items: BTreeMap<NodeId, Decision>,
    /// Whether what `contains` evaluates matters anywhere.
    looks_at_items: bool,
    /// The definitions that something written refers to.
    used: RefCell<BTreeSet<NodeId>>,
}

impl<'m> Bundle<'m> {
    fn of(model: &'m Model, schema: &'m Schema, form: Form, root: &str) -> Result<Self, Error> {
        let mut bundle = Self {
            model,
            schema,
            form,
            names: BTreeMap::new(),
            properties: BTreeMap::new(),
            items: BTreeMap::new(),
            looks_at_items: false,
            used: RefCell::default(),
        };
        let mut definitions = BTreeSet::new();
        let is_older = form == Form::Draft7;
        for (id, node) in (0..).zip(&model.nodes) {
            for applicator in &node.applicators {
                let repeated = match applicator {
                    Applicator::Reference(target) => BTreeSet::from([*target]),
                    Applicator::UnevaluatedProperties(inner) if is_older => {
                        bundle.decision_of(id, *inner, Of::Properties)?
                    }
                    Applicator::UnevaluatedItems(inner) if is_older => {
                        bundle.decision_of(id, *inner, Of::Items)?
                    }
                    Applicator::UnevaluatedItems(_) => {
                        bundle.looks_at_items = true;
                        continue;
                    }
                    _ => continue,
                };
                definitions.extend(repeated);
            }
        }
        definitions.remove(&ROOT);
        bundle.names = naming::named(model, &definitions, form == Form::Components, root);
        Ok(bundle)
    }

    /// Decides what a node says of what nothing evaluates, and returns the subschemas that are repeated then.
    fn decision_of(&mut self, id: NodeId, inner: NodeId, of: Of) -> Result<BTreeSet<NodeId>, Error> {
        let keyword = match of {
            Of::Properties => names::UNEVALUATED_PROPERTIES,
            Of::Items => names::UNEVALUATED_ITEMS,
        };
        let decision = self.decide(id, inner, of).ok_or_else(|| self.inexpressible(id, keyword))?;
        let mut repeated = decision.repeated();
        repeated.retain(|id| self.model.node(*id).boolean.is_none());
        match of {
            Of::Properties => self.properties.insert(id, decision),
            Of::Items => self.items.insert(id, decision),
        };
        Ok(repeated)
    }

    /// The definitions that what is written refers to, with titles, by which generators of code name types.
    fn written_definitions(&self) -> Result<Map<String, Value>, Error> {
        let mut written = Map::new();
        let mut done = BTreeSet::from([ROOT]);
        loop {
            let next = self.used.borrow().difference(&done).next().copied();
            let Some(id) = next else { return Ok(written) };
            done.insert(id);
            let name = &self.names[&id];
            let mut definition = self.body(id)?;
            if let Some(members) = definition.as_object_mut()
                && !members.contains_key(names::REF)
            {
                members.entry(names::TITLE).or_insert_with(|| name.as_str().into());
            }
            written.insert(name.clone(), definition);
        }
    }

    /// A subschema where it is: as a reference, if it is a definition.
    fn subschema(&self, id: NodeId) -> Result<Value, Error> {
        if id == ROOT || self.names.contains_key(&id) { Ok(self.reference(id)) } else { self.body(id) }
    }

    fn subschemas(&self, ids: &[NodeId]) -> Result<Value, Error> {
        ids.iter().map(|id| self.subschema(*id)).collect::<Result<Vec<_>, _>>().map(Value::from)
    }

    fn reference(&self, id: NodeId) -> Value {
        self.used.borrow_mut().insert(id);
        let pointer = match self.names.get(&id) {
            Some(name) => child(&self.form.definitions(), name),
            None => String::new(),
        };
        json!({(names::REF): format!("#{}", fragment(&pointer))})
    }

    /// An assertion that the draft of the bundle cannot express.
    fn inexpressible(&self, id: NodeId, keyword: &str) -> Error {
        let location = self.model.node(id).location();
        let message = format!("`{keyword}` at {location} has no equivalent in draft-07");
        Error::new(ErrorKind::Unsupported, self.schema.name(), message)
    }
}
