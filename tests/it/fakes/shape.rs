//! Whether a request has the shape that OpenAI's specification gives it.
//!
//! `OPENAI_SPEC` names a file with the schemas of OpenAI's OpenAPI document (`components.schemas`); where it is unset,
//! requests are checked against `tests/data/openai-request.json`, our own and stricter description of what we send.
//! The words of JSON Schema that such documents use are understood; another one is a complaint.

use std::{collections::HashSet, sync::LazyLock};

use serde_json::{Map, Value};

const OURS: &str = include_str!("../../data/openai-request.json");
const REQUEST: &str = "CreateChatCompletionRequest";

static SCHEMAS: LazyLock<Value> = LazyLock::new(|| {
    let theirs = std::env::var_os("OPENAI_SPEC").map(|path| std::fs::read_to_string(path).unwrap());
    let all: Value = serde_json::from_str(theirs.as_deref().unwrap_or(OURS)).unwrap();
    all["components"]["schemas"].clone()
});

/// What is wrong with the shape of a chat completion's request, if anything.
pub fn complaint(request: &Value) -> Option<String> {
    let schema = &SCHEMAS[REQUEST];
    let mut known = HashSet::new();
    properties(schema, &mut known);
    let mut fields = request.as_object().into_iter().flatten();
    if let Some((name, _)) = fields.find(|(name, _)| !known.contains(name.as_str())) {
        return Some(format!("Unrecognized request argument supplied: {name}"));
    }
    check(schema, request, "$").err()
}

/// The names of all properties of an object, also of one that is put together from several.
fn properties<'s>(schema: &'s Value, known: &mut HashSet<&'s str>) {
    let schema = resolve(schema);
    let own = schema["properties"].as_object().into_iter().flatten();
    known.extend(own.map(|(name, _)| name.as_str()));
    for part in schema["allOf"].as_array().into_iter().flatten() {
        properties(part, known);
    }
}

fn resolve(schema: &Value) -> &Value {
    match schema["$ref"].as_str() {
        Some(path) => {
            let name = path.rsplit('/').next().unwrap();
            let found = SCHEMAS.get(name);
            resolve(found.unwrap_or_else(|| panic!("no schema {path}")))
        }
        None => schema,
    }
}

fn check(schema: &Value, value: &Value, path: &str) -> Result<(), String> {
    let schema = resolve(schema);
    let Some(words) = schema.as_object() else {
        return Ok(());
    };
    if value.is_null() && words.get("nullable") == Some(&Value::Bool(true)) {
        return Ok(());
    }
    for (word, rule) in words {
        keyword(words, word, rule, value, path)?;
    }
    Ok(())
}

fn keyword(
    schema: &Map<String, Value>,
    word: &str,
    rule: &Value,
    value: &Value,
    path: &str,
) -> Result<(), String> {
    let wrong = |why: String| Err(format!("{path}: {why}"));
    let list = || rule.as_array().into_iter().flatten();
    let number = |rule: &Value| rule.as_f64().unwrap();
    match word {
        "allOf" => {
            for part in list() {
                check(part, value, path)?;
            }
        }
        "anyOf" | "oneOf" => {
            let refusals: Vec<String> = list()
                .map_while(|part| check(part, value, path).err())
                .collect();
            if refusals.len() == list().count() {
                return wrong(format!("fits none of {}", refusals.join(" | ")));
            }
        }
        "type" => {
            let kinds = rule.as_array().cloned().unwrap_or(vec![rule.clone()]);
            let fits = |kind: &Value| match kind.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "boolean" => value.is_boolean(),
                "integer" => value.is_u64() || value.is_i64(),
                "number" => value.is_number(),
                "null" => value.is_null(),
                other => panic!("unknown type {other}"),
            };
            if !kinds.iter().any(fits) {
                return wrong(format!("is no {rule}"));
            }
        }
        "enum" if !list().any(|one| one == value) => return wrong(format!("is none of {rule}")),
        "required" => {
            for name in list().filter_map(Value::as_str) {
                if value.is_object() && value.get(name).is_none() {
                    return wrong(format!("lacks {name}"));
                }
            }
        }
        "properties" => {
            for (name, part) in rule.as_object().into_iter().flatten() {
                if let Some(value) = value.get(name) {
                    check(part, value, &format!("{path}.{name}"))?;
                }
            }
        }
        "additionalProperties" if rule != true => {
            for (name, value) in value.as_object().into_iter().flatten() {
                let own = schema.get("properties").and_then(|own| own.get(name));
                if own.is_none() && rule == false {
                    return wrong(format!("has the unknown field {name}"));
                } else if own.is_none() {
                    check(rule, value, &format!("{path}.{name}"))?;
                }
            }
        }
        "items" => {
            for (at, one) in value.as_array().into_iter().flatten().enumerate() {
                check(rule, one, &format!("{path}[{at}]"))?;
            }
        }
        "minItems"
            if value
                .as_array()
                .is_some_and(|l| (l.len() as f64) < number(rule)) =>
        {
            return wrong(format!("has fewer than {rule}"));
        }
        "maxItems"
            if value
                .as_array()
                .is_some_and(|l| l.len() as f64 > number(rule)) =>
        {
            return wrong(format!("has more than {rule}"));
        }
        "minimum" if value.as_f64().is_some_and(|n| n < number(rule)) => {
            return wrong(format!("is below {rule}"));
        }
        "maximum" if value.as_f64().is_some_and(|n| n > number(rule)) => {
            return wrong(format!("is above {rule}"));
        }
        "maxLength"
            if value
                .as_str()
                .is_some_and(|t| t.chars().count() as f64 > number(rule)) =>
        {
            return wrong(format!("is longer than {rule}"));
        }
        "enum"
        | "additionalProperties"
        | "minItems"
        | "maxItems"
        | "minimum"
        | "maximum"
        | "maxLength" => {}
        "description" | "title" | "default" | "example" | "examples" | "nullable"
        | "deprecated" | "format" | "discriminator" => {}
        other if other.starts_with("x-") => {}
        other => panic!("the word {other} is not understood"),
    }
    Ok(())
}
