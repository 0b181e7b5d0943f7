//! One call of the Bot API whose answer we read ourselves.
//!
//! teloxide waits ten seconds within each call that Telegram answers with a server error, and forgets the status of
//! what is not JSON. A customer's message is repeated sooner than that, and with what is known of the failure.

use reqwest::multipart::{Form, Part};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use teloxide::requests::{HasPayload, Payload};
use teloxide::types::{ChatId, Seconds};
use teloxide::{ApiError, Bot, RequestError};

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    #[serde(default)]
    result: Value,
    description: Option<String>,
    error_code: Option<u16>,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Default, Deserialize)]
struct Parameters {
    retry_after: Option<u32>,
    migrate_to_chat_id: Option<i64>,
}

/// The address of a method. It holds the token, so it goes nowhere else.
pub(super) fn url(bot: &Bot, method: &str) -> String {
    let base = bot.api_url();
    let base = base.as_str().trim_end_matches('/');
    format!("{base}/bot{}/{method}", bot.token())
}

/// Makes the call and gives its result.
pub(super) async fn post<R>(bot: &Bot, request: &R) -> Result<Value, RequestError>
where
    R: HasPayload,
    R::Payload: Serialize,
{
    let url = url(bot, R::Payload::NAME);
    let call = bot.client().post(url).json(request.payload_ref());
    let answer = call.send().await?;
    let status = answer.status().as_u16();
    let body = answer.bytes().await?;
    read(status, &body)
}

/// The same with a file among the fields.
pub(super) async fn upload(
    bot: &Bot,
    method: &str,
    fields: Vec<(&'static str, String)>,
    (field, name): (&'static str, &str),
    file: &[u8],
) -> Result<Value, RequestError> {
    let part = Part::bytes(file.to_vec()).file_name(name.to_owned());
    let text = |form: Form, (field, value): (&'static str, String)| form.text(field, value);
    let form = fields.into_iter().fold(Form::new(), text);
    let call = bot.client().post(url(bot, method));
    let answer = call.multipart(form.part(field, part)).send().await?;
    let status = answer.status().as_u16();
    let body = answer.bytes().await?;
    read(status, &body)
}

fn read(status: u16, body: &[u8]) -> Result<Value, RequestError> {
    // A proxy's page: nothing of it is kept.
    let unreadable = || match status {
        500.. => ApiError::Unknown("Bad Gateway".to_owned()).into(),
        429 => ApiError::Unknown("Too Many Requests".to_owned()).into(),
        _ => RequestError::InvalidJson {
            source: std::sync::Arc::new(serde::de::Error::custom("not an answer of the Bot API")),
            raw: Box::default(),
        },
    };
    let Ok(answer) = serde_json::from_slice::<Answer>(body) else {
        return Err(unreadable());
    };
    if answer.ok {
        return Ok(answer.result);
    }
    if let Some(seconds) = answer.parameters.retry_after {
        return Err(RequestError::RetryAfter(Seconds::from_seconds(seconds)));
    }
    if let Some(chat) = answer.parameters.migrate_to_chat_id {
        return Err(RequestError::MigrateToChatId(ChatId(chat)));
    }
    if answer.error_code.unwrap_or(status) >= 500 {
        return Err(ApiError::Unknown("Internal Server Error".to_owned()).into());
    }
    let description = answer.description.unwrap_or_default();
    let error = serde_json::from_value(Value::String(description));
    Err(error.map_or_else(|_| unreadable(), RequestError::Api))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[track_caller]
    fn check(status: u16, body: &str, expected: &str) {
        let error = read(status, body.as_bytes()).unwrap_err();
        assert_eq!(super::super::sender::class(&error), expected, "{error:?}");
    }

    #[test]
    fn failures_are_sorted_by_status_and_by_words() {
        check(502, "<html>canary</html>", "server_error");
        check(200, "<html>canary</html>", "bad_answer");
        check(403, "<html>canary</html>", "bad_answer");
        check(
            500,
            r#"{"ok":false,"error_code":500,"description":"x"}"#,
            "server_error",
        );
        check(429, "", "server_error");
        let flood = r#"{"ok":false,"error_code":429,"parameters":{"retry_after":3}}"#;
        check(429, flood, "too_many_requests");
        let said = |text| format!(r#"{{"ok":false,"error_code":400,"description":"{text}"}}"#);
        check(401, &said("Unauthorized"), "unauthorized");
        check(404, &said("Not Found"), "unauthorized");
        check(
            403,
            &said("Forbidden: bot was blocked by the user"),
            "unreachable_chat",
        );
        check(400, &said("Bad Request: message to edit not found"), "gone");
        check(400, &said("Bad Request: something new"), "refused");
        assert_eq!(
            read(200, br#"{"ok":true,"result":{"message_id":7}}"#).unwrap()["message_id"],
            7
        );
    }

    #[test]
    fn nothing_of_an_unreadable_answer_is_kept() {
        let error = read(200, b"canary").unwrap_err();
        assert!(!format!("{error:?} {error}").contains("canary"));
    }
}
