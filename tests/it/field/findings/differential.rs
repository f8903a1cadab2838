//! Both engines and a plain recursion find the same, where limits bite.
//!
//! `FINDINGS` sets how many values the larger payloads have (1,500 unless set).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Read;

use clients_contract::finding::{Baseline, Groups, Policy};
use clients_contract::validate::{Engine, Limits};
use clients_contract::{Finding, Origin, Payload, Schema, Severity, Validation, Validator};
use proptest::prelude::*;
use serde_json::Value;

use super::made::{Dice, Placed, crowded, payload, root, runs};
use super::oracle::{Expected, expected};

/// A reader that gives a few bytes at a time.
struct Drops<'b>(&'b [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let (given, rest) = self.0.split_at(self.1.min(buffer.len()).min(self.0.len()));
        buffer[..given.len()].copy_from_slice(given);
        self.0 = rest;
        Ok(given.len())
    }
}

/// What a finding says, without what a payload that is not held cannot show.
fn shown(validation: &Validation) -> Vec<(&'static str, String, u64, u64, String, String, u64)> {
    let show = |finding: &Finding| {
        let Finding { line, column, further, .. } = *finding;
        let pointer = finding.pointer.to_string();
        (finding.rule.id, pointer, line, column, finding.message(), finding.schema_pointer.clone(), further)
    };
    validation.findings.iter().map(show).collect()
}

type Counted = BTreeMap<(&'static str, String), (u64, (String, u64, u64), (String, u64, u64))>;

/// Count, first and last of each group that was found.
fn counted(validation: &Validation) -> Counted {
    let mut groups = Counted::new();
    for finding in &validation.findings {
        let place = (finding.pointer.to_string(), finding.line, finding.column);
        let key = (finding.rule.id, finding.pointer.starred());
        let group = groups.entry(key).or_insert_with(|| (0, place.clone(), place.clone()));
        group.0 += 1 + finding.further;
        group.2 = place;
    }
    groups
}

/// The same of what is expected.
fn counted_of(expected: &[Expected], text: &str) -> Counted {
    let mut groups = Counted::new();
    let (mut line, mut column, mut passed) = (1, 1, 0);
    for one in expected {
        for character in text[passed..one.offset].chars() {
            (line, column) = if character == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        passed = one.offset;
        let place = (one.pointer.clone(), line, column);
        let key = (one.rule, one.starred.clone());
        let group = groups.entry(key).or_insert_with(|| (0, place.clone(), place.clone()));
        group.0 += 1;
        group.2 = place;
    }
    groups
}

struct Engines {
    stream: Validator,
    reference: Validator,
}

/// Both engines, unless the streaming engine cannot run the schema.
fn engines(schema: &Value, limits: Limits) -> Option<Engines> {
    let validator = Validator::new(&Schema::from_value(schema.clone())).unwrap().limits(limits);
    let stream = validator.clone().engine(Engine::Stream).ok()?;
    Some(Engines { stream, reference: validator.engine(Engine::Reference).unwrap() })
}

/// The first finding that only one of them has: thousands are of no use to anybody.
#[track_caller]
fn same<T: PartialEq + std::fmt::Debug>(left: &[T], right: &[T], of: &str) {
    let differ = left.iter().zip(right).position(|(left, right)| left != right);
    let at = differ.unwrap_or(left.len().min(right.len()));
    assert_eq!(left.get(at), right.get(at), "{of:.1200}");
}

/// All three ways to validate find the same.
fn agreed(engines: &Engines, text: &str, schema: &Value) -> Validation {
    let (stream, reference) =
        (engines.stream.validate(text.as_bytes()), engines.reference.validate(text.as_bytes()));
    same(&stream.findings, &reference.findings, &format!("{schema} {text}"));
    assert_eq!((stream.valid, &stream.unlisted), (reference.valid, &reference.unlisted));
    let place = Payload::new(Origin::file("<body>"), Vec::new());
    let read = engines.stream.validate_reader(&place, Drops(text.as_bytes(), 61)).unwrap();
    same(&shown(&read), &shown(&stream), &format!("{schema} {text}"));
    assert_eq!((stream.valid, stream.unlisted), (read.valid, read.unlisted));
    reference
}

/// Makes a payload of about so many values.
type Make = fn(&mut Dice, &Value, usize) -> (String, Placed);

/// Findings, counts, first and last are those expected, and so is what settings and a baseline leave of them.
fn holds(seed: u64, values: usize, limits: Limits, schema: fn(&mut Dice) -> Value, payload: Make) {
    let mut dice = Dice(seed);
    let schema = schema(&mut dice);
    let Some(engines) = engines(&schema, limits) else { return };
    let (text, placed) = payload(&mut dice, &schema, values);
    let validation = agreed(&engines, &text, &schema);
    let expected = expected(&schema, &placed);
    let (found, wanted) = (counted(&validation), counted_of(&expected, &text));
    let lists = [found, wanted].map(|groups| groups.into_iter().collect::<Vec<_>>());
    same(&lists[0], &lists[1], &format!("{schema} {text}"));
    if validation.findings.iter().all(|finding| finding.further == 0) {
        let keywords = |rule: &str, pointer: &str, stated_at: &str| format!("{rule} {pointer} {stated_at}");
        let mut found: Vec<String> = validation
            .findings
            .iter()
            .map(|finding| keywords(finding.rule.id, &finding.pointer.to_string(), &finding.schema_pointer))
            .collect();
        let mut wanted: Vec<String> =
            expected.iter().map(|one| keywords(one.rule, &one.pointer, &one.schema_pointer)).collect();
        found.sort();
        wanted.sort();
        same(&found, &wanted, &format!("{schema} {text}"));
    }
    for _ in 0..4 {
        decides(&mut dice, &validation, &expected);
    }
}

/// Severities, switched off rules and a baseline leave what they should, whatever was only counted.
fn decides(dice: &mut Dice, validation: &Validation, expected: &[Expected]) {
    let rules: Vec<_> = clients_contract::rules().collect();
    let mut policy = Policy::default();
    let mut levels: BTreeMap<&str, Option<Severity>> =
        rules.iter().map(|rule| (rule.id, Some(rule.severity))).collect();
    for rule in &rules {
        if dice.percent(70) {
            continue;
        }
        let level = dice.one(&[None, Some(Severity::Info), Some(Severity::Warning), Some(Severity::Error)]);
        policy.set(rule, level);
        levels.insert(rule.id, level);
    }
    let groups: BTreeSet<(&str, &str)> = expected.iter().map(|one| (one.rule, &*one.starred)).collect();
    let share = dice.one(&[0, 50, 100]);
    let accepted: Vec<(&str, &str)> = groups.iter().filter(|_| dice.percent(share)).copied().collect();
    let mut baseline = "version = 1\n".to_owned();
    for (rule, pointer) in &accepted {
        let _ = writeln!(baseline, "[[accept]]\nrule = \"{rule}\"\npointer = \"{pointer}\"");
    }
    let ids: Vec<&str> = rules.iter().map(|rule| rule.id).collect();
    policy.accept(Baseline::parse("b.toml", &baseline, "2026-01-01", &ids).unwrap());
    let mut findings = validation.findings.clone();
    policy.apply(&mut findings);
    let mut groups = Groups::default();
    groups.add(&findings, |_| Vec::new());
    for severity in [Severity::Info, Severity::Warning, Severity::Error] {
        let counts = expected.iter().filter(|one| {
            levels[one.rule] == Some(severity) && !accepted.contains(&(one.rule, &*one.starred))
        });
        assert_eq!(groups.count(severity), counts.count() as u64, "{severity}");
    }
    let off = |one: &&Expected| levels[one.rule].is_some() && accepted.contains(&(one.rule, &*one.starred));
    assert_eq!(policy.baseline().unwrap().accepted(), expected.iter().filter(off).count() as u64);
}

/// What is tried has what it is tried for.
#[test]
fn payloads_reach_the_limits() {
    let (mut limited, mut repeated, mut keywords) = (0, 0, 0);
    for seed in 0..60 {
        let mut dice = Dice(seed);
        let schema = root(&mut dice);
        let Some(engines) = engines(&schema, Limits::default()) else { continue };
        let (text, _) = payload(&mut dice, &schema, many());
        let findings = engines.stream.validate(text.as_bytes()).findings;
        limited += u32::from(findings.iter().any(|finding| finding.further > 0));
        repeated +=
            u32::from(findings.iter().filter(|finding| finding.rule.id == "duplicate-key").count() > 9);
        let pairs = findings.windows(2);
        let same = |pair: &[Finding]| pair[0].rule == pair[1].rule && pair[0].pointer == pair[1].pointer;
        keywords += u32::from(pairs.filter(|pair| same(pair)).count() > 9);
    }
    assert!(limited > 10 && repeated > 10 && keywords > 3, "{limited} {repeated} {keywords}");
}

fn many() -> usize {
    std::env::var("FINDINGS").ok().and_then(|number| number.parse().ok()).unwrap_or(1_500)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn small_limits_change_no_count(seed: u64, values in 1..120_usize, listed in 2..5_usize, total in 2..40_usize) {
        holds(seed, values, Limits { listed, total, window: 64, ..Limits::default() }, root, payload);
    }

    #[test]
    fn too_many_groups_are_the_same_ones_in_both_engines(seed: u64, values in 1..120_usize, groups in 1..8_usize) {
        let limits = Limits { groups, ..Limits::default() };
        if let Some((kept, all)) = kept(seed, values, limits) {
            prop_assert_eq!(kept, all.min(groups));
        }
    }

    /// A group takes about a kilobyte while it is kept, and as much for each listed finding in the end.
    #[test]
    fn too_much_memory_leaves_the_same_groups_in_both_engines(
        seed: u64,
        values in 1..120_usize,
        group_bytes in 0..16_000_usize,
        listed_bytes in 0..64_000_usize,
        total in 2..20_usize,
    ) {
        // Twice what the findings take that are listed in the end.
        let finding_bytes = total * 400;
        let limits = Limits { group_bytes, finding_bytes, listed_bytes, total, ..Limits::default() };
        if let Some((kept, all)) = kept(seed, values, limits) {
            prop_assert!(kept >= 1 || all == 0);
        }
    }
}

/// Groups that are kept are exact, come before all that are not, and both engines keep the same ones; gives
/// how many are kept, and of how many.
fn kept(seed: u64, values: usize, limits: Limits) -> Option<(usize, usize)> {
    let mut dice = Dice(seed);
    let schema = root(&mut dice);
    let engines = engines(&schema, limits)?;
    let (text, placed) = payload(&mut dice, &schema, values);
    let expected = expected(&schema, &placed);
    let repeats = expected.iter().any(|one| one.rule == "duplicate-key");
    let (stream, reference) =
        (engines.stream.validate(text.as_bytes()), engines.reference.validate(text.as_bytes()));
    let of = counted_of(&expected, &text);
    for validation in [&stream, &reference] {
        let found = counted(validation);
        for (key, group) in &found {
            assert_eq!(of.get(key), Some(group), "{key:?} {schema} {text}");
        }
        let unlisted: u64 = validation.unlisted.iter().map(|unlisted| unlisted.count).sum();
        let listed: u64 = found.values().map(|(count, ..)| count).sum();
        assert_eq!(unlisted + listed, expected.len() as u64, "{schema} {text}");
        assert_eq!(validation.valid, reference.valid);
    }
    let kept = counted(&reference);
    let order = |(rule, pointer): &(&'static str, String)| {
        let severity = clients_contract::rules().find(|one| one.id == *rule).unwrap().severity;
        let steps: Vec<String> = pointer.split('/').map(str::to_owned).collect();
        (std::cmp::Reverse(severity), steps, *rule)
    };
    let last = kept.keys().map(order).max();
    let next = of.keys().filter(|key| !kept.contains_key(key)).map(order).min();
    assert!(last.is_none() || next.is_none() || last < next, "{last:?} {next:?} {schema} {text}");
    // What is replaced may have taken the place of what counts.
    if !repeats {
        same(&stream.findings, &reference.findings, &format!("{schema} {text}"));
    }
    Some((kept.len(), of.len()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn thousands_of_findings_are_all_counted(seed: u64) {
        holds(seed, many(), Limits::default(), root, payload);
    }

    #[test]
    fn thousands_of_locations_break_several_keywords(seed: u64) {
        holds(seed, 2 * many(), Limits::default(), crowded, payload);
    }

    /// Thousands of stronger findings come before the first weaker one.
    #[test]
    fn runs_of_one_kind_leave_room_for_the_next(seed: u64) {
        holds(seed, 2 * many(), Limits::default(), crowded, runs);
    }
}
