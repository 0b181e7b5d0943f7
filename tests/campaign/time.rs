//! Time does what it likes: the bot was off for thirty hours, the clock is set back, summer time begins and ends.
//!
//! The clock of the machine stays as it is; what the bot has written down moves. A data folder whose every time lies
//! thirty hours back is that of a bot that was off for so long, and one from the future is that of a bot whose clock
//! was set back.

use std::{collections::BTreeMap, path::Path, time::Duration};

use jiff::{SignedDuration, Timestamp};
use order_bot::{
    standin::{SentMessage, State, wire::Verdict},
    store::{KeyRing, Options, Record, Store, Table},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    fakes::openai::{add, parsed_order},
    harness::{
        settings::{OPERATOR_CHAT, Settings},
        shop::Shop,
    },
    size::Attack,
};

/// Moves every time in a value: texts that are times, and `at` and `date` in seconds.
fn shift(value: &mut Value, by: SignedDuration) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_i64() {
                    Some(at) if (name == "at" || name == "date") && at > 1_000_000 => {
                        *value = json!(at + by.as_secs());
                    }
                    _ => shift(value, by),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Value::String(text) => {
            if let Ok(at) = text.parse::<Timestamp>() {
                *text = (at + by).to_string();
            }
        }
        _ => {}
    }
}

macro_rules! shift_table {
    ($store:ident, $table:ident, $by:ident) => {{
        #[derive(Serialize, Deserialize)]
        #[serde(transparent)]
        struct Any(Value);
        impl Record for Any {
            const TABLE: Table = Table::$table;
        }
        let (moved, commit) = $store.transact(|tx| {
            let mut moved = 0;
            for key in tx.keys(Table::$table, None) {
                let mut any: Any = tx.get(key).unwrap().unwrap();
                let before = any.0.clone();
                shift(&mut any.0, $by);
                moved += usize::from(any.0 != before);
                tx.put(key, &any).unwrap();
            }
            moved
        });
        commit.wait().unwrap();
        moved
    }};
}

/// Moves all that a folder knows of times; how many records had one.
fn shift_folder(dir: &Path, by: SignedDuration) -> usize {
    let store = Store::open(dir, Options::default()).unwrap().0;
    let moved = shift_table!(store, Meta, by)
        + shift_table!(store, Inbox, by)
        + shift_table!(store, Customers, by)
        + shift_table!(store, Conversations, by)
        + shift_table!(store, Orders, by)
        + shift_table!(store, Outbox, by)
        + shift_table!(store, Rows, by);
    store.close_blocking(Duration::from_secs(10)).unwrap();
    moved
}

fn settings() -> Settings {
    Settings::default()
        .set("ORDER_REQUIRES", "")
        .set("SHUTDOWN_GRACE_SECS", "2")
}

async fn shop(settings: Settings) -> Shop {
    let shop = Shop::start_with(settings).await;
    for (text, item) in [
        ("a margherita please", "margherita"),
        ("a cola please", "cola"),
    ] {
        let order = parsed_order(json!([add(item, 1)]));
        shop.openai.understands(text, order);
    }
    shop
}

async fn taken(shop: &Shop) {
    let empty = |state: &State| (state.unacknowledged() == 0).then_some(());
    shop.telegram.expect("all of it to be taken", empty).await;
}

#[tokio::test]
async fn a_bot_that_was_off_for_thirty_hours_places_nothing_stale_and_loses_nothing() {
    let _attack = Attack::begin("off for thirty hours");
    let mut shop = shop(settings()).await;
    let [ann, bob, cy, dee, eve] =
        ["Ann", "Bob", "Cy", "Dee", "Eve"].map(|name| shop.customer(name));
    // Dee's order is placed; neither its card nor its row gets through.
    shop.google.server().go_down();
    let card = format!("sendMessage@{OPERATOR_CHAT}");
    shop.telegram.faults().always(&card, Verdict::Hang);
    dee.says("a cola please").await;
    dee.taps(&dee.draft().await, "order:confirm").await;
    dee.reads("is placed").await;
    // Ann has a draft, Cy too, and the tap of Cy waits behind a question to the model that never comes back; as does
    // the message of Bob.
    ann.says("a margherita please").await;
    let anns = ann.draft().await;
    cy.says("a margherita please").await;
    let cys = cy.draft().await;
    shop.openai.faults().always("chat", Verdict::Hang);
    cy.says("do you have anything with onions").await;
    let stale_tap = cy.taps_and_leaves(&cys, "order:confirm");
    bob.says("something with garlic, a cola please").await;
    taken(&shop).await;
    shop.bot.kill9().await;

    let moved = shift_folder(&shop.data_dir(), SignedDuration::from_hours(-30));
    assert!(moved >= 10, "{moved} records with a time");
    shop.telegram.faults().clear();
    shop.openai.faults().clear();
    shop.google.server().come_up();
    // What Telegram has kept for Eve is nearly a day old.
    let date = Timestamp::now().as_second() - 23 * 3600;
    for text in ["a margherita please", "/help"] {
        let chat = json!({"id": eve.id, "type": "private", "first_name": "Eve"});
        let from = json!({"id": eve.id, "is_bot": false, "first_name": "Eve"});
        shop.telegram.send_raw(&json!({"message": {"message_id": 77, "date": date, "chat": chat, "from": from, "text": text}}));
    }
    shop.bot.restart().await;

    // Nobody's old draft is placed, and its customer is told.
    ann.reads("has expired and was not placed").await;
    cy.reads("has expired and was not placed").await;
    let answered = |state: &State| state.tap(&stale_tap).filter(|tap| tap.answers > 0).cloned();
    let tap = shop
        .telegram
        .expect("an answer to the old tap", answered)
        .await;
    assert!(!tap.answer.unwrap_or_default().contains("is placed"));
    ann.taps(&anns, "order:confirm").await;
    // What waited is answered, with drafts that are valid from now on.
    for customer in [&bob, &eve] {
        let draft = customer.draft().await;
        let tap = customer.taps(&draft, "order:confirm").await;
        assert!(tap.answers > 0);
        customer.reads("is placed").await;
    }
    // Dee's order was waiting for the shop all the time.
    let first = shop.operators().card().await;
    let row = shop.sheet().row_of(&first.order_id).await;
    assert_eq!(row["customer_id"], dee.id.to_string());
    let age = Timestamp::now().duration_since(row["placed_at"].parse().unwrap());
    assert!(age >= SignedDuration::from_hours(30), "{age}");
    let orders = shop.orders().await;
    assert_eq!(orders.len(), 3, "{orders:?}");
    shop.close().await;
}

#[tokio::test]
async fn a_clock_that_was_set_back_keeps_orders_coming() {
    let _attack = Attack::begin("clock set back");
    let mut shop = shop(settings().set("DRAFT_TTL_SECS", "3")).await;
    let (ann, bob) = (shop.customer("Ann"), shop.customer("Bob"));
    ann.says("a cola please").await;
    ann.taps(&ann.draft().await, "order:confirm").await;
    let card = shop.operators().card().await;
    shop.sheet().row_of(&card.order_id).await;
    shop.bot.kill9().await;
    // All that was written down lies seven hours ahead of the clock.
    let ahead = SignedDuration::from_hours(7);
    shift_folder(&shop.data_dir(), ahead);
    shop.bot.restart().await;
    shop.operators().taps(&card, "op:accept").await;
    shop.sheet().status_of(&card.order_id, "accepted").await;
    // Who was known and who was not, both order, and a draft expires after its time by the clock of now.
    for customer in [&ann, &bob] {
        customer.says("a margherita please").await;
        customer
            .taps(&customer.draft().await, "order:confirm")
            .await;
        customer.reads("is placed").await;
    }
    bob.says("a margherita please").await;
    bob.draft().await;
    bob.reads("has expired and was not placed").await;
    let orders = shop.orders().await;
    let ids: Vec<_> = orders.iter().map(|order| &order["order_id"]).collect();
    assert_eq!(ids.len(), 3);
    let (status, _) = shop.bot.sigterm().await;
    assert!(status.success());
    // Nobody is thought to have been silent for longer than they were.
    let file = shop.customers_file().unwrap();
    let seen = &file["customers"][ann.id.to_string()]["last_seen"];
    let seen: Timestamp = seen.as_str().unwrap().parse().unwrap();
    assert!(seen > Timestamp::now() + ahead - SignedDuration::from_mins(5));
}

#[tokio::test]
async fn when_summer_time_begins_or_ends_times_stay_in_order() {
    let _attack = Attack::begin("summer time");
    let mut shop = shop(
        settings()
            .without_sheets()
            .set("TIME_ZONE", "Europe/Berlin"),
    )
    .await;
    let ann = shop.customer("Ann");
    for _ in 0..2 {
        ann.says("a cola please").await;
        ann.taps(&ann.draft().await, "order:confirm").await;
        ann.reads("is placed").await;
    }
    let (status, _) = shop.bot.sigterm().await;
    assert!(status.success());
    // The two orders: half past two before and half past two after the clocks went back; then one on each side of the
    // hour that there never was.
    for (times, shown) in [
        (
            ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"],
            ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"],
        ),
        (
            ["2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"],
            ["2026-03-29T01:59:59+01:00", "2026-03-29T03:00:00+02:00"],
        ),
    ] {
        place_at(&shop.data_dir(), times);
        let day = &shown[0][..10];
        let arguments = ["orders", "export", "--format", "json", "--since", day];
        let said = shop.bot.other(&arguments, &[]).await;
        assert_eq!(said.code, Some(0), "{said:?}");
        let rows: Vec<BTreeMap<String, String>> = serde_json::from_str(&said.out).unwrap();
        let placed: Vec<_> = rows.iter().map(|row| row["placed_at"].as_str()).collect();
        assert_eq!(placed, shown);
    }
    // A day that begins at one o'clock, because there was no midnight.
    place_at(
        &shop.data_dir(),
        ["2026-04-23T21:59:59Z", "2026-04-23T22:00:00Z"],
    );
    let arguments = [
        "orders",
        "export",
        "--format",
        "json",
        "--since",
        "2026-04-24",
    ];
    let said = shop
        .bot
        .other(&arguments, &[("TIME_ZONE", "Africa/Cairo")])
        .await;
    let rows: Vec<BTreeMap<String, String>> = serde_json::from_str(&said.out).unwrap();
    let placed: Vec<_> = rows.iter().map(|row| row["placed_at"].as_str()).collect();
    assert_eq!(placed, ["2026-04-24T01:00:00+03:00"]);
    shop.bot.restart().await;
    ann.says("/orders").await;
    ann.sees("their orders", |message: &SentMessage| {
        message.text.contains("latest orders")
    })
    .await;
    shop.close().await;
}

/// Gives the first two orders of a folder these times.
fn place_at(dir: &Path, times: [&str; 2]) {
    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct Any(Value);
    impl Record for Any {
        const TABLE: Table = Table::Orders;
    }
    let keys = KeyRing::default();
    let options = Options {
        keys,
        ..Options::default()
    };
    let store = Store::open(dir, options).unwrap().0;
    let ((), commit) = store.transact(|tx| {
        for (key, time) in tx.keys(Table::Orders, None).into_iter().zip(times) {
            let mut any: Any = tx.get(key).unwrap().unwrap();
            any.0["placed_at"] = json!(time);
            tx.put(key, &any).unwrap();
        }
    });
    commit.wait().unwrap();
    store.close_blocking(Duration::from_secs(10)).unwrap();
}
