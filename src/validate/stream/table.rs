//! A compiled schema as text: the program of a built-in contract is read, which is a tenth of the work of
//! compiling its schema.
//!
//! The text is JSON that only this version of the crate reads: the table, an empty line, and what its nodes are
//! explained by, which is read when a finding has to be explained. A test compares it with what the schema
//! compiles to, and renews it. It holds no patterns, and no formats but those that this engine checks itself.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use super::keys::Quoted;
use super::program::{
    Bounds, Check, CountCheck, Explanation, Explanations, Listed, NodeId, Object, ObjectId, Program,
    Property, Rest, Text, TextCheck, Types,
};
use super::watch::Watches;
use crate::schema::keywords;

/// The rows of a program.
#[derive(Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
struct Table<'t> {
    root: NodeId,
    nodes: Vec<CheckRow>,
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

/// The explanation of a node.
#[derive(Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
struct ExplanationRow<'t>(
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

/// What parts the table from its explanations.
const PART: &str = "\n\n";

/// Reads a program; `None` where the text is not of this version.
pub(super) fn read(
    text: &'static str,
    watches: Watches,
    elision: Option<(&'static str, &'static str)>,
) -> Option<Program> {
    let (table, explanations) = text.split_once(PART)?;
    let table = serde_json::from_str::<Table<'_>>(table).ok()?;
    let count = table.nodes.len();
    let read = move || {
        let read = explained(explanations).unwrap_or_default();
        // Nodes of which nothing can be said are said to be at the root.
        let rest = (read.len()..count).map(|_| Explanation::anything()).collect();
        [read, rest].concat()
    };
    table.program(LazyLock::new(Box::new(read)), watches, elision)
}

fn explained(text: &str) -> Option<Vec<Explanation>> {
    let rows: Vec<ExplanationRow<'_>> = serde_json::from_str(text).ok()?;
    rows.into_iter().map(ExplanationRow::explanation).collect()
}

fn keyword(name: &str) -> Option<&'static str> {
    keywords::find(name).map(|keyword| keyword.name)
}

impl Table<'_> {
    fn program(
        self,
        explanations: Explanations,
        watches: Watches,
        elision: Option<(&'static str, &'static str)>,
    ) -> Option<Program> {
        let nodes: Vec<Check> = self.nodes.into_iter().map(check).collect();
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

fn check((types, text, listed, bounds, counts, items, object): CheckRow) -> Check {
    Check { types, text, listed, bounds, counts, items, object }
}

impl ExplanationRow<'_> {
    fn explanation(self) -> Option<Explanation> {
        let Self(location, types_at, expected, nullable, list, limits) = self;
        Some(Explanation {
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
        })
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
            let node = |check: &Check| {
                let Check { types, text, listed, bounds, counts, items, object } = *check;
                (types, text, listed, bounds, counts, items, object)
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
                nodes: program.nodes.iter().map(node).collect(),
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
        fn to_text(&self, explanations: &[ExplanationRow<'_>]) -> String {
            fn rows(rows: &[impl serde::Serialize]) -> String {
                let rows = rows.iter().map(|row| serde_json::to_string(row).unwrap());
                format!("[\n{}\n]", rows.collect::<Vec<_>>().join(",\n"))
            }
            format!(
                "{{\"root\":{},\n\"nodes\":{},\n\"objects\":{},\n\"texts\":{},\n\"bounds\":{},\n\"counts\":{}}}{PART}{}\n",
                self.root,
                rows(&self.nodes),
                rows(&self.objects),
                rows(&self.texts),
                rows(&self.bounds),
                rows(&self.counts),
                rows(explanations)
            )
        }
    }

    impl<'t> ExplanationRow<'t> {
        fn of(explanation: &'t Explanation) -> Self {
            Self(
                &explanation.location,
                explanation.types_at.as_deref(),
                explanation.expected.iter().map(|one| one.as_str()).collect(),
                explanation.nullable,
                explanation.list.clone(),
                explanation.limits.clone(),
            )
        }
    }

    /// The table that a schema compiles to; `None` where it is none, or is not read as what was compiled.
    pub(crate) fn table_of(schema: &Schema) -> Option<String> {
        let model = Model::of_valid(schema).ok()?;
        let program = compile(&model, Watches::default(), None).ok()?;
        let explanations: Vec<_> = program.explanations.iter().map(ExplanationRow::of).collect();
        let text = Table::of(&program)?.to_text(&explanations);
        let read = read(text.clone().leak(), Watches::default(), None)?;
        LazyLock::force(&read.explanations);
        (format!("{read:?}") == format!("{program:?}")).then_some(text)
    }

    #[test]
    fn what_is_no_table_is_not_read() {
        for text in ["", "{}", "{\"root\":1}", "[1]", "{}\n\n[]"] {
            assert!(read(text, Watches::default(), None).is_none());
        }
    }
}
