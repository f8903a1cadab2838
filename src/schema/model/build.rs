//! Builds the model: which keywords of a subschema apply, and which nodes they lead to.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::OnceLock;

use referencing::{Draft, Resolver, Vocabulary, VocabularySet};
use serde_json::{Map, Value};

use super::super::Schema;
use super::super::format;
use super::super::keywords::{self, Holds};
use super::super::pattern::{Pattern, PatternError};
use super::assertion::whole;
use super::documents::{Documents, leads_nowhere};
use super::path::{Location, Path};
use super::scopes::{Scope, Scopes};
use super::{Applicator, Assertion, Contains, MAX_NODES, Model, Node, NodeId, wrong};
use crate::error::{Error, ErrorKind};

/// A subschema whose keywords have not been read.
#[derive(Clone)]
pub(super) struct Task<'r> {
    pub(super) location: Location,
    pub(super) contents: &'r Value,
    pub(super) resolver: Resolver<'r>,
    pub(super) scope: Scope,
    pub(super) draft: Draft,
    pub(super) vocabularies: Rc<VocabularySet>,
}

/// Reads the subschemas that can be reached, one after the other.
pub(super) struct Builder<'r> {
    pub(super) name: &'r str,
    pub(super) documents: &'r Documents<'r>,
    /// Whether keywords are kept as they are written, too, for who compiles them again.
    keeps: bool,
    model: Model,
    /// Nodes by the address of their subschema, its dialect and the dynamic scope.
    ids: HashMap<(*const Value, Draft, Scope), NodeId>,
    scopes: Scopes<'r>,
    pending: Vec<(NodeId, Task<'r>)>,
    patterns: HashMap<String, Pattern>,
}

pub(super) fn build<'r>(
    schema: &'r Schema,
    root: &'r Value,
    documents: &'r Documents<'r>,
    keeps: bool,
) -> Result<Model, Error> {
    let name = schema.name();
    let draft = Draft::default().detect(root);
    let resolver = documents.registry.resolver(documents.base.clone());
    let mut scopes = Scopes::new(documents);
    let task = Task {
        location: Location { document: "".into(), path: Path::default() },
        contents: root,
        scope: scopes.first(&resolver),
        resolver,
        draft,
        vocabularies: Rc::new(documents.registry.find_vocabularies(draft, root)),
    };
    let mut builder = Builder {
        name,
        documents,
        keeps,
        model: Model {
            schema: schema.clone(),
            nodes: Vec::new(),
            unasserted: Vec::new(),
            types: OnceLock::new(),
        },
        ids: HashMap::new(),
        scopes,
        pending: Vec::new(),
        patterns: HashMap::new(),
    };
    builder.node(task)?;
    while let Some((id, task)) = builder.pending.pop() {
        builder.fill(id, &task)?;
    }
    Ok(builder.model)
}

impl<'r> Builder<'r> {
    /// The node of a subschema; its keywords are read later.
    pub(super) fn node(&mut self, task: Task<'r>) -> Result<NodeId, Error> {
        let key = (std::ptr::from_ref(task.contents), task.draft, task.scope);
        if let Some(known) = self.ids.get(&key) {
            return Ok(*known);
        }
        let id = self.model.nodes.len();
        if id >= MAX_NODES {
            let message = format!("more than {MAX_NODES} subschemas, counted in each dynamic scope");
            return Err(Error::new(ErrorKind::Unsupported, self.name, message));
        }
        if let Some(uri) = task.vocabularies.custom().next() {
            return Err(self.wrong(
                &task,
                "",
                format!("unknown vocabulary `{uri}` required by the metaschema"),
            ));
        }
        let has = |one: Vocabulary| task.vocabularies.contains(&one);
        self.model.nodes.push(Node {
            location: task.location.clone(),
            draft: task.draft,
            strict_formats: has(Vocabulary::FormatAssertion) || has(Vocabulary::Format),
            assertions: Vec::new(),
            written: Map::new(),
            unasserted_format: None,
            applicators: Vec::new(),
            boolean: None,
            shared: false,
        });
        let id = NodeId::try_from(id).unwrap_or(NodeId::MAX);
        self.ids.insert(key, id);
        self.pending.push((id, task));
        Ok(id)
    }

    /// The node of a schema inside a subschema.
    pub(super) fn inner(
        &mut self,
        task: &Task<'r>,
        steps: &[&str],
        contents: &'r Value,
    ) -> Result<NodeId, Error> {
        let location = task.location.below(steps);
        let draft = task.draft.detect(contents);
        let resource = draft.create_resource_ref(contents);
        let resolver =
            task.resolver.in_subresource(resource).map_err(|error| leads_nowhere(self.name, None, &error))?;
        let scope = match resource.id() {
            Some(_) => self.scopes.with_base(task.scope, &resolver),
            None => task.scope,
        };
        let vocabularies = if draft == task.draft {
            Rc::clone(&task.vocabularies)
        } else {
            Rc::new(resolver.find_vocabularies(draft, contents))
        };
        self.node(Task { location, contents, resolver, scope, draft, vocabularies })
    }

    /// The node that a reference leads to.
    fn reference(&mut self, task: &Task<'r>, keyword: &str, target: &Value) -> Result<NodeId, Error> {
        let Some(text) = target.as_str() else {
            return Err(self.wrong(task, keyword, "a reference must be a string"));
        };
        let found = if keyword == "$recursiveRef" {
            task.resolver.lookup_recursive_ref()
        } else {
            task.resolver.lookup(text)
        };
        let (contents, resolver, draft) = found
            .map_err(|error| self.documents.leads_nowhere(self.name, &Self::below(task, keyword), &error))?
            .into_inner();
        let vocabularies = Rc::new(resolver.find_vocabularies(draft, contents));
        let location = self.location(task, text, contents, &resolver);
        let scope = self.scopes.behind(task.scope, &task.resolver, &resolver);
        self.node(Task { location, contents, resolver, scope, draft, vocabularies })
    }

    fn location(&self, task: &Task<'r>, text: &str, contents: &Value, resolver: &Resolver<'r>) -> Location {
        let known = |contents: &Value| self.documents.locations.get(&std::ptr::from_ref(contents)).cloned();
        if let Some(location) = known(contents) {
            return location;
        }
        let (document, fragment) = text.split_once('#').unwrap_or((text, ""));
        let named = task.resolver.lookup(&format!("{document}#")).ok();
        let location = named.and_then(|named| known(named.contents())).unwrap_or_else(|| Location {
            document: resolver.base_uri().as_str().into(),
            path: Path::default(),
        });
        let fragment = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
        Location { path: location.path.join(fragment.into_owned()), ..location }
    }

    fn fill(&mut self, id: NodeId, task: &Task<'r>) -> Result<(), Error> {
        match task.contents {
            Value::Bool(boolean) => self.model.nodes[id as usize].boolean = Some(*boolean),
            Value::Object(members) => {
                let mut node = Read::default();
                let alone = members.get("$ref").filter(|_| task.draft <= Draft::Draft7);
                if let Some(target) = alone {
                    node.applicators.push(Applicator::Reference(self.reference(task, "$ref", target)?));
                } else {
                    self.keywords(task, members, &mut node)?;
                }
                let filled = &mut self.model.nodes[id as usize];
                filled.assertions = node.assertions;
                filled.written = node.written;
                filled.unasserted_format = node.unasserted_format;
                filled.applicators = node.applicators;
            }
            _ => return Err(self.wrong(task, "", "a schema must be an object or a boolean")),
        }
        Ok(())
    }

    fn keywords(
        &mut self,
        task: &Task<'r>,
        members: &'r Map<String, Value>,
        node: &mut Read,
    ) -> Result<(), Error> {
        let mut applies = false;
        for (keyword, value) in members {
            let keyword = keyword.as_str();
            applies |= keywords::find(keyword).is_some_and(|keyword| {
                keyword.vocabulary != Vocabulary::Core && keyword.holds != Holds::Nothing
            });
            match keyword {
                "$ref" => node.applicators.push(Applicator::Reference(self.reference(task, keyword, value)?)),
                "$dynamicRef" | "$recursiveRef" if task.knows(keyword) => {
                    node.applicators.push(Applicator::Reference(self.reference(task, keyword, value)?));
                }
                "format" => self.format(task, value, node)?,
                "pattern" if task.has(&Vocabulary::Validation) => {
                    let Some(text) = value.as_str() else {
                        return Err(self.wrong(task, keyword, "a pattern must be a string"));
                    };
                    let pattern = self.pattern(task, keyword, text)?;
                    node.assertions.push(Assertion::Pattern { source: text.to_owned(), pattern });
                }
                _ if task.asserts(keyword) => {
                    node.assertions.extend(Assertion::read(keyword, members, task.draft));
                    self.keep(node, keyword, value);
                }
                _ => {}
            }
        }
        if applies && task.has(&Vocabulary::Applicator) {
            self.applicators(task, members, node)?;
        }
        Ok(())
    }

    /// Keeps a keyword as it is written.
    pub(super) fn keep(&self, node: &mut Read, keyword: &str, value: &Value) {
        if self.keeps {
            node.written.insert(keyword.to_owned(), value.clone());
        }
    }

    fn format(&mut self, task: &Task<'r>, value: &Value, node: &mut Read) -> Result<(), Error> {
        let Some(name) = value.as_str() else {
            return Err(self.wrong(task, "format", "a format must be a string"));
        };
        let has = |one: Vocabulary| task.vocabularies.contains(&one);
        let strict = has(Vocabulary::FormatAssertion) || has(Vocabulary::Format);
        if strict || format::is_asserted(task.draft, name) {
            node.assertions.push(Assertion::Format(name.to_owned()));
            self.keep(node, "format", value);
            return Ok(());
        }
        node.unasserted_format = Some(name.into());
        if !self.model.unasserted.iter().any(|(known, _)| known == name) {
            let location = format!("{}/format", task.location.path);
            self.model.unasserted.push((name.to_owned(), location));
        }
        Ok(())
    }

    pub(super) fn pattern(&mut self, task: &Task<'r>, keyword: &str, text: &str) -> Result<Pattern, Error> {
        if let Some(known) = self.patterns.get(text) {
            return Ok(known.clone());
        }
        let pattern = Pattern::new(text).map_err(|error| match error {
            PatternError::Invalid => self.wrong(task, keyword, error),
            error => {
                let location = Self::below(task, keyword);
                Error::new(ErrorKind::Unsupported, self.name, format!("has at {location} {error}"))
            }
        })?;
        self.patterns.insert(text.to_owned(), pattern.clone());
        Ok(pattern)
    }

    fn below(task: &Task<'r>, keyword: &str) -> String {
        if keyword.is_empty() {
            task.location.to_string()
        } else {
            task.location.below(&[keyword]).to_string()
        }
    }

    pub(super) fn wrong(&self, task: &Task<'r>, keyword: &str, message: impl std::fmt::Display) -> Error {
        wrong(self.name, &Self::below(task, keyword), message)
    }
}

/// What was read of a subschema.
#[derive(Default)]
pub(super) struct Read {
    pub(super) assertions: Vec<Assertion>,
    pub(super) written: Map<String, Value>,
    unasserted_format: Option<Box<str>>,
    pub(super) applicators: Vec<Applicator>,
}

impl Task<'_> {
    /// Whether a keyword means something in the draft.
    pub(super) fn knows(&self, keyword: &str) -> bool {
        keywords::find(keyword).is_some_and(|keyword| keyword.is_in(self.draft))
    }

    pub(super) fn has(&self, vocabulary: &Vocabulary) -> bool {
        self.draft < Draft::Draft201909 || self.vocabularies.contains(vocabulary)
    }

    /// Whether the dialect has unevaluated members and items.
    pub(super) fn has_unevaluated(&self) -> bool {
        match self.draft {
            Draft::Draft4 | Draft::Draft6 | Draft::Draft7 => false,
            Draft::Draft201909 => true,
            _ => self.vocabularies.contains(&Vocabulary::Unevaluated),
        }
    }

    /// Whether a keyword asserts something of a value by itself in the dialect.
    fn asserts(&self, keyword: &str) -> bool {
        keywords::find(keyword).is_some_and(|keyword| {
            keyword.holds == Holds::Nothing && keyword.is_in(self.draft) && self.has(&keyword.vocabulary)
        })
    }
}

/// What `contains` asks for.
pub(super) fn contains(task: &Task<'_>, members: &Map<String, Value>, item: NodeId) -> Contains {
    let counts = |keyword: &str| task.knows(keyword) && task.has(&Vocabulary::Validation);
    let limit = |keyword: &str| members.get(keyword).filter(|_| counts(keyword)).and_then(whole);
    let min = limit("minContains");
    Contains {
        item,
        min: min.unwrap_or(1),
        max: limit("maxContains"),
        too_few: if min.is_some() { "minContains" } else { "contains" },
        evaluates: task.draft >= Draft::Draft202012,
    }
}
