//! Replies in the operator chat: to a customer's question, and to the card of an order that was rejected.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::conversation::{Conversation, Reply};
use crate::engine::customer::Outcome;
use crate::engine::{Engine, Incoming, IncomingKind, What};
use crate::metrics::count;
use crate::order::{Order, OrderNumber, Reason};
use crate::privacy::PersonalText;
use crate::store::{Commit, Record, Table, Tx, TxError};

/// Messages of the operator chat that can be replied to; the oldest are forgotten.
const MOST_THREADS: usize = 1_000;

/// What a message of the bot in the operator chat is about. Key: the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub(in crate::engine) enum Thread {
    /// An order's card.
    Card {
        /// The order.
        order: OrderNumber,
    },
    /// An order that staff take down.
    Desk {
        /// The key of its conversation.
        desk: u64,
    },
    /// A customer's question.
    Question {
        /// The customer.
        customer: u64,
        /// Who asks.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<PersonalText>,
        /// What they ask.
        text: PersonalText,
    },
}

impl Record for Thread {
    const TABLE: Table = Table::Threads;
}

impl Thread {
    /// Whether it is about a customer by name.
    pub(in crate::engine) fn is_of(&self, user: u64) -> bool {
        matches!(self, Self::Question { customer, .. } if *customer == user)
    }

    /// Notes what a message is about.
    pub(in crate::engine) fn note(
        tx: &mut Tx<'_>,
        message: i32,
        about: &Self,
    ) -> Result<(), TxError> {
        let Ok(message) = u64::try_from(message) else {
            return Ok(());
        };
        tx.put(message, about)?;
        // One in, one out; Telegram counts messages up, so that the least is the oldest.
        let before = tx.before();
        if before.len(Table::Threads) >= MOST_THREADS
            && let Some(oldest) = before.first_key(Table::Threads)
        {
            tx.remove(Table::Threads, oldest);
        }
        Ok(())
    }
}

impl Engine {
    /// Passes a customer's message on to the shop.
    pub(in crate::engine) fn ask_shop(
        &self,
        tx: &mut Tx<'_>,
        incoming: &Incoming,
        name: Option<PersonalText>,
        now: Timestamp,
        outcome: &mut Outcome,
    ) -> Result<(), TxError> {
        let (Some(chat), IncomingKind::Text(text)) = (self.operator_chat(), &incoming.kind) else {
            return Ok(());
        };
        let what = What::Question {
            customer: incoming.user,
            name,
            text: text.clone(),
            answered: None,
        };
        let chat = (chat, self.cards_topic_in(tx)?);
        outcome.jobs.push(self.enqueue_in(tx, chat, now, what)?);
        Ok(())
    }

    /// What a message of the operator chat replies to, if it is something that takes replies.
    fn thread_of(&self, incoming: &Incoming) -> Option<(i32, Thread)> {
        let message = incoming.spot.reply_to?;
        if !self.is_operator_chat(incoming.chat) {
            return None;
        }
        Some((message, self.thread(message)?))
    }

    /// What a message of the bot in the operator chat is about.
    pub(in crate::engine) fn thread(&self, message: i32) -> Option<Thread> {
        let thread = self.store.get::<Thread>(u64::try_from(message).ok()?);
        thread.ok().flatten()
    }

    /// The order whose card a message of the operator chat replies to.
    pub(in crate::engine) fn card_replied_to(&self, incoming: &Incoming) -> Option<OrderNumber> {
        match self.thread_of(incoming)?.1 {
            Thread::Card { order } => Some(order),
            Thread::Question { .. } | Thread::Desk { .. } => None,
        }
    }

    /// Whether a text in the operator chat replies to something that takes replies; if so, it is passed on.
    pub(in crate::engine) async fn staff_reply(self: &Arc<Self>, incoming: &Incoming) -> bool {
        let IncomingKind::Text(text) = &incoming.kind else {
            return false;
        };
        let Some((message, thread)) = self.thread_of(incoming) else {
            return false;
        };
        if self.role_of(incoming.user).is_none() {
            return false;
        }
        let done = match thread {
            // Nothing is taken down there any more.
            Thread::Desk { .. } => return false,
            Thread::Card { order } => self.reason_in_words(incoming, order, text),
            Thread::Question {
                customer,
                name,
                text: asked,
            } => {
                let question = What::Question {
                    customer,
                    name,
                    text: asked,
                    answered: Some(message),
                };
                self.answer_question(incoming, customer, text, question)
            }
        };
        match done {
            Ok(done) => self.let_out(done).await,
            Err(e) => {
                count(&self.metrics.errors, "store");
                tracing::error!(error = %e, "a reply of the staff could not be passed on");
                self.fail(incoming.update, incoming.chat, incoming.private);
            }
        }
        true
    }

    fn answer_question(
        &self,
        incoming: &Incoming,
        customer: u64,
        text: &PersonalText,
        question: What,
    ) -> Result<Option<(Outcome, Commit)>, TxError> {
        self.of_update(incoming.update, |tx, outcome, now| {
            if !tx.contains(Table::Customers, customer) {
                // Forgotten meanwhile.
                return Ok(());
            }
            if let Some(mut conversation) = tx.get::<Conversation>(customer)?
                && conversation.question.take().is_some()
            {
                tx.put(customer, &conversation)?;
            }
            let chat = i64::try_from(customer).unwrap_or(i64::MAX);
            let text = text.clone();
            let reply = Reply::ShopSays { text };
            let said = self.enqueue(tx, chat, now, What::Say { reply })?;
            let seen = self.enqueue(tx, incoming.chat, now, question)?;
            outcome.jobs.extend([said, seen]);
            Ok(())
        })
    }

    /// A reply to a card says why the order was rejected; of any other card it is the staff's own talk.
    fn reason_in_words(
        &self,
        incoming: &Incoming,
        order: OrderNumber,
        text: &PersonalText,
    ) -> Result<Option<(Outcome, Commit)>, TxError> {
        self.of_update(incoming.update, |tx, outcome, now| {
            if let Some(order) = tx.get::<Order>(order)? {
                let reason = Reason::Words(text.clone());
                let _ = self.explain(tx, order, reason, now, outcome)?;
            }
            Ok(())
        })
    }
}
