//! The conversation with one customer, as a total function: [`step`] takes the state, one input and the context, and
//! gives the new state and what is to be done. It knows no clock, no network and no Telegram type, and its effects are
//! carried out only after the new state is on disk.

mod again;
mod ai;
mod command;
mod details;
mod draft;
mod history;
mod reply;
mod tap;
mod times;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use self::history::Act;
use crate::cart::{Cart, Refusal};
use crate::language::Language;
use crate::menu::{ItemId, Menu};
use crate::money::Money;
use crate::order::{Order, OrderNumber, Source};
use crate::parsed::{Intent, ParsedOrder};
use crate::privacy::PersonalText;
use crate::shop::{Moment, ShopRules};

pub use crate::phone::{is_visible, parse as parse_phone};
pub use again::Again;
pub use ai::{AiRule, Consent};
pub use command::{COMMANDS, Command};
pub use details::{Detail, Route, route};
pub use draft::{Draft, Missing, Offer, View};
pub use history::History;
pub use reply::{Closing, MenuView, Notice, OrderSummary, Reply, Unheard};
pub use tap::{DraftRef, Tap};

/// What is kept of the conversation with one customer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// The order that is being put together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<Draft>,
    /// The detail that the bot has asked for and waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
    /// A question that the shop was given and has not answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Question>,
    /// The customer's latest message that was read as words: its correction may be read in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<i32>,
    /// The last thing the bot has asked is whether to forget the customer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleting: bool,
}

/// What a customer has asked the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// When the first of them was asked.
    pub at: Timestamp,
    /// How many messages were passed on.
    pub messages: u32,
}

/// So many messages of one customer are passed on before the shop answers.
const MOST_QUESTIONS: u32 = 3;

/// A question that was not answered for so long is no longer waited for.
const QUESTION_FOR: SignedDuration = SignedDuration::from_hours(1);

/// A detail that the bot has asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// The customer's name.
    Name,
    /// A phone number.
    Phone,
    /// Where to deliver.
    Address,
}

/// What is known of a customer, for this and later orders: an entry of `customers.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Their name, as they gave it or as Telegram shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonalText>,
    /// A phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PersonalText>,
    /// Where to deliver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<PersonalText>,
    /// IETF tag of the language of their Telegram.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The language that they have chosen to be written to in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language_chosen: Option<Language>,
    /// The language of their last message that was long enough to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language_written: Option<Language>,
    /// When they first wrote.
    pub first_seen: Timestamp,
    /// When they last wrote.
    pub last_seen: Timestamp,
    /// Whether a model may read what they write, where they have said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ai: Option<Consent>,
    /// Their latest orders, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<Placed>,
}

/// An order of a customer, and the draft it was placed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// The order.
    pub number: OrderNumber,
    /// Its draft.
    pub draft: String,
    /// The customer's messages that it was made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<i32>,
}

/// How many of a customer's orders are remembered with them.
pub const ORDERS_REMEMBERED: usize = 10;

impl Customer {
    /// A customer who writes for the first time.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            name: None,
            phone: None,
            address: None,
            language: None,
            ai: None,
            language_chosen: None,
            language_written: None,
            first_seen: now,
            last_seen: now,
            orders: Vec::new(),
        }
    }

    /// The language in which they are written to: the one they chose, else wrote in, else that of their Telegram;
    /// `shop`: the shop's own, for whom nothing is known of.
    #[must_use]
    pub fn speaks(&self, shop: Language) -> Language {
        let telegram = || self.language.as_deref().and_then(Language::from_tag);
        self.language_chosen
            .or(self.language_written)
            .or_else(telegram)
            .unwrap_or(shop)
    }
}

/// All that one step may read and change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The conversation.
    pub conversation: Conversation,
    /// The customer.
    pub customer: Customer,
}

/// What the shop has set.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Details without which no order is placed.
    pub requires: Requires,
    /// Most units without a second look of the shop.
    pub max_quantity: u32,
    /// Largest total without a second look of the shop.
    pub max_total: Money,
    /// How long a draft waits for its confirmation.
    pub draft_ttl: SignedDuration,
    /// Whether the shop has a chat in which it approves orders and answers questions.
    pub operators: bool,
    /// Largest total of a customer's first order without a second look of the shop.
    pub first_max_total: Option<Money>,
    /// Whether a model reads what customers write.
    pub ai: AiRule,
    /// Paying in Telegram; none: when the order is handed over.
    pub pay: Option<PayRules>,
    /// The shop's times beside its weekly hours.
    pub shop: ShopRules,
}

/// How orders are paid in Telegram.
#[derive(Debug, Clone)]
pub struct PayRules {
    /// Whether every order is to be paid before the shop sees it.
    pub required: bool,
    /// How long an order waits for its payment.
    pub ttl: SignedDuration,
    /// Tips that are suggested, ascending; the last is the largest that is taken. Empty: none.
    pub tips: Vec<Money>,
}

impl PayRules {
    /// The largest tip that is taken.
    #[must_use]
    pub fn largest_tip(&self) -> Money {
        self.tips.last().copied().unwrap_or_default()
    }
}

/// Details without which no order is placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Requires {
    /// A name.
    pub name: bool,
    /// A phone number.
    pub phone: bool,
    /// An address, for deliveries.
    pub address: bool,
}

/// What a step may know besides the state.
#[derive(Debug)]
pub struct Context<'a> {
    /// The menu of the moment.
    pub menu: &'a Menu,
    /// What the shop has set.
    pub rules: &'a Rules,
    /// The time of the moment.
    pub now: Timestamp,
    /// For when orders can be had.
    pub shop: &'a Moment,
    /// An id for a draft, should one begin; never given out before.
    pub fresh_id: &'a str,
    /// The customer's latest orders, oldest first, where [`Input::asks_for_orders`].
    pub orders: &'a [Order],
    /// The customer's message that the input came in.
    pub message: Option<i32>,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Input {
    /// A message in the customer's own words, as it was understood.
    Words {
        /// Its meaning.
        order: Arc<ParsedOrder>,
        /// Who understood it.
        source: Source,
        /// For each phrase that was not understood, the nearest items.
        nearest: Vec<ItemId>,
    },
    /// A command or its word.
    Command(Command),
    /// A detail that was asked for or shared by a button.
    Detail(Detail),
    /// A button.
    Tap(Tap),
    /// A button's words, typed.
    Typed(Tap),
    /// Takes a placed order back, by words.
    TakeBack(String),
    /// The customer pressed a button whose data is not ours.
    UnknownTap,
    /// Something that is no text: a picture, a voice note, a sticker.
    NoText,
    /// A message was edited after it was sent, and what it now says; none: nothing for the cart.
    Edited(Option<Box<Reading>>),
    /// An earlier order is wanted again, by words.
    Again(Again),
    /// A detail is to be changed.
    ChangeDetail(Asked),
    /// A detail is to be forgotten.
    ForgetDetail(Asked),
    /// A voice note, and what it was understood to say.
    Heard {
        /// The words.
        text: PersonalText,
        /// What they mean.
        then: Box<Input>,
    },
    /// A voice note that nobody could listen to.
    Unheard(Unheard),
    /// The draft's time is up, or might be.
    Expired,
    /// The menu, the hours or what is to be had today has changed.
    ShopChanged,
}

/// What words were understood to mean.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Their meaning.
    pub order: Arc<ParsedOrder>,
    /// Who understood them.
    pub source: Source,
    /// For each phrase that was not understood, the nearest items.
    pub nearest: Vec<ItemId>,
}

impl Input {
    /// Whether the step needs the customer's latest orders in its context: decoding them for every input would cost
    /// more than the step itself.
    #[must_use]
    pub fn asks_for_orders(&self) -> bool {
        if let Self::Heard { then, .. } = self {
            return then.asks_for_orders();
        }
        matches!(
            self,
            Self::Command(Command::Orders | Command::DeleteMe)
                | Self::Command(Command::Pay | Command::Reorder)
                | Self::Tap(Tap::CancelOrder(_) | Tap::Again(_) | Tap::WaitFor(_))
                | Self::TakeBack(_)
                | Self::Again(_)
                | Self::Edited(_)
        )
    }
}

/// What is to be done once the new state is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// The draft's message is to show the draft as it is.
    ShowDraft {
        /// The draft.
        draft: String,
        /// Whether the customer has asked to see it, so that it comes to the end of the chat.
        anew: bool,
    },
    /// The draft's message is to show how the draft ended.
    CloseDraft {
        /// The draft.
        draft: String,
        /// How it ended.
        closing: Closing,
    },
    /// A message of its own.
    Say(Reply),
    /// A page of the menu, in place of the page that was tapped.
    ShowMenu(MenuView),
    /// The menu's first page, in a message of its own.
    OpenMenu,
    /// What a tap is answered with.
    Notice(Notice),
    /// The order is placed.
    Place(Box<NewOrder>),
    /// A placed order is taken back.
    Cancel(OrderNumber),
    /// The message is a question for the shop.
    AskShop,
    /// The invoice of an order that waits for its payment comes to the end of the chat.
    Invoice(OrderNumber),
    /// The customer is to be forgotten; nothing else is kept of this step.
    Forget,
}

/// An order to be placed; the store gives the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// The draft.
    pub draft: String,
    /// What is ordered.
    pub cart: Cart,
    /// With its prices.
    pub offer: Offer,
    /// When it is wanted.
    pub time: Option<PersonalText>,
    /// The time it is placed for; none: as soon as it is made.
    pub wanted_for: Option<Timestamp>,
    /// What the customer cannot eat.
    pub allergies: Vec<PersonalText>,
    /// A wish for the whole order.
    pub note: Option<PersonalText>,
    /// Who understood it.
    pub source: Source,
    /// Beyond the shop's limits.
    pub large: bool,
    /// The shop must approve it first.
    pub approval: bool,
    /// The customer's messages that it was made of.
    pub messages: Vec<i32>,
    /// Whether it is to be paid in Telegram before the shop sees it.
    pub pay_now: bool,
    /// Whether the customer is told in a message of its own: they wrote "yes" and look at the end of the chat.
    pub announce: bool,
}

/// One step of the conversation.
#[must_use]
pub fn step(mut state: State, input: Input, context: &Context<'_>) -> (State, Vec<Effect>) {
    // The question is answered at once or not at all.
    let deleting = state.conversation.deleting;
    if !matches!(input, Input::Expired | Input::ShopChanged) {
        state.conversation.deleting = false;
    }
    let mut turn = Turn {
        deleting,
        typed: matches!(input, Input::Typed(_)),
        state: &mut state,
        context,
        effects: Vec::new(),
        sold_out: Vec::new(),
    };
    turn.take(input);
    let effects = turn.effects;
    (state, effects)
}

/// One step while it is taken.
struct Turn<'a> {
    /// Whether the customer was just asked if they want to be forgotten.
    deleting: bool,
    /// Whether a button's words were typed: there is no tap that could be answered.
    typed: bool,
    state: &'a mut State,
    context: &'a Context<'a>,
    effects: Vec<Effect>,
    /// What the message asks for and is sold out.
    sold_out: Vec<Refusal>,
}

impl Turn<'_> {
    fn take(&mut self, input: Input) {
        if !matches!(input, Input::Expired | Input::ShopChanged) {
            self.state.customer.last_seen = self.context.now.max(self.state.customer.last_seen);
        }
        // A draft whose time is up is gone also where its timer has not fired yet.
        self.expire();
        match input {
            Input::Words {
                order,
                source,
                nearest,
            } => self.words(&order, source, nearest),
            Input::Command(command) => self.command(command),
            Input::Detail(detail) => self.detail(detail),
            Input::Typed(Tap::Confirm(_)) => self.confirm_by_words(),
            Input::Typed(Tap::Cancel(_)) => self.cancel_by_words(),
            Input::Tap(tap) | Input::Typed(tap) => self.tap(tap),
            Input::TakeBack(id) => self.take_back_by_words(&id),
            Input::UnknownTap => self.notice(Notice::Outdated),
            Input::NoText => self.say(Reply::NoText),
            Input::Edited(reading) => self.edited(reading.as_deref()),
            Input::Again(which) => self.again(&which, false),
            Input::ChangeDetail(detail) => self.ask(detail),
            Input::ForgetDetail(detail) => self.forget_detail(detail),
            Input::Heard { text, then } => {
                self.say(Reply::Heard { text });
                self.take(*then);
            }
            Input::Unheard(why) => self.say(Reply::Unheard { why }),
            Input::Expired => {}
            Input::ShopChanged => self.shop_changed(),
        }
    }

    fn say(&mut self, reply: Reply) {
        self.effects.push(Effect::Say(reply));
    }

    fn notice(&mut self, notice: Notice) {
        match notice {
            // What is shown says it.
            Notice::Done | Notice::Added { .. } if self.typed => {}
            why if self.typed => self.say(Reply::CannotPlace { why }),
            notice => self.effects.push(Effect::Notice(notice)),
        }
    }

    fn words(&mut self, order: &ParsedOrder, source: Source, nearest: Vec<ItemId>) {
        self.state.conversation.heard = self.context.message;
        let (order, sold_out) = self.sort_out_sold_out(order);
        let order = &order;
        self.sold_out = sold_out;
        match order.intent {
            // What it asks for is known and not to be had.
            Intent::Other if !self.sold_out.is_empty() => self.order_words(order, source, nearest),
            Intent::Confirm => self.confirm_by_words(),
            Intent::Cancel => self.cancel_by_words(),
            Intent::Order => self.order_words(order, source, nearest),
            Intent::Question => self.ask_shop(),
            // Whoever waits for an answer goes on speaking to the shop.
            Intent::Other if self.is_asking() && self.ask_shop_further() => {}
            Intent::Other if order.unmatched.is_empty() => self.say(Reply::Chatter),
            Intent::Other => self.not_understood(order, nearest),
        }
    }

    /// Whether the shop has still to answer a question.
    fn is_asking(&self) -> bool {
        let open = |q: &Question| self.context.now.duration_since(q.at) < QUESTION_FOR;
        self.state.conversation.question.as_ref().is_some_and(open)
    }

    /// Passes a question on to the shop, where it has a chat for that.
    fn ask_shop(&mut self) {
        if !self.context.rules.operators {
            return self.say(Reply::Question);
        }
        if self.is_asking() {
            if !self.ask_shop_further() {
                self.say(Reply::Question);
            }
            return;
        }
        self.state.conversation.question = Some(Question {
            at: self.context.now,
            messages: 1,
        });
        self.effects.push(Effect::AskShop);
        self.say(Reply::QuestionPassedOn);
    }

    /// One more message of a customer who waits for an answer; false: they have sent enough.
    fn ask_shop_further(&mut self) -> bool {
        let Some(question) = &mut self.state.conversation.question else {
            return false;
        };
        let passes = question.messages < MOST_QUESTIONS;
        if passes {
            question.messages += 1;
            self.effects.push(Effect::AskShop);
        }
        passes
    }

    fn not_understood(&mut self, order: &ParsedOrder, nearest: Vec<ItemId>) {
        self.say(Reply::NotUnderstood {
            phrases: order.unmatched.clone(),
            nearest,
        });
    }

    /// A message that changes the cart or gives something for the order.
    fn order_words(&mut self, order: &ParsedOrder, source: Source, nearest: Vec<ItemId>) {
        let saved = self.keep_details(&order.details);
        if order.operations.is_empty() && !self.has_lines() && self.sold_out.is_empty() {
            return self.words_before_order(order, source, nearest, saved);
        }
        let (menu, message) = (self.context.menu, self.context.message);
        let mut refusals = std::mem::take(&mut self.sold_out);
        let draft = self.draft(source);
        refusals.extend(draft.act(message, Act::of(order), menu).refusals);
        draft.take_words(order, refusals.clone(), nearest.clone());
        self.after_words(order, refusals, nearest);
    }

    /// Shows what the words have made of the draft.
    fn after_words(&mut self, order: &ParsedOrder, refusals: Vec<Refusal>, nearest: Vec<ItemId>) {
        let Some(draft) = &self.state.conversation.draft else {
            return;
        };
        let (empty, shown) = (draft.cart.is_empty(), draft.revision > 0);
        self.read_time(order);
        if !empty {
            self.show_changed();
            self.ask_missing();
        } else if shown {
            self.close(Closing::Emptied);
            if !order.unmatched.is_empty() || !refusals.is_empty() {
                self.say(Reply::NothingAdded {
                    phrases: order.unmatched.clone(),
                    refusals,
                    nearest,
                });
            }
        } else {
            // Nothing of the message could be put into the cart: there is no draft to show.
            self.drop_blank_draft();
            self.say(Reply::NothingAdded {
                phrases: order.unmatched.clone(),
                refusals,
                nearest,
            });
        }
    }

    /// Details, allergies or a note that come before the first item are kept for it.
    fn words_before_order(
        &mut self,
        order: &ParsedOrder,
        source: Source,
        nearest: Vec<ItemId>,
        saved: bool,
    ) {
        let (menu, message) = (self.context.menu, self.context.message);
        let draft = self.draft(source);
        draft.act(message, Act::of(order), menu);
        draft.take_words(order, Vec::new(), nearest.clone());
        self.read_time(order);
        let kept = !self.drop_blank_draft() || saved;
        if !order.unmatched.is_empty() {
            self.not_understood(order, nearest);
        } else if kept {
            self.say(Reply::Saved);
        } else {
            self.say(Reply::CartEmpty);
        }
    }

    /// A message says something else than before: its part of the draft is taken back, and the new words take its
    /// place.
    fn edited(&mut self, reading: Option<&Reading>) {
        let (menu, message) = (self.context.menu, self.context.message);
        let placed = |placed: &&Placed| message.is_some_and(|m| placed.messages.contains(&m));
        let placed = self.state.customer.orders.iter().find(placed);
        if let Some(number) = placed.map(|placed| placed.number) {
            let order = self.context.orders.iter().find(|o| o.number == number);
            if let Some(order) = order {
                let (id, status) = (order.id.clone(), order.status);
                return self.say(Reply::EditedPlaced { id, status });
            }
        }
        // A "yes" or "no" by correction would act on what the customer no longer looks at.
        let words = |reading: &&Reading| {
            let Reading { order, .. } = reading;
            order.intent == Intent::Order
                || (order.intent == Intent::Other && !order.unmatched.is_empty())
        };
        let Some((reading, message)) = reading.filter(words).zip(message) else {
            return self.say(Reply::Edited);
        };
        let (order, sold_out) = self.sort_out_sold_out(&reading.order);
        let order = &order;
        if let Some(draft) = &mut self.state.conversation.draft
            && draft.history.messages().contains(&message)
        {
            let Some(left) = draft.revise(message, &Act::of(order), menu) else {
                return self.say(Reply::Edited);
            };
            let mut refusals = sold_out;
            refusals.extend(left.refusals);
            draft.take_words(order, refusals.clone(), reading.nearest.clone());
            if draft.time.is_none() {
                draft.wanted_for = None;
                draft.time_unclear = false;
            }
            self.keep_details(&order.details);
            let shown = self
                .state
                .conversation
                .draft
                .as_ref()
                .is_some_and(|d| d.revision > 0);
            if !shown && self.drop_blank_draft() {
                return self.not_understood(order, reading.nearest.clone());
            }
            return self.after_words(order, refusals, reading.nearest.clone());
        }
        if self.state.conversation.heard == Some(message) {
            return self.words(&reading.order, reading.source, reading.nearest.clone());
        }
        self.say(Reply::Edited);
    }

    /// Whether there is something in the cart: a draft without lines only keeps what was said before them.
    fn has_lines(&self) -> bool {
        let draft = self.state.conversation.draft.as_ref();
        draft.is_some_and(|draft| !draft.cart.is_empty())
    }

    fn confirm_by_words(&mut self) {
        if self.has_lines() {
            self.confirm(false, false);
        } else {
            self.say(Reply::NothingToConfirm);
        }
    }

    fn cancel_by_words(&mut self) {
        if self.state.conversation.draft.is_some() {
            self.close(Closing::Cancelled);
            self.say(Reply::DraftCancelled);
        } else {
            self.say(Reply::NothingToCancel);
        }
    }
}

#[cfg(test)]
mod tests;
