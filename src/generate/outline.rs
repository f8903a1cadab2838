//! The outline of a schema: its objects and their members.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::schema::keywords::names;

/// The locations of a schema, references followed. What `anyOf` and its kin say about objects and arrays is
/// joined.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outline {
    areas: Vec<Area>,
}

/// One location.
#[derive(Clone, Debug, Default)]
pub(crate) struct Area {
    /// The schema location, as a JSON Pointer.
    pub(crate) location: String,
    /// The name in `$defs` of what stands there.
    pub(crate) definition: Option<String>,
    pub(crate) members: BTreeMap<String, usize>,
    pub(crate) items: Option<usize>,
}

impl Outline {
    /// The outline of a schema; its root is area 0.
    pub(crate) fn of(schema: &Value) -> Self {
        let mut outline = Self::default();
        outline.area(schema, "", &mut HashMap::new());
        outline
    }

    pub(crate) fn areas(&self) -> &[Area] {
        &self.areas
    }

    /// A location where an object of that definition stands.
    pub(crate) fn definition(&self, name: &str) -> Option<usize> {
        self.areas.iter().position(|area| area.definition.as_deref() == Some(name))
    }

    fn area(&mut self, schema: &Value, location: &str, known: &mut HashMap<String, usize>) -> usize {
        if let Some(area) = known.get(location) {
            return *area;
        }
        let area = self.areas.len();
        known.insert(location.to_owned(), area);
        self.areas.push(Area { location: location.to_owned(), ..Area::default() });
        self.read(schema, location, area, known, 0);
        area
    }

    fn read(
        &mut self,
        schema: &Value,
        location: &str,
        area: usize,
        known: &mut HashMap<String, usize>,
        depth: usize,
    ) {
        const MAX_DEPTH: usize = 32;
        let Some(keywords) = schema.pointer(location).filter(|_| depth < MAX_DEPTH) else { return };
        if let Some(target) = keywords[names::REF].as_str().and_then(|target| target.strip_prefix('#')) {
            if let Some(name) = target
                .strip_prefix('/')
                .and_then(|target| target.strip_prefix(names::DEFS)?.strip_prefix('/'))
            {
                self.areas[area].definition.get_or_insert_with(|| name.to_owned());
            }
            self.read(schema, target, area, known, depth + 1);
        }
        for keyword in [names::ALL_OF, names::ANY_OF, names::ONE_OF] {
            for index in 0..keywords[keyword].as_array().map_or(0, Vec::len) {
                self.read(schema, &format!("{location}/{keyword}/{index}"), area, known, depth + 1);
            }
        }
        for name in keywords[names::PROPERTIES].as_object().into_iter().flat_map(serde_json::Map::keys) {
            let mut below = format!("{location}/{}/", names::PROPERTIES);
            crate::pointer::escape(name, &mut below);
            let member = self.area(schema, &below, known);
            self.areas[area].members.entry(name.clone()).or_insert(member);
        }
        if keywords.get(names::ITEMS).is_some() {
            let items = self.area(schema, &format!("{location}/{}", names::ITEMS), known);
            self.areas[area].items.get_or_insert(items);
        }
    }
}
