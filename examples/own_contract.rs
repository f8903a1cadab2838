//! A contract for an endpoint of your own: from a type to validation, drift, payloads, violations, mutation
//! testing and a request to a server. The endpoint gives one gauge, so there are no pages.
//!
//! ```sh
//! cargo run --example own_contract
//! ```
#![allow(dead_code, clippy::print_stdout, missing_docs, reason = "a type that only describes, and a program")]

use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use clients_contract::drift::{Coverage, Documents, Watch, claims};
use clients_contract::generate::Generator;
use clients_contract::generate::mutate::{Witnesses, mutants};
use clients_contract::live::{Address, Key, Options, Walk};
use clients_contract::{Contract, Origin, Payload, Schema};
use schemars::JsonSchema;

/// A gauge, as `GET /v1/gauges/{id}` answers it.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
struct Gauge {
    /// Its number.
    id: u32,
    /// What it measures in.
    unit: Unit,
    /// The last reading; null while it is switched off.
    reading: Option<f64>,
    /// What readings are sent with.
    access_token: String,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum Unit {
    Bar,
    Pascal,
}

const GAUGE: &str = r#"{"id": 7, "unit": "bar", "reading": 2.5, "accessToken": "not-a-secret"}"#;

pub fn main() -> Result<(), Box<dyn Error>> {
    let gauges = Contract::builder("gauges", Schema::of::<Gauge>())
        .version("1.0.0")
        .path("/v1/gauges/{id}")
        .secrets(["accessToken"])
        .build()?;

    // Validate a payload.
    assert!(gauges.validate(GAUGE.as_bytes()).valid);
    let broken = gauges.validate(br#"{"id": -1, "unit": "psi", "accessToken": "not-a-secret"}"#);
    let rules: Vec<&str> = broken.findings.iter().map(|finding| finding.rule.id).collect();
    assert_eq!(rules, ["out-of-range", "unknown-enum-value"]);
    print!("{broken}");

    // Look at traffic as a whole.
    let validator = gauges.validator();
    let documents = Documents::new(gauges.schema(), validator.promises())?;
    let watch = Watch::new(Some(&documents), "gauges 1.0.0");
    for number in 0..100 {
        let body = format!(r#"{{"id": {number}, "unit": "bar", "accessToken": "not-a-secret"}}"#);
        let payload = Payload::new(Origin::file("day1.ndjson"), body.into_bytes());
        watch.validate_payload(validator, &payload);
    }
    let profile = watch.finish();
    let found = claims(&documents, &profile, None, 100);
    assert!(
        found.iter().any(|claim| claim.rule.id == "never-seen" && claim.pointer.to_string() == "/reading")
    );
    println!("{}", Coverage::of(&documents, &profile).summary());

    // Make payloads that keep it, and payloads that break it in one known place.
    let mut made = Generator::new(gauges.recipe(&[], None)?, 7);
    assert!((0..100).all(|number| validator.validate(made.value(number).to_string().as_bytes()).valid));
    println!("{}", made.next().unwrap_or_default());
    let catalogue = gauges.catalogue(&[])?;
    let mutants = mutants(gauges.schema())?;
    let mut witnesses = Witnesses::for_mutants(&mutants);
    for violation in catalogue.smallest() {
        let body = violation.payload.to_text();
        let (found, concerned) = validator.validate_traced(body.as_bytes());
        assert!(found.findings.iter().any(|finding| finding.rule == violation.rule), "{}", violation.what);
        witnesses.add(body.as_bytes(), found.valid, &found.findings, concerned);
    }

    // Would these payloads notice if the contract were weaker?
    let killed = mutants.iter().filter(|mutant| {
        let weaker = |weakening: &_, body: &[u8]| {
            let found = validator.validate_weaker(body, weakening);
            Some((found.valid, found.findings))
        };
        witnesses.killer(mutant, weaker).is_some()
    });
    let killed = killed.count();
    assert_eq!(killed, mutants.len());
    println!("{killed} of {} mutants killed", mutants.len());

    // Ask a server: without paging it is one request.
    let address = Address::parse(&format!("http://{}/v1/gauges/7", serve()?), &gauges.path)?;
    let key = Key::new("ti_test_of_an_example")?;
    let walk = Walk::new(gauges.paging(), gauges.secrets(), address, key, Options::default())?;
    let pages = walk.collect::<Result<Vec<_>, _>>()?;
    assert_eq!(pages.len(), 1);
    assert!(validator.validate_payload(&pages[0]).valid);
    Ok(())
}

/// A server on this machine that answers one request with a gauge.
fn serve() -> Result<std::net::SocketAddr, std::io::Error> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        let (mut stream, _) = listener.accept()?;
        let mut head = Vec::new();
        let mut buffer = [0; 1024];
        while !head.ends_with(b"\r\n\r\n") {
            let length = stream.read(&mut buffer)?;
            head.extend_from_slice(&buffer[..length]);
            if length == 0 {
                break;
            }
        }
        let length = GAUGE.len();
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{GAUGE}"
        )
    });
    Ok(address)
}
