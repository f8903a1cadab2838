//! How is a reference written that others can read?

use std::borrow::Cow;
use std::fmt::Write;

use serde_json::Value;

/// The schema, with characters that no URI has percent-encoded behind the `#` of its references. Schemas generated
/// from types with parameters have such references: `#/definitions/List<string>`.
pub(crate) fn readable(schema: &Value) -> Cow<'_, Value> {
    let mut pending = vec![schema];
    let mut strange = false;
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(members) => {
                let reference = members.get("$ref").and_then(Value::as_str);
                strange |= reference.is_some_and(|reference| encoded(reference).is_some());
                pending.extend(members.values());
            }
            Value::Array(items) => pending.extend(items),
            _ => {}
        }
    }
    if !strange {
        return Cow::Borrowed(schema);
    }
    let mut schema = schema.clone();
    let mut pending = vec![&mut schema];
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get_mut("$ref")
                    && let Some(encoded) = encoded(reference)
                {
                    *reference = encoded;
                }
                pending.extend(members.values_mut());
            }
            Value::Array(items) => pending.extend(items),
            _ => {}
        }
    }
    Cow::Owned(schema)
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
}
