use std::collections::{BTreeMap, BTreeSet};

use clients_contract::finding::Scope;
use clients_contract::generate::{BrokenPayload, Catalogue, Choices, Generator, LabelledPayload};
use clients_contract::{Contract, Schema, Validator, clients, rules};
use serde_json::{Value, json};

/// Every finding, of whatever severity, is the one that the label names.
fn complaint(validator: &Validator, violation: &LabelledPayload) -> Option<String> {
    let validation = validator.validate(violation.payload.to_text().as_bytes());
    let mut found: Vec<_> =
        validation.findings.iter().map(|finding| (finding.rule.id, finding.pointer.to_string())).collect();
    // One for each keyword that is broken.
    found.dedup();
    let label = (violation.rule.id, violation.pointer.to_string());
    (found != [label.clone()]).then(|| format!("{label:?} ({}): found {found:?}", violation.what))
}

#[test]
fn every_smallest_violation_is_found_where_its_label_says_and_nowhere_else() {
    let validator = Contract::clients().validator();
    let catalogue = clients::catalogue().unwrap();
    let complaints: Vec<_> =
        catalogue.smallest().filter_map(|violation| complaint(validator, &violation)).collect();
    assert!(complaints.is_empty(), "{}: {:#?}", complaints.len(), &complaints[..complaints.len().min(20)]);
    assert_eq!(catalogue.smallest().count(), catalogue.targets().len());
}

#[test]
fn every_rule_of_one_payload_is_among_them() {
    // What only a capture, or several pages of one walk, can break.
    let elsewhere = [
        "http-status",
        "page-mismatch",
        "repeated-client",
        "schema-violation",
        "sort-order-mismatch",
        "total-changed",
        "total-disagrees",
        "undecided",
        "walk-not-ending",
    ];
    let catalogue = clients::catalogue().unwrap();
    let broken: BTreeSet<_> = catalogue.targets().iter().map(|target| target.rule().id).collect();
    for rule in rules().filter(|rule| !matches!(rule.scope, Scope::Corpus | Scope::Change)) {
        assert_eq!(broken.contains(rule.id), !elsewhere.contains(&rule.id), "{}", rule.id);
    }
}

/// Pointers of every property of a schema, as the published document has them.
fn properties(schema: &Value) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut of = |place: &str, schema: &Value| {
        let properties = schema["properties"].as_object();
        all.extend(
            properties
                .into_iter()
                .flat_map(|map| map.keys())
                .map(|name| format!("{place}/properties/{name}")),
        );
    };
    of("", schema);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        of(&format!("/$defs/{name}"), definition);
    }
    all
}

#[test]
fn every_property_of_the_contract_is_broken() {
    let schema = clients::schema();
    let catalogue = clients::catalogue().unwrap();
    let broken: BTreeSet<_> =
        catalogue.targets().iter().map(|target| target.schema_pointer().to_owned()).collect();
    // Where anything may be, a number that no double holds still may not.
    let missed: Vec<_> = properties(&schema).into_iter().filter(|place| !broken.contains(place)).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

/// How many random violations are made; the promise is checked by hand with 100,000.
fn random() -> u64 {
    std::env::var("CLIENTS_CONTRACT_BREACHES").ok().and_then(|count| count.parse().ok()).unwrap_or(1_500)
}

#[test]
fn every_random_violation_is_refused_as_its_label_says() {
    let validator = Contract::clients().validator();
    let catalogue = clients::catalogue().unwrap();
    let mut rules: BTreeMap<&str, u64> = BTreeMap::new();
    for (seed, base) in (0..random()).zip(Generator::new(clients::recipe(1).unwrap(), 11)) {
        let mut choices = Choices::seeded(seed);
        let target = catalogue.pick(&mut choices).unwrap();
        let violation = catalogue.violate(target, &base, &mut choices).unwrap();
        let validation = validator.validate(violation.payload.to_text().as_bytes());
        let mut found: Vec<_> = validation
            .findings
            .iter()
            .filter(|finding| finding.severity == violation.rule.severity)
            .map(|finding| (finding.rule.id, finding.pointer.to_string()))
            .collect();
        found.dedup();
        assert_eq!(found, [(violation.rule.id, violation.pointer.to_string())], "{}", violation.what);
        *rules.entry(violation.rule.id).or_default() += 1;
    }
    assert!(rules.len() > 6, "{rules:?}");
}

#[test]
fn locations_are_picked_evenly() {
    let catalogue = clients::catalogue().unwrap().filter(|target| target.rule().id == "null-value");
    let mut choices = Choices::seeded(1);
    let mut picked: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..50 * catalogue.targets().len() {
        *picked.entry(catalogue.pick(&mut choices).unwrap().schema_pointer().to_owned()).or_default() += 1;
    }
    assert_eq!(picked.len(), catalogue.targets().len());
    let (least, most) = (picked.values().min().unwrap(), picked.values().max().unwrap());
    assert!(*least >= 20 && *most <= 90, "{least} to {most}");
}

#[test]
fn other_schemas_are_broken_as_their_labels_say() {
    let schema = json!({
        "type": "object",
        "required": ["list", "open"],
        "additionalProperties": false,
        "properties": {
            "list": {"type": "array", "minItems": 1, "maxItems": 3, "items": {
                "type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 9.5
            }},
            "kind": {"oneOf": [{"const": "a"}, {"type": "integer", "minimum": 3}]},
            "listed": {"type": "string", "enum": ["unlisted", "other"]},
            "open": true,
            "mail": {"type": "string", "format": "email"},
            "code": {"type": "string", "minLength": 2, "maxLength": 4},
            "tree": {"$ref": "#/$defs/tree"},
            "pair": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "boolean"}]}
        },
        "$defs": {"tree": {"type": "object", "required": ["below"], "properties": {
            "below": {"type": "array", "items": {"$ref": "#/$defs/tree"}}
        }}}
    });
    let validator = Validator::new(&Schema::from_value(schema.clone())).unwrap();
    let catalogue = Catalogue::new(&schema).unwrap();
    let complaints: Vec<_> =
        catalogue.smallest().filter_map(|violation| complaint(&validator, &violation)).collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
    let violations = catalogue.targets().iter().filter(|target| target.rule().id == "schema-violation");
    // One of them breaks both alternatives of `kind`.
    assert_eq!(violations.count(), 6);
}

#[test]
fn a_violation_changes_nothing_else() {
    let catalogue =
        clients::catalogue().unwrap().filter(|target| target.schema_pointer().starts_with("/$defs/"));
    let response = Generator::new(clients::recipe(3).unwrap(), 6).value(0);
    let mut mendable = 0;
    for seed in 0..600 {
        let violation = catalogue.break_once(&response, &mut Choices::seeded(seed)).unwrap();
        let place = violation.pointer.to_string();
        let (BrokenPayload::Json(mut mended), Some(original)) = (violation.payload, response.pointer(&place))
        else {
            continue;
        };
        let (parent, name) = place.rsplit_once('/').unwrap();
        if violation.rule.id == "missing-property" {
            mended.pointer_mut(parent).unwrap()[name] = original.clone();
        } else {
            *mended.pointer_mut(&place).unwrap() = original.clone();
        }
        assert_eq!(mended, response, "{place}: {}", violation.what);
        mendable += 1;
    }
    assert!(mendable > 50, "{mendable}");
}

fn rules_of(schema: &Value) -> BTreeSet<&'static str> {
    let catalogue = Catalogue::new(schema).unwrap();
    let of_schema = |id: &&str| !["not-json", "truncated-body", "too-deep"].contains(id);
    catalogue.targets().iter().map(|target| target.rule().id).filter(of_schema).collect()
}

#[test]
fn what_promises_nothing_cannot_be_broken() {
    // A number that no double holds is broken wherever it stands.
    for anything in [json!(true), json!({"description": "anything"})] {
        assert_eq!(rules_of(&anything), ["out-of-range"].into());
    }
    let open = rules_of(&json!({"properties": {"a": true}}));
    assert_eq!(open, ["duplicate-key", "out-of-range", "undocumented-property"].into());
}

#[test]
fn an_alternative_that_makes_up_for_another_is_left_alone() {
    let schema = json!({"anyOf": [{"type": "string", "format": "uuid"}, {"type": "string"}]});
    assert_eq!(rules_of(&schema), ["null-value", "type-mismatch"].into());
}

#[test]
fn the_same_seed_breaks_the_same_location() {
    let catalogue = clients::catalogue().unwrap();
    let base = Generator::new(clients::recipe(1).unwrap(), 6).value(0);
    let once = |seed| {
        let mut choices = Choices::seeded(seed);
        let target = catalogue.pick(&mut choices).unwrap();
        catalogue.violate(target, &base, &mut choices)
    };
    assert_eq!(once(9), once(9));
    assert!(
        (0..20)
            .any(|seed| matches!(once(seed), Some(LabelledPayload { payload: BrokenPayload::Json(_), .. })))
    );
}
