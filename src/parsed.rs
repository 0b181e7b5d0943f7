//! What one customer message asks for, as operations on the cart: the shape of `parsed-order.schema.json`.
//!
//! It does not depend on the cart, so that it can be cached and computed before the cart is known. Ids in it are
//! texts, not checked ids: it may come from a model. [`crate::cart`] checks them against the menu.

use serde::{Deserialize, Serialize};

use crate::privacy::PersonalText;

/// One message's meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParsedOrder {
    /// What the message is for.
    pub intent: Intent,
    /// Changes to the cart, in the order they were said.
    pub operations: Vec<Operation>,
    /// Details for the order that the message gives.
    pub details: Details,
    /// What the customer cannot eat, in their words.
    pub allergies: Vec<PersonalText>,
    /// A wish for the whole order.
    pub note: Option<PersonalText>,
    /// Phrases, word for word, that ask for something and were not understood.
    pub unmatched: Vec<PersonalText>,
    /// ISO 639-1 code of the message's language.
    pub language: String,
}

impl ParsedOrder {
    /// A message that asks for nothing, of the given intent.
    #[must_use]
    pub fn empty(intent: Intent) -> Self {
        Self {
            intent,
            operations: Vec::new(),
            details: Details::default(),
            allergies: Vec::new(),
            note: None,
            unmatched: Vec::new(),
            language: "en".to_owned(),
        }
    }

    /// Whether it holds something that belongs to one customer alone and so must not be shared through a cache.
    #[must_use]
    pub fn is_personal(&self) -> bool {
        let Details {
            name,
            phone,
            address,
            ..
        } = &self.details;
        name.is_some()
            || phone.is_some()
            || address.is_some()
            || !self.allergies.is_empty()
            || self.note.is_some()
            || self.operations.iter().any(|op| op.note.is_some())
    }
}

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Changes the cart or gives anything for the order.
    Order,
    /// Says yes to the draft and nothing else.
    Confirm,
    /// Gives the draft up and nothing else.
    Cancel,
    /// Asks something.
    Question,
    /// None of these.
    Other,
}

/// One change to the cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// What is done.
    pub op: Op,
    /// A menu item's id; none: the line given by `line`, or else the line spoken of last.
    pub item: Option<String>,
    /// The cart's line as shown, counted from 1.
    pub line: Option<u32>,
    /// How many; none: one for `add`, the whole line for `remove`, unchanged for `set`.
    pub quantity: Option<u32>,
    /// Options that are added, taken out or changed.
    pub options: Vec<OptionChange>,
    /// A wish for this line that is no option.
    pub note: Option<PersonalText>,
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// New units, as a line of their own.
    Add,
    /// Units off a line.
    Remove,
    /// The line's quantity becomes this, its options are merged.
    Set,
    /// This many units of the line become a line of their own, with the options merged into it.
    Split,
}

/// One option and what happens to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionChange {
    /// An option's id; where the item is unknown and groups share a name, that name in lower case.
    pub option: String,
    /// What happens to it.
    pub change: Change,
    /// How many, where the customer says so; the option's price counts that often.
    pub count: Option<u32>,
}

/// What happens to an option on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is in it.
    With,
    /// It is left out.
    Without,
    /// More of it.
    Extra,
    /// Less of it.
    Light,
}

/// Details for the order that a message may give.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Details {
    /// The customer's name.
    pub name: Option<PersonalText>,
    /// A phone number, as written.
    pub phone: Option<PersonalText>,
    /// Where to deliver, as written.
    pub address: Option<PersonalText>,
    /// How the order reaches the customer.
    pub fulfilment: Option<Fulfilment>,
    /// When the customer wants it, in their words.
    pub time: Option<PersonalText>,
}

impl Details {
    /// Whether the message gave none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How an order reaches its customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fulfilment {
    /// Brought to an address.
    Delivery,
    /// Fetched by the customer, to go.
    Pickup,
    /// Eaten in the shop.
    DineIn,
}

impl Fulfilment {
    /// The word that stands in files and the sheet.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Pickup => "pickup",
            Self::DineIn => "dine_in",
        }
    }
}
