//! Twice the input costs at most 2.2 times the instructions, as `cargo bench --bench instructions` counted
//! them; and a run of the tool at most 3 % more than it did, as `cargo bench --bench commands` counted it.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;

use serde_json::{Value, json};

/// For twice the input.
const MAX_RATIO: f64 = 2.2;

/// Of the instructions of a run, over the committed count.
const MAX_GROWTH: f64 = 1.03;

/// The benchmark of runs of the tool.
const COMMANDS: &str = "commands";

/// The committed counts.
const COUNTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/counts.json");

/// What is quadratic, for this test to be tried on.
const CONTROL: &str = "control::quadratic";

/// The instructions of every case, by its name, for each of its sizes in their order.
fn instructions(summaries: &str) -> BTreeMap<String, Vec<f64>> {
    let mut cases: BTreeMap<String, BTreeMap<usize, f64>> = BTreeMap::new();
    for summary in each(summaries).filter(|summary| summary["function_name"] != COMMANDS) {
        let (id, function) = (summary["id"].as_str().unwrap(), summary["function_name"].as_str().unwrap());
        let (case, size) = id.rsplit_once('_').unwrap();
        let sizes = cases.entry(format!("{function}::{case}")).or_default();
        sizes.insert(size.parse().unwrap(), counted(&summary).unwrap_or_else(|| panic!("{summary:#}")));
    }
    cases.into_iter().map(|(case, sizes)| (case, sizes.into_values().collect())).collect()
}

/// The instructions of every run of the tool, by its name.
fn runs(summaries: &str) -> BTreeMap<String, f64> {
    let of_runs = each(summaries).filter(|summary| summary["function_name"] == COMMANDS);
    of_runs
        .map(|summary| {
            let count = counted(&summary).unwrap_or_else(|| panic!("{summary:#}"));
            (summary["id"].as_str().unwrap().to_owned(), count)
        })
        .collect()
}

fn each(summaries: &str) -> impl Iterator<Item = Value> {
    serde_json::Deserializer::from_str(summaries).into_iter::<Value>().map(Result::unwrap)
}

/// The runs that cost more than they may, and those that are in one of both only.
fn grown(runs: &BTreeMap<String, f64>, committed: &BTreeMap<String, f64>) -> Vec<String> {
    let names: BTreeSet<&String> = runs.keys().chain(committed.keys()).collect();
    let wrong = names.into_iter().filter_map(|name| match (runs.get(name), committed.get(name)) {
        (Some(run), Some(before)) if *run <= before * MAX_GROWTH => None,
        (run, before) => Some(format!("{name}: {before:?} -> {run:?}")),
    });
    wrong.collect()
}

/// The instructions in the summary of one run.
fn counted(summary: &Value) -> Option<f64> {
    summary["profiles"][0]["data"]["total"]["metrics"]["Ir"]["values"]["new"].as_f64()
}

/// The ratio of the instructions of each size to those of the size before, at its largest.
fn ratio(sizes: &[f64]) -> f64 {
    sizes.windows(2).map(|pair| pair[1] / pair[0]).fold(0.0, f64::max)
}

/// What costs too much, and what was measured at one size only.
fn failures(cases: &BTreeMap<String, Vec<f64>>) -> Vec<String> {
    let is_wrong = |sizes: &[f64]| sizes.len() < 2 || ratio(sizes) > MAX_RATIO;
    let wrong = cases.iter().filter(|(case, sizes)| *case != CONTROL && is_wrong(sizes));
    wrong.map(|(case, sizes)| format!("{case}: {sizes:?}, {:.2}", ratio(sizes))).collect()
}

#[test]
#[ignore = "needs INSTRUCTIONS, the output of `cargo bench --bench instructions`"]
fn twice_the_input_costs_at_most_a_little_more_than_twice() {
    let file = std::env::var("INSTRUCTIONS").unwrap();
    let cases = instructions(&fs::read_to_string(file).unwrap());
    for (case, sizes) in &cases {
        let _ = writeln!(std::io::stderr(), "{case}: {sizes:?}, {:.2}", ratio(sizes));
    }
    assert!(ratio(&cases[CONTROL]) > 3.0, "what is quadratic is noticed");
    let failures = failures(&cases);
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
#[ignore = "needs INSTRUCTIONS, the output of `cargo bench --bench commands`"]
fn a_run_costs_at_most_three_per_cent_more_than_committed() {
    let file = std::env::var("INSTRUCTIONS").unwrap();
    let runs = runs(&fs::read_to_string(file).unwrap());
    assert!(!runs.is_empty());
    let committed: BTreeMap<String, f64> = serde_json::from_slice(&fs::read(COUNTS).unwrap()).unwrap();
    for (name, run) in &runs {
        let ratio = committed.get(name).map_or(f64::NAN, |before| run / before);
        let _ = writeln!(std::io::stderr(), "{name}: {run} instructions, {ratio:.3} of the committed count");
    }
    if std::env::var_os("UPDATE_COUNTS").is_some() {
        // Thousands: what differs from run to run is less.
        let rounded: BTreeMap<_, _> = runs.iter().map(|(name, run)| (name, (run / 1e3).ceil())).collect();
        let thousands = rounded.iter().map(|(name, run)| format!("  \"{name}\": {run}000"));
        let lines = thousands.collect::<Vec<_>>().join(",\n");
        fs::write(COUNTS, format!("{{\n{lines}\n}}\n")).unwrap();
        return;
    }
    let grown = grown(&runs, &committed);
    assert!(grown.is_empty(), "committed -> counted, in instructions: {grown:#?}");
}

#[test]
fn a_run_that_costs_more_is_noticed() {
    let counts = |counts: &[(&str, f64)]| {
        counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect::<BTreeMap<_, _>>()
    };
    let committed = counts(&[("a", 100.0), ("b", 100.0), ("c", 100.0), ("d", 100.0)]);
    let runs = counts(&[("a", 103.0), ("b", 104.0), ("c", 10.0), ("e", 1.0)]);
    let grown = grown(&runs, &committed);
    let names: Vec<_> = grown.iter().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(names, ["b", "d", "e"]);
}

#[test]
fn what_grows_faster_is_noticed() {
    let summary = |id: &str, count: u64| {
        let metrics = json!({"Ir": {"values": {"new": count, "old": 1}}});
        let profiles = json!([{"data": {"total": {"metrics": metrics}}}]);
        json!({"function_name": "f", "id": id, "profiles": profiles}).to_string()
    };
    let counts = [("linear_0", 1000), ("linear_1", 2100), ("linear_2", 4400), ("more_0", 10), ("more_1", 23)];
    let summaries: Vec<_> = counts.map(|(id, count)| summary(id, count)).into();
    let cases = instructions(&[&summaries[..], &[summary("one_0", 10)]].concat().join("\n"));
    assert_eq!(cases["f::linear"], [1000.0, 2100.0, 4400.0]);
    let failures = failures(&cases);
    let failed: Vec<_> = failures.iter().map(|failure| failure.split(": ").next().unwrap()).collect();
    assert_eq!(failed, ["f::more", "f::one"]);
}
