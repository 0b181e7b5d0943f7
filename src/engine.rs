//! The engine: takes what came in, applies it exactly once to what is kept, and releases its effects when they are on
//! disk.
//!
//! Each chat (for the operator's taps: each order) has a lane, a queue with a task of its own while it is not empty:
//! one customer's inputs are applied in order, and whoever waits for the model holds up nobody else.
//!
//! **Architecture Invariant:** one update is one transaction: its mark in the inbox goes away in the same atomic record
//! that holds everything it changed. Nothing leaves the process before that record is durable.

mod customer;
mod expiry;
mod forget;
mod inbox;
mod lanes;
mod limits;
mod numbers;
mod operator;
mod outbox;
mod payments;
mod personal;
mod records;
mod rows;
mod shop;
mod shop_staff;
mod voice;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use jiff::SignedDuration;
use tokio::sync::{Notify, mpsc};

use crate::conversation::{Customer, Rules};
use crate::language::{Language, Texts};
use crate::menu::Menu;
use crate::metrics::Metrics;
use crate::order::OrderNumber;
use crate::privacy::PersonalText;
use crate::report::{TokenPrices, Tokens};
use crate::shop::SlotBook;
use crate::store::{Commit, Store, Table, Tx, TxError};
use crate::understand::Parser;

pub use forget::{Deleted, ForgetError, forget_offline};
pub use inbox::RawUpdate;
pub use numbers::Numbers;
pub use operator::staff_commands;
pub use outbox::{Attachment, Delivery, Place, Priority};
pub use payments::{CheckoutAnswer, CheckoutQuery, PaidMessage, payload_of};
pub use personal::{export, nobodys_orders};
pub use records::{InboxEntry, Outgoing, What};
pub use rows::{PendingRows, row_of};
pub use voice::{Listen, VoiceNote, VoiceRules};

use expiry::Expiry;
use inbox::Seen;
use lanes::Lanes;
use limits::Limiter;
use operator::Watch;
use records::{Counters, OperatorMoved};
use rows::RowIndex;
use shop::Current;

/// Something that came in for the engine, in its own terms.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The update it came in; none for the bot's own timers.
    pub update: Option<u64>,
    /// Who wrote.
    pub user: u64,
    /// Where.
    pub chat: i64,
    /// Whether that is a chat with the bot alone.
    pub private: bool,
    /// The writer's name in Telegram.
    pub name: Option<PersonalText>,
    /// IETF tag of the writer's language in Telegram.
    pub language: Option<String>,
    /// When it was written, in seconds since 1970; taps do not say.
    pub date: Option<i64>,
    /// Which message it is, and where it stands.
    pub spot: Spot,
    /// What it is.
    pub kind: IncomingKind,
}

impl Incoming {
    /// What the bot itself has to say to a customer's state: no update brought it.
    fn own(user: u64, kind: IncomingKind) -> Self {
        Self {
            update: None,
            user,
            chat: i64::try_from(user).unwrap_or(i64::MAX),
            private: true,
            name: None,
            language: None,
            date: None,
            spot: Spot::default(),
            kind,
        }
    }
}

/// Where in a chat a message stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spot {
    /// The message; for a tap, the one with the button.
    pub message: Option<i32>,
    /// The message it replies to.
    pub reply_to: Option<i32>,
    /// What that message says.
    pub reply_text: Option<PersonalText>,
    /// The forum topic; none: the chat has none, or it is the general one.
    pub topic: Option<i32>,
}

/// What came in.
#[derive(Debug, Clone)]
pub enum IncomingKind {
    /// A text, or the words below a picture.
    Text(PersonalText),
    /// A button.
    Tap {
        /// Names the tap, which must be answered.
        callback: String,
        /// What the button says.
        data: String,
        /// The message it stands below.
        message: Option<i32>,
    },
    /// A shared contact.
    Contact {
        /// The number.
        phone: PersonalText,
        /// Whether it is the writer's own.
        own: bool,
    },
    /// A shared place.
    Location {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
    },
    /// Telegram asks before money moves.
    Checkout(Box<CheckoutQuery>),
    /// Money has moved.
    Paid(Box<PaidMessage>),
    /// A voice note.
    Voice(VoiceNote),
    /// What a message says since it was changed after it was sent.
    Edited(PersonalText),
    /// A message without words.
    NoText,
    /// A draft's time may be up.
    Expired,
    /// Something may be due about an order.
    Due(OrderNumber),
    /// The menu, the hours or what is to be had today has changed.
    ShopChanged,
    /// Nothing that is answered.
    Ignored,
}

impl IncomingKind {
    /// The word for metrics and logs.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Tap { .. } => "tap",
            Self::Contact { .. } => "contact",
            Self::Location { .. } => "location",
            Self::Checkout(_) => "checkout",
            Self::Paid(_) => "paid",
            Self::Voice(_) => "voice",
            Self::Edited(_) => "edited",
            Self::NoText => "no_text",
            Self::Expired => "expired",
            Self::Due(_) => "due",
            Self::ShopChanged => "shop_changed",
            Self::Ignored => "ignored",
        }
    }
}

/// The shop's side.
#[derive(Debug, Clone, Default)]
pub struct Operator {
    /// The chat that gets the order cards.
    pub chat: Option<i64>,
    /// Who may act there; empty: everybody in it.
    pub ids: Vec<u64>,
    /// Who are the owners; empty: everybody who may act.
    pub owners: Vec<u64>,
    /// What the model's tokens cost, for the day's figures.
    pub token_prices: Option<TokenPrices>,
    /// What is written there, and to customers whose language is none of ours.
    pub language: Language,
}

/// What is done about orders that the shop does not answer. All times run from the placing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// The first reminder in the operator chat; none: there is no reminder.
    pub alert_after: Option<SignedDuration>,
    /// From one reminder to the next.
    pub alert_repeat: SignedDuration,
    /// The chat of the second person.
    pub escalate_to: Option<i64>,
    /// When they are told; none: never.
    pub escalate_after: Option<SignedDuration>,
    /// When the customer is told; none: never.
    pub tell_customer_after: Option<SignedDuration>,
    /// After this time an order that the shop must approve expires.
    pub approval_within: SignedDuration,
}

/// What the engine is set up with.
#[derive(Debug)]
pub struct Setup {
    /// The store.
    pub store: Store,
    /// The menu to begin with.
    pub menu: Arc<Menu>,
    /// The parser for that menu.
    pub parser: Arc<Parser>,
    /// What the shop has set.
    pub rules: Rules,
    /// The shop's side.
    pub operator: Operator,
    /// What is done about orders that it does not answer.
    pub service: Service,
    /// Listening to voice notes; none: they are not listened to.
    pub voice: Option<VoiceRules>,
    /// Messages of one customer in a minute; 0: no limit.
    pub rate_limit: u32,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

/// What is to leave the process, released only when it is on disk.
#[derive(Debug)]
pub enum Release {
    /// A job of the outbox.
    Job {
        /// Its key there.
        key: u64,
        /// The job.
        outgoing: Outgoing,
    },
    /// The answer to a tap, which nobody waits for after a crash.
    Answer {
        /// The tap.
        callback: String,
        /// Its text; empty: none.
        text: String,
    },
    /// The answer to Telegram's question before money moves.
    Checkout(CheckoutAnswer),
    /// Everything that was released before has been taken up: somebody waits to hear it.
    Mark(tokio::sync::oneshot::Sender<()>),
    /// A message that is not kept, because the data folder cannot be written.
    Unkept {
        /// The chat.
        chat: i64,
    },
}

/// The engine. Shared by all tasks.
pub struct Engine {
    store: Store,
    /// The menu of the moment, its parser, and all that says for when orders can be had.
    shop: RwLock<Arc<Current>>,
    /// Which orders may be in which of the kitchen's slots.
    slots: Mutex<SlotBook>,
    shop_wake: Notify,
    reload_wake: Notify,
    /// Held by whoever changes the shop.
    shop_turn: Mutex<()>,
    rules: Rules,
    operator: Operator,
    service: Service,
    /// What the model had used when it was last added to the day.
    tokens_seen: Mutex<Tokens>,
    watch: Watch,
    /// Where the operator chat went when its group became a supergroup.
    operator_moved: Mutex<Option<i64>>,
    /// The bot's user name, once Telegram has told it.
    username: OnceLock<String>,
    tag: String,
    metrics: Arc<Metrics>,
    releases: mpsc::UnboundedSender<Release>,
    rows_wake: Arc<Notify>,
    scrub_wake: Arc<Notify>,
    payments_wake: Notify,
    /// Updates that a previous process left: nobody knows for how long Telegram has waited for their answer.
    left_checkouts: HashSet<u64>,
    lanes: Lanes,
    seen: Mutex<Seen>,
    voice: Option<VoiceRules>,
    limiter: Mutex<Limiter>,
    expiry: Expiry,
    rows: Mutex<RowIndex>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    /// Builds the engine over a store; the jobs that a previous process left are released at once.
    ///
    /// # Errors
    /// The store could not give or take the engine's own marks.
    pub fn new(setup: Setup) -> anyhow::Result<(Arc<Self>, mpsc::UnboundedReceiver<Release>)> {
        let (releases, receiver) = mpsc::unbounded_channel();
        let current = Current::load(&setup)?;
        let slots = shop::load_slots(&setup.store, &setup.rules.shop);
        let ((counters, seen, moved), _commit) = setup.store.try_transact(|tx| {
            let counters = tx.get::<Counters>(Counters::KEY)?;
            let counters = counters.unwrap_or_else(Counters::fresh);
            tx.put(Counters::KEY, &counters)?;
            let seen = tx.get::<Seen>(Seen::KEY)?.unwrap_or_default();
            let moved = tx.get::<OperatorMoved>(OperatorMoved::KEY)?;
            Ok::<_, TxError>((counters, seen, moved))
        })?;
        let moved = moved.filter(|moved| Some(moved.from) == setup.operator.chat);
        let left_checkouts = setup.store.read(|view| view.keys(Table::Inbox).collect());
        let engine = Arc::new(Self {
            rows: Mutex::new(RowIndex::load(&setup.store)),
            expiry: Expiry::load(&setup.store),
            watch: Watch::load(&setup.store),
            store: setup.store,
            shop: RwLock::new(Arc::new(current)),
            slots: Mutex::new(slots),
            shop_wake: Notify::new(),
            reload_wake: Notify::new(),
            shop_turn: Mutex::new(()),
            rules: setup.rules,
            operator: setup.operator,
            service: setup.service,
            tokens_seen: Mutex::default(),
            operator_moved: Mutex::new(moved.map(|moved| moved.to)),
            username: OnceLock::new(),
            tag: counters.tag,
            metrics: setup.metrics,
            releases,
            rows_wake: Arc::new(Notify::new()),
            scrub_wake: Arc::new(Notify::new()),
            payments_wake: Notify::new(),
            left_checkouts,
            lanes: Lanes::default(),
            seen: Mutex::new(seen),
            voice: setup.voice,
            limiter: Mutex::new(Limiter::new(setup.rate_limit)),
        });
        engine.release_left_jobs();
        Ok((engine, receiver))
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What is counted.
    #[must_use]
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Rings when a row waits for the ledger.
    #[must_use]
    pub fn rows_wake(&self) -> Arc<Notify> {
        Arc::clone(&self.rows_wake)
    }

    /// The menu of the moment and its parser.
    #[must_use]
    pub fn menu(&self) -> (Arc<Menu>, Arc<Parser>) {
        let current = self.current();
        (Arc::clone(&current.menu), Arc::clone(&current.parser))
    }

    fn current(&self) -> Arc<Current> {
        Arc::clone(&self.shop.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether everything that came in has been applied and answered: no update waits, and no message. One look at the
    /// store is enough, because an update leaves the inbox in the commit that queues its effects.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        self.is_empty(&[Table::Inbox, Table::Outbox])
    }

    /// Whether, besides, every row stands in the ledger.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.is_empty(&[Table::Inbox, Table::Outbox, Table::Rows])
    }

    fn is_empty(&self, tables: &[Table]) -> bool {
        self.store
            .read(|view| tables.iter().all(|table| view.is_empty(*table)))
    }

    fn is_operator_chat(&self, chat: i64) -> bool {
        self.operator.chat == Some(chat) || *lock(&self.operator_moved) == Some(chat)
    }

    /// Telegram has told who the bot is: commands may be addressed to it by this name.
    pub fn called(&self, username: &str) {
        self.username.get_or_init(|| username.to_owned());
    }

    /// What the operator chat reads.
    fn shop_texts(&self) -> Texts {
        Texts::of(self.operator.language)
    }

    /// What is said about an order: to its customer, or to the staff who take it down.
    fn texts_to(&self, user: u64, customer: &Customer) -> Texts {
        if operator::is_desk(user) {
            self.shop_texts()
        } else {
            self.texts_of(customer)
        }
    }

    /// What a customer reads.
    fn texts_of(&self, customer: &Customer) -> Texts {
        Texts::of(customer.speaks(self.operator.language))
    }

    /// What a chat reads, by the customer who is known there; `told`: the language it was decided in.
    #[must_use]
    pub fn texts_for(&self, chat: i64, told: Option<Language>) -> Texts {
        let user = u64::try_from(chat).unwrap_or_default();
        match self.store.get::<Customer>(user).ok().flatten() {
            Some(customer) => self.texts_of(&customer),
            None => Texts::of(told.unwrap_or(self.operator.language)),
        }
    }

    /// Where the shop's cards go.
    fn operator_chat(&self) -> Option<i64> {
        lock(&self.operator_moved).or(self.operator.chat)
    }

    /// Telegram has given the operator chat another id. It is kept, so that taps in the new chat count also after a
    /// restart with the old setting.
    pub fn operator_chat_moved(&self, from: i64, to: i64) {
        let Some(set) = self.operator.chat.filter(|_| self.is_operator_chat(from)) else {
            return;
        };
        *lock(&self.operator_moved) = Some(to);
        let moved = OperatorMoved { from: set, to };
        let noted = self.transact(|tx| {
            // The new chat counts its messages anew: none of them is what it was in the old one.
            for message in tx.keys(Table::Threads, None) {
                tx.remove(Table::Threads, message);
            }
            Ok(tx.put(OperatorMoved::KEY, &moved)?)
        });
        if let Err(e) = noted {
            tracing::error!(error = %e, "the operator chat's new id could not be kept");
        }
    }

    /// One atomic change; a value that no longer decodes is set aside by whoever reads it, so that an error here is a
    /// defect and is counted as one.
    fn transact<R>(
        &self,
        change: impl FnOnce(&mut Tx<'_>) -> Result<R, TxError>,
    ) -> Result<(R, Commit), TxError> {
        self.store.try_transact(change)
    }

    /// The same for a change that more is about to follow.
    fn transact_soon<R>(
        &self,
        change: impl FnOnce(&mut Tx<'_>) -> Result<R, TxError>,
    ) -> Result<(R, Commit), TxError> {
        self.store.try_transact_soon(change)
    }

    /// Resolves when all that was released so far has been taken up, or nobody takes up anything any more.
    pub fn mark_releases(&self) -> tokio::sync::oneshot::Receiver<()> {
        let (passed, heard) = tokio::sync::oneshot::channel();
        self.release(Release::Mark(passed));
        heard
    }

    fn release(&self, release: Release) {
        // The receiver is gone only while the process stops; what was released is in the outbox for the next one.
        let _ = self.releases.send(release);
    }
}

/// A lock whose holder panicked guards data that is still whole: each is changed by single assignments.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
pub(crate) mod tests;
