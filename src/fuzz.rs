//! Input as nobody should send it: JSON of any kind, and sound JSON that somebody has been at.
//!
//! The tests called `fuzz` of each module use it, on stable Rust: `PROPTEST_CASES=100000 cargo test --release --lib fuzz`
//! is the long form. A failing case is printed in its smallest form.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// So many cases, or as many as `PROPTEST_CASES` says.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    let given = std::env::var("PROPTEST_CASES");
    ProptestConfig {
        cases: given.map_or(usual, |given| given.parse().unwrap()),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Any JSON, a few levels deep, with the values that are wrong most often.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(json!(u64::MAX)),
        Just(json!(-1)),
        Just(json!(0)),
        Just(json!(1e300)),
        Just(json!("")),
        Just(json!("x".repeat(500))),
        "\\PC{0,12}".prop_map(Value::from),
        any::<char>().prop_map(|c| Value::from(c.to_string())),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("[a-z_]{1,8}", inner, 0..4)
                .prop_map(|fields| Value::Object(Map::from_iter(fields))),
        ]
    })
}

/// One change to a value: somewhere in it something else stands, or is missing, or stands twice.
#[derive(Debug, Clone)]
enum Wound {
    Replace(Value),
    Remove,
    Double,
    Add(String, Value),
}

fn wound() -> impl Strategy<Value = (u32, Wound)> {
    let wound = prop_oneof![
        4 => any_json().prop_map(Wound::Replace),
        2 => Just(Wound::Remove),
        1 => Just(Wound::Double),
        1 => ("[a-z_]{1,10}", any_json()).prop_map(|(name, value)| Wound::Add(name, value)),
    ];
    (any::<u32>(), wound)
}

/// The nodes of a value as JSON pointers, the root included.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = name.replace('~', "~0").replace('/', "~1");
                places(value, &format!("{at}/{name}"), all);
            }
        }
        Value::Array(items) => {
            for (n, value) in items.iter().enumerate() {
                places(value, &format!("{at}/{n}"), all);
            }
        }
        _ => {}
    }
}

fn hurt(value: &mut Value, at: u32, wound: Wound) {
    let mut all = Vec::new();
    places(value, "", &mut all);
    let place = all[at as usize % all.len()].clone();
    let node = value.pointer_mut(&place).unwrap();
    match wound {
        Wound::Replace(new) => *node = new,
        Wound::Add(name, new) => match node {
            Value::Object(fields) => {
                fields.insert(name, new);
            }
            Value::Array(items) => items.push(new),
            other => *other = new,
        },
        Wound::Double => {
            let twice = node.clone();
            *node = json!([twice, twice]);
        }
        Wound::Remove => {
            let Some((parent, name)) = place.rsplit_once('/') else {
                return;
            };
            let name = name.replace("~1", "/").replace("~0", "~");
            match value.pointer_mut(parent).unwrap() {
                Value::Object(fields) => {
                    fields.remove(&name);
                }
                Value::Array(items) => {
                    items.remove(name.parse().unwrap());
                }
                _ => {}
            }
        }
    }
}

/// Sound examples with up to four wounds each.
pub(crate) fn wounded(examples: Vec<Value>) -> impl Strategy<Value = Value> {
    let wounds = prop::collection::vec(wound(), 0..4);
    (prop::sample::select(examples), wounds).prop_map(|(mut value, wounds)| {
        for (at, wound) in wounds {
            hurt(&mut value, at, wound);
        }
        value
    })
}

/// Bytes of sound examples, some of them changed, cut out, repeated or cut off.
pub(crate) fn garbled(examples: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let change = (0_u8..4, any::<u32>(), any::<u32>(), any::<u8>());
    let changes = prop::collection::vec(change, 1..5);
    (prop::sample::select(examples), changes).prop_map(|(mut bytes, changes)| {
        for (kind, at, length, byte) in changes {
            if bytes.is_empty() {
                break;
            }
            let at = at as usize % bytes.len();
            let end = bytes.len().min(at + 1 + length as usize % 40);
            match kind {
                0 => bytes[at] ^= byte.max(1),
                1 => drop(bytes.drain(at..end)),
                2 => {
                    let again = bytes[at..end].to_vec();
                    bytes.splice(at..at, again);
                }
                _ => bytes.truncate(at),
            }
        }
        bytes
    })
}

/// The same of texts.
pub(crate) fn garbled_text(examples: Vec<String>) -> impl Strategy<Value = String> {
    let examples = examples.into_iter().map(String::into_bytes).collect();
    garbled(examples).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}
