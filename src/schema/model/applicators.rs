//! Applicators: the subschemas that apply to a value and to its members and items.

use referencing::Draft;
use serde_json::{Map, Value};

use super::build::{Builder, Read, Task, contains};
use super::{Applicator, Assertion, NodeId, PatternProperty, Properties};
use crate::error::Error;

impl<'r> Builder<'r> {
    pub(super) fn applicators(
        &mut self,
        task: &Task<'r>,
        members: &'r Map<String, Value>,
        node: &mut Read,
    ) -> Result<(), Error> {
        self.properties(task, members, node)?;
        self.items(task, members, node)?;
        if let Some(list) = self.list(task, members, "allOf")? {
            node.applicators.push(Applicator::AllOf(list));
        }
        if let Some(list) = self.list(task, members, "anyOf")? {
            node.applicators.push(Applicator::AnyOf(list));
        }
        if let Some(list) = self.list(task, members, "oneOf")? {
            node.applicators.push(Applicator::OneOf(list));
        }
        if let Some(inner) = self.one(task, members, "not")? {
            node.applicators.push(Applicator::Not(inner));
        }
        if let Some(test) = self.one(task, members, "if")? {
            let then = self.one(task, members, "then")?;
            let otherwise = self.one(task, members, "else")?;
            node.applicators.push(Applicator::If { test, then, otherwise });
        }
        self.dependent(task, members, node)?;
        if task.has_unevaluated() {
            // They look at what all others evaluate, so they come last.
            if let Some(inner) = self.one(task, members, "unevaluatedItems")? {
                node.applicators.push(Applicator::UnevaluatedItems(inner));
            }
            if let Some(inner) = self.one(task, members, "unevaluatedProperties")? {
                node.applicators.push(Applicator::UnevaluatedProperties(inner));
            }
        }
        Ok(())
    }

    fn one(
        &mut self,
        task: &Task<'r>,
        members: &'r Map<String, Value>,
        keyword: &str,
    ) -> Result<Option<NodeId>, Error> {
        let found = members.get(keyword).filter(|_| task.knows(keyword));
        found.map(|contents| self.inner(task, &[keyword], contents)).transpose()
    }

    fn list(
        &mut self,
        task: &Task<'r>,
        members: &'r Map<String, Value>,
        keyword: &str,
    ) -> Result<Option<Vec<NodeId>>, Error> {
        let Some(value) = members.get(keyword) else { return Ok(None) };
        let Some(list) = value.as_array() else {
            return Err(self.wrong(task, keyword, "a list of schemas must be an array"));
        };
        let inner = list.iter().enumerate();
        let nodes = inner.map(|(at, contents)| self.inner(task, &[keyword, &at.to_string()], contents));
        nodes.collect::<Result<_, _>>().map(Some)
    }

    fn named(
        &self,
        task: &Task<'r>,
        members: &'r Map<String, Value>,
        keyword: &str,
    ) -> Result<Option<&'r Map<String, Value>>, Error> {
        let Some(value) = members.get(keyword) else { return Ok(None) };
        let named = value.as_object();
        named.map(Some).ok_or_else(|| self.wrong(task, keyword, "schemas by name must be an object"))
    }

    fn properties(
        &mut self,
        task: &Task<'r>,
        members: &'r Map<String, Value>,
        node: &mut Read,
    ) -> Result<(), Error> {
        let mut of = Properties { lists: members.contains_key("properties"), ..Properties::default() };
        for (name, contents) in self.named(task, members, "properties")?.into_iter().flatten() {
            of.named.insert(name.clone(), self.inner(task, &["properties", name], contents)?);
        }
        for (source, contents) in self.named(task, members, "patternProperties")?.into_iter().flatten() {
            let pattern = self.pattern(task, "patternProperties", source)?;
            let node = self.inner(task, &["patternProperties", source], contents)?;
            of.patterns.push(PatternProperty { source: source.clone(), pattern, node });
        }
        of.additional = self.one(task, members, "additionalProperties")?;
        if of.lists || !of.patterns.is_empty() || of.additional.is_some() {
            node.applicators.push(Applicator::Properties(of));
        }
        if let Some(inner) = self.one(task, members, "propertyNames")? {
            node.applicators.push(Applicator::PropertyNames(inner));
        }
        Ok(())
    }

    fn items(
        &mut self,
        task: &Task<'r>,
        members: &'r Map<String, Value>,
        node: &mut Read,
    ) -> Result<(), Error> {
        let tuples = task.draft < Draft::Draft202012;
        let listed = members.get("items").is_some_and(Value::is_array) && tuples;
        let prefix = match (tuples, listed) {
            (false, _) => self.list(task, members, "prefixItems")?,
            (true, true) => self.list(task, members, "items")?,
            (true, false) => None,
        };
        let keyword = if listed { "additionalItems" } else { "items" };
        let rest = self.one(task, members, keyword)?;
        if prefix.is_some() || rest.is_some() {
            node.applicators.push(Applicator::Items { prefix: prefix.unwrap_or_default(), rest, keyword });
        }
        if let Some(item) = self.one(task, members, "contains")? {
            node.applicators.push(Applicator::Contains(contains(task, members, item)));
        }
        Ok(())
    }

    fn dependent(
        &mut self,
        task: &Task<'r>,
        members: &'r Map<String, Value>,
        node: &mut Read,
    ) -> Result<(), Error> {
        let mut nodes = Vec::new();
        if task.knows("dependentSchemas") {
            for (name, contents) in self.named(task, members, "dependentSchemas")?.into_iter().flatten() {
                nodes.push((name.clone(), self.inner(task, &["dependentSchemas", name], contents)?));
            }
        }
        let mut lists = Map::new();
        for (name, contents) in self.named(task, members, "dependencies")?.into_iter().flatten() {
            if contents.is_array() {
                lists.insert(name.clone(), contents.clone());
            } else {
                nodes.push((name.clone(), self.inner(task, &["dependencies", name], contents)?));
            }
        }
        if !lists.is_empty() {
            node.assertions.push(Assertion::dependent("dependencies", &lists));
            self.keep(node, "dependencies", &Value::Object(lists));
        }
        if !nodes.is_empty() {
            node.applicators.push(Applicator::Dependent(nodes));
        }
        Ok(())
    }
}
