//! Names definitions.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Characters of a name.
const MAX_NAME: usize = 40;

/// The name of what several properties hold: the words at the end of all their names, or else the name that
/// most of them have.
pub(super) fn of(properties: &[String]) -> String {
    let all: Vec<Vec<String>> =
        properties.iter().map(|name| words(name)).filter(|all| !all.is_empty()).collect();
    let Some(first) = all.first() else { return "Item".to_owned() };
    let is_common = |length: &usize| all.iter().all(|words| words.ends_with(&first[first.len() - length..]));
    let common = (1..=first.len()).rev().find(is_common);
    let words = if let Some(length) = common {
        first[first.len() - length..].to_vec()
    } else {
        let mut counts: BTreeMap<&Vec<String>, usize> = BTreeMap::new();
        for words in &all {
            *counts.entry(words).or_default() += 1;
        }
        let best = counts
            .into_iter()
            .max_by(|(a, of_a), (b, of_b)| (of_a, Reverse(a.len()), b).cmp(&(of_b, Reverse(b.len()), a)));
        best.map(|(words, _)| words.clone()).unwrap_or_default()
    };
    let name: String = words.concat().chars().take(MAX_NAME).collect();
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("Item{name}") } else { name }
}

/// The words of a property's name, each with a capital letter.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut begins = true;
    let mut before = ' ';
    for letter in name.chars() {
        if !letter.is_ascii_alphanumeric() {
            begins = true;
            continue;
        }
        begins |= letter.is_ascii_uppercase() && !before.is_ascii_uppercase();
        match words.last_mut().filter(|_| !begins) {
            Some(word) => word.push(letter.to_ascii_lowercase()),
            None => words.push(letter.to_ascii_uppercase().to_string()),
        }
        (begins, before) = (false, letter);
    }
    words
}

/// The name of one of several: what an array or a map named like this holds.
pub(super) fn singular(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let cut = |length: usize| name[..name.len() - length].to_owned();
    if lower.ends_with("children") {
        return cut(3);
    }
    let keeps = ["ss", "us", "is", "news", "series"].iter().any(|end| lower.ends_with(end));
    if keeps || !lower.ends_with('s') || lower.len() < 3 {
        return name.to_owned();
    }
    if lower.ends_with("ies") && lower.len() > 4 {
        return cut(3) + "y";
    }
    let hisses = ["sses", "xes", "ches", "shes", "zzes"].iter().any(|end| lower.ends_with(end));
    cut(if hisses { 2 } else { 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_properties() {
        for (properties, name) in [
            (&["billing_address", "shippingAddress", "address"][..], "Address"),
            (&["author"], "Author"),
            (&["owner", "owner", "editor"], "Owner"),
            (&["owner", "editor"], "Editor"),
            (&["line-items"], "LineItems"),
            (&["URL"], "Url"),
            (&["2fa"], "Item2fa"),
            (&["\u{e9}", "\n"], "Item"),
        ] {
            let all: Vec<String> = properties.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(of(&all), name, "{properties:?}");
        }
        for (many, one) in [
            ("items", "item"),
            ("categories", "category"),
            ("addresses", "address"),
            ("boxes", "box"),
            ("children", "child"),
            ("status", "status"),
            ("news", "news"),
            ("data", "data"),
            ("is", "is"),
        ] {
            assert_eq!(singular(many), one);
        }
    }
}
