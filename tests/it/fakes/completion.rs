//! Requests and answers of chat completions: the rules of the one, the form of the other.

use serde_json::{Value, json};

use super::{openai::Thought, strict};

pub(super) fn last_user_message(body: &Value) -> String {
    let messages = body["messages"].as_array();
    let last = messages
        .into_iter()
        .flatten()
        .rfind(|message| message["role"] == "user");
    match last.map(|message| &message["content"]) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => parts
            .iter()
            .filter_map(|part| part["text"].as_str())
            .collect::<Vec<_>>()
            .join("\n"),
        _ => String::new(),
    }
}

pub(super) fn check(body: &Value, allow_limits: bool) -> Result<(), String> {
    let Some(model) = body["model"].as_str().filter(|model| !model.is_empty()) else {
        return Err("you must provide a model parameter".into());
    };
    let messages = body["messages"].as_array().filter(|list| !list.is_empty());
    let Some(messages) = messages else {
        return Err("Missing required parameter: 'messages'.".into());
    };
    for message in messages {
        let role = message["role"].as_str().unwrap_or_default();
        if !["system", "developer", "user", "assistant", "tool"].contains(&role) {
            return Err(format!(
                "Invalid value: '{role}' for the role of a message."
            ));
        }
    }
    if body["stream"] == true {
        return Err("the stand-in does not stream".into());
    }
    let format = &body["response_format"];
    match format["type"].as_str() {
        None | Some("text") => {}
        Some("json_object") => {
            let text = body["messages"].to_string().to_lowercase();
            if !text.contains("json") {
                return Err(
                    "'messages' must contain the word 'json' in some form, to use \
                            'response_format' of type 'json_object'."
                        .into(),
                );
            }
        }
        Some("json_schema") => {
            if model.starts_with("gpt-3.5") || model == "gpt-4" || model.starts_with("gpt-4-") {
                return Err(
                    "Invalid parameter: 'response_format' of type 'json_schema' is not \
                            supported with this model."
                        .into(),
                );
            }
            let schema = &format["json_schema"];
            let name = schema["name"].as_str().unwrap_or_default();
            good_name(name, "response_format.json_schema.name")?;
            if schema["strict"] == true
                && let Some(why) = strict::complaint(&schema["schema"], allow_limits)
            {
                return Err(format!(
                    "Invalid schema for response_format '{name}': {why}"
                ));
            }
        }
        Some(other) => {
            return Err(format!(
                "Invalid value: '{other}' for response_format.type."
            ));
        }
    }
    for tool in body["tools"].as_array().into_iter().flatten() {
        if tool["type"] != "function" {
            return Err("Invalid value for tools[0].type.".into());
        }
        let function = &tool["function"];
        let name = function["name"].as_str().unwrap_or_default();
        good_name(name, "tools[0].function.name")?;
        if function["strict"] == true
            && let Some(why) = strict::complaint(&function["parameters"], allow_limits)
        {
            return Err(format!("Invalid schema for function '{name}': {why}"));
        }
    }
    Ok(())
}

fn good_name(name: &str, what: &str) -> Result<(), String> {
    let fits = (1..=64).contains(&name.len())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if fits {
        Ok(())
    } else {
        Err(format!(
            "Invalid '{what}': does not match '^[a-zA-Z0-9_-]+$'."
        ))
    }
}

pub(super) fn completion(body: &Value, thought: &Thought) -> Value {
    let tool = body["tools"][0]["function"]["name"].as_str();
    let mut finish = "stop";
    let mut message = json!({"role": "assistant", "content": null, "refusal": null});
    match thought {
        Thought::Json(value) => {
            if let Some(name) = tool {
                // A call that was forced by tool_choice ends with "stop", a free one with "tool_calls".
                if !body["tool_choice"].is_object() {
                    finish = "tool_calls";
                }
                message["tool_calls"] = json!([{
                    "id": "call_standin", "type": "function",
                    "function": {"name": name, "arguments": value.to_string()},
                }]);
            } else {
                message["content"] = json!(value.to_string());
            }
        }
        Thought::Text(text) => message["content"] = json!(text),
        Thought::Refusal(text) => message["refusal"] = json!(text),
        Thought::CutShort(value) => {
            finish = "length";
            let text = value.to_string();
            let half: String = text.chars().take(text.chars().count() / 2).collect();
            message["content"] = json!(half);
        }
        Thought::Empty => message["content"] = json!(""),
    }
    let prompt = body["messages"].to_string().len() / 4;
    let completion = message.to_string().len() / 4;
    json!({
        "id": "chatcmpl-standin", "object": "chat.completion", "created": 1_700_000_000,
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "logprobs": null, "finish_reason": finish}],
        "usage": {"prompt_tokens": prompt, "completion_tokens": completion,
                  "total_tokens": prompt + completion},
    })
}
