//! Paying in Telegram: the question before money moves, the news that it has, and what came of neither.
//!
//! Both are updates like any other: applied once, in one transaction. The answer to Telegram's question goes out only
//! when what it says is on disk, and within the time for which Telegram waits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::customer::Outcome;
use super::expiry::rest;
use super::inbox::take_up;
use super::{Engine, Incoming, Release, What};
use crate::conversation::{Customer, Reply};
use crate::metrics::count;
use crate::money::{Currency, Money};
use crate::order::{Charge, Claim, Declined, Order, OrderId, OrderNumber, Paid, Status};
use crate::privacy::PersonalText;
use crate::store::{Commit, Record, Table, Tx, TxError};
use crate::text;

/// Telegram waits ten seconds for the answer (Bot API, `answerPreCheckoutQuery`); what of it is left for the way there.
const ANSWER_WITHIN: Duration = Duration::from_secs(8);

/// An order that waits for its payment. Key: the order's number.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Awaiting {
    /// When to look at it again.
    look_at: Timestamp,
}

impl Record for Awaiting {
    const TABLE: Table = Table::Payments;
}

/// Telegram's question before money moves.
#[derive(Debug, Clone)]
pub struct CheckoutQuery {
    /// Its name.
    pub id: String,
    /// What the invoice was made with.
    pub payload: String,
    /// ISO 4217 code.
    pub currency: String,
    /// In the currency's smallest unit.
    pub amount: Money,
    /// When it was taken up.
    pub received: Instant,
}

/// Telegram's word that money has moved.
#[derive(Debug, Clone)]
pub struct PaidMessage {
    /// What the invoice was made with.
    pub payload: String,
    /// ISO 4217 code.
    pub currency: String,
    /// In the currency's smallest unit.
    pub amount: Money,
    /// Telegram's id of the charge.
    pub telegram_charge: PersonalText,
    /// The provider's id of it.
    pub provider_charge: PersonalText,
}

/// The answer to a [`CheckoutQuery`].
#[derive(Debug)]
pub struct CheckoutAnswer {
    /// The question.
    pub query: String,
    /// The order, where there is one.
    pub order: Option<OrderNumber>,
    /// Why not, in words; none: go on.
    pub refused: Option<String>,
    /// Until when Telegram waits.
    pub until: Instant,
}

/// What an invoice of an order is made with. Only Telegram and the bot see it.
#[must_use]
pub fn payload_of(order: &OrderId) -> String {
    format!("order:{order}")
}

impl Engine {
    /// The order that an invoice was for.
    pub(super) fn order_of_payload(&self, payload: &str) -> Option<OrderNumber> {
        OrderId::number(&self.tag, payload.strip_prefix("order:")?)
    }

    fn largest_tip(&self) -> Money {
        let pay = self.rules.pay.as_ref();
        pay.map(crate::conversation::PayRules::largest_tip)
            .unwrap_or_default()
    }

    /// Answers Telegram's question, one way or the other.
    pub(super) async fn checkout(self: &Arc<Self>, incoming: &Incoming, query: &CheckoutQuery) {
        let until = query.received + ANSWER_WITHIN;
        let (verdict, order) = match self.judge_checkout(incoming, query) {
            Ok(Some((verdict, order, commit))) => {
                let left = until.saturating_duration_since(Instant::now());
                match tokio::time::timeout(left, commit.durable()).await {
                    Ok(Ok(())) => (verdict, order),
                    Ok(Err(_)) => return,
                    // Said no, although it will be noted as agreed to: then no other try is agreed to for a while.
                    Err(_) => (Err(Declined::Late), order),
                }
            }
            // Applied before: whoever did it has answered, or it is too late.
            Ok(None) => return,
            Err(e) => {
                count(&self.metrics.errors, "store");
                tracing::error!(error = %e, "a payment could not be looked at");
                self.fail(incoming.update, incoming.chat, false);
                (Err(Declined::Late), None)
            }
        };
        let class = match &verdict {
            Ok(()) => "agreed",
            Err(why) => class(why),
        };
        tracing::info!(
            order.number = order,
            class,
            "Telegram has asked before a payment"
        );
        let customer = self.store.get::<Customer>(incoming.user).ok().flatten();
        let texts = customer.map_or_else(|| self.shop_texts(), |c| self.texts_of(&c));
        self.release(Release::Checkout(CheckoutAnswer {
            query: query.id.clone(),
            order: order.filter(|_| verdict.is_ok()),
            refused: verdict.err().map(|why| text::declined(texts, &why)),
            until,
        }));
    }

    #[allow(clippy::type_complexity)]
    fn judge_checkout(
        &self,
        incoming: &Incoming,
        query: &CheckoutQuery,
    ) -> Result<Option<(Result<(), Declined>, Option<OrderNumber>, Commit)>, TxError> {
        let now = Timestamp::now();
        let (menu, _) = self.menu();
        let number = self.order_of_payload(&query.payload);
        // From before this start: how long Telegram has been waiting is not known.
        let late = incoming
            .update
            .is_some_and(|update| self.left_checkouts.contains(&update))
            || query.received.elapsed() > ANSWER_WITHIN;
        let (verdict, commit) = self.transact(|tx| {
            if !take_up(tx, incoming.update) {
                return Ok(None);
            }
            if late {
                return Ok(Some(Err(Declined::Late)));
            }
            let order = number.map(|number| tx.get::<Order>(number)).transpose()?;
            let Some(mut order) = order.flatten() else {
                return Ok(Some(Err(Declined::Unknown)));
            };
            let gone = order.cart.clone().drop_unorderable(&menu);
            if !gone.is_empty() && order.status == Status::AwaitingPayment {
                return Ok(Some(Err(Declined::Gone(gone))));
            }
            let claim = claim(incoming, &query.currency, query.amount);
            let verdict = order.approve(&query.id, &claim, self.largest_tip(), now);
            if verdict.is_ok() {
                tx.put(order.number, &order)?;
                watch(tx, &order)?;
            }
            Ok(Some(verdict))
        })?;
        Ok(verdict.map(|verdict| (verdict, number, commit)))
    }

    /// Telegram did not take our agreement: no money moves by that try.
    pub fn checkout_failed(&self, number: OrderNumber, query: &str) {
        let result = self.transact(|tx| {
            if let Some(mut order) = tx.get::<Order>(number)?
                && order.withdraw(query)
            {
                tx.put(number, &order)?;
                watch(tx, &order)?;
            }
            Ok(())
        });
        if let Err(e) = result {
            tracing::error!(error = %e, "a failed try to pay could not be noted");
        }
    }

    /// Notes money that has moved.
    pub(super) async fn paid(self: &Arc<Self>, incoming: &Incoming, message: &PaidMessage) {
        match self.apply_payment(incoming, message) {
            Ok(done) => self.let_out(done).await,
            Err(e) => {
                // The update stays in the inbox: it is applied at the next start. Money is not let go.
                count(&self.metrics.errors, "store");
                tracing::error!(error = %e, "a payment could not be noted; it is tried again at the next start");
            }
        }
    }

    fn apply_payment(
        &self,
        incoming: &Incoming,
        message: &PaidMessage,
    ) -> Result<Option<(Outcome, Commit)>, TxError> {
        let number = self.order_of_payload(&message.payload);
        self.of_update(incoming.update, |tx, outcome, now| {
            let order = number.map(|number| tx.get::<Order>(number)).transpose()?;
            let Some(mut order) = order.flatten() else {
                count(&self.metrics.errors, "stray_payment");
                tracing::error!("a payment has come for an order that is not in this data folder");
                if let Some(chat) = self.operator_chat() {
                    let what = What::StrayPayment {
                        charge: message.provider_charge.clone(),
                        amount: amount_of(&message.currency, message.amount),
                    };
                    outcome.jobs.push(self.enqueue(tx, chat, now, what)?);
                }
                return Ok(());
            };
            let charge = Charge {
                telegram: message.telegram_charge.clone(),
                provider: message.provider_charge.clone(),
                amount: message.amount,
                at: now,
            };
            let claim = claim(incoming, &message.currency, message.amount);
            let became = order.pay(charge, &claim, self.largest_tip(), now);
            match became {
                Paid::Again => return Ok(()),
                Paid::Placed => {
                    let reply = Reply::Paid {
                        id: order.id.clone(),
                        amount: amount_of(&order.currency, message.amount),
                    };
                    self.tell(tx, &order, reply, now, outcome)?;
                }
                Paid::Refund => {}
            }
            self.order_changed(tx, &order, now, outcome)?;
            if became == Paid::Refund && !is_over(order.status) {
                self.refund_due(tx, &order, now, outcome)?;
            }
            Ok(())
        })
    }

    fn tell(
        &self,
        tx: &mut Tx<'_>,
        order: &Order,
        reply: Reply,
        now: Timestamp,
        outcome: &mut Outcome,
    ) -> Result<(), TxError> {
        // Nobody's, once the customer was forgotten.
        if order.customer != 0 {
            let chat = i64::try_from(order.customer).unwrap_or(i64::MAX);
            let job = self.enqueue(tx, chat, now, What::Say { reply })?;
            outcome.jobs.push(job);
        }
        Ok(())
    }

    /// What paying means for an order that has changed: whether it still waits, and whether money goes back.
    pub(super) fn payment_changed(
        &self,
        tx: &mut Tx<'_>,
        order: &Order,
        now: Timestamp,
        outcome: &mut Outcome,
    ) -> Result<(), TxError> {
        watch(tx, order)?;
        if is_over(order.status) && order.refund() > Money::ZERO {
            self.refund_due(tx, order, now, outcome)?;
        }
        Ok(())
    }

    /// Notes that an order now waits for its payment.
    pub(super) fn await_payment(&self, tx: &mut Tx<'_>, order: &Order) -> Result<(), TxError> {
        watch(tx, order)
    }

    /// The alarm in the operator chat, with the step to take; and the customer's comfort.
    fn refund_due(
        &self,
        tx: &mut Tx<'_>,
        order: &Order,
        now: Timestamp,
        outcome: &mut Outcome,
    ) -> Result<(), TxError> {
        count(&self.metrics.errors, "refund_due");
        tracing::warn!(order.id = %order.id, "an order was paid and came to nothing: its money is to be paid back");
        if let Some(chat) = self.operator_chat() {
            let what = What::Refund {
                order: order.number,
                message: None,
            };
            outcome.jobs.push(self.enqueue(tx, chat, now, what)?);
        }
        let reply = Reply::RefundDue {
            id: order.id.clone(),
            amount: amount_of(&order.currency, order.refund()),
        };
        self.tell(tx, order, reply, now, outcome)
    }

    /// The shop's tap that money was paid back: `pay:refunded:<order id>`.
    pub(super) async fn refunded_tap(
        self: &Arc<Self>,
        incoming: &Incoming,
        callback: &str,
        data: &str,
        message: Option<i32>,
    ) {
        if !self.admits_staff(incoming, callback) {
            return;
        }
        let number = self.order_of_tap(data);
        let result = self.of_update(incoming.update, |tx, outcome, now| {
            let order = number.map(|number| tx.get::<Order>(number)).transpose()?;
            if let Some(mut order) = order.flatten() {
                if order.refunded(now) {
                    self.order_changed(tx, &order, now, outcome)?;
                }
                let order = order.number;
                let what = What::Refund { order, message };
                outcome
                    .jobs
                    .push(self.enqueue(tx, incoming.chat, now, what)?);
            }
            Ok(())
        });
        match result {
            Ok(Some((outcome, commit))) => {
                if commit.durable().await.is_ok() {
                    self.settle(outcome, Some(callback));
                }
            }
            Ok(None) => {}
            Err(e) => {
                tracing::error!(error = %e, "a refund could not be noted");
                self.fail(incoming.update, incoming.chat, false);
                self.answer(callback, text::operator_failed(self.shop_texts()));
            }
        }
    }

    /// Ends an order of which Telegram takes no invoice.
    pub async fn invoice_failed(&self, number: OrderNumber) {
        let result = self.end_waiting(number, |id| Reply::PaymentImpossible { id }, |_| true);
        self.ended(result).await;
    }

    /// Lets orders expire that were not paid in time, until it is stopped. What a previous process left waiting is
    /// looked at first.
    pub async fn run_payments(self: Arc<Self>, stop: CancellationToken) {
        loop {
            let now = Timestamp::now();
            let mut over = Vec::new();
            let mut next: Option<Timestamp> = None;
            self.store
                .scan::<Awaiting>(|number, awaiting| match awaiting {
                    Ok(awaiting) if awaiting.look_at > now => {
                        next = Some(next.map_or(awaiting.look_at, |at| at.min(awaiting.look_at)));
                    }
                    _ => over.push(number),
                });
            for number in over {
                let due = |order: &Order| order.payment.look_at().is_none_or(|at| at <= now);
                let result = self.end_waiting(number, |id| Reply::PaymentExpired { id }, due);
                self.ended(result).await;
            }
            if !rest(next, now, &self.payments_wake, &stop).await {
                return;
            }
        }
    }

    fn end_waiting(
        &self,
        number: OrderNumber,
        reply: impl FnOnce(OrderId) -> Reply,
        due: impl FnOnce(&Order) -> bool,
    ) -> Result<Option<(Outcome, Commit)>, TxError> {
        let now = Timestamp::now();
        let (outcome, commit) = self.transact(|tx| {
            let mut outcome = Outcome::default();
            let Some(mut order) = tx.get::<Order>(number).ok().flatten() else {
                tx.remove(Table::Payments, number);
                return Ok(None);
            };
            if order.status == Status::AwaitingPayment && !due(&order) {
                return Ok(None);
            }
            let unconfirmed = order.payment.checkout.is_some();
            if !order.give_up_waiting(now) {
                tx.remove(Table::Payments, number);
                return Ok(None);
            }
            self.order_changed(tx, &order, now, &mut outcome)?;
            let reply = reply(order.id.clone());
            self.tell(tx, &order, reply, now, &mut outcome)?;
            // The bot had agreed, and no news came of it: somebody should look whether money has moved.
            if let Some(chat) = self.operator_chat().filter(|_| unconfirmed) {
                let what = What::Unconfirmed { order: number };
                outcome.jobs.push(self.enqueue(tx, chat, now, what)?);
            }
            Ok(Some(outcome))
        })?;
        Ok(outcome.map(|outcome| (outcome, commit)))
    }

    async fn ended(&self, result: Result<Option<(Outcome, Commit)>, TxError>) {
        match result {
            Ok(done) => self.let_out(done).await,
            Err(e) => tracing::error!(error = %e, "an unpaid order could not be ended"),
        }
    }
}

/// Notes whether an order waits for its payment.
fn watch(tx: &mut Tx<'_>, order: &Order) -> Result<(), TxError> {
    match order.payment.look_at() {
        Some(look_at) if order.status == Status::AwaitingPayment => {
            tx.put(order.number, &Awaiting { look_at })?;
        }
        _ => tx.remove(Table::Payments, order.number),
    }
    Ok(())
}

fn claim(incoming: &Incoming, currency: &str, amount: Money) -> Claim {
    Claim {
        user: incoming.user,
        currency: currency.to_owned(),
        amount,
    }
}

fn amount_of(currency: &str, amount: Money) -> String {
    Currency::parse(currency).map_or_else(
        || format!("{} {currency}", amount.minor()),
        |currency| currency.show(amount),
    )
}

const fn is_over(status: Status) -> bool {
    matches!(
        status,
        Status::Rejected | Status::Cancelled | Status::Expired
    )
}

/// The word for logs.
const fn class(why: &Declined) -> &'static str {
    match why {
        Declined::Unknown => "unknown",
        Declined::Paid => "paid",
        Declined::Closed => "closed",
        Declined::UnderWay => "under_way",
        Declined::Amount => "amount",
        Declined::Gone(_) => "gone",
        Declined::Late => "late",
    }
}
