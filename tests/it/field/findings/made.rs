//! Random schemas, and payloads that break them in many places, with duplicate keys at every level.

use std::fmt::Write;

use serde_json::{Map, Value, json};

/// Random numbers that depend on a seed alone.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most.max(1) as u64).unwrap()
    }

    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// A JSON document as it is written, duplicate keys included.
#[derive(Clone, Debug)]
pub enum Node {
    Word(&'static str),
    Number(&'static str),
    Text(&'static str),
    Array(Vec<Placed>),
    /// Key, where it begins, and value.
    Object(Vec<(&'static str, usize, Placed)>),
}

/// A node and where its text begins.
#[derive(Clone, Debug)]
pub struct Placed {
    pub at: usize,
    pub node: Node,
}

const KEYS: &[&str] = &["a", "b", "c", "d", "rows", "aa", "*", "0", "x y"];
const KNOWN: &[&str] = &["a", "b", "c", "rows", "*"];
const NUMBERS: &[&str] = &["0", "-3", "5", "2.5", "1.0", "12", "1e400", "-1e400", "123456789012345678901"];
const WORDS: &[&str] = &["null", "true", "false"];
pub const UUID: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
pub const MOMENT: &str = "2024-02-29T00:00:00Z";
const TEXTS: &[&str] = &["", "a", "b", "abc", "é🦀 é", UUID, MOMENT, "2024-02-30"];
const TYPES: &[&str] = &["null", "boolean", "integer", "number", "string", "array", "object"];

/// A schema of objects or arrays, most of them arrays of objects.
pub fn root(dice: &mut Dice) -> Value {
    match dice.below(10) {
        0 => object(dice, 3),
        1 | 2 => array(dice, 3),
        _ => json!({"items": object(dice, 3)}),
    }
}

/// A schema of scalars of which most break several keywords.
pub fn crowded(dice: &mut Dice) -> Value {
    let types = dice.one(&["string", "integer", "number"]);
    let weaker = dice.one(&[("enum", 0), ("format", 1), ("const", 2)]);
    let listed = [json!(["b", "abc"]), json!("uuid"), json!("a")];
    json!({"items": {"type": types, weaker.0: listed[weaker.1], "minimum": 1, "maximum": 4, "minLength": 2}})
}

fn schema(dice: &mut Dice, depth: usize) -> Value {
    match dice.below(if depth == 0 { 2 } else { 6 }) {
        0 | 1 => scalar(dice),
        2 | 3 => array(dice, depth),
        _ => object(dice, depth),
    }
}

fn scalar(dice: &mut Dice) -> Value {
    let mut schema = Map::new();
    if dice.percent(60) {
        let one = dice.one(TYPES);
        let types = if dice.percent(60) {
            json!(one)
        } else {
            json!([one, if one == "null" { "string" } else { "null" }])
        };
        schema.insert("type".into(), types);
    }
    match dice.below(6) {
        0 => drop(schema.insert("enum".into(), json!(["a", "b", null]))),
        1 => drop(schema.insert("enum".into(), json!(["abc", true, "b"]))),
        2 => drop(schema.insert("const".into(), json!("a"))),
        _ => {}
    }
    for (keyword, limit) in [
        ("minimum", json!(1)),
        ("maximum", json!(4)),
        ("exclusiveMinimum", json!(2.5)),
        ("exclusiveMaximum", json!(2.5)),
        ("minLength", json!(2)),
        ("maxLength", json!(3)),
        ("format", json!("uuid")),
        ("format", json!("date-time")),
    ] {
        if dice.percent(30) {
            schema.insert(keyword.into(), limit);
        }
    }
    let schema = Value::Object(schema);
    if dice.percent(15) && schema["type"] != "null" {
        json!({"anyOf": [schema, {"type": "null"}]})
    } else {
        schema
    }
}

fn array(dice: &mut Dice, depth: usize) -> Value {
    let mut array = json!({"items": schema(dice, depth - 1)});
    for (keyword, limit) in [("minItems", json!(2)), ("maxItems", json!(3)), ("type", json!("array"))] {
        if dice.percent(30) {
            array[keyword] = limit;
        }
    }
    array
}

fn object(dice: &mut Dice, depth: usize) -> Value {
    let mut properties = Map::new();
    for name in KNOWN {
        if dice.percent(40) {
            continue;
        }
        properties.insert((*name).to_owned(), schema(dice, depth - 1));
    }
    let required: Vec<&String> = properties.keys().filter(|_| dice.percent(40)).collect();
    let mut object = json!({"required": required});
    for (keyword, limit) in [("minProperties", 2), ("maxProperties", 3)] {
        if dice.percent(20) {
            object[keyword] = limit.into();
        }
    }
    if dice.percent(50) {
        object["type"] = "object".into();
    }
    match dice.below(5) {
        0 if !properties.is_empty() => object["additionalProperties"] = false.into(),
        1 => object["additionalProperties"] = schema(dice, depth - 1),
        _ => {}
    }
    if !properties.is_empty() {
        object["properties"] = Value::Object(properties);
    }
    object
}

/// A payload of about so many values that a schema like this would describe, as text and as what it says.
pub fn payload(dice: &mut Dice, schema: &Value, values: usize) -> (String, Placed) {
    let mut writer = Writer { text: String::new(), left: values };
    let placed = writer.value(dice, schema, 0);
    (writer.text, placed)
}

/// An array of about so many values in long runs of one kind.
///
/// What a limit does to a kind of finding only shows when thousands of one kind stand before the first of
/// another.
pub fn runs(dice: &mut Dice, _: &Value, values: usize) -> (String, Placed) {
    let mut writer = Writer { text: "[".to_owned(), left: values };
    let mut placed = Vec::new();
    while writer.left > 0 {
        let length = match dice.below(3) {
            0 => 1 + dice.below(5),
            1 => 1 + dice.below(200),
            _ => 1 + writer.left / 2 + dice.below(writer.left / 2 + 1),
        };
        let kind = dice.below(3);
        for _ in 0..length.min(writer.left) {
            if !placed.is_empty() {
                writer.text.push(',');
            }
            let at = writer.text.len();
            placed.push(Placed { at, node: writer.scalar_of(dice, kind) });
            writer.left -= 1;
        }
    }
    writer.text.push(']');
    (writer.text, Placed { at: 0, node: Node::Array(placed) })
}

struct Writer {
    text: String,
    left: usize,
}

impl Writer {
    fn value(&mut self, dice: &mut Dice, schema: &Value, depth: usize) -> Placed {
        self.left = self.left.saturating_sub(1);
        if dice.percent(10) {
            self.text.push_str(dice.one(&["\n", " ", "\n  ", "\t"]));
        }
        let at = self.text.len();
        let is = |keyword: &str| schema.get(keyword).is_some();
        let follows = dice.percent(85) && depth < 9;
        let node = if follows && is("items") || follows && depth < 5 && dice.percent(5) {
            self.array(dice, schema.get("items").unwrap_or(schema), depth)
        } else if follows && (is("required") || dice.percent(5)) {
            self.object(dice, schema, depth)
        } else {
            self.scalar(dice)
        };
        Placed { at, node }
    }

    fn array(&mut self, dice: &mut Dice, items: &Value, depth: usize) -> Node {
        let share = match dice.below(20) {
            _ if depth == 0 => self.left,
            0 => self.left / 3,
            _ => dice.below(30).min(self.left),
        };
        let stop = self.left - share;
        let mut placed = Vec::new();
        self.text.push('[');
        while self.left > stop && (dice.percent(96) || depth < 2) {
            if !placed.is_empty() {
                self.text.push(',');
            }
            placed.push(self.value(dice, items, depth + 1));
        }
        self.text.push(']');
        Node::Array(placed)
    }

    fn object(&mut self, dice: &mut Dice, schema: &Value, depth: usize) -> Node {
        let mut placed: Vec<(&str, usize, Placed)> = Vec::new();
        self.text.push('{');
        for _ in 0..=dice.below(6) {
            let again = dice.percent(25).then(|| placed.get(dice.below(placed.len()))).flatten();
            let known = again.map(|(key, ..)| *key);
            let key =
                known.unwrap_or_else(|| if dice.percent(80) { dice.one(KNOWN) } else { dice.one(KEYS) });
            if !placed.is_empty() {
                self.text.push(',');
            }
            let at = self.text.len();
            // Equal keys need not be spelt alike.
            match key {
                "a" if dice.percent(10) => self.text.push_str("\"\\u0061\":"),
                key => write!(self.text, "\"{key}\":").unwrap(),
            }
            let below = schema["properties"].get(key).unwrap_or(&schema["additionalProperties"]).clone();
            let value = self.value(dice, &below, depth + 1);
            placed.push((key, at, value));
        }
        self.text.push('}');
        Node::Object(placed)
    }

    fn scalar(&mut self, dice: &mut Dice) -> Node {
        let kind = dice.below(3);
        self.scalar_of(dice, kind)
    }

    fn scalar_of(&mut self, dice: &mut Dice, kind: usize) -> Node {
        match kind {
            0 => {
                let word = dice.one(WORDS);
                self.text.push_str(word);
                Node::Word(word)
            }
            1 => {
                let number = dice.one(NUMBERS);
                self.text.push_str(number);
                Node::Number(number)
            }
            _ => {
                let text = dice.one(TEXTS);
                write!(self.text, "\"{text}\"").unwrap();
                Node::Text(text)
            }
        }
    }
}
