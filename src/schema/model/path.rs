//! Locations of subschemas that share their common prefix.

use std::fmt;
use std::sync::Arc;

use crate::pointer::escape;

/// What a schema without `$id` is called.
pub(in crate::schema) const ROOT: &str = "json-schema:///";

/// A JSON Pointer that shares its beginning with others: schemas have many subschemas, and keys may be long.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path(Option<Arc<Link>>);

#[derive(Debug)]
struct Link {
    outer: Path,
    /// The last steps, as they are written.
    steps: Box<str>,
}

impl Path {
    /// The path of what these steps lead to from here.
    pub(super) fn below(&self, steps: &[&str]) -> Self {
        let mut text = String::new();
        for step in steps {
            text.push('/');
            escape(step, &mut text);
        }
        self.join(text)
    }

    /// The path with a pointer behind it.
    pub(super) fn join(&self, pointer: String) -> Self {
        if pointer.is_empty() {
            return self.clone();
        }
        Self(Some(Arc::new(Link { outer: self.clone(), steps: pointer.into_boxed_str() })))
    }

    pub(super) fn is_root(&self) -> bool {
        self.0.is_none()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let links = std::iter::successors(self.0.as_deref(), |link| link.outer.0.as_deref());
        let steps: Vec<&str> = links.map(|link| &*link.steps).collect();
        steps.iter().rev().try_for_each(|steps| f.write_str(steps))
    }
}

/// A subschema in a document.
#[derive(Clone, Debug)]
pub(crate) struct Location {
    /// The URI of the document; empty for the schema itself.
    pub(super) document: Arc<str>,
    pub(super) path: Path,
}

impl Location {
    pub(super) fn below(&self, steps: &[&str]) -> Self {
        Self { document: Arc::clone(&self.document), path: self.path.below(steps) }
    }

    /// Whether both are one location in one document.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.document == other.document && self.path.to_string() == other.path.to_string()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&*self.document, self.path.is_root()) {
            ("", true) => f.write_str("the root"),
            ("", false) => self.path.fmt(f),
            // A file beside a schema that has no identifier is called as it is.
            (document, _) => write!(f, "{}#{}", document.strip_prefix(ROOT).unwrap_or(document), self.path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_keeps_its_own_steps_only() {
        let outer = Path::default().below(&["properties", "a/b"]);
        let inner = outer.below(&["items"]);
        assert_eq!(inner.to_string(), "/properties/a~1b/items");
        let link = inner.0.unwrap();
        assert_eq!(&*link.steps, "/items");
        assert!(Arc::ptr_eq(link.outer.0.as_ref().unwrap(), &outer.0.unwrap()));
    }
}
