//! Responses of the contract `clients`, from fixed seeds.

use std::collections::{BTreeMap, HashMap};

use clients_contract::clients;
use clients_contract::generate::Generator;
use serde_json::Value;

/// Bodies, one a line, or one alone.
pub struct Corpus {
    pub name: &'static str,
    pub bodies: Vec<Vec<u8>>,
}

/// Responses as the generator makes them: each optional key is there or not, at random.
pub fn irregular(bytes: usize) -> Corpus {
    let responses = Generator::new(clients::recipe(25).unwrap(), 2024);
    let bodies = (0..).map(|number| responses.value(number).to_string().into_bytes());
    Corpus { name: "random keys", bodies: up_to(bytes, bodies) }
}

fn up_to(most: usize, bodies: impl Iterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    let mut length = 0;
    let within = |body: &Vec<u8>| {
        let before = length;
        length += body.len();
        before < most
    };
    bodies.take_while(within).collect()
}

/// The keys that objects have at each place of a response, with values they were seen with.
#[derive(Default)]
struct Places {
    objects: HashMap<String, usize>,
    members: BTreeMap<(String, String), Vec<Value>>,
    turn: usize,
}

impl Places {
    fn see(&mut self, place: &str, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.see(&format!("{place}/*"), item)),
            Value::Object(members) => {
                *self.objects.entry(place.to_owned()).or_default() += 1;
                for (key, value) in members {
                    self.members.entry((place.to_owned(), key.clone())).or_default().push(value.clone());
                    self.see(&format!("{place}/{key}"), value);
                }
            }
            _ => {}
        }
    }

    /// The same value with the keys that at least a fifth of the objects at each place have, and no others.
    fn regular(&mut self, place: &str, value: &Value) -> Value {
        match value {
            Value::Array(items) => {
                items.iter().map(|item| self.regular(&format!("{place}/*"), item)).collect()
            }
            Value::Object(members) => {
                let least = self.objects.get(place).copied().unwrap_or_default() / 5;
                let from = (place.to_owned(), String::new());
                let known = self.members.range(from..).take_while(|((at, _), _)| at == place);
                let often = known.filter(|(_, values)| values.len() > least);
                let chosen: Vec<(String, Value)> = often
                    .map(|((_, key), values)| {
                        self.turn += 1;
                        (key.clone(), members.get(key).unwrap_or(&values[self.turn % values.len()]).clone())
                    })
                    .collect();
                let regular = |(key, value): (String, Value)| {
                    let value = self.regular(&format!("{place}/{key}"), &value);
                    (key, value)
                };
                chosen.into_iter().map(regular).collect()
            }
            other => other.clone(),
        }
    }
}

/// Responses as a GraphQL server gives them: it answers one selection of fields, so that all objects at one
/// place have the same keys. Values are those of the generator.
pub fn typical(bytes: usize) -> Corpus {
    let responses = Generator::new(clients::recipe(25).unwrap(), 2024);
    let values: Vec<Value> = (0..20).map(|number| responses.value(number)).collect();
    let mut places = Places::default();
    for value in &values {
        places.see("", value);
    }
    let regular = (0..).map(|number| places.regular("", &responses.value(number)).to_string().into_bytes());
    Corpus { name: "typical", bodies: up_to(bytes, regular) }
}
