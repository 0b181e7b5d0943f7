//! Orders that staff take down: by telephone, from a text that they paste or forward, or as a change of a placed one.
//!
//! Each is an order draft like any customer's, with the same parser, cart and buttons, but in the operator chat and with
//! nobody's user id. Its conversation has a key of its own, above all that Telegram gives to people, and the person on
//! the phone stands in it until it ends.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::{Done, Request, Thread};
use crate::conversation::{Conversation, Customer, Desk, Input, Reading, Revision, Rules};
use crate::engine::{Engine, Incoming, IncomingKind};
use crate::order::{Order, OrderId, OrderNumber};
use crate::privacy::PersonalText;
use crate::staff::StaffReply;
use crate::store::Table;

/// Set in the keys of such conversations. Ids of people have 52 bits at most. (Bot API, `User.id`)
const DESK: u64 = 1 << 62;

/// Whether a conversation's key is of an order that staff take down.
#[must_use]
pub(in crate::engine) const fn is_desk(user: u64) -> bool {
    user & DESK != 0
}

/// `/order two colas for Bob, 5 Lane`, or `/order` below a text.
pub(super) fn order<'a>(engine: &'a Arc<Engine>, request: &'a Request<'a>) -> BoxFuture<'a, Done> {
    Box::pin(async move {
        let below = request.incoming.spot.reply_text.clone();
        let text = Some(request.arguments).filter(|text| !text.is_empty());
        let Some(text) = text.map(PersonalText::from).or(below) else {
            return usage(engine, request);
        };
        let incoming = at_new_desk(request.incoming, text);
        match engine.read(&incoming).await {
            Some(input) => engine.apply(&incoming, input),
            None => usage(engine, request),
        }
    })
}

/// `/change K7F-12 take the cola off`; without the id below the order's card.
pub(super) fn change<'a>(engine: &'a Arc<Engine>, request: &'a Request<'a>) -> BoxFuture<'a, Done> {
    Box::pin(async move {
        let (number, words) = match engine.card_replied_to(request.incoming) {
            Some(number) => (Some(number), request.arguments),
            None => {
                let (id, words) = request
                    .arguments
                    .split_once(char::is_whitespace)
                    .unwrap_or((request.arguments, ""));
                let number = OrderId::number(&engine.tag, &id.to_uppercase());
                (number, words.trim())
            }
        };
        let Some(order) = number.and_then(|number| engine.order(number)) else {
            return usage(engine, request);
        };
        let id = order.id.clone();
        if !order.can_be_changed() {
            return engine.staff_answer(request, StaffReply::CannotChange { id });
        }
        let incoming = at_new_desk(request.incoming, words.into());
        let reading = match engine.read_text(incoming.user, &words.into()).await {
            Input::Words {
                order,
                source,
                nearest,
            } => Some(Reading {
                order,
                source,
                nearest,
            }),
            _ => None,
        };
        let revision = Box::new(Revision { order, reading });
        engine.apply(&incoming, Input::Revise(revision))
    })
}

fn usage(engine: &Arc<Engine>, request: &Request<'_>) -> Done {
    let name = request.name.to_owned();
    engine.staff_answer(request, StaffReply::Usage { name })
}

/// A message of the operator chat as the beginning of an order.
fn at_new_desk(incoming: &Incoming, text: PersonalText) -> Incoming {
    let update = incoming.update.unwrap_or_else(|| fastrand::u64(..DESK));
    Incoming {
        user: DESK | update,
        kind: IncomingKind::Text(text),
        ..as_desk(incoming.clone())
    }
}

/// Without the member of the staff who writes: what they take down is somebody else's.
fn as_desk(incoming: Incoming) -> Incoming {
    Incoming {
        private: false,
        name: None,
        language: None,
        ..incoming
    }
}

impl Engine {
    fn order(&self, number: OrderNumber) -> Option<Order> {
        self.store.get::<Order>(number).ok().flatten()
    }

    /// The order that staff take down to which an input of the operator chat belongs: a tap below one of its messages,
    /// or a reply to one. Everything else is as it was.
    pub(in crate::engine) fn at_desk(&self, incoming: Incoming) -> Incoming {
        if is_desk(incoming.user) {
            // The bot's own timers.
            let chat = self.operator_chat().unwrap_or(incoming.chat);
            return Incoming {
                chat,
                ..as_desk(incoming)
            };
        }
        let message = match &incoming.kind {
            IncomingKind::Tap { message, .. } => *message,
            IncomingKind::Text(text) if !text.as_str().trim_start().starts_with('/') => {
                incoming.spot.reply_to
            }
            _ => None,
        };
        let allowed = self.is_operator_chat(incoming.chat) && self.role_of(incoming.user).is_some();
        let Some(message) = message.filter(|_| allowed) else {
            return incoming;
        };
        let desk = match self.thread(message) {
            Some(Thread::Desk { desk }) => Some(desk),
            Some(_) => None,
            None => self.desk_of_button(&incoming.kind),
        };
        match desk.filter(|desk| self.is_open(*desk, &incoming)) {
            Some(desk) => Incoming {
                user: desk,
                ..as_desk(incoming)
            },
            None => incoming,
        }
    }

    /// The order that staff take down whose draft a button names: a tap may come before Telegram's answer has told which
    /// message shows the draft.
    fn desk_of_button(&self, kind: &IncomingKind) -> Option<u64> {
        let IncomingKind::Tap { data, .. } = kind else {
            return None;
        };
        let open: Vec<u64> = self
            .store
            .read(|view| view.keys_from(Table::Conversations, DESK).collect());
        open.into_iter().find(|desk| {
            let conversation = self.store.get::<Conversation>(*desk).ok().flatten();
            let draft = conversation.and_then(|conversation| conversation.draft);
            draft.is_some_and(|draft| data.contains(&draft.id))
        })
    }

    /// Whether there is still an order to be taken down there; a tap is answered all the same.
    fn is_open(&self, desk: u64, incoming: &Incoming) -> bool {
        let open = || {
            self.store
                .get::<Conversation>(desk)
                .ok()
                .flatten()
                .is_some()
        };
        matches!(incoming.kind, IncomingKind::Tap { .. }) || open()
    }

    /// Who orders: a customer, or somebody for whom staff take the order down.
    pub(in crate::engine) fn person(&self, user: u64) -> Option<Customer> {
        if !is_desk(user) {
            return self.store.get::<Customer>(user).ok().flatten();
        }
        let conversation = self.store.get::<Conversation>(user).ok().flatten()?;
        conversation.desk.map(|Desk { guest, .. }| *guest)
    }

    /// What the shop has set, for whoever orders: at the desk nobody pays in Telegram, nobody is asked whether a model
    /// may read, and the shop need not approve what it takes down itself.
    pub(in crate::engine) fn rules_for(&self, user: u64) -> std::borrow::Cow<'_, Rules> {
        if is_desk(user) {
            std::borrow::Cow::Owned(self.rules.at_desk())
        } else {
            std::borrow::Cow::Borrowed(&self.rules)
        }
    }
}
