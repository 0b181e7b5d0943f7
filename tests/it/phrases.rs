//! What the model makes of a message, put together in a few words.

use serde_json::{Value, json};

use crate::fakes::openai::parsed_order;

/// One operation: what it does, to which item or line, how many, with which options as `(id, change)`.
pub fn op(
    op: &str,
    item: Option<&str>,
    line: Option<u32>,
    quantity: Option<u32>,
    options: &[(&str, &str)],
) -> Value {
    let options: Vec<Value> = options
        .iter()
        .map(|(option, change)| json!({"option": option, "change": change, "count": null}))
        .collect();
    json!({"op": op, "item": item, "line": line, "quantity": quantity, "options": options, "note": null})
}

/// New units of an item with options.
pub fn adds(item: &str, quantity: u32, options: &[(&str, &str)]) -> Value {
    op("add", Some(item), None, Some(quantity), options)
}

/// A message that only says yes, no or the like.
pub fn intent(word: &str) -> Value {
    let mut order = parsed_order(json!([]));
    order["intent"] = json!(word);
    order
}

/// The same order with a field changed: `with(order, "/details/phone", "…")`.
pub fn with(mut order: Value, pointer: &str, value: impl Into<Value>) -> Value {
    *order.pointer_mut(pointer).unwrap() = value.into();
    order
}
