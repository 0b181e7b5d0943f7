//! The harness itself, with a shell script in the program's place; and the order of an ordinary day,
//! which shows how tests read.

use std::{collections::BTreeMap, path::Path, time::Duration};

use serde_json::json;
use teloxide::{
    Bot,
    payloads::{GetUpdatesSetters as _, SendMessageSetters as _},
    prelude::Requester as _,
    types::{CallbackQueryId, ChatId, InlineKeyboardButton, InlineKeyboardMarkup},
};

use crate::{
    fakes::openai::{add, parsed_order},
    harness::{
        Canaries,
        program::TestBot,
        settings::{OPERATOR_CHAT, Settings, TELEGRAM_TOKEN},
        shop::Shop,
    },
};

const LISTENS: &str =
    r#"printf '%s\n' '{"level":"INFO","fields":{"http.addr":"127.0.0.1:1"}}' >&2"#;

async fn script(text: &str) -> TestBot {
    TestBot::start_program(Path::new("/bin/sh"), &["-c", text], BTreeMap::new()).await
}

#[tokio::test]
async fn a_program_is_started_killed_and_started_again() {
    let mut bot = script(&format!("{LISTENS}; echo life; exec sleep 60")).await;
    assert!(bot.is_running());
    bot.kill9().await;
    assert!(!bot.is_running());
    bot.restart().await;
    assert!(bot.is_running());
    bot.logs("life").await;
}

#[tokio::test]
async fn sigterm_gives_status_and_time() {
    let text = format!("trap 'exit 3' TERM; {LISTENS}; while :; do sleep 0.05; done");
    let mut bot = script(&text).await;
    let (status, took) = bot.sigterm().await;
    assert_eq!(status.code(), Some(3));
    assert!(took.as_secs() < 5);
}

#[tokio::test]
#[should_panic(expected = "the disk is full")]
async fn a_program_that_ends_early_shows_its_log() {
    script("echo the disk is full >&2; exit 1").await;
}

#[tokio::test]
async fn a_secret_in_the_log_is_found_also_when_escaped() {
    let bot = script(&format!(
        r#"echo 'x "my \"quoted\" street" y'; {LISTENS}; exec sleep 60"#
    ))
    .await;
    bot.logs("street").await;
    let canaries = Canaries::default();
    canaries.add("an address", "my \"quoted\" street");
    canaries.add("too short to tell", "x");
    canaries.add("a phone number", "+491701234567");
    assert_eq!(bot.leaks(&canaries).len(), 1);
}

/// A shop whose program only says that it listens; the test plays its part on Telegram.
async fn closed_shop(first: &str) -> Shop {
    let text = format!("trap 'exit 0' TERM; {first}; {LISTENS}; while :; do sleep 0.05; done");
    let mut shop =
        Shop::start_program(Settings::default(), Path::new("/bin/sh"), &["-c", &text]).await;
    shop.patience = Duration::from_millis(50);
    shop
}

fn bot_of(shop: &Shop) -> Bot {
    Bot::new(TELEGRAM_TOKEN).set_api_url(shop.telegram.url().parse().unwrap())
}

#[tokio::test]
async fn customers_and_operators_see_what_the_program_sends() {
    let shop = closed_shop("true").await;
    let (bot, ann, operators) = (bot_of(&shop), shop.customer("Ann"), shop.operators());
    let button = |data: &str| InlineKeyboardButton::callback("x", data);
    let chat = ChatId(ann.id);

    bot.send_message(chat, "an old draft, total: 1.00")
        .reply_markup(InlineKeyboardMarkup::new([[button("order:confirm:0")]]))
        .await
        .unwrap();
    ann.says("two margheritas please").await;
    bot.send_message(chat, "2 x Margherita\nTotal: €17.00")
        .reply_markup(InlineKeyboardMarkup::new([[button("order:confirm:7f")]]))
        .await
        .unwrap();
    let draft = ann.draft().await;
    assert_eq!(
        (draft.total().as_str(), draft.reference().as_str()),
        ("€17.00", "7f")
    );

    bot.send_message(ChatId(OPERATOR_CHAT), "a card")
        .reply_markup(InlineKeyboardMarkup::new([[button("op:accept:o-1")]]))
        .await
        .unwrap();
    let card = operators.card().await;
    assert_eq!(card.order_id, "o-1");

    let id = ann.taps_and_leaves(&draft, "order:confirm");
    bot.answer_callback_query(CallbackQueryId(id))
        .await
        .unwrap();
    let last = bot.get_updates().await.unwrap().pop().unwrap();
    let offset = i32::try_from(last.id.0).unwrap() + 1;
    bot.get_updates().offset(offset).await.unwrap();
    shop.close().await;
}

#[tokio::test]
#[should_panic(expected = "1 updates were never acknowledged")]
async fn an_update_that_was_left_fails_the_test() {
    let shop = closed_shop("true").await;
    shop.customer("Ann").says("hello there").await;
}

#[tokio::test]
#[should_panic(expected = "the Telegram token is in the log")]
async fn a_token_in_the_log_fails_the_test() {
    closed_shop("echo \"$TELEGRAM_TOKEN\"").await;
}

#[tokio::test]
async fn an_order_goes_from_the_chat_to_the_sheet() {
    let shop = Shop::start().await;
    let order = parsed_order(json!([add("margherita", 2)]));
    shop.openai.understands("two margheritas please", order);
    let ann = shop.customer("Ann");
    ann.says("two margheritas please").await;
    ann.reads("number").await;
    ann.shares_phone("+491701234567").await;
    let draft = ann.draft().await;
    assert_eq!(draft.total(), "€17.00");
    ann.taps(&draft, "order:confirm").await;
    let operators = shop.operators();
    let card = operators.card().await;
    let row = shop.sheet().row_of(&card.order_id).await;
    assert_eq!(row["status"], "placed");
    operators.taps(&card, "op:accept").await;
    shop.sheet().status_of(&card.order_id, "accepted").await;
    shop.close().await;
}
