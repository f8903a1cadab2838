//! Traffic as a whole.

/// Bad input: other contracts, broken profiles, nothing to check; bounds that are hit.
mod bounds;
/// What the payloads exercise of the contract, and a number to hold it to.
mod coverage;
/// The schema that traffic suggests, and what the contract could learn from it.
mod learning;
/// Profiles of parts are the profile of the whole, and so are reports.
mod merging;
/// What is seen of each field while a payload is validated is what a parser sees.
mod observing;
/// Parts of files, walks that go on in other parts, and trees of merges: the report is that of one run.
mod parts;
/// Drift that begins at known rates is found, and nothing else is claimed.
mod planted;
/// Statistics by three ways, and by walking over a tree.
mod statistics;

use std::path::Path;
use std::process::{Command, Stdio};

use clients_contract::drift::{Documents, Profile, Watch};
use clients_contract::{Origin, Payload, Schema, Validator};
use serde_json::Value;

/// The profile of bodies, as text.
fn profile_of(schema: &Schema, bodies: &[impl AsRef<str>]) -> Profile {
    let validator = Validator::new(schema).unwrap();
    let documents = Documents::new(schema, validator.promises()).unwrap();
    let watch = Watch::new(Some(&documents), "test");
    for body in bodies {
        let payload = Payload::new(Origin::file("a"), body.as_ref().as_bytes().to_vec());
        watch.validate_payload(&validator, &payload);
    }
    watch.finish()
}

/// What a run of the tool said.
struct Said {
    code: i32,
    out: String,
    err: String,
}

fn tool(folder: &Path, arguments: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    let output = command.current_dir(folder).args(arguments).stdin(Stdio::null()).output().unwrap();
    Said {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Rule and place of each finding of a JSON report.
fn found(report: &str) -> std::collections::BTreeSet<(String, String)> {
    let report: Value = serde_json::from_str(report).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|finding| (text(&finding["rule"]), text(&finding["pointer"]))).collect()
}

/// A page of one made-up instance, different for each number, with two courses. Every second number has no
/// `sku`, every tenth a null host.
fn page(number: u64) -> Value {
    // Mixed, so that no two members go together.
    let mix = |salt: u64| (number * 64 + salt).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29) % 1_000;
    let id = |salt: u64| format!("00000000-0000-4000-8000-{:012x}", number * 64 + salt);
    let one_of = |all: [&'static str; 3], salt: u64| all[usize::try_from(mix(salt)).unwrap() % 3];
    let course = |salt: u64| {
        let status = one_of(["published", "draft", "archived"], salt);
        serde_json::json!({
            "id": id(salt), "slug": format!("course-{number}-{salt}"), "status": status,
            "title": if mix(salt + 1) < 300 { Value::Null } else { format!("Course {number}").into() },
            "sessionIsTitled": mix(salt + 2) < 500, "seatsLimitMet": mix(salt + 3) < 500,
            "waitlistingEnabled": mix(salt + 4) < 500, "waitlistingTriggered": mix(salt + 5) < 500,
            "purchasable": mix(salt + 6) < 500, "hasMultipleCurrencies": mix(salt + 7) < 500, "prices": [],
            "currentUserHasAccess": mix(salt + 8) < 500, "displayMap": mix(salt + 9) < 500,
            "isActive": mix(salt + 10) < 500, "displayResults": mix(salt + 11) < 500,
            "bulkPurchasingEnabled": mix(salt + 12) < 500, "hasChildren": mix(salt + 13) < 500,
            "seatsUsedCount": mix(salt + 14), "seatsAllocatedCount": mix(salt + 15),
        })
    };
    let mut client = serde_json::json!({
        "id": id(0), "name": format!("Name {number}"), "slug": format!("slug-{number}"),
        "schoolName": format!("School {}", number % 997), "defaultLanguage": one_of(["de", "en", "fr"], 40),
        "customHost": if mix(41) < 100 { Value::Null } else { format!("h{number}.example.com").into() },
        "notificationEmails": format!("n{number}@example.com"), "sku": format!("SKU-{number}"),
        "seatsLimit": mix(42), "createdAt": format!("2026-01-02T03:04:05.{:03}Z", mix(43)),
        "updatedAt": format!("2026-02-02T03:04:05.{:03}Z", mix(44)), "secretKey": format!("sk-{number}-secret"),
        "courses": [course(1), course(20)],
    });
    if mix(45) < 500 {
        client.as_object_mut().unwrap().remove("sku");
    }
    serde_json::json!({"data": {"Clients": {
        "pageInfo": {"perPage": 0, "currentPage": number + 1, "total": 1, "hasMore": false}, "clients": [client],
    }}})
}

/// Pages as NDJSON.
fn lines(pages: impl Iterator<Item = Value>) -> String {
    pages.flat_map(|page| [page.to_string(), "\n".to_owned()]).collect()
}
