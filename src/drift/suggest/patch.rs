//! Edits a schema, and repairs its references.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::pointer::{child, unescape};
use crate::schema::fragment;
use crate::schema::keywords::{self, NAMED, names};

/// One operation of a JSON Patch (RFC 6902). `why` is for whoever reviews it; programs that apply the patch
/// ignore members that they do not know.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Edit {
    /// `test`, `add`, `replace` or `remove`.
    pub op: &'static str,
    /// The schema location, a JSON Pointer.
    pub path: String,
    /// The value to write, or the value that must be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// What in the traffic suggests it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// The source of a schema, and the edits that made it what it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Patch {
    pub(super) schema: Value,
    pub(super) edits: Vec<Edit>,
    /// How many references lead to each location, before the edits of a round.
    targets: BTreeMap<String, usize>,
    moves: Vec<Move>,
}

/// Subschemas that have another location after so many edits.
#[derive(Clone, Debug)]
struct Move {
    edits: usize,
    /// Former location and new one.
    moved: Vec<(String, String)>,
}

/// A `$ref` that leads into the same document.
struct Reference {
    /// Its location.
    at: String,
    /// What stands before its fragment.
    document: String,
    /// The root of the schema resource that it leads into.
    base: String,
    /// The location that it leads to.
    target: String,
}

impl Patch {
    pub(super) fn new(source: &Value) -> Self {
        Self { schema: source.clone(), ..Self::default() }
    }

    /// Whether edits from that one on gave other schema locations to what was there.
    pub(super) fn has_moved(&self, from: usize) -> bool {
        self.edits[from..].iter().any(|edit| {
            let is_union =
                ends_with(&edit.path, &[names::ANY_OF]) || ends_with(&edit.path, &[names::ALL_OF, "-"]);
            is_union || edit.value.as_ref().is_some_and(|value| value.get(names::ANY_OF).is_some())
        })
    }

    /// Begins a round of edits: their locations are those of the schema as it is.
    pub(super) fn begin(&mut self) {
        self.targets.clear();
        for reference in self.references() {
            *self.targets.entry(reference.target).or_default() += 1;
        }
    }

    pub(super) fn at(&self, path: &str) -> Option<&Value> {
        self.schema.pointer(path)
    }

    /// Records an edit, after a test that what it replaces is still there, and makes it.
    pub(super) fn edit(&mut self, op: &'static str, path: &str, value: Option<Value>, why: &str) {
        if op != "add" {
            let value = self.at(path).cloned();
            self.edits.push(Edit { op: "test", path: path.to_owned(), value, why: String::new() });
        }
        let shared = self.shared(path);
        let why = match (why, shared) {
            ("", _) | (_, ..2) => why.to_owned(),
            (why, shared) => format!("{why}; changes all {shared} references to it"),
        };
        self.apply(op, path, value.clone());
        self.edits.push(Edit { op, path: path.to_owned(), value, why });
    }

    fn apply(&mut self, op: &str, path: &str, value: Option<Value>) {
        let (parent, last) = path.rsplit_once('/').unwrap_or_default();
        if path.is_empty() {
            self.schema = value.unwrap_or_default();
            return;
        }
        match (self.schema.pointer_mut(parent), value) {
            (Some(Value::Object(members)), Some(value)) => {
                drop(members.insert(unescape(last).into_owned(), value));
            }
            (Some(Value::Object(members)), None) => drop(members.remove(&*unescape(last))),
            (Some(Value::Array(items)), Some(value)) if op == "add" => items.push(value),
            (Some(Value::Array(items)), Some(value)) => {
                if let Some(item) = last.parse::<usize>().ok().and_then(|at| items.get_mut(at)) {
                    *item = value;
                }
            }
            (Some(Value::Array(items)), None) => {
                if let Some(at) = last.parse().ok().filter(|at| *at < items.len()) {
                    items.remove(at);
                }
            }
            _ => {}
        }
    }

    /// What stays of a subschema, and what asserts something of values: `nullable` belongs to its `type`.
    fn parts(node: Map<String, Value>) -> (Map<String, Value>, Map<String, Value>) {
        let goes = [names::NULLABLE, names::DISCRIMINATOR];
        node.into_iter()
            .partition(|(keyword, _)| keywords::stays(keyword) && !goes.contains(&keyword.as_str()))
    }

    /// Lets a subschema accept everything, in a dialect that has no alternatives.
    pub(super) fn open(&mut self, path: &str, why: &str) {
        let Some(Value::Object(node)) = self.at(path).cloned() else { return };
        self.edit("replace", path, Some(Self::parts(node).0.into()), why);
    }

    /// Makes the assertions of a subschema one of several alternatives. References to what moves follow it.
    pub(super) fn alternatives(&mut self, path: &str, more: &[Value], why: &str) {
        let Some(Value::Object(node)) = self.at(path).cloned() else { return };
        let (outer, inner) = Self::parts(node);
        if inner.is_empty() {
            // Whatever it refused is accepted by now.
            return;
        }
        let listed = inner.get(names::ANY_OF).and_then(Value::as_array).filter(|_| inner.len() == 1);
        if let Some(listed) = listed {
            for one in more.iter().filter(|one| !listed.contains(one)) {
                self.edit("add", &format!("{}/-", child(path, names::ANY_OF)), Some(one.clone()), why);
            }
            return;
        }
        let mut all = vec![Value::Object(inner.clone())];
        all.extend(more.iter().cloned());
        if path.is_empty() {
            // The operations name only what moves, so that definitions are not repeated in the patch.
            for keyword in inner.keys() {
                self.edit("remove", &child("", keyword), None, "");
            }
            self.edit("add", &child("", names::ANY_OF), Some(all.into()), why);
        } else {
            let mut node = outer;
            node.insert(names::ANY_OF.to_owned(), all.into());
            self.edit("replace", path, Some(node.into()), why);
        }
        let into = format!("{}/0", child(path, names::ANY_OF));
        self.follow(&inner.keys().map(|name| (child(path, name), child(&into, name))).collect::<Vec<_>>());
    }

    /// Makes `oneOf` accept what several of its branches accept.
    pub(super) fn any_of(&mut self, path: &str, why: &str) {
        let [from, any_of, all_of] =
            [names::ONE_OF, names::ANY_OF, names::ALL_OF].map(|keyword| child(path, keyword));
        let Some(branches) = self.at(&from).cloned() else { return };
        let to = if self.at(&any_of).is_none() {
            self.edit("add", &any_of, Some(branches), why);
            any_of
        } else {
            let listed = self.at(&all_of).and_then(Value::as_array).map(Vec::len);
            if listed.is_none() {
                self.edit("add", &all_of, Some(Value::Array(Vec::new())), "");
            }
            let one = serde_json::json!({(names::ANY_OF): branches});
            self.edit("add", &format!("{all_of}/-"), Some(one), why);
            child(&format!("{all_of}/{}", listed.unwrap_or_default()), names::ANY_OF)
        };
        self.edit("remove", &from, None, "");
        self.follow(&[(from, to)]);
    }

    /// Whether edits from that one on leave everything accepted that was: more is accepted where they are,
    /// and around them nothing asks that a subschema refuses something. `oneOf` does, and becomes `anyOf`.
    /// References in subschemas that are not used do not count.
    pub(super) fn keeps_what_was_accepted(&mut self, from: usize, used: &HashSet<String>) -> bool {
        let changed = self.edits.iter().enumerate().skip(from);
        let changed =
            changed.filter(|(_, edit)| edit.op != "test" && !ends_with(&edit.path, &[names::ONE_OF, "-"]));
        // A removal changes the subschema that had the keyword.
        let location = |(index, edit): (usize, &Edit)| match edit.op {
            "remove" => self.location_now(index, edit.path.rsplit_once('/').map_or("", |(around, _)| around)),
            _ => self.location_now(index, &edit.path),
        };
        let mut around: BTreeSet<String> = changed.map(location).collect();
        let mut references = self.references();
        references.retain(|one| one.at.rsplit_once('/').is_some_and(|(holder, _)| used.contains(holder)));
        let mut pending: Vec<String> = around.iter().cloned().collect();
        while let Some(path) = pending.pop() {
            for reference in references.iter().filter(|reference| below(&path, &reference.target).is_some()) {
                if around.insert(reference.at.clone()) {
                    pending.push(reference.at.clone());
                }
            }
        }
        let mut exclusive = BTreeSet::new();
        for path in &around {
            let mut outer = String::new();
            let mut holder = "";
            for token in path.split('/').skip(1) {
                let is_keyword = !NAMED.contains(&holder);
                let counts = || self.at(&child(&outer, names::MAX_CONTAINS)).is_some();
                if is_keyword
                    && (matches!(token, names::NOT | names::IF) || token == names::CONTAINS && counts())
                {
                    return false;
                }
                if is_keyword && token == names::ONE_OF {
                    exclusive.insert(outer.clone());
                }
                outer = format!("{outer}/{token}");
                // A name is no keyword.
                holder = if is_keyword { token } else { "" };
            }
        }
        for path in exclusive.iter().rev() {
            self.any_of(path, "its branches may overlap now");
        }
        true
    }

    /// The location of what that edit changed, after the edits that followed it.
    fn location_now(&self, edit: usize, path: &str) -> String {
        let later = self.moves.iter().filter(|one| one.edits > edit);
        later.fold(path.to_owned(), |path, one| {
            let now = one.moved.iter().find_map(|(from, to)| Some(format!("{to}{}", below(&path, from)?)));
            now.unwrap_or(path)
        })
    }

    /// Makes references to locations that moved, or below them, lead to where these are now.
    fn follow(&mut self, moves: &[(String, String)]) {
        self.moves.push(Move { edits: self.edits.len(), moved: moves.to_vec() });
        for reference in self.references() {
            let now = moves.iter().find_map(|(from, to)| {
                // In a resource that moved as a whole, everything has the pointer that it had.
                below(from, &reference.base)?;
                below(&reference.target, from).map(|rest| format!("{}{rest}", &to[reference.base.len()..]))
            });
            let Some(location) = now else { continue };
            let target = format!("{}#{}", reference.document, fragment(&location));
            self.edit("replace", &reference.at, Some(target.into()), "");
        }
    }

    /// Whether a reference leads to this location or below it.
    pub(super) fn is_referenced(&self, path: &str) -> bool {
        let behind = self.targets.range(path.to_owned()..).map(|(target, _)| target);
        behind.take_while(|target| target.starts_with(path)).any(|target| below(target, path).is_some())
    }

    /// How many references lead to the innermost referenced subschema around a location.
    fn shared(&self, path: &str) -> usize {
        let mut around = path;
        while !around.is_empty() {
            if let Some(count) = self.targets.get(around) {
                return *count;
            }
            around = around.rsplit_once('/').map_or("", |(around, _)| around);
        }
        0
    }

    /// The references that are JSON Pointers into this document.
    fn references(&self) -> Vec<Reference> {
        let (mut roots, mut found) = (vec![(String::new(), String::new())], Vec::new());
        let mut pending = vec![(String::new(), String::new(), &self.schema)];
        while let Some((at, mut base, value)) = pending.pop() {
            match value {
                Value::Object(members) => {
                    for keyword in [names::ID, names::DRAFT_4_ID] {
                        let id = members.get(keyword).and_then(Value::as_str);
                        if let Some(id) = id.filter(|id| !id.starts_with('#')) {
                            base.clone_from(&at);
                            roots.push((id.trim_end_matches('#').to_owned(), at.clone()));
                        }
                    }
                    if let Some(Value::String(target)) = members.get(names::REF) {
                        found.push((child(&at, names::REF), base.clone(), target));
                    }
                    let below =
                        members.iter().filter(|(keyword, _)| !keywords::VALUES.contains(&keyword.as_str()));
                    pending.extend(below.map(|(name, value)| (child(&at, name), base.clone(), value)));
                }
                Value::Array(items) => {
                    let item = |(index, item)| (format!("{at}/{index}"), base.clone(), item);
                    pending.extend(items.iter().enumerate().map(item));
                }
                _ => {}
            }
        }
        let resolved = found.into_iter().filter_map(|(at, own, target)| {
            let (document, fragment) = target.split_once('#').unwrap_or((target, ""));
            let named = roots.iter().find(|(id, _)| id == document && !document.is_empty());
            let base = match named {
                Some((_, base)) => base.clone(),
                None if document.is_empty() => own,
                None => return None,
            };
            let fragment = percent_decode_str(fragment).decode_utf8().ok()?;
            let is_pointer = fragment.is_empty() || fragment.starts_with('/');
            is_pointer.then(|| Reference {
                target: format!("{base}{fragment}"),
                document: document.to_owned(),
                at,
                base,
            })
        });
        resolved.collect()
    }
}

/// What follows `around` in a location that is it, or is below it.
fn below<'p>(path: &'p str, around: &str) -> Option<&'p str> {
    path.strip_prefix(around).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether these are the last steps of a location.
pub(super) fn ends_with(path: &str, steps: &[&str]) -> bool {
    let mut last = path.rsplit('/');
    steps.iter().rev().all(|step| last.next() == Some(step))
}
