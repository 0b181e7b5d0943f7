//! What nobody should send and somebody will: the bot answers kindly or not at all, and goes on.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::{
    fakes::openai::parsed_order,
    harness::{people::Customer, settings::Settings, shop::Shop},
    phrases::{adds, with},
};

pub(crate) async fn shop_with(settings: Settings) -> Shop {
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

pub(crate) fn from_bot(customer: &Customer) -> usize {
    customer
        .history()
        .iter()
        .filter(|m| m.author.is_none())
        .count()
}

/// The bot still takes an order of somebody else.
pub(crate) async fn still_works(shop: &Shop) {
    let check = shop.customer("Check");
    check.says("a margherita for me please").await;
    check.taps(&check.draft().await, "order:confirm").await;
    check.reads("is placed").await;
}

pub(crate) fn private(shop: &Shop, customer: &Customer, extra: &Value) -> Value {
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
        // Ann's Arabic is answered in Arabic from then on.
        let bob = shop.customer("Bob");
        bob.says(invisible).await;
        bob.reads("only read text").await;
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
        let answer = match kind {
            // Telegram does not know the file of this one.
            "voice" => "could not understand this voice note",
            _ => "only read text",
        };
        ann_reads_new(&shop, &ann, before, answer).await;
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
    // Nothing came of it, so what it now says is read like a new message.
    ann.reads("two of everything").await;
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
