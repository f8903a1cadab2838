//! Which keywords can the table hold?

use crate::schema::{AssertedMembers, Assertions, keywords};

/// The keywords that the table can hold, beside `$ref` and `anyOf`, which stand alone, and what they are about.
const HELD: &[(&str, About)] = &[
    ("additionalProperties", About::Members),
    ("const", About::List),
    ("enum", About::List),
    ("exclusiveMaximum", About::Number),
    ("exclusiveMinimum", About::Number),
    ("format", About::Text),
    ("items", About::Items),
    ("maxItems", About::Count),
    ("maxLength", About::Text),
    ("maxProperties", About::Count),
    ("maximum", About::Number),
    ("minItems", About::Count),
    ("minLength", About::Text),
    ("minProperties", About::Count),
    ("minimum", About::Number),
    ("pattern", About::Text),
    ("properties", About::Members),
    ("required", About::Members),
    ("type", About::Type),
];

/// What a keyword is about.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(super) enum About {
    Type = 1,
    List = 2,
    Text = 4,
    Number = 8,
    Count = 16,
    Items = 32,
    Members = 64,
}

pub(super) fn is_keyword(key: &str) -> bool {
    keywords::find(key).is_some()
}

/// What the keywords of a subschema are about, as a set; the keyword that the table cannot hold, if there is one.
pub(super) fn about<'s>(schema: &'s AssertedMembers<'_>, at_root: bool) -> Result<u8, &'s str> {
    let mut set = 0;
    for key in schema.keys() {
        match HELD.binary_search_by_key(&key, |(held, _)| held) {
            Ok(at) => set |= HELD[at].1 as u8,
            Err(_) if at_root && matches!(key, "$schema" | "$id") => {}
            Err(_) if is_keyword(key) => return Err(key),
            Err(_) => {}
        }
    }
    Ok(set)
}

/// A keyword that stands beside this one and asks for something, too.
pub(super) fn beside<'s>(schema: &'s Assertions<'_>, keyword: &str, at_root: bool) -> Option<&'s str> {
    let keys = schema.as_object()?.keys();
    keys.filter(|key| *key != keyword && !(at_root && matches!(*key, "$schema" | "$id")))
        .find(|key| is_keyword(key))
}

pub(super) fn only(schema: &Assertions<'_>, keyword: &str) -> bool {
    beside(schema, keyword, false).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_held_are_in_order_and_known() {
        assert!(HELD.is_sorted_by_key(|(keyword, _)| keyword));
        assert!(HELD.iter().all(|(keyword, _)| is_keyword(keyword)));
    }
}
