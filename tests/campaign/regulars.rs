//! The shop's regulars and its operator, at work while everything else breaks; and the audit at the end.
//!
//! Each customer writes, reads, taps and reads again, as people do: the next move comes when the last one was answered.
//! So whoever is left without an answer is found at once, and what they have read is what must be on disk.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use order_bot::{
    standin::{SentMessage, State},
    store::{DataKey, KeyRing, Store, Table},
};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::{
    fakes::{
        openai::{Thought, add, parsed_order},
        operator::Row,
        telegram::Telegram,
    },
    harness::{
        people::Customer,
        settings::{OPERATOR, OPERATOR_CHAT, Settings},
        shop::Shop,
    },
};

/// How long a program that is left alone may take for an answer before it counts as lost.
///
/// Time is counted from the last start: in a life of a few hundred milliseconds each chat gets one message (Telegram's
/// limit is one a second), so that a customer with three messages before theirs waits for several lives, and what a
/// kill has interrupted begins anew. An answer that is lost does not come in any life.
const PATIENCE: Duration = Duration::from_secs(60);

const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// What the regulars need of the settings.
pub fn settings(seed: u64) -> Settings {
    let settings = Settings::default()
        .set("ORDER_REQUIRES", "")
        .set("RATE_LIMIT_PER_MINUTE", "0")
        .set("OPENAI_TIMEOUT_SECS", "3")
        .set("LOG_LEVEL", "trace");
    // Every other time encrypted.
    match seed % 2 {
        0 => settings,
        _ => settings.set("DATA_KEY", KEY),
    }
}

/// The program's lives, as its customers know them.
struct Lives {
    /// The number of starts, and when the last was.
    latest: Mutex<(u32, Instant)>,
}

impl Lives {
    fn begin() -> Self {
        Self {
            latest: Mutex::new((1, Instant::now())),
        }
    }

    fn latest(&self) -> (u32, Instant) {
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn another(&self) {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        *latest = (latest.0 + 1, Instant::now());
    }
}

/// How long somebody waited for an answer.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Wait {
    took: Duration,
    /// The program's lives meanwhile, the first and the last counted.
    lives: u32,
}

/// What came of it all.
pub struct Tally {
    pub placed: usize,
    pub cancelled: usize,
    /// The longest that anybody waited for an answer, and in how many lives of the program.
    pub longest: (Duration, u32),
    /// Cards that were sent once more after a crash or a lost answer.
    pub cards_repeated: usize,
}

/// What one customer did.
#[derive(Default)]
struct Done {
    /// Quantities of confirmed orders.
    confirmed: Vec<u32>,
    cancelled: usize,
    longest: Wait,
}

pub struct Regulars {
    lives: Arc<Lives>,
    placed: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
    closed: Arc<AtomicBool>,
    crowd: Vec<(i64, JoinHandle<Done>)>,
    operator: JoinHandle<BTreeSet<String>>,
}

impl Regulars {
    /// Sends so many customers and an operator to work.
    pub fn begin(shop: &Shop, people: u64, seed: u64) -> Self {
        Self::begin_slowly(shop, people, seed, Duration::ZERO)
    }

    /// The same with a pause of each customer after each order, of `pause` on average.
    pub fn begin_slowly(shop: &Shop, people: u64, seed: u64, pause: Duration) -> Self {
        shop.openai.brain(|asked| {
            let digits: String = asked.user.chars().filter(char::is_ascii_digit).collect();
            let quantity = digits.parse().unwrap_or(1);
            Thought::Json(parsed_order(json!([add("margherita", quantity)])))
        });
        shop.openai.forget_requests();
        let over = Arc::new(AtomicBool::new(false));
        let closed = Arc::new(AtomicBool::new(false));
        let lives = Arc::new(Lives::begin());
        let placed = Arc::new(AtomicUsize::new(0));
        let crowd = (0..people).map(|n| {
            let regular = Regular {
                customer: shop.customer(&format!("Customer {n}")),
                telegram: shop.telegram.clone(),
                data: shop.data_dir(),
                random: fastrand::Rng::with_seed(seed.wrapping_add(n)),
                pause,
                placed: Arc::clone(&placed),
                lives: Arc::clone(&lives),
                longest: Wait::default(),
            };
            let id = regular.customer.id;
            (id, tokio::spawn(regular.until(Arc::clone(&over))))
        });
        Self {
            crowd: crowd.collect(),
            operator: tokio::spawn(accept_until(shop.telegram.clone(), Arc::clone(&closed))),
            lives,
            placed,
            over,
            closed,
        }
    }

    /// Orders that their customers have read of that they are placed, up to now.
    pub fn placed(&self) -> usize {
        self.placed.load(Ordering::SeqCst)
    }

    /// The program was started again.
    pub fn restarted(&self) {
        self.lives.another();
    }

    /// Lets each customer finish, then looks at every book: disk, sheet, cards, `customers.json`. Stops the program.
    pub async fn end(self, shop: &mut Shop) -> Tally {
        self.over.store(true, Ordering::SeqCst);
        let mut expected = BTreeMap::new();
        let (mut cancelled, mut longest) = (0, Wait::default());
        for (id, customer) in self.crowd {
            let mut done = customer.await.expect("every customer is answered");
            done.confirmed.sort_unstable();
            cancelled += done.cancelled;
            longest = longest.max(done.longest);
            expected.insert(id.to_string(), done.confirmed);
        }
        let placed = expected.values().map(Vec::len).sum();
        self.closed.store(true, Ordering::SeqCst);
        let accepted = self.operator.await.unwrap();
        let orders = caught_up(shop, placed).await;

        // On disk: what each customer confirmed, no more and no less.
        let mut on_disk: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for order in &orders {
            let quantity = order["items"].split(' ').next().unwrap();
            let of_customer = on_disk.entry(order["customer_id"].clone()).or_default();
            of_customer.push(quantity.parse().unwrap());
        }
        on_disk.values_mut().for_each(|list| list.sort_unstable());
        expected.retain(|_, list| !list.is_empty());
        assert_eq!(on_disk, expected, "orders on disk, and what was confirmed");
        // In the sheet the same, order by order.
        let by_id = |rows: &[Row]| -> BTreeMap<String, (String, String)> {
            let row = |row: &Row| (row["customer_id"].clone(), row["items"].clone());
            let rows = rows.iter().map(|r| (r["order_id"].clone(), row(r)));
            rows.collect()
        };
        assert_eq!(by_id(&shop.sheet().rows()), by_id(&orders));
        // On a card each; the operator saw no order that is not there.
        let ids: BTreeSet<String> = orders.iter().map(|o| o["order_id"].clone()).collect();
        assert_eq!(accepted, ids, "orders on cards, and on disk");
        let (status, _) = shop.bot.sigterm().await;
        assert!(status.success(), "{status}");
        let customers = shop.customers_file().unwrap();
        let known = customers["customers"].as_object().unwrap();
        for id in expected.keys() {
            assert!(known.contains_key(id), "{id} is not in customers.json");
        }
        Tally {
            placed,
            cancelled,
            longest: (longest.took, longest.lives),
            cards_repeated: cards(shop).saturating_sub(ids.len()),
        }
    }
}

/// Waits until every order is accepted, on disk and in its one row; gives the orders on disk.
async fn caught_up(shop: &Shop, placed: usize) -> Vec<Row> {
    let began = Instant::now();
    loop {
        let orders = shop.orders().await;
        let sheet = shop.sheet();
        let rows = sheet.rows();
        let accepted = |row: &Row| row["status"] == "accepted";
        let done = orders.iter().all(accepted) && rows.iter().all(accepted);
        if done && orders.len() == placed && rows.len() == placed && sheet.doubled().is_empty() {
            return orders;
        }
        let open = |rows: &[Row]| -> Vec<String> {
            let rows = rows.iter().filter(|row| !accepted(row)).take(9);
            rows.map(|row| row["order_id"].clone()).collect()
        };
        assert!(
            began.elapsed() < PATIENCE,
            "{placed} placed, {} on disk, {} rows, twice: {:?}, not accepted on disk: {:?}, in the sheet: {:?}",
            orders.len(),
            rows.len(),
            sheet.doubled(),
            open(&orders),
            open(&rows)
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Messages of the bot in the operators' chat: all of them are cards.
fn cards(shop: &Shop) -> usize {
    let cards = |state: &State| {
        let history = state.history(OPERATOR_CHAT).iter();
        history.filter(|message| message.is_from_bot()).count()
    };
    shop.telegram.with(cards)
}

struct Regular {
    customer: Customer,
    data: PathBuf,
    telegram: Telegram,
    random: fastrand::Rng,
    pause: Duration,
    placed: Arc<AtomicUsize>,
    lives: Arc<Lives>,
    longest: Wait,
}

impl Regular {
    /// Orders one thing after another until it is over.
    async fn until(mut self, over: Arc<AtomicBool>) -> Done {
        let mut done = Done::default();
        for round in 0.. {
            // Another quantity each time, so that an answer to an earlier order is not taken for this one's.
            let quantity = round % 19 + 1;
            if self.random.u8(..8) == 0 {
                let before = self.clock();
                self.customer.says("/help").await;
                self.reads("an answer to /help", before, |_| true).await;
            }
            let before = self.clock();
            let words = format!("please bring me {quantity} margheritas");
            self.customer.says(&words).await;
            let items = format!("{quantity} × Margherita");
            let what = format!("a draft with {items}");
            let drafted = |message: &SentMessage| {
                message.button("order:confirm:").is_some() && message.text.contains(&items)
            };
            let draft = self.reads(&what, before, drafted).await;
            if self.random.u8(..6) == 0 {
                let before = self.clock();
                self.customer.taps_and_leaves(&draft, "order:cancel");
                // In the draft's message, or in a new one where a crash took the number of that.
                let closed = |message: &SentMessage| message.buttons.is_empty();
                self.reads("that it is cancelled", before, closed).await;
                done.cancelled += 1;
            } else {
                // Taps nobody waits for are not answered after a crash, so the message must say it.
                self.customer.taps_and_leaves(&draft, "order:confirm");
                let placed = |message: &SentMessage| {
                    message.text.contains("is placed") && message.text.contains(&items)
                };
                self.reads(&format!("that {items} is placed"), before, placed)
                    .await;
                done.confirmed.push(quantity);
                self.placed.fetch_add(1, Ordering::SeqCst);
            }
            if over.load(Ordering::SeqCst) {
                break;
            }
            tokio::time::sleep(self.pause.mul_f64(self.random.f64() * 2.0)).await;
        }
        done.longest = self.longest;
        done
    }

    fn clock(&self) -> u64 {
        self.telegram.with(State::clock)
    }

    async fn reads(
        &mut self,
        what: &str,
        since: u64,
        test: impl Fn(&SentMessage) -> bool,
    ) -> SentMessage {
        let id = self.customer.id;
        let find = |state: &State| {
            let new = |message: &SentMessage| message.touched > since && test(message);
            state.newest(id, new).cloned()
        };
        let (asked, (first, _)) = (Instant::now(), self.lives.latest());
        let found = loop {
            let alive = asked.max(self.lives.latest().1);
            let left = PATIENCE.saturating_sub(alive.elapsed());
            let found = self.telegram.wait_for(left, find).await;
            if found.is_some() || alive == asked.max(self.lives.latest().1) {
                break found;
            }
        };
        self.longest = self.longest.max(Wait {
            took: asked.elapsed(),
            lives: self.lives.latest().0 - first + 1,
        });
        found.unwrap_or_else(|| {
            let last = self.telegram.history(id);
            let last: Vec<_> = last.iter().rev().take(4).map(|m| &m.text).collect();
            let waiting = self.telegram.with(State::unacknowledged);
            panic!(
                "at {} {id} had never read {what}, but {last:#?}; {waiting} updates at Telegram; on disk: {}",
                jiff::Timestamp::now(),
                on_disk(&self.data, id)
            )
        })
    }
}

/// What the bot keeps about a customer, for whoever looks into a failure.
fn on_disk(dir: &Path, id: i64) -> String {
    let keys = KeyRing {
        current: DataKey::parse(KEY).ok(),
        older: Vec::new(),
    };
    let Ok(store) = Store::open_read_only(dir, &keys) else {
        return "it cannot be read".to_owned();
    };
    let (view, id) = (store.view(), id.to_string());
    let mut found = String::new();
    for table in [
        Table::Meta,
        Table::Inbox,
        Table::Conversations,
        Table::Outbox,
        Table::Shown,
    ] {
        let rows = view.keys(table).filter_map(|key| {
            let json = view.json(table, key)?;
            let own = table == Table::Meta || key.to_string() == id || json.contains(&id);
            own.then(|| format!("\n{} {key}: {json}", table.name()))
        });
        found.extend(rows);
    }
    found
}

/// Accepts each order once, until the shop is closed and no card has come for a while; gives the orders' ids.
async fn accept_until(telegram: Telegram, closed: Arc<AtomicBool>) -> BTreeSet<String> {
    let mut accepted = BTreeSet::new();
    let (mut seen, mut quiet) = (0, Instant::now());
    loop {
        let new: Vec<(i64, String)> = telegram.with(|state| {
            let history = state.history(OPERATOR_CHAT);
            let new = history.iter().skip(seen);
            seen = history.len();
            let accept = |card: &SentMessage| {
                let data = card.button("op:accept:")?.data.clone();
                Some((card.message_id, data))
            };
            new.filter_map(accept).collect()
        });
        for (card, data) in new {
            if accepted.insert(data.trim_start_matches("op:accept:").to_owned()) {
                let tap = telegram.tap_in(OPERATOR_CHAT, OPERATOR, card, &data);
                assert!(tap.is_some());
                quiet = Instant::now();
            }
        }
        if closed.load(Ordering::SeqCst) && quiet.elapsed() > Duration::from_secs(2) {
            return accepted;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
