//! A placed order that is to be changed: staff say how, and its customer agrees or not.

use super::history::Act;
use super::{Desk, Effect, Notice, Reply, Revision, Turn, View};

impl Turn<'_> {
    /// Whether the open draft is a change of a placed order.
    pub(super) fn is_change(&self) -> bool {
        let draft = self.state.conversation.draft.as_ref();
        draft.is_some_and(|draft| draft.changes.is_some())
    }

    /// Begins with the order as it stands, at today's prices, and does to it what the words say.
    pub(super) fn revise_order(&mut self, revision: Revision) {
        let Revision { order, reading } = revision;
        let menu = self.context.menu;
        let guest = &mut self.state.customer;
        guest.name.clone_from(&order.name);
        guest.phone.clone_from(&order.phone);
        guest.address.clone_from(&order.address);
        let act = Act::Again {
            cart: order.cart.clone(),
            fulfilment: order.fulfilment,
            allergies: order.allergies.clone(),
        };
        let draft = self.draft(order.source);
        draft.changes = Some(order.number);
        draft.gone = draft.act(None, act, menu).gone;
        draft.note.clone_from(&order.note);
        draft.time.clone_from(&order.time);
        draft.wanted_for = order.wanted_for;
        draft.offered_for = order.wanted_for;
        match reading {
            Some(reading) => self.words(&reading.order, reading.source, reading.nearest),
            None => {
                draft.view = View::Edit;
                self.show_changed();
            }
        }
    }

    /// The customer's answer to what the shop has proposed; `proposal`: the change that they were shown, where a button
    /// says so.
    pub(super) fn answer_change(
        &mut self,
        id: &str,
        proposal: Option<u64>,
        agreed: bool,
    ) -> Notice {
        let mut own = self.context.orders.iter();
        let Some(order) = own.find(|order| order.id.as_str().eq_ignore_ascii_case(id)) else {
            return Notice::NoSuchOrder;
        };
        let Some(open) = &order.proposal else {
            return Notice::Outdated;
        };
        if proposal.is_some_and(|proposal| proposal != open.number) {
            return Notice::Outdated;
        }
        self.effects.push(Effect::AnswerChange {
            order: order.number,
            proposal: open.number,
            agreed,
        });
        Notice::ChangeAnswered { agreed }
    }

    pub(super) fn answer_by_words(&mut self, id: &str, agreed: bool) {
        match self.answer_change(id, None, agreed) {
            // What became of it is said in a message of its own.
            Notice::ChangeAnswered { .. } => {}
            Notice::Outdated => self.say(Reply::NoChange),
            why => self.say(Reply::CannotPlace { why }),
        }
    }
}

impl Desk {
    /// For somebody of whom nothing is known yet.
    #[must_use]
    pub fn new(now: jiff::Timestamp) -> Self {
        Self {
            guest: Box::new(super::Customer::new(now)),
            topic: None,
        }
    }
}
