//! Where can a value be broken, and by what?

use std::fmt;

use serde_json::{Value, json};

use super::Fault;
use crate::generate::kinds::{Numbers, Object, Text};
use crate::generate::plan::{Form, NodeId, Plan, Types};
use crate::pointer::{Pointer, Token};

/// A place that can be broken in one way.
pub(super) struct Place {
    pub(super) fault: Fault,
    pub(super) pointer: Pointer,
    /// What can be done to break it; not empty.
    pub(super) damages: Vec<Damage>,
}

/// What is done to a value.
pub(super) enum Damage {
    Put(Value),
    Remove,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put(value) => write!(f, "replaced by {value}"),
            Self::Remove => f.write_str("removed"),
        }
    }
}

/// Every place where the value can be broken.
pub(super) fn of(plan: &Plan, value: &Value) -> Vec<Place> {
    let mut walk = Walk { plan, pointer: Pointer::root(), places: Vec::new() };
    walk.visit(Plan::ROOT, value);
    walk.places
}

struct Walk<'a> {
    plan: &'a Plan,
    pointer: Pointer,
    places: Vec<Place>,
}

impl Walk<'_> {
    fn visit(&mut self, id: NodeId, value: &Value) {
        let admitted = self.plan.types(id);
        if !value.is_null() && !admitted.overlaps(Types::NULL) {
            self.put(Fault::NullValue, id, vec![Value::Null]);
        }
        let others = [json!("text"), json!(true), json!(17), json!(0.5), json!([]), json!({})];
        let others = others.into_iter().filter(|other| !admitted.overlaps(Types::of(other)));
        self.put(Fault::TypeMismatch, id, others.collect());
        self.inside(id, value);
    }

    /// Breaks what only one of the alternatives says: the only one that admits values of this
    /// type, so that no other makes up for it.
    fn inside(&mut self, id: NodeId, value: &Value) {
        let plan = self.plan;
        match (&plan.node(plan.resolved(id)).form, value) {
            (Form::Alternatives(alternatives), _) => {
                let fits = |branch: &&NodeId| plan.types(**branch).overlaps(Types::of(value));
                let mut fitting = alternatives.branches.iter().filter(fits);
                if let (Some(only), None) = (fitting.next(), fitting.next()) {
                    self.inside(*only, value);
                }
            }
            (Form::Listed(_), Value::String(_)) => {
                let unlisted = vec![json!("unlisted"), json!("not_listed")];
                self.put(Fault::UnknownEnumValue, id, unlisted);
            }
            (Form::Text(text), Value::String(_)) => self.text(id, text),
            (Form::Numbers(numbers), Value::Number(_)) => self.number(id, numbers),
            (Form::Array(array), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.pointer.push(Token::Index(index));
                    self.visit(array.item(index), item);
                    self.pointer.pop();
                }
            }
            (Form::Object(object), Value::Object(_)) => self.object(object, value),
            _ => {}
        }
    }

    fn object(&mut self, object: &Object, value: &Value) {
        for member in &object.members {
            let Some(value) = value.get(&member.name) else {
                continue;
            };
            self.pointer.push(Token::Key(member.name.as_str().into()));
            if member.required {
                self.add(Fault::MissingProperty, vec![Damage::Remove]);
            }
            self.visit(member.node, value);
            self.pointer.pop();
        }
    }

    fn text(&mut self, id: NodeId, text: &Text) {
        if let Some(format) = text.format.filter(|_| text.any_length()) {
            self.put(Fault::InvalidFormat, id, vec![json!(format.broken())]);
        }
    }

    fn number(&mut self, id: NodeId, numbers: &Numbers) {
        self.put(Fault::OutOfRange, id, numbers.outside());
    }

    /// Notes the values that break the node when they are put here.
    fn put(&mut self, fault: Fault, id: NodeId, mut values: Vec<Value>) {
        values.retain(|value| !self.plan.admits(id, value));
        self.add(fault, values.into_iter().map(Damage::Put).collect());
    }

    fn add(&mut self, fault: Fault, damages: Vec<Damage>) {
        if !damages.is_empty() {
            self.places.push(Place { fault, pointer: self.pointer.clone(), damages });
        }
    }
}
