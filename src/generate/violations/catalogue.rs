//! The catalogue of all violations of a schema.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::embed::{self, Embedded};
use super::enumerate;
use super::locations::{self, Route, Step};
use super::minimal::MinimalValues;
use super::target::{Act, BrokenPayload, Target};
use crate::error::Error;
use crate::finding::{Rule, rules};
use crate::generate::choices::Choices;
use crate::pointer::{Pointer, Token};
use crate::schema::model::{Model, NodeId};
use crate::schema::{AsSchema, Schema};

/// Targets of one schema take no more bytes than this, nor do the schema locations that are looked at for
/// them.
const MAX_SIZE: usize = 128 << 20;

/// The subschema at the root.
const ROOT: NodeId = 0;

/// A violation of what an API promises beyond its schema.
#[derive(Clone, Copy, Debug)]
pub struct CustomViolation {
    /// The violated rule.
    pub rule: &'static Rule,
    /// Where, as the names of members.
    pub pointer: &'static [&'static str],
    /// What is done, as text.
    pub what: &'static str,
    /// Applies it to a valid payload.
    pub act: fn(&mut Value),
}

/// A payload that violates its contract at one location, labelled with the rule and the location.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LabelledPayload {
    /// The violated rule.
    pub rule: &'static Rule,
    /// The location, as in a finding.
    pub pointer: Pointer,
    /// What was done, as text.
    pub what: String,
    /// The violated schema location; empty if there is none.
    pub schema_pointer: String,
    /// What is to be validated.
    pub payload: BrokenPayload,
}

/// Every violation of a schema, at each of its locations.
///
/// Locations are those of the schema: a property that can be reached in several ways, or again inside itself,
/// is listed once, where it is nearest to the root. Each target is violated in a payload that is built around
/// it.
///
/// ```
/// use clients_contract::generate::Catalogue;
/// use serde_json::json;
///
/// let schema = json!({"required": ["seats"], "type": "object", "properties": {
///     "seats": {"type": "integer", "minimum": 0}
/// }});
/// let all: Vec<_> = Catalogue::new(&schema)?.smallest().map(|labelled| labelled.payload.to_text()).collect();
/// assert!(all.contains(&"{}".to_owned()));
/// assert!(all.contains(&r#"{"seats":-1}"#.to_owned()));
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// Shared by clones, which would find out the same.
    made: Arc<Mutex<MinimalValues>>,
    minimal: Value,
    /// The minimal payload with the location of the last target: the targets of a location come in a row.
    embedded: Arc<Mutex<Option<Embedded>>>,
    targets: Vec<Target>,
    /// The schema location at which the limit was reached.
    stopped: Option<String>,
    /// Whether the smallest payload is too large to be made.
    baseless: bool,
    /// Targets of one location and one rule, as indexes.
    groups: Vec<Vec<usize>>,
}

impl Catalogue {
    /// Lists every violation of `schema`, independent of how it is written. Values around a violation are
    /// built from the common keywords only: validate payloads of an arbitrary schema before you use them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`](crate::ErrorKind::Schema) when it is not a valid schema.
    pub fn new(schema: &impl AsSchema) -> Result<Self, Error> {
        let schema =
            schema.schema().cloned().unwrap_or_else(|| Schema::from_value(schema.document().clone()));
        let mut made = MinimalValues::of(Arc::new(Model::of(&schema)?.with_sorted_branches()));
        let (mut targets, mut size) = (Vec::new(), 0_usize);
        let stopped = locations::each_location(&mut made, |made, position| {
            let before = targets.len();
            enumerate::add(made, &position, &mut targets);
            size += position.views.iter().map(|view| view.nodes.len()).sum::<usize>();
            size += targets[before..].iter().map(Target::size).sum::<usize>();
            if size > MAX_SIZE { ControlFlow::Break(position.id) } else { ControlFlow::Continue(()) }
        });
        targets.extend(spoilt());
        let stopped = stopped.map(|id| made.model.node(id).location_pointer());
        let minimal = made.value(&[ROOT]).map(|minimal| (*minimal).clone());
        let (baseless, minimal) = (minimal.is_none(), minimal.unwrap_or_default());
        let made = Arc::new(Mutex::new(made));
        let mut catalogue =
            Self { made, minimal, embedded: Arc::default(), targets, stopped, baseless, groups: Vec::new() };
        catalogue.group();
        Ok(catalogue)
    }

    /// Adds violations of what the API promises beyond its schema.
    #[must_use]
    pub fn with_custom(mut self, violations: &[CustomViolation]) -> Self {
        let step = |name: &&str| Step { token: Token::Key((*name).into()), from: ROOT, via: ROOT };
        self.targets.extend(violations.iter().map(|violation| Target {
            rule: violation.rule,
            schema_pointer: String::new(),
            what: violation.what.to_owned(),
            route: violation.pointer.iter().map(step).fold(Route::default(), |route, step| route.and(step)),
            location: ROOT,
            via: ROOT,
            act: Act::Custom(violation.act),
        }));
        self.group();
        self
    }

    /// Keeps the wanted targets.
    #[must_use]
    pub fn filter(mut self, wanted: impl FnMut(&Target) -> bool) -> Self {
        self.targets.retain(wanted);
        self.group();
        self
    }

    /// Sets the payload that the smallest violations are made from. It must be valid.
    #[must_use]
    pub fn with_base(self, minimal: Value) -> Self {
        Self { minimal, baseless: false, embedded: Arc::default(), ..self }
    }

    /// The schema location at which the size limit was reached: locations after it are not violated. `None`
    /// where everything was looked at.
    #[must_use]
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// Whether the smallest payload is too large to build: without another one ([`Self::with_base`]) there
    /// are no violations.
    #[must_use]
    pub fn has_no_base(&self) -> bool {
        self.baseless
    }

    /// The payload that the smallest violations are made from.
    #[must_use]
    pub fn base(&self) -> &Value {
        &self.minimal
    }

    fn group(&mut self) {
        let mut groups: std::collections::BTreeMap<(&str, &str), Vec<usize>> =
            std::collections::BTreeMap::new();
        for (index, target) in self.targets.iter().enumerate() {
            groups.entry((&target.schema_pointer, target.rule.id)).or_default().push(index);
        }
        self.groups = groups.into_values().collect();
    }

    /// All targets, in the order of [`Self::smallest`].
    #[must_use]
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// Every target once, each in the smallest payload with its location. Nearest to the root first; the
    /// order depends on the schema alone.
    pub fn smallest(&self) -> impl Iterator<Item = LabelledPayload> {
        self.targets.iter().filter_map(|target| self.smallest_for(target))
    }

    /// A random target; every pair of a location and a rule is equally likely.
    pub fn pick(&self, choices: &mut Choices) -> Option<&Target> {
        let group = choices.pick(&self.groups)?;
        self.targets.get(*choices.pick(group)?)
    }

    /// Violates the schema in `base`, a valid payload, at the target; missing members on the way there are
    /// added.
    pub fn violate(&self, target: &Target, base: &Value, choices: &mut Choices) -> Option<LabelledPayload> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let embedded = embed::insert_path(&mut made, target, base, choices)?;
        labelled(&mut made, target, embedded)
    }

    /// Violates the schema in `base`, a valid payload, at one random location; `None` if
    /// there is nothing to break.
    pub fn break_once(&self, base: &Value, choices: &mut Choices) -> Option<LabelledPayload> {
        self.violate(self.pick(choices)?, base, choices)
    }

    /// The target in the smallest payload with its location.
    pub fn smallest_for(&self, target: &Target) -> Option<LabelledPayload> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let mut last = self.embedded.lock().unwrap_or_else(PoisonError::into_inner);
        if !last.as_ref().is_some_and(|embedded| embedded.is_for(target)) {
            let choices = &mut Choices::replay(Vec::new());
            *last = embed::insert_path(&mut made, target, &self.minimal, choices);
        }
        labelled(&mut made, target, last.clone()?)
    }
}

fn labelled(made: &mut MinimalValues, target: &Target, embedded: Embedded) -> Option<LabelledPayload> {
    let Target { rule, schema_pointer, what, .. } = target;
    let (pointer, payload) = embed::violate_at(made, target, embedded)?;
    Some(LabelledPayload {
        rule,
        pointer,
        what: what.clone(),
        schema_pointer: schema_pointer.clone(),
        payload,
    })
}

/// Payloads that are no longer JSON, or nested too deep.
fn spoilt() -> impl Iterator<Item = Target> {
    type Spoil = (&'static Rule, &'static str, fn(&str) -> String);
    let all: [Spoil; 6] = [
        (&rules::NOT_JSON, "followed by other text", |text| format!("{text} }}")),
        (&rules::NOT_JSON, "preceded by a comment", |text| format!("/* page */ {text}")),
        (&rules::NOT_JSON, "replaced by a page of HTML", |_| {
            "<html><body>502 Bad Gateway</body></html>".to_owned()
        }),
        (&rules::TRUNCATED_BODY, "cut off before its end", |text| text[..text.len() - 1].to_owned()),
        (&rules::TRUNCATED_BODY, "left empty", |_| String::new()),
        (&rules::TOO_DEEP, "nested 600 levels deep", |_| format!("{}{}", "[".repeat(600), "]".repeat(600))),
    ];
    all.into_iter().map(|(rule, what, spoil)| Target {
        rule,
        schema_pointer: String::new(),
        what: what.to_owned(),
        route: Route::default(),
        location: ROOT,
        via: ROOT,
        act: Act::Spoil(spoil),
    })
}
