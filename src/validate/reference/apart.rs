//! Evaluates values apart from an evaluation, within its limits.

use std::collections::HashMap;

use serde_json::Value;

use super::super::Violation;
use super::alternatives::MAX_TIES;
use super::evaluate::Evaluation;
use super::expected::Held;
use super::score::{Mode, Score};
use crate::schema::model::NodeId;

impl<'p> Evaluation<'p, '_> {
    /// Evaluates a name as a value of its own; returns the schema locations of the keywords that it violates.
    pub(super) fn name(&mut self, id: NodeId, name: &str, mode: Mode) -> (Score, Vec<String>) {
        let mut locations = Vec::new();
        let mut each = |violation: Violation| locations.push(violation.schema_pointer);
        // The name is no part of the tree: another one may have its address later.
        let score = self.apart(&mut each, |apart| apart.run(id, &Value::from(name), mode, None));
        (score, locations)
    }

    /// The violations of branches whose findings are not reported: nothing of it is remembered.
    pub(super) fn violations_of(&mut self, branches: &[NodeId], value: &Value) -> Vec<Held> {
        let (instrumentation, location, closest) =
            (self.instrumentation, self.location.clone(), self.closest);
        let before = instrumentation.remembered();
        // What is traced is to be traced again.
        let known = if instrumentation.is_clear() { std::mem::take(&mut self.known) } else { HashMap::new() };
        let (held, known) = self.apart(&mut |_| {}, |apart| {
            (apart.location, apart.closest, apart.ties) = (location, closest, MAX_TIES);
            apart.known = known;
            apart.held.push(Vec::new());
            for branch in branches {
                apart.run(*branch, value, Mode::Report, None);
            }
            (apart.held.pop().unwrap_or_default(), std::mem::take(&mut apart.known))
        });
        if instrumentation.is_clear() {
            self.known = known;
        }
        instrumentation.forget(before);
        held
    }

    /// Evaluates with results of its own, and with what is left of the limits.
    fn apart<T>(
        &mut self,
        each: &mut dyn FnMut(Violation),
        evaluate: impl FnOnce(&mut Evaluation<'p, '_>) -> T,
    ) -> T {
        let mut apart = Evaluation::new(self.program, self.instrumentation, each);
        apart.nested = self.nested;
        apart.effort = self.effort.clone();
        let result = evaluate(&mut apart);
        self.steps += apart.steps;
        self.effort = apart.effort;
        self.too_deep = self.too_deep.take().or(apart.too_deep);
        self.undecided = self.undecided.take().or(apart.undecided);
        result
    }
}
