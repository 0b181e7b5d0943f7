//! What becomes of an order that nobody touches: reminders, the second person, the customer, the end.
//!
//! What is due when is worked out from the order and its record in [`Table::Watch`], so a restart forgets nothing and
//! repeats nothing that is on disk.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::conversation::Reply;
use crate::engine::customer::Outcome;
use crate::engine::expiry::rest;
use crate::engine::{Engine, Incoming, IncomingKind, Service, What, lock};
use crate::metrics::count;
use crate::order::{Order, OrderNumber, REASON_WITHIN, Status, UNDO_WITHIN};
use crate::staff::StaffReply;
use crate::store::{Record, Store, Table, Tx, TxError};

/// After so many reminders of one order the bot is silent about it.
const MOST_ALERTS: u32 = 10;

/// An order that is not over, or whose card has still to lose buttons. Key: the order's number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::engine) struct Watched {
    /// When to look at it; none: it waits for somebody's tap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::engine) at: Option<Timestamp>,
    /// How many reminders are due or were sent.
    #[serde(default)]
    alerts: u32,
    /// The second person was told.
    #[serde(default)]
    escalated: bool,
    /// The customer was told that the shop has not answered.
    #[serde(default)]
    told: bool,
}

impl Record for Watched {
    const TABLE: Table = Table::Watch;
}

/// What is to be done about an order now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Duty {
    /// Remind the operator chat.
    Alert,
    /// Tell the second person.
    Escalate,
    /// Tell the customer.
    TellCustomer,
    /// Nobody has approved it in time.
    Expire,
    /// The customer has not agreed to a change in time.
    KeepAsItWas,
    /// The card has lost buttons.
    ShowCard,
}

/// From when on an answer is waited for: of an order for later, from an hour before its time.
fn waited_for_since(order: &Order) -> Timestamp {
    let early = SignedDuration::from_hours(1);
    let before = order.wanted_for.and_then(|at| at.checked_sub(early).ok());
    // The shop has seen an order that was paid first since it was paid.
    let paid = order.payment.charges.first().map(|charge| charge.at);
    let seen = paid.map_or(order.placed_at, |paid| paid.max(order.placed_at));
    before.map_or(seen, |before| before.max(seen))
}

/// What is due about an order at a moment, and when to look again. None: it need not be watched any more.
fn duties(
    order: &Order,
    watched: &Watched,
    service: &Service,
    now: Timestamp,
) -> (Vec<Duty>, Option<Watched>) {
    let mut duties = Vec::new();
    let mut next = watched.clone();
    let mut looks: Vec<Timestamp> = Vec::new();
    let mut due = |at: Timestamp| {
        let over = at <= now;
        if !over {
            looks.push(at);
        }
        over
    };
    let after = |from: Timestamp, time: SignedDuration| from.checked_add(time).unwrap_or(from);
    let since = waited_for_since(order);
    if order.status == Status::Pending && due(after(since, service.approval_within)) {
        return (vec![Duty::Expire], Some(next));
    }
    if order.status.is_unanswered() {
        if let Some(first) = service.alert_after {
            // Those that were missed while the bot was away are one.
            while next.alerts < MOST_ALERTS {
                let times = i32::try_from(next.alerts).unwrap_or(i32::MAX);
                let at = after(after(since, first), service.alert_repeat * times);
                if !due(at) {
                    break;
                }
                next.alerts += 1;
                if !duties.contains(&Duty::Alert) {
                    duties.push(Duty::Alert);
                }
            }
        }
        if let Some(time) = service.escalate_after.filter(|_| !next.escalated)
            && service.escalate_to.is_some()
            && due(after(since, time))
        {
            next.escalated = true;
            duties.push(Duty::Escalate);
        }
        if let Some(time) = service.tell_customer_after.filter(|_| !next.told)
            && due(after(since, time))
        {
            next.told = true;
            duties.push(Duty::TellCustomer);
        }
    }
    if let Some(until) = order.proposal_until()
        && due(until)
    {
        duties.push(Duty::KeepAsItWas);
    }
    // Buttons that stand on the card for a while only; a look in between is enough to take them away.
    let mut fades = |from: Timestamp, time| {
        let at = after(from, time);
        if due(at) && watched.at.is_some_and(|look| look == at) {
            duties.push(Duty::ShowCard);
        }
    };
    if let Some(before) = &order.before {
        fades(before.at, UNDO_WITHIN);
    }
    if order.status == Status::Rejected && order.reason.is_none() {
        fades(order.updated_at, REASON_WITHIN);
    }
    next.at = looks.into_iter().min();
    let over = order.status.is_final() && next.at.is_none();
    (duties, (!over).then_some(next))
}

/// Orders by the time at which to look at them.
#[derive(Debug, Default)]
pub(in crate::engine) struct Watch {
    due: Mutex<Due>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct Due {
    by_time: BTreeSet<(Timestamp, OrderNumber)>,
    of: HashMap<OrderNumber, Timestamp>,
}

impl Due {
    fn set(&mut self, order: OrderNumber, at: Option<Timestamp>) {
        let before = match at {
            Some(at) => self.of.insert(order, at),
            None => self.of.remove(&order),
        };
        if let Some(before) = before {
            self.by_time.remove(&(before, order));
        }
        if let Some(at) = at {
            self.by_time.insert((at, order));
        }
    }

    /// Takes out what is due; when the next one is.
    fn take(&mut self, now: Timestamp) -> (Vec<OrderNumber>, Option<Timestamp>) {
        let later = self.by_time.split_off(&(now, u64::MAX));
        let over = std::mem::replace(&mut self.by_time, later);
        let over: Vec<_> = over.into_iter().map(|(_, order)| order).collect();
        for order in &over {
            self.of.remove(order);
        }
        (over, self.by_time.first().map(|(at, _)| *at))
    }
}

impl Watch {
    pub(in crate::engine) fn load(store: &Store) -> Self {
        let mut due = Due::default();
        store.scan::<Watched>(|order, watched| {
            due.set(
                order,
                watched.map_or_else(|_| Some(Timestamp::now()), |w| w.at),
            );
        });
        Self {
            due: Mutex::new(due),
            wake: Notify::new(),
        }
    }
}

impl Engine {
    /// Notes in the transaction what is to become of an order that was placed or has changed.
    pub(in crate::engine) fn watch(
        &self,
        tx: &mut Tx<'_>,
        order: &Order,
        now: Timestamp,
    ) -> Result<(), TxError> {
        if self.operator_chat().is_none() {
            // Nobody is asked, so nobody is waited for.
            return Ok(());
        }
        let watched = tx.get::<Watched>(order.number).ok().flatten();
        let watched = watched.unwrap_or_default();
        // What is due this moment is left to the timer.
        let (duties, next) = duties(order, &watched, &self.service, now);
        match next {
            Some(_) if !duties.is_empty() => {
                let at = Some(now);
                tx.put(order.number, &Watched { at, ..watched })?;
            }
            Some(next) => tx.put(order.number, &next)?,
            None => tx.delete::<Watched>(order.number),
        }
        Ok(())
    }

    /// Sets the timers of orders whose change is on disk.
    pub(in crate::engine) fn watch_moved(&self, orders: &[OrderNumber]) {
        if orders.is_empty() {
            return;
        }
        let looks = orders.iter().map(|order| {
            let watched = self.store.get::<Watched>(*order).ok().flatten();
            (*order, watched.and_then(|watched| watched.at))
        });
        let looks: Vec<_> = looks.collect();
        let mut due = lock(&self.watch.due);
        for (order, at) in looks {
            due.set(order, at);
        }
        drop(due);
        self.watch.wake.notify_one();
    }

    /// Looks after orders that nobody touches, until it is stopped.
    pub async fn run_watch(self: Arc<Self>, stop: CancellationToken) {
        loop {
            let now = Timestamp::now();
            let (over, next) = lock(&self.watch.due).take(now);
            for order in over {
                self.submit(Incoming {
                    private: false,
                    ..Incoming::own(0, IncomingKind::Due(order))
                });
            }
            if !rest(next, now, &self.watch.wake, &stop).await {
                return;
            }
        }
    }

    /// Does what is due about an order.
    pub(in crate::engine) async fn look_after(&self, number: OrderNumber) {
        let now = Timestamp::now();
        let done = self.transact(|tx| {
            let mut outcome = Outcome::default();
            let Some(watched) = tx.get::<Watched>(number)? else {
                return Ok(outcome);
            };
            let Some(order) = tx.get::<Order>(number)? else {
                tx.delete::<Watched>(number);
                return Ok(outcome);
            };
            let (duties, next) = duties(&order, &watched, &self.service, now);
            match next {
                Some(next) => tx.put(number, &next)?,
                None => tx.delete::<Watched>(number),
            }
            for duty in duties {
                self.fulfil(tx, duty, &order, now, &mut outcome)?;
            }
            Ok(outcome)
        });
        match done {
            Ok((outcome, commit)) => {
                if commit.durable().await.is_ok() {
                    self.settle(outcome, None);
                    self.watch_moved(&[number]);
                }
            }
            Err(e) => {
                count(&self.metrics.errors, "store");
                tracing::error!(error = %e, "an order could not be looked after");
            }
        }
    }

    fn fulfil(
        &self,
        tx: &mut Tx<'_>,
        duty: Duty,
        order: &Order,
        now: Timestamp,
        outcome: &mut Outcome,
    ) -> Result<(), TxError> {
        let (id, number) = (order.id.clone(), order.number);
        let minutes = now.duration_since(waited_for_since(order)).as_mins().max(0);
        let minutes = u32::try_from(minutes).unwrap_or(u32::MAX);
        match duty {
            Duty::Alert => {
                let Some(chat) = self.operator_chat() else {
                    return Ok(());
                };
                let chat = (chat, self.cards_topic_in(tx)?);
                let what = What::Staff {
                    reply: StaffReply::Unanswered { id, minutes },
                    to: order.card,
                };
                outcome.jobs.push(self.enqueue_in(tx, chat, now, what)?);
                self.show_card(tx, number, now, outcome)
            }
            Duty::Escalate => {
                let Some(chat) = self.service.escalate_to else {
                    return Ok(());
                };
                let reply = StaffReply::NobodyAnswers { id, minutes };
                let what = What::Staff { reply, to: None };
                outcome.jobs.push(self.enqueue(tx, chat, now, what)?);
                Ok(())
            }
            Duty::TellCustomer => {
                let reply = Reply::StillWaiting { id, minutes };
                self.tell_customer(tx, order, What::Say { reply }, now, outcome)
            }
            Duty::ShowCard => self.show_card(tx, number, now, outcome),
            Duty::KeepAsItWas => {
                let mut order = order.clone();
                let open = order.proposal.as_ref().map(|proposal| proposal.number);
                if open.is_some_and(|open| order.answer(open, false, now)) {
                    self.change_answered(tx, &order, None, now, outcome)?;
                }
                Ok(())
            }
            Duty::Expire => {
                let mut order = order.clone();
                if order.expire(now).is_err() {
                    return Ok(());
                }
                self.order_changed(tx, &order, now, outcome)?;
                let reply = Reply::OrderMoved {
                    id,
                    status: order.status,
                    minutes: None,
                    more: None,
                    clock: None,
                    fulfilment: order.fulfilment,
                };
                self.tell_customer(tx, &order, What::Say { reply }, now, outcome)
            }
        }
    }
}

#[cfg(test)]
mod tests;
