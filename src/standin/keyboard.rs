//! Keyboards under messages: what Telegram accepts, and what a person sees of it.

use serde_json::Value;

use super::{
    body::Params,
    methods::{Refusal, bad},
    state::{Button, SentMessage},
};

/// What a message does to the reply keyboard of its chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyKeyboard {
    /// Nothing.
    Unchanged,
    /// These keys stand below the chat from now on.
    Shown(Vec<Key>),
    /// It goes.
    Removed,
}

/// A key of a reply keyboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The label; without a request, the text that the key sends.
    pub text: String,
    /// What the key asks the person to share.
    pub request: Option<Request>,
}

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// The person's own phone number.
    Contact,
    /// Where the person is.
    Location,
}

impl SentMessage {
    /// What the message does to the reply keyboard of its chat.
    pub fn keys(&self) -> ReplyKeyboard {
        let Some(markup) = &self.markup else {
            return ReplyKeyboard::Unchanged;
        };
        let says = |value: &Value, name| value.get(name).and_then(Value::as_bool) == Some(true);
        if says(markup, "remove_keyboard") {
            return ReplyKeyboard::Removed;
        }
        let key = |key: &Value| Key {
            text: key
                .as_str()
                .map_or_else(|| text_of(key, "text"), str::to_owned),
            request: if says(key, "request_contact") {
                Some(Request::Contact)
            } else {
                says(key, "request_location").then_some(Request::Location)
            },
        };
        let keys: Vec<_> = rows_of(markup, "keyboard")
            .into_iter()
            .flatten()
            .map(key)
            .collect();
        if keys.is_empty() {
            ReplyKeyboard::Unchanged
        } else {
            ReplyKeyboard::Shown(keys)
        }
    }
}

/// The keyboard of a call, checked.
pub(super) fn markup(params: &Params) -> Result<Option<Value>, Refusal> {
    let markup = match params.fields.get("reply_markup") {
        None | Some(Value::Null) => return Ok(None),
        Some(_) => params
            .json("reply_markup")
            .filter(Value::is_object)
            .ok_or_else(|| bad("can't parse reply keyboard markup JSON object"))?,
    };
    for button in inline_rows(&markup).into_iter().flatten() {
        if button
            .get("text")
            .and_then(Value::as_str)
            .is_none_or(str::is_empty)
        {
            return Err(bad(
                "can't parse inline keyboard button: Field \"text\" must be non-empty",
            ));
        }
        match button
            .get("callback_data")
            .map(|data| data.as_str().map_or(0, str::len))
        {
            Some(1..=64) => {}
            Some(_) => return Err(bad("BUTTON_DATA_INVALID")),
            None if button.as_object().is_some_and(|map| map.len() > 1) => {}
            None => {
                return Err(bad(
                    "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
                ));
            }
        }
    }
    Ok(Some(markup))
}

fn inline_rows(markup: &Value) -> Vec<Vec<&Value>> {
    rows_of(markup, "inline_keyboard")
}

fn rows_of<'a>(markup: &'a Value, name: &str) -> Vec<Vec<&'a Value>> {
    let rows = markup.get(name).and_then(Value::as_array);
    rows.into_iter()
        .flatten()
        .map(|row| row.as_array().into_iter().flatten().collect())
        .collect()
}

pub(super) fn text_of(value: &Value, name: &str) -> String {
    let text = value.get(name).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

/// Puts a keyboard, or none, under a message.
pub(super) fn set_markup(message: &mut SentMessage, markup: Option<Value>) {
    let none = Value::Null;
    let shown = markup.as_ref().unwrap_or(&none);
    message.buttons = inline_rows(shown)
        .into_iter()
        .filter(|row| !row.is_empty())
        .map(|row| {
            row.into_iter()
                .map(|button| Button {
                    text: text_of(button, "text"),
                    data: text_of(button, "callback_data"),
                })
                .collect()
        })
        .collect();
    message.reply_keyboard = rows_of(shown, "keyboard")
        .into_iter()
        .map(|row| {
            row.into_iter()
                .map(|button| {
                    button
                        .as_str()
                        .map_or_else(|| text_of(button, "text"), str::to_owned)
                })
                .collect()
        })
        .collect();
    // An empty inline keyboard is none.
    message.markup = markup
        .filter(|markup| markup.get("inline_keyboard").is_none() || !message.buttons.is_empty());
}
