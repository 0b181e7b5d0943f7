//! Updates that are not meant for the bot, are broken or forged, or come more than once.

use serde_json::{Value, json};

use crate::{
    bad_input::{from_bot, private, shop_with, still_works},
    harness::settings::{OPERATOR, OPERATOR_CHAT, Settings},
    phrases::with,
};

#[tokio::test]
async fn groups_channels_and_other_bots_hear_nothing() {
    let shop = shop_with(Settings::default()).await;
    let ann = shop.customer("Ann");
    const GROUP: i64 = -1_001_000_000_055;
    shop.telegram.group(GROUP, "Friends", &[ann.id]);
    for text in [
        "a margherita for me please",
        "/start@stand_in_order_bot",
        "yes",
    ] {
        shop.telegram.say_in(GROUP, ann.id, text);
    }
    shop.telegram.say_in(
        OPERATOR_CHAT,
        OPERATOR,
        "the menu, and a margherita for me please",
    );
    let mut bot = private(&shop, &ann, &json!({"text": "a margherita for me please"}));
    bot["from"]["is_bot"] = json!(true);
    shop.telegram.send_raw(&json!({"message": bot}));
    let below = shop.telegram.history(GROUP)[0].message_id;
    shop.telegram.tap_in(GROUP, ann.id, below, "menu:home");
    shop.telegram
        .tap_in(GROUP, ann.id, below, "order:confirm:12345678-1");
    let id = 900_000_000_u64;
    let others = [
        "channel_post",
        "edited_channel_post",
        "business_message",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "message_reaction",
        "inline_query",
        "shipping_query",
        "chat_boost",
        "brand_new_kind",
    ];
    let batch: Vec<Value> = others
        .iter()
        .enumerate()
        .map(|(n, kind)| {
            json!({"update_id": id + n as u64, *kind: {"id": "1", "text": "x", "query": "x",
            "chat": {"id": -100, "type": "channel", "title": "T"}, "message_id": 4, "date": 5}})
        })
        .collect();
    shop.telegram.deliver(&batch);
    still_works(&shop).await;
    assert_eq!(from_bot(&ann), 0);
    assert!(
        shop.telegram
            .history(GROUP)
            .iter()
            .all(|m| m.author.is_some())
    );
    for m in shop.operators().history() {
        assert!(
            m.author.is_some() || m.button("op:").is_some(),
            "{}",
            m.text
        );
    }
    assert_eq!(
        shop.openai.asked().len(),
        1,
        "only the order that counts was read"
    );
    shop.close().await;
}

#[tokio::test]
async fn forged_and_stale_taps_are_answered_and_change_nothing() {
    let shop = shop_with(Settings::default()).await;
    let (ann, bob) = (shop.customer("Ann"), shop.customer("Bob"));
    ann.says("a margherita for me please").await;
    let draft = ann.draft().await;
    let reference = draft.reference();
    let (id, revision) = reference.rsplit_once('-').unwrap();
    let huge = "x".repeat(64);
    let noise: String = (0..32)
        .map(|n| char::from_u32(0x400 + n * 7).unwrap())
        .collect();
    let forged = [
        String::new(),
        ":".into(),
        ":::::::".into(),
        huge,
        noise,
        "order:confirm:".into(),
        "order:confirm".into(),
        format!("order:confirm:{id}"),
        format!("order:confirm:{id}-"),
        format!("order:confirm:{id}--1"),
        format!("order:confirm:{id}-99999999999999999999"),
        format!("order:confirm:{id}-4294967295"),
        format!("order:confirm:{id}-{revision}:x"),
        format!("order:place:{reference}"),
        "order:confirm:deadbeef-1".into(),
        format!("draft:{id}:teleport"),
        format!("line:{id}:999:more"),
        format!("line:{id}:999:show"),
        format!("line:{id}:-1:less"),
        format!("opt:{id}:0:soy-milk"),
        format!("opt:{id}:0:nothing"),
        format!("opt:{id}:7:olives"),
        "menu:add:soup".into(),
        "menu:add:unicorn".into(),
        "menu:cat:unicorn".into(),
        "mine:cancel:AAA-1".into(),
        "mine:cancel:".into(),
    ];
    let mut ids = Vec::new();
    for data in &forged {
        for customer in [&ann, &bob] {
            let below = if customer.id == ann.id {
                draft.0.message_id
            } else {
                1
            };
            if let Some(tap) = shop.telegram.tap(customer.id, below, data) {
                ids.push(tap);
            }
        }
    }
    // Somebody else's draft: the right data in the wrong hands.
    bob.says("/start").await;
    let start = bob.reads("Welcome").await;
    for verb in ["confirm", "cancel", "edit"] {
        ids.extend(shop.telegram.tap(
            bob.id,
            start.message_id,
            &format!("order:{verb}:{reference}"),
        ));
    }
    shop.telegram
        .expect("an answer to every tap", |state| {
            ids.iter()
                .all(|id| state.tap(id).is_some_and(|t| t.answers == 1))
                .then_some(())
        })
        .await;
    ann.says("/cart").await;
    let same = ann.draft().await;
    assert_eq!(
        same.total(),
        "€8.50",
        "the cart is what it was: {}",
        same.text()
    );
    assert!(shop.operators().history().is_empty());
    ann.taps(&same, "order:confirm").await;
    ann.reads("is placed").await;
    shop.close().await;
}

#[tokio::test]
async fn broken_updates_stop_nothing_and_are_acknowledged() {
    let shop = shop_with(Settings::default()).await;
    let ann = shop.customer("Ann");
    let user = json!({"id": ann.id, "is_bot": false, "first_name": "Ann"});
    let chat = json!({"id": ann.id, "type": "private"});
    let whole = private(&shop, &ann, &json!({"text": "a margherita for me please"}));
    let without = |key: &str| {
        let mut message = whole.clone();
        message.as_object_mut().unwrap().remove(key);
        message
    };
    let contents = [
        json!({"message": without("from")}),
        json!({"message": without("chat")}),
        json!({"message": without("message_id")}),
        json!({"message": with(whole.clone(), "/date", "yesterday")}),
        json!({"message": with(whole.clone(), "/message_id", "x")}),
        json!({"message": with(whole.clone(), "/chat", json!([]))}),
        json!({"message": with(whole.clone(), "/chat/id", "x")}),
        json!({"message": with(whole.clone(), "/from/id", -1)}),
        json!({"message": with(whole.clone(), "/text", 17)}),
        json!({"message": null}),
        json!({"message": []}),
        json!({"edited_message": {}}),
        json!({"callback_query": {}}),
        json!({"callback_query": {"id": 4, "from": user}}),
        json!({}),
        json!({"message": whole, "callback_query": {"id": "1"}}),
    ];
    let first = 950_000_000_u64;
    let mut batch: Vec<Value> = contents
        .into_iter()
        .enumerate()
        .map(|(n, mut update)| {
            update["update_id"] = json!(first + n as u64);
            update
        })
        .collect();
    batch.push(json!({"no_id": 1}));
    batch.push(json!({"update_id": "x", "message": {}}));
    shop.telegram.deliver(&batch);
    let draft = ann.draft().await;
    // Those whose text can be read are orders: the one with the odd date, and the whole one.
    ann.sees("two pizzas", |m| m.text.contains("€17.00")).await;
    assert!(draft.0.button("order:confirm:").is_some());
    // Taps without a message, or below one that is out of reach, are answered too.
    for below in [
        None,
        Some(json!({"chat": chat, "message_id": 3, "date": 0})),
        Some(json!({"chat": {"id": "x"}, "message_id": "y"})),
    ] {
        let tap = shop
            .telegram
            .tap(ann.id, draft.0.message_id, "menu:home")
            .unwrap();
        shop.telegram
            .expect("an answer", |state| {
                state.tap(&tap).filter(|t| t.answers > 0).map(|_| ())
            })
            .await;
        let mut query = json!({"id": tap, "from": user, "chat_instance": "1", "data": "menu:home"});
        if let Some(below) = below {
            query["message"] = below;
        }
        shop.telegram.send_raw(&json!({"callback_query": query}));
        shop.telegram
            .expect("a second answer", |state| {
                state.tap(&tap).filter(|t| t.answers > 1).map(|_| ())
            })
            .await;
    }
    let health = shop.bot.health().await;
    assert_eq!(health.0, 200, "{}", health.1);
    still_works(&shop).await;
    shop.close().await;
}

#[tokio::test]
async fn updates_that_come_twice_or_out_of_order_count_once() {
    let shop = shop_with(Settings::default()).await;
    let ann = shop.customer("Ann");
    ann.says("a margherita for me please").await;
    let draft = ann.draft().await;
    assert!(shop.telegram.redeliver() > 0);
    ann.taps(&draft, "order:confirm").await;
    ann.reads("is placed").await;
    shop.telegram.redeliver();
    let message = |text: &str| private(&shop, &ann, &json!({"text": text}));
    let id = 970_000_000_u64;
    let update =
        |n: u64| json!({"update_id": id + n, "message": message("a margherita for me please")});
    shop.telegram
        .deliver(&[update(7), update(3), update(7), update(5), update(3)]);
    shop.telegram.deliver(&[update(5), update(7), update(3)]);
    ann.sees("three pizzas", |m| m.text.contains("€25.50"))
        .await;
    shop.telegram
        .deliver(&[update(3), update(5), update(7), update(4)]);
    ann.sees("four pizzas", |m| m.text.contains("€34.00")).await;
    assert_eq!(shop.operators().history().len(), 1);
    shop.telegram.restart_update_ids(980_000_000);
    still_works(&shop).await;
    shop.close().await;
}
