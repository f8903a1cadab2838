//! Throughput of the streaming engine, compared with parsing alone and with the `jsonschema` crate.
//!
//! `cargo bench --bench validate` makes six corpora from fixed seeds and runs every contestant over each, one
//! after the other in every round, on one core. It prints megabytes a second (medians) and ratios (medians of
//! the ratios of the rounds), so that a noisy machine does less harm. `BENCH_ROUNDS` (default 9) and
//! `BENCH_MEGABYTES` (default 16, a corpus) say how long. With `BENCH_PROFILE=CORPUS`, its name or the
//! beginning of it, only the streaming engine runs, over that corpus, for a profiler to look at. With
//! `BENCH_WRITE=FOLDER` the corpora are written there as NDJSON, for whole tools to be compared.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss, missing_docs)]

use std::fmt::Write;
use std::hint::black_box;
use std::time::Instant;

use clients_contract::generate::{BrokenPayload, Choices};
use clients_contract::validate::Engine;
use clients_contract::{Contract, clients};
use serde::de::IgnoredAny;
use serde_json::{Value, json};

mod corpora;

use corpora::{Corpus, irregular, typical};

impl Corpus {
    fn bytes(&self) -> usize {
        self.bodies.iter().map(Vec::len).sum()
    }

    fn edited(&self, name: &'static str, edit: impl Fn(usize, &[u8]) -> Vec<u8>) -> Self {
        let bodies = self.bodies.iter().enumerate().map(|(at, body)| edit(at, body)).collect();
        Self { name, bodies }
    }
}

/// A backslash about every hundred bytes: in every other string, in place of its first space or letter.
fn escaped(body: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(body.len() * 2);
    let mut since = 0;
    let mut in_value = false;
    for (at, byte) in body.iter().enumerate() {
        let begins = *byte == b'"' && at > 0 && matches!(body[at - 1], b':' | b'[' | b',');
        in_value |= begins && body[at - 1] == b':';
        if in_value && *byte == b' ' && since > 60 {
            text.extend_from_slice(b"\\n\\u00e9\\\"");
            since = 0;
            continue;
        }
        text.push(*byte);
        since += 1;
    }
    text
}

fn corpora(bytes: usize) -> Vec<Corpus> {
    let typical = typical(bytes);
    let value = |body: &[u8]| serde_json::from_slice::<Value>(body).unwrap();
    let pretty = typical.edited("pretty-printed", |_, body| format!("{:#}", value(body)).into_bytes());
    let escapes = typical.edited("escape-heavy", |_, body| escaped(body));
    let catalogue =
        clients::catalogue().unwrap().filter(|target| target.schema_pointer().starts_with("/$defs/"));
    let drifting = typical.edited("1 % invalid, drift", |at, body| {
        let mut value = value(body);
        if at % 100 == 50 {
            let violation = catalogue.break_once(&value, &mut Choices::seeded(at as u64)).unwrap();
            if let BrokenPayload::Json(broken) = violation.payload {
                value = broken;
            }
        }
        if at % 10 == 0 {
            for client in value["data"]["Clients"]["clients"].as_array_mut().into_iter().flatten() {
                client["betaFeatures"] = json!({"enabled": true});
            }
        }
        value.to_string().into_bytes()
    });
    let huge = Corpus { name: "one document", bodies: vec![one_document(&typical)] };
    vec![typical, pretty, escapes, drifting, huge, irregular(bytes)]
}

/// The clients of all bodies in one.
fn one_document(corpus: &Corpus) -> Vec<u8> {
    let mut text = String::from("{\"data\":{\"Clients\":{\"clients\":[");
    let mut count = 0;
    for body in &corpus.bodies {
        let value: Value = serde_json::from_slice(body).unwrap();
        for client in value["data"]["Clients"]["clients"].as_array().unwrap() {
            let _ = write!(text, "{}{client}", if count == 0 { "" } else { "," });
            count += 1;
        }
    }
    let info = json!({"currentPage": 1, "perPage": count, "total": count, "hasMore": false});
    let _ = write!(text, "],\"pageInfo\":{info}}}}}}}");
    text.into_bytes()
}

/// Somebody who reads bodies and says of how many they found something to say.
type Contestant<'c> = (&'static str, Box<dyn Fn(&[u8]) -> bool + 'c>);

fn contestants() -> Vec<Contestant<'static>> {
    let engine = |engine| Contract::clients().validator().clone().engine(engine).unwrap();
    let stream = engine(Engine::Stream);
    let schema = clients::schema();
    let judge = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    vec![
        ("stream", Box::new(move |body: &[u8]| stream.validate(body).valid)),
        (
            "jsonschema",
            Box::new(move |body: &[u8]| {
                serde_json::from_slice::<Value>(body).is_ok_and(|value| judge.is_valid(&value))
            }),
        ),
        ("IgnoredAny", Box::new(|body: &[u8]| serde_json::from_slice::<IgnoredAny>(body).is_ok())),
    ]
}

fn seconds(corpus: &Corpus, (_, run): &Contestant<'_>) -> (f64, usize) {
    // Whoever ran before may have left the allocator with work to do.
    black_box(run(&corpus.bodies[0][..corpus.bodies[0].len().min(1 << 16)]));
    drop(black_box(vec![0_u8; 1 << 16]));
    let start = Instant::now();
    let valid = corpus.bodies.iter().filter(|body| black_box(run(black_box(body)))).count();
    (start.elapsed().as_secs_f64(), valid)
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn main() {
    let rounds = setting("BENCH_ROUNDS", 9);
    let corpora = corpora(setting("BENCH_MEGABYTES", 16) * 1_000_000);
    if let Ok(folder) = std::env::var("BENCH_WRITE") {
        for corpus in &corpora {
            let name = corpus.name.replace([' ', ',', '%'], "");
            let lines: Vec<u8> = corpus.bodies.iter().flat_map(|body| [&body[..], b"\n"].concat()).collect();
            std::fs::write(std::path::Path::new(&folder).join(format!("{name}.ndjson")), lines).unwrap();
        }
        return;
    }
    let contestants = contestants();
    if let Ok(name) = std::env::var("BENCH_PROFILE") {
        let corpus = corpora.iter().find(|corpus| corpus.name.starts_with(&name)).unwrap();
        let best = (0..rounds).map(|_| seconds(corpus, &contestants[0]).0).fold(f64::MAX, f64::min);
        println!("{:.0} MB/s", corpus.bytes() as f64 / 1e6 / best);
        return;
    }
    let mut times = vec![vec![Vec::new(); contestants.len()]; corpora.len()];
    for round in 0..=rounds {
        for (corpus, times) in corpora.iter().zip(&mut times) {
            for (contestant, times) in contestants.iter().zip(times) {
                let (seconds, _) = seconds(corpus, contestant);
                // The first round warms up.
                if round > 0 {
                    times.push(seconds);
                }
            }
        }
    }
    println!(
        "{:20} {:>8} {:>7}  {:>10} {:>10} {:>10}  {:>12} {:>12} {:>12}",
        "corpus",
        "MB",
        "bodies",
        "stream",
        "jsonschema",
        "IgnoredAny",
        "/ jsonschema",
        "/ IgnoredAny",
        "/ typical"
    );
    let speed = |corpus: &Corpus, seconds: f64| corpus.bytes() as f64 / 1e6 / seconds;
    for (corpus, of) in corpora.iter().zip(&times) {
        let [stream, tree, skip] = [&of[0], &of[1], &of[2]];
        let ratio =
            |other: &Vec<f64>| median(stream.iter().zip(other).map(|(ours, theirs)| theirs / ours).collect());
        let typical = median(
            stream
                .iter()
                .zip(&times[0][0])
                .map(|(ours, typical)| speed(corpus, *ours) / speed(&corpora[0], *typical))
                .collect(),
        );
        println!(
            "{:20} {:>8.1} {:>7}  {:>10.0} {:>10.0} {:>10.0}  {:>12.2} {:>12.2} {:>12.2}",
            corpus.name,
            corpus.bytes() as f64 / 1e6,
            corpus.bodies.len(),
            speed(corpus, median(stream.clone())),
            speed(corpus, median(tree.clone())),
            speed(corpus, median(skip.clone())),
            ratio(tree),
            ratio(skip),
            typical
        );
    }
}
