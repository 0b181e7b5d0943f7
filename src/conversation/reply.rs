//! What a customer is told, as data: the sentences stand in [`crate::text`].

use serde::{Deserialize, Serialize};

use crate::cart::Refusal;
use crate::menu::{CategoryId, ItemId};
use crate::order::{OrderId, Status};
use crate::parsed::Fulfilment;
use crate::privacy::PersonalText;

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
        /// How it reaches the customer.
        fulfilment: Fulfilment,
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
    /// `/language`.
    AskLanguage,
    /// The bot writes in the customer's language from now on, and says so in it.
    LanguageSet,
    /// Something that is no text.
    NoText,
    /// A message was edited.
    Edited,
    /// Too many messages.
    SlowDown,
    /// The bot failed over this message.
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
    /// An item was added by a button.
    Added {
        /// Its name.
        item: String,
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
