//! The shop's taps below an order card.

use std::sync::Arc;

use jiff::Timestamp;

use crate::conversation::Reply;
use crate::engine::customer::Outcome;
use crate::engine::{Engine, Incoming, What};
use crate::metrics::count;
use crate::order::{LONGEST_DELAY, Method, Order, OrderId, OrderNumber, Reason, Status, Step};
use crate::staff::StaffReply;
use crate::store::{Commit, Tx, TxError};
use crate::text;

/// What a tap below a card asks for.
#[derive(Debug, Clone, PartialEq)]
enum Wish {
    Step(Step),
    /// Takes the last step back, if the order is still of this version.
    Undo(u64),
    /// Why the order was rejected.
    Reason(Reason),
}

impl Wish {
    /// `op:accept|reject|ready|way|done:<order id>`, `op:delay:<order id>:<minutes>`, `op:undo:<order id>:<version>`,
    /// `op:reason:<order id>:<word>`.
    fn parse(data: &str) -> Option<Self> {
        let mut parts = data.split(':').skip(1);
        let wish = match (parts.next()?, parts.next()?, parts.next()) {
            ("accept", _, None) => Self::Step(Step::Accept),
            ("reject", _, None) => Self::Step(Step::Reject),
            ("ready", _, None) => Self::Step(Step::Ready),
            ("way", _, None) => Self::Step(Step::OnTheWay),
            ("done", _, None) => Self::Step(Step::Done),
            ("delay", _, Some(minutes)) => {
                let minutes: u32 = minutes.parse().ok()?;
                let minutes = Some(minutes).filter(|m| (1..=LONGEST_DELAY).contains(m))?;
                Self::Step(Step::Delay(minutes))
            }
            ("undo", _, Some(version)) => Self::Undo(version.parse().ok()?),
            ("reason", _, Some(word)) => {
                let known = Reason::BUTTONS
                    .into_iter()
                    .find(|(known, _)| *known == word);
                Self::Reason(known?.1)
            }
            _ => return None,
        };
        parts.next().is_none().then_some(wish)
    }
}

impl Engine {
    /// The order that an operator's tap speaks of.
    pub(in crate::engine) fn order_of_tap(&self, data: &str) -> Option<OrderNumber> {
        let id = data.split(':').nth(2)?;
        OrderId::number(&self.tag, id)
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
        let wanted = Wish::parse(data).zip(self.order_of_tap(data));
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
        wanted: Option<(Wish, OrderNumber)>,
    ) -> Result<Option<(Outcome, Commit)>, TxError> {
        self.of_update(update, |tx, outcome, now| {
            let order = match wanted {
                Some((wish, number)) => tx.get::<Order>(number)?.map(|order| (wish, order)),
                None => None,
            };
            let said = match order {
                None => Err(None),
                Some((Wish::Step(step), order)) => {
                    self.step_order(tx, order, step, now, outcome)?
                }
                Some((Wish::Undo(version), order)) => {
                    self.undo_step(tx, order, version, now, outcome)?
                }
                Some((Wish::Reason(reason), order)) => {
                    self.explain(tx, order, reason, now, outcome)?
                }
            };
            outcome.answer = Some(text::operator_notice(self.shop_texts(), said));
            Ok(())
        })
    }

    fn step_order(
        &self,
        tx: &mut Tx<'_>,
        mut order: Order,
        step: Step,
        now: Timestamp,
        outcome: &mut Outcome,
    ) -> Result<Result<Status, Option<Status>>, TxError> {
        let promised = order.due_at;
        let pay = self.rules.pay.as_ref();
        if pay.is_none() && !order.is_settled() {
            // The shop takes no payments in Telegram any more.
            order.payment.method = Method::Cash;
        }
        if let Err(status) = order.advance(step, now) {
            return Ok(Err(Some(status)));
        }
        // What is said now is corrected where the step is taken back, not what was said before.
        order.notice = None;
        if order.status == Status::AwaitingPayment {
            order.payment.due = pay.and_then(|pay| now.checked_add(pay.ttl).ok());
        }
        self.order_changed(tx, &order, now, outcome)?;
        let more = match step {
            Step::Delay(minutes) => promised.is_some().then_some(minutes),
            _ => None,
        };
        let named = matches!(step, Step::Delay(_)) && order.status != Status::AwaitingPayment;
        let reply = Reply::OrderMoved {
            id: order.id.clone(),
            status: order.status,
            minutes: order.delay_minutes.filter(|_| named),
            more,
            clock: order
                .due_at
                .filter(|_| named)
                .map(|due| self.time_of_day(due)),
            fulfilment: order.fulfilment,
        };
        let what = What::Notice {
            order: order.number,
            reply,
        };
        self.tell_customer(tx, &order, what, now, outcome)?;
        if order.status == Status::AwaitingPayment {
            let what = What::Invoice {
                order: order.number,
            };
            self.tell_customer(tx, &order, what, now, outcome)?;
        }
        Ok(Ok(order.status))
    }

    fn undo_step(
        &self,
        tx: &mut Tx<'_>,
        mut order: Order,
        version: u64,
        now: Timestamp,
        outcome: &mut Outcome,
    ) -> Result<Result<Status, Option<Status>>, TxError> {
        if let Err(status) = order.undo(version, now) {
            return Ok(Err(Some(status)));
        }
        self.note_slot(&order);
        self.order_changed(tx, &order, now, outcome)?;
        let what = What::Correction {
            order: order.number,
            reply: Reply::StepUndone {
                id: order.id.clone(),
                status: order.status,
            },
        };
        self.tell_customer(tx, &order, what, now, outcome)?;
        Ok(Ok(order.status))
    }

    /// Notes why an order was rejected, and tells its customer.
    pub(in crate::engine) fn explain(
        &self,
        tx: &mut Tx<'_>,
        mut order: Order,
        reason: Reason,
        now: Timestamp,
        outcome: &mut Outcome,
    ) -> Result<Result<Status, Option<Status>>, TxError> {
        if !order.explain(reason.clone(), now) {
            return Ok(Err(Some(order.status)));
        }
        self.order_changed(tx, &order, now, outcome)?;
        let id = order.id.clone();
        let what = What::Say {
            reply: Reply::Rejected { id, reason },
        };
        self.tell_customer(tx, &order, what, now, outcome)?;
        Ok(Ok(order.status))
    }

    /// A change of an order is made, or not: whoever proposed it and whom it concerns are told.
    pub(in crate::engine) fn change_answered(
        &self,
        tx: &mut Tx<'_>,
        order: &Order,
        agreed: Option<bool>,
        now: Timestamp,
        outcome: &mut Outcome,
    ) -> Result<(), TxError> {
        self.order_changed(tx, order, now, outcome)?;
        let id = order.id.clone();
        let reply = Reply::ChangeAnswered {
            id: id.clone(),
            agreed: agreed.unwrap_or(false),
        };
        self.tell_customer(tx, order, What::Say { reply }, now, outcome)?;
        if let Some(chat) = self.operator_chat() {
            let chat = (chat, self.cards_topic_in(tx)?);
            let what = What::Staff {
                reply: StaffReply::ChangeAnswered { id, agreed },
                to: order.card,
            };
            outcome.jobs.push(self.enqueue_in(tx, chat, now, what)?);
        }
        Ok(())
    }

    /// A time of day in the shop's time zone.
    pub(in crate::engine) fn time_of_day(&self, at: Timestamp) -> String {
        at.to_zoned(self.rules.shop.zone.clone())
            .strftime("%H:%M")
            .to_string()
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
        self.watch(tx, order, now)?;
        outcome.rows.push(order.number);
        outcome.statuses.push((order.id.clone(), order.status));
        self.payment_changed(tx, order, now, outcome)?;
        self.board_changed(tx, now, outcome)?;
        if order.is_for_shop() {
            self.show_card(tx, order.number, now, outcome)?;
        }
        Ok(())
    }

    /// Has an order's card show the order as it is.
    pub(in crate::engine) fn show_card(
        &self,
        tx: &mut Tx<'_>,
        order: OrderNumber,
        now: Timestamp,
        outcome: &mut Outcome,
    ) -> Result<(), TxError> {
        if let Some(chat) = self.operator_chat() {
            let job = self.enqueue(tx, chat, now, What::Card { order })?;
            outcome.jobs.push(job);
        }
        Ok(())
    }

    /// A job for the customer of an order, if they are still known.
    pub(in crate::engine) fn tell_customer(
        &self,
        tx: &mut Tx<'_>,
        order: &Order,
        what: What,
        now: Timestamp,
        outcome: &mut Outcome,
    ) -> Result<(), TxError> {
        if order.customer == 0 {
            // The customer was forgotten while the order was under way.
            return Ok(());
        }
        let chat = i64::try_from(order.customer).unwrap_or(i64::MAX);
        outcome.jobs.push(self.enqueue(tx, chat, now, what)?);
        Ok(())
    }

    pub(in crate::engine) fn next_order(&self, tx: &mut Tx<'_>) -> Result<OrderNumber, TxError> {
        self.count_up(tx, |counters| {
            counters.orders += 1;
            counters.orders
        })
    }
}
