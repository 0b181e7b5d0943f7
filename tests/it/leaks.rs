//! Nothing personal and no secret in any line, whatever goes wrong and however much is logged.

use std::time::Duration;

use order_bot::standin::{
    State,
    wire::{Answer, Verdict},
};
use serde_json::json;

use crate::{
    fakes::{
        faults::{google_error, html_page, openai_error, telegram_error, telegram_flood},
        openai::{Thought, add, parsed_order},
    },
    harness::{people::Customer, settings::Settings, shop::Shop},
};

const PHONE: &str = "+491701234567";
const ADDRESS: &str = "17 Canary Street, 3rd floor, ring at Canaryson";
const WISH: &str = "two margheritas with canarytopping to my place, I am allergic to canarynuts";

fn loud(format: &str) -> Settings {
    Settings::default()
        .set("LOG_LEVEL", "trace")
        .set("LOG_FORMAT", format)
        .set("ORDER_REQUIRES", "phone,address")
        .set("OPENAI_TIMEOUT_SECS", "1")
        .set("SHUTDOWN_GRACE_SECS", "2")
        .set("RATE_LIMIT_PER_MINUTE", "0")
}

fn personal_order() -> serde_json::Value {
    let mut order = parsed_order(json!([add("margherita", 2)]));
    order["details"]["fulfilment"] = json!("delivery");
    order["allergies"] = json!(["canarynuts"]);
    order["unmatched"] = json!(["canarytopping"]);
    order["note"] = json!("canarynote on the order");
    order
}

fn more_canaries(shop: &Shop) {
    for text in [
        "canarytopping",
        "canarynuts",
        "canarynote",
        "Canary Street",
        "1701234567",
        "Canaryson",
    ] {
        shop.canaries().add("personal data", text);
    }
}

/// An order with everything personal in it, by whatever way it goes.
async fn order(shop: &Shop, customer: &Customer) {
    customer.says(WISH).await;
    customer.reply().await;
    customer.shares_phone(PHONE).await;
    customer.reply().await;
    customer.says_address(ADDRESS).await;
    let draft = customer.draft().await;
    customer.taps(&draft, "order:confirm").await;
    customer.reads("is placed").await;
    let card = shop.operators().card().await;
    shop.operators().taps(&card, "op:accept").await;
}

async fn public_words(shop: &Shop) {
    let mut lines = vec![
        shop.bot.metrics().await,
        shop.bot.health().await.1.to_string(),
    ];
    lines.push(shop.bot.get("/health/bot").await.1);
    lines.push(shop.bot.get("/nothing").await.1);
    lines.extend(shop.bot.other(&["check"], &[]).await.lines());
    let arguments = std::fs::read(format!("/proc/{}/cmdline", shop.bot.pid())).unwrap();
    lines.push(String::from_utf8_lossy(&arguments).into_owned());
    assert_eq!(shop.canaries().found_in(&lines), Vec::<String>::new());
}

#[tokio::test]
async fn an_ordinary_order_leaves_nothing_in_the_log_at_trace() {
    for format in ["json", "text"] {
        let shop = Shop::start_with(loud(format)).await;
        more_canaries(&shop);
        shop.openai.understands(WISH, personal_order());
        let ann = shop.customer("Ann");
        order(&shop, &ann).await;
        for words in ["/orders", "/privacy", "/cart", "/cancel"] {
            ann.says(words).await;
            ann.reply().await;
        }
        public_words(&shop).await;
        assert!(shop.bot.log().lines().len() > 20);
        shop.close().await;
    }
}

#[tokio::test]
async fn errors_repeat_nothing_of_what_went_wrong() {
    let mut shop = Shop::start_with(loud("json")).await;
    more_canaries(&shop);
    // Services that throw back what they were sent, as error answers like to do.
    let echo = format!("canarynote: {ADDRESS} {PHONE} {WISH}");
    let telegram = shop.telegram.faults();
    telegram.once("getUpdates", html_page(502));
    telegram.once(
        "getUpdates",
        Verdict::Answer(Answer::html(200, echo.clone())),
    );
    telegram.once("getUpdates", telegram_error(400, &echo));
    telegram.once("sendMessage", telegram_error(500, &echo));
    telegram.once("sendMessage", telegram_flood(1));
    telegram.once(
        "sendMessage",
        Verdict::Answer(Answer::html(502, echo.clone())),
    );
    telegram.once("answerCallbackQuery", telegram_error(500, &echo));
    telegram.once("editMessageText", telegram_error(400, &echo));
    let google = shop.google.faults();
    google.once("token", Verdict::Answer(Answer::html(500, echo.clone())));
    google.once("values.append", google_error(500, "INTERNAL", &echo));
    google.once(
        "values.append",
        Verdict::Answer(Answer::html(502, echo.clone())),
    );
    google.once("values.append", Verdict::Truncate);
    shop.openai.next(Thought::Text(echo.clone()));
    shop.openai.next(Thought::Refusal(echo.clone()));
    let words = openai_error(400, "invalid_request_error", None, &echo);
    shop.openai.faults().once("chat", Verdict::Answer(words));
    shop.openai.understands(WISH, personal_order());
    let ann = shop.customer("Ann");
    ann.says(WISH).await;
    // The answer that was refused is not repeated; what follows is answered.
    ann.shares_phone(PHONE).await;
    let sent = |state: &State| state.newest(ann.id, |m| m.is_from_bot()).map(drop);
    shop.telegram.expect("an answer", sent).await;
    let bob = shop.customer("Bob");
    order(&shop, &bob).await;
    // Updates that nobody can read, and of kinds that are new.
    shop.telegram
        .send_raw(&json!({"message": {"text": echo, "from": {"id": "x"}}}));
    shop.telegram
        .send_raw(&json!({"hologram": {"words": echo}}));
    shop.telegram.send_raw(&json!({"callback_query": {"id": "1", "from": {"id": 1, "is_bot": false, "first_name": echo}, "chat_instance": "1", "data": echo}}));
    let read = |state: &State| (state.unacknowledged() == 0).then_some(());
    shop.telegram.expect("them to be taken", read).await;
    shop.bot.kill9().await;
    shop.bot.restart().await;
    public_words(&shop).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    shop.forgive_left_overs();
}

#[tokio::test]
async fn without_telegram_its_address_with_the_token_is_not_logged() {
    let mut shop = Shop::start_with(loud("json")).await;
    shop.telegram.server().go_down();
    let said = shop.bot.other(&["check"], &[]).await;
    assert_eq!(said.code, Some(1));
    assert_eq!(
        shop.canaries().found_in(&said.lines()),
        Vec::<String>::new()
    );
    shop.bot.kill9().await;
    shop.bot.restart().await;
    shop.bot.logs("Telegram did not say who the bot is").await;
    shop.forgive_left_overs();
}
