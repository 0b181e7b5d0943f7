//! The stand-in for OpenAI against async-openai.

use std::time::{Duration, Instant};

use async_openai::{
    Client,
    config::OpenAIConfig,
    error::OpenAIError,
    types::chat::{
        ChatCompletionRequestUserMessageArgs, ChatCompletionTool, ChatCompletionTools,
        CreateChatCompletionRequest, CreateChatCompletionRequestArgs, CreateChatCompletionResponse,
        FinishReason, FunctionObjectArgs, ResponseFormat, ResponseFormatJsonSchema,
    },
};
use order_bot::standin::wire::Verdict;
use serde_json::{Value, json};

use crate::fakes::{
    faults::{html_page, openai_flood, openai_quota},
    openai::{OpenAi, Thought, add, parsed_order},
    strict,
};

const KEY: &str = "sk-stand-in";

async fn scene() -> (OpenAi, Client<OpenAIConfig>) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let openai = OpenAi::start(KEY).await;
    let config = OpenAIConfig::new()
        .with_api_key(KEY)
        .with_api_base(openai.url());
    (openai, Client::with_config(config))
}

fn schema() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["intent", "quantity"],
        "properties": {
            "intent": {"type": "string", "enum": ["order", "other"]},
            "quantity": {"type": ["integer", "null"]},
        },
    })
}

fn request(model: &str, text: &str) -> CreateChatCompletionRequest {
    let message = ChatCompletionRequestUserMessageArgs::default()
        .content(text)
        .build()
        .unwrap();
    CreateChatCompletionRequestArgs::default()
        .model(model)
        .messages([message.into()])
        .build()
        .unwrap()
}

fn strict_request(model: &str, text: &str, schema: Value) -> CreateChatCompletionRequest {
    let json_schema = ResponseFormatJsonSchema {
        name: "parsed_order".into(),
        description: None,
        schema,
        strict: Some(true),
    };
    CreateChatCompletionRequest {
        response_format: Some(ResponseFormat::JsonSchema { json_schema }),
        ..request(model, text)
    }
}

fn content(answer: &CreateChatCompletionResponse) -> Value {
    serde_json::from_str(answer.choices[0].message.content.as_deref().unwrap()).unwrap()
}

#[tokio::test]
async fn a_strict_schema_gets_what_the_script_says() {
    let (openai, client) = scene().await;
    let order = parsed_order(json!([add("margherita", 2)]));
    openai.understands("Two margheritas!", order.clone());
    let ask = strict_request("gpt-4o-mini", "two  margheritas", schema());
    let answer = client.chat().create(ask).await.unwrap();
    assert_eq!(content(&answer), order);
    assert_eq!(answer.choices[0].finish_reason, Some(FinishReason::Stop));
    assert!(answer.usage.unwrap().total_tokens > 0);
    let asked = openai.asked();
    assert_eq!(asked[0].user, "two  margheritas");
    assert_eq!(
        asked[0].body["response_format"]["json_schema"]["strict"],
        true
    );

    let ask = strict_request("gpt-4o-mini", "gibberish", schema());
    let answer = client.chat().create(ask).await.unwrap();
    assert_eq!(content(&answer)["unmatched"], json!(["gibberish"]));
}

#[tokio::test]
async fn the_old_model_refuses_schemas_and_takes_functions() {
    let (openai, client) = scene().await;
    let ask = strict_request("gpt-3.5-turbo", "cola", schema());
    let why = client.chat().create(ask).await.unwrap_err();
    assert!(
        matches!(&why, OpenAIError::ApiError(why) if why.status_code.as_u16() == 400),
        "{why:?}"
    );
    assert_eq!(openai.complaints().len(), 1);

    openai.understands("cola", parsed_order(json!([add("cola", 1)])));
    let function = FunctionObjectArgs::default()
        .name("order")
        .parameters(schema())
        .strict(true)
        .build()
        .unwrap();
    let tool = ChatCompletionTools::Function(ChatCompletionTool { function });
    let ask = CreateChatCompletionRequest {
        tools: Some(vec![tool]),
        ..request("gpt-3.5-turbo", "cola")
    };
    let answer = client.chat().create(ask).await.unwrap();
    let call = serde_json::to_value(&answer.choices[0].message.tool_calls).unwrap();
    assert_eq!(call[0]["function"]["name"], "order");
    let arguments: Value =
        serde_json::from_str(call[0]["function"]["arguments"].as_str().unwrap()).unwrap();
    assert_eq!(arguments["operations"][0]["item"], "cola");
}

#[tokio::test]
async fn a_broken_schema_is_refused() {
    let (openai, client) = scene().await;
    let mut loose = schema();
    loose["required"] = json!(["intent"]);
    let ask = strict_request("gpt-4o-mini", "cola", loose);
    client.chat().create(ask).await.unwrap_err();
    assert!(
        openai.complaints()[0].contains("Missing 'quantity'"),
        "{:?}",
        openai.complaints()
    );
}

#[test]
fn the_rules_of_strict_schemas_hold() {
    let broken = |change: fn(&mut Value)| {
        let mut schema = schema();
        change(&mut schema);
        strict::complaint(&schema, false).unwrap_or_default()
    };
    assert_eq!(strict::complaint(&schema(), false), None);
    let why = broken(|schema| schema["additionalProperties"] = json!(true));
    assert!(why.contains("additionalProperties"), "{why}");
    let why = broken(|schema| schema["properties"]["quantity"]["minimum"] = json!(1));
    assert!(why.contains("'minimum' is not permitted"), "{why}");
    let why = broken(|schema| schema["properties"]["intent"]["default"] = json!("order"));
    assert!(why.contains("'default' is not permitted"), "{why}");
    let why = broken(|schema| schema["properties"]["intent"]["enum"] = json!(["order", null]));
    assert!(why.contains("does not validate"), "{why}");
    let why = broken(|schema| schema["properties"]["quantity"] = json!({"type": "array"}));
    assert!(why.contains("missing items"), "{why}");
    let why = broken(|schema| schema["properties"]["quantity"] = json!({}));
    assert!(why.contains("must have a 'type' key"), "{why}");
    let mut limited = schema();
    limited["properties"]["quantity"]["minimum"] = json!(1);
    assert_eq!(strict::complaint(&limited, true), None);
}

#[tokio::test]
async fn every_way_to_go_wrong_is_there() {
    let (openai, client) = scene().await;
    let ask = || strict_request("gpt-4o-mini", "cola", schema());
    let choose = async |thought| {
        openai.next(thought);
        let answer = client.chat().create(ask()).await.unwrap();
        answer.choices[0].clone()
    };
    let choice = choose(Thought::Refusal("I cannot".into())).await;
    assert_eq!(choice.message.refusal.as_deref(), Some("I cannot"));
    let choice = choose(Thought::CutShort(parsed_order(json!([])))).await;
    assert_eq!(choice.finish_reason, Some(FinishReason::Length));
    assert_eq!(
        choose(Thought::Empty).await.message.content.as_deref(),
        Some("")
    );
    let choice = choose(Thought::Text("{oops".into())).await;
    assert_eq!(choice.message.content.as_deref(), Some("{oops"));

    let faults = openai.faults();
    faults.once("chat", openai_quota());
    let why = client.chat().create(ask()).await.unwrap_err();
    assert!(matches!(&why, OpenAIError::ApiError(why) if why.status_code.as_u16() == 429));
    let began = Instant::now();
    faults.once("chat", openai_flood(Some(1)));
    client.chat().create(ask()).await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
    faults.once("chat", html_page(403));
    let why = client.chat().create(ask()).await.unwrap_err();
    assert!(matches!(why, OpenAIError::JSONDeserialize(..)), "{why:?}");
    faults.once("chat", Verdict::DropAfter);
    let _ = client.chat().create(ask()).await;
    faults.once("chat", Verdict::Hang);
    let hung = tokio::time::timeout(Duration::from_millis(100), client.chat().create(ask())).await;
    hung.unwrap_err();

    let config = OpenAIConfig::new()
        .with_api_key("wrong")
        .with_api_base(openai.url());
    let why = Client::with_config(config)
        .chat()
        .create(ask())
        .await
        .unwrap_err();
    assert!(matches!(&why, OpenAIError::ApiError(why) if why.status_code.as_u16() == 401));
}
