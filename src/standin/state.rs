//! What the stand-in knows: people, chats, messages, calls; and how a message looks on the wire.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::{Map, Value, json};

use super::{body::Upload, payments::Checkout, updates::Queue};

/// A button of an inline keyboard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Button {
    /// The label.
    pub text: String,
    /// `callback_data`; empty for other kinds of buttons.
    pub data: String,
}

/// A message's content before an edit.
#[derive(Clone)]
pub struct Edit {
    /// Plain text until then.
    pub text: String,
    /// Buttons until then.
    pub buttons: Vec<Vec<Button>>,
    /// When it was replaced.
    pub at: Instant,
}

/// A message of a chat, from the bot or from a person.
#[derive(Clone)]
pub struct SentMessage {
    /// Unique within its chat, ascending.
    pub message_id: i64,
    /// The chat.
    pub chat: i64,
    /// The person who wrote it; `None`: the bot.
    pub author: Option<i64>,
    /// Plain text, after the markup was parsed; a document's caption.
    pub text: String,
    /// The text as the bot sent it, with its markup.
    pub html: String,
    /// The inline keyboard, row by row.
    pub buttons: Vec<Vec<Button>>,
    /// Labels of the reply keyboard that came with it, row by row.
    pub reply_keyboard: Vec<Vec<String>>,
    /// The file, where the message is a document.
    pub document: Option<Upload>,
    /// What it said before each edit, oldest first.
    pub edits: Vec<Edit>,
    /// Whether it was deleted since.
    pub deleted: bool,
    /// The forum topic it stands in.
    pub topic: Option<i64>,
    /// The message it replies to.
    pub reply_to: Option<i64>,
    /// Whether it is pinned.
    pub pinned: bool,
    /// When it came.
    pub at: Instant,
    /// Grows with every change in the whole stand-in: "newer than" is `touched > mark`.
    pub touched: u64,
    pub(super) date: u64,
    pub(super) edit_date: Option<u64>,
    pub(super) entities: Vec<Value>,
    pub(super) markup: Option<Value>,
    /// Further fields of a person's message: contact, location, photo …
    pub(super) extra: Map<String, Value>,
    /// An invoice's payload.
    pub(super) payload: String,
}

// What people write is not for logs, not even in a demo: only ids are printed.

impl fmt::Debug for SentMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SentMessage")
            .field("message_id", &self.message_id)
            .field("chat", &self.chat)
            .field("deleted", &self.deleted)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Person");
        out.field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tap")
            .field("id", &self.id)
            .field("answers", &self.answers)
            .finish_non_exhaustive()
    }
}

impl SentMessage {
    /// The first button whose `callback_data` begins with `prefix`.
    pub fn button(&self, prefix: &str) -> Option<&Button> {
        self.buttons
            .iter()
            .flatten()
            .find(|button| button.data.starts_with(prefix))
    }

    /// Whether the bot wrote it and it is still there.
    pub fn is_from_bot(&self) -> bool {
        self.author.is_none() && !self.deleted
    }
}

/// A person.
#[derive(Clone)]
pub struct Person {
    /// Telegram user id; also the id of the private chat.
    pub id: i64,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: Option<String>,
    /// The client's language.
    pub language: String,
    /// Has blocked the bot.
    pub blocked: bool,
}

/// One call of the bot.
#[derive(Clone, Debug)]
pub struct Call {
    /// Method, in Telegram's spelling where it is known (`sendMessage`).
    pub method: String,
    /// The chat it was about.
    pub chat: Option<i64>,
    /// When it came.
    pub at: Instant,
    /// HTTP status that the stand-in's own logic gave; 0 while a fault kept it from being applied.
    pub status: u16,
}

/// A tap on a button and what the bot made of it.
#[derive(Clone)]
pub struct Tap {
    /// Id of the callback query.
    pub id: String,
    /// Who tapped.
    pub user: i64,
    /// `callback_data`.
    pub data: String,
    /// How often it was answered.
    pub answers: u32,
    /// The text of the last answer.
    pub answer: Option<String>,
    /// Whether that was an alert.
    pub alert: bool,
}

/// A command that the bot has set for its menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Without the slash.
    pub command: String,
    /// What the client shows beside it.
    pub description: String,
}

/// For whom commands are set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CommandScope {
    /// `default`, or the scope's JSON.
    pub(super) scope: String,
    /// ISO 639-1 code; empty: everybody else.
    pub(super) language: String,
}

pub(super) enum ChatKind {
    Private,
    Supergroup { title: String, members: Vec<i64> },
}

pub(super) struct Chat {
    pub(super) kind: ChatKind,
    pub(super) messages: Vec<SentMessage>,
}

/// Everything behind the stand-in's mutex.
pub struct State {
    pub(super) queue: Queue,
    pub(super) people: HashMap<i64, Person>,
    pub(super) chats: BTreeMap<i64, Chat>,
    pub(super) private_message_ids: i64,
    pub(super) taps: Vec<Tap>,
    pub(super) tap_index: HashMap<String, usize>,
    /// What people have sent as files, by `file_id`.
    pub(super) files: HashMap<String, Vec<u8>>,
    pub(super) checkouts: Vec<Checkout>,
    pub(super) calls: Vec<Call>,
    pub(super) unexpected: Vec<String>,
    /// Topics of the groups that have them.
    pub(super) topics: Vec<(i64, i64)>,
    pub(super) commands: BTreeMap<CommandScope, Vec<Command>>,
    pub(super) clock: u64,
}

/// The bot's own user id.
pub(super) const BOT_ID: i64 = 7_000_000_001;

pub(super) fn bot_user() -> Value {
    json!({"id": BOT_ID, "is_bot": true, "first_name": "Order bot", "username": "stand_in_order_bot"})
}

pub(super) fn unix_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            queue: Queue::new(),
            people: HashMap::new(),
            chats: BTreeMap::new(),
            private_message_ids: 0,
            taps: Vec::new(),
            tap_index: HashMap::new(),
            files: HashMap::new(),
            checkouts: Vec::new(),
            calls: Vec::new(),
            unexpected: Vec::new(),
            topics: Vec::new(),
            commands: BTreeMap::new(),
            clock: 0,
        }
    }

    /// The messages of a chat, oldest first, deleted ones included; empty for an unknown chat.
    pub fn history(&self, chat: i64) -> &[SentMessage] {
        self.chats.get(&chat).map_or(&[], |chat| &chat.messages)
    }

    /// The newest message in a chat that `test` likes, among the bot's messages that are still there.
    pub fn newest(&self, chat: i64, test: impl Fn(&SentMessage) -> bool) -> Option<&SentMessage> {
        self.history(chat)
            .iter()
            .rev()
            .find(|message| message.is_from_bot() && test(message))
    }

    /// One message.
    pub fn message(&self, chat: i64, message_id: i64) -> Option<&SentMessage> {
        let messages = self.history(chat);
        let at = messages
            .binary_search_by_key(&message_id, |message| message.message_id)
            .ok()?;
        messages.get(at)
    }

    pub(super) fn message_mut(&mut self, chat: i64, message_id: i64) -> Option<&mut SentMessage> {
        let messages = &mut self.chats.get_mut(&chat)?.messages;
        let at = messages
            .binary_search_by_key(&message_id, |message| message.message_id)
            .ok()?;
        messages.get_mut(at)
    }

    /// Every call so far, in order.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// Calls of one method, whatever its case.
    pub fn calls_of(&self, method: &str) -> impl Iterator<Item = &Call> {
        self.calls
            .iter()
            .filter(move |call| call.method.eq_ignore_ascii_case(method))
    }

    /// Every tap so far, in order.
    pub fn taps(&self) -> &[Tap] {
        &self.taps
    }

    /// The tap with this callback query id.
    pub fn tap(&self, id: &str) -> Option<&Tap> {
        self.taps.get(*self.tap_index.get(id)?)
    }

    /// Methods that were called and that the stand-in does not know.
    pub fn unexpected(&self) -> &[String] {
        &self.unexpected
    }

    /// The commands that the bot has set for everybody.
    pub fn commands(&self) -> &[Command] {
        self.commands_in("")
    }

    /// The commands that the bot has set for a language; empty: for all others.
    pub fn commands_in(&self, language: &str) -> &[Command] {
        let scope = CommandScope {
            scope: "default".to_owned(),
            language: language.to_owned(),
        };
        self.commands.get(&scope).map_or(&[], Vec::as_slice)
    }

    /// The commands that the bot has set for one chat.
    pub fn commands_of_chat(&self, chat: i64) -> &[Command] {
        let of_chat = |scope: &CommandScope| {
            let scope: Value = serde_json::from_str(&scope.scope).unwrap_or_default();
            scope.get("chat_id").and_then(Value::as_i64) == Some(chat)
        };
        let found = self.commands.iter().find(|(scope, _)| of_chat(scope));
        found.map_or(&[], |(_, commands)| commands)
    }

    /// Updates that the bot has not confirmed by a higher offset yet.
    pub fn unacknowledged(&self) -> usize {
        self.queue.len()
    }

    /// The logical time: compare with [`SentMessage::touched`].
    pub fn clock(&self) -> u64 {
        self.clock
    }

    pub(super) fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    /// Adds a message to a chat that exists; fills in id, time and mark.
    pub(super) fn add_message(&mut self, draft: SentMessage) -> Option<&SentMessage> {
        let touched = self.tick();
        let chat = self.chats.get_mut(&draft.chat)?;
        // Private chats of a bot share one sequence, each supergroup has its own.
        let message_id = if matches!(chat.kind, ChatKind::Private) {
            self.private_message_ids += 1;
            self.private_message_ids
        } else {
            chat.messages
                .last()
                .map_or(1, |message| message.message_id + 1)
        };
        chat.messages.push(SentMessage {
            message_id,
            touched,
            ..draft
        });
        chat.messages.last()
    }

    pub(super) fn user_json(&self, id: i64) -> Value {
        let Some(person) = self.people.get(&id) else {
            return json!({"id": id, "is_bot": false, "first_name": "Someone"});
        };
        let mut user = json!({
            "id": id, "is_bot": false,
            "first_name": person.first_name, "language_code": person.language,
        });
        if let (Some(last), Some(map)) = (&person.last_name, user.as_object_mut()) {
            map.insert("last_name".into(), json!(last));
        }
        user
    }

    pub(super) fn chat_json(&self, id: i64) -> Value {
        match self.chats.get(&id).map(|chat| &chat.kind) {
            Some(ChatKind::Supergroup { title, .. }) => {
                json!({"id": id, "type": "supergroup", "title": title})
            }
            _ => {
                let mut chat = self.user_json(id);
                if let Some(map) = chat.as_object_mut() {
                    map.remove("is_bot");
                    map.remove("language_code");
                    map.insert("type".into(), json!("private"));
                }
                chat
            }
        }
    }

    /// A message as the Bot API writes it.
    pub(super) fn message_json(&self, message: &SentMessage) -> Value {
        let mut out = message.extra.clone();
        let from = message
            .author
            .map_or_else(bot_user, |author| self.user_json(author));
        out.insert("message_id".into(), json!(message.message_id));
        out.insert("from".into(), from);
        out.insert("chat".into(), self.chat_json(message.chat));
        out.insert("date".into(), json!(message.date));
        if let Some(date) = message.edit_date {
            out.insert("edit_date".into(), json!(date));
        }
        if let Some(topic) = message.topic {
            out.insert("message_thread_id".into(), json!(topic));
            out.insert("is_topic_message".into(), json!(true));
        }
        // In a topic every message that replies to nothing else replies to the one that opened it.
        let replied = message.reply_to.or(message.topic);
        if let Some(replied) = replied.and_then(|id| self.message(message.chat, id)) {
            let mut replied = replied.clone();
            (replied.reply_to, replied.topic) = (None, None);
            out.insert("reply_to_message".into(), self.message_json(&replied));
        }
        let (text, entities) = if let Some(file) = &message.document {
            let id = format!("file-{}-{}", message.chat, message.message_id);
            out.insert(
                "document".into(),
                json!({"file_id": id, "file_unique_id": id, "file_name": file.name,
                       "mime_type": "application/octet-stream", "file_size": file.bytes.len()}),
            );
            ("caption", "caption_entities")
        } else {
            ("text", "entities")
        };
        if !message.text.is_empty() {
            out.insert(text.into(), json!(message.text));
        }
        if !message.entities.is_empty() {
            out.insert(entities.into(), json!(message.entities));
        }
        // Only inline keyboards come back; a reply keyboard is the client's affair.
        if let Some(markup) = &message.markup
            && markup.get("inline_keyboard").is_some()
        {
            out.insert("reply_markup".into(), markup.clone());
        }
        Value::Object(out)
    }
}

impl SentMessage {
    pub(super) fn draft(chat: i64, author: Option<i64>) -> Self {
        Self {
            message_id: 0,
            chat,
            author,
            text: String::new(),
            html: String::new(),
            buttons: Vec::new(),
            reply_keyboard: Vec::new(),
            document: None,
            edits: Vec::new(),
            deleted: false,
            topic: None,
            reply_to: None,
            pinned: false,
            at: Instant::now(),
            touched: 0,
            date: unix_now(),
            edit_date: None,
            entities: Vec::new(),
            markup: None,
            extra: Map::new(),
            payload: String::new(),
        }
    }
}
