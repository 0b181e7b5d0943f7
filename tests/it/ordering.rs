//! From the first words or the first tap to a placed order, as customers see it.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crate::{
    fakes::openai::parsed_order,
    harness::{
        people::{Customer, Draft},
        settings::Settings,
        shop::Shop,
    },
    phrases::{adds, intent, op, with},
};

/// A shop that asks for nothing before an order.
pub(crate) fn open_handed() -> Settings {
    Settings::default().set("ORDER_REQUIRES", "")
}

pub(crate) async fn open_shop() -> Shop {
    let shop = Shop::start_with(open_handed()).await;
    teach(&shop);
    shop
}

/// What the model understands in these tests.
pub(crate) fn teach(shop: &Shop) {
    let know = |text: &str, operations| shop.openai.understands(text, parsed_order(operations));
    know(
        "two large margheritas with extra cheese and a cola please",
        json!([
            adds(
                "margherita",
                2,
                &[("large", "with"), ("extra-cheese", "extra")]
            ),
            adds("cola", 1, &[])
        ]),
    );
    know(
        "two margheritas and a cola please",
        json!([adds("margherita", 2, &[]), adds("cola", 1, &[])]),
    );
    know("some fries as well please", json!([adds("fries", 1, &[])]));
    know(
        "please make it three of those",
        json!([op("set", None, None, Some(3), &[])]),
    );
    know(
        "please put olives on the first one",
        json!([op("set", None, Some(1), None, &[("olives", "with")])]),
    );
    know(
        "one of the margheritas without the basil please",
        json!([op(
            "split",
            Some("margherita"),
            None,
            Some(1),
            &[("basil", "without")]
        )]),
    );
    know(
        "please forget about the cola",
        json!([op("remove", Some("cola"), None, None, &[])]),
    );
    know(
        "please forget about the fries",
        json!([op("remove", Some("fries"), None, None, &[])]),
    );
    shop.openai
        .understands("yes that is fine for me", intent("confirm"));
    shop.openai
        .understands("no thanks I changed my mind", intent("cancel"));
}

#[track_caller]
pub(crate) fn contract_buttons(draft: &Draft) {
    let reference = draft.reference();
    for verb in ["confirm", "cancel", "edit"] {
        let data = format!("order:{verb}:{reference}");
        assert!(draft.0.button(&data).is_some(), "no {data} under the draft");
    }
}

/// The drafts in a chat: messages that bear or bore a button to confirm.
pub(crate) fn drafts(customer: &Customer) -> usize {
    let confirm = "order:confirm:";
    let bears = |message: &order_bot::standin::SentMessage| {
        message.button(confirm).is_some()
            || message.edits.iter().any(|edit| {
                edit.buttons
                    .iter()
                    .flatten()
                    .any(|b| b.data.starts_with(confirm))
            })
    };
    customer
        .history()
        .iter()
        .filter(|message| bears(message))
        .count()
}

#[tokio::test]
async fn words_become_an_order_with_a_card_and_a_whole_row() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    let before = Timestamp::now();
    ann.says("two large margheritas with extra cheese and a cola please")
        .await;
    let draft = ann.draft().await;
    contract_buttons(&draft);
    assert_eq!(
        draft.text(),
        "Your order\n\
         1. 2 × Margherita (large +€3.00, extra cheese +€1.50) — €26.00\n\
         2. 1 × Cola — €3.00\n\n\
         Total: €29.00\n\
         Pick-up at the shop\n\n\
         ℹ️ An AI service (OpenAI) reads your words to understand them, and the shop keeps orders in its spreadsheet. \
         Confirm if you agree; write \"without AI\" if it should not read on. /privacy"
    );
    let from_bot = ann.history().iter().filter(|m| m.author.is_none()).count();
    assert_eq!(
        from_bot, 1,
        "the answer to an order is the draft and nothing else"
    );

    let tap = ann.taps(&draft, "order:confirm").await;
    assert_eq!(tap.answer.as_deref(), Some("Your order is placed."));
    let placed = ann.reads("is placed").await;
    assert_eq!(
        placed.message_id, draft.0.message_id,
        "the draft's message says so"
    );
    assert!(placed.buttons.is_empty() && placed.text.contains("Total: €29.00"));

    let card = shop.operators().card().await;
    let shown = &card.message.text;
    assert!(
        shown.contains("2 × Margherita (large, extra cheese)") && shown.contains("1 × Cola"),
        "{shown}"
    );
    assert!(
        shown.contains("Total: €29.00") && shown.contains("Ann Canaryson"),
        "{shown}"
    );
    assert!(placed.text.contains(&card.order_id));

    let row = shop.sheet().row_of(&card.order_id).await;
    assert_eq!(
        shop.sheet().grid()[0],
        "order_id, placed_at, status, customer_id, customer_name, phone, fulfilment, address, items, allergies, \
         note, total, currency, payment, source, updated_at"
            .split(", ")
            .collect::<Vec<_>>()
    );
    assert_eq!(
        row["items"],
        "2 x Margherita (large, extra cheese); 1 x Cola"
    );
    assert_eq!(row["status"], "placed");
    assert_eq!(row["customer_id"], ann.id.to_string());
    assert!(row["customer_name"].starts_with("Ann Canaryson"));
    assert_eq!(
        (&*row["fulfilment"], &*row["address"], &*row["phone"]),
        ("pickup", "", "")
    );
    assert_eq!((&*row["total"], &*row["currency"]), ("29.00", "EUR"));
    assert_eq!((&*row["source"], &*row["payment"]), ("gpt", "cash"));
    assert_eq!((&*row["allergies"], &*row["note"]), ("", ""));
    for column in ["placed_at", "updated_at"] {
        let at: Timestamp = row[column].parse().unwrap();
        let age = at.duration_since(before).as_secs();
        assert!((-1..60).contains(&age), "{column} is {}", row[column]);
    }
    shop.close().await;
}

#[tokio::test]
async fn the_row_says_who_understood_the_order_and_what_was_wished() {
    let shop = Shop::start_with(open_handed().set("TIME_ZONE", "Europe/Berlin")).await;
    teach(&shop);
    let whole = with(
        with(
            with(
                with(
                    parsed_order(json!([adds("cola", 2, &[])])),
                    "/allergies",
                    json!(["nuts", "celery"]),
                ),
                "/note",
                "ring twice",
            ),
            "/details/time",
            "at eight",
        ),
        "/details/fulfilment",
        "dine_in",
    );
    shop.openai.understands(
        "two cold colas here at eight but I can't stand nuts and celery, ring twice",
        whole,
    );
    let (ann, bob, cid) = (
        shop.customer("Ann"),
        shop.customer("Bob"),
        shop.customer("Cid"),
    );
    let operators = shop.operators();

    ann.says("two cold colas here at eight but I can't stand nuts and celery, ring twice")
        .await;
    let draft = ann.draft().await;
    for part in [
        "Allergy: nuts",
        "Allergy: celery",
        "Note: ring twice",
        "at eight",
        "To eat in the shop",
    ] {
        assert!(
            draft.text().contains(part),
            "no {part:?} in {}",
            draft.text()
        );
    }
    ann.taps(&draft, "order:confirm").await;
    let card = operators.card().await;
    for part in ["Allergy: nuts", "ring twice", "at eight"] {
        assert!(card.message.text.contains(part), "{}", card.message.text);
    }
    let row = shop.sheet().row_of(&card.order_id).await;
    assert_eq!(
        (&*row["allergies"], &*row["note"]),
        ("nuts; celery", "ring twice; when: at eight")
    );
    assert_eq!((&*row["fulfilment"], &*row["source"]), ("dine_in", "gpt"));
    let offset = &row["placed_at"][19..];
    assert!(
        ["+01:00", "+02:00"].contains(&offset),
        "the shop's own time: {}",
        row["placed_at"]
    );

    for (customer, source) in [(&bob, "gpt"), (&cid, "cache")] {
        customer.says("two margheritas and a cola please").await;
        customer
            .taps(&customer.draft().await, "order:confirm")
            .await;
        let row = shop.sheet().row_of(&operators.card().await.order_id).await;
        assert_eq!(row["source"], source);
        assert_eq!(row["items"], "2 x Margherita (medium); 1 x Cola");
    }
    shop.close().await;
}

#[tokio::test]
async fn without_a_model_the_embedded_parser_takes_the_order() {
    let shop = Shop::start_with(open_handed().without_openai()).await;
    let ann = shop.customer("Ann");
    ann.says("two large margheritas and a coke").await;
    let draft = ann.draft().await;
    assert_eq!(draft.total(), "€26.00");
    ann.says("make it three").await;
    ann.says("yes").await;
    ann.reads("is placed").await;
    let card = shop.operators().card().await;
    let row = shop.sheet().row_of(&card.order_id).await;
    assert_eq!(row["source"], "local");
    assert_eq!(row["items"], "2 x Margherita (large); 3 x Cola");
    shop.close().await;
}

#[tokio::test]
async fn a_slow_model_for_one_customer_does_not_delay_another() {
    let shop = open_shop().await;
    let (slow, quick) = (shop.customer("Slow"), shop.customer("Quick"));
    quick.says("two margheritas and a cola please").await;
    quick.draft().await;
    shop.openai.think_for(Duration::from_millis(1500));
    slow.says("some fries as well please").await;
    // Known to the cache, so that only the lane could hold it up.
    let began = std::time::Instant::now();
    quick.says("two margheritas and a cola please").await;
    let draft = quick.draft().await;
    quick.taps(&draft, "order:confirm").await;
    quick.reads("is placed").await;
    assert!(
        began.elapsed() < Duration::from_millis(1200),
        "{:?}",
        began.elapsed()
    );
    assert!(
        slow.history().iter().all(|m| m.author.is_some()),
        "the model still thinks"
    );
    slow.draft().await;
    shop.close().await;
}

#[tokio::test]
async fn the_commands_are_announced_and_answered() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    let announced = shop
        .telegram
        .expect("the commands", |state| {
            (!state.commands().is_empty()).then(|| state.commands().to_vec())
        })
        .await;
    let names: Vec<&str> = announced.iter().map(|c| c.command.as_str()).collect();
    assert_eq!(
        names,
        [
            "start", "help", "menu", "cart", "orders", "reorder", "cancel", "details", "privacy",
            "mydata", "deleteme", "language",
        ]
    );
    for (command, answer) in [
        ("/start", "Welcome to Stand-in Pizza"),
        ("/start from_a_link", "Welcome to Stand-in Pizza"),
        ("/help", "/privacy — "),
        ("help", "/privacy — "),
        ("/menu@stand_in_order_bot", "Margherita"),
        ("show me the menu", "Margherita"),
        ("/cart", "Your cart is empty"),
        ("/orders", "not ordered yet"),
        ("/cancel", "no open order"),
        ("/privacy", "OpenAI"),
        ("/mydata", "first message"),
        ("/deleteme", "cannot be undone"),
        ("/unknown", "/privacy — "),
        ("/", "/privacy — "),
    ] {
        ann.says(command).await;
        ann.reads(answer).await;
    }
    assert_eq!(
        shop.openai.asked().len(),
        0,
        "commands are no business of the model"
    );
    ann.says("two margheritas and a cola please").await;
    let draft = ann.draft().await;
    ann.says("/cart").await;
    let again = ann.draft().await;
    assert!(
        again.0.message_id > draft.0.message_id,
        "/cart brings the draft to the end of the chat"
    );
    ann.says("please make it three of those").await;
    let changed = ann.draft().await;
    assert_eq!(
        changed.0.message_id, again.0.message_id,
        "which is the one that is edited now"
    );
    ann.says("/cancel").await;
    ann.reads("was given up").await;
    shop.close().await;
}

#[tokio::test]
async fn taking_the_last_line_off_empties_the_cart_and_says_what_was_not_understood() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    ann.says("some fries as well please").await;
    let draft = ann.draft().await;
    shop.openai.understands(
        "no fries but a big zanzibar instead",
        with(
            parsed_order(json!([op("remove", Some("fries"), None, None, &[])])),
            "/unmatched",
            json!(["a big zanzibar"]),
        ),
    );
    ann.says("no fries but a big zanzibar instead").await;
    ann.reads("a big zanzibar").await;
    let closed = ann
        .sees("the closed draft", |m| m.message_id == draft.0.message_id)
        .await;
    assert!(closed.text.contains("cart is empty") && closed.buttons.is_empty());
    shop.close().await;
}
