//! Arrays of which some items must be of a kind.

use clients_contract::generate::Recipe;
use serde_json::json;

use super::strings::assert_built;

#[test]
fn what_contains_asks_for_is_evaluated() {
    let integer = json!({"type": "integer"});
    for schema in [
        json!({"contains": integer, "unevaluatedItems": false}),
        json!({"contains": integer, "unevaluatedItems": false, "minItems": 4}),
        json!({"contains": integer, "minContains": 0, "minItems": 2, "unevaluatedItems": false}),
        json!({"contains": integer, "minItems": 2, "unevaluatedItems": {"type": "string"}}),
        json!({"allOf": [{"contains": integer}], "unevaluatedItems": false}),
        json!({"prefixItems": [{"type": "string"}], "contains": integer, "minContains": 2, "maxContains": 3,
            "unevaluatedItems": false, "uniqueItems": true}),
        json!({"prefixItems": [true, {"type": "string"}, true], "contains": integer, "minContains": 3,
            "unevaluatedItems": false}),
        json!({"prefixItems": [{"type": "string"}, {"type": "boolean"}], "contains": {"const": 5},
            "maxContains": 1, "minItems": 4, "unevaluatedItems": {"type": ["null", "integer"]}}),
        json!({"contains": {"enum": [1, 2, 3]}, "unevaluatedItems": false, "uniqueItems": true, "minItems": 3}),
    ] {
        let mut schema = schema;
        schema["type"] = json!("array");
        assert_built(&schema);
    }
}

#[test]
fn one_item_does_for_several_kinds() {
    for kinds in [
        [json!({"contains": {"type": "integer"}, "maxContains": 1}), json!({"contains": {"const": 5}})],
        [json!({"contains": {"const": 5}}), json!({"contains": {"const": 5}})],
    ] {
        assert_built(&json!({"type": "array", "allOf": kinds, "uniqueItems": true}));
    }
}

#[test]
fn what_cannot_be_evaluated_is_refused() {
    let [new, old] = ["draft/2020-12/schema", "draft/2019-09/schema"].map(|dialect| {
        let schema = format!("https://json-schema.org/{dialect}");
        json!({"$schema": schema, "type": "array", "contains": {"const": 5}, "unevaluatedItems": false})
    });
    assert_built(&{
        let mut more = new.clone();
        more["contains"] = json!({"type": "integer"});
        more
    });
    // In 2019-09 items are not evaluated by `contains`.
    assert!(Recipe::new(&old).is_err());
    let mut few = new;
    few["minItems"] = json!(2);
    few["maxContains"] = json!(1);
    assert!(Recipe::new(&few).is_err());
}

#[test]
fn items_that_differ_are_as_many_as_contains_demands() {
    let two_of = |values: [i32; 3]| json!({"contains": {"enum": values}, "minContains": 2});
    assert_built(
        &json!({"type": "array", "uniqueItems": true, "allOf": [two_of([1, 2, 3]), two_of([3, 4, 5])]}),
    );
    let same = json!({"type": "array", "uniqueItems": true, "contains": {"const": 9}, "minContains": 2});
    assert!(Recipe::new(&same).is_err());
}

#[test]
fn items_are_shared_between_kinds_whatever_their_order() {
    let kinds = [json!({"enum": [1, 2, 4]}), json!({"enum": [2, 3, 4]}), json!({"const": 9})];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let all = order.map(|kind| json!({"contains": kinds[kind]}));
        assert_built(&json!({"type": "array", "maxItems": 2, "allOf": all}));
    }
}
