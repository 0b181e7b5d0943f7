//! The customers: each writes an order, corrects it, and confirms it by a tap, then lets the next one in.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::{Duration, Instant},
};

use order_bot::standin::{BotApi, Event, SentMessage};
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// What is ordered, and how it is corrected.
const WORDS: [(&str, &str); 4] = [
    (
        "two large margheritas and a cola",
        "make it three margheritas",
    ),
    ("3 cheeseburgers without onions please", "and two colas"),
    (
        "a small margherita with olives, 2 cheeseburgers",
        "make it three cheeseburgers",
    ),
    (
        "hi, can I get four margheritas with mushrooms",
        "take one margherita off",
    ),
];

/// The first customer's id.
const FIRST: i64 = 500_001;

/// Without any news for this long, something is wrong.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    Idle,
    /// Has written an order and waits for the draft.
    Draft,
    /// Has written a correction and waits for the draft to change.
    Correction,
    /// Has tapped and waits to read that the order is placed.
    Placed,
}

struct Customer {
    step: Step,
    since: Instant,
    orders: usize,
    /// The draft's message, and its newest button for placing it.
    draft: Option<(i64, String)>,
    /// Has given a phone number and an address.
    known: bool,
}

/// What a run of orders took.
#[derive(Default)]
pub struct Tally {
    pub update_to_draft: Vec<Duration>,
    pub tap_to_placed: Vec<Duration>,
    /// Taps on a draft that had changed meanwhile.
    pub second_taps: usize,
    /// From the first message to the last word that an order is placed and the last card.
    pub took: Duration,
}

impl Tally {
    /// The median wait from a text to its draft, in milliseconds.
    pub fn median_to_draft_ms(&mut self) -> f64 {
        self.update_to_draft.sort_unstable();
        let middle = self.update_to_draft.get(self.update_to_draft.len() / 2);
        middle.map_or(0.0, |wait| wait.as_secs_f64() * 1e3)
    }
}

/// How orders begin.
#[derive(Clone, Copy)]
pub enum Pace {
    /// So many customers have an order under way at any time.
    AtOnce(usize),
    /// So many orders begin in a second, whatever became of those before.
    PerSecond(f64),
}

/// All customers.
pub struct Crowd {
    events: Receiver<Event>,
    operators: i64,
    customers: HashMap<i64, Customer>,
    /// Those without an order under way.
    idle: VecDeque<i64>,
    /// The ids of orders that a customer was told are placed.
    pub placed: HashSet<String>,
    /// Orders of which the operators have a card, with the number of cards.
    pub cards: HashMap<String, usize>,
    tally: Tally,
}

impl Crowd {
    /// `known`: nobody is asked for a phone number and an address.
    pub fn new(telegram: &BotApi, operators: i64, number: usize, known: bool) -> Self {
        let ids: Vec<i64> = (FIRST..).take(number).collect();
        let customer = |id: &i64| {
            telegram.user(*id, "Customer");
            let customer = Customer {
                step: Step::Idle,
                since: Instant::now(),
                orders: 0,
                draft: None,
                known,
            };
            (*id, customer)
        };
        Self {
            events: telegram.events(),
            operators,
            customers: ids.iter().map(customer).collect(),
            idle: ids.into(),
            placed: HashSet::new(),
            cards: HashMap::new(),
            tally: Tally::default(),
        }
    }

    /// Takes `orders` from the first message to the last card.
    pub async fn order(
        &mut self,
        telegram: &BotApi,
        orders: usize,
        pace: Pace,
    ) -> anyhow::Result<Tally> {
        let goal = self.placed.len() + orders;
        let began = Instant::now();
        let mut begun = 0;
        self.tally = Tally::default();
        while self.placed.len() < goal || self.cards.len() < goal {
            let due = match pace {
                Pace::AtOnce(number) => orders.min(begun + number.saturating_sub(self.busy())),
                Pace::PerSecond(rate) => {
                    // Fewer than 2^52 orders.
                    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                    let due = (began.elapsed().as_secs_f64() * rate) as usize + 1;
                    orders.min(due)
                }
            };
            while begun < due && self.begin(telegram) {
                begun += 1;
            }
            let next = match pace {
                #[allow(clippy::cast_precision_loss)]
                Pace::PerSecond(rate) if begun < orders => {
                    let next = Duration::from_secs_f64(begun as f64 / rate);
                    next.saturating_sub(began.elapsed())
                }
                _ => PATIENCE,
            };
            match tokio::time::timeout(next, self.events.recv()).await {
                Ok(Ok(event)) => self.take(telegram, event),
                Ok(Err(RecvError::Lagged(events))) => {
                    anyhow::bail!("the driver is too slow: it lost {events} events")
                }
                Ok(Err(RecvError::Closed)) => anyhow::bail!("the stand-in has ended"),
                Err(_) if next < PATIENCE => {}
                Err(_) => anyhow::bail!("no news for {PATIENCE:?}: {}", self.stuck(telegram)),
            }
        }
        self.tally.took = began.elapsed();
        Ok(std::mem::take(&mut self.tally))
    }

    /// How many customers there are.
    pub fn len(&self) -> usize {
        self.customers.len()
    }

    fn busy(&self) -> usize {
        self.customers.len() - self.idle.len()
    }

    fn stuck(&self, telegram: &BotApi) -> String {
        let busy = self.customers.iter().find(|(_, c)| c.step != Step::Idle);
        let Some((id, customer)) = busy else {
            return format!("{} placed, {} cards", self.placed.len(), self.cards.len());
        };
        let last = telegram.history(*id);
        let last: Vec<_> = last.iter().rev().take(4).map(|m| m.text.as_str()).collect();
        format!(
            "{} placed, {} cards, {} customers wait; one at {:?} reads {last:#?}",
            self.placed.len(),
            self.cards.len(),
            self.busy(),
            customer.step,
        )
    }

    /// The customer who has waited longest writes an order; false when all have one under way.
    fn begin(&mut self, telegram: &BotApi) -> bool {
        let Some(id) = self.idle.pop_front() else {
            return false;
        };
        if let Some(customer) = self.customers.get_mut(&id) {
            customer.step = Step::Draft;
            customer.since = Instant::now();
            customer.draft = None;
            telegram.say(id, words_of(id, customer.orders).0);
        }
        true
    }

    fn take(&mut self, telegram: &BotApi, event: Event) {
        match event {
            Event::Sent(message) if message.chat == self.operators => {
                if let Some(button) = message.button("op:accept:") {
                    let id = button.data["op:accept:".len()..].to_owned();
                    *self.cards.entry(id).or_default() += 1;
                }
            }
            Event::Sent(message) => self.read(telegram, &message, false),
            Event::Edited(message) if message.chat != self.operators => {
                self.read(telegram, &message, true);
            }
            _ => {}
        }
    }

    /// A customer reads a message of the bot, and does what comes next.
    fn read(&mut self, telegram: &BotApi, message: &SentMessage, edited: bool) {
        let id = message.chat;
        let Some(customer) = self.customers.get_mut(&id) else {
            return;
        };
        let waited = customer.since.elapsed();
        if let Some(button) = message.button("order:confirm:") {
            customer.draft = Some((message.message_id, button.data.clone()));
            match customer.step {
                Step::Draft => {
                    self.tally.update_to_draft.push(waited);
                    customer.step = Step::Correction;
                    customer.since = Instant::now();
                    // Who is not known is asked first, and corrects when the questions are answered.
                    if customer.known {
                        telegram.say(id, words_of(id, customer.orders).1);
                    }
                }
                Step::Correction if customer.known => {
                    self.tally.update_to_draft.push(waited);
                    self.tap(telegram, id);
                }
                Step::Placed => {
                    self.tally.second_taps += 1;
                    self.tap(telegram, id);
                }
                Step::Correction | Step::Idle => {}
            }
        } else if edited && customer.step == Step::Placed {
            if let Some(order) = order_id(&message.text) {
                self.tally.tap_to_placed.push(waited);
                self.placed.insert(order.to_owned());
                customer.step = Step::Idle;
                customer.orders += 1;
                self.idle.push_back(id);
            }
        } else if !customer.known {
            if message.text.contains("number") && !message.reply_keyboard.is_empty() {
                telegram.share_contact(id, &format!("+1555{id:07}"));
            } else if !message.reply_keyboard.is_empty() {
                telegram.say(id, "12 Long Street, second floor");
            } else if message.text.contains("all we need") {
                customer.known = true;
                self.tap(telegram, id);
            }
        }
    }

    fn tap(&mut self, telegram: &BotApi, id: i64) {
        let Some(customer) = self.customers.get_mut(&id) else {
            return;
        };
        customer.step = Step::Placed;
        customer.since = Instant::now();
        if let Some((message, button)) = &customer.draft {
            telegram.tap(id, *message, button);
        }
    }
}

fn words_of(id: i64, orders: usize) -> (&'static str, &'static str) {
    let turn = usize::try_from(id).unwrap_or_default() + orders;
    WORDS[turn % WORDS.len()]
}

/// The id in "✅ Order ABC-1 is placed".
fn order_id(text: &str) -> Option<&str> {
    let first = text.lines().next()?.strip_suffix(" is placed")?;
    first.split_once("Order ").map(|(_, id)| id)
}
