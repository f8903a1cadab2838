//! How is an object built?

use serde_json::{Map, Value};

use super::anything::any_object;
use crate::error::Error;
use crate::generate::knowledge::Hint;
use crate::generate::plan::{Form, NodeId, Plan, Reader};
use crate::generate::recipe::Builder;

/// How often, in a hundred, an optional member is there when nobody says, by depth: deep objects
/// are small.
const PRESENCE: &[u8] = &[85, 85, 80, 70, 45, 25, 12, 6];

/// The objects a schema admits.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    /// What the object is called in its schema; may be empty.
    pub(crate) definition: String,
    /// Sorted by name.
    pub(crate) members: Vec<Property>,
    /// What members without a name of their own are.
    additional: NodeId,
    /// Whether the schema names no member and allows any.
    free: bool,
}

/// A member an object may have.
#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) name: String,
    pub(crate) node: NodeId,
    pub(crate) required: bool,
    pub(crate) hint: Hint,
}

impl Object {
    pub(crate) fn read(reader: &mut Reader<'_, '_>) -> Result<Form, Error> {
        let properties = reader.map("properties")?;
        let mut required = Vec::new();
        for name in reader.list("required")?.unwrap_or_default() {
            let name =
                name.as_str().ok_or_else(|| reader.malformed("required", "lists what is not a name"))?;
            required.push(name);
        }
        let free = properties.is_none_or(Map::is_empty)
            && reader.get("additionalProperties").is_none_or(|rest| *rest == Value::Bool(true));
        let additional = match reader.schema("additionalProperties") {
            Some(additional) => additional,
            None => reader.anything(),
        };
        let mut names: Vec<&str> = properties
            .into_iter()
            .flat_map(Map::keys)
            .map(String::as_str)
            .chain(required.iter().copied())
            .collect();
        names.sort_unstable();
        names.dedup();
        let members = names
            .into_iter()
            .map(|name| Property {
                name: name.to_owned(),
                node: match properties {
                    Some(properties) if properties.contains_key(name) => reader.schema_of("properties", name),
                    _ => additional,
                },
                required: required.contains(&name),
                hint: Hint::default(),
            })
            .collect();
        Ok(Form::Object(Self { definition: reader.definition(), members, additional, free }))
    }

    /// The member of that name, if the schema names it.
    pub(crate) fn member(&self, name: &str) -> Option<&Property> {
        let index = self.members.binary_search_by(|member| member.name.as_str().cmp(name)).ok()?;
        self.members.get(index)
    }

    pub(crate) fn admits(&self, plan: &Plan, members: &Map<String, Value>) -> bool {
        self.members.iter().all(|member| !member.required || members.contains_key(&member.name))
            && members.iter().all(|(name, value)| {
                plan.admits(self.member(name).map_or(self.additional, |member| member.node), value)
            })
    }

    pub(crate) fn build(&self, builder: &mut Builder<'_>) -> Value {
        let mut members =
            if self.free && !builder.tight() { any_object(builder.choices, 2) } else { Map::new() };
        let usual = PRESENCE.get(builder.depth).or(PRESENCE.last()).copied().unwrap_or(0);
        builder.depth += 1;
        for member in &self.members {
            builder.choices.open(false);
            if member.required || Self::wanted(member, usual, builder) {
                let value = builder.build(member.node, &member.hint);
                members.insert(member.name.clone(), value);
            }
            builder.choices.close();
        }
        builder.depth -= 1;
        self.settle(builder, &mut members);
        Value::Object(members)
    }

    fn wanted(member: &Property, usual: u8, builder: &mut Builder<'_>) -> bool {
        builder.plan.is_finite(member.node)
            && !builder.tight()
            && builder.choices.chance(member.hint.presence.unwrap_or(usual))
    }

    /// Lets members agree with each other, as far as the schema allows.
    fn settle(&self, builder: &Builder<'_>, members: &mut Map<String, Value>) {
        for (name, value) in builder.knowledge.settle(&self.definition, members) {
            let admitted = self.member(&name).is_some_and(|member| builder.plan.admits(member.node, &value));
            if admitted && let Some(member) = members.get_mut(&name) {
                *member = value;
            }
        }
    }
}
