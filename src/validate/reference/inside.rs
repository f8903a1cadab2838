//! Evaluates members and items against the subschemas that apply to them.

use serde_json::{Map, Value};

use super::super::message;
use super::evaluate::Evaluation;
use super::notes::Notes;
use super::score::{Mode, Score};
use crate::pointer::Token;
use crate::schema::keywords::names;
use crate::schema::model::{Applicator, Contains, NodeId, Properties};

impl<'p> Evaluation<'p, '_> {
    pub(super) fn inside(
        &mut self,
        (id, applicator): (NodeId, &'p Applicator),
        value: &Value,
        mode: Mode,
        notes: Option<&mut Notes>,
    ) -> Score {
        match (applicator, value) {
            (Applicator::Properties(members), Value::Object(object)) => {
                self.members((id, members), (value, object), mode, notes)
            }
            (Applicator::PropertyNames(names), Value::Object(object)) => {
                self.names(id, *names, (value, object), mode)
            }
            (Applicator::Items { prefix, rest, .. }, Value::Array(items)) => {
                self.items((prefix, *rest), items, mode, notes)
            }
            (Applicator::Contains(contains), Value::Array(items)) => {
                self.contains((id, contains), (value, items), mode, notes)
            }
            (Applicator::UnevaluatedItems(inner), Value::Array(items)) => {
                self.unevaluated_items(*inner, items, mode, notes)
            }
            (Applicator::UnevaluatedProperties(inner), Value::Object(object)) => {
                self.unevaluated_properties((id, *inner), (value, object), mode, notes)
            }
            _ => Score::NONE,
        }
    }

    fn child(&mut self, node: NodeId, token: impl FnOnce() -> Token, value: &Value, mode: Mode) -> Score {
        if mode != Mode::Report {
            return self.run(node, value, mode, None).outside(token);
        }
        let token = token();
        self.location.push(token.clone());
        let score = self.run(node, value, mode, None);
        self.location.pop();
        score.outside(|| token)
    }

    fn member(&mut self, node: NodeId, name: &str, value: &Value, mode: Mode) -> Score {
        self.child(node, || Token::Key(name.into()), value, mode)
    }

    /// Whether a subschema is `false`, and the value that it is for is not accepted all the same.
    fn refuses_all(&self, node: NodeId, value: &Value, mode: Mode) -> bool {
        let closed = self.program.model.nodes[node as usize].boolean == Some(false);
        let refuses = closed && !self.instrumentation.accepts(node, value);
        if refuses {
            self.instrumentation.refused(Score::ONE, node, value, mode);
        }
        refuses
    }

    fn members(
        &mut self,
        (id, members): (NodeId, &'p Properties),
        (value, object): (&Value, &Map<String, Value>),
        mode: Mode,
        mut notes: Option<&mut Notes>,
    ) -> Score {
        let mut score = Score::NONE;
        let mut extra = Vec::new();
        // Of many subschemas that list a few members each, not all look at all members.
        let few = members.only_names() && members.named.len() < object.len();
        let (of_list, of_object) = if few { (usize::MAX, 0) } else { (0, usize::MAX) };
        let listed = members.named.keys().take(of_list).filter_map(|name| object.get_key_value(name));
        for (name, inner) in listed.chain(object.iter().take(of_object)) {
            let mut known = false;
            if let Some(node) = members.named.get(name) {
                known = true;
                score.add(self.member(*node, name, inner, mode));
            }
            for one in &members.patterns {
                match one.pattern.is_match(name, &self.effort) {
                    Ok(false) => continue,
                    Ok(true) => {}
                    Err(_) => self.undecided(id, names::PATTERN_PROPERTIES),
                }
                known = true;
                score.add(self.member(one.node, name, inner, mode));
            }
            if !known && let Some(node) = members.additional {
                known = true;
                if self.refuses_all(node, inner, mode) {
                    score.add(Score::one(name));
                    extra.push(name);
                } else {
                    score.add(self.member(node, name, inner, mode));
                }
            }
            if let (true, Some(notes)) = (known, notes.as_deref_mut()) {
                notes.one(inner);
            }
            if mode == Mode::Verdict && !score.is_valid() {
                return score;
            }
        }
        self.unexpected(id, names::ADDITIONAL_PROPERTIES, value, mode, &extra);
        score
    }

    /// Members that are not allowed, each a violation of its own.
    fn unexpected(
        &mut self,
        id: NodeId,
        keyword: &'static str,
        value: &Value,
        mode: Mode,
        names: &[&String],
    ) {
        if !names.is_empty() && mode == Mode::Report && self.is_first(id, value, keyword) {
            for name in names {
                let location = self.location.clone().key(name);
                let message = message::violation(keyword, message::NO_FURTHER_KEYS);
                self.report(id, keyword, (location, message), None);
            }
        }
    }

    fn names(
        &mut self,
        id: NodeId,
        names: NodeId,
        (value, object): (&Value, &Map<String, Value>),
        mode: Mode,
    ) -> Score {
        let mut score = Score::NONE;
        let mut locations = Vec::new();
        for name in object.keys() {
            let (one, broken) = self.name(names, name, mode);
            score.add(if one.is_valid() { one } else { Score { depth: 0, ..one } });
            for location in broken {
                if !locations.contains(&location) {
                    locations.push(location);
                }
            }
            if mode == Mode::Verdict && !score.is_valid() {
                return score;
            }
        }
        if mode == Mode::Report && !locations.is_empty() && self.is_first(id, value, names::PROPERTY_NAMES) {
            for location in locations {
                let message = message::violation(names::PROPERTY_NAMES, "property name is not allowed");
                self.report_at(location, message);
            }
        }
        score
    }

    fn items(
        &mut self,
        (prefix, rest): (&'p [NodeId], Option<NodeId>),
        items: &[Value],
        mode: Mode,
        mut notes: Option<&mut Notes>,
    ) -> Score {
        let mut score = Score::NONE;
        for (index, (item, node)) in items.iter().zip(prefix).enumerate() {
            score.add(self.child(*node, || Token::Index(index), item, mode));
            if let Some(notes) = notes.as_deref_mut() {
                notes.one(item);
            }
            if mode == Mode::Verdict && !score.is_valid() {
                return score;
            }
        }
        let Some(node) = rest else { return score };
        if let Some(notes) = notes {
            notes.all();
        }
        for (index, item) in items.iter().enumerate().skip(prefix.len()) {
            score.add(self.child(node, || Token::Index(index), item, mode));
            if mode == Mode::Verdict && !score.is_valid() {
                break;
            }
        }
        score
    }

    fn contains(
        &mut self,
        (id, contains): (NodeId, &'p Contains),
        (value, items): (&Value, &[Value]),
        mode: Mode,
        mut notes: Option<&mut Notes>,
    ) -> Score {
        let mut found = 0;
        for item in items {
            if self.run(contains.item, item, Mode::Verdict, None).is_valid() {
                found += 1;
                if let (true, Some(notes)) = (contains.evaluates, notes.as_deref_mut()) {
                    notes.one(item);
                }
            }
        }
        let keyword = match contains.max {
            _ if found < contains.min => contains.too_few,
            Some(max) if found > max => names::MAX_CONTAINS,
            _ => return Score::NONE,
        };
        let how = "too few or too many matching items";
        self.fault(id, keyword, value, mode, message::violation(names::CONTAINS, how))
    }

    fn unevaluated_items(
        &mut self,
        inner: NodeId,
        items: &[Value],
        mode: Mode,
        notes: Option<&mut Notes>,
    ) -> Score {
        let Some(notes) = notes else { return Score::NONE };
        let mut score = Score::NONE;
        for (index, item) in items.iter().enumerate() {
            if notes.has(item) {
                continue;
            }
            score.add(self.child(inner, || Token::Index(index), item, mode));
        }
        notes.all();
        score
    }

    fn unevaluated_properties(
        &mut self,
        (id, inner): (NodeId, NodeId),
        (value, object): (&Value, &Map<String, Value>),
        mode: Mode,
        notes: Option<&mut Notes>,
    ) -> Score {
        let Some(notes) = notes else { return Score::NONE };
        let mut score = Score::NONE;
        let mut extra = Vec::new();
        for (name, member) in object.iter().filter(|(_, member)| !notes.has(member)) {
            if self.refuses_all(inner, member, mode) {
                score.add(Score::one(name));
                extra.push(name);
            } else {
                score.add(self.member(inner, name, member, mode));
            }
        }
        self.unexpected(id, names::UNEVALUATED_PROPERTIES, value, mode, &extra);
        notes.all();
        score
    }
}
