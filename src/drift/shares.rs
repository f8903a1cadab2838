//! Adds to findings how often the traffic shows them.

use super::field::Field;
use super::profile::Profile;
use crate::finding::{Groups, rules};
use crate::pointer::unescape;

/// Names listed of one field.
const MAX_LISTED: usize = 10;

/// Says of unknown enum members how often each was there, and of undocumented members of which type they are
/// and in how many objects.
pub fn add_shares(groups: &mut Groups, profile: &Profile) {
    groups.add_to(|group| {
        let member = *group.rule == rules::UNDOCUMENTED_PROPERTY;
        if !(member || *group.rule == rules::UNKNOWN_ENUM_VALUE) {
            return None;
        }
        let mut roots = [&profile.root].into_iter().chain(profile.envelopes.values());
        let (parent, field) = roots.find_map(|root| find(root, &group.pointer))?;
        if member { Some(property(parent, field)) } else { values(field) }
    });
}

/// The field at a location with `*` for items, after the one around it.
pub(super) fn find<'p>(root: &'p Field, pointer: &str) -> Option<(&'p Field, &'p Field)> {
    let mut found = (root, root);
    for step in pointer.split('/').skip(1) {
        let (_, here) = found;
        let below = here.properties.get(&*unescape(step));
        let items = here.items.as_deref().filter(|_| step == "*");
        found = (here, items.or(below)?);
    }
    Some(found)
}

fn values(field: &Field) -> Option<String> {
    let mut listed: Vec<_> = field.new_members.iter().collect();
    listed.sort_by(|(a, of_a), (b, of_b)| (of_b.count, a).cmp(&(of_a.count, b)));
    let all = field.seen;
    let mut parts: Vec<String> = listed
        .iter()
        .take(MAX_LISTED)
        .map(|(name, times)| format!("`{name}` in {} ({})", times.count, share(times.count, all)))
        .collect();
    let named = listed.iter().take(MAX_LISTED).map(|(_, times)| times.count).sum::<u64>();
    let unnamed =
        listed.iter().map(|(_, times)| times.count).sum::<u64>().saturating_add(field.other_members) - named;
    if unnamed > 0 {
        parts.push(format!("others in {unnamed} ({})", share(unnamed, all)));
    }
    (!parts.is_empty()).then(|| format!("; of {all} values: {}", parts.join(", ")))
}

fn property(parent: &Field, field: &Field) -> String {
    let kind = kind(field);
    let (seen, objects) = (field.seen, parent.object);
    format!("; found {kind} in {seen} of {objects} objects ({})", share(seen, objects))
}

/// The types of a field, and the format of its strings if all keep one.
pub(super) fn kind(field: &Field) -> String {
    let format = |name: &str| format!("{name} ({})", format_of(field).unwrap_or_default());
    let named = |name: &'static str| match name {
        "string" if format_of(field).is_some() => format(name),
        name => name.to_owned(),
    };
    let types: Vec<String> = field.types().into_iter().map(named).collect();
    if types.is_empty() { "nothing".to_owned() } else { types.join(" or ") }
}

/// The format that every string keeps, of ten at least.
pub(super) fn format_of(field: &Field) -> Option<&str> {
    const ENOUGH: u64 = 10;
    let all = |(_, count): &(&String, &u64)| **count == field.string && field.string >= ENOUGH;
    field.formats.iter().find(all).map(|(name, _)| name.as_str())
}

/// A share in percent. One that is not nothing does not read as nothing, nor one that is not all as all.
pub(super) fn share(count: u64, of: u64) -> String {
    if count >= of {
        return "100 %".to_owned();
    }
    // Thousandths of a percent, in whole numbers.
    let share = u128::from(count) * 100_000 / u128::from(of.max(1));
    match share {
        0 if count > 0 => "under 0.001 %".to_owned(),
        0..1_000 => format!("0.{share:03} %"),
        _ => format!("{}.{} %", share / 1_000, share % 1_000 / 100),
    }
}
