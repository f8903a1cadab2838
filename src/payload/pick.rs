//! Extracts the values at given JSON Pointers from a text.
//!
//! What is in between is skipped, not kept: a body of hundreds of megabytes costs no more memory than it has.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::pointer::unescape;

/// The values at these pointers, which lead through objects only; of duplicate keys the last.
///
/// # Errors
///
/// When the text is not JSON.
pub(crate) fn pick<'t>(text: &'t str, pointers: &[&str]) -> serde_json::Result<Vec<Option<&'t RawValue>>> {
    let whole: &RawValue = serde_json::from_str(text)?;
    let all = pointers.len();
    let mut found = vec![Some(whole); all];
    // All pointers go down together, so that what they have in common is read once a level.
    let mut rests: Vec<_> = pointers.iter().map(|pointer| pointer.split('/').skip(1)).collect();
    loop {
        let keys: Vec<Option<Cow<'_, str>>> =
            rests.iter_mut().map(|rest| rest.next().map(unescape)).collect();
        if keys.iter().all(Option::is_none) {
            return Ok(found);
        }
        let mut next = found.clone();
        for at in 0..all {
            let (Some(object), Some(_)) = (found[at], &keys[at]) else { continue };
            let same =
                |other: &usize| found[*other].is_some_and(|other| std::ptr::eq(other.get(), object.get()));
            let together: Vec<usize> = (0..all).filter(same).filter(|other| keys[*other].is_some()).collect();
            if together[0] < at {
                continue;
            }
            let names: Vec<&str> = together.iter().filter_map(|other| keys[*other].as_deref()).collect();
            for (other, value) in together.iter().zip(members(object, &names)?) {
                next[*other] = value;
            }
        }
        found = next;
    }
}

/// The members of these names, if the value is an object.
///
/// # Errors
///
/// None for the text of a [`RawValue`].
pub(crate) fn members<'t>(
    value: &'t RawValue,
    names: &[&str],
) -> serde_json::Result<Vec<Option<&'t RawValue>>> {
    if !value.get().starts_with('{') {
        return Ok(vec![None; names.len()]);
    }
    serde_json::Deserializer::from_str(value.get()).deserialize_map(Members(names))
}

/// Gives each item to `take`; false where the value is no array.
///
/// # Errors
///
/// None for the text of a [`RawValue`].
pub(crate) fn items<'t>(value: &'t RawValue, take: impl FnMut(&'t RawValue)) -> serde_json::Result<bool> {
    if !value.get().starts_with('[') {
        return Ok(false);
    }
    serde_json::Deserializer::from_str(value.get()).deserialize_seq(Items(take))?;
    Ok(true)
}

struct Members<'n>(&'n [&'n str]);

impl<'t> Visitor<'t> for Members<'_> {
    type Value = Vec<Option<&'t RawValue>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut found = vec![None; self.0.len()];
        while let Some(at) = members.next_key_seed(Known(self.0))? {
            match at {
                Some(at) => {
                    let value: &RawValue = members.next_value()?;
                    // One name may be requested several times.
                    for (name, found) in self.0.iter().zip(&mut found) {
                        if *name == self.0[at] {
                            *found = Some(value);
                        }
                    }
                }
                None => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }
}

/// Which of the names a key is.
struct Known<'n>(&'n [&'n str]);

impl<'t> DeserializeSeed<'t> for Known<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Known<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|name| *name == key))
    }
}

struct Items<F>(F);

impl<'t, F: FnMut(&'t RawValue)> Visitor<'t> for Items<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'t>>(mut self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<&RawValue>()? {
            (self.0)(item);
        }
        Ok(())
    }
}

/// The text of a string.
pub(crate) fn string(value: &RawValue) -> Option<Cow<'_, str>> {
    serde_json::from_str::<Cow<'_, str>>(value.get()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_at_their_pointers() {
        let found = |text: &str| -> Option<[Option<String>; 3]> {
            let found = pick(text, &["/a/b/c", "/a/b/d", "/a/e"]).ok()?;
            let found = found.into_iter().map(|value| value.map(|value| value.get().to_owned()));
            found.collect::<Vec<_>>().try_into().ok()
        };
        let some = |text: &str| Some(text.to_owned());
        let text = r#" {"x": {"a": 1}, "a": {"b": {"c": [1, 2], "\u0064": "y"}, "e": {"b": 2}}} "#;
        assert_eq!(found(text), Some([some("[1, 2]"), some("\"y\""), some("{\"b\": 2}")]));
        // The last of duplicate keys counts, whatever it holds.
        let text =
            r#"{"a": {"b": {"c": 1, "d": 2}, "e": 3}, "a": {"b": {"c": 4, "c": null}, "b": {"d": 5}}}"#;
        assert_eq!(found(text), Some([None, some("5"), None]));
        for text in ["null", "[]", "{}", "{\"a\": [{\"b\": {}}]}", "\"a\""] {
            assert_eq!(found(text), Some([None, None, None]), "{text}");
        }
        for text in ["", "{\"a\": 1", "{\"a\": {\"b\": }}", "{} {}", "<html>"] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
