//! The model of a schema: its subschemas, their locations and applicators.
//!
//! A [`Model`] has a node for every subschema that validation can reach, in every dynamic scope in which it
//! is reached. References are resolved: an edge leads from a subschema to each one that it applies. Edges to
//! subschemas that apply to the same value ([`Applicator::in_place`]) never lead in a circle, so validation
//! ends.

#[cfg(feature = "generate")]
mod accepts;
mod applicators;
#[cfg_attr(not(feature = "diff"), allow(dead_code, reason = "for rooms that are left out"))]
mod assertion;
mod build;
mod circles;
mod documents;
#[cfg(feature = "diff")]
mod equality;
#[cfg(feature = "generate")]
mod extent;
mod given;
#[cfg(feature = "diff")]
mod inside;
#[cfg(feature = "diff")]
mod merged;
mod metaschema;
#[cfg(feature = "generate")]
mod order;
mod path;
#[cfg_attr(not(any(feature = "drift", feature = "generate")), allow(dead_code, reason = "nobody asks"))]
mod queries;
#[cfg(feature = "generate")]
mod schema_view;
mod scopes;
mod subschemas;
mod weaken;

#[cfg(feature = "generate")]
pub(crate) use documents::shallow_value;
#[cfg(feature = "diff")]
pub(crate) use equality::Fingerprints;
#[cfg(feature = "diff")]
pub(crate) use merged::{Merged, Union};
pub(crate) use metaschema::check_part;

#[cfg(feature = "generate")]
pub(crate) use accepts::{Acceptance, Question};
pub(crate) use assertion::{Assertion, Bound, Count};
pub(super) use path::ROOT;
#[cfg(feature = "generate")]
pub(crate) use schema_view::{SchemaView, SchemaViews};
#[cfg(feature = "drift")]
pub(crate) use subschemas::InPlace;
pub(crate) use subschemas::Subschemas;
pub(crate) use weaken::Change;
pub use weaken::Weakening;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use path::Location;
use referencing::Draft;
use serde_json::{Map, Value};

use super::pattern::Pattern;
use super::types::TypeSet;
use super::{Schema, readable};
use crate::error::{Error, ErrorKind};

/// Nesting that a schema may have.
pub(crate) const MAX_SCHEMA_DEPTH: usize = 400;
/// Subschemas that validation may reach.
const MAX_NODES: usize = 2_000_000;
/// Subschemas that may apply to one value inside each other, through references and combinations.
const MAX_IN_PLACE: usize = 2_000;

/// A number for a node.
pub(crate) type NodeId = u32;

/// Every subschema that validation by a schema can reach. The first node is the root.
#[derive(Debug)]
pub(crate) struct Model {
    /// What was read.
    schema: Schema,
    pub(crate) nodes: Vec<Node>,
    /// The formats that are not asserted, each with one schema location.
    pub(crate) unasserted: Vec<(String, String)>,
    /// The types that each node admits, once somebody asks.
    types: OnceLock<Vec<TypeSet>>,
}

/// A subschema.
#[derive(Debug)]
pub(crate) struct Node {
    location: Location,
    pub(crate) draft: Draft,
    /// Whether its dialect refuses formats that it does not know.
    pub(crate) strict_formats: bool,
    /// What its keywords assert of a value by themselves.
    pub(crate) assertions: Vec<Assertion>,
    /// These keywords as they are written, but for `pattern`; nothing in the model of [`Model::of_valid`].
    pub(crate) written: Map<String, Value>,
    /// The format that is not asserted.
    pub(crate) unasserted_format: Option<Box<str>>,
    pub(crate) applicators: Vec<Applicator>,
    /// The boolean that it is, if it is one.
    pub(crate) boolean: Option<bool>,
    /// Whether more than one edge leads to it.
    pub(crate) shared: bool,
}

/// A keyword, or some that belong together, by which a subschema applies others.
#[derive(Debug)]
pub(crate) enum Applicator {
    /// `$ref`, `$dynamicRef`, `$recursiveRef`.
    Reference(NodeId),
    AllOf(Vec<NodeId>),
    AnyOf(Vec<NodeId>),
    OneOf(Vec<NodeId>),
    Not(NodeId),
    If {
        test: NodeId,
        then: Option<NodeId>,
        otherwise: Option<NodeId>,
    },
    /// `dependentSchemas`, and the schemas of `dependencies`.
    Dependent(Vec<(String, NodeId)>),
    Properties(Properties),
    PropertyNames(NodeId),
    Items {
        prefix: Vec<NodeId>,
        rest: Option<NodeId>,
        keyword: &'static str,
    },
    Contains(Contains),
    UnevaluatedItems(NodeId),
    UnevaluatedProperties(NodeId),
}

/// `properties`, `patternProperties` and `additionalProperties`.
#[derive(Debug, Default)]
pub(crate) struct Properties {
    pub(crate) named: BTreeMap<String, NodeId>,
    pub(crate) patterns: Vec<PatternProperty>,
    pub(crate) additional: Option<NodeId>,
    /// Whether there is a `properties`, perhaps without any.
    pub(crate) lists: bool,
}

/// A member of `patternProperties`.
#[derive(Debug)]
pub(crate) struct PatternProperty {
    #[cfg_attr(not(feature = "diff"), allow(dead_code, reason = "for rooms that are left out"))]
    pub(crate) source: String,
    pub(crate) pattern: Pattern,
    pub(crate) node: NodeId,
}

/// `contains`, `minContains` and `maxContains`.
#[derive(Debug)]
pub(crate) struct Contains {
    pub(crate) item: NodeId,
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    /// The keyword that too few items break.
    pub(crate) too_few: &'static str,
    /// Whether the items that match count as evaluated.
    pub(crate) evaluates: bool,
}

impl Model {
    /// Reads a schema with everything that it refers to.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`] when it is not valid, nested too deeply, refers to what is not there, leads in a
    /// circle, or when two resources have one identifier. [`ErrorKind::Unsupported`] when a pattern cannot be
    /// compiled.
    pub(crate) fn of(schema: &Schema) -> Result<Self, Error> {
        let name = schema.name();
        documents::shallow(name, schema)?;
        let root = readable(schema.as_value());
        documents::unambiguous(name, &root, schema.resources())?;
        let documents = documents::Documents::of(name, &root, schema.resources())?;
        if !schema.is_tested {
            metaschema::check(name, &root)?;
        }
        let mut model = build::build(schema, &root, &documents, true)?;
        circles::refuse(name, &model, MAX_IN_PLACE)?;
        model.mark_shared();
        model.unasserted.sort();
        Ok(model)
    }

    /// The same for a schema that is known to be valid, which is not checked.
    ///
    /// # Errors
    ///
    /// As [`Model::of`], of what is noticed all the same.
    pub(crate) fn of_valid(schema: &Schema) -> Result<Self, Error> {
        let root = readable(schema.as_value());
        let documents = documents::Documents::of(schema.name(), &root, schema.resources())?;
        build::build(schema, &root, &documents, false)
    }

    fn mark_shared(&mut self) {
        let mut edges = vec![0_u8; self.nodes.len()];
        if let Some(root) = edges.first_mut() {
            *root = 1;
        }
        for target in self.nodes.iter().flat_map(|node| &node.applicators).flat_map(Applicator::targets) {
            edges[target as usize] = edges[target as usize].saturating_add(1);
        }
        for (node, edges) in self.nodes.iter_mut().zip(edges) {
            node.shared = edges > 1;
        }
    }
}

impl Node {
    /// Where it is: its document, if that is not the schema itself, and its location there.
    pub(crate) fn location(&self) -> String {
        self.location.to_string()
    }

    /// Where it is in its document.
    pub(crate) fn pointer(&self) -> String {
        self.location.path.to_string()
    }

    /// Where it is: in the schema itself, or in another document, whose URI comes first then.
    pub(crate) fn location_pointer(&self) -> String {
        if self.location.document.is_empty() { self.pointer() } else { self.location() }
    }

    /// Whether it is in the schema itself, and not in another document.
    pub(crate) fn is_in_schema(&self) -> bool {
        self.location.document.is_empty()
    }

    /// Where it is, as a reference.
    #[cfg(feature = "generate")]
    pub(crate) fn reference(&self) -> String {
        format!("{}#{}", self.location.document, self.location.path)
    }

    /// The pattern that strings must match.
    pub(crate) fn pattern(&self) -> Option<(&str, &Pattern)> {
        self.assertions.iter().find_map(|one| match one {
            Assertion::Pattern { source, pattern } => Some((source.as_str(), pattern)),
            _ => None,
        })
    }

    /// Whether it lists the values that it allows.
    pub(crate) fn lists_values(&self) -> bool {
        self.assertions.iter().any(|one| matches!(one, Assertion::Values { .. }))
    }
}

impl Applicator {
    /// Every subschema that it applies.
    pub(crate) fn targets(&self) -> Vec<NodeId> {
        match self {
            Self::Properties(properties) => {
                let patterns = properties.patterns.iter().map(|one| one.node);
                properties.named.values().copied().chain(patterns).chain(properties.additional).collect()
            }
            Self::Items { prefix, rest, .. } => prefix.iter().copied().chain(*rest).collect(),
            Self::Contains(contains) => vec![contains.item],
            Self::PropertyNames(node) | Self::UnevaluatedItems(node) | Self::UnevaluatedProperties(node) => {
                vec![*node]
            }
            other => other.in_place(),
        }
    }

    /// The keyword, or the first of several.
    pub(crate) fn keyword(&self) -> &'static str {
        match self {
            Self::Reference(_) => "$ref",
            Self::AllOf(_) => "allOf",
            Self::AnyOf(_) => "anyOf",
            Self::OneOf(_) => "oneOf",
            Self::Not(_) => "not",
            Self::If { .. } => "if",
            Self::Dependent(_) => "dependentSchemas",
            Self::Properties(of) if of.lists => "properties",
            Self::Properties(of) if of.patterns.is_empty() => "additionalProperties",
            Self::Properties(_) => "patternProperties",
            Self::PropertyNames(_) => "propertyNames",
            Self::Items { prefix, keyword, .. } => {
                if prefix.is_empty() || *keyword == "additionalItems" {
                    "items"
                } else {
                    "prefixItems"
                }
            }
            Self::Contains(_) => "contains",
            Self::UnevaluatedItems(_) => "unevaluatedItems",
            Self::UnevaluatedProperties(_) => "unevaluatedProperties",
        }
    }

    /// What it says of members by their names.
    #[cfg(feature = "generate")]
    pub(crate) fn properties(&self) -> Option<&Properties> {
        match self {
            Self::Properties(properties) => Some(properties),
            _ => None,
        }
    }

    /// Whether it applies subschemas to what is inside the value, whatever others evaluate.
    #[cfg(feature = "generate")]
    pub(crate) fn is_own(&self) -> bool {
        matches!(self, Self::Properties(_) | Self::PropertyNames(_) | Self::Items { .. } | Self::Contains(_))
    }

    /// The types of the values that it can refuse; whatever else it admits.
    pub(crate) fn speaks_of(&self) -> TypeSet {
        match self {
            Self::Properties(_)
            | Self::PropertyNames(_)
            | Self::Dependent(_)
            | Self::UnevaluatedProperties(_) => TypeSet::OBJECT,
            Self::Items { .. } | Self::Contains(_) | Self::UnevaluatedItems(_) => TypeSet::ARRAY,
            _ => TypeSet::ALL,
        }
    }

    /// The keyword, if it can be dropped without any other and asks for less then.
    pub(crate) fn condition(&self) -> &'static str {
        match self {
            Self::Not(_) => "not",
            Self::If { .. } => "if",
            Self::Contains(_) => "contains",
            _ => "",
        }
    }

    /// Those that apply to the value itself.
    pub(crate) fn in_place(&self) -> Vec<NodeId> {
        match self {
            Self::Reference(node) | Self::Not(node) => vec![*node],
            Self::AllOf(nodes) | Self::AnyOf(nodes) | Self::OneOf(nodes) => nodes.clone(),
            Self::If { test, then, otherwise } => {
                [*test].into_iter().chain(*then).chain(*otherwise).collect()
            }
            Self::Dependent(nodes) => nodes.iter().map(|(_, node)| *node).collect(),
            _ => Vec::new(),
        }
    }
}

/// An error of a schema, at a location in it.
fn wrong(name: &str, location: &str, message: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Schema, name, format!("not a valid JSON Schema at {location}: {message}"))
}
