//! The program is killed at chosen moments and started again: nothing is lost and nothing doubled. For random moments
//! see `tests/campaign/kills.rs`.

use std::time::{Duration, Instant};

use order_bot::standin::{SentMessage, State, wire::Verdict};
use serde_json::json;

use crate::{
    fakes::{
        openai::{add, parsed_order},
        operator::Row,
    },
    harness::{
        people::Customer,
        settings::{OPERATOR_CHAT, Settings},
        shop::Shop,
    },
};

/// What the customers of this file write; the model understands it.
const WISH: &str = "please bring me two margheritas";

fn quick() -> Settings {
    Settings::default()
        .set("ORDER_REQUIRES", "")
        .set("RATE_LIMIT_PER_MINUTE", "0")
}

async fn shop() -> Shop {
    let shop = Shop::start_with(quick()).await;
    shop.openai
        .understands(WISH, parsed_order(json!([add("margherita", 2)])));
    shop
}

/// Until Telegram has handed over everything and knows that it arrived.
async fn handed_over(shop: &Shop) {
    let empty = |state: &State| (state.unacknowledged() == 0).then_some(());
    shop.telegram
        .expect("all updates to be acknowledged", empty)
        .await;
}

/// How many cards show an order: each has a button that names it.
fn cards_of(shop: &Shop, order: &str) -> usize {
    let cards = shop.telegram.history(OPERATOR_CHAT);
    let names = |data: &str| data.split(':').nth(2) == Some(order);
    let shows = |message: &&SentMessage| {
        let mut buttons = message.buttons.iter().flatten();
        buttons.any(|button| names(&button.data))
    };
    cards.iter().filter(shows).count()
}

/// The one order of this customer: once on disk, in the sheet and on a card.
async fn one_order(shop: &Shop, customer: &Customer) -> String {
    let orders = shop.orders().await;
    let own = |order: &&_| cell(order, "customer_id") == customer.id.to_string();
    let orders: Vec<_> = orders.iter().filter(own).collect();
    assert_eq!(orders.len(), 1, "{orders:?}");
    let id = cell(orders[0], "order_id");
    shop.sheet().row_of(&id).await;
    let card = |state: &State| {
        let data = format!("op:accept:{id}");
        state
            .newest(OPERATOR_CHAT, |message| message.button(&data).is_some())
            .map(drop)
    };
    shop.telegram.expect("the card", card).await;
    id
}

fn cell(row: &Row, name: &str) -> String {
    row.get(name).cloned().unwrap_or_default()
}

#[tokio::test]
async fn killed_before_any_answer_it_answers_after_the_start() {
    let mut shop = shop().await;
    shop.telegram.faults().always("sendMessage", Verdict::Hang);
    let ann = shop.customer("Ann");
    ann.says(WISH).await;
    handed_over(&shop).await;
    shop.bot.kill9().await;
    shop.telegram.faults().clear();
    shop.bot.restart().await;
    let draft = ann.draft().await;
    ann.taps(&draft, "order:confirm").await;
    one_order(&shop, &ann).await;
    shop.close().await;
}

#[tokio::test]
async fn killed_while_the_model_thinks_it_asks_again() {
    let mut shop = shop().await;
    shop.openai.faults().always("chat", Verdict::Hang);
    let ann = shop.customer("Ann");
    ann.says(WISH).await;
    handed_over(&shop).await;
    shop.bot.kill9().await;
    shop.openai.faults().clear();
    shop.bot.restart().await;
    let draft = ann.draft().await;
    assert!(draft.text().contains('2'), "{}", draft.text());
    // The message was not applied twice: two margheritas, not four.
    assert_eq!(draft.total(), "€17.00");
    shop.close().await;
}

#[tokio::test]
async fn killed_between_draft_and_confirmation_the_draft_still_counts() {
    let mut shop = shop().await;
    let ann = shop.customer("Ann");
    ann.says(WISH).await;
    let draft = ann.draft().await;
    handed_over(&shop).await;
    shop.bot.kill9().await;
    // She taps while nobody is there, and once more because nothing happens.
    let first = ann.taps_and_leaves(&draft, "order:confirm");
    let second = ann.taps_and_leaves(&draft, "order:confirm");
    shop.bot.restart().await;
    for tap in [first, second] {
        let answered = |state: &State| state.tap(&tap).filter(|tap| tap.answers > 0).map(drop);
        shop.telegram.expect("an answer to the tap", answered).await;
    }
    let id = one_order(&shop, &ann).await;
    assert_eq!(cards_of(&shop, &id), 1);
    shop.close().await;
}

#[tokio::test]
async fn killed_while_the_row_is_being_written_there_is_one_row() {
    // Not applied; applied and never answered; applied after the program is gone.
    let verdicts = [
        Verdict::Hang,
        Verdict::HangAfter,
        Verdict::ApplyLate(Duration::from_millis(300)),
    ];
    for verdict in verdicts {
        let mut shop = shop().await;
        let ann = shop.customer("Ann");
        ann.says(WISH).await;
        let draft = ann.draft().await;
        shop.google.faults().once("values.append", verdict.clone());
        ann.taps(&draft, "order:confirm").await;
        let asked = Instant::now();
        while shop.google.count("values.append") == 0 {
            assert!(
                asked.elapsed() < Duration::from_secs(8),
                "no row is written"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        shop.bot.kill9().await;
        shop.bot.restart().await;
        let id = one_order(&shop, &ann).await;
        tokio::time::sleep(Duration::from_millis(400)).await;
        settled(&shop, &id).await;
        shop.close().await;
    }
}

/// Until the order has one row: a second one that a killed program left behind is taken away.
async fn settled(shop: &Shop, id: &str) {
    let began = Instant::now();
    while shop.sheet().rows_of(id).len() != 1 {
        let rows = shop.sheet().rows_of(id);
        assert!(began.elapsed() < Duration::from_secs(10), "{rows:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn killed_while_the_card_is_being_sent_the_card_comes() {
    for (verdict, most) in [(Verdict::Hang, 1), (Verdict::HangAfter, 2)] {
        let mut shop = shop().await;
        let ann = shop.customer("Ann");
        ann.says(WISH).await;
        let draft = ann.draft().await;
        let to_operators = format!("sendMessage@{OPERATOR_CHAT}");
        shop.telegram.faults().once(&to_operators, verdict);
        ann.taps(&draft, "order:confirm").await;
        let sent = |state: &State| {
            let mut calls = state.calls_of("sendMessage");
            calls
                .find(|call| call.chat == Some(OPERATOR_CHAT))
                .map(drop)
        };
        shop.telegram.expect("the card to be sent", sent).await;
        shop.bot.kill9().await;
        shop.telegram.faults().clear();
        shop.bot.restart().await;
        let id = one_order(&shop, &ann).await;
        let cards = cards_of(&shop, &id);
        assert!((1..=most).contains(&cards), "{cards} cards");
        shop.close().await;
    }
}

#[tokio::test]
async fn customers_json_is_at_most_five_seconds_behind() {
    let shop = shop().await;
    let ann = shop.customer("Ann");
    ann.shares_phone("+491701234567").await;
    ann.reply().await;
    let began = Instant::now();
    loop {
        let file = shop.customers_file().unwrap_or_default();
        if file["customers"][ann.id.to_string()].is_object() {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(5), "{file}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    shop.close().await;
}
