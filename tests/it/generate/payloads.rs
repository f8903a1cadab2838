use clients_contract::clients;
use clients_contract::generate::{Generator, instant};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{assert_conforms, judge};

fn response(seed: u64, count: u32) -> Value {
    Generator::new(clients::recipe(count).unwrap(), seed).value(0)
}

fn definition(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}"), "$defs": clients::schema()["$defs"]})
}

/// Calls `visit` for every object inside a value.
fn objects(value: &Value, visit: &mut impl FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            visit(members);
            members.values().for_each(|value| objects(value, visit));
        }
        Value::Array(items) => items.iter().for_each(|item| objects(item, visit)),
        _ => {}
    }
}

#[test]
fn every_response_keeps_the_contract() {
    let judge = judge(&clients::schema());
    for seed in 0..8 {
        for response in Generator::new(clients::recipe(2).unwrap(), seed).take(25) {
            assert_conforms(&judge, &response);
        }
    }
    assert_conforms(&judge, &response(1, 300));
}

#[test]
fn a_response_has_as_many_clients_as_requested() {
    for count in [0, 1, 10, 60] {
        let response = response(4, count);
        let clients = response.pointer("/data/Clients/clients").and_then(Value::as_array);
        assert_eq!(clients.map(Vec::len), usize::try_from(count).ok());
    }
}

#[test]
fn a_response_of_ten_clients_is_as_large_as_a_real_one() {
    let recipe = clients::recipe(10).unwrap();
    let sizes: Vec<_> =
        Generator::new(recipe, 1).take(20).map(|response| response.to_string().len()).collect();
    let average = sizes.iter().sum::<usize>() / sizes.len();
    assert!((80_000..400_000).contains(&average), "{average} bytes");
}

#[test]
fn every_member_of_the_contract_turns_up_with_and_without_null() {
    let schema = clients::schema();
    let mut seen = std::collections::BTreeSet::new();
    for response in Generator::new(clients::recipe(5).unwrap(), 3).take(60) {
        objects(&response, &mut |members| {
            for (name, value) in members {
                seen.insert((name.clone(), value.is_null()));
            }
        });
    }
    for object in ["Client", "Course", "LearningPath", "License", "Tag", "PageInfo"] {
        for (name, member) in schema["$defs"][object]["properties"].as_object().unwrap() {
            assert!(seen.contains(&(name.clone(), false)), "{object}.{name} is never there");
            let nullable = member["type"].as_array().is_some_and(|types| types.contains(&json!("null")));
            assert!(!nullable || seen.contains(&(name.clone(), true)), "{object}.{name} is never null");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn pages_agree_with_themselves(response in clients::responses()) {
        let list = &response["data"]["Clients"];
        let number = |name: &str| list["pageInfo"][name].as_u64().unwrap();
        let (per_page, page, total) = (number("perPage"), number("currentPage"), number("total"));
        let clients = list["clients"].as_array().unwrap().len();
        prop_assert!(page >= 1);
        prop_assert!(u64::try_from(clients).unwrap() <= per_page);
        prop_assert_eq!(&list["pageInfo"]["hasMore"], page * per_page < total);
    }

    #[test]
    fn dates_are_in_order(course in clients::courses(), path in clients::learning_paths()) {
        let pairs = [
            ("createdAt", "updatedAt"),
            ("startDate", "endDate"),
            ("enrollmentStartDate", "enrollmentEndDate"),
            ("courseStartDate", "courseEndDate"),
        ];
        for value in [&course, &path] {
            objects(value, &mut |members| {
                for (first, second) in pairs {
                    let moment = |name: &str| members.get(name).and_then(Value::as_str).and_then(instant);
                    if let (Some(first), Some(second)) = (moment(first), moment(second)) {
                        assert!(first <= second, "{members:?}");
                    }
                }
            });
        }
    }

    #[test]
    fn single_objects_keep_their_definition(
        client in clients::clients(),
        course in clients::courses(),
        path in clients::learning_paths(),
        license in clients::licenses(),
    ) {
        let drawn = [("Client", client), ("Course", course), ("LearningPath", path), ("License", license)];
        for (name, value) in drawn {
            assert_conforms(&judge(&definition(name)), &value);
        }
    }
}
