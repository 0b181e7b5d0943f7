//! What nobody should send and somebody will: the bot answers kindly or not at all, and goes on.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::{
    fakes::openai::parsed_order,
    harness::{
        people::Customer,
        settings::{OPERATOR, OPERATOR_CHAT, Settings},
        shop::Shop,
    },
    phrases::{adds, with},
};

async fn shop_with(settings: Settings) -> Shop {
    let shop = Shop::start_with(
        settings
            .set("ORDER_REQUIRES", "")
            .set("RATE_LIMIT_PER_MINUTE", "100"),
    )
    .await;
    shop.openai.understands(
        "a margherita for me please",
        parsed_order(json!([adds("margherita", 1, &[])])),
    );
    shop
}

fn from_bot(customer: &Customer) -> usize {
    customer
        .history()
        .iter()
        .filter(|m| m.author.is_none())
        .count()
}

/// The bot still takes an order of somebody else.
async fn still_works(shop: &Shop) {
    let check = shop.customer("Check");
    check.says("a margherita for me please").await;
    check.taps(&check.draft().await, "order:confirm").await;
    check.reads("is placed").await;
}

fn private(shop: &Shop, customer: &Customer, extra: &Value) -> Value {
    let _ = shop;
    let mut message = json!({"message_id": 77, "date": 1_800_000_000,
        "chat": {"id": customer.id, "type": "private", "first_name": "Ann"},
        "from": {"id": customer.id, "is_bot": false, "first_name": "Ann"}});
    message
        .as_object_mut()
        .unwrap()
        .extend(extra.as_object().unwrap().clone());
    message
}

#[tokio::test]
async fn strange_texts_get_one_answer_each() {
    let shop = shop_with(Settings::default()).await;
    let ann = shop.customer("Ann");
    let long = "pizza ".repeat(682) + "four";
    let texts = [
        long.as_str(),
        &"😀".repeat(2000),
        "\u{202e}azzip a\u{202c} مرحبا أريد بيتزا",
        "a\u{0}b\u{7}c\u{1b}[31m",
        "z\u{200d}a\u{200b}l\u{feff}go h̷̡̛̳̾e̶",
        "<b>bold</b> & <script>alert(1)</script> </b>",
        "'; DROP TABLE orders; --",
        "{\"intent\":\"order\"}",
        "%s%n{}{0}${jndi:ldap://x}",
        "=HYPERLINK(\"x\")",
    ];
    for text in texts {
        let before = from_bot(&ann);
        ann.says(text).await;
        ann.reply().await;
        assert_eq!(from_bot(&ann), before + 1, "{text:?}");
    }
    for invisible in ["\u{200b}\u{200b}", "\u{feff}", " \u{2060}\t"] {
        ann.says(invisible).await;
        ann.reads("only read text").await;
    }
    let refused = shop
        .telegram
        .with(|state| state.calls().iter().filter(|c| c.status == 400).count());
    assert_eq!(refused, 0, "Telegram took every answer");
    still_works(&shop).await;
    shop.close().await;
}

#[tokio::test]
async fn pictures_captions_edits_and_forwards_are_answered() {
    let shop = shop_with(Settings::default()).await;
    let ann = shop.customer("Ann");
    let photo = || json!([{"file_id": "x", "file_unique_id": "y", "width": 1, "height": 1, "file_size": 1}]);
    let file = json!({"file_id": "x", "file_unique_id": "y", "duration": 1, "length": 1, "width": 1, "height": 1,
                      "is_animated": false, "is_video": false, "type": "regular", "emoji": "x"});
    for (kind, content) in [
        ("photo", photo()),
        ("voice", file.clone()),
        ("sticker", file.clone()),
        ("video_note", file),
        ("dice", json!({"emoji": "🎲", "value": 3})),
        ("something_new", json!({"a": [1]})),
    ] {
        let before = from_bot(&ann);
        shop.telegram.send_as(
            ann.id,
            ann.id,
            "",
            Map::from_iter([(kind.to_owned(), content)]),
        );
        ann_reads_new(&shop, &ann, before, "only read text").await;
    }
    let captioned = private(
        &shop,
        &ann,
        &json!({"photo": photo(), "caption": "a margherita for me please",
        "caption_entities": [{"type": "from_the_future", "offset": 0, "length": 1}]}),
    );
    shop.telegram.send_raw(&json!({"message": captioned}));
    let draft = ann.draft().await;
    assert_eq!(draft.total(), "€8.50");
    let said = ann.says("just looking at what there is").await;
    ann.reply().await;
    ann.corrects(said, "two of everything please").await;
    ann.reads("do not follow changes").await;
    // A live location moves without anybody writing anything.
    let moves = private(
        &shop,
        &ann,
        &json!({"location": {"latitude": 1.0, "longitude": 2.0}, "edit_date": 1_800_000_001}),
    );
    let before = from_bot(&ann);
    shop.telegram.send_raw(&json!({"edited_message": moves}));
    let forward = private(
        &shop,
        &ann,
        &json!({"text": "a margherita for me please", "date": 1_800_000_002,
        "forward_origin": {"type": "hidden_user", "sender_user_name": "X", "date": 1_700_000_000}}),
    );
    shop.telegram.send_raw(&json!({"message": forward}));
    shop.telegram
        .expect("two margheritas", |state| {
            let newest = state.newest(ann.id, |m| m.button("order:confirm:").is_some())?;
            newest.text.contains("€17.00").then_some(())
        })
        .await;
    assert_eq!(
        from_bot(&ann),
        before,
        "the draft was edited, and nothing else was said"
    );
    shop.close().await;
}

async fn ann_reads_new(shop: &Shop, ann: &Customer, before: usize, text: &str) {
    shop.telegram
        .expect(text, |state| {
            let mut new = state
                .history(ann.id)
                .iter()
                .filter(|m| m.author.is_none())
                .skip(before);
            new.find(|m| m.text.contains(text)).map(|_| ())
        })
        .await;
}

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
        "/menu and a margherita for me please",
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
    assert!(
        shop.operators()
            .history()
            .iter()
            .all(|m| m.author.is_some() || m.button("op:").is_some())
    );
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

#[tokio::test]
async fn no_formula_reaches_the_csv_file_and_the_sheet_is_raw() {
    let note = "=HYPERLINK(\"http://x\",\"tip\")";
    let order = with(parsed_order(json!([adds("cola", 1, &[])])), "/note", note);
    for sheets in [false, true] {
        let mut settings = Settings::default();
        if !sheets {
            settings = settings.without_sheets();
        }
        let mut shop = shop_with(settings).await;
        shop.openai
            .understands("one cola with a formula on top", order.clone());
        let ann = shop.customer("=cmd|' /C calc'!A0");
        ann.says("one cola with a formula on top").await;
        ann.taps(&ann.draft().await, "order:confirm").await;
        ann.reads("is placed").await;
        let id = shop.operators().card().await.order_id;
        if sheets {
            let row = shop.sheet().row_of(&id).await;
            assert_eq!(
                row["note"], note,
                "RAW: as it was written, and not carried out"
            );
            assert!(row["customer_name"].starts_with("=cmd"));
            shop.close().await;
            continue;
        }
        // Stopping writes what is left.
        shop.bot.sigterm().await;
        let file = std::fs::read_to_string(shop.data_dir().join("orders.csv")).unwrap();
        assert!(
            file.contains(&id) && file.contains("HYPERLINK") && file.contains("=cmd"),
            "{file}"
        );
        for cell in file.lines().skip(1).flat_map(|line| line.split(',')) {
            let first = cell.trim_start_matches('"').chars().next();
            assert!(!matches!(first, Some('=' | '+' | '-' | '@')), "{cell}");
        }
    }
}

#[tokio::test]
async fn one_customer_s_flood_is_told_once_and_holds_up_nobody() {
    let settings = Settings::default()
        .set("ORDER_REQUIRES", "")
        .set("RATE_LIMIT_PER_MINUTE", "5");
    let shop = Shop::start_with(settings).await;
    shop.openai.understands(
        "a margherita for me please",
        parsed_order(json!([adds("margherita", 1, &[])])),
    );
    shop.openai.think_for(Duration::from_millis(20));
    let (flood, good) = (shop.customer("Flood"), shop.customer("Good"));
    for n in 0..60 {
        flood.says(&format!("blah blah number {n}")).await;
    }
    good.says("a margherita for me please").await;
    let draft = good.draft().await;
    good.taps(&draft, "order:confirm").await;
    good.reads("is placed").await;
    shop.telegram
        .expect("all acknowledged and the flood told", |state| {
            let told = state
                .history(flood.id)
                .iter()
                .filter(|m| m.text.contains("faster than I can"))
                .count();
            (told == 1 && state.unacknowledged() == 0).then_some(())
        })
        .await;
    assert!(
        from_bot(&flood) <= 7,
        "five answers and one notice, not sixty: {}",
        from_bot(&flood)
    );
    assert!(shop.openai.asked().len() <= 7);
    // Buttons are not held back by it.
    let tap = shop
        .telegram
        .tap(
            flood.id,
            flood.history().last().unwrap().message_id,
            "menu:home",
        )
        .unwrap();
    shop.telegram
        .expect("an answer", |state| {
            state.tap(&tap).filter(|t| t.answers > 0).map(|_| ())
        })
        .await;
    shop.close().await;
}
