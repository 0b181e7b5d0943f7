//! The other side of the chat: what people do, and what becomes of the update queue.

use std::time::Instant;

use serde_json::{Map, Value, json};

use super::{
    BotApi,
    state::{Chat, ChatKind, Edit, Person, SentMessage, State, Tap, bot_user, unix_now},
};

impl BotApi {
    /// Makes a person with a private chat known. Ids are positive.
    pub fn user(&self, id: i64, first_name: &str) {
        self.person(Person {
            id,
            first_name: first_name.to_owned(),
            last_name: None,
            language: "en".to_owned(),
            blocked: false,
        });
    }

    /// The same with every detail.
    pub fn person(&self, person: Person) {
        let mut state = self.inner.lock();
        let chat = Chat {
            kind: ChatKind::Private,
            messages: Vec::new(),
        };
        state.chats.entry(person.id).or_insert(chat);
        state.people.insert(person.id, person);
    }

    /// Makes a supergroup known, with the bot and these people in it. Supergroup ids begin with -100.
    pub fn group(&self, id: i64, title: &str, members: &[i64]) {
        let kind = ChatKind::Supergroup {
            title: title.to_owned(),
            members: members.to_vec(),
        };
        let chat = Chat {
            kind,
            messages: Vec::new(),
        };
        self.inner.lock().chats.insert(id, chat);
    }

    /// The people of a group.
    pub fn members(&self, group: i64) -> Vec<i64> {
        match self.inner.lock().chats.get(&group).map(|chat| &chat.kind) {
            Some(ChatKind::Supergroup { members, .. }) => members.clone(),
            _ => Vec::new(),
        }
    }

    /// A text message in the private chat; gives its id, or `None` for a person nobody knows.
    pub fn say(&self, user: i64, text: &str) -> Option<i64> {
        self.say_in(user, user, text)
    }

    /// A text message in any chat.
    pub fn say_in(&self, chat: i64, user: i64, text: &str) -> Option<i64> {
        self.send_as(chat, user, text, Map::new())
    }

    /// Opens a topic in a group; gives its id, which is the id of the message that opened it.
    pub fn open_topic(&self, chat: i64, user: i64, name: &str) -> Option<i64> {
        self.act(|state| {
            let mut draft = SentMessage::draft(chat, Some(user));
            let created = json!({"name": name, "icon_color": 7_322_096});
            draft.extra.insert("forum_topic_created".into(), created);
            let id = state.add_message(draft)?.message_id;
            state.topics.push((chat, id));
            Some(id)
        })
    }

    /// The topic is gone.
    pub fn delete_topic(&self, chat: i64, topic: i64) {
        self.inner
            .lock()
            .topics
            .retain(|known| *known != (chat, topic));
    }

    /// A text message in a group's topic, and in reply to a message.
    pub fn say_at(
        &self,
        chat: i64,
        user: i64,
        text: &str,
        topic: Option<i64>,
        reply_to: Option<i64>,
    ) -> Option<i64> {
        self.act(|state| {
            let mut draft = SentMessage::draft(chat, Some(user));
            text.clone_into(&mut draft.text);
            text.clone_into(&mut draft.html);
            draft.entities = command_entity(text);
            (draft.topic, draft.reply_to) = (topic, reply_to);
            let message = state.add_message(draft)?.clone();
            let json = state.message_json(&message);
            state.queue.push("message", &json);
            Some(message.message_id)
        })
    }

    /// A message with further fields (`contact`, `photo`, `reply_to_message` …); the text may be empty.
    pub fn send_as(
        &self,
        chat: i64,
        user: i64,
        text: &str,
        extra: Map<String, Value>,
    ) -> Option<i64> {
        self.act(|state| {
            let mut draft = SentMessage::draft(chat, Some(user));
            text.clone_into(&mut draft.text);
            text.clone_into(&mut draft.html);
            draft.entities = command_entity(text);
            draft.extra = extra;
            let message = state.add_message(draft)?.clone();
            let json = state.message_json(&message);
            state.queue.push("message", &json);
            Some(message.message_id)
        })
    }

    /// Shares the person's own phone number by the button for it.
    pub fn share_contact(&self, user: i64, phone: &str) -> Option<i64> {
        let first_name = self.with(|state| {
            let person = state.people.get(&user);
            person.map_or_else(String::new, |person| person.first_name.clone())
        });
        let contact = json!({"phone_number": phone, "first_name": first_name, "user_id": user});
        self.send_as(
            user,
            user,
            "",
            Map::from_iter([("contact".to_owned(), contact)]),
        )
    }

    /// Shares a place, in degrees.
    pub fn share_location(&self, user: i64, latitude: f64, longitude: f64) -> Option<i64> {
        let location = json!({"latitude": latitude, "longitude": longitude});
        self.send_as(
            user,
            user,
            "",
            Map::from_iter([("location".to_owned(), location)]),
        )
    }

    /// Sends a voice note of this length with this content.
    pub fn send_voice(&self, user: i64, seconds: u32, content: &[u8]) -> Option<i64> {
        let file = format!("voice-{:08x}", fastrand::u32(..));
        let voice = json!({
            "file_id": file, "file_unique_id": file, "duration": seconds, "mime_type": "audio/ogg",
            "file_size": content.len(),
        });
        self.act(|state| {
            state
                .files
                .insert(file.clone(), content.to_vec())
                .or(Some(Vec::new()))
        });
        let extra = Map::from_iter([("voice".to_owned(), voice)]);
        self.send_as(user, user, "", extra)
    }

    /// The person corrects an own message in the private chat; gives whether there was one.
    pub fn edit(&self, user: i64, message_id: i64, new_text: &str) -> bool {
        self.act(|state| {
            let touched = state.tick();
            let message = state.message_mut(user, message_id)?;
            message.edits.push(Edit {
                text: std::mem::replace(&mut message.text, new_text.to_owned()),
                buttons: Vec::new(),
                at: Instant::now(),
            });
            new_text.clone_into(&mut message.html);
            message.entities = command_entity(new_text);
            message.edit_date = Some(unix_now());
            message.touched = touched;
            let message = message.clone();
            let json = state.message_json(&message);
            state.queue.push("edited_message", &json);
            Some(())
        })
        .is_some()
    }

    /// A tap on a button in the private chat; gives the id of the callback query.
    pub fn tap(&self, user: i64, message_id: i64, data: &str) -> Option<String> {
        self.tap_in(user, user, message_id, data)
    }

    /// A tap in any chat. Old buttons stay on screens: whether the message still has it is not checked.
    pub fn tap_in(&self, chat: i64, user: i64, message_id: i64, data: &str) -> Option<String> {
        self.act(|state| {
            let message = state.message(chat, message_id)?.clone();
            let shown = if message.deleted {
                json!({"chat": state.chat_json(chat), "message_id": message_id, "date": 0})
            } else {
                state.message_json(&message)
            };
            let id = format!(
                "{}{:06}",
                fastrand::u64(1_000_000..9_000_000),
                state.taps.len()
            );
            let query = json!({
                "id": id, "from": state.user_json(user), "message": shown,
                "chat_instance": format!("{}", chat.unsigned_abs() ^ 0x5bd1_e995), "data": data,
            });
            state.tap_index.insert(id.clone(), state.taps.len());
            state.taps.push(Tap {
                id: id.clone(),
                user,
                data: data.to_owned(),
                answers: 0,
                answer: None,
                alert: false,
            });
            state.queue.push("callback_query", &query);
            Some(id)
        })
    }

    /// The person blocks the bot or lets it in again; the bot hears of it as `my_chat_member`.
    pub fn set_blocked(&self, user: i64, blocked: bool) {
        self.act(|state| {
            state.people.get_mut(&user)?.blocked = blocked;
            let member = json!({"status": "member", "user": bot_user()});
            let kicked = json!({"status": "kicked", "user": bot_user(), "until_date": 0});
            let (old, new) = if blocked {
                (member, kicked)
            } else {
                (kicked, member)
            };
            let change = json!({
                "chat": state.chat_json(user), "from": state.user_json(user), "date": unix_now(),
                "old_chat_member": old, "new_chat_member": new,
            });
            state.queue.push("my_chat_member", &change);
            Some(())
        });
    }

    /// Queues any update, without its `update_id`; gives the id it got.
    pub fn send_raw(&self, update: &Value) -> Option<u32> {
        let (kind, body) = update.as_object()?.iter().next()?;
        self.act(|state| state.queue.push(kind, body))
    }

    /// Hands the last batch out once more at the next poll, as after a lost acknowledgement;
    /// gives the number of its updates.
    pub fn redeliver(&self) -> usize {
        self.act(|state| Some(state.queue.repeat_last()))
            .unwrap_or_default()
    }

    /// Ids of the batch handed out last.
    pub fn last_update_ids(&self) -> Vec<u32> {
        self.inner.lock().queue.last_ids()
    }

    /// Gives the next poll exactly these updates (with `update_id`), in this order, whatever its offset.
    pub fn deliver(&self, batch: &[Value]) {
        self.act(|state| {
            state.queue.force(batch);
            Some(())
        });
    }

    /// The next update gets this id, as when Telegram starts the numbering anew.
    pub fn restart_update_ids(&self, next: u32) {
        self.inner.lock().queue.restart_at(next);
    }

    pub(super) fn act<T>(&self, act: impl FnOnce(&mut State) -> Option<T>) -> Option<T> {
        let done = act(&mut self.inner.lock());
        self.inner.wake_pollers();
        self.inner.changed();
        done
    }
}

fn command_entity(text: &str) -> Vec<Value> {
    if !text.starts_with('/') || text.len() < 2 {
        return Vec::new();
    }
    let command = text.split_whitespace().next().unwrap_or_default();
    let length = command.encode_utf16().count();
    vec![json!({"type": "bot_command", "offset": 0, "length": length})]
}
