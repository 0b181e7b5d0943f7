//! The draft: an order that is being put together, shown in one message until it is placed, given up or expired.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::history::{Act, History};
use super::{
    Asked, Closing, Context, Customer, DraftRef, Effect, NewOrder, Notice, ORDERS_REMEMBERED,
    Reply, Rules, Turn,
};
use crate::cart::{Cart, Priced, Refusal};
use crate::menu::{ItemId, Menu};
use crate::money::Money;
use crate::order::{Source, Status};
use crate::parsed::{Fulfilment, ParsedOrder};
use crate::privacy::PersonalText;
use crate::shop::Why;

/// An order that is being put together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Names it in its buttons, for good.
    pub id: String,
    /// Counts what a customer would want to see again before placing it.
    pub revision: u32,
    /// What is ordered.
    pub cart: Cart,
    /// How it reaches the customer, where they have said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fulfilment: Option<Fulfilment>,
    /// When it is wanted, in the customer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<PersonalText>,
    /// The time that was read from those words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_for: Option<Timestamp>,
    /// Those words say a time that could not be read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub time_unclear: bool,
    /// What the customer cannot eat.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allergies: Vec<PersonalText>,
    /// A wish for the whole order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<PersonalText>,
    /// What of the last message was not understood.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmatched: Vec<PersonalText>,
    /// Items that may have been meant by it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nearest: Vec<ItemId>,
    /// What of the last message was refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<Refusal>,
    /// What the shop no longer had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<String>,
    /// Who understood its first words.
    pub source: Source,
    /// The total and the way that its message last showed; what is placed must be this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered: Option<(Money, Fulfilment)>,
    /// What it was made of.
    #[serde(default, skip_serializing_if = "History::is_empty")]
    pub history: History,
    /// The time for which its message last showed it; none: as soon as it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered_for: Option<Timestamp>,
    /// Why that is not when it was meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_then: Option<Why>,
    /// Minutes that everything takes longer, as its message last showed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub busy_minutes: u32,
    /// When it expires.
    pub expires_at: Timestamp,
    /// What its message shows.
    #[serde(default)]
    pub view: View,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference
const fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// What the draft's message shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// The lines, the total and the buttons that end it.
    #[default]
    Summary,
    /// Buttons that change the lines.
    Edit,
    /// The options of one line.
    Line(u32),
}

/// A draft with its prices: what the customer is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The lines and their sum.
    pub priced: Priced,
    /// How it reaches the customer.
    pub fulfilment: Fulfilment,
    /// Fee of the delivery.
    pub fee: Money,
    /// What is to be paid.
    pub total: Money,
}

/// Details that a draft still needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// A name.
    pub name: bool,
    /// A phone number.
    pub phone: bool,
    /// An address.
    pub address: bool,
}

impl Missing {
    /// Whether anything is.
    #[must_use]
    pub const fn any(self) -> bool {
        self.name || self.phone || self.address
    }
}

impl Draft {
    /// The draft as its buttons name it.
    #[must_use]
    pub fn shown(&self) -> DraftRef {
        DraftRef {
            draft: self.id.clone(),
            revision: self.revision,
        }
    }

    /// How it reaches the customer: as they said, else delivered where the shop delivers and asks for addresses.
    #[must_use]
    pub fn way(&self, menu: &Menu, rules: &Rules) -> Fulfilment {
        let offered = menu.delivery().offered;
        match self.fulfilment {
            Some(Fulfilment::Delivery) if !offered => Fulfilment::Pickup,
            Some(way) => way,
            None if offered && rules.requires.address => Fulfilment::Delivery,
            None => Fulfilment::Pickup,
        }
    }

    /// The draft with its prices.
    #[must_use]
    pub fn offer(&self, menu: &Menu, rules: &Rules) -> Offer {
        let priced = self.cart.priced(menu);
        let fulfilment = self.way(menu, rules);
        let fee = match fulfilment {
            Fulfilment::Delivery => menu.delivery().fee,
            Fulfilment::Pickup | Fulfilment::DineIn => Money::ZERO,
        };
        let total = priced.subtotal.plus(fee);
        Offer {
            priced,
            fulfilment,
            fee,
            total,
        }
    }

    /// What is still to be known before it can be placed.
    #[must_use]
    pub fn missing(&self, customer: &Customer, menu: &Menu, rules: &Rules) -> Missing {
        let delivered = self.way(menu, rules) == Fulfilment::Delivery;
        Missing {
            name: rules.requires.name && customer.name.is_none(),
            phone: rules.requires.phone && customer.phone.is_none(),
            address: rules.requires.address && delivered && customer.address.is_none(),
        }
    }

    /// Notes what its message is to show; whether that is another total or way than before, so that buttons below
    /// the earlier text no longer place it.
    pub(super) fn renew_offer(&mut self, offer: &Offer) -> bool {
        let offered = Some((offer.total, offer.fulfilment));
        let changed = self.offered.is_some() && self.offered != offered;
        self.offered = offered;
        if changed {
            self.revision = self.revision.saturating_add(1);
        }
        changed
    }

    /// Whether it is beyond what the shop takes without a second look.
    #[must_use]
    pub fn is_large(&self, offer: &Offer, rules: &Rules) -> bool {
        self.cart.units() > rules.max_quantity || offer.total > rules.max_total
    }

    /// Notes what of a message could not be done.
    pub(super) fn take_words(
        &mut self,
        order: &ParsedOrder,
        refusals: Vec<Refusal>,
        nearest: Vec<ItemId>,
    ) {
        self.unmatched.clone_from(&order.unmatched);
        self.nearest = nearest;
        self.refusals = refusals;
        self.gone.clear();
        self.view = View::Summary;
    }

    /// Forgets what the last message could not give: a button has moved on from it.
    pub(super) fn forget_words(&mut self) {
        self.unmatched.clear();
        self.nearest.clear();
        self.refusals.clear();
        self.gone.clear();
    }
}

impl Turn<'_> {
    /// The open draft, or a new one.
    pub(super) fn draft(&mut self, source: Source) -> &mut Draft {
        let Context {
            now,
            rules,
            fresh_id,
            ..
        } = self.context;
        let expires_at = deadline(*now, rules);
        let draft = self.state.conversation.draft.get_or_insert_with(|| Draft {
            id: (*fresh_id).to_owned(),
            revision: 0,
            cart: Cart::default(),
            fulfilment: None,
            time: None,
            wanted_for: None,
            time_unclear: false,
            allergies: Vec::new(),
            note: None,
            unmatched: Vec::new(),
            nearest: Vec::new(),
            refusals: Vec::new(),
            gone: Vec::new(),
            source,
            offered: None,
            history: History::default(),
            offered_for: None,
            why_then: None,
            busy_minutes: 0,
            expires_at,
            view: View::Summary,
        });
        if draft.cart.is_empty() {
            draft.source = source;
        }
        draft
    }

    /// Forgets a draft that holds neither lines nor anything to keep for them; whether it did.
    pub(super) fn drop_blank_draft(&mut self) -> bool {
        let blank = |draft: &Draft| {
            draft.cart.is_empty()
                && draft.fulfilment.is_none()
                && draft.time.is_none()
                && draft.allergies.is_empty()
                && draft.note.is_none()
        };
        let drops = self.state.conversation.draft.as_ref().is_some_and(blank);
        if drops {
            self.state.conversation.draft = None;
        }
        drops
    }

    /// Has the draft's message show the draft as it is when it is sent.
    pub(super) fn show_draft(&mut self, anew: bool) {
        let Context { menu, rules, .. } = *self.context;
        self.renew_time();
        if let Some(draft) = &mut self.state.conversation.draft {
            draft.renew_offer(&draft.offer(menu, rules));
            let draft = draft.id.clone();
            self.effects.push(Effect::ShowDraft { draft, anew });
        }
    }

    /// Gives the draft its full time again.
    pub(super) fn touch(&mut self) {
        let expires_at = deadline(self.context.now, self.context.rules);
        if let Some(draft) = &mut self.state.conversation.draft {
            draft.expires_at = expires_at;
        }
    }

    /// The draft has changed in what the customer pays or gets: older buttons no longer place it.
    pub(super) fn show_changed(&mut self) {
        if let Some(draft) = &mut self.state.conversation.draft {
            draft.revision = draft.revision.saturating_add(1);
            // What is shown now counts, so that one change makes one revision.
            draft.offered = None;
        }
        self.touch();
        self.show_draft(false);
    }

    /// Changes the draft by a button and shows it.
    pub(super) fn change(&mut self, act: Act) {
        let menu = self.context.menu;
        let Some(draft) = &mut self.state.conversation.draft else {
            return;
        };
        draft.forget_words();
        if let Some(refusal) = draft.act(None, act, menu).refusals.pop() {
            self.notice(Notice::Refused { refusal });
            return;
        }
        if let View::Line(line) = draft.view
            && draft.cart.line(line).is_none()
        {
            draft.view = View::Edit;
        }
        if draft.cart.is_empty() {
            self.close(Closing::Emptied);
        } else {
            self.show_changed();
        }
        self.notice(Notice::Done);
    }

    /// Which details are missing, as the customer is told.
    pub(super) fn missing(&self) -> Notice {
        let Some(draft) = &self.state.conversation.draft else {
            return Notice::Done;
        };
        let missing = draft.missing(&self.state.customer, self.context.menu, self.context.rules);
        if !missing.any() {
            return Notice::Done;
        }
        let Missing {
            name,
            phone,
            address,
        } = missing;
        Notice::Missing {
            name,
            phone,
            address,
        }
    }

    /// Ends the draft without an order.
    pub(super) fn close(&mut self, closing: Closing) {
        self.state.conversation.asked = None;
        if let Some(draft) = self.state.conversation.draft.take() {
            self.effects.push(Effect::CloseDraft {
                draft: draft.id,
                closing,
            });
        }
    }

    /// Ends the draft if its time is up.
    pub(super) fn expire(&mut self) {
        let over = |draft: &Draft| draft.expires_at <= self.context.now;
        if self.state.conversation.draft.as_ref().is_some_and(over) {
            // Without lines it was never shown, and nobody misses it.
            let shown = self.has_lines();
            self.close(Closing::Expired);
            if shown {
                self.say(Reply::DraftExpired);
            }
        }
    }

    /// Places the draft, or says what stands against it.
    pub(super) fn confirm(&mut self, by_tap: bool, pay_now: bool) {
        match self.obstacle() {
            Some(why) => {
                self.touch();
                self.show_draft(false);
                let asked = match why {
                    Notice::Missing { name: true, .. } => Some(Asked::Name),
                    Notice::Missing { phone: true, .. } => Some(Asked::Phone),
                    Notice::Missing { address: true, .. } => Some(Asked::Address),
                    _ => None,
                };
                if by_tap {
                    self.notice(why);
                } else if asked.is_none() {
                    self.say(Reply::CannotPlace { why });
                }
                if let Some(asked) = asked {
                    self.ask(asked);
                }
            }
            None => self.place(by_tap, pay_now),
        }
    }

    /// What keeps the draft from being placed.
    fn obstacle(&mut self) -> Option<Notice> {
        let Context { menu, rules, .. } = *self.context;
        if !self.has_lines() {
            return Some(Notice::Outdated);
        }
        let draft = self.state.conversation.draft.as_mut()?;
        let names = draft.cart.drop_unorderable(menu);
        if !names.is_empty() {
            draft.note_gone(&names, menu);
            draft.revision = draft.revision.saturating_add(1);
            if draft.cart.is_empty() {
                self.close(Closing::Emptied);
            }
            return Some(Notice::Gone { names });
        }
        if let Some(choice) = draft.cart.missing_choices(menu).next() {
            let why = Notice::Choose {
                group: choice.group.name.clone(),
                item: choice.item.name.clone(),
            };
            draft.view = View::Summary;
            return Some(why);
        }
        let offer = draft.offer(menu, rules);
        // The shop has changed its prices or its ways since: nobody pays what they have not read.
        if draft.renew_offer(&offer) {
            return Some(Notice::Changed);
        }
        if offer.fulfilment == Fulfilment::Delivery
            && offer.priced.subtotal < menu.delivery().minimum
        {
            return Some(Notice::BelowMinimum {
                minimum: menu.currency().show(menu.delivery().minimum),
            });
        }
        match self.missing() {
            Notice::Done => self.obstacle_of_time(),
            missing => Some(missing),
        }
    }

    /// "Pay now": the draft, or the invoice of an order that waits for its payment once more.
    pub(super) fn pay_by_words(&mut self) {
        if self.context.rules.pay.is_none() {
            return self.say(Reply::NoPayments);
        }
        if self.has_lines() {
            return self.confirm(false, true);
        }
        let mut orders = self.context.orders.iter().rev();
        match orders.find(|order| order.status == Status::AwaitingPayment) {
            Some(order) => self.effects.push(Effect::Invoice(order.number)),
            None => self.say(Reply::NothingToPay),
        }
    }

    fn place(&mut self, by_tap: bool, pay_now: bool) {
        let Context { menu, rules, .. } = *self.context;
        let Some(draft) = self.state.conversation.draft.take() else {
            return;
        };
        self.state.conversation.asked = None;
        self.agree_by_ordering();
        let offer = draft.offer(menu, rules);
        let large = draft.is_large(&offer, rules);
        let first = self.state.customer.orders.is_empty();
        let too_much = |most: Money| offer.total > most;
        let approval =
            rules.operators && (large || (first && rules.first_max_total.is_some_and(too_much)));
        let pay = rules.pay.as_ref();
        // What costs nothing needs no invoice; Telegram sends none for it either.
        let pay_now = offer.total > Money::ZERO && pay.is_some_and(|pay| pay.required || pay_now);
        self.effects.push(Effect::Place(Box::new(NewOrder {
            draft: draft.id.clone(),
            cart: draft.cart,
            offer,
            time: draft.time,
            wanted_for: draft.offered_for,
            allergies: draft.allergies,
            note: draft.note,
            source: draft.source,
            large,
            approval,
            messages: draft.history.messages(),
            pay_now,
            // The invoice comes to the end of the chat by itself, where it comes now.
            announce: !by_tap && (!pay_now || approval),
        })));
        self.effects.push(Effect::CloseDraft {
            draft: draft.id,
            closing: Closing::Placed,
        });
        if by_tap {
            self.notice(if approval {
                Notice::PlacedForApproval
            } else if pay_now {
                Notice::PayFirst
            } else {
                Notice::Placed
            });
        }
    }
}

impl Customer {
    /// Remembers an order; the oldest is forgotten.
    pub fn remember(&mut self, placed: super::Placed) {
        if self.orders.len() >= ORDERS_REMEMBERED {
            self.orders.remove(0);
        }
        self.orders.push(placed);
    }
}

fn deadline(now: Timestamp, rules: &Rules) -> Timestamp {
    now.checked_add(rules.draft_ttl).unwrap_or(Timestamp::MAX)
}
