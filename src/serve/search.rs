//! Searches: the items that match a query.

use regex::{Regex, RegexBuilder};
use serde_json::value::RawValue;

use super::query::{Chars, Expression, ParseQueryError};
use crate::contract::paging::Search;
use crate::payload::{items, pick, string};

/// A query of the Lucene syntax, for the items of an endpoint.
#[derive(Clone, Debug)]
pub(super) struct Query {
    root: Node,
    /// JSON Pointers to the properties that it looks at.
    pointers: Vec<String>,
}

#[derive(Clone, Debug)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    /// One of these properties matches.
    Term(Vec<usize>, Matcher),
}

#[derive(Clone, Debug)]
enum Matcher {
    /// The text in lower case is a part of the value.
    Part(String),
    /// The text in lower case is the value.
    Whole(String),
    /// A text with wildcards.
    Wildcards(Regex),
    /// Any value but null.
    Any,
}

/// Bytes of a compiled text with wildcards.
const MAX_COMPILED: usize = 1 << 20;

impl Query {
    /// Parses a query.
    pub(super) fn parse(text: &str, search: &Search) -> Result<Self, ParseQueryError> {
        let mut pointers = Vec::new();
        let root = node(Expression::parse(text)?, search, &mut pointers)?;
        Ok(Self { root, pointers })
    }

    /// Whether the item with this JSON text matches.
    pub(super) fn selects(&self, item: &str) -> bool {
        let pointers: Vec<&str> = self.pointers.iter().map(String::as_str).collect();
        pick(item, &pointers).is_ok_and(|values| self.root.holds(&values))
    }
}

fn node(from: Expression, search: &Search, pointers: &mut Vec<String>) -> Result<Node, ParseQueryError> {
    let mut all = |from: Vec<Expression>| -> Result<Vec<Node>, ParseQueryError> {
        from.into_iter().map(|one| node(one, search, pointers)).collect()
    };
    Ok(match from {
        Expression::All(from) => Node::All(all(from)?),
        Expression::Any(from) => Node::Any(all(from)?),
        Expression::Not(from) => Node::Not(Box::new(node(*from, search, pointers)?)),
        Expression::Term { property, text } => {
            let property = property.as_deref().map(|property| {
                let alias = search.aliases.iter().find(|(alias, _)| alias == property);
                alias.map_or(property, |(_, name)| name)
            });
            let is_part = property.is_none_or(|name| search.properties.iter().any(|one| one == name));
            let names: Vec<&str> = match property {
                Some(name) => vec![name],
                None => search.properties.iter().map(String::as_str).collect(),
            };
            let places = names.into_iter().map(|name| place(name, pointers)).collect();
            Node::Term(places, Matcher::of(&text, is_part)?)
        }
    })
}

/// The position of a property among the pointers.
fn place(name: &str, pointers: &mut Vec<String>) -> usize {
    let pointer = property_pointer(name);
    pointers.iter().position(|known| *known == pointer).unwrap_or_else(|| {
        pointers.push(pointer);
        pointers.len() - 1
    })
}

impl Node {
    fn holds(&self, values: &[Option<&RawValue>]) -> bool {
        match self {
            Self::All(nodes) => nodes.iter().all(|node| node.holds(values)),
            Self::Any(nodes) => nodes.iter().any(|node| node.holds(values)),
            Self::Not(node) => !node.holds(values),
            Self::Term(properties, matcher) => {
                properties.iter().any(|at| values[*at].is_some_and(|value| matcher.matches(value)))
            }
        }
    }
}

impl Matcher {
    fn of(text: &Chars, is_part: bool) -> Result<Self, ParseQueryError> {
        if text.is_any() {
            return Ok(Self::Any);
        }
        if !text.has_wildcards() {
            let text = text.plain().to_lowercase();
            return Ok(if is_part { Self::Part(text) } else { Self::Whole(text) });
        }
        let pattern = text.pattern(|part| regex::escape(&part.to_lowercase()), ".*", ".");
        let pattern = if is_part { pattern } else { format!("^(?:{pattern})$") };
        let mut builder = RegexBuilder::new(&pattern);
        let compiled = builder.dot_matches_new_line(true).size_limit(MAX_COMPILED).build();
        compiled
            .map(Self::Wildcards)
            .map_err(|_| ParseQueryError("has a word with wildcards that is too long"))
    }

    /// Whether a value, or one of the items of an array, matches.
    fn matches(&self, value: &RawValue) -> bool {
        let json = value.get();
        match json.as_bytes().first() {
            Some(b'n' | b'{') => matches!(self, Self::Any) && json != "null",
            Some(b'[') => {
                let mut found = false;
                let listed = items(value, |item| found |= self.matches(item));
                found && listed.is_ok()
            }
            Some(b'"') => self.matches_text(&string(value).unwrap_or_default().to_lowercase()),
            _ => self.matches_text(&json.to_ascii_lowercase()),
        }
    }

    fn matches_text(&self, value: &str) -> bool {
        match self {
            Self::Part(text) => value.contains(text),
            Self::Whole(text) => value == text,
            Self::Wildcards(pattern) => pattern.is_match(value),
            Self::Any => true,
        }
    }
}

/// The JSON Pointer to a property, or to one inside others: `a.b`.
pub(super) fn property_pointer(name: &str) -> String {
    name.split('.').fold(String::new(), |pointer, step| crate::pointer::child(&pointer, step))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search() -> Search {
        let mut search = Search::default();
        search.properties.push("slug".to_owned());
        search.aliases.push(("_id".to_owned(), "id".to_owned()));
        search
    }

    #[test]
    fn queries_select_matching_items() {
        let items = [
            r#"{"id": "A1", "name": "Acme Learning", "slug": "acme", "seats": 7, "tags": ["x", "y"], "a": {"b": 1}}"#,
            r#"{"id": "B2", "name": "Borealis", "slug": "north-acme", "seats": null, "tags": []}"#,
            r#"{"id": "C3", "name": "Learning Acme \"North\"", "slug": "c"}"#,
        ];
        for (text, expected) in [
            ("", &[0, 1, 2][..]),
            ("acme", &[0, 1, 2]),
            ("ACME learn", &[0, 2]),
            ("name:acme", &[0, 2]),
            ("name:acme*", &[0, 2]),
            ("\"acme learning\"", &[0]),
            ("name:\"Learning Acme\"", &[2]),
            ("name:\"\\\"north\\\"\"", &[2]),
            ("_id:A1 OR _id:b2", &[0, 1]),
            ("(_id:A1 OR _id:C3) AND slug:acme", &[0]),
            ("id:(A1 || B2)", &[0, 1]),
            ("_id:A", &[]),
            ("NOT borealis", &[0, 2]),
            ("-name:acme", &[1]),
            ("acme -slug:north", &[0, 2]),
            ("seats:7", &[0]),
            ("seats:*", &[0]),
            ("tags:Y", &[0]),
            ("a.b:1", &[0]),
            ("slug:north-acme:00", &[]),
            ("none:x", &[]),
            ("north\\-acme", &[1]),
            ("*:*", &[0, 1, 2]),
            ("*:* -acme", &[]),
            ("*", &[0, 1, 2]),
            ("\\-acme", &[1]),
            ("name:\\-acme", &[]),
            ("slug:\\-acme", &[1]),
            ("bor*lis", &[1]),
            ("b?realis", &[1]),
            ("b?ealis", &[]),
            ("name:l*north", &[2]),
            ("slug:*-a*", &[1]),
            ("id:?1", &[0]),
            ("id:*", &[0, 1, 2]),
            ("id:\\*", &[]),
            ("\"bor*lis\"", &[]),
            ("acme \\OR", &[1, 2]),
            ("NOT (acme AND learn*g)", &[1]),
            ("+acme -learning", &[1]),
            ("!learning", &[1]),
            ("- learning", &[1]),
            ("tags:?", &[0]),
            ("seats:?", &[0]),
            ("north-acme", &[1]),
        ] {
            let query = Query::parse(text, &search()).unwrap();
            let found: Vec<usize> = (0..items.len()).filter(|at| query.selects(items[*at])).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
