//! What of numbers subschemas assert, and the numbers of a schema that parsing rounds.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

use crate::schema::Schema;
use crate::schema::decimals::has_rounded;
use crate::schema::digits::Digits;
use crate::schema::model::{Assertion, Node, NodeId};

/// What of numbers a subschema asserts by itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numeric {
    pub(super) multiples: bool,
    /// Something of numbers.
    pub(super) of_numbers: bool,
    /// Something of numbers inside other values.
    pub(super) of_values: bool,
}

impl Numeric {
    pub(super) fn of(node: &Node) -> Self {
        let any = |is: fn(&Assertion) -> bool| node.assertions.iter().any(is);
        let of_values = any(|one| matches!(one, Assertion::Values { .. } | Assertion::UniqueItems));
        let multiples = any(|one| matches!(one, Assertion::MultipleOf(_)));
        let of_numbers = of_values || multiples || any(|one| matches!(one, Assertion::Bound(_)));
        Self { multiples, of_numbers, of_values }
    }
}

/// Which of the keywords that look at numbers are evaluated here for a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exactly {
    Nothing,
    Multiples,
    All,
}

impl Exactly {
    /// Whether an error of the crate does not count.
    pub(super) fn replaces(self, kind: &Kind) -> bool {
        match kind {
            Kind::MultipleOf { .. } => self != Self::Nothing,
            Kind::Minimum { .. }
            | Kind::Maximum { .. }
            | Kind::ExclusiveMinimum { .. }
            | Kind::ExclusiveMaximum { .. }
            | Kind::Enum { .. }
            | Kind::Constant { .. }
            | Kind::UniqueItems => self == Self::All,
            _ => false,
        }
    }
}

/// The numbers of a schema that parsing rounds, as far as its text is known.
#[derive(Debug, Default)]
pub(super) struct Literals {
    document: Arc<Value>,
    pub(super) digits: Digits,
    /// The subschemas that have some, by their pointers in the document.
    pointers: HashMap<NodeId, String>,
}

impl Literals {
    /// Those of the subschemas of a schema.
    pub(super) fn of(schema: &Schema, nodes: &[Node]) -> Self {
        let rounding: Vec<_> = (0..).zip(nodes).filter(|(_, node)| rounds(node)).collect();
        if rounding.is_empty() {
            return Self::default();
        }
        let Some((document, digits, within)) = schema.digits() else { return Self::default() };
        let pointer = |(id, node): (NodeId, &Node)| {
            let pointer = node.pointer();
            let pointer = pointer.strip_prefix(within).unwrap_or(&pointer).to_owned();
            let written = document.pointer(&pointer)?;
            // Some dialects write them otherwise.
            let is_same = |keyword: &str| node.written.get(keyword) == written.get(keyword);
            numeric(node).map(Assertion::keyword).all(is_same).then_some((id, pointer))
        };
        let pointers = rounding.into_iter().filter_map(pointer).collect();
        Self { document, digits, pointers }
    }

    pub(super) fn has(&self, id: NodeId) -> bool {
        self.pointers.contains_key(&id)
    }

    /// What a keyword of a subschema that has some says.
    pub(super) fn get(&self, id: NodeId, keyword: &str) -> Option<&Value> {
        self.document.pointer(self.pointers.get(&id)?)?.get(keyword)
    }
}

fn numeric(node: &Node) -> impl Iterator<Item = &Assertion> {
    let looks_at = |one: &&Assertion| {
        matches!(one, Assertion::Values { .. } | Assertion::Bound(_) | Assertion::MultipleOf(_))
    };
    node.assertions.iter().filter(looks_at)
}

/// Whether a number that parsing rounds is in the keywords of a subschema.
fn rounds(node: &Node) -> bool {
    let in_keyword = |one: &Assertion| node.written.get(one.keyword()).is_some_and(has_rounded);
    node.is_in_schema() && numeric(node).any(in_keyword)
}

/// The digits of what was not read from a text.
pub(super) fn no_digits() -> &'static Digits {
    static NONE: LazyLock<Digits> = LazyLock::new(Digits::default);
    &NONE
}
