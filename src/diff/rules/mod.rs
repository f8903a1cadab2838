//! What does each kind of change mean to somebody who reads responses?
//!
//! Ids and severities are those of oasdiff for responses, where it has them. One opinion speaks about a property and
//! about the body, under two ids.

use serde_json::Value;

use super::fact::Change;
use crate::finding::{Rule, Scope, Severity};

/// `bound!(name, keyword, what it is called to allow more, and less, whether the second number allows more)`: the
/// opinions on a keyword that holds a number.
macro_rules! bound {
    ($name:literal, $keyword:literal, $looser:literal, $tighter:literal, $loosens:expr) => {
        [
            bound!(@ $name, "unset", Error, Change::Bound { keyword: $keyword, old: Some(_), new: None }, true,
                concat!("`", $keyword, "` is gone."),
                concat!("Consumers that rely on the limit that `", $keyword, "` was."),
                concat!("{\"", $keyword, "\": 5} -> {}")),
            bound!(@ $name, "set", Info, Change::Bound { keyword: $keyword, old: None, .. }, true,
                concat!("`", $keyword, "` is new."),
                $crate::diff::rules::NOBODY,
                concat!("{} -> {\"", $keyword, "\": 5}")),
            bound!(@ $name, $looser, Error,
                Change::Bound { keyword: $keyword, old: Some(a), new: Some(b) }, $loosens(a, b),
                concat!("`", $keyword, "` has ", $looser, "."),
                concat!("Consumers that rely on the limit that `", $keyword, "` was."),
                concat!("{\"", $keyword, "\": 5} -> {\"", $keyword, "\": another}")),
            bound!(@ $name, $tighter, Info,
                Change::Bound { keyword: $keyword, old: Some(a), new: Some(b) }, !$loosens(a, b),
                concat!("`", $keyword, "` has ", $tighter, "."),
                $crate::diff::rules::NOBODY,
                concat!("{\"", $keyword, "\": 5} -> {\"", $keyword, "\": another}")),
        ]
    };
    (@ $name:literal, $how:literal, $severity:ident, $change:pat, $if:expr, $($text:expr),*) => {
        $crate::diff::rules::Opinion::on_any(
            [concat!("response-property-", $name, "-", $how), concat!("response-body-", $name, "-", $how)],
            $crate::finding::Severity::$severity,
            |change| {
                use $crate::diff::fact::Change;
                matches!(change, $change if $if)
            },
            $($text),*
        )
    };
}

mod additional_properties_closed;
mod additional_properties_opened;
mod all_of_added;
mod all_of_removed;
mod any_of_added;
mod any_of_removed;
mod became_enum;
mod became_not_enum;
mod became_not_nullable;
mod became_nullable;
mod became_optional;
mod became_required;
mod description_changed;
mod dialect_changed;
mod enum_value_added;
mod enum_value_removed;
mod exclusive_max;
mod exclusive_min;
mod keyword_changed;
mod max;
mod max_items;
mod max_length;
mod max_properties;
mod min;
mod min_items;
mod min_length;
mod min_properties;
mod multiple_of;
mod one_of_added;
mod one_of_removed;
mod pattern_added;
mod pattern_changed;
mod pattern_removed;
mod property_added;
mod property_moved;
mod property_removed;
mod property_renamed;
mod type_changed;
mod type_generalized;
mod type_specialized;

/// What each file of this folder says, those about numbers last.
static ALL: &[&[Opinion]] = &[
    became_nullable::OPINIONS,
    became_not_nullable::OPINIONS,
    became_optional::OPINIONS,
    became_required::OPINIONS,
    property_removed::OPINIONS,
    property_added::OPINIONS,
    property_renamed::OPINIONS,
    property_moved::OPINIONS,
    type_generalized::OPINIONS,
    type_specialized::OPINIONS,
    type_changed::OPINIONS,
    enum_value_added::OPINIONS,
    enum_value_removed::OPINIONS,
    became_enum::OPINIONS,
    became_not_enum::OPINIONS,
    pattern_removed::OPINIONS,
    pattern_added::OPINIONS,
    pattern_changed::OPINIONS,
    additional_properties_opened::OPINIONS,
    additional_properties_closed::OPINIONS,
    any_of_added::OPINIONS,
    any_of_removed::OPINIONS,
    one_of_added::OPINIONS,
    one_of_removed::OPINIONS,
    all_of_added::OPINIONS,
    all_of_removed::OPINIONS,
    keyword_changed::OPINIONS,
    dialect_changed::OPINIONS,
    description_changed::OPINIONS,
    max::OPINIONS,
    min::OPINIONS,
    exclusive_max::OPINIONS,
    exclusive_min::OPINIONS,
    multiple_of::OPINIONS,
    max_length::OPINIONS,
    min_length::OPINIONS,
    max_items::OPINIONS,
    min_items::OPINIONS,
    max_properties::OPINIONS,
    min_properties::OPINIONS,
];

/// Whom a change hurts that lets no new value through.
pub(super) const NOBODY: &str =
    "Nobody who could read every payload before: no new value comes through by this.";

/// A rule, or two, and when it speaks.
#[derive(Debug)]
pub(super) struct Opinion {
    /// About a property, or whatever lies below the body.
    property: Rule,
    /// About the body as a whole.
    body: Option<Rule>,
    speaks: fn(&Change) -> bool,
}

impl Opinion {
    const fn on_any(
        [property, body]: [&'static str; 2],
        severity: Severity,
        speaks: fn(&Change) -> bool,
        summary: &'static str,
        hurts: &'static str,
        example: &'static str,
    ) -> Self {
        let body = Some(rule(body, severity, summary, hurts, example));
        Self { property: rule(property, severity, summary, hurts, example), body, speaks }
    }

    /// About places of one kind only.
    const fn on_one(
        id: &'static str,
        severity: Severity,
        speaks: fn(&Change) -> bool,
        summary: &'static str,
        hurts: &'static str,
        example: &'static str,
    ) -> Self {
        Self { property: rule(id, severity, summary, hurts, example), body: None, speaks }
    }
}

/// The help of a rule says whom it hurts, in one sentence.
const fn rule(
    id: &'static str,
    severity: Severity,
    summary: &'static str,
    hurts: &'static str,
    example: &'static str,
) -> Rule {
    Rule { id, severity, scope: Scope::Change, summary, help: hurts, example }
}

fn more(a: &Value, b: &Value) -> bool {
    b.as_f64() > a.as_f64()
}

fn less(a: &Value, b: &Value) -> bool {
    b.as_f64() < a.as_f64()
}

fn other(a: &Value, b: &Value) -> bool {
    a.as_f64().zip(b.as_f64()).is_none_or(|(a, b)| (b / a).fract() != 0.0)
}

fn opinions() -> impl Iterator<Item = &'static Opinion> {
    ALL.iter().copied().flatten()
}

/// The rule that speaks about a change of the body, or of what lies below it.
pub(super) fn about(change: &Change, body: bool) -> Option<&'static Rule> {
    let opinion = opinions().find(|opinion| (opinion.speaks)(change))?;
    Some(opinion.body.as_ref().filter(|_| body).unwrap_or(&opinion.property))
}

/// Every rule about changes.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    opinions().flat_map(|opinion| std::iter::once(&opinion.property).chain(&opinion.body))
}
