//! Forgetting a customer: whatever is kept about them goes; orders keep their figures without the person.
//!
//! What was deleted still stands in older files of the store until they are written anew ([`Engine::scrub`]). That this
//! is to be done is part of the same record as the deletion, so that a crash in between cannot make it be forgotten.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::customer::Outcome;
use super::operator::Thread;
use super::personal::{Found, Owner, PIECE, find, is_from, is_to, names};
use super::{Engine, Outgoing, What, lock};
use crate::conversation::{Customer, Reply};
use crate::order::{Order, OrderId};
use crate::store::{Commit, Quarantined, Record, Table, Tx, TxError};

/// Cards of the latest orders are shown anew without the person. Older ones are left: Telegram allows 20 messages a
/// minute in the operators' group, and those of today's orders come first.
const MOST_CARDS: usize = 10;

/// Reasons to write the store's files anew, and how many of them have been seen to. Counted, because another may come
/// while the files are being written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Forgotten {
    /// Deletions, and farewells that were sent.
    pub(super) wanted: u64,
    /// So many of them are no longer in any file.
    pub(super) scrubbed: u64,
}

impl Forgotten {
    pub(super) const KEY: u64 = 10;

    /// One more reason.
    pub(super) fn want(tx: &mut Tx<'_>) -> Result<(), TxError> {
        let mut count = tx.get::<Self>(Self::KEY)?.unwrap_or_default();
        count.wanted += 1;
        Ok(tx.put(Self::KEY, &count)?)
    }
}

impl Record for Forgotten {
    const TABLE: Table = Table::Meta;
}

/// What was deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Deleted {
    /// Whether anything was known of them at all.
    pub known: bool,
    /// Orders that now belong to nobody.
    pub orders: usize,
}

/// Why nobody was forgotten; nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    /// Orders are under way.
    #[error("{} under way: the shop still needs to know whose; try again when done, or use --force", list(.0))]
    Open(Vec<OrderId>),
    /// The store.
    #[error(transparent)]
    Store(#[from] TxError),
    /// The store was closed before the deletion was on disk.
    #[error("the bot stopped before the deletion was on disk: try again")]
    Closed,
    /// The deletion is on disk, but older files could not be written anew yet.
    #[error("deleted, but older files could not be written anew yet ({0}); this is tried again")]
    Scrub(std::io::ErrorKind),
}

fn list(ids: &[OrderId]) -> String {
    let ids: Vec<_> = ids.iter().map(OrderId::as_str).collect();
    match ids.as_slice() {
        [one] => format!("order {one} is"),
        many => format!("orders {} are", many.join(", ")),
    }
}

/// Who is to be forgotten, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    /// The customer.
    pub(super) user: u64,
    /// The customer's own wish, which is the last of their updates that goes with them; what they wrote after it is
    /// answered as a stranger's. None: all that is waiting goes.
    pub(super) update: Option<u64>,
    /// Also with orders under way.
    pub(super) force: bool,
    /// Whether cards in the operator chat are shown anew without the person.
    pub(super) cards: bool,
}

/// Deletes a customer within a transaction: what went, their orders, and the messages of the operator chat that show
/// their questions.
///
/// # Errors
/// Orders are under way and `force` is not set, or the store refuses.
fn delete(
    tx: &mut Tx<'_>,
    wish: Wish,
    found: &Found,
    now: Timestamp,
) -> Result<(Deleted, Vec<Order>, Vec<i32>), ForgetError> {
    let Wish {
        user,
        update,
        force,
        ..
    } = wish;
    let mut numbers = found.orders.get(&user).cloned().unwrap_or_default();
    let mut unreadable = found.unreadable.clone();
    for number in tx.keys(Table::Orders, found.looked_up_to) {
        match tx.get::<Owner>(number) {
            Ok(owner) if owner.as_ref().is_some_and(|o| o.customer == user) => numbers.push(number),
            Ok(_) => {}
            Err(_) => unreadable.push(number),
        }
    }
    let mut orders = Vec::with_capacity(numbers.len());
    for number in numbers {
        match tx.get::<Order>(number) {
            Ok(order) => orders.extend(order.filter(|order| order.customer == user)),
            Err(_) => unreadable.push(number),
        }
    }
    let open: Vec<_> = orders
        .iter()
        .filter(|order| order.is_under_way(now))
        .map(|order| order.id.clone())
        .collect();
    if !open.is_empty() && !force {
        return Err(ForgetError::Open(open));
    }
    let mut known = !orders.is_empty();
    for order in &mut orders {
        order.forget_customer();
        put(tx, order.number, order)?;
    }
    for table in [Table::Customers, Table::Conversations, Table::Shown] {
        known |= tx.contains(table, user);
        tx.remove(table, user);
    }
    for key in unreadable {
        if names(tx, Table::Orders, key, user) {
            tx.remove(Table::Orders, key);
        }
    }
    for key in tx.keys(Table::Outbox, None) {
        let theirs = match tx.get::<Outgoing>(key) {
            Ok(job) => job.is_some_and(|job| is_to(&job, user)),
            Err(_) => names(tx, Table::Outbox, key, user),
        };
        if theirs {
            known = true;
            tx.remove(Table::Outbox, key);
        }
    }
    let mut asked = Vec::new();
    for key in tx.keys(Table::Threads, None) {
        let theirs = match tx.get::<Thread>(key) {
            Ok(thread) => thread.is_some_and(|thread| thread.is_of(user)),
            Err(_) => names(tx, Table::Threads, key, user),
        };
        if theirs {
            known = true;
            tx.remove(Table::Threads, key);
            asked.extend(i32::try_from(key));
        }
    }
    for key in tx.keys(Table::Inbox, None) {
        let goes = update.is_none_or(|update| key <= update);
        if goes
            && tx
                .json(Table::Inbox, key)
                .is_some_and(|json| is_from(&json, user))
        {
            known = true;
            tx.remove(Table::Inbox, key);
        }
    }
    for key in tx.keys(Table::Quarantine, None) {
        let place = tx.get::<Quarantined>(key).ok().flatten();
        let own = place.is_some_and(|of| {
            let personal = [Table::Customers, Table::Conversations, Table::Shown];
            of.key == user && personal.iter().any(|table| table.name() == of.table)
        });
        if own || names(tx, Table::Quarantine, key, user) {
            known = true;
            tx.remove(Table::Quarantine, key);
        }
    }
    if known {
        Forgotten::want(tx)?;
    }
    let deleted = Deleted {
        known,
        orders: orders.len(),
    };
    Ok((deleted, orders, asked))
}

fn put<T: Record>(tx: &mut Tx<'_>, key: u64, value: &T) -> Result<(), ForgetError> {
    Ok(tx.put(key, value).map_err(TxError::from)?)
}

impl Engine {
    /// Forgets a customer, by the shop's wish. When this returns, no file of the store holds anything of them.
    ///
    /// # Errors
    /// See [`ForgetError`].
    pub async fn forget(self: &Arc<Self>, user: u64, force: bool) -> Result<Deleted, ForgetError> {
        let deleted = self.forget_all(&[user], force).await?;
        self.scrub().await?;
        deleted.into_iter().next().unwrap_or(Ok(Deleted::default()))
    }

    /// Forgets several, each as one change; what of them stands in older files goes with the next [`Engine::scrub`].
    ///
    /// # Errors
    /// The store was closed. What became of each is in the list.
    pub async fn forget_all(
        self: &Arc<Self>,
        users: &[u64],
        force: bool,
    ) -> Result<Vec<Result<Deleted, ForgetError>>, ForgetError> {
        let found = self.orders_of_customers(users.iter().copied());
        let mut results = Vec::with_capacity(users.len());
        for user in users {
            let now = Timestamp::now();
            let change = self.store.try_transact(|tx| {
                let mut outcome = Outcome::default();
                let wish = Wish {
                    user: *user,
                    update: None,
                    force,
                    cards: users.len() == 1,
                };
                self.forget_in(tx, wish, &found, now, &mut outcome)
                    .map(|deleted| (deleted, outcome))
            });
            let ((deleted, outcome), commit) = match change {
                Ok(done) => done,
                Err(why) => {
                    results.push(Err(why));
                    continue;
                }
            };
            self.forget_in_memory(*user, true);
            commit.durable().await.map_err(|_| ForgetError::Closed)?;
            self.settle(outcome, None);
            results.push(Ok(deleted));
        }
        self.scrub_wake.notify_one();
        Ok(results)
    }

    pub(super) fn orders_of_customers(&self, users: impl Iterator<Item = u64>) -> Found {
        find(&users.collect(), |look| self.store.read(look))
    }

    /// Everything of it that belongs into one transaction.
    pub(super) fn forget_in(
        &self,
        tx: &mut Tx<'_>,
        wish: Wish,
        found: &Found,
        now: Timestamp,
        outcome: &mut Outcome,
    ) -> Result<Deleted, ForgetError> {
        let (deleted, orders, asked) = delete(tx, wish, found, now)?;
        for order in &orders {
            self.row_pending(tx, order.number, now)?;
            outcome.rows.push(order.number);
        }
        if let Some(chat) = self.cards_chat().filter(|_| wish.cards) {
            let shown = orders.iter().rev().filter(|order| order.card.is_some());
            for order in shown.take(MOST_CARDS) {
                let order = order.number;
                outcome
                    .jobs
                    .push(self.enqueue(tx, chat, now, What::Card { order })?);
            }
            for message in asked.into_iter().rev().take(MOST_CARDS) {
                let what = What::Redacted { message };
                outcome.jobs.push(self.enqueue(tx, chat, now, what)?);
            }
        }
        Ok(deleted)
    }

    fn cards_chat(&self) -> Option<i64> {
        lock(&self.operator_moved).or(self.operator.chat)
    }

    /// What is not in the store. `waiting`: also what they have written and is not yet handled.
    pub(super) fn forget_in_memory(&self, user: u64, waiting: bool) {
        lock(&self.limiter).forget(user);
        self.expiry.forget(user);
        if waiting {
            self.lanes.forget(i64::try_from(user).unwrap_or(i64::MAX));
        }
        self.menu().1.forget_answers();
    }

    /// Whether a job still waits; it does not when its customer was forgotten meanwhile.
    #[must_use]
    pub fn is_waiting(&self, job: u64) -> bool {
        self.store.read(|view| view.contains(Table::Outbox, job))
    }

    /// Rings when the store's files are to be written anew.
    #[must_use]
    pub fn scrub_wake(&self) -> Arc<Notify> {
        Arc::clone(&self.scrub_wake)
    }

    /// Whether somebody was forgotten who still stands in older files.
    #[must_use]
    pub fn scrub_due(&self) -> bool {
        let count = self.store.get::<Forgotten>(Forgotten::KEY).ok().flatten();
        count.is_some_and(|count| count.scrubbed < count.wanted)
    }

    /// Writes the store's files anew, without anything that was deleted.
    ///
    /// # Errors
    /// The disk refuses; it is still due.
    pub async fn scrub(&self) -> Result<(), ForgetError> {
        let before = self
            .store
            .get::<Forgotten>(Forgotten::KEY)
            .map_err(TxError::from)?;
        let store = self.store.clone();
        let scrubbed = tokio::task::spawn_blocking(move || store.scrub()).await;
        let scrubbed = scrubbed.unwrap_or_else(|_| Err(std::io::ErrorKind::Other.into()));
        scrubbed.map_err(|e| ForgetError::Scrub(e.kind()))?;
        let Some(before) = before.filter(|count| count.scrubbed < count.wanted) else {
            return Ok(());
        };
        self.transact(|tx| {
            let mut count = tx.get::<Forgotten>(Forgotten::KEY)?.unwrap_or_default();
            count.scrubbed = count.scrubbed.max(before.wanted);
            tx.put(Forgotten::KEY, &count)?;
            Ok(())
        })
        // Not waited for: after a crash it is done once more.
        .map(|((), _commit)| ())?;
        Ok(())
    }

    /// Customers who have not written since then and have no order under way.
    #[must_use]
    pub fn silent_since(&self, since: Timestamp) -> Vec<u64> {
        let mut silent = Vec::new();
        let mut after = None;
        loop {
            let last = self.store.read(|view| {
                view.scan_piece::<Customer>(after, PIECE, |user, customer| {
                    silent.extend(customer.ok().filter(|c| c.last_seen < since).map(|_| user));
                })
            });
            if last.is_none() {
                return silent;
            }
            after = last;
        }
    }
}

/// Forgets a customer in a folder in which no bot works. Rows of the ledger follow at the next start; until then the
/// older files of the store are to be written anew by the caller. (A later start does it too, if it is not done.)
///
/// # Errors
/// See [`ForgetError`].
pub fn forget_offline(
    store: &crate::store::Store,
    user: u64,
    force: bool,
) -> Result<(Deleted, Commit), ForgetError> {
    let now = Timestamp::now();
    let wish = Wish {
        user,
        update: None,
        force,
        cards: false,
    };
    let found = find(&BTreeSet::from([user]), |look| store.read(look));
    store.try_transact(|tx| {
        let (deleted, orders, _) = delete(tx, wish, &found, now)?;
        for order in orders {
            put(tx, order.number, &super::records::RowPending { since: now })?;
        }
        Ok(deleted)
    })
}

/// The farewell of a customer who was forgotten by their own wish.
pub(super) const fn is_farewell(what: &What) -> bool {
    matches!(
        what,
        What::Say {
            reply: Reply::Forgotten
        }
    )
}
