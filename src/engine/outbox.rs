//! What is to reach Telegram: kept until it has, rendered when it is sent.

use std::sync::Arc;

use jiff::Timestamp;

use super::forget::{Forgotten, is_farewell};
use super::operator::{Board, Thread};
use super::records::{Counters, Outgoing, Shown, What};
use super::{Engine, Release};
use crate::conversation::{Conversation, Customer, Reply};
use crate::language::{Language, Texts};
use crate::order::{Order, OrderId, OrderNumber, Status};
use crate::store::{Table, Tx, TxError};
use crate::text::{self, Invoice, Message};

/// A job, rendered.
#[derive(Debug)]
pub struct Delivery {
    /// What the chat is to show.
    pub message: Message,
    /// Where in the chat.
    pub place: Place,
    /// The invoice that is sent instead of the message.
    pub invoice: Option<Box<Invoice>>,
    /// The file that the message is the caption of.
    pub file: Option<Arc<Attachment>>,
    /// The place is pinned, and nothing is sent.
    pub pins: bool,
    /// In which forum topic, where it is a new message.
    pub topic: Option<i32>,
    /// The message that a new one replies to.
    pub reply_to: Option<i32>,
}

impl Delivery {
    /// A message that stands by itself.
    #[must_use]
    pub const fn new(message: Message, place: Place) -> Self {
        Self {
            message,
            place,
            invoice: None,
            file: None,
            pins: false,
            topic: None,
            reply_to: None,
        }
    }
}

/// A file that is sent.
#[derive(PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Whether it is shown as a picture.
    pub photo: bool,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Attachment {
    /// Without the content: it may hold people's data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attachment")
            .field("name", &self.name)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// Where a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At the end of the chat.
    New,
    /// In place of an earlier message; at the end if that is gone.
    Edit(i32),
}

/// Who goes first where more is to be said than Telegram lets out, as in a flood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// What the shop reads, what is about a placed order, and all for a customer who has ordered before.
    Order,
    /// A stranger's draft.
    Draft,
    /// All else for a stranger.
    Talk,
}

/// Messages that may wait for Telegram before strangers' talk is let go, and before their drafts are: whoever floods
/// must not keep the bot from hearing the others. What is let go is not said; a draft is kept all the same, and shown
/// when its customer writes again.
const MOST_TALK: usize = 3_000;
const MOST_DRAFTS: usize = 10_000;

impl Priority {
    /// The priority of a job for a chat whose customer `has_ordered` or has not.
    pub(super) const fn of(what: &What, has_ordered: bool) -> Self {
        match what {
            What::Invoice { .. }
            | What::Close { order: Some(_), .. }
            | What::Notice { .. }
            | What::Correction { .. }
            | What::Proposal { .. } => Self::Order,
            what if has_ordered || what.is_for_shop() => Self::Order,
            What::Draft { .. } | What::Close { .. } => Self::Draft,
            _ => Self::Talk,
        }
    }

    /// Whether there is room for one more where so many wait.
    pub(super) const fn has_room(self, waiting: usize) -> bool {
        match self {
            Self::Order => true,
            Self::Draft => waiting < MOST_DRAFTS,
            Self::Talk => waiting < MOST_TALK,
        }
    }
}

impl Engine {
    /// Whether a job goes before others.
    #[must_use]
    pub fn priority(&self, outgoing: &Outgoing) -> Priority {
        let user = u64::try_from(outgoing.chat).unwrap_or_default();
        let customer = self.store.get::<Customer>(user).ok().flatten();
        let known = customer.is_some_and(|customer| !customer.orders.is_empty());
        Priority::of(&outgoing.what, known || outgoing.desk.is_some())
    }

    /// Messages that wait for Telegram.
    pub(super) fn unsent(&self) -> usize {
        self.store.read(|view| view.len(Table::Outbox))
    }

    /// Puts a job into the outbox.
    pub(super) fn enqueue(
        &self,
        tx: &mut Tx<'_>,
        chat: i64,
        at: Timestamp,
        what: What,
    ) -> Result<(u64, Outgoing), TxError> {
        self.enqueue_in(tx, (chat, None), at, what)
    }

    /// The same for a forum topic of a chat.
    pub(super) fn enqueue_in(
        &self,
        tx: &mut Tx<'_>,
        (chat, topic): (i64, Option<i32>),
        at: Timestamp,
        what: What,
    ) -> Result<(u64, Outgoing), TxError> {
        let key = self.count_up(tx, |counters| {
            counters.jobs += 1;
            counters.jobs
        })?;
        let outgoing = Outgoing {
            chat,
            at,
            topic,
            language: None,
            desk: None,
            what,
        };
        tx.put(key, &outgoing)?;
        Ok((key, outgoing))
    }

    /// A message about an order that staff take down.
    pub(super) fn enqueue_at_desk(
        &self,
        tx: &mut Tx<'_>,
        (chat, topic): (i64, Option<i32>),
        desk: u64,
        what: What,
    ) -> Result<(u64, Outgoing), TxError> {
        let (key, mut outgoing) = self.enqueue_in(tx, (chat, topic), Timestamp::now(), what)?;
        outgoing.desk = Some(desk);
        tx.put(key, &outgoing)?;
        Ok((key, outgoing))
    }

    /// A message to somebody who is not kept, or not any more, so that their language goes with it.
    pub(super) fn enqueue_for(
        &self,
        tx: &mut Tx<'_>,
        (chat, language): (i64, Language),
        at: Timestamp,
        reply: Reply,
    ) -> Result<(u64, Outgoing), TxError> {
        let (key, mut outgoing) = self.enqueue(tx, chat, at, What::Say { reply })?;
        outgoing.language = Some(language);
        tx.put(key, &outgoing)?;
        Ok((key, outgoing))
    }

    pub(super) fn count_up(
        &self,
        tx: &mut Tx<'_>,
        count: impl FnOnce(&mut Counters) -> u64,
    ) -> Result<u64, TxError> {
        let mut counters = tx
            .get::<Counters>(Counters::KEY)?
            .unwrap_or_else(Counters::fresh);
        let value = count(&mut counters);
        tx.put(Counters::KEY, &counters)?;
        Ok(value)
    }

    pub(super) fn release_left_jobs(&self) {
        let mut left = Vec::new();
        self.store.scan::<Outgoing>(|key, outgoing| {
            if let Ok(outgoing) = outgoing {
                left.push((key, outgoing));
            }
        });
        for (key, outgoing) in left {
            self.release(Release::Job { key, outgoing });
        }
    }

    /// A job as it is to be shown now; none: nothing is to be shown any more.
    #[must_use]
    pub fn render(&self, outgoing: &Outgoing) -> Option<Delivery> {
        let delivery = self.render_for(outgoing)?;
        Some(match outgoing.desk {
            None => delivery,
            Some(_) => Delivery {
                message: text::at_desk(delivery.message),
                topic: outgoing.topic,
                ..delivery
            },
        })
    }

    fn render_for(&self, outgoing: &Outgoing) -> Option<Delivery> {
        let (menu, _) = self.menu();
        let clock = self.clock();
        let t = match &outgoing.what {
            what if what.is_for_shop() || outgoing.desk.is_some() => self.shop_texts(),
            _ => self.texts_for(outgoing.chat, outgoing.language),
        };
        let user = outgoing.reader();
        let shown = |draft: &str| {
            let shown = self.store.get::<Shown>(user).ok().flatten();
            shown
                .filter(|shown| shown.draft == draft)
                .map_or(Place::New, |shown| Place::Edit(shown.message))
        };
        let new = |message| Delivery::new(message, Place::New);
        let order_of = |number: &OrderNumber| self.store.get::<Order>(*number).ok().flatten();
        match &outgoing.what {
            What::Say {
                reply: Reply::MyData,
            } => Some(new(self.my_data(t, user))),
            What::Say {
                reply: reply @ (Reply::Details | Reply::Privacy),
            } => {
                let customer = self.store.get::<Customer>(user).ok().flatten();
                Some(new(match reply {
                    Reply::Details => text::details(t, customer.as_ref()),
                    _ => text::privacy(t, customer.as_ref(), &menu, &self.rules),
                }))
            }
            What::Say { reply } if outgoing.desk.is_some() => {
                Some(new(text::desk_reply(t, reply, &menu)))
            }
            What::Say { reply } => Some(new(text::reply(t, reply, &menu))),
            What::Report { .. }
            | What::Stats { .. }
            | What::Export { .. }
            | What::Board { .. }
            | What::Pin { .. } => self.render_report(outgoing),
            What::Proposal { order } => {
                let order = order_of(order)?;
                let proposal = order.proposal.as_deref()?;
                Some(new(text::proposal(t, &order, proposal)))
            }
            What::Menu { view, message } => Some(Delivery::new(
                text::menu_page(t, view, &menu),
                message.map_or(Place::New, Place::Edit),
            )),
            What::Draft { draft, anew } => {
                let open = self.store.get::<Conversation>(user).ok().flatten()?.draft?;
                let customer = self.person(user)?;
                let rules = self.rules_for(user);
                (open.id == *draft).then(|| {
                    let place = if *anew { Place::New } else { shown(draft) };
                    let message = text::draft(t, &open, &customer, &menu, &rules, &clock);
                    let message = match outgoing.desk {
                        None => message,
                        Some(_) => {
                            let changes =
                                open.changes.map(|number| OrderId::new(&self.tag, number));
                            text::desk_draft(t, message, changes.as_ref())
                        }
                    };
                    Delivery::new(message, place)
                })
            }
            What::Close {
                draft,
                closing,
                order,
            } => {
                let order = order.and_then(|number| self.store.get::<Order>(number).ok().flatten());
                let place = shown(draft);
                // A draft that was never shown needs no end, unless it became an order.
                let shows = place != Place::New || order.is_some();
                shows.then(|| {
                    let message = match &order {
                        Some(order) if outgoing.desk.is_some() => text::desk_closed(t, order),
                        order => text::closed(t, closing, order.as_ref(), &clock),
                    };
                    Delivery::new(message, place)
                })
            }
            What::Shop { said, message } => Some(Delivery {
                topic: outgoing.topic,
                ..Delivery::new(
                    text::shop_said(t, said, &self.shop_state(), &menu, &clock),
                    message.map_or(Place::New, Place::Edit),
                )
            }),
            What::Staff { reply, to } => Some(Delivery {
                topic: outgoing.topic,
                reply_to: *to,
                ..new(text::staff(t, reply, &super::staff_commands()))
            }),
            What::Notice { reply, .. } => Some(new(text::reply(t, reply, &menu))),
            What::Correction { order, reply } => {
                let order = self.store.get::<Order>(*order).ok().flatten();
                let notice = order.and_then(|order| order.notice);
                let place = notice.map_or(Place::New, Place::Edit);
                Some(Delivery::new(text::reply(t, reply, &menu), place))
            }
            What::Question {
                name,
                text,
                answered,
                ..
            } => Some(Delivery {
                topic: outgoing.topic,
                ..Delivery::new(
                    text::question(t, name.as_ref(), text, answered.is_some()),
                    answered.map_or(Place::New, Place::Edit),
                )
            }),
            What::Redacted { message } => {
                Some(Delivery::new(text::redacted(t), Place::Edit(*message)))
            }
            What::Card { order } => {
                let order = self.store.get::<Order>(*order).ok().flatten()?;
                Some(Delivery {
                    topic: self.cards_topic(),
                    ..Delivery::new(
                        text::card(t, &order, &clock),
                        order.card.map_or(Place::New, Place::Edit),
                    )
                })
            }
            What::Invoice { order } => {
                let order = order_of(order).filter(|o| o.status == Status::AwaitingPayment)?;
                let pay = self.rules.pay.as_ref()?;
                let payload = super::payload_of(&order.id);
                Some(Delivery {
                    invoice: Some(Box::new(text::invoice(t, &order, pay, &menu, payload))),
                    ..new(Message::plain(""))
                })
            }
            What::Refund { order, message } => Some(Delivery {
                place: message.map_or(Place::New, Place::Edit),
                ..new(text::refund(t, &order_of(order)?))
            }),
            What::Unconfirmed { order } => Some(new(text::unconfirmed(t, &order_of(order)?))),
            What::StrayPayment { charge, amount } => {
                Some(new(text::stray_payment(t, charge, amount)))
            }
        }
    }

    /// What is kept about a customer, in words. Their orders are named as far back as they are remembered with them.
    fn my_data(&self, t: Texts, user: u64) -> Message {
        let customer = self.store.get::<Customer>(user).ok().flatten();
        let conversation = self.store.get::<Conversation>(user).ok().flatten();
        let placed = customer.iter().flat_map(|customer| &customer.orders);
        let order = |number| self.store.get::<Order>(number).ok().flatten();
        let orders: Vec<_> = placed.filter_map(|placed| order(placed.number)).collect();
        text::my_data(t, user, customer.as_ref(), conversation.as_ref(), &orders)
    }

    /// The order that a job shows, for logs.
    #[must_use]
    pub fn order_shown(&self, what: &What) -> Option<OrderId> {
        let number = match what {
            What::Card { order }
            | What::Proposal { order }
            | What::Notice { order, .. }
            | What::Correction { order, .. }
            | What::Invoice { order }
            | What::Refund { order, .. }
            | What::Unconfirmed { order } => *order,
            What::Close { order, .. } => (*order)?,
            What::Say { .. }
            | What::Draft { .. }
            | What::Menu { .. }
            | What::Shop { .. }
            | What::Staff { .. }
            | What::Question { .. }
            | What::Redacted { .. }
            | What::Report { .. }
            | What::Stats { .. }
            | What::Export { .. }
            | What::Board { .. }
            | What::Pin { .. }
            | What::StrayPayment { .. } => return None,
        };
        Some(OrderId::new(&self.tag, number))
    }

    /// Takes jobs out of the outbox that have reached Telegram, or never will; `shown`: the message that the last of
    /// them is now seen in. Not waited for: a job that is done again after a crash repeats a message at worst.
    pub fn delivered(&self, keys: &[u64], outgoing: &Outgoing, shown: Option<i32>) {
        let result = self.transact(|tx| {
            let waiting = keys.iter().any(|key| tx.contains(Table::Outbox, *key));
            for key in keys {
                tx.delete::<Outgoing>(*key);
            }
            if waiting && is_farewell(&outgoing.what) {
                // It was the last that named its reader's chat.
                Forgotten::want(tx)?;
            }
            if let (What::Close { .. }, Some(desk)) = (&outgoing.what, outgoing.desk) {
                // Nobody looks for it any more.
                tx.remove(Table::Shown, desk);
            }
            // A customer who was forgotten meanwhile leaves no trace.
            let Some(message) = shown.filter(|_| waiting) else {
                let What::Question { .. } = &outgoing.what else {
                    return Ok(None);
                };
                // Their question was on its way when they were forgotten.
                return shown
                    .map(|message| What::Redacted { message })
                    .map(|what| self.enqueue(tx, outgoing.chat, Timestamp::now(), what))
                    .transpose();
            };
            if let Some(desk) = outgoing.desk {
                Thread::note(tx, message, &Thread::Desk { desk })?;
            }
            match &outgoing.what {
                What::Draft { draft, .. } => {
                    let user = outgoing.reader();
                    let draft = draft.clone();
                    tx.put(user, &Shown { draft, message })?;
                }
                What::Card { order } => {
                    if let Some(mut order) = tx.get::<Order>(*order)? {
                        if order.card != Some(message) {
                            let order = order.number;
                            Thread::note(tx, message, &Thread::Card { order })?;
                        }
                        order.card = Some(message);
                        tx.put(order.number, &order)?;
                    }
                }
                What::Board { .. } => {
                    let board = tx.get::<Board>(Board::KEY)?;
                    let known = board.and_then(|board| board.message);
                    if board.is_some() && known != Some(message) {
                        let message = Some(message);
                        tx.put(Board::KEY, &Board { message })?;
                        let what = message.map(|message| What::Pin { message });
                        return what
                            .map(|what| self.enqueue(tx, outgoing.chat, Timestamp::now(), what))
                            .transpose();
                    }
                }
                What::Notice { order, .. } => {
                    if let Some(mut order) = tx.get::<Order>(*order)?
                        && order.customer == u64::try_from(outgoing.chat).unwrap_or_default()
                    {
                        order.notice = Some(message);
                        tx.put(order.number, &order)?;
                    }
                }
                What::Question {
                    customer,
                    name,
                    text,
                    ..
                } => {
                    let about = Thread::Question {
                        customer: *customer,
                        name: name.clone(),
                        text: text.clone(),
                    };
                    Thread::note(tx, message, &about)?;
                }
                _ => {}
            }
            Ok(None)
        });
        match result {
            Ok((Some((key, outgoing)), _commit)) => self.release(Release::Job { key, outgoing }),
            Ok((None, _)) if is_farewell(&outgoing.what) => self.scrub_wake.notify_one(),
            Ok((None, _)) => {}
            Err(e) => {
                tracing::error!(error = %e, "a sent message could not be taken out of the outbox");
            }
        }
    }
}
