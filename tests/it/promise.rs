//! Types, schema, validator and generator say the same: the promise that everything else stands on.

use clients_contract::contract::clients::{self, ClientsResponse};
use clients_contract::finding::Scope;
use clients_contract::generate::{BrokenPayload, Catalogue, Choices, Generator};
use clients_contract::{Contract, Severity};
use serde_json::Value;

/// Responses that the promise is held to, and seeds they come from.
const RESPONSES: u64 = 10_000;
const SEEDS: u64 = 5;

fn reference() -> jsonschema::Validator {
    jsonschema::options().should_validate_formats(true).build(&clients::schema()).unwrap()
}

/// Generated, accepted by the reference engine; read and written by the types, accepted again and
/// equal; broken once, refused with exactly that finding at exactly that place.
#[test]
fn what_is_generated_is_accepted_and_what_is_broken_once_is_found() {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    std::thread::scope(|scope| {
        for thread in 0..threads {
            scope.spawn(move || {
                let reference = reference();
                let catalogue = errors();
                for seed in 0..SEEDS {
                    let series = Generator::new(clients::recipe(1).unwrap(), seed);
                    for number in (thread..RESPONSES / SEEDS).step_by(usize::try_from(threads).unwrap()) {
                        let response = series.value(number);
                        let name = format!("seed {seed}, number {number}");
                        assert!(reference.is_valid(&response), "{name}");
                        holds(&response, &reference, &name);
                        let mut choices = Choices::seeded(seed << 32 | number);
                        let broken = catalogue.break_once(&response, &mut choices).unwrap();
                        let name = format!("{name}: {} at {}", broken.what, broken.pointer);
                        if let BrokenPayload::Json(value) = &broken.payload {
                            assert!(!reference.is_valid(value), "{name}");
                        }
                        let validation = Contract::clients().validate(broken.payload.to_text().as_bytes());
                        let errors =
                            validation.findings.iter().filter(|found| found.severity == Severity::Error);
                        let mut found: Vec<_> = errors.map(|found| (found.rule.id, &found.pointer)).collect();
                        // One for each keyword that is broken.
                        found.dedup();
                        assert!(!validation.valid, "{name}");
                        assert_eq!(found, [(broken.rule.id, &broken.pointer)], "{name}");
                    }
                }
            });
        }
    });
}

/// Every way to break what the schema says.
fn errors() -> Catalogue {
    clients::catalogue().unwrap().filter(|target| {
        matches!(target.rule().scope, Scope::Schema(_)) && target.rule().severity == Severity::Error
    })
}

fn holds(response: &Value, reference: &jsonschema::Validator, name: &str) {
    let typed: ClientsResponse =
        serde_json::from_value(response.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let written = serde_json::to_value(&typed).unwrap();
    assert!(reference.is_valid(&written), "{name}");
    assert!(written == *response, "{name}: not the same after a round trip");
}

/// What is refused for type, null, required or enum, the types refuse, too.
#[test]
fn what_the_schema_refuses_the_types_refuse() {
    let catalogue = errors();
    let series = Generator::new(clients::recipe(1).unwrap(), 99);
    for (number, response) in (0..300).zip(series) {
        let broken = catalogue.break_once(&response, &mut Choices::seeded(number)).unwrap();
        let read = serde_json::from_str::<ClientsResponse>(&broken.payload.to_text());
        assert!(read.is_err(), "{} at {}", broken.what, broken.pointer);
    }
}

/// What is generated has nothing to say, not even that a key is unknown.
#[test]
fn generated_responses_have_no_findings() {
    for response in Generator::new(clients::recipe(3).unwrap(), 4).take(50) {
        let validation = Contract::clients().validate(response.to_string().as_bytes());
        assert!(validation.valid && validation.findings.is_empty(), "{validation:#?}");
    }
}
