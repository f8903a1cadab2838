//! A compiled schema as text: the program of a built-in contract is read, which is a tenth of the work of
//! compiling its schema.
//!
//! The text is JSON that only this version of the crate reads. A test compares it with what the schema
//! compiles to, and renews it. It holds no patterns, and no formats but those that this engine checks itself.

use serde::Deserialize;
use serde_json::Value;

use super::keys::Quoted;
use super::program::{
    Bounds, Check, CountCheck, Explanation, Listed, NodeId, Object, ObjectId, Program, Property, Rest, Text,
    TextCheck, Types,
};
use super::watch::Watches;
use crate::schema::keywords;

/// The rows of a program.
#[derive(Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
struct Table<'t> {
    root: NodeId,
    #[serde(borrow)]
    nodes: Vec<NodeRow<'t>>,
    #[serde(borrow)]
    objects: Vec<ObjectRow<'t>>,
    #[serde(borrow)]
    texts: Vec<Vec<TextRow<'t>>>,
    /// Minimum, maximum, exclusive minimum and exclusive maximum.
    bounds: Vec<[Option<f64>; 4]>,
    /// Keywords and their limits.
    #[serde(borrow)]
    counts: Vec<Vec<(&'t str, u64)>>,
}

type CheckRow = (Types, Text, Listed, u16, u16, NodeId, ObjectId);

/// A node and its explanation.
#[derive(Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
struct NodeRow<'t>(
    CheckRow,
    /// Its location, and that of the keyword that names the types.
    &'t str,
    Option<&'t str>,
    /// The names of the types.
    #[serde(borrow)]
    Vec<&'t str>,
    bool,
    /// The keyword that lists values, and these.
    Option<(&'t str, Vec<Value>)>,
    /// Keywords and their limits.
    Vec<(&'t str, Value)>,
);

/// An object: its properties, those that are required, where they are listed, and what other members are.
#[derive(Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
struct ObjectRow<'t>(#[serde(borrow)] Vec<(&'t str, NodeId)>, Vec<u32>, Option<&'t str>, Rest);

#[derive(Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
enum TextRow<'t> {
    Uuid,
    DateTime,
    #[serde(borrow)]
    Listed(Vec<&'t str>),
    MinLength(u64),
    MaxLength(u64),
}

/// Reads a program; `None` where the text is not of this version.
pub(super) fn read(
    text: &str,
    watches: Watches,
    elision: Option<(&'static str, &'static str)>,
) -> Option<Program> {
    serde_json::from_str::<Table<'_>>(text).ok()?.program(watches, elision)
}

fn keyword(name: &str) -> Option<&'static str> {
    keywords::find(name).map(|keyword| keyword.name)
}

impl Table<'_> {
    fn program(self, watches: Watches, elision: Option<(&'static str, &'static str)>) -> Option<Program> {
        let mut nodes = Vec::with_capacity(self.nodes.len());
        let mut explanations = Vec::with_capacity(self.nodes.len());
        for row in self.nodes {
            let (check, explanation) = row.parts()?;
            nodes.push(check);
            explanations.push(explanation);
        }
        let (mut objects, mut properties, mut names) =
            (Vec::with_capacity(self.objects.len()), Vec::new(), Vec::new());
        for ObjectRow(listed, required, listed_at, rest) in self.objects {
            let first = names.len();
            for (name, id) in listed {
                let node = *nodes.get(id as usize)?;
                properties.push(Property { quoted: Quoted::new(name), id, node });
                names.push(Box::from(name));
            }
            objects.push(Object::new(first, &names[first..], required, listed_at.map(str::to_owned), rest));
        }
        let texts = self.texts.into_iter().map(|row| row.into_iter().map(TextRow::check).collect());
        let counts = self.counts.into_iter().map(|row| {
            let check = |(name, limit)| Some(CountCheck { keyword: keyword(name)?, limit });
            row.into_iter().map(check).collect()
        });
        Some(Program {
            root: self.root,
            nodes,
            explanations,
            objects,
            properties,
            names,
            texts: texts.collect(),
            bounds: self.bounds.into_iter().map(bounds).collect(),
            counts: counts.collect::<Option<_>>()?,
            watches,
            elision,
        })
    }
}

impl NodeRow<'_> {
    fn parts(self) -> Option<(Check, Explanation)> {
        let Self(row, location, types_at, expected, nullable, list, limits) = self;
        let (types, text, listed, bounds, counts, items, object) = row;
        let explanation = Explanation {
            location: location.to_owned(),
            types_at: types_at.map(str::to_owned),
            expected: expected.into_iter().map(|name| name.parse().ok()).collect::<Option<_>>()?,
            nullable,
            list: match list {
                Some((name, values)) => Some((keyword(name)?, values)),
                None => None,
            },
            limits: limits
                .into_iter()
                .map(|(name, limit)| Some((keyword(name)?, limit)))
                .collect::<Option<_>>()?,
        };
        Some((Check { types, text, listed, bounds, counts, items, object }, explanation))
    }
}

impl TextRow<'_> {
    fn check(self) -> TextCheck {
        match self {
            Self::Uuid => TextCheck::Uuid,
            Self::DateTime => TextCheck::DateTime,
            Self::Listed(texts) => TextCheck::Listed(texts.into_iter().map(Box::from).collect()),
            Self::MinLength(limit) => TextCheck::MinLength(limit),
            Self::MaxLength(limit) => TextCheck::MaxLength(limit),
        }
    }
}

fn bounds([min, max, above, below]: [Option<f64>; 4]) -> Bounds {
    let none = Bounds::NONE;
    Bounds {
        min: min.unwrap_or(none.min),
        max: max.unwrap_or(none.max),
        above: above.unwrap_or(none.above),
        below: below.unwrap_or(none.below),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::schema::Schema;
    use crate::schema::model::Model;
    use crate::validate::stream::compile::compile;

    impl<'t> Table<'t> {
        /// The rows of a program; `None` for a check that no row can be.
        fn of(program: &'t Program) -> Option<Self> {
            let finite = |number: f64| Some(number).filter(|number| number.is_finite());
            let node = |(check, explanation): (&Check, &'t Explanation)| {
                let Check { types, text, listed, bounds, counts, items, object } = *check;
                NodeRow(
                    (types, text, listed, bounds, counts, items, object),
                    &explanation.location,
                    explanation.types_at.as_deref(),
                    explanation.expected.iter().map(|one| one.as_str()).collect(),
                    explanation.nullable,
                    explanation.list.clone(),
                    explanation.limits.clone(),
                )
            };
            let object = |object: &'t Object| {
                let range = object.first as usize..(object.first + object.length) as usize;
                let ids = program.properties[range.clone()].iter().map(|property| property.id);
                let listed = program.names[range].iter().map(|name| &**name).zip(ids).collect();
                ObjectRow(listed, object.required.clone(), object.listed_at.as_deref(), object.rest.clone())
            };
            let text = |check: &'t TextCheck| {
                Some(match check {
                    TextCheck::Uuid => TextRow::Uuid,
                    TextCheck::DateTime => TextRow::DateTime,
                    TextCheck::Listed(texts) => TextRow::Listed(texts.iter().map(|text| &**text).collect()),
                    TextCheck::MinLength(limit) => TextRow::MinLength(*limit),
                    TextCheck::MaxLength(limit) => TextRow::MaxLength(*limit),
                    TextCheck::Pattern { .. } | TextCheck::Format { .. } => return None,
                })
            };
            let texts = program.texts.iter().map(|checks| checks.iter().map(text).collect());
            let counts =
                |checks: &Vec<CountCheck>| checks.iter().map(|one| (one.keyword, one.limit)).collect();
            Some(Self {
                root: program.root,
                nodes: program.nodes.iter().zip(&program.explanations).map(node).collect(),
                objects: program.objects.iter().map(object).collect(),
                texts: texts.collect::<Option<_>>()?,
                bounds: program
                    .bounds
                    .iter()
                    .map(|one| [one.min, one.max, one.above, one.below].map(finite))
                    .collect(),
                counts: program.counts.iter().map(counts).collect(),
            })
        }

        /// The table as text, a row a line.
        fn to_text(&self) -> String {
            fn rows(rows: &[impl serde::Serialize]) -> String {
                let rows = rows.iter().map(|row| serde_json::to_string(row).unwrap());
                format!("[\n{}\n]", rows.collect::<Vec<_>>().join(",\n"))
            }
            format!(
                "{{\"root\":{},\n\"nodes\":{},\n\"objects\":{},\n\"texts\":{},\n\"bounds\":{},\n\"counts\":{}}}\n",
                self.root,
                rows(&self.nodes),
                rows(&self.objects),
                rows(&self.texts),
                rows(&self.bounds),
                rows(&self.counts)
            )
        }
    }

    /// The table that a schema compiles to; `None` where it is none, or is not read as what was compiled.
    pub(crate) fn table_of(schema: &Schema) -> Option<String> {
        let model = Model::of_valid(schema).ok()?;
        let program = compile(&model, Watches::default(), None).ok()?;
        let text = Table::of(&program)?.to_text();
        let read = read(&text, Watches::default(), None)?;
        (format!("{read:?}") == format!("{program:?}")).then_some(text)
    }

    #[test]
    fn what_is_no_table_is_not_read() {
        for text in ["", "{}", "{\"root\":1}", "[1]"] {
            assert!(read(text, Watches::default(), None).is_none());
        }
    }
}
