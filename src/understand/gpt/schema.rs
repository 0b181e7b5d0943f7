//! The strict schema that the model's answer has, made from the menu.
//!
//! It is text, not a [`serde_json::Value`]: a model writes the fields in the schema's order, and a `Value` would put
//! them into alphabetical order, the note before the intent.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::offer::Offer;

/// OpenAI's limits of a strict schema: enum values in the whole schema; characters of an enum of more than 250
/// values; characters of all names and enum values.
const VALUES: usize = 1000;
const LARGE_ENUM: usize = 250;
const LARGE_ENUM_CHARS: usize = 15_000;
const CHARS: usize = 120_000;
/// What the schema needs apart from the ids: its own words and names.
const OWN_VALUES: usize = 24;
const OWN_CHARS: usize = 1_000;

const BEFORE_ITEM: &str = r#"{"type":"object","additionalProperties":false,"required":["intent","operations","details","allergies","note","unmatched","language"],"properties":{"intent":{"type":"string","enum":["order","confirm","cancel","question","other"],"description":"order: changes the cart or gives anything for the order, also beside a yes. confirm, cancel: answers the draft and nothing else. question: asks something. other: neither."},"operations":{"type":"array","description":"Changes to the cart, in the order they were said.","items":{"type":"object","additionalProperties":false,"required":["op","item","line","quantity","options","note"],"properties":{"op":{"type":"string","enum":["add","remove","set","split"],"description":"add: new units. remove: units off a line; quantity null: the whole line. set: the line's quantity becomes this (null: unchanged), options are merged. split: this many units of the line become a line of their own with these options."},"item":"#;
const BEFORE_OPTION: &str = r#","line":{"type":["integer","null"],"description":"The cart's line as shown, from 1, where the customer names it so; else null."},"quantity":{"type":["integer","null"],"description":"How many, 1 or more; no number in the words: 1 for add, else null."},"options":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["option","change","count"],"properties":{"option":"#;
const AFTER_OPTION: &str = r#","change":{"type":"string","enum":["with","without","extra","light"]},"count":{"type":["integer","null"],"description":"How many, where the customer says so; else null."}}}},"note":{"type":["string","null"],"description":"A wish for this line that is no option."}}}},"details":{"type":"object","additionalProperties":false,"required":["name","phone","address","fulfilment","time"],"properties":{"name":{"type":["string","null"]},"phone":{"type":["string","null"]},"address":{"type":["string","null"]},"fulfilment":{"type":["string","null"],"enum":["delivery","pickup","dine_in",null]},"time":{"type":["string","null"],"description":"When the customer wants it, in their words."}}},"allergies":{"type":"array","items":{"type":"string"},"description":"What the customer says they cannot eat."},"note":{"type":["string","null"],"description":"A wish for the whole order."},"unmatched":{"type":"array","items":{"type":"string"},"description":"Every phrase, word for word, that asks for something the menu does not have, that fits several things, or that is not understood."},"language":{"type":"string","description":"ISO 639-1 code of the message."}}}"#;

const ITEM_HELP: &str =
    "A menu item's id; null: the line given by 'line', or else the line spoken of last.";
const OPTION_HELP: &str = "An option's id, of one of the item's groups. Where item is null and groups share a name: that name in lower case.";

/// The JSON text of the schema for what the model is told.
pub(super) fn text(offer: &Offer<'_>) -> String {
    let items: Vec<&str> = offer.items.iter().map(|item| item.id.as_str()).collect();
    let options: Vec<String> = option_words(offer);
    // Items first: an invented item is the worse mistake. What has no enum is checked all the same.
    let (items, options) = match () {
        () if fits(&[lengths(&items), lengths(&options)]) => (Some(items), Some(options)),
        () if fits(&[lengths(&items)]) => (Some(items), None),
        () if fits(&[lengths(&options)]) => (None, Some(options)),
        () => (None, None),
    };
    let mut item = json!({"type": ["string", "null"], "description": ITEM_HELP});
    if let Some(ids) = items.filter(|ids| !ids.is_empty()) {
        let values = ids.into_iter().map(Value::from).chain([Value::Null]);
        item["enum"] = values.collect();
    }
    let mut option = json!({"type": "string", "description": OPTION_HELP});
    if let Some(words) = options.filter(|words| !words.is_empty()) {
        option["enum"] = words.into_iter().map(Value::from).collect();
    }
    format!("{BEFORE_ITEM}{item}{BEFORE_OPTION}{option}{AFTER_OPTION}")
}

/// Ids of the options, then the lower-case names that stand in several groups.
fn option_words(offer: &Offer<'_>) -> Vec<String> {
    let options = offer.groups.iter().flat_map(|(_, options)| options);
    let mut words: Vec<String> = options.map(|o| o.id.as_str().to_owned()).collect();
    let known: BTreeSet<String> = words.iter().cloned().collect();
    words.extend(offer.shared_names().difference(&known).cloned());
    words
}

fn lengths(words: &[impl AsRef<str>]) -> (usize, usize) {
    let chars = words.iter().map(|word| word.as_ref().chars().count()).sum();
    (words.len(), chars)
}

fn fits(enums: &[(usize, usize)]) -> bool {
    let values: usize = enums.iter().map(|(values, _)| values).sum();
    let chars: usize = enums.iter().map(|(_, chars)| chars).sum();
    values + OWN_VALUES <= VALUES
        && chars + OWN_CHARS <= CHARS
        && enums
            .iter()
            .all(|(values, chars)| *values < LARGE_ENUM || *chars <= LARGE_ENUM_CHARS)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::menu::Menu;
    use crate::understand::testing::{menu_of, sample_menu};

    /// Panics where OpenAI would answer 400 to a strict schema.
    fn check_strict(schema: &Value, path: &str) {
        let object = schema.as_object().unwrap();
        for word in object.keys() {
            let known = [
                "type",
                "enum",
                "description",
                "properties",
                "required",
                "additionalProperties",
                "items",
            ];
            assert!(known.contains(&word.as_str()), "{path}: {word}");
        }
        if let Some(properties) = object.get("properties") {
            let properties = properties.as_object().unwrap();
            assert_eq!(object["additionalProperties"], false, "{path}");
            let mut required: Vec<&str> = object["required"]
                .as_array()
                .unwrap()
                .iter()
                .map(|name| name.as_str().unwrap())
                .collect();
            required.sort_unstable();
            let names: Vec<&str> = properties.keys().map(String::as_str).collect();
            assert_eq!(required, names, "{path}");
            for (name, part) in properties {
                check_strict(part, &format!("{path}.{name}"));
            }
        }
        if let Some(items) = object.get("items") {
            check_strict(items, &format!("{path}[]"));
        }
        if let Some(values) = object.get("enum") {
            let values = values.as_array().unwrap();
            let distinct: BTreeSet<String> = values.iter().map(Value::to_string).collect();
            assert!(
                !values.is_empty() && distinct.len() == values.len(),
                "{path}"
            );
        }
    }

    fn count_values(schema: &Value) -> usize {
        match schema {
            Value::Object(object) => {
                let own = object
                    .get("enum")
                    .and_then(Value::as_array)
                    .map_or(0, Vec::len);
                own + object.values().map(count_values).sum::<usize>()
            }
            _ => 0,
        }
    }

    fn schema(menu: &Menu) -> Value {
        serde_json::from_str(&text(&Offer::whole(menu))).unwrap()
    }

    fn operation(schema: &Value) -> &Value {
        &schema["properties"]["operations"]["items"]["properties"]
    }

    #[test]
    fn it_is_strict_and_names_what_can_be_ordered_now() {
        let menu = sample_menu();
        let schema = schema(&menu);
        check_strict(&schema, "$");
        let items = operation(&schema)["item"]["enum"].as_array().unwrap();
        assert!(items.contains(&json!("margherita")) && items.contains(&Value::Null));
        let options = &operation(&schema)["options"]["items"]["properties"]["option"];
        let options = options["enum"].as_array().unwrap();
        assert!(options.contains(&json!("drink-large")) && options.contains(&json!("small")));
    }

    #[test]
    fn what_is_sold_out_is_left_out() {
        let menu = menu_of(
            r#"{"currency":"EUR","items":[{"id":"a","name":"A","price":"1.00"},{"id":"b","name":"B","price":"1.00","available":false}]}"#,
        );
        let schema = schema(&menu);
        assert_eq!(operation(&schema)["item"]["enum"], json!(["a", null]));
        let option = &operation(&schema)["options"]["items"]["properties"]["option"];
        assert!(option.get("enum").is_none(), "an empty enum is refused");
    }

    #[test]
    fn a_menu_beyond_the_limits_loses_the_enums_that_do_not_fit() {
        let big = |items: usize, options: usize, width: usize| {
            let items: Vec<Value> = (0..items)
                .map(|n| json!({"id": format!("i{n:0width$}"), "name": "I", "price": "1.00", "options": ["g"]}))
                .collect();
            let options: Vec<Value> = (0..options)
                .map(|n| json!({"id": format!("o{n:0width$}"), "name": format!("O {n}")}))
                .collect();
            let group = json!({"id": "g", "name": "G", "options": options});
            schema(&menu_of(
                &json!({"currency": "EUR", "items": items, "option_groups": [group]}).to_string(),
            ))
        };
        let has = |schema: &Value| {
            check_strict(schema, "$");
            let values = count_values(schema);
            assert!(values <= VALUES, "{values} values");
            let operation = operation(schema);
            (
                operation["item"].get("enum").is_some(),
                operation["options"]["items"]["properties"]["option"]
                    .get("enum")
                    .is_some(),
            )
        };
        assert_eq!(has(&big(400, 400, 5)), (true, true));
        assert_eq!(has(&big(600, 600, 5)), (true, false));
        assert_eq!(has(&big(1200, 100, 5)), (false, true));
        assert_eq!(has(&big(600, 100, 28)), (false, true), "15,000 characters");
        assert_eq!(has(&big(1200, 1200, 5)), (false, false));
    }

    #[test]
    fn its_fields_are_those_of_a_parsed_order() {
        let order = crate::parsed::ParsedOrder::empty(crate::parsed::Intent::Other);
        let order = serde_json::to_value(order).unwrap();
        let schema = schema(&sample_menu());
        for (part, whole) in [
            (&order, &schema),
            (&order["details"], &schema["properties"]["details"]),
        ] {
            let names: Vec<&String> = part.as_object().unwrap().keys().collect();
            let properties = whole["properties"].as_object().unwrap();
            assert_eq!(names, properties.keys().collect::<Vec<_>>());
        }
    }
}
