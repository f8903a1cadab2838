//! The catalogue of all violations of a schema.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::embed;
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

/// Targets of one schema take no more bytes than this, nor do the schema locations that are looked at for them.
const MAX_SIZE: usize = 128 << 20;

/// The subschema at the root.
const ROOT: NodeId = 0;

/// A breach that no schema knows of: what an API promises beyond it.
#[derive(Clone, Copy, Debug)]
pub struct CustomViolation {
    /// The rule that is broken.
    pub rule: &'static Rule,
    /// Where, as the names of members.
    pub pointer: &'static [&'static str],
    /// What is done, in words.
    pub what: &'static str,
    /// Does it to a conforming payload.
    pub act: fn(&mut Value),
}

/// A payload that breaks its contract in one place, and the label that says where.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LabelledPayload {
    /// The rule that is broken.
    pub rule: &'static Rule,
    /// Where: as a finding points.
    pub pointer: Pointer,
    /// What was done, in words.
    pub what: String,
    /// The place of the schema that is broken; empty where none is.
    pub schema_pointer: String,
    /// What is to be judged.
    pub payload: BrokenPayload,
}

/// Every way to break a schema at every place of it.
///
/// Places are those of the schema: a property that can be reached in many ways, or again inside itself, is there once,
/// where it is nearest to the root. Each target is broken in a payload that is built around it.
///
/// ```
/// use clients_contract::generate::Catalogue;
/// use serde_json::json;
///
/// let schema = json!({"required": ["seats"], "type": "object", "properties": {
///     "seats": {"type": "integer", "minimum": 0}
/// }});
/// let all: Vec<_> = Catalogue::new(&schema)?.smallest().map(|breach| breach.payload.to_text()).collect();
/// assert!(all.contains(&"{}".to_owned()));
/// assert!(all.contains(&r#"{"seats":-1}"#.to_owned()));
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// Shared by clones, which would find out the same.
    made: Arc<Mutex<MinimalValues>>,
    minimal: Value,
    targets: Vec<Target>,
    /// Where the schema asked for more than can be looked at.
    stopped: Option<String>,
    /// Whether the smallest payload is too large to be made.
    baseless: bool,
    /// Targets of one place and one rule, as indexes.
    groups: Vec<Vec<usize>>,
}

impl Catalogue {
    /// Every way to break `schema`; how it is written makes no difference. What stands in the way of a breach is made to
    /// keep the common keywords: payloads of a schema that people bring should be judged before they are used.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`](crate::ErrorKind::Schema) when it is not a valid schema.
    pub fn new(schema: &impl AsSchema) -> Result<Self, Error> {
        let schema =
            schema.schema().cloned().unwrap_or_else(|| Schema::from_value(schema.document().clone()));
        let mut made = MinimalValues::of(Arc::new(Model::of(&schema)?.with_sorted_branches()));
        let (mut targets, mut size) = (Vec::new(), 0_usize);
        let stopped = locations::each_location(&mut made, |made, place| {
            let before = targets.len();
            enumerate::add(made, &place, &mut targets);
            size += place.views.iter().map(|view| view.nodes.len()).sum::<usize>();
            size += targets[before..].iter().map(Target::size).sum::<usize>();
            if size > MAX_SIZE { ControlFlow::Break(place.id) } else { ControlFlow::Continue(()) }
        });
        targets.extend(spoilt());
        let stopped = stopped.map(|id| made.model.node(id).location_pointer());
        let minimal = made.value(&[ROOT]).map(|minimal| (*minimal).clone());
        let (baseless, minimal) = (minimal.is_none(), minimal.unwrap_or_default());
        let made = Arc::new(Mutex::new(made));
        let mut catalogue = Self { made, minimal, targets, stopped, baseless, groups: Vec::new() };
        catalogue.group();
        Ok(catalogue)
    }

    /// The same, with what the API promises beyond its schema.
    #[must_use]
    pub fn with_custom(mut self, violations: &[CustomViolation]) -> Self {
        let step = |name: &&str| Step { token: Token::Key((*name).into()), from: ROOT, via: ROOT };
        self.targets.extend(violations.iter().map(|violation| Target {
            rule: violation.rule,
            schema_pointer: String::new(),
            what: violation.what.to_owned(),
            route: violation.pointer.iter().map(step).fold(Route::default(), |route, step| route.and(step)),
            place: ROOT,
            via: ROOT,
            act: Act::Custom(violation.act),
        }));
        self.group();
        self
    }

    /// Only the targets that somebody wants.
    #[must_use]
    pub fn filter(mut self, wanted: impl FnMut(&Target) -> bool) -> Self {
        self.targets.retain(wanted);
        self.group();
        self
    }

    /// The same with another payload that the smallest breaches are made from. It must keep the schema.
    #[must_use]
    pub fn with_base(self, minimal: Value) -> Self {
        Self { minimal, baseless: false, ..self }
    }

    /// The schema location at which the schema turned out to be too large: places beyond it are not broken. `None` where
    /// everything was looked at.
    #[must_use]
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// Whether the smallest payload is too large to be made: without another one ([`Self::with_base`]) nothing is broken.
    #[must_use]
    pub fn has_no_base(&self) -> bool {
        self.baseless
    }

    /// The payload that the smallest breaches are made from.
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

    /// Every target once, each in the smallest payload that has its place. Nearest to the root first; the order depends
    /// on the schema alone.
    pub fn smallest(&self) -> impl Iterator<Item = LabelledPayload> {
        self.targets
            .iter()
            .filter_map(|target| self.labelled(target, &self.minimal, &mut Choices::replay(Vec::new())))
    }

    /// A target, every pair of a place and a rule equally likely.
    pub fn pick(&self, choices: &mut Choices) -> Option<&Target> {
        let group = choices.pick(&self.groups)?;
        self.targets.get(*choices.pick(group)?)
    }

    /// Breaks `base`, a conforming payload, at the target; what is missing on the way there is put in.
    pub fn violate(&self, target: &Target, base: &Value, choices: &mut Choices) -> Option<LabelledPayload> {
        self.labelled(target, base, choices)
    }

    /// Breaks `base`, a conforming payload, in one place, every pair of a place and a rule equally likely; `None` if
    /// there is nothing to break.
    pub fn break_once(&self, base: &Value, choices: &mut Choices) -> Option<LabelledPayload> {
        self.violate(self.pick(choices)?, base, choices)
    }

    /// The target in the smallest payload that has its place.
    pub fn smallest_for(&self, target: &Target) -> Option<LabelledPayload> {
        self.labelled(target, &self.minimal, &mut Choices::replay(Vec::new()))
    }

    fn labelled(&self, target: &Target, base: &Value, choices: &mut Choices) -> Option<LabelledPayload> {
        let Target { rule, schema_pointer, what, .. } = target;
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let (pointer, payload) = embed::violate_at(&mut made, target, base.clone(), choices)?;
        Some(LabelledPayload {
            rule,
            pointer,
            what: what.clone(),
            schema_pointer: schema_pointer.clone(),
            payload,
        })
    }
}

/// Bodies that are no JSON any more, or too deep.
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
        place: ROOT,
        via: ROOT,
        act: Act::Spoil(spoil),
    })
}
