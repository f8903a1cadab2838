use clients_contract::clients;
use clients_contract::generate::Generator;
use sha2::{Digest, Sha256};

/// The SHA-256 of the first twenty responses of seed 42 with two clients each, one a line.
///
/// It changes when the contract or the generator changes, and then on purpose.
const GOLDEN: &str = "4b2a67a8765a830b1b79bc4bd4d0930c8ac7e3900f8881c6b09ec406febe202e";

fn series(seed: u64) -> Generator {
    Generator::new(clients::recipe(2).unwrap(), seed)
}

#[test]
fn the_same_seed_makes_the_same_bytes_everywhere() {
    let mut hash = Sha256::new();
    for response in series(42).take(20) {
        hash.update(response.to_string());
        hash.update("\n");
    }
    let digest = hash.finalize().iter().fold(String::new(), |digest, byte| format!("{digest}{byte:02x}"));
    assert_eq!(digest, GOLDEN);
}

#[test]
fn a_response_does_not_depend_on_how_many_are_requested() {
    let all: Vec<_> = series(7).take(12).collect();
    assert_eq!(series(7).value(11), all[11]);
    assert_eq!(series(7).nth(5), Some(all[5].clone()));
    assert_eq!(series(7).nth(3), Some(all[3].clone()));
}

#[test]
fn another_seed_makes_other_bytes() {
    assert_ne!(series(7).next(), series(8).next());
    assert_ne!(series(7).next(), series(7).nth(1));
}
