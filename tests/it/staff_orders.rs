//! What the shop can do about an order besides moving it, and what happens to an order that nobody touches.

use serde_json::{Value, json};

use crate::{
    fakes::openai::parsed_order,
    harness::{
        settings::{OPERATOR, OPERATOR_CHAT, Settings},
        shop::Shop,
    },
    operators::{self, places},
    phrases::with,
};

const BOSS: i64 = 900_060;

async fn shop_with(settings: Settings) -> Shop {
    let shop = operators::shop_with(settings).await;
    shop.telegram.user(BOSS, "Bo");
    shop
}

#[tokio::test]
async fn a_slip_is_taken_back_and_the_customers_message_corrected() {
    let shop = shop_with(Settings::default()).await;
    let (ann, operators) = (shop.customer("Ann"), shop.operators());
    let card = places(&ann, &operators).await;
    operators.taps(&card, "op:accept").await;
    let told = ann.reads("accepted your order").await;
    let card = operators.card_with(&card, "op:undo:").await;
    operators.taps(&card, "op:ready").await;
    let ready = ann.reads("You can pick it up now").await;
    let newer = operators.card_after(&card, "op:undo:").await;

    // The button below the card as it was before does nothing.
    let old = operators.taps(&card, "op:undo:").await;
    assert_eq!(
        old.answer.as_deref(),
        Some("Not possible: the order is ready.")
    );
    operators.taps(&newer, "op:undo:").await;
    let corrected = ann.reads("taken its last step back").await;
    assert_eq!(corrected.message_id, ready.message_id);
    assert_ne!(corrected.message_id, told.message_id);
    assert!(corrected.text.contains("accepted"), "{}", corrected.text);
    shop.sheet().status_of(&card.order_id, "accepted").await;
    let again = operators.taps(&newer, "op:undo:").await;
    assert!(again.answer.unwrap().starts_with("Not possible"));
    shop.close().await;
}

#[tokio::test]
async fn a_rejection_is_explained_by_a_button_or_in_own_words() {
    let shop = shop_with(Settings::default()).await;
    let (ann, operators) = (shop.customer("Ann"), shop.operators());
    let card = places(&ann, &operators).await;
    operators.taps(&card, "op:reject").await;
    ann.reads("cannot make your order").await;
    let card = operators.card_with(&card, "op:reason:").await;
    operators.taps(&card, "op:reason:").await;
    ann.reads("something of it is sold out").await;
    let twice = operators.taps(&card, "op:reason:").await;
    assert!(twice.answer.unwrap().starts_with("Not possible"));

    let card = places(&ann, &operators).await;
    let reply = |text: &str, to: i64| {
        shop.telegram
            .say_at(OPERATOR_CHAT, OPERATOR, text, None, Some(to))
            .unwrap()
    };
    // Of an order under way a reply to its card is the staff's own talk.
    reply("who takes this one?", card.message.message_id);
    operators.taps(&card, "op:reject").await;
    operators.card_with(&card, "op:reason:").await;
    reply("the oven is <cold> today", card.message.message_id);
    let said = ann.reads("the oven is <cold> today").await;
    assert!(said.text.contains(&card.order_id));
    let all: Vec<_> = ann.history().into_iter().map(|m| m.text).collect();
    assert!(
        all.iter().all(|text| !text.contains("who takes")),
        "{all:?}"
    );
    shop.close().await;
}

#[tokio::test]
async fn an_unanswered_order_reaches_the_shop_the_boss_and_the_customer() {
    let settings = Settings::default()
        .set("ALERT_AFTER_SECS", "1")
        .set("ALERT_REPEAT_SECS", "1")
        .set("ESCALATE_TO", &BOSS.to_string())
        .set("ESCALATE_AFTER_SECS", "2")
        .set("TELL_CUSTOMER_AFTER_SECS", "3");
    let mut shop = shop_with(settings).await;
    let (ann, operators) = (shop.customer("Ann"), shop.operators());
    let card = places(&ann, &operators).await;
    let alert = |state: &order_bot::standin::State| {
        let alerts = state.history(OPERATOR_CHAT).iter();
        let alerts = alerts.filter(|m| m.is_from_bot() && m.text.contains("waiting for an answer"));
        alerts.cloned().collect::<Vec<_>>()
    };
    let first = shop
        .telegram
        .expect("a reminder", |state| alert(state).pop())
        .await;
    assert_eq!(first.reply_to, Some(card.message.message_id));
    shop.bot.restart().await;
    shop.telegram
        .expect("another reminder", |state| {
            (alert(state).len() > 1).then_some(())
        })
        .await;
    shop.telegram
        .expect("the boss", |state| {
            let told = |m: &order_bot::standin::SentMessage| m.text.contains(&card.order_id);
            state.newest(BOSS, told).map(|_| ())
        })
        .await;
    let asked = ann.reads("has not answered your order").await;
    let waits = ann.taps(&asked, "mine:wait:").await;
    assert_eq!(
        waits.answer.as_deref(),
        Some("All right. The shop has been reminded.")
    );
    ann.taps(&asked, "mine:cancel:").await;
    shop.sheet().status_of(&card.order_id, "cancelled").await;
    shop.close().await;
}

#[tokio::test]
async fn an_order_that_nobody_approves_expires_and_its_customer_knows() {
    let settings = Settings::default()
        .set("FIRST_ORDER_MAX_TOTAL", "5.00")
        .set("APPROVAL_TTL_SECS", "2");
    let shop = shop_with(settings).await;
    let (ann, operators) = (shop.customer("Ann"), shop.operators());
    let card = places(&ann, &operators).await;
    ann.reads("waits for the shop's approval").await;
    assert_eq!(
        shop.sheet().row_of(&card.order_id).await["status"],
        "pending"
    );
    ann.reads("has not approved your order").await;
    shop.sheet().status_of(&card.order_id, "expired").await;
    let late = operators.taps(&card, "op:accept").await;
    assert_eq!(
        late.answer.as_deref(),
        Some("Not possible: the order is expired.")
    );
    // The second order of somebody who is known is taken as it is.
    places(&ann, &operators).await;
    ann.reads("is placed").await;
    shop.close().await;
}

#[tokio::test]
async fn a_question_reaches_the_shop_and_its_answer_comes_back() {
    let shop = shop_with(Settings::default()).await;
    let (ann, operators) = (shop.customer("Ann"), shop.operators());
    let question = with(parsed_order(json!([])), "/intent", Value::from("question"));
    shop.openai
        .understands("can I park a lorry in front of the shop?", question);
    ann.says("can I park a lorry in front of the shop?").await;
    ann.reads("passed your question on").await;
    let asked = operators
        .sees("the question", |m| m.text.contains("park a lorry"))
        .await;
    let answer = "yes, behind the <house>";
    shop.telegram.say_at(
        OPERATOR_CHAT,
        OPERATOR,
        answer,
        None,
        Some(asked.message_id),
    );
    let said = ann.reads(answer).await;
    assert!(said.text.starts_with("💬"), "{}", said.text);
    operators
        .sees("the question as answered", |m| {
            m.message_id == asked.message_id && m.text.contains("Answered")
        })
        .await;

    // Whoever is forgotten leaves no question behind.
    ann.says("/deleteme").await;
    let sure = ann.reads("cannot be undone").await;
    ann.taps(&sure, "me:delete").await;
    operators
        .sees("nothing of the question", |m| {
            m.message_id == asked.message_id && !m.text.contains("lorry")
        })
        .await;
    shop.close().await;
}
