//! Checks the default faults and the scenario of a server before it starts.

use super::dataset::Dataset;
use super::options::Options;
use super::preferences::{Preferences, unknown};
use crate::contract::Envelope;
use crate::error::{Error, ErrorKind};
use crate::finding::{Rule, did_you_mean};

/// Checks that requests can be served with these options.
///
/// # Errors
///
/// [`ErrorKind::Usage`] for an unknown envelope or preset, a property that is not documented, or a rule that no
/// single payload violates, with the fault, or file, line and key of the scenario.
pub(super) fn check(data: &Dataset, envelope: &'static Envelope, options: &Options) -> Result<(), Error> {
    for fault in &options.faults {
        check_one(data, envelope, &fault.preferences).map_err(|(_, what)| {
            Error::new(ErrorKind::Usage, "`fault`", format!("`{}`: {what}", fault.text))
        })?;
    }
    options.scenario.check(|preferences| check_one(data, envelope, preferences))
}

/// The error is the name of a preference, and what is wrong with its value.
fn check_one(
    data: &Dataset,
    envelope: &'static Envelope,
    preferences: &Preferences,
) -> Result<(), (&'static str, String)> {
    let chosen = preferences.envelope.as_deref().map(|name| named(data, name)).transpose();
    let envelope = chosen.map_err(|what| ("envelope", what))?.unwrap_or(envelope);
    if let Some(names) = &preferences.preset {
        data.style(names).map_err(|what| ("preset", what))?;
    }
    // Recorded items may have properties that are not documented.
    let changed = preferences.drift.as_ref().and_then(|drift| drift.changed());
    if let Some(property) = changed.filter(|_| data.is_generated()) {
        let unknown = |near| format!("the contract has no property `{property}`{near}");
        data.documents(property).map_err(|near| ("drift", unknown(near)))?;
    }
    match preferences.violation {
        Some(rule) => violated(data, envelope, rule).map_err(|what| ("violation", what)),
        None => Ok(()),
    }
}

/// The envelope of this name.
pub(super) fn named(data: &Dataset, name: &str) -> Result<&'static Envelope, String> {
    let all = data.contract().envelopes();
    all.iter().find(|envelope| envelope.name == name).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|envelope| &*envelope.name).collect();
        unknown("envelope", name, &names)
    })
}

/// Whether a single payload in the envelope can violate the rule.
fn violated(data: &Dataset, envelope: &Envelope, rule: &Rule) -> Result<(), String> {
    let catalogue = data.contract().catalogue(&[&envelope.name]).map_err(|error| error.to_string())?;
    let mut rules: Vec<&str> = catalogue.targets().iter().map(|target| target.rule().id).collect();
    rules.sort_unstable();
    rules.dedup();
    if rules.contains(&rule.id) {
        return Ok(());
    }
    Err(format!("no single payload violates `{}`{}", rule.id, did_you_mean(rule.id, rules)))
}
