//! Decides what is done with each field.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::facts::Facts;
use super::names;
use super::treatment::Treatment;
use crate::error::Error;
use crate::pointer::unescape;
use crate::schema::model::{Applicator, Assertion, Model, NodeId};
use crate::schema::types::TypeSet;
use crate::validate::Secrets;

/// Steps of the location of a definition: `/$defs/Name`.
const DEFINITION_STEPS: usize = 3;

/// What is done with each field of an API.
#[derive(Debug)]
pub struct Policy {
    pub(super) models: Vec<Model>,
    /// What is known of members, by the names of their objects and their own.
    known: HashMap<String, HashMap<String, Treatment>>,
    secrets: Secrets,
    pub(super) elision: Option<(&'static str, &'static str)>,
    /// Names of members that say nothing about anybody.
    vocabulary: HashSet<String>,
    overrides: Vec<(String, Treatment)>,
    pub(super) keep_unknown_enums: bool,
}

/// A row of [`Policy::explain`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Row {
    /// The location of the field in the schema.
    pub location: String,
    /// What is done with its strings and numbers: the treatment, or what follows from its type and format.
    pub treatment: String,
}

impl Policy {
    /// The policy for an API.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`](crate::ErrorKind::Schema) when a schema is none.
    pub fn of(facts: &Facts<'_>) -> Result<Self, Error> {
        let mut policy = Self {
            models: facts.schemas.iter().map(|(_, schema)| Model::of(schema)).collect::<Result<_, _>>()?,
            known: HashMap::new(),
            secrets: facts.secrets.clone(),
            elision: facts.elision,
            vocabulary: facts.fields.names().iter().map(|name| (*name).to_owned()).collect(),
            overrides: Vec::new(),
            keep_unknown_enums: false,
        };
        let members: BTreeSet<(String, String)> = policy
            .listed()
            .into_iter()
            .map(|(at, holder, name, _)| (definition(&policy.models[at], holder), name.to_owned()))
            .collect();
        for (definition, name) in members {
            policy.vocabulary.insert(name.clone());
            if let Some(treatment) = facts.fields.treatment(&definition, &name) {
                policy.known.entry(definition).or_default().insert(name, treatment);
            }
        }
        Ok(policy)
    }

    /// The members that schemas list: each with its model, the subschema that lists it, its name and its own
    /// subschema.
    fn listed(&self) -> Vec<(usize, NodeId, &str, NodeId)> {
        let mut listed = Vec::new();
        for (at, model) in self.models.iter().enumerate() {
            for (id, node) in (0..).zip(&model.nodes) {
                let named =
                    node.applicators.iter().filter_map(Applicator::properties).flat_map(|of| &of.named);
                listed.extend(named.map(|(name, inner)| (at, id, name.as_str(), *inner)));
            }
        }
        listed
    }

    /// The same policy with other treatments for the fields that match a pattern: steps joined by `/`, `*`
    /// for any step, as the last steps of the location of a value. The last pattern that matches counts.
    /// Secrets are masked whatever a pattern says.
    ///
    /// ```
    /// use clients_contract::redact::{Facts, Policy, Treatment};
    /// use clients_contract::{Schema, validate::Secrets};
    ///
    /// let schema = Schema::from_value(serde_json::json!({"properties": {"color": {"type": "string"}}}));
    /// let secrets = Secrets::default();
    /// let facts = Facts { schemas: vec![("", &schema)], secrets: &secrets, elision: None, fields: &() };
    /// let policy = Policy::of(&facts)?.overriding([("color", Treatment::Keep)]);
    /// assert_eq!(policy.explain()[0].treatment, "keep");
    /// # Ok::<(), clients_contract::Error>(())
    /// ```
    #[must_use]
    pub fn overriding<'p>(mut self, patterns: impl IntoIterator<Item = (&'p str, Treatment)>) -> Self {
        let pattern =
            |(pattern, treatment): (&str, Treatment)| (pattern.trim_matches('/').to_owned(), treatment);
        self.overrides.extend(patterns.into_iter().map(pattern));
        self
    }

    /// The same policy, which keeps values that no `enum` lists where one is asserted. Otherwise they are
    /// replaced, by values that it does not list either.
    #[must_use]
    pub fn keeping_unknown_enums(mut self, keep: bool) -> Self {
        self.keep_unknown_enums = keep;
        self
    }

    /// Steps of the longest pattern that overrides; 0 without any.
    pub(super) fn longest_override(&self) -> usize {
        self.overrides.iter().map(|(pattern, _)| pattern.split('/').count()).max().unwrap_or(0)
    }

    /// Whether a pattern names this step.
    pub(super) fn overrides_name(&self, step: &str) -> bool {
        self.overrides.iter().any(|(pattern, _)| pattern.split('/').any(|one| one == step))
    }

    /// Whether the values of all properties of this name have the same order afterwards: dates, all of which
    /// move alike, and what is kept. Pseudonyms have another.
    ///
    /// ```
    /// use clients_contract::redact::{Facts, Policy};
    /// use clients_contract::{Schema, validate::Secrets};
    ///
    /// let schema = serde_json::json!({"properties": {"at": {"format": "date-time"}, "name": {"type": "string"}}});
    /// let (schema, secrets) = (Schema::from_value(schema), Secrets::default());
    /// let policy = Policy::of(&Facts { schemas: vec![("", &schema)], secrets: &secrets, elision: None, fields: &() })?;
    /// assert!(policy.keeps_order("at") && !policy.keeps_order("name"));
    /// # Ok::<(), clients_contract::Error>(())
    /// ```
    #[must_use]
    pub fn keeps_order(&self, name: &str) -> bool {
        let kept = [Treatment::Date, Treatment::Keep].map(|treatment| treatment.to_string());
        let mut all = self.listed().into_iter().filter(|(_, _, listed, _)| *listed == name).peekable();
        all.peek().is_some()
            && all.all(|(at, holder, name, inner)| kept.contains(&self.explained(at, holder, name, inner)))
    }

    /// What an override says of the values at a location.
    pub(super) fn overridden(&self, path: &str) -> Option<Treatment> {
        let matching = |(pattern, _): &&(String, Treatment)| {
            let mut steps = path.split('/').skip(1).collect::<Vec<_>>().into_iter().rev();
            pattern
                .split('/')
                .rev()
                .all(|wanted| steps.next().is_some_and(|step| wanted == "*" || wanted == step))
        };
        self.overrides.iter().rev().find(matching).map(|(_, treatment)| *treatment)
    }

    /// What is known of a member of objects that these subschemas describe.
    pub(super) fn member(&self, nodes: &[(usize, NodeId)], name: &str) -> Option<Treatment> {
        if self.is_secret(name) {
            return Some(Treatment::Mask);
        }
        let known = nodes.iter().find_map(|(model, id)| {
            self.known.get(&definition(&self.models[*model], *id))?.get(name).copied()
        });
        known.or_else(|| names::treatment(name))
    }

    pub(super) fn is_secret(&self, name: &str) -> bool {
        self.secrets.holds(name)
    }

    /// Whether a name is one of the API, wherever it is.
    pub(super) fn has_name(&self, name: &str) -> bool {
        self.vocabulary.contains(name)
    }

    /// What is done with each member that a schema lists, by its location in the schema.
    #[must_use]
    pub fn explain(&self) -> Vec<Row> {
        let mut rows = BTreeMap::new();
        for (at, holder, name, inner) in self.listed() {
            let location = self.models[at].node(inner).location_pointer();
            rows.entry(location).or_insert_with(|| self.explained(at, holder, name, inner));
        }
        rows.into_iter().map(|(location, treatment)| Row { location, treatment }).collect()
    }

    fn explained(&self, at: usize, holder: NodeId, name: &str, inner: NodeId) -> String {
        let treatment = self.member(&[(at, holder)], name);
        if treatment == Some(Treatment::Mask) {
            return Treatment::Mask.to_string();
        }
        if let Some(treatment) = self.overridden(&format!("/{name}")).or(treatment) {
            return treatment.to_string();
        }
        let model = &self.models[at];
        let mut types = TypeSet::NONE;
        let mut by_format = None;
        for (model, id) in
            closure(&self.models, &[(at, inner)]).into_iter().map(|(at, id)| (&self.models[at], id))
        {
            let node = model.node(id);
            if node.lists_values() {
                return Treatment::Keep.to_string();
            }
            by_format = by_format.or_else(|| node.assertions.iter().find_map(of_format));
        }
        types = types | model.types(inner);
        match by_format {
            Some(treatment) => treatment.to_string(),
            None if types.overlaps(TypeSet::STRING) => Treatment::Text.to_string(),
            None => Treatment::Keep.to_string(),
        }
    }
}

/// What a format says of the values that have it.
pub(super) fn of_format(assertion: &Assertion) -> Option<Treatment> {
    let Assertion::Format(name) = assertion else { return None };
    Some(match &**name {
        "uuid" => Treatment::Identifier,
        "date" | "date-time" => Treatment::Date,
        "email" | "idn-email" => Treatment::Email,
        "hostname" | "idn-hostname" => Treatment::Host,
        "uri" | "uri-reference" | "iri" | "iri-reference" => Treatment::Url,
        _ => return None,
    })
}

/// The name of a subschema, if it has one.
fn definition(model: &Model, id: NodeId) -> String {
    let pointer = model.node(id).pointer();
    let steps: Vec<&str> = pointer.split('/').collect();
    let is_definition = steps.len() == DEFINITION_STEPS;
    if is_definition { unescape(steps[DEFINITION_STEPS - 1]).into_owned() } else { String::new() }
}

/// These subschemas, and all that they apply to the same value, whatever that is.
pub(super) fn closure(models: &[Model], entries: &[(usize, NodeId)]) -> Vec<(usize, NodeId)> {
    let mut seen = HashSet::new();
    let mut nodes = Vec::new();
    let mut pending = entries.to_vec();
    while let Some((model, id)) = pending.pop() {
        if seen.insert((model, id)) {
            nodes.push((model, id));
            let applicators = &models[model].node(id).applicators;
            pending.extend(applicators.iter().flat_map(Applicator::in_place).map(|inner| (model, inner)));
        }
    }
    nodes.sort_unstable();
    nodes
}
