//! The harness itself, with a shell script in the program's place; and the order of an ordinary day,
//! which shows how tests read.

use std::{collections::BTreeMap, path::Path};

use serde_json::json;

use crate::{
    fakes::openai::{add, parsed_order},
    harness::{Canaries, program::TestBot, shop::Shop},
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

#[tokio::test]
#[ignore = "waits for the program"]
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
