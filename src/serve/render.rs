//! Renders pages.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hyper::StatusCode;
use serde_json::Value;

use super::checks;
use super::dataset::{Dataset, MAX_WITHOUT_PAGES, Unselected};
use super::drift::Violations;
use super::failure::Failure;
use super::page::{Page, Pages};
use super::preferences::Preferences;
use super::request::{PageRequest, Parameters};
use super::template::PageFacts;
use crate::contract::Envelope;
use crate::finding::Rule;
use crate::generate::BrokenPayload;
use crate::untrusted::to_compact_json;

/// Pages of one data set.
#[derive(Debug)]
pub(super) struct Renderer {
    data: Dataset,
    envelope: &'static Envelope,
    seed: u64,
    pages: Pages,
    violations: Mutex<HashMap<String, Arc<Violations>>>,
}

impl From<Unselected> for Failure {
    fn from(unselected: Unselected) -> Self {
        match unselected {
            Unselected::Wrong(what) => Self::wrong(what),
            Unselected::Large(what) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, what),
            Unselected::Unreadable(what) => unreadable(&what),
        }
    }
}

fn unreadable(what: &str) -> Failure {
    Failure::new(StatusCode::INTERNAL_SERVER_ERROR, format!("the data set cannot be read: {what}"))
}

impl Renderer {
    /// Pages in this envelope, unless a request prefers another one.
    pub(super) fn new(data: Dataset, envelope: &'static Envelope, seed: u64) -> Self {
        Self { data, envelope, seed, pages: Pages::default(), violations: Mutex::default() }
    }

    /// The page, if it is cached.
    pub(super) fn cached(&self, path: &str, query: &str, preferences: &Preferences) -> Option<Arc<Page>> {
        self.pages.get(&self.name(path, query, preferences)?)
    }

    /// The name of a page that can be cached.
    fn name<'q>(&self, path: &str, query: &'q str, preferences: &Preferences) -> Option<Cow<'q, str>> {
        let Preferences { violation, preset, drift, envelope, .. } = preferences;
        if violation.is_some() || drift.is_some() {
            return None;
        }
        if preset.is_none() && envelope.is_none() && !self.envelope.items.is_empty() {
            return Some(query.into());
        }
        let path = if self.envelope.items.is_empty() { path } else { "" };
        let [preset, envelope] = [preset, envelope].map(|name| name.as_deref().unwrap_or_default());
        Some([preset, envelope, path, query].join("\0").into())
    }

    /// Renders a page, which may take a while.
    pub(super) fn page(
        &self,
        path: &str,
        query: &str,
        preferences: &Preferences,
    ) -> Result<Arc<Page>, Failure> {
        let envelope = self.envelope_of(preferences)?;
        let styled = preferences.preset.as_ref().map(|names| self.data.with_presets(names));
        let data = styled.transpose().map_err(Failure::wrong)?;
        let data = data.as_ref().unwrap_or(&self.data);
        let mut text = if envelope.items.is_empty() {
            single(data, path)?
        } else {
            list(data, envelope, &Parameters::of(query))?
        };
        if let Some(drift) = &preferences.drift {
            let mut payload = parsed(&text)?;
            if !drift.apply(&mut payload, &envelope.items) {
                return Err(Failure::wrong("no item on this page has the property of `drift`"));
            }
            text = to_compact_json(&payload);
        }
        let mut label = None;
        if let Some(rule) = preferences.violation {
            (text, label) = self.violated(rule, envelope, &text)?;
        }
        let page = Arc::new(Page::new(text, label));
        if let Some(name) = self.name(path, query, preferences) {
            self.pages.keep(&name, &page);
        }
        Ok(page)
    }

    fn envelope_of(&self, preferences: &Preferences) -> Result<&'static Envelope, Failure> {
        let Some(name) = &preferences.envelope else { return Ok(self.envelope) };
        checks::named(&self.data, name).map_err(Failure::wrong)
    }

    /// The payload with one violation of a rule, and its label.
    fn violated(
        &self,
        rule: &Rule,
        envelope: &Envelope,
        text: &str,
    ) -> Result<(String, Option<String>), Failure> {
        let mut all = self.violations.lock().unwrap_or_else(PoisonError::into_inner);
        let violations = if let Some(known) = all.get(&envelope.name) {
            Arc::clone(known)
        } else {
            let made = Violations::of(self.data.contract(), &envelope.name);
            let made = Arc::new(made.map_err(|error| Failure::wrong(error.to_string()))?);
            all.insert(envelope.name.clone(), Arc::clone(&made));
            made
        };
        drop(all);
        let seed = text.bytes().fold(self.seed, |hash, byte| hash.rotate_left(5) ^ u64::from(byte));
        let violation = violations.violate(rule, &parsed(text)?, seed).ok_or_else(|| {
            Failure::wrong(format!("no single payload violates `{}` and nothing else", rule.id))
        })?;
        let label = format!("{} {}", rule.id, violation.pointer).trim_end().to_owned();
        let text = match violation.payload {
            BrokenPayload::Json(value) => to_compact_json(&value),
            BrokenPayload::Text(text) => text,
        };
        Ok((text, Some(label)))
    }
}

fn parsed(text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).map_err(|error| unreadable(&error.to_string()))
}

/// A page of items.
fn list(data: &Dataset, envelope: &Envelope, parameters: &Parameters) -> Result<String, Failure> {
    let template = data.template(envelope).map_err(|what| unreadable(&what))?;
    let request = match data.contract().paging() {
        Some(paging) => PageRequest::of(paging, envelope, parameters).and_then(PageRequest::started),
        None => Ok(PageRequest { size: MAX_WITHOUT_PAGES, ..PageRequest::default() }),
    };
    let request = request.map_err(Failure::wrong)?;
    let selected = data.select(&request.query, &request.sort)?;
    let end = request.start.saturating_add(request.size).min(selected.len());
    let items =
        (request.start.min(end)..end).filter_map(|at| selected.item(at)).map(|index| data.item(index));
    let items: Vec<String> =
        items.collect::<Result<_, _>>().map_err(|error| unreadable(&error.to_string()))?;
    let more = end < selected.len();
    let facts = PageFacts {
        number: request.start / request.size.max(1) + 1,
        size: request.size,
        total: selected.len(),
        more,
        cursor: (more && template.has_cursor()).then(|| request.cursor_at(end)),
    };
    Ok(template.render(&facts, &items))
}

/// The payload of a path, of an endpoint that has no list.
fn single(data: &Dataset, path: &str) -> Result<String, Failure> {
    let paths = data.paths();
    let index = if data.is_generated() {
        let hash = path.bytes().fold(0_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
        hash.checked_rem(data.total())
    } else {
        // Those without a path are for any.
        let found = paths.iter().position(|known| known == path.trim_end_matches('/') || known.is_empty());
        if paths.is_empty() { Some(0).filter(|_| data.total() > 0) } else { found.map(|at| at as u64) }
    };
    let missing = || Failure::new(StatusCode::NOT_FOUND, "the data set has no payload for this path");
    data.item(index.ok_or_else(missing)?).map_err(|error| unreadable(&error.to_string()))
}
