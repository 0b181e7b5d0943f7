//! The rules for schemas with `strict: true`, as OpenAI's guide to structured outputs states them.
//!
//! Two dialects: limits on values (`minimum`, `pattern` …) were refused at first, and still are for
//! fine-tuned models and at other hosts of the same models. A schema that both accept is the safe one,
//! so that limits are refused here unless a test allows them.

use serde_json::{Map, Value};

const PLAIN: [&str; 13] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "const",
    "anyOf",
    "$ref",
    "$defs",
    "description",
    "title",
    "$schema",
];
const LIMITS: [&str; 9] = [
    "pattern",
    "format",
    "multipleOf",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minItems",
    "maxItems",
];

const MOST_LEVELS: usize = 5;
const MOST_PROPERTIES: usize = 5000;
const MOST_ENUM_VALUES: usize = 1000;
const MOST_CHARACTERS: usize = 120_000;

struct Check {
    allow_limits: bool,
    properties: usize,
    enum_values: usize,
    characters: usize,
}

/// The reason OpenAI would give for refusing this schema, if any.
pub fn complaint(schema: &Value, allow_limits: bool) -> Option<String> {
    let mut check = Check {
        allow_limits,
        properties: 0,
        enum_values: 0,
        characters: 0,
    };
    if schema.get("type").and_then(Value::as_str) != Some("object") {
        return Some("schema must be a JSON Schema of 'type: \"object\"'".into());
    }
    check.node(schema, &mut Vec::new(), 0).err().or_else(|| {
        let over = [
            (check.properties, MOST_PROPERTIES, "object properties"),
            (check.enum_values, MOST_ENUM_VALUES, "enum values"),
            (check.characters, MOST_CHARACTERS, "characters of names"),
        ];
        over.into_iter()
            .find(|(number, most, _)| number > most)
            .map(|(number, most, what)| format!("{number} {what} exceed the limit of {most}"))
    })
}

impl Check {
    fn node(&mut self, node: &Value, path: &mut Vec<String>, level: usize) -> Result<(), String> {
        let here = format!("In context=({}), ", path.join(", "));
        let context = || here.clone();
        let Some(map) = node.as_object() else {
            return Err(context() + "a schema must be an object");
        };
        for key in map.keys() {
            let known = PLAIN.contains(&key.as_str())
                || self.allow_limits && LIMITS.contains(&key.as_str());
            if !known {
                return Err(format!("{}'{key}' is not permitted.", context()));
            }
        }
        if !["type", "anyOf", "$ref", "const", "enum"]
            .iter()
            .any(|key| map.contains_key(*key))
        {
            return Err(context() + "schema must have a 'type' key.");
        }
        if let Some(values) = map.get("enum") {
            self.enumeration(values, map)
                .map_err(|why| context() + &why)?;
        }
        let is_object = map.get("type").is_some_and(|kind| names(kind, "object"));
        if is_object || map.contains_key("properties") {
            self.object(map, path, level + 1)?;
        }
        if map.get("type").is_some_and(|kind| names(kind, "array")) && !map.contains_key("items") {
            return Err(context() + "array schema missing items.");
        }
        if let Some(items) = map.get("items") {
            path.push("'items'".into());
            self.node(items, path, level)?;
            path.pop();
        }
        for branch in map
            .get("anyOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            path.push("'anyOf'".into());
            self.node(branch, path, level)?;
            path.pop();
        }
        for (name, node) in map
            .get("$defs")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            path.push(format!("'$defs', '{name}'"));
            self.node(node, path, level)?;
            path.pop();
        }
        Ok(())
    }

    fn object(
        &mut self,
        map: &Map<String, Value>,
        path: &mut Vec<String>,
        level: usize,
    ) -> Result<(), String> {
        let here = format!("In context=({}), ", path.join(", "));
        let context = || here.clone();
        if level > MOST_LEVELS {
            return Err(format!(
                "{level} levels of nesting exceeds limit of {MOST_LEVELS}."
            ));
        }
        if map.get("additionalProperties") != Some(&Value::Bool(false)) {
            return Err(
                context() + "'additionalProperties' is required to be supplied and to be false."
            );
        }
        let none = Map::new();
        let properties = map
            .get("properties")
            .and_then(Value::as_object)
            .unwrap_or(&none);
        let required: Vec<&str> = map
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let missing = properties
            .keys()
            .find(|key| !required.contains(&key.as_str()));
        if let Some(missing) = missing {
            return Err(format!(
                "{}'required' is required to be supplied and to be an array including every key in \
                 properties. Missing '{missing}'.",
                context()
            ));
        }
        if let Some(extra) = required.iter().find(|key| !properties.contains_key(**key)) {
            return Err(format!(
                "{}Extra required key '{extra}' supplied.",
                context()
            ));
        }
        self.properties += properties.len();
        for (name, node) in properties {
            self.characters += name.len();
            path.push(format!("'properties', '{name}'"));
            self.node(node, path, level)?;
            path.pop();
        }
        Ok(())
    }

    fn enumeration(&mut self, values: &Value, map: &Map<String, Value>) -> Result<(), String> {
        let values = values.as_array().filter(|values| !values.is_empty());
        let Some(values) = values else {
            return Err("'enum' must be a non-empty array.".into());
        };
        self.enum_values += values.len();
        let length: usize = values.iter().filter_map(Value::as_str).map(str::len).sum();
        self.characters += length;
        if values.len() > 250 && length > 15_000 {
            return Err("the enum values of one property exceed 15000 characters.".into());
        }
        if let Some(kind) = map.get("type") {
            for value in values {
                let fits = match value {
                    Value::Null => names(kind, "null"),
                    Value::String(_) => names(kind, "string"),
                    Value::Bool(_) => names(kind, "boolean"),
                    Value::Number(_) => names(kind, "integer") || names(kind, "number"),
                    _ => true,
                };
                if !fits {
                    return Err(format!(
                        "enum value {value} does not validate against {kind}."
                    ));
                }
            }
        }
        Ok(())
    }
}

/// Whether a `type` keyword, a name or a list of names, includes `name`.
fn names(kind: &Value, name: &str) -> bool {
    match kind {
        Value::String(one) => one == name,
        Value::Array(several) => several.iter().any(|one| one == name),
        _ => false,
    }
}
