//! Dynamic scopes: the resources that decide what a dynamic reference resolves to.
//!
//! Of the resources on the way to a subschema, only some matter: for each dynamic anchor the outermost one
//! that has it, and for `$recursiveRef` the outermost of those in a row, from the innermost on, that have
//! `$recursiveAnchor`. Ways on which these are the same lead to the same nodes.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;
use std::rc::Rc;

use referencing::Resolver;
use serde_json::Value;

use super::documents::{Documents, dynamic_anchor, each_dynamic_anchor};

/// The dynamic anchor of the metaschemas, of which there is more than one.
const META: &str = "meta";

/// A dynamic scope: a number for the resources that matter, and one for the present resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Scope {
    entered: usize,
    base: usize,
}

/// The resources that matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Entered {
    /// The outermost resource with a dynamic anchor, by the anchor's name.
    anchors: BTreeMap<usize, usize>,
    /// The outermost of the innermost resources with `$recursiveAnchor`.
    recursive: Option<usize>,
}

/// What a resource has.
#[derive(Debug)]
struct Anchors {
    dynamic: Vec<usize>,
    recursive: bool,
}

/// The dynamic scopes that were met, each once.
pub(super) struct Scopes<'r> {
    documents: &'r Documents<'r>,
    /// The names of dynamic anchors that more than one resource may have.
    names: HashMap<String, usize>,
    uris: Numbers<String>,
    entered: Numbers<Rc<Entered>>,
    anchors: HashMap<usize, Rc<Anchors>>,
    next: HashMap<(usize, usize), usize>,
}

/// Numbers for values, from 0.
struct Numbers<T> {
    numbers: HashMap<T, usize>,
    values: Vec<T>,
}

impl<T: Clone + Eq + Hash> Numbers<T> {
    fn new() -> Self {
        Self { numbers: HashMap::new(), values: Vec::new() }
    }

    fn of(&mut self, value: T) -> usize {
        let next = self.values.len();
        let values = &mut self.values;
        *self.numbers.entry(value).or_insert_with_key(|value| {
            values.push(value.clone());
            next
        })
    }
}

impl<'r> Scopes<'r> {
    pub(super) fn new(documents: &'r Documents<'r>) -> Self {
        let names = if documents.dynamic { documents.repeated_anchors(META) } else { HashSet::new() };
        Self {
            documents,
            names: names.into_iter().zip(0..).collect(),
            uris: Numbers::new(),
            entered: Numbers::new(),
            anchors: HashMap::new(),
            next: HashMap::new(),
        }
    }

    /// The scope in which a schema begins.
    pub(super) fn first(&mut self, resolver: &Resolver<'r>) -> Scope {
        let entered = self.entered.of(Rc::default());
        self.with_base(Scope { entered, base: 0 }, resolver)
    }

    /// The scope inside a resource that is embedded in another one.
    pub(super) fn with_base(&mut self, scope: Scope, resolver: &Resolver<'r>) -> Scope {
        if !self.documents.dynamic {
            return scope;
        }
        Scope { base: self.uris.of(resolver.base_uri().as_str().to_owned()), ..scope }
    }

    /// The scope behind a reference, from before and after it.
    pub(super) fn behind(&mut self, scope: Scope, before: &Resolver<'r>, after: &Resolver<'r>) -> Scope {
        if !self.documents.dynamic {
            return scope;
        }
        let (before, now) = (before.dynamic_scope(), after.dynamic_scope());
        let last = now.iter().next();
        // A resource is entered again and again: that changes nothing.
        let same = match (before.iter().next(), last) {
            (Some(before), Some(last)) => std::ptr::eq(before, last),
            (before, last) => before.is_none() && last.is_none(),
        };
        let entered = match last {
            Some(uri) if !same => {
                let uri = self.uris.of(uri.as_str().to_owned());
                self.enter(scope.entered, uri)
            }
            _ => scope.entered,
        };
        self.with_base(Scope { entered, ..scope }, after)
    }

    fn enter(&mut self, entered: usize, uri: usize) -> usize {
        if let Some(known) = self.next.get(&(entered, uri)) {
            return *known;
        }
        let anchors = self.anchors(uri);
        let mut more = Entered::clone(&self.entered.values[entered]);
        for name in &anchors.dynamic {
            more.anchors.entry(*name).or_insert(uri);
        }
        more.recursive = if anchors.recursive { more.recursive.or(Some(uri)) } else { None };
        let next = self.entered.of(Rc::new(more));
        self.next.insert((entered, uri), next);
        next
    }

    fn anchors(&mut self, uri: usize) -> Rc<Anchors> {
        if let Some(known) = self.anchors.get(&uri) {
            return Rc::clone(known);
        }
        let found = Rc::new(self.read(&self.uris.values[uri]));
        self.anchors.insert(uri, Rc::clone(&found));
        found
    }

    fn read(&self, uri: &str) -> Anchors {
        let mut found = Anchors { dynamic: Vec::new(), recursive: false };
        let Ok(uri) = jsonschema::uri::from_str(uri) else { return found };
        let resolver = self.documents.registry.resolver(uri);
        let Ok(resource) = resolver.lookup("") else { return found };
        let resource = resource.contents();
        found.recursive = resource.get("$recursiveAnchor").and_then(Value::as_bool).unwrap_or(false);
        let mut names = HashSet::new();
        each_dynamic_anchor(resource, false, &mut |name| {
            names.insert(name.to_owned());
        });
        for name in names {
            let Some(number) = self.names.get(&name) else { continue };
            let anchor = resolver.lookup(&format!("#{name}"));
            if anchor.is_ok_and(|anchor| dynamic_anchor(anchor.contents()) == Some(&name)) {
                found.dynamic.push(*number);
            }
        }
        found
    }
}
