//! The program is killed, at chosen and at random moments, and started again: nothing is lost and nothing doubled.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use order_bot::standin::{SentMessage, State, wire::Verdict};
use serde_json::json;

use crate::{
    fakes::{
        openai::{Thought, add, parsed_order},
        operator::Row,
    },
    harness::{
        people::{Customer, Tappable as _},
        settings::{OPERATOR, OPERATOR_CHAT, Settings},
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

/// A figure from the environment, for the long form.
fn figure(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

/// The campaign: customers and an operator at work, everybody slow now and then, answers of Google lost, and the
/// program killed at random moments.
///
/// `ORDER_BOT_KILLS`, `ORDER_BOT_SEED` and `ORDER_BOT_CUSTOMERS` make it longer or other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_moments_every_order_stands_once_everywhere() {
    let kills = figure("ORDER_BOT_KILLS", 20);
    let seed = figure("ORDER_BOT_SEED", 20_260_101);
    let people = figure("ORDER_BOT_CUSTOMERS", 12);
    let mut random = fastrand::Rng::with_seed(seed);
    let mut shop = Shop::start_with(quick()).await;
    shop.openai.brain(|asked| {
        let digits: String = asked.user.chars().filter(char::is_ascii_digit).collect();
        let quantity = digits.parse().unwrap_or(1);
        Thought::Json(parsed_order(json!([add("margherita", quantity)])))
    });
    shop.telegram
        .faults()
        .jitter(seed, Duration::from_millis(15));
    shop.google
        .faults()
        .jitter(seed + 1, Duration::from_millis(60));
    shop.google.faults().lose(6, "values.append");
    shop.openai
        .faults()
        .jitter(seed + 2, Duration::from_millis(60));

    let over = Arc::new(AtomicBool::new(false));
    let watcher = Watcher::begin(&shop);
    let confirmed = Arc::new(AtomicUsize::new(0));
    let crowd: Vec<_> = (0..people)
        .map(|n| {
            let customer = shop.customer(&format!("Customer {n}"));
            let scene = (shop.telegram.clone(), over.clone(), confirmed.clone());
            tokio::spawn(orders_until(customer, scene))
        })
        .collect();
    let closed = Arc::new(AtomicBool::new(false));
    let operator = tokio::spawn(accepts_until(shop.telegram.clone(), closed.clone()));

    for _ in 0..kills {
        tokio::time::sleep(Duration::from_millis(random.u64(5..350))).await;
        shop.bot.kill9().await;
        if random.bool() {
            // What was handed out last comes again, as after a lost acknowledgement.
            shop.telegram.redeliver();
        }
        shop.bot.restart().await;
    }
    shop.google.faults().calm();
    over.store(true, Ordering::SeqCst);
    let mut expected = BTreeMap::new();
    for customer in crowd {
        let (id, quantities) = customer.await.expect("every customer is answered");
        expected.insert(id.to_string(), quantities);
    }
    closed.store(true, Ordering::SeqCst);
    let accepted = operator.await.unwrap();
    let placed: usize = expected.values().map(Vec::len).sum();
    assert_eq!(confirmed.load(Ordering::SeqCst), placed);
    assert!(
        placed as u64 >= kills,
        "only {placed} orders in {kills} lives"
    );

    // Everything catches up, then the program stops as it should.
    let began = Instant::now();
    let mut orders = shop.orders().await;
    loop {
        let sheet = shop.sheet();
        let rows = sheet.rows();
        let status = |row: &Row| cell(row, "status") == "accepted";
        let waiting = |rows: &[Row]| -> Vec<String> {
            let rows = rows.iter().filter(|row| !status(row));
            rows.map(|row| cell(row, "order_id")).collect()
        };
        let done = orders.iter().all(status) && rows.len() == placed && rows.iter().all(status);
        if done && sheet.doubled().is_empty() {
            break;
        }
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "{placed} placed, {} on disk, {} rows, twice: {:?}, not accepted on disk: {:?}, in the sheet: {:?}",
            orders.len(),
            rows.len(),
            sheet.doubled(),
            waiting(&orders),
            waiting(&rows)
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
        orders = shop.orders().await;
    }
    // On disk: what each customer confirmed, no more and no less.
    let mut on_disk: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for order in &orders {
        let items = cell(order, "items");
        let quantity = items.split(' ').next().unwrap().parse().unwrap();
        on_disk
            .entry(cell(order, "customer_id"))
            .or_default()
            .push(quantity);
    }
    on_disk
        .values_mut()
        .for_each(|quantities| quantities.sort_unstable());
    assert_eq!(on_disk, expected);
    // In the sheet the same, order by order.
    let by_id = |rows: &[Row]| -> BTreeMap<String, (String, String)> {
        let row = |row: &Row| (cell(row, "customer_id"), cell(row, "items"));
        rows.iter().map(|r| (cell(r, "order_id"), row(r))).collect()
    };
    assert_eq!(by_id(&shop.sheet().rows()), by_id(&orders));
    // On a card each; the operator saw no order that is not there.
    let ids: BTreeSet<String> = orders.iter().map(|order| cell(order, "order_id")).collect();
    assert_eq!(accepted, ids);
    let cards: usize = ids.iter().map(|id| cards_of(&shop, id)).sum();
    let looks = watcher.end();
    eprintln!(
        "{kills} kills, {placed} orders, {} cards repeated, {looks} looks at customers.json",
        cards - ids.len()
    );
    let (status, _) = shop.bot.sigterm().await;
    assert!(status.success(), "{status}");
    let customers = shop.customers_file().unwrap();
    let known = customers["customers"].as_object().unwrap();
    for id in expected.keys() {
        assert!(
            known.contains_key(id),
            "customer {id} is missing in customers.json"
        );
    }
}

type Scene = (
    crate::fakes::telegram::Telegram,
    Arc<AtomicBool>,
    Arc<AtomicUsize>,
);

/// Orders one thing after another until it is over; gives the quantities that were confirmed.
async fn orders_until(customer: Customer, (telegram, over, confirmed): Scene) -> (i64, Vec<u32>) {
    const PATIENCE: Duration = Duration::from_secs(30);
    let mut quantities = Vec::new();
    for quantity in 1.. {
        let before = telegram.with(State::clock);
        customer
            .says(&format!("please bring me {quantity} of the usual"))
            .await;
        let draft = |state: &State| {
            let new = |message: &SentMessage| {
                message.touched > before && message.button("order:confirm:").is_some()
            };
            state.newest(customer.id, new).cloned()
        };
        let draft = telegram.wait_for(PATIENCE, draft).await;
        let draft =
            draft.unwrap_or_else(|| panic!("no draft for order {quantity} of {}", customer.id));
        let asked = format!("{quantity} × Margherita");
        assert!(
            draft.text.contains(&asked),
            "{:?} instead of {asked}",
            draft.text
        );
        customer.taps_and_leaves(&draft.message().clone(), "order:confirm");
        // A draft that was sent when its sender was killed comes once more; the answer then stands in the later one.
        let items = format!("{quantity} × Margherita");
        let placed = |state: &State| {
            let answers = |message: &SentMessage| {
                message.touched > before
                    && message.text.contains("is placed")
                    && message.text.contains(&items)
            };
            state.newest(customer.id, answers).map(drop)
        };
        let told = telegram.wait_for(PATIENCE, placed).await;
        assert!(
            told.is_some(),
            "order {quantity} of {} was never answered",
            customer.id
        );
        confirmed.fetch_add(1, Ordering::SeqCst);
        quantities.push(quantity);
        if over.load(Ordering::SeqCst) {
            break;
        }
    }
    (customer.id, quantities)
}

/// Accepts each order once, until the shop is closed and no card has come for a while; gives the orders' ids.
async fn accepts_until(
    telegram: crate::fakes::telegram::Telegram,
    closed: Arc<AtomicBool>,
) -> BTreeSet<String> {
    let mut accepted = BTreeSet::new();
    let mut quiet = Instant::now();
    loop {
        for card in telegram.history(OPERATOR_CHAT) {
            let Some(button) = card.button("op:accept:") else {
                continue;
            };
            let id = button.data.trim_start_matches("op:accept:").to_owned();
            if accepted.insert(id) {
                telegram
                    .tap_in(OPERATOR_CHAT, OPERATOR, card.message_id, &button.data)
                    .unwrap();
                quiet = Instant::now();
            }
        }
        if closed.load(Ordering::SeqCst) && quiet.elapsed() > Duration::from_secs(2) {
            return accepted;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Reads `customers.json` in a loop.
struct Watcher {
    stop: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<u64>,
}

impl Watcher {
    fn begin(shop: &Shop) -> Self {
        let path = shop.data_dir().join("customers.json");
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut looks = 0;
            let mut there = false;
            while !stopped.load(Ordering::SeqCst) {
                match std::fs::read(&path) {
                    Ok(bytes) => {
                        there = true;
                        looks += 1;
                        let json: serde_json::Value = serde_json::from_slice(&bytes)
                            .unwrap_or_else(|why| panic!("customers.json is broken: {why}"));
                        assert_eq!(json["version"], 1);
                        assert!(json["customers"].is_object());
                    }
                    // At the end of a test that failed, the folder is gone.
                    Err(_) if !path.parent().is_some_and(std::path::Path::exists) => break,
                    Err(_) => assert!(!there, "customers.json is gone"),
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            looks
        });
        Self { stop, thread }
    }

    fn end(self) -> u64 {
        self.stop.store(true, Ordering::SeqCst);
        let looks = self
            .thread
            .join()
            .expect("customers.json was whole each time");
        assert!(looks > 0, "customers.json was never there");
        looks
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
