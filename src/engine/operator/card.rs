//! The shop's taps below an order card.

use std::sync::Arc;

use jiff::Timestamp;

use crate::conversation::Reply;
use crate::engine::customer::Outcome;
use crate::engine::{Engine, InboxEntry, Incoming, What};
use crate::metrics::count;
use crate::order::{LONGEST_DELAY, Order, OrderId, OrderNumber, Step};
use crate::store::{Commit, Table, Tx, TxError};
use crate::text;

impl Engine {
    /// The order that an operator's tap speaks of.
    pub(in crate::engine) fn order_of_tap(&self, data: &str) -> Option<OrderNumber> {
        let id = data.split(':').nth(2)?;
        OrderId::number(&self.tag, id)
    }

    /// `op:accept|reject|ready|done:<order id>`, `op:delay:<order id>:<minutes>`.
    fn step_of_tap(data: &str) -> Option<Step> {
        let mut parts = data.split(':').skip(1);
        let step = match (parts.next()?, parts.next()?, parts.next()) {
            ("accept", _, None) => Step::Accept,
            ("reject", _, None) => Step::Reject,
            ("ready", _, None) => Step::Ready,
            ("done", _, None) => Step::Done,
            ("delay", _, Some(minutes)) => {
                let minutes: u32 = minutes.parse().ok()?;
                Step::Delay(Some(minutes).filter(|m| (1..=LONGEST_DELAY).contains(m))?)
            }
            _ => return None,
        };
        parts.next().is_none().then_some(step)
    }

    /// Whether a tap comes from somebody who may act in the operator chat; else it is answered and done with.
    pub(in crate::engine) fn admits_staff(&self, incoming: &Incoming, callback: &str) -> bool {
        let allowed = self.is_operator_chat(incoming.chat) && self.role_of(incoming.user).is_some();
        if !allowed {
            count(&self.metrics.errors, "not_allowed");
            if let Some(update) = incoming.update {
                self.skip(update);
            }
            self.answer(callback, text::not_allowed(self.shop_texts()));
        }
        allowed
    }

    pub(in crate::engine) async fn operator_tap(
        self: &Arc<Self>,
        incoming: &Incoming,
        callback: &str,
        data: &str,
    ) {
        if !self.admits_staff(incoming, callback) {
            return;
        }
        let wanted = Self::step_of_tap(data).zip(self.order_of_tap(data));
        match self.move_order(incoming.update, wanted) {
            Ok(Some((outcome, commit))) => {
                if commit.durable().await.is_ok() {
                    self.settle(outcome, Some(callback));
                }
            }
            Ok(None) => {}
            Err(e) => {
                count(&self.metrics.errors, "store");
                tracing::error!(error = %e, "an order could not be moved");
                self.fail(incoming.update, incoming.chat, false);
                self.answer(callback, text::operator_failed(self.shop_texts()));
            }
        }
    }

    fn move_order(
        &self,
        update: Option<u64>,
        wanted: Option<(Step, OrderNumber)>,
    ) -> Result<Option<(Outcome, Commit)>, TxError> {
        let now = Timestamp::now();
        let (outcome, commit) = self.transact(|tx| {
            if let Some(update) = update {
                if !tx.contains(Table::Inbox, update) {
                    return Ok(None);
                }
                tx.delete::<InboxEntry>(update);
            }
            let mut outcome = Outcome::default();
            let order = match wanted {
                Some((step, number)) => tx.get::<Order>(number)?.map(|order| (step, order)),
                None => None,
            };
            let said = match order {
                None => Err(None),
                Some((step, mut order)) => match order.advance(step, now) {
                    Ok(()) => {
                        self.order_changed(tx, &order, now, &mut outcome)?;
                        self.tell_customer(tx, &order, step, now, &mut outcome)?;
                        Ok(order.status)
                    }
                    Err(status) => Err(Some(status)),
                },
            };
            outcome.answer = Some(text::operator_notice(self.shop_texts(), said));
            Ok(Some(outcome))
        })?;
        Ok(outcome.map(|outcome| (outcome, commit)))
    }

    /// Writes a changed order with all that shows it: its row and its card.
    pub(in crate::engine) fn order_changed(
        &self,
        tx: &mut Tx<'_>,
        order: &Order,
        now: Timestamp,
        outcome: &mut Outcome,
    ) -> Result<(), TxError> {
        tx.put(order.number, order)?;
        self.row_pending(tx, order.number, now)?;
        outcome.rows.push(order.number);
        outcome.statuses.push((order.id.clone(), order.status));
        self.payment_changed(tx, order, now, outcome)?;
        if let Some(chat) = self.operator_chat().filter(|_| order.is_for_shop()) {
            let what = What::Card {
                order: order.number,
            };
            outcome.jobs.push(self.enqueue(tx, chat, now, what)?);
        }
        Ok(())
    }

    fn tell_customer(
        &self,
        tx: &mut Tx<'_>,
        order: &Order,
        step: Step,
        now: Timestamp,
        outcome: &mut Outcome,
    ) -> Result<(), TxError> {
        if order.customer == 0 {
            // The customer was forgotten while the order was under way.
            return Ok(());
        }
        let minutes = match step {
            Step::Delay(_) => order.delay_minutes,
            Step::Accept | Step::Reject | Step::Ready | Step::Done => None,
        };
        let reply = Reply::OrderMoved {
            id: order.id.clone(),
            status: order.status,
            minutes,
            fulfilment: order.fulfilment,
        };
        let chat = i64::try_from(order.customer).unwrap_or(i64::MAX);
        outcome
            .jobs
            .push(self.enqueue(tx, chat, now, What::Say { reply })?);
        Ok(())
    }

    pub(in crate::engine) fn next_order(&self, tx: &mut Tx<'_>) -> Result<OrderNumber, TxError> {
        self.count_up(tx, |counters| {
            counters.orders += 1;
            counters.orders
        })
    }
}
