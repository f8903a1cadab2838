//! Writes references and identifiers so that other tools read them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write;

use jsonschema::{Uri, uri};
#[cfg(any(feature = "drift", feature = "generate"))]
use percent_encoding::{AsciiSet, CONTROLS, PercentEncode, utf8_percent_encode};
use referencing::Draft;
use serde_json::{Map, Value};

use super::traversal::{each_object, each_object_mut, within};

/// What a JSON Pointer may not have where it is the fragment of a reference.
#[cfg(any(feature = "drift", feature = "generate"))]
const NOT_IN_FRAGMENTS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A JSON Pointer as the fragment of a reference.
#[cfg(any(feature = "drift", feature = "generate"))]
pub(crate) fn fragment(pointer: &str) -> PercentEncode<'_> {
    utf8_percent_encode(pointer, NOT_IN_FRAGMENTS)
}

/// The schema, as who resolves references can read it:
///
/// - characters that no URI has are percent-encoded behind the `#` of references. Schemas generated from
///   types with parameters have such references: `#/definitions/List<string>`.
/// - identifiers have no fragment behind a URI. Up to draft-07 they may: `https://example.com/guide#config`
///   is the document `https://example.com/guide`, and an anchor.
pub(crate) fn readable(schema: &Value) -> Cow<'_, Value> {
    let keyword = identifier_keyword(schema);
    let named = |members: &Map<String, Value>| {
        let text = members.get(keyword?)?.as_str()?;
        split(text).map(|(base, _)| (text.to_owned(), base.to_owned()))
    };
    let (mut strange, mut anchored) = (false, HashMap::new());
    each_object(schema, |members| {
        let reference = members.get("$ref").and_then(Value::as_str);
        strange |= reference.is_some_and(|reference| encoded(reference).is_some());
        anchored.extend(named(members));
    });
    if !strange && anchored.is_empty() {
        return Cow::Borrowed(schema);
    }
    // In the document itself, its anchor alone leads to it, too.
    let own = schema.as_object().and_then(named);
    let own = own.as_ref().and_then(|(id, _)| id.split_once('#')).map(|(_, anchor)| format!("#{anchor}"));
    anchored.extend(own.map(|anchor| (anchor, "#".to_owned())));
    let mut schema = schema.clone();
    each_object_mut(&mut schema, |members| {
        if let Some(Value::String(reference)) = members.get_mut("$ref") {
            let whole = anchored.get(reference.as_str()).cloned();
            if let Some(better) = whole.or_else(|| encoded(reference)) {
                *reference = better;
            }
        }
        if let Some(Value::String(id)) = keyword.and_then(|keyword| members.get_mut(keyword))
            && let Some((base, _)) = split(id)
        {
            *id = base.to_owned();
        }
        true
    });
    Cow::Owned(schema)
}

/// The keyword for identifiers, in drafts whose identifiers may have an anchor behind them.
fn identifier_keyword(schema: &Value) -> Option<&'static str> {
    let draft = Draft::default().detect(schema);
    (draft <= Draft::Draft7).then(|| draft.id_keyword())
}

/// URI and anchor of an identifier that has both.
fn split(id: &str) -> Option<(&str, &str)> {
    id.split_once('#').filter(|(base, anchor)| !base.is_empty() && !anchor.is_empty())
}

/// The reference with an encoded fragment; `None` if it needs none.
fn encoded(reference: &str) -> Option<String> {
    let (document, fragment) = reference.split_once('#')?;
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%".contains(&byte);
    if fragment.bytes().all(fine) {
        return None;
    }
    let mut text = format!("{document}#");
    for byte in fragment.bytes() {
        if fine(byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    Some(text)
}

/// Hands over every object of a document whose members have the names of keywords, with its base URI.
pub(super) fn each_with_base<'a>(
    document: &'a Value,
    found_at: &Uri<String>,
    mut each: impl FnMut(&'a Map<String, Value>, &Uri<String>),
) {
    within(document, found_at.clone(), |base, members| {
        let base = identifier(members).and_then(|id| resolved(&base, id)).unwrap_or(base);
        each(members, &base);
        base
    });
}

/// The URI of the document that a reference leads to.
pub(super) fn resolved(base: &Uri<String>, reference: &str) -> Option<Uri<String>> {
    let document = reference.split('#').next().unwrap_or_default();
    if document.is_empty() { Some(base.clone()) } else { uri::resolve_against(&base.borrow(), document).ok() }
}

/// What a schema is called, in any draft.
pub(super) fn identifier(schema: &Map<String, Value>) -> Option<&str> {
    let id = schema.get("$id").or_else(|| schema.get("id"))?.as_str()?;
    (!id.starts_with('#')).then_some(id)
}

/// The references of a schema.
pub(super) fn references(schema: &Map<String, Value>) -> impl Iterator<Item = &str> {
    ["$ref", "$dynamicRef", "$recursiveRef"].into_iter().filter_map(|keyword| schema.get(keyword)?.as_str())
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use serde_json::json;

    use super::readable;

    #[test]
    fn only_what_no_uri_has_is_encoded() {
        let plain = json!({"$ref": "#/$defs/a%20b", "properties": {"$ref": {"type": "string"}}});
        assert!(matches!(readable(&plain), Cow::Borrowed(_)));
        let strange = json!({"anyOf": [{"$ref": "a.json#/$defs/List<[é]>"}, plain]});
        let expected = json!({"anyOf": [{"$ref": "a.json#/$defs/List%3C%5B%C3%A9%5D%3E"}, plain]});
        assert_eq!(*readable(&strange), expected);
    }

    #[test]
    fn identifiers_lose_their_anchors_where_these_are_allowed() {
        let schema = |dialect: &str, keyword: &str, id: &str, reference: &str| json!({"$schema": dialect, keyword: id, "properties": {"a": {"$ref": reference}}, "enum": [{keyword: id}]});
        for (dialect, keyword) in [
            ("http://json-schema.org/draft-07/schema#", "$id"),
            ("http://json-schema.org/draft-06/schema#", "$id"),
            ("http://json-schema.org/draft-04/schema#", "id"),
        ] {
            let anchored = "https://example.com/a#b";
            for (reference, expected) in
                [("#b", "#"), (anchored, "https://example.com/a"), ("#/definitions/b", "#/definitions/b")]
            {
                let mut read = schema(dialect, keyword, anchored, reference);
                let values = read["enum"].take();
                read["enum"] = values.clone();
                let read = readable(&read).into_owned();
                assert_eq!(read[keyword], "https://example.com/a");
                assert_eq!(read["properties"]["a"]["$ref"], expected);
                assert_eq!(read["enum"], values, "values stay as they are");
            }
            let plain = schema(dialect, keyword, "https://example.com/a#", "#b");
            assert!(matches!(readable(&plain), Cow::Borrowed(_)));
        }
        let newer =
            schema("https://json-schema.org/draft/2020-12/schema", "$id", "https://example.com/a#b", "#b");
        assert!(matches!(readable(&newer), Cow::Borrowed(_)));
    }
}
