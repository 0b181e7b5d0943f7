//! The shop's day in the engine: the menu of the moment, its overlay, and the kitchen's slots.
//!
//! A change is made inside the transaction that keeps it, and every step of a conversation takes the menu inside its
//! own: transactions follow one another, so nothing is ordered after it was sold out.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::{Engine, Incoming, IncomingKind, Release, Setup, What, lock};
use crate::conversation::Conversation;
use crate::menu::{Menu, TabMenu};
use crate::order::Order;
use crate::shop::{Clock, Moment, Schedule, ShopRules, ShopSaid, ShopState, SlotBook, overlaid};
use crate::store::{Record, Store, Table, Tx, TxError};
use crate::understand::Parser;

impl Record for TabMenu {
    const TABLE: Table = Table::Meta;
}

/// The key of the spreadsheet's last good menu.
const KEPT_MENU: u64 = 21;

impl Record for ShopState {
    const TABLE: Table = Table::Meta;
}

/// The key of [`ShopState`].
pub(super) const STATE: u64 = 20;

/// Orders for a slot that began longer ago take no room in any slot to come.
const SLOTS_KEPT: SignedDuration = SignedDuration::from_hours(2);

/// The longest time between two looks at what ends by itself: the clock may be set forward.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What holds at a moment.
#[derive(Debug)]
pub(super) struct Current {
    /// The menu as it is kept.
    pub(super) base: Arc<Menu>,
    /// The same without what is sold out.
    pub(super) menu: Arc<Menu>,
    /// Its parser.
    pub(super) parser: Arc<Parser>,
    pub(super) state: ShopState,
    pub(super) schedule: Arc<Schedule>,
}

impl Current {
    pub(super) fn load(setup: &Setup) -> anyhow::Result<Self> {
        let state = setup.store.get::<ShopState>(STATE)?.unwrap_or_default();
        let base = Arc::clone(&setup.menu);
        let state = state.at(Timestamp::now());
        Ok(Self::new(base, &setup.parser, state, &setup.rules.shop))
    }

    /// Takes the time of building a parser.
    fn new(base: Arc<Menu>, parser: &Arc<Parser>, state: ShopState, rules: &ShopRules) -> Self {
        let menu = if state.has_all() {
            Arc::clone(&base)
        } else {
            Arc::new(overlaid(&base, &state))
        };
        let parser = if parser.menu_version() == menu.version() {
            Arc::clone(parser)
        } else {
            Arc::new(parser.for_menu(Arc::clone(&menu)))
        };
        let hours = base.hours().cloned();
        let schedule = Arc::new(Schedule::new(hours, base.special_days(), rules));
        Self {
            base,
            menu,
            parser,
            state,
            schedule,
        }
    }
}

/// The orders that take room in a slot to come.
pub(super) fn load_slots(store: &Store, rules: &ShopRules) -> SlotBook {
    let mut book = SlotBook::default();
    if let Some(slots) = rules.slots {
        let from = before(Timestamp::now());
        store.scan::<Order>(|number, order| {
            if let Ok(order) = order
                && order.due() >= from
            {
                book.note(slots.slot(order.due(), &rules.zone), number);
            }
        });
    }
    book
}

fn before(now: Timestamp) -> Timestamp {
    now.checked_sub(SLOTS_KEPT).unwrap_or(Timestamp::MIN)
}

/// A change of the shop, to be kept in a transaction.
pub(super) struct Kept<'a> {
    engine: &'a Engine,
    after: &'a Arc<Current>,
}

impl Kept<'_> {
    /// The menu that will hold.
    pub(super) fn menu(&self) -> &Menu {
        &self.after.menu
    }

    /// What of the day will hold.
    pub(super) fn state(&self) -> &ShopState {
        &self.after.state
    }

    /// Keeps it, and lets it hold for every transaction after this one.
    pub(super) fn put(&self, tx: &mut Tx<'_>) -> Result<(), TxError> {
        tx.put(STATE, &self.after.state)?;
        self.engine.set_current(Arc::clone(self.after));
        Ok(())
    }
}

/// The part of it that has ended.
fn ended_of(state: &ShopState) -> ShopState {
    let left = state.at(Timestamp::now());
    let mut ended = state.clone();
    ended.items.retain(|id, _| !left.items.contains_key(id));
    ended.options.retain(|id, _| !left.options.contains_key(id));
    ended.paused_until = ended.paused_until.filter(|_| left.paused_until.is_none());
    ended.busy = ended.busy.filter(|_| left.busy.is_none());
    ended
}

impl Engine {
    /// The shop's clock.
    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock {
            now: Timestamp::now(),
            zone: self.rules.shop.zone.clone(),
        }
    }

    /// What the staff have said for today.
    #[must_use]
    pub fn shop_state(&self) -> ShopState {
        self.current().state.at(Timestamp::now())
    }

    /// For when orders can be had, counted within a transaction.
    pub(super) fn moment(
        &self,
        tx: &mut Tx<'_>,
        current: &Current,
        now: Timestamp,
    ) -> Result<Moment, TxError> {
        let mut moment = Moment::of(Arc::clone(&current.schedule));
        let state = current.state.at(now);
        moment.paused_until = state.paused_until;
        moment.busy_minutes = state.busy.map_or(0, |busy| busy.minutes);
        moment.slots = self.rules.shop.slots;
        let Some(slots) = moment.slots else {
            return Ok(moment);
        };
        let zone = &self.rules.shop.zone;
        let from = slots.slot(now, zone);
        let crowded: Vec<(Timestamp, BTreeSet<u64>)> = {
            let mut book = lock(&self.slots);
            book.drop_before(before(now));
            let crowded = book.crowded(from, slots.capacity);
            crowded
                .map(|(slot, orders)| (slot, orders.clone()))
                .collect()
        };
        for (slot, orders) in crowded {
            let mut taken = 0;
            for number in orders {
                let order = tx.get::<Order>(number)?;
                let takes =
                    |order: &Order| order.takes_slot() && slots.slot(order.due(), zone) == slot;
                taken += u32::from(order.as_ref().is_some_and(takes));
            }
            if taken >= slots.capacity {
                moment.full.insert(slot);
            }
        }
        Ok(moment)
    }

    /// Notes which slot an order takes. Done inside its transaction, before any other can count.
    pub(super) fn note_slot(&self, order: &Order) {
        if let Some(slots) = self.rules.shop.slots {
            let slot = slots.slot(order.due(), &self.rules.shop.zone);
            lock(&self.slots).note(slot, order.number);
        }
    }

    /// Changes what the staff have said for today: `commit` makes the transaction and keeps the change in it, or
    /// gives none. Another menu of the moment may need another parser, which takes some milliseconds.
    pub(super) fn change_shop<R>(
        self: &Arc<Self>,
        change: impl FnOnce(&mut ShopState, &Schedule, Timestamp),
        commit: impl FnOnce(&Kept<'_>) -> Result<Option<R>, TxError>,
    ) -> Result<Option<R>, TxError> {
        let next = |current: &Current, now| {
            let mut state = current.state.at(now);
            change(&mut state, &current.schedule, now);
            (Arc::clone(&current.base), state)
        };
        self.replace(next, commit)
    }

    /// Takes another menu, with what is sold out of it. `keep`: where it is not the file's, for the next start.
    ///
    /// # Errors
    /// It could not be kept; the old one stays.
    pub fn take_menu(
        self: &Arc<Self>,
        menu: Arc<Menu>,
        keep: Option<&TabMenu>,
    ) -> Result<(), TxError> {
        let done = self.replace(
            |current, now| (menu, current.state.at(now)),
            |kept| {
                let done = self.transact(|tx| {
                    kept.put(tx)?;
                    match keep {
                        Some(keep) => tx.put(KEPT_MENU, keep)?,
                        None => tx.delete::<TabMenu>(KEPT_MENU),
                    }
                    Ok(())
                });
                done.map(Some)
            },
        );
        // Not waited for: after a crash the tabs are read again.
        done.map(drop)
    }

    /// The menu of the spreadsheet that was last good; none where the file's is used.
    #[must_use]
    pub fn kept_menu(&self) -> Option<TabMenu> {
        self.store.get::<TabMenu>(KEPT_MENU).ok().flatten()
    }

    /// The menu as it is kept, with what is sold out.
    #[must_use]
    pub fn base_menu(&self) -> (Arc<Menu>, ShopState) {
        let current = self.current();
        (Arc::clone(&current.base), current.state.clone())
    }

    /// Resolves when somebody of the staff wants the menu read anew.
    pub async fn reload_asked(&self) {
        self.reload_wake.notified().await;
    }

    /// Tells the operator chat something about the shop's day or menu.
    pub fn shop_says(&self, said: ShopSaid) {
        let Some(chat) = self.operator_chat() else {
            tracing::warn!(said = ?said, "there is no operator chat to tell");
            return;
        };
        let what = What::Shop {
            said,
            message: None,
        };
        match self.transact(|tx| self.enqueue(tx, chat, Timestamp::now(), what)) {
            // Not waited for: there is nothing in it that must not be said twice.
            Ok(((key, outgoing), _)) => self.release(Release::Job { key, outgoing }),
            Err(e) => tracing::error!(error = %e, "the operator chat could not be told"),
        }
    }

    fn replace<R>(
        self: &Arc<Self>,
        next: impl FnOnce(&Current, Timestamp) -> (Arc<Menu>, ShopState),
        commit: impl FnOnce(&Kept<'_>) -> Result<Option<R>, TxError>,
    ) -> Result<Option<R>, TxError> {
        // One at a time: what is built outside the transaction must follow from what holds inside it.
        let _turn = lock(&self.shop_turn);
        let before = self.current();
        let (menu, state) = next(&before, Timestamp::now());
        let same = Arc::ptr_eq(&menu, &before.base) && state == before.state;
        let after = if same {
            Arc::clone(&before)
        } else {
            let rules = &self.rules.shop;
            Arc::new(Current::new(menu, &before.parser, state, rules))
        };
        let kept = Kept {
            engine: self,
            after: &after,
        };
        let result = commit(&kept);
        if !matches!(result, Ok(Some(_))) {
            self.set_current(before);
        } else if !same {
            self.shop_wake.notify_one();
            self.tell_open_drafts();
        }
        result
    }

    fn set_current(&self, current: Arc<Current>) {
        *self.shop.write().unwrap_or_else(PoisonError::into_inner) = current;
    }

    /// Whoever has an order open is shown it anew where it now reads otherwise. After a crash in between they see it
    /// when they confirm.
    fn tell_open_drafts(self: &Arc<Self>) {
        let mut open = Vec::new();
        self.store.scan::<Conversation>(|user, conversation| {
            if let Ok(conversation) = conversation
                && conversation
                    .draft
                    .is_some_and(|draft| !draft.cart.is_empty())
            {
                open.push(user);
            }
        });
        for user in open {
            self.submit(Incoming::own(user, IncomingKind::ShopChanged));
        }
    }

    /// Lets what the staff have said end in its time, until it is stopped.
    pub async fn run_shop(self: Arc<Self>, stop: CancellationToken) {
        loop {
            let state = self.current().state.clone();
            if state.at(Timestamp::now()) != state {
                let engine = Arc::clone(&self);
                let ended = tokio::task::spawn_blocking(move || {
                    engine.change_shop(
                        |_, _, _| {},
                        |kept| engine.transact(|tx| kept.put(tx)).map(Some),
                    )
                });
                match ended.await {
                    Ok(Ok(_)) => {
                        tracing::info!("what the staff had said for today has ended");
                        self.shop_says(ShopSaid::Ended {
                            state: ended_of(&state),
                        });
                    }
                    Ok(Err(e)) => {
                        tracing::error!(error = %e, "what the staff had said for today could not end");
                    }
                    Err(_) => tracing::error!("what the staff had said for today could not end"),
                }
            }
            let next = self.current().state.next_end();
            let wait = next.map_or(LONGEST_WAIT, |at| {
                let left = at.duration_since(Timestamp::now());
                let left = Duration::try_from(left).unwrap_or_default();
                left.clamp(Duration::from_millis(50), LONGEST_WAIT)
            });
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
                () = self.shop_wake.notified() => {}
            }
        }
    }
}
