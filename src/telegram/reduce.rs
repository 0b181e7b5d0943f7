//! An update reduced to what matters to us, in a shape that teloxide decodes whole.
//!
//! teloxide 0.17 turns a message that holds anything it does not know (a new kind of entity, say) into one without
//! text, and an unknown update into an error that it logs with its content. So what it never needs to see is left out
//! before it looks, and what is new to it but looks like a customer's message becomes one.

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use crate::engine::RawUpdate;
use crate::privacy::Personal;

/// The kinds that we ask Telegram for.
pub(super) const ALLOWED: [&str; 4] = [
    "message",
    "edited_message",
    "callback_query",
    "pre_checkout_query",
];

/// Kinds that may come all the same (another program asked for them before) and are nobody's order.
const IGNORED: [&str; 20] = [
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "shipping_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
    "managed_bot",
];

/// Stands for the text of a message that has none, or whose text does not matter.
pub(super) const NO_TEXT: &str = "-";

/// An update after reduction.
#[derive(Debug)]
pub(super) struct Reduced {
    pub(super) update: RawUpdate,
    /// Where its writer can be told that the bot is in trouble.
    pub(super) private_chat: Option<i64>,
}

/// Reduces an update; none: it has no id and so is no update.
pub(super) fn reduce(raw: &RawValue) -> Option<Reduced> {
    let raw: Map<String, Value> = serde_json::from_str(raw.get()).ok()?;
    // Telegram's ids are 32-bit integers. (Bot API, `Update.update_id`)
    let id = u64::from(u32::try_from(raw.get("update_id")?.as_u64()?).ok()?);
    let (kind, content) = pick(&raw);
    let mut private_chat = None;
    let mut reduced = json!({"update_id": id});
    if let Some(content) = content {
        let chat = match kind {
            "callback_query" => content.get("message").and_then(|m| m.get("chat")),
            _ => content.get("chat"),
        };
        private_chat = chat
            .filter(|chat| chat.get("type").and_then(Value::as_str) == Some("private"))
            .and_then(|chat| chat.get("id")?.as_i64());
        if let Some(object) = reduced.as_object_mut() {
            object.insert(kind.to_owned(), content);
        }
    }
    let ignored = reduced.as_object().is_none_or(|object| object.len() < 2);
    Some(Reduced {
        update: RawUpdate {
            id,
            json: Personal::new(to_raw_value(&reduced).ok()?),
            ignored,
        },
        private_chat,
    })
}

/// The kind as which an update is passed on, and its reduced content.
fn pick(raw: &Map<String, Value>) -> (&'static str, Option<Value>) {
    for kind in ALLOWED {
        if let Some(content) = raw.get(kind) {
            let reduced = match kind {
                "callback_query" => callback(content),
                "pre_checkout_query" => checkout(content),
                _ => message(content),
            };
            return (kind, reduced);
        }
    }
    // A kind that is newer than this program and holds a message of a person: better answered than lost.
    let unknown = raw
        .iter()
        .find(|(kind, _)| *kind != "update_id" && !IGNORED.contains(&kind.as_str()));
    ("message", unknown.and_then(|(_, content)| message(content)))
}

fn message(raw: &Value) -> Option<Value> {
    let mut reduced = Map::new();
    // 32 bits, as everywhere in the Bot API but for ids of chats and people.
    let id = i32::try_from(raw.get("message_id")?.as_i64()?).ok()?;
    reduced.insert("message_id".into(), json!(id));
    reduced.insert("date".into(), json!(time(raw.get("date")).unwrap_or(0)));
    reduced.insert("chat".into(), chat(raw.get("chat")?)?);
    reduced.insert("from".into(), user(raw.get("from")?)?);
    if let Some(edited) = time(raw.get("edit_date")) {
        reduced.insert("edit_date".into(), json!(edited));
    }
    if let Some(payment) = raw.get("successful_payment") {
        let mut kept = paid(payment)?;
        for key in ["telegram_payment_charge_id", "provider_payment_charge_id"] {
            kept.insert(key.into(), payment.get(key)?.as_str()?.into());
        }
        reduced.insert("successful_payment".into(), Value::Object(kept));
        return Some(Value::Object(reduced));
    }
    topic(raw, &mut reduced);
    if let Some(replied) = raw.get("reply_to_message").and_then(replied) {
        reduced.insert("reply_to_message".into(), replied);
    }
    let words = words(raw);
    if let Some(words) = words {
        reduced.insert("text".into(), json!(words));
    } else if let Some(contact) = raw.get("contact") {
        let phone = contact.get("phone_number")?.as_str()?;
        let mut kept = json!({"phone_number": phone, "first_name": "-"});
        if let (Some(user), Some(kept)) = (
            contact.get("user_id").filter(|u| u.is_u64()),
            kept.as_object_mut(),
        ) {
            kept.insert("user_id".into(), user.clone());
        }
        reduced.insert("contact".into(), kept);
    } else if let Some(voice) = raw.get("voice").and_then(voice) {
        reduced.insert("voice".into(), voice);
    } else if let Some(place) = raw.get("location") {
        let degrees = |key| place.get(key)?.as_f64();
        if let (Some(latitude), Some(longitude)) = (degrees("latitude"), degrees("longitude")) {
            reduced.insert(
                "location".into(),
                json!({"latitude": latitude, "longitude": longitude}),
            );
        }
    }
    Some(Value::Object(reduced))
}

/// What the question before a payment and the news of it have in common.
fn paid(raw: &Value) -> Option<Map<String, Value>> {
    let mut kept = Map::new();
    kept.insert("currency".into(), raw.get("currency")?.as_str()?.into());
    kept.insert(
        "total_amount".into(),
        raw.get("total_amount")?.as_u64()?.into(),
    );
    kept.insert(
        "invoice_payload".into(),
        raw.get("invoice_payload")?.as_str()?.into(),
    );
    Some(kept)
}

fn checkout(raw: &Value) -> Option<Value> {
    let mut reduced = paid(raw)?;
    reduced.insert("id".into(), raw.get("id")?.as_str()?.into());
    reduced.insert("from".into(), user(raw.get("from")?)?);
    Some(Value::Object(reduced))
}

fn voice(raw: &Value) -> Option<Value> {
    let file = raw.get("file_id")?.as_str()?;
    let seconds = u32::try_from(raw.get("duration")?.as_u64()?).ok()?;
    let size = raw.get("file_size").and_then(Value::as_u64);
    let size = u32::try_from(size.unwrap_or_default()).ok()?;
    Some(json!({
        "file_id": file, "file_unique_id": "-", "duration": seconds, "file_size": size,
        "mime_type": "audio/ogg",
    }))
}

fn words(raw: &Value) -> Option<&str> {
    ["text", "caption"]
        .iter()
        .find_map(|key| raw.get(*key)?.as_str())
}

/// Which forum topic a message stands in.
fn topic(raw: &Value, reduced: &mut Map<String, Value>) {
    let in_topic = raw.get("is_topic_message").and_then(Value::as_bool) == Some(true);
    let thread = raw.get("message_thread_id").and_then(Value::as_i64);
    if let Some(thread) = thread.filter(|id| in_topic && i32::try_from(*id).is_ok()) {
        reduced.insert("message_thread_id".into(), thread.into());
        reduced.insert("is_topic_message".into(), true.into());
    }
}

/// The message that another replies to: which it is and what it says.
fn replied(raw: &Value) -> Option<Value> {
    let id = i32::try_from(raw.get("message_id")?.as_i64()?).ok()?;
    let chat = chat(raw.get("chat")?)?;
    let text = words(raw).unwrap_or(NO_TEXT);
    Some(json!({"message_id": id, "date": 1, "chat": chat, "text": text}))
}

fn callback(raw: &Value) -> Option<Value> {
    let mut reduced = Map::new();
    reduced.insert("id".into(), raw.get("id")?.as_str()?.into());
    reduced.insert("from".into(), user(raw.get("from")?)?);
    let instance = raw
        .get("chat_instance")
        .and_then(Value::as_str)
        .unwrap_or("-");
    reduced.insert("chat_instance".into(), instance.into());
    if let Some(data) = raw.get("data").and_then(Value::as_str) {
        reduced.insert("data".into(), data.into());
    }
    // A message that cannot be read is left out: the tap is answered all the same.
    let below = raw.get("message").and_then(|below| {
        let id = i32::try_from(below.get("message_id")?.as_i64()?).ok()?;
        let mut reduced = Map::new();
        reduced.insert("message_id".into(), id.into());
        // A date of 0 would mean a message that is out of reach; which date it is does not matter to us.
        reduced.insert("date".into(), 1.into());
        reduced.insert("chat".into(), chat(below.get("chat")?)?);
        reduced.insert("text".into(), NO_TEXT.into());
        topic(below, &mut reduced);
        Some(reduced)
    });
    if let Some(below) = below {
        reduced.insert("message".into(), Value::Object(below));
    }
    Some(Value::Object(reduced))
}

/// Seconds since 1970, of a time that can be one.
fn time(raw: Option<&Value>) -> Option<u32> {
    u32::try_from(raw?.as_u64()?).ok()
}

fn chat(raw: &Value) -> Option<Value> {
    let id = raw.get("id")?.as_i64()?;
    Some(match raw.get("type")?.as_str()? {
        "private" => json!({"id": id, "type": "private"}),
        // What else it is makes no difference to us.
        "supergroup" | "channel" => json!({"id": id, "type": "supergroup", "title": "-"}),
        _ => json!({"id": id, "type": "group", "title": "-"}),
    })
}

fn user(raw: &Value) -> Option<Value> {
    let mut reduced = Map::new();
    reduced.insert("id".into(), raw.get("id")?.as_u64()?.into());
    let bot = raw
        .get("is_bot")
        .and_then(Value::as_bool)
        .unwrap_or_default();
    reduced.insert("is_bot".into(), bot.into());
    reduced.insert(
        "first_name".into(),
        json!(
            raw.get("first_name")
                .and_then(Value::as_str)
                .unwrap_or_default()
        ),
    );
    for key in ["last_name", "language_code"] {
        if let Some(text) = raw.get(key).and_then(Value::as_str) {
            reduced.insert(key.into(), text.into());
        }
    }
    Some(Value::Object(reduced))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use teloxide::types::{Update, UpdateKind};

    fn decode(raw: Value) -> (Reduced, Update) {
        let reduced = reduce(&to_raw_value(&raw).unwrap()).unwrap();
        let update = serde_json::from_str(reduced.update.json.expose().get()).unwrap();
        (reduced, update)
    }

    fn private(message: Value) -> Value {
        let mut whole = json!({"message_id": 5, "date": 1_700_000_000, "chat": {"id": 7, "type": "private", "first_name": "A", "new": {}},
            "from": {"id": 7, "is_bot": false, "first_name": "A", "language_code": "de", "new_field": [1]}});
        whole
            .as_object_mut()
            .unwrap()
            .extend(message.as_object().unwrap().clone());
        whole
    }

    #[track_caller]
    fn text_of(raw: Value) -> Option<String> {
        match decode(raw).1.kind {
            UpdateKind::Message(message) => message.text().map(str::to_owned),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_text_survives_what_teloxide_does_not_know() {
        let entities = json!([{"type": "date_time", "offset": 0, "length": 3, "unix_time": 1}, {"type": "bold", "offset": 0, "length": 3}]);
        let message =
            private(json!({"text": "two colas", "entities": entities, "hologram": {"x": 1}}));
        assert_eq!(
            text_of(json!({"update_id": 1, "message": message})).unwrap(),
            "two colas"
        );
        let photo = private(json!({"photo": [{"strange": true}], "caption": "this one"}));
        assert_eq!(
            text_of(json!({"update_id": 1, "message": photo})).unwrap(),
            "this one"
        );
        let unknown = private(json!({"text": "a pizza"}));
        assert_eq!(
            text_of(json!({"update_id": 1, "guest_message": unknown})).unwrap(),
            "a pizza"
        );
        assert_eq!(
            text_of(json!({"update_id": 1, "message": private(json!({"hologram": {}}))})),
            None
        );
    }

    #[test]
    fn contacts_places_and_taps_are_decoded() {
        let contact = json!({"contact": {"phone_number": "+1555", "first_name": "B", "user_id": 7, "vcard": 1}});
        let (_, update) = decode(json!({"update_id": 1, "message": private(contact)}));
        let UpdateKind::Message(message) = update.kind else {
            panic!()
        };
        assert_eq!(message.contact().unwrap().user_id.unwrap().0, 7);
        let place =
            json!({"location": {"latitude": 1.5, "longitude": -2, "horizontal_accuracy": "x"}});
        let (_, update) = decode(json!({"update_id": 1, "message": private(place)}));
        let UpdateKind::Message(message) = update.kind else {
            panic!()
        };
        assert!((message.location().unwrap().longitude + 2.0).abs() < f64::EPSILON);
        let tap = json!({"id": "9", "from": {"id": 7, "first_name": "A"}, "data": "x:y", "message":
            {"message_id": 3, "date": 0, "chat": {"id": 7, "type": "private"}}});
        let (reduced, update) = decode(json!({"update_id": 1, "callback_query": tap}));
        let UpdateKind::CallbackQuery(query) = update.kind else {
            panic!()
        };
        assert_eq!(
            (query.data.as_deref(), query.message.unwrap().id().0),
            (Some("x:y"), 3)
        );
        assert_eq!(reduced.private_chat, Some(7));
    }

    #[test]
    fn what_is_nobody_s_order_is_ignored_without_its_content() {
        for raw in [
            json!({"update_id": 1, "poll": {"question": "canary"}}),
            json!({"update_id": 1, "from_the_future": {"x": "canary"}}),
            json!({"update_id": 1, "message": {"message_id": 1, "chat": "canary"}}),
            json!({"update_id": 1, "message": "canary"}),
            json!({"update_id": 1}),
        ] {
            let (reduced, _) = decode(raw);
            assert!(reduced.update.ignored);
            assert_eq!(reduced.update.json.expose().get(), r#"{"update_id":1}"#);
        }
        assert!(reduce(&to_raw_value(&json!({"no": 1})).unwrap()).is_none());
        assert!(reduce(&to_raw_value(&json!([1])).unwrap()).is_none());
    }

    mod fuzz {
        use proptest::prelude::*;

        use super::*;
        use crate::fuzz::{any_json, wounded};

        fn examples() -> Vec<Value> {
            let message = |extra| json!({"update_id": 7, "message": private(extra)});
            let tap = json!({"id": "9", "from": {"id": 7, "is_bot": false, "first_name": "A"}, "data": "x:y",
                "chat_instance": "1", "message": private(json!({"text": "x"}))});
            vec![
                message(
                    json!({"text": "two colas", "entities": [{"type": "bold", "offset": 0, "length": 3}]}),
                ),
                message(
                    json!({"contact": {"phone_number": "+1555", "first_name": "B", "user_id": 7}}),
                ),
                message(json!({"location": {"latitude": 1.5, "longitude": -2.0}})),
                message(json!({"photo": [{"file_id": "x", "width": 1}], "caption": "this"})),
                json!({"update_id": 8, "edited_message": private(json!({"text": "x", "edit_date": 1}))}),
                json!({"update_id": 9, "callback_query": tap}),
            ]
        }

        proptest! {
        #![proptest_config(crate::fuzz::cases(256))]

            #[test]
            fn whatever_comes_is_nothing_or_decodes_whole(
                raw in prop_oneof![4 => wounded(examples()), 1 => any_json()],
            ) {
                let raw = to_raw_value(&raw).unwrap();
                if let Some(reduced) = reduce(&raw) {
                    let json = reduced.update.json.expose().get();
                    let update: Update = serde_json::from_str(json).unwrap();
                    let error = matches!(update.kind, UpdateKind::Error(_));
                    prop_assert!(!error || reduced.update.ignored, "{json}");
                }
            }
        }
    }
}
