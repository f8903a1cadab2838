//! Finds differences from earlier traffic.

use super::field::{Field, Times};
use super::significance::{Rate, p_value, threshold};
use super::traffic::claim;
use crate::finding::{Finding, Rule, rules};
use crate::pointer::{Pointer, Token};

/// What changed, in fields that both profiles have a sample of.
pub(super) fn changes(fields: [&Field; 2], observed: [u64; 2], min_sample: u64) -> Vec<Finding> {
    let mut changes = Changes { min_sample, at: Pointer::root(), comparisons: 0, likely: Vec::new() };
    changes.values(fields, observed);
    let least = threshold(changes.comparisons);
    changes.likely.into_iter().filter(|(p, _)| *p < least).map(|(_, finding)| finding).collect()
}

struct Changes {
    min_sample: u64,
    at: Pointer,
    comparisons: usize,
    /// What could be claimed, with its p-value.
    likely: Vec<(f64, Finding)>,
}

impl Changes {
    /// Takes the smaller p-value of two views of one change: over payloads, and over values.
    fn compare(&mut self, rule: &'static Rule, views: [[Rate; 2]; 2], what: impl FnOnce() -> String) {
        self.comparisons += views.len();
        let p = views.map(|[before, now]| p_value(before, now)).into_iter().fold(1.0, f64::min);
        // What is above cannot become a claim, however few comparisons there are.
        if p < threshold(1) {
            self.likely.push((p, claim(rule, &self.at, what())));
        }
    }

    /// Compares values at one location; `payloads` had one at least.
    fn values(&mut self, fields: [&Field; 2], payloads: [u64; 2]) {
        let [old, new] = fields;
        if old.seen.min(new.seen) >= self.min_sample {
            let of_payloads = views(fields, payloads, |field| field.payloads_with_null);
            let of_values =
                [0, 1].map(|at| Rate::new(fields[at].null, fields[at].seen).in_sample(payloads[at]));
            self.compare(&rules::NULL_RATE_ROSE, [of_payloads, of_values], || {
                let [before, now] = fields.map(|field| format!("{} of {}", field.null, field.seen));
                format!("null rate rose from {before} to {now}")
            });
            self.appeared(fields, payloads);
        }
        let payloads = fields.map(|field| field.payloads_with_object);
        for (name, old_below) in &old.properties {
            let below = new.properties.get(name);
            // What is not kept may be there.
            if below.is_none() && !old_below.listed && new.other_properties > 0 {
                continue;
            }
            self.at.push(Token::Key(name.as_str().into()));
            let none = Field::default();
            let below = [old_below, below.unwrap_or(&none)];
            self.presence(below, fields.map(|field| field.object), payloads);
            self.values(below, payloads);
            self.at.pop();
        }
        if let (Some(old_items), Some(new_items)) = (&old.items, &new.items) {
            self.at.push(Token::Index(0));
            // At most as many payloads as there are arrays.
            let payloads = [0, 1].map(|at| payloads_of_items(fields[at], payloads[at]));
            self.values([old_items, new_items], payloads);
            self.at.pop();
        }
    }

    fn presence(&mut self, fields: [&Field; 2], objects: [u64; 2], payloads: [u64; 2]) {
        if objects.iter().any(|count| *count < self.min_sample) {
            return;
        }
        let missing = |at: usize| objects[at] - fields[at].seen.min(objects[at]);
        let of_payloads = [0, 1]
            .map(|at| Rate::new(payloads[at] - fields[at].payloads_full.min(payloads[at]), payloads[at]));
        let of_values = [0, 1].map(|at| Rate::new(missing(at), objects[at]).in_sample(payloads[at]));
        self.compare(&rules::PRESENCE_DROPPED, [of_payloads, of_values], || {
            let [before, now] = [0, 1].map(|at| format!("{} of {}", fields[at].seen, objects[at]));
            format!("presence dropped from {before} objects to {now}")
        });
    }

    fn appeared(&mut self, fields: [&Field; 2], payloads: [u64; 2]) {
        let [old, new] = fields;
        let had = |name: &String| old.members.contains_key(name) || old.new_members.contains_key(name);
        let fresh: Vec<(&String, &Times)> =
            new.members.iter().chain(&new.new_members).filter(|(name, _)| !had(name)).collect();
        for (name, times) in fresh {
            // Whether it was among those that were not named before is not known.
            if old.other_members > 0 && !new.members.contains_key(name) {
                continue;
            }
            let of_payloads = [Rate::new(0, payloads[0]), Rate::new(times.payloads, payloads[1])];
            let of_values = [
                Rate::new(0, old.string).in_sample(payloads[0]),
                Rate::new(times.count, new.string).in_sample(payloads[1]),
            ];
            self.compare(&rules::VALUE_APPEARED, [of_payloads, of_values], || {
                let (before, count, now) = (old.string, times.count, new.string);
                format!(
                    "new enum value `{name}` in {count} of {now} values; in none of {before} earlier ones"
                )
            });
        }
    }
}

fn views(fields: [&Field; 2], payloads: [u64; 2], count: impl Fn(&Field) -> u64) -> [Rate; 2] {
    [0, 1].map(|at| Rate::new(count(fields[at]), payloads[at]))
}

fn payloads_of_items(array: &Field, payloads: u64) -> u64 {
    array.array.min(if payloads == 0 { u64::MAX } else { payloads })
}
