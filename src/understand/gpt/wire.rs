//! The request's parts that are the same for every message, made once, and what is read of an answer.

use async_openai::types::chat::ChatCompletionRequestSystemMessage;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::GptError;
use super::prompt;

/// Name of the schema and of the function.
const NAME: &str = "parsed_order";
/// Room for an answer: about forty operations.
const ANSWER_TOKENS: u32 = 2048;
/// The same and room to reason, which the API counts too.
const REASONING_TOKENS: u32 = 8192;

/// One request. It borrows all that does not depend on the message.
#[derive(Serialize)]
pub(super) struct Request<'a> {
    model: &'a str,
    messages: Vec<Turn<'a>>,
    max_completion_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<&'a RawValue>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Turn<'a> {
    Prepared(&'a RawValue),
    Said { role: &'static str, content: String },
}

/// The parts of a request that depend on no message.
pub(super) struct Template {
    model: String,
    reasoning: bool,
    tool_choice: Box<RawValue>,
}

/// The parts of a request that depend on what of the menu is offered.
pub(super) struct Parts {
    system: Box<RawValue>,
    response_format: Box<RawValue>,
    tools: Box<RawValue>,
}

/// An answer that cannot be used, and what is said about it.
pub(super) struct Repair<'a> {
    pub(super) answer: &'a str,
    pub(super) problems: &'a str,
}

/// Most characters of a bad answer that are shown to the model again.
const SHOWN_AGAIN: usize = 4_000;

/// What is left out of a request because the model refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// Strict schema; else a function that the model has to call.
    pub(super) strict: bool,
    /// Temperature and reasoning effort; else the model's own.
    pub(super) tuned: bool,
}

impl Parts {
    pub(super) fn new(system: &str, schema: &str) -> Result<Self, serde_json::Error> {
        let system = ChatCompletionRequestSystemMessage::from(system);
        let system = async_openai::types::chat::ChatCompletionRequestMessage::System(system);
        // Built as text because the schema's order of fields matters; see `schema`.
        let format = format!(
            r#"{{"type":"json_schema","json_schema":{{"name":"{NAME}","strict":true,"schema":{schema}}}}}"#
        );
        let tools = format!(
            r#"[{{"type":"function","function":{{"name":"{NAME}","description":"Takes down what the customer's message asks for.","parameters":{schema}}}}}]"#
        );
        Ok(Self {
            system: to_raw_value(&system)?,
            response_format: RawValue::from_string(format)?,
            tools: RawValue::from_string(tools)?,
        })
    }
}

impl Template {
    pub(super) fn new(model: &str) -> Result<Self, serde_json::Error> {
        let choice = format!(r#"{{"type":"function","function":{{"name":"{NAME}"}}}}"#);
        Ok(Self {
            model: model.to_owned(),
            reasoning: is_reasoning(model),
            tool_choice: RawValue::from_string(choice)?,
        })
    }

    pub(super) fn request<'a>(
        &'a self,
        parts: &'a Parts,
        dialect: Dialect,
        text: &str,
        repair: Option<&Repair<'_>>,
    ) -> Request<'a> {
        let Dialect { strict, tuned } = dialect;
        let said = |role, content| Turn::Said { role, content };
        let mut messages = vec![
            Turn::Prepared(&parts.system),
            said("user", prompt::user(text)),
        ];
        if let Some(Repair { answer, problems }) = repair {
            if !answer.trim().is_empty() {
                let shown = answer.chars().take(SHOWN_AGAIN).collect();
                messages.push(said("assistant", shown));
            }
            messages.push(said("user", prompt::repair(problems, text)));
        }
        Request {
            model: &self.model,
            messages,
            max_completion_tokens: if self.reasoning {
                REASONING_TOKENS
            } else {
                ANSWER_TOKENS
            },
            temperature: (tuned && !self.reasoning).then_some(0.0),
            reasoning_effort: (tuned && self.reasoning).then_some("low"),
            response_format: strict.then_some(&*parts.response_format),
            tools: (!strict).then_some(&*parts.tools),
            tool_choice: (!strict).then_some(&*self.tool_choice),
        }
    }
}

/// The model's own name: `vendor/name` of a gateway and `ft:name:…` of a fine-tuned model are the same model.
fn bare(model: &str) -> &str {
    let model = model.rsplit('/').next().unwrap_or(model);
    model.strip_prefix("ft:").unwrap_or(model)
}

/// Whether a model is known to have no strict schemas: those before `gpt-4o-2024-08-06`.
pub(super) fn lacks_schemas(model: &str) -> bool {
    const BEFORE: [&str; 5] = [
        "gpt-3.5",
        "gpt-35",
        "gpt-4-",
        "gpt-4o-2024-05-13",
        "chatgpt-4o",
    ];
    let model = bare(model);
    let name = model.split(':').next().unwrap_or(model);
    name == "gpt-4" || BEFORE.iter().any(|old| name.starts_with(old))
}

/// Whether a model reasons first: it refuses a temperature and counts its thoughts as tokens.
pub(super) fn is_reasoning(model: &str) -> bool {
    let model = bare(model);
    let digit = |rest: &str| rest.chars().next().and_then(|c| c.to_digit(10));
    let o_series = model.strip_prefix('o').and_then(digit).is_some();
    let fifth = model.strip_prefix("gpt-").and_then(digit);
    o_series || fifth.is_some_and(|n| n >= 5) && !model.contains("-chat")
}

/// What is read of an answer; whatever else it holds is passed over.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Usage>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    message: Message,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<ToolCall>>,
}

#[derive(Deserialize)]
struct ToolCall {
    #[serde(default)]
    function: Option<Function>,
}

#[derive(Deserialize)]
struct Function {
    arguments: String,
}

/// Tokens used.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(super) struct Usage {
    pub(super) prompt_tokens: u64,
    pub(super) completion_tokens: u64,
    prompt_tokens_details: Option<PromptTokens>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct PromptTokens {
    cached_tokens: Option<u64>,
}

impl Usage {
    pub(super) fn cached_tokens(&self) -> u64 {
        let details = self.prompt_tokens_details.unwrap_or_default();
        details.cached_tokens.unwrap_or_default()
    }
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[personal]")
    }
}

impl Answer {
    pub(super) fn usage(&self) -> Usage {
        self.usage.unwrap_or_default()
    }

    /// The text that should be a parsed order; an answer that is cut off or empty has an error of its own.
    pub(super) fn into_text(self) -> Result<String, GptError> {
        let choice = self.choices.into_iter().next().ok_or(GptError::Empty)?;
        match choice.finish_reason.as_deref() {
            Some("length") => return Err(GptError::Length),
            Some("content_filter") => return Err(GptError::ContentFilter),
            _ => {}
        }
        let message = choice.message;
        if message.refusal.is_some_and(|refusal| !refusal.is_empty()) {
            return Err(GptError::Refusal);
        }
        let calls = message.tool_calls.unwrap_or_default();
        let function = calls.into_iter().find_map(|call| call.function);
        function
            .map(|function| function.arguments)
            .or(message.content)
            .filter(|text| !text.trim().is_empty())
            .ok_or(GptError::Empty)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use async_openai::types::chat::{
        ChatCompletionToolChoiceOption, ChatCompletionTools, CreateChatCompletionRequest,
        ResponseFormat,
    };
    use serde_json::{Value, json};

    use super::*;

    fn parts() -> Parts {
        Parts::new("rules", r#"{"type":"object"}"#).unwrap()
    }

    #[test]
    fn models_are_told_apart_by_their_names() {
        for old in [
            "gpt-3.5-turbo",
            "gpt-3.5-turbo-0125",
            "gpt-4",
            "gpt-4-0613",
            "gpt-4-turbo",
            "ft:gpt-3.5-turbo-0125:shop::abc",
            "openai/gpt-3.5-turbo",
            "ft:gpt-4:shop::abc",
        ] {
            assert!(lacks_schemas(old), "{old}");
        }
        for new in [
            "gpt-4o-mini",
            "gpt-4o",
            "gpt-4.1-nano",
            "gpt-5",
            "o3-mini",
            "llama-3",
        ] {
            assert!(!lacks_schemas(new), "{new}");
        }
        for thinker in [
            "o1",
            "o3-mini",
            "o4-mini",
            "gpt-5",
            "gpt-5.1-mini",
            "gpt-6-astra",
        ] {
            assert!(is_reasoning(thinker), "{thinker}");
        }
        for quick in [
            "gpt-4o",
            "gpt-5-chat-latest",
            "gpt-3.5-turbo",
            "olmo",
            "gpt-oss-20b",
        ] {
            assert!(!is_reasoning(quick), "{quick}");
        }
    }

    #[test]
    fn the_prepared_parts_have_the_shape_of_the_clients_own_types() {
        let (template, parts) = (Template::new("gpt-4o-mini").unwrap(), parts());
        let same = |typed: Value, raw: &RawValue| {
            assert_eq!(typed, serde_json::from_str::<Value>(raw.get()).unwrap());
        };
        let format: ResponseFormat = serde_json::from_str(parts.response_format.get()).unwrap();
        same(json!(format), &parts.response_format);
        let tools: Vec<ChatCompletionTools> = serde_json::from_str(parts.tools.get()).unwrap();
        same(json!(tools), &parts.tools);
        let choice: ChatCompletionToolChoiceOption =
            serde_json::from_str(template.tool_choice.get()).unwrap();
        same(json!(choice), &template.tool_choice);
    }

    #[test]
    fn every_request_is_one_of_the_clients_own() {
        for (model, strict, tuned) in [
            ("gpt-4o-mini", true, true),
            ("gpt-3.5-turbo", false, true),
            ("o3-mini", true, true),
            ("gpt-5", true, false),
        ] {
            let (template, parts) = (Template::new(model).unwrap(), parts());
            let dialect = Dialect { strict, tuned };
            let repair = Repair {
                answer: "two colas",
                problems: "it is no JSON",
            };
            let request = json!(template.request(&parts, dialect, "2 colas", Some(&repair)));
            assert_eq!(request["messages"][2]["role"], "assistant");
            let typed: CreateChatCompletionRequest =
                serde_json::from_value(request.clone()).unwrap();
            assert_eq!(json!(typed), request);
            assert_eq!(request.get("response_format").is_some(), strict);
            assert_eq!(request.get("tools").is_some(), !strict);
            assert_eq!(request.get("tool_choice").is_some(), !strict);
            let reasoning = is_reasoning(model);
            assert_eq!(request.get("temperature").is_some(), tuned && !reasoning);
            assert_eq!(
                request.get("reasoning_effort").is_some(),
                tuned && reasoning
            );
        }
    }
}
