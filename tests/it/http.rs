//! What monitors see.

use std::collections::BTreeSet;

use order_bot::standin::wire::Verdict;
use serde_json::json;

use crate::{
    fakes::openai::{add, parsed_order},
    harness::{settings::Settings, shop::Shop},
};

async fn shop_with_an_order() -> (Shop, String) {
    let shop = Shop::start_with(Settings::default()).await;
    shop.openai.understands(
        "two margheritas please",
        parsed_order(json!([add("margherita", 2)])),
    );
    let ann = shop.customer("Ann");
    ann.says("two margheritas please").await;
    ann.reads("number").await;
    ann.shares_phone("+491701234567").await;
    let draft = ann.draft().await;
    ann.taps(&draft, "order:confirm").await;
    let card = shop.operators().card().await;
    shop.sheet().row_of(&card.order_id).await;
    (shop, card.order_id)
}

#[tokio::test]
async fn health_has_the_form_of_the_contract() {
    let (shop, _) = shop_with_an_order().await;
    let (code, health) = shop.bot.health().await;
    assert_eq!((code, &health["status"]), (200, &json!("ok")), "{health}");
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    assert!(health["uptime_seconds"].is_u64());
    let components = health["components"].as_object().unwrap();
    let names: BTreeSet<&str> = components.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        BTreeSet::from(["parser", "sheets", "store", "telegram"])
    );
    for (name, component) in components {
        assert_eq!(component["status"], "ok", "{name}");
    }
    let (code, text) = shop.bot.get("/health/bot").await;
    let bot: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &bot["status"]), (200, &json!("ok")));
    assert_eq!(shop.bot.get("/health/live").await.0, 200);
    for path in [
        "/",
        "/health/",
        "/health/caddy",
        "/metrics/x",
        "/admin",
        "/health?x=1/../",
        "/%2e%2e/etc/passwd",
    ] {
        let code = shop.bot.get(path).await.0;
        let query = path.starts_with("/health?");
        assert_eq!(code, if query { 200 } else { 404 }, "{path}");
    }
    let said = shop
        .bot
        .other(&["health"], &[("HTTP_ADDR", &shop.bot.address())])
        .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let (_, metrics) = shop.bot.get("/metrics").await;
    let answers = [health.to_string(), text, metrics, said.out];
    assert_eq!(shop.canaries().found_in(&answers), Vec::<String>::new());
    shop.close().await;
}

#[tokio::test]
async fn metrics_hold_what_an_operator_asks_for() {
    let (shop, order) = shop_with_an_order().await;
    shop.openai.faults().always("chat", Verdict::DropBefore);
    shop.telegram
        .faults()
        .once("getUpdates", Verdict::DropBefore);
    let bob = shop.customer("Bob");
    bob.says("two margheritas please").await;
    bob.reads("number").await;
    let eve = shop.customer("Eve");
    eve.says("three margheritas please").await;
    eve.reads("number").await;
    let text = shop.bot.metrics().await;
    let series = [
        "order_bot_updates_total{kind=\"text\"} 3",
        "order_bot_updates_total{kind=\"tap\"} 1",
        "order_bot_orders_total{kind=\"placed\"} 1",
        "order_bot_parses_total{kind=\"gpt\"} 1",
        "order_bot_parses_total{kind=\"cache\"} 1",
        "order_bot_parses_total{kind=\"local\"} 1",
        "order_bot_parse_seconds_count{kind=\"gpt\"} 1",
        "order_bot_gpt_calls_total{kind=\"ok\"} 1",
        "order_bot_gpt_tokens_total{kind=\"prompt\"} ",
        "order_bot_gpt_tokens_total{kind=\"completion\"} ",
        "order_bot_sheets_calls_total{kind=\"append_ok\"} 1",
        "order_bot_telegram_calls_total{kind=\"ok\"} ",
        "order_bot_outbox{kind=\"telegram\"} ",
        "order_bot_outbox{kind=\"sheets\"} 0",
        "order_bot_outbox_age_seconds{kind=\"telegram\"} ",
        "order_bot_outbox_age_seconds{kind=\"sheets\"} 0",
        "order_bot_queue_length{kind=\"lanes\"} ",
        "order_bot_queue_length{kind=\"commits\"} ",
        "order_bot_queue_length{kind=\"sending\"} ",
        "order_bot_handling_seconds_count{kind=\"text\"} 3",
        "order_bot_gpt_calls_total{kind=\"network\"} ",
        "order_bot_errors_total{kind=\"unreachable\"} 1",
        "order_bot_resident_memory_bytes ",
    ];
    for wanted in series {
        assert!(text.contains(wanted), "{wanted} is missing in\n{text}");
    }
    let memory = shop
        .bot
        .metric("order_bot_resident_memory_bytes")
        .await
        .unwrap();
    assert!(memory > 1e6, "{memory} bytes");
    assert!(!text.contains(&order) && !text.contains(&bob.id.to_string()));
    shop.close().await;
}

#[tokio::test]
async fn the_age_of_what_waits_for_telegram_is_measured() {
    let shop = Shop::start_with(
        Settings::default()
            .without_sheets()
            .set("SHUTDOWN_GRACE_SECS", "1"),
    )
    .await;
    let ann = shop.customer("Ann");
    shop.telegram.faults().always("sendMessage", Verdict::Hang);
    ann.says("/help").await;
    let began = std::time::Instant::now();
    let series = "order_bot_outbox_age_seconds{kind=\"telegram\"}";
    while shop.bot.metric(series).await.is_none_or(|age| age < 1.0) {
        assert!(
            began.elapsed().as_secs() < 8,
            "{}",
            shop.bot.metrics().await
        );
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(
        shop.bot.metric("order_bot_outbox{kind=\"telegram\"}").await,
        Some(1.0)
    );
}

#[tokio::test]
async fn one_update_can_be_followed_through_the_log_to_its_row() {
    let (shop, order) = shop_with_an_order().await;
    shop.bot.logs("\"job\":\"card\"").await;
    shop.bot.logs("the row of an order is written").await;
    let lines: Vec<serde_json::Value> = shop
        .bot
        .log()
        .lines()
        .iter()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect();
    let placed = lines
        .iter()
        .find(|line| line["order.id"] == order && line["status"] == "placed");
    let placed = placed.expect("a line says that the order is placed");
    let update = &placed["span"]["update.id"];
    assert!(update.is_u64(), "{placed}");
    let said = |what: &str, field: &str, value: &serde_json::Value| {
        lines
            .iter()
            .any(|line| line["message"] == what && line[field] == *value)
    };
    assert!(said("an update is in the inbox", "update.id", update));
    assert!(said(
        "the row of an order is written",
        "order.id",
        &json!(order)
    ));
    let card = |line: &&serde_json::Value| line["order.id"] == order && line["job"] == "card";
    assert!(
        lines
            .iter()
            .any(|line| card(&line) && line["message"] == "a message is sent")
    );
    shop.close().await;
}
