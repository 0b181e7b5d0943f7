//! The shop's figures: of the day, of several days with a picture, as a file; and the pinned list of open orders.

use order_bot::standin::SentMessage;
use serde_json::json;

use crate::{
    fakes::openai::parsed_order,
    harness::{
        people::{Card, Customer, Operators},
        settings::{OPERATOR, OPERATOR_CHAT, Settings},
        shop::Shop,
    },
    phrases::adds,
};

const ONE: &str = "a margherita for me please";
const OWNER: i64 = 900_077;

async fn shop_with(settings: Settings) -> Shop {
    let shop = Shop::start_with(settings.set("ORDER_REQUIRES", "")).await;
    shop.telegram.user(OWNER, "Olga");
    shop.openai
        .understands(ONE, parsed_order(json!([adds("margherita", 1, &[])])));
    shop
}

/// The bot's next message after a command.
async fn asks(shop: &Shop, text: &str) -> SentMessage {
    let asked = shop.telegram.say_in(OPERATOR_CHAT, OPERATOR, text).unwrap();
    let answer = |m: &SentMessage| m.message_id > asked && m.is_from_bot();
    shop.telegram
        .expect(&format!("an answer to {text}"), |state| {
            state.newest(OPERATOR_CHAT, answer).cloned()
        })
        .await
}

async fn places(customer: &Customer, operators: &Operators) -> Card {
    customer.says(ONE).await;
    customer
        .taps(&customer.draft().await, "order:confirm")
        .await;
    operators.card().await
}

#[tokio::test]
async fn the_day_s_figures_are_the_owner_s() {
    let settings = Settings::default().set("OWNER_IDS", &OWNER.to_string());
    let mut shop = shop_with(settings).await;
    let (ann, operators) = (shop.customer("Ann"), shop.operators());
    let made = places(&ann, &operators).await;
    operators.taps(&made, "op:accept:").await;
    ann.reads("accepted your order").await;
    let refused = places(&ann, &operators).await;
    operators.taps(&refused, "op:reject:").await;
    ann.reads("cannot make your order").await;

    let told = operators.asks_as(OPERATOR, "/today").await;
    assert!(told.text.contains("owners"), "{}", told.text);
    shop.bot.restart().await;
    shop.telegram
        .say_in(OPERATOR_CHAT, OWNER, "/today")
        .unwrap();
    let report = operators
        .sees("the figures", |m| m.text.contains("Today so far"))
        .await;
    for part in [
        "Orders: 2",
        "Open: 1",
        "Rejected: 1",
        "Takings: €8.50",
        "In cash: €8.50",
        "1. Margherita × 1",
    ] {
        assert!(report.text.contains(part), "{part}: {}", report.text);
    }
    shop.close().await;
}

#[tokio::test]
async fn a_picture_and_a_file_come_as_such() {
    let shop = shop_with(Settings::default()).await;
    let (ann, operators) = (shop.customer("Ann"), shop.operators());
    let empty = asks(&shop, "/stats 3").await;
    assert!(empty.document.is_none() && empty.text.contains("No orders"));
    let card = places(&ann, &operators).await;
    operators.taps(&card, "op:accept:").await;
    ann.reads("accepted your order").await;
    let stats = asks(&shop, "/stats").await;
    let picture = stats.document.unwrap();
    assert!(
        picture.bytes.starts_with(b"\x89PNG\r\n"),
        "{}",
        picture.name
    );
    assert!(stats.text.contains("1. Margherita × 1"), "{}", stats.text);

    let export = asks(&shop, "/export").await;
    let file = export.document.unwrap();
    assert_eq!(file.name, "orders.csv");
    let csv = String::from_utf8(file.bytes).unwrap();
    let mut lines = csv.lines();
    assert!(
        lines
            .next()
            .unwrap()
            .starts_with("order_id,placed_at,status")
    );
    assert!(lines.next().unwrap().starts_with(&card.order_id));
    assert_eq!(lines.next(), None);
    let wrong = operators.asks("/export yesterday").await;
    assert!(wrong.text.contains("/export"), "{}", wrong.text);
    shop.close().await;
}

#[tokio::test]
async fn the_list_of_open_orders_is_pinned_and_kept() {
    let mut shop = shop_with(Settings::default()).await;
    let (ann, operators) = (shop.customer("Ann"), shop.operators());
    operators.says("/board").await;
    let none = operators
        .sees("the list", |m| {
            m.text.contains("No open orders") && m.pinned
        })
        .await;
    let first = places(&ann, &operators).await;
    let second = places(&ann, &operators).await;
    let id = none.message_id;
    let listed = operators
        .sees("both", |m| {
            m.message_id == id
                && m.text.contains(&first.order_id)
                && m.text.contains(&second.order_id)
        })
        .await;
    let place = |card: &Card| listed.text.find(&card.order_id).unwrap();
    assert!(place(&first) < place(&second), "the oldest first");
    shop.bot.restart().await;
    operators.taps(&first, "op:accept:").await;
    let first = operators.card_with(&first, "op:done:").await;
    operators.taps(&first, "op:done:").await;
    operators
        .sees("one", |m| {
            m.message_id == id
                && !m.text.contains(&first.order_id)
                && m.text.contains(&second.order_id)
        })
        .await;
    shop.close().await;
}
