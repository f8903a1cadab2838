//! What the clients of one instance share and refer to.

use std::borrow::Cow;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::generate::{JsonText, Sink};

/// What clients share.
#[derive(Debug)]
pub(super) struct Pool {
    pub(super) courses: Vec<Shared>,
    pub(super) paths: Vec<Shared>,
    pub(super) tags: Vec<Shared>,
}

/// What several clients show, and its JSON, which is written once.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) value: Value,
    text: OnceLock<String>,
}

/// What one client, or what is shared, refers to.
#[derive(Debug, Default)]
pub(super) struct World<'w> {
    pub(super) courses: Vec<&'w Value>,
    pub(super) paths: Vec<&'w Value>,
    pub(super) tags: Vec<&'w Value>,
    pub(super) licenses: Vec<&'w Value>,
    pub(super) client: Vec<&'w Value>,
}

/// What a client shows of the pool.
pub(super) struct Chosen<'w> {
    pub(super) courses: Vec<&'w Shared>,
    pub(super) paths: Vec<&'w Shared>,
    pub(super) tags: Vec<&'w Shared>,
}

/// A client with all that it refers to. In the place of what it shares is null.
pub(super) struct Linked<'w> {
    pub(super) client: Value,
    pub(super) shown: Vec<(&'static str, Vec<&'w Shared>)>,
}

impl<'w> World<'w> {
    /// What objects of an elided definition stand for.
    pub(super) fn list(&self, definition: Option<&str>) -> Option<&[&'w Value]> {
        Some(match definition? {
            "PartialCourse" => &self.courses,
            "PartialLearningPath" => &self.paths,
            "PartialTag" => &self.tags,
            "PartialLicense" => &self.licenses,
            "PartialClient" => &self.client,
            _ => return None,
        })
    }
}

impl Shared {
    pub(super) fn of(value: Value) -> Self {
        Self { value, text: OnceLock::new() }
    }

    fn text(&self) -> &str {
        self.text.get_or_init(|| {
            let mut text = String::new();
            JsonText(&mut text).value(Cow::Borrowed(&self.value));
            text
        })
    }
}

impl Linked<'_> {
    /// Appends the client as JSON on one line.
    pub(super) fn write(&self, into: &mut String) {
        let mut json = JsonText(into);
        json.open_object();
        for (name, value) in self.client.as_object().into_iter().flatten() {
            json.name(name);
            match self.shown.iter().find(|(shown, _)| shown == name) {
                None => json.value(Cow::Borrowed(value)),
                Some((_, list)) => {
                    json.open_array();
                    for shared in list {
                        json.item();
                        json.0.push_str(shared.text());
                    }
                    json.close_array();
                }
            }
        }
        json.close_object();
    }
}

/// What an elided object shows of the whole one.
pub(super) fn summary(whole: &Value) -> Value {
    let names = ["id", "name", "title", "label", "slug", "status", "parentLicenseId"];
    let shown = names.iter().filter_map(|name| Some(((*name).to_owned(), whole.get(*name)?.clone())));
    Value::Object(shown.collect::<Map<_, _>>())
}
