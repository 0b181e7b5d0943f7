//! The Bot API's methods, with the checks and the words of Telegram's answers.

use std::time::Instant;

use serde_json::{Value, json};

use super::{
    Event,
    body::{Params, Upload},
    html::{self, Parsed},
    keyboard::{markup, set_markup, text_of},
    payments,
    state::{Chat, ChatKind, Command, CommandScope, Edit, SentMessage, State, bot_user, unix_now},
};

/// Longest text of a message, in UTF-16 code units after the markup was parsed.
const TEXT_LIMIT: usize = 4096;
/// Longest caption, likewise.
const CAPTION_LIMIT: usize = 1024;

/// Why a call is refused: status and description.
#[derive(Debug)]
pub(super) struct Refusal(pub(super) u16, pub(super) String);

pub(super) type Outcome = Result<Value, Refusal>;

pub(super) fn bad(what: impl Into<String>) -> Refusal {
    Refusal(400, format!("Bad Request: {}", what.into()))
}

/// Methods with an implementation, in Telegram's spelling.
pub(super) const METHODS: [&str; 24] = [
    "getFile",
    "getMe",
    "getUpdates",
    "sendMessage",
    "editMessageText",
    "editMessageReplyMarkup",
    "deleteMessage",
    "answerCallbackQuery",
    "setMyCommands",
    "getMyCommands",
    "deleteMyCommands",
    "setMyDescription",
    "setMyShortDescription",
    "setChatMenuButton",
    "deleteWebhook",
    "getWebhookInfo",
    "pinChatMessage",
    "unpinChatMessage",
    "sendDocument",
    "sendPhoto",
    "sendChatAction",
    "getChat",
    "sendInvoice",
    "answerPreCheckoutQuery",
];

/// Applies one call; `getUpdates` is not among them, because it waits.
pub(super) fn apply(
    state: &mut State,
    method: &str,
    params: Params,
    events: &mut Vec<Event>,
) -> Outcome {
    match method {
        "getMe" => {
            let mut me = bot_user();
            if let Some(map) = me.as_object_mut() {
                map.insert("can_join_groups".into(), json!(true));
                map.insert("can_read_all_group_messages".into(), json!(false));
                map.insert("supports_inline_queries".into(), json!(false));
                map.insert("can_connect_to_business".into(), json!(false));
                map.insert("has_main_web_app".into(), json!(false));
            }
            Ok(me)
        }
        "getFile" => {
            let id = params.str("file_id").unwrap_or_default();
            let Some(content) = state.files.get(id) else {
                return Err(bad("wrong file_id or the file is temporarily unavailable"));
            };
            Ok(
                json!({"file_id": id, "file_unique_id": id, "file_size": content.len(),
                      "file_path": format!("voice/{id}.oga")}),
            )
        }
        "sendMessage" => send_message(state, &params, events),
        "sendInvoice" => payments::send_invoice(state, &params, events),
        "answerPreCheckoutQuery" => payments::answer_checkout(state, &params),
        "sendDocument" => send_file(state, params, "document", events),
        "sendPhoto" => send_file(state, params, "photo", events),
        "editMessageText" => edit_text(state, &params, events),
        "editMessageReplyMarkup" => edit_markup(state, &params, events),
        "deleteMessage" => delete(state, &params, events),
        "answerCallbackQuery" => answer_tap(state, &params, events),
        "pinChatMessage" | "unpinChatMessage" => pin(state, &params, method == "pinChatMessage"),
        "setMyCommands" => set_commands(state, &params),
        "getMyCommands" => {
            let list: Vec<Value> = state
                .commands
                .get(&scope_of(&params))
                .into_iter()
                .flatten()
                .map(|c| json!({"command": c.command, "description": c.description}))
                .collect();
            Ok(Value::Array(list))
        }
        "deleteMyCommands" => {
            state.commands.remove(&scope_of(&params));
            Ok(json!(true))
        }
        "setMyDescription" | "setMyShortDescription" | "setChatMenuButton" => Ok(json!(true)),
        "deleteWebhook" => {
            if params.flag("drop_pending_updates") {
                state.queue.clear();
            }
            Ok(json!(true))
        }
        "getWebhookInfo" => Ok(json!({
            "url": "", "has_custom_certificate": false,
            "pending_update_count": state.queue.len(),
            "allowed_updates": state.queue.allowed(),
        })),
        "sendChatAction" => {
            target(state, &params)?;
            Ok(json!(true))
        }
        "getChat" => {
            let chat = target(state, &params)?;
            Ok(state.chat_json(chat))
        }
        _ => Err(Refusal(404, "Not Found".into())),
    }
}

/// The chat of a call, where the bot may write to it.
pub(super) fn target(state: &State, params: &Params) -> Result<i64, Refusal> {
    let Some(id) = params.int("chat_id") else {
        return Err(bad("chat_id is empty"));
    };
    match state.chats.get(&id) {
        None => Err(bad("chat not found")),
        Some(Chat {
            kind: ChatKind::Private,
            ..
        }) if state.people.get(&id).is_some_and(|person| person.blocked) => Err(Refusal(
            403,
            "Forbidden: bot was blocked by the user".into(),
        )),
        Some(_) => Ok(id),
    }
}

fn parse_text(
    params: &Params,
    name: &str,
    entities: &str,
    limit: usize,
) -> Result<Parsed, Refusal> {
    let source = params.str(name).unwrap_or_default();
    let parsed = match params.str("parse_mode").map(str::to_lowercase).as_deref() {
        Some("html") => {
            html::parse(source).map_err(|why| bad(format!("can't parse entities: {why}")))?
        }
        None | Some("") => Parsed {
            text: source.to_owned(),
            entities: params
                .json(entities)
                .and_then(|list| list.as_array().cloned())
                .unwrap_or_default(),
        },
        Some(_) => return Err(bad("can't parse entities: the stand-in speaks HTML only")),
    };
    let parsed = html::trim(parsed);
    if parsed.text.encode_utf16().count() > limit {
        let what = if limit == TEXT_LIMIT {
            "message is too long"
        } else {
            "message caption is too long"
        };
        return Err(bad(what));
    }
    Ok(parsed)
}

/// Adds the bot's message and gives it as the answer.
pub(super) fn added(state: &mut State, draft: SentMessage, events: &mut Vec<Event>) -> Outcome {
    let Some(message) = state.add_message(draft).cloned() else {
        return Err(bad("chat not found"));
    };
    let answer = state.message_json(&message);
    events.push(Event::Sent(Box::new(message)));
    Ok(answer)
}

/// A new message of the bot where the call wants it: in a topic, as a reply.
fn placed(state: &State, chat: i64, params: &Params) -> Result<SentMessage, Refusal> {
    let mut draft = SentMessage::draft(chat, None);
    draft.topic = params.int("message_thread_id");
    if draft
        .topic
        .is_some_and(|topic| !state.topics.contains(&(chat, topic)))
    {
        return Err(bad("message thread not found"));
    }
    let Some(reply) = params.json("reply_parameters") else {
        return Ok(draft);
    };
    let replied = reply.get("message_id").and_then(Value::as_i64);
    let replied = replied.filter(|id| state.message(chat, *id).is_some_and(|m| !m.deleted));
    let optional = reply
        .get("allow_sending_without_reply")
        .and_then(Value::as_bool);
    if replied.is_none() && optional != Some(true) {
        return Err(bad("message to be replied not found"));
    }
    draft.reply_to = replied;
    Ok(draft)
}

fn send_message(state: &mut State, params: &Params, events: &mut Vec<Event>) -> Outcome {
    let chat = target(state, params)?;
    let parsed = parse_text(params, "text", "entities", TEXT_LIMIT)?;
    if parsed.text.is_empty() {
        return Err(bad("message text is empty"));
    }
    let markup = markup(params)?;
    let mut draft = placed(state, chat, params)?;
    params
        .str("text")
        .unwrap_or_default()
        .clone_into(&mut draft.html);
    draft.text = parsed.text;
    draft.entities = parsed.entities;
    set_markup(&mut draft, markup);
    added(state, draft, events)
}

fn send_file(
    state: &mut State,
    mut params: Params,
    kind: &str,
    events: &mut Vec<Event>,
) -> Outcome {
    let chat = target(state, &params)?;
    let parsed = parse_text(&params, "caption", "caption_entities", CAPTION_LIMIT)?;
    let markup = markup(&params)?;
    let attached = params
        .str(kind)
        .map(|name| name.strip_prefix("attach://").unwrap_or(kind).to_owned())
        .unwrap_or_else(|| kind.to_owned());
    let place = params.files.iter().position(|(name, _)| *name == attached);
    let upload: Upload = match place {
        Some(place) => params.files.swap_remove(place).1,
        None => return Err(bad(format!("there is no {kind} in the request"))),
    };
    if upload.bytes.is_empty() {
        return Err(bad("file must be non-empty"));
    }
    let mut draft = placed(state, chat, &params)?;
    params
        .str("caption")
        .unwrap_or_default()
        .clone_into(&mut draft.html);
    draft.text = parsed.text;
    draft.entities = parsed.entities;
    draft.document = Some(upload);
    set_markup(&mut draft, markup);
    added(state, draft, events)
}

/// The bot's own message that a call wants to change.
fn editable(state: &State, params: &Params) -> Result<(i64, i64), Refusal> {
    let chat = target(state, params)?;
    let Some(id) = params.int("message_id") else {
        return Err(bad("message identifier is not specified"));
    };
    match state.message(chat, id) {
        None => Err(bad("message to edit not found")),
        Some(message) if message.deleted => Err(bad("message to edit not found")),
        Some(message) if message.author.is_some() => Err(bad("message can't be edited")),
        Some(_) => Ok((chat, id)),
    }
}

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply markup are \
    exactly the same as a current content and reply markup of the message";

fn edit_text(state: &mut State, params: &Params, events: &mut Vec<Event>) -> Outcome {
    let (chat, id) = editable(state, params)?;
    let parsed = parse_text(params, "text", "entities", TEXT_LIMIT)?;
    if parsed.text.is_empty() {
        return Err(bad("message text is empty"));
    }
    let markup = markup(params)?;
    let html = params.str("text").unwrap_or_default().to_owned();
    change(state, chat, id, events, |message| {
        if message.document.is_some() {
            return Err(bad("there is no text in the message to edit"));
        }
        message.text = parsed.text;
        message.entities = parsed.entities;
        message.html = html;
        // Without a keyboard in the call, the keyboard goes: so it is at Telegram.
        set_markup(message, markup);
        Ok(())
    })
}

fn edit_markup(state: &mut State, params: &Params, events: &mut Vec<Event>) -> Outcome {
    let (chat, id) = editable(state, params)?;
    let markup = markup(params)?;
    change(state, chat, id, events, |message| {
        set_markup(message, markup);
        Ok(())
    })
}

fn change(
    state: &mut State,
    chat: i64,
    id: i64,
    events: &mut Vec<Event>,
    edit: impl FnOnce(&mut SentMessage) -> Result<(), Refusal>,
) -> Outcome {
    let touched = state.tick();
    let Some(message) = state.message_mut(chat, id) else {
        return Err(bad("message to edit not found"));
    };
    let mut new = message.clone();
    edit(&mut new)?;
    if (&new.text, &new.entities, &new.markup)
        == (&message.text, &message.entities, &message.markup)
    {
        return Err(bad(NOT_MODIFIED));
    }
    new.edits.push(Edit {
        text: message.text.clone(),
        buttons: message.buttons.clone(),
        at: Instant::now(),
    });
    new.edit_date = Some(unix_now());
    new.touched = touched;
    *message = new.clone();
    let answer = state.message_json(&new);
    events.push(Event::Edited(Box::new(new)));
    Ok(answer)
}

fn delete(state: &mut State, params: &Params, events: &mut Vec<Event>) -> Outcome {
    let chat = target(state, params)?;
    let Some(id) = params.int("message_id") else {
        return Err(bad("message identifier is not specified"));
    };
    let touched = state.tick();
    match state.message_mut(chat, id) {
        Some(message) if !message.deleted => {
            message.deleted = true;
            message.touched = touched;
            events.push(Event::Deleted {
                chat,
                message_id: id,
            });
            Ok(json!(true))
        }
        _ => Err(bad("message to delete not found")),
    }
}

fn pin(state: &mut State, params: &Params, pinned: bool) -> Outcome {
    let chat = target(state, params)?;
    let id = params.int("message_id").unwrap_or_default();
    match state.message_mut(chat, id) {
        Some(message) if !message.deleted => {
            message.pinned = pinned;
            Ok(json!(true))
        }
        _ if pinned => Err(bad("message to pin not found")),
        _ => Err(bad("message to unpin not found")),
    }
}

fn answer_tap(state: &mut State, params: &Params, events: &mut Vec<Event>) -> Outcome {
    let id = params.str("callback_query_id").unwrap_or_default();
    let text = params.str("text").filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > 200) {
        return Err(bad("MESSAGE_TOO_LONG"));
    }
    let place = state.tap_index.get(id).copied();
    let Some(tap) = place.and_then(|place| state.taps.get_mut(place)) else {
        return Err(bad(
            "query is too old and response timeout expired or query ID is invalid",
        ));
    };
    tap.answers += 1;
    tap.answer = text.map(str::to_owned);
    tap.alert = params.flag("show_alert");
    events.push(Event::Answered(tap.clone()));
    Ok(json!(true))
}

fn set_commands(state: &mut State, params: &Params) -> Outcome {
    let list = params.json("commands").unwrap_or_default();
    let commands: Vec<Command> = list
        .as_array()
        .into_iter()
        .flatten()
        .map(|command| Command {
            command: text_of(command, "command"),
            description: text_of(command, "description"),
        })
        .collect();
    for command in &commands {
        let fits = (1..=32).contains(&command.command.len())
            && command
                .command
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !fits {
            return Err(bad("BOT_COMMAND_INVALID"));
        }
        if !(1..=256).contains(&command.description.chars().count()) {
            return Err(bad("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
    }
    if commands.len() > 100 {
        return Err(bad("BOT_COMMANDS_TOO_MUCH"));
    }
    state.commands.insert(scope_of(params), commands);
    Ok(json!(true))
}

/// For whom commands are: everybody, unless a scope or a language is named.
fn scope_of(params: &Params) -> CommandScope {
    let scope = params.json("scope").filter(|scope| {
        let all = scope.get("type").and_then(Value::as_str);
        all.is_some_and(|all| all != "default")
    });
    CommandScope {
        scope: scope.map_or_else(|| "default".to_owned(), |scope| scope.to_string()),
        language: params.str("language_code").unwrap_or_default().to_owned(),
    }
}
