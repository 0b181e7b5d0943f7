//! What a customer is told, as data: the sentences stand in [`crate::text`].

use serde::{Deserialize, Serialize};

use super::Asked;
use crate::cart::Refusal;
use crate::menu::{CategoryId, ItemId};
use crate::order::{OrderId, Reason, Status};
use crate::parsed::Fulfilment;
use crate::privacy::PersonalText;
use crate::shop::Why;

/// A message of its own to a customer. Kept in the outbox until it is sent, so it is versioned by its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub enum Reply {
    /// `/start`.
    Welcome,
    /// `/help`.
    Help,
    /// `/privacy`.
    Privacy,
    /// There is nothing in the cart.
    CartEmpty,
    /// `/orders`.
    Orders {
        /// The latest, newest first.
        orders: Vec<OrderSummary>,
    },
    /// Nothing of the message was understood.
    NotUnderstood {
        /// The phrases, word for word.
        phrases: Vec<PersonalText>,
        /// Items that may have been meant.
        nearest: Vec<ItemId>,
    },
    /// The message was understood, and none of it can be put into the cart.
    NothingAdded {
        /// Phrases that were not understood.
        phrases: Vec<PersonalText>,
        /// What was refused, and why.
        refusals: Vec<Refusal>,
        /// Items that may have been meant.
        nearest: Vec<ItemId>,
    },
    /// Nothing of the order is to be had any more.
    AllGone {
        /// The names.
        names: Vec<String>,
        /// What may take its place.
        instead: Vec<ItemId>,
    },
    /// A question, which the bot does not answer.
    Question,
    /// Small talk.
    Chatter,
    /// The name is needed.
    AskName,
    /// The phone number is needed.
    AskPhone,
    /// The address is needed.
    AskAddress,
    /// What was written is no phone number.
    BadPhone,
    /// A contact that is somebody else's.
    ForeignContact,
    /// A detail was noted, and no order is open.
    Saved,
    /// A detail was noted, and the order is complete.
    Complete,
    /// "Yes" to nothing.
    NothingToConfirm,
    /// "Cancel" of nothing.
    NothingToCancel,
    /// The draft was given up by words.
    DraftCancelled,
    /// The draft's time was up.
    DraftExpired,
    /// The order was placed by words.
    OrderPlaced {
        /// The order.
        id: OrderId,
        /// Whether the shop must approve it first.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pending: bool,
    },
    /// The draft cannot be placed as it is.
    CannotPlace {
        /// Why.
        why: Notice,
    },
    /// The shop moved the order.
    OrderMoved {
        /// The order.
        id: OrderId,
        /// Where it stands.
        status: Status,
        /// Minutes that the shop has named.
        minutes: Option<u32>,
        /// How many of them are new, where it takes longer than was said before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        more: Option<u32>,
        /// The time of day at which it will be ready, in the shop's time zone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clock: Option<String>,
        /// How it reaches the customer.
        fulfilment: Fulfilment,
    },
    /// The shop took its last step back.
    StepUndone {
        /// The order.
        id: OrderId,
        /// Where it stands again.
        status: Status,
    },
    /// Why the shop has rejected the order.
    Rejected {
        /// The order.
        id: OrderId,
        /// Why.
        reason: Reason,
    },
    /// The shop has not answered for a while: the customer may wait or take the order back.
    StillWaiting {
        /// The order.
        id: OrderId,
        /// For how long.
        minutes: u32,
    },
    /// A question was passed on to the shop.
    QuestionPassedOn,
    /// What the shop writes to the customer.
    ShopSays {
        /// The shop's words.
        text: PersonalText,
    },
    /// The customer took the order back.
    OrderCancelled {
        /// The order.
        id: OrderId,
    },
    /// `/mydata`: rendered from what is kept when it is sent, so that it holds nothing itself.
    MyData,
    /// `/deleteme`: whether they are sure.
    AskDeletion,
    /// They are not.
    DataKept,
    /// The customer was forgotten.
    Forgotten,
    /// Nobody can be forgotten whose orders the shop is working on.
    OrdersUnderWay {
        /// The orders.
        ids: Vec<OrderId>,
    },
    /// The order is paid, and the shop has it.
    Paid {
        /// The order.
        id: OrderId,
        /// What was paid, with the currency.
        amount: String,
    },
    /// The order was not paid in time.
    PaymentExpired {
        /// The order.
        id: OrderId,
    },
    /// Telegram takes no payment for this order.
    PaymentImpossible {
        /// The order.
        id: OrderId,
    },
    /// Money that was paid for an order comes back.
    RefundDue {
        /// The order.
        id: OrderId,
        /// How much, with the currency.
        amount: String,
    },
    /// "Pay" where nothing is to be paid.
    NothingToPay,
    /// "Pay" in a shop that takes no payments in Telegram.
    NoPayments,
    /// `/language`.
    AskLanguage,
    /// The bot writes in the customer's language from now on, and says so in it.
    LanguageSet,
    /// Something that is no text.
    NoText,
    /// A message was edited, and it is too late for that.
    Edited,
    /// A message was edited whose order is placed.
    EditedPlaced {
        /// The order.
        id: OrderId,
        /// Where it stands.
        status: Status,
    },
    /// "The same again" of somebody who has not ordered.
    NothingToRepeat,
    /// `/details`: rendered from what is kept when it is sent, so that it holds nothing itself.
    Details,
    /// A detail was forgotten.
    DetailForgotten {
        /// Which.
        detail: Asked,
    },
    /// The customer has said whether a model may read.
    Ai {
        /// Whether it may.
        on: bool,
    },
    /// What a voice note was understood to say.
    Heard {
        /// The words.
        text: PersonalText,
    },
    /// Why nobody could listen to a voice note.
    Unheard {
        /// Why.
        why: Unheard,
    },
    /// Too many messages.
    SlowDown,
    /// The bot failed over this message.
    Failed,
}

/// Why nobody could listen to a voice note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unheard {
    /// It is longer than this many seconds, or its file too large.
    TooLong(u32),
    /// No more are listened to today.
    TooMany,
    /// The customer wants no model to read, and it takes one to listen.
    NoAi,
    /// It did not work.
    Failed,
}

/// An order in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderSummary {
    /// The order.
    pub id: OrderId,
    /// Where it stands.
    pub status: Status,
    /// Its lines in words.
    pub items: String,
    /// Its total, with the currency.
    pub total: String,
}

/// How a draft ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// It became an order.
    Placed,
    /// The customer gave it up.
    Cancelled,
    /// Its last line was taken off.
    Emptied,
    /// Its time was up.
    Expired,
}

/// A page of the menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MenuView {
    /// The headings.
    Home,
    /// The items under a heading; none: those without one.
    Category(Option<CategoryId>),
}

/// A short answer to a tap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// Nothing to say.
    Done,
    /// The order is placed.
    Placed,
    /// The order is placed, and the shop must approve it first.
    PlacedForApproval,
    /// The shop is reminded.
    Waiting,
    /// The order is placed and is to be paid now.
    PayFirst,
    /// The order cannot be taken back while its payment is under way.
    PaymentUnderWay,
    /// It was placed before; this tap did nothing.
    AlreadyPlaced,
    /// The draft was given up.
    Cancelled,
    /// The button is older than what it stands for.
    Outdated,
    /// The draft has changed since the button was shown.
    Changed,
    /// A detail is missing.
    Missing {
        /// A name.
        name: bool,
        /// A phone number.
        phone: bool,
        /// An address.
        address: bool,
    },
    /// A choice is missing.
    Choose {
        /// The group's name.
        group: String,
        /// The item's name.
        item: String,
    },
    /// A delivery must come to more.
    BelowMinimum {
        /// The least sum, with the currency.
        minimum: String,
    },
    /// Something was taken off because the shop no longer has it.
    Gone {
        /// The names.
        names: Vec<String>,
    },
    /// The order cannot be had when its message said; the message says when it can.
    OtherTime,
    /// The order cannot be had at any time that is looked ahead.
    NoTime {
        /// Why.
        why: Why,
    },
    /// An item was added by a button.
    Added {
        /// Its name.
        item: String,
    },
    /// Whether a model may read.
    Ai {
        /// Whether it may.
        on: bool,
    },
    /// The order can no longer be taken back.
    TooLate,
    /// The customer has no such order.
    NoSuchOrder,
    /// The order has come to its end.
    Over {
        /// Where it stands.
        status: Status,
    },
    /// Why a button did nothing.
    Refused {
        /// Why.
        refusal: Refusal,
    },
}
