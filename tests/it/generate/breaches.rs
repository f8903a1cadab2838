use clients_contract::clients;
use clients_contract::generate::{Breaker, Choices, Fault, Generator};
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::json;

use super::judge;

/// The places of an error, also of those that made every alternative fail.
fn places(error: &ValidationError<'_>, into: &mut Vec<String>) {
    let place = error.instance_path().to_string();
    if let ValidationErrorKind::Required { property } = error.kind() {
        into.push(format!("{place}/{}", property.as_str().unwrap()));
    }
    if let ValidationErrorKind::AnyOf { context } = error.kind() {
        for nested in context.iter().flatten() {
            let mut inner = Vec::new();
            places(nested, &mut inner);
            // The places of a nested error may be relative to the alternative or to the payload.
            into.extend(inner.iter().map(|inner| format!("{place}{inner}")));
            into.extend(inner);
        }
    }
    into.push(place);
}

#[test]
fn every_breach_is_refused_at_its_place() {
    let judge = judge(&clients::schema());
    let breaker = Breaker::from(clients::recipe(1).unwrap());
    for (number, response) in (0..).zip(Generator::new(clients::recipe(1).unwrap(), 5).take(40)) {
        for fault in breaker.faults(&response) {
            let breach = breaker.break_by(fault, &response, &mut Choices::seeded(number)).unwrap();
            let mut found = Vec::new();
            judge.iter_errors(&breach.value).for_each(|error| places(&error, &mut found));
            let place = breach.pointer.to_string();
            assert!(found.contains(&place), "{fault:?} at {place} ({}): {found:#?}", breach.deed);
        }
    }
}

#[test]
fn a_breach_changes_nothing_else() {
    let breaker = Breaker::from(clients::recipe(1).unwrap());
    let response = Generator::new(clients::recipe(1).unwrap(), 6).value(0);
    for seed in 0..50 {
        let breach = breaker.break_once(&response, &mut Choices::seeded(seed)).unwrap();
        let place = breach.pointer.to_string();
        let mut mended = breach.value.clone();
        let original = response.pointer(&place).unwrap().clone();
        if breach.fault == Fault::MissingProperty {
            let (parent, name) = place.rsplit_once('/').unwrap();
            mended.pointer_mut(parent).unwrap()[name] = original;
        } else {
            *mended.pointer_mut(&place).unwrap() = original;
        }
        assert_eq!(mended, response);
    }
}

#[test]
fn a_response_can_be_broken_in_every_way() {
    let breaker = Breaker::from(clients::recipe(3).unwrap());
    let response = Generator::new(clients::recipe(3).unwrap(), 6).value(0);
    assert_eq!(breaker.faults(&response), Fault::ALL);
}

#[test]
fn the_same_choices_break_the_same_place() {
    let breaker = Breaker::from(clients::recipe(1).unwrap());
    let response = Generator::new(clients::recipe(1).unwrap(), 6).value(0);
    let once = |seed| breaker.break_once(&response, &mut Choices::seeded(seed));
    assert_eq!(once(9), once(9));
}

#[test]
fn what_promises_nothing_cannot_be_broken() {
    for schema in [json!(true), json!({"description": "anything"}), json!({"properties": {"a": true}})] {
        let breaker = Breaker::new(&schema).unwrap();
        for value in [json!(null), json!("text"), json!({"a": [1]})] {
            assert_eq!(breaker.break_once(&value, &mut Choices::seeded(1)), None);
        }
    }
}

#[test]
fn an_alternative_that_makes_up_for_another_is_left_alone() {
    let schema = json!({"anyOf": [{"type": "string", "format": "uuid"}, {"type": "string"}]});
    let breaker = Breaker::new(&schema).unwrap();
    assert_eq!(breaker.faults(&json!("text")), [Fault::NullValue, Fault::TypeMismatch]);
}

#[test]
fn every_breach_of_other_schemas_is_refused() {
    let schema = json!({
        "type": "object",
        "required": ["list", "open"],
        "properties": {
            "list": {"type": "array", "items": {"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 9.5}},
            "kind": {"oneOf": [{"const": "a"}, {"const": "b"}]},
            "listed": {"type": "string", "enum": ["unlisted", "not_listed", "other"]},
            "open": true,
            "mail": {"type": "string", "format": "email", "minLength": 1},
            "day": {"type": "string", "format": "date"}
        }
    });
    let (judge, breaker) = (judge(&schema), Breaker::new(&schema).unwrap());
    for value in Generator::new(clients_contract::generate::Recipe::new(&schema).unwrap(), 2).take(200) {
        for fault in breaker.faults(&value) {
            let breach = breaker.break_by(fault, &value, &mut Choices::seeded(3)).unwrap();
            assert!(!judge.is_valid(&breach.value), "{breach:?}");
            assert!(!breach.pointer.to_string().starts_with("/open/"), "{breach:?}");
        }
    }
}
