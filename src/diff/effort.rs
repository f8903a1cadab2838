//! Limits of the work for one comparison.
//!
//! Work is counted in steps, not in time: a comparison ends alike on every machine.

use std::cell::{Cell, RefCell};

use serde_json::Value;

/// Steps that may be taken, and where they were used up.
#[derive(Debug)]
pub(super) struct Effort {
    max: usize,
    left: Cell<usize>,
    stopped: RefCell<Option<String>>,
}

impl Effort {
    pub(super) fn of(max: usize) -> Self {
        Self { max, left: Cell::new(max), stopped: RefCell::new(None) }
    }

    /// Takes some steps at a location of a schema; false where no more may be taken.
    pub(super) fn take(&self, steps: usize, location: impl FnOnce() -> String) -> bool {
        let left = self.left.get().saturating_sub(steps);
        self.left.set(left);
        if left == 0 && self.stopped.borrow().is_none() {
            *self.stopped.borrow_mut() = Some(location());
        }
        left > 0
    }

    /// That it was stopped, and where first.
    pub(super) fn stopped(&self) -> Option<String> {
        let location = self.stopped.borrow();
        location.as_ref().map(|location| {
            let location = if location.is_empty() { "#" } else { location };
            format!("stopped after {} steps at {location}", self.max)
        })
    }
}

/// How many values there are in a value, itself included; a long text counts as several.
pub(super) fn size(value: &Value) -> usize {
    let (mut size, mut waiting) = (0, vec![value]);
    while let Some(value) = waiting.pop() {
        size += 1;
        match value {
            Value::String(text) => size += text.len() / 64,
            Value::Array(items) => waiting.extend(items),
            Value::Object(members) => waiting.extend(members.values()),
            _ => {}
        }
    }
    size
}
