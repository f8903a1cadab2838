use clients_contract::generate::{Generator, Preset};
use clients_contract::{Contract, clients};
use serde_json::Value;

use super::{assert_conforms, judge};

/// Every preset alone, and every two that go together.
pub(super) fn combinations() -> Vec<Vec<&'static str>> {
    let names: Vec<_> = Preset::ALL.iter().map(|preset| preset.name).collect();
    let mut combinations: Vec<_> = names.iter().map(|name| vec![*name]).collect();
    for (at, first) in names.iter().enumerate() {
        for second in &names[at + 1..] {
            if Preset::combine(&[first, second]).is_ok() {
                combinations.push(vec![*first, *second]);
            }
        }
    }
    combinations
}

/// `PRESET_RESPONSES` says how many responses over all presets; by hand, 100,000.
#[test]
fn every_response_of_every_preset_keeps_the_contract() {
    let wanted = std::env::var("PRESET_RESPONSES").ok().and_then(|count| count.parse().ok()).unwrap_or(300);
    let combinations = combinations();
    let each = usize::div_ceil(wanted, combinations.len());
    let judge = judge(&clients::schema());
    for names in combinations {
        let recipe = clients::recipe(1).unwrap().styled(Preset::combine(&names).unwrap());
        for (number, response) in Generator::new(recipe, 11).take(each).enumerate() {
            if number == 0 {
                assert_conforms(&judge, &response);
            }
            let validation = Contract::clients().validate(response.to_string().as_bytes());
            assert!(validation.valid, "{names:?} {number}: {validation}");
        }
    }
}

fn first_of(name: &str) -> Value {
    let style = Preset::combine(&[name]).unwrap();
    let response = Generator::new(clients::recipe(1).unwrap().styled(style), 5).value(0);
    response["data"]["Clients"]["clients"][0].clone()
}

#[test]
fn presets_do_what_they_say() {
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&first_of("minimal")), ["id", "name"]);
    assert_eq!(keys(&first_of("absent")), ["id", "name"]);
    let schema = clients::schema();
    let properties = schema["$defs"]["Client"]["properties"].as_object().unwrap();
    let maximal = first_of("maximal");
    let nulls = first_of("nulls");
    for name in properties.keys() {
        assert!(maximal.get(name).is_some_and(|value| !value.is_null()), "{name}");
        assert!(nulls.get(name).is_some(), "{name}");
    }
    assert_eq!(nulls["courses"], Value::Null);
    let empty = first_of("empty");
    assert_eq!(empty["name"], "");
    let odd = Generator::new(clients::recipe(1).unwrap().styled(Preset::combine(&["unicode"]).unwrap()), 5);
    assert!(odd.take(3).any(|response| !response.to_string().is_ascii()));
}

#[test]
fn contradictions_name_both() {
    let error = Preset::combine(&["nulls", "minimal"]).unwrap_err().to_string();
    assert!(error.contains("`nulls`") && error.contains("`minimal`"), "{error}");
    assert!(Preset::combine(&["huge"]).is_err());
}
