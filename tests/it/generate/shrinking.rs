use clients_contract::clients::{self, Client, Course, LearningPath, License};
use clients_contract::generate::strategy;
use proptest::arbitrary::{Arbitrary, any};
use proptest::strategy::{Strategy, ValueTree, check_strategy_sanity};
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::{assert_conforms, judge};

/// Shrinks a value as proptest does, while `fails` holds; `None` if it does not hold at first.
fn shrunk<T>(mut tree: impl ValueTree<Value = T>, fails: impl Fn(&T) -> bool) -> Option<T> {
    let mut simplest = Some(tree.current()).filter(&fails)?;
    let mut more = tree.simplify();
    for _ in 0..200_000 {
        if !more {
            return Some(simplest);
        }
        let value = tree.current();
        more = if fails(&value) {
            simplest = value;
            tree.simplify()
        } else {
            tree.complicate()
        };
    }
    panic!("shrinking does not end");
}

fn runner() -> TestRunner {
    TestRunner::deterministic()
}

#[test]
fn what_always_fails_shrinks_to_the_simplest_value() {
    let tree = clients::responses().new_tree(&mut runner()).unwrap();
    let simplest = shrunk(tree, |_| true).unwrap();
    let page = json!({"perPage": 1, "currentPage": 1, "total": 0, "hasMore": false});
    assert_eq!(simplest, json!({"data": {"Clients": {"clients": [], "pageInfo": page}}}));
}

#[test]
fn every_step_keeps_the_contract() {
    let judge = judge(&clients::schema());
    let mut runner = runner();
    for kept in [3, 5, 9] {
        let tree = clients::responses().clients(1).new_tree(&mut runner).unwrap();
        let simplest = shrunk(tree, |response| {
            assert_conforms(&judge, response);
            response["data"]["Clients"]["clients"][0].as_object().unwrap().len() >= kept
        });
        let size =
            simplest.map(|response| response["data"]["Clients"]["clients"][0].as_object().unwrap().len());
        assert_eq!(size, Some(kept));
    }
}

#[test]
fn the_member_to_blame_is_all_that_is_left() {
    let mut runner = runner();
    let blamed = (0..50).find_map(|_| {
        let tree = clients::responses().new_tree(&mut runner).unwrap();
        shrunk(tree, |response| {
            let clients = response["data"]["Clients"]["clients"].as_array().unwrap();
            clients.iter().any(|client| client["seatsLimit"].as_i64() > Some(17))
        })
    });
    let nil = "00000000-0000-0000-0000-000000000000";
    let client = json!({"id": nil, "name": "", "seatsLimit": 18});
    assert_eq!(blamed.unwrap()["data"]["Clients"]["clients"], json!([client]));
}

/// Shrinks values of a type while `fails` holds of their JSON, which keeps the schema of the type at every
/// step.
fn smallest<T: Arbitrary + serde::Serialize>(name: &str, fails: impl Fn(&Value) -> bool) -> Value {
    let judge = judge(&json!({"$ref": format!("#/$defs/{name}"), "$defs": clients::schema()["$defs"]}));
    let json = |value: &T| serde_json::to_value(value).unwrap();
    let mut runner = runner();
    let smallest = (0..100).find_map(|_| {
        let tree = any::<T>().new_tree(&mut runner).unwrap();
        shrunk(tree, |value| {
            assert_conforms(&judge, &json(value));
            fails(&json(value))
        })
    });
    json(&smallest.unwrap())
}

#[test]
fn values_of_the_types_shrink_to_small_ones_that_conform() {
    let nil = "00000000-0000-0000-0000-000000000000";
    assert_eq!(smallest::<Client>("Client", |_| true), json!({"id": nil, "name": ""}));
    assert_eq!(smallest::<License>("License", |_| true), json!({"id": nil, "name": ""}));
    let disabled = smallest::<Client>("Client", |client| client["disabled"] == true);
    assert_eq!(disabled, json!({"id": nil, "name": "", "disabled": true}));
    let required = |name: &str| clients::schema()["$defs"][name]["required"].as_array().unwrap().len();
    let course = smallest::<Course>("Course", |course| course["courseStartDate"].is_string());
    assert_eq!(course.as_object().unwrap().len(), required("Course") + 1, "{course}");
    let path = smallest::<LearningPath>("LearningPath", |_| true);
    assert_eq!(path.as_object().unwrap().len(), required("LearningPath"), "{path}");
}

#[test]
fn items_before_the_one_to_blame_are_cut_out() {
    let items = strategy(&json!({"type": "array", "items": {"type": "integer"}})).unwrap();
    let mut runner = runner();
    for _ in 0..200 {
        let tree = items.new_tree(&mut runner).unwrap();
        let last_is_large =
            |items: &Value| items.as_array().and_then(|items| items.last()?.as_i64()) > Some(4);
        let blamed = shrunk(tree, last_is_large);
        assert!(blamed.is_none_or(|items| items == json!([5])));
    }
}

#[test]
fn proptest_finds_the_tree_sane() {
    let schema = json!({
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "integer", "minimum": 1},
            "tags": {"type": ["array", "null"], "items": {"enum": ["a", "b", null]}}
        }
    });
    check_strategy_sanity(strategy(&schema).unwrap(), None);
}

#[test]
fn strategies_combine() {
    let config = Config { failure_persistence: None, ..Config::with_cases(50) };
    let pair = (clients::courses(), 0..10_u8).prop_map(|(course, number)| json!([course, number]));
    let result = TestRunner::new(config).run(&pair, |pair| {
        proptest::prop_assert!(pair[0]["id"].is_string());
        Ok(())
    });
    assert_eq!(result, Ok(()));
}

#[test]
fn whatever_fails_shrinking_never_leaves_the_schema_and_ends_small() {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let more = [
        json!({"type": "array", "items": {"anyOf": [{"$ref": "#"}, {"type": "integer"}]}, "minItems": 1,
            "contains": {"type": "integer"}, "not": {"minItems": 4}}),
        json!({"oneOf": [{"type": "integer", "minimum": 3}, {"type": "number", "maximum": 7}, {"type": "array", "items": {"$ref": "#"}}]}),
        json!({"type": "string", "pattern": "^[a-z]+-[0-9]{2,}$", "not": {"pattern": "^a"}}),
        json!({"type": "object", "anyOf": [{"required": ["a"]}, {"required": ["b"]}], "additionalProperties": {"$ref": "#"},
            "properties": {"a": {"type": "null"}, "b": {"type": "boolean"}}}),
    ];
    for schema in super::schemas::buildable().into_iter().chain(more) {
        let (judge, strategy) = (judge(&schema), strategy(&schema).unwrap());
        let mut runner = runner();
        for round in 0..3_u64 {
            // Fails for most values, as if at random, and always for those that it has failed for.
            let fails = |value: &Value| {
                assert!(judge.is_valid(value), "{schema} does not admit {value}");
                let mut hasher = DefaultHasher::new();
                (value.to_string(), round).hash(&mut hasher);
                round == 0 || !hasher.finish().is_multiple_of(4)
            };
            let tree = strategy.new_tree(&mut runner).unwrap();
            let first = tree.current().to_string().len();
            if let Some(simplest) = shrunk(tree, fails) {
                let length = simplest.to_string().len();
                assert!(length <= first.max(60), "{schema}: {length} bytes from {first}");
            }
        }
    }
}
