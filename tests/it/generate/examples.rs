//! Values that the schema itself gives.

use clients_contract::generate::{Generator, Recipe};
use serde_json::{Value, json};

use super::{assert_conforms, judge};

fn schema() -> Value {
    json!({
        "type": "object",
        "required": ["name", "status", "seats", "tag", "owner"],
        "properties": {
            "name": {"type": "string", "minLength": 2, "examples": ["Ada Lovelace", "A", "Grace Hopper"]},
            "status": {"enum": ["draft", "published"], "default": "draft"},
            "seats": {"allOf": [{"$ref": "#/$defs/seats"}, {"maximum": 10}]},
            "tag": {"anyOf": [{"type": "string", "examples": ["rust"]}, {"type": "integer", "default": "none"}]},
            "owner": {"$ref": "#/$defs/owner"},
        },
        "$defs": {
            "seats": {"type": "integer", "examples": [7, 70]},
            "owner": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}, "example": {"id": 12345}},
        },
    })
}

#[test]
fn examples_are_taken_in_two_of_three_draws() {
    let schema = schema();
    let recipe = Recipe::new(&schema).unwrap().with_examples();
    let values: Vec<Value> = Generator::new(recipe, 3).take(300).collect();
    let judge = judge(&schema);
    for value in &values {
        assert_conforms(&judge, value);
    }
    let share = |pointer: &str, wanted: &[Value]| {
        values.iter().filter(|value| wanted.contains(value.pointer(pointer).unwrap())).count()
    };
    assert!((160..240).contains(&share("/name", &[json!("Ada Lovelace"), json!("Grace Hopper")])));
    assert!((160..240).contains(&share("/owner", &[json!({"id": 12345})])));
    // Valid where it is given, and not here.
    assert!((160..240).contains(&share("/seats", &[json!(7)])));
    // Of a branch that is taken in half of the draws.
    assert!((70..140).contains(&share("/tag", &[json!("rust")])));
    assert!(share("/status", &[json!("draft")]) > 200);
    let plain = Generator::new(Recipe::new(&schema).unwrap(), 3).take(100);
    assert!(plain.into_iter().all(|value| value["owner"] != json!({"id": 12345})));
}

#[test]
fn invalid_examples_are_named_once_and_never_used() {
    let recipe = Recipe::new(&schema()).unwrap();
    assert_eq!(recipe.invalid_examples(), ["/properties/name/examples/1", "/properties/tag/anyOf/1/default"]);
    let whole = json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}, "b": {"$ref": "#/$defs/a"}},
        "examples": [{"a": 1}, {"a": "x"}], "$defs": {"a": {"type": "integer", "default": null}}});
    let recipe = Recipe::new(&whole).unwrap();
    assert_eq!(recipe.invalid_examples(), ["/$defs/a/default", "/examples/1"]);
    let values = Generator::new(recipe.with_examples(), 1).take(300);
    let first = values.into_iter().filter(|value| *value == json!({"a": 1})).count();
    assert!((160..240).contains(&first), "{first}");
}
