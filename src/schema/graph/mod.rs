//! Which subschemas does a schema apply, where, and to what?
//!
//! A [`Graph`] has a node for every subschema that validation can reach, in every dynamic scope in which it is reached.
//! References are resolved: an edge leads from a subschema to each one that it applies. Edges to subschemas that apply
//! to the same value ([`Applicator::in_place`]) never lead in a circle, so validation ends.

mod applicators;
mod build;
mod circles;
mod documents;
mod metaschema;
mod path;
mod scopes;

#[cfg(feature = "diff")]
pub(crate) use documents::leads_nowhere;

use path::Location;
use referencing::Draft;
use serde_json::{Map, Value};

use super::pattern::Pattern;
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
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    /// The formats that are not asserted, each with one schema location.
    pub(crate) unasserted: Vec<(String, String)>,
}

/// A subschema.
#[derive(Debug)]
pub(crate) struct Node {
    location: Location,
    pub(crate) draft: Draft,
    /// Whether its dialect refuses formats that it does not know.
    pub(crate) strict_formats: bool,
    /// The keywords that assert something of a value by themselves.
    pub(crate) assertions: Map<String, Value>,
    pub(crate) pattern: Option<(String, Pattern)>,
    pub(crate) applicators: Vec<Applicator>,
    /// The boolean that it is, if it is one.
    pub(crate) boolean: Option<bool>,
    /// Whether it lists the values that it allows.
    pub(crate) lists_values: bool,
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
    Members(Members),
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
pub(crate) struct Members {
    pub(crate) listed: std::collections::BTreeMap<String, NodeId>,
    pub(crate) patterns: Vec<(Pattern, NodeId)>,
    pub(crate) additional: Option<NodeId>,
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

impl Graph {
    /// Reads a schema with everything that it refers to.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`] when it is not valid, nested too deeply, refers to what is not there, leads in a circle, or
    /// when two resources have one identifier. [`ErrorKind::Unsupported`] when a pattern cannot be compiled.
    pub(crate) fn of(schema: &Schema) -> Result<Self, Error> {
        let name = schema.name();
        documents::shallow(name, schema)?;
        let root = readable(schema.as_value());
        documents::unambiguous(name, &root, schema.resources())?;
        let documents = documents::Documents::of(name, &root, schema.resources())?;
        metaschema::check(name, &root)?;
        let mut graph = build::build(name, &root, &documents)?;
        circles::refuse(name, &graph, MAX_IN_PLACE)?;
        graph.mark_shared();
        graph.unasserted.sort();
        Ok(graph)
    }

    /// Refuses what no command can work with: a schema that is nested too deeply, leads in a circle, or has two resources
    /// of one identifier. Whatever else is wrong with it is for others to find. Errors call the schema `name`.
    ///
    /// # Errors
    ///
    /// As [`Graph::of`], of those kinds.
    #[cfg(feature = "generate")]
    pub(crate) fn check(name: &str, schema: &Schema) -> Result<(), Error> {
        documents::shallow(name, schema)?;
        let root = readable(schema.as_value());
        documents::unambiguous(name, &root, schema.resources())?;
        let Ok(documents) = documents::Documents::of(name, &root, schema.resources()) else {
            return Ok(());
        };
        match build::build(name, &root, &documents) {
            Ok(graph) => circles::refuse(name, &graph, usize::MAX),
            Err(_) => Ok(()),
        }
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
}

impl Applicator {
    /// Every subschema that it applies.
    fn targets(&self) -> Vec<NodeId> {
        match self {
            Self::Members(members) => {
                let patterns = members.patterns.iter().map(|(_, node)| *node);
                members.listed.values().copied().chain(patterns).chain(members.additional).collect()
            }
            Self::Items { prefix, rest, .. } => prefix.iter().copied().chain(*rest).collect(),
            Self::Contains(contains) => vec![contains.item],
            Self::PropertyNames(node) | Self::UnevaluatedItems(node) | Self::UnevaluatedProperties(node) => {
                vec![*node]
            }
            other => other.in_place(),
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
    Error::new(ErrorKind::Schema, name, format!("is not a valid JSON Schema at {location}: {message}"))
}
